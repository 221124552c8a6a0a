"""Documents with their records as JSON Lines: newspan's own plain form, which loses nothing.

One document per line: `id`, `name`, `text`, `language`, `lineage`, `meta`, and `records` as an
annotation set has them (schema/record.json), with offsets into `text` in code points. `looked` is
false where nobody looked for any. Ids of records may be left out, or be the document's own: they
are minted anew where they must.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.files import parse_json
from newspan.exchange.documents import documents_of
from newspan.exchange.files import files_below, read_text, relative
from newspan.exchange.names import mint, record_id
from newspan.exchange.shapes import Found, Options, Reading, Writing
from newspan.model import AnyRecord, Span
from newspan.problems import Place, Problem

#: The one file that is written.
FILE = "documents.jsonl"
_LAYERS = ("claim", "attribution", "loaded_language", "duplicate_block")


def read(path: Path, options: Options) -> Reading:
    """Read a JSON Lines file, or all of a folder."""
    problems: list[Problem] = []
    files = [path] if path.is_file() else [p for p in files_below(path) if p.suffix == ".jsonl"]
    if not files:
        raise ValueError(f"{path} has no .jsonl files")
    return Reading(_read(path, files, options, problems), _LAYERS, problems)


def _read(
    root: Path, files: list[Path], options: Options, problems: list[Problem]
) -> Iterator[Found]:
    seen: set[str] = set()
    used: set[str] = set()
    for file in files:
        place = Place(relative(file, root))
        text = read_text(file, place, problems)
        if text and not text.removeprefix("\ufeff").lstrip().startswith("{"):
            message = "it is no JSON Lines"
            problems.append(Problem("file-left-out", place, message))
            continue
        # Only LF ends a line: U+2028 may stand inside a JSON string.
        for number, line in enumerate((text or "").split("\n"), 1):
            if not line.strip():
                continue
            here = Place(place.file, number)
            data = parse_json(line.removeprefix("\ufeff"), here, None, problems)
            found = None if data is None else _document(data, here, options, used, problems)
            if found is not None and found.name in seen:
                message = f"the document {found.name!r} was there before"
                problems.append(Problem("duplicate-id", here, message))
            elif found is not None:
                seen.add(found.name)
                yield found


def _document(
    data: Any, place: Place, options: Options, used: set[str], problems: list[Problem]
) -> Found | None:
    """Return a line's document, or None after adding the problem why not."""
    if not isinstance(data, dict) or not isinstance(data.get("text"), str):
        message = "a line is an object with a text"
        problems.append(Problem("row-syntax", place, message))
        return None
    name = data.get("name", data.get("id"))
    if not isinstance(name, str) or not name:
        problems.append(Problem("row-syntax", place, "the document has neither id nor name"))
        return None
    records = data.get("records", [])
    if not isinstance(records, list):
        problems.append(Problem("row-syntax", place.at("/records"), "records is no list"))
        records = []
    records = _with_ids(records, mint(name), used)
    said = {key: value for key, value in data.items() if isinstance(value, str)}
    meta = data.get("meta")
    return Found(
        id=mint(name),
        name=name,
        raw=data["text"].encode(),
        records=tuple(_records(records, data["text"], place, problems)),
        language=said.get("language", options.language),
        lineage=said.get("lineage"),
        looked=data.get("looked") is not False,
        meta={k: v for k, v in meta.items() if isinstance(v, str)}
        if isinstance(meta, dict)
        else {},
    )


def _with_ids(records: list[Any], document_id: str, used: set[str]) -> list[Any]:
    """Return a document's records with ids that no other document has, references along."""
    given = [each.get("id") if isinstance(each, dict) else None for each in records]
    there = {each for each in given if isinstance(each, str)}
    if len(there) == len(records) and not there & used:
        used |= there
        return records
    new: dict[Any, str] = {}
    made = []
    numbers = itertools.count(1)
    for each in records:
        if not isinstance(each, dict):
            made.append(each)
            continue
        said = each.get("record")
        kind = str(said) if said in ("attribution", "link") else "span"
        fresh = (record_id(document_id, kind, number) for number in numbers)
        minted = next(ident for ident in fresh if ident not in used)
        used.add(minted)
        made.append({**each, "id": minted})
        if isinstance(each.get("id"), str):
            new.setdefault(each["id"], minted)
    return [{**each, **_references(each, new)} if isinstance(each, dict) else each for each in made]


def _references(record: dict[str, Any], new: dict[Any, str]) -> dict[str, Any]:
    """Return what a record refers to, under the new ids."""

    def renamed(value: Any) -> Any:
        if isinstance(value, list):
            return [renamed(each) for each in value]
        return new.get(value, value) if isinstance(value, str) else value

    return {
        name: renamed(value) for name, value in record.items() if name.endswith(("_id", "_ids"))
    }


def _records(
    records: list[Any], text: str, place: Place, problems: list[Problem]
) -> Iterator[AnyRecord]:
    for index, each in enumerate(records):
        here = place.at(f"/records/{index}")
        faults: list[Problem] = []
        if parse_json(json.dumps(each), here, "record.json", faults) is None:
            problems += faults
            continue
        record: AnyRecord = msgspec.convert(each, AnyRecord)
        if isinstance(record, Span):
            if not 0 <= record.start < record.end <= len(text):
                message = f"{record.start}-{record.end} of {len(text)} characters"
                problems.append(Problem("offset-out-of-range", here, message))
                continue
            surface = text[record.start : record.end]
            if record.text != surface:
                message = f"the text there is {surface[:60]!r}, not {record.text[:60]!r}"
                problems.append(Problem("surface-mismatch", here, message))
                record = msgspec.structs.replace(record, text=surface)
        yield record


def write(corpus: Corpus, chosen: AnnotationSet, options: Options) -> Writing:
    """Write all documents into one file."""
    lines = (_line(found) for found in documents_of(corpus, chosen))
    return Writing([(FILE, "".join(lines).encode())])


def _line(found: Found) -> str:
    data: dict[str, Any] = {"id": found.id, "language": found.language, "text": found.text}
    if found.lineage is not None:
        data["lineage"] = found.lineage
    if not found.looked:
        data["looked"] = False
    data["records"] = [record.to_json() for record in found.records]
    return json.dumps(data, ensure_ascii=False) + "\n"
