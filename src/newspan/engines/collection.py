"""A collection of texts, read once: in memory while small, else in files that are mapped."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from newspan.formats.texts import InputError
from newspan.problems import Place, Problem
from newspan.reuse import compiled

Array = Any
Tick = Callable[[str, int, int | None], None]
"""Told how far a stage is: its name, how much is done, and of how much (None: not known)."""

# Up to so many bytes of text plain Python is as fast as numba's start.
PLAIN_UP_TO = 2 << 20
# From so many bytes on texts and words are kept in files.
SPILL_FROM = 256 << 20


class DuplicateIdError(Exception):
    """Two documents of a collection have one id."""

    def __init__(self, name: str) -> None:
        """Keep the id as a problem."""
        super().__init__(name)
        shown = name if len(name) <= 60 else f"{name[:60]}…"
        message = f"{shown!r} names two documents"
        self.problem = Problem("duplicate-id", Place("the input"), message)


def order_of(ids: pa.Array, other: int) -> Array:
    """Return the documents' places in the order of reading, by rank: by id, a collection first.

    Args:
        ids: in the order of reading.
        other: how many of them, from the first, are of the first collection.

    Raises:
        DuplicateIdError: when two documents of a collection have the same id.
    """
    sides = [ids.slice(0, other), ids.slice(other)]
    orders = []
    before = 0
    for side in sides:
        order = pc.sort_indices(side).to_numpy()
        ordered = side.take(pa.array(order))
        if len(ordered) > 1:
            same = pc.equal(ordered.slice(1), ordered.slice(0, len(ordered) - 1))
            at = pc.index(same, True).as_py()
            if at >= 0:
                raise DuplicateIdError(ordered[at].as_py())
        orders.append(order.astype(np.int64) + before)
        before += len(side)
    return np.concatenate(orders)


class Collected:
    """Texts by rank, with the columns that were passed through."""

    def __init__(self, texts: Any, columns: pa.Table, bytes_read: int) -> None:
        """Keep what was read: `columns` has the ids and what was passed through, by rank."""
        self.texts = texts
        self.columns = columns
        self.bytes = bytes_read


def collect(
    batches: Iterable[Any],
    others: Iterable[Any] | None,
    work: Path,
    threads: int,
    tick: Tick,
) -> Collected:
    """Read all texts.

    Args:
        batches: record batches of `id`, `text` and more, of the collection.
        others: the same of another collection that it is compared with.
        work: a folder for what does not fit into memory.
        threads: how many batches are worked on at once.
        tick: is told the bytes read.
    """
    source = _sided(batches, others)
    held: list[tuple[Any, int]] = []
    size = 0
    for batch, side in source:
        held.append((batch, side))
        size += batch["text"].nbytes
        if size > PLAIN_UP_TO and compiled.available():
            return _buffered(held, source, others is not None, work, threads, tick)
    return _plain(held, others is not None)


def _sided(batches: Iterable[Any], others: Iterable[Any] | None) -> Iterator[tuple[Any, int]]:
    for batch in batches:
        yield batch, 0
    for batch in others or ():
        yield batch, 1


def _ranked(
    pieces: list[pa.RecordBatch], sides: list[int], has_other: bool
) -> tuple[pa.Table, Array, int]:
    """Return columns by rank, the order of reading by rank, and the first rank of the other."""
    first = sum(piece.num_rows for piece, side in zip(pieces, sides, strict=True) if side == 0)
    if pieces:
        columns = pa.Table.from_batches(pieces).combine_chunks()
    else:
        columns = pa.table({"id": pa.array([], pa.string())})
    for name in columns.column_names:
        if columns.num_rows and columns[name].null_count == columns.num_rows:
            message = f"no row has a value for the column {name!r}"
            raise InputError(Problem("schema", Place("the input"), message))
    order = order_of(ids_of(columns), first)
    return columns.take(pa.array(order)), order, first if has_other else -1


def _plain(held: list[tuple[Any, int]], has_other: bool) -> Collected:
    from newspan.reuse.plain import PlainTexts

    pieces = [batch.drop_columns(["text"]) for batch, _ in held]
    columns, order, first = _ranked(pieces, [side for _, side in held], has_other)
    texts = [text for batch, _ in held for text in batch["text"].to_pylist()]
    ordered = [texts[reading] for reading in order.tolist()]
    size = sum(batch["text"].nbytes for batch, _ in held)
    return Collected(PlainTexts(ids_of(columns), ordered, first), columns, size)


def ids_of(columns: pa.Table) -> pa.Array:
    """Return the column of ids as one array."""
    return columns["id"].combine_chunks() if columns.num_rows else pa.array([], pa.string())


class _Sink:
    """An array that grows: in memory, and in a file once it is long."""

    def __init__(self, path: Path, dtype: Any, columns: int = 0) -> None:
        self._path = path
        self._dtype = np.dtype(dtype)
        self._columns = columns
        self._parts: list[Array] = []
        self._file: Any = None
        self.rows = 0

    def spill(self) -> None:
        """Go on in the file."""
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("wb")
            for part in self._parts:
                part.tofile(self._file)
            self._parts.clear()

    def add(self, part: Array) -> None:
        """Append rows."""
        self.rows += len(part)
        if self._file is None:
            self._parts.append(part)
        else:
            part.tofile(self._file)

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file is not None:
            self._file.close()

    def whole(self) -> Array:
        """Return all rows."""
        shape = (self.rows, self._columns) if self._columns else (self.rows,)
        if self._file is not None:
            self._file.close()
            if self.rows:
                return np.memmap(self._path, self._dtype, "r", shape=shape)
        if not self._parts:
            return np.zeros(shape, self._dtype)
        return np.concatenate(self._parts)


def _buffered(
    held: list[tuple[Any, int]],
    source: Iterator[tuple[Any, int]],
    has_other: bool,
    work: Path,
    threads: int,
    tick: Tick,
) -> Collected:
    from newspan.reuse.batches import utf8_of
    from newspan.reuse.buffered import Alphabet, Batch, BufferedTexts, read_words

    alphabet = Alphabet()
    text, values = _Sink(work / "text.bin", np.uint8), _Sink(work / "words.bin", np.uint32)
    marks = _Sink(work / "marks.bin", np.int64, 2)
    pieces, sides, lengths, sizes = [], [], [], []
    waiting: deque[Future[Batch]] = deque()

    def take() -> None:
        batch = waiting.popleft().result()
        values.add(batch.values)
        marks.add(batch.marks)
        sizes.append(batch.sizes)

    def every() -> Iterator[tuple[Any, int]]:
        yield from held
        held.clear()
        yield from source

    try:
        with ThreadPoolExecutor(threads) as pool:
            for batch, side in every():
                buffer, offsets = utf8_of(batch["text"])
                pieces.append(batch.drop_columns(["text"]))
                sides.append(side)
                alphabet.read(buffer)
                waiting.append(pool.submit(read_words, buffer, offsets, alphabet))
                text.add(buffer)
                lengths.append(np.diff(offsets))
                if text.rows > SPILL_FROM:
                    text.spill()
                    values.spill()
                    marks.spill()
                if len(waiting) > threads:
                    take()
                tick("reading", text.rows, None)
            while waiting:
                take()
    finally:
        for sink in (text, values, marks):
            sink.close()
    columns, order, first = _ranked(pieces, sides, has_other)
    offsets = np.concatenate([[0], np.cumsum(np.concatenate(lengths))]).astype(np.int64)
    whole = Batch(values.whole(), np.concatenate(sizes), marks.whole())
    texts = BufferedTexts(ids_of(columns), order, text.whole(), offsets, whole, alphabet, first)
    return Collected(texts, columns, int(offsets[-1]))


def saved(path: Path, make: Callable[[], dict[str, Array]]) -> dict[str, Array]:
    """Return arrays from a file, or make them and save them there, whole or not at all."""
    if path.exists():
        with np.load(path) as found:
            return dict(found)
    made = make()
    half = path.with_suffix(".half.npz")
    np.savez(half, **made)
    half.rename(path)
    return made


def same_run(work: Path, described: dict[str, Any]) -> bool:
    """Tell whether a work folder is of a run with this description; if not, empty it for one."""
    import shutil

    note = work / "run.json"
    text = json.dumps(described, sort_keys=True)
    if note.exists() and note.read_text(encoding="utf-8") == text:
        return True
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    note.write_text(text, encoding="utf-8")
    return False
