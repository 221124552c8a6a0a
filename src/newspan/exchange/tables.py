"""Rows of tables that come in: JSON Lines, CSV, Parquet, saved datasets."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from newspan.corpus.files import decode, parse_json
from newspan.exchange.csv_tables import csv_rows, too_many
from newspan.exchange.files import read_text
from newspan.exchange.provenance import KEYS
from newspan.formats.texts import Columns, InputError, read_texts
from newspan.problems import Place, Problem

_PACKED = {".gz": "gzip", ".zst": "zstd"}
_JSON_LINES = tuple(
    f"{plain}{packed}" for plain in (".jsonl", ".ndjson") for packed in ("", *_PACKED)
)
#: How the names of tables end; a folder may be a saved dataset.
CSV = (".csv", ".tsv")
TABLES = (*_JSON_LINES, *CSV, ".parquet")

Rows = Iterator[tuple[dict[str, Any], Place]]


def rows_of(
    file: Path,
    name: str,
    names: Mapping[str, str],
    problems: list[Problem],
    there: dict[str, None],
) -> Rows:
    """Yield a table's rows, each with its place; what can't be read is told, and the rest is.

    Args:
        file: a file, or a saved dataset's folder.
        name: what problems call it.
        names: the columns of `id`, `text` and provenance.KEYS.
        problems: gets what is wrong.
        there: gets the columns that there are, in order, while rows are read.
    """
    read = _table
    if file.name.endswith(_JSON_LINES):
        read = _json_lines
    elif file.name.endswith(CSV):
        read = _csv
    return read(file, name, names, problems, there)


def _csv(
    file: Path,
    name: str,
    names: Mapping[str, str],
    problems: list[Problem],
    there: dict[str, None],
) -> Rows:
    text = read_text(file, Place(name), problems)
    for row, place in csv_rows(text or "", Place(name), problems):
        message = too_many(row)
        there |= dict.fromkeys(row)
        if message is not None:
            problems.append(Problem("row-syntax", place, message))
        else:
            yield {key: row.get(column) for key, column in names.items()}, place


def _json_lines(
    file: Path,
    name: str,
    names: Mapping[str, str],
    problems: list[Problem],
    there: dict[str, None],
) -> Rows:
    for number, line in enumerate(_lines(file, name, problems), 1):
        place = Place(name, number)
        text = decode(line.removeprefix(b"\xef\xbb\xbf"), place, problems)
        if text is None or not text.strip():
            continue
        row = parse_json(text, place, None, problems)
        if isinstance(row, dict):
            there |= dict.fromkeys(row)
            yield {key: row.get(column) for key, column in names.items()}, place
        elif row is not None:
            problems.append(Problem("row-syntax", place, "the line is no object"))


def _lines(file: Path, name: str, problems: list[Problem]) -> Iterator[bytes]:
    """Yield the lines of a file, packed or not, up to where it can't be read."""
    import pyarrow as pa

    read = 0
    try:
        # Opened here, since Arrow takes no name that isn't UTF-8.
        with (
            file.open("rb") as raw,
            pa.input_stream(raw, compression=_PACKED.get(file.suffix.lower())) as stream,
        ):
            for line in io.BufferedReader(stream):
                read += 1
                yield line
    except OSError as error:  # a packed file that is cut off, or none
        place = Place(name, read or None)
        problems.append(Problem("file-unreadable", place, error.strerror or str(error)))


def _table(
    file: Path,
    name: str,
    names: Mapping[str, str],
    problems: list[Problem],
    there: dict[str, None],
) -> Rows:
    """Yield the rows of Parquet or a saved dataset, by `newspan.formats.texts`."""
    try:
        kinds = _columns(file)
        there |= dict.fromkeys(kinds)
        passed = tuple((key, names[key]) for key in KEYS if names[key] in kinds)
        for _, column in passed:
            if kinds[column] is None:
                message = f"the column {column!r} has no single values; nothing is recorded of it"
                problems.append(Problem("provenance-value", Place(name), message))
        passed = tuple(each for each in passed if kinds[each[1]] is not None)
        numbers = [key for key, column in passed if kinds[column] == "number"]
        columns = Columns(names["id"], names["text"], passed)
        row = 0
        for batch in read_texts(file, columns):
            for values in batch.to_pylist():
                row += 1
                # What is missing among numbers is written as no number.
                gone = {key: None for key in numbers if values[key] == "nan"}
                yield values | gone, Place(name, row)
    except InputError as error:
        problem = error.problem
        problems.append(Problem(problem.id, Place(name, problem.place.line), problem.message))


def _columns(file: Path) -> dict[str, str | None]:
    """Return the columns' names, each with what it holds: text, number or None for no such."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if file.is_file():
        try:
            return _kinds(pq.read_schema(file))
        except (pa.ArrowException, OSError) as error:
            message = f"no Parquet that can be read: {error}"
            raise InputError(Problem("file-unreadable", Place(file.name), message)) from None
    import datasets

    loaded = datasets.load_from_disk(str(file))
    parts = loaded.values() if isinstance(loaded, dict) else [loaded]
    found = [_kinds(part.features.arrow_schema) for part in parts]
    return {name: found[0][name] for name in set.intersection(*map(set, found))}


def _kinds(schema: Any) -> dict[str, str | None]:
    import pyarrow as pa

    def kind(of: Any) -> str | None:
        of = of.value_type if pa.types.is_dictionary(of) else of
        if pa.types.is_nested(of) or pa.types.is_binary(of) or pa.types.is_large_binary(of):
            return None
        return "number" if pa.types.is_floating(of) else "text"

    return {field.name: kind(field.type) for field in schema}
