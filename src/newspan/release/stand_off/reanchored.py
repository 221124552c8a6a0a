"""A corpus whose texts differ from those that were annotated, with what could be found in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from newspan.corpus import AnnotationSet
from newspan.corpus import Placed as PlacedRecord
from newspan.model import AnyRecord, Attribution, Document, Item, Link, Run, SetInfo, Span
from newspan.problems import Place
from newspan.release.rebuilt import document_json
from newspan.release.stand_off.placing import Placed
from newspan.release.stand_off.sources import Source
from newspan.release.stand_off.surfaces import Row, stated

#: Where an extent of a document is in the text at hand.
Find = Callable[[str, tuple[int, int]], Placed]


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one extent or record; `id` is a span's, `set` its set.

    `layer` is a span's layer, or what else it is: item, zone, evidence, attribution record, link
    record.
    """

    document: str
    item: str
    layer: str
    status: str
    start: int | None = None
    end: int | None = None
    new_start: int | None = None
    new_end: int | None = None
    set: str | None = None
    id: str | None = None
    same_characters: bool = True
    reason: str | None = None


class Reanchored(msgspec.Struct, frozen=True):
    """Documents and sets on the texts at hand, and what became of each extent and record."""

    documents: tuple[Document, ...]
    sets: dict[str, AnnotationSet]
    entries: list[Entry]


def reanchored(
    rows: Iterable[Row],
    sets: Iterable[tuple[SetInfo, Mapping[str, list[dict[str, Any]]]]],
    sources: Mapping[str, Source],
    find: Find,
) -> Reanchored:
    """Return documents and sets with the places that their extents have in the texts at hand.

    Args:
        rows: of the config `documents`; they are changed.
        sets: each set's head, and its records by item, spans without a text.
        sources: the text at hand of each document that has one.
        find: tells where an extent is.
    """
    entries: list[Entry] = []
    documents = []
    for row in rows:
        if row["doc_id"] in sources:
            _move_row(row, sources[row["doc_id"]], find, entries)
            if row["items"]:
                documents.append(msgspec.convert(document_json(row), Document))
        else:
            entries += _missing(row)
    items = {item.id: (document, item) for document in documents for item in document.items}
    moved = {}
    for info, by_item in sets:
        mover = _SetMover(info, items, sources, find, entries)
        moved[info.id] = mover.moved(by_item)
    return Reanchored(tuple(documents), moved, entries)


def _missing(row: Row) -> Iterator[Entry]:
    for item in row["items"]:
        place = (item["start"], item["end"])
        reason = "there is no text of its document"
        yield Entry(row["doc_id"], item["item_id"], "item", "unplaced", *place, reason=reason)


def _move_row(row: Row, source: Source, find: Find, entries: list[Entry]) -> None:
    """Give a row of `documents` the text at hand, and its extents their places in it."""
    name = row["doc_id"]

    def told(item: str, layer: str, start: int, end: int) -> Placed:
        found = find(name, (start, end))
        entries.append(_entry(name, item, layer, (start, end), found))
        return found

    zones = []
    for zone in row["zones"]:
        found = told(zone["item_id"], "zone", zone["start"], zone["end"])
        if found.start is not None and found.end is not None:
            zones.append({**zone, "start": found.start, "end": found.end})
    row["zones"] = sorted(zones, key=lambda zone: (zone["start"], zone["end"]))
    items = []
    for item in row["items"]:
        found = find(name, (item["start"], item["end"]))
        places = [z for z in row["zones"] if z["item_id"] == item["item_id"]]
        if found.start is None and places:
            # An item is at least what its zones are: where they all are, its words are too.
            ends = (places[0]["start"], max(zone["end"] for zone in places))
            found = Placed("changed", *ends, same_characters=False)
        entries.append(_entry(name, item["item_id"], "item", (item["start"], item["end"]), found))
        if found.start is not None:
            items.append({**item, "start": found.start, "end": found.end})
    row["items"] = sorted(items, key=lambda item: item["start"])
    row["text"], row["sha256"], row["file"] = source.text, source.sha256, source.path.name
    for evidence, item_id in _with_evidence(row):
        place = told(item_id, "evidence", evidence["start"], evidence["end"])
        evidence["start"], evidence["end"] = place.start, place.end
        evidence["text"] = None if place.start is None else source.text[place.start : place.end]
    for item in row["items"]:
        for holder, key, (_, start, end) in stated(item, name):
            if holder[key] is None and key != "text":
                holder[key] = source.text[start:end]


def _with_evidence(value: Any, item: str | None = None) -> Iterator[tuple[Row, str]]:
    """Yield every piece of evidence in a row of documents, with the item that it is of."""
    if isinstance(value, list):
        for each in value:
            yield from _with_evidence(each, item)
    elif isinstance(value, dict):
        item = value.get("item_id", item)
        if "class" in value and value["start"] is not None and item is not None:
            yield value, item
        for each in value.values():
            if isinstance(each, dict | list):
                yield from _with_evidence(each, item)


