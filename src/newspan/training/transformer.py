"""Transformers' encoders, fine-tuned: sub-words in windows, words told by them, spans read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec

from newspan.training import network as networks
from newspan.training.collate import IGNORED, Piece, collate, merge, rows_of, tensors, windows
from newspan.training.encoders import Lost
from newspan.training.examples import Example, Mark, Predicted, Progress, labels_of
from newspan.training.head import Head
from newspan.training.head_spans import MOST, SpansHead
from newspan.training.heads import head_of
from newspan.training.kinds import chains
from newspan.training.loop import BATCH, learn, seeded
from newspan.training.network import Base, Tokenizer
from newspan.training.pieces import Pieces, pieces_of
from newspan.training.stored import read_json, write_json
from newspan.training.thresholds import DEFAULT, inner, threshold

Array = Any

#: Sub-words of a window, special ones included, and by how many windows within a paragraph overlap.
SIZE, STRIDE = 128, 32
_FILE = "settings.json"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a saved model is besides its weights: see `Tokenizer` and `Head`."""

    base: str
    base_sha256: str | None
    head: str
    chains: tuple[tuple[str, ...], ...]
    thresholds: tuple[Annotated[float, msgspec.Meta(ge=0, le=1)], ...]
    prefix: tuple[int, ...]
    suffix: tuple[int, ...]
    padding: int
    hidden: int
    most: int


class Transformer:
    """An encoder with a head, and the threshold of each chain of labels."""

    def __init__(
        self,
        origin: tuple[str, str | None],
        network: Any,
        tokenizer: Tokenizer,
        head: Head,
        thresholds: Sequence[float],
    ) -> None:
        """Take the parts.

        Args:
            origin: the encoder's name, and the SHA-256 of its weights before it learnt anything.
            network: as `network_of` gives it, on the GPU or not.
            tokenizer: its tokenizer.
            head: the encoding.
            thresholds: of each chain.
        """
        self._origin = origin
        self._network = network
        self._tokenizer = tokenizer
        self._head = head
        self.thresholds = tuple(thresholds)

    def predict(self, example: Example) -> Predicted:
        """Return the spans that are more probable than their chain's threshold.

        A span's confidence is the mean of its words' probabilities, or its run's; uncertainty is
        the mean of 1 minus the probability of what is said.
        """
        if not self.thresholds:
            return Predicted([], 0.0)
        pieces = pieces_of(example, self._tokenizer.cut, self._tokenizer.hidden)
        read = self.read(pieces)
        marks = [
            mark
            for chain, value in enumerate(self.thresholds)
            for mark in self._head.marks(pieces, read, chain, value)
        ]
        return Predicted(sorted(marks), self._head.doubt(read, self.thresholds))

    def read(self, pieces: Pieces) -> list[Any]:
        """Return what the head reads of each stretch of an example."""
        import numpy as np
        import torch

        cut = _windows(pieces, self._tokenizer)
        parts = []
        # In order of length, so that little is padding.
        order = sorted(range(len(cut)), key=lambda n: (cut[n].last - cut[n].first, n))
        with torch.inference_mode():
            for at in range(0, len(order), 2 * BATCH):
                rows = [Piece(cut[n], pieces.ids) for n in order[at : at + 2 * BATCH]]
                batch = collate(
                    rows,
                    prefix=self._tokenizer.prefix,
                    suffix=self._tokenizer.suffix,
                    padding=self._tokenizer.padding,
                )
                columns = self._head.settled(networks.run(self._network, tensors(batch)))
                found = rows_of(batch, columns.cpu().numpy())
                parts += [(row.window, its) for row, its in zip(rows, found, strict=True)]
            lengths = None
            if "lengths" in self._network:
                lengths = self._network["lengths"].weight.cpu().numpy()
        whole = np.zeros((0, self._head.columns))  # of a text without any sub-word
        if parts:
            whole = merge(len(pieces.ids), parts)
        return self._head.read(pieces, whole, lengths)

    def save(self, folder: Path) -> None:
        """Write settings.json, the encoder's config, its tokenizer, and all weights."""
        write_json(
            folder / _FILE,
            Settings(
                *self._origin,
                self._head.name,
                self._head.chains,
                self.thresholds,
                self._tokenizer.prefix,
                self._tokenizer.suffix,
                self._tokenizer.padding,
                self._tokenizer.hidden,
                self._tokenizer.most,
            ),
        )
        networks.save(folder, self._network, self._tokenizer)


