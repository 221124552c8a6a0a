"""Write everything that is generated: the schema's vocabulary, tables in the docs, the datasheet.

python scripts/regenerate.py            write what is stale
python scripts/regenerate.py --check    write nothing; exit 1 and name what is stale
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import stance
from newspan.agreement.agree import agree
from newspan.agreement.copies import copy_consistency
from newspan.agreement.figures import Figure
from newspan.corpus import read_corpus
from newspan.exchange.registry import FORMATS
from newspan.labelstudio.config import label_config
from newspan.labelstudio.names import LAYERS
from newspan.problems import RULES
from newspan.release.datasheet import datasheet
from newspan.release.markdown import fill, markdown_table
from newspan.schema import SCHEMA_VERSION, Label, Labels
from newspan.schema.labels import parse_labels

ROOT = Path(__file__).resolve().parents[1]


_LABEL_HEAD = ("label", "definition", "test", "example", "not")


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
    head = ("id", "severity", "what is wrong", "what to do")
    return markdown_table(
        head, ((f"`{r.id}`", r.severity, r.title, r.hint) for r in RULES.values())
    )


def format_table() -> str:
    """Return the table of formats for docs/formats.md, with what each can't hold."""
    rows = (
        (
            f"`{each.name}`",
            f"{each.title}: {each.about}",
            " and ".join(
                verb for verb, there in (("read", each.read), ("written", each.write)) if there
            ),
            "; ".join(each.loses),
            each.source,
        )
        for each in FORMATS.values()
    )
    return markdown_table(("format", "what it is", "is", "loses", "defined by"), rows)


def label_tables() -> str:
    """Return the tables of docs/labels.md: definitions, then mappings."""
    parts = []
    for layer, attribute in labels().attributes():
        rows = [x for x in labels().labels if (x.layer, x.attribute) == (layer, attribute)]
        table = markdown_table(_LABEL_HEAD, map(_label_cells, rows))
        parts += [f"### {layer}: {attribute}", table]
    head = ("label", "scheme", "its label", "lossy", "note")
    mapped = (_mapping_cells(row, m) for row in labels().labels for m in row.mappings)
    parts += ["### Mappings", "Lossy: going there merges or drops a distinction."]
    return "\n\n".join([*parts, markdown_table(head, mapped)])


def guideline_tables() -> dict[str, str]:
    """Return the tables of annotation/guidelines.md by marker: what annotators choose from."""
    parts: dict[str, list[str]] = {}
    for layer, attribute in labels().attributes():
        chosen = [
            x
            for x in labels().labels
            if (x.layer, x.attribute, x.status) == (layer, attribute, "shipped")
        ]
        # Duplicate blocks are computed.
        if chosen and layer != "duplicate_block":
            table = markdown_table(_LABEL_HEAD, map(_label_cells, chosen))
            parts.setdefault(f"labels-{layer}", []).append(f"**`{attribute}`**\n\n{table}")
    return {marker: "\n\n".join(tables) for marker, tables in parts.items()}


#: What the datasheet shows of `newspan agree`: heading, measure, and what its signature must say.
_MEASURES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("gamma", "gamma", {}),
    ("gamma_cat", "gamma_cat", {"unaligned": "counted"}),
    ("alpha, characters", "alpha", {"unit": "character"}),
    ("F1, exact", "f1_exact", {"labels": "same"}),
    ("F1, IoU ≥ 0.5", "f1_iou", {"labels": "same"}),
)


def agreement_tables() -> str:
    """Return the datasheet's tables of agreement: of the two passes, and of copies in each set."""
    report = agree(ROOT, ["pass_a", "pass_b"])
    rows: list[tuple[str, ...]] = []
    signatures: list[str] = []
    for layer in ("claim", "attribution", "loaded_language"):
        found = [report.find(name, layer, **said) for _, name, said in _MEASURES]
        bare = report.find("gamma", layer, copies="without")
        n = " + ".join(f"{count:,}" for count in found[0].counts)
        rows.append((f"`{layer}`", n, *map(_figure, found), _figure(bare)))
        if not signatures:
            signatures = [f"`{figure.signature}`" for figure in (*found, bare)]
    head = ("layer", "spans", *(heading for heading, *_ in _MEASURES), "gamma, without copies")
    corpus, _ = read_corpus(ROOT)
    assert corpus is not None
    blocks = corpus.sets["reuse_v1"]
    copies = []
    for name in ("pass_a", "pass_b", "consensus"):
        chosen = corpus.sets[name]
        each = [copy_consistency(chosen, blocks, corpus, row[0].strip("`")) for row in rows]
        copies.append(
            (f"`{name}`", *(f"{c.f1:.3f} ({c.identical} of {c.with_spans})" for c in each))
        )
    parts = [
        f"Machine agreement of `pass_a` and `pass_b` (guidelines {_guidelines_version()}), with "
        "95 % intervals:",
        markdown_table(head, rows),
        f"Signatures, of the first row: {', '.join(signatures)}. "
        "The other rows differ in layer and n alone; `newspan agree pass_a pass_b` prints them, "
        "and more.",
        "Copies: F1 of extent and label between a copied passage and its canonical one, and how "
        "many pairs with spans are alike. In PTC-2020, as we measured it, copies of a paragraph "
        "reach 0.374. In `consensus` copies follow their canonical passage, so its row shows that "
        "projection did its work, not more.",
        markdown_table(("set", *(row[0] for row in rows)), copies),
    ]
    return "\n\n".join(parts)


