"""The finder's inner loops, written once: plain Python runs them, and numba compiles them.

They keep to what both understand: numbers, sequences that are indexed, and numpy arrays that are
written. `newspan.reuse.compiled` compiles them when input is large enough to pay for it; a test
holds both to the same rows. Positions are words in a document unless a name says otherwise.
"""

from __future__ import annotations

from typing import Any

import numpy as np

# The loops take lists or numpy arrays.
Sequence = Any
Array = Any

# Edits that an extension looks back over before it commits its path: memory stays constant, and
# alternatives that are still open after so many edits are dropped.
LEVELS = 32
MIDDLE = LEVELS + 4
WIDTH = 2 * MIDDLE + 1
# How many pieces back a piece looks for one that it continues; bounds the work on repetitive text.
LOOK_BACK = 64
# Pieces may overlap by so many words before they are joined; the later one is trimmed.
OVERLAP = 6

FAR = 1 << 60

# Columns of a block: documents by rank, words, the weight of equal words and of all words of both
# sides, the first of its runs and how many there are.
DOC_A, START_A, END_A, DOC_B, START_B, END_B, EQUAL, BOTH, FIRST_RUN, RUNS = range(10)


def scratch() -> Array:
    """Return the scratch that `extend` needs."""
    return np.zeros((LEVELS + 1) * WIDTH, np.int64)


def grown(array: Array, used: int, more: int) -> Array:
    """Return the array, or a longer copy when `more` rows do not fit behind the `used` ones."""
    if used + more <= array.shape[0]:
        return array
    longer = np.zeros((2 * (used + more), array.shape[1]), np.int64)
    for row in range(used):  # numba compiles a loop ten times faster than a slice
        for column in range(array.shape[1]):
            longer[row, column] = array[row, column]
    return longer


def link_count(size: int, all_pairs_to: int) -> int:
    """Return how many links `link_group` can write for a group of this size."""
    if size <= all_pairs_to:
        return size * (size - 1) // 2
    return size


def link_group(
    docs: Sequence,
    places: Sequence,
    first: int,
    last: int,
    first_of_other: int,
    all_pairs_to: int,
    least_apart: int,
    out: Array,
    used: int,
) -> int:
    """Write which occurrences of one shingle are compared; return how many rows are used.

    Args:
        docs: ranks of documents, sorted; with `places`, the occurrences from `first` to `last`.
        places: the shingle's word within its document, sorted within a document.
        first: where the group starts.
        last: where it ends, half-open.
        first_of_other: the first rank of the other collection, when one is compared with another;
            else a negative number.
        all_pairs_to: up to this size all pairs are written, beyond it each occurrence with the
            next one, which is linear.
        least_apart: words between two occurrences in one document, since passages do not overlap.
        out: rows (doc_a, doc_b, place_a, place_b), long enough.
        used: rows in `out` that are taken.
    """
    size = last - first
    if size <= all_pairs_to:
        for left in range(first, last):
            for right in range(left + 1, last):
                if docs[left] == docs[right] and places[right] - places[left] < least_apart:
                    continue
                same_side = (docs[left] < first_of_other) == (docs[right] < first_of_other)
                if first_of_other >= 0 and same_side:
                    continue
                out[used, 0] = docs[left]
                out[used, 1] = docs[right]
                out[used, 2] = places[left]
                out[used, 3] = places[right]
                used += 1
        return used
    if first_of_other >= 0:
        return link_sides(docs, places, first, last, first_of_other, out, used)
    right = first
    for left in range(first, last):
        if right <= left:
            right = left + 1
        while (
            right < last
            and docs[right] == docs[left]
            and places[right] - places[left] < least_apart
        ):
            right += 1
        if right >= last:
            break
        # Only a document's last occurrence is compared with the next document.
        if docs[right] != docs[left] and left + 1 < last and docs[left + 1] == docs[left]:
            continue
        out[used, 0] = docs[left]
        out[used, 1] = docs[right]
        out[used, 2] = places[left]
        out[used, 3] = places[right]
        used += 1
    return used


