"""What of an item is shown for a review: what stands already, and the readings to decide between.

Spans and attributions are regions, under ids that don't tell whose they are. What can't be a
region or can't be told apart by Label Studio, such as the parents that several readings give one
attribution, is an arrow that is drawn and read here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec

from newspan.adjudication.case import Case
from newspan.adjudication.conflicts import Conflict
from newspan.adjudication.made import Made
from newspan.adjudication.settle import Settled
from newspan.adjudication.units import Key, Unit, canonical
from newspan.labelstudio.regions import from_results, to_results
from newspan.model import AnyRecord, Attribution, Link, Span

ARROWS = ("nested_in", "repeats")


class Arrow(msgspec.Struct, frozen=True):
    """A relation between two regions; `of` is the record that it is, or whose parent it tells."""

    from_id: str
    to_id: str
    label: str
    of: str


class ShownConflict(msgspec.Struct, frozen=True):
    """A conflict that is asked: its sets, and the ids of what is shown of it, by set."""

    id: str
    layer: str
    readings: dict[str, tuple[str, ...]]

    @property
    def units(self) -> tuple[str, ...]:
        """Return the ids of all that is shown of it."""
        return tuple(dict.fromkeys(name for own in self.readings.values() for name in own))


class Shown(msgspec.Struct, frozen=True, omit_defaults=True, dict=True):
    """An item as it is shown, a line of readings.jsonl.

    `names` says which reading is which set. `records` are all that is shown, `keys` (SET:ID) the
    records of compared sets that they stand for. `regions` has the region of each attribution,
    `carried` what Label Studio can't express.
    """

    item: str
    project: str
    names: dict[str, str]
    text_sha256: str
    records: tuple[AnyRecord, ...]
    arrows: tuple[Arrow, ...] = ()
    conflicts: tuple[ShownConflict, ...] = ()
    keys: dict[str, tuple[str, ...]] = {}
    regions: dict[str, str] = {}
    carried: dict[str, Any] = {}

    @cached_property
    def by_id(self) -> dict[str, AnyRecord]:
        """Return what is shown, by id."""
        return {record.id: record for record in self.records}

    @cached_property
    def asked(self) -> frozenset[str]:
        """Return the ids of what is to be decided."""
        return frozenset(name for each in self.conflicts for name in each.units)

    def region_of(self, name: str) -> str:
        """Return the region of a span or an attribution, or the one that an arrow starts at."""
        arrow = next((each for each in self.arrows if each.of == name), None)
        if name not in self.regions and arrow is not None and name not in self.by_id:
            return arrow.from_id
        return self.regions.get(name, name)


def show(case: Case, settled: Settled, item_id: str, open_: Iterable[Conflict]) -> Shown:
    """Return how an item is shown.

    Args:
        case: the sets and what they differ in.
        settled: the result as far as it is decided.
        item_id: the item.
        open_: the item's open conflicts.
    """
    return _Showing(case, settled, item_id, list(open_)).shown()


def neutral(*told: str) -> str:
    """Return an id that tells nothing."""
    return "n" + hashlib.sha256("\x1f".join(told).encode()).hexdigest()[:15]


class _Showing:
    def __init__(self, case: Case, settled: Settled, item_id: str, open_: list[Conflict]) -> None:
        self.case, self.settled, self.item_id, self.open = case, settled, item_id, open_
        document, item = case.corpus.items[item_id]
        self.text, self.base = case.corpus.texts[document.id][item.start : item.end], item.start
        self.records: dict[str, AnyRecord] = {}
        self.waiting = [each for each in settled.waiting if each.item == item_id]
        #: Which id stands for a record of a compared set.
        self.name_of: dict[Key, str] = {}
        self.keys: dict[str, tuple[str, ...]] = {}
        #: What an arrow is: of what, with which label, and the records at its ends.
        self.tied: list[tuple[str, str, str, str]] = []

    def shown(self) -> Shown:
        self._accept()
        readings = self._read()
        if not self.case.is_review:
            self._mix_notes()
        self._tie()
        readings = self._visible(readings)
        results, carried = to_results(tuple(self.records.values()), self.text, self.base)
        regions = self._regions(results, carried)
        arrows = {
            Arrow(regions.get(one, one), regions.get(other, other), label, of)
            for of, label, one, other in self.tied
        }
        sets = [each.info.id for each in self.case.sets]
        sets.sort(key=lambda name: neutral(self.case.into, self.item_id, "order", name))
        return Shown(
            item=self.item_id,
            project="",
            names={f"reading {n}": name for n, name in enumerate(sets, 1)},
            text_sha256=hashlib.sha256(self.text.encode()).hexdigest(),
            records=tuple(self.records.values()),
            arrows=tuple(sorted(arrows, key=msgspec.structs.astuple)),
            conflicts=tuple(readings),
            keys=self.keys,
            regions=regions,
            carried=carried,
        )

    def _accept(self) -> None:
        """Show what stands already, and what only waits for an open conflict."""
        for record in self.settled.records.get(self.item_id, ()):
            self.records[record.id] = record
        for one in self.waiting:
            for part in one.parts:
                self.records.setdefault(part.id, part)
            if not isinstance(one.record, Link):
                self.records[one.record.id] = one.record
            self.keys[one.record.id] = tuple(f"{s}:{name}" for s, name in one.stands_for if s)
        self.name_of = {
            key: name for key, name in self.settled.found_in.items() if name in self.records
        }

    def _read(self) -> list[ShownConflict]:
        """Show the readings of open conflicts; what several sets say alike is shown once."""
        alike: dict[tuple[object, ...], str] = {}
        found = []
        for conflict in self.open:
            readings: dict[str, tuple[str, ...]] = {}
            for set_id in conflict.sets:
                own = []
                for unit in conflict.units_of(set_id):
                    said = (conflict.id, *_said(unit))
                    name = alike.setdefault(said, self._neutral(unit.key))
                    self.name_of[unit.key] = name
                    self.keys[name] = (*self.keys.get(name, ()), ":".join(unit.key))
                    own.append(name)
                    self._show(name, unit)
                readings[set_id] = tuple(own)
            found.append(ShownConflict(conflict.id, conflict.layer, readings))
        return found

    def _mix_notes(self) -> None:
        """Bring joined notes in an order that tells nothing of the sets they are from."""
        known = {
            placed.record.note
            for each in self.case.sets
            for placed in each.records
            if placed.item_id == self.item_id and placed.record.note
        }
        for name, record in self.records.items():
            notes = parted(record.note or "", sorted(known))
            if len(notes) > 1:
                note = JOINT.join(sorted(notes))
                self.records[name] = msgspec.structs.replace(record, note=note)

    def _visible(self, readings: list[ShownConflict]) -> list[ShownConflict]:
        """Return the conflicts that can be decided here.

        A link to a claim of another item can be seen nowhere in this one.
        """
        seen = {*self.records, *(of for of, _, _, _ in self.tied)}
        found = [each for each in readings if seen.issuperset(each.units)]
        hidden = {name for each in readings if each not in found for name in each.units}
        self.tied = [each for each in self.tied if each[0] not in hidden]
        return found

    def _neutral(self, key: Key) -> str:
        return neutral(self.case.into, self.item_id, *key)

    def _show(self, name: str, unit: Unit) -> None:
        record = unit.record
        if name in self.records:
            self.records[name] = _with_remarks(self.records[name], record)
            return
        plain: dict[str, Any] = {"id": name, "decision": None, "human_verified": False}
        if isinstance(record, Attribution):
            parts = {part.id: self._neutral((unit.set_id, part.id)) for part in unit.parts}
            for part in unit.parts:
                own = parts[part.id]
                self.records[own] = msgspec.structs.replace(part, **{**plain, "id": own})
            plain |= named(record, parts) | {"parent_id": None}
        if not isinstance(record, Link):
            self.records[name] = msgspec.structs.replace(record, **plain)

    def _tie(self) -> None:
        """Say what refers to what, once everything has its id."""
        for conflict in self.open:
            for unit in conflict.units:
                name = self.name_of[unit.key]
                if isinstance(unit.record, Link):
                    ends = [(unit.set_id, e) for e in (unit.record.from_id, unit.record.to_id)]
                    self._link(name, [ends[0]], [ends[1]])
                elif isinstance(unit.record, Attribution) and unit.record.parent_id is not None:
                    self._nest(name, [(unit.set_id, unit.record.parent_id)])
        for one in self.waiting:
            if isinstance(one.record, Link):
                self._link(one.record.id, *one.ends)
            else:
                self._nest(one.record.id, one.parent)

    def _nest(self, name: str, parents: Sequence[Key]) -> None:
        for parent in dict.fromkeys(filter(None, map(self._name, parents))):
            self.tied.append((name, "nested_in", name, parent))

    def _link(self, name: str, starts: Sequence[Key], ends: Sequence[Key]) -> None:
        for start in starts:
            for end in ends:
                names = (self._name(start), self._name(end))
                if names[0] and names[1] and (start[0] == end[0] or "" in (start[0], end[0])):
                    self.tied.append((name, "repeats", names[0], names[1]))

    def _name(self, key: Key) -> str | None:
        name = self.name_of.get(key) if key[0] else key[1]
        return name if name in self.records else None

    def _regions(self, results: list[dict[str, Any]], carried: dict[str, Any]) -> dict[str, str]:
        """Return the region of each attribution, and of each link the one that it starts at."""
        read = from_results(
            results,
            carried,
            self.text,
            self.base,
            set_id=self.case.into,
            item_id=self.item_id,
            labels=self.case.corpus.labels,
            targets=self.case.corpus.targets,
        )
        return {
            name: region
            for name, region in sorted(read.regions.items())
            if name != region and name in self.records
        }


def named(record: Attribution, names: Mapping[str, str]) -> dict[str, Any]:
    """Return an attribution's lists of ids with other names."""
    found: dict[str, Any] = {
        field: tuple(names[part] for part in getattr(record, field))
        for field in ("source_ids", "medium_ids", "content_ids")
    }
    return {**found, "cue_id": None if record.cue_id is None else names[record.cue_id]}


