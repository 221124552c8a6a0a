from __future__ import annotations

from pathlib import Path

from hostile_sets import written
from newspan.exchange.ptc import read as read_ptc
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


#: Files as the task's release has them, below `en`.
RELEASE = {
    "train-articles-subtask-1/article7.txt": TEXT,
    "train-articles-subtask-3/article7.txt": TEXT,
    "test-articles-subtask-3/article9.txt": TEXT,
    "train-labels-subtask-1.txt": "7\topinion\n",
    "train-labels-subtask-2.txt": "7\tMorality,Economic\n",
    "train-labels-subtask-3.txt": "7\t1\t\n7\t3\tDoubt\n",
    "train-labels-subtask-3.template": "7\t1\tFerry row\n",
    "train-labels-subtask-3/article7-labels-subtask-3.txt": "7\t1\t\n7\t3\tDoubt\n",
    "train-labels-subtask-3-spans/article7-labels-subtask-3.txt": "7\tDoubt\t15\t22\n",
}


def release(folder: Path) -> Path:
    """Write a release, and return its folder."""
    return written(((f"en/{name}", raw.encode()) for name, raw in RELEASE.items()), folder)


def test_a_whole_release_is_read(tmp_path: Path) -> None:
    """Labels are no articles, whatever they are called; those of other subtasks are told once."""
    reading = read(release(tmp_path), Options())
    documents = {found.name: found for found in reading.documents}

    assert {name: found.looked for name, found in documents.items()} == {"7": True, "9": False}
    assert [r.text for r in documents["7"].records if isinstance(r, Span)] == [
        "The corrupt council."
    ]
    assert [(p.id, p.place.file) for p in reading.problems] == [
        ("file-left-out", "en/train-labels-subtask-1.txt"),
        ("text-not-annotated", "en/test-articles-subtask-3/article9.txt"),
    ]
    assert "in 2, this one first" in reading.problems[0].message


def test_its_spans_are_read_as_ptc(tmp_path: Path) -> None:
    """The format ptc takes the spans of a release, and none of its lines."""
    reading = read_ptc(release(tmp_path), Options())
    documents = {found.name: found for found in reading.documents}

    assert [(r.start, r.end) for r in documents["7"].records if isinstance(r, Span)] == [(15, 22)]
    assert (documents["7"].looked, documents["9"].looked) == (True, False)


def test_rows_of_sentences_are_no_techniques(tmp_path: Path) -> None:
    """What 2019 says of sentences is left out: nobody looked for techniques there."""
    files = {"article7.txt": TEXT.encode(), "article7.task2.labels": b"7\t1\tpropaganda\n"}
    reading = read(written(files.items(), tmp_path), Options())
    (found,) = reading.documents

    assert (found.records, found.looked) == ((), False)
    assert [p.id for p in reading.problems] == ["file-left-out", "text-not-annotated"]


def test_the_folder_itself_says_the_language(tmp_path: Path) -> None:
    """Whoever names the folder of one language gets that language."""
    (tmp_path / "ge").mkdir()
    files = {"article7.txt": TEXT.encode(), "labels.txt": b"7\t1\tDoubt\n"}
    reading = read(written(files.items(), tmp_path / "ge"), Options())

    assert [found.language for found in reading.documents] == ["de"]


def test_labels_that_are_no_utf8_say_nothing(tmp_path: Path) -> None:
    """What can't be read is told, and doesn't count as a file without labels."""
    labels = "7\t1\tDoubt\n".encode("utf-16")
    files = {"article7.txt": TEXT.encode(), "article7-labels-subtask-3.txt": labels}
    reading = read(written(files.items(), tmp_path), Options())
    (found,) = reading.documents

    assert (found.records, found.looked) == ((), False)
    assert [p.id for p in reading.problems] == ["not-utf8", "text-not-annotated"]
