"""Splits that do not leak: documents of one lineage are never separated."""

from __future__ import annotations

from collections.abc import Iterable

from newspan.model import Document


def folds(documents: Iterable[Document]) -> dict[str, int]:
    """Return each document's fold, for evaluation that leaves one lineage out.

    Folds count from 0 in the order in which lineages first appear, documents sorted by id, so that
    new documents whose ids sort behind the others leave those folds as they were.
    """
    documents = sorted(documents, key=lambda document: document.id)
    ranks: dict[str, int] = {}
    for document in documents:
        ranks.setdefault(document.lineage, len(ranks))
    return {document.id: ranks[document.lineage] for document in documents}
