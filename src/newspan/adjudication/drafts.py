"""Records as a decision gives them, into records of the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from newspan import schema
from newspan.adjudication.conflicts import Conflict, context_of
from newspan.adjudication.extents import Extent
from newspan.adjudication.made import ID_FIELDS, Made, adjudicated, span_id, with_parts
from newspan.adjudication.quotes import QuoteError, located
from newspan.adjudication.units import Key, as_json
from newspan.corpus import Corpus
from newspan.model import AnyRecord, Attribution, Link, Span
from newspan.problems import Place, Problem

_REFERENCES = ("parent_id", "from_id", "to_id")
#: Extents that a decision can change, so that the stored surface no longer holds.
_EXTENT = frozenset({"start", "end", "quote"})


class RefusedError(Exception):
    """A decision that can't be followed; `problems` say why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems."""
        super().__init__(f"{len(problems)} problems")
        self.problems = list(problems)


class Maker:
    """Makes records of the result of what a decision or amendment says.

    Args:
        corpus: the corpus.
        item: id of the item that all records stand in.
        context: the extents of the zones in which quotations are looked for.
        place: where the line stands.
        origin: the conflict's id, or the amendment's line.
    """

    def __init__(
        self,
        corpus: Corpus,
        item: str,
        context: Sequence[Extent],
        place: Place,
        origin: str | int,
    ) -> None:
        self._item = corpus.items[item][1]
        self._text = corpus.texts[corpus.items[item][0].id]
        self._context = context
        self._place = place
        self._origin = origin

    def make(
        self, drafts: Sequence[dict[str, Any]], space: str, pointers: Sequence[str]
    ) -> list[Made]:
        """Return the records that drafts describe, in their order.

        Args:
            drafts: records as in `decision.json`: ids are names within the list, and may be left
                out where nothing refers to them; extents may be given in words.
            space: the set that the names belong to, or a name for the list.
            pointers: where each of them stands in the line.

        Raises:
            RefusedError: when a draft fits no schema, quotes what isn't there, or names a role span
                that isn't in the list.
        """
        problems: list[Problem] = []
        read = []
        names = Counter(draft.get("id") for draft in drafts)
        for index, (draft, at) in enumerate(zip(drafts, pointers, strict=True)):
            if "id" in draft and names[draft["id"]] > 1:
                message = f"{names[draft['id']]} records here have the id {draft['id']}"
                problems.append(Problem("duplicate-id", self._place.at(f"{at}/id"), message))
            named = {"id": f"draft-{index}", **draft}
            references = {key: named.pop(key) for key in _REFERENCES if key in named}
            record = self.record(named, at, problems, references)
            if record is not None:
                read.append((at, record, references))
        roles = {r.id: r for _, r, _ in read if isinstance(r, Span) and r.layer == "attribution"}
        made: list[Made] = []
        for at, record, references in read:
            key = (space, record.id)
            if isinstance(record, Attribution):
                parts = self._parts(record, roles, at, problems)
                parent = reference(references.get("parent_id"), space)
                whole = with_parts(
                    adjudicated(record),
                    self._item.id,
                    parts,
                    parent=parent,
                    stands_for=(key,),
                    origin=self._origin,
                )
                made.append(whole)
            elif isinstance(record, Link):
                ends = tuple(reference(references.get(k), space) for k in ("from_id", "to_id"))
                made.append(self._plain(adjudicated(record), key, ends))
            elif record.id not in roles:
                final = self.final(record)
                made.append(self._plain(final, key))
        used = {
            part for each in read if isinstance(each[1], Attribution) for part in each[1].part_ids
        }
        for at, record, _ in [] if problems else read:
            if record.id in roles and record.id not in used:
                message = f"the {roles[record.id].role} {record.id} belongs to no attribution here"
                problems.append(Problem("orphan-role", self._place.at(at), message))
        if problems:
            raise RefusedError(problems)
        return made

    def _plain(self, record: AnyRecord, key: Key, ends: tuple[tuple[Key, ...], ...] = ()) -> Made:
        return Made(record, self._item.id, ends=ends, stands_for=(key,), origin=self._origin)

    def final(self, span: Span) -> Span:
        """Return a decided span under its final id."""
        decided: Span = adjudicated(span)
        return msgspec.structs.replace(decided, id=span_id(self._item.id, decided))

    def record(
        self,
        draft: dict[str, Any],
        pointer: str,
        problems: list[Problem],
        references: dict[str, Any] | None = None,
    ) -> AnyRecord | None:
        """Return a draft as a record, or None after adding the problems why not.

        What it refers to stands apart in `references`, since it needn't look like an id.
        """
        place = self._place.at(pointer)
        try:
            whole = located(draft, self._text, self._item, self._context)
        except QuoteError as error:
            problems.append(Problem(error.id, place.at("/quote"), str(error)))
            return None
        ends: dict[str, Any] = {
            key: "x" for key in ("from_id", "to_id") if key in (references or {})
        }
        whole |= ends
        faults = list(schema.violations("record.json", whole))
        for fault in faults:
            problems.append(Problem("schema", place.at(fault.pointer), fault.message))
        return None if faults else msgspec.convert(whole, AnyRecord)

    def _parts(
        self,
        attribution: Attribution,
        roles: dict[str, Span],
        pointer: str,
        problems: list[Problem],
    ) -> list[Span]:
        found = []
        named = [
            (f"/{f}/{i}", part, role)
            for f, role in ID_FIELDS.items()
            for i, part in enumerate(getattr(attribution, f))
        ]
        if attribution.cue_id is not None:
            named.append(("/cue_id", attribution.cue_id, "cue"))
        for at, name, role in named:
            place = self._place.at(pointer + at)
            if name not in roles:
                message = f"no role span here has the id {name!r}"
                problems.append(Problem("unknown-reference", place, message))
            elif roles[name].role != role:
                message = f"{name} is a {roles[name].role}, not a {role}"
                problems.append(Problem("wrong-end", place, message))
            else:
                found.append(self.final(roles[name]))
        return found


