"""The records: frozen and slotted inside, plain JSON at the border.

Field by field they mirror the JSON Schemas in `schema/`, which say what each field means. Records
are made from JSON that its schema has passed; nothing is validated again between functions.

Unit of every `start`, `end` and `scope_end`: Unicode code points, half-open, into the document's
unaltered text.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter
from typing import Any

import msgspec

#: The set that the training configs carry, unless a corpus names another.
DEFAULT_PRIMARY_SET = "consensus"

_START = attrgetter("start")


class Record(
    msgspec.Struct,
    frozen=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    gc=False,  # no record can refer to itself
):
    """Base of all records: immutable, compared by value."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON, with fields left out that hold their default."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return data


class Evidence(Record, frozen=True):
    """Why a value is believed: a place in the text, a stored page, a reason, or nothing."""

    class_: str = msgspec.field(name="class")
    start: int | None = None
    end: int | None = None
    text: str | None = None
    source: str | None = None
    retrieved: str | None = None
    quote: str | None = None
    reason: str | None = None


class Assertion(Record, frozen=True):
    """A value with its evidence; null, of class unknown, where nothing supports a value."""

    value: str | None
    evidence: tuple[Evidence, ...]
    confidence: str | None = None
    note: str | None = None


class Zone(Record, frozen=True):
    """A stretch of an item by its function."""

    start: int
    end: int
    kind: str
    note: str | None = None


class ChainStep(Record, frozen=True):
    """One outlet that a text passed through; a chain runs from the scraped page to the origin."""

    outlet: str
    role: str
    evidence: tuple[Evidence, ...]
    confidence: str
    language: Assertion
    published: Assertion
    url: Assertion
    note: str | None = None


class Stance(Record, frozen=True):
    """What the wording of an item shows towards one target."""

    target: str
    polarity: str
    confidence: str
    evidence: tuple[Evidence, ...] = ()
    note: str | None = None


class Assessor(Record, frozen=True):
    """Who assessed: a person or a language model, named."""

    kind: str
    name: str
    date: str
    note: str | None = None


class Partisanship(Record, frozen=True):
    """An item's stances, its right of reply, and whose voice is absent."""

    stance: tuple[Stance, ...]
    right_of_reply: Assertion
    missing_perspectives: tuple[str, ...]
    assessor: Assessor
    human_verified: bool = False


class Item(Record, frozen=True):
    """One article inside a document."""

    id: str
    start: int
    end: int
    title: Assertion
    authors: tuple[Assertion, ...]
    published: Assertion
    zones: tuple[Zone, ...]
    chain: tuple[ChainStep, ...]
    partisanship: Partisanship
    note: str | None = None

    def fits(self, text: str) -> bool:
        """Tell whether the item is a stretch of its document's text at all."""
        return 0 <= self.start < self.end <= len(text)

    def zone_of(self, start: int, end: int) -> Zone | None:
        """Return the zone that an extent stands in, or None if it is not inside one."""
        after = bisect_right(self.zones, start, key=_START)
        if after and end <= self.zones[after - 1].end:
            return self.zones[after - 1]
        return None


class Document(Record, frozen=True):
    """One source file as received, and what is known of it."""

    id: str
    file: str
    sha256: str
    language: str
    lineage: str
    items: tuple[Item, ...]
    note: str | None = None


class View(Record, frozen=True):
    """What somebody holds an outlet to be."""

    claim: str
    holder: str
    evidence: tuple[Evidence, ...]


class Rating(Record, frozen=True):
    """An outside rating of an outlet, at a date."""

    rater: str
    value: str
    snapshot: str
    evidence: tuple[Evidence, ...]


class Outlet(Record, frozen=True):
    """A publisher, agency or newsroom in a provenance chain."""

    id: str
    name: str
    description: str
    affiliation: Assertion
    contested: bool
    views: tuple[View, ...] = ()
    ratings: tuple[Rating, ...] = ()
    note: str | None = None


class Target(Record, frozen=True):
    """Somebody or something that wording can be directed at."""

    id: str
    title: str
    kind: str
    description: str


