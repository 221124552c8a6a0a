"""Borders of characters and words, on unaltered text."""

from __future__ import annotations

import re
from functools import cache

import regex

# Invisible and not letters: white space to a reader, though Python's isspace() says no.
_ZERO_WIDTH = frozenset("\u200b\u2060\ufeff\u180e")
#: What `is_blank` is true of, for whole texts.
BLANK = re.compile(r"[\s\u200b\u2060\ufeff\u180e]")
# Invisible, but part of the word they stand in (Persian, Hindi, hyphenation).
JOINERS = frozenset("\u200c\u200d\u00ad")

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}_]")
# Scripts that write no spaces between words: no character rule tells where a word ends.
UNSPACED_SCRIPT = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
)
_CLUSTER = regex.compile(r"\X")
# Between one of the first and one of the second there is always a border (rules GB6 to GB999):
# letters, Hangul syllables, and the spacing marks of Indic scripts before them.
_ENDS = regex.compile(r"[\p{GCB=Other}\p{GCB=LV}\p{GCB=LVT}\p{GCB=V}\p{GCB=T}\p{GCB=SpacingMark}]")
_BEGINS = regex.compile(r"[\p{GCB=Other}\p{GCB=L}\p{GCB=LV}\p{GCB=LVT}]")


def is_blank(char: str) -> bool:
    """Tell whether one character is white space, no-break and zero-width spaces included."""
    return char.isspace() or char in _ZERO_WIDTH


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the extent without the white space at its edges; empty if it is all white space."""
    while start < end and is_blank(text[start]):
        start += 1
    while end > start and is_blank(text[end - 1]):
        end -= 1
    return start, end


def cuts_grapheme(text: str, offset: int) -> bool:
    r"""Tell whether a border at `offset` falls inside an extended grapheme cluster.

    Clusters are those of Unicode Standard Annex 29 as the `regex` package's `\X` finds them; CR LF
    is one of them.
    """
    if not 0 < offset < len(text) or _is_sure_border(text, offset):
        return False
    # The search starts at the nearest border that needs no context: flags and emoji need theirs.
    begin = offset - 1
    while begin > 0 and not _is_sure_border(text, begin):
        begin -= 1
    for cluster in _CLUSTER.finditer(text, begin):
        if cluster.end() >= offset:
            return bool(cluster.end() > offset)
    return False


def _is_sure_border(text: str, offset: int) -> bool:
    left, right = text[offset - 1], text[offset]
    if left == "\n" or (right in "\r\n" and left != "\r"):
        return True
    return _ends(left) and _begins(right)


# Texts use few characters, so that asking once for each is as good as a table.
@cache
def _ends(char: str) -> bool:
    return _ENDS.match(char) is not None


@cache
def _begins(char: str) -> bool:
    return _BEGINS.match(char) is not None


@cache
def _in_word(char: str) -> bool:
    return _WORD.match(char) is not None


def cuts_word(text: str, offset: int) -> bool:
    """Tell whether a border at `offset` falls between two letters, marks or digits of one word.

    Joiners and soft hyphens belong to the word around them. In scripts without spaces between words
    the answer is no.
    """
    left, right = offset - 1, offset
    if " " in text[left : right + 1]:  # nearly all borders; the rest would come to the same
        return False
    while left >= 0 and text[left] in JOINERS:
        left -= 1
    while right < len(text) and text[right] in JOINERS:
        right += 1
    if left < 0 or right >= len(text):
        return False
    pair = (text[left], text[right])
    return all(map(_in_word, pair)) and not any(map(UNSPACED_SCRIPT.match, pair))


def occurrences(text: str, quote: str, start: int, end: int) -> list[int]:
    """Return where a quotation begins in `text[start:end]`, from the left.

    Overlapping matches count. Those that cut a word in two do not, unless all do: nobody who quotes
    “he” means the one in “the”.
    """
    found = []
    place = text.find(quote, start, end)
    while place >= 0:
        found.append(place)
        place = text.find(quote, place + 1, end)
    ends = len(quote)
    whole = [p for p in found if not cuts_word(text, p) and not cuts_word(text, p + ends)]
    return whole or found
