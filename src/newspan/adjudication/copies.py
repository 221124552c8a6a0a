"""What of the compared sets is left to projection, and what the result covers."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from newspan.adjudication.extents import Extent, iou
from newspan.adjudication.units import LAYERS, Unit
from newspan.corpus import AnnotationSet, Corpus
from newspan.model import Coverage, Span
from newspan.reuse.copied import Cell, Copies
from newspan.reuse.projection import project

#: By item, layer and role: extents of spans.
Spans = dict[tuple[str, str, str | None], list[Extent]]


def is_reached(unit: Unit, spans: Spans) -> bool:
    """Tell whether each part of a unit has a span of its kind there, of half its extent or more."""
    return all(
        any(
            iou([(part.start, part.end)], [extent]) >= 0.5
            for extent in spans.get((unit.item_id, part.layer, part.role), ())
        )
        for part in unit.parts
    )


def carried(
    sets: Iterable[AnnotationSet], kept: Iterable[Unit], blocks: AnnotationSet, corpus: Corpus
) -> Spans:
    """Return the spans that projection adds, from what each set says outside of copies.

    A unit in a copy that nothing reaches has no counterpart in the canonical passage, or none that
    can be carried; nobody but this comparison would decide it.

    Args:
        sets: the compared sets.
        kept: the units that are not left to projection.
        blocks: the set with the duplicate blocks.
        corpus: the corpus.
    """
    records: dict[str, set[str]] = {}
    for unit in kept:
        if unit.layer == "link":  # its ends may be left, and it carries no span
            continue
        records.setdefault(unit.set_id, set()).update(record.id for record in unit.records)
    found: Spans = {}
    for each in sets:
        own = records.get(each.info.id, set())
        chosen = AnnotationSet(each.info, tuple(p for p in each.records if p.record.id in own))
        for item, made in project(chosen, blocks, corpus).records.items():
            for span in (record for record in made if isinstance(record, Span)):
                place = found.setdefault((item, span.layer, span.role), [])
                place.append((span.start, span.end))
    return found


def coverage_of(
    cells: Collection[Cell], copies: Copies, corpus: Corpus, units: Iterable[Unit]
) -> tuple[Coverage, ...]:
    """Return the coverage of the compared places, but for zone kinds that are copies throughout.

    What lies in a copy is annotated by projection, which widens the coverage by what it carries;
    until then nobody can say that nothing was found there. Where a copy has a unit that was
    compared all the same, its zone kind is covered.
    """
    held = set()
    for unit in units:
        for part in unit.parts if unit.layer != "link" else ():
            zone = corpus.items[unit.item_id][1].zone_of(part.start, part.end)
            if zone is not None:
                held.add((unit.item_id, unit.layer, zone.kind))
    kinds: dict[tuple[str, str], list[str]] = {}
    for item, layer, kind in sorted(cells):
        zones = [zone for zone in corpus.items[item][1].zones if zone.kind == kind]
        if (
            not zones
            or (item, layer, kind) in held
            or not all(copies.cover(item, layer, (z.start, z.end)) for z in zones)
        ):
            kinds.setdefault((item, layer), []).append(kind)
    layers: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (item, layer), own in kinds.items():
        layers.setdefault((item, tuple(own)), []).append(layer)
    order = {item: index for index, item in enumerate(corpus.items)}
    found = sorted(layers.items(), key=lambda each: (order[each[0][0]], each[0][1]))
    return tuple(
        Coverage(item, tuple(sorted(own, key=LAYERS.index)), zones) for (item, zones), own in found
    )
