"""Measures as functions of sums over groups of zones, and their bootstrap intervals.

Every measure here is a function of sums, so a bootstrap replicate is the function of a weighted
sum: one matrix product gives all of them. What is drawn, with replacement, are groups of zones:
zones that share copied text are one group, since copies are no independent evidence. Intervals are
percentiles (Efron & Tibshirani 1993, chapter 13).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Array = Any

#: From and to these percentiles.
PERCENTILES = (2.5, 97.5)


class Measure(NamedTuple):
    """A measure that can be drawn again.

    `sums` holds one row per group of zones; `value` takes an array of rows and gives one value per
    row, NaN where it is not defined; `reason` says why it may not be.
    """

    name: str
    parameters: tuple[tuple[str, str], ...]
    label: str | None
    sums: Array
    value: Callable[[Array], Array]
    reason: str
    counts: tuple[int, ...]
    #: The sets it compares, where they are not all.
    sets: tuple[str, ...] | None = None
    #: Of what chance gives, where that is sampled: see `gamma.Expected`.
    precision: float | None = None


def weights(groups: int, replicates: int, seed: int) -> Array:
    """Return how often each replicate draws each group, (replicates, groups)."""
    import numpy as np

    generator = np.random.default_rng(seed)
    return generator.multinomial(groups, np.full(groups, 1.0 / groups), size=replicates)


def value_of(measure: Measure) -> float | None:
    """Return a measure's value, None where it is not defined."""
    import numpy as np

    value = float(measure.value(measure.sums.sum(axis=0, keepdims=True))[0])
    return None if np.isnan(value) else value


def interval(measure: Measure, drawn: Array) -> tuple[float, float] | None:
    """Return the percentile interval; None for one group, or where most draws have no value."""
    import numpy as np

    if drawn.shape[0] == 0 or drawn.shape[1] < 2:
        return None
    values = measure.value(drawn @ measure.sums)
    values = values[~np.isnan(values)]
    if len(values) < drawn.shape[0] / 2:
        return None
    low, high = np.percentile(values, PERCENTILES)
    return float(low), float(high)


def ratio(part: Array, whole: Array) -> Array:
    """Return part / whole, NaN where whole is 0."""
    import numpy as np

    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole != 0)


def mean_defined(values: Array) -> Array:
    """Return the mean over the last axis of what is defined, NaN where nothing is."""
    import numpy as np

    defined = ~np.isnan(values)
    return ratio(np.where(defined, values, 0.0).sum(axis=-1), defined.sum(axis=-1).astype(float))
