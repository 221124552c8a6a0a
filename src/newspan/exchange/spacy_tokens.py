"""Tokens whose borders are those of spans, and that give back the text character by character."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

Extent = tuple[int, int]


class Pieces(NamedTuple):
    """A text in tokens, each followed by a space or not.

    `starts` has the number of the token that begins at an offset, `ends` one more than that of the
    token which ends there.
    """

    words: tuple[str, ...]
    spaces: tuple[bool, ...]
    starts: dict[int, int]
    ends: dict[int, int]


def pieces(text: str, tokens: Iterable[Extent], spans: Iterable[Extent]) -> Pieces:
    """Return a text in tokens, cut further wherever a span begins or ends.

    A single space goes with the token before it, unless a span begins with it or ends behind it.

    Args:
        text: any text.
        tokens: extents of tokens in it, in code points.
        spans: extents of spans, in code points; none is empty.
    """
    first, last = set(), set()
    for start, end in spans:
        first.add(start)
        last.add(end)
    borders = {0, len(text), *first, *last}
    for start, end in tokens:
        borders |= {start, end}
    ordered = sorted(border for border in borders if 0 <= border <= len(text))
    words: list[str] = []
    spaces: list[bool] = []
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    for start, end in pairwise(ordered):
        word = text[start:end]
        if word == " " and words and not spaces[-1] and start not in first and end not in last:
            spaces[-1] = True
            continue
        starts[start] = len(words)
        words.append(word)
        spaces.append(False)
        ends[end] = len(words)
    return Pieces(tuple(words), tuple(spaces), starts, ends)
