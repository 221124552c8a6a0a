"""What a page knows before it has loaded any part: the head, with its lists of items and sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

from newspan.corpus import AnnotationSet, Corpus
from newspan.model import Document, Item
from newspan.viewer.data.chosen import Chosen

#: In the order in which they are shown.
LAYERS = ("claim", "attribution", "loaded_language", "duplicate_block")

_JSON = dict[str, Any]


def head(
    corpus: Corpus,
    chosen: Chosen,
    *,
    parts: Literal["inline", "beside"],
    release: str | None,
    names: Sequence[str],
    search: Sequence[str] = (),
) -> _JSON:
    """Return the payload HEAD.

    Args:
        corpus: the corpus.
        chosen: which of its sets are viewed, and compared.
        parts: whether parts stand in the page itself or in files beside it.
        release: the name of the release that the corpus was read from; None for a corpus.
        names: the parts that there are beside those of items.
        search: the names of the parts that search goes through.

    Returns:
        `items` is a list of them; where parts stand beside the page, and items may be thousands,
        it has a list for each of their fields, and core.js makes items of that.
    """
    info = corpus.info
    counted = {set_id: _counts(corpus.sets[set_id]) for set_id in chosen.shown}
    items = [_item(corpus, document, item, counted) for document, item in items_of(corpus)]
    return {
        "parts": parts,
        "corpus": {
            "name": info.name,
            "title": info.title,
            "version": info.version,
            "description": info.description,
            "content_warning": info.content_warning,
            "annotation_license": info.annotation_license,
            "text_license": info.text_license,
            "contact": info.contact,
        },
        "release": release,
        "primary": chosen.primary,
        "sets": [_set(corpus.sets[set_id]) for set_id in chosen.shown],
        "compared": list(chosen.compared) if "comparison" in names else [],
        "reuse": "reuse" in names,
        "figures": "figures" in names,
        "labels": [
            {
                "id": label.id,
                "layer": label.layer,
                "attribute": label.attribute,
                "title": label.title,
                "definition": label.definition,
            }
            for label in corpus.labels.labels
        ],
        "targets": {
            target.id: {
                "title": target.title,
                "kind": target.kind,
                "description": target.description,
            }
            for target in corpus.targets.values()
        },
        "outlets": {outlet.id: outlet.to_json() for outlet in corpus.outlets.values()},
        "items": items if parts == "inline" else columns(items, chosen.shown),
        "search": list(search),
        "withdrawn": [
            {"item": each.item, "date": each.date, "reason": each.reason}
            for each in corpus.withdrawn
        ],
    }


def items_of(corpus: Corpus) -> list[tuple[Document, Item]]:
    """Return every item with its document, in the order of the corpus."""
    return [(document, item) for document in corpus.documents for item in document.items]


#: Steps of a chain that the text did not come through: it reports them, or has a parent with them.
_ONLY_NAMED = ("quoted_source", "common_ancestor")


def columns(items: Sequence[_JSON], set_ids: Sequence[str]) -> _JSON:
    """Return items by field: a list for each, and in `counts` one for each set and layer.

    There, -1 stands for an item that the set did not look at.
    """
    names = items[0] if items else ()
    counts: dict[str, dict[str, list[int]]] = {}
    for set_id in set_ids:
        for layer in LAYERS:
            found = [item["counts"].get(set_id, {}).get(layer, -1) for item in items]
            if max(found, default=-1) >= 0:
                counts.setdefault(set_id, {})[layer] = found
    return {**{name: [item[name] for item in items] for name in names}, "counts": counts}


def _set(chosen: AnnotationSet) -> _JSON:
    info = chosen.info
    producer = {"kind": info.producer.kind, "name": info.producer.name}
    if info.producer.version is not None:
        producer["version"] = info.producer.version
    there = {span.layer for span in chosen.spans.values()}
    found = {
        "id": info.id,
        "producer": producer,
        "by": list(info.producer.by),
        "created": info.created,
        "guidelines_version": info.guidelines_version,
        "description": info.description,
        "layers": [each for each in LAYERS if chosen.holds(each) or each in there],
        "spans": len(chosen.spans),
        "records": chosen.number,
        "verified": chosen.verified,
    }
    return {key: value for key, value in found.items() if value is not None}


def _item(
    corpus: Corpus, document: Document, item: Item, counted: dict[str, dict[str, dict[str, int]]]
) -> _JSON:
    return {
        "id": item.id,
        "doc": document.id,
        "title": item.title.value,
        "opening": None if item.title.value else _opening(corpus, document, item),
        "language": document.language,
        "published": item.published.value,
        "outlets": [step.outlet for step in item.chain if step.role not in _ONLY_NAMED],
        "origins": [step.outlet for step in item.chain if step.role == "original_publisher"],
        "characters": item.end - item.start,
        "counts": {each: found[item.id] for each, found in counted.items() if item.id in found},
    }


def _opening(corpus: Corpus, document: Document, item: Item) -> str:
    """Return how an item without a title begins, on one line."""
    first = next((zone for zone in item.zones if zone.kind == "paragraph"), item)
    text = corpus.texts[document.id][first.start : min(first.end, first.start + 200)]
    return " ".join(text.split())[:80]


def _counts(chosen: AnnotationSet) -> dict[str, dict[str, int]]:
    """Return a set's spans by item id and layer: 0 where it looked and found none."""
    looked: dict[str, set[str]] = {}
    for coverage in chosen.info.coverage:
        looked.setdefault(coverage.item, set()).update(coverage.layers)
    counts = {}
    for item_id in {**looked, **chosen.spans_in}:
        found = Counter(span.layer for span in chosen.spans_in.get(item_id, ()))
        there = looked.get(item_id, set()) | found.keys()
        counts[item_id] = {layer: found[layer] for layer in LAYERS if layer in there}
    return counts