def link_sides(
    docs: Sequence,
    places: Sequence,
    first: int,
    last: int,
    first_of_other: int,
    out: Array,
    used: int,
) -> int:
    """Link a frequent shingle between two collections: the nth occurrences, the shorter side again
    and again, so that each is compared once and the cost stays linear.
    """
    middle = first
    while middle < last and docs[middle] < first_of_other:
        middle += 1
    ours = middle - first
    theirs = last - middle
    if ours == 0 or theirs == 0:
        return used
    for index in range(max(ours, theirs)):
        left = first + index % ours
        right = middle + index % theirs
        out[used, 0] = docs[left]
        out[used, 1] = docs[right]
        out[used, 2] = places[left]
        out[used, 3] = places[right]
        used += 1
    return used


def extend(
    words: Sequence,
    a: int,
    b: int,
    room_a: int,
    room_b: int,
    step: int,
    lag: int,
    drop: int,
    reach: Array,
    runs: Array,
    used: int,
) -> tuple[Array, int, int, int]:
    """Extend an alignment from (a, b) in one direction; return runs, rows used, words taken.

    Greedy alignment with X-drop: for each number of edits, how far each diagonal reaches (Zhang,
    Schwartz, Wagner and Miller 2000, "A greedy algorithm for aligning DNA sequences"), with the
    score (words taken on both sides) / 2 - 2 * edits. Time is linear in the words taken, times the
    edits per word; memory is constant.

    Args:
        words: values of all words; `a` and `b` are indexes into it, of the first words compared.
        a: index of the first word on the one side.
        b: index of the first word on the other.
        room_a: words that may be taken from the one side.
        room_b: words that may be taken from the other.
        step: 1 to the right, -1 to the left.
        lag: words from `a` to `b` in one document, which must never meet: there a text is equal to
            itself; FAR in two documents.
        drop: how far the score may fall below its best.
        reach: scratch of (LEVELS + 1) * WIDTH numbers.
        runs: where equal runs are written: (words from a, words from b, length), as taken; from
            the end of the alignment to its start within each stretch of LEVELS edits.
        used: rows of `runs` that are taken.
    """
    base_a = 0
    base_b = 0
    while True:
        # Diagonal k is (words from a) - (words from b); reach holds words from a, or -1.
        start_a = a + step * base_a
        start_b = b + step * base_b
        left_a = room_a - base_a
        left_b = room_b - base_b
        taken = 0
        limit = min(left_a, left_b)
        while taken < limit and words[start_a + step * taken] == words[start_b + step * taken]:
            taken += 1
        reach[MIDDLE] = taken
        for side in range(1, 3):
            reach[MIDDLE - side] = -1
            reach[MIDDLE + side] = -1
        best = 2 * taken
        best_level = 0
        best_diagonal = 0
        low = 0
        high = 0
        level = 0
        while level < LEVELS and low <= high:
            level += 1
            row = level * WIDTH + MIDDLE
            new_low = high + 2
            new_high = low - 2
            for k in range(low - 1, high + 2):
                i, _ = came_from(reach, row - WIDTH + k, k, left_a, left_b)
                if step * (base_a - base_b + k) >= lag:
                    i = -1
                if i >= 0:
                    j = i - k
                    while (
                        i < left_a
                        and j < left_b
                        and words[start_a + step * i] == words[start_b + step * j]
                    ):
                        i += 1
                        j += 1
                    score = i + j - 4 * level
                    if score > best:
                        best = score
                        best_level = level
                        best_diagonal = k
                    if score < best - 2 * drop:
                        i = -1
                reach[row + k] = i
                if i >= 0:
                    if k < new_low:
                        new_low = k
                    new_high = k
            # The next level and the way back look two diagonals further.
            for side in range(2, 4):
                reach[row + low - side] = -1
                reach[row + high + side] = -1
            low = new_low
            high = new_high
        k = best_diagonal
        i = reach[best_level * WIDTH + MIDDLE + k]
        gained_a = i
        gained_b = i - k
        for back in range(best_level, -1, -1):
            begin = 0
            shift = 0
            if back > 0:
                begin, shift = came_from(reach, (back - 1) * WIDTH + MIDDLE + k, k, left_a, left_b)
            if i > begin:
                runs = grown(runs, used, 1)
                runs[used, 0] = base_a + begin
                runs[used, 1] = base_b + begin - k
                runs[used, 2] = i - begin
                used += 1
            if back > 0:
                k += shift
                i = reach[(back - 1) * WIDTH + MIDDLE + k]
        base_a += gained_a
        base_b += gained_b
        # Dropped, or nothing gained: done. Else the stretch was too long for the scratch.
        if low > high or gained_a + gained_b == 0:
            return runs, used, base_a, base_b


