"""Rows of the config `documents`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from newspan.corpus import Corpus
from newspan.model import Assertion, Evidence, Item
from newspan.release.tables.common import Row


def document_rows(corpus: Corpus, fold_of: Mapping[str, int]) -> Iterator[Row]:
    """Yield one row per document, by id, with the fold of each."""
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


def _assertion(name: str, assertion: Assertion) -> Row:
    return {
        name: assertion.value,
        f"{name}_confidence": assertion.confidence,
        f"{name}_evidence": _evidence(assertion.evidence),
        f"{name}_note": assertion.note,
    }


def _item(item: Item) -> Row:
    return {
        "item_id": item.id,
        "start": item.start,
        "end": item.end,
        **_assertion("title", item.title),
        "authors": [
            {
                "name": author.value,
                "confidence": author.confidence,
                "evidence": _evidence(author.evidence),
                "note": author.note,
            }
            for author in item.authors
        ],
        **_assertion("published", item.published),
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
            **_assertion("language", step.language),
            **_assertion("published", step.published),
            **_assertion("url", step.url),
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
            "assessor_note": assessor.note,
            "assessed_on": assessor.date,
            "human_verified": item.partisanship.human_verified,
        }


def _perspectives(item: Item) -> Row:
    return {
        "item_id": item.id,
        **_assertion("right_of_reply", item.partisanship.right_of_reply),
        "missing": list(item.partisanship.missing_perspectives),
    }
