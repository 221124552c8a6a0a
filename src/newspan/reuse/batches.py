"""The finder's stages as functions from Arrow batches to Arrow batches, for engines that shuffle.

Between two stages an engine sorts or groups; each stage says what it needs. Documents go by their
rank: their place when the ids of a collection are sorted, one collection before the other. Two
numbers below 2**31 share one 64-bit column, so that what is shuffled is small and sorts at once: a
spot is rank << 32 | word, a pair is rank_a << 32 | rank_b, a seed is word of a << 32 | word of b.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from newspan.reuse.compiled import kernels
from newspan.reuse.loops import scratch
from newspan.reuse.parameters import WORD_WEIGHT, Parameters

Array = Any
Batches = Iterable[pa.RecordBatch]

# Of a shingle that occurs more often than this, so many occurrences are held at once.
SLICE = 100_000

WORDS = pa.schema([("rank", pa.int32()), ("words", pa.binary())])
SHINGLES = pa.schema([("hash", pa.int64()), ("spot", pa.int64())])
SEEDS = pa.schema([("pair", pa.int64()), ("seed", pa.int64())])
PASSAGES = pa.schema(
    [
        *((name, pa.int32()) for name in ("rank_a", "rank_b", "number")),
        *((name, pa.int32()) for name in ("start_a", "end_a", "start_b", "end_b")),
        ("equal", pa.int64()),
        ("both", pa.int64()),
        ("runs", pa.list_(pa.int32())),
    ]
)

_LOW = (1 << 32) - 1


def words_of(batches: Batches) -> Iterator[pa.RecordBatch]:
    """Yield the words of documents: from (rank, text) to (rank, words), see `WORDS`.

    The words are the 32-bit values of `newspan.reuse.words`, one after the other.
    """
    from newspan.reuse.buffered import Alphabet, read_batch

    alphabet = Alphabet()
    for batch in batches:
        words = read_batch(*utf8_of(batch.column("text")), alphabet)
        ends = np.concatenate([[0], np.cumsum(4 * words.sizes)]).astype(np.int32)
        column = pa.Array.from_buffers(
            pa.binary(), len(batch), [None, pa.py_buffer(ends), pa.py_buffer(words.values)]
        )
        yield pa.record_batch([batch.column("rank"), column], schema=WORDS)


def shingles_of(batches: Batches, parameters: Parameters) -> Iterator[pa.RecordBatch]:
    """Yield the sampled shingles of documents: from `WORDS` to `SHINGLES`.

    A hash's 64 bits are given as a signed number.
    """
    for batch in batches:
        words, begins, sizes = _joined_words([batch.column("words")])
        hashes, spots = np.empty(len(words), np.uint64), np.empty(len(words), np.int64)
        count = kernels().shingle_rows(
            words,
            begins,
            sizes,
            _numbers(batch.column("rank")).astype(np.int64),
            WORD_WEIGHT * parameters.shingle,
            parameters.sample,
            hashes,
            spots,
        )
        yield pa.record_batch([hashes[:count].view(np.int64), spots[:count]], schema=SHINGLES)


def seeds_of(
    batches: Batches, parameters: Parameters, first_of_other: int = -1, at_once: int = SLICE
) -> Iterator[pa.RecordBatch]:
    """Yield the pairs of places that are compared: from `SHINGLES` to `SEEDS`.

    The rows must be sorted by hash and spot, and all rows of a hash be among these batches. A
    shingle that occurs more than `at_once` times is linked slice by slice, cut between documents,
    so that memory stays bounded: of such a shingle only neighbours are linked, and the last
    occurrence of a slice is the first of the next. Between two collections (`first_of_other` is
    not negative) the nth occurrences are linked instead, and all of one shingle are held, some 100
    bytes each.
    """
    at_once = max(at_once, parameters.all_pairs_to + 1)
    waiting: list[tuple[Array, Array]] = []
    rows = 0
    wanted = at_once
    sliced = False  # the first row waiting was the last of a slice
    for batch in chain(batches, [None]):
        if batch is not None:
            waiting.append((_numbers(batch.column("hash")), _numbers(batch.column("spot"))))
            rows += len(batch)
            if rows < wanted:
                continue
        if not rows:
            continue
        hashes = np.concatenate([each for each, _ in waiting])
        spots = np.concatenate([each for _, each in waiting])
        # The last shingle may go on in the next batch.
        done = int(np.searchsorted(hashes, hashes[-1])) if batch is not None else rows
        first = 0
        if sliced and done:
            first = int(np.searchsorted(hashes, hashes[0], side="right"))
            yield from _linked(hashes[:first], spots[:first], 0, -1, parameters)
            sliced = False
        yield from _linked(
            hashes[first:done],
            spots[first:done],
            parameters.all_pairs_to,
            first_of_other,
            parameters,
        )
        if rows - done > at_once and first_of_other < 0:
            ranks = spots[done:] >> 32
            cut = done + int(np.searchsorted(ranks, ranks[-1]))
            if cut > done:
                yield from _linked(hashes[done:cut], spots[done:cut], 0, -1, parameters)
                done = cut - 1
                sliced = True
        waiting = [(hashes[done:], spots[done:])]
        rows -= done
        wanted = max(at_once, 2 * rows)


def _linked(
    hashes: Array, spots: Array, all_pairs_to: int, first_of_other: int, parameters: Parameters
) -> Iterator[pa.RecordBatch]:
    rows, count = kernels().link_sorted(
        hashes,
        spots >> 32,
        spots & _LOW,
        first_of_other,
        all_pairs_to,
        parameters.min_words,
        np.zeros((1024, 4), np.int64),
    )
    if count:
        rows = rows[:count]
        pairs = rows[:, 0] << 32 | rows[:, 1]
        yield pa.record_batch([pairs, rows[:, 2] << 32 | rows[:, 3]], schema=SEEDS)


def passages_of(batches: Batches, parameters: Parameters) -> Iterator[pa.RecordBatch]:
    """Yield the passages that seeds lead to: to `PASSAGES`, whose numbers keep a pair's order.

    From (rank_a, rank_b, seeds, words_a, words_b): one row per pair, with all of its seeds in any
    order. Places are words; `equal` and `both` are weights; `runs` holds word of a, word of b and
    length of each run of equal words, one run after the other; see `loops.align_pairs`.
    """
    for batch in batches:
        pairs = len(batch)
        rank_a, rank_b = _numbers(batch.column("rank_a")), _numbers(batch.column("rank_b"))
        words, begins, sizes = _joined_words([batch.column("words_a"), batch.column("words_b")])
        column = batch.column("seeds")
        seeds = _numbers(column.flatten())
        row = np.repeat(np.arange(pairs), np.diff(_numbers(column.offsets)))
        order = np.lexsort((seeds, row))
        row, seeds = row[order], seeds[order]
        # A document that is compared with itself must be seen as one.
        other = np.where(rank_a == rank_b, np.arange(pairs), np.arange(pairs) + pairs)
        blocks, runs = kernels().align_pairs(
            words,
            begins,
            sizes,
            np.column_stack([row, other[row], seeds >> 32, seeds & _LOW]),
            0,
            len(seeds),
            parameters.shingle,
            WORD_WEIGHT * parameters.min_words,
            parameters.min_identity,
            parameters.drop,
            parameters.gap,
            scratch(),
        )
        yield _passages(blocks, runs, rank_a, rank_b)


def _passages(blocks: Array, runs: Array, rank_a: Array, rank_b: Array) -> pa.RecordBatch:
    row, start_a, end_a, _, start_b, end_b, equal, both, _, counts = blocks.T
    # Runs stand one block after the other.
    ends = np.concatenate([[0], 3 * np.cumsum(counts)])
    lists = pa.ListArray.from_arrays(_int32(ends), _int32(runs.reshape(-1)))
    small = (rank_a[row], rank_b[row], np.arange(len(row)), start_a, end_a, start_b, end_b)
    columns = [*map(_int32, small), pa.array(equal.copy()), pa.array(both.copy()), lists]
    return pa.record_batch(columns, schema=PASSAGES)


def utf8_of(column: pa.Array) -> tuple[Array, Array]:
    """Return a string or binary column's bytes and where each value starts in them, and the end."""
    if not len(column):
        return np.zeros(0, np.uint8), np.zeros(1, np.int64)
    _, offsets, data = column.buffers()
    kind = column.type
    wide = pa.types.is_large_string(kind) or pa.types.is_large_binary(kind)
    starts = np.frombuffer(offsets, np.int64 if wide else np.int32)
    starts = starts[column.offset : column.offset + len(column) + 1].astype(np.int64)
    if data is None:
        return np.zeros(0, np.uint8), starts
    return np.frombuffer(data, np.uint8)[starts[0] : starts[-1]], starts - starts[0]


def _joined_words(columns: list[pa.Array]) -> tuple[Array, Array, Array]:
    """Return the words of all rows, one column after the other: values, begins and sizes."""
    read = [utf8_of(column) for column in columns]
    # Copied, so that they are aligned and of the type that the loops are compiled for.
    words = np.concatenate([data for data, _ in read]).view(np.uint32)
    sizes = np.concatenate([np.diff(starts) for _, starts in read]) // 4
    begins = np.concatenate([[0], np.cumsum(sizes)])[:-1]
    return words, begins, sizes


def _numbers(column: pa.Array) -> Array:
    return column.to_numpy(zero_copy_only=False)


def _int32(values: Array) -> pa.Array:
    return pa.array(values.astype(np.int32))
