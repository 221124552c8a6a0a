"""Words as offsets on unaltered text: what token formats and token measures count in."""

from __future__ import annotations

import re
from collections.abc import Iterator

import regex

from newspan.text.boundaries import cuts_grapheme, cuts_word, is_blank

Extent = tuple[int, int]
_CLUSTER = regex.compile(r"\X")
_PIECE = re.compile("[^ \n]+")
_ASCII = re.compile(r"[A-Za-z0-9_]+|[^\sA-Za-z0-9_]")


def words(text: str, start: int = 0, end: int | None = None) -> list[Extent]:
    """Return the extents of the tokens of `text[start:end]`: words, and any other sign by itself.

    A border between tokens is wherever a border neither cuts a word (`cuts_word`) nor a grapheme
    cluster, so that spans which pass `check` without warnings have their borders at tokens'.
    “don’t” is three tokens; scripts without spaces have one per cluster. Between them the tokens
    cover every character that is not white space.
    """
    end = len(text) if end is None else end
    found: list[Extent] = []
    for piece in _PIECE.finditer(text, start, end):
        left, right = piece.span()
        if piece[0].isascii():
            found += [match.span() for match in _ASCII.finditer(text, left, right)]
        elif right < end and cuts_grapheme(text, right):  # some signs join even with a space
            return list(_by_cluster(text, start, end))
        else:
            # A mark may sit on the space before it.
            space = left > start and text[left - 1] == " "
            found += _by_cluster(text, left - space, right)
    return found


def _by_cluster(text: str, start: int, end: int) -> Iterator[Extent]:
    """Yield tokens of a stretch that white space parts from what is around it."""
    found: Extent | None = None
    for cluster in _CLUSTER.finditer(text, start, end):
        left, right = cluster.span()
        if all(map(is_blank, cluster[0])):
            continue
        if found is not None and found[1] == left and cuts_word(text, left):
            found = (found[0], right)
            continue
        if found is not None:
            yield found
        found = (left, right)
    if found is not None:
        yield found
