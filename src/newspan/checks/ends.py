"""Checks of what attributions and links join."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from newspan.checks.extents import clip
from newspan.corpus import Corpus, Placed, SetRest
from newspan.model import Attribution, Link, Span
from newspan.problems import Place, Problem

_ROLES = {"source_ids": "source", "medium_ids": "medium", "content_ids": "content"}


def check_ends(
    own: Mapping[str, Placed], corpus: Corpus, rest: SetRest | None = None
) -> Iterator[Problem]:
    """Yield the problems of the attributions and links among a set's records, by their ids.

    Args:
        own: the records.
        corpus: the corpus, or the part of it that they stand in.
        rest: what there is of the set beyond them; its circles are then for `check_cycles`.
    """
    by_id = own if rest is None or not rest.beyond else {**rest.beyond, **own}
    roles: list[Span] = []
    links: list[Link] = []
    used: set[str] = set()
    parents: dict[str, list[str]] = {}
    repeats: dict[str, list[str]] = {}
    for placed in own.values():
        record = placed.record
        if isinstance(record, Attribution):
            yield from _check_attribution(record, by_id, corpus)
            used.update(record.part_ids)
            if record.parent_id:
                parents[record.id] = [record.parent_id]
        elif isinstance(record, Link):
            links.append(record)
            repeats.setdefault(record.from_id, []).append(record.to_id)
        elif record.layer == "attribution":
            roles.append(record)
    for link in links:
        yield from _check_link(link, by_id)
    if rest is None:
        yield from check_cycles(parents, repeats, lambda ids: {i: own[i] for i in ids if i in own})
    else:
        used |= rest.used
    for span in roles:
        if span.id not in used:
            message = f"the {span.role} {clip(span.text)} belongs to no attribution"
            place = by_id[span.id].place.at("", span.start, span.end)
            yield Problem("orphan-role", place, message)


def check_cycles(
    parents: Mapping[str, list[str]],
    repeats: Mapping[str, list[str]],
    find: Callable[[Collection[str]], Mapping[str, Placed]],
) -> Iterator[Problem]:
    """Yield the records of a set that lead back to themselves, by their parents or by links."""
    for edges in (parents, repeats):
        circle = _in_cycles(edges)
        found = find(circle) if circle else {}
        for start in sorted(found):
            message = f"{start} leads back to itself"
            yield Problem("cycle", found[start].place, message)


def _check_attribution(
    attribution: Attribution, by_id: Mapping[str, Placed], corpus: Corpus
) -> Iterator[Problem]:
    own = by_id[attribution.id]
    item_id, place = own.item_id, own.place
    for field, role in _ROLES.items():
        for index, end in enumerate(getattr(attribution, field)):
            fault = _end_fault(end, role, item_id, by_id)
            if fault is not None:
                yield Problem(fault[0], place.at(f"/{field}/{index}"), fault[1])
    if attribution.cue_id:
        fault = _end_fault(attribution.cue_id, "cue", item_id, by_id)
        if fault is not None:
            yield Problem(fault[0], place.at("/cue_id"), fault[1])
    if attribution.parent_id is not None:
        yield from _check_parent(attribution.parent_id, own, by_id)
    if not attribution.content_ids and attribution.scope != "open":
        message = "it says neither what is attributed nor that its scope is open"
        yield Problem("attribution-empty", place, message)
    cue = _span(attribution.cue_id, by_id)
    if cue is not None:
        yield from _check_cue(attribution, cue, by_id, place)
        if attribution.scope_end is not None and item_id in corpus.items:
            item_end = corpus.items[item_id][1].end
            if not cue.end < attribution.scope_end <= item_end:
                message = (
                    f"it is {attribution.scope_end}; the cue ends at {cue.end}, "
                    f"the item at {item_end}"
                )
                yield Problem("scope-end", place.at("/scope_end"), message)


def _span(own: str | None, by_id: Mapping[str, Placed]) -> Span | None:
    placed = by_id.get(own or "")
    return placed.record if placed is not None and isinstance(placed.record, Span) else None


def _end_fault(
    end: str, role: str, item_id: str, by_id: Mapping[str, Placed]
) -> tuple[str, str] | None:
    """Return what is wrong with an end that must have a role: a problem's id and its message."""
    there = by_id.get(end)
    if there is None:
        return "unknown-reference", f"no record has the id {end!r}"
    if not isinstance(there.record, Span):
        return "wrong-end", f"{end} is no span, not a {role}"
    if there.record.role != role:
        return "wrong-end", f"{end} is a span with the role {there.record.role}, not a {role}"
    if there.item_id != item_id:
        message = f"{end} stands in the item {there.item_id}, the attribution in {item_id}"
        return "wrong-end", message
    return None


def _check_parent(parent: str, own: Placed, by_id: Mapping[str, Placed]) -> Iterator[Problem]:
    place = own.place.at("/parent_id")
    if parent not in by_id:
        yield Problem("unknown-reference", place, f"no record has the id {parent!r}")
    elif not isinstance(by_id[parent].record, Attribution):
        yield Problem("wrong-end", place, f"{parent} is no attribution")
    elif by_id[parent].item_id != own.item_id:
        there = by_id[parent].item_id
        message = f"{parent} stands in the item {there}, the attribution in {own.item_id}"
        yield Problem("wrong-end", place, message)


def _check_cue(
    attribution: Attribution, cue: Span, by_id: Mapping[str, Placed], place: Place
) -> Iterator[Problem]:
    for content_id in attribution.content_ids:
        content = _span(content_id, by_id)
        if content is None or not (content.start <= cue.start and cue.end <= content.end):
            continue
        # A medial adverb ("reportedly") is a cue that its clause surrounds and nobody speaks.
        medial = content.start < cue.start and cue.end < content.end
        if not (medial and not attribution.source_ids and len(cue.text.split()) == 1):
            message = f"{clip(cue.text)} stands in the content {clip(content.text)}"
            yield Problem("cue-in-content", place.at("/cue_id", cue.start, cue.end), message)


def _check_link(link: Link, by_id: Mapping[str, Placed]) -> Iterator[Problem]:
    own = by_id[link.id]
    for pointer, end in (("/from_id", link.from_id), ("/to_id", link.to_id)):
        there, span = by_id.get(end), _span(end, by_id)
        if there is None:
            message = f"no record has the id {end!r}"
            yield Problem("unknown-reference", own.place.at(pointer), message)
        elif span is None or span.layer != "claim":
            message = f"{end} is no claim, and {link.type} joins two claims"
            yield Problem("wrong-end", own.place.at(pointer), message)
        elif pointer == "/from_id" and there.item_id != own.item_id:
            message = f"{end} stands in another item than the file that the link is in"
            yield Problem("wrong-end", own.place.at(pointer), message)


def _in_cycles(edges: Mapping[str, list[str]]) -> set[str]:
    """Return the nodes on circles, and those on ways from one circle to another."""
    if edges.keys().isdisjoint(set[str]().union(*edges.values())):
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