#: What stands between the notes of several sets.
JOINT = "; "
_REMARKS = frozenset({"unsure", "note", "decision", "human_verified"})


def _said(unit: Unit) -> tuple[object, ...]:
    """Return what a unit says but for ids and remarks, as sets of one reading say it alike."""
    data = canonical(unit.record)
    told = sorted(
        (name, str(value))
        for name, value in data.items()
        if name not in _REMARKS and not name.endswith(("id", "_ids"))
    )
    refers: tuple[str | None, ...] = ()
    if isinstance(unit.record, Link):
        refers = (unit.record.from_id, unit.record.to_id)
    elif isinstance(unit.record, Attribution):
        refers = (unit.record.parent_id,)
    # Ids are a set's own, so what refers elsewhere is another set's reading only by chance.
    own = (unit.set_id, *refers) if any(refers) else ()
    parts = tuple((p.label, p.start, p.end) for p in unit.parts)
    return (unit.layer, tuple(told), parts, own)


def _with_remarks(record: AnyRecord, other: AnyRecord) -> AnyRecord:
    """Return a record with another's remarks too, as of two sets that say the same."""
    notes = dict.fromkeys(each.note for each in (record, other) if each.note)
    unsure = record.unsure or other.unsure
    return msgspec.structs.replace(record, unsure=unsure, note=JOINT.join(notes) or None)


