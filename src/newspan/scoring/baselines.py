"""Predictions without any skill, to hold a score against.

They know more than a real prediction may: lengths and labels are the reference's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from statistics import median_low

from newspan.agreement.matching import Unit
from newspan.scoring.sides import Side, Text

# No set can have such an id.
WHOLE, NOTHING, LENGTH = "baseline/whole_article", "baseline/nothing", "baseline/median_length"


def baselines(text: Text, reference: Side) -> Iterator[Side]:
    """Yield the trivial predictions of a text: one span per item, none, and spans end to end.

    Spans have the reference's commonest label, of those equally common the first by name. Those
    laid end to end have the median length of the reference's spans, the lower one of two, from the
    beginning of each item; the last one is cut off where the item ends.
    """
    units = [unit for item in reference.units for unit in item]
    counts = Counter(unit.label for unit in units)
    label = min(counts, key=lambda each: (-counts[each], each), default="")
    lengths = [item.length for item in text.view.items]
    yield Side(WHOLE, tuple((Unit(0, length, label),) for length in lengths))
    yield Side(NOTHING, tuple(() for _ in lengths))
    step = median_low([unit.end - unit.start for unit in units]) if units else 0
    yield Side(
        LENGTH,
        tuple(
            tuple(Unit(at, min(at + step, length), label) for at in range(0, length, step))
            if step
            else ()
            for length in lengths
        ),
    )
