"""A person's review of a set: which items were read whole, with the records that are there now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from newspan.adjudication.units import LAYERS, canonical
from newspan.corpus import AnnotationSet, Corpus
from newspan.model import AnyRecord, Coverage, Link
from newspan.problems import Place, Problem

# What says how a record came about, not what it says.
_HISTORY = frozenset({"decision", "human_verified"})


def digest(item_id: str, records: Iterable[AnyRecord], corpus: Corpus) -> str:
    """Return the SHA-256 of an item's text and records, in whatever order these are."""
    document, item = corpus.items[item_id]
    said = [
        {key: value for key, value in canonical(record).items() if key not in _HISTORY}
        for record in records
    ]
    text = corpus.texts[document.id][item.start : item.end]
    lines = sorted(json.dumps(each, ensure_ascii=False, sort_keys=True) for each in said)
    return hashlib.sha256("\n".join([item_id, text, *lines]).encode()).hexdigest()


def verified(
    records: Mapping[str, Sequence[AnyRecord]],
    reviews: Sequence[tuple[dict[str, Any], Place]],
    corpus: Corpus,
) -> tuple[dict[str, list[AnyRecord]], list[Problem]]:
    """Return the records of the items that were reviewed as they are, marked as human-verified.

    Args:
        records: by item, after all amendments.
        reviews: the lines of reviews, and where they stand.
        corpus: the corpus.

    Returns:
        The records by item, an empty list for a reviewed item without any; and a problem for each
        review of an item that is no longer as it was read, unless a later one covers it.
    """
    found: dict[str, list[AnyRecord]] = {}
    stale: dict[str, Problem] = {}
    for line, place in reviews:
        item = line["item"]
        if item not in corpus.items:
            message = f"no document has an item {item!r}"
            stale[item] = Problem("review-stale", place.at("/item"), message)
        elif digest(item, records.get(item, ()), corpus) == line["digest"]:
            found[item] = [
                msgspec.structs.replace(each, human_verified=True) for each in records.get(item, ())
            ]
        else:
            message = f"the text or the records of {item} are no longer those that were read"
            stale[item] = Problem("review-stale", place.at("/digest"), message)
    in_order = {item: found[item] for item in corpus.items if item in found}
    return in_order, [problem for item, problem in stale.items() if item not in found]


def without_unread(
    found: Mapping[str, Sequence[AnyRecord]],
) -> tuple[dict[str, list[AnyRecord]], int]:
    """Return the records without links to items that nobody has read, and the number of these."""
    known = {record.id for records in found.values() for record in records}
    kept = {
        item: [each for each in own if not isinstance(each, Link) or each.to_id in known]
        for item, own in found.items()
    }
    return kept, sum(map(len, found.values())) - sum(map(len, kept.values()))


def misplaced(reviews: Sequence[tuple[dict[str, Any], Place]]) -> list[Problem]:
    """Return a problem for each review where several sets are compared, and none is reviewed."""
    message = "several sets are compared here: what somebody read is the result of none of them"
    return [Problem("review-stale", place, message) for _, place in reviews]


def reviewable(one: AnnotationSet, corpus: Corpus) -> tuple[Coverage, ...]:
    """Return what of a set's coverage a person can review: all but duplicate blocks."""
    found = []
    for each in one.info.coverage:
        layers = tuple(layer for layer in each.layers if layer in LAYERS)
        if layers and each.item in corpus.items:
            found.append(msgspec.structs.replace(each, layers=layers))
    return tuple(found)
