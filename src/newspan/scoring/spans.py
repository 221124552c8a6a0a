"""Precision, recall and F1 from sums, and what a score of people's own spans holds.

Every measure here is a ratio of sums over spans, so one row of four numbers says all: what of the
prediction is right, of how much; what of the reference was found, of how much. Rows add up.
"""

from __future__ import annotations

from typing import Any

import msgspec

Array = Any

#: The columns of a row of sums.
RIGHT, PREDICTED, FOUND, REFERENCE = range(4)


def rates(sums: Array) -> Array:
    """Return precision, recall and F1 (rows, 3) from rows of sums; NaN where both sides are empty.

    Where one side is empty all three are 0, as the scorers of the shared tasks have it.
    """
    import numpy as np

    sums = np.asarray(sums, dtype=float)
    right, predicted, found, reference = np.moveaxis(sums, -1, 0)
    zeros = np.zeros(np.shape(predicted))
    precision = np.divide(right, predicted, out=zeros.copy(), where=predicted > 0)
    recall = np.divide(found, reference, out=zeros.copy(), where=reference > 0)
    both = precision + recall
    f1 = np.divide(2 * precision * recall, both, out=zeros.copy(), where=both > 0)
    values = np.stack([precision, recall, f1], axis=-1)
    values[(predicted <= 0) & (reference <= 0)] = np.nan
    return values


class LabelScore(msgspec.Struct, frozen=True):
    """Precision, recall and F1, with how many spans each side has: merged ones, answers of TC."""

    precision: float
    recall: float
    f1: float
    reference: int
    predicted: int


class Score(msgspec.Struct, frozen=True):
    """A score of spans: the micro average, each label's own, and what must be said of the input."""

    measure: str
    precision: float
    recall: float
    f1: float
    reference: int
    predicted: int
    labels: dict[str, LabelScore]
    notes: tuple[str, ...]
    signature: str

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return data

    def __str__(self) -> str:
        """Return it for people: one line, and one for each note."""
        first = (
            f"{self.measure}: precision {self.precision:.3f}, recall {self.recall:.3f}, "
            f"F1 {self.f1:.3f} ({self.reference} reference, {self.predicted} predicted)"
        )
        return "\n".join([first, *(f"  {note}" for note in self.notes)])


def label_score(row: Array) -> LabelScore:
    """Return the score of one row of sums; both sides empty are 1.0, as in the shared tasks."""
    import numpy as np

    precision, recall, f1 = np.nan_to_num(rates(row), nan=1.0).tolist()
    return LabelScore(precision, recall, f1, int(row[REFERENCE]), int(row[PREDICTED]))
