"""Quotations into offsets: only what stands there to the code point is found."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

from newspan.campaign.packets import Paragraph
from newspan.checks.extents import clip
from newspan.text import is_blank, occurrences, trim

# What a hurried hand takes for one another. Only messages are made with it, never offsets.
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»〝〞＂", '"'),
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
    }
)
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\ufe0f")
# Beyond this many comparisons a message does without the nearest words.
_MOST_WORK = 4_000_000


class Found(msgspec.Struct, frozen=True):
    """Where a quotation stands, in code points of the document; `trimmed` if it lost a space."""

    start: int
    end: int
    trimmed: bool


class Missed(msgspec.Struct, frozen=True):
    """Why a quotation stands nowhere: a problem's id and message."""

    id: str
    message: str


def locate(
    text: str, paragraphs: Sequence[Paragraph], number: int, quote: str, occurrence: int | None
) -> Found | Missed:
    """Return where a quotation stands in a paragraph.

    Occurrences count from 1 over all matches that cut no word, overlapping ones too, from left to
    right: nobody who quotes “he” counts the one in “the”. Matches that cut words count only where
    there are no others. White space at the edges is trimmed off.

    Args:
        text: the document's unaltered text.
        paragraphs: those that the packet shows.
        number: the paragraph's.
        quote: its words, verbatim.
        occurrence: which match is meant; None where there is but one.
    """
    paragraph = next((each for each in paragraphs if each.number == number), None)
    if paragraph is None:
        return Missed("paragraph-unknown", f"the packet has no paragraph {number}")
    inner = quote[slice(*trim(quote, 0, len(quote)))]
    if not inner:
        return Missed("quote-not-verbatim", f"{clip(quote)} is white space alone")
    given = quote
    places = occurrences(text, given, paragraph.start, paragraph.end)
    if not places and inner != quote:
        given = inner
        places = occurrences(text, given, paragraph.start, paragraph.end)
    if not places:
        return Missed("quote-not-verbatim", _nearest(text, paragraphs, paragraph, inner))
    if occurrence is None and len(places) > 1:
        message = f"{clip(given)} stands {len(places)} times in paragraph {number}"
        return Missed("quote-ambiguous", f"{message}: say which occurrence")
    chosen = occurrence or 1
    if chosen > len(places):
        times = "once" if len(places) == 1 else f"{len(places)} times"
        message = f"{clip(given)} stands {times} in paragraph {number}; there is no {chosen}."
        return Missed("occurrence-out-of-range", message)
    start = places[chosen - 1]
    extent = trim(text, start, start + len(given))
    return Found(*extent, trimmed=inner != quote)


def _nearest(text: str, paragraphs: Sequence[Paragraph], paragraph: Paragraph, quote: str) -> str:
    """Say what the text has instead of a quotation."""
    here = f"paragraph {paragraph.number}"
    found = _loosely(text, paragraph.start, paragraph.end, quote)
    if found is not None:
        return f"{here} has {clip(text[slice(*found)])}: {_difference(quote, text[slice(*found)])}"
    for other in paragraphs:
        if occurrences(text, quote, other.start, other.end):
            return f"{clip(quote)} does not stand in {here} but in paragraph {other.number}"
    for other in paragraphs:
        found = _loosely(text, other.start, other.end, quote)
        if found is not None:
            has = clip(text[slice(*found)])
            return f"{clip(quote)} does not stand in {here}; paragraph {other.number} has {has}"
    last = max(each.end for each in paragraphs)
    if _loosely(text, paragraph.start, last, quote) is not None:
        return f"{clip(quote)} runs on behind {here}: give one quotation for each paragraph"
    shared = _shared(text[paragraph.start : paragraph.end], quote)
    near = f"; the nearest words there are {clip(shared)}" if shared else ""
    return f"{here} does not have {clip(quote)}{near}"


def _loosely(text: str, start: int, end: int, quote: str) -> tuple[int, int] | None:
    """Return where words stand that look like the quotation, cut at its first and last one."""
    folded, origins = _folded(text[start:end])
    wanted = _folded(quote)[0].strip()
    at = folded.find(wanted) if wanted else -1
    if at < 0:
        return None
    return trim(text, start + origins[at], start + origins[at + len(wanted)])


def _folded(text: str) -> tuple[str, list[int]]:
    """Return a text without accents, case and kinds of marks, and where each character is from."""
    characters: list[str] = []
    origins: list[int] = []
    for index, char in enumerate(text):
        if char in _INVISIBLE:
            continue
        if is_blank(char):
            shown = "" if characters and characters[-1] == " " else " "
        elif char.isascii():
            shown = char.lower()
        else:
            plain = unicodedata.normalize("NFKD", char.translate(_ALIKE)).casefold()
            shown = "".join(c for c in plain if not unicodedata.combining(c)).translate(_ALIKE)
        characters.extend(shown)
        origins.extend([index] * len(shown))
    return "".join(characters), [*origins, len(text)]


def _difference(quote: str, found: str) -> str:
    """Name the first character that is not the same."""
    pairs = zip(quote, found, strict=False)
    at = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(quote), len(found)))
    there, given = (_named(each[at : at + 1]) for each in (found, quote))
    return f"its character {at + 1} is {there}, the quotation's is {given}"


def _named(char: str) -> str:
    if not char:
        return "none"
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".strip()


def _shared(text: str, quote: str) -> str:
    if len(text) * len(quote) > _MOST_WORK:
        return ""
    match = SequenceMatcher(None, text, quote, autojunk=False).find_longest_match()
    shared = text[match.a : match.a + match.size].strip()
    return shared if len(shared) > 3 else ""
