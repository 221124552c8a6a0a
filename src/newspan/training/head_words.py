"""Encodings that ask of each word: begin and inside of every label, or one tag."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from newspan.training.collate import IGNORED
from newspan.training.decoding import Odds, free_marks_of, marks_of
from newspan.training.encoders import Bio, Lost, MultiLabel
from newspan.training.examples import Extent, Mark
from newspan.training.head import RAREST, Array, Chains, Head, Tensor, log_odds
from newspan.training.pieces import Pieces, Stretch

#: What reads runs of words: text, words, their odds, labels, threshold.
Decode = Callable[[str, Sequence[Extent], Odds, Sequence[str], float], list[Mark]]


class WordsHead(Head):
    """What both have in common: odds of words, of which runs are read."""

    def _decoded(
        self, decode: Decode, pieces: Pieces, read: list[Any], chain: int, threshold: float
    ) -> list[Mark]:
        labels, text = self.chains[chain], pieces.example.text
        return [
            mark
            for stretch, odds in zip(pieces.stretches, read, strict=True)
            for mark in decode(text, stretch.words, odds[chain], labels, threshold)
        ]


class TokensHead(WordsHead):
    """Begin and inside of each label, each a sigmoid."""

    name = "tokens"

    @property
    def columns(self) -> int:
        """Return two per label."""
        return 2 * len(self.labels)

    _width = columns

    def bias(self, targets: Array) -> list[float]:
        """Return the log-odds of each column."""
        return log_odds(targets[targets[:, 0] != IGNORED].mean(axis=0))

    def loss(self, columns: Tensor, targets: Tensor, lengths: Tensor | None) -> Tensor:
        """Return the binary cross-entropy."""
        import torch

        counted = targets[..., 0] != IGNORED
        return torch.nn.functional.binary_cross_entropy_with_logits(
            columns[counted], targets[counted].to(columns.dtype)
        )

    def settled(self, columns: Tensor) -> Tensor:
        """Return probabilities."""
        return columns.sigmoid()

    def read(self, pieces: Pieces, columns: Array, lengths: Array | None) -> list[Any]:
        """Return each stretch's odds, by chain."""
        found = []
        for stretch in pieces.stretches:
            own = columns[stretch.first]
            begin = own[:, 0::2]
            # A word of a span either begins it or goes on.
            inside = (begin + own[:, 1::2]).clip(max=1.0)
            found.append([Odds(begin[:, at], inside[:, at]) for at in self._places()])
        return found

    def marks(self, pieces: Pieces, read: list[Any], chain: int, threshold: float) -> list[Mark]:
        """Return runs of words, for each label by itself."""
        return self._decoded(free_marks_of, pieces, read, chain, threshold)

    def _places(self) -> list[list[int]]:
        return [[self.labels.index(label) for label in chain] for chain in self.chains]

    def _encoded(
        self, pieces: Pieces, stretch: Stretch, marks: list[Mark]
    ) -> tuple[Array, list[Lost]]:
        encoded = MultiLabel(self.labels).encode(pieces.example.text, marks, stretch.words)
        return encoded.values, encoded.lost

    def _asked(self, read: Any, thresholds: Sequence[float]) -> Iterator[tuple[Array, float]]:
        yield from ((odds.inside, t) for odds, t in zip(read, thresholds, strict=True))


class BioHead(WordsHead):
    """One tag per word and chain, by softmax."""

    name = "bio"

    def __init__(self, chains: Chains) -> None:
        """Take the chains."""
        super().__init__(chains)
        self._bios = [Bio(chain) for chain in chains]

    @property
    def columns(self) -> int:
        """Return one per tag of each chain."""
        return sum(len(bio.tags) for bio in self._bios)

    @property
    def _width(self) -> int:
        return len(self.chains)

    def bias(self, targets: Array) -> list[float]:
        """Return the logarithm of each tag's share."""
        import numpy as np

        own = targets[targets[:, 0] != IGNORED]
        return [
            float(np.log(max(RAREST, (own[:, number] == tag).mean())))
            for number, bio in enumerate(self._bios)
            for tag in range(len(bio.tags))
        ]

    def loss(self, columns: Tensor, targets: Tensor, lengths: Tensor | None) -> Tensor:
        """Return the cross-entropy, the mean over chains."""
        import torch

        losses = [
            torch.nn.functional.cross_entropy(
                own.flatten(0, 1), targets[..., number].flatten().long(), ignore_index=IGNORED
            )
            for number, own in enumerate(self._split(columns))
        ]
        return torch.stack(losses).mean()

    def settled(self, columns: Tensor) -> Tensor:
        """Return probabilities."""
        import torch

        return torch.cat([own.softmax(-1) for own in self._split(columns)], dim=-1)

    def read(self, pieces: Pieces, columns: Array, lengths: Array | None) -> list[Any]:
        """Return each stretch's odds, by chain."""
        found = []
        for stretch in pieces.stretches:
            # Tags are O, then B and I of each label.
            parts = list(self._split(columns[stretch.first]))
            found.append([Odds(p[:, 1::2], p[:, 1::2] + p[:, 2::2]) for p in parts])
        return found

    def marks(self, pieces: Pieces, read: list[Any], chain: int, threshold: float) -> list[Mark]:
        """Return runs of words, each of one label."""
        return self._decoded(marks_of, pieces, read, chain, threshold)

    def _split(self, columns: Any) -> Iterator[Any]:
        at = 0
        for bio in self._bios:
            yield columns[..., at : at + len(bio.tags)]
            at += len(bio.tags)

    def _encoded(
        self, pieces: Pieces, stretch: Stretch, marks: list[Mark]
    ) -> tuple[Array, list[Lost]]:
        import numpy as np

        rows, lost = [], []
        for bio in self._bios:
            own = [mark for mark in marks if mark.label in bio.labels]
            encoded = bio.encode(pieces.example.text, own, stretch.words)
            rows.append([bio.tags.index(tag) for tag in encoded.values])
            lost += encoded.lost
        return np.array(rows, dtype=np.int8).T, lost

    def _asked(self, read: Any, thresholds: Sequence[float]) -> Iterator[tuple[Array, float]]:
        for odds, value in zip(read, thresholds, strict=True):
            yield odds.inside.sum(axis=1), value
