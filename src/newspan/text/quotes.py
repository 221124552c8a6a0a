"""Quotation marks: which stretches stand between a pair, and which marks have no partner."""

from __future__ import annotations

# Single marks are left out: U+2019 is also the apostrophe, and no rule tells the two apart safely.
_PAIRS = {"“": "”", "«": "»", "„": "“", "「": "」", "『": "』", "《": "》"}
_CLOSERS = frozenset(_PAIRS.values())
_STRAIGHT = '"'


def _scan(text: str, start: int, end: int) -> tuple[list[tuple[int, int]], list[int]]:
    """Return the extents from an opening mark to behind its closing one, and the lone marks."""
    pairs: list[tuple[int, int]] = []
    lone: list[int] = []
    open_marks: list[tuple[int, str]] = []  # position, closing mark that is waited for
    for index in range(start, min(end, len(text))):
        char = text[index]
        waiting = [closer for _, closer in open_marks]
        # A character may both open and close (“ closes „); a mark that is waited for closes.
        if char in waiting:
            while open_marks[-1][1] != char:
                lone.append(open_marks.pop()[0])
            pairs.append((open_marks.pop()[0], index + 1))
        elif char in _PAIRS:
            open_marks.append((index, _PAIRS[char]))
        elif char == _STRAIGHT:
            open_marks.append((index, _STRAIGHT))
        elif char in _CLOSERS:
            lone.append(index)
    lone.extend(position for position, _ in open_marks)
    return sorted(pairs), sorted(lone)


def quoted_ranges(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the extents between `start` and `end` that stand in quotation marks, marks included.

    A mark that opens and does not close holds to `end`: a quotation over several paragraphs repeats
    its opening mark and closes only once. One that closes without opening holds from `start`, for
    the same reason.
    """
    pairs, lone = _scan(text, start, end)
    for mark in lone:
        opens = text[mark] in _PAIRS or text[mark] == _STRAIGHT
        pairs.append((mark, end) if opens else (start, mark + 1))
    return sorted(pairs)


def lone_marks(text: str, start: int, end: int) -> list[int]:
    """Return the positions of quotation marks between `start` and `end` without their partner."""
    return _scan(text, start, end)[1]


def inside_quotes(start: int, end: int, ranges: list[tuple[int, int]]) -> bool:
    """Tell whether an extent stands within one of the quoted ranges."""
    return any(left <= start and end <= right for left, right in ranges)
