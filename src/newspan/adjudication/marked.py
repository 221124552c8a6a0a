"""A submitted annotation of a review, against what was shown: what became of each record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any

import msgspec

from newspan.adjudication.shown import Shown
from newspan.adjudication.units import canonical
from newspan.corpus import Corpus
from newspan.labelstudio.drawn import Fault
from newspan.labelstudio.names import REASON, VERDICT
from newspan.labelstudio.regions import from_results
from newspan.model import AnyRecord, Attribution, Link, Span

#: What became of something shown: as it was, changed, taken away, marked as wrong, gone with what
#: it refers to, or not to be read.
SAME, CHANGED, DELETED, REJECTED, LOST, FAULTY = (
    "same",
    "changed",
    "deleted",
    "rejected",
    "lost",
    "faulty",
)
GONE = frozenset({DELETED, REJECTED, LOST})
_HISTORY = frozenset({"decision", "human_verified"})


class Marked(msgspec.Struct, frozen=True, dict=True, eq=False):
    """What an annotation of a review says.

    `there` are the regions that stand in it, `answers` verdict and reason by region, `drawn` the
    ends of its relations, either way round. `records` leaves out what was rejected. `regions` and
    `places` tell of each record its region and that region's result.
    """

    shown: Shown
    there: frozenset[str]
    answers: dict[str, dict[str, str]]
    drawn: frozenset[tuple[str, str]]
    records: dict[str, AnyRecord]
    regions: dict[str, str]
    places: dict[str, int]
    faults: tuple[Fault, ...]

    @cached_property
    def states(self) -> dict[str, str]:
        """Return what became of everything that was shown."""
        shown = {**self.shown.by_id}
        found = {name: self._state(record) for name, record in shown.items()}
        for name in {arrow.of for arrow in self.shown.arrows} - set(shown):
            found[name] = self._link_state(name, found)
        for name, record in shown.items():
            if isinstance(record, Link) and found[name] == DELETED:
                ends = (found.get(record.from_id), found.get(record.to_id))
                found[name] = LOST if GONE.intersection(ends) else DELETED
        for name in [n for n, state in found.items() if state == SAME]:
            if self.parent_of(name, found) == "changed":
                found[name] = CHANGED
        return found

    def is_rejected(self, name: str) -> bool:
        """Tell whether something's region is marked as wrong."""
        return self.verdict_of(name) == "reject"

    def verdict_of(self, name: str) -> str | None:
        """Return the verdict on something that was shown.

        An attribution's stands on its cue or free quote; on another of its spans it will do where
        that has none.
        """
        found = self.answers.get(self.shown.region_of(name), {}).get(VERDICT)
        record = self.shown.by_id.get(name)
        if found is None and isinstance(record, Attribution):
            told = {self.answers.get(part, {}).get(VERDICT) for part in record.part_ids}
            return "take" if "take" in told else None
        return found

    def reason_of(self, name: str) -> str | None:
        """Return the reason that was chosen at something's region."""
        region = self.regions.get(name) or self.shown.region_of(name)
        return self.answers.get(region, {}).get(REASON)

    def region(self, name: str) -> str:
        """Return the region of something that was shown or drawn."""
        return self.regions.get(name) or self.shown.region_of(name)

    def words_of(self, name: str) -> str:
        """Return the words of something's region, as it was shown."""
        known = self.shown.by_id
        record = known.get(name, known.get(self.shown.region_of(name)))
        if isinstance(record, Attribution):
            record = known.get(record.cue_id or record.content_ids[0])
        return record.text if isinstance(record, Span) else ""

    def current(self, name: str) -> AnyRecord:
        """Return a record as it stands now; what was only drawn as arrows stands as it did."""
        return self.records.get(name) or self.shown.by_id[name]

    def parts_of(self, record: AnyRecord) -> tuple[Span, ...]:
        """Return the spans of a record, in text order."""
        if isinstance(record, Span):
            return (record,)
        ids = record.part_ids if isinstance(record, Attribution) else ()
        known = {**self.shown.by_id, **self.records}
        found = [known[name] for name in dict.fromkeys(ids)]
        parts = [part for part in found if isinstance(part, Span)]
        return tuple(sorted(parts, key=lambda part: (part.start, part.end, part.id)))

    def parents_shown(self, name: str) -> tuple[str, ...]:
        """Return the attributions that something was shown to be nested in."""
        record = self.shown.by_id.get(name)
        found = [each.to_id for each in self._nests(name)]
        by_region = {region: own for own, region in self.shown.regions.items()}
        names = [by_region.get(region, region) for region in found]
        if isinstance(record, Attribution) and record.parent_id is not None:
            names.append(record.parent_id)
        return tuple(dict.fromkeys(names))

    def _nests(self, name: str) -> list[Any]:
        return [each for each in self.shown.arrows if each.of == name and each.label == "nested_in"]

    def parent_of(self, name: str, states: dict[str, str] | None = None) -> str:
        """Say what became of an attribution's parent: same, lost with the parent, or changed."""
        states = self.states if states is None else states
        record = self.records.get(name)
        if not isinstance(record, Attribution):
            return "same"
        shown = self.parents_shown(name)
        if record.parent_id is not None:
            return "same" if record.parent_id in shown else "changed"
        if not shown:
            return "same"
        alive = [parent for parent in shown if states.get(parent) not in GONE]
        if not alive:
            return "lost"
        for arrow in self._nests(name):
            if (arrow.from_id, arrow.to_id) in self.drawn:
                return "same"
        return "changed"

    def _state(self, record: AnyRecord) -> str:
        name = record.id
        if self.is_rejected(name) and not isinstance(record, Link):
            return REJECTED
        if name in self.records:
            now = self.records[name]
            same = self._told(now, now.id) == self._told(record, name, shown=True)
            return SAME if same else CHANGED
        faulty = {fault.region for fault in self.faults}
        if self.shown.region_of(name) in faulty and not isinstance(record, Link):
            return FAULTY
        return DELETED

    def _link_state(self, name: str, states: dict[str, str]) -> str:
        """Return what became of a link that was shown as arrows only, one by reading."""
        arrows = [each for each in self.shown.arrows if each.of == name]
        lost = True
        for arrow in arrows:
            if GONE.intersection(states.get(end) for end in (arrow.from_id, arrow.to_id)):
                continue
            if (arrow.from_id, arrow.to_id) in self.drawn:
                return SAME
            lost = False
        return LOST if lost else DELETED

    def _told(self, record: AnyRecord, name: str, shown: bool = False) -> tuple[object, ...]:
        """Return what a record says, its spans by extent; not what it refers to, nor history."""
        data = {
            key: value
            for key, value in canonical(record).items()
            if key not in _HISTORY and not key.endswith(("id", "_ids"))
        }
        parts: tuple[object, ...] = ()
        if isinstance(record, Attribution):
            known = self.shown.by_id if shown else self.records
            spans = [known[part] for part in dict.fromkeys(record.part_ids)]
            parts = tuple(sorted(_span_told(each) for each in spans if isinstance(each, Span)))
        ends = (record.from_id, record.to_id) if isinstance(record, Link) else ()
        return (sorted(data.items(), key=lambda each: each[0]), parts, ends)

    @cached_property
    def new(self) -> list[AnyRecord]:
        """Return what was added, but for role spans, which come with their attributions."""
        known = {*self.shown.by_id}
        return [
            record
            for name, record in self.records.items()
            if name not in known
            and not (isinstance(record, Span) and record.layer == "attribution")
        ]

    @cached_property
    def loose(self) -> list[Span]:
        """Return role spans that were added and belong to no attribution."""
        tied = {
            part
            for record in self.records.values()
            if isinstance(record, Attribution)
            for part in record.part_ids
        }
        return [
            record
            for name, record in self.records.items()
            if isinstance(record, Span)
            and record.layer == "attribution"
            and name not in tied
            and name not in self.shown.by_id
        ]


