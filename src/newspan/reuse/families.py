"""From pairs of passages to clusters: loops that plain Python runs and numba compiles.

A passage belongs to a cluster with all that it was paired with, directly or through others. Where
one document's passages end inside each other, all are broken at each other's borders, so that a
sentence that stands in forty texts does not drag along the articles around it; pieces of which
every copy follows every copy of another are then put together again (colinear contraction).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from newspan.reuse.loops import FAR, extend, grown, sort_rows, weight_of

Array = Any
Sequence = Any

# Words to a bin: blocks are found by the bins that they touch.
BIN = 32


def mapped(runs: Array, first: int, count: int, side: int, word: int, start: int, end: int) -> int:
    """Return where a word of one side of a block stands on the other, by its runs of equal words.

    A word between two runs is mapped to the end of the run before it.

    Args:
        runs: rows (word of a, word of b, length).
        first: the block's first run.
        count: its number of runs.
        side: 0 when `word` is of a, 1 when it is of b.
        word: the word.
        start: the block's first word on the other side.
        end: behind its last word there.
    """
    low = first
    high = first + count
    while low < high:
        middle = (low + high) // 2
        if runs[middle, side] <= word:
            low = middle + 1
        else:
            high = middle
    if low == first:
        return start
    run = low - 1
    step = min(word - runs[run, side], runs[run, 2])
    return int(min(end, runs[run, 1 - side] + step))


def segments_of(blocks: Array, runs: Array, sizes: Sequence, snap: int) -> tuple[Array, Array]:
    """Return the segments that blocks break documents into, and the family of each.

    Args:
        blocks: as `loops.align_pairs` writes them, in a stated order.
        runs: as it writes them.
        sizes: words of each document, by rank.
        snap: words that two borders of segments are apart at least.

    Returns:
        Rows (document, first word, behind the last word), sorted, of what blocks cover; and for
        each the lowest row of its family.
    """
    bin_at, filled, touching = binned(blocks, sizes)
    borders = _borders(blocks, runs, bin_at, filled, touching, snap)
    segments = _covered(borders, blocks, bin_at, filled, touching)
    return segments, _families(segments, blocks, runs)


def binned(blocks: Array, sizes: Sequence) -> tuple[Array, Array, Array]:
    """Return the sides of blocks by the bins that they touch.

    Returns:
        The first bin of each document; where a bin's sides start, at `filled[bin + 1]`; and the
        sides, each as 2 * block + side. Where the next bin's start, they end.
    """
    documents = len(sizes)
    n_blocks = blocks.shape[0]
    bin_at = np.zeros(documents + 1, np.int64)
    for document in range(documents):
        bin_at[document + 1] = bin_at[document] + sizes[document] // BIN + 1
    filled = np.zeros(bin_at[documents] + 1, np.int64)
    for block in range(n_blocks):
        for side in range(2):
            base = bin_at[blocks[block, 3 * side]]
            low = base + blocks[block, 3 * side + 1] // BIN
            for slot in range(low, base + blocks[block, 3 * side + 2] // BIN + 1):
                filled[slot + 1] += 1
    for slot in range(len(filled) - 1):
        filled[slot + 1] += filled[slot]
    touching = np.zeros(filled[len(filled) - 1], np.int64)
    for block in range(n_blocks - 1, -1, -1):
        for side in range(1, -1, -1):
            base = bin_at[blocks[block, 3 * side]]
            low = base + blocks[block, 3 * side + 1] // BIN
            for slot in range(low, base + blocks[block, 3 * side + 2] // BIN + 1):
                filled[slot + 1] -= 1
                touching[filled[slot + 1]] = 2 * block + side
    return bin_at, filled, touching


def _borders(
    blocks: Array, runs: Array, bin_at: Array, filled: Array, touching: Array, snap: int
) -> Array:
    """Return sorted rows (document, word): ends of blocks, carried through all that cover them."""
    n_blocks = blocks.shape[0]
    queue = np.zeros((4 * n_blocks + 1, 2), np.int64)
    queued = 0
    for block in range(n_blocks):
        for side in range(2):
            for end in range(1, 3):
                queue[queued, 0] = blocks[block, 3 * side]
                queue[queued, 1] = blocks[block, 3 * side + end]
                queued += 1
    sort_rows(queue, 0, queued, 2)
    found = np.zeros((queued + 1, 3), np.int64)  # document, word, the next one in its bin
    n_found = 0
    first_in = np.full(len(filled), -1, np.int64)
    at = 0
    while at < queued:
        document = queue[at, 0]
        word = queue[at, 1]
        at += 1
        base = bin_at[document]
        near = False
        low = base + max(0, word - snap + 1) // BIN
        high = min(bin_at[document + 1] - 1, base + (word + snap - 1) // BIN)
        for slot in range(low, high + 1):
            border = first_in[slot]
            while border >= 0:
                if abs(found[border, 1] - word) < snap:
                    near = True
                border = found[border, 2]
        if near:
            continue
        slot = base + word // BIN
        found = grown(found, n_found, 1)
        found[n_found, 0] = document
        found[n_found, 1] = word
        found[n_found, 2] = first_in[slot]
        first_in[slot] = n_found
        n_found += 1
        for entry in range(filled[slot + 1], end_of(filled, touching, slot)):
            block = touching[entry] // 2
            side = touching[entry] % 2
            start = blocks[block, 3 * side + 1]
            end = blocks[block, 3 * side + 2]
            if start < word < end:
                other = 1 - side
                queue = grown(queue, queued, 1)
                queue[queued, 0] = blocks[block, 3 * other]
                queue[queued, 1] = mapped(
                    runs,
                    blocks[block, 8],
                    blocks[block, 9],
                    side,
                    word,
                    blocks[block, 3 * other + 1],
                    blocks[block, 3 * other + 2],
                )
                queued += 1
    sort_rows(found, 0, n_found, 2)
    return found[:n_found]


def end_of(filled: Array, touching: Array, slot: int) -> int:
    """Return where the sides of a bin end."""
    if slot + 2 < len(filled):
        return int(filled[slot + 2])
    return len(touching)


def _covered(borders: Array, blocks: Array, bin_at: Array, filled: Array, touching: Array) -> Array:
    """Return rows (document, start, end) between neighbouring borders that some block covers."""
    segments = np.zeros((len(borders) + 1, 3), np.int64)
    used = 0
    for index in range(len(borders) - 1):
        if borders[index, 0] != borders[index + 1, 0]:
            continue
        document = borders[index, 0]
        start = borders[index, 1]
        end = borders[index + 1, 1]
        middle = (start + end) // 2
        slot = bin_at[document] + middle // BIN
        for entry in range(filled[slot + 1], end_of(filled, touching, slot)):
            block = touching[entry] // 2
            side = touching[entry] % 2
            if blocks[block, 3 * side + 1] <= middle < blocks[block, 3 * side + 2]:
                segments[used, 0] = document
                segments[used, 1] = start
                segments[used, 2] = end
                used += 1
                break
    return segments[:used]


def _segment_at(segments: Array, document: int, word: int) -> int:
    """Return the last segment that starts at a word of a document or before it, or -1."""
    row = first_behind(segments, document, word) - 1
    if row < 0 or segments[row, 0] != document:
        return -1
    return row


def first_behind(segments: Array, document: int, word: int) -> int:
    """Return the first of sorted segments that starts behind a word of a document."""
    low = 0
    high = len(segments)
    while low < high:
        middle = (low + high) // 2
        if segments[middle, 0] < document or (
            segments[middle, 0] == document and segments[middle, 1] <= word
        ):
            low = middle + 1
        else:
            high = middle
    return low


def _families(segments: Array, blocks: Array, runs: Array) -> Array:
    """Return for each segment the lowest one that blocks join it with, directly or not."""
    parents = np.arange(len(segments))
    for block in range(blocks.shape[0]):
        segment = max(0, _segment_at(segments, blocks[block, 0], blocks[block, 1]))
        while (
            segment < len(segments)
            and segments[segment, 0] == blocks[block, 0]
            and segments[segment, 1] < blocks[block, 2]
        ):
            start = max(segments[segment, 1], blocks[block, 1])
            end = min(segments[segment, 2], blocks[block, 2])
            # Borders were drawn together, so a block covers nearly all of a segment or nearly none.
            if 2 * (end - start) > segments[segment, 2] - segments[segment, 1]:
                there_start = mapped(
                    runs,
                    blocks[block, 8],
                    blocks[block, 9],
                    0,
                    start,
                    blocks[block, 4],
                    blocks[block, 5],
                )
                there_end = mapped(
                    runs,
                    blocks[block, 8],
                    blocks[block, 9],
                    0,
                    end,
                    blocks[block, 4],
                    blocks[block, 5],
                )
                middle = (there_start + there_end) // 2
                other = _segment_at(segments, blocks[block, 3], middle)
                # What stands opposite must say the same, not only lie between what does.
                equal = equal_between(runs, blocks[block, 8], blocks[block, 9], start, end)
                alike = 4 * equal >= (end - start) + (there_end - there_start)
                if alike and other >= 0 and middle < segments[other, 2]:
                    left = root_of(parents, segment)
                    right = root_of(parents, other)
                    if left < right:
                        parents[right] = left
                    else:
                        parents[left] = right
            segment += 1
    for segment in range(len(segments)):
        parents[segment] = root_of(parents, segment)
    return parents


def equal_between(runs: Array, first: int, count: int, start: int, end: int) -> int:
    """Return how many words of a block's side, from `start` to `end`, are equal on the other."""
    low = first
    high = first + count
    while low < high:
        middle = (low + high) // 2
        if runs[middle, 0] + runs[middle, 2] <= start:
            low = middle + 1
        else:
            high = middle
    equal = 0
    run = low
    while run < first + count and runs[run, 0] < end:
        equal += min(end, runs[run, 0] + runs[run, 2]) - max(start, runs[run, 0])
        run += 1
    return equal


