"""The units that are compared: a span, an attribution with its role spans, a link with its ends."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import msgspec

from newspan.adjudication.extents import Extent, hull
from newspan.corpus import AnnotationSet, Corpus
from newspan.model import AnyRecord, Attribution, Link, Span

#: A record of one of the compared sets: the set's id, and the record's.
Key = tuple[str, str]

#: What is compared, in the order of reports. A link is a layer of its own here.
LAYERS = ("claim", "attribution", "loaded_language", "link")
SPAN_LAYERS = ("claim", "loaded_language")


class Unit(msgspec.Struct, frozen=True, dict=True, eq=False):
    """What is matched and decided as a whole.

    `parts` are its spans: itself, its role spans, or a link's two ends; in text order but for a
    link's. `lookers` are the compared sets whose producers looked at its place.
    """

    set_id: str
    item_id: str
    layer: str
    record: AnyRecord
    parts: tuple[Span, ...]
    lookers: frozenset[str]

    @property
    def key(self) -> Key:
        """Return the set's and the record's id."""
        return self.set_id, self.record.id

    @cached_property
    def extent(self) -> Extent:
        """Return the extent from its first part to its last; of a link, of where it leads from."""
        parts = self.parts[:1] if self.layer == "link" else self.parts
        return hull((part.start, part.end) for part in parts)

    @cached_property
    def records(self) -> tuple[AnyRecord, ...]:
        """Return its records in full: role spans before their attribution, a link alone."""
        return (*self.parts, self.record) if self.layer == "attribution" else (self.record,)

    @cached_property
    def order(self) -> tuple[object, ...]:
        """Return a key that sorts units by place, then by what they say, whatever their ids."""
        said = {name: v for name, v in self.record.to_json().items() if not name.endswith(_IDS)}
        parts = sorted((p.start, p.end, p.label) for p in self.parts)
        told = json.dumps(said, sort_keys=True, ensure_ascii=False)
        return (*self.extent, LAYERS.index(self.layer), parts, told, *self.key)

    def of_role(self, role: str) -> tuple[Span, ...]:
        """Return its parts of a role."""
        return self._roles.get(role, ())

    @cached_property
    def _roles(self) -> dict[str, tuple[Span, ...]]:
        found: dict[str, tuple[Span, ...]] = {}
        for part in self.parts:
            found[part.label] = (*found.get(part.label, ()), part)
        return found

    @property
    def surface(self) -> str:
        """Return its words, for people: its parts' texts."""
        return " | ".join(part.text for part in self.parts)


_IDS = ("id", "_ids")


class Aside(msgspec.Struct, frozen=True):
    """A record that was not compared, and why.

    - `uncompared`: none but its own set's producer looked there.
    - `copy`: it lies in copied text, where `newspan project` carries the canonical annotations.
    - `orphan-role`: a role span that belongs to no attribution.
    """

    reason: str
    set: str
    record: str
    layer: str
    item: str


def units_of(sets: Sequence[AnnotationSet], corpus: Corpus) -> tuple[list[Unit], list[Aside]]:
    """Return the units of sets, in text order, and the role spans that belong to none."""
    found: list[Unit] = []
    aside: list[Aside] = []
    order = {item: index for index, item in enumerate(corpus.items)}
    for each in sets:
        found += _units_of_set(each, sets, corpus)
        for span in each.spans.values():
            if span.layer == "attribution" and span.id not in each.attributions_of:
                item = each.item_of[span.id]
                aside.append(Aside("orphan-role", each.info.id, span.id, span.layer, item))
    return sorted(found, key=lambda unit: (order[unit.item_id], *unit.order)), aside


def _units_of_set(
    own: AnnotationSet, sets: Sequence[AnnotationSet], corpus: Corpus
) -> Iterator[Unit]:
    set_id = own.info.id

    def lookers(item_id: str, layer: str, spans: Sequence[Span]) -> frozenset[str]:
        item = corpus.items[item_id][1]
        zones = {zone.kind for s in spans if (zone := item.zone_of(s.start, s.end)) is not None}
        wanted = {(item_id, layer, zone) for zone in zones}
        return frozenset(each.info.id for each in sets if wanted <= each.looked_at) | {set_id}

    for span in own.spans.values():
        if span.layer in SPAN_LAYERS:
            item = own.item_of[span.id]
            seen = lookers(item, span.layer, [span])
            yield Unit(set_id, item, span.layer, span, (span,), seen)
    for attribution in own.attributions.values():
        item = own.item_of[attribution.id]
        ids = dict.fromkeys(attribution.part_ids)
        parts = sorted((own.spans[part] for part in ids), key=lambda s: (s.start, s.end, s.label))
        seen = lookers(item, "attribution", anchors(attribution, parts))
        yield Unit(set_id, item, "attribution", attribution, tuple(parts), seen)
    for link in own.links.values():
        item = own.item_of[link.id]
        ends = tuple(own.spans[each] for each in (link.from_id, link.to_id))
        seen = lookers(item, "claim", ends[:1])
        seen &= lookers(own.item_of[link.to_id], "claim", ends[1:])
        yield Unit(set_id, item, "link", link, ends, seen)


def anchors(attribution: Attribution, parts: Sequence[Span]) -> list[Span]:
    """Return what places an attribution: its cue, or its contents where it has none."""
    if attribution.cue_id is not None:
        return [part for part in parts if part.role == "cue"]
    return [part for part in parts if part.role == "content"]


def as_json(record: AnyRecord) -> dict[str, Any]:
    """Return a record as JSON that was read gives it: with lists, where records have tuples."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(record))
    return found


def canonical(record: AnyRecord) -> dict[str, Any]:
    """Return a record as JSON without whatever equals its default, said or not."""
    names, defaults = record.__struct_fields__, record.__struct_defaults__
    default_of = dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
    found: dict[str, Any] = {"record": record.__struct_config__.tag}
    for name in names:
        value = getattr(record, name)
        if name not in default_of or value != default_of[name]:
            found[name] = list(value) if isinstance(value, tuple) else value
    return found


def links_to(unit: Unit) -> tuple[str, ...]:
    """Return the ids of other units that a unit refers to: a parent, or a link's ends."""
    if isinstance(unit.record, Link):
        return unit.record.from_id, unit.record.to_id
    if isinstance(unit.record, Attribution) and unit.record.parent_id is not None:
        return (unit.record.parent_id,)
    return ()
