"""The encoding that asks of each run of words whether it is a span."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from newspan.training.collate import IGNORED
from newspan.training.encoders import Enumeration, Lost
from newspan.training.examples import Mark
from newspan.training.head import Array, Head, Tensor, log_odds
from newspan.training.pieces import Pieces, Stretch

#: The longest runs that are looked at, in words.
MOST = 12


class SpansHead(Head):
    """Runs of words: what begins, ends and fills one, and its length."""

    name = "spans"

    @property
    def columns(self) -> int:
        """Return three per label: of a first word, of a last one, and of any."""
        return 3 * len(self.labels)

    @property
    def _width(self) -> int:
        return MOST * len(self.labels)

    def bias(self, targets: Array) -> list[float]:
        """Return the log-odds of a label among all runs, for first words; 0 for the others."""
        import numpy as np

        own = targets[targets[:, 0] != IGNORED].reshape(-1, len(self.labels))
        shares = own[own[:, 0] != IGNORED].mean(axis=0)
        return [*log_odds(shares), *np.zeros(2 * len(self.labels)).tolist()]

    def loss(self, columns: Tensor, targets: Tensor, lengths: Tensor | None) -> Tensor:
        """Return the binary cross-entropy over the runs that lie within a window."""
        import torch

        found, wanted = [], []
        for row, its in zip(columns, targets, strict=True):
            words = (its[:, 0] != IGNORED).nonzero()[:, 0]
            first, last, between = row.chunk(3, dim=-1)
            sums = torch.nn.functional.pad(between.cumsum(0), (0, 0, 1, 0))
            for length in range(1, min(MOST, len(words)) + 1):
                a, b = words[: len(words) - length + 1], words[length - 1 :]
                asked = its[a].unflatten(1, (MOST, -1))[:, length - 1]
                counted = asked[:, 0] != IGNORED
                mean = (sums[b + 1] - sums[a]) / (b + 1 - a)[:, None]
                score = first[a] + last[b] + mean
                if lengths is not None:
                    score = score + lengths[length - 1]
                found.append(score[counted])
                wanted.append(asked[counted])
        if not found:
            return columns.sum() * 0
        return torch.nn.functional.binary_cross_entropy_with_logits(
            torch.cat(found), torch.cat(wanted).to(columns.dtype)
        )

    def settled(self, columns: Tensor) -> Tensor:
        """Return them as they are: only a run has a probability."""
        return columns

    def read(self, pieces: Pieces, columns: Array, lengths: Array | None) -> list[Any]:
        """Return each stretch's probabilities (runs, labels)."""
        import numpy as np

        first, last, between = np.split(np.asarray(columns), 3, axis=1)
        sums = np.pad(between.cumsum(axis=0), ((1, 0), (0, 0)))
        found = []
        for stretch in pieces.stretches:
            runs = self._runs(pieces, stretch)
            tells = np.array(stretch.first, dtype=np.int64)
            a, b = tells[runs[:, 0]], tells[runs[:, 1] - 1]
            score = first[a] + last[b] + (sums[b + 1] - sums[a]) / (b + 1 - a)[:, None]
            if lengths is not None:
                score = score + lengths[runs[:, 1] - runs[:, 0] - 1]
            found.append(1 / (1 + np.exp(-score.clip(-50, 50))))
        return found

    def marks(self, pieces: Pieces, read: list[Any], chain: int, threshold: float) -> list[Mark]:
        """Return the likeliest runs; of those of a label that share a word, the likelier one."""
        import numpy as np

        found = []
        for stretch, odds in zip(pieces.stretches, read, strict=True):
            runs = self._runs(pieces, stretch)
            chosen = np.zeros(odds.shape, dtype=bool)
            for label in self.chains[chain]:
                column = self.labels.index(label)
                taken = np.zeros(len(stretch.words), dtype=bool)
                for row in np.argsort(-odds[:, column], kind="stable"):
                    if odds[row, column] <= threshold:
                        break
                    words = slice(*runs[row])
                    if not taken[words].any():
                        taken[words] = True
                        chosen[row, column] = True
            found += Enumeration(self.labels, MOST).decode(
                pieces.example.text, chosen, stretch.words, None, odds
            )
        return found

    def _runs(self, pieces: Pieces, stretch: Stretch) -> Array:
        return Enumeration(self.labels, MOST).candidates(pieces.example.text, stretch.words)

    def _encoded(
        self, pieces: Pieces, stretch: Stretch, marks: list[Mark]
    ) -> tuple[Array, list[Lost]]:
        import numpy as np

        encoded = Enumeration(self.labels, MOST).encode(pieces.example.text, marks, stretch.words)
        runs = self._runs(pieces, stretch)
        values = np.full((len(stretch.words), MOST, len(self.labels)), IGNORED, dtype=np.int8)
        values[runs[:, 0], runs[:, 1] - runs[:, 0] - 1] = encoded.values
        return values.reshape(len(stretch.words), -1), encoded.lost

    def _asked(self, read: Any, thresholds: Sequence[float]) -> Iterator[tuple[Array, float]]:
        for chain, value in zip(self.chains, thresholds, strict=True):
            yield read[:, [self.labels.index(label) for label in chain]], value
