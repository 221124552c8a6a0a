"""Records of the result before their references are settled, and how they are made and named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from newspan.adjudication.boundaries import taken_extent
from newspan.adjudication.compare import ROLES, matched_parts
from newspan.adjudication.match import Cluster
from newspan.adjudication.units import Key
from newspan.corpus import Corpus
from newspan.model import AnyRecord, Attribution, Item, Link, Span

#: Which role each of an attribution's lists of ids names.
ID_FIELDS = {"source_ids": "source", "medium_ids": "medium", "content_ids": "content"}

_LETTERS = {"claim": "c", "loaded_language": "l", "attribution": "r"}


class Made(msgspec.Struct, frozen=True):
    """A record of the result with its role spans, under their final ids.

    `parent` and `ends` are what it refers to, each as records of which any will do: of the compared
    sets, or, with an empty set id, of the result. `stands_for` are the records that are found in it
    again. `origin` is the id of the conflict that it comes from, the line of an amendment, or None.
    """

    record: AnyRecord
    item: str
    parts: tuple[Span, ...] = ()
    parent: tuple[Key, ...] = ()
    ends: tuple[tuple[Key, ...], ...] = ()
    stands_for: tuple[Key, ...] = ()
    origin: str | int | None = None


def span_id(item: str, span: Span) -> str:
    """Return the id of a span of the result: a hash of what makes it another span, for `check`."""
    letter = _LETTERS.get(span.layer, "d")
    return _hashed(letter, item, span.layer, span.label, span.start, span.end, span.target or "")


def attribution_id(item: str, attribution: Attribution, parts: Iterable[Span]) -> str:
    """Return the id of an attribution: a hash of its role spans and attributes, not its parent."""
    said = attribution.to_json()
    kept = {k: v for k, v in said.items() if not k.endswith(("id", "_ids")) and k not in _REMARKS}
    extents = sorted((part.label, part.start, part.end) for part in parts)
    return _hashed("a", item, extents, sorted(kept.items()))


_REMARKS = frozenset({"unsure", "note", "decision", "human_verified"})


def link_id(item: str, link: Link) -> str:
    """Return the id of a link: a hash of its type and ends."""
    return _hashed("k", item, link.type, link.from_id, link.to_id)


def _hashed(letter: str, *parts: object) -> str:
    whole = " ".join(map(str, parts))
    return letter + hashlib.sha256(whole.encode()).hexdigest()[:15]


def merged(cluster: Cluster, corpus: Corpus) -> Made:
    """Return one record for units that are alike.

    Each of its spans has the extent that follows the boundary rules. It is unsure if any is, and
    has all their notes.
    """
    first = cluster.units[0]
    text, item = _text(corpus, first.item_id), corpus.items[first.item_id][1]
    records = [unit.record for unit in cluster.units]
    stands_for = tuple(unit.key for unit in cluster.units)
    remarks = _remarks(records)
    if isinstance(first.record, Span):
        spans = [record for record in records if isinstance(record, Span)]
        span = _merged_span(spans, text, item)
        return Made(span, item.id, stands_for=stands_for)
    if isinstance(first.record, Attribution):
        parts: list[Span] = []
        for role in ROLES:
            for part in first.of_role(role):
                same = [part]
                for unit in cluster.units[1:]:
                    pairs = matched_parts(first.of_role(role), unit.of_role(role))
                    same += [other for own, other, _ in pairs if own is part]
                parts.append(_merged_span(same, text, item))
        attribution = msgspec.structs.replace(first.record, **remarks)
        parents = tuple(
            (unit.set_id, unit.record.parent_id)
            for unit in cluster.units
            if isinstance(unit.record, Attribution) and unit.record.parent_id is not None
        )
        return with_parts(attribution, item.id, parts, parent=parents, stands_for=stands_for)
    links = [(u.set_id, u.record) for u in cluster.units if isinstance(u.record, Link)]
    ends = (
        tuple((set_id, link.from_id) for set_id, link in links),
        tuple((set_id, link.to_id) for set_id, link in links),
    )
    made = msgspec.structs.replace(first.record, **remarks)
    return Made(made, item.id, ends=ends, stands_for=stands_for)


def _text(corpus: Corpus, item: str) -> str:
    return corpus.texts[corpus.items[item][0].id]


def _merged_span(spans: Sequence[Span], text: str, item: Item) -> Span:
    start, end = taken_extent(text, item, spans)
    # An absent `hedged` means false: said by one, it is said.
    hedged = next((span.hedged for span in spans if span.hedged is not None), None)
    made = msgspec.structs.replace(
        spans[0], start=start, end=end, text=text[start:end], hedged=hedged, **_remarks(spans)
    )
    return msgspec.structs.replace(made, id=span_id(item.id, made))


def _remarks(records: Sequence[AnyRecord], decision: str = "unanimous") -> dict[str, Any]:
    notes = dict.fromkeys(record.note for record in records if record.note)
    return {
        "unsure": any(record.unsure for record in records),
        "note": "; ".join(notes) or None,
        "decision": decision,
        "human_verified": False,
    }


def adjudicated(record: Any) -> Any:
    """Return a record as somebody has decided it."""
    return msgspec.structs.replace(record, decision="adjudicated", human_verified=False)


def with_parts(attribution: Attribution, item: str, parts: Iterable[Span], **others: Any) -> Made:
    """Return an attribution that ties spans together, these in text order, under its own id."""
    ordered = sorted(dict.fromkeys(parts), key=lambda part: (part.start, part.end, part.id))
    by_role = {role: tuple(p.id for p in ordered if p.role == role) for role in ROLES}
    lists = {field: by_role[role] for field, role in ID_FIELDS.items()}
    cue = by_role["cue"][0] if by_role["cue"] else None
    made = msgspec.structs.replace(attribution, cue_id=cue, parent_id=None, **lists)
    made = msgspec.structs.replace(made, id=attribution_id(item, made, ordered))
    return Made(made, item, tuple(ordered), **others)


def united(spans: Sequence[Span]) -> Span:
    """Return one role span for those that several attributions share."""
    if all(span == spans[0] for span in spans):
        return spans[0]
    unanimous = any(span.decision == "unanimous" for span in spans)
    decision = "unanimous" if unanimous else "adjudicated"
    return msgspec.structs.replace(spans[0], **_remarks(spans, decision))
