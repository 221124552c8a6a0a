"""The kinds of models there are; each module has `fit`, `load` and `lost`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, Protocol

from newspan.training.encoders import Lost
from newspan.training.examples import Example, Predicted, Progress
from newspan.training.heads import HEADS


class Model(Protocol):
    """A trained model."""

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Return how sure it must be to mark something, fixed in training; empty if it isn't."""

    def predict(self, example: Example) -> Predicted:
        """Return the marks of an example, in text order, inside its stretches."""

    def save(self, folder: Path) -> None:
        """Write the model's files into a folder that is there. None of them may run code."""


class Kind(NamedTuple):
    """A kind of model. A deterministic one gives the same whatever the seed, and is fitted once.

    `options` are handed to its module's `fit` and `lost`, by name.
    """

    name: str
    module: str
    deterministic: bool
    about: str
    options: tuple[tuple[str, str], ...] = ()

    def fit(
        self,
        examples: Sequence[Example],
        layer: str,
        seed: int,
        progress: Progress,
        like: Sequence[float] = (),
    ) -> Model:
        """Return a model that has learnt from examples.

        Args:
            examples: the examples.
            layer: their layer.
            seed: of all that chance plays into.
            progress: told how far it is.
            like: the thresholds of models of other seeds, or of other parts of the examples.
        """
        more: dict[str, object] = dict(self.options)
        if like:
            more["thresholds"] = like
        found: Model = import_module(self.module).fit(examples, layer, seed, progress, **more)
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
        found: list[Lost] = import_module(self.module).lost(examples, layer, **dict(self.options))
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


#: What a saved model of a transformer is.
TRANSFORMER = "transformer"


def kind_of(name: str, head: str | None = None) -> Kind:
    """Return a kind of model by name: one of newspan's own, or a transformer's encoder.

    Args:
        name: five-words, lexicon, crf; or the folder of an encoder, or OWNER/NAME.
        head: tokens, bio or spans, for an encoder; tokens if not given.

    Raises:
        ValueError: when there is none, or only encoders take a head.
    """
    found = next((kind for kind in _KINDS if kind.name == name), None)
    if found is not None:
        if head is not None:
            raise ValueError(f"{name} has no heads to choose from")
        return found
    from newspan.training.network import base_of

    base = base_of(name)
    if base is None:
        names = ", ".join(kind.name for kind in _KINDS)
        raise ValueError(
            f"there is no model {name!r}; there are {names}, and encoders of transformers: a "
            "folder that has config.json, or OWNER/NAME"
        )
    head = head or next(iter(HEADS))
    if head not in HEADS:
        raise ValueError(f"there is no head {head!r}; there are {', '.join(HEADS)}")
    return Kind(
        TRANSFORMER,
        "newspan.training.transformer",
        False,
        f"the encoder {base.name}, fine-tuned; head {head}",
        (("base", name), ("head", head)),
    )


def saved_kind(name: str) -> Kind:
    """Return the kind of a saved model, which needs nothing but its files.

    Raises:
        ValueError: when there is none.
    """
    if name == TRANSFORMER:
        return Kind(TRANSFORMER, "newspan.training.transformer", False, "")
    found = next((kind for kind in _KINDS if kind.name == name), None)
    if found is None:
        raise ValueError(f"there is no model {name!r} to load")
    return found


def names() -> tuple[str, ...]:
    """Return the names of newspan's own kinds."""
    return tuple(kind.name for kind in _KINDS)


def install(extra: str) -> str:
    """Return what installs an extra, from anywhere and from a checkout."""
    return f"""pip install "newspan[{extra}]", or in a checkout '.[{extra}]'"""


def chains(layer: str, labels: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the labels that one chain of tags has: attribution roles nest, so each has its own."""
    if layer == "attribution":
        return [(label,) for label in labels]
    return [tuple(labels)] if labels else []
