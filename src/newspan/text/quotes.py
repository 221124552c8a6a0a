"""Quotation marks: which stretches stand between a pair, and which marks have no partner."""

from __future__ import annotations

import re
from collections import Counter

# Single marks are left out: U+2019 is also the apostrophe, and no rule tells the two apart safely.
# An opening mark, and what closes it: „ is closed by “ in German and by ” in Polish, and » opens in
# Danish what it closes in French.
_PAIRS = {"“": "”", "«": "»", "»": "«", "„": "“”", "「": "」", "『": "』", "《": "》"}
_STRAIGHT = '"'
_MARK = re.compile("[" + "".join({*_PAIRS, *"".join(_PAIRS.values()), _STRAIGHT}) + "]")


def _scan(text: str, start: int, end: int) -> tuple[list[tuple[int, int]], list[int]]:
    """Return the extents from an opening mark to behind its closing one, and the lone marks."""
    pairs: list[tuple[int, int]] = []
    lone: list[int] = []
    open_marks: list[int] = []
    # How many open marks wait for each closing one, so that a stray one costs no search.
    awaited: Counter[str] = Counter()

    def pop() -> int:
        mark = open_marks.pop()
        awaited.subtract(_closers_of(text[mark]))
        return mark

    for match in _MARK.finditer(text, start, end):
        index, char = match.start(), match[0]
        # A character may both open and close (“ closes „); a mark that is waited for closes.
        if awaited[char] > 0:
            while char not in _closers_of(text[open_marks[-1]]):
                lone.append(pop())
            pairs.append((pop(), index + 1))
        elif char in _PAIRS or char == _STRAIGHT:
            open_marks.append(index)
            awaited.update(_closers_of(char))
        else:
            lone.append(index)
    lone.extend(open_marks)
    return sorted(pairs), sorted(lone)


def _closers_of(mark: str) -> str:
    return _PAIRS.get(mark, _STRAIGHT)


def quoted_ranges(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the extents between `start` and `end` that stand in quotation marks, marks included.

    A mark that opens and does not close holds to `end`: a quotation over several paragraphs repeats
    its opening mark and closes only once. One that closes without opening holds from `start`, for
    the same reason. A straight mark alone, which may stand for inches, holds nothing.
    """
    pairs, lone = _scan(text, start, end)
    for mark in lone:
        # » alone closes a French quotation more often than it opens a Danish one.
        if text[mark] in _PAIRS and text[mark] != "»":
            pairs.append((mark, end))
        elif text[mark] != _STRAIGHT:
            pairs.append((start, mark + 1))
    return sorted(pairs)


def lone_marks(text: str, start: int, end: int) -> list[int]:
    """Return the positions of quotation marks between `start` and `end` without their partner."""
    if _MARK.search(text, start, end) is None:
        return []
    return _scan(text, start, end)[1]
