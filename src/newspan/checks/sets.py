"""Checks of an annotation set: its head, its ids and its spans."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from functools import cache

from newspan.checks.ends import check_ends
from newspan.checks.extents import check_extent, clip
from newspan.corpus import AnnotationSet, Corpus, Placed
from newspan.model import AnyRecord, Attribution, Item, Link, Span, Zone
from newspan.problems import Place, Problem
from newspan.schema import Labels, read_labels
from newspan.text import lone_marks

# The marks without partner in a zone, by the record file and where the zone starts.
LoneInZone = dict[tuple[str, int], frozenset[int]]

# `gold` as a word of a set's id: gold, gold-2, news_gold; not golden.
_GOLD = re.compile(r"(?:.*[-_])?gold(?:[-_].*)?")


def is_gold(set_id: str) -> bool:
    """Tell whether a set's id calls it gold, as only what people have verified may be called."""
    return _GOLD.fullmatch(set_id) is not None


def check_set(annotation_set: AnnotationSet, corpus: Corpus) -> Iterator[Problem]:
    """Yield the problems of one set."""
    yield from _check_head(annotation_set, corpus)
    yield from _check_gold(annotation_set)
    ids = [placed.record.id for placed in annotation_set.records]
    keys = [_extent_key(placed) for placed in annotation_set.records]
    uses, extents = _repeated(ids), _repeated(keys)
    labels_are_read, fields = "labels" not in corpus.unread, _labelled(corpus.labels.attributes())
    unknown_files = set()
    lone_in_zone: LoneInZone = {}
    for placed, key in zip(annotation_set.records, keys, strict=True):
        record, place = placed.record, placed.place
        if record.id in uses:
            message = f"{record.id} names {uses[record.id]} records of the set"
            yield Problem("duplicate-id", place.at("/id"), message)
        if labels_are_read:
            yield from _check_labels(record, place, corpus.labels, fields)
        if isinstance(record, Attribution) and annotation_set.info.producer.kind != "import":
            yield from _check_complete(record, place)
        found = corpus.items.get(placed.item_id)
        if found is None:
            known = corpus.knows("items", placed.item_id)
            if not known and place.file not in unknown_files:
                unknown_files.add(place.file)
                message = f"the file is named after {placed.item_id!r}, which is no item"
                yield Problem("unknown-reference", Place(place.file), message)
        elif isinstance(record, Span) and found[1].fits(corpus.texts[found[0].id]):
            # If the item does not fit its text, its spans are not at fault.
            yield from _check_span(record, placed, annotation_set, corpus, lone_in_zone)
            if key in extents:
                message = f"another span is {record.label} at {record.start}-{record.end} too"
                yield Problem("duplicate-span", place.at("", record.start, record.end), message)
    # Ends are looked up by id: while ids are ambiguous or unread, nothing is sure of them.
    if annotation_set.complete and not uses:
        yield from check_ends(annotation_set, corpus)
        yield from _check_clusters(annotation_set, corpus)


def _repeated(values: Sequence[Hashable]) -> dict[Hashable, int]:
    """Return how often each value stands there that does so more than once."""
    if len(set(values)) == len(values):
        return {}
    return {value: number for value, number in Counter(values).items() if number > 1}


def _extent_key(placed: Placed) -> tuple[object, ...]:
    record = placed.record
    if isinstance(record, Span):
        extent = (placed.item_id, record.layer, record.start, record.end)
        # One passage may be in two clusters, and the same words may be aimed at two targets.
        return (*extent, record.label, record.target, record.cluster)
    return (record.id,)


def _check_clusters(annotation_set: AnnotationSet, corpus: Corpus) -> Iterator[Problem]:
    clusters: dict[str, list[Placed]] = {}
    for placed in annotation_set.records:
        if isinstance(placed.record, Span) and placed.record.cluster is not None:
            clusters.setdefault(placed.record.cluster, []).append(placed)
    for cluster, members in clusters.items():
        roles = [m.record.copy_role for m in members if isinstance(m.record, Span)]
        if roles.count("canonical") != 1 or len(members) < 2:
            number = roles.count("canonical")
            message = f"{cluster} has {len(members)} member(s), {number} of them canonical"
            yield Problem("cluster-canonical", members[0].place.at("/cluster"), message)
            continue
        head = members[roles.index("canonical")]
        for member in members:
            yield from _check_alignment(member, head, corpus)


def _check_alignment(member: Placed, head: Placed, corpus: Corpus) -> Iterator[Problem]:
    span, canonical = member.record, head.record
    if not isinstance(span, Span) or not isinstance(canonical, Span) or span.alignment is None:
        return
    if {member.item_id, head.item_id} <= set(corpus.items):
        text, canonical_text = (
            corpus.texts[corpus.items[placed.item_id][0].id] for placed in (member, head)
        )
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


