"""A figure of a prediction: precision, recall and F1 with their intervals, and what they are of."""

from __future__ import annotations

from typing import Any

import msgspec

from newspan.agreement.bootstrap import PERCENTILES
from newspan.agreement.figures import VERSION, signature
from newspan.scoring.measures import Counted
from newspan.scoring.spans import PREDICTED, REFERENCE, rates

Array = Any

#: Measures that are 1 where neither side has a span, as the scorers of the shared tasks have it.
_EMPTY_IS_ONE = ("si", "flc", "tc")
_EMPTY = "neither side has any"


class Estimate(msgspec.Struct, frozen=True):
    """A value and its bootstrap interval; `low` and `high` are None where there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None


class Figure(msgspec.Struct, frozen=True):
    """A measure of one prediction, or of a trivial one, with its intervals and its signature.

    `by` is what spans are split by (label, voice, lineage, role) and `of` the part; None for all.
    `reference` and `counted` say how many of each side were counted: spans, spans after merging (si
    and flc), characters, tokens, surfaces or attributions. `reason` says why there is no value.
    """

    measure: str
    layer: str
    by: str | None
    of: str | None
    copies: str
    predicted: str
    reference: int
    counted: int
    precision: Estimate
    recall: Estimate
    f1: Estimate
    reason: str | None
    #: The signature's part that differs within a layer, and the part that does not.
    own: str
    common: str

    @property
    def signature(self) -> str:
        """Return the whole signature: measure and parameters, then layer, sets, text and draws."""
        return f"{self.own}|{self.common}|n:{self.reference}+{self.counted}"

    def to_json(self) -> dict[str, Any]:
        """Return the figure as plain JSON, with its signature in one piece."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        del data["own"], data["common"]
        return {**data, "signature": self.signature}


def figure(
    counted: Counted, layer: str, copies: str, predicted: str, drawn: Array, common: str
) -> Figure:
    """Return a measure's figure.

    Args:
        counted: the measure.
        layer: its layer.
        copies: with or without.
        predicted: the prediction's name.
        drawn: how often each replicate draws each group, as `bootstrap.weights` gives it.
        common: the part of the signature that all figures of the text share.
    """
    total = counted.sums.sum(axis=0)
    empty = not total[PREDICTED] and not total[REFERENCE]
    one = empty and counted.measure in _EMPTY_IS_ONE
    if counted.groups is not None:
        drawn = drawn[:, counted.groups]
    found = [Estimate(1.0 if one else None)] * 3 if empty else _estimates(counted.sums, drawn)
    own = signature(
        ("v", VERSION), *counted.parameters, (counted.by or "label", counted.of or "all")
    )
    return Figure(
        measure=counted.measure,
        layer=layer,
        by=counted.by,
        of=counted.of,
        copies=copies,
        predicted=predicted,
        reference=round(total[REFERENCE]),
        counted=round(total[PREDICTED]),
        precision=found[0],
        recall=found[1],
        f1=found[2],
        reason=_EMPTY if empty and not one else None,
        own=f"{counted.measure}|{own}",
        common=common,
    )


def _estimates(sums: Array, drawn: Array) -> list[Estimate]:
    import numpy as np

    values = rates(sums.sum(axis=0)).tolist()
    # What stands in one group alone is drawn whole or not at all: no interval, not one of no width.
    groups = np.flatnonzero(sums[:, PREDICTED] + sums[:, REFERENCE])
    lows, highs = None, None
    if len(groups) > 1:
        lows, highs = percentiles(rates(drawn[:, groups] @ sums[groups]))
    if lows is None or highs is None:
        return [Estimate(value) for value in values]
    return [Estimate(*each) for each in zip(values, lows, highs, strict=True)]


def percentiles(values: Array) -> tuple[Any, Any]:
    """Return the ends of the intervals; None where most draws hold no span of either side."""
    import numpy as np

    defined = values[~np.isnan(values[:, 2])]
    if not len(defined) or len(defined) < len(values) / 2:
        return None, None
    low, high = np.percentile(defined, PERCENTILES, axis=0)
    return low.tolist(), high.tolist()
