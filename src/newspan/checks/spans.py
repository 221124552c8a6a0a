"""Checks of the spans of one item: their characters, zones, quotation marks and coverage."""

from __future__ import annotations

from bisect import bisect_right

from newspan.checks.extents import check_extent, clip
from newspan.corpus import AnnotationSet, Corpus
from newspan.model import Item, Span, Zone
from newspan.problems import Place, Problem
from newspan.text import lone_marks

# After these a span is not where it says, so nothing more is said of it.
_ASTRAY = ("offset-out-of-range", "surface-mismatch")


class SpanChecks:
    """Checks spans of one item, each by itself, with what they share looked up once."""

    def __init__(
        self, item: Item, text: str, annotation_set: AnnotationSet, corpus: Corpus
    ) -> None:
        """Take an item that fits its document's text, and the set that the spans are of."""
        self._item, self._text, self._corpus = item, text, corpus
        self._zone_starts = [zone.start for zone in item.zones]
        self._covers = annotation_set.covers
        self._looked_at = annotation_set.looked_at
        self._lone_in_zone: dict[int, list[int]] = {}

    def faults(self, span: Span, place: Place) -> list[Problem]:
        """Return the problems of a span, but for those of its labels and its id."""
        start, end, item = span.start, span.end, self._item
        faults = check_extent(self._text, start, end, span.text, place)
        astray = bool(faults) and any(fault.id in _ASTRAY for fault in faults)
        if span.target is not None and not self._corpus.knows("targets", span.target):
            message = f"targets.json has no target {span.target!r}"
            faults.append(Problem("unknown-reference", place.at("/target"), message))
        if astray:
            return faults
        if not item.start <= start < end <= item.end:
            message = f"the item {item.id} is {item.start}-{item.end}"
            faults.append(Problem("outside-item", place.at("", start, end), message))
            return faults
        # As `Item.zone_of` has it, with the starts listed once for all spans.
        after = bisect_right(self._zone_starts, start)
        zone = item.zones[after - 1] if after else None
        if zone is not None and end <= zone.end:
            cut = lone_marks(self._text, start, end)
            if cut:
                faults += self._cut_quotes(span, cut, zone, place)
            kinds = {zone.kind}
        elif span.layer == "duplicate_block":
            kinds = {z.kind for z in item.zones if z.start < end and start < z.end}
        else:
            message = f"{clip(span.text)} is not inside one zone"
            faults.append(Problem("crosses-paragraph", place.at("", start, end), message))
            return faults
        if self._covers:
            for kind in kinds:
                if (item.id, span.layer, kind) not in self._looked_at:
                    message = f"nobody looked for {span.layer} there, by the set's coverage"
                    faults.append(Problem("outside-coverage", place.at("", start, end), message))
                    break
        return faults

    def _cut_quotes(self, span: Span, cut: list[int], zone: Zone, place: Place) -> list[Problem]:
        # A mark that has no partner in its paragraph (a quotation over several) is no span's fault.
        if zone.start not in self._lone_in_zone:
            self._lone_in_zone[zone.start] = lone_marks(self._text, zone.start, zone.end)
        lone = self._lone_in_zone[zone.start]
        cut = [mark for mark in cut if mark not in lone]
        if not cut:
            return []
        message = f"{clip(span.text)} has a {self._text[cut[0]]} whose partner is outside"
        return [Problem("unbalanced-quotes", place.at("", span.start, span.end), message)]
