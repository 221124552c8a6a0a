from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hostile_sets import written
from made_corpus import Maker, corpus_of
from newspan.exchange.bio_jsonl import read, write
from newspan.exchange.shapes import Found, Options, Reading
from newspan.model import Span


def reading_of(folder: Path, *lines: Any, name: str = "a.jsonl") -> tuple[list[Found], Reading]:
    """Return the documents that lines hold, and the reading."""
    text = "".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in lines)
    reading = read(written([(name, text.encode())], folder), Options())
    return list(reading.documents), reading


def shown(found: Found) -> list[tuple[str, str]]:
    """Return a document's spans as label and text."""
    return [(r.label, r.text) for r in found.records if isinstance(r, Span)]


def test_what_is_written(tmp_path: Path) -> None:
    """Text, tokens, offsets, and a list of tags for each layer or role."""
    corpus = corpus_of({"tide": ["Piers rot."]})
    make = Maker(corpus)
    chosen = make.set("x", [make.span("tide-i1", "Piers", "s1", role="source")])
    writing = write(corpus, chosen, Options(layers=("attribution",)))

    assert json.loads(dict(writing.files)["documents.jsonl"]) == {
        "id": "tide",
        "language": "en",
        "text": "Piers rot.",
        "tokens": ["Piers", "rot", "."],
        "offsets": [[0, 5], [6, 9], [9, 10]],
        "tags": {
            "source": ["B-source", "O", "O"],
            "medium": ["O", "O", "O"],
            "cue": ["O", "O", "O"],
            "content": ["O", "O", "O"],
        },
    }
    assert writing.losses == ()


def test_the_lines_of_cofenet_are_read(tmp_path: Path) -> None:
    """Tokens with labels; the stretches of one document are its lines, whichever order."""
    lines = [
        {"tokens": ["Ada", "said", ":"], "labels": ["B-source", "B-cue", "O"], "id": "quay_3.ann"},
        {"tokens": ["Ebb"], "labels": ["O"], "id": "other.ann"},
        {"tokens": ["``", "Low", "''"], "labels": ["B-content"] + ["I-content"] * 2,
         "id": "quay_3.ann"},
    ]  # fmt: skip
    (first, second), reading = reading_of(tmp_path, *lines, name="test.txt")

    assert first.text == "Ada said :\n`` Low ''"
    assert shown(first) == [("source", "Ada"), ("cue", "said"), ("content", "`` Low ''")]
    assert (first.name, second.text) == ("quay_3.ann", "Ebb")
    assert (reading.layers, reading.problems) == (("attribution",), [])


def test_stretches_of_a_document_in_several_files_share_a_lineage(tmp_path: Path) -> None:
    """Splits that parted one document leak; its parts stay apart, and say whose they are."""
    line = {"tokens": ["Ebb"], "labels": ["B-cue"], "id": "quay"}
    written([("train.txt", json.dumps(line).encode()), ("voc.txt", b"[PAD]\nEbb\n")], tmp_path)
    documents, reading = reading_of(tmp_path, line, name="valid.txt")

    assert [(found.name, found.lineage) for found in documents] == [
        ("quay", None),
        ("valid-quay", "quay"),
    ]
    assert [(problem.id, problem.place.file) for problem in reading.problems] == [
        ("file-left-out", "voc.txt")
    ]


@pytest.mark.parametrize("offsets", [None, [[0, 4], [5, 8], [9, 10]]])
def test_tokens_are_placed_in_a_text(tmp_path: Path, offsets: Any) -> None:
    """By their offsets, or one behind the other."""
    line = {"text": "Tide ebb e", "tokens": ["Tide", "ebb", "e"], "tags": ["O", "O", "B-Doubt"]}
    (found,), reading = reading_of(tmp_path, {**line, "offsets": offsets})

    assert [(r.start, r.end) for r in found.records if isinstance(r, Span)] == [(9, 10)]
    assert reading.problems == []


