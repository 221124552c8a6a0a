"""Which marks and words a span leaves out at its edges, by its layer.

This is the rule of the annotation guidelines (G4, C11, A8, L4): closing punctuation stays out, but
for a mark inside quotation marks that the span holds, and a cue's colon or dash.
"""

from __future__ import annotations

import unicodedata

import regex

from newspan.model import Span
from newspan.text import trim

_CLOSING = frozenset(".,;:!?-–—。．，、；：！？،؛؟۔।…")
_OPENING = frozenset(".,;:!?。，、；：！？،؛؟۔।")
#: Marks that belong to a word or a number: 100 %, #ferry, sh*t.
_OF_WORDS = frozenset("%‰٪#@&*")
_CUE_ENDS = frozenset(":：-–—")
_APOSTROPHES = frozenset("'’")
# U.S., a.m., J., and the commonest of those that have no stop inside.
_ABBREVIATION = regex.compile(
    r"(?<!\p{L})(?:(?:\p{L}\.)+|(?:[JS]r|Inc|Ltd|Co|Corp|Bros|etc|al|No|Mrs?|Ms|Dr|St|vs)\.)$"
)
_ELLIPSIS = regex.compile(r"\.\.+$|…$")
_ARTICLE = regex.compile(
    r"(?:the|an?|his|her|its|their|our|my|your)(?=[\s\u200b\ufeff])", regex.IGNORECASE
)
_POSSESSIVE = regex.compile(r"\p{L}['’]s$")
#: Techniques whose spans are whole phrases, articles and all.
_PHRASES = frozenset({"Slogans", "Conversation_Killer"})


def edge_marks(text: str, span: Span, quoted: list[tuple[int, int]]) -> list[str]:
    """Return what a span's edges hold that its layer leaves out, each said in a few words.

    Args:
        text: the document's unaltered text.
        span: a span whose extent is in the text; white space at its edges is another matter.
        quoted: the stretches between quotation marks around it, marks included.
    """
    start, end = trim(text, span.start, span.end)
    if start == end:
        return []
    first, last = text[start], text[end - 1]
    found = []
    if span.layer == "loaded_language":
        found += [f"begins with {first}"] if _is_mark(first) else []
        found += [f"ends with {last}"] if _is_mark(last) and not _is_part(text, start, end) else []
        return found
    if first in _OPENING and not text[start + 1 : start + 2].isdigit() and end - start > 1:
        found.append(f"begins with {first}")
    if span.role == "cue":
        if last in _CLOSING - _CUE_ENDS and not _is_part(text, start, end):
            found.append(f"ends with {last}")
        return found
    if last in _CLOSING and not _is_part(text, start, end):
        held = any(left >= start and left < end - 1 < right for left, right in quoted)
        found += [] if held else [f"ends with {last}"]
    if span.layer == "claim" and (start, end) in quoted:
        found.append("quotation marks around the whole claim")
    return found


def edge_words(text: str, span: Span) -> list[str]:
    """Return the article or possessives at a loaded span's edges, each said in a few words."""
    start, end = trim(text, span.start, span.end)
    found = []
    article = _ARTICLE.match(text, start, end)
    if article and span.technique not in _PHRASES:
        found.append(f"begins with {article[0]}")
    if _POSSESSIVE.search(text, start, end) and span.technique not in _PHRASES:
        found.append("ends with a possessive")
    return found


def _is_mark(char: str) -> bool:
    is_punctuation = unicodedata.category(char)[0] == "P" and char not in _OF_WORDS
    return is_punctuation or char in _APOSTROPHES


def _is_part(text: str, start: int, end: int) -> bool:
    """Tell whether a stop at the end belongs to an abbreviation or an ellipsis."""
    low = max(start, end - 20)
    return any(pattern.search(text, low, end) for pattern in (_ABBREVIATION, _ELLIPSIS))
