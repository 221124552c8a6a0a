"""A full release's files without what they have from documents, and anchors in its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from newspan.corpus import Corpus
from newspan.model import Zone
from newspan.release.selectors import quote_selector
from newspan.release.stand_off import files
from newspan.release.stand_off.anchors import anchor, windows
from newspan.release.stand_off.budget import PLANNED_SHARE, PROSE_SHARE, Shipped
from newspan.release.stand_off.common_words import plain
from newspan.release.stand_off.folded import fold
from newspan.release.stand_off.quoted import Quote, Quoted, cut, cut_json
from newspan.release.stand_off.surfaces import Row, fields, leaves, words_at
from newspan.release.web_annotations import FOLDER as WEB_ANNOTATIONS
from newspan.release.web_annotations import without_quotes

#: Code points of a short quotation, and of what stands before and behind it.
_EXACT, _CONTEXT = 16, 8
_SHORTEST_ZONE = 64


class Strip:
    """Writes a full release's files into another folder without what they have from documents.

    Args:
        release: the full release.
        directory: the folder to fill.
        manifest: the full release's.
        corpus: the corpus that it was built from.
    """

    def __init__(
        self, release: Path, directory: Path, manifest: dict[str, Any], corpus: Corpus
    ) -> None:
        self._from, self._to = release, directory
        self._manifest = manifest
        self._corpus = corpus
        self._quoted = Quoted(corpus.texts)
        self._shipped = Shipped(corpus)
        self._lengths = {name: len(text) for name, text in corpus.texts.items()}
        self._extents = files.extents_of(release, manifest)
        self._configs = {
            file: name for name, config in manifest["configs"].items() for file in config["files"]
        }
        self._cuts: list[dict[str, Any]] = []

    def write(self) -> None:
        """Write all files but the heads: card, croissant.json, manifest, checksums.

        What comes first may quote first of what may be quoted.
        """
        names = [entry["path"] for entry in self._manifest["files"]]
        for name in sorted(names, key=lambda name: (_rank(name), name)):
            (self._to / name).parent.mkdir(parents=True, exist_ok=True)
            if name in self._configs:
                self._write_rows(name, self._configs[name])
            elif name.startswith("annotation/sets/") and name.endswith(".jsonl"):
                self._write_lines(name, self._record)
            elif name.startswith(f"{WEB_ANNOTATIONS}/"):
                self._write_lines(name, lambda _, line: without_quotes(line))
            elif name in files.REMADE:
                self._write_text(name, f"{files.AS_FULL}/{name}")
            else:
                self._write_text(name, name)
        self._write_text("manifest.json", f"{files.AS_FULL}/manifest.json")
        self._write_json_lines(files.ANCHORS, self._anchors())
        self._write_json_lines(files.CUTS, sorted(self._cuts, key=lambda cut: cut["file"]))

    def for_good(self, name: str, text: str) -> str:
        """Return the text of a file that is this profile's own without what it quotes."""
        if name.endswith(".json"):
            return cut_json(text, self._quoted, self._keep)[0]
        return cut(text, self._quoted.find(text), self._keep)[0]

    def _keep(self, quote: Quote) -> bool:
        return self._shipped.take(quote.stretches, PROSE_SHARE)

    def _write_rows(self, file: str, config: str) -> None:
        schema = files.schema_of(self._from / file, config)
        files.write_groups(self._groups(file, config, schema), self._to / file, schema)

    def _groups(self, file: str, config: str, schema: pa.Schema) -> Iterator[pa.Table]:
        source = pq.ParquetFile(self._from / file)
        number = 0
        for group in range(source.num_row_groups):
            rows = source.read_row_group(group).to_pylist()
            for row in rows:
                number += 1
                self._strip_row(row, config, file, number)
            yield pa.Table.from_pylist(rows, schema=schema)

    def _strip_row(self, row: Row, config: str, file: str, number: int) -> None:
        texts = self._corpus.texts
        known = list(fields(config, row, self._lengths[row["doc_id"]], self._extents))
        was_null = [holder[key] is None for holder, key, _ in known]
        for holder, key, places in known:
            if holder[key] is not None and holder[key] == words_at(places, texts):
                holder[key] = None
        empty = [
            files.pointer_of(row, holder, key)
            for (holder, key, _), null in zip(known, was_null, strict=True)
            if null
        ]
        if empty:
            self._cuts.append({"file": file, "row": number, "empty": empty})
        self._cut_strings(row, file, number)

    def _cut_strings(self, value: Any, file: str, number: int) -> None:
        """Cut the strings in a row or record, and note where."""
        for holder, key, pointer in list(leaves(value)):
            shown, cuts = cut(holder[key], self._quoted.find(holder[key]), self._keep)
            if cuts:
                holder[key] = shown
                self._cuts.append({"file": file, "row": number, "at": pointer, "cuts": cuts})

    def _write_lines(
        self, file: str, strip: Callable[[str, dict[str, Any]], dict[str, Any]]
    ) -> None:
        lines = (self._from / file).read_bytes().decode("utf-8").split("\n")
        made = []
        for number, line in enumerate(lines, 1):
            if line:
                record = strip(file, json.loads(line))
                self._cut_strings(record, file, number)
                line = json.dumps(record, ensure_ascii=False)
            made.append(line)
        (self._to / file).write_bytes("\n".join(made).encode())

    def _record(self, file: str, record: dict[str, Any]) -> dict[str, Any]:
        name = self._corpus.items[Path(file).stem][0].id
        if record["record"] == "span":
            if record["text"] != self._corpus.texts[name][record["start"] : record["end"]]:
                raise ValueError(f"{file}: the text of {record['id']} is not what stands there")
            del record["text"]
        return record

    def _write_text(self, source: str, target: str) -> None:
        try:
            text = (self._from / source).read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            raise ValueError(f"{source} is no text: what it quotes can't be told") from None
        path = self._to / target
        path.parent.mkdir(parents=True, exist_ok=True)
        if source.endswith((".json", ".jsonl")):
            shown, strings = cut_json(text, self._quoted, self._keep)
            found: dict[str, Any] = {"strings": strings} if strings else {}
        else:
            shown, cuts = cut(text, self._quoted.find(text), self._keep)
            found = {"cuts": cuts} if cuts else {}
        if found:
            self._cuts.append({"file": target, **found})
        path.write_bytes(shown.encode())

    def _anchors(self) -> Iterator[dict[str, Any]]:
        wanted = files.wanted_extents(self._corpus)
        for document in sorted(self._corpus.documents, key=lambda document: document.id):
            text, salt = self._corpus.texts[document.id], bytes.fromhex(document.sha256)
            folded = fold(text)
            known = windows(folded, salt)
            for item in document.items:
                extent = (item.start, item.end)
                selectors = list(self._selectors(document.id, item.zones))
                shown = self._shipped.of(document.id)
                yield {
                    "item": item.id,
                    "document": document.id,
                    "start": item.start,
                    "end": item.end,
                    "selectors": selectors,
                    **anchor(text, folded, known, salt, extent, wanted[item.id], shown),
                }

    def _selectors(self, name: str, zones: Iterable[Zone]) -> Iterator[dict[str, Any]]:
        """Yield short quotations from the beginnings of zones, longest zones first."""
        text = self._corpus.texts[name]
        long = (zone for zone in zones if zone.end - zone.start >= _SHORTEST_ZONE)
        chosen = []
        for zone in sorted(long, key=lambda zone: (zone.start - zone.end, zone.start)):
            start = max(0, zone.start - _CONTEXT)
            words = plain(text[start : zone.start + _EXACT + _CONTEXT])
            if self._shipped.take(self._quoted.common.stretches(words.text), PLANNED_SHARE):
                chosen.append(zone.start)
        for start in sorted(chosen):
            yield {"start": start, **quote_selector(text, start, start + _EXACT, _CONTEXT)}

    def _write_json_lines(self, name: str, entries: Iterable[dict[str, Any]]) -> None:
        lines = (json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        (self._to / name).write_bytes("".join(lines).encode())


#: Names of outlets and targets and definitions of labels are needed more than prose's examples.
_FIRST = ("corpus/", "schema/", "documents/", "annotation/guidelines.md")


def _rank(name: str) -> int:
    return next((n for n, start in enumerate(_FIRST) if name.startswith(start)), len(_FIRST))