def root_of(parents: Array, node: int) -> int:
    """Return a node's root in a union-find forest; the path to it is halved on the way."""
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return int(node)


def members_of(
    segments: Array, families: Array, words: Sequence, begins: Sequence, min_weight: int
) -> tuple[Array, int]:
    """Return the members of clusters: rows (family, document, first word, behind the last word).

    Segments that touch are one member when each of the one's family is followed by one of the
    other's. Families of one member, or of members that are too short, are left out. Sorted.
    """
    total = len(segments)
    sizes = np.zeros(total + 1, np.int64)
    for segment in range(total):
        sizes[families[segment]] += 1
    # Rows (family, next family) of segments that touch; as many rows as members: all follow.
    touching = np.zeros((total + 1, 2), np.int64)
    used = 0
    for segment in range(total - 1):
        if (
            segments[segment, 0] == segments[segment + 1, 0]
            and segments[segment, 2] == segments[segment + 1, 1]
            and families[segment] != families[segment + 1]
        ):
            touching[used, 0] = families[segment]
            touching[used, 1] = families[segment + 1]
            used += 1
    sort_rows(touching, 0, used, 2)
    follower = np.full(total + 1, -1, np.int64)
    at = 0
    while at < used:
        end = at
        while (
            end < used
            and touching[end, 0] == touching[at, 0]
            and touching[end, 1] == touching[at, 1]
        ):
            end += 1
        here = touching[at, 0]
        there = touching[at, 1]
        if end - at == sizes[here] and end - at == sizes[there]:
            follower[here] = there
        at = end
    members = np.zeros((total + 1, 4), np.int64)
    n_members = 0
    segment = 0
    while segment < total:
        first = segment
        while (
            segment + 1 < total
            and segments[segment, 0] == segments[segment + 1, 0]
            and segments[segment, 2] == segments[segment + 1, 1]
            and follower[families[segment]] == families[segment + 1]
        ):
            segment += 1
        members[n_members, 0] = families[first]
        members[n_members, 1] = segments[first, 0]
        members[n_members, 2] = segments[first, 1]
        members[n_members, 3] = segments[segment, 2]
        n_members += 1
        segment += 1
    sort_rows(members, 0, n_members, 4)
    kept = 0
    at = 0
    while at < n_members:
        end = at
        longest = 0
        while end < n_members and members[end, 0] == members[at, 0]:
            weight = 0
            begin = begins[members[end, 1]]
            for word in range(begin + members[end, 2], begin + members[end, 3]):
                weight += 2 - (words[word] & 1)
            longest = max(longest, weight)
            end += 1
        if end - at > 1 and longest >= min_weight:
            for row in range(at, end):
                for column in range(4):
                    members[kept, column] = members[row, column]
                kept += 1
        at = end
    return members, kept


