"""What models of words read of a token."""

from __future__ import annotations

from newspan.training.mask import PLACEHOLDER

#: All placeholders are one word: their length would tell which name stood there.
NAME = "<name>"


def form(word: str) -> str:
    """Return a word as it is counted: case-folded, one form for all masked names."""
    return NAME if is_masked(word) else word.casefold()


def is_masked(word: str) -> bool:
    """Tell whether a word is a masked name's placeholder."""
    return len(word) > 1 and not word.strip(PLACEHOLDER)


def shape(word: str) -> str:
    """Return a word's shape, a run of one kind as one sign: Xx for Norway, X for UN, d for 12."""
    if is_masked(word):
        return NAME
    signs: list[str] = []
    for char in word:
        sign = "d" if char.isdigit() else char
        if char.isalpha():
            sign = "X" if char.isupper() else "x"
        if not signs or signs[-1] != sign:
            signs.append(sign)
    return "".join(signs)