def came_from(reach: Array, at: int, k: int, room_a: int, room_b: int) -> tuple[int, int]:
    """Return how many words of a one more edit leads to on diagonal `k`, and from where.

    The neighbour is 0 for a changed word, -1 for one that only a has, 1 for one that only b has;
    of equals the first of these. (-1, 0) where no edit leads there. `at` is the index of the
    diagonal in `reach`, one level before.
    """
    best = -1
    shift = 0
    if reach[at] >= 0 and reach[at] < room_a and reach[at] + 1 - k <= room_b:
        best = reach[at] + 1
    if reach[at - 1] >= best and reach[at - 1] >= 0 and reach[at - 1] < room_a:
        best = reach[at - 1] + 1
        shift = -1
    if reach[at + 1] > best and reach[at + 1] - k <= room_b:
        best = reach[at + 1]
        shift = 1
    return best, shift


def slot_of(keys: Array, stamps: Array, stamp: int, diagonal: int) -> int:
    """Return where a hash table keeps a diagonal: its slot, or the free one it would get."""
    slot = (diagonal * 40503) & (len(keys) - 1)
    while stamps[slot] == stamp and keys[slot] != diagonal:
        slot = (slot + 1) & (len(keys) - 1)
    return slot


def weight_of(words: Sequence, first: int, last: int) -> int:
    """Return the weight of words by index: two for a word, one for an unspaced character."""
    weight = 0
    for index in range(first, last):
        weight += 2 - (words[index] & 1)
    return weight