def fit(
    examples: Sequence[Example],
    layer: str,
    seed: int,
    progress: Progress,
    *,
    base: str,
    head: str = "tokens",
    thresholds: Sequence[float] | None = None,
) -> Transformer:
    """Return an encoder that has learnt from examples.

    Args:
        examples: the examples.
        layer: their layer.
        seed: of all that chance plays into.
        progress: told the stage, the hundredths done, and 100.
        base: the encoder to begin with: a folder, or OWNER/NAME.
        head: tokens, bio or spans.
        thresholds: of each chain, as other models of the same have them; if not given, or not for
            as many chains, they are fixed on a part of the examples, which costs as much again.
    """
    found = _base(base)
    tokenizer = networks.tokenizer_of(found)
    asked = head_of(head, tuple(chains(layer, labels_of(examples))))
    if thresholds is not None and len(thresholds) != len(asked.chains):
        thresholds = None  # a fold may lack a role that others have
    halves = inner(examples)[:1] if thresholds is None and asked.chains else []
    done = 0

    def tell(share: float) -> None:
        progress("steps", round(100 * (done + share) / (1 + len(halves))), 100)

    if thresholds is None:
        thresholds = [DEFAULT for _ in asked.chains]
        for half in halves:
            trial = _fitted(half.learnt, found, tokenizer, asked, seed, tell)
            thresholds = _thresholds(trial, half.held, asked, tokenizer)
            done += 1
    model = _fitted(examples, found, tokenizer, asked, seed, tell)
    model.thresholds = tuple(thresholds)
    return model


def load(folder: Path) -> Transformer:
    """Return a model from its files; nothing is fetched, and no code of theirs is run."""
    networks.needed()
    settings = read_json(folder / _FILE, Settings)
    head = head_of(settings.head, settings.chains)
    network, own = networks.load(folder, head.columns, _lengths(head))
    where = networks.device()
    tokenizer = Tokenizer(
        own,
        settings.prefix,
        settings.suffix,
        settings.padding,
        settings.hidden,
        settings.most,
    )
    sound = networks.fits(tokenizer, network["encoder"].config)
    if not sound or len(settings.thresholds) != len(settings.chains):
        raise ValueError(f"{folder / _FILE} is no file of a model: its parts do not fit")
    origin = settings.base, settings.base_sha256
    return Transformer(origin, network.to(where).eval(), tokenizer, head, settings.thresholds)


def lost(examples: Sequence[Example], layer: str, *, base: str, head: str = "tokens") -> list[Lost]:
    """Return the marks that the head can't say of the tokenizer's words."""
    tokenizer = networks.tokenizer_of(_base(base))
    asked = head_of(head, tuple(chains(layer, labels_of(examples))))
    found: list[Lost] = []
    for example in examples:
        found += asked.targets(pieces_of(example, tokenizer.cut, tokenizer.hidden))[1]
    return found


def _base(name: str) -> Base:
    networks.needed()
    found = networks.base_of(name)
    if found is None:
        raise ValueError(f"{name} is no folder of an encoder, and no OWNER/NAME")
    return found


def _lengths(head: Head) -> tuple[int, int] | None:
    return (MOST, len(head.labels)) if isinstance(head, SpansHead) else None


def _windows(pieces: Pieces, tokenizer: Tokenizer) -> Any:
    size = min(SIZE, tokenizer.most) - len(tokenizer.prefix) - len(tokenizer.suffix)
    return windows(pieces.example.text, pieces.extents, size, min(STRIDE, size // 4))


def _fitted(
    examples: Sequence[Example],
    base: Base,
    tokenizer: Tokenizer,
    head: Head,
    seed: int,
    tell: Callable[[float], None],
) -> Transformer:
    import numpy as np

    every = [pieces_of(each, tokenizer.cut, tokenizer.hidden) for each in examples]
    targets = [head.targets(pieces)[0] for pieces in every]
    rows = [
        Piece(window, pieces.ids, its)
        for pieces, its in zip(every, targets, strict=True)
        for window in _windows(pieces, tokenizer)
        # Where nobody looked there is nothing to learn.
        if head.columns and (its[window.first : window.last, 0] != IGNORED).any()
    ]
    with seeded(seed):
        bias = head.bias(np.concatenate(targets)) if rows else []
        network = networks.network_of(base, head.columns, _lengths(head), bias)
        if rows:
            learn(network, head, rows, tokenizer, seed, tell)
    origin = base.name, networks.sha256_of(base)
    return Transformer(origin, network.eval(), tokenizer, head, [DEFAULT] * len(head.chains))


def _thresholds(
    model: Transformer, held: Sequence[Example], head: Head, tokenizer: Tokenizer
) -> list[float]:
    every = [pieces_of(each, tokenizer.cut, tokenizer.hidden) for each in held]
    read = [model.read(pieces) for pieces in every]

    def of(chain: int) -> float:
        def decode(number: int, value: float) -> list[Mark]:
            return head.marks(every[number], read[number], chain, value)

        return threshold(held, decode, head.chains[chain])

    return [of(chain) for chain in range(len(head.chains))]
