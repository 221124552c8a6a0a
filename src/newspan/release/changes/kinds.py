"""What identifies the records of each kind, where they stand, and what a change of them means."""

from __future__ import annotations

from typing import Literal

import msgspec
import pyarrow as pa

Due = Literal["none", "patch", "minor", "major"]
DUES: tuple[Due, ...] = ("none", "patch", "minor", "major")

#: Every change, with the bump it makes due (Croissant 1.1, Version): major where something that
#: was there is edited, removed or shuffled; minor where all of it can still be had as it was.
CHANGES: dict[str, Due] = {
    "added": "minor",
    "removed": "major",
    "moved": "major",  # another place
    "relabelled": "major",  # another label at the same place
    "renamed": "major",  # another id for the same words at the same place
    "text": "major",  # a document's characters
    "split": "major",  # another fold or lineage
    "edited": "major",  # any other column
    "filled": "minor",  # null before: nobody had looked
    "emptied": "major",  # null now
    "grown": "minor",  # a list has all it had, and more
    "shrunk": "major",  # a list has some of what it had, and nothing else
    "reworded": "patch",  # what describes the data, not the data
}

#: One row per change. `old` and `new` are JSON; the rest describes the record: the old one where
#: it is not added. `new_id` is there when a record was found again under another id.
EVENTS = pa.schema(
    [
        *((name, pa.string()) for name in ("change", "set_id", "id", "new_id", "doc_id")),
        *((name, pa.string()) for name in ("item_id", "layer", "label")),
        ("start", pa.int64()),
        ("end", pa.int64()),
        *((name, pa.string()) for name in ("text", "column", "old", "new")),
    ]
)


class Kind(msgspec.Struct, frozen=True):
    """How records of one kind are found again in another release.

    Columns that a table does not have are left out, so that old releases can be compared too.
    """

    key: tuple[str, ...]
    place: tuple[str, ...] = ()
    label: str | None = None
    #: By which columns records are paired whose key is gone, one after the other.
    again_by: tuple[tuple[str, ...], ...] = ()
    #: The same at last, for records that have a value in all of these.
    by_words: tuple[str, ...] = ()
    #: What follows from the label, and from the place: no change of its own beside theirs.
    with_label: tuple[str, ...] = ()
    with_place: tuple[str, ...] = ()
    #: Lists of records, with the column that identifies an entry; entries may be added.
    lists: dict[str, str] = {}
    #: Columns in which null says that nobody looked.
    unlooked: tuple[str, ...] = ()
    split: tuple[str, ...] = ()
    #: A column of whole texts, and its checksum's.
    characters: str | None = None
    checksum: str | None = None
    #: The events' columns that describe a record and are called something else here.
    called: dict[str, str] = {}


_EXTENT = ("start", "end")
_VOICE = ("voice", "attribution_ids")
_LABELS = ("factuality", "role", "technique", "match")
_SPAN = Kind(
    key=("set_id", "id"),
    place=("doc_id", "item_id", *_EXTENT),
    label="label",
    again_by=(
        ("set_id", "layer", "doc_id", *_EXTENT, "label"),
        ("set_id", "layer", "doc_id", *_EXTENT),
    ),
    by_words=("set_id", "layer", "doc_id", "label", "text"),
    with_label=_LABELS,
    with_place=("text",),
    unlooked=_VOICE,
)
_STRETCH = Kind(
    key=("id",),
    place=("doc_id", "item_id", *_EXTENT),
    by_words=("doc_id", "zone", "text"),
    with_place=("text", "paragraph_id"),
    lists={
        "claim": "span_id",
        "attribution": "span_id",
        "loaded_language": "span_id",
        "attributions": "attribution_id",
    },
    unlooked=("is_copy", "claim", "attribution", "loaded_language", "attributions", *_VOICE),
    split=("fold", "lineage"),
)

#: The configs of a release, and the lists of records inside its documents.
KINDS: dict[str, Kind] = {
    "documents": Kind(
        key=("doc_id",),
        split=("fold", "lineage"),
        characters="text",
        checksum="sha256",
        called={"id": "doc_id", "text": "file"},
    ),
    "items": Kind(
        key=("item_id",),
        place=("doc_id", *_EXTENT),
        with_place=("length",),
        called={"id": "item_id", "text": "title"},
    ),
    "zones": Kind(
        key=("item_id", *_EXTENT),
        place=("doc_id", "item_id", *_EXTENT),
        label="kind",
        again_by=(
            ("item_id", "kind", "start"),
            ("item_id", "kind", "end"),
            ("item_id", "kind", "length"),
        ),
        with_place=("length",),
        called={"label": "kind"},
    ),
    "provenance": Kind(
        key=("item_id", "step"), place=("doc_id",), called={"label": "role", "text": "outlet"}
    ),
    "partisanship": Kind(
        key=("item_id", "target"),
        place=("doc_id",),
        label="polarity",
        called={"label": "polarity", "text": "target"},
    ),
    "perspectives": Kind(key=("item_id",), place=("doc_id",)),
    "sentences": _STRETCH,
    "paragraphs": _STRETCH,
    "spans": _SPAN,
    "attributions": Kind(
        key=("set_id", "id"),
        place=("doc_id", "item_id", *_EXTENT),
        label="mode",
        again_by=(
            ("set_id", "doc_id", *_EXTENT, "cue", "mode"),
            ("set_id", "doc_id", *_EXTENT, "cue"),
        ),
        by_words=("set_id", "doc_id", "mode", "cue", "source_name"),
        called={"label": "mode", "text": "cue"},
    ),
    "links": Kind(
        key=("set_id", "id"),
        place=("doc_id", "item_id", "from_id", "to_id"),
        label="type",
        again_by=(
            ("set_id", "from_id", "to_id", "type"),
            ("set_id", "from_id", "to_id"),
        ),
        by_words=("set_id", "doc_id", "type", "from_text", "to_text"),
        with_place=("from_text", "to_text"),
        called={"label": "type", "text": "from_text"},
    ),
    "annotations": _SPAN,
    "duplicates": msgspec.structs.replace(
        _SPAN,
        label="match",
        again_by=(
            ("set_id", "doc_id", *_EXTENT, "match"),
            ("set_id", "doc_id", *_EXTENT),
        ),
        by_words=("set_id", "doc_id", "match", "text"),
        with_label=(),
        called={"label": "match"},
    ),
}

#: The order in which kinds are told: what people made before what follows from it.
ORDER = (
    "withdrawn",
    "documents",
    "items",
    "zones",
    "provenance",
    "partisanship",
    "perspectives",
    "outlets",
    "targets",
    "labels",
    "sets",
    "spans",
    "attributions",
    "links",
    "annotations",
    "set_attributions",
    "set_links",
    "duplicates",
    "sentences",
    "paragraphs",
)
#: The lists of records inside a document; compared as kinds of their own.
INSIDE_DOCUMENTS = ("items", "zones", "provenance", "partisanship", "perspectives")
