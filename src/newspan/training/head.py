"""What all encodings of a transformer's answers have in common: see `newspan.training.heads`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from newspan.training.collate import IGNORED
from newspan.training.encoders import BORDERS, Lost
from newspan.training.examples import Mark
from newspan.training.pieces import Pieces, Stretch

Array = Any
Tensor = Any
Chains = tuple[tuple[str, ...], ...]

#: Columns begin with how common what they ask is, but no rarer than this.
RAREST = 1e-3


class Head:
    """An encoding of the labels of a layer, in chains: see `newspan.training.kinds.chains`."""

    name = ""

    def __init__(self, chains: Chains) -> None:
        """Take the chains."""
        self.chains = chains
        self.labels = tuple(label for chain in chains for label in chain)

    @property
    def columns(self) -> int:
        """Return how many numbers are asked of each sub-word."""
        raise NotImplementedError

    def targets(self, pieces: Pieces) -> tuple[Array, list[Lost]]:
        """Return what is to be learnt of each sub-word, int8, and the spans that it can't say.

        Sub-words of which nothing is to be learnt have IGNORED in all columns.
        """
        import numpy as np

        found = np.full((len(pieces.ids), self._width), IGNORED, dtype=np.int8)
        lost: list[Lost] = []
        for number, stretch in enumerate(pieces.stretches):
            if stretch.words:
                values, its = self._encoded(pieces, stretch, _own(pieces, number))
                found[stretch.first] = values
                lost += its
            else:
                lost += [Lost(mark, BORDERS) for mark in _own(pieces, number)]
        return found, lost

    def bias(self, targets: Array) -> list[float]:
        """Return what columns begin with, from the targets of all that is learnt."""
        raise NotImplementedError

    def loss(self, columns: Tensor, targets: Tensor, lengths: Tensor | None) -> Tensor:
        """Return the loss of a batch.

        Args:
            columns: (windows, sub-words, columns).
            targets: (windows, sub-words, …), as `targets` gives them.
            lengths: (MOST, labels), what a run's length says; None but for `spans`.
        """
        raise NotImplementedError

    def settled(self, columns: Tensor) -> Tensor:
        """Return columns as they are merged: probabilities, if each has one by itself."""
        raise NotImplementedError

    def read(self, pieces: Pieces, columns: Array, lengths: Array | None) -> list[Any]:
        """Return the probabilities of each stretch, from merged columns (sub-words, columns)."""
        raise NotImplementedError

    def marks(self, pieces: Pieces, read: list[Any], chain: int, threshold: float) -> list[Mark]:
        """Return the spans of a chain's labels that are more probable than a threshold."""
        raise NotImplementedError

    def doubt(self, read: list[Any], thresholds: Sequence[float]) -> float:
        """Return the mean of 1 minus the probability of what is said."""
        import numpy as np

        asked = [pair for each in read for pair in self._asked(each, thresholds)]
        whole = sum(int(odds.size) for odds, _ in asked)
        wrong = sum(float(np.abs((p > t) - p).sum()) for p, t in asked)
        return wrong / max(1, whole)

    @property
    def _width(self) -> int:
        raise NotImplementedError

    def _encoded(
        self, pieces: Pieces, stretch: Stretch, marks: list[Mark]
    ) -> tuple[Array, list[Lost]]:
        raise NotImplementedError

    def _asked(self, read: Any, thresholds: Sequence[float]) -> Iterator[tuple[Array, float]]:
        """Yield arrays of probabilities, each with its threshold."""
        raise NotImplementedError


def log_odds(shares: Array) -> list[float]:
    """Return the log-odds of shares, none rarer than `RAREST` or commoner than half."""
    import numpy as np

    shares = np.clip(shares, RAREST, 0.5)
    found: list[float] = np.log(shares / (1 - shares)).tolist()
    return found


def _own(pieces: Pieces, number: int) -> list[Mark]:
    """Return the marks inside a stretch."""
    start, end = pieces.example.stretches[number]
    return [mark for mark in pieces.example.marks if start <= mark.start and mark.end <= end]