def stance_table() -> str:
    """Return how far two blind assessments of stance agree, with each other and the records."""
    corpus, _ = read_corpus(ROOT)
    assert corpus is not None
    folder = ROOT / "annotation" / "campaigns" / "stance"
    first, second = (stance.read_answers(corpus, folder / name / "answers") for name in "ab")
    return stance.table(corpus, first, second)


def review_table() -> str:
    """Return what critics found in sentences that were drawn at random, draw by draw."""
    rows = []
    for path in sorted((ROOT / "annotation" / "campaigns" / "review").glob("draw*.json")):
        draw = json.loads(path.read_text(encoding="utf-8"))
        for layer, judged in draw["judged"].items():
            wrong = sum(each["layer"] == layer for each in draw["wrong"])
            missed = sum(each["layer"] == layer for each in draw["missed"])
            right = judged - wrong
            rows.append(
                (
                    f"{draw['when']} (seed {draw['seed']})",
                    f"`{layer}`",
                    str(judged),
                    str(wrong),
                    str(missed),
                    f"{right / judged:.3f}",
                    f"{missed / (right + missed):.3f}",
                    _of([each for each in draw["planted"] if each["layer"] == layer]),
                )
            )
    head = ("draw", "layer", "judged", "wrong", "missed", "precision", "share missed", "planted")
    return markdown_table(head, rows)


def _of(planted: list[dict[str, Any]]) -> str:
    found = sum(each["found"] for each in planted)
    return f"{found} of {len(planted)} found" if planted else "none"


def _figure(figure: Figure) -> str:
    assert figure.value is not None and figure.low is not None and figure.high is not None
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def _guidelines_version() -> str:
    head = json.loads((ROOT / "annotation/sets/pass_a/set.json").read_text(encoding="utf-8"))
    return str(head["guidelines_version"])


def _label_cells(label: Label) -> tuple[str, ...]:
    note = "" if label.status == "shipped" else f" ({label.status.replace('_', ' ')})"
    counter = f"{_marked(label.counter_example)} {label.counter_example['why']}"
    return f"`{label.id}`{note}", label.definition, label.test, _marked(label.example), counter


def _mapping_cells(label: Label, mapping: dict[str, Any]) -> tuple[str, ...]:
    theirs = f"`{mapping['label']}`" if mapping["label"] else "none"
    lossy = "yes" if mapping["lossy"] else "no"
    name = f"{label.attribute}: `{label.id}`"
    return name, mapping["scheme"], theirs, lossy, mapping.get("note", "")


def _marked(example: dict[str, str]) -> str:
    return example["text"].replace(example["mark"], f"**{example['mark']}**", 1)


def generated() -> Iterator[tuple[Path, str]]:
    """Yield every generated file with what it should hold."""
    yield ROOT / "schema" / "vocabulary.json", vocabulary()
    for name, table in (
        ("problems", problem_table()),
        ("labels", label_tables()),
        ("formats", format_table()),
    ):
        path = ROOT / "docs" / f"{name}.md"
        yield path, fill(path.read_text(encoding="utf-8"), {name: table})
    guidelines = ROOT / "annotation" / "guidelines.md"
    yield guidelines, fill(guidelines.read_text(encoding="utf-8"), guideline_tables())
    corpus, _ = read_corpus(ROOT)
    assert corpus is not None
    yield ROOT / "annotation" / "label_config.xml", label_config(labels(), corpus.targets, LAYERS)
    yield (
        ROOT / "DATASHEET.md",
        fill(
            datasheet(ROOT),
            {
                "agreement": agreement_tables(),
                "review": review_table(),
                "stance-agreement": stance_table(),
            },
        ),
    )


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
