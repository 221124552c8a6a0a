"""A corpus in memory: its documents, texts, lists and annotation sets."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import msgspec

from newspan.model import (
    AnyRecord,
    Attribution,
    CorpusInfo,
    Document,
    Item,
    Link,
    Outlet,
    SetInfo,
    Span,
    Target,
)
from newspan.problems import Place
from newspan.schema import Labels


class Placed(msgspec.Struct, frozen=True):
    """An annotation record with the item it belongs to and the place it was read from."""

    record: AnyRecord
    item_id: str
    place: Place


class AnnotationSet(msgspec.Struct, frozen=True, dict=True):
    """An annotation set: its head and its records, in the order of their files and lines."""

    info: SetInfo
    records: tuple[Placed, ...]
    #: False when some of its records could not be read, so that ids may seem to point to nothing.
    complete: bool = True

    @property
    def place(self) -> Place:
        """Return where the set's head stands."""
        return Place(f"annotation/sets/{self.info.id}/set.json")

    @cached_property
    def looked_at(self) -> frozenset[tuple[str, str, str]]:
        """Return what the producer looked at: item id, layer and zone kind."""
        return frozenset(
            (coverage.item, layer, zone)
            for coverage in self.info.coverage
            for layer in coverage.layers
            for zone in coverage.zones
        )

    def holds(self, layer: str) -> bool:
        """Tell whether the producer looked for a layer anywhere."""
        return any(layer == looked for _, looked, _ in self.looked_at)

    @cached_property
    def spans(self) -> dict[str, Span]:
        """Return the spans by id."""
        return {p.record.id: p.record for p in self.records if isinstance(p.record, Span)}

    @cached_property
    def attributions(self) -> dict[str, Attribution]:
        """Return the attributions by id."""
        return {p.record.id: p.record for p in self.records if isinstance(p.record, Attribution)}

    @cached_property
    def links(self) -> dict[str, Link]:
        """Return the links by id."""
        return {p.record.id: p.record for p in self.records if isinstance(p.record, Link)}

    @cached_property
    def spans_in(self) -> dict[str, list[Span]]:
        """Return the spans of each item, by item id, in text order."""
        found: dict[str, list[Span]] = {}
        for span in self.spans.values():
            found.setdefault(self.item_of[span.id], []).append(span)
        for spans in found.values():
            spans.sort(key=lambda s: (s.start, s.end, s.layer, s.label, s.id))
        return found

    @cached_property
    def attributions_in(self) -> dict[str, list[Attribution]]:
        """Return the attributions of each item, by item id, in the order of their first parts."""

        def key(attribution: Attribution) -> tuple[int, str]:
            starts = [self.spans[part].start for part in attribution.part_ids]
            return (min(starts, default=0), attribution.id)

        found: dict[str, list[Attribution]] = {}
        for attribution in sorted(self.attributions.values(), key=key):
            found.setdefault(self.item_of[attribution.id], []).append(attribution)
        return found

    @cached_property
    def attributions_of(self) -> dict[str, list[str]]:
        """Return the ids of the attributions that each role span belongs to, by span id."""
        found: dict[str, list[str]] = {}
        for attribution in self.attributions.values():
            for part in dict.fromkeys(attribution.part_ids):
                found.setdefault(part, []).append(attribution.id)
        for ids in found.values():
            ids.sort()
        return found

    @cached_property
    def item_of(self) -> dict[str, str]:
        """Return the item id of each record id."""
        return {p.record.id: p.item_id for p in self.records}


class Corpus(msgspec.Struct, frozen=True, dict=True):
    """A corpus in memory: records, and each document's unaltered text."""

    root: Path
    info: CorpusInfo
    documents: tuple[Document, ...]
    texts: dict[str, str]
    outlets: dict[str, Outlet]
    targets: dict[str, Target]
    labels: Labels
    sets: dict[str, AnnotationSet]
    #: Which of documents, outlets, targets and labels could not be read in full: an id that seems
    #: unknown may only be unread, so nothing is said of it.
    unread: frozenset[str] = frozenset()

    @cached_property
    def items(self) -> dict[str, tuple[Document, Item]]:
        """Return each item with its document, by item id; the first one where an id is repeated."""
        found: dict[str, tuple[Document, Item]] = {}
        for document in self.documents:
            for item in document.items:
                found.setdefault(item.id, (document, item))
        return found

    def set_named(self, name: str) -> AnnotationSet:
        """Return an annotation set.

        Raises:
            ValueError: when there is none of that id; the message names those there.
        """
        if name not in self.sets:
            has = ", ".join(sorted(self.sets)) or "none"
            raise ValueError(f"the corpus has no set {name!r}; it has {has}")
        return self.sets[name]

    def knows(self, kind: str, identifier: str) -> bool:
        """Tell whether an id names one of the `items`, `outlets` or `targets`, or may do so."""
        if kind == "items":
            return identifier in self.items or "documents" in self.unread
        return identifier in getattr(self, kind) or kind in self.unread


def document_place(document: Document) -> Place:
    """Return where a document's record stands."""
    return Place(f"corpus/documents/{document.id}.json")