def align_pairs(
    words: Sequence,
    begins: Sequence,
    sizes: Sequence,
    seeds: Array,
    first_seed: int,
    last_seed: int,
    shingle: int,
    min_weight: int,
    min_identity: float,
    drop: int,
    gap: int,
    scratch: Array,
) -> tuple[Array, Array]:
    """Return the passages that seeds lead to, and their runs of equal words.

    Seeds are extended, pieces of one passage joined across at most `gap` words, and what is too
    short or too unlike left out. A pair of documents is worked on by itself, so that the result
    does not depend on how pairs are shared out.

    Args:
        words: values of the words of all documents.
        begins: by a document's rank, the index of its first word.
        sizes: by a document's rank, its number of words.
        seeds: rows (doc_a, doc_b, place_a, place_b), sorted; rows of a pair stand together.
        first_seed: the first row to use; a pair must not be cut.
        last_seed: behind the last row to use.
        shingle: equal words that a seed must have at least, by half.
        min_weight: the least weight of equal words.
        min_identity: the least identity, 2 * equal / both sides.
        drop: see `extend`.
        gap: words that may lie between two pieces of a passage, on either side.
        scratch: see `extend`'s `reach`.

    Returns:
        Rows of blocks (see the columns above) and rows (word of a, word of b, length).
    """
    blocks = np.zeros((64, 10), np.int64)
    n_blocks = 0
    runs = np.zeros((256, 3), np.int64)
    n_runs = 0
    pieces = np.zeros((16, 7), np.int64)
    piece_runs = np.zeros((64, 3), np.int64)
    extended = np.zeros((64, 3), np.int64)
    keys = np.zeros(64, np.int64)
    ends = np.zeros(64, np.int64)
    stamps = np.full(64, -1, np.int64)
    stamp = 0
    table = np.zeros((gap + 1) * (gap + 1), np.int64)
    at = first_seed
    while at < last_seed:
        doc_a = seeds[at, 0]
        doc_b = seeds[at, 1]
        next_pair = at + 1
        while (
            next_pair < last_seed and seeds[next_pair, 0] == doc_a and seeds[next_pair, 1] == doc_b
        ):
            next_pair += 1
        begin_a = begins[doc_a]
        begin_b = begins[doc_b]
        stamp += 1
        stored = 0
        n_pieces = 0
        n_piece_runs = 0
        for index in range(at, next_pair):
            place_a = seeds[index, 2]
            place_b = seeds[index, 3]
            slot = slot_of(keys, stamps, stamp, place_b - place_a)
            if stamps[slot] == stamp and ends[slot] > place_a:
                continue
            a = begin_a + place_a
            b = begin_b + place_b
            if words[a] != words[b]:  # two shingles with one hash
                continue
            lag = place_b - place_a if doc_a == doc_b else FAR
            extended, n_extended, right_a, right_b = extend(
                words,
                a,
                b,
                sizes[doc_a] - place_a,
                sizes[doc_b] - place_b,
                1,
                lag,
                drop,
                scratch,
                extended,
                0,
            )
            first_run = n_piece_runs
            extended, n_both, left_a, left_b = extend(
                words, a - 1, b - 1, place_a, place_b, -1, lag, drop, scratch, extended, n_extended
            )
            piece_runs, n_piece_runs = in_order(
                extended, n_extended, n_both, place_a, place_b, piece_runs, n_piece_runs
            )
            equal = 0
            for run in range(first_run, n_piece_runs):
                start = piece_runs[run, 0]
                equal += weight_of(words, begin_a + start, begin_a + start + piece_runs[run, 2])
                if 2 * stored + 2 > len(keys):
                    keys, ends, stamps = rehashed(keys, ends, stamps, stamp)
                slot = slot_of(keys, stamps, stamp, piece_runs[run, 1] - start)
                if stamps[slot] != stamp:
                    stamps[slot] = stamp
                    keys[slot] = piece_runs[run, 1] - start
                    ends[slot] = 0
                    stored += 1
                if start + piece_runs[run, 2] > ends[slot]:
                    ends[slot] = start + piece_runs[run, 2]
            if equal < shingle:
                n_piece_runs = first_run
                continue
            pieces = grown(pieces, n_pieces, 1)
            pieces[n_pieces, 0] = place_a - left_a
            pieces[n_pieces, 1] = place_a + right_a
            pieces[n_pieces, 2] = place_b - left_b
            pieces[n_pieces, 3] = place_b + right_b
            pieces[n_pieces, 4] = equal
            pieces[n_pieces, 5] = first_run
            pieces[n_pieces, 6] = n_piece_runs
            n_pieces += 1
        first_block = n_blocks
        if n_pieces:
            blocks, n_blocks, runs, n_runs = join_pieces(
                words,
                begin_a,
                begin_b,
                doc_a,
                doc_b,
                pieces,
                n_pieces,
                piece_runs,
                min_weight,
                min_identity,
                gap,
                table,
                blocks,
                n_blocks,
                runs,
                n_runs,
            )
            if doc_a == doc_b:
                n_blocks = without_repeats(blocks, first_block, n_blocks)
        at = next_pair
    return blocks[:n_blocks], runs[:n_runs]


def without_repeats(blocks: Array, first: int, last: int) -> int:
    """Sort blocks of one pair of documents and keep each extent once; return where they end.

    Two chains through a text that repeats itself may be cut to the same passage.
    """
    sort_rows(blocks, first, last, 6)
    kept = first
    for row in range(first, last):
        same = kept > first
        for column in range(6):
            if same and blocks[kept - 1, column] != blocks[row, column]:
                same = False
        if not same:
            for column in range(blocks.shape[1]):
                blocks[kept, column] = blocks[row, column]
            kept += 1
    return kept


