"""From a corpus to documents as writers take them, and from documents found to a corpus in memory.

What a format has no place for at all, whoever's it is, is what newspan records of a document and
of a set's making; it stays beside: see `beside`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.write import placed_in
from newspan.exchange.shapes import Found, Reading
from newspan.model import (
    AnyRecord,
    Assertion,
    Assessor,
    Attribution,
    CorpusInfo,
    Coverage,
    Document,
    Evidence,
    Item,
    Partisanship,
    Producer,
    SetInfo,
    Span,
    Zone,
)
from newspan.schema import SCHEMA_VERSION, read_labels
from newspan.text import paragraphs

_UNKNOWN = Assertion(None, (Evidence("unknown"),))
#: The day of a set whose making nobody dated: no clock is read, so that the same gives the same.
_NO_DAY = "1970-01-01"


def documents_of(corpus: Corpus, chosen: AnnotationSet) -> tuple[Found, ...]:
    """Return a corpus's documents with one set's records, by id."""
    records: dict[str, list[AnyRecord]] = {}
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
        )
        for document in sorted(corpus.documents, key=lambda document: document.id)
    )


def bare_document(found: Found) -> Document:
    """Return the record of a document of which nothing is known: one item, zones by its lines."""
    zones = tuple(Zone(start, end, "paragraph") for start, end in paragraphs(found.text))
    item = Item(
        id=found.id,
        start=0,
        end=len(found.text),
        title=_UNKNOWN,
        authors=(),
        published=_UNKNOWN,
        zones=zones,
        chain=(),
        partisanship=Partisanship((), _UNKNOWN, (), Assessor("rule", "nobody", _NO_DAY)),
    )
    return Document(
        id=found.id,
        file=f"{found.id}.txt",
        sha256=hashlib.sha256(found.raw).hexdigest(),
        language=found.language,
        lineage=found.lineage or found.id,
        items=(item,) if found.text else (),
    )


def corpus_of(reading: Reading, name: str = "found") -> tuple[Corpus, AnnotationSet]:
    """Return what a reader finds as a corpus in memory, with one set, for a writer to write.

    The documents are those that `bare_document` makes, unless newspan's own record came along. It
    isn't fit for `check`: `newspan add` makes a corpus that is.
    """
    documents: list[Document] = []
    looked: list[Document] = []
    texts: dict[str, str] = {}
    by_item: dict[str, list[AnyRecord]] = {}
    for found in reading.documents:
        document = found.document or bare_document(found)
        documents.append(document)
        looked += [document] if found.looked else []
        texts[document.id] = found.text
        by_item |= records_by_item(found, document)
    info = reading.info or SetInfo(
        name,
        Producer("import", name),
        _NO_DAY,
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