def compare_members(
    words: Sequence, begins: Sequence, members: Array, canonical: Array, scratch: Array
) -> tuple[Array, Array]:
    """Return how alike each member is to its canonical one, and their runs of equal words.

    Args:
        words: values of the words of all documents.
        begins: by rank, the index of a document's first word.
        members: rows (family, document, first word, behind the last word).
        canonical: for each row, the row of its canonical member.
        scratch: see `loops.extend`.

    Returns:
        Rows (weight of equal words, weight of both, first run, runs), one per member; and rows
        (word of the member, word of the canonical one, length), within the documents.
    """
    alike = np.zeros((len(members), 4), np.int64)
    runs = np.zeros((256, 3), np.int64)
    used = 0
    for row in range(len(members)):
        head = canonical[row]
        a = begins[members[row, 1]] + members[row, 2]
        b = begins[members[head, 1]] + members[head, 2]
        size_a = members[row, 3] - members[row, 2]
        size_b = members[head, 3] - members[head, 2]
        first = used
        # No drop: the whole of both is aligned, not its best part.
        runs, used, _, _ = extend(words, a, b, size_a, size_b, 1, FAR, FAR, scratch, runs, used)
        sort_rows(runs, first, used, 1)
        for run in range(first, used):
            alike[row, 0] += weight_of(words, a + runs[run, 0], a + runs[run, 0] + runs[run, 2])
            runs[run, 0] += members[row, 2]
            runs[run, 1] += members[head, 2]
        alike[row, 1] = weight_of(words, a, a + size_a) + weight_of(words, b, b + size_b)
        alike[row, 2] = first
        alike[row, 3] = used - first
    return alike, runs[:used]


