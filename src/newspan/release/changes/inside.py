"""Lists of records inside a column as rows of their own."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from newspan.release.changes.cells import plain, rows_of
from newspan.release.changes.rows import Rows, TableRows, read


def inside(rows: Rows, column: str, carried: str) -> TableRows:
    """Return the entries of a column of lists, each with one column of the row that holds it.

    Entries with a start and an end get their length too.
    """
    table = read(rows, (carried, column))
    numbers, entries = rows_of(plain(table.column(column)))
    arrays = {carried: plain(table.column(carried)).take(pa.array(numbers))}
    for field, array in zip(entries.type, entries.flatten(), strict=True):
        arrays[field.name] = array
    if "start" in arrays and "end" in arrays:
        arrays["length"] = pc.subtract(arrays["end"], arrays["start"])
    return TableRows(pa.table(arrays))
