"""From newspan's records to brat's lines: spans, attributions as events, links as relations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from newspan.exchange.brat_values import (
    ATTRIBUTIONS,
    BLOCK,
    CLAIM,
    DECISIONS,
    EVENT,
    NOTE,
    OF_ATTRIBUTIONS,
    OF_SPANS,
    PARENT,
    REMARKS,
    SOURCE_NAME,
    SOURCELESS,
    TECHNIQUE,
)
from newspan.exchange.kinds import LABEL_OF, ROLES, Kinds
from newspan.exchange.shapes import Found, Options
from newspan.model import AnyRecord, Attribution, Link, Span
from newspan.schema import read_labels

#: Whose attributes are those of a layer, or the remarks that anything may have.
_TARGETS = {
    "claim": CLAIM,
    "loaded_language": "<ENTITY>",
    "duplicate_block": BLOCK,
    "attribution": EVENT,
    None: "<ANY>",
}
# What would end a line or a field: brat itself writes a space for a line's end.
_BREAK = re.compile("[\t\n\r\v\f\x1c-\x1f\x85\u2028\u2029]")


def kept(found: Found) -> Found:
    """Return a document as it will be read back: parts, parents and links that it has itself."""
    spans = {span.id: span for span in found.records if isinstance(span, Span)}
    records: list[AnyRecord] = [
        msgspec.structs.replace(span, alignment=None) for span in spans.values()
    ]
    attributions = list(_attributions(found, spans))
    there = {attribution.id for attribution in attributions}
    for each in attributions:
        parent = each.parent_id if each.parent_id in there else None
        records.append(msgspec.structs.replace(each, parent_id=parent))
    records += [
        each
        for each in found.records
        if isinstance(each, Link) and each.from_id in spans and each.to_id in spans
    ]
    return msgspec.structs.replace(found, records=tuple(records))


def _attributions(found: Found, spans: dict[str, Span]) -> Iterator[Attribution]:
    """Yield the attributions with those of their parts that the document has."""

    def there(parts: tuple[str, ...], role: str) -> tuple[str, ...]:
        return tuple(part for part in parts if part in spans and spans[part].role == role)

    for each in found.records:
        if isinstance(each, Attribution):
            cue = there((each.cue_id,) if each.cue_id else (), "cue")
            each = msgspec.structs.replace(
                each,
                source_ids=there(each.source_ids, "source"),
                medium_ids=there(each.medium_ids, "medium"),
                cue_id=cue[0] if cue else None,
                content_ids=there(each.content_ids, "content"),
            )
            if each.part_ids:
                yield each


def ann_text(found: Found, *, sourceless: bool = False) -> str:
    """Return a document's annotation file.

    Args:
        found: the document, as `kept` returns it.
        sourceless: write what has no source as PolNeAR does, by another type of event.
    """
    lines: list[str] = []
    said: list[tuple[str, str, Any]] = []
    names: dict[str, str] = {}
    spans = [each for each in found.records if isinstance(each, Span)]
    for number, span in enumerate(spans, 1):
        names[span.id] = f"T{number}"
        kind, values = _type_of(span)
        lines.append(_text_line(names[span.id], kind, span))
        said += [(names[span.id], name, value) for name, value in values]
    events = [each for each in found.records if isinstance(each, Attribution)]
    names |= {event.id: f"E{number}" for number, event in enumerate(events, 1)}
    extents = {span.id: span for span in spans}
    for number, event in enumerate(events, len(spans) + 1):
        mark = extents[event.cue_id or (*event.content_ids, *event.part_ids)[0]]
        values = list(_values(event, OF_ATTRIBUTIONS))
        kind = EVENT
        if sourceless and event.source_kind == "none":
            kind, values = SOURCELESS, []
        lines.append(_text_line(f"T{number}", kind, mark))
        arguments = " ".join(_arguments(event, names))
        lines.append(f"{names[event.id]}\t{kind}:T{number} {arguments}\n")
        said += [(names[event.id], name, value) for name, value in values]
        if event.source_name is not None:
            said.append((names[event.id], SOURCE_NAME, event.source_name))
    links = (each for each in found.records if isinstance(each, Link))
    for number, link in enumerate(links, 1):
        name = f"R{number}"
        lines.append(f"{name}\t{link.type} Arg1:{names[link.from_id]} Arg2:{names[link.to_id]}\n")
        said += [(name, *each) for each in _values(link, OF_SPANS["attribution"])]
        names[link.id] = name
    attributes = [each for each in said if each[1] not in (NOTE, SOURCE_NAME)]
    for number, (target, name, value) in enumerate(attributes, 1):
        shown = "" if value is True else f" {_shown(value)}"
        lines.append(f"A{number}\t{name} {target}{shown}\n")
    notes = [each for each in said if each[1] in (NOTE, SOURCE_NAME)]
    notes += [(names[each.id], NOTE, each.note) for each in found.records if each.note is not None]
    # A note over several lines becomes several notes.
    pieces = ((target, name, line) for target, name, value in notes for line in value.split("\n"))
    for number, (target, name, line) in enumerate(pieces, 1):
        lines.append(f"#{number}\t{name} {target}\t{line}\n")
    return "".join(lines)


def _text_line(name: str, kind: str, span: Span) -> str:
    return f"{name}\t{kind} {span.start} {span.end}\t{_BREAK.sub(' ', span.text)}\n"


def _type_of(span: Span) -> tuple[str, list[tuple[str, Any]]]:
    """Return the type of a span, and its attributes."""
    values = list(_values(span, OF_SPANS[span.layer]))
    if span.layer == "claim":
        return CLAIM, values
    if span.layer == "duplicate_block":
        return BLOCK, values
    if span.layer == "attribution":
        return (span.role or "").capitalize(), values
    label = span.label
    plain = label not in (CLAIM, BLOCK, TECHNIQUE) and not label.startswith(EVENT)
    meant = Kinds(Options(), []).of(label) if plain else None
    if meant is not None and (meant.layer, meant.label) == (span.layer, label):
        return label, [each for each in values if each[0] != LABEL_OF[span.layer]]
    return TECHNIQUE, values


def _values(record: AnyRecord, types: dict[str, type]) -> Iterator[tuple[str, Any]]:
    """Yield the attributes that a record has, but for those that its type says."""
    fields = record.__struct_fields__
    defaults = dict(zip(fields[::-1], record.__struct_defaults__[::-1], strict=False))
    for name in types:
        value = getattr(record, name)
        if value != defaults[name]:
            yield name, value


def _shown(value: Any) -> str:
    return "false" if value is False else str(value)


def _arguments(event: Attribution, names: dict[str, str]) -> Iterator[str]:
    """Yield an event's arguments; a role that stands again is numbered, as brat does."""
    parts = {
        "Source": event.source_ids,
        "Medium": event.medium_ids,
        "Cue": (event.cue_id,) if event.cue_id else (),
        "Content": event.content_ids,
        PARENT.capitalize(): (event.parent_id,) if event.parent_id else (),
    }
    for role, ids in parts.items():
        for number, part in enumerate(ids, 1):
            yield f"{role}{number if number > 1 else ''}:{names[part]}"


