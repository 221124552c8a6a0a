"""What an adjudicated set has at the place of a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from newspan.adjudication.conflicts import Conflict
from newspan.adjudication.extents import Extent
from newspan.adjudication.units import Unit, anchors, as_json
from newspan.corpus import AnnotationSet
from newspan.model import AnyRecord, Attribution, Link, Span


def there(into: AnnotationSet, conflict: Conflict) -> list[AnyRecord]:
    """Return the spans, attributions or links of a set where a conflict is, in text order.

    Spans overlap the conflict's extent. Attributions overlap one of its readings with their cue, or
    with their contents where they have none: what a long content holds besides is another
    attribution. Links lead from and to what its readings overlap.
    """
    if conflict.layer == "attribution":
        read = [_anchors(unit.record, unit.parts) for unit in conflict.units]
        return [
            each
            for each in into.attributions_in.get(conflict.item, ())
            if any(_meet(_anchors_in(into, each), extents) for extents in read)
        ]
    if conflict.layer == "link":
        return [
            each
            for each in into.links.values()
            if into.item_of[each.id] == conflict.item
            and any(_same_ends(into, each, unit) for unit in conflict.units)
        ]
    extent = (conflict.start, conflict.end)
    return [
        span
        for span in into.spans_in.get(conflict.item, ())
        if span.layer == conflict.layer and _meet([_extent(span)], [extent])
    ]


def _same_ends(into: AnnotationSet, link: Link, unit: Unit) -> bool:
    ends = (into.spans[end] for end in (link.from_id, link.to_id))
    return all(
        _meet([_extent(end)], [_extent(own)]) for end, own in zip(ends, unit.parts, strict=True)
    )


def _extent(span: Span) -> Extent:
    return span.start, span.end


def _anchors_in(into: AnnotationSet, record: Attribution) -> list[Extent]:
    return _anchors(record, [into.spans[part] for part in dict.fromkeys(record.part_ids)])


def _anchors(record: AnyRecord, parts: Sequence[Span]) -> list[Extent]:
    if not isinstance(record, Attribution):
        return []
    return [_extent(part) for part in anchors(record, list(parts))]


def _meet(a: Iterable[Extent], b: Sequence[Extent]) -> bool:
    return any(start < other_end and other < end for start, end in a for other, other_end in b)


def made_of(record: AnyRecord, into: AnnotationSet) -> dict[str, Any]:
    """Return a record of the result, with `parts`: its role spans, or its ends."""
    found = as_json(record)
    if isinstance(record, Attribution):
        found["parts"] = [as_json(into.spans[part]) for part in dict.fromkeys(record.part_ids)]
    if isinstance(record, Link):
        found["parts"] = [as_json(into.spans[end]) for end in (record.from_id, record.to_id)]
    return found
