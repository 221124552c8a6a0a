"""Annotation records into answers to packets, as an annotator would write them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from newspan.campaign.packets import Index, Packet, read_index
from newspan.model import AnyRecord, Attribution, Link, Span
from newspan.text import occurrences

SPAN = ("factuality", "check_worthy", "hedged", "technique", "target", "polarity")
ATTRIBUTION = ("mode", "source_kind", "source_named", "source_name", "cue_type", "cue_force")


def quotation(start: int, end: int, packet: Packet, text: str) -> dict[str, Any]:
    """Return the quotation of an extent, with its occurrence where there are several."""
    (paragraph,) = (p for p in packet.paragraphs if p.start <= start and end <= p.end)
    found = occurrences(text, text[start:end], paragraph.start, paragraph.end)
    quoted: dict[str, Any] = {"p": paragraph.number, "quote": text[start:end]}
    # Words that are cut count only where no whole ones are the same: those have no number.
    if len(found) > 1 and start in found:
        quoted["occurrence"] = found.index(start) + 1
    return quoted


def answer_of(
    records: Iterable[AnyRecord], packet: Packet, text: str, layers: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return the answer that says what records of the packet's item say."""
    by_id = {record.id: record for record in records}

    def quoted(name: str) -> dict[str, Any]:
        span = by_id[name]
        assert isinstance(span, Span)
        return quotation(span.start, span.end, packet, text)

    answer: dict[str, Any] = {"packet": packet.id}
    answer |= {"claims": [], "attributions": [], "loaded_language": [], "repeats": []}
    for record in by_id.values():
        kept = {"unsure": record.unsure, "note": record.note}
        extra = {key: value for key, value in kept.items() if value}
        if isinstance(record, Link):
            answer["repeats"].append({"from": record.from_id, "to": record.to_id, **extra})
        elif isinstance(record, Span) and record.layer != "attribution":
            values = {f: getattr(record, f) for f in SPAN if getattr(record, f) is not None}
            entry = {**quoted(record.id), **values, **extra}
            if record.layer == "claim":
                answer["claims"].append({"ref": record.id, **entry})
            else:
                answer["loaded_language"].append(entry)
        elif isinstance(record, Attribution):
            fields = {f: getattr(record, f) for f in ATTRIBUTION if getattr(record, f) is not None}
            entry = {
                "ref": record.id,
                "sources": [quoted(each) for each in record.source_ids],
                "media": [quoted(each) for each in record.medium_ids],
                "contents": [quoted(each) for each in record.content_ids],
                **fields,
                **extra,
            }
            if record.cue_id:
                entry["cue"] = quoted(record.cue_id)
            if record.parent_id:
                entry["parent"] = record.parent_id
            if record.scope == "open":
                entry["scope"] = "open"
            answer["attributions"].append(entry)
    answer["looked_at"] = list(packet.annotate)
    return answer


def write_answers(
    folder: Path, answers: Iterable[Mapping[str, Any]], suffix: str = ""
) -> list[Path]:
    """Write answers to files named after their packets."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for answer in answers:
        path = folder / f"{answer['packet']}{suffix}.json"
        path.write_bytes(json.dumps(answer, ensure_ascii=False).encode())
        paths.append(path)
    return paths


def empty_answer(index: Index, item: str, **values: Any) -> dict[str, Any]:
    """Return an answer to an item's first packet that finds nothing, with values put in."""
    packet = next(packet for packet in index.packets if packet.item == item)
    empty = {"claims": [], "attributions": [], "loaded_language": []}
    return {"packet": packet.id, **empty, "looked_at": list(packet.annotate), **values}


__all__ = ["answer_of", "empty_answer", "quotation", "read_index", "write_answers"]
