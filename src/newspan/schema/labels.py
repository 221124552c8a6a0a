"""The labels in force: each once, with what it means; everything else is generated from them."""

from __future__ import annotations

import hashlib
from functools import cache, cached_property
from typing import Any

import msgspec

from newspan.schema.files import path, read


class Label(msgspec.Struct, frozen=True):
    """One label: an attribute's value in a layer, with its definition and its mappings."""

    id: str
    layer: str
    attribute: str
    status: str
    title: str
    definition: str
    test: str
    example: dict[str, str]
    counter_example: dict[str, str]
    mappings: tuple[dict[str, Any], ...]


class Labels(msgspec.Struct, frozen=True, dict=True):
    """All labels in force, and the SHA-256 of the file they came from."""

    labels: tuple[Label, ...]
    sha256: str

    def of(self, layer: str, attribute: str) -> tuple[str, ...]:
        """Return the ids of one attribute's labels, in the file's order."""
        return self._by_attribute.get((layer, attribute), ())

    @cached_property
    def _by_attribute(self) -> dict[tuple[str, str], tuple[str, ...]]:
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for label in self.labels:
            key = (label.layer, label.attribute)
            found[key] = (*found.get(key, ()), label.id)
        return found

    @cached_property
    def by_attribute(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Return each layer and attribute with the ids of its labels, in the file's order."""
        return tuple((*key, ids) for key, ids in self._by_attribute.items())

    def attributes(self) -> tuple[tuple[str, str], ...]:
        """Return every (layer, attribute) that has labels, in the file's order."""
        return tuple(self._by_attribute)


def parse_labels(data: dict[str, Any], raw: bytes) -> Labels:
    """Return the labels of a parsed `labels.json` and the bytes that it was parsed from."""
    labels = msgspec.convert(data["labels"], tuple[Label, ...])
    return Labels(labels, hashlib.sha256(raw).hexdigest())


@cache
def read_labels() -> Labels:
    """Return the labels that newspan ships."""
    return parse_labels(read("labels.json"), path("labels.json").read_bytes())
