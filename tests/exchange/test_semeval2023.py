from __future__ import annotations

from pathlib import Path

from hostile_sets import written
from newspan.exchange.semeval2023 import lines, read
from newspan.exchange.shapes import Options
from newspan.model import Span

TEXT = "Ferry row\r\n\r\n  The corrupt council.\u00a0\r\nWhy?"


def test_a_technique_of_a_line_is_a_span_over_it(tmp_path: Path) -> None:
    """Lines count from 1, blank ones too; several techniques give several spans."""
    table = "7\t1\t\n7\t3\tDoubt,Name_Calling-Labeling\n7\t4\tSea_Shanty\n7\t4\n"
    files = {
        "ge/train-articles-subtask-3/article7.txt": TEXT,
        "ge/train-labels-subtask-3.txt": table,
        "ge/train-labels-subtask-3-spans.txt": "7\tDoubt\t0\t5\n",
    }
    reading = read(
        written(((name, raw.encode()) for name, raw in files.items()), tmp_path), Options()
    )
    (found,) = reading.documents

    assert [(r.text, r.technique) for r in found.records if isinstance(r, Span)] == [
        ("The corrupt council.", "Doubt"),
        ("The corrupt council.", "Name_Calling-Labeling"),
        ("Why?", "Sea_Shanty"),
    ]
    assert found.language == "de"
    assert [label["id"] for label in reading.labels] == ["Sea_Shanty"]
    assert reading.problems == []


def test_labels_of_lines_that_are_not_there_are_problems(tmp_path: Path) -> None:
    """Blank lines, lines behind the end, unknown articles and cut rows are told."""
    table = "7\t2\tDoubt\n7\t9\tDoubt\n7\t0\tDoubt\n8\t1\tDoubt\n7\tDoubt\n7\t1\tDoubt\n"
    files = {"article7.txt": TEXT.encode(), "labels.txt": table.encode()}
    reading = read(written(files.items(), tmp_path), Options())
    (found,) = reading.documents

    assert len(found.records) == 1
    assert [(p.id, p.place.line) for p in reading.problems] == [
        ("row-syntax", 5),
        ("offset-out-of-range", 1),
        ("offset-out-of-range", 2),
        ("offset-out-of-range", 3),
        ("document-unknown", 4),
    ]


def test_only_a_line_feed_ends_a_line() -> None:
    """A lone CR or a line separator of Unicode doesn't shift the numbers."""
    assert lines("a\rb\n\u2028c\n") == [(0, 3), (5, 6), (7, 7)]
