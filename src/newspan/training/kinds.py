"""The kinds of models there are; each module has `fit`, `load` and `lost`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, Protocol

from newspan.training.encoders import Lost
from newspan.training.examples import Example, Predicted, Progress


class Model(Protocol):
    """A trained model."""

    def predict(self, example: Example) -> Predicted:
        """Return the marks of an example, in text order, inside its stretches."""

    def save(self, folder: Path) -> None:
        """Write the model's files into a folder that is there. None of them may run code."""


class Kind(NamedTuple):
    """A kind of model. A deterministic one gives the same whatever the seed, and is fitted once."""

    name: str
    module: str
    deterministic: bool
    about: str

    def fit(self, examples: Sequence[Example], layer: str, seed: int, progress: Progress) -> Model:
        """Return a model that has learnt from examples."""
        found: Model = import_module(self.module).fit(examples, layer, seed, progress)
        return found

    def load(self, folder: Path) -> Model:
        """Return a model from the files that `Model.save` wrote.

        Raises:
            ValueError: when they are not such files.
        """
        found: Model = import_module(self.module).load(folder)
        return found

    def lost(self, examples: Sequence[Example], layer: str) -> list[Lost]:
        """Return the marks that the kind's encoding cannot represent."""
        found: list[Lost] = import_module(self.module).lost(examples, layer)
        return found


_KINDS = (
    Kind(
        "five-words",
        "newspan.training.five_words",
        True,
        "a regular expression of the five commonest marked wordings, which learns nothing else: "
        "what a model must beat",
    ),
    Kind(
        "lexicon",
        "newspan.training.lexicon",
        True,
        "log-odds of words and of pairs of words; as large a share of words is marked as in the "
        "training data",
    ),
    Kind(
        "crf",
        "newspan.training.crf",
        True,
        "a linear-chain conditional random field over words, affixes, shapes, neighbours, "
        "quotation marks and sentence borders (CRFsuite, L-BFGS)",
    ),
)


def kind_of(name: str) -> Kind:
    """Return a kind of model by name.

    Raises:
        ValueError: when there is none.
    """
    found = next((kind for kind in _KINDS if kind.name == name), None)
    if found is None:
        names = ", ".join(kind.name for kind in _KINDS)
        raise ValueError(f"there is no model {name!r}; there are {names}")
    return found


def names() -> tuple[str, ...]:
    """Return the names of all kinds."""
    return tuple(kind.name for kind in _KINDS)


def chains(layer: str, labels: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the labels that one chain of tags has: attribution roles nest, so each has its own."""
    if layer == "attribution":
        return [(label,) for label in labels]
    return [tuple(labels)] if labels else []