def test_each_defect_is_a_problem_and_the_rest_is_read(tmp_path: Path) -> None:
    """What a line lacks, counts wrongly or says in numbers is told with its line."""
    documents, reading = reading_of(
        tmp_path,
        {"id": "a", "text": "Ebb flow", "tokens": ["Ebb", "flaw"], "tags": ["B-Doubt", "I-Doubt"]},
        '{"tokens": [',
        ["Ebb"],
        {"tokens": ["Ebb", 3], "tags": ["O", "O"]},
        {"tokens": ["Ebb"], "ner_tags": [3]},
        {"tokens": ["Ebb"], "tags": ["O", "O"]},
        {"tokens": ["Ebb"]},
        {"id": "a", "text": "Again", "tokens": [], "tags": []},
        {"id": "b", "tokens": ["Ebb", "flow"], "tags": ["Z-x", "B-Doubt"], "offsets": [[0, 3]]},
        {
            "id": "d",
            "text": "b a",
            "tokens": ["a", "b"],
            "tags": ["B-Doubt", "I-Doubt"],
            "offsets": [[2, 3], [0, 1]],
        },
        {"id": "c", "tokens": ["Ebb", "flow"], "tags": ["O", "O"], "offsets": [[0, 3], [2, 6]]},
    )

    assert [(found.name, found.text, shown(found)) for found in documents] == [
        ("a", "Ebb flow", [("Doubt", "Ebb")]),
        ("b", "Ebb flow", [("Doubt", "flow")]),
        ("d", "b a", [("Doubt", "a")]),
        ("c", "Ebb flow", []),
    ]
    assert sorted((problem.place.line, problem.id) for problem in reading.problems) == [
        (1, "surface-mismatch"),
        (2, "json-syntax"),
        (3, "row-syntax"),
        (4, "row-syntax"),
        (5, "row-syntax"),
        (6, "row-syntax"),
        (7, "row-syntax"),
        (8, "duplicate-id"),
        (9, "row-syntax"),
        (9, "row-syntax"),
        (10, "surface-mismatch"),
        (11, "offset-out-of-range"),
    ]


def test_a_stretch_of_a_text_of_its_own_is_told(tmp_path: Path) -> None:
    """A line with a text is a whole document: another of its id is left out, the rest is read."""
    lines = [
        {"id": "a", "text": "A b", "tokens": ["A", "b"], "offsets": [[0, 1], [2, 3]],
         "tags": ["O", "B-cue"]},
        {"id": "a", "tokens": ["late"], "tags": ["O"]},
        {"id": "b", "tokens": ["late"], "tags": ["B-cue"]},
    ]  # fmt: skip
    documents, reading = reading_of(tmp_path, *lines)

    assert [(each.id, shown(each)) for each in documents] == [
        ("a", [("cue", "b")]), ("b", [("cue", "late")])
    ]  # fmt: skip
    assert [(each.id, each.place.line) for each in reading.problems] == [("duplicate-id", 2)]


def test_a_folder_without_lines_is_wrong_use(tmp_path: Path) -> None:
    """There must be something to read."""
    with pytest.raises(ValueError, match="JSON Lines"):
        read(tmp_path, Options())


@pytest.mark.parametrize("start", [10**14, 10**30])
def test_offsets_far_away_are_told(tmp_path: Path, start: int) -> None:
    """No white space is made up to there."""
    line = {"tokens": ["pier"], "tags": ["B-Doubt"], "offsets": [[start, start + 4]]}
    (found,), reading = reading_of(tmp_path, line)

    assert (found.text, shown(found)) == ("pier", [("Doubt", "pier")])
    assert [problem.id for problem in reading.problems] == ["offset-out-of-range"]


def test_other_json_of_a_folder_is_told_once(tmp_path: Path) -> None:
    """A repository has settings and word lists beside its data, over many lines."""
    files = {
        "data/valid.txt": json.dumps({"tokens": ["Piers"], "labels": ["B-source"]}).encode(),
        "data/words.txt": b"Piers\nrot\n",
        "data/tags.txt": b"O\nB-source\n",
        "settings/model.json": b'{\n "size": 3,\n "rate": 1\n}\n',
    }
    reading = read(written(files.items(), tmp_path), Options())

    assert [shown(found) for found in reading.documents] == [[("source", "Piers")]]
    assert [(p.id, str(p.place)) for p in reading.problems] == [
        ("file-left-out", "settings/model.json:1"),
        ("file-left-out", "data/tags.txt"),
    ]
    assert "in 2, this one first" in reading.problems[1].message
