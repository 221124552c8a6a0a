"""Candidates for passages that say the same in other words, as two translations of a source do.

Nothing here asserts reuse: a pair is offered for a person to look at. The rule ranks by shared rare
words (TF-IDF over words and pairs of words, cosine; Salton and Buckley 1988, "Term-weighting
approaches in automatic text retrieval") and keeps pairs that prefer each other.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from newspan.corpus import Corpus
from newspan.model import Coverage, Producer, SetInfo, Span
from newspan.reuse.blocks import LAYER, BlockSet, Unit, units_of
from newspan.reuse.words import words_of
from newspan.text import sentences, trim

SET_ID = "parallels_v1"
# Least cosine of a candidate: low, since a person looks at each, and a wrong one costs a glance.
LEAST = 0.08
_CLAUSE = re.compile(r"(?<=;)\s+")
_MIN_WORDS = 6


class Pair(NamedTuple):
    """Two stretches, each (place in the list of stretches), and their cosine."""

    left: int
    right: int
    similarity: float


def parallel_candidates(corpus: Corpus, blocks: BlockSet, created: str) -> BlockSet:
    """Return candidates between items that have an ancestor in common, as a set.

    These are items of one lineage, in different documents, each with a `common_ancestor` in its
    chain. Stretches are sentences, cut at semicolons. What a block of `blocks` links already is
    left out. Every span is `unsure`, and its match `translation_parallel`.
    """
    units = units_of(corpus)
    spans: dict[str, list[Span]] = {}
    looked_at: list[Unit] = []
    linked = _linked(blocks)
    for index, left in enumerate(units):
        for right in units[index + 1 :]:
            if not _may_render_one_source(left, right):
                continue
            looked_at += [unit for unit in (left, right) if unit not in looked_at]
            for pair in _pairs(left, right, linked):
                for span in pair:
                    item = left.item.id if span.copy_role == "canonical" else right.item.id
                    spans.setdefault(item, []).append(span)
    for each in spans.values():
        each.sort(key=lambda span: (span.start, span.end, span.id))
    coverage = tuple(
        Coverage(unit.item.id, (LAYER,), tuple(dict.fromkeys(z.kind for z in unit.item.zones)))
        for unit in looked_at
    )
    info = SetInfo(
        id=SET_ID,
        producer=Producer("rule", "newspan duplicates", "1"),
        created=created,
        labels_sha256=corpus.labels.sha256,
        coverage=coverage,
        description=(
            "Candidates for a person: sentences of items with a common ancestor that may render "
            f"the same source sentence. Nothing is asserted. TF-IDF cosine of at least {LEAST}, "
            "mutually best; similarity is that cosine."
        ),
    )
    return BlockSet(info, spans)


def _may_render_one_source(left: Unit, right: Unit) -> bool:
    if left.document.id == right.document.id or left.document.lineage != right.document.lineage:
        return False
    chains = (left.item.chain, right.item.chain)
    return all(any(step.role == "common_ancestor" for step in chain) for chain in chains)


def _linked(blocks: BlockSet) -> set[tuple[str, str, int]]:
    """Return (cluster, item, character) of every character in a block."""
    return {
        (span.cluster or "", item, at)
        for item, spans in blocks.spans.items()
        for span in spans
        for at in range(span.start, span.end)
    }


def _stretches(unit: Unit) -> list[tuple[int, int]]:
    """Return sentences and their clauses between semicolons, as extents in the document."""
    found = []
    for zone in unit.item.zones:
        if zone.kind != "paragraph":
            continue
        text = unit.text[zone.start - unit.item.start : zone.end - unit.item.start]
        for start, end in sentences(text):
            cuts = [start, *(m.end() for m in _CLAUSE.finditer(text, start, end)), end]
            for left, right in pairwise(cuts):
                first, last = trim(text, left, right)
                if len(words_of(text[first:last]).values) >= _MIN_WORDS:
                    found.append((zone.start + first, zone.start + last))
    return found


def _pairs(left: Unit, right: Unit, linked: set[tuple[str, str, int]]) -> Iterable[list[Span]]:
    sides = [_stretches(unit) for unit in (left, right)]
    texts = [
        [unit.text[start - unit.item.start : end - unit.item.start] for start, end in side]
        for unit, side in zip((left, right), sides, strict=True)
    ]
    for pair in mutual_best(texts[0], texts[1]):
        extents = sides[0][pair.left], sides[1][pair.right]
        inside = [
            {cluster for cluster, item, at in linked if item == unit.item.id and start <= at < end}
            for unit, (start, end) in zip((left, right), extents, strict=True)
        ]
        if inside[0] & inside[1]:
            continue
        whole = f"{left.item.id} {extents[0]} {right.item.id} {extents[1]}"
        cluster = "t" + hashlib.sha256(whole.encode()).hexdigest()[:15]
        yield [
            Span(
                id=f"{cluster}-{number}",
                layer=LAYER,
                start=start,
                end=end,
                text=text,
                cluster=cluster,
                copy_role=role,
                match="translation_parallel",
                similarity=1.0 if role == "canonical" else round(pair.similarity, 4),
                scope="across",
                unsure=True,
            )
            for number, (role, (start, end), text) in enumerate(
                zip(
                    ("canonical", "copy"),
                    extents,
                    (texts[0][pair.left], texts[1][pair.right]),
                    strict=True,
                ),
                1,
            )
        ]


def mutual_best(left: Sequence[str], right: Sequence[str], least: float = LEAST) -> list[Pair]:
    """Return pairs of texts that are each other's most similar, by cosine of TF-IDF vectors.

    Weights are (1 + log tf) * log(n / df) over words and pairs of neighbouring words.
    """
    terms = [Counter(_terms(text)) for text in (*left, *right)]
    number = Counter(term for each in terms for term in each)
    vectors = [
        {
            term: (1 + math.log(count)) * math.log(len(terms) / number[term])
            for term, count in each.items()
        }
        for each in terms
    ]
    norms = [math.sqrt(sum(weight * weight for weight in vector.values())) for vector in vectors]
    scores = {}
    for i in range(len(left)):
        for j in range(len(right)):
            one, two = vectors[i], vectors[len(left) + j]
            product = sum(weight * two[term] for term, weight in one.items() if term in two)
            norm = norms[i] * norms[len(left) + j]
            scores[i, j] = product / norm if norm else 0.0
    found = []
    for (i, j), score in scores.items():
        row = max((scores[i, k], -k) for k in range(len(right)))
        column = max((scores[k, j], -k) for k in range(len(left)))
        if score >= least and row == (score, -j) and column == (score, -i):
            found.append(Pair(i, j, score))
    return found


def _terms(text: str) -> list[object]:
    values = words_of(text).values
    return [*values, *pairwise(values)]
