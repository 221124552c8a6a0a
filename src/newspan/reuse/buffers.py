"""Loops over UTF-8 buffers and 64-bit hashes, to be compiled: `newspan.reuse.compiled` does so.

They give what `newspan.reuse.words` and `newspan.reuse.shingles` give, which a test compares. Their
arithmetic wraps at 64 bits, as numba's does and Python's does not: don't run them uncompiled.
"""

# numba's integers have a fixed width, which needs casts that say nothing to mypy.
# mypy: disable-error-code="return-value,assignment,arg-type"

from __future__ import annotations

from typing import Any

import numpy as np

from newspan.reuse.loops import grown, link_count, link_group, sort_rows
from newspan.reuse.words import FNV_OFFSET, FNV_PRIME, IS_MARK, MIX_1, MIX_2

Array = Any

# Where every so many words of a document start is kept, so that offsets are found without reading
# the document from its beginning.
STRIDE = 64

_OFFSET, _PRIME = np.uint64(FNV_OFFSET), np.uint64(FNV_PRIME)
_MIX_1, _MIX_2, _33 = np.uint64(MIX_1), np.uint64(MIX_2), np.uint64(33)
_32, _TOP = np.uint64(32), np.uint64(0xFFFFFFFE)
_NONE = np.uint64(0)
_EVEN = np.uint64(0xFFFFFFFFFFFFFFFE)
_ONE = np.uint64(1)

SEPARATOR, WORD, MARK, JOINER, UNSPACED = range(5)
UNKNOWN = 255


def mixed(value: Any) -> Any:
    """Return 64 well mixed bits, as `words.mix` does."""
    value ^= value >> _33
    value *= _MIX_1
    value ^= value >> _33
    value *= _MIX_2
    return value ^ (value >> _33)


def decoded(text: Array, at: int) -> tuple[int, int]:
    """Return the code point at a byte of valid UTF-8, and its bytes."""
    first = np.int64(text[at])
    if first < 0x80:
        return first, 1
    if first < 0xE0:
        return (first & 0x1F) << 6 | (text[at + 1] & 0x3F), 2
    if first < 0xF0:
        return (first & 0x0F) << 12 | (text[at + 1] & 0x3F) << 6 | (text[at + 2] & 0x3F), 3
    return (
        (first & 0x07) << 18
        | (text[at + 1] & 0x3F) << 12
        | (text[at + 2] & 0x3F) << 6
        | (text[at + 3] & 0x3F)
    ), 4


def unknown_codes(text: Array, start: int, stop: int, classes: Array, out: Array) -> int:
    """Write the code points that have no class yet, once each; return how many.

    At most `out` is filled. They are marked as separators, so that each is found once.
    """
    found = 0
    at = start
    while at < stop and found < len(out):
        if text[at] < 0x80:
            at += 1
            continue
        code, size = decoded(text, at)
        at += size
        if classes[code] == UNKNOWN:
            classes[code] = SEPARATOR
            out[found] = code
            found += 1
    return found


def next_word(
    text: Array, at: int, stop: int, code_at: int, classes: Array, fold_at: Array, folds: Array
) -> tuple[int, int, int, int, int, int, int]:
    """Return the next word: value, start and end in bytes, the same in code points, where to go on.

    The value is -1 when there is none. `at` and `code_at` are one place, in bytes and code points.
    """
    state = _OFFSET
    marks = _NONE
    begun = SEPARATOR
    start = at
    start_code = code_at
    end = at
    end_code = code_at
    while at < stop:
        code, size = decoded(text, at)
        kind = classes[code]
        if begun == SEPARATOR:
            if kind in (WORD, UNSPACED):
                begun = kind
                start = at
                start_code = code_at
            else:
                at += size
                code_at += 1
                continue
        elif kind == JOINER:
            at += size
            code_at += 1
            continue
        elif kind != MARK and (kind != WORD or begun == UNSPACED):
            break
        single = fold_at[code]
        if single >= 0:
            if marks != _NONE:
                state = (state ^ marks) * _PRIME
                marks = _NONE
            state = (state ^ np.uint64(single)) * _PRIME
        else:
            entry = -single
            for index in range(entry + 1, entry + 1 + folds[entry]):
                part = np.uint64(folds[index])
                if folds[index] & IS_MARK:
                    marks += mixed(part)
                else:
                    if marks != _NONE:
                        state = (state ^ marks) * _PRIME
                        marks = _NONE
                    state = (state ^ part) * _PRIME
        at += size
        code_at += 1
        end = at
        end_code = code_at
    if begun == SEPARATOR:
        return -1, start, end, start_code, end_code, at, code_at
    if marks != _NONE:
        state = (state ^ marks) * _PRIME
    value = np.int64((mixed(state) >> _32) & _TOP)
    if begun == UNSPACED:
        value |= 1
    # After joiners at a word's end, the search goes on behind them.
    return value, start, end, start_code, end_code, at, code_at


