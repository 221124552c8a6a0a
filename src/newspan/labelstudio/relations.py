"""Relations between regions: what they tie, read from their labels and from their two ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from newspan.checks.extents import clip
from newspan.labelstudio.drawn import Drawn, Fault, Region, Relation
from newspan.labelstudio.names import (
    ANCHORS,
    CUE,
    FREE_QUOTE,
    NESTED_IN,
    PARTS,
    REPEATS,
    SCOPE_END,
)


class Ties(msgspec.Struct):
    """What relations tie, by region id.

    `parts` are an anchor's, with what each is (source, medium, content, scope_end); `parents` the
    outer anchor of each nested one; `repeats` pairs of a claim and the earlier one.
    """

    parts: dict[str, list[tuple[str, Region]]]
    parents: dict[str, str]
    repeats: list[tuple[Region, Region]]
    faults: list[Fault]

    def tied(self) -> set[str]:
        """Return the anchors that any relation reaches."""
        return {*self.parts, *self.parents, *self.parents.values()}


def tie(drawn: Drawn, pushed: Collection[str] = ()) -> Ties:
    """Return what an annotation's relations tie.

    A label that fits neither direction of its relation is a fault; a relation without one, or
    drawn the other way round, is understood from its ends.

    Args:
        drawn: what stands in the annotation.
        pushed: ids of anchors that newspan pushed: what it nests stands as it wrote it.
    """
    roles = {region.id: region for region in drawn.regions if region.layer == "attribution"}
    claims = {region.id: region for region in drawn.regions if region.layer == "claim"}
    ties = Ties({}, {}, [], [])
    nested: list[tuple[Region, Region, int, bool]] = []
    for relation in drawn.relations:
        one, other = roles.get(relation.from_id), roles.get(relation.to_id)
        first, second = claims.get(relation.from_id), claims.get(relation.to_id)
        label = relation.label
        if relation.from_id == relation.to_id:
            _refuse(ties, relation, "a relation ends where it begins")
        elif one and other and label in (None, NESTED_IN) and _are_anchors(one, other):
            written = label == NESTED_IN and one.id in pushed and other.id in pushed
            nested.append((one, other, relation.index, written))
        elif one and other and (found := _part(one, other, label)):
            anchor, part = found
            if part.label == SCOPE_END and anchor.label != CUE:
                message = "a free quote has no scope, so nothing ends it"
                ties.faults.append(Fault("region-misused", relation.index, message, part.id))
                continue
            held = ties.parts.setdefault(anchor.id, [])
            if not any(region is part for _, region in held):
                held.append((_role(part), part))
        elif first and second and label in (None, REPEATS):
            # What comes later repeats; if both begin and end together, as it was drawn.
            later = (first.start, first.end) >= (second.start, second.end)
            ties.repeats.append((first, second) if later else (second, first))
        else:
            _refuse(ties, relation, _why(one or first, other or second, drawn, relation))
    _nest(ties, nested)
    return ties


def _are_anchors(one: Region, other: Region) -> bool:
    return one.label in ANCHORS and other.label in ANCHORS


def _role(region: Region) -> str:
    return "content" if region.label == FREE_QUOTE else region.label


def _part(one: Region, other: Region, label: str | None) -> tuple[Region, Region] | None:
    """Return anchor and part of a relation, or None if it does not tie two such."""
    for anchor, part in ((one, other), (other, one)):
        role = _role(part)
        if anchor.label in ANCHORS and role in PARTS and label in (None, role):
            return anchor, part
    return None


def _nest(ties: Ties, nested: Iterable[tuple[Region, Region, int, bool]]) -> None:
    """Find out which of two attributions is in the other: the words tell, else the direction."""
    for inner, outer, index, written in nested:
        if not written and _inside(outer, inner, ties) and not _inside(inner, outer, ties):
            inner, outer = outer, inner
        before = ties.parents.setdefault(inner.id, outer.id)
        if before != outer.id:
            message = f"an attribution is nested in one other: it has {clip(before)} already"
            ties.faults.append(Fault("relation-ends", index, message, inner.id))


def _inside(one: Region, other: Region, ties: Ties) -> bool:
    """Tell whether an anchor stands inside the content of another one's attribution."""
    contents = [region for role, region in ties.parts.get(other.id, ()) if role == "content"]
    if other.label == FREE_QUOTE:
        contents.append(other)
    return any(each.start <= one.start and one.end <= each.end for each in contents)


def _why(one: Region | None, other: Region | None, drawn: Drawn, relation: Relation) -> str:
    labels = []
    for end, region in ((relation.from_id, one), (relation.to_id, other)):
        here = region or next(each for each in drawn.regions if each.id == end)
        labels.append(here.label)
    named = f" {relation.label}" if relation.label else ""
    told = f"a relation{named} goes from {labels[0]} to {labels[1]}"
    return f"{told}: an attribution has one cue" if labels == [CUE, CUE] else told


def _refuse(ties: Ties, relation: Relation, why: str) -> None:
    ties.faults.append(Fault("relation-ends", relation.index, why, relation.from_id))
