"""Comparison of annotation sets: what is alike, what is not, and what can't be compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

import msgspec

from newspan.adjudication.compare import differences
from newspan.adjudication.copies import carried, coverage_of, is_reached
from newspan.adjudication.extents import hull
from newspan.adjudication.match import Cluster, Matching, components, match, match_links
from newspan.adjudication.units import (
    LAYERS,
    SPAN_LAYERS,
    Aside,
    Key,
    Unit,
    as_json,
    links_to,
    units_of,
)
from newspan.corpus import AnnotationSet, Corpus
from newspan.model import Coverage, Item
from newspan.reuse.copied import Cell, Copies

#: The kinds of conflicts, in the order in which a conflict lists them; only and missing name a set.
KINDS = ("only", "missing", "label", "boundary", "attribute", "structure")


class Conflict(msgspec.Struct, frozen=True, eq=False):
    """Units that are not alike, and the sets that looked at their place.

    `id` is a hash of the sets and of all that they say there, so a changed pass has another
    conflict. Offsets are code points, from the first span to the last.
    """

    id: str
    kinds: tuple[str, ...]
    item: str
    layer: str
    start: int
    end: int
    units: tuple[Unit, ...]
    sets: tuple[str, ...]

    def units_of(self, set_id: str) -> tuple[Unit, ...]:
        """Return what a set says there, in text order."""
        return tuple(unit for unit in self.units if unit.set_id == set_id)


class Comparison(msgspec.Struct, frozen=True, eq=False):
    """What a comparison of sets found.

    `alike` holds one unit of each set that looked there. `mates` names, for each unit, those that
    it was matched with, itself included. `coverage` is what two sets or more looked at, but for
    zone kinds that are copies throughout.
    """

    alike: tuple[Cluster, ...]
    conflicts: tuple[Conflict, ...]
    aside: tuple[Aside, ...]
    mates: dict[Key, tuple[Key, ...]]
    units: dict[Key, Unit]
    coverage: tuple[Coverage, ...]


def compare(
    sets: Sequence[AnnotationSet], corpus: Corpus, blocks: AnnotationSet | None = None
) -> Comparison:
    """Compare annotation sets; neither their order nor that of their records matters.

    Args:
        sets: two or more, whose ids are unique and point to records.
        corpus: the corpus that they belong to.
        blocks: the set with the duplicate blocks; what lies wholly in copies is left aside.
    """
    ordered = sorted(sets, key=lambda each: each.info.id)
    cells = compared_cells(ordered)
    copies = Copies(blocks, corpus, cells)
    known, aside = units_of(ordered, corpus)
    units = [unit for unit in known if len(unit.lookers) > 1]
    aside += [_aside("uncompared", unit) for unit in known if len(unit.lookers) < 2]
    found = match([unit for unit in units if unit.layer != "link"])
    alike, rest = _split(found)
    open_ = components(rest, found.touching)
    groups = [*(each.units for each in alike), *open_]
    left = _left_to_projection(groups, copies, lambda unit: True)
    if left and blocks is not None:
        kept = [unit for unit in units if unit.key not in left]
        spans = carried(ordered, kept, blocks, corpus)
        left = _left_to_projection(groups, copies, lambda unit: is_reached(unit, spans))
    compared = {u.key for u in units if u.layer != "link" and u.key not in left}
    links = [u for u in units if u.layer == "link" and {*_refers(u)} <= compared]
    aside += [_aside("copy", unit) for unit in units if unit.key in left]
    aside += [
        _aside("copy" if {*_refers(u)} & left else "uncompared", u)
        for u in units
        if u.layer == "link" and u not in links
    ]
    linked = match_links(
        links,
        _numbered(c.units for c in found.clusters),
        _numbered(groups),
    )
    alike_links, other_links = _split(linked)
    alike = [each for each in alike if each.units[0].key not in left] + alike_links
    unsettled = [each for each in open_ if each[0].key not in left]
    unsettled += components(other_links, linked.touching)
    clusters = (*found.clusters, *linked.clusters)
    mates = {u.key: tuple(mate.key for mate in c.units) for c in clusters for u in c.units}
    conflicts = [_conflict(group, clusters, mates) for group in unsettled]
    order = {item: index for index, item in enumerate(corpus.items)}
    conflicts.sort(
        key=lambda c: conflict_order(order.get(c.item, -1), c.start, c.end, c.layer, c.id)
    )
    return Comparison(
        tuple(alike),
        tuple(conflicts),
        tuple(sorted(aside, key=lambda a: (order[a.item], a.set, a.layer, a.record))),
        mates,
        {unit.key: unit for unit in known},
        coverage_of(cells, copies, corpus, (unit for unit in units if unit.key in compared)),
    )


def conflict_order(item: int, start: int, end: int, layer: str, name: str) -> tuple[object, ...]:
    """Return the key that puts conflicts in text order."""
    return item, start, end, LAYERS.index(layer), name


def compared_cells(sets: Sequence[AnnotationSet]) -> set[Cell]:
    """Return the places that two sets or more looked at, in the layers that are adjudicated."""
    layers = (*SPAN_LAYERS, "attribution")
    seen: dict[Cell, int] = {}
    for each in sets:
        for cell in each.looked_at:
            seen[cell] = seen.get(cell, 0) + (cell[1] in layers)
    return {cell for cell, number in seen.items() if number > 1}


def _aside(reason: str, unit: Unit) -> Aside:
    return Aside(reason, unit.set_id, unit.record.id, unit.layer, unit.item_id)


def _refers(unit: Unit) -> list[Key]:
    return [(unit.set_id, each) for each in links_to(unit)]


def _numbered(groups: Iterable[Sequence[Unit]]) -> dict[Key, int]:
    return {unit.key: number for number, group in enumerate(groups) for unit in group}


def _split(found: Matching) -> tuple[list[Cluster], list[Unit]]:
    """Return the clusters whose units are alike, and the units of all others."""
    cluster_of = _numbered(cluster.units for cluster in found.clusters)

    def refer_alike(a: Unit, b: Unit) -> bool:
        if a.layer == "link":  # their ends were matched, or they wouldn't be together
            return True
        return [cluster_of.get(key, key) for key in _refers(a)] == [
            cluster_of.get(key, key) for key in _refers(b)
        ]

    alike: list[Cluster] = []
    rest: list[Unit] = []
    for cluster in found.clusters:
        lookers = frozenset[str]().union(*(unit.lookers for unit in cluster.units))
        pairs = combinations(cluster.units, 2)
        if len(cluster.units) == len(lookers) and not any(
            differences(a, b, refer_alike) for a, b in pairs
        ):
            alike.append(cluster)
        else:
            rest += cluster.units
    return alike, rest


def _left_to_projection(
    groups: Sequence[Sequence[Unit]], copies: Copies, has_counterpart: Callable[[Unit], bool]
) -> set[Key]:
    """Return the units of groups that lie wholly in copies, families of attributions together.

    What stays is decided here with all that it refers to, and an attribution with its children: an
    attribution is not carried without its parent.
    """
    left = {
        number
        for number, group in enumerate(groups)
        if any(map(has_counterpart, group))
        and all(
            copies.hold(unit.item_id, unit.layer, [(p.start, p.end) for p in unit.parts])
            for unit in group
        )
    }
    group_of = _numbered(groups)
    refers = [
        (number, group_of[key], unit.layer)
        for number, group in enumerate(groups)
        for unit in group
        for key in _refers(unit)
        if key in group_of
    ]
    while True:
        staying = {other for number, other, _ in refers if number not in left}
        staying |= {
            number
            for number, other, layer in refers
            if layer == "attribution" and other not in left
        }
        if not staying & left:
            return {unit.key for number in left for unit in groups[number]}
        left -= staying


def _conflict(
    group: Sequence[Unit], clusters: Iterable[Cluster], mates: dict[Key, tuple[Key, ...]]
) -> Conflict:
    units = tuple(sorted(group, key=lambda unit: (unit.set_id, unit.order)))
    sets = tuple(sorted(frozenset[str]().union(*(unit.lookers for unit in units))))
    start, end = hull(unit.extent for unit in units)
    said = [[s, [as_json(r) for u in units if u.set_id == s for r in u.records]] for s in sets]
    whole = json.dumps([units[0].item_id, said], sort_keys=True, ensure_ascii=False)
    name = "x" + hashlib.sha256(whole.encode()).hexdigest()[:15]
    kinds = tuple(_kinds(units, sets, mates))
    return Conflict(name, kinds, units[0].item_id, units[0].layer, start, end, units, sets)


def _kinds(
    units: Sequence[Unit], sets: Sequence[str], mates: dict[Key, tuple[Key, ...]]
) -> Iterator[str]:
    present = {unit.set_id for unit in units}
    if len(present) == 1:
        yield f"only:{units[0].set_id}"
    else:
        yield from (f"missing:{each}" for each in sets if each not in present)
    if len(units) > len(present) > 1:
        yield "structure"
        return

    def refer_alike(a: Unit, b: Unit) -> bool:
        mine, theirs = ([mates.get(key, (key,)) for key in _refers(unit)] for unit in (a, b))
        return mine == theirs

    found = [differences(a, b, refer_alike) for a, b in combinations(units, 2)]
    if len(present) > 1:
        yield from (kind for kind in KINDS if any(kind in each for each in found))


def to_json(conflict: Conflict, comparison: Comparison, corpus: Corpus) -> dict[str, Any]:
    """Return a conflict as a line of decisions.jsonl, without a decision."""
    document, item = corpus.items[conflict.item]
    text = corpus.texts[document.id]
    readings = {
        each: [as_json(record) for unit in conflict.units_of(each) for record in unit.records]
        for each in conflict.sets
    }
    refers: dict[str, dict[str, str]] = {}
    for unit in conflict.units:
        for key in _refers(unit):
            if key in comparison.units and key not in {other.key for other in conflict.units}:
                refers.setdefault(key[0], {})[key[1]] = comparison.units[key].surface
    return {
        "record": "conflict",
        "id": conflict.id,
        "kinds": list(conflict.kinds),
        "item": conflict.item,
        "layer": conflict.layer,
        "start": conflict.start,
        "end": conflict.end,
        "text": text[conflict.start : conflict.end],
        "context": [
            {"start": start, "end": end, "text": text[start:end]}
            for start, end in context_of(conflict, item)
        ],
        "readings": readings,
        **({"refers_to": refers} if refers else {}),
        "decision": None,
    }


def context_of(conflict: Conflict, item: Item) -> list[tuple[int, int]]:
    """Return the extents of the zones that a conflict's spans stand in, in text order."""
    parts = [
        p for unit in conflict.units for p in unit.parts[: 1 if unit.layer == "link" else None]
    ]
    zones = {(z.start, z.end) for p in parts if (z := item.zone_of(p.start, p.end)) is not None}
    return sorted(zones)
