"""What the CRF reads of each token: strings, as CRFsuite takes them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from newspan.text import quoted_ranges, sentences
from newspan.training.examples import Extent
from newspan.training.words import NAME, form, is_masked, shape

#: How many words to either side are read.
WIDTH = 2


def features(text: str, tokens: Sequence[Extent]) -> list[list[str]]:
    """Return the features of the words of one stretch.

    Of a word: itself, up to four letters of either end, shape, whether it stands in quotation marks
    and where in its sentence. Of its neighbours, two to each side: word and shape, and the pairs
    with the next ones.
    """
    start, end = tokens[0][0], tokens[-1][1]
    words = [form(text[a:b]) for a, b in tokens]
    shapes = [shape(text[a:b]) for a, b in tokens]
    quoted = quoted_ranges(text, start, end)
    borders = sentences(text, start, end)
    firsts = {a for a, _ in borders}
    lasts = {b for _, b in borders}
    inside = _inside(tokens, quoted)
    found = []
    for at, (a, b) in enumerate(tokens):
        word = words[at]
        row = ["bias", f"w={word}", f"s={shapes[at]}"]
        if not is_masked(text[a:b]) and word != NAME:
            for size in range(1, min(5, len(word))):
                row += (f"p={word[:size]}", f"e={word[-size:]}")
        if inside[at]:
            row.append("quoted")
        if a in firsts:
            row.append("first")
        if b in lasts:
            row.append("last")
        for step in range(-WIDTH, WIDTH + 1):
            if step and 0 <= at + step < len(tokens):
                row += (f"{step}w={words[at + step]}", f"{step}s={shapes[at + step]}")
            elif step:
                row.append(f"{step}none")
        if at:
            row.append(f"-1+0={words[at - 1]} {word}")
        if at + 1 < len(tokens):
            row.append(f"0+1={word} {words[at + 1]}")
        found.append(row)
    return found


def _inside(tokens: Sequence[Extent], ranges: Sequence[Extent]) -> list[bool]:
    """Tell of each token whether it lies in one of some extents, which may nest."""
    starts = [start for start, _ in ranges]
    reach: list[int] = []
    for _, end in ranges:
        reach.append(max(end, reach[-1] if reach else 0))
    found = []
    for start, end in tokens:
        before = bisect_right(starts, start)
        found.append(before > 0 and end <= reach[before - 1])
    return found
