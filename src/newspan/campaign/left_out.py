"""Which items are copied so far that annotating them would be doing the same work again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence

from newspan.campaign.state import LeftOut
from newspan.corpus import AnnotationSet, Corpus
from newspan.reuse.copied import Cell, Copies
from newspan.reuse.words import words_of


def left_out(
    corpus: Corpus,
    blocks: AnnotationSet,
    items: Sequence[str],
    layers: Sequence[str],
    zones: Sequence[str],
    share: float,
    keep: Collection[str] = (),
) -> tuple[LeftOut, ...]:
    """Return the items of which at least a share is copied from items that stay.

    The share is that of characters in copied words among those in all words of the zones that are
    looked at. What is copied is identical to its canonical passage, as projection needs it.

    Args:
        corpus: the corpus.
        blocks: the set with the duplicate blocks.
        items: the campaign's items.
        layers: what is annotated.
        zones: kinds of zones that are looked at.
        share: the least copied share, above 0 and at most 1.
        keep: items that stay, whatever they are.
    """
    free = [item for item in items if item not in keep]
    found = _shares(corpus, blocks, items, free, layers[0], zones)
    gone = {item for item, its in found.items() if its >= share}
    # What one that is left out has of its own can't be carried from there: look again without it.
    rest = [item for item in items if item not in gone]
    found = _shares(corpus, blocks, rest, sorted(gone), layers[0], zones)
    lengths = {name: item.end - item.start for name, (_, item) in corpus.items.items()}
    return tuple(
        LeftOut(item, lengths[item], round(found[item], 4))
        for item in items
        if item in found and found[item] >= share
    )


def _shares(
    corpus: Corpus,
    blocks: AnnotationSet,
    sources: Sequence[str],
    items: Sequence[str],
    layer: str,
    zones: Sequence[str],
) -> dict[str, float]:
    """Return the copied share of items, counting what is copied from the sources."""
    cells: set[Cell] = {(item, layer, zone) for item in sources for zone in zones}
    copies = Copies(blocks, corpus, cells)
    found: dict[str, float] = {}
    for name in items:
        document, item = corpus.items[name]
        words = words_of(corpus.texts[document.id])
        copied = total = 0
        for zone in item.zones:
            if zone.kind not in zones:
                continue
            for index in range(bisect_left(words.starts, zone.start), len(words.starts)):
                start, end = words.starts[index], words.ends[index]
                if end > zone.end:
                    break
                total += end - start
                copied += (end - start) * copies.cover(name, layer, (start, end))
        found[name] = copied / total if total else 0.0
    return found
