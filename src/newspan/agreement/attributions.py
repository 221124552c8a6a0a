"""Agreement on attributions and links: who says what, as a whole and part by part.

Two attributions are matched one to one when the text of their parts, each character with the role
that it has there, has an IoU of 0.5 or more: as many as can be, and of these the ones that overlap
most. Parts are those in view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from newspan.agreement.attributes import first_group, match_rate, of_attribute
from newspan.agreement.bootstrap import Measure
from newspan.agreement.matching import IOU, Unit, assigned, exact, matched
from newspan.agreement.spans import mean_f1, over_pairs
from newspan.agreement.units import ItemView, Placed, View, set_pairs
from newspan.corpus import AnnotationSet
from newspan.model import Attribution

Array = Any

ROLES = ("source", "medium", "cue", "content")
ATTRIBUTES = ("mode", "source_kind", "source_named", "cue_type", "cue_force", "scope")


class _Seen(NamedTuple):
    """An attribution, its parts in view by role, and the group of the first."""

    record: Attribution
    parts: dict[str, tuple[Placed, ...]]
    group: int


_Matches = dict[tuple[str, int, int], list[tuple[int, int]]]


def measures(view: View, sets: Sequence[AnnotationSet]) -> list[Measure]:
    """Return F1 of attributions: matched, whole, by role, of nesting; and attributes' agreement."""
    seen, matches = _found(view, sets)
    sums = _tables(view, seen, matches, _near)
    counts = _counts(view, seen)
    flat = {kind: table.reshape(view.groups, -1) for kind, table in sums.items()}
    result = match_rate(view, flat["match"], counts["match"], "attributions")
    for kind in ("whole", "parent", *ROLES):
        result += over_pairs(
            view.sets,
            "attribution_f1",
            (("of", kind), ("match", "attributions"), ("iou", "0.5")),
            None,
            flat[kind],
            3,
            mean_f1,
            "no set has any",
            counts[kind],
        )
    for name in ATTRIBUTES:

        def pairs_of(item: ItemView, a: int, b: int) -> Iterable[Any]:
            left, right = seen[item.item, a], seen[item.item, b]
            for i, j in matches[item.item, a, b]:
                yield left[i].record, right[j].record, left[i].group

        result += of_attribute(view, name, pairs_of, (("match", "attributions"), ("iou", "0.5")))
    return result


def tables(view: View, sets: Sequence[AnnotationSet], *, exact_parts: bool) -> dict[str, Array]:
    """Return sums of (both, left, right), (groups, pairs, 3), of what attributions share.

    Keys are the roles, `roles` for attributions of which all parts are the same, and `whole` where
    scope and parent are too; `match` for those matched at all. Parts are the same when their
    extents are, or when their IoU is at least 0.5.
    """
    return _tables(view, *_found(view, sets), exact if exact_parts else _near)


def _found(
    view: View, sets: Sequence[AnnotationSet]
) -> tuple[dict[tuple[str, int], list[_Seen]], _Matches]:
    """Return the attributions of each item and set, and which of them are matched."""
    seen = {(item.item, k): _seen(item, k, s) for item in view.items for k, s in enumerate(sets)}
    return seen, {
        (item.item, a, b): _matched(seen[item.item, a], seen[item.item, b])
        for item in view.items
        for a, b in set_pairs(view.sets)
    }


def _near(left: Sequence[Unit], right: Sequence[Unit]) -> int:
    """Return how many parts have an IoU of 0.5, one to one."""
    return len(matched(left, right))


def _tables(
    view: View,
    seen: dict[tuple[str, int], list[_Seen]],
    matches: _Matches,
    both: Callable[[Sequence[Unit], Sequence[Unit]], int],
) -> dict[str, Array]:
    import numpy as np

    pairs = set_pairs(view.sets)
    kinds = ("match", "roles", "whole", "parent", *ROLES)
    sums = {kind: np.zeros((view.groups, len(pairs), 3)) for kind in kinds}
    for item in view.items:
        for pair, (a, b) in enumerate(pairs):
            sides = seen[item.item, a], seen[item.item, b]
            _count(sums, pair, sides, matches[item.item, a, b], both)
    return sums


