"""Krippendorff's alpha on masks: which characters, or words, does each set mark?

Nominal data with two values, marked and not. Krippendorff 2019, "Content Analysis", chapter 12:
alpha = 1 - Do / De, both from coincidences of values within units. It can be asked label by label,
so labels that overlap do no harm.
"""

from __future__ import annotations

from typing import Any

from newspan.agreement.bootstrap import Measure, ratio
from newspan.agreement.units import View, words_in_view
from newspan.corpus import Corpus
from newspan.reuse.words import words_of

Array = Any

REASON = "all sets mark everything, or nothing, so there is no variation to agree on"


def alpha_of_sums(sums: Array) -> Array:
    """Return alpha from rows of: sum of k(m - k)/(m - 1), sum of k, sum of m.

    k of the m values at a position are marks.
    """
    import numpy as np

    disagreeing, marks, values = np.moveaxis(np.asarray(sums, dtype=float), -1, 0)
    expected = marks * (values - marks)
    with np.errstate(invalid="ignore"):
        return 1.0 - ratio(disagreeing * (values - 1.0), expected)


def sums_of(marks: Array, values: Array, group: Array, groups: int) -> Array:
    """Return those sums by group, of positions with `marks` among `values`; of one value, none."""
    import numpy as np

    paired = values > 1
    k, m, group = marks[paired], values[paired], group[paired]
    columns = (k * (m - k) / (m - 1), k, m)
    return np.stack([np.bincount(group, weights=c, minlength=groups) for c in columns], axis=1)


def binary_alpha(rows: Array) -> float | None:
    """Return alpha of marks by several sets: rows of 1, 0, and -1 for what was not looked at.

    None where there is no variation.
    """
    import numpy as np

    rows = np.asarray(rows)
    looked_at = rows >= 0
    sums = sums_of(
        np.where(looked_at, rows, 0).sum(axis=0).astype(float),
        looked_at.sum(axis=0).astype(float),
        np.zeros(rows.shape[1], dtype=np.int64),
        1,
    )
    value = float(alpha_of_sums(sums)[0])
    return None if np.isnan(value) else value


def measures(view: View, corpus: Corpus) -> list[Measure]:
    """Return alpha on characters and on words, for any span of the layer and for each label.

    A word is marked when a span has one of its characters; words are those of
    `newspan.reuse.words`: runs of letters and digits, or single characters of unspaced scripts.
    """
    import numpy as np

    number = len(view.sets)
    labels = [None, *view.labels()]
    characters = np.zeros((len(labels), view.groups, 3))
    words = np.zeros((len(labels), view.groups, 3))
    found = {document: words_of(corpus.texts[document]) for document in _documents(view)}
    for item in view.items:
        group = item.group_of_characters()
        each = found[item.document]
        places = np.array(words_in_view(item, each.starts, each.ends), dtype=np.int64)
        places = places.reshape(-1, 3)
        for row, label in enumerate(labels):
            marks = np.zeros(item.length)
            word_marks = np.zeros(len(places))
            for spans in item.spans:
                mask = np.zeros(item.length, dtype=bool)
                for placed in spans:
                    if label is None or placed.unit.label == label:
                        mask[placed.unit.start : placed.unit.end] = True
                marks += mask
                before = np.concatenate([[0], np.cumsum(mask)])
                word_marks += before[places[:, 1]] > before[places[:, 0]]
            values = np.full(item.length, float(number))
            characters[row] += sums_of(marks, values, group, view.groups)
            values = np.full(len(places), float(number))
            words[row] += sums_of(word_marks, values, places[:, 2], view.groups)
    return [
        Measure(
            "alpha",
            (("level", "nominal"), ("values", "marked,not"), ("unit", unit)),
            label,
            sums[row],
            alpha_of_sums,
            REASON,
            view.counts(label),
        )
        for row, label in enumerate(labels)
        for unit, sums in (("character", characters), ("word", words))
    ]


def _documents(view: View) -> list[str]:
    return sorted({item.document for item in view.items})