def _check_gold(annotation_set: AnnotationSet) -> Iterator[Problem]:
    unread = [each for each in annotation_set.records if not each.record.human_verified]
    if unread and is_gold(annotation_set.info.id):
        message = (
            f"{unread[0].record.id} in {annotation_set.info.id} is not verified by a person, "
            f"nor are {len(unread) - 1} of the set's other records"
        )
        yield Problem("gold-unverified", unread[0].place.at("/human_verified"), message)


def _check_span(
    span: Span,
    placed: Placed,
    annotation_set: AnnotationSet,
    corpus: Corpus,
    lone_in_zone: LoneInZone,
) -> Iterator[Problem]:
    document, item = corpus.items[placed.item_id]
    text = corpus.texts[document.id]
    place = placed.place
    faults = list(check_extent(text, span.start, span.end, span.text, place))
    yield from faults
    if span.target is not None and not corpus.knows("targets", span.target):
        message = f"targets.json has no target {span.target!r}"
        yield Problem("unknown-reference", place.at("/target"), message)
    if faults and any(fault.id in ("offset-out-of-range", "surface-mismatch") for fault in faults):
        return
    if not item.start <= span.start < span.end <= item.end:
        message = f"the item {item.id} is {item.start}-{item.end}"
        yield Problem("outside-item", place.at("", span.start, span.end), message)
        return
    zone = item.zone_of(span.start, span.end)
    if zone is not None:
        yield from _check_quotes(span, zone, text, place, lone_in_zone)
    elif span.layer != "duplicate_block":
        message = f"{clip(span.text)} is not inside one zone"
        yield Problem("crosses-paragraph", place.at("", span.start, span.end), message)
        return
    if annotation_set.info.coverage and not _is_covered(span, item, zone, annotation_set):
        message = f"nobody looked for {span.layer} there, by the set's coverage"
        yield Problem("outside-coverage", place.at("", span.start, span.end), message)


def _check_quotes(
    span: Span, zone: Zone, text: str, place: Place, lone_in_zone: LoneInZone
) -> Iterator[Problem]:
    cut = lone_marks(text, span.start, span.end)
    # A mark that has no partner in its paragraph (a quotation over several) is no fault of a span.
    if cut:
        key = (place.file, zone.start)
        if key not in lone_in_zone:
            lone_in_zone[key] = frozenset(lone_marks(text, zone.start, zone.end))
        cut = [mark for mark in cut if mark not in lone_in_zone[key]]
    if cut:
        message = f"{clip(span.text)} has a {text[cut[0]]} whose partner is outside"
        yield Problem("unbalanced-quotes", place.at("", span.start, span.end), message)


def _is_covered(span: Span, item: Item, zone: Zone | None, annotation_set: AnnotationSet) -> bool:
    looked_at = annotation_set.looked_at
    if zone is not None:
        return (item.id, span.layer, zone.kind) in looked_at
    touched = {z.kind for z in item.zones if z.start < span.end and span.start < z.end}
    return {(item.id, span.layer, kind) for kind in touched} <= looked_at


# By kind of record and layer: the fields whose values are labels, here or as shipped.
LabelledFields = dict[tuple[type[AnyRecord], str], tuple[str, ...]]


@cache
def _labelled(own: tuple[tuple[str, str], ...]) -> LabelledFields:
    pairs = dict.fromkeys((*own, *read_labels().attributes()))
    return {
        (kind, layer): tuple(name for name in kind.__struct_fields__ if (layer, name) in pairs)
        for kind in (Span, Attribution, Link)
        for layer in dict.fromkeys(layer for layer, _ in pairs)
    }


def _check_labels(
    record: AnyRecord, place: Place, labels: Labels, fields: LabelledFields
) -> Iterator[Problem]:
    """Check every value that the labels in force define against them."""
    layer = record.layer if isinstance(record, Span) else "attribution"
    for attribute in fields.get((type(record), layer), ()):
        value = getattr(record, attribute)
        # What a corpus's own labels leave out is not in force, even a whole attribute.
        if isinstance(value, str) and value not in labels.of(layer, attribute):
            message = f"{value!r} is no {attribute} of the labels in force"
            yield Problem("unknown-label", place.at(f"/{attribute}"), message)


def _check_complete(attribution: Attribution, place: Place) -> Iterator[Problem]:
    """Check for what an import may lack and everybody else must say."""
    needed = ["mode", "source_kind"]
    if attribution.cue_id is not None:
        needed += ["cue_type", "cue_force"]
    for attribute in needed:
        if getattr(attribution, attribute) is None:
            message = f"the attribution {attribution.id} does not say its {attribute}"
            yield Problem("attribute-missing", place.at(f"/{attribute}"), message)