def read_words(
    text: Array,
    offsets: Array,
    first: int,
    last: int,
    classes: Array,
    fold_at: Array,
    folds: Array,
    values: Array,
    sizes: Array,
    marks: Array,
) -> tuple[int, int]:
    """Write the words of documents one after the other; return how many words and marks there are.

    Args:
        text: UTF-8, all documents.
        offsets: where each document starts in it, in bytes, and the end.
        first: the first document to read.
        last: behind the last one.
        classes: by code point, its class.
        fold_at: by code point, its folded code point, or minus the place of several in `folds`.
        folds: for each such place, how many there are, then these.
        values: the words' values, written; one for every two bytes and document is enough.
        sizes: words of each document, written.
        marks: rows (byte in the document, code point), one for every STRIDE words of a document,
            the first for the word STRIDE; written.
    """
    count = 0
    marked = 0
    for document in range(first, last):
        begin = offsets[document]
        stop = offsets[document + 1]
        at = begin
        code_at = 0
        words = 0
        while True:
            value, start, _, start_code, _, at, code_at = next_word(
                text, at, stop, code_at, classes, fold_at, folds
            )
            if value < 0:
                break
            if words and words % STRIDE == 0:
                marks[marked, 0] = start - begin
                marks[marked, 1] = start_code
                marked += 1
            values[count] = value
            count += 1
            words += 1
        sizes[document - first] = words
    return count, marked


def hash_at(words: Array, at: int, stop: int, weight: int) -> tuple[int, Any]:
    """Return how many words the shingle at a word has, and its hash; 0 words where it is cut."""
    state = _OFFSET
    index = at
    while weight > 0:
        if index >= stop:
            return 0, state
        word = words[index]
        state = (state ^ np.uint64(word)) * _MIX_1
        state ^= state >> _32
        weight -= 2 - np.int64(word & 1)
        index += 1
    # The lowest bit tells a shingle that begins with an unspaced character.
    return index - at, (mixed(state) & _EVEN) | np.uint64(words[at] & 1)


def hash_shingles(
    words: Array,
    begins: Array,
    sizes: Array,
    first: int,
    last: int,
    weight: int,
    sample: int,
    part: int,
    parts: int,
    position_bits: int,
    out: Array,
) -> int:
    """Write keys of shingles of documents: a hash's upper bits above the index of its first word.

    Only the sampled ones, and of those the ones that fall to a part of `parts` (a power of two).
    Returns how many; `out` must have room for all words of the documents.
    """
    count = 0
    low = np.uint64((1 << position_bits) - 1)
    wanted = np.uint64(part)
    part_mask = np.uint64(parts - 1)
    every = np.uint64(sample)
    for document in range(first, last):
        begin = begins[document]
        stop = begin + sizes[document]
        for index in range(begin, stop):
            length, value = hash_at(words, index, stop, weight)
            if length == 0:
                break
            if sample > 1 and ((value >> _ONE) & np.uint64(0xFFFF)) % every != _NONE:
                continue
            if parts > 1 and (value >> np.uint64(20)) & part_mask != wanted:
                continue
            out[count] = (value & ~low) | np.uint64(index)
            count += 1
    return count


def keep_repeated(keys: Array, used: int, seen: Array, again: Array) -> int:
    """Move the keys whose hash may occur twice to the front; return how many these are.

    Most shingles occur once; to find that out by two bits each is cheaper than to sort them.

    Args:
        keys: as `hash_shingles` writes them.
        used: how many.
        seen: bits, all 0: a power of two of 64-bit words.
        again: the same.
    """
    mask = np.uint64(64 * len(seen) - 1)
    shift = np.uint64(64) - np.uint64(_bits_of(64 * len(seen)))
    low = np.uint64(63)
    one = np.uint64(1)
    six = np.uint64(6)
    for index in range(used):
        bit = (keys[index] >> shift) & mask
        flag = one << (bit & low)
        word = bit >> six
        if seen[word] & flag:
            again[word] |= flag
        else:
            seen[word] |= flag
    kept = 0
    for index in range(used):
        bit = (keys[index] >> shift) & mask
        if again[bit >> six] & (one << (bit & low)):
            keys[kept] = keys[index]
            kept += 1
    return kept


