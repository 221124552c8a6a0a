"""From brat's lines to newspan's records, in one document.

A stretch of text becomes a span per fragment; a cue, which is one in newspan, its longest. An event
with sources, cues or contents becomes an attribution. `Claim`, `Duplicate_Block` and `Technique`
are brat types of newspan's own, with their labels as attributes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec

from newspan.exchange.brat_lines import Event, Extent, Lines, Said, TextBound
from newspan.exchange.brat_values import (
    BLOCK,
    BLOCKS,
    CLAIM,
    EVENT,
    NOTE,
    OF_ATTRIBUTIONS,
    OF_SPANS,
    PARENT,
    REMARKS,
    SOURCE_NAME,
    SOURCELESS,
    TECHNIQUE,
    converted,
    is_valid,
)
from newspan.exchange.kinds import ROLES, Kind, Kinds
from newspan.exchange.names import record_id
from newspan.model import AnyRecord, Attribution, Link, Span
from newspan.problems import Place, Problem
from newspan.schema import read_labels


class Builder:
    """Builds one document's records; what has no place is counted, not reported one by one."""

    def __init__(
        self,
        ident: str,
        text: str,
        lines: Lines,
        kinds: Kinds,
        problems: list[Problem],
        ignored: frozenset[str] = frozenset(),
    ) -> None:
        """Take a document's id and text; `ignored` are types, in lower case, to leave out."""
        self._ident, self._text, self._lines = ident, text, lines
        self._kinds, self._problems, self._ignored = kinds, problems, ignored
        self._number = dict.fromkeys(("span", "attribution", "link"), 0)
        self._left_out: dict[str, list[Place]] = {}
        self._spans: dict[str, list[Span]] = {}
        self._said: dict[str, list[Said]] = {}
        for each in (*lines.attributes, *lines.notes):
            self._said.setdefault(each.target, []).append(each)

    def records(self) -> list[AnyRecord]:
        """Return the records, and add the problems."""
        roles, triggers, events = self._parts_of_events()
        for name, each in self._lines.texts.items():
            if name in triggers:
                # An event's mark is no span: its parts are. What is said of it is of the event.
                continue
            self._spans[name] = self._of_text(name, each, roles.get(name))
        attributions = self._attributions(events)
        links = [link for name in self._lines.relations for link in self._link(name)]
        for left in self._said.values():
            for said in left:
                self._leave_out(f"what {said.name} says", said.place)
        for what, place in self._lines.others:
            self._leave_out(what, place)
        for what, places in self._left_out.items():
            several = "" if len(places) == 1 else f", the first of {len(places)} in this document"
            first = min(places, key=lambda place: place.line or 0)
            self._problem("annotation-left-out", first, what + several)
        spans = (span for spans in self._spans.values() for span in spans)
        return [*spans, *attributions, *links]

    def _parts_of_events(self) -> tuple[dict[str, str], set[str], dict[str, Event]]:
        """Return roles that only arguments name, marks that are no span, and the attributions."""
        texts = self._lines.texts
        roles: dict[str, str] = {}
        triggers, arguments = set(), set()
        events: dict[str, Event] = {}
        for name, event in self._lines.events.items():
            ours = is_attribution(event.type)
            for role, target in event.arguments:
                plain = _plain(role)
                by_type = target in texts and self._role(target) is not None
                free = target in texts and not self._kinds.mapped(texts[target].type)
                if plain in ROLES and free and not by_type:
                    roles[target] = plain
                ours |= by_type or target in roles
                arguments.add(target)
            ours |= event.trigger in texts and self._role(event.trigger) is not None
            if ours:
                events[name] = event
                if event.trigger in texts and self._role(event.trigger) is None:
                    triggers.add(event.trigger)
            else:
                self._leave_out(f"events {event.type}", event.place)
        return roles, triggers - arguments, events

    def _role(self, name: str) -> str | None:
        """Return the role of a stretch of text by its type, not by its events."""
        said = self._lines.texts[name].type
        if not self._kinds.mapped(said) and said.lower() not in ROLES:
            return None
        kind = self._kinds.of(said)
        return kind.label if kind is not None and kind.layer == "attribution" else None

    def _of_text(self, name: str, each: TextBound, role: str | None) -> list[Span]:
        if each.type.lower() in self._ignored:
            self._said.pop(name, None)
            self._leave_out(f"stretches marked {each.type}", each.place)
            return []
        fragments = self._fragments(name, each)
        if not fragments:
            return []
        layer, label, values = self._kind(name, each, role)
        if layer is None:
            self._said.pop(name, None)
            return []
        if (layer, label) == ("attribution", "cue"):
            fragments = self._one(name, each, fragments)
        spans = []
        for start, end in fragments:
            surface = self._text[start:end]
            if layer == "duplicate_block":
                span = Span("", layer, start, end, surface, **values)
            else:
                span = Kind(layer, label).span("", self._text, start, end)
            spans.append(span)
        said = self._values(name, OF_SPANS[layer])
        return [self._valid(self._mint("span"), span, said, each.place) for span in spans]

    def _kind(
        self, name: str, each: TextBound, role: str | None
    ) -> tuple[str | None, str, dict[str, Any]]:
        """Return a stretch's layer and label; of duplicate blocks, what they must have."""
        if role is not None:
            return "attribution", role, {}
        if not self._kinds.mapped(each.type):
            if each.type in (CLAIM, TECHNIQUE):
                attribute = "factuality" if each.type == CLAIM else "technique"
                label = self._take(name, attribute)
                if each.type == TECHNIQUE and label is not None:
                    return "loaded_language", self._kinds.technique(label), {}
                if label in read_labels().of("claim", "factuality"):
                    return "claim", str(label), {}
            elif each.type == BLOCK:
                values = {field: self._take(name, field) for field in BLOCKS}
                block = Span("x", "duplicate_block", 0, 1, "x")
                found = converted({k: v for k, v in values.items() if v is not None}, BLOCKS)
                block = msgspec.structs.replace(block, **found)
                if is_valid(block):
                    return "duplicate_block", "", found
        kind = self._kinds.of(each.type)
        return (None, "", {}) if kind is None else (kind.layer, kind.label, {})

    def _fragments(self, name: str, each: TextBound) -> list[Extent]:
        """Return the fragments that are stretches of the text at all; compare what they cover."""
        length = len(self._text)
        found = [(start, end) for start, end in each.fragments if 0 <= start < end <= length]
        if len(found) < len(each.fragments):
            wrong = next(extent for extent in each.fragments if extent not in found)
            message = f"{name}: {wrong[0]}-{wrong[1]}; the text has {length} characters"
            self._problem("offset-out-of-range", each.place, message)
        else:
            # brat writes a space for a line's end, and between fragments.
            there = " ".join(self._text[start:end] for start, end in found)
            if each.surface is not None and there.split() != each.surface.split():
                message = f"{name}: the text there is {there!r:.60}, not {each.surface!r:.60}"
                self._problem("surface-mismatch", each.place, message)
        return sorted(found)

    def _one(self, name: str, each: TextBound, fragments: list[Extent]) -> list[Extent]:
        """Return a cue's one stretch: all of it if white space parts it, else the longest."""
        start, end = fragments[0][0], max(end for _, end in fragments)
        between = "".join(self._text[left[1] : right[0]] for left, right in pairwise(fragments))
        if not between.strip():
            return [(start, end)]
        longest = max(fragments, key=lambda extent: extent[1] - extent[0])
        message = f"{name}: a cue is one stretch; of {len(fragments)} the longest is kept"
        self._problem("annotation-left-out", each.place, message)
        return [longest]

    def _attributions(self, events: dict[str, Event]) -> list[Attribution]:
        made: dict[str, Attribution] = {}
        for name, event in events.items():
            parts = self._parts(name, event)
            if not any(parts.values()):
                message = f"{name}: neither source, cue nor content"
                self._problem("attribution-empty", event.place, message)
                self._said.pop(name, None)
                self._said.pop(event.trigger, None)
                continue
            for span in parts["cue"][1:]:
                message = f"{name}: the cue {span.text!r:.60}; an attribution has one"
                self._problem("annotation-left-out", event.place, message)
            found = Attribution(
                "",
                source_ids=_ids(parts["source"]),
                medium_ids=_ids(parts["medium"]),
                cue_id=parts["cue"][0].id if parts["cue"] else None,
                content_ids=_ids(parts["content"]),
            )
            said = self._values(name, OF_ATTRIBUTIONS)
            if event.type.lower() == SOURCELESS.lower():
                said.setdefault("source_kind", "none")
            # Annotators point at an event by its mark, too.
            if event.trigger not in self._spans:
                said = self._values(event.trigger, OF_ATTRIBUTIONS) | said
            made[name] = self._valid(self._mint("attribution"), found, said, event.place)
        for name, event in events.items():
            for role, target in event.arguments:
                child, parent = (name, target) if _plain(role) == PARENT else (target, name)
                known = child in made and parent in made and child != parent
                if target in self._lines.events and known:
                    made[child] = msgspec.structs.replace(made[child], parent_id=made[parent].id)
        return list(made.values())

    def _parts(self, name: str, event: Event) -> dict[str, list[Span]]:
        """Return an event's spans by role; a numbered role, such as Content2, is that role."""
        parts: dict[str, list[Span]] = {role: [] for role in ROLES}
        arguments = list(event.arguments)
        has_cue = any(_plain(role) == "cue" for role, _ in arguments)
        if self._spans.get(event.trigger) and not has_cue:
            arguments.append(("cue", event.trigger))
        for role, target in arguments:
            if target in self._lines.events:
                continue
            if target not in self._lines.texts:
                self._problem("unknown-reference", event.place, f"{name}: there is no {target}")
                continue
            spans = self._spans.get(target, [])
            named = _plain(role)
            for span in spans:
                if span.role is None or (named in ROLES and named != span.role):
                    is_ = span.role or self._lines.texts[target].type
                    message = f"{name}: {target} is its {role}, and a {is_}; it is left out"
                    self._problem("wrong-end", event.place, message)
                    break
                if span not in parts[span.role]:
                    parts[span.role].append(span)
        if event.trigger not in self._lines.texts:
            message = f"{name}: there is no {event.trigger}"
            self._problem("unknown-reference", event.place, message)
        return parts

    def _link(self, name: str) -> list[Link]:
        relation = self._lines.relations[name]
        spans = [self._spans.get(end, []) for end in relation.ends]
        known = relation.type in read_labels().of("claim", "link")
        if not known or not all(spans) or any(s[0].layer != "claim" for s in spans):
            self._said.pop(name, None)
            self._leave_out(f"relations {relation.type}", relation.place)
            return []
        link = Link("", relation.type, spans[0][0].id, spans[1][0].id)
        said = self._values(name, REMARKS)
        return [self._valid(self._mint("link"), link, said, relation.place)]

    def _take(self, target: str, name: str) -> str | None:
        """Return an attribute's value, and hold it for used."""
        for said in self._said.get(target, ()):
            if said.name == name and said.value:
                self._said[target].remove(said)
                return said.value
        return None

    def _values(self, target: str, types: dict[str, type]) -> dict[str, Any]:
        """Return what is said of an annotation and has a place; the rest is left for later."""
        notes: list[str] = []
        names: list[str] = []
        values: dict[str, str | None] = {}
        left = []
        for said in self._said.pop(target, ()):
            if said.name == NOTE:
                notes.append(said.value or "")
            elif said.name == SOURCE_NAME and types is OF_ATTRIBUTIONS:
                names.append(said.value or "")
            elif said.name in types:
                values[said.name] = said.value
            else:
                left.append(said)
        if left:
            self._said[target] = left
        found = converted(values, types)
        # Each of several lines is a note of its own.
        for name, texts in ((NOTE, notes), (SOURCE_NAME, names)):
            if any(texts) or len(texts) > 1:
                found["note" if name == NOTE else name] = "\n".join(texts)
        return found

    def _valid(self, ident: str, record: Any, said: dict[str, Any], place: Place) -> Any:
        """Return a record with what is said of it, or without what its schema refuses."""
        record = msgspec.structs.replace(record, id=ident)
        if not said:
            return record
        whole = msgspec.structs.replace(record, **said)
        if is_valid(whole):
            return whole
        for name, value in said.items():
            one = msgspec.structs.replace(record, **{name: value})
            if is_valid(one):
                record = one
            else:
                self._problem("attribute-value", place, f"{name} can't be {value!r:.60} there")
        return record

    def _mint(self, record: str) -> str:
        self._number[record] += 1
        return record_id(self._ident, record, self._number[record])

    def _leave_out(self, what: str, place: Place) -> None:
        self._left_out.setdefault(what, []).append(place)

    def _problem(self, problem: str, place: Place, message: str) -> None:
        self._problems.append(Problem(problem, place, message))


def is_attribution(event: str) -> bool:
    """Tell whether a type of events is that of attributions, whatever its arguments are."""
    return event.lower().startswith(EVENT.lower())


def _plain(role: str) -> str:
    """Return an argument's role without the number that a repeated one has."""
    return role.rstrip("0123456789").lower()


def _ids(spans: list[Span]) -> tuple[str, ...]:
    return tuple(span.id for span in spans)
