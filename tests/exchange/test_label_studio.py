from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from hostile_sets import corpus, written
from mutated import mutated
from newspan.exchange.documents import documents_of
from newspan.exchange.facts import facts
from newspan.exchange.label_studio import TASKS, read, write
from newspan.exchange.shapes import Found, Options, Reading
from newspan.model import Attribution, Span

HERE = Path(__file__).parents[1]
TEXT = "Ferry 👩\u200d👧 row\r\nThe corrupt council, said Ada."


def region(own: str, words: str, *labels: str) -> dict[str, Any]:
    """Return a region as anybody's project has it."""
    start = TEXT.find(words)
    value = {"start": start, "end": start + len(words), "text": words, "labels": list(labels)}
    return {"id": own, "from_name": "label", "to_name": "doc", "type": "labels", "value": value}


def task(*results: Any, **said: Any) -> dict[str, Any]:
    """Return a task with one annotation."""
    return {"data": {"text": TEXT}, "annotations": [{"id": 1, "result": [*results], **said}]}


def reading_of(folder: Path, tasks: Any, **options: Any) -> tuple[list[Found], Reading]:
    """Return what is read of an export."""
    (folder / "export.json").write_text(json.dumps(tasks), encoding="utf-8")
    reading = read(folder / "export.json", Options(**options))
    return list(reading.documents), reading


def spans_of(found: Found) -> list[tuple[str, str, str]]:
    """Return a document's spans: words, layer, label."""
    return [(r.text, r.layer, r.label) for r in found.records if isinstance(r, Span)]


def ids_of(reading: Reading) -> list[tuple[str, str]]:
    """Return what problems there are, and where."""
    return [(problem.id, problem.place.pointer) for problem in reading.problems]


@pytest.mark.parametrize("seed", range(30))
def test_nothing_is_lost(tmp_path: Path, seed: int) -> None:
    """What regions can't say travels beside them; the second writing is the first."""
    made, chosen = corpus(random.Random(seed))
    writing = write(made, chosen, Options())
    files = dict(writing.files)
    reading = read(written(files.items(), tmp_path), Options())
    found = list(reading.documents)

    assert writing.losses == () and reading.problems == []
    assert facts(found) == facts(documents_of(made, chosen))
    assert [each.language for each in found] == [each.language for each in made.documents]
    assert b"<View" in files["config.xml"]


def test_a_campaigns_export_is_read(tmp_path: Path) -> None:
    """A task is an item of a document: offsets count from its own start, the lineage is shared."""
    reading = read(HERE / "good_export.json", Options())
    documents = list(reading.documents)

    assert len({found.name for found in documents}) == len(documents) > 1
    assert {found.lineage for found in documents} == {"d1", "d2"} or documents[0].lineage == "d1"
    for found in documents:
        assert found.records
        for record in found.records:
            if isinstance(record, Span):
                assert found.text[record.start : record.end] == record.text
    kinds = {type(record).__name__ for found in documents for record in found.records}
    assert kinds == {"Span", "Attribution", "Link"}


def test_anybodys_labels_are_read(tmp_path: Path) -> None:
    """Labels of other controls become what they are mapped to, what they say, or one's own."""
    regions = [
        region("a", "row", "Doubt", "Sea shanty"),
        region("b", "corrupt", "PER"),
        region("c", "Ferry", "LOC"),
        {"id": "a", "from_name": "stars", "to_name": "doc", "type": "rating", "value": {}},
        {"id": "b", "from_name": "stars", "to_name": "doc", "type": "rating", "value": {}},
    ]
    types = {"PER": "attribution:source", "LOC": "none"}
    (found,), reading = reading_of(tmp_path, [task(*regions)], types=types, language="en")

    assert found.name == "task-1" and found.language == "en"
    assert spans_of(found) == [
        ("row", "loaded_language", "Doubt"),
        ("row", "loaded_language", "Sea_shanty"),
        ("corrupt", "attribution", "source"),
    ]
    assert [label["id"] for label in reading.labels] == ["Sea_shanty"]
    assert set(reading.layers) == {"loaded_language", "attribution"}
    assert ids_of(reading) == [("annotation-left-out", "/0/annotations/0")]


def test_relations_tie_roles(tmp_path: Path) -> None:
    """Unlabelled relations between roles are understood from their ends."""
    regions = [region("c", "said", "cue"), region("s", "Ada", "source")]
    tie = {"type": "relation", "from_id": "s", "to_id": "c", "direction": "right"}
    (found,), reading = reading_of(tmp_path, [task(*regions, tie)])

    (made,) = (each for each in found.records if isinstance(each, Attribution))
    assert made.cue_id is not None and len(made.source_ids) == 1
    assert reading.problems == []


