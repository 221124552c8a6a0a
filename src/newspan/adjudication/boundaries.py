"""Which of several extents is taken: the one that follows the guidelines' boundary rules."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from newspan.adjudication.extents import Extent
from newspan.model import Item, Span
from newspan.text import cuts_grapheme, cuts_word, lone_marks, quoted_ranges, trim

# Full stop, comma, semicolon, colon, question and exclamation mark, and their relatives (G4).
_CLOSING = frozenset(".,;:?!…。．，、；：？！،؛؟۔।")
_COLONS = frozenset(":：")
_BRACKETS = {")": "(", "]": "[", "}": "{"}
# What loaded words leave out in front (L4).
_LEADING = re.compile(r"(?:the|an?|my|your|his|her|its|our|their)\s", re.IGNORECASE)

# Joining and contrasting words in front of a claim (C10). With a capital they begin a sentence and
# may be something else (“That plan failed”), so only small letters count.
_JOINING = re.compile(r"(?:and|but|or|so|yet|nor|although|though|while|whereas|that|whether)\s")


def follows_boundary_rules(text: str, span: Span, zone: Extent | None = None) -> bool:
    """Tell whether a span's borders stand where the guidelines want them, as far as rules can.

    In every layer: no white space at the edges, no cut word or character (G1), no quotation mark or
    bracket without its partner (G3), unless it has none in the whole `zone` either. No closing
    punctuation at the end (G4), but a cue's colon, a cue that is a mark alone, and what stands
    inside a quotation that the paragraph doesn't close. Claims begin behind a joining word (C10),
    and not with the marks of a quotation that is all of them (C11). Loaded words begin with no
    article or possessive pronoun, and have no punctuation or quotation mark at an edge (L4).

    Args:
        text: the document's unaltered text.
        span: its extent, layer and role count.
        zone: the extent of the zone that it stands in.
    """
    start, end = span.start, span.end
    if trim(text, start, end) != (start, end):
        return False
    if any(cuts_grapheme(text, edge) or cuts_word(text, edge) for edge in (start, end)):
        return False
    lone = {*lone_marks(text, start, end), *_lone_brackets(text, start, end)}
    if lone - {*lone_marks(text, *(zone or (0, 0))), *_lone_brackets(text, *(zone or (0, 0)))}:
        return False
    if span.layer == "loaded_language":
        edges = (text[start], text[end - 1])
        punctuated = any(unicodedata.category(char).startswith("P") for char in edges)
        return not punctuated and not _LEADING.match(text, start, end)
    if span.layer == "claim" and (
        _JOINING.match(text, start, end) or (start, end) in quoted_ranges(text, start, end)
    ):
        return False
    last = text[end - 1]
    if last not in _CLOSING and unicodedata.category(last) != "Pd":
        return True
    if span.role == "cue":
        return last in _COLONS or end - start == 1
    return span.role == "content" and bool(lone)


def _lone_brackets(text: str, start: int, end: int) -> list[int]:
    lone: list[int] = []
    opened: list[int] = []
    for at in range(start, end):
        if text[at] in _BRACKETS.values():
            opened.append(at)
        elif text[at] in _BRACKETS:
            if opened and text[opened[-1]] == _BRACKETS[text[at]]:
                opened.pop()
            else:
                lone.append(at)
    return lone + opened


def taken_extent(text: str, item: Item, spans: Iterable[Span]) -> Extent:
    """Return the extent to take of spans that mean the same.

    It is one that follows the boundary rules, if any does; of several the shortest, and of these
    the first.
    """

    def key(span: Span) -> tuple[bool, int, int]:
        zone = item.zone_of(span.start, span.end)
        follows = follows_boundary_rules(text, span, (zone.start, zone.end) if zone else None)
        return (not follows, span.end - span.start, span.start)

    best = min(spans, key=key)
    return best.start, best.end
