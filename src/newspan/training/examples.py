"""What models learn from: items, the stretches of them that were looked at, and their marks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

import msgspec

from newspan.corpus import AnnotationSet, Corpus
from newspan.model import Document, Item
from newspan.text import words

Extent = tuple[int, int]
#: Told the stage, the steps done and the steps in all.
Progress = Callable[[str, int, int | None], None]

#: The layers that can be learnt, and the attribute that is a span's label there.
LABELS = {"claim": "factuality", "attribution": "role", "loaded_language": "technique"}


class Mark(NamedTuple):
    """A labelled extent: code points, half-open, into an example's text; confidence in 0 to 1."""

    start: int
    end: int
    label: str
    confidence: float = 1.0


class Example(msgspec.Struct, frozen=True):
    """An item as a model sees it.

    `text` is the item's own, `start` where it begins in its document. `stretches` are the zones
    that count, in text order: no mark crosses one, and models say nothing of the rest. `group` is
    the corpus and lineage, `corpus` the corpus's number among several.
    """

    corpus: int
    item: str
    group: tuple[int, str]
    start: int
    text: str
    stretches: tuple[Extent, ...]
    marks: tuple[Mark, ...] = ()


class Predicted(NamedTuple):
    """What a model says of an example: its marks, and how unsure it is per word, in 0 to 1."""

    marks: list[Mark]
    uncertainty: float


def examples_of(
    corpus: Corpus, reference: AnnotationSet, layer: str, number: int = 0
) -> tuple[list[Example], int]:
    """Return the items that a set looked at for a layer, in order, and how many spans are left out.

    Left out are spans that do not stand inside one zone that the set looked at.
    """
    zones: dict[str, set[str]] = {}
    for name, of, kind in reference.looked_at:
        if of == layer:
            zones.setdefault(name, set()).add(kind)
    found, outside = [], 0
    for document, item in _items(corpus):
        stretches = _stretches(item, zones.get(item.id, ()))
        spans = [s for s in reference.spans_in.get(item.id, ()) if s.layer == layer]
        marks = tuple(Mark(s.start - item.start, s.end - item.start, s.label) for s in spans)
        inside = tuple(m for m in marks if any(a <= m.start and m.end <= b for a, b in stretches))
        outside += len(marks) - len(inside)
        if stretches:
            found.append(_example(corpus, document, item, number, stretches, inside))
    return found, outside


def unmarked(corpus: Corpus, zones: Collection[str]) -> list[Example]:
    """Return all items of a corpus that have zones of these kinds, without marks."""
    return [
        _example(corpus, document, item, 0, stretches, ())
        for document, item in _items(corpus)
        if (stretches := _stretches(item, zones))
    ]


def _items(corpus: Corpus) -> list[tuple[Document, Item]]:
    return sorted(corpus.items.values(), key=lambda pair: (pair[0].id, pair[1].start))


def _stretches(item: Item, zones: Collection[str]) -> tuple[Extent, ...]:
    return tuple(
        (zone.start - item.start, zone.end - item.start)
        for zone in item.zones
        if zone.kind in zones
    )


def _example(
    corpus: Corpus,
    document: Document,
    item: Item,
    number: int,
    stretches: tuple[Extent, ...],
    marks: tuple[Mark, ...],
) -> Example:
    text = corpus.texts[document.id][item.start : item.end]
    group = (number, document.lineage)
    return Example(number, item.id, group, item.start, text, stretches, marks)


def tokens_of(example: Example) -> list[list[Extent]]:
    """Return the extents of the words of each stretch; stretches without any are left out."""
    found = (words(example.text, *stretch) for stretch in example.stretches)
    return [each for each in found if each]


def marks_in(example: Example, tokens: list[Extent]) -> list[Mark]:
    """Return the marks that begin between the first and the last of some tokens."""
    return [m for m in example.marks if tokens[0][0] <= m.start < tokens[-1][1]]


def labels_of(examples: Iterable[Example]) -> tuple[str, ...]:
    """Return the labels that occur, in order."""
    return tuple(sorted({mark.label for example in examples for mark in example.marks}))


def data_sha256(examples: Iterable[Example]) -> str:
    """Return the SHA-256 of what is learnt from: texts, stretches and marks, by item."""
    whole = hashlib.sha256()
    for example in examples:
        marks = sorted(mark[:3] for mark in example.marks)
        line = [example.item, example.text, example.stretches, marks]
        whole.update(json.dumps(line).encode() + b"\n")
    return whole.hexdigest()