def _bits_of(size: int) -> int:
    """Return the binary logarithm of a power of two."""
    bits = 0
    while (1 << bits) < size:
        bits += 1
    return bits


def link_keys(
    keys: Array,
    first: int,
    last: int,
    position_bits: int,
    words: Array,
    starts: Array,
    ranks: Array,
    weight: int,
    first_of_other: int,
    all_pairs_to: int,
    least_apart: int,
    out: Array,
) -> tuple[Array, int]:
    """Return the seeds of sorted keys from `first` to `last`, where no group is cut.

    Args:
        keys: as `hash_shingles` writes them, sorted.
        first: where to start.
        last: where to stop.
        position_bits: lower bits of a key that are the index of its first word.
        words: values of all words.
        starts: where each document's words start, in order of reading, and the end.
        ranks: the rank of each document, in order of reading.
        weight: of a shingle.
        first_of_other: see `link_group`.
        all_pairs_to: see `link_group`.
        least_apart: see `link_group`.
        out: rows (doc_a, doc_b, place_a, place_b) to start with; a longer array is returned when
            they do not suffice.
    """
    used = 0
    low = np.uint64((1 << position_bits) - 1)
    shift = np.uint64(position_bits)
    members = np.zeros((64, 3), np.int64)
    docs = np.zeros(64, np.int64)
    places = np.zeros(64, np.int64)
    at = first
    while at < last:
        group = keys[at] >> shift
        end = at + 1
        while end < last and keys[end] >> shift == group:
            end += 1
        size = end - at
        if size > 1:
            unspaced = np.int64(words[np.int64(keys[at] & low)] & 1)
            if size > len(docs):
                members = np.zeros((2 * size, 3), np.int64)
                docs = np.zeros(2 * size, np.int64)
                places = np.zeros(2 * size, np.int64)
            collided = False
            index_0 = np.int64(keys[at] & low)
            stop_0 = 0
            for member in range(size):
                index = np.int64(keys[at + member] & low)
                # The document whose words hold this one.
                left = 0
                right = len(starts) - 1
                while right - left > 1:
                    middle = (left + right) // 2
                    if starts[middle] <= index:
                        left = middle
                    else:
                        right = middle
                members[member, 0] = ranks[left]
                members[member, 1] = index - starts[left]
                members[member, 2] = index
                if member == 0:
                    stop_0 = starts[left + 1]
                else:
                    collided |= not same_shingle(
                        words, index_0, stop_0, index, starts[left + 1], weight
                    )
            if collided:
                # Another shingle shares the hash's upper bits: the whole hash parts them.
                for member in range(size):
                    index = members[member, 2]
                    _, value = hash_at(words, index, len(words), weight)
                    members[member, 2] = np.int64(value >> np.uint64(1))
                from_member = 0
                sort_members_by_hash(members, size)
                for member in range(1, size + 1):
                    if member == size or members[member, 2] != members[from_member, 2]:
                        out, used = link_members(
                            members,
                            from_member,
                            member,
                            docs,
                            places,
                            first_of_other,
                            all_pairs_to,
                            least_apart * (1 + unspaced),
                            out,
                            used,
                        )
                        from_member = member
            else:
                out, used = link_members(
                    members,
                    0,
                    size,
                    docs,
                    places,
                    first_of_other,
                    all_pairs_to,
                    least_apart * (1 + unspaced),
                    out,
                    used,
                )
        at = end
    return out, used


def same_shingle(
    words: Array, left: int, stop_left: int, right: int, stop_right: int, weight: int
) -> bool:
    """Tell whether the same words stand at two indexes, up to a shingle's weight."""
    while weight > 0:
        if left >= stop_left or right >= stop_right or words[left] != words[right]:
            return False
        weight -= 2 - np.int64(words[left] & 1)
        left += 1
        right += 1
    return True


def sort_members_by_hash(members: Array, size: int) -> None:
    """Sort rows of one group by their whole hash, which stands in the last column."""
    for row in range(size):
        kept = members[row, 0]
        members[row, 0] = members[row, 2]
        members[row, 2] = kept
    sort_rows(members, 0, size, 1)
    for row in range(size):
        kept = members[row, 0]
        members[row, 0] = members[row, 2]
        members[row, 2] = kept


