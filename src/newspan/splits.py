"""Splits that do not leak: documents of one lineage are never separated."""

from __future__ import annotations

import hashlib
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


#: Lineages that a corpus must have before parts of it are held out.
MIN_LINEAGES = 50
_HELD_OUT = ("test", "validation")


def splits(documents: Iterable[Document]) -> dict[str, str]:
    """Return each document's split: train, validation or test, about 8 : 1 : 1 of the lineages.

    A lineage's split follows from the SHA-256 of its id alone, so that what is added later moves
    nothing. A corpus of fewer than `MIN_LINEAGES` lineages is all train: evaluate it by `folds`.
    """
    documents = list(documents)
    enough = len({document.lineage for document in documents}) >= MIN_LINEAGES
    return {each.id: _split(each.lineage) if enough else "train" for each in documents}


def _split(lineage: str) -> str:
    tenth = int.from_bytes(hashlib.sha256(lineage.encode()).digest()) % 10
    return _HELD_OUT[tenth] if tenth < len(_HELD_OUT) else "train"
