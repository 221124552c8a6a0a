"""Gamma and gamma_cat: agreement on free, overlapping, labelled spans, corrected for chance.

Mathet, Widlöcher & Métivier 2015, "The Unified and Holistic Method Gamma (γ) for Inter-Annotator
Agreement Measure and Alignment"; Mathet 2017, "The Agreement Measure γcat a Complement to γ Focused
on Categorization of a Continuum" (both in Computational Linguistics).

Two units differ by their positions, ((|ds| + |de|) / (their lengths' sum))², plus 1 where their
labels differ (alpha = beta = 1); a unit and nothing differ by 1. A unitary alignment takes at most
one unit of each set; its disorder is the mean over all pairs of sets. A best alignment has the
least sum of disorders; divided by the mean number of units per set it is the observed disorder.
Gamma is 1 - observed / expected, and the expected disorder is the mean over sampled continua: each
set of a sample is a set drawn at random (with replacement) and shifted around the continuum by a
random distance, two shifts being at least half a mean unit apart (section 5.2 of the paper).

A corpus is several continua: each is aligned and shifted by itself, and sums are taken over all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    from newspan.agreement.alignment import Alignment
else:
    Alignment = Any

Array = Any


class Units(NamedTuple):
    """The units of one set on one continuum: starts, ends, and labels as small numbers."""

    start: Array
    end: Array
    label: Array


class Continuum(NamedTuple):
    """A text's length, and each set's units on it."""

    length: int
    sets: tuple[Units, ...]

    @property
    def size(self) -> int:
        """Return how many units there are, of all sets."""
        return sum(len(units.start) for units in self.sets)


class Categories(NamedTuple):
    """What pairs of sets say of labels, for each unitary alignment in order.

    `weight` and `disorder` sum over the pairs of units; `nothing` counts the pairs of a unit and
    nothing. The `_of` arrays, (alignments, labels), count pairs in which a label occurs.
    """

    weight: Array
    disorder: Array
    nothing: Array
    weight_of: Array
    disorder_of: Array
    nothing_of: Array


class Observed(NamedTuple):
    """The best alignments of all continua, one unitary alignment after another."""

    continuum: Array
    position: Array
    cost: Array
    size: Array
    categories: Categories
    #: False where some of it was too large to be solved exactly.
    exact: bool


class Expected(NamedTuple):
    """Mean disorders of the sampled continua."""

    gamma: float
    #: With pairs of a unit and nothing counted, and without; None where there were no pairs.
    counted: float | None
    aligned: float | None
    counted_of: tuple[float | None, ...]
    samples: int
    #: Half of a 95 % interval of `gamma`, as a part of it: the paper's precision.
    precision: float
    exact: bool


Sampler = Callable[["Sequence[Continuum]", "np.random.Generator"], "list[Continuum]"]


def observed(continua: Sequence[Continuum], labels: int) -> Observed:
    """Return the best alignments of continua whose labels are numbers below `labels`."""
    import numpy as np

    from newspan.agreement.alignment import best_alignment

    joined, offsets = _joined(continua)
    alignment = best_alignment(joined)
    positions = _positions(joined, alignment)
    continuum = np.searchsorted(offsets, positions, side="right") - 1
    return Observed(
        continuum,
        positions - offsets[continuum],
        alignment.cost,
        (alignment.members >= 0).sum(axis=1),
        _categories(joined, alignment, labels),
        alignment.exact,
    )


def expected(
    continua: Sequence[Continuum],
    labels: int,
    *,
    samples: int,
    seed: int,
    sampler: Sampler | None = None,
    tick: Callable[[], None] = lambda: None,
) -> Expected:
    """Return the mean disorders of `samples` samples of the continua.

    Args:
        continua: at least one of them must hold a unit.
        labels: how many labels there are.
        samples: how many samples of the whole corpus are drawn.
        seed: of NumPy's default generator.
        sampler: draws one sample of all continua; `shifted` if not given.
        tick: called after each sample.
    """
    import numpy as np

    generator = np.random.default_rng(seed)
    draw = sampler or shifted
    disorders, counted, aligned = [], [], []
    counted_of: list[list[float]] = [[] for _ in range(labels)]
    exact = True
    for _ in range(samples):
        sample = draw(continua, generator)
        found = observed(sample, labels)
        exact = exact and found.exact
        disorders.append(found.cost.sum() / (found.size.sum() / len(continua[0].sets)))
        with_nothing, without, each = category_disorders(found.categories)
        counted += [with_nothing] if with_nothing is not None else []
        aligned += [without] if without is not None else []
        for values, value in zip(counted_of, each, strict=True):
            values += [value] if value is not None else []
        tick()
    mean = float(np.mean(disorders))
    spread = float(np.std(disorders)) / mean if mean else 0.0
    return Expected(
        mean,
        _mean(counted),
        _mean(aligned),
        tuple(_mean(values) for values in counted_of),
        samples,
        1.96 * spread / float(np.sqrt(samples)),
        exact,
    )


def category_disorders(
    categories: Categories,
) -> tuple[float | None, float | None, list[float | None]]:
    """Return the disorder on labels: with units without a partner, without them, and by label.

    The second is Mathet's (2017): pairs of aligned units, weighted by how well their positions fit
    and by the size of their alignment. The first lets each pair of a unit and nothing weigh, and
    disagree, by 1, as pygamma-agreement 0.5.9 does.
    """
    weight, disorder, nothing, weight_of, disorder_of, nothing_of = (
        column.sum(axis=0) for column in categories
    )
    return (
        _ratio(disorder + nothing, weight + nothing),
        _ratio(disorder, weight),
        [_ratio(d + n, w + n) for w, d, n in zip(weight_of, disorder_of, nothing_of, strict=True)],
    )


def shifted(continua: Sequence[Continuum], generator: np.random.Generator) -> list[Continuum]:
    """Return one sample of each continuum: sets drawn with replacement, and shifted around it."""
    return [_shifted(each, generator) if each.size else each for each in continua]


def _shifted(continuum: Continuum, generator: np.random.Generator) -> Continuum:
    import numpy as np

    number = len(continuum.sets)
    lengths = np.concatenate([units.end - units.start for units in continuum.sets])
    apart = lengths.mean() / 2
    while True:
        chosen = generator.integers(number, size=number)
        if any(len(continuum.sets[index].start) for index in chosen):
            break
    shifts: list[int] = []
    for _ in range(number):
        for _ in range(100):  # in a short text there may be no room for so many shifts
            shift = int(generator.integers(continuum.length))
            gaps = [abs(shift - other) for other in shifts]
            if all(apart <= gap <= continuum.length - apart for gap in gaps):
                break
        shifts.append(shift)
    sets = []
    for index, shift in zip(chosen, shifts, strict=True):
        units = continuum.sets[index]
        start = (units.start + shift) % continuum.length
        sets.append(Units(start, start + units.end - units.start, units.label))
    return Continuum(continuum.length, tuple(sets))


def _joined(continua: Sequence[Continuum]) -> tuple[tuple[Units, ...], Array]:
    """Return continua as one, with gaps that no pair of units can reach over, and their offsets."""
    import numpy as np

    number = len(continua[0].sets)
    longest = max(int((u.end - u.start).max(initial=0)) for c in continua for u in c.sets)
    # Pairs whose dissimilarity is C + n - 1 or more are never aligned; with two sets that is 2.
    gap = 2 * longest * (math.isqrt(number * (number - 1) // 2 + number) + 1) + longest
    offsets = np.cumsum([0, *(continuum.length + gap for continuum in continua[:-1])])
    sets = []
    for index in range(number):
        each = [continuum.sets[index] for continuum in continua]
        sets.append(
            Units(
                np.concatenate([u.start + offset for u, offset in zip(each, offsets, strict=True)]),
                np.concatenate([u.end + offset for u, offset in zip(each, offsets, strict=True)]),
                np.concatenate([u.label for u in each]),
            )
        )
    return tuple(sets), offsets


def _positions(sets: Sequence[Units], alignment: Alignment) -> Array:
    """Return where the first unit of each unitary alignment starts."""
    import numpy as np

    found = np.full(len(alignment.cost), np.iinfo(np.int64).max)
    for column, units in enumerate(sets):
        index = alignment.members[:, column]
        has = index >= 0
        found[has] = np.minimum(found[has], units.start[index[has]])
    return found


def _categories(sets: Sequence[Units], alignment: Alignment, labels: int) -> Categories:
    import numpy as np

    from newspan.agreement.alignment import positional

    rows, number = alignment.members.shape
    present = (alignment.members >= 0).sum(axis=1)
    base = 1.0 / np.maximum(present - 1, 1)
    found = Categories(
        *(np.zeros(rows) for _ in range(3)), *(np.zeros((rows, labels)) for _ in range(3))
    )
    for first in range(number):
        for second in range(first + 1, number):
            i, j = alignment.members[:, first], alignment.members[:, second]
            row = np.flatnonzero((i >= 0) & (j >= 0))
            a = Units(*(column[i[row]] for column in sets[first]))
            b = Units(*(column[j[row]] for column in sets[second]))
            weight = base[row] * np.maximum(0.0, 1.0 - positional(a, b))
            differ = a.label != b.label
            found.weight[row] += weight
            found.disorder[row] += weight * differ
            np.add.at(found.weight_of, (row, a.label), weight)
            np.add.at(found.weight_of, (row[differ], b.label[differ]), weight[differ])
            for labels_of in (a.label, b.label):
                np.add.at(found.disorder_of, (row[differ], labels_of[differ]), weight[differ])
            for index, other, units in ((i, j, sets[first]), (j, i, sets[second])):
                alone = np.flatnonzero((index >= 0) & (other < 0))
                found.nothing[alone] += 1
                np.add.at(found.nothing_of, (alone, units.label[index[alone]]), 1)
    return found


def _mean(values: Sequence[float]) -> float | None:
    return float(sum(values) / len(values)) if values else None


def _ratio(part: float, whole: float) -> float | None:
    return float(part / whole) if whole > 0 else None