class CorpusInfo(Record, frozen=True):
    """What a corpus says of itself: its name, version, licences and warnings."""

    name: str
    title: str
    version: str
    description: str
    languages: tuple[str, ...]
    annotation_license: str
    text_license: str
    content_warning: str | None = None
    contact: str | None = None
    guidelines_version: str | None = None
    primary_set: str = DEFAULT_PRIMARY_SET
    web_annotations: bool = False
    schema_version: str = "1.0.0"


class Withdrawn(Record, frozen=True):
    """The tombstone of an item that was taken out: its ids are never used again.

    `ids` has the ids of its records in each annotation set, and of links that led to them.
    """

    item: str
    document: str
    start: int
    end: int
    date: str
    reason: str
    ids: dict[str, tuple[str, ...]]


class Run(Record, frozen=True):
    """A run of equal text in a copy and in its cluster's canonical member."""

    start: int
    end: int
    canonical_start: int
    canonical_end: int


class Span(Record, frozen=True, tag_field="record", tag="span"):
    """A stretch of text in one layer; which attributes it has depends on the layer."""

    id: str
    layer: str
    start: int
    end: int
    text: str
    # claim
    factuality: str | None = None
    check_worthy: bool | None = None
    hedged: bool | None = None
    # attribution
    role: str | None = None
    # loaded_language
    technique: str | None = None
    target: str | None = None
    polarity: str | None = None
    # duplicate_block
    cluster: str | None = None
    copy_role: str | None = None
    match: str | None = None
    similarity: float | None = None
    scope: str | None = None
    alignment: tuple[Run, ...] | None = None
    # any layer
    unsure: bool = False
    note: str | None = None
    decision: str | None = None
    human_verified: bool = False

    @property
    def label(self) -> str:
        """Return the attribute that names what the span is, as the releases' column `label`."""
        label = self.factuality or self.role or self.technique or self.match
        if label is None:
            raise ValueError(f"span {self.id}: layer {self.layer} without its label")
        return label


class Attribution(Record, frozen=True, tag_field="record", tag="attribution"):
    """Source spans, a cue and content spans, tied together."""

    id: str
    mode: str | None = None
    source_kind: str | None = None
    source_ids: tuple[str, ...] = ()
    medium_ids: tuple[str, ...] = ()
    cue_id: str | None = None
    content_ids: tuple[str, ...] = ()
    parent_id: str | None = None
    scope: str = "closed"
    scope_end: int | None = None
    source_named: bool = False
    source_name: str | None = None
    cue_type: str | None = None
    cue_force: str | None = None
    unsure: bool = False
    note: str | None = None
    decision: str | None = None
    human_verified: bool = False

    @property
    def part_ids(self) -> tuple[str, ...]:
        """Return the ids of the spans it ties together: sources, media, cue, contents."""
        cue = (self.cue_id,) if self.cue_id else ()
        return (*self.source_ids, *self.medium_ids, *cue, *self.content_ids)


class Link(Record, frozen=True, tag_field="record", tag="link"):
    """A typed, directed relation between two spans, for what containment cannot say."""

    id: str
    type: str
    from_id: str
    to_id: str
    unsure: bool = False
    note: str | None = None
    decision: str | None = None
    human_verified: bool = False


AnyRecord = Span | Attribution | Link


class Producer(Record, frozen=True):
    """The person, language model or rule whose annotations a set holds."""

    kind: str
    name: str
    version: str | None = None
    note: str | None = None
    annotators: tuple[str, ...] = ()

    @property
    def by(self) -> tuple[str, ...]:
        """Return who annotated: the producer, or those whose annotations it put together."""
        return self.annotators or (f"{self.kind.replace('_', ' ')} {self.name}",)


class Coverage(Record, frozen=True):
    """What of an item a set's producer looked at."""

    item: str
    layers: tuple[str, ...]
    zones: tuple[str, ...]


class Protocol(Record, frozen=True):
    """How packets were answered for a set; annotation/campaigns/<set>/run.json has the rest."""

    order: str
    rendering: str
    packets: int
    answers: int
    offered: int
    rejected: int
    run_sha256: str


class SetInfo(Record, frozen=True):
    """The head of an annotation set."""

    id: str
    producer: Producer
    created: str
    labels_sha256: str
    guidelines_version: str | None = None
    coverage: tuple[Coverage, ...] = ()
    description: str | None = None
    protocol: Protocol | None = None
