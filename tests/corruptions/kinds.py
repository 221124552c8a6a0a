"""What a kind of corruption is, and the register of all kinds."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

from tampering import Row, Tampered

#: What finds a corruption. hash: SHA256SUMS and manifest.json, nothing sealed anew. invariant: the
#: release alone, though all its hashes are sealed anew. manifest: the committed manifest.
#: signature: the signature alone, since the manifest at hand is the forger's own.
MEANS = ("hash", "invariant", "manifest", "signature")

CONFIGS = (
    "documents",
    "sentences",
    "paragraphs",
    "spans",
    "attributions",
    "links",
    "annotations",
    "duplicates",
)
#: Those that have a row for what stands at a place.
FLAT = CONFIGS[1:]
SPANS = ("spans", "annotations")
STRETCHES = ("sentences", "paragraphs")
#: Most records of the small corpus.
RECORDS = "annotation/sets/consensus/d1-i1.jsonl"


class Found(NamedTuple):
    """Where a corruption must be found: the file, the row or line, and a word of the message."""

    file: str
    line: int | None = None
    word: str = ""


Corrupt = Callable[[Tampered, random.Random], Found]


class Kind(NamedTuple):
    """A kind of corruption: what is done, and what finds it."""

    means: str
    says: str
    shown_at: str
    corrupt: Corrupt


KINDS: dict[str, Kind] = {}


def kind(means: str, shown_at: str = "file") -> Callable[[Corrupt], Corrupt]:
    """Register a kind under its function's name; the function's docstring says what is done."""

    def register(corrupt: Corrupt) -> Corrupt:
        says = (corrupt.__doc__ or "").rstrip(".")
        KINDS[corrupt.__name__] = Kind(means, says, shown_at, corrupt)
        return corrupt

    return register


def other_technique(record: Row) -> None:
    """Give a span of the small corpus the other one of its two techniques."""
    known = ["Loaded_Language", "Belittling"]
    record["technique"] = next(each for each in known if each != record["technique"])
