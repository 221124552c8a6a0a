"""What becomes of a marked item: what is taken, added, left, and what each is called then."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import msgspec

from newspan.adjudication.made import adjudicated, attribution_id, span_id, with_parts
from newspan.adjudication.marked import CHANGED, FAULTY, GONE, LOST, SAME, Marked
from newspan.adjudication.match import match
from newspan.adjudication.shown import ShownConflict
from newspan.adjudication.units import Unit, canonical
from newspan.model import AnyRecord, Attribution, Link, Span

#: An attribution's lists of ids.
ID_LISTS = ("source_ids", "medium_ids", "content_ids")


class Outcomes:
    """What becomes of what was shown, and of what was drawn.

    `outcomes` has, by conflict, what of it is taken, what was drawn there, and what lacks a
    verdict. `standing` names what was no reading, `new` is what was drawn, `home` says in which
    conflict.

    Args:
        marked: the annotation against what was shown.
        faulty: ids of what is not taken, whatever was marked.
    """

    def __init__(self, marked: Marked, faulty: frozenset[str] = frozenset()) -> None:
        """Sort out what was marked."""
        self.marked = marked
        self.item = marked.shown.item
        self.states = dict(marked.states)
        for name in faulty:
            if name in self.states:
                self.states[name] = FAULTY
        #: Attributions that were drawn twice, or are there already, by the id of the other.
        self.doubles = self._doubles()
        self.new = [
            each for each in marked.new if each.id not in faulty and each.id not in self.doubles
        ]
        self.home = {each.id: self._home(each) for each in self.new}
        self.outcomes = {each.id: self._outcome(each) for each in marked.shown.conflicts}
        self.standing = [
            name
            for name in marked.shown.by_id
            if name not in marked.shown.asked and not self._is_part(name)
        ]
        self.standing += sorted(
            {arrow.of for arrow in marked.shown.arrows}
            - marked.shown.asked
            - set(marked.shown.by_id)
        )

    def _doubles(self) -> dict[str, str]:
        names = [name for name, state in self.states.items() if state in (SAME, CHANGED)]
        standing = [self.marked.records[n] for n in names if n in self.marked.records]
        first: dict[tuple[str, str | None], str] = {}
        found = {}
        for record in (*standing, *self.marked.new):
            if isinstance(record, Attribution):
                key = (self.result_id(record), record.parent_id)
                if key in first and record.id not in self.states:
                    found[record.id] = first[key]
                first.setdefault(key, record.id)
        return found

    def _is_part(self, name: str) -> bool:
        """Tell whether something shown is a role span, which is decided with its attributions."""
        record = self.marked.shown.by_id[name]
        return isinstance(record, Span) and record.layer == "attribution" and name in self._tied

    @cached_property
    def _tied(self) -> set[str]:
        shown = self.marked.shown.records
        return {p for each in shown if isinstance(each, Attribution) for p in each.part_ids}

    def state(self, name: str) -> str:
        """Return what became of something shown; of what could not be shown, that it is lost."""
        return self.states.get(name, LOST)

    def _unit(self, set_id: str, record: AnyRecord, parts: Iterable[Span]) -> Unit:
        layer = record.layer if isinstance(record, Span) else "attribution"
        return Unit(set_id, self.item, layer, record, tuple(parts), frozenset())

    def _touch(self, one: AnyRecord, other: str) -> bool:
        """Tell whether something is about the same place as what was shown."""
        marked, shown = self.marked, self.marked.shown.by_id.get(other)
        if isinstance(one, Link) or shown is None:
            return False
        if isinstance(one, Span) != isinstance(shown, Span):
            return False
        if isinstance(one, Span) and isinstance(shown, Span) and one.layer != shown.layer:
            return False
        mine = self._unit("a", one, marked.parts_of(one))
        ids = dict.fromkeys(shown.part_ids) if isinstance(shown, Attribution) else ()
        spans = [marked.shown.by_id[p] for p in ids] if ids else [shown]
        theirs = sorted((s for s in spans if isinstance(s, Span)), key=lambda s: (s.start, s.end))
        return bool(match([mine, self._unit("b", shown, theirs)]).touching)

    def _home(self, record: AnyRecord) -> str | None:
        """Return the conflict that something added belongs to, None if it stands elsewhere."""
        for conflict in self.marked.shown.conflicts:
            if any(self._touch(record, name) for name in conflict.units):
                return conflict.id
        return None

    def _outcome(self, conflict: ShownConflict) -> tuple[list[str], list[AnyRecord], list[str]]:
        """Return what of a conflict is taken, what is added, and what lacks a verdict."""
        marked = self.marked
        added = [each for each in self.new if self.home[each.id] == conflict.id]
        states = {name: self.state(name) for name in conflict.units}
        taken = [
            name
            for name, state in states.items()
            if state == CHANGED or (state == SAME and marked.verdict_of(name) == "take")
        ]
        left = [
            name
            for name, state in states.items()
            if state == FAULTY or (state == SAME and name not in taken)
        ]
        settled = [*added, *(marked.current(n) for n in taken if n in marked.shown.by_id)]
        settled += [marked.shown.by_id[n] for n in taken if n in marked.shown.by_id]
        open_ = [
            name
            for name in left
            if states[name] == FAULTY
            or not (
                any(self._touch(each, name) for each in settled)
                or (conflict.layer == "link" and taken)
            )
        ]
        return taken, added, open_

    def refer(self, name: str) -> str:
        """Return what a decision calls a record: SET:ID, or an id of the result."""
        name = self.doubles.get(name, name)
        for conflict in self.marked.shown.conflicts:
            if name in conflict.units:
                taken, _, open_ = self.outcomes[conflict.id]
                if name in taken and not open_:
                    return self.result_id(self.marked.current(name))
                return self.marked.shown.keys[name][0]
        if name in self.marked.records and name not in self.marked.shown.by_id:
            return self.result_id(self.marked.records[name])
        return self.replaced.get(name, name)  # shown, or of another item

    @cached_property
    def replaced(self) -> dict[str, str]:
        """Return the ids of attributions that are made anew, since their spans are others now."""
        return {
            name: self.result_id(self.marked.records[name])
            for name in self.standing
            if self.state(name) == CHANGED and self._is_remade(name)
        }

    def _is_remade(self, name: str) -> bool:
        """Tell whether an attribution has other spans than it had, so that it's written in full."""
        before, now = self.marked.shown.by_id.get(name), self.marked.records.get(name)
        if not isinstance(before, Attribution) or not isinstance(now, Attribution):
            return False
        same = all(set(getattr(now, f)) == set(getattr(before, f)) for f in ID_LISTS)
        if not same or now.cue_id != before.cue_id:
            return True
        return name in self.marked.shown.asked and bool(self.part_changes(now))

    def result_id(self, record: AnyRecord) -> str:
        """Return the id that a record has in the result."""
        if isinstance(record, Span):
            return span_id(self.item, record)
        if isinstance(record, Link):
            return record.id
        made = adjudicated(record)
        parts = [adjudicated(part) for part in self.marked.parts_of(record)]
        parts = [msgspec.structs.replace(p, id=span_id(self.item, p)) for p in parts]
        whole = with_parts(made, self.item, parts)
        assert isinstance(whole.record, Attribution)
        return attribution_id(self.item, whole.record, whole.parts)

    def parent(self, name: str) -> str | None:
        """Return what an attribution that was shown is nested in now, as a decision names it."""
        marked = self.marked
        record = marked.records.get(name)
        shown = marked.parents_shown(name)
        said = marked.parent_of(name)
        if said == "changed":
            own = record.parent_id if isinstance(record, Attribution) else None
            return None if own is None else self.refer(own)
        if said == "lost" and not any(map(self.has_heir, shown)):
            return None
        alive = [each for each in shown if self.state(each) not in GONE]
        return self.refer((*alive, *shown)[0]) if shown else None

    def has_heir(self, name: str) -> bool:
        """Tell whether something that is gone is in a conflict that is open or takes another."""
        for conflict in self.marked.shown.conflicts:
            if name in conflict.units:
                taken, added, open_ = self.outcomes[conflict.id]
                return bool(taken or added or open_)
        return False

    def _parent_moves(self, name: str) -> bool:
        said = self.marked.parent_of(name)
        if said == "lost":
            return self.parent(name) is None
        if said == "changed":
            return True
        shown = self.marked.parents_shown(name)
        return bool(shown) and any(parent in self.replaced for parent in shown if parent != name)

    def change(self, name: str) -> dict[str, Any] | None:
        """Return in which fields something shown was changed, None if its spans are others.

        Changes to an attribution's role spans are `_part_changes`.
        """
        before = self.marked.shown.by_id.get(name)
        if before is None:
            return {}
        if self._is_remade(name):
            return None
        now = self.marked.current(name)
        found = _different(before, now)
        if isinstance(before, Link) and isinstance(now, Link):
            ends = {"from_id": self.refer(now.from_id), "to_id": self.refer(now.to_id)}
            moved = (before.from_id, before.to_id) != (now.from_id, now.to_id)
            found |= ends if moved else {}
        if isinstance(before, Attribution) and self._parent_moves(name):
            found["parent_id"] = self.parent(name)
        return found

    def part_changes(self, record: Attribution) -> dict[str, dict[str, Any]]:
        """Return in which fields an attribution's spans were changed, by their ids."""
        known = self.marked.shown.by_id
        parts = {part.id: part for part in self.marked.parts_of(record)}
        found = {n: _different(known[n], part) for n, part in parts.items() if n in known}
        return {name: change for name, change in found.items() if change}


def plain(record: AnyRecord) -> dict[str, Any]:
    """Return a record as JSON, without how it came about."""
    data = canonical(record)
    return {k: v for k, v in data.items() if k not in ("decision", "human_verified")}


def _different(before: AnyRecord, now: AnyRecord) -> dict[str, Any]:
    """Return the fields of one record in which it differs from another, null where it has none."""
    old, new = plain(before), plain(now)
    names = [n for n in (*old, *new) if not n.endswith(("_id", "_ids")) and n != "text"]
    found = {n: new.get(n) for n in dict.fromkeys(names) if old.get(n) != new.get(n)}
    if {"start", "end"} & found.keys():
        found |= {"start": new["start"], "end": new["end"]}
    return found
