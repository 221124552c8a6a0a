"""Made-up annotations, each from its seed: what oracles, benchmarks and tests measure.

Nothing here is random but `random.Random(seed).random()`, whose values Python keeps from version to
version, so the same cases arise everywhere.
"""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

#: Offsets are this many times finer than words, so that no two alignments cost the same: where they
#: do, gamma_cat depends on which of them a program takes.
SCALE = 1009
LABELS = ("A", "B", "C", "D")

Span = tuple[int, int, int]


class Case(NamedTuple):
    """The length of a text, and each set's spans: start, end, number of the label."""

    length: int
    sets: tuple[tuple[Span, ...], ...]


def spans(sets: int, units: int, seed: int, *, room: int = 25, lost: float = 0.2) -> Case:
    """Return sets that say roughly the same, with overlaps, and moved, missing and odd labels.

    Args:
        sets: how many.
        units: how many spans each has, at most.
        seed: of the case.
        room: words of text per span; fewer make more overlaps.
        lost: the part of the spans that stand anywhere.
    """
    random = Random(seed)

    def below(number: int) -> int:
        return int(random.random() * number)

    length = (units * room + 80) * SCALE
    truth = [
        (below(length - 80 * SCALE), 3 * SCALE + below(57 * SCALE), below(len(LABELS)))
        for _ in range(units)
    ]
    found = []
    for _ in range(sets):
        chosen = set()
        for place, size, label in truth:
            start = below(length - 80 * SCALE) if random.random() < lost else place
            end = start + size
            if random.random() < 0.5:
                start += below(12 * SCALE) - 6 * SCALE
            if random.random() < 0.5:
                end += below(12 * SCALE) - 6 * SCALE
            if random.random() < 0.2:
                label = below(len(LABELS))
            start = max(0, start)
            chosen.add((start, min(length, max(end, start + 1)), label))
        found.append(tuple(sorted(chosen)))
    return Case(length, tuple(found))


def coarse(found: tuple[Span, ...]) -> list[Span]:
    """Return spans with borders of six words' grain, so that some of two sets are the same."""
    grain = 6 * SCALE
    return sorted({(start // grain, end // grain + 1, label) for start, end, label in found})


def marks(sets: int, positions: int, seed: int, missing: float = 0.1) -> list[list[int]]:
    """Return rows of 1 (marked), 0, and -1 (not looked at), one per set."""
    random = Random(seed)
    truth = [random.random() < 0.3 for _ in range(positions)]
    rows = []
    for _ in range(sets):
        row = []
        for mark in truth:
            value = int(mark != (random.random() < 0.15))
            row.append(-1 if random.random() < missing else value)
        rows.append(row)
    return rows


def values(number: int, seed: int, kinds: int = 4) -> tuple[list[str], list[str]]:
    """Return two lists of labels that agree more often than not."""
    random = Random(seed)
    left = [LABELS[int(random.random() * kinds)] for _ in range(number)]
    right = [
        each if random.random() < 0.7 else LABELS[int(random.random() * kinds)] for each in left
    ]
    return left, right


#: The cases of gamma: name, and what `spans` is asked for.
GAMMA: dict[str, dict[str, Any]] = {
    "two of 600": {"sets": 2, "units": 600, "seed": 1},
    "two, overlapping": {"sets": 2, "units": 80, "seed": 2, "room": 6},
    "two, unlike": {"sets": 2, "units": 60, "seed": 3, "lost": 1.0},
    "two, small": {"sets": 2, "units": 4, "seed": 4},
    "three": {"sets": 3, "units": 30, "seed": 5},
    "six": {"sets": 6, "units": 6, "seed": 6},
}
SAMPLES = 30
SEED = 1
