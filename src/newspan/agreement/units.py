"""What several sets say of the text that all of them looked at.

A *view* is the text that is compared: the zones of items that every set looked at for a layer, or
these without the text of copies. Each item is a continuum, of the characters in view alone: what
is not in view is cut out, and offsets count what is left. A span is in view when at least half of
its characters are, and is then cut to them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from newspan.agreement.copies import pairs
from newspan.agreement.matching import Unit
from newspan.corpus import AnnotationSet, Corpus
from newspan.model import Span

Array = Any
Extent = tuple[int, int]
Word = tuple[int, int, int]


class Stretch(NamedTuple):
    """A stretch of a document in view: code points there, and where it begins in the view."""

    start: int
    end: int
    offset: int
    group: int


class Placed(NamedTuple):
    """A span, as a unit in the view of its item, and the group of zones it starts in."""

    span: Span
    unit: Unit
    group: int


class ItemView(NamedTuple):
    """An item's text in view, and each set's spans there in text order."""

    item: str
    document: str
    length: int
    stretches: tuple[Stretch, ...]
    spans: tuple[tuple[Placed, ...], ...]

    def place(self, start: int, end: int) -> tuple[int, int, int] | None:
        """Return an extent in the view with its group; None if too little of it is in view."""
        first, last = self._visible(start), self._visible(end)
        if last == first or 2 * (last - first) < end - start:
            return None
        index = bisect_right(self.stretches, first, key=lambda each: each.offset) - 1
        return first, last, self.stretches[index].group

    def _visible(self, offset: int) -> int:
        index = bisect_right(self.stretches, offset, key=lambda each: each.start) - 1
        if index < 0:
            return 0
        stretch = self.stretches[index]
        return stretch.offset + min(offset, stretch.end) - stretch.start

    def group_of_characters(self) -> Array:
        """Return the group of each character in view."""
        import numpy as np

        return np.repeat(
            [stretch.group for stretch in self.stretches],
            [stretch.end - stretch.start for stretch in self.stretches],
        ).astype(np.int64)


class View(NamedTuple):
    """A layer's text in view, item by item.

    `groups` counts the groups of zones that a bootstrap draws, `outside` each set's spans that are
    not in view.
    """

    layer: str
    copies: str
    sets: tuple[str, ...]
    items: tuple[ItemView, ...]
    groups: int
    outside: tuple[int, ...]

    @property
    def characters(self) -> int:
        """Return how many characters are in view."""
        return sum(item.length for item in self.items)

    def counts(self, label: str | None = None) -> tuple[int, ...]:
        """Return how many spans each set has, of a label if one is given."""
        return tuple(
            sum(
                label is None or placed.unit.label == label
                for item in self.items
                for placed in item.spans[index]
            )
            for index in range(len(self.sets))
        )

    def labels(self) -> list[str]:
        """Return the labels that occur, in order."""
        found = {p.unit.label for item in self.items for spans in item.spans for p in spans}
        return sorted(found)


def view(
    sets: Sequence[AnnotationSet],
    corpus: Corpus,
    layer: str,
    blocks: AnnotationSet | None,
    *,
    with_copies: bool = True,
) -> View:
    """Return what sets say of the text that all of them looked at for a layer.

    Args:
        sets: two or more sets of the corpus.
        corpus: the corpus.
        layer: claim, attribution or loaded_language.
        blocks: a set with the layer duplicate_block: zones that share a cluster form one group.
        with_copies: False to leave out the text of copies.
    """
    looked_at = frozenset.intersection(*(each.looked_at for each in sets))
    group_of = _groups(corpus, blocks)
    hidden: dict[str, list[Extent]] = {}
    if blocks is not None and not with_copies:
        for pair in pairs(blocks):
            hidden.setdefault(pair.copy_item, []).append((pair.copy.start, pair.copy.end))
    items, used, inside = [], set(), [0] * len(sets)
    for name, (document, item) in corpus.items.items():
        stretches: list[Stretch] = []
        offset = 0
        for zone in item.zones:
            if (name, layer, zone.kind) not in looked_at:
                continue
            for start, end in _rest((zone.start, zone.end), hidden.get(name, ())):
                stretches.append(Stretch(start, end, offset, group_of[name, zone.start]))
                offset += end - start
        if not stretches:
            continue
        used |= {stretch.group for stretch in stretches}
        bare = ItemView(name, document.id, offset, tuple(stretches), ())
        placed = tuple(_placed(each.spans_in.get(name, ()), layer, bare) for each in sets)
        inside = [n + len(p) for n, p in zip(inside, placed, strict=True)]
        items.append(bare._replace(spans=placed))
    number = {group: index for index, group in enumerate(sorted(used))}
    return View(
        layer,
        "with" if with_copies else "without",
        tuple(each.info.id for each in sets),
        tuple(_renumbered(item, number) for item in items),
        len(number),
        tuple(
            sum(span.layer == layer for span in each.spans.values()) - n
            for each, n in zip(sets, inside, strict=True)
        ),
    )


def _placed(spans: Iterable[Span], layer: str, item: ItemView) -> tuple[Placed, ...]:
    found = []
    for span in spans:
        if span.layer == layer and (place := item.place(span.start, span.end)) is not None:
            start, end, group = place
            found.append(Placed(span, Unit(start, end, span.label), group))
    return tuple(sorted(found, key=lambda placed: (placed.unit, placed.span.id)))


def _renumbered(item: ItemView, number: dict[int, int]) -> ItemView:
    return item._replace(
        stretches=tuple(s._replace(group=number[s.group]) for s in item.stretches),
        spans=tuple(
            tuple(placed._replace(group=number[placed.group]) for placed in spans)
            for spans in item.spans
        ),
    )


def _rest(extent: Extent, hidden: Sequence[Extent]) -> list[Extent]:
    """Return what of an extent is not hidden."""
    start, end = extent
    found = []
    for left, right in sorted(hidden):
        if left < end and right > start:
            if left > start:
                found.append((start, left))
            start = max(start, min(right, end))
    if start < end:
        found.append((start, end))
    return found


def _groups(corpus: Corpus, blocks: AnnotationSet | None) -> dict[tuple[str, int], int]:
    """Return the group of each zone: zones that share a cluster of copies, by any chain, are one.

    A zone is named by its item and start.
    """
    names = [(name, zone.start) for name, (_, item) in corpus.items.items() for zone in item.zones]
    parent = list(range(len(names)))
    number = {name: index for index, name in enumerate(names)}

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    clusters: dict[str, list[int]] = {}
    for pair in pairs(blocks) if blocks is not None else ():
        for name, span in ((pair.canonical_item, pair.canonical), (pair.copy_item, pair.copy)):
            if name in corpus.items:
                clusters.setdefault(pair.cluster, []).extend(
                    number[name, zone.start]
                    for zone in corpus.items[name][1].zones
                    if zone.start < span.end and span.start < zone.end
                )
    for members in clusters.values():
        for other in members[1:]:
            parent[root(other)] = root(members[0])
    return {name: root(index) for name, index in number.items()}


def words_in_view(item: ItemView, starts: Sequence[int], ends: Sequence[int]) -> list[Word]:
    """Return a document's words that stand wholly in one stretch: extent in the view, and group."""
    found = []
    for stretch in item.stretches:
        for index in range(bisect_left(starts, stretch.start), len(starts)):
            if starts[index] >= stretch.end:
                break
            if ends[index] <= stretch.end:
                shift = stretch.offset - stretch.start
                found.append((starts[index] + shift, ends[index] + shift, stretch.group))
    return found


def set_pairs(sets: Sequence[str]) -> list[tuple[int, int]]:
    """Return the pairs of sets, by their indexes."""
    return list(combinations(range(len(sets)), 2))
