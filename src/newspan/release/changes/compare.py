"""One kind of record in two releases: every change, as a table of `EVENTS`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from newspan.release.changes.cells import Indices, Mask, differ, plain, valid
from newspan.release.changes.grown import has_grown
from newspan.release.changes.kinds import EVENTS, Kind
from newspan.release.changes.pairs import Pairs, joined, match, pair
from newspan.release.changes.rows import Rows, read, stretches, take
from newspan.release.changes.values import Cells, as_json, as_objects, values

#: Told how many pairs of rows have been compared.
Progress = Callable[[int], None]


def compare(old: Rows, new: Rows, kind: Kind, progress: Progress | None = None) -> pa.Table:
    """Return what has changed among records of one kind.

    Args:
        old: the records before.
        new: the records after.
        kind: how they are found again.
        progress: is told the number of pairs compared, as they are.

    Raises:
        NotUniqueError: when the kind's key does not identify the records.
        KeyError: when the records lack a column of the key.
    """
    shared = [name for name in old.schema.names if name in new.schema.names]
    missing = [name for name in kind.key if name not in shared]
    if missing:
        raise KeyError(missing[0])
    by_key = pair(joined(read(old, kind.key), kind.key), joined(read(new, kind.key), kind.key))
    again, by_key = _found_again(old, new, kind, by_key, shared)
    cells = _differing(old, new, by_key, shared, progress)
    tables = [
        _lone(old, by_key.removed, kind, "removed"),
        _changed(old, new, kind, by_key, cells),
        _changed(old, new, kind, again, _differing(old, new, again, shared, progress)),
        _lone(new, by_key.added, kind, "added"),
    ]
    return pa.concat_tables(tables).combine_chunks()


def _found_again(
    old: Rows, new: Rows, kind: Kind, pairs: Pairs, shared: Sequence[str]
) -> tuple[Pairs, Pairs]:
    """Return the pairs of records that have another key now, and the pairs without what they took.

    Of the first, `removed` and `added` are empty.
    """
    removed, added = pairs.removed, pairs.added
    olds: list[Indices] = [np.empty(0, dtype=np.int64)]
    news: list[Indices] = [np.empty(0, dtype=np.int64)]
    for names in (*kind.again_by, kind.by_words):
        there = names and all(name in shared for name in names)
        if not there or not len(removed) or not len(added):
            continue
        sides = take(old, removed, names), take(new, added, names)
        found = match(*sides, names, nulls=names is not kind.by_words)
        olds.append(removed[found.old])
        news.append(added[found.new])
        removed, added = removed[found.removed], added[found.added]
    none = np.empty(0, dtype=np.int64)
    again = Pairs(np.concatenate(olds), np.concatenate(news), none, none)
    return again, Pairs(pairs.old, pairs.new, removed, added)


def _differing(
    old: Rows, new: Rows, pairs: Pairs, columns: Sequence[str], progress: Progress | None
) -> dict[str, Cells]:
    """Return the cells that differ, by column; a column without any is left out."""
    found: dict[str, list[Cells]] = {}
    if pairs.in_order:
        streams = zip(
            stretches(old, pairs.old, columns), stretches(new, pairs.new, columns), strict=True
        )
    else:  # reordered: in memory
        streams = zip([take(old, pairs.old, columns)], [take(new, pairs.new, columns)], strict=True)
    begin = 0
    for left, right in streams:
        for name in columns:
            before, after = plain(left.column(name)), plain(right.column(name))
            mask = differ(before, after)
            if mask.any():
                which = pa.array(mask)
                cells = Cells(
                    begin + np.flatnonzero(mask), before.filter(which), after.filter(which)
                )
                found.setdefault(name, []).append(cells)
        begin += left.num_rows
        if progress:
            progress(left.num_rows)
    return {
        name: Cells(
            np.concatenate([part.pairs for part in parts]),
            pa.concat_arrays([part.old for part in parts]),
            pa.concat_arrays([part.new for part in parts]),
        )
        for name, parts in found.items()
    }


def described(rows: Rows, indices: Indices, kind: Kind) -> dict[str, pa.Array]:
    """Return the columns of `EVENTS` that say which records these are; null where unknown."""
    from_column = {
        name: kind.called.get(name, name)
        for name in ("set_id", "id", "doc_id", "item_id", "layer", "label", "start", "end", "text")
    }
    there = {name: col for name, col in from_column.items() if col in rows.schema.names}
    table = take(rows, indices, sorted(set(there.values())))
    return {
        name: (
            plain(table.column(there[name])).cast(EVENTS.field(name).type)
            if name in there
            else pa.nulls(len(indices), EVENTS.field(name).type)
        )
        for name in from_column
    }


def events(change: str, number: int, **columns: Any) -> pa.Table:
    """Return a table of `EVENTS` with one change and some columns; the others are null."""
    columns["change"] = pa.array([change] * number, pa.string())
    arrays = [
        columns[field.name] if field.name in columns else pa.nulls(number, field.type)
        for field in EVENTS
    ]
    return pa.Table.from_arrays(arrays, schema=EVENTS)


def _lone(rows: Rows, indices: Indices, kind: Kind, change: str) -> pa.Table:
    return events(change, len(indices), **described(rows, indices, kind))


def _changed(old: Rows, new: Rows, kind: Kind, pairs: Pairs, cells: dict[str, Cells]) -> pa.Table:
    """Return the changes of paired records, in the order of the pairs."""
    if not cells:
        return EVENTS.empty_table()
    places = [name for name in kind.place if name in cells]
    moved = _union(cells[name].pairs for name in places)
    labelled = cells[kind.label].pairs if kind.label in cells else moved[:0]
    renamed = _union(cells[name].pairs for name in kind.key if name in cells)
    told: list[tuple[str, str | None, Indices, Any, Any]] = []
    if len(moved):
        names = [*places, *(name for name in kind.with_place if name in cells)]
        told.append(("moved", None, moved, *as_objects(moved, names, cells)))
    if len(labelled):
        one = cells[str(kind.label)]
        told.append(("relabelled", kind.label, labelled, as_json(one.old), as_json(one.new)))
    only = np.setdiff1d(renamed, np.union1d(moved, labelled))
    if len(only):
        told.append(("renamed", None, only, None, None))
    for name, one in cells.items():
        if name in (*places, kind.label, *kind.key):
            continue
        hidden = moved if name in kind.with_place else moved[:0]
        if name in kind.with_label:
            hidden = np.union1d(hidden, labelled)
        if name == kind.checksum and kind.characters in cells:
            hidden = cells[str(kind.characters)].pairs
        shown = _without(one, hidden)
        for change, part in _by_change(name, shown, kind):
            told.append((change, name, part.pairs, *values(part, name, change, kind)))
    return _table_of(told, old, new, kind, pairs, renamed)


def _table_of(
    told: list[tuple[str, str | None, Indices, Any, Any]],
    old: Rows,
    new: Rows,
    kind: Kind,
    pairs: Pairs,
    renamed: Indices,
) -> pa.Table:
    if not told:
        return EVENTS.empty_table()
    touched = _union(part[2] for part in told)
    which = described(old, pairs.old[touched], kind)
    new_ids = pa.nulls(len(touched), pa.string())
    if len(renamed):
        found = described(new, pairs.new[touched], kind)["id"]
        new_ids = pc.if_else(pa.array(np.isin(touched, renamed)), found, None)
    tables, places = [], []
    for change, column, where, before, after in told:
        at = pa.array(np.searchsorted(touched, where))
        columns = {name: array.take(at) for name, array in which.items()}
        columns["new_id"] = new_ids.take(at)
        if column is not None:
            columns["column"] = pa.array([column] * len(where), pa.string())
        if before is not None:
            columns |= {"old": before, "new": after}
        tables.append(events(change, len(where), **columns))
        places.append(where)
    order = np.argsort(np.concatenate(places), kind="stable")
    return pa.concat_tables(tables).take(pa.array(order))


def _by_change(name: str, cells: Cells, kind: Kind) -> list[tuple[str, Cells]]:
    """Return the differing cells of a column by the change that they are; none is left out."""
    whole: dict[str | None, str] = dict.fromkeys(kind.split, "split")
    whole |= {kind.characters: "text", kind.checksum: "text"}
    if name in whole:
        return [(whole[name], cells)] if len(cells.pairs) else []
    looked = valid(cells.old)
    looks = valid(cells.new)
    nowhere: Mask = np.zeros(len(looked), dtype=bool)
    masks: dict[str, Mask] = dict.fromkeys(("filled", "emptied", "grown", "shrunk"), nowhere)
    if name in kind.unlooked:
        masks |= {"filled": ~looked, "emptied": ~looks}
    if name in kind.lists:
        both = np.flatnonzero(looked & looks)
        old, new = cells.old.take(pa.array(both)), cells.new.take(pa.array(both))
        for change, less, more in (("grown", old, new), ("shrunk", new, old)):
            masks[change] = nowhere.copy()
            masks[change][both[has_grown(less, more, kind.lists[name], kind.unlooked)]] = True
    masks["edited"] = ~np.logical_or.reduce(list(masks.values()))
    return [(change, _chosen(cells, mask)) for change, mask in masks.items() if mask.any()]


def _union(arrays: Any) -> Indices:
    every: Indices = np.concatenate([np.empty(0, dtype=np.int64), *arrays])
    return np.unique(every)


def _without(cells: Cells, hidden: Indices) -> Cells:
    return _chosen(cells, ~np.isin(cells.pairs, hidden)) if len(hidden) else cells


def _chosen(cells: Cells, mask: Mask) -> Cells:
    which = pa.array(mask)
    return Cells(cells.pairs[mask], cells.old.filter(which), cells.new.filter(which))
