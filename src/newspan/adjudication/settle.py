"""From what is alike and what is decided to the records of the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from newspan.adjudication.amend import amended
from newspan.adjudication.conflicts import Comparison, Conflict
from newspan.adjudication.drafts import RefusedError, follow
from newspan.adjudication.made import Made, link_id, merged, united
from newspan.adjudication.units import Key
from newspan.corpus import AnnotationSet, Corpus
from newspan.model import AnyRecord, Attribution, Link, Span
from newspan.problems import Place, Problem


class Settled(msgspec.Struct, frozen=True):
    """The records of the result by item, and what stands in the way of them.

    `refused` are conflicts whose decision can't be followed. `waiting` are results that refer to
    what an open conflict is about. `origins` says which line a record comes from, `found_in` in
    which record of the result one of a compared set is found again.
    """

    records: dict[str, list[AnyRecord]]
    problems: list[Problem]
    refused: frozenset[str]
    waiting: tuple[Made, ...]
    origins: dict[str, Place]
    found_in: dict[Key, str] = {}


class _State:
    """What is known while results are gathered."""

    def __init__(self, file: Place) -> None:
        self.file = file
        self.made: dict[str, Made] = {}
        self.found_in: dict[Key, str] = {}
        self.waiting: set[Key] = set()
        self.left_out: dict[Key, Place] = {}
        self.problems: list[Problem] = []
        self.places: dict[str | int, Place] = {}

    def place_of(self, made: Made) -> Place:
        return self.file if made.origin is None else self.places[made.origin]

    def add(self, made: Made, keys: Iterable[Key]) -> None:
        name = made.record.id
        if name not in self.made:
            self.made[name] = made
        elif made.origin is not None:
            which = "duplicate-span" if isinstance(made.record, Span) else "duplicate-id"
            message = f"the result has the same record already: {name}"
            self.problems.append(Problem(which, self.place_of(made), message))
        for key in keys:
            self.found_in.setdefault(key, name)


def settle(
    comparison: Comparison,
    decisions: Mapping[str, tuple[dict[str, Any], Place]],
    amendments: Sequence[tuple[dict[str, Any], Place]],
    corpus: Corpus,
    file: Place,
) -> Settled:
    """Return the records that a comparison and its decisions give.

    Args:
        comparison: of the sets.
        decisions: the decision of each conflict that has one, and where its line stands.
        amendments: in their order, and where their lines stand.
        corpus: the corpus.
        file: the file of decisions, for faults that come from no line of it.
    """
    state = _State(file)
    state.places = {name: place for name, (_, place) in decisions.items()}
    state.places |= {place.line or 0: place for _, place in amendments}
    links: list[tuple[Made, tuple[Key, ...]]] = []
    for cluster in comparison.alike:
        one = merged(cluster, corpus)
        if isinstance(one.record, Link):
            links.append((one, one.stands_for))
        else:
            state.add(one, one.stands_for)
    refused = set()
    for conflict in comparison.conflicts:
        keys = [unit.key for unit in conflict.units]
        if conflict.id not in decisions:
            state.waiting.update(keys)
            continue
        decision, place = decisions[conflict.id]
        try:
            made = follow(conflict, decision, corpus, place)
        except RefusedError as error:
            state.problems += error.problems
            refused.add(conflict.id)
            state.waiting.update(keys)
            continue
        found_in = _stand_ins(conflict, made, comparison.mates)
        state.left_out.update({key: place for key in keys if key not in found_in})
        for number, one in enumerate(made):
            own = (*one.stands_for, *(key for key, index in found_in.items() if index == number))
            if isinstance(one.record, Link):
                links.append((one, own))
            else:
                state.add(one, own)
    for link, own in links:
        state.add(_named(link, state), own)
    state.made, problems = amended(state.made, amendments, corpus)
    state.problems += problems
    waiting = _hold_back(state)
    records, origins = _records(state, corpus)
    return Settled(
        records, state.problems, frozenset(refused), tuple(waiting), origins, state.found_in
    )


def keep(
    one: AnnotationSet,
    amendments: Sequence[tuple[dict[str, Any], Place]],
    corpus: Corpus,
    file: Place,
) -> Settled:
    """Return the records of a single set, under their own ids, with amendments; no blocks of reuse.

    Args:
        one: the set.
        amendments: in their order, and where their lines stand.
        corpus: the corpus.
        file: the file of decisions.
    """
    state = _State(file)
    state.places = {place.line or 0: place for _, place in amendments}
    for placed in one.records:
        record, refers = placed.record, _refers(placed.record)
        if isinstance(record, Span):
            tied = record.id in one.attributions_of
            if tied or record.layer == "duplicate_block":
                continue
        own: dict[str, Any] = {"origin": None}
        if isinstance(record, Attribution):
            own["parts"] = tuple(one.spans[part] for part in dict.fromkeys(record.part_ids))
            own["parent"] = refers[0] if refers else ()
        elif isinstance(record, Link):
            own["ends"] = refers
        state.made[record.id] = Made(record, placed.item_id, **own)
    state.made, problems = amended(state.made, amendments, corpus)
    state.problems += problems
    _hold_back(state)
    records, origins = _records(state, corpus)
    return Settled(records, state.problems, frozenset(), (), origins)


def _refers(record: AnyRecord) -> tuple[tuple[Key, ...], ...]:
    """Return what a record of the result refers to, as `Made` has it."""
    if isinstance(record, Link):
        return ((("", record.from_id),), (("", record.to_id),))
    if isinstance(record, Attribution) and record.parent_id is not None:
        return ((("", record.parent_id),),)
    return ()


def _stand_ins(
    conflict: Conflict, made: Sequence[Made], mates: Mapping[Key, tuple[Key, ...]]
) -> dict[Key, int]:
    """Return in which of a decision's records each unit of a conflict is found again.

    A taken unit in itself; one that was matched with a taken one in that; one whose id a record of
    the decision's own bears in that; and every other in the only record that there is.
    """
    found: dict[Key, int] = {}
    keys = [unit.key for unit in conflict.units]
    fits = [n for n, one in enumerate(made) if _layer(one.record) == conflict.layer]
    for number in fits:
        for space, name in made[number].stands_for:
            same = [key for key in keys if space.startswith("@") and key[1] == name]
            for key in [(space, name), *same]:
                found.setdefault(key, number)
    for key in keys:
        mate = next((found[other] for other in mates.get(key, ()) if other in found), None)
        if key not in found and mate is not None:
            found[key] = mate
    for key in keys:
        if key not in found and len(fits) == 1:
            found[key] = fits[0]
    return found


def _layer(record: AnyRecord) -> str:
    if isinstance(record, Span):
        return record.layer
    return "attribution" if isinstance(record, Attribution) else "link"


def _named(link: Made, state: _State) -> Made:
    """Return a link under its own id, with the ids of its ends as far as they are known."""
    start, end = (_resolved(keys, state) or "/".join(keys[0]) for keys in link.ends)
    assert isinstance(link.record, Link)
    record = msgspec.structs.replace(link.record, from_id=start, to_id=end)
    record = msgspec.structs.replace(record, id=link_id(link.item, record))
    return msgspec.structs.replace(link, record=record)


def _resolved(keys: Iterable[Key], state: _State) -> str | None:
    """Return the id of the result's record in which one of several is found, if any is."""
    for key in keys:
        name = state.found_in.get(key) if key[0] else key[1]
        if name in state.made:
            return name
    return None


