"""Texts from a folder, JSON Lines, Parquet or a Hugging Face dataset, streamed as Arrow batches.

Every batch has the columns `id` and `text`, as strings, and those that were asked for. Texts are
never altered: a byte order mark, CR LF and the like are part of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newspan.problems import Place, Problem

_CHUNK = 16 << 20
_ROWS = 4096
_JSON_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz", ".jsonl.zst")


class InputError(Exception):
    """What is wrong with texts that were to be read; nothing was written."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem."""
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of columns: of the documents' ids and texts, and those to pass through.

    `passed` has (name here, name in the input).
    """

    id: str = "id"
    text: str = "text"
    passed: tuple[tuple[str, str], ...] = ()

    @property
    def names(self) -> list[str]:
        """Return their names in the input, the id's and the text's first."""
        return [self.id, self.text, *(there for _, there in self.passed)]

    @property
    def named(self) -> list[str]:
        """Return their names here."""
        return ["id", "text", *(here for here, _ in self.passed)]


def passed_columns(given: Sequence[str], taken: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the columns to pass through, from `name` or `name=column of the input`.

    Raises:
        ValueError: when a name is given twice, or is one of those that are `taken`.
    """
    found: list[tuple[str, str]] = []
    for each in given:
        here, _, there = each.strip().partition("=")
        if here in ("id", "text", *taken) or here in dict(found):
            raise ValueError(f"a passed column can't be called {here!r}: write NAME={here}")
        found.append((here, there or here))
    return tuple(found)


def files_of(path: Path) -> tuple[str, list[Path]]:
    """Return the kind of an input and its files, in order of their names.

    Kinds: `text` (a folder of .txt files, or one), `jsonl`, `parquet`, `dataset` (what
    `Dataset.save_to_disk` writes).

    Raises:
        ValueError: when the input is none of these.
    """
    if not path.exists():
        raise ValueError(f"{path} does not exist")
    if path.is_file():
        for kind, endings in _ENDINGS.items():
            if path.name.endswith(endings):
                return kind, [path]
        raise ValueError(f"{path.name} is none of .txt, .jsonl (also .gz, .zst), .parquet")
    if (path / "dataset_dict.json").exists() or (path / "state.json").exists():
        return "dataset", [path]
    found = {
        kind: sorted(
            file for ending in endings for file in path.rglob(f"*{ending}") if not file.is_dir()
        )
        for kind, endings in _ENDINGS.items()
    }
    kinds = [kind for kind in ("parquet", "jsonl", "text") if found[kind]]
    if not kinds:
        raise ValueError(f"{path} has no .txt, .jsonl or .parquet files, and is no saved dataset")
    if len(kinds) > 1:
        raise ValueError(
            f"{path} mixes {' and '.join(kinds)} files: name one kind's folder or file"
        )
    return kinds[0], found[kinds[0]]


_ENDINGS = {"text": (".txt",), "jsonl": _JSON_LINES, "parquet": (".parquet",)}


def read_texts(path: Path, columns: Columns) -> Iterator[Any]:
    """Yield record batches of `id`, `text` and the passed columns, all strings without nulls in
    the first two.

    Raises:
        InputError: when a file cannot be read as what it is, lacks a column, or a row lacks its
            id or text.
        ValueError: see `files_of`.
    """
    kind, files = files_of(path)
    readers = {"text": _read_text, "jsonl": _read_jsonl, "parquet": _read_parquet}
    for file in files:
        name = file.relative_to(path).as_posix() if path.is_dir() and file != path else file.name
        if kind == "dataset":
            batches = _read_dataset(file, name, columns)
        else:
            batches = readers[kind](file, name, columns)
        try:
            name.encode()
        except UnicodeEncodeError:
            message = "the file's name is no UTF-8, so that it can be no id"
            raise InputError(Problem("file-unreadable", Place(ascii(name)), message)) from None
        row = 0
        try:
            for batch in batches:
                yield _checked(batch, name, row)
                row += batch.num_rows
        except OSError as error:
            message = error.strerror or str(error)
            raise InputError(Problem("file-unreadable", Place(name), message)) from None


def _read_text(file: Path, name: str, columns: Columns) -> Iterator[Any]:
    import pyarrow as pa

    if columns.passed:
        raise ValueError("text files have no columns to pass through")
    data = file.read_bytes()
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is no UTF-8: {error.reason}"
        raise InputError(Problem("not-utf8", Place(name), message)) from None
    yield pa.record_batch([pa.array([name]), pa.array([text])], names=["id", "text"])


def _read_jsonl(file: Path, name: str, columns: Columns) -> Iterator[Any]:
    """Read whole lines, some megabytes at a time, so that one long line is no problem."""
    import pyarrow as pa

    line = 0
    rest = b""
    with pa.input_stream(str(file), compression="detect") as stream:
        while True:
            data = stream.read(_CHUNK)
            cut = data.rfind(b"\n") + 1
            if data and not cut:
                rest += data
                continue
            chunk, rest = rest + data[:cut], data[cut:]
            if not data:
                chunk, rest = chunk + rest, b""
            if line == 0:
                chunk = chunk.removeprefix(b"\xef\xbb\xbf")
            if chunk and not chunk.isspace():
                yield from json_batches(chunk, line, name, columns)
            line += chunk.count(b"\n")
            if not data:
                return