def parted(note: str, known: Sequence[str]) -> list[str]:
    """Return the notes that a note was joined from, none if it is no such note."""
    if note in known:
        return [note]
    for one in known:
        if note.startswith(one + JOINT) and (rest := parted(note[len(one + JOINT) :], known)):
            return [one, *rest]
    return []


def pass_records(case: Case, shown: Shown, set_id: str) -> list[AnyRecord]:
    """Return all that one set says of an item, as it is shown: under ids that don't tell whose.

    Links to other items, which Label Studio can't show, are left out.
    """
    one = next(each for each in case.sets if each.info.id == set_id)
    asked = {key: name for name in shown.asked for key in shown.keys.get(name, ())}
    here = [placed.record for placed in one.records if placed.item_id == shown.item]
    names = {
        record.id: asked.get(f"{set_id}:{record.id}")
        or neutral(case.into, shown.item, set_id, record.id)
        for record in here
    }
    found: list[AnyRecord] = []
    for record in here:
        plain: dict[str, Any] = {
            "id": names[record.id],
            "decision": None,
            "human_verified": False,
        }
        if isinstance(record, Attribution):
            plain |= named(record, names)
            plain["parent_id"] = names.get(record.parent_id or "")
        elif isinstance(record, Link):
            if record.to_id not in names:
                continue
            plain |= {"from_id": names[record.from_id], "to_id": names[record.to_id]}
        if not (isinstance(record, Span) and record.layer == "duplicate_block"):
            found.append(msgspec.structs.replace(record, **plain))
    return found


__all__ = ["ARROWS", "Arrow", "Made", "Shown", "ShownConflict", "neutral", "pass_records", "show"]