def grow_members(
    words: Sequence, begins: Sequence, sizes: Sequence, members: Array, groups: Array
) -> None:
    """Let the members of each cluster grow, word by word, while all have the same next word.

    Pieces too short to be clusters lie between others; they go to the cluster that reaches them
    first, so that a block is as long as what its members share. No member grows into another.

    Args:
        words: values of the words of all documents.
        begins: by rank, the index of a document's first word.
        sizes: by rank, its number of words.
        members: rows (family, document, first word, behind the last word), changed in place;
            rows of a cluster stand together.
        groups: rows (first row, behind the last row) of clusters, in the order in which they grow.
    """
    count = len(members)
    # The rows in order of documents and words, and where each row stands in it.
    order = np.zeros((count, 3), np.int64)
    for row in range(count):
        order[row, 0] = members[row, 1]
        order[row, 1] = members[row, 2]
        order[row, 2] = row
    sort_rows(order, 0, count, 3)
    at = np.zeros(count, np.int64)
    for place in range(count):
        at[order[place, 2]] = place
    for group in range(len(groups)):
        first = groups[group, 0]
        last = groups[group, 1]
        for step in range(-1, 2, 2):
            growing = True
            while growing:
                value = -1
                for row in range(first, last):
                    document = members[row, 1]
                    place = at[row] + step
                    near = 0 <= place < count and order[place, 0] == document
                    if step > 0:
                        word = members[row, 3]
                        limit = members[order[place, 2], 2] if near else sizes[document]
                        free = word < limit
                    else:
                        word = members[row, 2] - 1
                        limit = members[order[place, 2], 3] if near else 0
                        free = word >= limit
                    if not free:
                        growing = False
                        break
                    here = words[begins[document] + word]
                    if value >= 0 and here != value:
                        growing = False
                        break
                    value = here
                if growing:
                    for row in range(first, last):
                        if step > 0:
                            members[row, 3] += 1
                        else:
                            members[row, 2] -= 1