def links(view: View, sets: Sequence[AnnotationSet]) -> list[Measure]:
    """Return F1 of links: the same type between spans that are matched, IoU 0.5, same label."""
    import numpy as np

    pairs = set_pairs(view.sets)
    group = [
        {placed.span.id: placed.group for item in view.items for placed in item.spans[index]}
        for index in range(len(sets))
    ]
    kept = [
        [link for link in each.links.values() if {link.from_id, link.to_id} <= group[index].keys()]
        for index, each in enumerate(sets)
    ]
    sums = np.zeros((view.groups, len(pairs), 3))
    for pair, (a, b) in enumerate(pairs):
        other = {}
        for item in view.items:
            left, right = item.spans[a], item.spans[b]
            for i, j in matched([p.unit for p in left], [p.unit for p in right]):
                other[left[i].span.id] = right[j].span.id
        ends = {(link.type, link.from_id, link.to_id) for link in kept[b]}
        for link in kept[a]:
            at = group[a][link.from_id]
            sums[at, pair, 1] += 1
            sums[at, pair, 0] += (link.type, other.get(link.from_id), other.get(link.to_id)) in ends
        for link in kept[b]:
            sums[group[b][link.from_id], pair, 2] += 1
    return over_pairs(
        view.sets,
        "link_f1",
        (("match", "label"), ("iou", "0.5")),
        None,
        sums.reshape(view.groups, -1),
        3,
        mean_f1,
        "no set has a link",
        tuple(len(each) for each in kept),
    )


def _seen(item: ItemView, index: int, annotations: AnnotationSet) -> list[_Seen]:
    placed = {each.span.id: each for each in item.spans[index]}
    found = []
    for record in annotations.attributions_in.get(item.item, ()):
        ids = {
            "source": record.source_ids,
            "medium": record.medium_ids,
            "cue": (record.cue_id,) if record.cue_id else (),
            "content": record.content_ids,
        }
        parts = {
            role: tuple(placed[each] for each in ids[role] if each in placed) for role in ROLES
        }
        every = [part for role in ROLES for part in parts[role]]
        if every:
            found.append(_Seen(record, parts, first_group(every)))
    return found


def _extents(seen: _Seen) -> list[tuple[int, int, str]]:
    """Return the parts' extents, merged within a role."""
    found: list[tuple[int, int, str]] = []
    for role in ROLES:
        end = -1
        for start, stop in sorted((p.unit.start, p.unit.end) for p in seen.parts[role]):
            if max(start, end) < stop:
                found.append((max(start, end), stop, role))
                end = stop
    return found


def _matched(left: Sequence[_Seen], right: Sequence[_Seen]) -> list[tuple[int, int]]:
    edges = []
    extents = [_extents(each) for each in left], [_extents(each) for each in right]
    for i, one in enumerate(extents[0]):
        for j, other in enumerate(extents[1]):
            shared = sum(
                max(0, min(b, d) - max(a, c)) for a, b, x in one for c, d, y in other if x == y
            )
            union = sum(b - a for a, b, _ in (*one, *other)) - shared
            if shared and shared / union >= IOU:
                edges.append((i, j, shared / union))
    return assigned(edges)


def _count(
    sums: dict[str, Array],
    pair: int,
    sides: tuple[list[_Seen], list[_Seen]],
    found: list[tuple[int, int]],
    both_of: Callable[[Sequence[Unit], Sequence[Unit]], int],
) -> None:
    left, right = sides
    for column, side in ((1, left), (2, right)):
        here = {each.record.id for each in side}
        for each in side:
            sums["match"][each.group, pair, column] += 1
            sums["roles"][each.group, pair, column] += 1
            sums["whole"][each.group, pair, column] += 1
            sums["parent"][each.group, pair, column] += each.record.parent_id in here
            for role in ROLES:
                sums[role][each.group, pair, column] += len(each.parts[role])
    partner = {left[i].record.id: right[j].record.id for i, j in found}
    ids = {each.record.id for each in left}, {each.record.id for each in right}
    for i, j in found:
        one, other = left[i], right[j]
        sums["match"][one.group, pair, 0] += 1
        same = True
        for role in ROLES:
            units = [p.unit for p in one.parts[role]], [p.unit for p in other.parts[role]]
            both = both_of(*units)
            sums[role][one.group, pair, 0] += both
            same = same and both == len(units[0]) == len(units[1])
        sums["roles"][one.group, pair, 0] += same
        parents = [
            each.record.parent_id if each.record.parent_id in known else None
            for each, known in zip((one, other), ids, strict=True)
        ]
        nested = parents[0] is not None and partner.get(parents[0]) == parents[1]
        sums["parent"][one.group, pair, 0] += nested
        structure = nested or parents == [None, None]
        same = same and structure and one.record.scope == other.record.scope
        sums["whole"][one.group, pair, 0] += same


def _counts(view: View, seen: dict[tuple[str, int], list[_Seen]]) -> dict[str, tuple[int, ...]]:
    each = [[s for item in view.items for s in seen[item.item, k]] for k in range(len(view.sets))]
    total = tuple(len(s) for s in each)
    ids = [{s.record.id for s in side} for side in each]
    nested = tuple(
        sum(s.record.parent_id in known for s in side)
        for side, known in zip(each, ids, strict=True)
    )
    return {
        "match": total,
        "whole": total,
        "parent": nested,
        **{role: tuple(sum(len(s.parts[role]) for s in side) for side in each) for role in ROLES},
    }
