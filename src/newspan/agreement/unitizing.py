"""Krippendorff's alpha for unitizing: |u-alpha, u-alpha, cu-alpha and (k)u-alpha.

Krippendorff, Mathet, Bouvry & Widlöcher 2016, "On the reliability of unitizing textual continua:
Further developments" (Quality & Quantity 50). A set cuts the continuum into units with a label and
the gaps between them. Observed coincidences are the lengths of intersections of two sets' units;
expected ones are products of the lengths, less each unit's pairing with itself (its length squared,
or its length for a gap).

The measure does not allow a set's units to overlap. So where they do, the shortest unit has the
text; for |u-alpha, and for u-alpha of one label against all else, units that overlap are merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from newspan.agreement.bootstrap import Measure, ratio
from newspan.agreement.matching import Unit
from newspan.agreement.units import View

Array = Any

REASON = "no text is marked, or none is left unmarked, so nothing could be expected by chance"
REASON_CODING = "no text is marked by two sets, or with one label only"


def merged(units: Iterable[Unit]) -> list[Unit]:
    """Return units put together where they overlap; the label is the first one's."""
    found: list[Unit] = []
    for unit in sorted(units):
        if found and unit.start < found[-1].end:
            found[-1] = found[-1]._replace(end=max(found[-1].end, unit.end))
        else:
            found.append(unit)
    return found


def flattened(units: Sequence[Unit]) -> list[Unit]:
    """Return units that do not overlap: the shortest one has the text, then the first one."""
    order = sorted(units, key=lambda unit: (unit.end - unit.start, unit))
    if len(merged(units)) == len(units):
        return sorted(units)
    borders = sorted({border for unit in units for border in unit[:2]})
    found: list[tuple[int, Unit]] = []
    for start, end in pairwise(borders):
        owner = next((i for i, u in enumerate(order) if u.start <= start and end <= u.end), None)
        if owner is None:
            continue
        if found and found[-1][0] == owner and found[-1][1].end == start:
            found[-1] = (owner, found[-1][1]._replace(end=end))
        else:
            found.append((owner, Unit(start, end, order[owner].label)))
    return [unit for _, unit in found]


def sums_of(
    sets: Sequence[Sequence[Unit]], length: int, labels: Sequence[str], group: Array, groups: int
) -> Array:
    """Return the sums by group that the coefficients are made of, for one continuum.

    Value 0 is a gap, value v + 1 is `labels[v]`. Columns: the observed coincidences, values times
    values; each value's self-pairings; each label's self-pairings in text that another set marks.
    """
    import numpy as np

    number, values = len(sets), len(labels) + 1
    index = {label: value for value, label in enumerate(labels, 1)}
    codes = np.zeros((number, length), dtype=np.int64)
    for row, units in enumerate(sets):
        for unit in units:
            codes[row, unit.start : unit.end] = index[unit.label]
    found = np.zeros((groups, values * values + values + len(labels)))
    marked = (codes > 0).sum(axis=0)
    for row in range(number):
        for other in range(number):
            if other != row:
                keys = (group * values + codes[row]) * values + codes[other]
                counts = np.bincount(keys, minlength=groups * values * values)
                found[:, : values * values] += counts.reshape(groups, -1) / (number - 1)
        gaps = codes[row] == 0
        found[:, values * values] += np.bincount(group[gaps], minlength=groups)
        shared = np.concatenate([[0], np.cumsum((codes[row] > 0) & (marked > 1))])
        for unit in sets[row]:
            value, at = index[unit.label], group[unit.start]
            found[at, values * values + value] += (unit.end - unit.start) ** 2
            pairable = shared[unit.end] - shared[unit.start]
            found[at, values * values + values + value - 1] += pairable**2
    return found


def _parts(sums: Array, labels: int) -> tuple[Array, Array, Array]:
    import numpy as np

    sums = np.asarray(sums, dtype=float)
    values = labels + 1
    observed = sums[:, : values * values].reshape(-1, values, values)
    selves = sums[:, values * values : values * values + values]
    return observed, selves, sums[:, values * values + values :]


def _expected(observed: Array, selves: Array) -> Array:
    import numpy as np

    total = observed.sum(axis=(1, 2))
    product = observed.sum(axis=2)[:, :, None] * observed.sum(axis=1)[:, None, :]
    diagonal = np.arange(observed.shape[1])
    product[:, diagonal, diagonal] -= selves
    return product * ratio(total, total**2 - selves.sum(axis=1))[:, None, None]