def rehashed(keys: Array, ends: Array, stamps: Array, stamp: int) -> tuple[Array, Array, Array]:
    """Return a hash table of twice the size with what is stored under this stamp."""
    size = 2 * len(keys)
    new_keys = np.zeros(size, np.int64)
    new_ends = np.zeros(size, np.int64)
    new_stamps = np.full(size, -1, np.int64)
    for old in range(len(keys)):
        if stamps[old] == stamp:
            slot = slot_of(new_keys, new_stamps, stamp, keys[old])
            new_keys[slot] = keys[old]
            new_ends[slot] = ends[old]
            new_stamps[slot] = stamp
    return new_keys, new_ends, new_stamps


def in_order(
    extended: Array,
    n_right: int,
    n_both: int,
    place_a: int,
    place_b: int,
    out: Array,
    used: int,
) -> tuple[Array, int]:
    """Write the runs of both extensions from left to right; runs that touch become one.

    An extension writes its stretches one after the other, each from its end to its start.
    """
    first = used
    out = grown(out, used, n_both)
    for index in range(n_both):
        length = extended[index, 2]
        if index < n_right:
            start_a = place_a + extended[index, 0]
            start_b = place_b + extended[index, 1]
        else:
            start_a = place_a - extended[index, 0] - length
            start_b = place_b - extended[index, 1] - length
        out[used, 0] = start_a
        out[used, 1] = start_b
        out[used, 2] = length
        used += 1
    sort_rows(out, first, used, 1)
    kept = first
    for index in range(first, used):
        if kept > first:
            touching = (
                out[kept - 1, 0] + out[kept - 1, 2] == out[index, 0]
                and out[kept - 1, 1] + out[kept - 1, 2] == out[index, 1]
            )
            if touching:
                out[kept - 1, 2] += out[index, 2]
                continue
        out[kept, 0] = out[index, 0]
        out[kept, 1] = out[index, 1]
        out[kept, 2] = out[index, 2]
        kept += 1
    return out, kept


