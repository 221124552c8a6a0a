"""Figures of a corpus and its sets: each as a picture, and as the table behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from newspan.agreement.copies import pairs
from newspan.agreement.report import Report
from newspan.corpus import AnnotationSet, Corpus
from newspan.model import Producer, SetInfo
from newspan.reuse.parameters import SET_ID
from newspan.viewer.figures import (
    agreement,
    density,
    labels,
    lengths,
    reuse,
    sets,
    sources,
    techniques,
    voices,
)
from newspan.viewer.figures.basis import LAYERS, Basis
from newspan.viewer.figures.table import Figure

_OF_ONE_SET: tuple[Callable[[Basis], Figure], ...] = (
    labels.figure,
    techniques.by_origin,
    techniques.by_page,
    techniques.by_voice,
    voices.figure,
    sources.figure,
    sources.names,
    lengths.figure,
    density.figure,
    reuse.figure,
)
#: Told the stage, the steps done and the steps in all.
Progress = Callable[[str, int, int | None], None]
_NO_SET = AnnotationSet(SetInfo("none", Producer("rule", "nobody"), "", ""), ())


def figures(
    corpus: Corpus,
    set_ids: Sequence[str],
    report: Report | None = None,
    progress: Progress | None = None,
) -> list[dict[str, Any]]:
    """Return the viewer's payload `figures`.

    Counted is the first set that holds claims, attributions or loaded language. Copies are told
    apart by the first set that holds duplicate blocks which are surely copies, or else by
    `reuse_v1`. One figure has all sets side by side, if they are two or more.

    Args:
        corpus: the corpus.
        set_ids: the sets that are viewed, in their order.
        report: how far the compared sets agree, if any are compared.
        progress: told the stage, the figures done and the figures in all.

    Returns:
        Per figure `id`, `title`, `about`, `svg` (a whole document), `head` and `rows`. The numbers
        in a picture stand in its table. The same corpus gives the same bytes.
    """
    blocks = _blocks(corpus, set_ids)
    annotated = [
        corpus.sets[each]
        for each in set_ids
        if each in corpus.sets and any(map(corpus.sets[each].holds, LAYERS))
    ]
    bases = [Basis(corpus, chosen, blocks) for chosen in annotated or [_NO_SET]]
    makers = [partial(make, bases[0]) for make in _OF_ONE_SET]
    if len(bases) > 1:
        makers.append(partial(sets.figure, bases))
    makers.append(partial(agreement.figure, bases[0], report))
    found = []
    for number, make in enumerate(makers, 1):
        found.append(make().to_json())
        if progress is not None:
            progress("drawing figures", number, len(makers))
    return found


def _blocks(corpus: Corpus, set_ids: Sequence[str]) -> AnnotationSet | None:
    named = [corpus.sets[each] for each in (*set_ids, SET_ID) if each in corpus.sets]
    computed = [chosen for chosen in named if chosen.holds("duplicate_block")]
    usual = next((chosen for chosen in computed if chosen.info.id == SET_ID), None)
    return next((chosen for chosen in computed if pairs(chosen)), usual)
