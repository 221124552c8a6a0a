"""What was decided in Label Studio, in the file of decisions, in place of what it gave before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from newspan.adjudication.case import Case
from newspan.adjudication.derive_lines import Derived
from newspan.adjudication.lines import Lines
from newspan.adjudication.reviewed import digest
from newspan.adjudication.settle import Settled, keep
from newspan.adjudication.shown import Shown
from newspan.corpus import AnnotationSet
from newspan.corpus.write import placed_in
from newspan.problems import Place, Problem


class Taken(msgspec.Struct, frozen=True):
    """What a submitted task comes to: what was shown, the lines, by whom, and where it stands.

    `told` names project and task, for messages. A faulty task is no review of the whole item.
    """

    shown: Shown
    derived: Derived
    by: dict[str, Any]
    place: Place
    told: str
    faulty: bool


def merge_lines(
    case: Case, lines: Lines, via: str, taken: Sequence[Taken], asked_again: Collection[str] = ()
) -> tuple[Lines, list[Problem]]:
    """Return the lines with those of a project's submitted tasks in the place of former ones.

    What somebody wrote into the file stays; what the project's other tasks gave before, too.

    Args:
        case: the sets and what they differ in.
        lines: those of the file, of other projects as they are now.
        via: the project's title.
        taken: its submitted tasks.
        asked_again: items that were shown anew later, with what was amended until then: amendments
            and reviews of these stay as they are.
    """
    problems: list[Problem] = []
    decided = dict(lines.decided)
    for each in taken:
        problems += _decide(decided, each, via)
    taken = [each for each in taken if each.shown.item not in asked_again]
    items = {each.shown.item for each in taken}

    def is_former(line: Mapping[str, Any]) -> bool:
        return line.get("via") == via and line["item"] in items

    others = tuple(line for line in lines.amendments if not is_former(line))
    settled = case.settled(case.laid_out(Lines(decided, others)))
    amendments: dict[str, list[dict[str, Any]]] = {}
    reviews: dict[str, list[dict[str, Any]]] = {}
    for each in taken:
        item = each.shown.item
        amendments[item] = _applying(each, settled, problems)
        whole = case.is_review and not each.faulty
        reviews[item] = [_review(case, each, via)] if whole else []
    order = list(case.corpus.items)
    merged = Lines(
        decided,
        _placed(lines.amendments, amendments, via, order),
        _placed(lines.reviews, reviews, via, order),
    )
    return merged, problems


def _decide(decided: dict[str, dict[str, Any]], each: Taken, via: str) -> list[Problem]:
    """Bring a task's decisions to those of the file, and tell where the file has another."""
    problems = []
    for conflict in each.shown.conflicts:
        before = decided.get(conflict.id)
        new = each.derived.decisions.get(conflict.id)
        if before is not None and before["decision"].get("via") != via:
            if new is not None and _bare(before["decision"]) != _bare(new):
                message = f"{each.told}: {conflict.id} is decided otherwise in the file"
                problems.append(Problem("decision-differs", each.place, message))
        elif new is not None:
            line = before or {"record": "conflict", "id": conflict.id}
            decided[conflict.id] = {**line, "decision": new}
        else:
            decided.pop(conflict.id, None)
    return problems


def _bare(decision: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in decision.items() if key in ("take", "change", "records")}


def _applying(each: Taken, settled: Settled, problems: list[Problem]) -> list[dict[str, Any]]:
    """Return a task's amendments under the result's ids, without what is no more."""
    item = each.shown.item
    here = {record.id for record in settled.records.get(item, ())}
    for one in settled.waiting:
        here |= {one.record.id, *(part.id for part in one.parts)} if one.item == item else set()

    def name_of(name: str) -> str | None:
        """Return a record's id in the result: a link's is another once its ends are known."""
        if name in here:
            return name
        keys = (key.partition(":")[::2] for key in each.shown.keys.get(name, ()))
        found = (settled.found_in.get(key) for key in keys)
        return next((own for own in found if own in here), None)

    kept = []
    for line in each.derived.amendments:
        names = [*line.get("remove", ()), *line.get("change", ())]
        gone = sorted(name for name in names if name_of(name) is None)
        if gone:
            message = f"{each.told}: the result no longer has {', '.join(gone)}, amended there"
            problems.append(Problem("decision-stale", each.place, message))
        told = dict(line)
        if "remove" in line:
            told["remove"] = [own for name in line["remove"] if (own := name_of(name))]
        if "change" in line:
            changes = line["change"].items()
            told["change"] = {own: new for name, new in changes if (own := name_of(name))}
        told = {key: value for key, value in told.items() if value not in ([], {})}
        if {"remove", "change", "add"} & told.keys():
            kept.append(told)
    return kept


def _review(case: Case, each: Taken, via: str) -> dict[str, Any]:
    """Return the line that says that somebody has read an item, with what they left there."""
    item = each.shown.item
    one = AnnotationSet(case.sets[0].info, placed_in(case.into, {item: each.shown.records}))
    numbered = [
        (line, Place(case.place.file, n)) for n, line in enumerate(each.derived.amendments, 1)
    ]
    left = keep(one, numbered, case.corpus, case.place).records.get(item, ())
    return {
        "record": "review",
        "item": item,
        "digest": digest(item, left, case.corpus),
        "by": each.by,
        "via": via,
    }


def _placed(
    before: Sequence[dict[str, Any]],
    new: Mapping[str, list[dict[str, Any]]],
    via: str,
    order: Sequence[str],
) -> tuple[dict[str, Any], ...]:
    """Return lines with a project's in one place, by item: new ones, else those it had."""
    own = [line for line in before if line.get("via") == via]
    at = before.index(own[0]) if own else len(before)
    block: list[dict[str, Any]] = []
    for item in dict.fromkeys([*order, *(line["item"] for line in own)]):
        former = [line for line in own if line["item"] == item]
        block += new.get(item, former)
    head = [line for line in before[:at] if line.get("via") != via]
    return (*head, *block, *(line for line in before[at:] if line.get("via") != via))
