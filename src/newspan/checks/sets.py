"""Checks of an annotation set: its head, its ids and its spans."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypeVar

from newspan.checks.ends import check_cycles, check_ends
from newspan.checks.spans import SpanChecks
from newspan.corpus import AnnotationSet, Corpus, Placed
from newspan.model import AnyRecord, Attribution, Link, Span
from newspan.problems import Place, Problem
from newspan.schema import read_labels

H = TypeVar("H", bound=Hashable)

# `gold` as a word of a set's id: gold, gold-2, news_gold; not golden.
_GOLD = re.compile(r"(?:.*[-_])?gold(?:[-_].*)?")

_NEEDED = ("mode", "source_kind")
_NEEDED_WITH_CUE = (*_NEEDED, "cue_type", "cue_force")


def is_gold(set_id: str) -> bool:
    """Tell whether a set's id calls it gold, as only what people have verified may be called."""
    return _GOLD.fullmatch(set_id) is not None


def check_set(annotation_set: AnnotationSet, corpus: Corpus) -> Iterator[Problem]:
    """Yield the problems of one set."""
    yield from check_head(annotation_set, corpus)
    yield from check_records(annotation_set, corpus)


def check_records(annotation_set: AnnotationSet, corpus: Corpus) -> Iterator[Problem]:
    """Yield the problems of a set's records, or of those in one part of it."""
    rest = annotation_set.rest
    by_id = {placed.record.id: placed for placed in annotation_set.records}
    uses: Mapping[str, int] = {} if rest is None else rest.repeated
    if rest is None and len(by_id) < len(annotation_set.records):
        uses = _repeated(placed.record.id for placed in annotation_set.records)
    twins = _repeated_spans(annotation_set)
    fields = {} if "labels" in corpus.unread else _labelled(corpus.labels.by_attribute)
    is_import = annotation_set.info.producer.kind == "import"
    unknown_files = set()
    # By item id: None where it does not fit its text, for then its spans are not at fault.
    checks: dict[str, SpanChecks | None] = {}
    for placed in annotation_set.records:
        record, place, item_id = placed.record, placed.place, placed.item_id
        if record.id in uses:
            message = f"{record.id} names {uses[record.id]} records of the set"
            yield Problem("duplicate-id", place.at("/id"), message)
        kind = record.layer if isinstance(record, Span) else type(record)
        for field, known in fields.get(kind, ()):
            value = getattr(record, field)
            if value not in known and isinstance(value, str):
                message = f"{value!r} is no {field} of the labels in force"
                yield Problem("unknown-label", place.at(f"/{field}"), message)
        if isinstance(record, Attribution) and not is_import:
            yield from _check_complete(record, place)
        if item_id not in corpus.items:
            if not corpus.knows("items", item_id) and place.file not in unknown_files:
                unknown_files.add(place.file)
                message = f"the file is named after {item_id!r}, which is no item"
                yield Problem("unknown-reference", Place(place.file), message)
        elif isinstance(record, Span):
            if item_id not in checks:
                checks[item_id] = _span_checks(item_id, annotation_set, corpus)
            of_item = checks[item_id]
            if of_item is not None:
                yield from of_item.faults(record, place)
                if twins and _likeness(record, item_id) in twins:
                    message = f"another span is {record.label} at {record.start}-{record.end} too"
                    yield Problem("duplicate-span", place.at("", record.start, record.end), message)
    # Ends are looked up by id: while ids are ambiguous or unread, nothing is sure of them.
    if annotation_set.complete and not uses:
        yield from check_ends(by_id, corpus, rest)
        yield from _check_clusters(annotation_set, corpus)


def _span_checks(item_id: str, annotation_set: AnnotationSet, corpus: Corpus) -> SpanChecks | None:
    document, item = corpus.items[item_id]
    text = corpus.texts[document.id]
    return SpanChecks(item, text, annotation_set, corpus) if item.fits(text) else None


def _repeated(values: Iterable[H]) -> dict[H, int]:
    """Return how often each value stands there that does so more than once."""
    return {value: number for value, number in Counter(values).items() if number > 1}


def _repeated_spans(annotation_set: AnnotationSet) -> Collection[Hashable]:
    """Return what spans have in common that say the same of the same words."""
    spans = [
        (record, placed.item_id)
        for placed in annotation_set.records
        if isinstance(record := placed.record, Span)
    ]
    if len({(item, span.layer, span.start, span.end) for span, item in spans}) == len(spans):
        return ()
    return _repeated(_likeness(span, item) for span, item in spans)


