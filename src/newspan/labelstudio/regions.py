"""Records of one item as Label Studio's results, and back, losing nothing.

A span is a region. A cue, or a content without one (a free quote), also stands for its attribution:
it has the attribution's answers, and relations go from it to the other parts. Where two
attributions need one span for that, it is drawn twice, and is one again on reading.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from newspan.labelstudio.carry import Carried, as_record, in_order, read_carried, restored
from newspan.labelstudio.drawing import Drawing, carried_beside, results_of
from newspan.labelstudio.drawn import Drawn, Fault, draw
from newspan.labelstudio.names import LAYERS, REASON, VERDICT, controls
from newspan.labelstudio.records import Made, make
from newspan.model import AnyRecord, Attribution, Link
from newspan.offsets import OffsetMap
from newspan.schema import Labels


class Converted(msgspec.Struct, frozen=True):
    """What an annotation's results say.

    `origins` tells of each record whether it is manual, a prediction, or a prediction-changed;
    `regions` has the region that a record was made from, `places` that region's result, both by
    the record's id; `choices` has a review's answers by region id.
    """

    records: tuple[AnyRecord, ...]
    origins: dict[str, str]
    regions: dict[str, str]
    places: dict[str, int]
    choices: dict[str, dict[str, str]]
    faults: tuple[Fault, ...]


def to_results(
    records: Sequence[AnyRecord],
    text: str,
    base: int,
    *,
    region_ids: Mapping[str, str] | None = None,
    origin: str = "prediction",
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return records of one item as results, and what these cannot say, to be carried beside them.

    Args:
        records: of one item, in any order.
        text: the item's slice of its document.
        base: where the slice begins in its document, in code points.
        region_ids: the region's id by the span's, where it is not the span's own id.
        origin: what Label Studio is to hold the regions for, `prediction` or `manual`.
    """
    drawing = Drawing(records, text, base, region_ids or {})
    results: list[dict[str, Any]] = []
    for region in sorted(drawing.regions, key=lambda each: (each.start, -each.end, each.id)):
        results += results_of(region, text, origin)
    for relation in drawing.relations:
        ends = {"from_id": relation.from_id, "to_id": relation.to_id}
        results.append(
            {**ends, "type": "relation", "direction": "right", "labels": [relation.label]}
        )
    drawn = Drawn(drawing.regions, drawing.relations, [])
    identity = Carried(drawing.span_ids(), drawing.twins, drawing.anchors, drawing.links)
    plain = make(drawn, identity, text, base, ("", "")).records
    return results, carried_beside(records, plain, drawing)


def from_results(
    results: Sequence[Any],
    carried: object,
    slice_text: str,
    base: int,
    *,
    set_id: str,
    item_id: str,
    labels: Labels,
    targets: Iterable[str],
    reasons: Iterable[str] = (),
    layers: Collection[str] = LAYERS,
    utf16: bool = False,
) -> Converted:
    """Return the records that results say, those that were pushed under their ids.

    Faults are values; what is sound beside them is kept. Records are of the types and values that
    their schemas ask for, but `newspan check` may have more to say of them.

    Args:
        results: the list `result` of an annotation, prediction or draft; `Result`s, or any JSON.
        carried: what `to_results` gave beside the results, as JSON or read; None where nothing was
            pushed.
        slice_text: the task's text.
        base: where it begins in its document, in code points.
        set_id: the set that the records go to; ids of what was drawn are hashes of it.
        item_id: the item.
        labels: the labels in force.
        targets: the ids of the corpus's targets.
        reasons: of a review: the reasons to choose from.
        layers: those that were asked for.
        utf16: the results' offsets count UTF-16 units, as old versions wrote them.
    """
    known = {control.name: control for control in controls(labels, targets, reasons)}
    reader = Reader(known, set_id, layers)
    return reader.read(results, carried, slice_text, base, item_id, utf16=utf16)


class Reader:
    """Reads results of many annotations of one project; `from_results` for one."""

    def __init__(
        self, known: Mapping[str, Any], set_id: str, layers: Collection[str] = LAYERS
    ) -> None:
        self._known, self._set_id, self._layers = known, set_id, layers

    def read(
        self,
        results: Sequence[Any],
        carried: object,
        text: str,
        base: int,
        item_id: str,
        *,
        utf16: bool = False,
    ) -> Converted:
        """Return the records that results say; see `from_results`."""
        faults: list[Fault] = []
        with_it = Carried() if carried is None else carried
        if not isinstance(with_it, Carried):
            with_it = read_carried(with_it)
        if with_it is None:
            message = "what travelled with the task is not as newspan wrote it"
            faults.append(Fault("task-data", None, message))
            with_it = Carried()
        units = OffsetMap(text) if utf16 else None
        drawn = draw(results, len(text), self._known, self._layers, units)
        made = make(drawn, with_it, text, base, (self._set_id, item_id))
        records, origins = _restored(made)
        extra = _extra(with_it, records)
        for record in extra:
            records[record.id] = record
            origins[record.id] = "prediction"
        return Converted(
            records=tuple(in_order(records.values(), with_it.order)),
            origins=origins,
            regions={own: region.id for own, region in made.regions.items()},
            places={own: region.index for own, region in made.regions.items()},
            choices=_choices(drawn) if VERDICT in self._known else {},
            faults=(*faults, *made.faults),
        )


def _restored(made: Made) -> tuple[dict[str, AnyRecord], dict[str, str]]:
    records: dict[str, AnyRecord] = {}
    origins: dict[str, str] = {}
    for own, record in made.records.items():
        region, kept = made.regions[own], made.kept.get(own)
        origin = region.origin
        if kept is not None:
            record, as_pushed = restored(record, kept)
            if not as_pushed and origin == "prediction":
                origin = "prediction-changed"
        elif isinstance(record, Attribution | Link):
            origin = "manual"
        records[own] = record
        origins[own] = origin
    return records, origins


def _extra(carried: Carried, records: Mapping[str, AnyRecord]) -> list[AnyRecord]:
    """Return records that no result stands for, where what they refer to is still there."""
    if not carried.extra:
        return []
    pushed = {kept.id or own for ids in carried.regions.values() for own, kept in ids.items()}
    pushed |= {kept.id for kept in carried.attributions.values() if kept.id}
    found = []
    for data in carried.extra:
        record = as_record(data)
        if record is None or record.id in records:
            continue
        if all(own in records for own in _ends(record) if own in pushed):
            found.append(record)
    return found


def _ends(record: AnyRecord) -> tuple[str, ...]:
    if isinstance(record, Link):
        return (record.from_id, record.to_id)
    if isinstance(record, Attribution):
        return (*record.part_ids, *((record.parent_id,) if record.parent_id else ()))
    return ()


def _choices(drawn: Drawn) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for region in drawn.regions:
        for name in (VERDICT, REASON):
            if name in region.answers:
                found.setdefault(region.id, {})[name] = region.answers[name]
    return found
