"""Agreement on attributes, of spans or attributions that two sets both have.

Cohen's kappa (1960, "A Coefficient of Agreement for Nominal Scales"): (po - pe) / (1 - pe). It says
nothing of what only one set has; the match rate, shown beside it, does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from newspan.agreement.bootstrap import Measure, mean_defined, ratio
from newspan.agreement.matching import matched
from newspan.agreement.spans import mean_f1, over_pairs
from newspan.agreement.units import Placed, View, set_pairs
from newspan.derive import said
from newspan.model import Attribution, Span

Array = Any

#: What the spans of a layer are asked for, and whether only spans of one label are matched.
ASKED = {
    "claim": (("factuality", False), ("check_worthy", True), ("hedged", True)),
    "loaded_language": (("technique", False), ("polarity", True), ("target", True)),
    "attribution": (),
}
NOT_GIVEN = "not given"
NOTHING = "nothing that is matched has the attribute"
ONE_VALUE = "all that is matched has one value, so there is no variation to agree on"


def kappa(sums: Array, values: int) -> Array:
    """Return Cohen's kappa from rows of a table, values times values."""
    import numpy as np

    table = sums.reshape(len(sums), values, values).astype(float)
    total = table.sum(axis=(1, 2))
    observed = ratio(np.trace(table, axis1=1, axis2=2), total)
    expected = ratio((table.sum(axis=1) * table.sum(axis=2)).sum(axis=1), total**2)
    return ratio(observed - expected, 1.0 - np.where(np.abs(1 - expected) < 1e-12, 1.0, expected))


def cohen_kappa(left: Sequence[str], right: Sequence[str]) -> float | None:
    """Return Cohen's kappa of two lists of values; None where it is not defined."""
    import numpy as np

    values = sorted({*left, *right})
    table = np.zeros((len(values), len(values)))
    for a, b in zip(left, right, strict=True):
        table[values.index(a), values.index(b)] += 1
    value = float(kappa(table.reshape(1, -1), len(values))[0]) if values else float("nan")
    return None if np.isnan(value) else value


def measures(view: View) -> list[Measure]:
    """Return agreement on the attributes of a layer's matched spans, and how many were matched.

    Spans are matched one to one at an IoU of 0.5 or more; for the attribute that is the label,
    whatever their label, for the others among spans of one label.
    """
    found: list[Measure] = []
    for name, same_label in ASKED[view.layer]:

        def pairs_of(item: Any, a: int, b: int, same: bool = same_label) -> Iterable[_Matched]:
            left, right = item.spans[a], item.spans[b]
            units = [p.unit for p in left], [p.unit for p in right]
            for i, j in matched(*units, same_label=same):
                yield left[i].span, right[j].span, left[i].group

        found += of_attribute(
            view, name, pairs_of, (("match", "label" if same_label else "any"), ("iou", "0.5"))
        )
    return found


_Matched = tuple[Span | Attribution, Span | Attribution, int]


def of_attribute(
    view: View,
    name: str,
    pairs_of: Callable[[Any, int, int], Iterable[_Matched]],
    parameters: tuple[tuple[str, str], ...],
) -> list[Measure]:
    """Return kappa and raw agreement on one attribute of what pairs of sets have matched.

    A value that one side does not give is a value of its own; where neither gives one, the pair is
    left out. `counts` is how many pairs were compared.
    """
    import numpy as np

    compared: list[tuple[int, str, str, int]] = []
    for item in view.items:
        for pair, (a, b) in enumerate(set_pairs(view.sets)):
            for left, right, group in pairs_of(item, a, b):
                given = said(left, name), said(right, name)
                if given != (None, None):
                    compared.append((pair, _text(given[0]), _text(given[1]), group))
    values = sorted({value for _, *both, _ in compared for value in both})
    code = {value: index for index, value in enumerate(values)}
    number, pairs = max(1, len(values)), len(set_pairs(view.sets))
    tables = np.zeros((view.groups, pairs, number, number))
    for pair, one, other, group in compared:
        tables[group, pair, code[one], code[other]] += 1
    flat = tables.reshape(view.groups, -1)
    square = number * number

    def kappas(sums: Array) -> Array:
        each = [kappa(part, number) for part in np.split(sums, sums.shape[1] // square, axis=1)]
        return mean_defined(np.stack(each, axis=-1))

    def raw(sums: Array) -> Array:
        each = []
        for part in np.split(sums, sums.shape[1] // square, axis=1):
            table = part.reshape(len(part), number, number).astype(float)
            each.append(ratio(np.trace(table, axis1=1, axis2=2), table.sum(axis=(1, 2))))
        return mean_defined(np.stack(each, axis=-1))

    count = (len(compared),)
    reason = ONE_VALUE if compared else NOTHING
    attribute = (("attribute", name), *parameters)
    return [
        *over_pairs(view.sets, "kappa", attribute, None, flat, square, kappas, reason, count),
        *over_pairs(view.sets, "raw_agreement", attribute, None, flat, square, raw, NOTHING, count),
    ]


def match_rate(view: View, sums: Array, counts: tuple[int, ...], about: str) -> list[Measure]:
    """Return how much of what two sets have is matched: an F1 of being there at all."""
    parameters = (("of", about), ("iou", "0.5"))
    return over_pairs(
        view.sets, "match_rate", parameters, None, sums, 3, mean_f1, f"no set has {about}", counts
    )


def _text(value: object) -> str:
    return NOT_GIVEN if value is None else str(value).lower()


def first_group(parts: Sequence[Placed]) -> int:
    """Return the group of the first part."""
    return min(parts, key=lambda placed: placed.unit).group
