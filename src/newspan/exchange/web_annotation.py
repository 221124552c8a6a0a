"""W3C Web Annotations: JSON-LD beside the texts that it is of, or newspan's releases.

Read are `.jsonl` (an annotation per line), `.json` and `.jsonld` (an annotation, a list, a page or
a collection). newspan's own say what they are in labels' names and tags; of others, each tag or
class is what `kinds` takes it for, and any other words are a note. Written are the annotations that
releases have, with the texts as their sources.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.files import parse_json
from newspan.corpus.write import placed_in
from newspan.exchange.bare import bare_document
from newspan.exchange.documents import documents_of
from newspan.exchange.facts import losses
from newspan.exchange.files import files_below, read_text, relative
from newspan.exchange.shapes import Found, Options, Reading, Writing
from newspan.exchange.web_records import Annotated, Collector
from newspan.exchange.web_texts import Texts
from newspan.model import AnyRecord, Attribution, Link, Span
from newspan.problems import Place, Problem
from newspan.release.web_annotations import web_annotations

FILE, TEXTS = "annotations.jsonl", "texts"
_ENDINGS = (".jsonl", ".json", ".jsonld")
_LISTS = ("items", "@graph", "first")
_LAYERS = ("claim", "attribution", "loaded_language", "duplicate_block")
_ROLES = (("source_ids", "source"), ("medium_ids", "medium"), ("content_ids", "content"))


def read(path: Path, options: Options) -> Reading:
    """Read a file of annotations with the texts beside it, or all of a folder.

    Raises:
        ValueError: when no file has annotations, or the user's mapping is wrong.
    """
    root = path if path.is_dir() else path.parent
    files = files_below(root)
    problems: list[Problem] = []
    labels: list[dict[str, Any]] = []
    chosen = [each for each in files if each.suffix in _ENDINGS] if path.is_dir() else [path]
    annotations = [each for file in chosen for each in _annotations(file, root, problems)]
    if not annotations and path.is_file():
        raise ValueError(f"{path} has no web annotations")
    if not annotations and not any(file.name == FILE for file in chosen):
        raise ValueError(f"{path} has no file with web annotations")
    collector = Collector(Texts(root, files, options, problems), options, labels, problems)
    records = collector.records(annotations)
    layers = {each.layer for found in records.values() for each in found if isinstance(each, Span)}
    documents = (
        # Labels alone say what was looked for: where there are none, nobody knows.
        msgspec.structs.replace(found, records=tuple(records.get(name, ())), looked=bool(layers))
        for name, found in collector.texts.found.items()
    )
    return Reading(documents, tuple(x for x in _LAYERS if x in layers), problems, labels)


def _annotations(file: Path, root: Path, problems: list[Problem]) -> list[Annotated]:
    """Return a file's annotations; what is wrong with it is told if it has any."""
    faults: list[Problem] = []
    place = Place(relative(file, root))
    text = (read_text(file, place, faults) or "").removeprefix("\ufeff")
    found: list[Annotated] = []
    lines: Iterator[tuple[str, Place]] = iter([(text, place)])
    if file.suffix == ".jsonl":
        # Only LF ends a line: U+2028 may stand inside a JSON string.
        lines = ((line, Place(place.file, n)) for n, line in enumerate(text.split("\n"), 1))
    for line, here in lines:
        if line.strip():
            value = parse_json(line, here, None, faults)
            found += _inside(value, here, faults)
    if found or any(fault.id != "row-syntax" for fault in faults):
        problems += faults
    return found


def _inside(value: Any, place: Place, problems: list[Problem]) -> Iterator[Annotated]:
    """Yield the annotations of a value: itself, a list's, a page's or a collection's."""
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _inside(each, place.at(f"/{index}"), problems)
    elif isinstance(value, dict) and _is_annotation(value.get("type")):
        yield Annotated(value, place)
    elif isinstance(value, dict) and any(isinstance(value.get(x), list | dict) for x in _LISTS):
        for name in _LISTS:
            if isinstance(value.get(name), list | dict):
                yield from _inside(value[name], place.at(f"/{name}"), problems)
    elif value is not None:
        problems.append(Problem("row-syntax", place, "it is of no type Annotation"))


def _is_annotation(kind: Any) -> bool:
    return kind == "Annotation" or (isinstance(kind, list) and "Annotation" in kind)


class _Kept(NamedTuple):
    """What is kept of a set: records by document, and the document of each record."""

    documents: tuple[Found, ...]
    home: dict[str, str]


def write(corpus: Corpus, chosen: AnnotationSet, options: Options) -> Writing:
    """Write all texts, and a set's annotations into one file."""
    documents = documents_of(corpus, chosen)
    kept = _kept(documents)

    def files() -> Iterator[tuple[str, bytes]]:
        for found in documents:
            yield f"{TEXTS}/{found.name}.txt", found.raw
        yield FILE, "".join(_lines(corpus, chosen, kept)).encode()

    return Writing(files(), losses(documents, kept.documents))


def _kept(documents: tuple[Found, ...]) -> _Kept:
    """Return documents as they will be read back: a part is what its role says, runs are gone."""
    every = [record for found in documents for record in found.records]
    roles = {r.id: r.role for r in every if isinstance(r, Span)}
    tied = {
        r.id: {
            **{
                name: tuple(part for part in dict.fromkeys(r.part_ids) if roles.get(part) == role)
                for name, role in _ROLES
            },
            "cue_id": next((part for part in r.part_ids if roles.get(part) == "cue"), None),
        }
        for r in every
        if isinstance(r, Attribution)
    }
    tied = {own: parts for own, parts in tied.items() if any(parts.values())}

    def keep(record: AnyRecord) -> AnyRecord | None:
        if isinstance(record, Span):
            return msgspec.structs.replace(record, alignment=None)
        if isinstance(record, Link):
            return record if {record.from_id, record.to_id} <= roles.keys() else None
        if record.id not in tied:
            return None
        parent = record.parent_id if record.parent_id in tied else None
        return msgspec.structs.replace(record, **tied[record.id], parent_id=parent)

    left = tuple(
        msgspec.structs.replace(found, records=tuple(k for r in found.records if (k := keep(r))))
        for found in documents
    )
    looked = any(found.records for found in left)
    left = tuple(msgspec.structs.replace(found, looked=looked) for found in left)
    return _Kept(left, {r.id: found.name for found in left for r in found.records})


def _lines(corpus: Corpus, chosen: AnnotationSet, kept: _Kept) -> Iterator[str]:
    # Documents as one item each, since a span may cross the borders of items.
    whole = msgspec.structs.replace(
        corpus, documents=tuple(bare_document(found) for found in kept.documents)
    )
    by_item = {found.id: found.records for found in kept.documents}
    records = AnnotationSet(chosen.info, placed_in(chosen.info.id, by_item))
    by_id = {record.id: record for found in kept.documents for record in found.records}
    for annotation in web_annotations(whole, records):
        own = annotation["id"].rsplit(":", 1)[-1]
        if isinstance(annotation["target"], dict):
            place, quote, *_ = annotation["target"]["selector"]
            source = f"{TEXTS}/{kept.home[own]}.txt"
            annotation["target"] = {"source": source, "selector": [place, quote]}
        annotation["body"] += _more(by_id[own])
        yield json.dumps(annotation, ensure_ascii=False) + "\n"


def _more(record: AnyRecord) -> list[dict[str, str]]:
    """Return as tags what annotations of releases leave out."""
    return [
        {"type": "TextualBody", "purpose": "tagging", "value": f"{name}: {value}"}
        for name in ("similarity", "scope_end")
        if (value := getattr(record, name, None)) is not None
    ]