def json_batches(chunk: bytes, before: int, name: str, columns: Columns) -> Iterator[Any]:
    """Yield the batches of whole lines of JSON; `before` lines of the file came before them."""
    import io

    import pyarrow as pa
    import pyarrow.json as pj

    schema = pa.schema([(column, pa.string()) for column in columns.names])
    try:
        table = pj.read_json(
            io.BytesIO(chunk),
            read_options=pj.ReadOptions(block_size=len(chunk) + 1),
            parse_options=pj.ParseOptions(
                explicit_schema=schema, unexpected_field_behavior="ignore"
            ),
        )
        table.validate(full=True)  # Arrow's JSON reader lets bytes through that are no UTF-8
    except (pa.ArrowException, UnicodeDecodeError):
        table = None
    if table is None or table[columns.id].null_count or table[columns.text].null_count:
        # Slow and exact: ids may be numbers, and a fault is told with its line.
        table = pa.Table.from_pylist(list(_json_rows(chunk, before, name, columns)), schema=schema)
    yield from _named(table, columns, name)


def _json_rows(
    chunk: bytes, before: int, name: str, columns: Columns
) -> Iterator[dict[str, str | None]]:
    import json

    for number, line in enumerate(chunk.split(b"\n"), before + 1):
        if not line.strip():
            continue
        place = Place(name, line=number)
        try:
            row = json.loads(line.decode())
        except UnicodeDecodeError as error:
            message = f"byte {error.start} of the line is no UTF-8: {error.reason}"
            raise InputError(Problem("not-utf8", place, message)) from None
        except ValueError as error:
            raise InputError(Problem("json-syntax", place, str(error))) from None
        if not isinstance(row, dict):
            raise InputError(Problem("json-syntax", place, "the line is no object"))
        found: dict[str, str | None] = {}
        for column in columns.names:
            value = row.get(column)
            if value is None and column in (columns.id, columns.text):
                message = f"the line has no {column!r} (--id and --text name the columns)"
                raise InputError(Problem("schema", place, message))
            if column == columns.text and not isinstance(value, str):
                raise InputError(Problem("schema", place, f"{column!r} is no text"))
            if isinstance(value, dict | list):
                raise InputError(Problem("schema", place, f"{column!r} is no single value"))
            found[column] = None if value is None else str(value)
            try:
                str(value).encode()
            except UnicodeEncodeError:
                message = f"{column!r} has half of a surrogate pair"
                raise InputError(Problem("json-syntax", place, message)) from None
        yield found


def _read_parquet(file: Path, name: str, columns: Columns) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        reader = pq.ParquetFile(file)
        _find(reader.schema_arrow.names, columns, name)
        for batch in reader.iter_batches(batch_size=_ROWS, columns=columns.names):
            yield from _named(pa.Table.from_batches([batch]), columns, name)
    except (pa.ArrowException, OSError) as error:
        message = f"no Parquet that can be read: {error}"
        raise InputError(Problem("file-unreadable", Place(name), message)) from None


def _read_dataset(path: Path, name: str, columns: Columns) -> Iterator[Any]:
    import json

    import datasets

    head = path / "dataset_dict.json"
    names = json.loads(head.read_bytes())["splits"] if head.exists() else ["."]
    for folder in (path / split for split in names):
        # datasets 5.2 can't load what it saved without rows.
        if not json.loads((folder / "state.json").read_bytes())["_data_files"]:
            continue
        loaded = datasets.load_from_disk(str(folder))
        _find(loaded.column_names, columns, name)
        if not len(loaded):
            continue
        for table in loaded.select_columns(columns.names).with_format("arrow").iter(_ROWS):
            yield from _named(table, columns, name)


def _find(names: Sequence[str], columns: Columns, name: str) -> None:
    for column in columns.names:
        if list(names).count(column) > 1:
            message = f"there is more than one column {column!r}"
            raise InputError(Problem("schema", Place(name), message))
        if column not in names:
            message = f"there is no column {column!r}; there are: {', '.join(names)}"
            raise InputError(Problem("schema", Place(name), message))


def _named(table: Any, columns: Columns, name: str) -> Iterator[Any]:
    """Yield a table's batches with the columns under their names here, as strings."""
    import pyarrow as pa

    _find(table.column_names, columns, name)
    values = []
    for column in columns.names:
        try:
            value = table[column].cast(pa.string())
        except pa.ArrowException:
            message = f"the column {column!r} is no text: it has the type {table[column].type}"
            raise InputError(Problem("schema", Place(name), message)) from None
        try:
            value.validate(full=True)
        except pa.ArrowException:
            message = f"the column {column!r} has bytes that are no UTF-8"
            raise InputError(Problem("not-utf8", Place(name), message)) from None
        values.append(value)
    yield from (
        pa.table(values, names=columns.named).combine_chunks().to_batches(max_chunksize=_ROWS)
    )


def _checked(batch: Any, name: str, before: int) -> Any:
    import pyarrow.compute as pc

    for column in ("id", "text"):
        if batch[column].null_count:
            row = before + pc.index(pc.is_null(batch[column]), True).as_py() + 1
            message = f"row {row} has no {column}"
            raise InputError(Problem("schema", Place(name), message))
    return batch