def _alpha(observed: Array, expected: Array) -> Array:
    import numpy as np

    def off(matrix: Array) -> Array:
        return matrix.sum(axis=(1, 2)) - np.trace(matrix, axis1=1, axis2=2)

    different, by_chance = off(observed), off(expected)
    # Rounding leaves traces where nothing can differ.
    by_chance = np.where(np.abs(by_chance) < 1e-9, 0.0, by_chance)
    return 1.0 - ratio(different, by_chance)


def u_alpha(sums: Array, labels: int) -> Array:
    """Return u-alpha: agreement on units and labels, from rows of `sums_of`."""
    observed, selves, _ = _parts(sums, labels)
    return _alpha(observed, _expected(observed, selves))


def binary_alpha(sums: Array, labels: int) -> Array:
    """Return |u-alpha: agreement on what is marked, whatever the label."""
    import numpy as np

    observed, selves, _ = _parts(sums, labels)
    expected = _expected(observed, selves)
    fold = np.zeros((labels + 1, 2))
    fold[0, 0] = 1
    fold[1:, 1] = 1
    return _alpha(fold.T @ observed @ fold, fold.T @ expected @ fold)


def cu_alpha(sums: Array, labels: int) -> Array:
    """Return cu-alpha: agreement on labels where sets mark the same text."""
    observed, _, selves = _parts(sums, labels)
    observed = observed[:, 1:, 1:]
    return _alpha(observed, _expected(observed, selves))


def ku_alpha(sums: Array, labels: int, label: int) -> Array:
    """Return (k)u-alpha: agreement on one label where sets mark the same text."""
    import numpy as np

    observed, _, selves = _parts(sums, labels)
    observed = observed[:, 1:, 1:]
    expected = _expected(observed, selves)
    seen = observed.sum(axis=1)[:, label]
    chance = expected.sum(axis=1)[:, label]
    other_seen = seen - observed[:, label, label]
    other_chance = chance - expected[:, label, label]
    other_chance = np.where(np.abs(other_chance) < 1e-9, 0.0, other_chance)
    return 1.0 - ratio(chance, seen) * ratio(other_seen, other_chance)


def measures(view: View) -> list[Measure]:
    """Return the four coefficients, and u-alpha of each label against all other text."""
    import numpy as np

    labels = view.labels()
    width = (len(labels) + 1) ** 2 + 2 * len(labels) + 1
    flat = np.zeros((view.groups, width))
    union = np.zeros((view.groups, 7))
    single = np.zeros((len(labels), view.groups, 7))
    for item in view.items:
        group = item.group_of_characters()
        sets = [[placed.unit for placed in spans] for spans in item.spans]
        same = (item.length, group, view.groups)
        flat += _sums([flattened(units) for units in sets], labels, same)
        union += _sums([_merged_as(units, "any") for units in sets], ["any"], same)
        for row, label in enumerate(labels):
            chosen = [_merged_as((u for u in units if u.label == label), label) for units in sets]
            single[row] += _sums(chosen, [label], same)
    number = len(labels)
    shortest = (("overlap", "shortest"),)
    whole = view.counts()
    found = [
        Measure(
            "alpha_u_binary",
            (("overlap", "merged"),),
            None,
            union,
            lambda sums: binary_alpha(sums, 1),
            REASON,
            whole,
        ),
        Measure("alpha_u", shortest, None, flat, lambda s: u_alpha(s, number), REASON, whole),
        Measure(
            "alpha_cu", shortest, None, flat, lambda s: cu_alpha(s, number), REASON_CODING, whole
        ),
    ]
    for row, label in enumerate(labels):
        count = view.counts(label)
        found += [
            Measure(
                "alpha_u",
                (("overlap", "merged"), ("against", "rest")),
                label,
                single[row],
                lambda sums: u_alpha(sums, 1),
                REASON,
                count,
            ),
            Measure(
                "alpha_ku",
                shortest,
                label,
                flat,
                lambda sums, row=row: ku_alpha(sums, number, row),  # type: ignore[misc]
                REASON_CODING,
                count,
            ),
        ]
    return found


def _merged_as(units: Iterable[Unit], label: str) -> list[Unit]:
    return merged(Unit(unit.start, unit.end, label) for unit in units)


def _sums(
    sets: Sequence[Sequence[Unit]], labels: Sequence[str], same: tuple[int, Array, int]
) -> Array:
    length, group, groups = same
    return sums_of(sets, length, labels, group, groups)
