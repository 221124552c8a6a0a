"""Compare newspan's conversion of a Label Studio export with the client library's converter.

    python scripts/bench_labelstudio.py [--tasks 10000] [--rounds 3] [--seed 1] [--formats ...]

Makes a corpus from a seed (texts of 2,000 characters; 20 spans each, with attributes, attributions
and a link) and converts an export of it: newspan to records, label-studio-sdk to CSV, CONLL2003 and
JSON_MIN. The export is the full snapshot that `annotate pull` takes, of tasks that were
pre-annotated and submitted; with --plain it has annotations only. Each conversion is a process of
its own; its CPU time is measured from the file to the result, after the imports. "Whole pull" is
what `annotate pull` does with a snapshot: it is kept as received, a copy is made in which people
have aliases, and that copy, written and read again, is converted. Rounds are interleaved. The
ratios of medians count: times on a shared machine mean little. newspan's records are compared with
those that the export was made from; of the others it is counted how many spans and ties a reader
can get back.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from newspan import schema
from newspan.corpus import AnnotationSet, Corpus, Placed
from newspan.labelstudio.archive import Pulled, copy_bytes, keep, keep_raw
from newspan.labelstudio.config import label_config
from newspan.labelstudio.names import LAYERS
from newspan.labelstudio.people import People, identify
from newspan.labelstudio.read import Export, read_export
from newspan.labelstudio.snapshot import Users, accounts, parse, pseudonymised, workers
from newspan.labelstudio.tasks import make_task
from newspan.model import (
    AnyRecord,
    Assertion,
    Attribution,
    CorpusInfo,
    Document,
    Item,
    Link,
    Partisanship,
    Producer,
    SetInfo,
    Span,
    Target,
    Zone,
)
from newspan.model import Assessor as By
from newspan.problems import Place

WORDS = """the harbour council said ferries would leave from a new pier before winter and that
nobody had asked the islanders whether old boats could still carry them across café über naïve
2026""".split()  # noqa: SIM905
TARGETS = {"council": Target("council", "Harbour council", "group", "An invented council.")}
FORMATS = ("CSV", "CONLL2003", "JSON_MIN")
WHOLE = "newspan, whole pull"


def main() -> int:
    """Print the table; 1 when a conversion failed or newspan lost anything."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="annotations without predictions")
    parser.add_argument("--formats", default=",".join(FORMATS))
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        way, folder = options.measure
        measure = {"newspan": _ours, WHOLE: _whole}.get(way, _theirs)
        print(json.dumps(measure(way, Path(folder), options)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return _compare(Path(folder), options)


def _compare(folder: Path, options: argparse.Namespace) -> int:
    corpus, made = _made(options)
    spans = sum(isinstance(each.record, Span) for each in made.records)
    ties = sum(_ties(each.record) for each in made.records)
    export = folder / "export.json"
    with export.open("w", encoding="utf-8") as file:
        for number, task in enumerate(_export(corpus, made, plain=options.plain)):
            file.write((", " if number else "[") + json.dumps(task))
        file.write("]")
    config = label_config(corpus.labels, corpus.targets, LAYERS)
    (folder / "config.xml").write_text(config, encoding="utf-8")
    size = export.stat().st_size >> 20
    print(f"{options.tasks} tasks, {spans} spans, {ties} ties, {size} MiB, {options.rounds} rounds")
    runs: dict[str, list[dict[str, float]]] = {}
    for _ in range(options.rounds):
        for way in ("newspan", WHOLE, *options.formats.split(",")):
            given = [f"--tasks={options.tasks}", f"--seed={options.seed}"]
            command = [sys.executable, __file__, "--measure", way, str(folder), *given]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(done.stderr, file=sys.stderr)
                return 1
            runs.setdefault(way, []).append(json.loads(done.stdout.splitlines()[-1]))
    own = statistics.median(run["cpu"] for run in runs["newspan"])
    print(f"{'':19} {'CPU s':>7} {'ratio':>6} {'spans lost':>11} {'ties lost':>10}")
    for way, found in runs.items():
        taken = statistics.median(run["cpu"] for run in found)
        lost = (spans - found[0]["spans"], ties - found[0]["ties"])
        print(f"{way:19} {taken:7.2f} {taken / own:6.2f} {lost[0]:11.0f} {lost[1]:10.0f}")
    return 0


def _ours(_: str, folder: Path, options: argparse.Namespace) -> dict[str, float]:
    corpus, made = _made(options)
    begin = time.process_time()
    data = (folder / "export.json").read_bytes()
    export = read_export(
        data, corpus, set_id="mine", layers=LAYERS, project="bench", file="export.json"
    )
    return _counted(time.process_time() - begin, export, made)


def _whole(_: str, folder: Path, options: argparse.Namespace) -> dict[str, float]:
    corpus, made = _made(options)
    users = {number: f"user{number}@example.org" for number in range(1, 6)}
    begin = time.process_time()
    data = (folder / "export.json").read_bytes()
    export = pulled(folder / "whole", data, users, corpus)
    return _counted(time.process_time() - begin, export, made)


def pulled(root: Path, data: bytes, users: dict[int, str], corpus: Corpus) -> Export:
    """Return a snapshot's work as `annotate pull` does: archived, copied with aliases, read."""
    keep_raw(root, "bench", "ada", data)
    snapshot = parse(data, "bench")
    aliases = identify({"ada": workers(snapshot)}, People())
    known = Users({**accounts(snapshot), **users}, aliases)
    head = Pulled("ada", "http://127.0.0.1", 1, "bench", "", "", "")
    entry = keep(root, "bench", head, data, pseudonymised(snapshot, known))
    copy = copy_bytes(root, "bench", entry)
    return read_export(copy, corpus, set_id="mine", layers=LAYERS, project="b", file="ada.json")


def _counted(taken: float, export: Export, made: AnnotationSet) -> dict[str, float]:
    found: dict[str, list[AnyRecord]] = {}
    for task in export.tasks:
        for work in task.work:
            found.setdefault(task.item_id, []).extend(work.records)
    expected: dict[str, list[AnyRecord]] = {}
    for placed in made.records:
        expected.setdefault(placed.item_id, []).append(placed.record)
    assert found == expected, "newspan lost something"
    assert not export.problems, export.problems[:3]
    records = [record for each in found.values() for record in each]
    spans = sum(isinstance(record, Span) for record in records)
    return {"cpu": taken, "spans": spans, "ties": sum(map(_ties, records))}


def _theirs(way: str, folder: Path, _: argparse.Namespace) -> dict[str, float]:
    from label_studio_sdk.converter.converter import Converter, Format

    config = (folder / "config.xml").read_text(encoding="utf-8")
    out = folder / way
    begin = time.process_time()
    converter: Any = Converter(config, str(folder), download_resources=False)  # type: ignore[no-untyped-call]
    converter.convert(str(folder / "export.json"), str(out), Format[way], is_dir=False)
    taken = time.process_time() - begin
    return {"cpu": taken, "spans": _readable[way](out), "ties": 0}


def _in_conll(out: Path) -> int:
    """Count the spans that begin in the tags."""
    lines = (out / "result.conll").read_text(encoding="utf-8").splitlines()
    return sum(line.split(" ")[-1].startswith("B-") for line in lines)


def _in_csv(out: Path) -> int:
    """Count the spans in the columns of the layers."""
    csv.field_size_limit(sys.maxsize)
    with (out / "result.csv").open(encoding="utf-8", newline="") as file:
        return sum(
            len(json.loads(row[layer]))
            for row in csv.DictReader(file)
            for layer in LAYERS
            if row.get(layer)
        )


def _in_json_min(out: Path) -> int:
    """Count the spans under the keys of the layers."""
    rows = json.loads((out / "result.json").read_text(encoding="utf-8"))
    return sum(len(row.get(layer, ())) for row in rows for layer in LAYERS)


_readable: dict[str, Callable[[Path], int]] = {
    "CSV": _in_csv,
    "CONLL2003": _in_conll,
    "JSON_MIN": _in_json_min,
}


def _ties(record: AnyRecord) -> int:
    """Count the ties of an attribution or link: what one of its ends says of another."""
    if isinstance(record, Link):
        return 1
    return len(record.part_ids) if isinstance(record, Attribution) else 0


def _made(options: argparse.Namespace) -> tuple[Corpus, AnnotationSet]:
    """Return a corpus of one item per document, and a set of 20 spans each."""
    dice = random.Random(options.seed)
    documents, texts, placed = [], {}, []
    for number in range(options.tasks):
        own = f"b{number}"
        text, zones = _text(dice)
        documents.append(_document(own, text, zones))
        texts[own] = text
        records = sorted(
            _records(dice, own, text, zones),
            key=lambda each: (each.start, -each.end, each.id) if isinstance(each, Span) else (0,),
        )
        placed += [Placed(record, f"{own}-i1", Place(own)) for record in _ordered(records)]
    info = CorpusInfo("bench", "Bench", "1.0.0", "Invented.", ("en",), "CC0", "CC0")
    corpus = Corpus(Path(), info, tuple(documents), texts, {}, TARGETS, schema.read_labels(), {})
    head = SetInfo("made", Producer("rule", "dice"), "2026-01-01", corpus.labels.sha256)
    return corpus, AnnotationSet(head, tuple(placed))


def _ordered(records: list[AnyRecord]) -> list[AnyRecord]:
    from newspan.labelstudio.carry import text_order

    return text_order(records)


def _text(dice: random.Random) -> tuple[str, list[tuple[int, int]]]:
    text, zones = "", []
    for _ in range(4):
        start = len(text)
        while len(text) - start < 496:
            text += dice.choice(WORDS) + " "
        text = text[:-1]
        zones.append((start, len(text)))
        text += "\n\n"
    return text, zones


def _document(own: str, text: str, zones: list[tuple[int, int]]) -> Document:
    nothing = Assertion(None, ())
    seen = Partisanship((), nothing, (), By("person", "nobody", "2026-01-01"))
    parts = tuple(Zone(start, end, "paragraph") for start, end in zones)
    item = Item(f"{own}-i1", 0, len(text), nothing, (), nothing, parts, (), seen)
    return Document(own, f"{own}.txt", "0" * 64, "en", "lineage-1", (item,))


def _records(
    dice: random.Random, own: str, text: str, zones: list[tuple[int, int]]
) -> Iterator[AnyRecord]:
    """Yield eight claims, six loaded words, two attributions of three spans, a link, and more."""
    claims: list[str] = []
    number = 0

    def span(layer: str, start: int, end: int, **values: Any) -> Span:
        nonlocal number
        number += 1
        remarks: dict[str, Any] = {"unsure": True} if dice.random() < 0.1 else {}
        if dice.random() < 0.05:
            remarks["note"] = "Who is meant stays open."
        if layer == "attribution":
            remarks = {}
        made = f"{layer[0]}{own}-{number}"
        return Span(made, layer, start, end, text[start:end], **values, **remarks)

    for at, (start, end) in enumerate(zones):
        words = _words(text, start, end)
        first = dice.randint(4, 6)
        last = first + dice.randint(10, 14)
        content = (words[first][0], words[last][1])
        for left, right in ((first, last), (last + 2, last + dice.randint(8, 14))):
            kind = dice.choice(("factual", "opinion", "prediction"))
            values = {"check_worthy": dice.random() < 0.5} if kind == "factual" else {}
            if dice.random() < 0.3:
                values["hedged"] = True
            claim = span("claim", words[left][0], words[right][1], factuality=kind, **values)
            claims.append(claim.id)
            yield claim
        for word in dice.sample(range(first + 1, last), 2 if at % 2 else 1):
            aimed: dict[str, Any] = {"target": "council", "polarity": "negative"}
            yield span("loaded_language", *words[word], technique="Loaded_Language", **aimed)
        if at % 2:
            parts = {
                "source": (words[0][0], words[1][1]),
                "cue": words[first - 2],
                "content": content,
            }
            spans = {
                role: span("attribution", *extent, role=role) for role, extent in parts.items()
            }
            yield from spans.values()
            yield Attribution(
                f"a{own}-{at}",
                dice.choice(("direct", "indirect")),
                "group",
                source_ids=(spans["source"].id,),
                cue_id=spans["cue"].id,
                content_ids=(spans["content"].id,),
                source_named=True,
                source_name="Harbour council",
                cue_type="speech",
                cue_force="neutral",
            )
    yield Link(f"k{own}", "repeats", claims[-1], claims[0])


def _words(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found = []
    for word in text[start:end].split(" "):
        found.append((start, start + len(word)))
        start += len(word) + 1
    return found


def _export(corpus: Corpus, made: AnnotationSet, *, plain: bool) -> Iterator[dict[str, Any]]:
    """Yield the tasks as Label Studio exports them once they are annotated."""
    by_item: dict[str, list[Placed]] = {}
    for placed in made.records:
        by_item.setdefault(placed.item_id, []).append(placed)
    now = "2026-01-01T10:00:00.000000Z"
    for number, item_id in enumerate(corpus.items, 1):
        own = AnnotationSet(made.info, tuple(by_item[item_id]))
        way: dict[str, Any] = {"annotation" if plain else "prediction": own}
        task = make_task(corpus, item_id, campaign="bench", layers=LAYERS, **way)
        (given,) = task.pop("annotations", None) or task["predictions"]
        predictions = [] if plain else [{**given, "id": number, "task": number, "score": None}]
        annotation = {
            "id": number,
            "completed_by": {"id": 1, "email": "user1@example.org", "first_name": "Jo"},
            "result": given["result"],
            "was_cancelled": False,
            "ground_truth": False,
            "created_at": now,
            "updated_at": now,
            "draft_created_at": None,
            "lead_time": 61.5,
            # Label Studio keeps a copy of the prediction that an annotation started from.
            "prediction": {} if plain else predictions[0],
            "result_count": 0,
            "unique_id": f"00000000-0000-4000-8000-{number:012}",
            "import_id": None,
            "last_action": None,
            "bulk_created": False,
            "task": number,
            "project": 1,
            "updated_by": 1,
            "parent_prediction": None if plain else number,
            "parent_annotation": None,
            "last_created_by": None,
        }
        task |= {"annotations": [annotation], "predictions": predictions, "drafts": []}
        task |= {"id": number, "created_at": now, "updated_at": now, "inner_id": number}
        task |= {"total_annotations": 1, "project": 1}
        yield task


if __name__ == "__main__":
    sys.exit(main())
