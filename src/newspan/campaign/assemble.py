"""Resolved entries of one item into records that `newspan check` has nothing to say about."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence, Set
from typing import Any

import msgspec

from newspan import schema
from newspan.campaign.answers import Draft, Entry, Extent
from newspan.campaign.guidelines import LAYERS
from newspan.checks.extents import clip
from newspan.checks.sets import check_set
from newspan.corpus import AnnotationSet, Corpus, Placed
from newspan.model import AnyRecord, Attribution, Coverage, Producer, SetInfo, Span
from newspan.problems import Place, Problem


class Assembly(msgspec.Struct, frozen=True):
    """The records of an item by id, and what became of its entries, by their place in the list.

    `record_of` has the record of each entry that is in; `merged` those that an earlier entry had
    said already; `faults` the problem of each that was rejected here.
    """

    records: dict[str, AnyRecord]
    record_of: dict[int, str]
    merged: frozenset[int]
    faults: dict[int, Problem]


def assemble(
    entries: Sequence[Entry],
    item: str,
    set_id: str,
    corpus: Corpus,
    without: Set[int] = frozenset(),
) -> Assembly:
    """Return the records of an item's entries, after rejecting those that `check` objects to.

    Rejecting one may take its ground from others (a parent, a claim that is repeated), so this
    goes on until nothing is objected to. Of two entries with the same words and label but other
    values the earlier one stays, unless it is rejected itself.

    Args:
        entries: in the order of their answers; those with a problem are left out.
        item: the item's id.
        set_id: the set's; record ids are hashes of it, the item and the words.
        corpus: the corpus, with the item's document.
        without: entries to leave out too, by their place in the list.
    """
    text = corpus.texts[corpus.items[item][0].id]
    faults: dict[int, Problem] = {}
    while True:
        gone = {*faults, *without, *(i for i, each in enumerate(entries) if each.problem)}
        built = _Builder(entries, text, (set_id, item), gone)
        found = built.faults or _objections(built, entries, item, corpus)
        if not found:
            break
        faults |= found
    faults |= built.conflicts
    record_of = {i: own for i, own in built.ids.items() if i not in built.conflicts}
    return Assembly(built.records, record_of, frozenset(built.merged), faults)


class _Builder:
    """One try at the records. Conflicts are no faults yet: the earlier entry may still go."""

    def __init__(
        self, entries: Sequence[Entry], text: str, salt: tuple[str, str], gone: Set[int]
    ) -> None:
        self.records: dict[str, AnyRecord] = {}
        self.ids: dict[int, str] = {}
        self.owners: dict[str, list[int]] = {}
        self.merged: set[int] = set()
        self.conflicts: dict[int, Problem] = {}
        self.faults: dict[int, Problem] = {}
        self._entries, self._text, self._salt = entries, text, salt
        self._by_ref: dict[tuple[str, int, str, str | None], int] = {}
        for i, entry in enumerate(entries):
            self._by_ref.setdefault((entry.packet, entry.round, entry.kind, entry.ref), i)
        alive = [(i, each.draft) for i, each in enumerate(entries) if each.draft and i not in gone]
        for i, draft in alive:
            if entries[i].kind != "repeats":
                label = [draft.values.get(name) for name in ("factuality", "technique", "target")]
                self.ids[i] = self._id(entries[i].kind, sorted(draft.extents.items()), label)
        for i, draft in alive:
            data = self._data(i, entries[i], draft)
            if data is not None and self._add(i, data) and entries[i].kind == "attribution":
                self._add_parts(i, draft)

    def _id(self, *identity: object) -> str:
        told = repr((*self._salt, *identity))
        return str(identity[0])[0] + hashlib.sha256(told.encode()).hexdigest()[:15]

    def _data(self, i: int, entry: Entry, draft: Draft) -> dict[str, Any] | None:
        values = {k: v for k, v in draft.values.items() if k not in ("ref", "parent", "from", "to")}
        if entry.kind == "repeats":
            ends = [self._named(i, "claim", draft.values[name], name) for name in ("from", "to")]
            if None in ends:
                return None
            self.ids[i] = self._id("repeats", ends)
            joined = {"type": "repeats", "from_id": ends[0], "to_id": ends[1]}
            return {"record": "link", "id": self.ids[i], **joined, **values}
        if entry.kind != "attribution":
            ((start, end),) = draft.extents[""]
            extent = {"start": start, "end": end, "text": self._text[start:end]}
            return {"record": "span", "id": self.ids[i], "layer": entry.kind, **extent, **values}
        if "source_name" in values:
            values.setdefault("source_named", True)
        if draft.scope_end is not None:
            values["scope_end"] = draft.scope_end
        if "parent" in draft.values:
            values["parent_id"] = self._named(i, "attribution", draft.values["parent"], "parent")
            if values["parent_id"] is None:
                return None
        parts = {role: list(self._parts(draft, role)) for role in draft.extents}
        for name, role in (("source_ids", "source"), ("medium_ids", "medium")):
            values[name] = parts.get(role, [])
        values["content_ids"] = parts.get("content", [])
        if "cue" in parts:
            values["cue_id"] = parts["cue"][0]
        return {"record": "attribution", "id": self.ids[i], **values}

    def _parts(self, draft: Draft, role: str) -> Iterator[str]:
        """Yield the ids of an attribution's spans; the same words in one role are one span."""
        for extent in draft.extents[role]:
            yield self._id(role, extent)

    def _named(self, i: int, kind: str, ref: str, key: str) -> str | None:
        """Return the record that a ref stands for, in its answer or an earlier one to the packet.

        Where there is none, None, and the fault is noted.
        """
        entry = self._entries[i]
        rounds = range(entry.round, 0, -1)
        found = (self._by_ref.get((entry.packet, number, kind, ref)) for number in rounds)
        named = next((place for place in found if place is not None), None)
        if named in self.ids:
            return self.ids[named]
        message = f"its {key} {clip(ref)} was rejected"
        if named is None:
            message = f"no {kind} of the answer has the ref {clip(ref)}"
        self.faults[i] = Problem("reference-unknown", entry.place.at(f"/{key}"), message)
        return None

    def _add(self, i: int, data: dict[str, Any]) -> bool:
        """Add an entry's record, and tell whether it is in, as a new one or an equal one."""
        place = self._entries[i].place
        if not schema.is_valid("record.json", data):
            fault = next(schema.violations("record.json", data))
            told = f"{fault.pointer.removeprefix('/')} {fault.message}".strip()
            self.faults[i] = Problem("answer-schema", place, told)
            return False
        record: AnyRecord = msgspec.convert(data, AnyRecord)
        before = self.records.setdefault(record.id, record)
        if before != record:
            message = f"an earlier one has the same words, but {_differences(before, record)}"
            self.conflicts[i] = Problem("duplicate-span", place, message)
            return False
        if before is not record:
            self.merged.add(i)
        self.owners.setdefault(record.id, []).append(i)
        return True

    def _add_parts(self, i: int, draft: Draft) -> None:
        for role, extents in draft.extents.items():
            for own, (start, end) in zip(self._parts(draft, role), extents, strict=True):
                surface = self._text[start:end]
                self.records[own] = Span(own, "attribution", start, end, surface, role=role)
                self.owners.setdefault(own, []).append(i)


