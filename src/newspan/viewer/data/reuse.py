"""Passages that texts share, as the view `reuse` reads them: clusters, members, alignment."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from newspan.corpus import AnnotationSet, Corpus
from newspan.model import Span
from newspan.reuse.blocks import LAYER, main_zone
from newspan.reuse.copied import joined
from newspan.reuse.parallels import SET_ID as PARALLELS
from newspan.reuse.parameters import SET_ID as BLOCKS

#: The match of candidates for parallel translations: for a person to judge, and without runs.
CANDIDATE = "translation_parallel"

_JSON = dict[str, Any]


def reuse(corpus: Corpus, set_ids: Collection[str]) -> _JSON | None:
    """Return the viewer's payload `reuse`, or None where no set has duplicate blocks.

    Blocks come from one set, candidates for parallel translations from one: of those named, if
    they hold any, else `reuse_v1` and `parallels_v1`, else the first that does.

    Args:
        corpus: the corpus.
        set_ids: the sets that are viewed.

    Returns:
        `set`, `clusters` and `parallels` (each with its members, the canonical one first, then in
        file order; those with most characters first), `candidates` (the set of `parallels`, or
        None) and `items`: of every item where it starts, how many characters it has, how many of
        them stand in copies, and how many in any member. Offsets are code points in documents,
        alignment is `[start, end, canonical_start, canonical_end]`.
    """
    blocks = _chosen(corpus, set_ids, BLOCKS, candidates=False)
    candidates = _chosen(corpus, set_ids, PARALLELS, candidates=True)
    if blocks is None and candidates is None:
        return None
    return {
        "set": blocks.info.id if blocks else None,
        "clusters": _clusters(corpus, blocks, candidates=False) if blocks else [],
        "candidates": candidates.info.id if candidates else None,
        "parallels": _clusters(corpus, candidates, candidates=True) if candidates else [],
        "items": _items(corpus, blocks),
    }


def _spans(chosen: AnnotationSet, item_id: str, *, candidates: bool) -> list[Span]:
    """Return the blocks of an item that are candidates for translations, or those that are not."""
    return [
        span
        for span in chosen.spans_in.get(item_id, ())
        if span.layer == LAYER
        and span.cluster is not None
        and (span.match == CANDIDATE) is candidates
    ]


def _chosen(
    corpus: Corpus, set_ids: Collection[str], usual: str, *, candidates: bool
) -> AnnotationSet | None:
    ids = sorted(corpus.sets, key=lambda each: (each not in set_ids, each != usual, each))
    for chosen in map(corpus.sets.__getitem__, ids):
        if any(_spans(chosen, item, candidates=candidates) for item in corpus.items):
            return chosen
    return None


def _clusters(corpus: Corpus, chosen: AnnotationSet, *, candidates: bool) -> list[_JSON]:
    found: dict[str, list[_JSON]] = {}
    scopes: dict[str, str | None] = {}
    for item_id, (document, item) in corpus.items.items():
        for span in _spans(chosen, item_id, candidates=candidates):
            zone = main_zone(item, span.start, span.end)
            member = {
                "id": span.id,
                "item": item_id,
                "doc": document.id,
                "start": span.start,
                "end": span.end,
                "role": span.copy_role,
                "match": span.match,
                "similarity": span.similarity,
                "zone": zone.kind if zone else None,
                "alignment": [
                    [run.start, run.end, run.canonical_start, run.canonical_end]
                    for run in span.alignment or ()
                ],
            }
            found.setdefault(str(span.cluster), []).append(member)
            scopes.setdefault(str(span.cluster), span.scope)
    clusters = [
        {
            "id": name,
            "match": _match(members),
            "scope": scopes[name],
            "members": sorted(members, key=lambda each: each["role"] != "canonical"),
        }
        for name, members in found.items()
    ]
    return sorted(clusters, key=lambda each: (-_characters(each["members"]), each["id"]))


def _match(members: Iterable[_JSON]) -> str:
    """Return the weakest match of a cluster's members."""
    found = {member["match"] for member in members}
    return next(each for each in (CANDIDATE, "near", "exact") if each in found)


def _characters(members: Iterable[_JSON]) -> int:
    return sum(member["end"] - member["start"] for member in members)


def _items(corpus: Corpus, blocks: AnnotationSet | None) -> list[_JSON]:
    found = []
    for item_id, (_, item) in corpus.items.items():
        spans = _spans(blocks, item_id, candidates=False) if blocks else []
        found.append(
            {
                "id": item_id,
                "start": item.start,
                "characters": item.end - item.start,
                "copied": _covered(span for span in spans if span.copy_role == "copy"),
                "shared": _covered(spans),
            }
        )
    return found


def _covered(spans: Iterable[Span]) -> int:
    """Return how many characters stand in spans, each counted once."""
    return sum(end - start for start, end in joined((span.start, span.end) for span in spans))
