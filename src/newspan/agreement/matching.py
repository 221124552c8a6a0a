"""One-to-one matching of spans, and the F1 that follows from it.

A span is (start, end, label), in code points, half-open. Either side may hold spans that overlap,
nest or share an extent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

#: Two spans may be matched from this intersection over union on.
IOU = 0.5


class Unit(NamedTuple):
    """A span as measures see it: code points, half-open, and its label."""

    start: int
    end: int
    label: str


class Counts(NamedTuple):
    """What two sides share: F1 = 2 * both / (left + right); of masks, in characters."""

    both: float
    left: float
    right: float

    @property
    def f1(self) -> float | None:
        """Return F1; None where neither side has anything."""
        whole = self.left + self.right
        return 2 * self.both / whole if whole else None


def iou(a: Unit, b: Unit) -> float:
    """Return the intersection over union of two extents, 0 to 1."""
    shared = min(a.end, b.end) - max(a.start, b.start)
    return shared / (a.end - a.start + b.end - b.start - shared) if shared > 0 else 0.0


def exact(left: Sequence[Unit], right: Sequence[Unit]) -> int:
    """Return how many units are the same on both sides; one that stands twice is two."""
    return (Counter(left) & Counter(right)).total()


def matched(
    left: Sequence[Unit], right: Sequence[Unit], *, same_label: bool = True
) -> list[tuple[int, int]]:
    """Return pairs of indexes: as many as can be, and of these the ones that overlap most.

    Each unit is in one pair at most, and a pair's IoU is at least `IOU`: an assignment problem,
    solved exactly (Jonker-Volgenant, as SciPy has it), for each group of overlapping units by
    itself.
    """
    edges = [
        (i, j, value)
        for i, j in _overlapping(left, right)
        if (not same_label or left[i].label == right[j].label)
        and (value := iou(left[i], right[j])) >= IOU
    ]
    return assigned(edges)


def assigned(edges: Sequence[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """Return a matching: as many edges as can be, and of these the ones that are worth most.

    An edge is (left, right, worth), its worth from 0 to 1.
    """
    found = []
    for group in _groups(edges):
        found += _assigned(group) if len(group) > 1 else [group[0][:2]]
    return sorted(found)


def _overlapping(left: Sequence[Unit], right: Sequence[Unit]) -> list[tuple[int, int]]:
    """Return the pairs of indexes whose extents share a character, by a sweep over starts."""
    events = sorted(
        [(u.start, 0, i) for i, u in enumerate(left)]
        + [(u.start, 1, j) for j, u in enumerate(right)]
    )
    open_: tuple[list[int], list[int]] = ([], [])
    sides = (left, right)
    found = []
    for start, side, index in events:
        other = 1 - side
        alive = [k for k in open_[other] if sides[other][k].end > start]
        open_[other][:] = alive
        found += [(index, k) if side == 0 else (k, index) for k in alive]
        open_[side].append(index)
    return sorted(found)


_Edge = tuple[int, int, float]


def _groups(edges: Sequence[_Edge]) -> list[list[_Edge]]:
    """Return edges that hang together, as they share units."""
    parent: dict[int, int] = {}

    def root(node: int) -> int:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for i, j, _ in edges:
        parent[root(i)] = root(-1 - j)
    groups: dict[int, list[_Edge]] = {}
    for edge in edges:
        groups.setdefault(root(edge[0]), []).append(edge)
    return list(groups.values())


def _assigned(edges: Sequence[_Edge]) -> list[tuple[int, int]]:
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    rows = sorted({i for i, _, _ in edges})
    columns = sorted({j for _, j, _ in edges})
    row = {i: k for k, i in enumerate(rows)}
    column = {j: k for k, j in enumerate(columns)}
    worth = np.zeros((len(rows), len(columns)))
    for i, j, value in edges:
        # One pair more is worth more than all overlap of the others.
        worth[row[i], column[j]] = len(rows) + value
    found = zip(*linear_sum_assignment(worth, maximize=True), strict=True)
    return [(rows[i], columns[j]) for i, j in found if worth[i, j] > 0]
