"""How sure a model must be to mark something, fixed on training texts held out for it.

A model that takes the likeliest tag of each word marks too little where spans are rare. So a part
of the training data is held out once more, and the threshold is taken that does best there; what
is scored in the end is never looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from newspan.agreement.matching import Unit, matched
from newspan.text import paragraphs, words
from newspan.training.examples import Example, Extent, Mark
from newspan.training.folds import folds
from newspan.training.words import form

#: The thresholds that are tried.
GRID = tuple(step / 20 for step in range(1, 19))
#: What is taken where nothing can be held out.
DEFAULT = 0.5
#: As many words in a row that a text of either side shares make its paragraph a copy.
_SHARED = 8
#: The smaller half has at least this share of the text, if that can be.
_SMALLEST = 0.25


class Inner(NamedTuple):
    """What a model is fitted on to find a threshold, and what it then predicts."""

    learnt: list[Example]
    held: list[Example]


def inner(examples: Sequence[Example]) -> list[Inner]:
    """Return two parts of examples, each held out once; none where there is one item only.

    Lineages are kept together where that leaves each side a quarter of the text; else items are.
    Held-out paragraphs that share eight words in a row with what is learnt are left out, with their
    marks: copies would make a model look surer than it is of new text.
    """
    halves = _halves(examples)
    found = []
    for half in (1, 0):
        learnt = [e for e, its in zip(examples, halves, strict=True) if its == half]
        held = [e for e, its in zip(examples, halves, strict=True) if its != half]
        known = {run for example in learnt for run in _runs_of(example)}
        kept = [each for e in held if (each := _without(e, known)).stretches]
        if any(e.marks for e in learnt) and any(e.marks for e in kept):
            found.append(Inner(learnt, kept))
    return found


def threshold(
    held: Sequence[Example], decode: Callable[[int, float], list[Mark]], labels: Sequence[str]
) -> float:
    """Return the threshold with the highest one-to-one F1 (IoU 0.5) on held-out examples.

    F1 is the mean of a threshold's own and those of its neighbours, so that no chance peak wins; of
    equally good ones that next to 0.5 is taken.

    Args:
        held: the examples.
        decode: the marks of an example, given by its number, at a threshold.
        labels: those that count.
    """
    right = [
        [Unit(*mark[:3]) for mark in example.marks if mark.label in labels] for example in held
    ]
    if not any(right):
        return DEFAULT
    values = []
    for value in GRID:
        found = [[Unit(*mark[:3]) for mark in decode(n, value)] for n in range(len(held))]
        both = sum(len(matched(one, other)) for one, other in zip(right, found, strict=True))
        values.append(2 * both / sum(len(each) for side in (right, found) for each in side))
    smooth = [
        sum(around) / len(around)
        for around in (values[max(0, at - 1) : at + 2] for at in range(len(values)))
    ]
    best = max(smooth)
    return min((g for g, v in zip(GRID, smooth, strict=True) if v > best - 1e-12), key=_from_middle)


def _from_middle(value: float) -> tuple[float, float]:
    return abs(value - DEFAULT), value


def _halves(examples: Sequence[Example]) -> list[int]:
    sizes = [sum(end - start for start, end in example.stretches) for example in examples]
    whole = sum(sizes)
    if len({example.group for example in examples}) > 1:
        try:
            found = folds(examples, 2)
        except ValueError:  # lineages that share a text are one
            found = [0] * len(examples)
        first = sum(size for size, half in zip(sizes, found, strict=True) if half == 0)
        if min(first, whole - first) >= _SMALLEST * whole:
            return found
    filled = [0, 0]
    halves = [0] * len(examples)
    for number in sorted(range(len(examples)), key=lambda n: (-sizes[n], n)):
        half = filled.index(min(filled))
        filled[half] += sizes[number]
        halves[number] = half
    return halves


def _parts(example: Example) -> Iterator[tuple[Extent, list[tuple[str, ...]]]]:
    """Yield the paragraphs of an example's stretches, each with its runs of eight words."""
    for stretch in example.stretches:
        for start, end in paragraphs(example.text, *stretch):
            forms = [form(example.text[a:b]) for a, b in words(example.text, start, end)]
            runs = [tuple(forms[at : at + _SHARED]) for at in range(len(forms) - _SHARED + 1)]
            # A shorter paragraph is a copy if the whole of it is there.
            yield (start, end), runs or [tuple(forms)]


def _runs_of(example: Example) -> Iterator[tuple[str, ...]]:
    for _, runs in _parts(example):
        yield from runs


def _without(example: Example, known: set[tuple[str, ...]]) -> Example:
    """Return an example without the paragraphs that share a run of words with others."""
    kept = [extent for extent, runs in _parts(example) if known.isdisjoint(runs)]
    # Paragraphs side by side stay one stretch, as a mark may cross their border.
    joined: list[Extent] = []
    for start, end in kept:
        if joined and _side_by_side(example, joined[-1], (start, end)):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    marks = tuple(m for m in example.marks if any(a <= m.start and m.end <= b for a, b in joined))
    return msgspec.structs.replace(example, stretches=tuple(joined), marks=marks)


def _side_by_side(example: Example, one: Extent, other: Extent) -> bool:
    inside = any(a <= one[0] and other[1] <= b for a, b in example.stretches)
    return inside and not words(example.text, one[1], other[0])
