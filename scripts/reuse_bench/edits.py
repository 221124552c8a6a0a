"""Change a copied passage: edit its words, then its surface. Pure; all chance comes from `rng`."""

from __future__ import annotations

import re

import numpy as np

QUOTES, WRAPPED, RECASED = 0.3, 0.3, 0.1  # chances of each change of the surface of a copy
_SPACE = re.compile(r"(\s+)")
_CURLY = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
_OPENING = re.compile(r"""(?<![^\s(\[—“‘"'])(["'])(?=\w)""")


def edited(text: str, rate: float, words: list[str], rng: np.random.Generator) -> str:
    """Return `text` with each word at chance `rate` substituted, deleted or joined by another.

    The three are equally likely; new words are drawn evenly from `words`. An inserted word stands
    before its word, except at the start, so that the first and last word stay the passage's own
    unless they are replaced or gone. At least one word stays.
    """
    parts = _SPACE.split(text)
    number = (len(parts) + 1) // 2
    chosen = np.flatnonzero(rng.random(number) < rate)
    if not len(chosen):
        return text
    what = rng.integers(3, size=len(chosen))
    drawn = rng.integers(len(words), size=len(chosen))
    gone: list[int] = []
    for place, kind, new in zip(chosen.tolist(), what.tolist(), drawn.tolist(), strict=True):
        old = parts[2 * place]
        if kind == 0:
            word = words[new]
            parts[2 * place] = word if word != old else words[(new + 1) % len(words)]
        elif kind == 1:
            gone.append(place)
        else:
            parts[2 * place] = f"{old} {words[new]}" if place == 0 else f"{words[new]} {old}"
    for place in gone[: number - 1]:
        parts[2 * place] = ""
        if 2 * place + 1 < len(parts):
            parts[2 * place + 1] = ""
    return "".join(parts).strip()


def resurfaced(text: str, rng: np.random.Generator) -> str:
    """Return `text` with, by chance, other quote marks, other line breaks and another case."""
    quotes, wrapped, recased, which = rng.random(4)
    if recased < RECASED:
        text = text.upper() if which < 0.5 else _titled(text)
    if quotes < QUOTES:
        text = other_quotes(text)
    if wrapped < WRAPPED:
        text = rewrapped(text, int(rng.integers(40, 120)))
    return text


def other_quotes(text: str) -> str:
    """Return `text` with curly quotes made straight, or where it has none, straight ones curly."""
    straight = text.translate(_CURLY)
    if straight != text:
        return straight
    text = _OPENING.sub(lambda found: "“" if found[1] == '"' else "‘", text)
    return text.replace('"', "”").replace("'", "’")


def rewrapped(text: str, width: int) -> str:
    """Return `text` in lines of at most `width` characters, or in one line from 100 on."""
    if width >= 100:
        return " ".join(text.split())
    lines: list[str] = []
    line: list[str] = []
    length = 0
    for word in text.split():
        if line and length + len(word) > width:
            lines.append(" ".join(line))
            line, length = [], 0
        line.append(word)
        length += len(word) + 1
    lines.append(" ".join(line))
    return "\n".join(lines)


def _titled(text: str) -> str:
    """Return `text` with a capital at the start of each word; unlike `str.title`, not inside."""
    return "".join(part[:1].upper() + part[1:] for part in _SPACE.split(text))
