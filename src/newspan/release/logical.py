"""Logical hashes: of a table's rows, whatever writer and version put them into a file."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def logical_hash(table: pa.Table) -> str:
    """Return the SHA-256 of a table's canonical columnar bytes, in its row order.

    Column by column: the name, the type, one byte per row that says whether it is null, then
    values in little-endian order; strings and lists as 64-bit lengths followed by what they hold.
    Null slots count as length 0 or value 0. Chunking, slicing, dictionaries, large types and schema
    metadata do not matter.
    """
    digest = hashlib.sha256()
    digest.update(f"{table.num_rows} rows\n".encode())
    for name in table.column_names:
        column = table.column(name)
        array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        digest.update(f"column {name}\n".encode())
        _update(digest, array)
    return digest.hexdigest()


def _update(digest: Any, array: pa.Array) -> None:
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    kind = array.type
    valid = np.asarray(array.is_valid())
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        digest.update(b"list\n")
        digest.update(valid.astype("u1").tobytes())
        lengths = pc.fill_null(pc.list_value_length(array), 0)
        digest.update(np.asarray(lengths).astype("<i8").tobytes())
        _update(digest, array.flatten())  # leaves out what stands under null slots
    elif pa.types.is_struct(kind):
        digest.update(f"struct {kind.num_fields}\n".encode())
        digest.update(valid.astype("u1").tobytes())
        for field, child in zip(kind, array.flatten(), strict=True):  # nulls pushed down
            digest.update(f"field {field.name}\n".encode())
            _update(digest, child)
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        digest.update(b"string\n")
        digest.update(valid.astype("u1").tobytes())
        lengths = pc.fill_null(pc.binary_length(array), 0)
        digest.update(np.asarray(lengths).astype("<i8").tobytes())
        digest.update(_characters(array))
    elif pa.types.is_boolean(kind):
        _update_plain(digest, "bool", valid, np.asarray(pc.fill_null(array, False)), "u1")
    elif pa.types.is_integer(kind):
        _update_plain(digest, "int", valid, np.asarray(pc.fill_null(array, 0)), "<i8")
    elif pa.types.is_floating(kind):
        _update_plain(digest, "float", valid, np.asarray(pc.fill_null(array, 0.0)), "<f8")
    else:
        raise TypeError(f"no canonical bytes are defined for {kind}")


def _characters(array: pa.Array) -> bytes | memoryview:
    """Return the UTF-8 bytes of all strings of an array, one behind the other."""
    filled = pc.fill_null(array.cast(pa.large_string()), "")
    _, offsets, data = filled.buffers()
    if len(filled) == 0 or data is None:
        return b""
    borders = np.frombuffer(offsets, "<i8")[filled.offset : filled.offset + len(filled) + 1]
    return memoryview(data)[borders[0] : borders[-1]]


def _update_plain(
    digest: Any, word: str, valid: np.ndarray[Any, Any], values: np.ndarray[Any, Any], to: str
) -> None:
    digest.update(f"{word}\n".encode())
    digest.update(valid.astype("u1").tobytes())
    digest.update(values.astype(to).tobytes())
