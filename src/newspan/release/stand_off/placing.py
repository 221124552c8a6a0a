"""Extents of one text found again in another that differs: by hashes, in order, never by guess.

First the borders whose surroundings stand in both texts once; the longest chain of them that runs
in order is what the texts have in common, what is off the chain was moved. Then the borders that
fit between two of the chain, and then each extent between its borders. A place counts only when
one alone is possible.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from newspan.release.stand_off.anchors import (
    WINDOW,
    Anchors,
    Border,
    Edge,
    Extent,
    digest,
    edge_at,
)
from newspan.release.stand_off.folded import Folded

Status = Literal["exact", "moved", "changed", "unplaced"]
#: Where two texts drift apart by more than this between two borders, only their ends are tried.
_DRIFT = 64
#: How far words that stand in several places may be off from where their neighbours put them.
_SLACK = 16


class Placed(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where an extent of the first text stands in the second.

    exact: the same words, in order. moved: the same words, elsewhere. changed: both borders, with
    other words between them. unplaced: `reason` says why. `same_characters` is False where words
    are the same, but not white space, case, quotation marks or Unicode form.
    """

    status: Status
    start: int | None = None
    end: int | None = None
    same_characters: bool = True
    reason: str | None = None


class Placing:
    """Finds a document's extents in another text.

    Args:
        text: the other text, unaltered.
        folded: the same, folded.
        known: the windows of the other text.
        salt: the document's SHA-256, as bytes.
        anchors: those of the document's items.
    """

    def __init__(
        self,
        text: str,
        folded: Folded,
        known: Mapping[bytes, Sequence[int]],
        salt: bytes,
        anchors: Iterable[Anchors],
    ) -> None:
        self._text, self._folded, self._known, self._salt = text, folded, known, salt
        self._borders: dict[int, Border] = {}
        self._hashes: dict[Extent, tuple[bytes, bytes]] = {}
        for each in anchors:
            self._borders |= each.borders
            self._hashes |= each.extents
        #: (place in the first text, place in the second), in order in both.
        self._chain: list[tuple[int, int]] = []
        #: Places in the second text of each offset: those on the chain, and those off it.
        self._on: dict[int, list[int]] = {}
        self._off: dict[int, list[int]] = {}
        self._find_chain()
        for _ in range(3):
            if not self._fill_chain():
                break

    def place(self, extent: Extent) -> Placed:
        """Return where an extent stands."""
        if extent not in self._hashes:
            return Placed("unplaced", reason="too little of its item is in this text")
        size = self._borders[extent[1]].place - self._borders[extent[0]].place
        if size <= 0:
            return Placed("unplaced", reason="it has no words to find it by")
        hits = self._between(extent, size, self._on)
        if len(hits) == 1:
            return self._placed("exact", extent, hits[0], hits[0] + size)
        if hits:
            return Placed("unplaced", reason="its words stand here in several places")
        starts, ends = (self._on.get(offset) for offset in extent)
        if starts and ends:
            # Words that were put in right before or behind it, between its borders and itself.
            places = range(starts[0], ends[-1] - size + 1)
            inside = [place for place in places if self._is_at(extent, place, size)]
            if len(inside) == 1:
                return self._placed("exact", extent, inside[0], inside[0] + size)
            if inside:
                return Placed("unplaced", reason="its words stand here in several places")
        if starts and ends and starts[-1] < ends[0]:
            # A start is best told by what follows it, an end by what is before it.
            return self._placed("changed", extent, starts[-1], ends[0])
        moved = self._between(extent, size, self._off)
        if len(moved) == 1:
            return self._placed("moved", extent, moved[0], moved[0] + size)
        if len(moved) > 1:
            return Placed("unplaced", reason="its words stand here in several places")
        reason = (
            "its start" if not starts else "its end" if not ends else "what is between its ends"
        )
        return Placed("unplaced", reason=f"{reason} was not found in this text")

    def _find_chain(self) -> None:
        points: list[tuple[int, int, int]] = []
        for offset, border in self._borders.items():
            for hash_, unique, shift in _sides(border):
                places = self._known.get(hash_, ()) if hash_ else ()
                if unique and len(places) == 1:
                    points.append((border.place, places[0] + shift, offset))
        points.sort()
        on = _longest([new for _, new, _ in points])
        for index, (old, new, offset) in enumerate(points):
            if index in on:
                self._add(old, new, offset)
            else:
                _into(self._off, offset, new)
        self._chain.sort()

    def _fill_chain(self) -> bool:
        """Add borders that fit between two of the chain; tell whether there were any."""
        added = []
        for offset, border in self._borders.items():
            if offset in self._on:
                continue
            left, right = self._around(border.place, border.place)
            fitting: set[int] = set()
            for hash_, _, shift in _sides(border):
                for start in self._known.get(hash_, ()) if hash_ else ():
                    new = start + shift
                    shifts = (new - border.place - each[1] + each[0] for each in (left, right))
                    if left[1] <= new <= right[1] and min(map(abs, shifts)) <= _SLACK:
                        fitting.add(new)
            if not fitting:
                fitting = set(self._by_drift(border, left, right))
            if len(fitting) == 1:
                added.append((border.place, fitting.pop(), offset))
        for point in added:
            self._add(*point)
        self._chain.sort()
        return bool(added)

    def _by_drift(self, border: Border, left: tuple[int, int], right: tuple[int, int]) -> list[int]:
        """Return places of a border whose surroundings are all changed: line ends near by.

        Other borders can't be told by their neighbours: that both moved equally far may be because
        as much was put in between them as was taken out.
        """
        if border.edge is not Edge.LINE:
            return []
        shifts = sorted((left[1] - left[0], right[1] - right[0]))
        if left[0] < 0 or right[0] > self._last_old or shifts[1] - shifts[0] > _DRIFT:
            return []
        places = range(border.place + shifts[0], border.place + shifts[1] + 1)
        return [p for p in places if left[1] <= p <= right[1] and self._edge_fits(p, border.edge)]

    def _between(self, extent: Extent, size: int, places: Mapping[int, Sequence[int]]) -> list[int]:
        """Return where an extent's words stand, by its own borders, else by its neighbours."""
        start, end = (self._borders[offset] for offset in extent)
        tried = [*places.get(extent[0], ())[::-1], *(p - size for p in places.get(extent[1], ()))]
        hits = [place for place in dict.fromkeys(tried) if self._is_at(extent, place, size)]
        if hits or places is self._off:
            return hits
        left, right = self._around(start.place, end.place)
        shifts = sorted((left[1] - left[0], right[1] - right[0]))
        if shifts[1] - shifts[0] > _DRIFT:
            tried = [start.place + shift for shift in shifts]
        else:
            tried = list(range(start.place + shifts[0], start.place + shifts[1] + 1))
        hits = [
            place
            for place in tried
            if left[1] <= place and place + size <= right[1] and self._is_at(extent, place, size)
        ]
        if len(hits) == 1:
            ends = ((hits[0], start.edge), (hits[0] + size, end.edge))
            return hits if all(self._edge_fits(place, edge) for place, edge in ends) else []
        return hits

    def _is_at(self, extent: Extent, place: int, size: int) -> bool:
        if not 0 <= place <= len(self._folded.text) - size:
            return False
        words = self._folded.text[place : place + size]
        return digest(words, self._salt) == self._hashes[extent][0]

    def _edge_fits(self, place: int, edge: Edge) -> bool:
        """Tell whether words part at a place as they did in the first text."""
        if edge is Edge.NOTHING:
            return True
        offsets = range(self._folded.end(place), self._folded.start(place) + 1)
        return any(edge_at(self._text, offset) >= edge for offset in offsets)

    def _around(self, start: int, end: int) -> tuple[tuple[int, int], tuple[int, int]]:
        """Return the points of the chain nearest before and behind a stretch of the first text."""
        before = bisect_right(self._chain, (start, len(self._folded.text))) - 1
        behind = bisect_left(self._chain, (end, -1))
        left = self._chain[before] if before >= 0 else (-1, -1)
        if behind < len(self._chain):
            return left, self._chain[behind]
        return left, (self._last_old + 1, len(self._folded.text) + 1)

    @property
    def _last_old(self) -> int:
        return max((border.place for border in self._borders.values()), default=0)

    def _add(self, old: int, new: int, offset: int) -> None:
        self._chain.append((old, new))
        _into(self._on, offset, new)

    def _placed(self, status: Status, extent: Extent, start: int, end: int) -> Placed:
        """Return a place in the text itself; of equal ones that with the same characters."""
        lefts = range(self._folded.start(start), self._folded.end(start) - 1, -1)
        rights = range(self._folded.end(end), self._folded.start(end) + 1)
        if end == len(self._folded.text):
            rights = range(self._folded.end(end), len(self._text) + 1)
        wanted = self._hashes[extent][1]
        for left in lefts[:8]:
            for right in rights[:8]:
                if digest(self._text[left:right], self._salt) == wanted:
                    return Placed(status, left, right)
        return Placed(status, lefts[0], rights[0], same_characters=False)


def _sides(border: Border) -> Iterable[tuple[bytes | None, bool, int]]:
    """Yield the hashes of a border, whether each is unique, and how far it begins before it."""
    yield border.before, border.before_is_unique, WINDOW
    yield border.after, border.after_is_unique, 0


def _into(found: dict[int, list[int]], offset: int, place: int) -> None:
    places = found.setdefault(offset, [])
    if place not in places:
        places.append(place)
        places.sort()


def _longest(numbers: Sequence[int]) -> frozenset[int]:
    """Return the indexes of the longest subsequence that never falls (patience sorting)."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for index, number in enumerate(numbers):
        pile = bisect_right(tails, number)
        previous.append(ends[pile - 1] if pile else -1)
        if pile == len(tails):
            tails.append(number)
            ends.append(index)
        else:
            tails[pile], ends[pile] = number, index
    chosen: set[int] = set()
    index = ends[-1] if ends else -1
    while index >= 0:
        chosen.add(index)
        index = previous[index]
    return frozenset(chosen)
