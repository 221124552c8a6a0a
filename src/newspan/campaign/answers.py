"""One answer into drafts: each entry either resolved to offsets or rejected with its problem."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from newspan.campaign.answer_schema import KINDS, LISTS, answer_schema
from newspan.campaign.packets import Packet
from newspan.campaign.quotes import Found, Missed, locate
from newspan.checks.extents import clip
from newspan.problems import Place, Problem
from newspan.schema import Labels
from newspan.schema.validate import to_pointer

if TYPE_CHECKING:
    import jsonschema

Extent = tuple[int, int]
#: An attribution's lists of quotations, with the role that their spans have.
ROLES = {"sources": "source", "media": "medium", "contents": "content"}
#: What of an entry is no attribute of a record.
_PARTS = frozenset({"p", "quote", "occurrence", "cue", "scope_end", *ROLES})


class Draft(msgspec.Struct, frozen=True):
    """An entry of an answer, resolved.

    `extents` holds a claim's or loaded span's own extent under "", an attribution's by role;
    `values` its attributes; `scope_end` an offset. All are code points in the document.
    """

    extents: dict[str, tuple[Extent, ...]]
    values: dict[str, Any]
    scope_end: int | None = None


class Entry(msgspec.Struct, frozen=True):
    """An entry as it was offered: where it stands, its words, and what became of them."""

    kind: str
    item: str
    packet: str
    round: int
    place: Place
    raw: Any
    draft: Draft | None
    problem: Problem | None
    trimmed: int = 0

    @property
    def ref(self) -> str | None:
        """Return the name that other entries call it by."""
        ref = self.raw.get("ref") if isinstance(self.raw, dict) else None
        return ref if isinstance(ref, str) and self.kind in ("claim", "attribution") else None


class Answer(msgspec.Struct, frozen=True):
    """An answer: its entries, the layers that it has lists for, and the paragraphs looked at.

    `problems` are those of the answer itself; its entries have their own.
    """

    packet: Packet
    round: int
    entries: tuple[Entry, ...]
    layers: tuple[str, ...]
    looked_at: frozenset[int]
    problems: tuple[Problem, ...]


def read_answer(
    value: Mapping[str, Any],
    place: Place,
    packet: Packet,
    layers: tuple[str, ...],
    validators: Mapping[str, jsonschema.Draft202012Validator],
    text: str,
    number: int,
) -> Answer:
    """Return what an answer says about its packet.

    Args:
        value: the answer's JSON object.
        place: the answer's file.
        packet: the packet it answers.
        layers: those that the packet asks for.
        validators: of `entry_validators`.
        text: the document's unaltered text.
        number: the how-many-eth answer to its packet this is.
    """
    return _Reader(place, packet, layers, validators, text, number).read(value)


class _Reader:
    def __init__(
        self,
        place: Place,
        packet: Packet,
        layers: tuple[str, ...],
        validators: Mapping[str, jsonschema.Draft202012Validator],
        text: str,
        number: int,
    ) -> None:
        self._place, self._packet, self._layers = place, packet, layers
        self._validators, self._text, self._round = validators, text, number

    def read(self, value: Mapping[str, Any]) -> Answer:
        problems: list[Problem] = []
        entries: list[Entry] = []
        layers = []
        for layer in self._layers:
            if isinstance(value.get(LISTS[layer][0]), list):
                layers.append(layer)
            else:
                message = f"it needs the list {LISTS[layer][0]!r}, be it empty"
                problems.append(Problem("answer-schema", self._place, message))
        known = {name for layer in self._layers for name in LISTS[layer]}
        for name, entry in value.items():
            here = self._place.at(to_pointer([name]))
            if name in known and isinstance(entry, list):
                kind = KINDS[name]
                pairs = enumerate(entry)
                entries += [self._entry(kind, each, here.at(f"/{i}")) for i, each in pairs]
            elif name in KINDS and name not in known and isinstance(entry, list):
                message = f"the packet does not ask for {name}"
                for i, each in enumerate(entry):
                    problem = Problem("answer-schema", here.at(f"/{i}"), message)
                    entries.append(self._rejected(KINDS[name], each, problem))
            elif name == "repeats" and entry is None:
                continue
            elif name not in {*known, "packet", "looked_at"} or name == "repeats":
                message = f"{clip(name)} is no list of an answer to this packet"
                place = here if name.isidentifier() else self._place
                problems.append(Problem("answer-schema", place, message))
        looked_at = self._looked_at(value, problems)
        entries = list(_unique_refs(entries))
        return Answer(
            self._packet, self._round, tuple(entries), tuple(layers), looked_at, tuple(problems)
        )

    def _looked_at(self, value: Mapping[str, Any], problems: list[Problem]) -> frozenset[int]:
        here = self._place.at("/looked_at")
        given = value.get("looked_at")
        if not isinstance(given, list):
            message = "it needs looked_at, the list of the paragraphs that were read"
            problems.append(Problem("answer-schema", self._place, message))
            return frozenset()
        found = set()
        for i, number in enumerate(given):
            if isinstance(number, int) and number in self._packet.annotate and number is not True:
                found.add(number)
            elif isinstance(number, int) and not isinstance(number, bool):
                message = f"the packet has no paragraph {number} to annotate"
                problems.append(Problem("paragraph-unknown", here.at(f"/{i}"), message))
            else:
                message = f"{clip(repr(number))} is no paragraph's number"
                problems.append(Problem("answer-schema", here.at(f"/{i}"), message))
        return frozenset(found)

    def _rejected(self, kind: str, raw: Any, problem: Problem) -> Entry:
        place = Place(problem.place.file, None, "/".join(problem.place.pointer.split("/")[:3]))
        packet = self._packet
        return Entry(kind, packet.item, packet.id, self._round, place, raw, None, problem)

    def _entry(self, kind: str, raw: Any, place: Place) -> Entry:
        data = _without_nulls(raw)
        fault = self._fault(kind, data)
        if fault is not None:
            pointer, message = fault
            return self._rejected(kind, raw, Problem("answer-schema", place.at(pointer), message))
        values = {k: v for k, v in data.items() if k not in _PARTS}
        found: dict[str, tuple[Extent, ...]] = {}
        trimmed = 0
        scope_end = None
        for role, pointer, quotation in _quotations(kind, data):
            missed = self._out_of_place(kind, role, quotation, data)
            where = missed or self._locate(quotation)
            if isinstance(where, Missed):
                part = f"{role} {pointer.rsplit('/', 1)[-1]}: " if pointer.count("/") > 1 else ""
                part = part or (f"{role}: " if role else "")
                problem = Problem(where.id, place.at(pointer), part + where.message)
                return self._rejected(kind, raw, problem)
            trimmed += where.trimmed
            if role == "scope_end":
                scope_end = where.end
            else:
                found[role] = (*found.get(role, ()), (where.start, where.end))
        draft = Draft(
            {role: tuple(sorted({*each})) for role, each in found.items()}, values, scope_end
        )
        packet = self._packet
        return Entry(
            kind, packet.item, packet.id, self._round, place, raw, draft, None, trimmed=trimmed
        )

    def _fault(self, kind: str, entry: Any) -> tuple[str, str] | None:
        """Return the pointer and message of what is wrong with an entry, None where it fits."""
        errors = self._validators[kind].iter_errors(entry)
        found = sorted((to_pointer(each.absolute_path), each.message) for each in errors)
        if not found:
            return None
        pointer, message = found[0]
        return pointer, message if len(message) <= 300 else message[:297] + "..."

    def _locate(self, quotation: Mapping[str, Any]) -> Found | Missed:
        number = int(quotation["p"])
        if "quote" in quotation:
            occurrence = quotation.get("occurrence")
            return locate(
                self._text,
                self._packet.paragraphs,
                number,
                quotation["quote"],
                None if occurrence is None else int(occurrence),
            )
        for paragraph in self._packet.paragraphs:  # the end of a scope may be a whole paragraph
            if paragraph.number == number:
                return Found(paragraph.start, paragraph.end, trimmed=False)
        return Missed("paragraph-unknown", f"the packet has no paragraph {number}")

    def _out_of_place(
        self, kind: str, role: str, quotation: Mapping[str, Any], data: Mapping[str, Any]
    ) -> Missed | None:
        """Say so where a quotation stands in a paragraph that is context only, and may not."""
        number = int(quotation["p"])
        context = {each.number for each in self._packet.paragraphs} - {*self._packet.annotate}
        free = {"source", "medium", "scope_end"} | ({"cue"} if data.get("contents") else set())
        if number not in context or (kind == "attribution" and role in free):
            return None
        message = f"paragraph {number} is context in this packet, not to be annotated"
        return Missed("paragraph-unknown", message)


def _quotations(kind: str, data: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield each quotation of an entry: its role, its pointer in the entry, and itself."""
    if kind in ("claim", "loaded_language"):
        yield "", "", data
    elif kind == "attribution":
        for name, role in ROLES.items():
            for i, each in enumerate(data.get(name, ())):
                yield role, f"/{name}/{i}", each
        for name in ("cue", "scope_end"):
            if name in data:
                yield name, f"/{name}", data[name]


