"""Where strings stand in a text, as whole words, found for all strings in one pass."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from newspan.reuse.words import Words, words_of
from newspan.text import is_blank, trim
from newspan.text.boundaries import JOINERS

_END = -1


@cache
def _fold(char: str) -> str:
    if char in JOINERS:
        return ""
    return " " if is_blank(char) else char.casefold()


def folded(surface: str) -> str:
    """Return a surface as strings are compared.

    Case is folded, accents are composed (NFC), white space is made equal, and joiners and soft
    hyphens are left out.
    """
    if surface.isascii():
        return " ".join(surface.lower().split())
    return unicodedata.normalize("NFC", " ".join("".join(map(_fold, surface)).split()))


class Hit(NamedTuple):
    """An occurrence: the string, its extent, and the neighbour words, empty at a zone's edge."""

    string: str
    start: int
    end: int
    left: str
    right: str


class Strings:
    """Strings to look for. What has no letter or digit in it is never found.

    A step of the tree is a word's value, so that a text is read once however many strings there
    are. Words are those of `newspan.reuse.words`; a candidate is compared with its marks and white
    space before it counts.
    """

    def __init__(self, surfaces: Iterable[str]) -> None:
        self._root: dict[int, Any] = {}
        for untrimmed in sorted(set(surfaces)):
            surface = untrimmed[slice(*trim(untrimmed, 0, len(untrimmed)))]
            words = words_of(surface)
            if not words.values:
                continue
            node = self._root
            for value in words.values:
                node = node.setdefault(value, {})
            before, after = words.starts[0], len(surface) - words.ends[-1]
            node.setdefault(_END, {})[before, after, folded(surface)] = None

    def hits(self, text: str, start: int, end: int) -> Iterator[Hit]:
        """Yield the occurrences in `text[start:end]`, in code points of the text."""
        piece = text[start:end]
        words = words_of(piece)
        values, starts, ends = words
        for first in range(len(values)):
            node: dict[int, Any] | None = self._root.get(values[first])
            last = first
            while node is not None:
                for before, after, string in node.get(_END, ()):
                    left, right = starts[first] - before, ends[last] + after
                    if left < 0 or right > len(piece) or folded(piece[left:right]) != string:
                        continue
                    around = _neighbours(piece, words, first, last)
                    yield Hit(string, start + left, start + right, *around)
                last += 1
                node = node.get(values[last]) if last < len(values) else None


def _neighbours(piece: str, words: Words, first: int, last: int) -> tuple[str, str]:
    left = piece[words.starts[first - 1] : words.ends[first - 1]] if first else ""
    after = last + 1
    right = piece[words.starts[after] : words.ends[after]] if after < len(words.starts) else ""
    return folded(left), folded(right)
