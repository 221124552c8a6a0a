"""Stand-ins for tokenizers: extents as the common kinds give them, special tokens included."""

from __future__ import annotations

import random
from collections.abc import Callable

from newspan.text import is_blank, words

Extents = list[tuple[int, int]]


def ours(text: str) -> Extents:
    """Words."""
    return words(text)


def word_pieces(text: str) -> Extents:
    """Words in pieces of three, between special tokens; zero-width signs belong to none."""
    pieces = [(at, min(at + 3, end)) for start, end in words(text) for at in range(start, end, 3)]
    kept = [(a, b) for a, b in pieces if text[a:b].strip("\u200d\u200b\ufeff\u00ad")]
    return [(0, 0), *kept, (0, 0)]


def byte_level(text: str) -> Extents:
    """Words with the space before them; signs beyond Latin as one token per byte."""
    found: Extents = []
    for start, end in words(text):
        begin = start - 1 if start and is_blank(text[start - 1]) else start
        if all(char < "\u0250" for char in text[start:end]):
            found.append((begin, end))
            continue
        for at in range(start, end):
            length = len(text[at].encode("utf-8", "surrogatepass"))
            found += [(begin if at == start else at, at + 1)] * length
    return [(0, 0), *found, (0, 0), (0, 0)]


def characters(text: str) -> Extents:
    """Each code point by itself, blanks included."""
    return [(at, at + 1) for at in range(len(text))]


ALL: dict[str, Callable[[str], Extents]] = {
    each.__name__: each for each in (ours, word_pieces, byte_level, characters)
}

#: What is hard on offsets: ZWJ emoji, combining marks, right to left, line ends, invisible signs.
PIECES = [
    "the ", "ferry", " ", " ", ", ", "“shameful”", "👩\u200d👩\u200d👧", "👍🏽", "cafe\u0301",
    "\u0301", "شهردار", "שלום ", "\r\n", "\r", "\n\n", "\ufeff", "\u00a0", "\u200b", "\u00ad",
    "港は開いている", "İ", "ß", "\U0001f3f4\u200d\u2620\ufe0f", "𝒜", "e\u0301\u0323", "\u2028", "-",
    "don’t",
]  # fmt: skip


def hostile(rng: random.Random, most: int = 30) -> str:
    """Return a text of such pieces."""
    return "".join(rng.choice(PIECES) for _ in range(rng.randrange(most)))
