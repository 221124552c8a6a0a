"""Checks of one extent against its text."""

from __future__ import annotations

import string

from newspan.problems import Place, Problem
from newspan.text import cuts_grapheme, cuts_word, trim

# Of Latin, Greek and Cyrillic, none of which joins the character before or behind it.
_LETTERS = frozenset(char for char in map(chr, range(0x530)) if char.isalnum())
# Neither part of a word nor of a cluster with a letter before or behind it.
_APART = frozenset(string.punctuation + " \n“”„«»–—…") - {"_"}


def check_extent(
    text: str,
    start: int,
    end: int,
    surface: str | None,
    place: Place,
    mismatch: str = "surface-mismatch",
) -> list[Problem]:
    """Return what is wrong with an extent; at most one fault of its borders each.

    Args:
        text: the document's unaltered text.
        start: code points.
        end: code points, half-open.
        surface: what the record says stands there; None where records store none (zones).
        place: the record's place.
        mismatch: the problem id for a surface that is not the text's.
    """
    if not 0 <= start < end <= len(text):
        message = f"{start}-{end} is not an extent within 0-{len(text)}"
        return [Problem("offset-out-of-range", place.at("", start, end), message)]
    found = text[start:end]
    if surface is not None and found != surface:
        message = f"the text has {clip(found)}, the record {clip(surface)}"
        message += _nearest(text, start, surface)
        return [Problem(mismatch, place.at("", start, end), message)]
    return [] if _is_plain(text, start, end) else _border_faults(text, start, end, place)


def _border_faults(text: str, start: int, end: int, place: Place) -> list[Problem]:
    faults = []
    for edge in (start, end):
        if cuts_grapheme(text, edge):
            message = f"character {edge} is inside {clip(_around(text, edge))}"
            faults.append(Problem("grapheme-cut", place.at("", start, end), message))
        elif cuts_word(text, edge):
            message = f"character {edge} is inside the word around {clip(_around(text, edge))}"
            faults.append(Problem("word-cut", place.at("", start, end), message))
    if trim(text, start, end) != (start, end):
        message = f"{clip(text[start:end])} has white space at its edge"
        faults.append(Problem("edge-space", place.at("", start, end), message))
    return faults


def _is_plain(text: str, start: int, end: int) -> bool:
    """Tell of nearly all extents that they can't be at fault: whole words, apart."""
    return (
        text[start] in _LETTERS
        and text[end - 1] in _LETTERS
        and (start == 0 or text[start - 1] in _APART)
        and (end == len(text) or text[end] in _APART)
    )


def clip(text: str, limit: int = 60) -> str:
    """Return a text quoted for a message, shortened in its middle; invisible characters escaped."""
    if len(text) > limit:
        text = text[: limit // 2] + "…" + text[-limit // 2 :]
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return f"“{shown}”"


def _around(text: str, offset: int) -> str:
    return text[max(0, offset - 8) : offset] + "|" + text[offset : offset + 8]


def _nearest(text: str, start: int, surface: str) -> str:
    """Say where the surface does stand, nearest to where it was expected."""
    before = text.rfind(surface, 0, start + len(surface))
    after = text.find(surface, start)
    places = [found for found in (before, after) if found >= 0]
    if not places:
        return "; the document does not have these words"
    nearest = min(places, key=lambda found: abs(found - start))
    return f"; these words stand at {nearest}-{nearest + len(surface)}"
