"""What Label Studio cannot express travels beside the text, in a task's `meta`.

For each record that was pushed it has the id, the digest of what the results alone say of it, and
the values that differ from that. On reading, the ids hold as long as the region is there, the
values only where the record is as it was pushed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from newspan import schema
from newspan.model import AnyRecord, Attribution, Link, Span

_PLAIN = msgspec.json.Encoder()
_FIXED = ("record", "id")
_DIGEST = blake2b(digest_size=6)  # a copy of it costs less than another one


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record as it was pushed: its id if it is not the region's, its digest, what else it has."""

    was: str
    id: str | None = None
    has: dict[str, Any] = {}


class Carried(msgspec.Struct, frozen=True, omit_defaults=True):
    """What travels with a task's results.

    `regions` are spans, by layer and region id; `twins` are regions drawn once more for a second
    attribution, with the region that has the span's id; `attributions` by the id of the region that
    has their attributes; `links` by both ends' region ids, in order; `extra` are records that no
    result stands for; `order` has the ids of all records where theirs is not the text's order.
    """

    regions: dict[str, dict[str, Kept]] = {}
    twins: dict[str, str] = {}
    attributions: dict[str, Kept] = {}
    links: dict[str, Kept] = {}
    extra: tuple[dict[str, Any], ...] = ()
    order: tuple[str, ...] = ()


def read_carried(data: object) -> Carried | None:
    """Return what a task carries, None if it is not as newspan writes it."""
    if not _encodable(data):
        return None
    try:
        return msgspec.convert(data, Carried)
    except msgspec.ValidationError:
        return None


def merged(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what several readings carry, whose region ids differ, as one; without their order."""
    found: dict[str, Any] = {"regions": {}, "twins": {}, "attributions": {}, "links": {}}
    extra: list[Any] = []
    for part in parts:
        for layer, kept in part.get("regions", {}).items():
            found["regions"].setdefault(layer, {}).update(kept)
        for name in ("twins", "attributions", "links"):
            found[name].update(part.get(name, {}))
        extra += part.get("extra", ())
    return {name: value for name, value in {**found, "extra": extra}.items() if value}


def pair(one: str, other: str) -> str:
    """Return the key of a link: its ends' region ids, whichever way round it was drawn."""
    return " ".join(sorted((one, other)))


def digest(record: AnyRecord) -> str:
    """Return a digest of a record; white space in what was typed does not count."""
    if record.note is not None or getattr(record, "source_name", None) is not None:
        typed = {name: " ".join(told.split()) for name, told in _typed(record)}
        record = msgspec.structs.replace(record, **typed)
    found = _DIGEST.copy()
    found.update(_PLAIN.encode(record))
    return found.hexdigest()


def _typed(record: AnyRecord) -> list[tuple[str, str]]:
    names = ("note", "source_name") if isinstance(record, Attribution) else ("note",)
    found = ((name, getattr(record, name)) for name in names)
    return [(name, told) for name, told in found if told is not None]


def differences(plain: AnyRecord, record: AnyRecord) -> dict[str, Any]:
    """Return the values of a record that the results alone don't give, or may not give back."""
    loose = {name for name, told in _typed(record) if " ".join(told.split()) != told}
    return {
        name: msgspec.to_builtins(getattr(record, name))
        for name in record.__struct_fields__
        if name in loose or getattr(plain, name) != getattr(record, name)
    }


def restored(plain: AnyRecord, kept: Kept) -> tuple[AnyRecord, bool]:
    """Return a record with what was carried for it, and whether it is as it was pushed."""
    if digest(plain) != kept.was:
        return plain, False
    if not kept.has:
        return plain, True
    data = plain.to_json()
    for name, value in kept.has.items():
        if name in _FIXED or name not in plain.__struct_fields__:
            return plain, True
        data[name] = value
        if value is None:
            del data[name]
    return as_record(data) or plain, True


def as_record(data: dict[str, Any]) -> AnyRecord | None:
    """Return a carried record, None if it fits no schema."""
    if not _encodable(data) or not schema.is_valid("record.json", data):
        return None
    record: AnyRecord = msgspec.convert(data, AnyRecord)
    return record


def _encodable(data: object) -> bool:
    try:
        _PLAIN.encode(data)
    except (UnicodeEncodeError, ValueError, OverflowError):  # a lone surrogate, a huge number
        return False
    return True


def text_order(records: Iterable[AnyRecord]) -> list[AnyRecord]:
    """Return records in the order of the text, what ties spans together behind its first span."""
    records = list(records)
    starts = {record.id: record.start for record in records if isinstance(record, Span)}

    def key(record: AnyRecord) -> tuple[int, int, int, str]:
        if isinstance(record, Span):
            return (record.start, 0, -record.end, record.id)
        ids = (record.from_id,) if isinstance(record, Link) else record.part_ids
        return (min((starts.get(own, 0) for own in ids), default=0), 1, 0, record.id)

    return sorted(records, key=key)


def in_order(records: Iterable[AnyRecord], order: Sequence[str]) -> list[AnyRecord]:
    """Return records in the order they were pushed in if they are the same, else the text's.

    Args:
        records: each id once.
        order: the ids that were pushed; none where they were in the text's order.
    """
    records = list(records)
    if order and len(order) == len(records):
        found = {record.id: record for record in records}
        if found.keys() == set(order):
            return [found[own] for own in order]
    return text_order(records)