def link_members(
    members: Array,
    first: int,
    last: int,
    docs: Array,
    places: Array,
    first_of_other: int,
    all_pairs_to: int,
    least_apart: int,
    out: Array,
    used: int,
) -> tuple[Array, int]:
    """Link one group's occurrences, put in order of rank and place."""
    size = last - first
    if size < 2:
        return out, used
    sort_rows(members, first, last, 2)
    for member in range(size):
        docs[member] = members[first + member, 0]
        places[member] = members[first + member, 1]
    need = link_count(size, all_pairs_to)
    out = grown(out, used, need)
    used = link_group(docs, places, 0, size, first_of_other, all_pairs_to, least_apart, out, used)
    return out, used


def locate_words(
    text: Array,
    begin: int,
    stop: int,
    marks: Array,
    first_mark: int,
    first: int,
    last: int,
    classes: Array,
    fold_at: Array,
    folds: Array,
    out: Array,
) -> None:
    """Write where words `first` to `last` of a document stand, in bytes and in code points.

    `out` has rows (start byte, end byte, start, end); bytes count from the buffer's start.
    """
    word = first // STRIDE * STRIDE
    at = begin
    code_at = 0
    if word > 0:
        row = first_mark + word // STRIDE - 1
        at = begin + marks[row, 0]
        code_at = marks[row, 1]
    while word < last:
        _, start, end, start_code, end_code, at, code_at = next_word(
            text, at, stop, code_at, classes, fold_at, folds
        )
        if word >= first:
            out[word - first, 0] = start
            out[word - first, 1] = end
            out[word - first, 2] = start_code
            out[word - first, 3] = end_code
        word += 1


def locate_blocks(
    text: Array,
    offsets: Array,
    marks: Array,
    mark_at: Array,
    readings: Array,
    blocks: Array,
    runs: Array,
    first: int,
    last: int,
    classes: Array,
    fold_at: Array,
    folds: Array,
) -> tuple[Array, Array, int]:
    """Return blocks as code points, and their runs of identical text.

    Args:
        text: UTF-8, all documents.
        offsets: where each document starts in it, in order of reading, and the end.
        marks: see `read_words`.
        mark_at: a document's first row in `marks`, in order of reading.
        readings: by rank, the document's place in the order of reading.
        blocks: see `loops.align_pairs`.
        runs: see `loops.align_pairs`.
        first: the first block.
        last: behind the last one.
        classes: see `read_words`.
        fold_at: see `read_words`.
        folds: see `read_words`.

    Returns:
        Rows (start_a, end_a, start_b, end_b, runs); rows (start_a, start_b, length); and how many
        of these.
    """
    located = np.zeros((last - first, 5), np.int64)
    same = np.zeros((256, 3), np.int64)
    used = 0
    of_a = np.zeros((256, 4), np.int64)
    of_b = np.zeros((256, 4), np.int64)
    for index in range(first, last):
        doc_a = readings[blocks[index, 0]]
        doc_b = readings[blocks[index, 3]]
        start_a, end_a = blocks[index, 1], blocks[index, 2]
        start_b, end_b = blocks[index, 4], blocks[index, 5]
        if end_a - start_a > of_a.shape[0]:
            of_a = np.zeros((2 * (end_a - start_a), 4), np.int64)
        if end_b - start_b > of_b.shape[0]:
            of_b = np.zeros((2 * (end_b - start_b), 4), np.int64)
        locate_words(
            text,
            offsets[doc_a],
            offsets[doc_a + 1],
            marks,
            mark_at[doc_a],
            start_a,
            end_a,
            classes,
            fold_at,
            folds,
            of_a,
        )
        locate_words(
            text,
            offsets[doc_b],
            offsets[doc_b + 1],
            marks,
            mark_at[doc_b],
            start_b,
            end_b,
            classes,
            fold_at,
            folds,
            of_b,
        )
        row = index - first
        located[row, 0] = of_a[0, 2]
        located[row, 1] = of_a[end_a - start_a - 1, 3]
        located[row, 2] = of_b[0, 2]
        located[row, 3] = of_b[end_b - start_b - 1, 3]
        same, now = identical_runs(
            text,
            text,
            of_a,
            of_b,
            start_a,
            start_b,
            runs,
            blocks[index, 8],
            blocks[index, 9],
            same,
            used,
        )
        located[row, 4] = now - used
        used = now
    return located, same, used