def _likeness(span: Span, item_id: str) -> Hashable:
    extent = (item_id, span.layer, span.start, span.end)
    # One passage may be in two clusters, and the same words may be aimed at two targets.
    return (*extent, span.label, span.target, span.cluster)


def _check_clusters(annotation_set: AnnotationSet, corpus: Corpus) -> Iterator[Problem]:
    told = set()
    for placed in annotation_set.records:
        if not isinstance(span := placed.record, Span) or span.cluster is None:
            continue
        cluster = annotation_set.clusters[span.cluster]
        if cluster.head is not None and cluster.canonical == 1 and cluster.members > 1:
            yield from _check_alignment(placed, cluster.head, corpus)
        elif span.cluster not in told:
            told.add(span.cluster)
            message = f"{span.cluster} has {cluster.members} member(s), "
            message += f"{cluster.canonical} of them canonical"
            yield Problem("cluster-canonical", cluster.first.at("/cluster"), message)


def _check_alignment(member: Placed, head: Placed, corpus: Corpus) -> Iterator[Problem]:
    span, canonical = member.record, head.record
    if not isinstance(span, Span) or not isinstance(canonical, Span) or span.alignment is None:
        return
    text, canonical_text = corpus.text_of(member.item_id), corpus.text_of(head.item_id)
    if text is not None and canonical_text is not None:
        for index, run in enumerate(span.alignment):
            inside = span.start <= run.start < run.end <= span.end
            there = canonical.start <= run.canonical_start and run.canonical_end <= canonical.end
            same = (
                text[run.start : run.end]
                == (canonical_text[run.canonical_start : run.canonical_end])
            )
            if not (inside and there and same):
                message = "the run is not the same text within this member and the canonical one"
                yield Problem("alignment", member.place.at(f"/alignment/{index}"), message)


def check_head(annotation_set: AnnotationSet, corpus: Corpus) -> Iterator[Problem]:
    """Yield the problems that a set has once: of its head, and of all its records together."""
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
    yield from _check_gold(annotation_set)
    rest = annotation_set.rest
    if rest is not None and annotation_set.complete and not rest.repeated:
        yield from check_cycles(rest.parents, rest.repeats, rest.find)


def _check_gold(annotation_set: AnnotationSet) -> Iterator[Problem]:
    if not is_gold(annotation_set.info.id):
        return
    first = annotation_set.unverified
    if first is not None:
        others = annotation_set.number - annotation_set.verified - 1
        message = (
            f"{first.record.id} in {annotation_set.info.id} is not verified by a person, "
            f"nor are {others} of the set's other records"
        )
        yield Problem("gold-unverified", first.place.at("/human_verified"), message)


# By the layer of a span, or the kind of another record: each field whose values are labels, with
# those in force. What a corpus's own labels leave out isn't in force, even a whole attribute.
LabelledFields = dict[str | type[AnyRecord], tuple[tuple[str, frozenset[str]], ...]]


@lru_cache(maxsize=8)
def _labelled(in_force: tuple[tuple[str, str, tuple[str, ...]], ...]) -> LabelledFields:
    known = dict.fromkeys(read_labels().attributes(), frozenset[str]())
    known |= {(layer, attribute): frozenset(ids) for layer, attribute, ids in in_force}

    def fields_of(kind: type[AnyRecord], layer: str) -> tuple[tuple[str, frozenset[str]], ...]:
        names = [name for name in kind.__struct_fields__ if (layer, name) in known]
        return tuple((name, known[layer, name]) for name in names)

    found: LabelledFields = {layer: fields_of(Span, layer) for layer, _ in known}
    return found | {kind: fields_of(kind, "attribution") for kind in (Attribution, Link)}


def _check_complete(attribution: Attribution, place: Place) -> Iterator[Problem]:
    """Check for what an import may lack and everybody else must say."""
    for attribute in _NEEDED if attribution.cue_id is None else _NEEDED_WITH_CUE:
        if getattr(attribution, attribute) is None:
            message = f"the attribution {attribution.id} does not say its {attribute}"
            yield Problem("attribute-missing", place.at(f"/{attribute}"), message)
