"""Values that differ, before and after, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from newspan.release.changes.cells import Indices
from newspan.release.changes.kinds import Kind


class Cells(msgspec.Struct, frozen=True):
    """The cells of one column that differ: of which pairs, and both values."""

    pairs: Indices
    old: pa.Array
    new: pa.Array


def values(cells: Cells, name: str, change: str, kind: Kind) -> tuple[Any, Any]:
    """Return both values as JSON; of lists that have more or less, only the entries' keys."""
    if name in kind.lists and change != "edited":
        return _keys_as_json(cells.old, kind.lists[name]), _keys_as_json(
            cells.new, kind.lists[name]
        )
    if name == kind.characters:
        return _texts_as_json(cells.old, cells.new)
    return as_json(cells.old), as_json(cells.new)


def _texts_as_json(old: pa.Array, new: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return, of each text, its length and what it says where the two first differ."""
    sides: tuple[list[str], list[str]] = ([], [])
    for texts in zip(old.to_pylist(), new.to_pylist(), strict=True):
        at = first_difference(texts[0] or "", texts[1] or "")
        for side, text in zip(sides, texts, strict=True):
            said = {"characters": len(text or ""), "at": at, "says": (text or "")[at : at + 40]}
            side.append(msgspec.json.encode(said).decode())
    return pa.array(sides[0], pa.string()), pa.array(sides[1], pa.string())


def first_difference(old: str, new: str) -> int:
    """Return how many characters (code points) two texts have in common at their beginning."""
    low, high = 0, min(len(old), len(new))
    while low < high:  # halves of what is left, compared as wholes
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def as_json(array: pa.Array) -> pa.Array:
    """Return each value as JSON."""
    encode = msgspec.json.encode
    return pa.array([encode(value).decode() for value in array.to_pylist()], pa.string())


def _keys_as_json(array: pa.Array, key: str) -> pa.Array:
    keys = pc.struct_field(array.values, key)
    lists = type(array).from_arrays(array.offsets, keys, mask=pc.is_null(array))
    return as_json(lists)


def as_objects(
    where: Indices, names: Sequence[str], cells: dict[str, Cells]
) -> tuple[pa.Array, pa.Array]:
    """Return, for some pairs, objects of those among some columns that differ, as JSON."""
    sides: tuple[list[dict[str, Any]], list[dict[str, Any]]] = (
        [{} for _ in where],
        [{} for _ in where],
    )
    for name in names:
        one = cells[name]
        inside = np.isin(one.pairs, where)
        for side, array in zip(sides, (one.old, one.new), strict=True):
            values = array.filter(pa.array(inside)).to_pylist()
            at = np.searchsorted(where, one.pairs[inside])
            for number, value in zip(at, values, strict=True):
                side[number][name] = value
    encode = msgspec.json.encode
    before, after = ([encode(value).decode() for value in side] for side in sides)
    return pa.array(before, pa.string()), pa.array(after, pa.string())
