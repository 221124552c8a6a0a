"""From a corpus to documents as writers take them, and from documents found to a corpus in memory.

What a format has no place for at all, whoever's it is, is what newspan records of a document and
of a set's making; it stays beside: see `beside`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.write import placed_in
from newspan.exchange.bare import NO_DAY, bare_document
from newspan.exchange.provenance import document_of
from newspan.exchange.shapes import Found, Reading
from newspan.model import (
    AnyRecord,
    Attribution,
    CorpusInfo,
    Coverage,
    Document,
    Producer,
    SetInfo,
    Span,
)
from newspan.problems import Place
from newspan.schema import SCHEMA_VERSION, read_labels
from newspan.text import paragraphs

#: All layers of annotation.
LAYERS = ("claim", "attribution", "loaded_language", "duplicate_block")


def documents_of(
    corpus: Corpus, chosen: AnnotationSet, layers: tuple[str, ...] = LAYERS
) -> tuple[Found, ...]:
    """Return a corpus's documents with one set's records, by id.

    Args:
        corpus: the documents.
        chosen: the set.
        layers: a document was looked at if the set covers it, all of its items, for one of these,
            has records of one, or if there is nothing in it but white space.
    """
    records: dict[str, list[AnyRecord]] = {}
    covered = {
        each.item for each in chosen.info.coverage if not set(layers).isdisjoint(each.layers)
    }
    for placed in chosen.records:
        document = corpus.document_of(placed.item_id)
        records.setdefault(document or "", []).append(placed.record)
    return tuple(
        Found(
            id=document.id,
            name=document.id,
            raw=corpus.texts[document.id].encode(),
            records=tuple(records.get(document.id, ())),
            language=document.language,
            lineage=document.lineage,
            document=document,
            looked=all(item.id in covered for item in document.items if item.zones)
            or any(layer_of(record) in layers for record in records.get(document.id, ())),
        )
        for document in sorted(corpus.documents, key=lambda document: document.id)
    )


def layer_of(record: AnyRecord) -> str:
    """Return a record's layer: links are between claims."""
    if isinstance(record, Span):
        return record.layer
    return "attribution" if isinstance(record, Attribution) else "claim"


def refuse_unknown_layers(layers: Iterable[str]) -> None:
    """Refuse a layer that there isn't.

    Raises:
        ValueError: which names those there are.
    """
    for layer in layers:
        if layer not in LAYERS:
            raise ValueError(f"there is no layer {layer!r}; there are {', '.join(LAYERS)}")


def of_layers(chosen: AnnotationSet, layers: tuple[str, ...]) -> AnnotationSet:
    """Return the part of a set that is of some layers."""
    coverage = coverage_for(chosen.info.coverage, layers)
    info = msgspec.structs.replace(chosen.info, coverage=coverage)
    records = tuple(each for each in chosen.records if layer_of(each.record) in layers)
    return AnnotationSet(info, records)


def coverage_for(coverage: Iterable[Coverage], layers: tuple[str, ...]) -> tuple[Coverage, ...]:
    """Return the part of a coverage that is of some layers."""
    kept = (
        msgspec.structs.replace(each, layers=tuple(x for x in each.layers if x in layers))
        for each in coverage
    )
    return tuple(each for each in kept if each.layers)


def corpus_of(
    reading: Reading, name: str = "found", said_by: str = "the source"
) -> tuple[Corpus, AnnotationSet]:
    """Return what a reader finds as a corpus in memory, with one set, for a writer to write.

    The documents are as `newspan add` records them, unless newspan's own record came along; one
    with nothing but white space, which no corpus holds, has no chain. Outlets and targets are not
    there, so that it isn't fit for `check`: `newspan add` makes a corpus that is.

    Args:
        reading: what is found; its problems get what can't be recorded of a document.
        name: the corpus's and the set's.
        said_by: who says what is said of documents.
    """
    documents: list[Document] = []
    looked: list[Document] = []
    later: list[Document] = []
    texts: dict[str, str] = {}
    by_item: dict[str, list[AnyRecord]] = {}
    for found in reading.documents:
        document = found.document
        if document is None and paragraphs(found.text):
            document, _ = document_of(found, Place(found.name), said_by, reading.problems)
        document = document or bare_document(found)
        documents.append(document)
        looked += [document] if found.looked else []
        if found.looked and unsaid(reading, document, found):
            later.append(document)
        texts[document.id] = found.text
        by_item |= records_by_item(found, document)
    info = reading.info
    if info is not None:
        own = coverage_of(unmentioned(later, info.coverage), reading.layers)
        info = msgspec.structs.replace(info, coverage=info.coverage + own)
    info = info or SetInfo(
        name,
        Producer("import", name),
        NO_DAY,
        read_labels().sha256,
        coverage=coverage_of(looked, reading.layers),
    )
    chosen = AnnotationSet(info, placed_in(info.id, by_item))
    head = CorpusInfo(
        name=name,
        title=name,
        version="0.1.0",
        schema_version=SCHEMA_VERSION,
        description=name,
        languages=tuple(sorted({document.language for document in documents})),
        annotation_license="unknown",
        text_license="unknown",
    )
    corpus = Corpus(
        root=Path(),
        info=head,
        documents=tuple(documents),
        texts=texts,
        outlets={},
        targets={},
        labels=read_labels(),
        sets={info.id: chosen},
    )
    return corpus, chosen


def coverage_of(documents: Iterable[Document], layers: tuple[str, ...]) -> tuple[Coverage, ...]:
    """Return the coverage that says: all of every item was looked at, for these layers."""
    return tuple(
        Coverage(item.id, layers, tuple(sorted({zone.kind for zone in item.zones})))
        for document in documents
        for item in document.items
        if item.zones and layers
    )


def coverage_said(heads: Iterable[SetInfo], documents: Iterable[Document]) -> tuple[Coverage, ...]:
    """Return what heads say was looked at in documents."""
    items = {item.id for document in documents for item in document.items}
    said = (each for head in heads for each in head.coverage if each.item in items)
    return tuple(dict.fromkeys(said))


def unmentioned(documents: Iterable[Document], said: Iterable[Coverage]) -> list[Document]:
    """Return the documents of none of whose items a coverage says anything."""
    items = {each.item for each in said}
    return [each for each in documents if items.isdisjoint(item.id for item in each.items)]


def unsaid(reading: Reading, document: Document, found: Found) -> bool:
    """Tell whether no head says what was looked at in a document.

    A head speaks for the documents that were written with it: not for one that came to the folder
    later, nor for one whose items have become others.
    """
    if reading.info is None or found.document is None:
        return True
    return [each.id for each in document.items] != [each.id for each in found.document.items]


def records_by_item(found: Found, document: Document) -> dict[str, list[AnyRecord]]:
    """Return a document's records by the item that they begin in, else by the first item."""
    spans = {record.id: record for record in found.records if isinstance(record, Span)}
    by_item: dict[str, list[AnyRecord]] = {}
    for record in found.records:
        start = _start(record, spans)
        inside = (item.id for item in document.items if item.start <= start < item.end)
        first = document.items[0].id if document.items else document.id
        by_item.setdefault(next(inside, first), []).append(record)
    return by_item


def _start(record: AnyRecord, spans: dict[str, Span]) -> int:
    if isinstance(record, Span):
        return record.start
    parts = record.part_ids if isinstance(record, Attribution) else (record.from_id,)
    return min((spans[part].start for part in parts if part in spans), default=0)
