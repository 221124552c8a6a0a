"""Web Annotations as newspan's records."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeGuard

import msgspec

from newspan.corpus.files import parse_json
from newspan.exchange.facts import LABELS
from newspan.exchange.kinds import Kinds
from newspan.exchange.names import record_id
from newspan.exchange.shapes import Found, Options
from newspan.exchange.web_bodies import Said, said_by, take_tags
from newspan.exchange.web_selectors import Extent, characters, selected
from newspan.exchange.web_texts import Texts
from newspan.model import AnyRecord, Span
from newspan.problems import Place, Problem
from newspan.schema import read_labels

_OURS = re.compile(r"urn:newspan:.*:([a-z0-9][a-z0-9_-]{0,63})", re.DOTALL)
_TIES = {"source": "source_ids", "medium": "medium_ids", "content": "content_ids"}
_LINKS = ("repeats",)


class Annotated(NamedTuple):
    """An annotation with its place."""

    data: dict[str, Any]
    place: Place


class _Target(NamedTuple):
    source: str
    selector: Any


class Collector:
    """Makes records of annotations, document by document."""

    def __init__(
        self,
        texts: Texts,
        options: Options,
        labels: list[dict[str, Any]],
        problems: list[Problem],
    ) -> None:
        """Take the texts; `labels` and `problems` get what is found."""
        self.texts = texts
        self._problems = problems
        self._kinds = Kinds(options, labels)
        self._techniques = read_labels().of("loaded_language", "technique")
        self._records: dict[str, list[AnyRecord]] = {}
        self._ids: set[str] = set()
        self._numbers: Counter[tuple[str, str]] = Counter()
        #: The record of each annotation, with its document's name and its place there.
        self._made: dict[str, tuple[str, AnyRecord]] = {}
        self._at: dict[str, int] = {}
        self._left_out: dict[tuple[str, str], list[Place]] = {}

    def records(self, annotations: Sequence[Annotated]) -> dict[str, list[AnyRecord]]:
        """Return the records of each document, by its name, in the order of the annotations."""
        tying: list[tuple[Annotated, list[str], Said]] = []
        ids = {each.data.get("id") for each in annotations if _is_text(each.data.get("id"))}
        seen: set[str] = set()
        for each in annotations:
            own = each.data.get("id")
            if _is_text(own):
                if own in seen:
                    message = f"another annotation is called {own[:90]!r}; this one is left out"
                    self._problems.append(Problem("duplicate-id", each.place, message))
                    continue
                seen.add(own)
            targets = list(_targets(each.data))
            said = said_by(each.data)
            sources = [target.source for target in targets]
            if sources and all(source in ids for source in sources):
                tying.append((each, sources, said))
            elif not targets:
                self._leave_out("annotation-left-out", "annotations of no resource", each.place)
            else:
                for target in targets:
                    self._add_spans(each, target, said)
        self._tie(tying)
        for (problem, message), places in self._left_out.items():
            several = "" if len(places) == 1 else f"; the first of {len(places)}"
            self._problems.append(Problem(problem, places[0], message + several))
        return self._records

    def _leave_out(self, problem: str, message: str, place: Place) -> None:
        """Note something to be told once, with how often it is so."""
        self._left_out.setdefault((problem, message), []).append(place)

    def _add_spans(self, each: Annotated, target: _Target, said: Said) -> None:
        names = self.texts.of(target.source)
        if not names:
            self._leave_out("document-unknown", f"no text is {target.source[:90]}", each.place)
            return
        if len(names) > 1:
            message = f"{', '.join(names)} have this text; it is put into the first"
            self._leave_out("document-unknown", message, each.place)
        found = self.texts.found[names[0]]
        chosen = selected(target.selector, found.text)
        if chosen.problem is not None:
            problem, message = chosen.problem
            if problem == "annotation-left-out":
                self._leave_out(problem, message, each.place)
            else:
                self._problems.append(Problem(problem, each.place, f"{found.name}: {message}"))
        for extent in chosen.extents:
            for values in self._meant(said):
                if values["layer"] == "duplicate_block" and "similarity" not in values:
                    message = (
                        "duplicate blocks of a release, which doesn't say how similar they are"
                    )
                    self._leave_out("annotation-left-out", message, each.place)
                else:
                    self._add_span(each, found, extent, values)

    def _meant(self, said: Said) -> Iterator[dict[str, Any]]:
        """Yield the values of each span that an annotation's bodies describe."""
        if said.layer is not None:
            take_tags(said)
            values = {"layer": said.layer, **said.values}
            technique = values.get("technique")
            if _is_text(technique) and technique not in self._techniques:
                values["technique"] = self._kinds.technique(technique)
            yield values
            return
        note = {"note": "\n".join(said.notes)} if said.notes else {}
        for name in said.names or [""]:
            kind = self._kinds.of(name)
            if kind is not None:
                label = LABELS.get(kind.layer, "role")
                yield {"layer": kind.layer, label: kind.label, **note}

    def _add_span(
        self, each: Annotated, found: Found, extent: Extent, values: dict[str, Any]
    ) -> None:
        start, end = extent
        own = self._own_id(each.data, found, "span")
        words = {"start": start, "end": end, "text": found.text[start:end]}
        data = {"record": "span", "id": own, **words, **values}
        self._add(each, found.name, data)

    def _add(self, each: Annotated, name: str, data: dict[str, Any]) -> None:
        """Add a record, if its schema takes it."""
        if parse_json(json.dumps(data), each.place, "record.json", self._problems) is None:
            return
        record: AnyRecord = msgspec.convert(data, AnyRecord)
        self._ids.add(record.id)
        records = self._records.setdefault(name, [])
        self._at[record.id] = len(records)
        records.append(record)
        own = each.data.get("id")
        if _is_text(own):
            self._made.setdefault(own, (name, record))

    def _own_id(self, data: dict[str, Any], found: Found, kind: str) -> str:
        """Return the id that newspan's own annotations have, if it is free, else a new one."""
        ours = _OURS.fullmatch(str(data.get("id")))
        if ours is not None and ours[1] not in self._ids:
            return ours[1]
        while True:
            self._numbers[found.id, kind] += 1
            own = record_id(found.id, kind, self._numbers[found.id, kind])
            if own not in self._ids:
                return own

    def _tie(self, tying: list[tuple[Annotated, list[str], Said]]) -> None:
        """Add attributions and links, which may refer to any annotation."""
        parents: list[tuple[str, str]] = []
        for each, sources, said in tying:
            take_tags(said)
            first = said.tags[0] if said.tags else ""
            parts = [self._made[source] for source in sources if source in self._made]
            if first == "attribution" and parts:
                self._add_attribution(each, parts, said)
                parents += [(str(each.data.get("id")), outer) for outer in said.leads_to[:1]]
            elif first in _LINKS and parts and said.leads_to[:1] and said.leads_to[0] in self._made:
                name, start = parts[0]
                found = self.texts.found[name]
                ends = {"from_id": start.id, "to_id": self._made[said.leads_to[0]][1].id}
                own = self._own_id(each.data, found, "link")
                remarks = {k: v for k, v in said.values.items() if k != "source_name"}
                self._add(
                    each, name, {"record": "link", "id": own, "type": first, **ends, **remarks}
                )
            else:
                message = "annotations of other annotations"
                if first == "attribution" or first in _LINKS:
                    message = f"{first}, since what it ties was left out"
                self._leave_out("annotation-left-out", message, each.place)
        self._nest(parents)

    def _add_attribution(
        self, each: Annotated, parts: list[tuple[str, AnyRecord]], said: Said
    ) -> None:
        data: dict[str, Any] = {"record": "attribution", **said.values}
        for _, part in parts:
            role = part.role if isinstance(part, Span) else None
            if role in _TIES:
                data.setdefault(_TIES[role], []).append(part.id)
            elif role == "cue" and "cue_id" not in data:
                data["cue_id"] = part.id
            else:
                message = "a part of an attribution that is no source, medium, cue or content"
                self._leave_out("annotation-left-out", message, each.place)
        name = parts[0][0]
        data["id"] = self._own_id(each.data, self.texts.found[name], "attribution")
        self._add(each, name, data)

    def _nest(self, parents: list[tuple[str, str]]) -> None:
        for inner, outer in parents:
            if inner not in self._made or outer not in self._made:
                continue
            name, record = self._made[inner]
            nested = msgspec.structs.replace(record, parent_id=self._made[outer][1].id)
            self._records[name][self._at[record.id]] = nested
            self._made[inner] = (name, nested)


def _targets(annotation: dict[str, Any]) -> Iterator[_Target]:
    given = annotation.get("target")
    for each in given if isinstance(given, list) else [given]:
        source, selector = each, None
        if isinstance(each, dict):
            source, selector = each.get("source", each.get("id")), each.get("selector")
            if isinstance(source, dict):
                source = source.get("id")
        if not isinstance(source, str):
            continue
        extent = characters(source.partition("#")[2])
        if selector is None and extent is not None:
            start, end = extent
            selector = {"type": "TextPositionSelector", "start": start, "end": end}
        yield _Target(source.partition("#")[0] if extent is not None else source, selector)


def _is_text(value: Any) -> TypeGuard[str]:
    return isinstance(value, str)
