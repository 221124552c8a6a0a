"""A corpus in memory: its documents, texts, lists and annotation sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
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
    Withdrawn,
)
from newspan.problems import Place
from newspan.schema import Labels


class Placed(msgspec.Struct, frozen=True):
    """An annotation record with the item it belongs to and the place it was read from."""

    record: AnyRecord
    item_id: str
    place: Place


class Cluster(msgspec.Struct):
    """The members of a cluster of duplicate blocks, over the whole of a set."""

    first: Place
    members: int = 0
    canonical: int = 0
    head: Placed | None = None

    def add(self, span: Span, placed: Placed) -> None:
        """Count a member, in the order of records."""
        self.members += 1
        if span.copy_role == "canonical":
            self.canonical += 1
            self.head = self.head or placed


class SetRest(msgspec.Struct, frozen=True):
    """What a part of an annotation set must know of the whole of it.

    `unverified` is the first record that no person verified. `repeated` counts ids that name
    several records. `beyond` has the records of other parts that attributions and links refer to,
    `used` the spans that attributions of another file name. `parents` and `repeats` are the edges
    from attribution to parent and from claim to claim. `find` returns records by id.
    """

    number: int
    verified: int
    unverified: Placed | None
    covers: bool
    repeated: Mapping[str, int]
    beyond: Mapping[str, Placed]
    used: frozenset[str]
    clusters: Mapping[str, Cluster]
    parents: Mapping[str, list[str]]
    repeats: Mapping[str, list[str]]
    find: Callable[[Collection[str]], dict[str, Placed]]


class AnnotationSet(msgspec.Struct, frozen=True, dict=True):
    """An annotation set: its head and its records, in the order of their files and lines."""

    info: SetInfo
    records: tuple[Placed, ...]
    #: False when some of its records could not be read, so that ids may seem to point to nothing.
    complete: bool = True
    #: What there is beyond the records here, where they are but a part of the set's.
    rest: SetRest | None = None

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

    @property
    def covers(self) -> bool:
        """Tell whether the set says at all what was looked at."""
        return bool(self.info.coverage) if self.rest is None else self.rest.covers

    @property
    def number(self) -> int:
        """Return how many records the set has, here and in its other parts."""
        return len(self.records) if self.rest is None else self.rest.number

    @cached_property
    def verified(self) -> int:
        """Return how many of its records a person verified."""
        if self.rest is not None:
            return self.rest.verified
        return sum(placed.record.human_verified for placed in self.records)

    @property
    def unverified(self) -> Placed | None:
        """Return the first record that no person verified."""
        if self.rest is not None:
            return self.rest.unverified
        return next((p for p in self.records if not p.record.human_verified), None)

    @cached_property
    def clusters(self) -> Mapping[str, Cluster]:
        """Return the clusters of duplicate blocks by name, members in other parts included."""
        if self.rest is not None:
            return self.rest.clusters
        found: dict[str, Cluster] = {}
        for placed in self.records:
            if isinstance(span := placed.record, Span) and span.cluster is not None:
                found.setdefault(span.cluster, Cluster(placed.place)).add(span, placed)
        return found

    def holds(self, layer: str) -> bool:
        """Tell whether the producer looked for a layer anywhere."""
        return layer in self._layers

    @cached_property
    def _layers(self) -> frozenset[str]:
        return frozenset(layer for coverage in self.info.coverage for layer in coverage.layers)

    def span_of(self, span_id: str) -> Span:
        """Return a span, which may stand in another part of the set.

        Raises:
            KeyError: when the set has none of that id.
        """
        if span_id in self.spans or self.rest is None:
            return self.spans[span_id]
        record = self.rest.beyond[span_id].record
        if not isinstance(record, Span):
            raise KeyError(span_id)
        return record

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


class CorpusRest(msgspec.Struct, frozen=True):
    """What a part of a corpus must know of the whole of it.

    `items` gives the document of each item, by their ids; `text_of` the text of an item's document,
    None for what is no item.
    """

    items: Mapping[str, str]
    repeated_items: frozenset[str]
    text_of: Callable[[str], str | None]


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
    withdrawn: tuple[Withdrawn, ...] = ()
    #: What there is beyond these documents, where they are but a part of the corpus.
    rest: CorpusRest | None = None

    @cached_property
    def items(self) -> dict[str, tuple[Document, Item]]:
        """Return each item with its document, by item id; the first one where an id is repeated."""
        found: dict[str, tuple[Document, Item]] = {}
        for document in self.documents:
            for item in document.items:
                found.setdefault(item.id, (document, item))
        return found

    @cached_property
    def repeated_items(self) -> frozenset[str]:
        """Return the ids that name several items."""
        if self.rest is not None:
            return self.rest.repeated_items
        uses = Counter(item.id for document in self.documents for item in document.items)
        return frozenset(item for item, number in uses.items() if number > 1)

    def document_of(self, item_id: str) -> str | None:
        """Return the id of an item's document, in this part or another; None for no item."""
        if item_id in self.items:
            return self.items[item_id][0].id
        return None if self.rest is None else self.rest.items.get(item_id)

    def text_of(self, item_id: str) -> str | None:
        """Return the text of an item's document, in this part or another; None for no item."""
        if item_id in self.items:
            return self.texts[self.items[item_id][0].id]
        return None if self.rest is None else self.rest.text_of(item_id)

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
            return self.document_of(identifier) is not None or "documents" in self.unread
        return identifier in getattr(self, kind) or kind in self.unread


def document_place(document: Document) -> Place:
    """Return where a document's record stands."""
    return Place(f"corpus/documents/{document.id}.json")
