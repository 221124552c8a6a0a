"""How much of each item a release without texts may still quote, and how much it does."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from newspan.corpus import Corpus

#: The greatest share of an item's characters that a release without texts ships, all in all.
GREATEST_SHARE = 0.10
#: What quotations in prose, notes and names may take of it.
PROSE_SHARE = 0.04
#: What prose and anchors may take together; the rest is for what only looks alike.
PLANNED_SHARE = 0.08

Stretch = tuple[str, int, int]


class Shipped:
    """Which characters of each item are shipped.

    Args:
        corpus: the corpus; its items and the lengths of its texts count.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._shipped = {name: bytearray(len(text)) for name, text in corpus.texts.items()}
        self._items = {
            document.id: [(item.start, item.end, item.id) for item in document.items]
            for document in corpus.documents
        }
        self._lengths = {i: e - s for items in self._items.values() for s, e, i in items}
        self._counts = dict.fromkeys(self._lengths, 0)

    def shares(self) -> dict[str, float]:
        """Return the share of each item's characters that are shipped, by item id."""
        return {item: self._counts[item] / length for item, length in self._lengths.items()}

    def of(self, document: str) -> bytes:
        """Return one byte per code point of a document: 1 where it is shipped."""
        return bytes(self._shipped[document])

    def add(self, places: Iterable[Stretch]) -> None:
        """Count stretches as shipped."""
        for name, start, end in places:
            shipped = self._shipped[name]
            for item, left, right in self._inside(name, start, end):
                self._counts[item] += (right - left) - sum(shipped[left:right])
            shipped[start:end] = b"\1" * (end - start)

    def take(self, places: Iterable[Stretch], share: float) -> bool:
        """Count stretches as shipped if no item comes to more than a share; tell whether."""
        places = list(places)
        fresh: dict[str, set[int]] = {}
        for name, start, end in places:
            for item, left, right in self._inside(name, start, end):
                shipped = self._shipped[name]
                added = (place for place in range(left, right) if not shipped[place])
                fresh.setdefault(item, set()).update(added)
        for item, new in fresh.items():
            if new and self._counts[item] + len(new) > share * self._lengths[item]:
                return False
        self.add(places)
        return True

    def _inside(self, name: str, start: int, end: int) -> Iterable[tuple[str, int, int]]:
        items = self._items[name]
        first = max(0, bisect_right(items, (start, float("inf"), "")) - 1)
        for left, right, item in items[first:]:
            if left >= end:
                break
            if max(left, start) < min(right, end):
                yield item, max(left, start), min(right, end)