def _span_told(span: Span) -> tuple[object, ...]:
    return (span.label, span.start, span.end, span.unsure, span.note or "")


def _tied(records: dict[str, AnyRecord], shown: Shown) -> dict[str, AnyRecord]:
    """Return records without what refers to one that is gone, or without its parent.

    What a link leads to can stand in another item, of which nothing is told here.
    """
    gone = shown.by_id.keys() - records.keys()
    found: dict[str, AnyRecord] = {}
    for name, record in records.items():
        if isinstance(record, Attribution) and record.parent_id not in records:
            found[name] = msgspec.structs.replace(record, parent_id=None)
        elif not isinstance(record, Link) or (
            record.from_id in records and record.to_id not in gone
        ):
            found[name] = record
    return found


def read_marked(
    shown: Shown,
    results: Sequence[Any],
    corpus: Corpus,
    *,
    set_id: str,
    layers: Collection[str],
    reasons: Collection[str],
) -> Marked:
    """Return what an annotation of a review says.

    Args:
        shown: what was shown.
        results: the list `result` of the annotation.
        corpus: the corpus.
        set_id: the set that the review makes; ids of what was drawn are hashes of it.
        layers: those that are reviewed.
        reasons: the reasons to choose from.
    """
    document, item = corpus.items[shown.item]
    text = corpus.texts[document.id][item.start : item.end]

    def read(part: Sequence[Any]) -> Any:
        return from_results(
            part,
            shown.carried,
            text,
            item.start,
            set_id=set_id,
            item_id=shown.item,
            labels=corpus.labels,
            targets=corpus.targets,
            reasons=reasons,
            layers=layers,
        )

    answers: dict[str, dict[str, str]] = read(results).choices
    rejected = {name for name, told in answers.items() if told.get(VERDICT) == "reject"}
    arrows = {(arrow.from_id, arrow.to_id) for arrow in shown.arrows}
    kept: list[Any] = []
    places: list[int] = []
    drawn: set[tuple[str, str]] = set()
    for index, result in enumerate(results):
        if isinstance(result, dict) and result.get("type") == "relation":
            told = [result.get("from_id"), result.get("to_id")]
            ends = tuple(end for end in told if isinstance(end, str))
            if len(ends) == 2:  # else it is a fault, which is told when it is read
                start, end = ends[::-1] if result.get("direction") == "left" else ends
                drawn.add((start, end))
                if (start, end) in arrows or not rejected.isdisjoint(ends):
                    continue
        elif isinstance(result, dict) and str(result.get("id")) in rejected:
            continue
        kept.append(result)
        places.append(index)
    found = read(kept)
    there = {
        result["id"]
        for result in results
        if isinstance(result, dict)
        and result.get("type") == "labels"
        and isinstance(result.get("id"), str)
    }
    return Marked(
        shown=shown,
        there=frozenset(there),
        answers=answers,
        drawn=frozenset(drawn),
        records=_tied({record.id: record for record in found.records}, shown),
        regions=found.regions,
        places={name: places[index] for name, index in found.places.items()},
        faults=tuple(
            each if each.index is None else msgspec.structs.replace(each, index=places[each.index])
            for each in found.faults
        ),
    )
