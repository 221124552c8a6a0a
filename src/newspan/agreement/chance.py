"""Gamma, gamma_cat and gamma_k of a view, as figures with intervals.

A bootstrap replicate draws groups of zones, and so their unitary alignments, from the observed
alignment. What chance would give is not drawn again: it is held at the value for all text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from newspan.agreement.bootstrap import Measure, ratio
from newspan.agreement.gamma import Continuum, Observed, Units, expected, observed
from newspan.agreement.units import View

Array = Any

NO_SPANS = "no set has a span"
NO_CHANCE = "no set has such a span, or in no sample a label could differ"


def measures(
    view: View, *, samples: int, seed: int, tick: Callable[[], None] = lambda: None
) -> list[Measure]:
    """Return gamma and gamma_cat of a layer, and gamma_k of each label.

    `unaligned:counted` lets a unit without a partner count as a disagreement on labels, as
    pygamma-agreement does; `unaligned:left-out` is Mathet's definition (2017).
    """
    labels = view.labels()
    continua = _continua(view, labels)
    if not any(continuum.size for continuum in continua):
        return _undefined(view)
    seen = observed(continua, len(labels))
    chance = expected(continua, len(labels), samples=samples, seed=seed, tick=tick)
    group = _groups(view, seen)
    parameters = (
        ("alpha", "1"),
        ("beta", "1"),
        ("delta", "1"),
        ("align", "exact" if seen.exact and chance.exact else "descent"),
        ("chance", "shift"),
        ("samples", str(samples)),
        ("seed", str(seed)),
    )
    number = len(view.sets)

    def gamma(sums: Array) -> Array:
        disorder = ratio(sums[:, 0] * number, sums[:, 1].astype(float))
        return _against(disorder, chance.gamma)

    found = [
        Measure(
            "gamma",
            parameters,
            None,
            _by_group(group, view.groups, seen.cost, seen.size),
            gamma,
            NO_SPANS,
            view.counts(),
            precision=chance.precision,
        )
    ]
    each = seen.categories
    for unaligned, part, whole, by_chance in (
        ("counted", each.disorder + each.nothing, each.weight + each.nothing, chance.counted),
        ("left-out", each.disorder, each.weight, chance.aligned),
    ):
        found.append(
            Measure(
                "gamma_cat",
                (*parameters, ("unaligned", unaligned)),
                None,
                _by_group(group, view.groups, part, whole),
                _category(by_chance),
                NO_CHANCE,
                view.counts(),
            )
        )
    for index, label in enumerate(labels):
        nothing = each.nothing_of[:, index]
        found.append(
            Measure(
                "gamma_k",
                (*parameters, ("unaligned", "counted")),
                label,
                _by_group(
                    group,
                    view.groups,
                    each.disorder_of[:, index] + nothing,
                    each.weight_of[:, index] + nothing,
                ),
                _category(chance.counted_of[index]),
                NO_CHANCE,
                view.counts(label),
            )
        )
    return found


def _category(by_chance: float | None) -> Any:
    def value(sums: Array) -> Array:
        return _against(ratio(sums[:, 0], sums[:, 1]), by_chance)

    return value


def _against(disorder: Array, by_chance: float | None) -> Array:
    """Return 1 - disorder / chance; 1 for no disorder, whatever chance gives."""
    import numpy as np

    if not by_chance:
        return np.where(disorder == 0, 1.0, np.nan)
    return 1.0 - disorder / by_chance


def _continua(view: View, labels: list[str]) -> list[Continuum]:
    import numpy as np

    code = {label: index for index, label in enumerate(labels)}
    found = []
    for item in view.items:
        sets = []
        for spans in item.spans:
            rows = np.array(
                [(p.unit.start, p.unit.end, code[p.unit.label]) for p in spans], dtype=np.int64
            ).reshape(-1, 3)
            sets.append(Units(rows[:, 0], rows[:, 1], rows[:, 2]))
        found.append(Continuum(item.length, tuple(sets)))
    return found


def _groups(view: View, seen: Observed) -> Array:
    import numpy as np

    groups = np.zeros(len(seen.cost), dtype=np.int64)
    for index, item in enumerate(view.items):
        rows = seen.continuum == index
        groups[rows] = item.group_of_characters()[seen.position[rows]]
    return groups


def _by_group(group: Array, groups: int, *columns: Array) -> Array:
    import numpy as np

    return np.stack(
        [np.bincount(group, weights=column, minlength=groups) for column in columns], axis=1
    )


def _undefined(view: View) -> list[Measure]:
    import numpy as np

    def value(sums: Array) -> Array:
        return np.full(len(sums), np.nan)

    sums = np.zeros((view.groups, 1))
    names = ("gamma", "gamma_cat")
    return [Measure(n, (), None, sums, value, NO_SPANS, view.counts()) for n in names]