def identical_runs(
    text_a: Array,
    text_b: Array,
    of_a: Array,
    of_b: Array,
    start_a: int,
    start_b: int,
    runs: Array,
    first_run: int,
    n_runs: int,
    out: Array,
    used: int,
) -> tuple[Array, int]:
    """Write the runs of identical text among runs of equal words, in code points."""
    first_used = used
    for run in range(first_run, first_run + n_runs):
        for step in range(runs[run, 2]):
            a = runs[run, 0] - start_a + step
            b = runs[run, 1] - start_b + step
            size = of_a[a, 1] - of_a[a, 0]
            if size != of_b[b, 1] - of_b[b, 0]:
                continue
            if not same_bytes(text_a, of_a[a, 0], text_b, of_b[b, 0], size):
                continue
            if step > 0 and used > first_used:
                # Joined to the word before when that was identical, and what lies between is.
                end_a = out[used - 1, 0] + out[used - 1, 2]
                end_b = out[used - 1, 1] + out[used - 1, 2]
                between = of_a[a, 0] - of_a[a - 1, 1]
                if (
                    end_a == of_a[a - 1, 3]
                    and end_b == of_b[b - 1, 3]
                    and between == of_b[b, 0] - of_b[b - 1, 1]
                    and same_bytes(text_a, of_a[a - 1, 1], text_b, of_b[b - 1, 1], between)
                ):
                    out[used - 1, 2] = of_a[a, 3] - out[used - 1, 0]
                    continue
            out = grown(out, used, 1)
            out[used, 0] = of_a[a, 2]
            out[used, 1] = of_b[b, 2]
            out[used, 2] = of_a[a, 3] - of_a[a, 2]
            used += 1
    return out, used


def same_bytes(left: Array, left_at: int, right: Array, right_at: int, size: int) -> bool:
    """Tell whether two stretches of bytes are equal."""
    for index in range(size):  # noqa: SIM110 - numba has no all() over a generator
        if left[left_at + index] != right[right_at + index]:
            return False
    return True


def locate_members(
    text: Array,
    offsets: Array,
    marks: Array,
    mark_at: Array,
    readings: Array,
    members: Array,
    classes: Array,
    fold_at: Array,
    folds: Array,
) -> Array:
    """Return where members stand: rows (start byte, end byte, start, end); see `locate_blocks`."""
    out = np.zeros((len(members), 4), np.int64)
    ends = np.zeros((1, 4), np.int64)
    for row in range(len(members)):
        reading = readings[members[row, 1]]
        for end in range(2):
            word = members[row, 2] if end == 0 else members[row, 3] - 1
            locate_words(
                text,
                offsets[reading],
                offsets[reading + 1],
                marks,
                mark_at[reading],
                word,
                word + 1,
                classes,
                fold_at,
                folds,
                ends,
            )
            out[row, end] = ends[0, end]
            out[row, 2 + end] = ends[0, 2 + end]
    return out


def link_sorted(
    hashes: Array,
    docs: Array,
    places: Array,
    first_of_other: int,
    all_pairs_to: int,
    least_apart: int,
    out: Array,
) -> tuple[Array, int]:
    """Return the seeds of occurrences sorted by hash, document and place; see `link_group`."""
    used = 0
    at = 0
    while at < len(hashes):
        end = at + 1
        while end < len(hashes) and hashes[end] == hashes[at]:
            end += 1
        if end - at > 1:
            out = grown(out, used, link_count(end - at, all_pairs_to))
            apart = least_apart * (1 + (np.int64(hashes[at]) & 1))
            used = link_group(docs, places, at, end, first_of_other, all_pairs_to, apart, out, used)
        at = end
    return out, used


def shingle_rows(
    words: Array,
    begins: Array,
    sizes: Array,
    ranks: Array,
    weight: int,
    sample: int,
    hashes: Array,
    spots: Array,
) -> int:
    """Write the sampled shingles of documents; return how many rows there are.

    Args:
        words: values of all words.
        begins: where each document's words start in it.
        sizes: words of each document.
        ranks: the rank of each document.
        weight: of a shingle.
        sample: one in so many is taken, the same ones as by `hash_shingles`.
        hashes: 64-bit hashes, written; must have room for all words of the documents.
        spots: rank << 32 | place, written.
    """
    count = 0
    every = np.uint64(sample)
    for document in range(len(begins)):
        begin = begins[document]
        stop = begin + sizes[document]
        for index in range(begin, stop):
            length, value = hash_at(words, index, stop, weight)
            if length == 0:
                break
            if sample > 1 and ((value >> _ONE) & np.uint64(0xFFFF)) % every != _NONE:
                continue
            hashes[count] = value
            spots[count] = ranks[document] << 32 | (index - begin)
            count += 1
    return count
