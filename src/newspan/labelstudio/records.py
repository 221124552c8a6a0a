"""What an annotation's regions and relations say, as records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from newspan.checks.extents import clip
from newspan.labelstudio.carry import Carried, Kept, pair
from newspan.labelstudio.drawn import Drawn, Fault, Region
from newspan.labelstudio.names import (
    ANCHORS,
    CUE,
    FREE_QUOTE,
    LABEL_OF,
    NOTE,
    OPEN,
    REASON,
    REPEATS,
    SCOPE_END,
    UNSURE,
    VERDICT,
    YES,
    minted_id,
)
from newspan.labelstudio.relations import Ties, tie
from newspan.model import AnyRecord, Attribution, Link, Span

#: Answers that are no attribute of an attribution, so that a cue with these alone makes none.
_ANY = frozenset({UNSURE, NOTE, "meta", VERDICT, REASON})
_PREFIX = {"claim": "c", "attribution": "r", "loaded_language": "l"}
_YES_NO = frozenset({"check_worthy", "hedged"})


class Made(msgspec.Struct):
    """Records by id, with what each was made from.

    `kept` is what was carried for a record that was pushed, `regions` the region that has a
    record's id or answers, `faults` what could not be made.
    """

    records: dict[str, AnyRecord]
    kept: dict[str, Kept]
    regions: dict[str, Region]
    faults: list[Fault]


def make(drawn: Drawn, carried: Carried, text: str, base: int, salt: tuple[str, str]) -> Made:
    """Return the records that regions and relations make.

    Args:
        drawn: what stands in the annotation.
        carried: what travelled with the task; ids are taken from it, no values yet.
        text: the task's text.
        base: where it begins in its document, in code points.
        salt: the set's id and the item's; ids of what was drawn are hashes of them.
    """
    return _Maker(drawn, carried, text, base, salt).made


class _Maker:
    def __init__(
        self, drawn: Drawn, carried: Carried, text: str, base: int, salt: tuple[str, str]
    ) -> None:
        self._carried, self._text, self._base, self._salt = carried, text, base, salt
        self.made = Made({}, {}, {}, list(drawn.faults))
        ties = tie(drawn, carried.attributions)
        self.made.faults += ties.faults
        # By layer and region id.
        self._span_of: dict[str, dict[str, str]] = {layer: {} for layer in _PREFIX}
        tied = ties.tied()
        attributing: list[Region] = []
        roles: list[Region] = []
        for region in drawn.regions:
            if region.layer != "attribution":
                self._add_span(region, region.answers)
            elif region.label != SCOPE_END:
                roles.append(region)
                if _attributes(region, tied):
                    attributing.append(region)
        self._add_roles(roles, {region.id for region in attributing})
        self._attribution_of = {region.id: self._attribution_id(region) for region in attributing}
        for region in attributing:
            self._add_attribution(region, ties)
        for later, earlier in ties.repeats:
            self._add_link(later, earlier)
        self._look_at_ends(drawn, ties)

    def _fault(self, fault: str, region: Region, message: str) -> None:
        extent = (region.start + self._base, region.end + self._base)
        self.made.faults.append(Fault(fault, region.index, message, region.id, *extent))

    def _add_span(self, region: Region, answers: Mapping[str, str], heir: str = "") -> None:
        made, layer, main = self.made, region.layer, heir or region.id
        pushed = self._carried.regions.get(layer)
        kept = pushed.get(main) if pushed else None
        if kept is not None:
            own = kept.id or main
            made.kept[own] = kept
        else:
            own = minted_id(_PREFIX[layer], *self._salt, region.id, layer)
        values: dict[str, Any] = {LABEL_OF[layer]: region.label}
        if region.label == FREE_QUOTE:
            values["role"] = "content"
        if answers:
            for name, told in answers.items():
                if name in _YES_NO:
                    values[name] = told == YES
                elif name == "target" or name == "polarity":
                    values[name] = told
            values |= _remarks(answers)
        start, end, base = region.start, region.end, self._base
        surface = self._text[start:end]
        span = Span(own, layer, base + start, base + end, surface, **values)
        if own in made.records:
            self._fault("region-id-repeated", region, f"two regions have the record {own}")
            return
        made.records[own] = span
        made.regions[own] = region
        self._span_of[layer][region.id] = own

    def _add_roles(self, roles: list[Region], attributing: set[str]) -> None:
        """Add role spans; regions with the same words and role, but for pushed ones, are one."""
        pushed = self._carried.regions.get("attribution", {})
        there = {region.id for region in roles}
        heirs: dict[str, str] = {}  # a twin takes the place of a region that was deleted
        for twin, main in sorted(self._carried.twins.items()):
            if twin in there and main not in there and main not in heirs.values():
                heirs[twin] = main
        groups: dict[tuple[str, int, int], list[Region]] = {}
        for region in roles:
            role = "content" if region.label == FREE_QUOTE else region.label
            groups.setdefault((role, region.start, region.end), []).append(region)
        for group in groups.values():
            if len(group) == 1 and not heirs:
                (region,) = group
                self._add_span(region, {} if region.id in attributing else region.answers)
                continue
            group.sort(key=lambda region: region.id)
            mains = [each for each in group if each.id in pushed or each.id in heirs] or group[:1]
            others = [each for each in group if not any(each is main for main in mains)]
            ids = {main.id for main in mains}
            joined: dict[str, list[Region]] = {main.id: [main] for main in mains}
            for each in others:
                main = self._carried.twins.get(each.id, "")
                joined[main if main in ids else mains[0].id].append(each)
            for main_region in mains:
                same = joined[main_region.id]
                answers = [each.answers for each in same if each.id not in attributing]
                self._add_span(main_region, _joined(answers), heirs.get(main_region.id, ""))
                own = self._span_of["attribution"].get(main_region.id)
                if own is not None:
                    for each in same:
                        self._span_of["attribution"][each.id] = own

    def _attribution_id(self, region: Region) -> str:
        kept = self._carried.attributions.get(region.id)
        if kept is not None and kept.id:
            return kept.id
        return minted_id("a", *self._salt, region.id, "attribution")

    def _add_attribution(self, anchor: Region, ties: Ties) -> None:
        own = self._attribution_of[anchor.id]
        parts: dict[str, list[Region]] = {"source": [], "medium": [], "content": []}
        ends: list[int] = []
        for role, region in ties.parts.get(anchor.id, ()):
            if role == SCOPE_END:
                ends.append(region.end + self._base)
            else:
                parts[role].append(region)
        values: dict[str, Any] = {"scope": "closed"}
        if anchor.label == FREE_QUOTE:
            parts["content"].append(anchor)
        else:
            values["cue_id"] = self._span_of["attribution"].get(anchor.id)
            if values["cue_id"] is None:  # its id names another record, which was told
                return
        for role, regions in parts.items():
            values[f"{role}_ids"] = self._ids(regions)
        for name, told in anchor.answers.items():
            if name not in _ANY:
                values[name] = told
        values |= _remarks(anchor.answers)
        named = values.pop("source_named", None)
        values["source_named"] = named == YES or "source_name" in values
        if ends:
            values |= {"scope": OPEN, "scope_end": min(ends)}
        if len(set(ends)) > 1:
            self._fault("region-misused", anchor, "its scope has several ends; the first counts")
        if named not in (None, YES) and values["source_named"]:
            message = f"source_named is no, but source_name {clip(values['source_name'])}"
            self._fault("attribute-contradiction", anchor, message)
        if values.get("source_kind") == "none" and (parts["source"] or values["source_named"]):
            message = "source_kind is none, but a source is tied to it or named"
            self._fault("attribute-contradiction", anchor, message)
            return
        parent = ties.parents.get(anchor.id)
        if parent is not None:
            values["parent_id"] = self._attribution_of[parent]
        if own in self.made.records:
            self._fault("region-id-repeated", anchor, f"two regions have the record {own}")
            return
        self.made.records[own] = Attribution(own, **values)
        self.made.regions[own] = anchor
        kept = self._carried.attributions.get(anchor.id)
        if kept is not None:
            self.made.kept[own] = kept

    def _ids(self, regions: list[Region]) -> tuple[str, ...]:
        """Return the ids of an attribution's spans in the order of the text, each once."""
        if len(regions) > 1:
            regions = sorted(regions, key=lambda each: (each.start, each.end, each.id))
        spans = self._span_of["attribution"]
        return tuple(dict.fromkeys([spans[each.id] for each in regions if each.id in spans]))

    def _add_link(self, later: Region, earlier: Region) -> None:
        ends = [self._span_of["claim"].get(each.id) for each in (later, earlier)]
        if ends[0] is None or ends[1] is None:
            return
        key = pair(later.id, earlier.id)
        kept = self._carried.links.get(key)
        own = kept.id if kept is not None and kept.id else ""
        own = own or minted_id("k", *self._salt, key, REPEATS)
        if own not in self.made.records:
            self.made.records[own] = Link(own, REPEATS, ends[0], ends[1])
            self.made.regions[own] = later
            if kept is not None:
                self.made.kept[own] = kept

    def _look_at_ends(self, drawn: Drawn, ties: Ties) -> None:
        """Find the ends of scopes that end none."""
        marks = [region for region in drawn.regions if region.label == SCOPE_END]
        if marks:
            tied = {id(region) for parts in ties.parts.values() for _, region in parts}
            for region in marks:
                if region.layer == "attribution" and id(region) not in tied:
                    self._fault("region-misused", region, "it ends the scope of no cue")


def _attributes(region: Region, tied: set[str]) -> bool:
    """Tell whether a region stands for an attribution: a lone cue without answers doesn't yet."""
    if region.label not in ANCHORS:
        return False
    return region.label != CUE or region.id in tied or not _ANY.issuperset(region.answers)


def _joined(answers: list[dict[str, str]]) -> Mapping[str, str]:
    """Return the answers of regions that are one span."""
    if len(answers) == 1:
        return answers[0]
    found: dict[str, str] = {}
    for each in answers:
        for name, told in each.items():
            before = found.setdefault(name, told)
            if name == NOTE and told not in before.split("\n"):
                found[name] = f"{before}\n{told}"
    return found


def _remarks(answers: Mapping[str, str]) -> dict[str, Any]:
    """Return `unsure` and `note` of a region; what stands in its own panel is a note too."""
    found: dict[str, Any] = {}
    if UNSURE in answers:
        found["unsure"] = True
    if NOTE in answers or "meta" in answers:
        notes = [answers[name] for name in (NOTE, "meta") if name in answers]
        found[NOTE] = "\n".join(dict.fromkeys(notes))
    return found
