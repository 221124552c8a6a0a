"""Extents and how far they overlap, in whole numbers; code points, half-open."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TypeVar

from newspan.reuse.copied import joined

Extent = tuple[int, int]
T = TypeVar("T", bound=Hashable)


def iou(a: Iterable[Extent], b: Iterable[Extent]) -> Fraction:
    """Return intersection over union of two groups of extents, as sets of code points.

    Jaccard's index (1912): |A ∩ B| / |A ∪ B|. Two empty groups give 0.
    """
    first, second = joined(a), joined(b)
    shared = sum(
        max(0, min(end, other_end) - max(start, other_start))
        for start, end in first
        for other_start, other_end in second
    )
    union = sum(end - start for start, end in (*first, *second)) - shared
    return Fraction(shared, union) if union else Fraction(0)


def hull(extents: Iterable[Extent]) -> Extent:
    """Return the extent from the first start to the last end."""
    known = list(extents)
    return min(start for start, _ in known), max(end for _, end in known)


def overlapping(placed: Sequence[tuple[Extent, T]]) -> Iterator[tuple[T, T]]:
    """Yield the pairs of values with overlapping extents, each once, by a sweep from the left."""
    told: set[tuple[T, T]] = set()
    active: list[tuple[int, T]] = []
    for (start, end), value in sorted(placed, key=lambda each: each[0]):
        active = [each for each in active if each[0] > start]
        for _, other in active:
            if other != value and (other, value) not in told and (value, other) not in told:
                told.add((other, value))
                yield other, value
        active.append((end, value))


class Groups:
    """Union-find over the numbers 0 to n-1."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def of(self, number: int) -> int:
        """Return the number that stands for a number's group."""
        while self._above[number] != number:
            self._above[number] = self._above[self._above[number]]
            number = self._above[number]
        return number

    def join(self, a: int, b: int) -> None:
        """Make one group of two."""
        low, high = sorted((self.of(a), self.of(b)))
        self._above[high] = low
