"""Cells of two columns compared row by row, nested ones included, without leaving Arrow."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]


def plain(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return a column as one array, without dictionary and with 64-bit strings and lists."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
        if isinstance(array, pa.ChunkedArray):  # no chunk, or too many characters for one
            array = pa.chunked_array(array.chunks, array.type).cast(logical(array.type))
            array = pa.concat_arrays(array.chunks) if array.chunks else pa.array([], array.type)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    return array


def logical(kind: pa.DataType) -> pa.DataType:
    """Return a type without what only its storage decides: dictionary, large strings and lists."""
    if pa.types.is_dictionary(kind):
        return logical(kind.value_type)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return pa.large_string()
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.large_list(logical(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(field.name, logical(field.type)) for field in kind])
    return kind


def differ(old: pa.Array, new: pa.Array) -> Mask:
    """Tell for each row whether two arrays of equal length hold different values.

    Null differs from every value, an empty list too. Not-a-number equals itself. Of structs, the
    fields that both have are compared: added and removed ones are a matter of columns.
    """
    old, new = plain(old), plain(new)
    if _is_list(old.type) and _is_list(new.type):
        return _lists_differ(old, new)
    if pa.types.is_struct(old.type) and pa.types.is_struct(new.type):
        return _structs_differ(old, new)
    if logical(old.type) != logical(new.type):
        try:
            new = new.cast(old.type)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # e.g. numbers out of its range
            try:
                old = old.cast(new.type)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # e.g. lists, not numbers
                return valid(old) | valid(new)
    elif old.type != new.type:
        old, new = old.cast(logical(old.type)), new.cast(logical(new.type))
    unequal = pc.fill_null(pc.not_equal(old, new), False)
    mask: Mask = np.asarray(unequal) | (valid(old) != valid(new))
    if pa.types.is_floating(old.type) and mask.any():
        mask &= ~(_is_nan(old) & _is_nan(new))
    return mask


def valid(array: pa.Array) -> Mask:
    """Tell for each row whether it is not null."""
    return np.asarray(array.is_valid())


def rows_of(array: pa.Array) -> tuple[Indices, pa.Array]:
    """Return what lists hold, one behind the other, and of which row each one is."""
    lengths = np.asarray(pc.fill_null(pc.list_value_length(array), 0), dtype=np.int64)
    return np.repeat(np.arange(len(array)), lengths), array.flatten()


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def _lists_differ(old: pa.Array, new: pa.Array) -> Mask:
    lengths = [
        np.asarray(pc.fill_null(pc.list_value_length(array), -1), dtype=np.int64)
        for array in (old, new)
    ]
    mask: Mask = lengths[0] != lengths[1]
    if mask.any():  # only lists of one length can be held against each other entry by entry
        same = pa.array(~mask)
        old, new = old.filter(same), new.filter(same)
    rows, entries = rows_of(old)
    unlike = differ(entries, rows_of(new)[1])
    if unlike.any():
        mask[np.flatnonzero(~mask)[np.unique(rows[unlike])]] = True
    return mask


def _structs_differ(old: pa.Array, new: pa.Array) -> Mask:
    mask: Mask = valid(old) != valid(new)
    fields = {field.name: child for field, child in zip(new.type, new.flatten(), strict=True)}
    for field, child in zip(old.type, old.flatten(), strict=True):
        if field.name in fields:
            mask |= differ(child, fields[field.name])
    return mask


def _is_nan(array: Any) -> Mask:
    return np.asarray(pc.fill_null(pc.is_nan(array), False))
