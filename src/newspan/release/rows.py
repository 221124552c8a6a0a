"""The rows of a release's configs, read from their files as they are needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from newspan.release.logical import LogicalHash, logical_hash_1


class ConfigRows:
    """The rows of one config. Every read verifies page checksums.

    Reading raises OSError when a page does not fit its checksum or a file is no Parquet, and
    pa.ArrowException when one cannot be decoded.

    Args:
        directory: the release.
        files: the paths of the config's Parquet files in it, in order.
    """

    def __init__(self, directory: Path, files: Sequence[str]) -> None:
        self.files = tuple(files)
        self._paths = [directory / file for file in files]
        self.schema = pq.read_schema(self._paths[0])
        self.number = sum(pq.read_metadata(path).num_rows for path in self._paths)

    def groups(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield the rows, one row group at a time; of some columns only, if named."""
        for path in self._paths:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                for group in range(file.num_row_groups):
                    yield file.read_row_group(group, columns=columns)

    def table(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Return all rows; of some columns only, if named."""
        found = list(self.groups(columns))
        schema = self.schema if columns is None else pa.schema(map(self.schema.field, columns))
        return pa.concat_tables(found) if found else schema.empty_table()

    def logical_hash(self, definition: int) -> str:
        """Return the logical hash of the rows by definition 1 or 2; 1 needs them all in memory."""
        if definition == 1:
            return logical_hash_1(self.table())
        running = LogicalHash(self.schema)
        for rows in self.groups():
            running.update(rows)
        return running.hexdigest()

    def starts(self, column: str, values: Sequence[str]) -> list[int]:
        """Return where the rows of each value begin, if the rows are in the order of the values.

        A value without rows begins where the next one does. There is one number more than values:
        the number of rows.
        """
        found = self.table([column]).column(column)
        starts = [pc.index(found, value).as_py() for value in values] + [self.number]
        for index in range(len(values) - 1, -1, -1):
            if not 0 <= starts[index] <= starts[index + 1]:
                starts[index] = starts[index + 1]
        return [0, *starts[1:]]

    def between(self, start: int, stop: int) -> Cursor:
        """Return a cursor over the rows from one number to another, counted from 0."""
        return Cursor(self, start, stop)


class Cursor:
    """Rows of a config that are in the order of their documents, taken part by part."""

    def __init__(self, rows: ConfigRows, start: int, stop: int) -> None:
        self._schema = rows.schema
        self._waiting = rows.schema.empty_table()
        self._rows = self._sliced(rows, start, stop)
        self._next = start

    def take(self, last: str | None) -> tuple[int, pa.Table]:
        """Return the rows up to a document's last, and the number of the first, from 0.

        Args:
            last: the id of the document; None takes all that are left.
        """
        taken: list[pa.Table] = []
        while True:
            cut = self._waiting.num_rows
            if last is not None:
                beyond = pc.index(pc.greater(self._waiting.column("doc_id"), last), True).as_py()
                cut = cut if beyond < 0 else beyond
            taken.append(self._waiting.slice(0, cut))
            self._waiting = self._waiting.slice(cut)
            more = None if self._waiting.num_rows else next(self._rows, None)
            if more is None:
                break
            self._waiting = more
        first = self._next
        self._next += sum(table.num_rows for table in taken)
        return first, pa.concat_tables(taken)

    @staticmethod
    def _sliced(rows: ConfigRows, start: int, stop: int) -> Iterator[pa.Table]:
        passed = 0
        for group in rows.groups():
            left, right = max(start - passed, 0), min(stop - passed, group.num_rows)
            if left < right:
                yield group.slice(left, right - left)
            passed += group.num_rows