def test_the_text_is_that_which_regions_fit(tmp_path: Path) -> None:
    """Where no data is called text, the regions tell which is meant."""
    one = task(region("a", "row", "Doubt"))
    one["data"] = {"url": "https://gazette.example/a-long-address", "article": TEXT}
    (found,), _ = reading_of(tmp_path, [one])

    assert spans_of(found) == [("row", "loaded_language", "Doubt")]
    assert found.meta["url"].startswith("https")


def test_utf16_offsets_of_old_versions_are_converted(tmp_path: Path) -> None:
    """A surface tells which unit was meant."""
    shifted = region("a", "row", "Doubt")
    shifted["value"] |= {"start": 12, "end": 15}
    (found,), reading = reading_of(tmp_path, [task(shifted)])

    assert spans_of(found) == [("row", "loaded_language", "Doubt")]
    assert ids_of(reading) == [("offset-unit-converted", "/0/annotations/0")]


def test_one_annotation_of_each_task_is_read(tmp_path: Path) -> None:
    """A ground truth, else that of who annotated most; skipped tasks and drafts have none."""
    ada, bo = {"completed_by": 1}, {"completed_by": {"id": 2, "email": "bo@harbour.example"}}
    doubt, slogan = region("a", "row", "Doubt"), region("a", "row", "Slogans")
    several = task(doubt, **ada)
    several["annotations"] += task(slogan, **bo)["annotations"]
    truth = task(doubt, **bo)
    truth["annotations"] += task(slogan, ground_truth=True, **ada)["annotations"]
    tasks = [several, task(slogan, **bo), truth, task(doubt, was_cancelled=True), {"data": {}}]
    tasks += [{"data": {"text": TEXT}, "annotations": [7], "drafts": [{"result": [doubt]}]}]
    documents, reading = reading_of(tmp_path, tasks)

    assert [spans_of(found)[0][2] for found in documents] == ["Slogans", "Slogans", "Slogans"]
    assert ids_of(reading) == [
        ("annotation-left-out", "/0"),
        ("task-not-annotated", "/3"),
    ]
    assert "3 tasks" in reading.problems[1].message


def test_each_defect_is_a_problem_and_the_rest_is_read(tmp_path: Path) -> None:
    """Regions outside the text, tasks twice, text that is none: told, with their places."""
    good = region("a", "row", "Doubt")
    twice = task(good)
    twice["data"]["item_id"] = "tides"
    no_text = task(good)
    no_text["data"] = {"text": 5}
    beyond = region("b", "row", "Doubt")
    beyond["value"]["end"] = 1200
    tasks = [task(good, beyond, 3), 7, twice, twice, no_text]
    documents, reading = reading_of(tmp_path, tasks)

    assert [found.name for found in documents] == ["task-1", "tides"]
    assert ids_of(reading) == [
        ("export-syntax", "/1"),
        ("region-offsets", "/0/annotations/0"),
        ("export-syntax", "/0/annotations/0"),
        ("task-twice", "/3/annotations/0"),
        ("export-syntax", "/4/annotations/0"),
    ]


def test_what_is_no_export_is_told(tmp_path: Path) -> None:
    """Other JSON and broken JSON are problems; a folder without any is wrong use."""
    with pytest.raises(ValueError, match=r"no \.json"):
        read(tmp_path, Options())
    _, reading = reading_of(tmp_path, [{"text": TEXT, "label": []}])
    assert ids_of(reading) == [("export-syntax", "")]
    (tmp_path / "export.json").write_bytes(b'[{"data": ')
    assert [p.id for p in read(tmp_path, Options()).problems] == ["json-syntax"]


@pytest.mark.parametrize("seed", range(60))
def test_no_export_ends_in_a_traceback(tmp_path: Path, seed: int) -> None:
    """Whatever JSON stands anywhere, what is sound is read and the rest is told."""
    rng = random.Random(seed)
    tasks = json.loads(dict(write(*corpus(rng), Options()).files)[TASKS])
    tasks += json.loads((HERE / "good_export.json").read_bytes())[:1]
    documents, _ = reading_of(tmp_path, mutated(tasks, rng))

    for found in documents:
        assert all(
            r.text == found.text[r.start : r.end] for r in found.records if hasattr(r, "text")
        )
