"""Rows of two tables paired by what identifies them, by hash joins."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from newspan.release.changes.cells import Indices, plain

_SEPARATOR = pa.scalar("\x1f", pa.large_string())  # a control character: in no id, label or number


class Pairs(msgspec.Struct, frozen=True):
    """Which row of an old table is which of a new one, and which have no counterpart."""

    old: Indices
    new: Indices
    removed: Indices
    added: Indices

    @property
    def in_order(self) -> bool:
        """Tell whether the pairs stand in the same order in both tables."""
        return bool(np.all(np.diff(self.old) > 0) and np.all(np.diff(self.new) > 0))


class NotUniqueError(Exception):
    """What should identify the rows of a table does not; the argument is the first such key."""


def joined(table: pa.Table, columns: Sequence[str]) -> pa.Array:
    """Return one string per row that holds the values of some columns; null counts as a value."""
    parts = [plain(table.column(name)).cast(pa.large_string()) for name in columns]
    if len(parts) == 1:
        return pc.fill_null(parts[0], "\x00")
    return pc.binary_join_element_wise(
        *parts, _SEPARATOR, null_handling="replace", null_replacement="\x00"
    )


def pair(old: pa.Array, new: pa.Array) -> Pairs:
    """Pair rows by keys that are unique in each table.

    Raises:
        NotUniqueError: when they are not.
    """
    for keys in (old, new):
        if pc.count_distinct(keys).as_py() != len(keys):
            counted = pc.value_counts(keys)
            first = counted.filter(pc.greater(counted.field("counts"), 1))[0]
            raise NotUniqueError(first["values"].as_py())
    if len(old) == len(new) and old.equals(new):
        every, none = np.arange(len(old)), np.empty(0, dtype=np.int64)
        return Pairs(every, every, none, none)
    found = pc.index_in(new, value_set=old)
    paired_new = np.flatnonzero(np.asarray(found.is_valid()))
    paired_old = np.asarray(found.drop_null(), dtype=np.int64)
    added = np.flatnonzero(np.asarray(found.is_null()))
    gone = np.ones(len(old), dtype=bool)
    gone[paired_old] = False
    return Pairs(paired_old, paired_new, np.flatnonzero(gone), added)


def match(old: pa.Table, new: pa.Table, columns: Sequence[str], *, nulls: bool = True) -> Pairs:
    """Pair rows with equal values in some columns, the first with the first where they repeat.

    Null counts as a value, or, without `nulls`, keeps a row from being paired.
    """
    found = pair(_numbered(joined(old, columns)), _numbered(joined(new, columns)))
    if nulls:
        return found
    whole = np.ones(len(found.old), dtype=bool)
    for name in columns:
        whole &= np.asarray(old.column(name).is_valid())[found.old]
    return Pairs(
        found.old[whole],
        found.new[whole],
        np.sort(np.concatenate([found.removed, found.old[~whole]])),
        np.sort(np.concatenate([found.added, found.new[~whole]])),
    )


def _numbered(keys: pa.Array) -> pa.Array:
    """Return keys made unique by how often each has come before."""
    codes = np.asarray(keys.dictionary_encode().indices)
    order = np.argsort(codes, kind="stable")
    ranked = codes[order]
    begins = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]]) if len(ranked) else ranked
    lengths = np.diff(np.r_[begins, len(ranked)]).astype(np.int64)
    number = np.empty(len(codes), dtype=np.int64)
    number[order] = np.arange(len(codes)) - np.repeat(begins, lengths)
    return pc.binary_join_element_wise(keys, pa.array(number).cast(pa.large_string()), _SEPARATOR)
