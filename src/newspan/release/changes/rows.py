"""Rows of a release read in batches, so that only what differs stays in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from newspan.release.changes.cells import Indices, Mask

_BATCH = 32_768


class Rows(Protocol):
    """The rows of a table, wherever they stand."""

    @property
    def schema(self) -> pa.Schema:
        """Return the columns."""

    @property
    def count(self) -> int:
        """Return the number of rows."""

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield some columns of all rows, in order."""


class FileRows:
    """The rows of Parquet files, one file behind the other."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = list(paths)
        footers = [pq.ParquetFile(path) for path in self._paths]
        self.schema: pa.Schema = footers[0].schema_arrow
        self.count = sum(footer.metadata.num_rows for footer in footers)

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield some columns of all rows, in order."""
        for path in self._paths:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(_BATCH, columns=list(columns)):
                    yield batch.select(list(columns))  # the file's order is another


class TableRows:
    """The rows of a table in memory."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self.schema: pa.Schema = table.schema
        self.count = table.num_rows

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield some columns of all rows, in order."""
        yield from self._table.select(list(columns)).to_batches(_BATCH)


def read(rows: Rows, columns: Sequence[str]) -> pa.Table:
    """Return some columns of all rows."""
    return pa.Table.from_batches(rows.batches(columns), _schema(rows, columns))


def take(rows: Rows, indices: Indices, columns: Sequence[str]) -> pa.Table:
    """Return some columns of the rows with given numbers, in the order of these."""
    if not len(indices):
        return _schema(rows, columns).empty_table()
    wanted, place = np.unique(indices, return_inverse=True)
    keep = np.zeros(rows.count, dtype=bool)
    keep[wanted] = True
    kept = pa.concat_tables(_kept(rows, columns, keep))
    return kept if np.array_equal(wanted, indices) else kept.take(pa.array(place))


def stretches(rows: Rows, indices: Indices, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Yield the rows with given numbers, which rise, in tables of one size; the last is shorter."""
    keep = np.zeros(rows.count, dtype=bool)
    keep[indices] = True
    pending = _schema(rows, columns).empty_table()
    for table in _kept(rows, columns, keep):
        pending = pa.concat_tables([pending, table])
        while pending.num_rows >= _BATCH:
            yield pending.slice(0, _BATCH)
            pending = pending.slice(_BATCH)
    if pending.num_rows:
        yield pending


def _kept(rows: Rows, columns: Sequence[str], keep: Mask) -> Iterator[pa.Table]:
    at = 0
    for batch in rows.batches(columns):
        mask = keep[at : at + batch.num_rows]
        at += batch.num_rows
        if mask.any():
            chosen = batch if mask.all() else batch.filter(pa.array(mask))
            yield pa.Table.from_batches([chosen], _schema(rows, columns))


def _schema(rows: Rows, columns: Sequence[str]) -> pa.Schema:
    return pa.schema([rows.schema.field(name) for name in columns])
