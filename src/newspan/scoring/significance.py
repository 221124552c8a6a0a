"""Whether one prediction is better than another, or its F1 higher by chance.

Paired approximate randomization (Noreen 1989, "Computer Intensive Methods for Testing Hypotheses";
Yeh 2000, "More accurate tests for the statistical significance of result differences"): if both
predictions were equally good, each group's results could as well be the other's. So they are
swapped, group by group, and counted is how often F1 then differs as much. With few groups all
swaps are tried; else they are drawn, and the p value is (hits + 1) / (draws + 1) (Phipson & Smyth
2010). Groups are those of the bootstrap.
"""

from __future__ import annotations

from typing import Any

import msgspec

from newspan.agreement.figures import VERSION, signature
from newspan.scoring.figures import Estimate, percentiles
from newspan.scoring.measures import Counted
from newspan.scoring.spans import rates

Array = Any
_F1 = 2
#: Differences closer than this are equal.
_NEAR = 1e-12
#: So many swaps are always tried: fewer that are drawn would allow p values that all do not.
_FEW = 4096


class Difference(msgspec.Struct, frozen=True):
    """How much higher the F1 of the first prediction is than that of the second.

    `difference` has the interval of the paired bootstrap. `p` is two-sided; None where there is one
    group, or nothing was drawn, and `reason` says so. `smallest_p` is what so many groups allow at
    best.
    """

    measure: str
    layer: str
    copies: str
    predicted: tuple[str, str]
    f1: tuple[float | None, float | None]
    difference: Estimate
    p: float | None
    smallest_p: float | None
    groups: int
    swaps: int
    exact: bool
    reason: str | None
    signature: str

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return data


def difference(
    one: Counted,
    other: Counted,
    layer: str,
    copies: str,
    names: tuple[str, str],
    drawn: Array,
    seed: int,
    common: str,
) -> Difference:
    """Return the difference of two predictions by one measure, and its p value.

    Args:
        one: the measure of the first prediction.
        other: the same of the second, over the same groups.
        layer: their layer.
        copies: with or without.
        names: the predictions.
        drawn: the weights of the bootstrap; as many swaps are drawn, if not all can be tried.
        seed: of the swaps.
        common: the part of the signature that all figures of the text share.
    """
    values = [_f1(each.sums.sum(axis=0)[None])[0] for each in (one, other)]
    seen = values[0] - values[1]
    replicates, groups = drawn.shape
    defined = seen == seen  # not NaN
    low = high = p = smallest = None
    swaps, exact = 0, False
    if defined and replicates and groups > 1:
        gaps = _f1(drawn @ one.sums) - _f1(drawn @ other.sums)
        lows, highs = percentiles(gaps[:, None].repeat(3, axis=1))
        low, high = (lows[0], highs[0]) if lows is not None else (None, None)
        p, swaps, exact = _p(one.sums, other.sums, abs(seen), replicates, seed)
        # All swapped or none gives the same difference, so no p is smaller than two of all.
        smallest = 2 / 2**groups if exact else 1 / (swaps + 1)
    reason = "one group, or nothing drawn" if defined else "neither side has any"
    own = signature(
        ("v", VERSION),
        *one.parameters,
        ("test", "randomization"),
        ("swaps", f"{'all' if exact else 'drawn'}{swaps}"),
    )
    return Difference(
        one.measure,
        layer,
        copies,
        names,
        (_or_none(values[0]), _or_none(values[1])),
        Estimate(_or_none(seen), low, high),
        p,
        smallest,
        groups,
        swaps,
        exact,
        reason if p is None else None,
        f"difference_{one.measure}|{own}|{common}",
    )


def _p(one: Array, other: Array, seen: float, draws: int, seed: int) -> tuple[float, int, bool]:
    """Return the p value, the number of swaps, and whether these are all."""
    import numpy as np

    groups = len(one)
    exact = groups < 32 and 2**groups <= max(draws, _FEW)
    if exact:
        swapped = (np.arange(2**groups)[:, None] >> np.arange(groups)) & 1
    else:
        swapped = np.random.default_rng(seed).integers(0, 2, size=(draws, groups))
    move = swapped.astype(float) @ (other - one)
    gaps = _f1(one.sum(axis=0) + move) - _f1(other.sum(axis=0) - move)
    hits = int((np.abs(np.nan_to_num(gaps)) >= seen - _NEAR).sum())
    if exact:
        return hits / len(swapped), len(swapped), True
    return (hits + 1) / (draws + 1), draws, False


def _f1(sums: Array) -> Array:
    return rates(sums)[:, _F1]


def _or_none(value: float) -> float | None:
    return float(value) if value == value else None
