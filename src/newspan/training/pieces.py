"""An item as a transformer reads it: sub-words, and the words that they make up.

Spans begin and end with words, not with sub-words: tokenizers drop combining marks and invisible
signs, and join what we keep apart. A word is told by its first sub-word.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from newspan.text import words
from newspan.training.examples import Example, Extent
from newspan.training.mask import PLACEHOLDER
from newspan.training.tokens import held
from newspan.training.words import is_masked

#: From a text, the ids and extents of its sub-words, without special ones.
Cut = Callable[[str], tuple[list[int], list[Extent]]]


class Stretch(NamedTuple):
    """The words of a stretch, and the number of the sub-word that tells each."""

    words: list[Extent]
    first: list[int]


class Pieces(NamedTuple):
    """An example, the ids and extents of its sub-words, and its stretches."""

    example: Example
    ids: list[int]
    extents: list[Extent]
    stretches: list[Stretch]

    @property
    def words(self) -> list[Extent]:
        """Return the words of all stretches."""
        return [word for stretch in self.stretches for word in stretch.words]

    @property
    def first(self) -> list[int]:
        """Return the number of the sub-word that tells each word."""
        return [first for stretch in self.stretches for first in stretch.first]


def pieces_of(example: Example, cut: Cut, hidden: int) -> Pieces:
    """Return an example as sub-words.

    Words that one sub-word spans are one; words that have none, such as a lone zero-width space,
    are left out: spans that begin or end there cannot be represented. A masked name is one sub-word
    whatever its length, which would tell which name it was.

    Args:
        example: the example.
        cut: the tokenizer.
        hidden: the id of the sub-word that stands for masked names.
    """
    ids, extents = cut(example.text)
    ids, extents = _hidden(example.text, ids, extents, hidden)
    known = _Known(example.text, extents)
    taken: set[int] = set()
    stretches = []
    for start, end in example.stretches:
        stretch = _stretch(words(example.text, start, end), known)
        # A sub-word may reach over the border of two stretches; it tells a word of the first.
        own = [
            (word, first)
            for word, first in zip(stretch.words, stretch.first, strict=True)
            if first not in taken
        ]
        taken.update(first for _, first in own)
        stretches.append(Stretch([word for word, _ in own], [first for _, first in own]))
    return Pieces(example, ids, extents, stretches)


def _hidden(
    text: str, ids: list[int], extents: list[Extent], hidden: int
) -> tuple[list[int], list[Extent]]:
    """Return sub-words with one in the place of all those of a masked name."""
    if 2 * PLACEHOLDER not in text:
        return ids, extents
    masked = [word for word in words(text) if is_masked(text[word[0] : word[1]])]
    starts = [start for start, _ in masked]
    seen: set[int] = set()
    kept = []
    for number, (start, end) in zip(ids, extents, strict=True):
        at = bisect_right(starts, max(start, end - 1)) - 1
        if at < 0 or end <= start or masked[at][1] < end:
            kept.append((number, (start, end)))
        elif at not in seen:
            seen.add(at)
            kept.append((hidden, masked[at]))
    return [number for number, _ in kept], [extent for _, extent in kept]


class _Known:
    """Sub-words that hold more than white space, to be looked up by where they stand."""

    def __init__(self, text: str, extents: Sequence[Extent]) -> None:
        # Byte-level tokenizers count the space before a word into it.
        bare = ((held(text, *extent), number) for number, extent in enumerate(extents))
        self._found = sorted((start, number, end) for (start, end), number in bare if start < end)
        self._reach = list(accumulate((end for *_, end in self._found), max))

    def within(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Yield start, number and end of all that may share a character with an extent."""
        first = bisect_right(self._reach, start)
        yield from self._found[first : bisect_left(self._found, (end,))]


def _stretch(found: list[Extent], known: _Known) -> Stretch:
    """Return words with their first sub-words; those that a sub-word spans are joined."""
    starts = [start for start, _ in found]
    ends = [end for _, end in found]
    first: dict[int, int] = {}
    joined = [False] * (len(found) + 1)  # whether a word hangs together with the one before
    for start, number, end in known.within(starts[0], ends[-1]) if found else ():
        begin, stop = bisect_right(ends, start), bisect_left(starts, end)
        for at in range(begin, stop):
            first.setdefault(at, number)
            if at > begin:
                joined[at] = True
    kept: list[Extent] = []
    numbers: list[int] = []
    for at, (start, end) in enumerate(found):
        if joined[at] and kept:
            kept[-1] = (kept[-1][0], end)
        elif at in first:
            kept.append((start, end))
            numbers.append(first[at])
    return Stretch(kept, numbers)