def _differences(before: AnyRecord, record: AnyRecord) -> str:
    fields = [f for f in record.__struct_fields__ if getattr(before, f) != getattr(record, f)]
    return ", ".join(f"{field} {getattr(before, field)!r}" for field in fields)


def _objections(
    built: _Builder, entries: Sequence[Entry], item: str, corpus: Corpus
) -> dict[int, Problem]:
    """Return what `newspan check` would say about the records, by entry: the first thing each."""
    zones = tuple(sorted({zone.kind for zone in corpus.items[item][1].zones}))
    info = SetInfo(
        id="answers",
        producer=Producer("person", "anybody"),
        created="2000-01-01",
        labels_sha256=corpus.labels.sha256,
        coverage=(Coverage(item, LAYERS, zones),),
    )
    # A record's id stands in for its file, so that problems lead back to the entries.
    placed = tuple(Placed(each, item, Place(own)) for own, each in built.records.items())
    found: dict[int, Problem] = {}
    for problem in check_set(AnnotationSet(info, placed), corpus):
        at = problem.place
        record = built.records[at.file]
        role = record.role if isinstance(record, Span) else None
        message = f"{role}: {problem.message}" if role else problem.message
        for i in built.owners[at.file]:
            place = entries[i].place.at("", at.start, at.end)
            found.setdefault(i, Problem(problem.id, place, message))
    return found


def extents_of(draft: Draft) -> Iterator[Extent]:
    """Yield all extents of a resolved entry."""
    for extents in draft.extents.values():
        yield from extents


def text_order(records: dict[str, AnyRecord]) -> list[AnyRecord]:
    """Return records in the order of the text, what ties spans together behind its first span."""

    def key(record: AnyRecord) -> tuple[int, int, int, str]:
        if isinstance(record, Span):
            return (record.start, 0, -record.end, record.id)
        ids = record.part_ids if isinstance(record, Attribution) else (record.from_id,)
        first = min((records[own] for own in ids), key=lambda each: getattr(each, "start", 0))
        return (getattr(first, "start", 0), 1, 0, record.id)

    return sorted(records.values(), key=key)
