"""Linear-chain conditional random fields (Lafferty et al. 2001), by CRFsuite.

One chain of BIO tags for a layer, or one per role of attributions, which nest. Its parameters are
fixed in advance; how sure a chain must be to mark a word is fixed on training texts that were held
out for it (`newspan.training.thresholds`), since the likeliest tags mark too little.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec

from newspan.training.decoding import Odds, marks_of
from newspan.training.encoders import Bio, Lost
from newspan.training.examples import (
    Example,
    Extent,
    Mark,
    Predicted,
    Progress,
    labels_of,
    marks_in,
    tokens_of,
)
from newspan.training.features import features
from newspan.training.kinds import chains, install
from newspan.training.lexicon import lost as _lost
from newspan.training.stored import read_json, write_json
from newspan.training.thresholds import DEFAULT, inner, threshold

#: Of CRFsuite's L-BFGS: weights of the L1 and L2 penalties, and the most iterations.
PARAMETERS = {"c1": 0.1, "c2": 0.1, "max_iterations": 100, "feature.possible_transitions": True}
_FILE = "chains.json"


class Chain(msgspec.Struct, frozen=True):
    """The labels of one chain, and how probable a word's being in a span must be."""

    labels: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    threshold: Annotated[float, msgspec.Meta(ge=0, le=1)]


class Crf:
    """The chains of a layer, each with its labels and threshold."""

    def __init__(self, chains: Sequence[tuple[Chain, bytes]]) -> None:
        """Take each chain and its model as CRFsuite writes it."""
        # The tagger reads the bytes where they lie: they are kept beside it.
        self._chains = [(chain, raw, _tagger(raw)) for chain, raw in chains]

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Return each chain's threshold."""
        return tuple(chain.threshold for chain, _, _ in self._chains)

    def predict(self, example: Example) -> Predicted:
        """Return runs of words that are in a span with more than the threshold's probability.

        A span's confidence is the mean of its words' probabilities; uncertainty is the mean of 1
        minus the probability of what is said of a word.
        """
        marks: list[Mark] = []
        doubt, number = 0.0, 0
        for tokens in tokens_of(example):
            rows = features(example.text, tokens)
            for chain, _, tagger in self._chains:
                odds = _odds(tagger, rows, chain.labels)
                marks += marks_of(example.text, tokens, odds, chain.labels, chain.threshold)
                inside = odds.inside.sum(axis=1)
                doubt += float(abs((inside > chain.threshold) - inside).sum())
                number += len(tokens)
        return Predicted(sorted(marks), doubt / max(1, number))

    def save(self, folder: Path) -> None:
        """Write chains.json, and one file of CRFsuite's for each chain."""
        write_json(folder / _FILE, [chain for chain, _, _ in self._chains])
        for number, (_, raw, _) in enumerate(self._chains):
            (folder / f"chain-{number}.crfsuite").write_bytes(raw)


def fit(examples: Sequence[Example], layer: str, seed: int, progress: Progress) -> Crf:
    """Return the chains of the labels that occur; the same examples give the same model."""
    held = [(each.held, _trained(each.learnt, layer)) for each in inner(examples)]
    found = []
    for labels, raw in _trained(examples, layer).items():
        found.append((Chain(labels, _threshold(held, labels)), raw))
    return Crf(found)


def load(folder: Path) -> Crf:
    """Return a model from its files."""
    chains = read_json(folder / _FILE, tuple[Chain, ...])
    try:
        return Crf(
            [(each, (folder / f"chain-{n}.crfsuite").read_bytes()) for n, each in enumerate(chains)]
        )
    except OSError as error:
        raise ValueError(f"{error.filename}: {error.strerror}") from None


def lost(examples: Sequence[Example], layer: str) -> list[Lost]:
    """Return the marks whose borders are not those of words, or that a longer one hides."""
    return _lost(examples, layer)


def _trained(examples: Sequence[Example], layer: str) -> dict[tuple[str, ...], bytes]:
    """Return the model of each chain of the labels that occur, by its labels."""
    stretches = [(example, tokens) for example in examples for tokens in tokens_of(example)]
    rows = [features(example.text, tokens) for example, tokens in stretches]
    found = {}
    for labels in chains(layer, labels_of(examples)):
        bio = Bio(labels)
        trainer = _pycrfsuite().Trainer(algorithm="lbfgs", params=PARAMETERS, verbose=False)
        for (example, tokens), row in zip(stretches, rows, strict=True):
            own = [mark for mark in marks_in(example, tokens) if mark.label in labels]
            trainer.append(row, bio.encode(example.text, own, tokens).values)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model"
            trainer.train(str(path))
            found[labels] = path.read_bytes()
    return found


def _threshold(
    held: Sequence[tuple[list[Example], dict[tuple[str, ...], bytes]]], labels: tuple[str, ...]
) -> float:
    """Return the threshold of a chain from what held-out halves say of it."""
    examples: list[Example] = []
    seen: list[list[tuple[list[Extent], Odds]]] = []
    for half, by_labels in held:
        # A half may lack some of the labels: its chain is the one that has the most of them.
        own = max(by_labels, key=lambda each: len({*each} & {*labels}), default=())
        if not {*own} & {*labels}:
            continue
        tagger = _tagger(by_labels[own])
        for example in half:
            stretches = tokens_of(example)
            examples.append(example)
            seen.append(
                [(each, _odds(tagger, features(example.text, each), labels)) for each in stretches]
            )

    def decode(number: int, value: float) -> list[Mark]:
        text = examples[number].text
        return [
            m for tokens, odds in seen[number] for m in marks_of(text, tokens, odds, labels, value)
        ]

    return threshold(examples, decode, labels) if examples else DEFAULT


def _odds(tagger: Any, rows: list[list[str]], labels: Sequence[str]) -> Odds:
    """Return how probable it is that each word begins, and that it is in, a span of each label."""
    import numpy as np

    known = set(tagger.labels())
    tagger.set(rows)
    begin, rest = (
        np.array(
            [
                [
                    tagger.marginal(tag, at) if (tag := f"{part}-{label}") in known else 0.0
                    for label in labels
                ]
                for at in range(len(rows))
            ]
        ).reshape(len(rows), len(labels))
        for part in "BI"
    )
    return Odds(begin, begin + rest)


def _tagger(raw: bytes) -> Any:
    # CRFsuite reads outside a file that is cut off: its own size is in its header.
    if raw[:4] != b"lCRF" or int.from_bytes(raw[4:8], "little") != len(raw):
        raise ValueError("this is no whole file of CRFsuite")
    tagger = _pycrfsuite().Tagger()
    tagger.open_inmemory(raw)
    return tagger


def _pycrfsuite() -> Any:
    try:
        import pycrfsuite
    except ImportError:
        raise ValueError(f"the model crf needs an extra: {install('train')}") from None
    return pycrfsuite
