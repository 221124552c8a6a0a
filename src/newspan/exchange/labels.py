"""Labels of other schemes into newspan's and back, by the mappings in labels.json."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import Any

from newspan.schema import read_labels

#: The technique of a span of which its source says only that it is propaganda.
UNLABELLED = "Unlabelled"


@cache
def to_scheme(scheme: str) -> dict[str, str]:
    """Return the scheme's label of each technique that has one, merged ones too."""
    return {
        label.id: mapping["label"]
        for label in read_labels().labels
        for mapping in label.mappings
        if (mapping["scheme"], label.attribute) == (scheme, "technique") and mapping["label"]
    }


@cache
def from_schemes(*schemes: str) -> dict[str, str]:
    """Return the technique of each label of some schemes; where techniques merge, the namesake."""
    found: dict[str, str] = {}
    for scheme in schemes:
        lossless: dict[str, str] = {}
        merged: dict[str, str] = {}
        for label in read_labels().labels:
            for mapping in label.mappings:
                if (mapping["scheme"], label.attribute) == (scheme, "technique"):
                    (merged if mapping["lossy"] else lossless).setdefault(
                        mapping["label"], label.id
                    )
        found = merged | lossless | found
    found.pop(None, None)  # type: ignore[call-overload]  # techniques without a counterpart
    return found


def label_id(name: str) -> str:
    """Return a label's name as an id of a label: letters, digits, hyphens, underscores."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_-")[:64]
    return plain if plain[:1].isalpha() else f"L_{plain}"[:64]


class OwnLabels:
    """The techniques of a source by its own names; those that newspan lacks are collected."""

    def __init__(self, known: dict[str, str], labels: list[dict[str, Any]]) -> None:
        """Begin with what is known, by the source's names; `labels` gets the others."""
        self._known, self._labels = dict(known), labels
        self._ids = set(read_labels().of("loaded_language", "technique"))
        self._own: set[str] = set()

    def technique(self, name: str) -> str:
        """Return the technique of a name; an unknown name becomes a label of the source's own."""
        if name in self._known:
            return self._known[name]
        found = name if name in self._ids else label_id(name)
        if found in self._own:  # another name, with the same letters
            found = f"{found[:55]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
        if found not in self._ids:
            self._own.add(found)
            self._labels.append(own_label("loaded_language", "technique", found, name))
        self._known[name] = found
        return found

    def unlabelled(self) -> str:
        """Return the technique of a span whose source names none."""
        return self.technique(UNLABELLED)


def own_label(layer: str, attribute: str, label: str, name: str) -> dict[str, Any]:
    """Return a label of a source's own, as labels.json has it: imported, and not defined here."""
    said = f"Called {name!r} where it comes from, which defines it."
    shown = {"text": name, "mark": name}
    return {
        "id": label,
        "layer": layer,
        "attribute": attribute,
        "status": "import_only",
        "title": name,
        "definition": said,
        "test": "Does its source's own definition apply?",
        "example": shown,
        "counter_example": {**shown, "why": "Nothing is known of it here."},
        "mappings": [],
    }
