"""Whether a release's rows are those that follow from its documents and annotation sets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from newspan.corpus import Corpus
from newspan.model import Document, Zone
from newspan.problems import Place, Problem
from newspan.release.tables.stretches import sentence_table
from newspan.text import is_blank

Row = dict[str, Any]
#: So many rows of one file are named; more of them say nothing more.
_TOLD = 20


def compare(
    name: str, file: str, found: pa.Table, wanted: pa.Table, first: int = 0
) -> list[Problem]:
    """Return the rows of a config that differ from those derived anew, each with its place.

    Args:
        name: the config's name.
        file: its file, for the places; rows count from 1.
        found: its rows as they stand in the release.
        wanted: its rows as they follow from the rest of the release.
        first: how many rows stand in the file before those found.
    """
    if found.equals(wanted):
        return []
    faults = list(_row_faults(found.to_pylist(), wanted.to_pylist(), first))
    if not faults:  # NaN, which equals nothing
        return []
    problems = [
        Problem("rows-changed", Place(file, number, pointer), text)
        for number, pointer, text in faults
    ]
    if len(problems) > _TOLD:
        more = f"{len(problems) - _TOLD} more rows of {name} are not what they should be"
        problems[_TOLD:] = [Problem("rows-changed", Place(file), more)]
    return problems


def _row_faults(found: list[Row], wanted: list[Row], first: int) -> Iterator[tuple[int, str, str]]:
    """Yield number, pointer and message of each row that is wrong, missing or too many."""
    numbers: dict[tuple[Any, ...], int] = {}
    for number, row in enumerate(found, first + 1):
        key = _key(row)
        if key in numbers:
            yield number, "", f"row {number}, {_id(row)}, is row {numbers[key]} over again"
        else:
            numbers[key] = number
    expected = {_key(row): row for row in wanted}
    for key, number in numbers.items():
        row = found[number - first - 1]
        if key not in expected:
            message = "nothing in the release's documents and sets gives such a row"
            yield number, "", f"row {number}, {_id(row)}: {message}"
        else:
            for pointer, is_there, should in first_difference(row, expected[key]):
                shown = (
                    f"it is {_shown(is_there)}, from documents and sets follows {_shown(should)}"
                )
                yield number, pointer, f"row {number}, {_id(row)}, {pointer[1:]}: {shown}"
    for number, row in enumerate(wanted, first + 1):
        if _key(row) not in numbers:
            yield number, "", f"the row of {_id(row)} is missing; it should be row {number}"
    there = [key for key in numbers if key in expected]
    should_be = [key for key in expected if key in numbers]
    for key, other in zip(there, should_be, strict=True):
        if key != other:
            row, number = expected[key], numbers[key]
            yield number, "", f"row {number}, {_id(row)}, stands where {other[1]} should"
            return


def _key(row: Row) -> tuple[Any, ...]:
    return (row.get("set_id"), row.get("id", row.get("doc_id")))


def _id(row: Row) -> str:
    return str(row.get("id", row.get("doc_id")))


def first_difference(found: Any, wanted: Any, pointer: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield the first place where two JSON values differ, as a JSON Pointer, with both values."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        pairs: Iterable[tuple[Any, Any, Any]] = (
            (key, found.get(key), wanted.get(key)) for key in wanted
        )
    elif isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        pairs = zip(range(len(found)), found, wanted, strict=True)
    else:
        if found != wanted:
            yield pointer, found, wanted
        return
    for key, one, other in pairs:
        if one != other:
            yield from first_difference(one, other, f"{pointer}/{key}")
            return


def _shown(value: Any, limit: int = 120) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"a list of {len(value)}"
    text = json.dumps(value, ensure_ascii=False)
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return text if len(text) <= limit else f"{text[: limit // 2]}…{text[-limit // 2 :]}"


def borders(sentences: pa.Table, first: int) -> dict[str, list[tuple[int, int, int]]]:
    """Return the extents of rows of `sentences` with their numbers, by document.

    Args:
        sentences: the rows.
        first: how many rows stand in the file before them.
    """
    found: dict[str, list[tuple[int, int, int]]] = {}
    columns = (sentences.column(name).to_pylist() for name in ("doc_id", "start", "end"))
    for number, (document, start, end) in enumerate(zip(*columns, strict=True), first + 1):
        found.setdefault(document, []).append((start, end, number))
    return found


def check_borders(
    file: str, extents: Mapping[str, Sequence[tuple[int, int, int]]], corpus: Corpus
) -> Iterator[Problem]:
    """Yield sentences that overlap, leave their zone, or leave out words of it.

    What holds for the sentences of any version of the segmenter.
    """
    for document in corpus.documents:
        text = corpus.texts[document.id]
        given = iter([*extents.get(document.id, ()), (len(text), len(text), 0)])
        start, end, number = next(given)
        for zone in (zone for item in document.items for zone in item.zones):
            reached = zone.start
            while start < zone.end and number:
                if not reached <= start < end <= zone.end:
                    message = f"row {number}: {start}-{end} overlaps, or is not inside one zone"
                    yield Problem("rows-changed", Place(file, number, "/start"), message)
                elif not all(map(is_blank, text[reached:start])):
                    message = f"row {number}: characters {reached}-{start} are in no sentence"
                    yield Problem("rows-changed", Place(file, number, "/start"), message)
                reached = max(reached, min(end, zone.end))
                start, end, number = next(given)
            if not all(map(is_blank, text[reached : zone.end])):
                message = f"{document.id}: characters {reached}-{zone.end} are in no sentence"
                place = Place(file, start=reached, end=zone.end)
                yield Problem("rows-changed", place, message)


def sentences_at(
    corpus: Corpus,
    extents: Mapping[str, Sequence[tuple[int, int, int]]],
    fold_of: Mapping[str, int],
) -> pa.Table:
    """Return the rows of `sentences` with the borders that are given instead of nupunkt's."""

    def given(document: Document, zone: Zone, _: str) -> list[tuple[int, int]]:
        own = extents.get(document.id, ())
        return [(start, end) for start, end, _ in own if zone.start <= start and end <= zone.end]

    return sentence_table(corpus, given, fold_of=fold_of)