def _hold_back(state: _State) -> list[Made]:
    """Take out what refers to something open, and settle what everything else refers to."""
    held: list[Made] = []
    while True:
        fresh = [one for one in state.made.values() if _waits(one, state)]
        if not fresh:
            break
        held += fresh
        for one in fresh:
            name = one.record.id
            del state.made[name]
            state.waiting |= {key for key, found in state.found_in.items() if found == name}
    for name, one in state.made.items():
        refers = [_one_id(one, keys, state) for keys in (one.parent, *one.ends) if keys]
        if isinstance(one.record, Link):
            start, end = refers
            record: AnyRecord = msgspec.structs.replace(one.record, from_id=start, to_id=end)
        elif isinstance(one.record, Attribution):
            parent = refers[0] if refers else None
            record = msgspec.structs.replace(one.record, parent_id=parent)
        else:
            record = one.record
        state.made[name] = msgspec.structs.replace(one, record=record)
    return held


def _waits(one: Made, state: _State) -> bool:
    return any(
        _resolved(keys, state) is None and not state.waiting.isdisjoint(keys)
        for keys in (one.parent, *one.ends)
    )


def _one_id(one: Made, keys: tuple[Key, ...], state: _State) -> str:
    name = _resolved(keys, state)
    if name is not None:
        return name
    place = next((state.left_out[key] for key in keys if key in state.left_out), None)
    told = dict.fromkeys(f"{space}:{name}" if space else name for space, name in keys)
    shown = " or ".join(told)
    message = f"{one.record.id} in {one.item} refers to {shown}, which the result doesn't have"
    state.problems.append(Problem("decision-dangling", place or state.place_of(one), message))
    return keys[0][1]


def _records(state: _State, corpus: Corpus) -> tuple[dict[str, list[AnyRecord]], dict[str, Place]]:
    """Return the records by item, spans first, in text order, and where decided ones come from."""
    shared: dict[str, list[Span]] = {}
    origins: dict[str, Place] = {}
    item_of: dict[str, str] = {}
    starts: dict[str, int] = {}
    for name, one in state.made.items():
        for part in one.parts:
            shared.setdefault(part.id, []).append(part)
            item_of[part.id] = one.item
        item_of[name] = one.item
        starts[name] = min((part.start for part in one.parts), default=0)
        if one.origin is not None:
            origins |= dict.fromkeys((name, *(p.id for p in one.parts)), state.place_of(one))
    records: list[AnyRecord] = [united(spans) for spans in shared.values()]
    records += [one.record for one in state.made.values()]

    def key(record: AnyRecord) -> tuple[object, ...]:
        if isinstance(record, Span):
            return (0, record.start, record.end, record.layer, record.label, record.id)
        kind = 1 if isinstance(record, Attribution) else 2
        start = starts[record.id]
        if isinstance(record, Link) and record.from_id in state.made:
            end = state.made[record.from_id].record
            start = end.start if isinstance(end, Span) else 0
        return (kind, start, 0, "", "", record.id)

    found: dict[str, list[AnyRecord]] = {item: [] for item in corpus.items}
    for record in sorted(records, key=key):
        found[item_of[record.id]].append(record)
    return {item: own for item, own in found.items() if own}, origins
