"""Columns of two configs: added, removed, and of another type, those inside records included."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pyarrow as pa

from newspan.release.changes.cells import logical


class ColumnChange(msgspec.Struct, frozen=True):
    """One column that was added (`old` is null), removed (`new` is null) or has another type."""

    config: str
    column: str
    old: str | None
    new: str | None

    @property
    def change(self) -> str:
        """Return what has happened to it, in a word."""
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "retyped"


def column_changes(config: str, old: pa.Schema, new: pa.Schema) -> list[ColumnChange]:
    """Return what differs between the columns of a config; storage (large strings) does not."""
    before, after = dict(_leaves(pa.struct(list(old)))), dict(_leaves(pa.struct(list(new))))
    return [
        ColumnChange(config, name, before.get(name), after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def _leaves(kind: pa.DataType, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield every plain column as a dotted path and its type, `[]` for each list around it."""
    kind = logical(kind)
    if pa.types.is_large_list(kind):
        yield from _leaves(kind.value_type, f"{name}[]")
    elif pa.types.is_struct(kind):
        for field in kind:
            yield from _leaves(field.type, f"{name}.{field.name}" if name else field.name)
    else:
        yield name, str(kind).removeprefix("large_")
