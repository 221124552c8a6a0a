"""Bodies of W3C Web Annotations: what they say of a target, in newspan's words or in others'."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from newspan.model import Attribution, Link, Span

_LABEL = "urn:newspan:label:"
_YES = {"yes": True, "no": False}
_FLAGS = frozenset({"check_worthy", "hedged", "source_named", "human_verified"})
_NUMBERS = {"similarity": float, "scope_end": int}
#: What a tag can say, as `target: council`.
_TAGGED = frozenset({*_FLAGS, *_NUMBERS, "target", "cluster", "decision"})
_FIELDS = frozenset(name for kind in (Span, Attribution, Link) for name in kind.__struct_fields__)
_NAMING = frozenset({"tagging", "classifying", "identifying"})


class Said(msgspec.Struct):
    """What an annotation's bodies say.

    `values` are those of a record's attributes, in newspan's own annotations only, whose `layer` is
    known; `tags` their other tags, the first of which says what ties spans together. `names` are
    what others call the target, `notes` their comments, `leads_to` the resources that are linked.
    """

    layer: str | None = None
    values: dict[str, Any] = {}
    tags: list[str] = []
    names: list[str] = []
    notes: list[str] = []
    leads_to: list[str] = []


def said_by(annotation: dict[str, Any]) -> Said:
    """Return what an annotation's bodies say; any JSON."""
    said = Said()
    motivations = _several(annotation.get("motivation"))
    for body in _bodies(annotation):
        purposes = _several(body.get("purpose")) or motivations
        value, source = body.get("value"), body.get("source", body.get("id"))
        if isinstance(source, dict):
            source = source.get("id")
        if isinstance(value, str):
            if "identifying" in purposes:
                said.values["source_name"] = value
                said.names.append(value)
            elif _NAMING.intersection(purposes):
                said.tags.append(value)
            elif value:
                said.notes.append(value)
        elif isinstance(source, str) and source.startswith(_LABEL):
            layer, _, rest = source.removeprefix(_LABEL).partition(":")
            name, _, label = rest.partition(":")
            if name in _FIELDS:
                said.layer = layer
                said.values[name] = label
        elif isinstance(source, str) and "linking" in purposes and "purpose" in body:
            said.leads_to.append(source)
        elif isinstance(source, str) and _NAMING.intersection(purposes):
            said.names.append(_last(source))
    if said.layer is None:
        said.names += said.tags
    return said


def take_tags(said: Said) -> None:
    """Turn the tags of newspan's own annotations into values."""
    for tag in said.tags:
        name, colon, value = tag.partition(": ")
        if tag == "unsure":
            said.values["unsure"] = True
        elif colon and name in _TAGGED:
            said.values[name] = _value(name, value)
    if said.notes:
        said.values["note"] = "\n".join(said.notes)


def _value(name: str, value: str) -> Any:
    if name in _FLAGS:
        return _YES.get(value, value)
    try:
        return _NUMBERS[name](value) if name in _NUMBERS else value
    except ValueError:
        return value  # which no schema takes, so that it is told


def _bodies(annotation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if isinstance(annotation.get("bodyValue"), str):
        yield {"value": annotation["bodyValue"]}
    bodies = annotation.get("body")
    for body in bodies if isinstance(bodies, list) else [bodies]:
        if isinstance(body, dict):
            yield body
        elif isinstance(body, str):
            yield {"id": body}


def _several(given: Any) -> list[str]:
    return [each for each in (given if isinstance(given, list) else [given]) if _is_text(each)]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _last(iri: str) -> str:
    """Return the last part of a label's address."""
    plain = iri.rstrip("/#")
    return plain[max(plain.rfind(mark) for mark in "/#:") + 1 :]
