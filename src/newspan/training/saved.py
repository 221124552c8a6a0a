"""A trained model as a folder: JSON, the model's own files, and a card for people.

model.json     what it is, what it learnt from, and the SHA-256 of the other files
weights/       the files of its kind
README.md      the model card
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from newspan.training.kinds import Model, saved_kind
from newspan.training.stored import read_json, write_json
from newspan.whole import whole_directory

#: Rises when older folders can no longer be read.
FORMAT = 3
_HEAD, _CARD, _WEIGHTS = "model.json", "README.md", "weights"


class Source(msgspec.Struct, frozen=True):
    """A corpus that a model learnt from.

    `data_sha256` is of the texts, stretches and marks themselves; `manifest_sha256` of the recorded
    release of this version, None if none is recorded. `by` says who made the labels.
    """

    corpus: str
    version: str
    set: str
    by: tuple[str, ...]
    verified: int
    records: int
    items: int
    lineages: int
    spans: int
    outside: int
    data_sha256: str
    manifest_sha256: str | None


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What model.json says.

    `names` are the words that were masked, and are masked in what it reads. `zones` are the kinds
    of zones that it learnt from, and looks at. `texts` are the SHA-256 of the words of each text
    that it learnt from, as `folds.words_sha256` has them.
    """

    format: int
    layer: str
    kind: str
    labels: tuple[str, ...]
    zones: tuple[str, ...]
    names: tuple[str, ...]
    seed: int
    newspan: str
    sources: tuple[Source, ...]
    texts: tuple[str, ...]
    files: dict[str, str] = {}


class _AnyHead(msgspec.Struct, frozen=True):
    """What every model.json of ours says, of whichever format."""

    format: int
    layer: str
    kind: str
    files: dict[str, str]


def save(folder: Path, head: Head, model: Model, card: str) -> None:
    """Write a model's folder, whole or not at all; one that holds a model is replaced.

    Raises:
        ValueError: when something else stands there.
    """
    refuse_to_overwrite(folder)
    with whole_directory(folder) as new:
        weights = new / _WEIGHTS
        weights.mkdir()
        model.save(weights)
        write_json(new / _HEAD, msgspec.structs.replace(head, files=_sums(weights)))
        (new / _CARD).write_bytes(card.encode())


def refuse_to_overwrite(folder: Path) -> None:
    """Stop before work is done for nothing, or something of others is lost.

    Raises:
        ValueError: when something else than a model stands there, or beside it.
    """
    if not os.path.lexists(folder):
        return
    try:
        read_json(folder / _HEAD, _AnyHead)
    except ValueError:
        raise ValueError(f"{folder} is there, and is no model; give another folder") from None
    others = {each.name for each in folder.iterdir()} - {_HEAD, _CARD, _WEIGHTS}
    if others:
        message = f"{folder} holds more than a model, {min(others)!r}; give another folder"
        raise ValueError(message)


def load(folder: Path) -> tuple[Head, Model]:
    """Return a model and what is known of it. Nothing in the folder is run as code.

    Raises:
        ValueError: when it is no model's folder, is of another version's, or was altered.
    """
    if not (folder / _HEAD).is_file():
        raise ValueError(f"{folder} holds no model: it has no {_HEAD}")
    told = read_json(folder / _HEAD, _AnyHead).format
    if told != FORMAT:
        older = ": train the model again" if told < FORMAT else ""
        raise ValueError(f"{folder} is of format {told}; this newspan reads {FORMAT}{older}")
    head = read_json(folder / _HEAD, Head)
    weights = folder / _WEIGHTS
    if _sums(weights) != head.files:
        raise ValueError(f"the files in {weights} are not those that {_HEAD} lists")
    return head, saved_kind(head.kind).load(weights)


def _sums(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.glob("*"))
        if path.is_file()
    }
