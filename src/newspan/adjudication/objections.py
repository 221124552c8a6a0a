"""What `newspan check` would say of what somebody changed or added in a review."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from newspan.adjudication.marked import CHANGED, SAME
from newspan.adjudication.outcomes import ID_LISTS, Outcomes
from newspan.corpus import Corpus
from newspan.labelstudio.sound import Objection, sound
from newspan.model import AnyRecord, Attribution, Coverage, Link, Span
from newspan.problems import RULES


def is_error(objection: Objection) -> bool:
    """Tell whether an objection is an error."""
    return RULES[objection.id].severity == "error"


def objections(outcomes: Outcomes, corpus: Corpus, coverage: Sequence[Coverage]) -> list[Objection]:
    """Return what `newspan check` says of what was changed or added, under what people marked."""
    records, fresh = _result(outcomes)
    own = [each for each in coverage if each.item == outcomes.item]
    _, found = sound(records, outcomes.item, corpus, {n for each in own for n in each.layers})
    looked = {(layer, zone) for each in own for layer in each.layers for zone in each.zones}
    item = corpus.items[outcomes.item][1]
    for span in (each for each in records if isinstance(each, Span)):
        zone = item.zone_of(span.start, span.end)
        if zone is not None and (span.layer, zone.kind) not in looked:
            message = f"nobody looked for {span.layer} in a {zone.kind}, by the sets' coverage"
            found.append(Objection("outside-coverage", span.id, message, span.start, span.end))
    users: dict[str, list[str]] = {}
    for record in records:
        if isinstance(record, Attribution) and record.id in fresh:
            for part in record.part_ids:
                users.setdefault(part, []).append(record.id)
    told = []
    for each in found:
        for name in users.get(each.record, [each.record]):
            if name in fresh:
                told.append(msgspec.structs.replace(each, record=name))
    return list(dict.fromkeys(told))


def _result(outcomes: Outcomes) -> tuple[list[AnyRecord], set[str]]:
    """Return what would stand in the item, role spans of one extent once, and what is new."""
    marked = outcomes.marked
    names = [n for n in outcomes.standing if outcomes.state(n) in (SAME, CHANGED)]
    fresh = {name for name in names if outcomes.state(name) == CHANGED}
    for conflict in marked.shown.conflicts:
        taken, _, _ = outcomes.outcomes[conflict.id]
        names += taken
        fresh |= {name for name in taken if outcomes.state(name) == CHANGED}
    fresh |= {each.id for each in outcomes.new}
    records = [marked.records[n] for n in names if n in marked.records] + outcomes.new
    spans: dict[tuple[object, ...], Span] = {}
    same: dict[str, str] = {}
    for record in records:
        for part in marked.parts_of(record) if isinstance(record, Attribution) else ():
            same[part.id] = spans.setdefault((part.label, part.start, part.end), part).id
    found: dict[str, AnyRecord] = {span.id: span for span in spans.values()}
    ids = {record.id for record in records}
    for record in records:
        if isinstance(record, Attribution):
            lists: dict[str, Any] = {
                f: tuple(dict.fromkeys(same[p] for p in getattr(record, f))) for f in ID_LISTS
            }
            lists["cue_id"] = None if record.cue_id is None else same[record.cue_id]
            if record.parent_id not in ids:
                lists["parent_id"] = None
            record = msgspec.structs.replace(record, **lists)
        elif isinstance(record, Link) and not {record.from_id, record.to_id} <= ids:
            continue
        found.setdefault(record.id, record)
    for name in list(fresh):
        record = marked.records.get(name)  # type: ignore[assignment]
        if isinstance(record, Attribution):
            fresh |= {same[part] for part in record.part_ids if part in same}
    return list(found.values()), fresh
