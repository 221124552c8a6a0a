"""Amendments: corrections of the result where no conflict gave occasion for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from newspan.adjudication.drafts import Maker, RefusedError, changed, reference
from newspan.adjudication.made import ID_FIELDS, Made, adjudicated
from newspan.adjudication.units import as_json
from newspan.corpus import Corpus
from newspan.model import Attribution, Link, Span
from newspan.problems import Place, Problem

_REFERENCES = ("parent_id", "from_id", "to_id")


def amend(
    made: dict[str, Made], amendment: dict[str, Any], corpus: Corpus, place: Place
) -> dict[str, Made]:
    """Return the result with an amendment: first what it removes, then changes, then adds.

    Args:
        made: the result's records by id; not altered.
        amendment: as in `decision.json`.
        corpus: the corpus.
        place: where its line stands; with the line's number.

    Raises:
        RefusedError: when it names what the result doesn't have, or can't be followed.
    """
    if amendment["item"] not in corpus.items:
        message = f"no document has an item {amendment['item']!r}"
        raise RefusedError([Problem("unknown-reference", place.at("/item"), message)])
    item = corpus.items[amendment["item"]][1]
    zones = [(zone.start, zone.end) for zone in item.zones]
    maker = Maker(corpus, item.id, zones, place, place.line or 0)
    found = dict(made)
    for index, name in enumerate(amendment.get("remove", ())):
        if name not in found or found[name].item != item.id:
            raise _unknown(name, item.id, found, place.at(f"/remove/{index}"))
        del found[name]
    for name, change in amendment.get("change", {}).items():
        _change(found, name, change, item.id, maker, place)
    drafts = amendment.get("add", [])
    pointers = [f"/add/{index}" for index in range(len(drafts))]
    for new, at in zip(maker.make(drafts, f"@{place.line}", pointers), pointers, strict=False):
        if new.record.id in found:
            message = f"the result has the same record already: {new.record.id}"
            raise RefusedError([Problem("duplicate-id", place.at(at), message)])
        found[new.record.id] = _with_known_parts(new, found)
    return found


def _with_known_parts(new: Made, found: dict[str, Made]) -> Made:
    """Return an attribution with the role spans that the item has already, under their ids.

    A role span that belonged to none is the attribution's from now on.
    """
    if not isinstance(new.record, Attribution):
        return new
    here = {each.record.id: each for each in found.values() if each.item == new.item}
    loose = {
        name: each.record
        for name, each in here.items()
        if isinstance(each.record, Span) and each.record.layer == "attribution"
    }
    known = {_place(part): part for each in here.values() for part in each.parts}
    known |= {_place(span): span for span in loose.values()}
    parts = {part.id: known.get(_place(part), part) for part in new.parts}
    changed = {own: part for own, part in parts.items() if own != part.id}
    if not changed:
        return new
    for part in changed.values():
        if part.id in loose:
            del found[part.id]
    lists: dict[str, Any] = {
        field: tuple(parts[own].id for own in getattr(new.record, field)) for field in ID_FIELDS
    }
    cue = new.record.cue_id
    lists["cue_id"] = None if cue is None else parts[cue].id
    record = msgspec.structs.replace(new.record, **lists)
    return msgspec.structs.replace(new, record=record, parts=tuple(parts.values()))


def _place(span: Span) -> tuple[str, int, int]:
    return span.label, span.start, span.end


def _unknown(name: str, item: str, found: dict[str, Made], place: Place) -> RefusedError:
    message = f"the result has no record {name!r} in {item}"
    if any(part.id == name for each in found.values() for part in each.parts):
        message = f"{name} is a role span: change the lists of its attribution"
    return RefusedError([Problem("unknown-reference", place, message)])


def _change(
    found: dict[str, Made],
    name: str,
    change: dict[str, Any],
    item: str,
    maker: Maker,
    place: Place,
) -> None:
    at = f"/change/{name}"
    here = [key for key, each in found.items() if each.item == item]
    holders = [key for key in here if name in {part.id for part in found[key].parts}]
    if name in here:
        found[name] = _changed(found, found[name], change, item, maker, place, at)
    elif holders:
        old = next(part for part in found[holders[0]].parts if part.id == name)
        new = _read(as_json(old), change, maker, at)
        assert isinstance(new, Span)
        for key in holders:
            parts = tuple(new if part.id == name else part for part in found[key].parts)
            found[key] = msgspec.structs.replace(found[key], parts=parts, origin=place.line)
    else:
        raise _unknown(name, item, found, place.at(at))


def _changed(
    found: dict[str, Made],
    made: Made,
    change: dict[str, Any],
    item: str,
    maker: Maker,
    place: Place,
    at: str,
) -> Made:
    """Return a record with changed fields, under the id that it had."""
    refers = {key: value for key, value in change.items() if key in _REFERENCES}
    plain = {key: value for key, value in change.items() if key not in _REFERENCES}
    kept = {key: v for key, v in as_json(made.record).items() if key not in _REFERENCES}
    new = _read(kept, plain, maker, at, references=isinstance(made.record, Link))
    parent, ends, parts = made.parent, made.ends, made.parts
    if "parent_id" in refers:
        parent = reference(refers["parent_id"], "")
    if made.ends:
        ends = tuple(
            reference(refers[key], "") if key in refers else old
            for key, old in zip(("from_id", "to_id"), made.ends, strict=True)
        )
    if isinstance(new, Attribution):
        roles = {p.id: p for each in found.values() if each.item == item for p in each.parts}
        for name in new.part_ids:
            if name not in roles:
                message = f"the result has no role span {name!r} in {item}"
                raise RefusedError([Problem("unknown-reference", place.at(at), message)])
        parts = tuple(roles[name] for name in dict.fromkeys(new.part_ids))
    return msgspec.structs.replace(
        made, record=new, parts=parts, parent=parent, ends=ends, origin=place.line
    )


def _read(
    old: dict[str, Any],
    change: dict[str, Any],
    maker: Maker,
    at: str,
    references: bool = False,
) -> Span | Attribution | Link:
    problems: list[Problem] = []
    ends = dict.fromkeys(("from_id", "to_id")) if references else None
    new = maker.record(changed(old, change), at, problems, ends)
    if new is None:
        raise RefusedError(problems)
    decided: Span | Attribution | Link = adjudicated(new)
    return decided


def amended(
    made: dict[str, Made],
    amendments: Sequence[tuple[dict[str, Any], Place]],
    corpus: Corpus,
) -> tuple[dict[str, Made], list[Problem]]:
    """Return the result with all amendments in their order, and why some can't be followed."""
    problems: list[Problem] = []
    for amendment, place in amendments:
        try:
            made = amend(made, amendment, corpus, place)
        except RefusedError as error:
            problems += error.problems
    return made, problems
