"""The finder on one machine: both cores, bounded memory, and what is done is not done again.

Seeds are made hash range by hash range and aligned document range by document range; the ranges
follow from the input's size alone, and no result depends on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from newspan.engines.collection import Collected, Tick, saved
from newspan.reuse.loops import DOC_A, FIRST_RUN, RUNS
from newspan.reuse.parameters import Parameters

Array = Any

# Shingles whose keys are held at once (8 bytes each), by each thread.
KEYS_AT_ONCE = 16 << 20
# Seeds that are aligned at once (about 100 bytes each), by each thread.
SEEDS_AT_ONCE = 2 << 20
# From so much text on, stages are kept in files, to go on from after a kill.
KEEP_FROM = 256 << 20


class Passages(NamedTuple):
    """What the finder found in texts: see `loops.align_pairs`; blocks sorted by both documents."""

    blocks: Array
    runs: Array


def parts_of(shingles: int) -> int:
    """Return in how many hash ranges so many shingles are worked on: a power of two."""
    parts = 1
    while shingles > parts * KEYS_AT_ONCE:
        parts *= 2
    return parts


def find(
    collected: Collected, parameters: Parameters, work: Path, threads: int, tick: Tick
) -> Passages:
    """Return the passages that the texts of a collection share.

    Args:
        collected: the texts.
        parameters: how.
        work: a folder for what does not fit into memory, and to go on from.
        threads: ranges worked on at once.
        tick: told how far each stage is.
    """
    texts = collected.texts
    if not hasattr(texts, "seeds"):
        return Passages(*texts.blocks(parameters))
    keep = work if collected.bytes >= KEEP_FROM else None
    parts = parts_of(len(texts.words) // parameters.sample)
    seeds = _all_seeds(texts, parameters, parts, keep, threads, tick)
    found = list(_aligned(texts, parameters, seeds, keep, threads, tick))
    return joined(found)


def joined(found: list[Passages]) -> Passages:
    """Return passages of several ranges as one; runs are numbered anew."""
    if not found:
        return Passages(np.zeros((0, 10), np.int64), np.zeros((0, 3), np.int64))
    before = 0
    blocks = []
    for each in found:
        moved = each.blocks.copy()
        moved[:, FIRST_RUN] += before
        before += len(each.runs)
        blocks.append(moved)
    return Passages(np.concatenate(blocks), np.concatenate([each.runs for each in found]))


class _Seeds(NamedTuple):
    """The seeds of one hash range, by their first document."""

    rows: Array
    starts: Array


def _all_seeds(
    texts: Any, parameters: Parameters, parts: int, keep: Path | None, threads: int, tick: Tick
) -> list[_Seeds]:
    documents = len(texts.sizes)

    def seeds_of(part: int) -> _Seeds:
        def make() -> dict[str, Array]:
            rows, count = texts.seeds(parameters, part, parts)
            ordered, starts = texts.kernels.sort_rows_by_document(rows, count, documents)
            return {"rows": ordered.astype(np.int32), "starts": starts}

        if keep is None:
            return _Seeds(**make())
        # Not held in memory: the rows are mapped when they are needed.
        rows_file, starts_file = keep / f"seeds-{part}.npy", keep / f"starts-{part}.npy"
        if not starts_file.exists():
            made = make()
            for file, array in ((rows_file, made["rows"]), (starts_file, made["starts"])):
                half = file.with_suffix(".half.npy")
                np.save(half, array)
                half.rename(file)
        mapped = np.load(rows_file, mmap_mode="r") if rows_file.stat().st_size > 128 else None
        rows = np.zeros((0, 4), np.int32) if mapped is None else mapped
        return _Seeds(rows, np.load(starts_file))

    done = []
    with ThreadPoolExecutor(threads) as pool:
        for part, seeds in enumerate(pool.map(seeds_of, range(parts)), 1):
            done.append(seeds)
            tick("comparing", part, parts)
    return done


def _aligned(
    texts: Any,
    parameters: Parameters,
    seeds: list[_Seeds],
    keep: Path | None,
    threads: int,
    tick: Tick,
) -> Iterator[Passages]:
    documents = len(texts.sizes)
    totals = np.sum([each.starts for each in seeds], axis=0)
    total = int(totals[-1]) if documents else 0
    # Both threads get work, even where one range would do.
    at_once = min(SEEDS_AT_ONCE, total // threads + 1)
    cuts = np.searchsorted(totals, np.arange(0, total, at_once), side="left")
    borders = [*np.unique(np.minimum(cuts, documents)).tolist(), documents]

    def aligned(index: int) -> Passages:
        first, last = borders[index], borders[index + 1]

        def make() -> dict[str, Array]:
            rows = np.concatenate(
                [each.rows[each.starts[first] : each.starts[last]] for each in seeds]
            ).astype(np.int64)
            if not len(rows):
                return {"blocks": np.zeros((0, 10), np.int64), "runs": np.zeros((0, 3), np.int64)}
            rows[:, 0] -= first
            ordered, _ = texts.kernels.sort_rows_by_document(rows, len(rows), last - first)
            ordered[:, 0] += first
            blocks, runs = texts.align(ordered, len(ordered), parameters)
            return {"blocks": blocks.copy(), "runs": runs.copy()}

        if keep is None:
            return Passages(**make())
        return Passages(**saved(keep / f"passages-{first}-{last}.npz", make))

    with ThreadPoolExecutor(threads) as pool:
        ranges = len(borders) - 1
        for done, passages in enumerate(pool.map(aligned, range(ranges)), 1):
            tick("aligning", done, ranges)
            yield passages


def in_chunks(passages: Passages, size: int) -> Iterator[Passages]:
    """Yield passages some at a time, cut between first documents."""
    blocks = passages.blocks
    first = 0
    while first < len(blocks):
        last = min(first + size, len(blocks))
        while last < len(blocks) and blocks[last, DOC_A] == blocks[last - 1, DOC_A]:
            last += 1
        chunk = blocks[first:last].copy()
        begin = chunk[:, FIRST_RUN].min()
        end = (chunk[:, FIRST_RUN] + chunk[:, RUNS]).max()
        chunk[:, FIRST_RUN] -= begin
        yield Passages(chunk, passages.runs[begin:end])
        first = last
