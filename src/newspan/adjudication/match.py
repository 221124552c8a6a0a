"""Which units of different sets mean the same place: best first, at most one of each set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from newspan.adjudication.compare import SAME_PLACE, attributes, differences
from newspan.adjudication.extents import Extent, Groups, iou, overlapping
from newspan.adjudication.units import Key, Unit, anchors, links_to
from newspan.model import Attribution


class Cluster(msgspec.Struct, frozen=True, eq=False):
    """Units that were matched, at most one of each set, by set id."""

    units: tuple[Unit, ...]


class Matching(msgspec.Struct, frozen=True, eq=False):
    """The clusters of some units, and which units touch the same place."""

    clusters: tuple[Cluster, ...]
    touching: tuple[tuple[Unit, Unit], ...]


def match(units: Sequence[Unit]) -> Matching:
    """Match spans and attributions of different sets, within item and layer.

    Of the pairs that touch the same place, alike ones come first, then those with the same label,
    then by intersection over union, then by place; what they refer to doesn't count yet.
    """
    touching = [pair for own in _by_place(units).values() for pair in _touching(own)]
    return Matching(tuple(_clusters(units, touching)), tuple(touching))


def _by_place(units: Iterable[Unit]) -> dict[tuple[str, str], list[Unit]]:
    found: dict[tuple[str, str], list[Unit]] = {}
    for unit in units:
        found.setdefault((unit.item_id, unit.layer), []).append(unit)
    return found


def _touching(units: Sequence[Unit]) -> list[tuple[Unit, Unit]]:
    if units[0].layer == "attribution":
        return _touching_attributions(units)
    extents = [(unit.extent, number) for number, unit in enumerate(units)]
    return [
        (units[a], units[b])
        for a, b in overlapping(extents)
        if units[a].set_id != units[b].set_id and _touch(units[a], units[b])
    ]


def _touch(a: Unit, b: Unit) -> bool:
    """Tell whether two overlapping spans are about one place.

    Claims are when they share half of the shorter one: a clause against the clauses that it could
    be split into. Loaded words nest: a slogan and a word in it are two findings, unless they have
    the same technique or share half of what they cover.
    """
    if a.layer == "claim":
        shared = min(a.extent[1], b.extent[1]) - max(a.extent[0], b.extent[0])
        return 2 * shared >= min(_length(a.extent), _length(b.extent))
    return a.parts[0].label == b.parts[0].label or iou([a.extent], [b.extent]) >= SAME_PLACE


def _length(extent: Extent) -> int:
    return extent[1] - extent[0]


def _touching_attributions(units: Sequence[Unit]) -> list[tuple[Unit, Unit]]:
    """Return pairs whose cues overlap; else, where none is better tied by a cue, by contents."""
    by_cue = _pairs_by_role(units, "cue")
    partners: dict[Key, set[str]] = {}
    for a, b in by_cue:
        partners.setdefault(a.key, set()).add(b.set_id)
        partners.setdefault(b.key, set()).add(a.set_id)
    by_content = [
        (a, b)
        for a, b in _pairs_by_role(units, "content")
        if b.set_id not in partners.get(a.key, ())
        and a.set_id not in partners.get(b.key, ())
        and iou(_extents(a, "content"), _extents(b, "content")) >= SAME_PLACE
    ]
    return by_cue + by_content


def _pairs_by_role(units: Sequence[Unit], role: str) -> list[tuple[Unit, Unit]]:
    placed = [(extent, number) for number, u in enumerate(units) for extent in _extents(u, role)]
    pairs = [(units[min(a, b)], units[max(a, b)]) for a, b in overlapping(placed)]
    return [(a, b) for a, b in pairs if a.set_id != b.set_id]


def _extents(unit: Unit, role: str) -> list[Extent]:
    return [(part.start, part.end) for part in unit.of_role(role)]


def _clusters(units: Sequence[Unit], pairs: Iterable[tuple[Unit, Unit]]) -> list[Cluster]:
    """Put units together, best pair first, as long as no set has two in a cluster."""
    numbers = {unit.key: number for number, unit in enumerate(units)}
    groups = Groups(len(units))
    held = {number: {unit.set_id} for number, unit in enumerate(units)}
    for a, b in sorted(pairs, key=_rank):
        left, right = groups.of(numbers[a.key]), groups.of(numbers[b.key])
        if left != right and not held[left] & held[right]:
            groups.join(left, right)
            held[groups.of(left)] = held[left] | held[right]
    found: dict[int, list[Unit]] = {}
    for number, unit in enumerate(units):
        found.setdefault(groups.of(number), []).append(unit)
    return [Cluster(tuple(sorted(own, key=lambda u: u.set_id))) for own in found.values()]


def _rank(pair: tuple[Unit, Unit]) -> tuple[object, ...]:
    a, b = pair
    unlike = len(differences(a, b))
    label = attributes(a)[0] != attributes(b)[0]
    overlap = iou(_anchor_extents(a), _anchor_extents(b))
    whole = iou(_whole(a), _whole(b))
    places = sorted((a.order, b.order))
    return (bool(unlike), label, -overlap, -whole, attributes(a) != attributes(b), places)


def _anchor_extents(unit: Unit) -> list[Extent]:
    if isinstance(unit.record, Attribution):
        return [(part.start, part.end) for part in anchors(unit.record, unit.parts)]
    return [unit.extent]


def _whole(unit: Unit) -> list[Extent]:
    return [(part.start, part.end) for part in unit.parts]


def components(
    units: Sequence[Unit], touching: Iterable[tuple[Unit, Unit]]
) -> list[tuple[Unit, ...]]:
    """Return units in groups that touch, in the units' order."""
    numbers = {unit.key: number for number, unit in enumerate(units)}
    groups = Groups(len(units))
    for a, b in touching:
        if a.key in numbers and b.key in numbers:
            groups.join(numbers[a.key], numbers[b.key])
    found: dict[int, list[Unit]] = {}
    for number, unit in enumerate(units):
        found.setdefault(groups.of(number), []).append(unit)
    return [tuple(own) for own in found.values()]


def match_links(
    units: Sequence[Unit], cluster_of: Mapping[Key, int], place_of: Mapping[Key, int]
) -> Matching:
    """Match links: alike when their ends were matched, touching when their ends' places are.

    Args:
        units: the links.
        cluster_of: the cluster of each claim.
        place_of: the group of touching claims that each stands in; direction doesn't count.
    """

    def by(key: Callable[[Unit], object]) -> list[tuple[Unit, Unit]]:
        found: dict[object, list[Unit]] = {}
        for unit in units:
            found.setdefault(key(unit), []).append(unit)
        return [
            (a, b)
            for own in found.values()
            for number, a in enumerate(own)
            for b in own[number + 1 :]
            if a.set_id != b.set_id
        ]

    def ends(unit: Unit, of: Mapping[Key, int]) -> tuple[int, ...]:
        return tuple(of[unit.set_id, end] for end in links_to(unit))

    matched = by(lambda unit: (attributes(unit), ends(unit, cluster_of)))
    touching = by(lambda unit: tuple(sorted(ends(unit, place_of))))
    return Matching(tuple(_clusters(units, matched)), tuple(touching))
