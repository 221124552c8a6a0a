"""Write everything that is generated: the schema's vocabulary, tables in the docs, the datasheet.

python scripts/regenerate.py            write what is stale
python scripts/regenerate.py --check    write nothing; exit 1 and name what is stale
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from newspan.problems import RULES
from newspan.release.datasheet import datasheet
from newspan.release.markers import fill
from newspan.schema import SCHEMA_VERSION, Labels
from newspan.schema.labels import parse_labels

ROOT = Path(__file__).resolve().parents[1]


def labels() -> Labels:
    """Return the labels of the checkout, whatever is installed."""
    raw = (ROOT / "schema" / "labels.json").read_bytes()
    return parse_labels(json.loads(raw), raw)


def vocabulary() -> str:
    """Return schema/vocabulary.json: the values of every attribute whose values are fixed."""
    definitions = {}
    for layer, attribute in labels().attributes():
        values = labels().of(layer, attribute)
        # Techniques are left to labels.json: a corpus may have more of them.
        if values != (attribute,) and attribute != "technique":
            definitions[f"{layer}.{attribute}"] = {"enum": list(values)}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://newspan.example/schema/{SCHEMA_VERSION}/vocabulary.json",
        "title": "Vocabulary",
        "description": "Generated from labels.json by scripts/regenerate.py: don't edit.",
        "$defs": definitions,
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def problem_table() -> str:
    """Return the table of problem ids for docs/problems.md."""
    lines = ["| id | severity | what is wrong | what to do |", "| --- | --- | --- | --- |"]
    for rule in RULES.values():
        lines.append(f"| `{rule.id}` | {rule.severity} | {rule.title} | {rule.hint} |")
    return "\n".join(lines)


def label_tables() -> str:
    """Return the tables of docs/labels.md: definitions, then mappings."""
    out = []
    for layer, attribute in labels().attributes():
        rows = [x for x in labels().labels if (x.layer, x.attribute) == (layer, attribute)]
        out += [f"### {layer}: {attribute}", ""]
        out += ["| label | definition | test | example | not |", "| --- | --- | --- | --- | --- |"]
        for row in rows:
            note = "" if row.status == "shipped" else f" ({row.status.replace('_', ' ')})"
            example = _marked(row.example["text"], row.example["mark"])
            counter = _marked(row.counter_example["text"], row.counter_example["mark"])
            cells = [
                f"`{row.id}`{note}",
                row.definition,
                row.test,
                example,
                f"{counter} {row.counter_example['why']}",
            ]
            out.append("| " + " | ".join(map(_cell, cells)) + " |")
        out.append("")
    out += ["### Mappings", "", "Lossy: going there merges or drops a distinction.", ""]
    out += ["| label | scheme | its label | lossy | note |", "| --- | --- | --- | --- | --- |"]
    for row in labels().labels:
        for mapping in row.mappings:
            theirs = f"`{mapping['label']}`" if mapping["label"] else "none"
            lossy = "yes" if mapping["lossy"] else "no"
            cells = [
                f"{row.attribute}: `{row.id}`",
                mapping["scheme"],
                theirs,
                lossy,
                mapping.get("note", ""),
            ]
            out.append("| " + " | ".join(map(_cell, cells)) + " |")
    return "\n".join(out)


def _marked(text: str, mark: str) -> str:
    return text.replace(mark, f"**{mark}**", 1)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def generated() -> Iterator[tuple[Path, str]]:
    """Yield every generated file with what it should hold."""
    yield ROOT / "schema" / "vocabulary.json", vocabulary()
    for name, table in (("problems", problem_table()), ("labels", label_tables())):
        path = ROOT / "docs" / f"{name}.md"
        yield path, fill(path.read_text(encoding="utf-8"), {name: table})
    yield ROOT / "DATASHEET.md", datasheet(ROOT)


def main() -> int:
    """Compare what is there with what is generated, and write it unless --check is given."""
    check = "--check" in sys.argv[1:]
    stale = []
    for path, new in generated():
        old = path.read_text(encoding="utf-8") if path.is_file() else ""
        if new != old:
            stale.append(path)
            if not check:
                path.write_text(new, encoding="utf-8")
    for path in stale:
        print(f"{'stale' if check else 'written'}: {path.relative_to(ROOT)}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
