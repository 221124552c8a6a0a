from __future__ import annotations

import json
from pathlib import Path

import pytest

from newspan.exchange.babe import read
from newspan.exchange.shapes import Found, Options, Reading
from newspan.model import Span

CSV = (
    "\ufefftext;news_link;outlet;topic;type;label_bias;label_opinion;biased_words\n"
    '"The council, ""shameless"" as ever,\nis shameless.";http://gazette.example;Gazette;ferries;'
    "left;Biased;Expresses writer's opinion;\"['Shameless', 'ever']\"\n"
    "Boats left.;;Gazette;ferries;left;Non-biased;Entirely factual;[]\n"
    "Boats left late.;;;;;No agreement;;\"['early']\"\n"
    "Boats left early.;;;;;Biased;;oops(\n"
    "Boats\n"
)


def reading_of(folder: Path, name: str, text: str) -> tuple[list[Found], Reading]:
    """Return what is read of one file."""
    (folder / name).write_bytes(text.encode())
    reading = read(folder / name, Options())
    return list(reading.documents), reading


def spans_of(found: Found) -> list[tuple[int, str, str | None]]:
    """Return where spans begin, their words and labels."""
    return [(r.start, r.text, r.technique) for r in found.records if isinstance(r, Span)]


def test_a_sentence_is_a_document_with_its_words(tmp_path: Path) -> None:
    """Words are found where they first stand; a biased sentence is a span of its own."""
    documents, reading = reading_of(tmp_path, "babe.csv", CSV)

    assert len(documents) == 5
    text = 'The council, "shameless" as ever,\nis shameless.'
    assert spans_of(documents[0]) == [
        (0, text, "Biased_Sentence"),
        (14, "shameless", "Biased_Word"),
        (28, "ever", "Biased_Word"),
    ]
    assert documents[0].meta == {
        "url": "http://gazette.example",
        "outlet": "Gazette",
        "note": "topic: ferries; type: left; label_opinion: Expresses writer's opinion",
    }
    assert spans_of(documents[1]) == []
    assert sorted(label["id"] for label in reading.labels) == ["Biased_Sentence", "Biased_Word"]
    assert [(p.id, p.place.line) for p in reading.problems] == [
        ("quote-not-verbatim", 5),
        ("row-syntax", 6),
        ("text-not-annotated", 7),
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("babe.json", '[{"text": "So so shameful", "label": 1, "biased_words": ["so", "so"]}, 3]'),
        (
            "babe.jsonl",
            '{"uuid": "x", "text": "So so shameful", "label": 1, "biased_words": "[\'so\',\'so\']"}'
            "\n{\n",
        ),
    ],
)
def test_json_is_read_too(tmp_path: Path, name: str, text: str) -> None:
    """A list of rows or one per line; a word listed twice may stand there once only."""
    documents, reading = reading_of(tmp_path, name, text)

    assert spans_of(documents[0]) == [
        (0, "So so shameful", "Biased_Sentence"),
        (3, "so", "Biased_Word"),
    ]
    first, second = (problem.id for problem in reading.problems)
    assert first == "quote-not-verbatim" and second in ("row-syntax", "json-syntax")


def test_sentences_without_labels_were_not_looked_at(tmp_path: Path) -> None:
    """Silver data is text alone: that it has no biased words says nothing."""
    rows = "text;topic;label_bias;biased_words\nBoats left.;ferries;;\nPiers rot.;ferries;;[]\n"
    documents, reading = reading_of(tmp_path, "silver.csv", rows)

    assert [found.looked for found in documents] == [False, True]
    assert [(p.id, p.place.line) for p in reading.problems] == [("text-not-annotated", 2)]


def test_tables_of_something_else_are_told_once(tmp_path: Path) -> None:
    """Who the annotators are stands in the same folder; named itself, each row is told."""
    (tmp_path / "babe.csv").write_text("text;biased_words\nBoats left.;[]\n")
    people = tmp_path / "people.csv"
    people.write_text("id;age\n1;30\n2;40\n")

    whole, alone = read(tmp_path, Options()), read(people, Options())

    assert len(list(whole.documents)) == 1 and list(alone.documents) == []
    assert [(p.id, str(p.place)) for p in whole.problems] == [("file-left-out", "people.csv:2")]
    assert [p.id for p in alone.problems] == ["row-syntax", "row-syntax"]


def test_rows_with_too_many_cells_are_told(tmp_path: Path) -> None:
    """A text with a semicolon that isn't quoted moves what follows: the row is left out."""
    rows = "text;label_bias;biased_words\nBoats; left.;Biased;[]\nPiers rot.;Biased;[]\n"
    documents, reading = reading_of(tmp_path, "babe.csv", rows)

    assert [(found.name, found.text) for found in documents] == [("00002", "Piers rot.")]
    assert [(p.id, p.place.line, p.message) for p in reading.problems] == [
        ("row-syntax", 2, "4 cells, where there are 3 columns")
    ]


@pytest.mark.parametrize("label", ["Biased", "biased", " BIASED ", "1", "1.0", 1, 1.0, True])
def test_labels_that_say_biased(tmp_path: Path, label: object) -> None:
    """A label is understood in any capitals, and as the number that tables with gaps make of it."""
    rows = json.dumps([{"text": "So shameful", "label": label}])
    (found,), reading = reading_of(tmp_path, "babe.json", rows)

    assert spans_of(found) == [(0, "So shameful", "Biased_Sentence")]
    assert found.looked and reading.problems == []


@pytest.mark.parametrize(
    ("label", "looked", "ids"),
    [
        *((each, True, []) for each in ("Non-biased", "NON-BIASED", "0", "0.0", 0, 0.0, False)),
        ("No agreement", True, []),
        *((each, False, ["text-not-annotated"]) for each in (None, "", " ")),
        *((each, False, ["row-syntax", "text-not-annotated"]) for each in ("perhaps", 2, ["x"])),
    ],
)
def test_labels_that_do_not(tmp_path: Path, label: object, looked: bool, ids: list[str]) -> None:
    """What is no label is told, and says no more than none."""
    rows = json.dumps([{"text": "So shameful", "label": label}])
    (found,), reading = reading_of(tmp_path, "babe.json", rows)

    assert (found.records, found.looked) == ((), looked)
    assert [p.id for p in reading.problems] == ids


@pytest.mark.parametrize(
    ("cell", "words", "ids"),
    [
        ("('so', 'shameful')", ["So", "shameful"], []),
        ("'shameful'", [], ["row-syntax", "text-not-annotated"]),
        ("{'shameful': 1}", [], ["row-syntax", "text-not-annotated"]),
        ("7", [], ["row-syntax", "text-not-annotated"]),
        (7, [], ["row-syntax", "text-not-annotated"]),
    ],
)
def test_words_are_a_list(tmp_path: Path, cell: object, words: list[str], ids: list[str]) -> None:
    """A tuple will do; anything else is told, and doesn't count as a list without words."""
    rows = json.dumps([{"text": "So shameful", "biased_words": cell}])
    (found,), reading = reading_of(tmp_path, "babe.json", rows)

    assert [text for _, text, _ in spans_of(found)] == words
    assert found.looked == bool(words)
    assert [p.id for p in reading.problems] == ids
