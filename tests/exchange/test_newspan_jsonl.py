from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from newspan.exchange.newspan_jsonl import read
from newspan.exchange.shapes import Options
from newspan.model import Attribution, Span


def span(**said: Any) -> dict[str, Any]:
    """Return a record of a span over the first five characters."""
    whole = {"record": "span", "id": "s1", "layer": "claim", "start": 0, "end": 5}
    return whole | {"text": "Ferry", "factuality": "factual"} | said


def test_each_defect_is_a_problem_and_the_rest_is_read(tmp_path: Path) -> None:
    """Lines and records that are none are told with their places; a wrong surface is corrected."""
    lines = [
        json.dumps({"id": "Ferry Row", "text": "Ferry", "records": [span(), span(end=9)]}),
        json.dumps({"id": "b", "text": "Ferry", "records": [span(text="Boats"), span(layer="x")]}),
        "{",
        "[]",
        '{"text": "x"}',
        '{"id": "b", "text": "again"}',
        '{"id": "c", "text": "\\ud800"}',
        '{"id": "d", "text": "x", "records": 3, "meta": {"title": "Row", "n": 1}}',
        '{"id": "e", "text": "Ferry", "records": [3, null]}',
    ]
    (tmp_path / "x.jsonl").write_text("\n".join(lines), encoding="utf-8")
    reading = read(tmp_path, Options(language="en"))
    documents = list(reading.documents)

    assert [found.name for found in documents] == ["Ferry Row", "b", "d", "e"]
    assert documents[0].id.startswith("ferry_row-") and len(documents[0].records) == 1
    (corrected,) = documents[1].records
    assert isinstance(corrected, Span) and corrected.text == "Ferry"
    assert documents[2].meta == {"title": "Row"} and documents[2].language == "en"
    assert [(p.id, p.place.line) for p in reading.problems if p.id != "schema"] == [
        ("offset-out-of-range", 1),
        ("surface-mismatch", 2),
        ("json-syntax", 3),
        ("row-syntax", 4),
        ("row-syntax", 5),
        ("duplicate-id", 6),
        ("json-syntax", 7),
        ("row-syntax", 8),
    ]
    assert {p.place.line for p in reading.problems if p.id == "schema"} == {2, 9}


def test_ids_of_records_are_minted_where_they_must(tmp_path: Path) -> None:
    """Records without ids, or with ids that each document counts anew, keep their references."""
    cue = span(layer="attribution", role="cue")
    del cue["factuality"]
    tie = {"record": "attribution", "id": "a1", "cue_id": "s1"}
    bare = span()
    del bare["id"]
    lines = [
        json.dumps({"id": name, "text": "Ferry", "records": records})
        for name, records in (("x", [cue, tie]), ("y", [tie, cue]), ("z", [bare, bare]))
    ]
    (tmp_path / "x.jsonl").write_text("\n".join(lines), encoding="utf-8")
    reading = read(tmp_path, Options())
    documents = list(reading.documents)

    ids = [record.id for found in documents for record in found.records]
    assert ids == ["s1", "a1", "y_a1", "y_s2", "z_s1", "z_s2"]
    (tied,) = [r for r in documents[1].records if isinstance(r, Attribution)]
    assert tied.cue_id == "y_s2"
    assert reading.problems == []


def test_a_file_of_something_else_is_one_problem(tmp_path: Path) -> None:
    """Whoever names a text gets one line, not one for each of its lines."""
    (tmp_path / "a.txt").write_text("Ferries late\n\nThe council met.\n")
    reading = read(tmp_path / "a.txt", Options())

    assert list(reading.documents) == []
    assert [p.id for p in reading.problems] == ["file-left-out"]
