"""Words for comparison, with where they stand in the text.

A word is a run of letters, digits and their marks; everything else separates, so that quotation
marks, dashes, apostrophes, emoji and white space never matter. A character of a script that puts no
spaces between words is a word of its own. Words are compared in a folded form (NFKD and case
folding, character by character, marks of one letter in any order); the text itself is never
altered, and offsets are those of the text as it stands.

This is the plain implementation; `newspan.reuse.buffers` holds the same for large input.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from newspan.text.boundaries import JOINERS, UNSPACED_SCRIPT

SEPARATOR, WORD, MARK, JOINER, UNSPACED = range(5)
# Marks carry this bit among a character's folded code points.
IS_MARK = 1 << 31

_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")
_MASK = (1 << 64) - 1
FNV_OFFSET = 14695981039346656037
FNV_PRIME = 1099511628211
MIX_1, MIX_2 = 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53


class Words(NamedTuple):
    """The words of one text: equal values are equal words; extents in code points, half-open.

    The lowest bit of a value tells a character of an unspaced script (1) from a word (0).
    """

    values: list[int]
    starts: list[int]
    ends: list[int]


@cache
def char_class(char: str) -> int:
    """Return what a character is to words: SEPARATOR, WORD, MARK, JOINER or UNSPACED."""
    if char in JOINERS:
        return JOINER
    category = unicodedata.category(char)[0]
    if category in "LN":
        return UNSPACED if UNSPACED_SCRIPT.match(char) else WORD
    return MARK if category == "M" else SEPARATOR


@cache
def fold(char: str) -> tuple[int, ...]:
    """Return a character's folded code points, marks with the bit `IS_MARK`."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    codes = []
    for part in folded:
        category = unicodedata.category(part)[0]
        if category in "LN":
            codes.append(ord(part))
        elif category == "M":
            codes.append(ord(part) | IS_MARK)
    return tuple(codes)


def mix(value: int) -> int:
    """Return 64 well mixed bits (the finaliser of MurmurHash3, A. Appleby, public domain)."""
    value ^= value >> 33
    value = value * MIX_1 & _MASK
    value ^= value >> 33
    value = value * MIX_2 & _MASK
    return value ^ (value >> 33)


@cache
def word_value(surface: str) -> int:
    """Return a word's value: 31 bits of a hash of its folded form, and the bit for its script.

    The hash is FNV-1a over the code points (Fowler, Noll, Vo), each letter's marks summed.
    """
    state = FNV_OFFSET
    marks = 0
    for char in surface:
        if char in JOINERS:
            continue
        for code in fold(char):
            if code & IS_MARK:
                marks = (marks + mix(code)) & _MASK
            else:
                if marks:
                    state = (state ^ marks) * FNV_PRIME & _MASK
                    marks = 0
                state = (state ^ code) * FNV_PRIME & _MASK
    if marks:
        state = (state ^ marks) * FNV_PRIME & _MASK
    unspaced = char_class(surface[0]) == UNSPACED
    return (mix(state) >> 32) & 0xFFFFFFFE | unspaced


def words_of(text: str) -> Words:
    """Return the words of a text, in order."""
    if text.isascii():
        extents = [match.span() for match in _ASCII_WORD.finditer(text)]
    else:
        extents = _extents(text)
    values = [word_value(text[start:end]) for start, end in extents]
    return Words(values, [start for start, _ in extents], [end for _, end in extents])


class _Classes(dict[int, str]):
    """Maps code points to one letter for their class, as `str.translate` asks for them."""

    def __missing__(self, code: int) -> str:
        letter = " wmju"[char_class(chr(code))]
        self[code] = letter
        return letter


_CLASSES = _Classes()
# In letters of classes: a word, its marks and inner joiners; an unspaced character with its marks.
_ANY_WORD = re.compile(r"w(?:[wm]|j+(?=[wm]))*|u(?:m|j+(?=m))*")


def _extents(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _ANY_WORD.finditer(text.translate(_CLASSES))]
