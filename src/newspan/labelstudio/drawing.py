"""Records as regions and relations, and what these cannot say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from newspan.labelstudio.carry import Carried, Kept, differences, digest, pair, text_order
from newspan.labelstudio.drawn import Region, Relation
from newspan.labelstudio.names import (
    CUE,
    FREE_QUOTE,
    LABEL_OF,
    LAYERS,
    NESTED_IN,
    NO,
    NOTE,
    OPEN,
    REPEATS,
    SCOPE_END,
    TEXT,
    UNSURE,
    YES,
    free_id,
)
from newspan.model import AnyRecord, Attribution, Link, Span

#: What an attribution's anchor is asked, in the order of the configuration; then what all are.
_ASKED = ("mode", "source_kind", "source_name", "cue_type", "cue_force")
_TYPED = frozenset({"source_name", NOTE})


def results_of(region: Region, text: str, origin: str) -> list[dict[str, Any]]:
    """Return a region's result, and one per answer given at it."""
    extent = {"start": region.start, "end": region.end}
    surface = text[region.start : region.end]

    def result(name: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
        head = {"id": region.id, "from_name": name, "to_name": TEXT, "type": kind}
        return {**head, "value": {**extent, "text": surface, **value}, "origin": origin}

    found = [result(region.layer, "labels", {"labels": [region.label]})]
    for name, told in region.answers.items():
        if name in _TYPED:
            found.append(result(name, "textarea", {"text": [told]}))
        else:
            found.append(result(name, "choices", {"choices": [told]}))
    return found


class Drawing:
    """Records as regions and relations."""

    def __init__(
        self,
        records: Sequence[AnyRecord],
        text: str,
        base: int,
        region_ids: Mapping[str, str],
    ) -> None:
        self._base, self._text = base, text
        self.regions: list[Region] = []
        self.relations: list[Relation] = []
        self.twins: dict[str, str] = {}
        self.anchors: dict[str, Kept] = {}
        self.links: dict[str, Kept] = {}
        #: The main region of each span, by the span's id.
        self.main: dict[str, Region] = {}
        self._anchor_of: dict[str, Region] = {}
        ordered = text_order(records)
        self.spans = {each.id: each for each in ordered if isinstance(each, Span)}
        for span in self.spans.values():
            self._add_span(span, region_ids.get(span.id, span.id))
        self._taken = {region.id for region in self.regions}
        attributions = [each for each in ordered if isinstance(each, Attribution)]
        for attribution in attributions:
            self._add_anchor(attribution)
        for attribution in attributions:
            if attribution.id in self._anchor_of:
                self._add_parts(attribution, self._anchor_of[attribution.id])
        for link in ordered:
            if isinstance(link, Link):
                self._add_link(link)

    def span_ids(self) -> dict[str, dict[str, Kept]]:
        """Return the spans' ids by layer and region id."""
        found: dict[str, dict[str, Kept]] = {}
        for own, region in self.main.items():
            found.setdefault(region.layer, {})[region.id] = Kept("", own)
        return found

    def _add_span(self, span: Span, region_id: str) -> None:
        start, end = span.start - self._base, span.end - self._base
        if span.layer not in LAYERS or not 0 <= start < end <= len(self._text):
            return
        label = getattr(span, LABEL_OF[span.layer])
        region = Region(region_id, span.layer, label, start, end, len(self.regions))
        if span.layer == "claim":
            for name in ("check_worthy", "hedged"):
                told = getattr(span, name)
                if told is not None:
                    region.answers[name] = YES if told else NO
        elif span.layer == "loaded_language":
            for name in ("target", "polarity"):
                told = getattr(span, name)
                if told is not None:
                    region.answers[name] = told
        _remark(region, span)
        self.regions.append(region)
        self.main[span.id] = region

    def _add_anchor(self, attribution: Attribution) -> None:
        """Let a region stand for an attribution: a new one where another attribution has it."""
        label = FREE_QUOTE if attribution.cue_id is None else CUE
        role = "content" if attribution.cue_id is None else CUE
        ids = attribution.content_ids if attribution.cue_id is None else (attribution.cue_id,)
        regions = [self.main[own] for own in ids if self._has_role(own, role)]
        if not regions:
            return
        free = [region for region in regions if region.id not in self.anchors]
        if free:
            anchor = free[0]
            anchor.label = label
            anchor.answers = {}  # its own remarks are carried
        else:
            main = regions[0]
            own = free_id("t", self._taken, main.id, attribution.id)
            self._taken.add(own)
            self.twins[own] = main.id
            start, end = main.start, main.end
            anchor = Region(own, main.layer, label, start, end, len(self.regions))
            self.regions.append(anchor)
        self.anchors[anchor.id] = Kept("", attribution.id)
        self._anchor_of[attribution.id] = anchor
        for name in _ASKED:
            told = getattr(attribution, name)
            if told is not None and (name != "source_name" or told.strip()):
                anchor.answers[name] = told
        if attribution.source_named:
            anchor.answers["source_named"] = YES
        if attribution.scope == OPEN and label == CUE:
            anchor.answers["scope"] = OPEN
        _remark(anchor, attribution)

    def _has_role(self, own: str, role: str) -> bool:
        return own in self.main and self.spans[own].role == role

    def _add_parts(self, attribution: Attribution, anchor: Region) -> None:
        for role in ("source", "medium", "content"):
            for own in getattr(attribution, f"{role}_ids"):
                if self._has_role(own, role) and not self._is_own(own, anchor):
                    self._relate(anchor.id, self.main[own].id, role)
        end = None if attribution.scope_end is None else attribution.scope_end - self._base
        if end is not None and anchor.label == CUE and 0 < end <= len(self._text):
            own = free_id("e", self._taken, anchor.id, attribution.id)
            self._taken.add(own)
            start = _last_word(self._text, end)
            mark = Region(own, "attribution", SCOPE_END, start, end, len(self.regions))
            self.regions.append(mark)
            self._relate(anchor.id, own, SCOPE_END)
        outer = self._anchor_of.get(attribution.parent_id or "")
        if outer is not None and outer is not anchor:
            self._relate(anchor.id, outer.id, NESTED_IN)

    def _is_own(self, own: str, anchor: Region) -> bool:
        """Tell whether a content is the very words that a free quote stands on."""
        main = self.main[own]
        if anchor.label != FREE_QUOTE:
            return False
        return main is anchor or self.twins.get(anchor.id) == main.id

    def _add_link(self, link: Link) -> None:
        ends = [self.main.get(own) for own in (link.from_id, link.to_id)]
        if ends[0] is None or ends[1] is None or ends[0] is ends[1] or link.type != REPEATS:
            return
        key = pair(ends[0].id, ends[1].id)
        if {ends[0].layer, ends[1].layer} == {"claim"} and key not in self.links:
            self.links[key] = Kept("", link.id)
            self._relate(ends[0].id, ends[1].id, REPEATS)

    def _relate(self, from_id: str, to_id: str, label: str) -> None:
        self.relations.append(Relation(from_id, to_id, label, 0))


def _remark(region: Region, record: Span | Attribution) -> None:
    if record.unsure:
        region.answers[UNSURE] = UNSURE
    if record.note is not None and record.note.strip():
        region.answers[NOTE] = record.note


def _last_word(text: str, end: int) -> int:
    """Return where the last word before an offset begins, so that its mark can be seen."""
    start = end - 1
    while start > 0 and text[start].isspace():
        start -= 1
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    return start


def carried_beside(
    records: Sequence[AnyRecord], plain: Mapping[str, AnyRecord], drawing: Drawing
) -> dict[str, Any]:
    """Return what the results cannot say of the records, as plain JSON."""
    given = {each.id: each for each in records}

    def kept(own: str, name: str | None) -> Kept:
        record = plain[own]
        return Kept(digest(record), name, differences(record, given[own]))

    regions: dict[str, dict[str, Kept]] = {}
    for own, region in drawing.main.items():
        name = None if own == region.id else own
        regions.setdefault(region.layer, {})[region.id] = kept(own, name)
    ties = {**drawing.anchors, **drawing.links}
    held = {
        key: kept(each.id, each.id) for key, each in ties.items() if each.id and each.id in plain
    }
    order = tuple(each.id for each in records)
    carried = Carried(
        regions=regions,
        twins=drawing.twins,
        attributions={key: held[key] for key in drawing.anchors if key in held},
        links={key: held[key] for key in drawing.links if key in held},
        extra=tuple(each.to_json() for each in records if each.id not in plain),
        order=order if [each.id for each in text_order(records)] != list(order) else (),
    )
    found: dict[str, Any] = msgspec.to_builtins(carried)
    return found
