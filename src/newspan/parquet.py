"""Tables into Parquet files whose bytes depend on their rows and pyarrow's version alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.parquet as pq

# A row group ends with the table that takes it beyond one of these.
_ROWS_PER_GROUP = 100_000
_BYTES_PER_GROUP = 64 << 20
_MOST_ROWS_PER_GROUP = 1_000_000

# Names of columns, nested ones too, whose values hardly repeat: they are written as they are, which
# is smaller; all others are written once per page, and then by number.
# fmt: off
_VARIED = frozenset((
    "id", "doc_id", "item_id", "span_id", "attribution_id", "attribution_ids", "paragraph_id",
    "source_ids", "medium_ids", "cue_id", "content_ids", "from_id", "to_id", "canonical_id",
    "cluster", "text", "sha256", "file", "title", "url", "quote", "reason", "source", "medium",
    "cue", "content", "from_text", "to_text", "start", "end", "canonical_start", "canonical_end",
))
# fmt: on


class TableWriter:
    """A Parquet file that takes its rows table by table and holds few of them in memory.

    zstd level 3, page checksums and index, content-defined chunks. Rows are gathered into row
    groups of 100,000 rows or 64 MB and what the last table has beyond that: a small file has one.
    A file without rows gets no row group: `datasets` 5.2 fails on an empty one.

    Args:
        path: of the file.
        schema: of the tables, with the metadata to write.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._waiting: list[pa.Table] = []
        self._rows = self._bytes = 0
        self._writer = pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            compression_level=3,
            use_dictionary=[leaf for each in schema for leaf in _repeating(each.name, each)],
            write_page_checksum=True,
            write_page_index=True,
            use_content_defined_chunking=True,
        )

    def write(self, table: pa.Table) -> None:
        """Add a table's rows."""
        self._waiting.append(table)
        self._rows += table.num_rows
        self._bytes += table.nbytes
        if self._rows >= _ROWS_PER_GROUP or self._bytes >= _BYTES_PER_GROUP:
            self.end_group()

    def end_group(self) -> None:
        """End a row group with the rows that wait, if there are any."""
        if self._rows:
            table = pa.concat_tables(self._waiting).combine_chunks()
            self._writer.write_table(table, row_group_size=_MOST_ROWS_PER_GROUP)
        self._waiting = []
        self._rows = self._bytes = 0

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.end_group()
        finally:
            self._writer.close()


def _repeating(path: str, field: pa.Field) -> Iterator[str]:
    """Yield the paths, as Parquet has them, of the columns in a field whose values repeat."""
    kind = field.type
    while pa.types.is_list(kind) or pa.types.is_large_list(kind):
        path, kind = f"{path}.list.element", kind.value_type
    if pa.types.is_struct(kind):
        for inner in kind:
            yield from _repeating(f"{path}.{inner.name}", inner)
    elif field.name not in _VARIED:
        yield path


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a table as one file, as `TableWriter` writes it."""
    with TableWriter(path, table.schema) as writer:
        writer.write(table)


def read_config(directory: Path, files: Sequence[str]) -> pa.Table:
    """Read the Parquet files of a config, in order, as one table; errors as in `read_parquet`."""
    return pa.concat_tables([read_parquet(directory / file) for file in files])


def read_parquet(path: Path) -> pa.Table:
    """Read a Parquet file and verify its page checksums.

    Raises:
        OSError: when a page does not fit its checksum, or the file is no Parquet.
        pa.ArrowException: when it cannot be decoded.
    """
    return pq.read_table(path, page_checksum_verification=True)
