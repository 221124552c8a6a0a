"""Splits that do not leak: documents of one lineage are never separated."""

from __future__ import annotations

from collections.abc import Iterable

from newspan.model import Document


def folds(documents: Iterable[Document]) -> dict[str, int]:
    """Return each document's fold, for evaluation that leaves one lineage out.

    A fold is the rank, from 0, of the document's lineage among the corpus's lineage ids.
    """
    documents = list(documents)
    ranks = {lineage: rank for rank, lineage in enumerate(sorted({d.lineage for d in documents}))}
    return {document.id: ranks[document.lineage] for document in documents}
