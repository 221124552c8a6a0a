"""What a transformer is asked of each word: three encodings of spans, which may overlap.

tokens  begin and inside of each label by itself, so that spans of different labels overlap freely
bio     one tag of B, I and O per word; attributions have one for each role
spans   every run of up to 12 words: whether it is a span of each label

Each asks columns of numbers of a sub-word, and the first one of a word counts. So scores of windows
that overlap can be merged before spans are read; a run's score is the sum of what its first word,
its last word and its length say, and the mean of what lies between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from newspan.training.collate import IGNORED
from newspan.training.decoding import Odds, free_marks_of, marks_of
from newspan.training.encoders import Bio, Enumeration, Lost, MultiLabel
from newspan.training.examples import Mark
from newspan.training.pieces import Pieces, Stretch

Array = Any
Tensor = Any
Chains = tuple[tuple[str, ...], ...]

#: The longest runs that `spans` looks at, in words.
MOST = 12
#: Columns begin with how common what they ask is, but no rarer than this.
_RARE = 1e-3


class Head:
    """An encoding of the labels of a layer, in chains: see `newspan.training.kinds.chains`."""

    name = ""
    about = ""

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
                lost += [Lost(mark, "borders") for mark in _own(pieces, number)]
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


class TokensHead(Head):
    """Begin and inside of each label, each a sigmoid."""

    name = "tokens"
    about = "B and I of each label and word, so that spans of different labels may overlap"

    @property
    def columns(self) -> int:
        """Return two per label."""
        return 2 * len(self.labels)

    _width = columns

    def bias(self, targets: Array) -> list[float]:
        """Return the log-odds of each column."""
        return _log_odds(targets[targets[:, 0] != IGNORED].mean(axis=0))

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
        labels, text = self.chains[chain], pieces.example.text
        return [
            mark
            for stretch, odds in zip(pieces.stretches, read, strict=True)
            for mark in free_marks_of(text, stretch.words, odds[chain], labels, threshold)
        ]

    def _places(self) -> list[list[int]]:
        return [[self.labels.index(label) for label in chain] for chain in self.chains]

    def _encoded(
        self, pieces: Pieces, stretch: Stretch, marks: list[Mark]
    ) -> tuple[Array, list[Lost]]:
        encoded = MultiLabel(self.labels).encode(pieces.example.text, marks, stretch.words)
        return encoded.values, encoded.lost

    def _asked(self, read: Any, thresholds: Sequence[float]) -> Iterator[tuple[Array, float]]:
        yield from ((odds.inside, t) for odds, t in zip(read, thresholds, strict=True))


class BioHead(Head):
    """One tag per word and chain, by softmax."""

    name = "bio"
    about = "one tag of B, I and O per word, and per role of attributions"

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
            float(np.log(max(_RARE, (own[:, number] == tag).mean())))
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
        labels, text = self.chains[chain], pieces.example.text
        return [
            mark
            for stretch, odds in zip(pieces.stretches, read, strict=True)
            for mark in marks_of(text, stretch.words, odds[chain], labels, threshold)
        ]

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


class SpansHead(Head):
    """Runs of words: what begins, ends and fills one, and its length."""

    name = "spans"
    about = f"every run of up to {MOST} words, whether it is a span of each label"

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
        return [*_log_odds(shares), *np.zeros(2 * len(self.labels)).tolist()]

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


HEADS: dict[str, type[Head]] = {each.name: each for each in (TokensHead, BioHead, SpansHead)}


def head_of(name: str, chains: Chains) -> Head:
    """Return an encoding by name.

    Raises:
        ValueError: when there is none.
    """
    if name not in HEADS:
        raise ValueError(f"there is no head {name!r}; there are {', '.join(HEADS)}")
    return HEADS[name](chains)


def _own(pieces: Pieces, number: int) -> list[Mark]:
    """Return the marks inside a stretch."""
    start, end = pieces.example.stretches[number]
    return [mark for mark in pieces.example.marks if start <= mark.start and mark.end <= end]


def _log_odds(shares: Array) -> list[float]:
    import numpy as np

    shares = np.clip(shares, _RARE, 0.5)
    found: list[float] = np.log(shares / (1 - shares)).tolist()
    return found