def reference(value: str | None, space: str) -> tuple[Key, ...]:
    """Return what a draft refers to: SET:ID, or a name of its own list, or an id of the result."""
    if value is None:
        return ()
    if ":" in value:
        set_id, _, name = value.partition(":")
        return ((set_id, name),)
    return ((space, value), ("", value))


def changed(record: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Return a draft with some fields changed; null takes a field away."""
    kept = record if not _EXTENT & set(change) else {**record, "text": None}
    if "quote" in change:
        kept = {**kept, "start": None, "end": None}
    return {key: value for key, value in {**kept, **change}.items() if value is not None}


def follow(
    conflict: Conflict, decision: dict[str, Any], corpus: Corpus, place: Place
) -> list[Made]:
    """Return the records that a conflict's decision gives.

    Args:
        conflict: the conflict.
        decision: as in `decision.json`.
        corpus: the corpus.
        place: where its line stands.

    Raises:
        RefusedError: when the decision can't be followed.
    """
    item = corpus.items[conflict.item][1]
    context = context_of(conflict, item)
    maker = Maker(corpus, conflict.item, context, place, conflict.id)
    if "records" in decision:
        drafts = decision["records"]
        pointers = [f"/decision/records/{index}" for index in range(len(drafts))]
        return maker.make(drafts, f"@{conflict.id}", pointers)
    taken = decision["take"]
    names = [taken] if isinstance(taken, str) else taken or []
    for name in names:
        if name not in conflict.sets:
            has = ", ".join(conflict.sets)
            message = f"{name!r} is none of the sets that looked there: {has}"
            raise RefusedError([Problem("unknown-reference", place.at("/decision/take"), message)])
    changes = decision.get("change", {})
    made = []
    for name in names:
        drafts = [as_json(r) for unit in conflict.units_of(name) for r in unit.records]
        drafts = list({draft["id"]: draft for draft in drafts}.values())
        for record_id in changes:
            if record_id not in {draft["id"] for draft in drafts}:
                at = place.at(f"/decision/change/{record_id}")
                message = f"{name} has no record {record_id!r} there"
                raise RefusedError([Problem("unknown-reference", at, message)])
        drafts = [changed(draft, changes.get(draft["id"], {})) for draft in drafts]
        drafts = _tied(drafts, changes)
        pointers = [f"/decision/change/{draft['id']}" for draft in drafts]
        made += maker.make(drafts, name, pointers)
    return made


def _tied(drafts: list[dict[str, Any]], changes: Iterable[str]) -> list[dict[str, Any]]:
    """Return drafts without the role spans that a change has untied, but for changed ones."""
    used: set[str] = set()
    for draft in drafts:
        if draft["record"] == "attribution":
            used |= {part for field in ID_FIELDS for part in draft.get(field, ())}
            used.add(draft.get("cue_id", ""))
    return [
        draft
        for draft in drafts
        if draft.get("layer") != "attribution" or draft["id"] in used or draft["id"] in changes
    ]
