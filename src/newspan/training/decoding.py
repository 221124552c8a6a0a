"""Spans from the probabilities of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from newspan.training.encoders import Bio, MultiLabel
from newspan.training.examples import Extent, Mark

Array = Any


class Odds(NamedTuple):
    """How probable it is that a word begins, and that it is in, a span of each label.

    Both are arrays (words, labels).
    """

    begin: Array
    inside: Array


def marks_of(
    text: str, tokens: Sequence[Extent], odds: Odds, labels: Sequence[str], threshold: float
) -> list[Mark]:
    """Return the spans of labels of which a word has one at most.

    A word is in a span if that is more probable than the threshold, over all labels; its label is
    the likeliest. Within a run of one label, a span begins where that is likelier than going on.
    """
    import numpy as np

    if not len(tokens):
        return []
    best = odds.inside.argmax(axis=1)
    rows = np.arange(len(best))
    begins = odds.begin[rows, best] * 2 > odds.inside[rows, best]
    tags = []
    before = -1
    for at, (label, marked) in enumerate(
        zip(best.tolist(), (odds.inside.sum(axis=1) > threshold).tolist(), strict=True)
    ):
        label = label if marked else -1
        part = "B" if label != before or begins[at] else "I"
        tags.append("O" if label < 0 else f"{part}-{labels[label]}")
        before = label
    sure = odds.inside[rows, best].clip(max=1.0)
    return Bio(labels).decode(text, tags, tokens, sure.tolist())


def free_marks_of(
    text: str, tokens: Sequence[Extent], odds: Odds, labels: Sequence[str], threshold: float
) -> list[Mark]:
    """Return the spans of labels that overlap freely: as `marks_of`, for each label by itself."""
    import numpy as np

    inside = odds.inside > threshold
    begins = inside & (odds.begin * 2 > odds.inside)
    values = np.stack([begins, inside & ~begins], axis=-1).reshape(len(tokens), 2 * len(labels))
    return MultiLabel(labels).decode(text, values, tokens, odds.inside.clip(max=1.0))
