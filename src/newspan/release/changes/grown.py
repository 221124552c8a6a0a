"""Lists of records that have got more, and lost nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from newspan.release.changes.cells import Mask, differ, rows_of, valid
from newspan.release.changes.pairs import joined, pair


def has_grown(old: pa.Array, new: pa.Array, key: str, unlooked: Sequence[str]) -> Mask:
    """Tell for each pair of lists of records whether the new one has all that the old one has.

    Entries are found again by a field; their other fields must be equal, but for those in which
    null says that nobody looked.
    """
    (old_rows, before), (new_rows, after) = rows_of(old), rows_of(new)
    grown: Mask = np.ones(len(old), dtype=bool)
    names = [field.name for field in before.type]
    if key not in names or key not in [field.name for field in after.type]:
        return ~grown
    keys = []
    for rows, entries in ((old_rows, before), (new_rows, after)):
        table = pa.table({"row": rows, "key": entries.field(key)})
        keys.append(joined(table, ("row", "key")))
    found = pair(*keys)
    grown[old_rows[found.removed]] = False
    order = np.argsort(found.old)  # entries that are there already stay in their order
    rising = np.diff(found.new[order]) > 0
    grown[old_rows[found.old[order][1:][~rising]]] = False
    left, right = before.take(pa.array(found.old)), after.take(pa.array(found.new))
    for field in left.type:
        if field.name in [one.name for one in right.type]:
            a, b = pc.struct_field(left, field.name), pc.struct_field(right, field.name)
            unlike = differ(a, b)
            if field.name in unlooked:
                unlike &= valid(a)
            grown[old_rows[found.old[unlike]]] = False
    return grown
