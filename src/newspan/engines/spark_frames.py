"""Texts as Spark data frames, with the very strings that the local engine reads.

JSON Lines are split by Spark and parsed by the same reader; Parquet whose columns are plain strings
or whole numbers is read by Spark. Everything else (text files, saved datasets, zstd, other types,
names that Spark would take for patterns or hidden files) is read here and written as Parquet to the
work folder, which the workers must see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from newspan.formats.texts import Columns, files_of, json_batches, read_texts

_PIECE = 32 << 20  # bytes of text in one of the files that are written for Spark


def frame(spark: Any, source: Any, columns: Columns, work: Path) -> Any:
    """Return a data frame of strings: `id`, `text`, and the passed columns as `passed_0` and on.

    Args:
        spark: the session.
        source: a path as `read_texts` takes it, or a data frame.
        columns: the names of the columns there.
        work: a folder of its own, for texts that Spark does not read.

    Raises:
        InputError: when texts are read here and cannot be; see `read_texts`.
        ValueError: when the input is of no known kind, or a data frame lacks a column.
    """
    if not isinstance(source, Path):
        lacking = [name for name in columns.names if name not in source.columns]
        if lacking:
            raise ValueError(f"the data frame has no column {lacking[0]!r}")
        return _named(source, columns)
    kind, files = files_of(source)
    names = [f"file:{file.absolute()}" for file in files]
    if kind == "jsonl" and _readable(files):
        lines = spark.read.text(names, lineSep="\n")
        return lines.mapInArrow(partial(parsed, columns=columns), _schema(columns))
    if kind == "parquet" and _readable(files) and _are_plain(files, columns):
        return _named(spark.read.parquet(*names), columns)
    write_pieces(_renamed(read_texts(source, columns), columns), work)
    return spark.read.schema(_schema(columns)).parquet(f"file:{work.absolute()}")


def parsed(batches: Iterable[Any], columns: Columns) -> Iterator[Any]:
    """Yield batches with the columns of `frame` from batches of lines of JSON.

    Raises:
        InputError: as `read_texts` does, but without the place of the fault.
    """
    from newspan.reuse.batches import utf8_of

    for batch in batches:
        data, starts = utf8_of(batch.column(0))
        lines = [data[a:b].tobytes() for a, b in pairwise(starts)]
        chunk = b"\n".join(lines)
        if chunk.strip():
            yield from _renamed(json_batches(chunk, 0, "the input", columns), columns)


def write_pieces(batches: Iterable[Any], folder: Path) -> None:
    """Write record batches as Parquet files of some megabytes each, in place of any there."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for old in folder.glob("*.parquet"):
        old.unlink()
    held: list[Any] = []
    size = written = 0

    def write() -> None:
        nonlocal size, written
        if held:
            pq.write_table(pa.Table.from_batches(held), folder / f"{written:06}.parquet")
            held.clear()
            size = 0
            written += 1

    for batch in batches:
        held.append(batch)
        size += batch.nbytes
        if size >= _PIECE:
            write()
    write()


def _readable(files: list[Path]) -> bool:
    """Tell whether Spark reads files by these names and endings."""
    return not any(
        set("*?[]{}\\,\n") & set(str(file.absolute()))
        or file.name.startswith(("_", "."))
        or file.suffix == ".zst"
        for file in files
    )


def _are_plain(files: list[Path], columns: Columns) -> bool:
    """Tell whether the columns are there, of one type in all files, and Spark reads it alike."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = set()
    for file in files:
        try:
            schema = pq.read_schema(file)
            found = [schema.field(name).type for name in columns.names]
        except (pa.ArrowException, KeyError, OSError):
            return False  # read here, the fault is told with its place
        if not all(pa.types.is_string(kind) or pa.types.is_int64(kind) for kind in found):
            return False
        kinds.add(tuple(found))
    return len(kinds) == 1


def _named(frame: Any, columns: Columns) -> Any:
    from pyspark.sql import functions as sql

    return frame.select(
        *(
            sql.col("`" + old.replace("`", "``") + "`").cast("string").alias(new)
            for old, new in zip(columns.names, _names(columns), strict=True)
        )
    )


def _renamed(batches: Iterable[Any], columns: Columns) -> Iterator[Any]:
    for batch in batches:
        yield batch.rename_columns(_names(columns))


def _schema(columns: Columns) -> str:
    return ", ".join(f"{name} string" for name in _names(columns))


def _names(columns: Columns) -> list[str]:
    # Numbered, since what users call them may be anything.
    return ["id", "text", *(f"passed_{number}" for number in range(len(columns.passed)))]
