"""Stretches that a string and documents have in common, whatever hides them a little.

White space, case, kinds of quotation marks and Markdown's signs don't tell two stretches apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

import msgspec

#: The shortest stretch that counts as a quotation rather than as words that happen to be the same.
SHORTEST = 20
_STRIDE = 10
_SEED = SHORTEST - _STRIDE + 1
_SIGNS = frozenset("\\*_`>|")
_QUOTES = {**dict.fromkeys("“”„«»", '"'), **dict.fromkeys("‘’‚", "'")}


class _Table(dict[int, str | None]):
    """What each character is compared as, filled as characters come; None: left out."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        lower = _QUOTES.get(char) or char.lower()
        same = " " if char.isspace() else lower if len(lower) == 1 else char
        self[code] = None if char in _SIGNS else same
        return self[code]


_TABLE = _Table()
_SPACES = re.compile("  +")


class Plain(msgspec.Struct, frozen=True, dict=True):
    """A text as it is compared, and the text itself."""

    text: str
    unaltered: str

    @cached_property
    def origin(self) -> list[int]:
        """Return the code point of the text that each compared character came from."""
        found: list[int] = []
        space = False
        for place, char in enumerate(self.unaltered):
            same = _TABLE[ord(char)]
            if same is not None and not (space and same == " "):
                found.append(place)
            space = space if same is None else same == " "
        return found

    def stretch(self, start: int, end: int) -> tuple[int, int]:
        """Return a stretch of the compared text as one of the text itself."""
        return self.origin[start], self.origin[end - 1] + 1


def plain(text: str) -> Plain:
    """Return a text without what hides a quotation."""
    return Plain(_SPACES.sub(" ", text.translate(_TABLE)), text)


class Run(msgspec.Struct, frozen=True):
    """A longest common stretch: in the string from `left` to `right`, in a document from `start`.

    All in characters of the compared texts.
    """

    left: int
    right: int
    document: str
    start: int


class CommonWords:
    """Finds all longest stretches that strings have in common with documents.

    Every stretch of `SHORTEST` holds one seed, a window at a multiple of the stride, so that the
    index is a tenth as long as the texts.

    Args:
        texts: each document's unaltered text, by id.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.plain = {name: plain(text) for name, text in texts.items()}
        self._seeds: dict[str, list[tuple[str, int]]] = {}
        for name, one in self.plain.items():
            for place in range(0, len(one.text) - _SEED + 1, _STRIDE):
                self._seeds.setdefault(one.text[place : place + _SEED], []).append((name, place))

    def runs(self, words: str) -> Iterator[Run]:
        """Yield every longest stretch of `SHORTEST` or more; `words` is a compared text."""
        done: dict[tuple[str, int], int] = {}
        for place in range(len(words) - _SEED + 1):
            for name, start in self._seeds.get(words[place : place + _SEED], ()):
                if done.get((name, start - place), 0) > place:
                    continue
                left, right = self._extend(words, place, self.plain[name].text, start)
                done[name, start - place] = place + right
                if left + right >= SHORTEST:
                    yield Run(place - left, place + right, name, start - left)

    def stretches(self, words: str) -> Iterator[tuple[str, int, int]]:
        """Yield every place in the documents that a string ships, in code points."""
        for run in self.runs(words):
            end = run.start + run.right - run.left
            yield (run.document, *self.plain[run.document].stretch(run.start, end))

    def _extend(self, words: str, place: int, text: str, start: int) -> tuple[int, int]:
        """Return how far two texts are equal to the left of a place, and to its right."""
        left, right = 0, _SEED
        while place > left and start > left and words[place - left - 1] == text[start - left - 1]:
            left += 1
        while (
            place + right < len(words)
            and start + right < len(text)
            and words[place + right] == text[start + right]
        ):
            right += 1
        return left, right