def _without_nulls(raw: Any) -> Any:
    """Return an entry without the keys whose value is null: many models write out all keys."""
    if not isinstance(raw, dict):
        return raw
    return {key: _inner(value) for key, value in raw.items() if value is not None}


def _inner(value: Any) -> Any:
    if isinstance(value, list):
        return [_inner(each) if isinstance(each, dict) else each for each in value]
    if isinstance(value, dict):
        return {key: inner for key, inner in value.items() if inner is not None}
    return value


def _unique_refs(entries: list[Entry]) -> Iterator[Entry]:
    """Yield entries, all but the first of one name rejected, unless it is the same entry again."""
    seen: dict[tuple[str, str], Any] = {}
    for entry in entries:
        if entry.ref is not None and entry.problem is None:
            first = seen.setdefault((entry.kind, entry.ref), entry.raw)
            if first != entry.raw:
                message = f"another {entry.kind} of the answer has the ref {clip(entry.ref)}"
                problem = Problem("duplicate-id", entry.place.at("/ref"), message)
                entry = msgspec.structs.replace(entry, draft=None, problem=problem)
        yield entry


def entry_validators(
    layers: tuple[str, ...], labels: Labels, targets: tuple[str, ...]
) -> dict[str, jsonschema.Draft202012Validator]:
    """Return a validator for each kind of entry; any whole number fits as a paragraph's."""
    import jsonschema

    definitions = answer_schema(layers, labels, targets)["$defs"]
    return {
        kind: jsonschema.Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": definitions})
        for kind in definitions
        if kind != "quotation"
    }