def sort_rows(rows: Array, first: int, last: int, columns: int) -> None:
    """Sort rows in place by their first columns: insertion sort for a few, heap sort for many."""
    count = last - first
    if count <= 24:
        for index in range(first + 1, last):
            at = index
            while at > first and is_less(rows, at, at - 1, columns):
                swap(rows, at, at - 1)
                at -= 1
        return
    ordered = True
    for index in range(first + 1, last):
        if is_less(rows, index, index - 1, columns):
            ordered = False
            break
    if ordered:
        return
    for top in range(count // 2 - 1, -1, -1):
        sift(rows, first, top, count, columns)
    for end in range(count - 1, 0, -1):
        swap(rows, first, first + end)
        sift(rows, first, 0, end, columns)


def sift(rows: Array, first: int, top: int, count: int, columns: int) -> None:
    """Let a row sink to its place in a heap."""
    while True:
        child = 2 * top + 1
        if child >= count:
            return
        if child + 1 < count and is_less(rows, first + child, first + child + 1, columns):
            child += 1
        if not is_less(rows, first + top, first + child, columns):
            return
        swap(rows, first + top, first + child)
        top = child


def is_less(rows: Array, left: int, right: int, columns: int) -> bool:
    """Tell whether one row stands before another."""
    for column in range(columns):
        if rows[left, column] != rows[right, column]:
            return bool(rows[left, column] < rows[right, column])
    return False


def swap(rows: Array, left: int, right: int) -> None:
    """Exchange two rows."""
    for column in range(rows.shape[1]):
        kept = rows[left, column]
        rows[left, column] = rows[right, column]
        rows[right, column] = kept


def join_pieces(
    words: Sequence,
    begin_a: int,
    begin_b: int,
    doc_a: int,
    doc_b: int,
    pieces: Array,
    n_pieces: int,
    piece_runs: Array,
    min_weight: int,
    min_identity: float,
    gap: int,
    table: Array,
    blocks: Array,
    n_blocks: int,
    runs: Array,
    n_runs: int,
) -> tuple[Array, int, Array, int]:
    """Join the pieces of a pair of documents into passages, and write those that are enough.

    A piece continues a chain when it follows it closely in both documents and the whole stays
    like enough; the nearest chain wins, then the latest. A piece inside a chain is left out.
    """
    equal = 0
    for piece in range(n_pieces):
        equal += pieces[piece, 4]
    if equal < min_weight:  # most pairs: phrases of the language
        return blocks, n_blocks, runs, n_runs
    sort_rows(pieces, 0, n_pieces, 4)
    # A chain: start_a, end_a, start_b, end_b, equal, span weights of a and b, last piece.
    chains = np.zeros((n_pieces, 8), np.int64)
    n_chains = 0
    heads = np.zeros(n_pieces, np.int64)
    follows = np.full(n_pieces, -1, np.int64)
    for piece in range(n_pieces):
        start_a = pieces[piece, 0]
        end_a = pieces[piece, 1]
        start_b = pieces[piece, 2]
        end_b = pieces[piece, 3]
        inside = False
        nearest = -1
        least = 4 * (gap + OVERLAP) + 1
        for chain in range(n_chains - 1, max(-1, n_chains - 1 - LOOK_BACK), -1):
            if (
                chains[chain, 0] <= start_a
                and end_a <= chains[chain, 1]
                and chains[chain, 2] <= start_b
                and end_b <= chains[chain, 3]
            ):
                inside = True
                break
            after_a = start_a - chains[chain, 1]
            after_b = start_b - chains[chain, 3]
            if (
                -OVERLAP <= after_a <= gap
                and -OVERLAP <= after_b <= gap
                and end_a > chains[chain, 1]
                and end_b > chains[chain, 3]
            ):
                distance = abs(after_a) + abs(after_b)
                if distance < least:
                    least = distance
                    nearest = chain
        if inside:
            continue
        if nearest >= 0:
            lost = trim_piece(
                words, begin_a, pieces, piece, piece_runs, chains[nearest, 1], chains[nearest, 3]
            )
            if pieces[piece, 5] < pieces[piece, 6]:
                equal = chains[nearest, 4] + pieces[piece, 4] - lost
                span_a = chains[nearest, 5] + weight_of(
                    words, begin_a + chains[nearest, 1], begin_a + end_a
                )
                span_b = chains[nearest, 6] + weight_of(
                    words, begin_b + chains[nearest, 3], begin_b + end_b
                )
                if 2 * equal >= min_identity * (span_a + span_b):
                    pieces[piece, 4] -= lost
                    chains[nearest, 1] = end_a
                    chains[nearest, 3] = end_b
                    chains[nearest, 4] = equal
                    chains[nearest, 5] = span_a
                    chains[nearest, 6] = span_b
                    follows[chains[nearest, 7]] = piece
                    chains[nearest, 7] = piece
                    continue
            pieces[piece, 4] -= lost
            if pieces[piece, 5] == pieces[piece, 6]:
                continue
            start_a = pieces[piece, 0]
            start_b = pieces[piece, 2]
        heads[n_chains] = piece
        chains[n_chains, 0] = start_a
        chains[n_chains, 1] = end_a
        chains[n_chains, 2] = start_b
        chains[n_chains, 3] = end_b
        chains[n_chains, 4] = pieces[piece, 4]
        chains[n_chains, 5] = weight_of(words, begin_a + start_a, begin_a + end_a)
        chains[n_chains, 6] = weight_of(words, begin_b + start_b, begin_b + end_b)
        chains[n_chains, 7] = piece
        n_chains += 1
    row = np.zeros((1, 3), np.int64)
    for chain in range(n_chains):
        if chains[chain, 4] < min_weight:
            continue
        first_run = n_runs
        # Where a passage overlaps its own copy (a text that repeats itself), it is cut there.
        limit = chains[chain, 2] if doc_a == doc_b else FAR
        piece = heads[chain]
        while piece >= 0:
            for run in range(pieces[piece, 5], pieces[piece, 6]):
                row[0, 0] = piece_runs[run, 0]
                row[0, 1] = piece_runs[run, 1]
                row[0, 2] = piece_runs[run, 2]
                if run == pieces[piece, 5] and n_runs > first_run:
                    runs, n_runs = fill_gap(
                        words,
                        begin_a,
                        begin_b,
                        runs,
                        n_runs,
                        row[0, 0],
                        row[0, 1],
                        gap,
                        table,
                        limit,
                    )
                while row[0, 0] + row[0, 2] > limit:
                    part = max(0, limit - row[0, 0])
                    if part > 0:
                        runs, n_runs = add_run(runs, first_run, n_runs, row[0, 0], row[0, 1], part)
                    blocks, n_blocks, n_runs = write_block(
                        words,
                        begin_a,
                        begin_b,
                        doc_a,
                        doc_b,
                        min_weight,
                        min_identity,
                        blocks,
                        n_blocks,
                        runs,
                        first_run,
                        n_runs,
                    )
                    first_run = n_runs
                    row[0, 0] += part
                    row[0, 1] += part
                    row[0, 2] -= part
                    limit = max(limit + 1, row[0, 1])
                if row[0, 2] > 0:
                    runs, n_runs = add_run(runs, first_run, n_runs, row[0, 0], row[0, 1], row[0, 2])
            piece = follows[piece]
        blocks, n_blocks, n_runs = write_block(
            words,
            begin_a,
            begin_b,
            doc_a,
            doc_b,
            min_weight,
            min_identity,
            blocks,
            n_blocks,
            runs,
            first_run,
            n_runs,
        )
    return blocks, n_blocks, runs, n_runs


def trim_piece(
    words: Sequence,
    begin_a: int,
    pieces: Array,
    piece: int,
    piece_runs: Array,
    from_a: int,
    from_b: int,
) -> int:
    """Cut off what of a piece lies before the given words; return the weight that it lost."""
    lost = 0
    while pieces[piece, 5] < pieces[piece, 6]:
        run = pieces[piece, 5]
        start = piece_runs[run, 0]
        over = min(piece_runs[run, 2], max(0, from_a - start, from_b - piece_runs[run, 1]))
        if over == 0:
            break
        lost += weight_of(words, begin_a + start, begin_a + start + over)
        piece_runs[run, 0] += over
        piece_runs[run, 1] += over
        piece_runs[run, 2] -= over
        if piece_runs[run, 2] > 0:
            break
        pieces[piece, 5] += 1
    if pieces[piece, 5] < pieces[piece, 6]:
        pieces[piece, 0] = piece_runs[pieces[piece, 5], 0]
        pieces[piece, 2] = piece_runs[pieces[piece, 5], 1]
    return lost


def add_run(
    runs: Array, first_run: int, n_runs: int, start_a: int, start_b: int, length: int
) -> tuple[Array, int]:
    """Write a run of equal words; one that touches the run before it lengthens that one."""
    if n_runs > first_run:
        before = n_runs - 1
        if (
            runs[before, 0] + runs[before, 2] == start_a
            and runs[before, 1] + runs[before, 2] == start_b
        ):
            runs[before, 2] += length
            return runs, n_runs
    runs = grown(runs, n_runs, 1)
    runs[n_runs, 0] = start_a
    runs[n_runs, 1] = start_b
    runs[n_runs, 2] = length
    return runs, n_runs + 1


def fill_gap(
    words: Sequence,
    begin_a: int,
    begin_b: int,
    runs: Array,
    n_runs: int,
    next_a: int,
    next_b: int,
    gap: int,
    table: Array,
    limit: int,
) -> tuple[Array, int]:
    """Write the equal words between two pieces: their longest common subsequence."""
    start_a = runs[n_runs - 1, 0] + runs[n_runs - 1, 2]
    start_b = runs[n_runs - 1, 1] + runs[n_runs - 1, 2]
    size_a = next_a - start_a
    size_b = next_b - start_b
    # In one document the two stretches must not share a word: it would be its own copy.
    if not (0 < size_a <= gap and 0 < size_b <= gap) or next_a > limit:
        return runs, n_runs
    if limit < FAR and next_a > start_b:
        return runs, n_runs
    wide = size_b + 1
    for i in range(size_a, -1, -1):
        for j in range(size_b, -1, -1):
            if i == size_a or j == size_b:
                table[i * wide + j] = 0
            elif words[begin_a + start_a + i] == words[begin_b + start_b + j]:
                table[i * wide + j] = table[(i + 1) * wide + j + 1] + 1
            else:
                table[i * wide + j] = max(table[(i + 1) * wide + j], table[i * wide + j + 1])
    i = 0
    j = 0
    while i < size_a and j < size_b:
        if words[begin_a + start_a + i] == words[begin_b + start_b + j]:
            runs, n_runs = add_run(runs, 0, n_runs, start_a + i, start_b + j, 1)
            i += 1
            j += 1
        elif table[(i + 1) * wide + j] >= table[i * wide + j + 1]:
            i += 1
        else:
            j += 1
    return runs, n_runs


def write_block(
    words: Sequence,
    begin_a: int,
    begin_b: int,
    doc_a: int,
    doc_b: int,
    min_weight: int,
    min_identity: float,
    blocks: Array,
    n_blocks: int,
    runs: Array,
    first_run: int,
    n_runs: int,
) -> tuple[Array, int, int]:
    """Write the passage that the last runs make if it is long and like enough; else drop them."""
    if n_runs == first_run:
        return blocks, n_blocks, first_run
    start_a = runs[first_run, 0]
    start_b = runs[first_run, 1]
    end_a = runs[n_runs - 1, 0] + runs[n_runs - 1, 2]
    end_b = runs[n_runs - 1, 1] + runs[n_runs - 1, 2]
    equal = 0
    for run in range(first_run, n_runs):
        equal += weight_of(words, begin_a + runs[run, 0], begin_a + runs[run, 0] + runs[run, 2])
    both = weight_of(words, begin_a + start_a, begin_a + end_a) + weight_of(
        words, begin_b + start_b, begin_b + end_b
    )
    if equal < min_weight or 2 * equal < min_identity * both:
        return blocks, n_blocks, first_run
    blocks = grown(blocks, n_blocks, 1)
    blocks[n_blocks, DOC_A] = doc_a
    blocks[n_blocks, START_A] = start_a
    blocks[n_blocks, END_A] = end_a
    blocks[n_blocks, DOC_B] = doc_b
    blocks[n_blocks, START_B] = start_b
    blocks[n_blocks, END_B] = end_b
    blocks[n_blocks, EQUAL] = equal
    blocks[n_blocks, BOTH] = both
    blocks[n_blocks, FIRST_RUN] = first_run
    blocks[n_blocks, RUNS] = n_runs - first_run
    return blocks, n_blocks + 1, n_runs


def sort_rows_by_document(rows: Array, used: int, documents: int) -> tuple[Array, Array]:
    """Return rows sorted by all four columns, and where the rows of each first document start.

    The first column, a rank below `documents`, is sorted by counting; then each document's rows.
    """
    starts = np.zeros(documents + 1, np.int64)
    for row in range(used):
        starts[rows[row, 0] + 1] += 1
    for document in range(documents):
        starts[document + 1] += starts[document]
    nexts = starts.copy()
    ordered = np.empty((used, 4), np.int64)
    for row in range(used):
        at = nexts[rows[row, 0]]
        nexts[rows[row, 0]] += 1
        for column in range(4):
            ordered[at, column] = rows[row, column]
    for document in range(documents):
        sort_rows(ordered, starts[document], starts[document + 1], 4)
    return ordered, starts
