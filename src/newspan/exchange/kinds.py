"""What another format's name for a kind of span means here: a layer with its label.

In order: what the user said (`--map TYPE=layer:label`), a role of attributions, a factuality, a
technique by newspan's, PTC's or SemEval's names. Any other name becomes a technique of its own.
"""

from __future__ import annotations

from typing import Any

import msgspec

from newspan.exchange.labels import UNLABELLED, OwnLabels, from_schemes
from newspan.exchange.ptc import SCHEMES
from newspan.exchange.shapes import Options
from newspan.model import Span
from newspan.schema import read_labels

#: The attribute that names a span, in the layers that others have.
LABEL_OF = {"claim": "factuality", "attribution": "role", "loaded_language": "technique"}
ROLES = ("source", "medium", "cue", "content")
#: What a user says of a type whose spans are to be left out.
NONE = "none"


class Kind(msgspec.Struct, frozen=True):
    """A layer and the label of its spans."""

    layer: str
    label: str

    def span(self, ident: str, text: str, start: int, end: int) -> Span:
        """Return a span of this kind with nothing more said of it."""
        said: dict[str, Any] = {LABEL_OF[self.layer]: self.label}
        return Span(ident, self.layer, start, end, text[start:end], **said)


class Kinds:
    """The kinds of a source's own names; techniques that newspan lacks are collected."""

    def __init__(self, options: Options, labels: list[dict[str, Any]]) -> None:
        """Take the user's mapping; `labels` gets the source's own labels.

        Raises:
            ValueError: when a name is mapped to something that is no layer with a label.
        """
        self._own = OwnLabels(from_schemes(*SCHEMES), labels)
        self._said = {name: _parsed(name, meant) for name, meant in options.types.items()}

    def mapped(self, name: str) -> bool:
        """Tell whether the user said what a name means."""
        return name in self._said

    def of(self, name: str) -> Kind | None:
        """Return what a name means; None if the user said that it is to be left out."""
        if name in self._said:
            layer, label = self._said[name]
            if layer == NONE:
                return None
            return Kind(layer, self.technique(label) if layer == "loaded_language" else label)
        if name.lower() in ROLES:
            return Kind("attribution", name.lower())
        if name in read_labels().of("claim", "factuality"):
            return Kind("claim", name)
        return Kind("loaded_language", self.technique(name))

    def technique(self, name: str) -> str:
        """Return the technique of a name, whatever else has that name."""
        return self._own.technique(name or UNLABELLED)


def _parsed(name: str, meant: str) -> tuple[str, str]:
    """Return the layer and label that the user gave for a name."""
    layer, _, label = meant.partition(":")
    if meant == NONE:
        return NONE, ""
    if layer in ("claim", "attribution") and label in read_labels().of(layer, LABEL_OF[layer]):
        return layer, label
    if layer == "loaded_language" and label:
        return layer, label
    raise ValueError(
        f"{name}={meant}: --map takes claim:, attribution: or loaded_language: with a label of "
        f"theirs, or {NONE}"
    )
