"""Where tokens begin and end, white space at their edges not counted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from newspan.text import cuts_grapheme, is_blank
from newspan.training.examples import Extent


class Tokens:
    """The tokens of a text that hold more than white space, trimmed of it."""

    def __init__(self, text: str, tokens: Sequence[Extent]) -> None:
        """Take a text and its tokens.

        Raises:
            ValueError: when the tokens are not in text order.
        """
        # Byte-level tokenizers count the space before a word into it.
        trimmed = [held(text, start, end) for start, end in tokens]
        #: The number, among all, of each token that holds more than white space.
        self.real = [i for i, (start, end) in enumerate(trimmed) if start < end]
        self._starts = [trimmed[i][0] for i in self.real]
        self._ends = [trimmed[i][1] for i in self.real]
        if self._starts != sorted(self._starts) or self._ends != sorted(self._ends):
            raise ValueError("tokens must be in text order")

    def __len__(self) -> int:
        """Return how many tokens hold more than white space."""
        return len(self.real)

    def of(self, start: int, end: int) -> Extent | None:
        """Return the half-open range of tokens whose extent is this one, None if there is none."""
        first, last = bisect_right(self._ends, start), bisect_left(self._starts, end)
        if first >= last or self.extent(first, last) != (start, end):
            return None
        return first, last

    def inside(self, start: int, end: int) -> Extent:
        """Return the half-open range of tokens that lie inside an extent; it may be empty."""
        return bisect_left(self._starts, start), bisect_right(self._ends, end)

    def extent(self, first: int, last: int) -> Extent:
        """Return the extent of a half-open range of tokens, without white space at its edges."""
        return self._starts[first], self._ends[last - 1]


def held(text: str, start: int, end: int) -> Extent:
    """Return a token without the white space at its edges, unless a mark stands upon it."""

    def bare(at: int) -> bool:
        return is_blank(text[at]) and not (
            at + 1 < len(text) and not is_blank(text[at + 1]) and cuts_grapheme(text, at + 1)
        )

    while start < end and bare(start):
        start += 1
    while end > start and bare(end - 1):
        end -= 1
    return start, end
