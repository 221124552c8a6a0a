"""Decide what is planted where: pure draws, before any text is read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reuse_bench.base import Ids, Ints

KINDS = ("pair", "within", "family", "boilerplate")
EDITS = (0.0, 0.05, 0.1, 0.2)
BOILERPLATE_EDITS = (0, 1)  # numbers of EDITS
SHORTEST, LONGEST = 15, 300  # words of a passage
DOCUMENTS_PER = {"pair": 6, "within": 20, "family": 60}
MEMBERS = (3, 9)  # documents of a family
COPIES = (150, 1000)  # of a boilerplate family in 10,000 documents or more
BOILERPLATE = 0.1  # copies per document


@dataclass(frozen=True, slots=True)
class Plan:
    """The passages (one per family) and their copies, sorted by document.

    Per family: `kind`, `edit` (numbers of KINDS and EDITS) and `words`. Per copy: `family`, `copy`
    (0 is verbatim) and `doc`.
    """

    kind: Ids
    edit: Ids
    words: Ids
    family: Ids
    copy: Ids
    doc: Ids


def plan(documents: int, seed: int) -> Plan:
    """Return what is planted in `documents` documents, at least 10.

    A pair per 6 documents, a repeat within one per 20, a family of 3-9 per 60 and boilerplate in
    about a tenth of them. Families of boilerplate have 150-1000 copies, or in less than 10,000
    documents that times documents / 10,000, but at least 10; none is over half of all boilerplate.
    """
    if documents < 10:
        raise ValueError("at least 10 documents are needed")
    rng = np.random.default_rng([seed, 1])
    sizes: list[int] = []
    kinds: list[int] = []
    docs: list[Ints] = []
    for kind, name in enumerate(KINDS):
        for copies in _sizes(name, documents, rng):
            if name == "within":
                chosen = np.repeat(rng.integers(documents), copies)
            else:
                chosen = rng.choice(documents, size=copies, replace=False)
            kinds.append(kind)
            sizes.append(copies)
            docs.append(chosen)
    families = len(kinds)
    kind_of = np.array(kinds, dtype=np.int32)
    edit = rng.integers(len(EDITS), size=families).astype(np.int32)
    boilerplate = np.flatnonzero(kind_of == KINDS.index("boilerplate"))
    edit[boilerplate] = np.resize(BOILERPLATE_EDITS, len(boilerplate))
    words = rng.integers(SHORTEST, LONGEST + 1, size=families).astype(np.int32)
    family = np.repeat(np.arange(families, dtype=np.int32), sizes)
    copy = np.concatenate([np.arange(number, dtype=np.int32) for number in sizes])
    doc = np.concatenate(docs).astype(np.int32)
    order = np.lexsort((rng.random(len(doc)), doc))  # which passage comes first in it is chance
    return Plan(kind_of, edit, words, family[order], copy[order], doc[order])


def _sizes(kind: str, documents: int, rng: np.random.Generator) -> list[int]:
    """Return the number of copies of each family of this kind."""
    if kind in ("pair", "within"):
        return [2] * max(1, documents // DOCUMENTS_PER[kind])
    if kind == "family":
        number = max(1, documents // DOCUMENTS_PER[kind])
        return [int(n) for n in rng.integers(MEMBERS[0], MEMBERS[1] + 1, size=number)]
    wanted = max(20, int(documents * BOILERPLATE))
    scale = min(1.0, documents / 10_000)
    least = max(10, int(COPIES[0] * scale))
    most = max(least, min(int(COPIES[1] * scale), wanted // 2))
    found: list[int] = []
    while len(found) < len(BOILERPLATE_EDITS) or sum(found) < wanted - least // 2:
        left = max(least, wanted - sum(found))
        found.append(min(int(rng.integers(least, most + 1)), left, documents))
    return found
