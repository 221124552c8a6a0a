"""Conversion between units of text position; the only module that knows any but code points.

Inside newspan every offset is a Unicode code point, half-open, into a document's unaltered text.
Other units stand only at borders: UTF-16 units (JavaScript, Java, old Label Studio exports), UTF-8
bytes (PTC's tools in other languages, Rust), tokens (training) and an item's own code points
(Label Studio tasks).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence


class OffsetError(ValueError):
    """An offset that no border of a code point answers to: out of range, or inside a character."""


class OffsetMap:
    """Converts offsets of one text between code points, UTF-16 units and UTF-8 bytes.

    Built in one pass over the text's wide characters; each conversion is a binary search. Offsets
    run from 0 to the text's length in their unit, both included, since an end may be the length.

    Args:
        text: the unaltered text. A lone surrogate, which no UTF-8 file can hold, is refused.

    Raises:
        OffsetError: from a conversion whose offset is outside the text or inside a character.
        ValueError: when the text holds a lone surrogate.
    """

    __slots__ = ("_astral", "_length", "_wide2", "_wide3")

    def __init__(self, text: str) -> None:
        self._length = len(text)
        # Where a code point takes more than 1 (2, 3) bytes in UTF-8; only the last kind takes more
        # than one unit in UTF-16.
        self._wide2: list[int] = []
        self._wide3: list[int] = []
        self._astral: list[int] = []
        if text.isascii():
            return
        for index, char in enumerate(text):
            if char >= "\x80":
                self._wide2.append(index)
                if char >= "\u0800":
                    if "\ud800" <= char <= "\udfff":
                        raise ValueError(f"lone surrogate at code point {index}")
                    self._wide3.append(index)
                    if char >= "\U00010000":
                        self._astral.append(index)

    def to_utf16(self, offset: int) -> int:
        """Return the UTF-16 offset of a code-point offset."""
        self._check(offset)
        return offset + bisect_left(self._astral, offset)

    def to_utf8(self, offset: int) -> int:
        """Return the UTF-8 byte offset of a code-point offset."""
        self._check(offset)
        return (
            offset
            + bisect_left(self._wide2, offset)
            + bisect_left(self._wide3, offset)
            + bisect_left(self._astral, offset)
        )

    def from_utf16(self, offset: int) -> int:
        """Return the code-point offset of a UTF-16 offset."""
        return self._invert(offset, self.to_utf16, "UTF-16")

    def from_utf8(self, offset: int) -> int:
        """Return the code-point offset of a UTF-8 byte offset."""
        return self._invert(offset, self.to_utf8, "UTF-8")

    def _check(self, offset: int) -> None:
        if not 0 <= offset <= self._length:
            raise OffsetError(f"offset {offset} is outside 0..{self._length} code points")

    def _invert(self, offset: int, forward: Callable[[int], int], unit: str) -> int:
        found = bisect_left(range(self._length + 1), offset, key=forward)
        if offset < 0 or found > self._length:
            raise OffsetError(f"{unit} offset {offset} is outside the text")
        if forward(found) != offset:
            raise OffsetError(f"{unit} offset {offset} is inside a character")
        return found


def to_item(start: int, end: int, item_start: int, item_end: int) -> tuple[int, int]:
    """Return a document extent as an extent of the item's own slice, both in code points.

    Raises:
        OffsetError: when the extent is not inside the item.
    """
    if not item_start <= start <= end <= item_end:
        raise OffsetError(f"extent {start}-{end} is outside the item {item_start}-{item_end}")
    return start - item_start, end - item_start


def from_item(start: int, end: int, item_start: int, item_end: int) -> tuple[int, int]:
    """Return an extent of an item's own slice as a document extent, both in code points.

    Raises:
        OffsetError: when the extent is not inside the item.
    """
    if not 0 <= start <= end <= item_end - item_start:
        raise OffsetError(f"extent {start}-{end} is outside 0..{item_end - item_start}")
    return start + item_start, end + item_start


def to_tokens(start: int, end: int, tokens: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the half-open range of tokens that an extent overlaps, or None if it meets none.

    By overlap, not equality: byte-level tokenizers count a leading space into a token, and a span
    may begin inside one.

    Args:
        start: code points, as are the tokens' borders.
        end: half-open.
        tokens: extents in text order; empty ones, such as special and padding tokens, meet nothing.
    """
    # One pass, not a bisection: special and padding tokens are (0, 0) wherever they stand.
    met = [i for i, (left, right) in enumerate(tokens) if max(left, start) < min(right, end)]
    return (met[0], met[-1] + 1) if met else None


def from_tokens(first: int, last: int, tokens: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the extent in code points that a half-open range of tokens covers.

    Raises:
        OffsetError: when the range is empty or outside the tokens.
    """
    if not 0 <= first < last <= len(tokens):
        raise OffsetError(f"token range {first}-{last} is outside 0..{len(tokens)}")
    return tokens[first][0], tokens[last - 1][1]
