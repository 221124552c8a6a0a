"""Linear-chain conditional random fields (Lafferty et al. 2001), by CRFsuite.

One chain of BIO tags for a layer, or one per role of attributions, which nest. Its parameters are
fixed in advance: with a few documents there is nothing to choose them on.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from newspan.training.encoders import Bio, Lost
from newspan.training.examples import (
    Example,
    Mark,
    Predicted,
    Progress,
    labels_of,
    marks_in,
    tokens_of,
)
from newspan.training.features import features
from newspan.training.kinds import chains
from newspan.training.lexicon import lost as _lost
from newspan.training.stored import read_json, write_json

#: Of CRFsuite's L-BFGS: weights of the L1 and L2 penalties, and the most iterations.
PARAMETERS = {"c1": 0.1, "c2": 0.1, "max_iterations": 100, "feature.possible_transitions": True}
_FILE = "chains.json"


class Crf:
    """The chains of a layer, each with its labels."""

    def __init__(self, chains: Sequence[tuple[tuple[str, ...], bytes]]) -> None:
        """Take each chain's labels and its model as CRFsuite writes it."""
        # The tagger reads the bytes where they lie: they are kept beside it.
        self._chains = [(Bio(labels), raw, _tagger(raw)) for labels, raw in chains]

    def predict(self, example: Example) -> Predicted:
        """Return the spans of the likeliest tags (Viterbi).

        A span's confidence is the mean marginal probability of its tokens' tags; uncertainty is
        1 minus that of all tokens.
        """
        marks: list[Mark] = []
        doubt, number = 0.0, 0
        for tokens in tokens_of(example):
            rows = features(example.text, tokens)
            for bio, _, tagger in self._chains:
                tags = tagger.tag(rows)
                sure = [tagger.marginal(tag, at) for at, tag in enumerate(tags)]
                marks += bio.decode(example.text, tags, tokens, sure)
                doubt += len(sure) - sum(sure)
                number += len(sure)
        return Predicted(sorted(marks), doubt / max(1, number))

    def save(self, folder: Path) -> None:
        """Write chains.json, and one file of CRFsuite's for each chain."""
        write_json(folder / _FILE, [bio.labels for bio, _, _ in self._chains])
        for number, (_, raw, _) in enumerate(self._chains):
            (folder / f"chain-{number}.crfsuite").write_bytes(raw)


def fit(examples: Sequence[Example], layer: str, seed: int, progress: Progress) -> Crf:
    """Return the chains of the labels that occur; the same examples give the same model."""
    stretches = [(example, tokens) for example in examples for tokens in tokens_of(example)]
    rows = [features(example.text, tokens) for example, tokens in stretches]
    found = []
    for labels in chains(layer, labels_of(examples)):
        bio = Bio(labels)
        trainer = _pycrfsuite().Trainer(algorithm="lbfgs", params=PARAMETERS, verbose=False)
        for (example, tokens), row in zip(stretches, rows, strict=True):
            own = [mark for mark in marks_in(example, tokens) if mark.label in labels]
            trainer.append(row, bio.encode(example.text, own, tokens).values)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model"
            trainer.train(str(path))
            found.append((labels, path.read_bytes()))
    return Crf(found)


def load(folder: Path) -> Crf:
    """Return a model from its files."""
    labels = read_json(folder / _FILE, tuple[tuple[str, ...], ...])
    try:
        return Crf(
            [(each, (folder / f"chain-{n}.crfsuite").read_bytes()) for n, each in enumerate(labels)]
        )
    except OSError as error:
        raise ValueError(f"{error.filename}: {error.strerror}") from None


def lost(examples: Sequence[Example], layer: str) -> list[Lost]:
    """Return the marks whose borders are not those of words, or that a longer one hides."""
    return _lost(examples, layer)


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
        raise ValueError('the model crf needs an extra: pip install "newspan[train]"') from None
    return pycrfsuite
