"""The folder `stand-off/` of a release without texts: what its files hold, and how to read them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from newspan.corpus import Corpus
from newspan.model import Item
from newspan.parquet import TableWriter
from newspan.release.configs import CONFIGS
from newspan.release.features import with_features
from newspan.release.stand_off.surfaces import Extents, Row

FOLDER = "stand-off"
#: One line per item: its extents, anchors and short quotations.
ANCHORS = f"{FOLDER}/anchors.jsonl"
#: One line per string or file that was cut: where, and what from the documents stood there.
CUTS = f"{FOLDER}/cuts.jsonl"
#: Files of the full release that this profile has in another form, cut.
AS_FULL = f"{FOLDER}/as-full"
REMADE = ("README.md", "croissant.json")


def extents_of(directory: Path, manifest: Mapping[str, Any]) -> Extents:
    """Return where the spans of the primary set stand, by id."""
    found: dict[str, tuple[str, int, int]] = {}
    for file in manifest["configs"]["spans"]["files"]:
        table = pq.read_table(directory / file, columns=["id", "doc_id", "start", "end"])
        columns = (table.column(name).to_pylist() for name in ("id", "doc_id", "start", "end"))
        for span_id, name, start, end in zip(*columns, strict=True):
            found[span_id] = (name, start, end)
    return found


def write_groups(groups: Iterable[pa.Table], path: Path, schema: pa.Schema) -> None:
    """Write tables as one Parquet file, each as a row group of its own."""
    with TableWriter(path, schema) as writer:
        for table in groups:
            writer.write(table)
            writer.end_group()


def schema_of(path: Path, config: str) -> pa.Schema:
    """Return the schema of a config's Parquet file as its release was written with it.

    Parquet renames the values of lists, so that the schema read from a file would be written with
    other bytes than the one that made it.
    """
    found = pq.read_schema(path)
    own = next((each.schema for each in CONFIGS if each.name == config), None)
    return with_features(own) if own is not None and own.equals(found) else found


def wanted_extents(corpus: Corpus) -> dict[str, set[tuple[int, int]]]:
    """Return every extent that must be found again in another text, by item id.

    The item, its zones, evidence in the text, spans of every set, runs that copies have in common,
    and where open scopes end.
    """
    found = {
        item.id: {(item.start, item.end), *((z.start, z.end) for z in item.zones)}
        for _, item in corpus.items.values()
    }
    for document, item in corpus.items.values():
        for place in _evidence(item):
            owner = _item_at(document.items, place) or item
            found[owner.id].add(place)
    for chosen in corpus.sets.values():
        heads = {s.cluster: s for s in chosen.spans.values() if s.copy_role == "canonical"}
        for span in chosen.spans.values():
            extents = found[chosen.item_of[span.id]]
            extents.add((span.start, span.end))
            for run in span.alignment or ():
                extents.add((run.start, run.end))
                if span.cluster in heads:
                    head = found[chosen.item_of[heads[span.cluster].id]]
                    head.add((run.canonical_start, run.canonical_end))
        for attribution in chosen.attributions.values():
            if attribution.scope_end is not None:
                item = corpus.items[chosen.item_of[attribution.id]][1]
                found[item.id].add((item.start, attribution.scope_end))
    return found


def _evidence(item: Item) -> Iterator[tuple[int, int]]:
    """Yield the extents of an item's evidence in the document."""
    stack: list[Any] = [item.to_json()]
    while stack:
        value = stack.pop()
        if isinstance(value, list | tuple):
            stack.extend(value)
        elif isinstance(value, dict):
            if "class" in value and value.get("start") is not None:
                yield value["start"], value["end"]
            stack.extend(value.values())


def _item_at(items: tuple[Item, ...], place: tuple[int, int]) -> Item | None:
    return next((i for i in items if i.start <= place[0] and place[1] <= i.end), None)


def pointer_of(row: Row, holder: Row, key: str) -> str:
    """Return the JSON Pointer to a key of a dictionary somewhere in a row."""
    stack: list[tuple[Any, str]] = [(row, "")]
    while stack:
        value, pointer = stack.pop()
        if value is holder:
            return f"{pointer}/{key}"
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        stack.extend((each, f"{pointer}/{k}") for k, each in inner if isinstance(each, dict | list))
    raise ValueError(f"{key} is not in this row")


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON Lines file."""
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield json.loads(line)


def cuts_by_file(directory: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the entries of `cuts.jsonl` by the file that they are about."""
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in read_lines(directory / CUTS):
        found.setdefault(entry["file"], []).append(entry)
    return found


def rows_of(entries: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """Return a file's entries by row or line, counted from 1."""
    found: dict[int, list[dict[str, Any]]] = {}
    for entry in entries:
        found.setdefault(entry["row"], []).append(entry)
    return found
