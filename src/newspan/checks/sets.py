"""Checks of an annotation set: its head, its ids and its spans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from newspan.checks.ends import check_ends
from newspan.checks.extents import check_extent, clip
from newspan.corpus import AnnotationSet, Corpus, Placed
from newspan.model import Item, Span, Zone
from newspan.problems import Place, Problem
from newspan.text import lone_marks


def check_set(annotation_set: AnnotationSet, corpus: Corpus) -> Iterator[Problem]:
    """Yield the problems of one set."""
    yield from _check_head(annotation_set, corpus)
    uses = Counter(placed.record.id for placed in annotation_set.records)
    extents = Counter(_extent_key(placed) for placed in annotation_set.records)
    unknown_files = set()
    for placed in annotation_set.records:
        record, place = placed.record, placed.place
        if uses[record.id] > 1:
            message = f"{record.id} names {uses[record.id]} records of the set"
            yield Problem("duplicate-id", place.at("/id"), message)
        if placed.item_id not in corpus.items:
            known = corpus.knows("items", placed.item_id)
            if not known and place.file not in unknown_files:
                unknown_files.add(place.file)
                message = f"the file is named after {placed.item_id!r}, which is no item"
                yield Problem("unknown-reference", Place(place.file), message)
        elif isinstance(record, Span):
            yield from _check_span(record, placed, annotation_set, corpus)
            if extents[_extent_key(placed)] > 1:
                message = f"another span is {record.label} at {record.start}-{record.end} too"
                yield Problem("duplicate-span", place.at("", record.start, record.end), message)
    # Ends are looked up by id: while ids are ambiguous or unread, nothing is sure of them.
    if annotation_set.complete and max(uses.values(), default=0) < 2:
        yield from check_ends(annotation_set, corpus)


def _extent_key(placed: Placed) -> tuple[object, ...]:
    record = placed.record
    if isinstance(record, Span):
        return (placed.item_id, record.layer, record.label, record.start, record.end)
    return (record.id,)


def _check_head(annotation_set: AnnotationSet, corpus: Corpus) -> Iterator[Problem]:
    info, place = annotation_set.info, annotation_set.place
    if not info.coverage:
        message = f"the set {info.id} does not list what was looked at"
        yield Problem("set-without-coverage", place.at("/coverage"), message)
    if info.labels_sha256 != corpus.labels.sha256 and "labels" not in corpus.unread:
        message = f"the labels in force have the SHA-256 {corpus.labels.sha256}"
        yield Problem("labels-changed", place.at("/labels_sha256"), message)
    for index, coverage in enumerate(info.coverage):
        if not corpus.knows("items", coverage.item):
            message = f"no document has an item {coverage.item!r}"
            here = place.at(f"/coverage/{index}/item")
            yield Problem("unknown-reference", here, message)


def _check_span(
    span: Span, placed: Placed, annotation_set: AnnotationSet, corpus: Corpus
) -> Iterator[Problem]:
    document, item = corpus.items[placed.item_id]
    text = corpus.texts[document.id]
    place = placed.place
    here = place.at("", span.start, span.end)
    faults = list(check_extent(text, span.start, span.end, span.text, place))
    yield from faults
    yield from _check_values(span, place, corpus)
    if any(fault.id in ("offset-out-of-range", "surface-mismatch") for fault in faults):
        return
    if not item.start <= span.start < span.end <= item.end:
        message = f"the item {item.id} is {item.start}-{item.end}"
        yield Problem("outside-item", here, message)
        return
    zone = item.zone_of(span.start, span.end)
    if zone is not None:
        yield from _check_quotes(span, zone, text, here)
    elif span.layer != "duplicate_block":
        yield Problem("crosses-paragraph", here, f"{clip(span.text)} is not inside one zone")
        return
    if annotation_set.info.coverage and not _is_covered(span, item, annotation_set):
        message = f"nobody looked for {span.layer} there, by the set's coverage"
        yield Problem("outside-coverage", here, message)


def _check_values(span: Span, place: Place, corpus: Corpus) -> Iterator[Problem]:
    techniques = corpus.labels.of("loaded_language", "technique")
    unknown = span.technique is not None and span.technique not in techniques
    if unknown and "labels" not in corpus.unread:
        message = f"{span.technique!r} is no technique of the labels in force"
        yield Problem("unknown-label", place.at("/technique"), message)
    if span.target is not None and not corpus.knows("targets", span.target):
        message = f"targets.json has no target {span.target!r}"
        yield Problem("unknown-reference", place.at("/target"), message)


def _check_quotes(span: Span, zone: Zone, text: str, here: Place) -> Iterator[Problem]:
    # A mark that has no partner in its paragraph (a quotation over several) is no fault of a span.
    alone_anyway = set(lone_marks(text, zone.start, zone.end))
    cut = [m for m in lone_marks(text, span.start, span.end) if m not in alone_anyway]
    if cut:
        message = f"{clip(span.text)} has a {text[cut[0]]} whose partner is outside"
        yield Problem("unbalanced-quotes", here, message)


def _is_covered(span: Span, item: Item, annotation_set: AnnotationSet) -> bool:
    touched = {z.kind for z in item.zones if z.start < span.end and span.start < z.end}
    return any(
        coverage.item == item.id
        and span.layer in coverage.layers
        and touched <= set(coverage.zones)
        for coverage in annotation_set.info.coverage
    )
