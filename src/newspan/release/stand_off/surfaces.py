"""Where the rows of a release hold nothing but a stretch of their document.

One account of it serves both ways: `no_text` empties these fields, `hydrate` fills them. A field
whose value is something else than its stretch is left to `newspan.release.quoted`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Row = dict[str, Any]
#: A document's id, and start and end in it.
Stretch = tuple[str, int, int]
#: Where the spans of the primary set stand, by their ids.
Extents = Mapping[str, Stretch]
#: A dictionary, its key, and the stretches: one for a string, any number for a list of strings.
Field = tuple[Row, str, Stretch | list[Stretch]]

_PARTS = ("source", "medium", "content")


def fields(config: str, row: Row, length: int, extents: Extents) -> Iterator[Field]:
    """Yield the fields of a row that hold stretches of documents.

    Args:
        config: the row's config.
        row: the row.
        length: its document's, in code points.
        extents: of the primary set's spans.
    """
    name = row["doc_id"]
    if config == "documents":
        yield row, "text", (name, 0, length)
        yield from stated(row, name)
    elif config in ("sentences", "paragraphs"):
        yield row, "text", (name, row["start"], row["end"])
        for layer in ("claim", "attribution", "loaded_language"):
            for span in row.get(layer) or ():
                extent = (name, row["start"] + span["start"], row["start"] + span["end"])
                yield span, "text", extent
        for attribution in row.get("attributions") or ():
            yield from _parts(attribution, extents)
    elif config == "attributions":
        yield from _parts(row, extents)
    elif config == "links":
        for end in ("from", "to"):
            if row[f"{end}_id"] in extents:
                yield row, f"{end}_text", extents[row[f"{end}_id"]]
    elif "text" in row:
        yield row, "text", (name, row["start"], row["end"])


def _parts(row: Row, extents: Extents) -> Iterator[Field]:
    for name in _PARTS:
        ids = row[f"{name}_ids"]
        if ids and all(part in extents for part in ids):
            yield row, name, [extents[part] for part in ids]
    if row["cue_id"] in extents:
        yield row, "cue", extents[row["cue_id"]]


def stated(value: Any, document: str) -> Iterator[tuple[Row, str, Stretch]]:
    """Yield evidence in the document, and the titles and names that are its words."""
    if isinstance(value, list):
        for each in value:
            yield from stated(each, document)
    elif isinstance(value, dict):
        if "class" in value and value["start"] is not None:
            yield value, "text", (document, value["start"], value["end"])
        for name in ("title", "name"):
            evidence = value.get(f"{name}_evidence", value.get("evidence"))
            if name in value and evidence and evidence[0]["start"] is not None:
                yield value, name, (document, evidence[0]["start"], evidence[0]["end"])
        for each in value.values():
            yield from stated(each, document)


def words_at(places: Stretch | list[Stretch], texts: Mapping[str, str]) -> str | list[str] | None:
    """Return what stands at the places of a field; None where a text is not at hand."""
    if isinstance(places, list):
        found = [words_at(place, texts) for place in places]
        return None if None in found else [word for word in found if isinstance(word, str)]
    name, start, end = places
    return texts[name][start:end] if name in texts else None


def leaves(value: Any, pointer: str = "") -> Iterator[tuple[Any, Any, str]]:
    """Yield every string in a value: what holds it, its key there, and its JSON Pointer."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in inner:
        if isinstance(each, str):
            yield value, key, f"{pointer}/{key}"
        elif isinstance(each, dict | list):
            yield from leaves(each, f"{pointer}/{key}")


def at(value: Any, pointer: str) -> tuple[Any, Any]:
    """Return what holds the value of a JSON Pointer, and its key or index."""
    *steps, last = pointer.split("/")[1:]
    for step in steps:
        value = value[int(step) if isinstance(value, list) else step]
    return value, int(last) if isinstance(value, list) else last
