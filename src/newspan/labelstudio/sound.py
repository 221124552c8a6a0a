"""Records of one item without those that `newspan check` would not let pass."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from newspan.checks.sets import check_set
from newspan.corpus import AnnotationSet, Corpus, Placed
from newspan.model import AnyRecord, Attribution, Coverage, Link, Producer, SetInfo, Span
from newspan.problems import Place, Problem

_ANYBODY = Producer("person", "anybody")


class Objection(msgspec.Struct, frozen=True):
    """What `newspan check` says of a record: a problem's id, a message, and characters."""

    id: str
    record: str
    message: str
    start: int | None
    end: int | None


def sound(
    records: Iterable[AnyRecord], item_id: str, corpus: Corpus, layers: Collection[str]
) -> tuple[list[AnyRecord], list[Objection]]:
    """Return the records that have no errors, and what `newspan check` says of them and the rest.

    What refers to a record that is left out is left out too, and told; but an attribution whose
    parent is left out, or leads back to it, goes on without.

    Args:
        records: of one item, each id once.
        item_id: the item.
        corpus: the corpus, with the item's document.
        layers: those that were asked for.
    """
    kept = {record.id: record for record in records}
    gone: set[str] = set()
    told: list[Objection] = []
    head = _head(item_id, corpus, layers)
    while True:
        # A record's id stands in for its file, so that problems lead back to it.
        placed = tuple([Placed(each, item_id, Place(own)) for own, each in kept.items()])
        found = list(check_set(AnnotationSet(head, placed), corpus))
        if not gone and not told:  # later, what was left out would be the cause
            told += [_objection(each) for each in found if each.severity == "warning"]
        faults = [problem for problem in found if problem.severity == "error"]
        if not faults:
            return list(kept.values()), told
        pairs: set[tuple[int | None, int | None, str]] = set()
        for problem in faults:
            own = problem.place.file
            if own not in kept:
                continue
            record = kept[own]
            if problem.id == "duplicate-span":
                alike = (problem.place.start, problem.place.end, problem.message)
                if alike not in pairs:  # of those alike the first one stays
                    pairs.add(alike)
                    continue
            if problem.id == "cycle" and isinstance(record, Span):
                for link in [e for e in kept.values() if isinstance(e, Link) and e.from_id == own]:
                    told.append(Objection(problem.id, link.id, problem.message, None, None))
                    del kept[link.id]
                continue
            parentless = _without_parent(problem, record)
            if parentless is not None:
                kept[own], message = parentless
                told.append(Objection(problem.id, own, message, None, None))
                continue
            told.append(_objection(problem, gone))
            gone.add(own)
            del kept[own]


def _without_parent(problem: Problem, record: AnyRecord) -> tuple[AnyRecord, str] | None:
    """Return an attribution without its parent if only that is at fault, and why."""
    if not isinstance(record, Attribution):
        return None
    if problem.id == "unknown-reference" and problem.place.pointer == "/parent_id":
        why = "what it is nested in was left out; it is kept without"
    elif problem.id == "cycle":
        why = f"{problem.message}; it is kept without what it is nested in"
    else:
        return None
    return msgspec.structs.replace(record, parent_id=None), why


def _head(item_id: str, corpus: Corpus, layers: Collection[str]) -> SetInfo:
    zones = tuple(sorted({zone.kind for zone in corpus.items[item_id][1].zones}))
    return SetInfo(
        id="annotations",
        producer=_ANYBODY,
        created="2000-01-01",
        labels_sha256=corpus.labels.sha256,
        coverage=(Coverage(item_id, tuple(layers), zones),),
    )


def _objection(problem: Problem, gone: Collection[str] = ()) -> Objection:
    place, message = problem.place, problem.message
    if problem.id == "unknown-reference" and any(repr(own) in message for own in gone):
        message = f"what it names at {place.pointer} was left out, so it is too"
    return Objection(problem.id, place.file, message, place.start, place.end)