class _SetMover:
    """Moves one set's records."""

    def __init__(
        self,
        info: SetInfo,
        items: Mapping[str, tuple[Document, Item]],
        sources: Mapping[str, Source],
        find: Find,
        entries: list[Entry],
    ) -> None:
        self._info, self._items, self._find, self._entries = info, items, find, entries
        self._sources = sources
        self._spans: dict[str, Span] = {}
        self._item_of: dict[str, str] = {}

    def moved(self, by_item: Mapping[str, list[dict[str, Any]]]) -> AnnotationSet:
        """Return the set with what was found of it."""
        records: dict[str, list[AnyRecord]] = {}
        all_records = [(item, record) for item, found in by_item.items() for record in found]
        for item, record in all_records:
            if record["record"] == "span" and item in self._items:
                self._move_span(item, record)
        self._move_alignments([r for _, r in all_records if r["record"] == "span"])
        attributions = self._attributions(all_records)
        kept: AnyRecord | None
        for item, record in all_records:
            if item not in self._items:
                continue
            if record["record"] == "span":
                kept = self._spans.get(record["id"])
            elif record["record"] == "attribution":
                kept = attributions.get(record["id"])
            else:
                kept = self._link(item, record)
            if kept is not None:
                records.setdefault(item, []).append(kept)
        placed = tuple(
            PlacedRecord(record, item, Place(f"annotation/sets/{self._info.id}/{item}.jsonl", line))
            for item in sorted(records)
            for line, record in enumerate(records[item], 1)
        )
        coverage = tuple(each for each in self._info.coverage if each.item in self._items)
        return AnnotationSet(msgspec.structs.replace(self._info, coverage=coverage), placed)

    def _move_span(self, item: str, record: dict[str, Any]) -> None:
        name = self._items[item][0].id
        place = (record["start"], record["end"])
        found = self._find(name, place)
        here = self._items[item][1]
        if (
            found.start is not None
            and not here.start <= found.start <= (found.end or 0) <= here.end
        ):
            found = Placed("unplaced", reason="its words stand outside of its item here")
        entry = _entry(name, item, record["layer"], place, found)
        about = {"set": self._info.id, "id": record["id"]}
        self._entries.append(msgspec.structs.replace(entry, **about))
        if found.start is None or found.end is None:
            return
        text = self._sources[name].text[found.start : found.end]
        data = {**record, "start": found.start, "end": found.end, "text": text}
        data.pop("alignment", None)
        self._spans[record["id"]] = msgspec.convert(data, Span)
        self._item_of[record["id"]] = item

    def _move_alignments(self, records: list[dict[str, Any]]) -> None:
        """Move runs that copies have in common; a cluster without its head or a copy goes."""
        heads = {
            span.cluster: span for span in self._spans.values() if span.copy_role == "canonical"
        }
        sizes: dict[str | None, int] = {}
        for span in self._spans.values():
            sizes[span.cluster] = sizes.get(span.cluster, 0) + 1
        for record in records:
            if record.get("cluster") is None or record["id"] not in self._spans:
                continue
            span = self._spans[record["id"]]
            if span.cluster not in heads or sizes[span.cluster] < 2:
                del self._spans[span.id]
                reason = "the canonical member or every copy of its cluster is missing here"
                self._drop(self._item_of[span.id], record, reason)
            elif "alignment" in record:
                head = self._items[self._item_of[heads[span.cluster].id]][0].id
                own = self._items[self._item_of[span.id]][0].id
                runs = tuple(self._runs(record["alignment"], own, head))
                self._spans[span.id] = msgspec.structs.replace(span, alignment=runs)

    def _runs(self, alignment: list[dict[str, int]], own: str, head: str) -> Iterator[Run]:
        for run in alignment:
            here = self._find(own, (run["start"], run["end"]))
            there = self._find(head, (run["canonical_start"], run["canonical_end"]))
            if "exact" == here.status == there.status:
                places = (here.start, here.end, there.start, there.end)
                yield Run(*(place for place in places if place is not None))

    def _attributions(self, records: list[tuple[str, dict[str, Any]]]) -> dict[str, Attribution]:
        found: dict[str, Attribution] = {}
        for item, record in records:
            if record["record"] != "attribution" or item not in self._items:
                continue
            attribution = msgspec.convert(record, Attribution)
            lost = [part for part in attribution.part_ids if part not in self._spans]
            if attribution.scope_end is not None and not lost:
                old = self._old_start(item)
                end = self._find(self._items[item][0].id, (old, attribution.scope_end)).end
                if end is None:
                    lost = ["the end of its scope"]
                attribution = msgspec.structs.replace(attribution, scope_end=end)
            if lost:
                self._drop(item, record, f"not found here: {', '.join(lost)}")
            else:
                found[attribution.id] = attribution
        for attribution in list(found.values()):
            if attribution.parent_id is not None and attribution.parent_id not in found:
                found[attribution.id] = msgspec.structs.replace(attribution, parent_id=None)
        return found

    def _old_start(self, item: str) -> int:
        return next(
            entry.start or 0
            for entry in self._entries
            if entry.layer == "item" and entry.item == item
        )

    def _link(self, item: str, record: dict[str, Any]) -> Link | None:
        link = msgspec.convert(record, Link)
        lost = [end for end in (link.from_id, link.to_id) if end not in self._spans]
        if lost:
            self._drop(item, record, f"not found here: {', '.join(lost)}")
            return None
        return link

    def _drop(self, item: str, record: dict[str, Any], reason: str) -> None:
        name = self._items[item][0].id
        # Spans have a layer attribution too: the records are told from them.
        layer = record.get("layer", f"{record['record']} record")
        place = (record.get("start"), record.get("end"))
        self._entries.append(
            Entry(
                name,
                item,
                layer,
                "unplaced",
                *place,
                set=self._info.id,
                id=record["id"],
                reason=reason,
            )
        )


def _entry(name: str, item: str, layer: str, place: tuple[int, int], found: Placed) -> Entry:
    return Entry(
        name,
        item,
        layer,
        found.status,
        *place,
        found.start,
        found.end,
        same_characters=found.same_characters,
        reason=found.reason,
    )
