"""From a marked item to lines of decisions.jsonl: decisions and amendments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from newspan.adjudication.marked import CHANGED, GONE, LOST, REJECTED, SAME, Marked
from newspan.adjudication.objections import is_error, objections
from newspan.adjudication.outcomes import Outcomes, plain
from newspan.adjudication.shown import ShownConflict
from newspan.corpus import Corpus
from newspan.labelstudio.sound import Objection
from newspan.model import AnyRecord, Attribution, Coverage, Link

NO_REASON = "no reason was given in Label Studio"


class Derived(msgspec.Struct, frozen=True):
    """What a marked item comes to.

    `decisions` are by conflict id; `undecided` names, by conflict id, the regions that lack a
    verdict. `objections` are what `newspan check` would say of what was changed or added, by record
    id; what has an error is not taken.
    """

    decisions: dict[str, dict[str, Any]]
    amendments: tuple[dict[str, Any], ...]
    undecided: dict[str, tuple[str, ...]]
    objections: tuple[Objection, ...]
    faulty: frozenset[str]


def derive_lines(
    marked: Marked,
    corpus: Corpus,
    by: dict[str, Any],
    via: str,
    coverage: Sequence[Coverage],
) -> Derived:
    """Return what a marked item comes to.

    Args:
        marked: the annotation against what was shown.
        corpus: the corpus.
        by: who decided, as in `decision.json`.
        via: the Label Studio project.
        coverage: what the result can cover; what stands elsewhere is not taken.
    """
    outcomes = Outcomes(marked)
    told = objections(outcomes, corpus, coverage)
    faulty = frozenset(each.record for each in told if is_error(each))
    lines = _Lines(Outcomes(marked, faulty) if faulty else outcomes, by, via)
    decisions, undecided = lines.decisions()
    return Derived(decisions, lines.amendments(), undecided, tuple(told), faulty)


class _Lines:
    """Writes what becomes of an item as lines."""

    def __init__(self, outcomes: Outcomes, by: dict[str, Any], via: str) -> None:
        self.of, self.marked = outcomes, outcomes.marked
        self.by, self.via = by, via

    def decisions(self) -> tuple[dict[str, dict[str, Any]], dict[str, tuple[str, ...]]]:
        """Return the decisions, and of undecided conflicts the regions that lack a verdict."""
        found: dict[str, dict[str, Any]] = {}
        undecided: dict[str, tuple[str, ...]] = {}
        for conflict in self.marked.shown.conflicts:
            taken, added, open_ = self.of.outcomes[conflict.id]
            if open_:
                undecided[conflict.id] = tuple(map(self.marked.region, open_))
            else:
                found[conflict.id] = self._decision(conflict, taken, added)
        return found, undecided

    def _decision(
        self, conflict: ShownConflict, taken: list[str], added: list[AnyRecord]
    ) -> dict[str, Any]:
        names = [*conflict.units, *(each.id for each in added)]
        sets = self._whole_readings(conflict, taken)
        changes = {name: self.of.change(name) for name in taken}
        changes = {name: change for name, change in changes.items() if change != {}}
        plain = not added and all(change is not None for change in changes.values())
        told: dict[str, Any]
        if not taken and not added:
            told = {"take": None}
        elif plain and sets and (len(sets) == 1 or not changes):
            told = {"take": sets[0] if len(sets) == 1 else sets}
            if changes:
                told["change"] = {
                    self._original(name, sets[0]): change for name, change in changes.items()
                }
        else:
            told = {"records": self._drafts(taken, added)}
        several = isinstance(told.get("take"), list)
        return {**told, **self._because(names, "both-hold" if several else None), **self._who()}

    def _whole_readings(self, conflict: ShownConflict, taken: list[str]) -> list[str]:
        """Return the sets whose whole readings are what is taken, as few as will do."""
        wanted, held = set(taken), set[str]()
        chosen: list[str] = []
        for set_id, own in sorted(conflict.readings.items(), key=lambda e: (-len(e[1]), e[0])):
            if own and wanted.issuperset(own) and not held.issuperset(own):
                chosen.append(set_id)
                held |= set(own)
        return sorted(chosen) if held == wanted else []

    def _original(self, name: str, set_id: str) -> str:
        keys = self.marked.shown.keys[name]
        return next(key for key in keys if key.startswith(f"{set_id}:")).partition(":")[2]

    def _who(self) -> dict[str, Any]:
        return {"by": self.by, "via": self.via}

    def _because(self, names: Iterable[str], default: str | None = None) -> dict[str, Any]:
        """Return the reason that was chosen, those of what was rejected first, and a note."""
        listed = list(names)
        listed.sort(key=lambda name: self.of.state(name) != REJECTED)
        reasons = list(dict.fromkeys(filter(None, map(self.marked.reason_of, listed))))
        if not reasons and default is None:
            return {"reason": "other", "note": NO_REASON}
        if not reasons:
            return {"reason": default}
        notes = []
        if reasons[0] == "other":
            notes.append("other was chosen in Label Studio, where a reason has no words")
        if reasons[1:]:
            notes.append(f"other reasons that were given: {', '.join(reasons[1:])}")
        return {"reason": reasons[0], **({"note": "; ".join(notes)} if notes else {})}

    # --- records in full ----------------------------------------------------------------------

    def _drafts(self, taken: Iterable[str], added: Iterable[AnyRecord]) -> list[dict[str, Any]]:
        shown = self.marked.shown
        originals = [shown.keys[name][0].partition(":")[2] for name in taken]
        found: dict[str, dict[str, Any]] = {}
        for name, original in zip(taken, originals, strict=True):
            own = original if originals.count(original) == 1 else name
            if name in shown.by_id:
                self._draft(found, self.marked.current(name), own, self.of.parent)
            else:
                found[own] = self._link_draft(name, own)
        for record in added:
            self._draft(found, record, record.id, self._new_parent)
        return list(found.values())

    def _new_parent(self, name: str) -> str | None:
        record = self.marked.records[name]
        parent = record.parent_id if isinstance(record, Attribution) else None
        return None if parent is None else self.of.refer(parent)

    def _draft(
        self,
        found: dict[str, dict[str, Any]],
        record: AnyRecord,
        own: str,
        parent: Callable[[str], str | None],
    ) -> None:
        data = plain(record)
        if isinstance(record, Attribution):
            for part in self.marked.parts_of(record):
                found[part.id] = plain(part)
            data.pop("parent_id", None)
            outer = parent(record.id)
            data |= {"parent_id": outer} if outer is not None else {}
        elif isinstance(record, Link):
            data |= {"from_id": self.of.refer(record.from_id), "to_id": self.of.refer(record.to_id)}
        found[own] = {**data, "id": own}

    def _link_draft(self, name: str, own: str) -> dict[str, Any]:
        """Return a link that was shown as arrows, as it still stands."""
        arrows = [a for a in self.marked.shown.arrows if a.of == name]
        arrow = next(a for a in arrows if (a.from_id, a.to_id) in self.marked.drawn)
        ends = {"from_id": self.of.refer(arrow.from_id), "to_id": self.of.refer(arrow.to_id)}
        return {"record": "link", "id": own, "type": arrow.label, **ends}

    # --- what stood already -------------------------------------------------------------------

    def amendments(self) -> tuple[dict[str, Any], ...]:
        """Return the amendments, one for each reason that was given."""
        lines: dict[tuple[str, str], dict[str, Any]] = {}

        def line(names: Iterable[str], default: str | None = None) -> dict[str, Any]:
            why = self._because(names, default)
            key = (why["reason"], why.get("note", ""))
            return lines.setdefault(key, {"why": why, "remove": [], "change": {}, "add": []})

        replaced = self.of.replaced
        for name in self.of.standing:
            state = self.of.state(name)
            record = self.marked.shown.by_id.get(name)
            if state in GONE:
                if state != LOST or not self._link_has_heir(name):
                    line([name])["remove"].append(name)
            elif state == CHANGED and name in replaced:
                into = line([name], None)
                into["remove"].append(name)
                drafts: dict[str, dict[str, Any]] = {}
                self._draft(drafts, self.marked.records[name], name, self.of.parent)
                into["add"] += drafts.values()
            elif state in (SAME, CHANGED) and record is not None:
                change = self.of.change(name) or {}
                now = self.marked.records.get(name)
                if isinstance(now, Attribution):
                    for part, own in self.of.part_changes(now).items():
                        line([name])["change"].setdefault(part, {}).update(own)
                if change:
                    line([name])["change"].setdefault(name, {}).update(change)
        for record in self.of.new:
            if self.of.home[record.id] is None:
                added: dict[str, dict[str, Any]] = {}
                self._draft(added, record, record.id, self._new_parent)
                line([record.id], "missed")["add"] += added.values()
        return tuple(self._amendment(each) for each in lines.values())

    def _link_has_heir(self, name: str) -> bool:
        """Tell whether a link that lost an end will find another, or must wait for one."""
        arrows = [arrow for arrow in self.marked.shown.arrows if arrow.of == name]
        ends = {end for arrow in arrows for end in (arrow.from_id, arrow.to_id)}
        gone = [end for end in ends if self.of.state(end) in GONE]
        return bool(arrows) and all(map(self.of.has_heir, gone))

    def _amendment(self, parts: Mapping[str, Any]) -> dict[str, Any]:
        added = list({draft["id"]: draft for draft in parts["add"]}.values())
        told = {
            "remove": parts["remove"],
            "change": parts["change"],
            "add": added,
        }
        head = {"record": "amendment", "item": self.of.item}
        kept = {key: value for key, value in told.items() if value}
        return {**head, **kept, **parts["why"], **self._who()}
