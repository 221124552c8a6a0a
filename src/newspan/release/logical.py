"""Logical hashes: of a table's rows, whatever writer and version put them into a file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: Which definition `logical_hash` follows, as the manifest says.
DEFINITION = 2

# What takes the canonical bytes of one part of a column: its path, which part, the bytes.
Feed = Callable[[str, str, bytes | memoryview], None]


class LogicalHash:
    """The SHA-256 of rows that come in batches, by definition 2.

    Each column, and each level nested in it, has up to three digests: of one byte per value that
    says whether it is null; of 64-bit lengths, where it is a string or a list; and of what it
    holds, numbers in little-endian order, strings as UTF-8. Null slots count as length 0 or value
    0. The hash is that of the number of rows and of all names, kinds and digests in the order of
    the schema. Chunking, slicing, dictionaries, large types and metadata do not matter.
    """

    def __init__(self, schema: pa.Schema) -> None:
        """Take the schema of the batches.

        Raises:
            TypeError: when it has a type whose canonical bytes are not defined.
        """
        self._rows = 0
        #: How many bytes were hashed: the size of the rows, however they lie in memory.
        self.nbytes = 0
        self._digests: dict[tuple[str, str], Any] = {}
        self._names = schema.names
        for field in schema:
            _feed(f"/{field.name}", pa.array([], field.type), self._open)

    def update(self, rows: pa.Table | pa.RecordBatch) -> None:
        """Take rows, of the same schema."""
        self._rows += rows.num_rows
        for name in self._names:
            column = rows.column(name)
            for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
                _feed(f"/{name}", chunk, self._take)

    def hexdigest(self) -> str:
        """Return the hash of the rows taken so far, in hexadecimal."""
        whole = hashlib.sha256(f"{self._rows} rows\n".encode())
        for (path, part), digest in self._digests.items():
            whole.update(f"{path} {part} {digest.hexdigest()}\n".encode())
        return whole.hexdigest()

    def _open(self, path: str, part: str, _: bytes | memoryview) -> None:
        self._digests[path, part] = hashlib.sha256()

    def _take(self, path: str, part: str, data: bytes | memoryview) -> None:
        self.nbytes += len(data)
        self._digests[path, part].update(data)


def logical_hash(table: pa.Table) -> str:
    """Return the logical hash of a table's rows, in their order, by definition 2."""
    running = LogicalHash(table.schema)
    running.update(table)
    return running.hexdigest()


def _feed(path: str, array: pa.Array, take: Feed) -> None:
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    kind = array.type
    take(path, "valid", np.asarray(array.is_valid()).astype("u1").tobytes())
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        take(path, "list", _lengths(pc.list_value_length(array)))
        _feed(f"{path}/[]", array.flatten(), take)  # leaves out what stands under null slots
    elif pa.types.is_struct(kind):
        for field, child in zip(kind, array.flatten(), strict=True):  # nulls pushed down
            _feed(f"{path}/{field.name}", child, take)
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        take(path, "length", _lengths(pc.binary_length(array)))
        take(path, "string", _characters(array))
    else:
        take(path, *_plain(array))


def _lengths(lengths: pa.Array) -> bytes:
    return np.asarray(pc.fill_null(lengths, 0)).astype("<i8").tobytes()


def _plain(array: pa.Array) -> tuple[str, bytes]:
    """Return a word for an array's kind, and its values."""
    for fits, word, zero, to in (
        (pa.types.is_boolean, "bool", False, "u1"),
        (pa.types.is_integer, "int", 0, "<i8"),
        (pa.types.is_floating, "float", 0.0, "<f8"),
    ):
        if fits(array.type):
            return word, np.asarray(pc.fill_null(array, zero)).astype(to).tobytes()
    raise TypeError(f"no canonical bytes are defined for {array.type}")


def _characters(array: pa.Array) -> bytes | memoryview:
    """Return the UTF-8 bytes of all strings of an array, one behind the other."""
    filled = pc.fill_null(array.cast(pa.large_string()), "")
    _, offsets, data = filled.buffers()
    if len(filled) == 0 or data is None:
        return b""
    borders = np.frombuffer(offsets, "<i8")[filled.offset : filled.offset + len(filled) + 1]
    return memoryview(data)[borders[0] : borders[-1]]


def logical_hash_1(table: pa.Table) -> str:
    """Return the logical hash by definition 1, that of releases before 1.0.0.

    Column by column, in one digest: the name, the kind, one byte per row that says whether it is
    null, then lengths and values as in definition 2.
    """
    digest = hashlib.sha256()
    digest.update(f"{table.num_rows} rows\n".encode())
    for name in table.column_names:
        column = table.column(name)
        array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        digest.update(f"column {name}\n".encode())
        _update_1(digest, array)
    return digest.hexdigest()


def _update_1(digest: Any, array: pa.Array) -> None:
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    kind = array.type
    valid = np.asarray(array.is_valid()).astype("u1").tobytes()
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        digest.update(b"list\n" + valid + _lengths(pc.list_value_length(array)))
        _update_1(digest, array.flatten())
    elif pa.types.is_struct(kind):
        digest.update(f"struct {kind.num_fields}\n".encode() + valid)
        for field, child in zip(kind, array.flatten(), strict=True):
            digest.update(f"field {field.name}\n".encode())
            _update_1(digest, child)
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        digest.update(b"string\n" + valid + _lengths(pc.binary_length(array)))
        digest.update(_characters(array))
    else:
        word, values = _plain(array)
        digest.update(f"{word}\n".encode() + valid + values)
