"""Checks of one extent against its text."""

from __future__ import annotations

from collections.abc import Iterator

from newspan.problems import Place, Problem
from newspan.text import cuts_grapheme, cuts_word, trim


def check_extent(
    text: str,
    start: int,
    end: int,
    surface: str | None,
    place: Place,
    mismatch: str = "surface-mismatch",
) -> Iterator[Problem]:
    """Yield what is wrong with an extent; at most one fault of its borders each.

    Args:
        text: the document's unaltered text.
        start: code points.
        end: code points, half-open.
        surface: what the record says stands there; None where records store none (zones).
        place: the record's place.
        mismatch: the problem id for a surface that is not the text's.
    """
    here = place.at("", start, end)
    if not 0 <= start < end <= len(text):
        message = f"{start}-{end} is not an extent within 0-{len(text)}"
        yield Problem("offset-out-of-range", here, message)
        return
    found = text[start:end]
    if surface is not None and found != surface:
        message = f"the text has {clip(found)}, the record {clip(surface)}"
        yield Problem(mismatch, here, message + _nearest(text, start, surface))
        return
    for edge in (start, end):
        if cuts_grapheme(text, edge):
            message = f"character {edge} is inside {clip(_around(text, edge))}"
            yield Problem("grapheme-cut", here, message)
        elif cuts_word(text, edge):
            message = f"character {edge} is inside the word around {clip(_around(text, edge))}"
            yield Problem("word-cut", here, message)
    if trim(text, start, end) != (start, end):
        yield Problem("edge-space", here, f"{clip(found)} has white space at its edge")


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
