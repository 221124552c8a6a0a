"""Files that are read at once are read as line by line, and never when anything is off."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora import GOOD
from newspan.corpus.files import read_json, read_jsonl, sound_json, sound_lines
from newspan.model import AnyRecord, Document
from newspan.problems import Place, Problem

LINES = [
    line
    for path in sorted((GOOD / "annotation/sets").rglob("*.jsonl"))
    for line in path.read_bytes().splitlines(keepends=True)
]
DOCUMENT = (GOOD / "corpus/documents/d2.json").read_bytes()
PLACE = Place("file")
# What readers of JSON are known to differ on.
WORDS = rb"""
    5.0 1e2 NaN -0 01 99999999999999999999 {} null [ } , " \ud800 \u0000 \": "start":1.0,
    "id":"x", "id"\t:"x", "\u0069d":"x", "human_verified":false,
"""
BYTES = (b"", b"\n", b"\r\n", b" ", b"\xff", b"\x00", b"\t", b"\xef\xbb\xbf", b"\xed\xa0\x80")
PIECES = st.sampled_from([*WORDS.split(), *BYTES])
EDITS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 12), PIECES), max_size=2)


def edited(raw: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    """Return bytes with some replaced: at a place, so many, by what."""
    for place, length, piece in edits:
        place %= len(raw) + 1
        raw = raw[:place] + piece + raw[place + length :]
    return raw


@given(st.sampled_from(LINES), st.sampled_from(LINES), EDITS)
def test_lines_taken_at_once_are_without_fault(
    one: bytes, other: bytes, edits: list[tuple[int, int, bytes]]
) -> None:
    """What is taken at once is what the careful reader takes, without a fault, line by line."""
    raw = edited(one + other, edits)
    found = sound_lines(raw, "record.json", AnyRecord)
    if found is None:
        return  # the careful reader says what is wrong, or that nothing is

    problems: list[Problem] = []
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(raw)
        careful = list(read_jsonl(Path(file.name), PLACE, "record.json", problems))

    assert problems == []
    assert found == [msgspec.convert(data, AnyRecord) for data, _ in careful]
    assert [place.line for _, place in careful] == list(range(1, len(found) + 1))


@given(EDITS)
def test_a_file_taken_at_once_is_without_fault(edits: list[tuple[int, int, bytes]]) -> None:
    """The same of a JSON file."""
    raw = edited(DOCUMENT, edits)
    found = sound_json(raw, "document.json", Document)
    if found is None:
        return

    problems: list[Problem] = []
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(raw)
        careful = read_json(Path(file.name), PLACE, "document.json", problems)

    assert problems == []
    assert found == msgspec.convert(careful, Document)


def test_sound_files_are_taken_at_once() -> None:
    """Or all would be read the slow way."""
    taken = sound_lines(b"".join(LINES), "record.json", AnyRecord)

    assert taken is not None
    assert len(taken) == len(LINES)
    assert sound_lines(LINES[0].rstrip(b"\n"), "record.json", AnyRecord) == taken[:1]
    assert sound_json(DOCUMENT, "document.json", Document) is not None


@pytest.mark.parametrize(
    "edit",
    [
        (b'"id": "c1"', b'"id": "c0", "id": "c1"'),
        (b'"id": "c1"', b'"i\\u0064": "c0", "id" : "c1"'),
        (b'"start": 63', b'"start": 63.0'),
        (b'"end": 91', b'"end": NaN'),
        (b"plan would", b"plan \\ud83d would"),
        (b"plan would", b"plan \t would"),
        (b"plan would", b"plan \xff would"),
        (b'"claim"', b'"clam"'),
        (b"}\n", b"}\n\n"),
        (b"}\n", b"} {}\n"),
    ],
)
def test_what_is_off_is_left_to_the_careful_reader(edit: tuple[bytes, bytes]) -> None:
    """Repeated keys, offsets that are no integers, halves of characters, empty lines."""
    raw = b"".join(LINES).replace(*edit, 1)

    assert raw != b"".join(LINES)
    assert sound_lines(raw, "record.json", AnyRecord) is None
