"""The text that a reference looked at, and what a prediction says of it.

Views are those of agreement (`newspan.agreement.units`), with one difference: compared is all that
the reference looked at, whether the prediction says that it looked there or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from newspan.agreement.matching import Unit
from newspan.agreement.units import ItemView, View, view, words_in_view
from newspan.corpus import AnnotationSet, Corpus
from newspan.derive import Voices
from newspan.reuse.words import words_of

Array = Any

LINEAGE, DOCUMENT = "lineage", "document"
REFERENCE, PREDICTED = 0, 1


class Text(NamedTuple):
    """What is compared: a view of the reference and the prediction, and its groups' names.

    The view's groups are lineages or documents. `words` has, item by item, the extents of words in
    view; `lineages` the lineage of each item.
    """

    view: View
    groups: tuple[str, ...]
    group: Array
    words: tuple[Array, ...]
    lineages: tuple[str, ...]


class Side(NamedTuple):
    """One side's spans, item by item in text order, with voices and surfaces if they have any.

    `voices` and `surfaces` have one entry per span, in the same order.
    """

    name: str
    units: tuple[tuple[Unit, ...], ...]
    voices: tuple[str, ...] = ()
    surfaces: tuple[tuple[str, str], ...] = ()


def text_of(
    reference: AnnotationSet,
    predicted: AnnotationSet,
    corpus: Corpus,
    layer: str,
    blocks: AnnotationSet | None,
    by: str,
    *,
    with_copies: bool = True,
) -> Text:
    """Return what the reference looked at for a layer, and both sets' spans there.

    Args:
        reference: the set that the prediction is held against.
        predicted: the prediction.
        corpus: the corpus of both.
        layer: claim, attribution or loaded_language.
        blocks: a set with the layer duplicate_block, or None.
        by: lineage or document: what the bootstrap draws.
        with_copies: False to leave out the text of copies.
    """
    import numpy as np

    alike = msgspec.structs.replace(predicted.info, coverage=reference.info.coverage)
    sets = (reference, msgspec.structs.replace(predicted, info=alike))
    found = view(sets, corpus, layer, blocks, with_copies=with_copies)
    lineages = tuple(corpus.items[item.item][0].lineage for item in found.items)
    names = lineages if by == LINEAGE else tuple(item.document for item in found.items)
    groups = tuple(sorted(set(names)))
    number = {name: place for place, name in enumerate(groups)}
    group = [number[name] for name in names]
    items = tuple(_regrouped(*pair) for pair in zip(found.items, group, strict=True))
    words = {item.document: words_of(corpus.texts[item.document]) for item in items}
    return Text(
        found._replace(items=items, groups=len(groups)),
        groups,
        np.array(group, dtype=np.int64),
        tuple(
            _words(item, words[item.document].starts, words[item.document].ends) for item in items
        ),
        lineages,
    )


def _regrouped(item: ItemView, group: int) -> ItemView:
    return item._replace(
        stretches=tuple(each._replace(group=group) for each in item.stretches),
        spans=tuple(tuple(p._replace(group=group) for p in spans) for spans in item.spans),
    )


def _words(item: ItemView, starts: Sequence[int], ends: Sequence[int]) -> Array:
    import numpy as np

    found = np.array(words_in_view(item, starts, ends), dtype=np.int64).reshape(-1, 3)
    return found[:, :2]


def side(text: Text, index: int, corpus: Corpus, reference: AnnotationSet) -> Side:
    """Return one side of a view, with whose voice its spans are in by the reference.

    Args:
        text: the view.
        index: REFERENCE or PREDICTED.
        corpus: the corpus.
        reference: the set whose attributions tell the voice; "" where it did not look for them.
    """
    voices: list[str] = []
    surfaces = []
    for view_of_item in text.view.items:
        document, item = corpus.items[view_of_item.item]
        known = Voices(
            corpus.texts[document.id],
            item,
            reference.spans,
            reference.attributions_in.get(item.id, ()),
        )
        for placed in view_of_item.spans[index]:
            start, end = placed.span.start, placed.span.end
            zone = item.zone_of(start, end)
            looked = zone and (item.id, "attribution", zone.kind) in reference.looked_at
            voices.append(known.voice(start, end) if looked else "")
            surfaces.append((placed.unit.label, " ".join(placed.span.text.casefold().split())))
    return Side(
        text.view.sets[index],
        tuple(tuple(p.unit for p in item.spans[index]) for item in text.view.items),
        tuple(voices) if text.view.layer != "attribution" else (),
        tuple(surfaces),
    )


def not_looked_at(text: Text, corpus: Corpus, predicted: AnnotationSet) -> int:
    """Return how many characters in view the prediction does not say that it looked at."""
    found = 0
    for view_of_item in text.view.items:
        item = corpus.items[view_of_item.item][1]
        for stretch in view_of_item.stretches:
            zone = item.zone_of(stretch.start, stretch.end)
            kind = zone.kind if zone is not None else ""
            if (item.id, text.view.layer, kind) not in predicted.looked_at:
                found += stretch.end - stretch.start
    return found
