"""An item as a Label Studio task."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from newspan.corpus import AnnotationSet, Corpus
from newspan.labelstudio.regions import to_results
from newspan.model import AnyRecord, Attribution, Span

#: The key of ours in a task's `meta`.
META = "newspan"


def make_task(
    corpus: Corpus,
    item_id: str,
    *,
    campaign: str,
    layers: Sequence[str],
    prediction: AnnotationSet | None = None,
    annotation: AnnotationSet | None = None,
) -> dict[str, Any]:
    """Return an item as a task: its slice of the document's text, hashes, and what a set says.

    Args:
        corpus: the corpus, with the item's document.
        item_id: the item.
        campaign: the campaign's name.
        layers: those to be annotated; a set's records of other layers are left out.
        prediction: a set to start from, shown as a prediction.
        annotation: a set to go on with, as an annotation; at most one of the two.

    Raises:
        ValueError: when the item is unknown, or both sets are given.
    """
    if prediction is not None and annotation is not None:
        raise ValueError("a task starts from a prediction or from an annotation, not from both")
    if item_id not in corpus.items:
        raise ValueError(f"the corpus has no item {item_id!r}")
    document, item = corpus.items[item_id]
    text = corpus.texts[document.id][item.start : item.end]
    ours: dict[str, Any] = {"layers": list(layers)}
    task: dict[str, Any] = {
        "data": {
            "text": text,
            "title": item.title.value or item_id,
            "item_id": item_id,
            "doc_id": document.id,
            "base": item.start,
            "text_sha256": text_sha256(text),
            "document_sha256": document.sha256,
            "campaign": campaign,
        },
        "meta": {META: ours},
    }
    chosen = prediction or annotation
    if chosen is None:
        return task
    origin = "prediction" if prediction is not None else "manual"
    records = records_of(chosen, item_id, layers)
    results, carried = to_results(records, text, item.start, origin=origin)
    ours |= {"set": chosen.info.id, "carried": carried}
    if prediction is not None:
        task["predictions"] = [{"model_version": chosen.info.id, "result": results}]
    else:
        # Label Studio takes an imported annotation for a ground truth unless it is told otherwise.
        task["annotations"] = [{"ground_truth": False, "result": results}]
    return task


def records_of(chosen: AnnotationSet, item_id: str, layers: Sequence[str]) -> list[AnyRecord]:
    """Return a set's records of one item in some layers; links between claims are of theirs."""

    def layer(record: AnyRecord) -> str:
        if isinstance(record, Span):
            return record.layer
        return "attribution" if isinstance(record, Attribution) else "claim"

    here = (placed.record for placed in chosen.records if placed.item_id == item_id)
    return [record for record in here if layer(record) in layers]


def text_sha256(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes; a text that UTF-8 can't hold has one too."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