def config_text() -> str:
    """Return what brat wants to know of the types, for its `annotation.conf`."""
    labels = read_labels()
    roles = [role.capitalize() for role in ROLES]
    techniques = sorted(labels.of("loaded_language", "technique"))
    lines = ["[entities]", CLAIM, *roles, *techniques, BLOCK, TECHNIQUE, ""]
    lines += ["[relations]"]
    lines += [f"{link}\tArg1:{CLAIM}, Arg2:{CLAIM}" for link in labels.of("claim", "link")]
    arguments = ", ".join(f"{role}{'?' if role == 'Cue' else '*'}:{role}" for role in roles)
    parent = PARENT.capitalize()
    lines += ["", "[events]", f"{EVENT}\t{arguments}, {parent}?:{EVENT}", "", "[attributes]"]
    for layer, target in _TARGETS.items():
        types = ATTRIBUTIONS if target == EVENT else REMARKS if layer is None else OF_SPANS[layer]
        for name, kind in types.items():
            if layer is not None and name in REMARKS:
                continue
            values = DECISIONS if name == "decision" else labels.of(layer or "", name)
            free = kind is bool or not values
            lines.append(f"{name}\tArg:{target}" + ("" if free else f", Value:{'|'.join(values)}"))
    return "\n".join(lines) + "\n"
