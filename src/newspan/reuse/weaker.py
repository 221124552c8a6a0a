"""Which passages to set aside so that clusters don't lose stronger ones: loops as in `families`.

Articles that share a template are all weakly alike. Their passages draw borders through a true copy
too, until its pieces are too short or belong to families whose members are not alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from newspan.reuse.families import BIN, binned, end_of, first_behind
from newspan.reuse.loops import (
    BOTH,
    DOC_A,
    DOC_B,
    EQUAL,
    FIRST_RUN,
    RUNS,
    START_A,
    START_B,
    sort_rows,
)

Array = Any
Sequence = Any

# A passage is lost when clusters have less than so much of its equal words.
LOST = 0.9
# A passage is much weaker than another when its identity is lower by more than this; in millionths,
# so that order and comparison are of one number.
WEAKER = 100_000


def without_weaker(
    blocks: Array, runs: Array, sizes: Sequence, members: Array, heads: Array
) -> Array:
    """Return for each block 1, or 0 if a lost one is much stronger and shares text with it.

    Much stronger: it has more equal words, and an identity that is higher by more than WEAKER.

    Args:
        blocks: as `loops.align_pairs` writes them.
        runs: as it writes them.
        sizes: words of each document, by rank.
        members: rows (family, document, first word, behind the last word) of the clusters that the
            blocks make; no two share a word.
        heads: for each row, the row of its canonical member.
    """
    lost = _lost(blocks, runs, members, heads)
    bin_at, filled, touching = binned(lost, sizes)
    kept = np.ones(blocks.shape[0], np.int64)
    for block in range(blocks.shape[0]):
        for side in range(2):
            base = bin_at[blocks[block, 3 * side]]
            low = base + blocks[block, 3 * side + 1] // BIN
            high = base + blocks[block, 3 * side + 2] // BIN
            for slot in range(low, high + 1):
                if kept[block] and _is_outdone(
                    blocks,
                    block,
                    side,
                    lost,
                    touching,
                    filled[slot + 1],
                    end_of(filled, touching, slot),
                ):
                    kept[block] = 0
    return kept


def _lost(blocks: Array, runs: Array, members: Array, heads: Array) -> Array:
    """Return the blocks of which clusters have too few words, those with the best identity first.

    Counted are words that are in members of one cluster on both sides.
    """
    places = np.zeros((len(members), 4), np.int64)
    for row in range(len(members)):
        for column in range(3):
            places[row, column] = members[row, column + 1]
        places[row, 3] = heads[row]
    sort_rows(places, 0, len(places), 2)
    order = np.zeros((blocks.shape[0], 2), np.int64)
    count = 0
    for block in range(blocks.shape[0]):
        if _is_lost(blocks, block, runs, places):
            order[count, 0] = -_identity(blocks, block)
            order[count, 1] = block
            count += 1
    sort_rows(order, 0, count, 2)
    lost = np.zeros((count, blocks.shape[1]), np.int64)
    for row in range(count):
        for column in range(blocks.shape[1]):
            lost[row, column] = blocks[order[row, 1], column]
    return lost


def _is_lost(blocks: Array, block: int, runs: Array, places: Array) -> bool:
    """Tell whether clusters have too few of a block's equal words.

    Args:
        blocks: the blocks.
        block: the one.
        runs: rows (word of a, word of b, length).
        places: rows (document, first word, behind the last word, cluster), sorted.
    """
    doc_a = blocks[block, DOC_A]
    doc_b = blocks[block, DOC_B]
    at_a = first_behind(places, doc_a, blocks[block, START_A])
    at_b = first_behind(places, doc_b, blocks[block, START_B])
    # The members before may reach into the block.
    if at_a > 0 and places[at_a - 1, 0] == doc_a:
        at_a -= 1
    if at_b > 0 and places[at_b - 1, 0] == doc_b:
        at_b -= 1
    equal = 0
    clustered = 0
    for run in range(blocks[block, FIRST_RUN], blocks[block, FIRST_RUN] + blocks[block, RUNS]):
        a = runs[run, 0]
        b = runs[run, 1]
        length = runs[run, 2]
        equal += length
        while (
            at_a < len(places)
            and at_b < len(places)
            and places[at_a, 0] == doc_a
            and places[at_b, 0] == doc_b
        ):
            # Steps of the run that lie in both members.
            first = max(0, places[at_a, 1] - a, places[at_b, 1] - b)
            end_a = places[at_a, 2] - a
            end_b = places[at_b, 2] - b
            if places[at_a, 3] == places[at_b, 3]:
                clustered += max(0, min(length, end_a, end_b) - first)
            if min(end_a, end_b) >= length:
                break
            if end_a <= end_b:
                at_a += 1
            else:
                at_b += 1
    return bool(clustered < LOST * equal)


def _is_outdone(
    blocks: Array, block: int, side: int, lost: Array, touching: Array, first: int, last: int
) -> bool:
    """Tell whether among lost blocks one is much stronger than a block, and shares text with it.

    Args:
        blocks: the blocks.
        block: the one.
        side: its side.
        lost: blocks, those with the best identity first.
        touching: sides of these, each as 2 * row + side, in their order.
        first: the first entry of `touching` to look at.
        last: behind the last one.
    """
    least = _identity(blocks, block) + WEAKER
    for entry in range(first, last):
        other = touching[entry] // 2
        there = touching[entry] % 2
        if _identity(lost, other) <= least:
            return False
        if (
            lost[other, EQUAL] > blocks[block, EQUAL]
            and lost[other, 3 * there + 1] < blocks[block, 3 * side + 2]
            and blocks[block, 3 * side + 1] < lost[other, 3 * there + 2]
        ):
            return True
    return False


def _identity(blocks: Array, block: int) -> int:
    """Return a block's identity in millionths."""
    return int(2_000_000 * blocks[block, EQUAL] // blocks[block, BOTH])
