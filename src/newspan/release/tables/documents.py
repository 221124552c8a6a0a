"""Rows of the config `documents`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from newspan.corpus import Corpus
from newspan.model import Evidence, Item
from newspan.release.tables.common import Row
from newspan.splits import folds


def document_rows(corpus: Corpus) -> Iterator[Row]:
    """Yield one row per document, by id."""
    fold_of = folds(corpus.documents)
    for document in sorted(corpus.documents, key=lambda d: d.id):
        yield {
            "doc_id": document.id,
            "text": corpus.texts[document.id],
            "sha256": document.sha256,
            "file": document.file,
            "language": document.language,
            "lineage": document.lineage,
            "fold": fold_of[document.id],
            "note": document.note,
            "items": [_item(item) for item in document.items],
            "zones": [
                {"item_id": item.id, **zone.to_json()}
                for item in document.items
                for zone in item.zones
            ],
            "provenance": [row for item in document.items for row in _chain(item, corpus)],
            "partisanship": [row for item in document.items for row in _stances(item)],
            "perspectives": [_perspectives(item) for item in document.items],
        }


def _evidence(evidence: Iterable[Evidence]) -> list[Row]:
    return [one.to_json() for one in evidence]


def _item(item: Item) -> Row:
    return {
        "item_id": item.id,
        "start": item.start,
        "end": item.end,
        "title": item.title.value,
        "title_confidence": item.title.confidence,
        "title_evidence": _evidence(item.title.evidence),
        "authors": [
            {
                "name": author.value,
                "confidence": author.confidence,
                "evidence": _evidence(author.evidence),
                "note": author.note,
            }
            for author in item.authors
        ],
        "published": item.published.value,
        "published_confidence": item.published.confidence,
        "published_evidence": _evidence(item.published.evidence),
        "note": item.note,
    }


def _chain(item: Item, corpus: Corpus) -> Iterator[Row]:
    for number, step in enumerate(item.chain):
        outlet = corpus.outlets[step.outlet]
        yield {
            "item_id": item.id,
            "step": number,
            "outlet_id": step.outlet,
            "outlet": outlet.name,
            "affiliation": outlet.affiliation.value,
            "affiliation_contested": outlet.contested,
            "role": step.role,
            "confidence": step.confidence,
            "evidence": _evidence(step.evidence),
            "language": step.language.value,
            "language_evidence": _evidence(step.language.evidence),
            "published": step.published.value,
            "published_evidence": _evidence(step.published.evidence),
            "url": step.url.value,
            "url_evidence": _evidence(step.url.evidence),
            "note": step.note,
        }


def _stances(item: Item) -> Iterator[Row]:
    assessor = item.partisanship.assessor
    for stance in item.partisanship.stance:
        yield {
            "item_id": item.id,
            "target": stance.target,
            "polarity": stance.polarity,
            "confidence": stance.confidence,
            "evidence": _evidence(stance.evidence),
            "note": stance.note,
            "assessor": assessor.name,
            "assessor_kind": assessor.kind,
            "assessed_on": assessor.date,
            "human_verified": item.partisanship.human_verified,
        }


def _perspectives(item: Item) -> Row:
    reply = item.partisanship.right_of_reply
    return {
        "item_id": item.id,
        "right_of_reply": reply.value,
        "right_of_reply_confidence": reply.confidence,
        "right_of_reply_evidence": _evidence(reply.evidence),
        "missing": list(item.partisanship.missing_perspectives),
    }
