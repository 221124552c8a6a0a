"""Which bump changes make due, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from newspan.release.changes.columns import ColumnChange
from newspan.release.changes.kinds import CHANGES, DUES, Due
from newspan.release.changes.words import counted

_OF_COLUMN: dict[str, Due] = {"added": "minor", "removed": "major", "retyped": "major"}


def worst(
    changes: Mapping[str, pa.Table],
    configs: Iterable[ColumnChange],
    columns: Iterable[ColumnChange],
) -> Due:
    """Return the bump that is due; at least a patch."""
    found = [
        *(CHANGES[c] for table in changes.values() for c in pc.unique(table["change"]).to_pylist()),
        *(_OF_COLUMN[one.change] for one in (*configs, *columns)),
    ]
    return max(found, key=DUES.index, default="patch")


def reasons(
    changes: Mapping[str, pa.Table],
    configs: Iterable[ColumnChange],
    columns: Iterable[ColumnChange],
) -> list[tuple[Due, str]]:
    """Return why each bump is due, the gravest first, with the first record of each kind."""
    found: list[tuple[Due, str]] = []
    for one in configs:
        found.append((_OF_COLUMN[one.change], f"the config {one.config} was {one.change}"))
    for one in columns:
        what = f"the column {one.column} of {one.config} was {one.change}"
        found.append((_OF_COLUMN[one.change], what))
    for kind, table in changes.items():
        for change in pc.unique(table["change"]).to_pylist():
            rows = table.filter(pc.equal(table["change"], change))
            found.append((CHANGES[change], counted(kind, change, rows)))
    return sorted(found, key=lambda one: -DUES.index(one[0]))
