"""Checks of what attributions and links join."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from newspan.checks.extents import clip
from newspan.corpus import AnnotationSet, Corpus
from newspan.model import Attribution, Link, Span
from newspan.problems import Place, Problem

_ROLES = {"source_ids": "source", "medium_ids": "medium", "content_ids": "content"}


def check_ends(annotation_set: AnnotationSet, corpus: Corpus) -> Iterator[Problem]:
    """Yield the problems of a set's attributions and links; its ids must be unique."""
    places = {placed.record.id: placed.place for placed in annotation_set.records}
    for attribution in annotation_set.attributions.values():
        yield from _check_attribution(attribution, annotation_set, corpus, places[attribution.id])
    for link in annotation_set.links.values():
        yield from _check_link(link, annotation_set, places[link.id])
    parents = {a.id: [a.parent_id] for a in annotation_set.attributions.values() if a.parent_id}
    repeats: dict[str, list[str]] = {}
    for link in annotation_set.links.values():
        repeats.setdefault(link.from_id, []).append(link.to_id)
    for edges in (parents, repeats):
        for start in sorted(_in_cycles(edges) & places.keys()):
            message = f"{start} leads back to itself"
            yield Problem("cycle", places[start], message)
    used = {part for a in annotation_set.attributions.values() for part in a.part_ids}
    for span in annotation_set.spans.values():
        if span.layer == "attribution" and span.id not in used:
            message = f"the {span.role} {clip(span.text)} belongs to no attribution"
            yield Problem("orphan-role", places[span.id].at("", span.start, span.end), message)


def _ends(attribution: Attribution) -> Iterator[tuple[str, str, str]]:
    """Yield each end's pointer, id and the role it must have."""
    for field, role in _ROLES.items():
        for index, end in enumerate(getattr(attribution, field)):
            yield f"/{field}/{index}", end, role
    if attribution.cue_id:
        yield "/cue_id", attribution.cue_id, "cue"


def _check_attribution(
    attribution: Attribution, annotation_set: AnnotationSet, corpus: Corpus, place: Place
) -> Iterator[Problem]:
    spans, item_of = annotation_set.spans, annotation_set.item_of
    item_id = item_of[attribution.id]
    for pointer, end, role in _ends(attribution):
        if end not in item_of:
            yield Problem("unknown-reference", place.at(pointer), f"no record has the id {end!r}")
        elif end not in spans or spans[end].role != role:
            found = f"a span with the role {spans[end].role}" if end in spans else "no span"
            yield Problem("wrong-end", place.at(pointer), f"{end} is {found}, not a {role}")
        elif item_of[end] != item_id:
            message = f"{end} stands in the item {item_of[end]}, the attribution in {item_id}"
            yield Problem("wrong-end", place.at(pointer), message)
    parent = attribution.parent_id
    if parent is not None and parent not in item_of:
        message = f"no record has the id {parent!r}"
        yield Problem("unknown-reference", place.at("/parent_id"), message)
    elif parent is not None and parent not in annotation_set.attributions:
        yield Problem("wrong-end", place.at("/parent_id"), f"{parent} is no attribution")
    elif parent is not None and item_of[parent] != item_id:
        message = f"{parent} stands in the item {item_of[parent]}, the attribution in {item_id}"
        yield Problem("wrong-end", place.at("/parent_id"), message)
    if not attribution.content_ids and attribution.scope != "open":
        message = "it says neither what is attributed nor that its scope is open"
        yield Problem("attribution-empty", place, message)
    cue = spans.get(attribution.cue_id or "")
    if cue is not None:
        yield from _check_cue(attribution, cue, spans, place)
        if item_id in corpus.items:
            yield from _check_scope(attribution, cue, corpus.items[item_id][1].end, place)


def _check_cue(
    attribution: Attribution, cue: Span, spans: Mapping[str, Span], place: Place
) -> Iterator[Problem]:
    for content_id in attribution.content_ids:
        content = spans.get(content_id)
        if content is None or not (content.start <= cue.start and cue.end <= content.end):
            continue
        # A medial adverb ("reportedly") is a cue that its clause surrounds and nobody speaks.
        medial = content.start < cue.start and cue.end < content.end
        if not (medial and not attribution.source_ids and len(cue.text.split()) == 1):
            message = f"{clip(cue.text)} stands in the content {clip(content.text)}"
            yield Problem("cue-in-content", place.at("/cue_id", cue.start, cue.end), message)


def _check_scope(
    attribution: Attribution, cue: Span, item_end: int, place: Place
) -> Iterator[Problem]:
    end = attribution.scope_end
    if end is not None and not cue.end < end <= item_end:
        message = f"it is {end}; the cue ends at {cue.end}, the item at {item_end}"
        yield Problem("scope-end", place.at("/scope_end"), message)


def _check_link(link: Link, annotation_set: AnnotationSet, place: Place) -> Iterator[Problem]:
    for field in ("from_id", "to_id"):
        end = getattr(link, field)
        span = annotation_set.spans.get(end)
        if end not in annotation_set.item_of:
            message = f"no record has the id {end!r}"
            yield Problem("unknown-reference", place.at(f"/{field}"), message)
        elif span is None or span.layer != "claim":
            message = f"{end} is no claim, and {link.type} joins two claims"
            yield Problem("wrong-end", place.at(f"/{field}"), message)
        elif field == "from_id" and annotation_set.item_of[end] != annotation_set.item_of[link.id]:
            message = f"{end} stands in another item than the file that the link is in"
            yield Problem("wrong-end", place.at("/from_id"), message)


def _in_cycles(edges: Mapping[str, list[str]]) -> set[str]:
    """Return the nodes on circles, and those on ways from one circle to another."""
    if not any(end in edges for ends in edges.values() for end in ends):
        return set()
    graph = {end: set[str]() for ends in edges.values() for end in ends}
    graph |= {start: set(ends) for start, ends in edges.items()}
    # What leads nowhere is on no circle: take it away, end by end; then the same backwards.
    for _ in range(2):
        back = _reversed(graph)
        gone = [node for node, ends in graph.items() if not ends]
        while gone:
            node = gone.pop()
            del graph[node]
            for before in back[node]:
                graph[before].discard(node)
                if not graph[before]:
                    gone.append(before)
        graph = _reversed(graph)
    return set(graph)


def _reversed(graph: Mapping[str, set[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {node: set() for node in graph}
    for start, ends in graph.items():
        for end in ends:
            found[end].add(start)
    return found
