from __future__ import annotations

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
