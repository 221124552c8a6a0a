"""What of a set annotators are shown to start from: what they could have marked themselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from newspan.campaign.settings import Settings
from newspan.corpus import AnnotationSet, Corpus
from newspan.labelstudio.config import choices
from newspan.model import AnyRecord, Attribution, Link, Span


def shown(
    annotations: AnnotationSet, corpus: Corpus, settings: Settings, items: Collection[str]
) -> tuple[AnnotationSet, list[str]]:
    """Return a set without what annotators can't choose or don't look at, and what this leaves out.

    A label for import only is no button in Label Studio: its regions would stand there nameless.
    A span in a zone that annotators don't look at would be told as an error when it comes back.

    Args:
        annotations: the set.
        corpus: the corpus.
        settings: the campaign's.
        items: those that the second value counts.
    """
    known = {layer: choices(corpus.labels, layer) for layer in settings.layers}
    hidden: set[str] = set()
    unknown: dict[str, int] = {}
    elsewhere = 0
    for placed in annotations.records:
        record = placed.record
        if not isinstance(record, Span) or record.layer not in known:
            continue
        zone = corpus.items[placed.item_id][1].zone_of(record.start, record.end)
        counts = placed.item_id in items
        if record.label not in known[record.layer]:
            unknown[record.label] = unknown.get(record.label, 0) + counts
        elif zone is None or zone.kind not in settings.zones:
            elsewhere += counts
        else:
            continue
        hidden.add(record.id)
    if not hidden:
        return annotations, []
    left = {record.id for record in without([p.record for p in annotations.records], hidden)}
    kept = tuple(placed for placed in annotations.records if placed.record.id in left)
    told = [f"label {label}: {number}" for label, number in sorted(unknown.items()) if number]
    told += [f"in zones that aren't annotated: {elsewhere}"] if elsewhere else []
    return AnnotationSet(annotations.info, kept), told


def without(records: Sequence[AnyRecord], bad: Collection[str]) -> tuple[AnyRecord, ...]:
    """Return records without bad ones and without what would be broken by their absence."""
    gone = set(bad)
    while True:
        more = {
            each.id
            for each in records
            if each.id not in gone
            and (
                (isinstance(each, Attribution) and {*each.part_ids, each.parent_id} & gone)
                or (isinstance(each, Link) and {each.from_id, each.to_id} & gone)
            )
        }
        if not more:
            return tuple(each for each in records if each.id not in gone)
        gone |= more
