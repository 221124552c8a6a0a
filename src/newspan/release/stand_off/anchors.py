"""Anchors of an item: by them its spans are found again in a text that differs.

What ships openly is the extents' offsets, locks (see `newspan.release.seal`) and, within the
budget, short quotations. Sealed are, for each border of an extent, hashes of what stands before
and after it, and for each extent hashes of its words and of its characters.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from hashlib import blake2b
from typing import Any

import msgspec

from newspan.release.stand_off.folded import Folded
from newspan.release.stand_off.seal import BLOCK, block_tag, seal, unseal

#: Folded characters of the stretches before and after a border that are hashed.
WINDOW = 16
_HASH = 5
_NONE = bytes(_HASH)
_BORDER = struct.Struct(f">IB{_HASH}s{_HASH}s")
_EXTENT = struct.Struct(f">{_HASH}s{_HASH}s")
#: A text with fewer blocks than this has no share-out that a third of them could open.
_FEWEST_BLOCKS = 3

Extent = tuple[int, int]


class Edge(IntEnum):
    """What parts the characters at a border in the unaltered text."""

    NOTHING = 0
    WORD = 1
    LINE = 2


class Border(msgspec.Struct, frozen=True):
    """A border of extents: its place in the folded text, and hashes of what is around it.

    A hash is None where the text ends before the window does, or where its words stand in the
    document more than once.
    """

    place: int
    edge: Edge
    before: bytes | None
    after: bytes | None
    before_is_unique: bool
    after_is_unique: bool


class Anchors(msgspec.Struct, frozen=True):
    """An item's anchors, opened: borders by their offset, hashes of words and characters."""

    borders: dict[int, Border]
    extents: dict[Extent, tuple[bytes, bytes]]


def digest(words: str, salt: bytes) -> bytes:
    """Return the short hash of a stretch, keyed so that other texts' hashes don't compare."""
    return blake2b(words.encode(), key=salt, digest_size=_HASH).digest()


def edge_at(text: str, offset: int) -> Edge:
    """Return what parts the characters at an offset."""
    left, right = text[offset - 1 : offset], text[offset : offset + 1]
    if not left or not right or left in "\r\n" or right in "\r\n":
        return Edge.LINE
    return Edge.NOTHING if left.isalnum() and right.isalnum() else Edge.WORD


def windows(folded: Folded, salt: bytes) -> dict[bytes, list[int]]:
    """Return where each window of a folded text begins, by its hash."""
    text = folded.text
    found: dict[bytes, list[int]] = {}
    for place in range(len(text) - WINDOW + 1):
        found.setdefault(digest(text[place : place + WINDOW], salt), []).append(place)
    return found


def blocks_of(folded: Folded, start: int, end: int, shown: bytes | bytearray = b"") -> list[str]:
    """Return the whole blocks of a stretch of the text, each once.

    Args:
        folded: the text, folded.
        start: of the stretch in the unaltered text, as is `end`.
        end: half-open.
        shown: one byte per code point, not 0 where it ships: a block that is known in part is
            easily guessed, and is left out.
    """
    left, right = folded.at(start), folded.at(end)
    blocks = []
    for place in range(left, right - BLOCK + 1, BLOCK):
        if not any(shown[folded.start(place) : folded.end(place + BLOCK)]):
            blocks.append(folded.text[place : place + BLOCK])
    return list(dict.fromkeys(blocks))


def every_block(folded: Folded, salt: bytes) -> dict[bytes, str]:
    """Return every stretch of a folded text that could be a block, by its tag."""
    stretches = {folded.text[i : i + BLOCK] for i in range(len(folded.text) - BLOCK + 1)}
    return {block_tag(stretch, salt): stretch for stretch in stretches}


def anchor(
    text: str,
    folded: Folded,
    known: Mapping[bytes, Sequence[int]],
    salt: bytes,
    item: Extent,
    extents: Iterable[Extent],
    shown: bytes | bytearray = b"",
) -> dict[str, Any]:
    """Return an item's extents and its anchors, sealed; too short an item gets no anchors.

    Args:
        text: the document's unaltered text.
        folded: the same, folded.
        known: its windows.
        salt: the document's SHA-256, as bytes.
        item: the item's own extent.
        extents: all that are to be found again.
        shown: as in `blocks_of`.
    """
    ordered = sorted(set(extents))
    listed = {"extents": [list(extent) for extent in ordered]}
    blocks = blocks_of(folded, *item, shown)
    if len(blocks) < _FEWEST_BLOCKS:
        return listed
    offsets = sorted({offset for extent in ordered for offset in extent})
    payload = b"".join(_border(text, folded, known, salt, offset) for offset in offsets)
    for start, end in ordered:
        words = folded.text[folded.at(start) : folded.at(end)]
        payload += _EXTENT.pack(digest(words, salt), digest(text[start:end], salt))
    secret = f"{item[0]}-{item[1]}\0".encode() + text[slice(*item)].encode()
    return {**listed, **seal(payload, secret, blocks, salt)}


def _border(
    text: str, folded: Folded, known: Mapping[bytes, Sequence[int]], salt: bytes, offset: int
) -> bytes:
    place = folded.at(offset)
    flags = int(edge_at(text, offset))
    hashes = []
    for number, start in enumerate((place - WINDOW, place)):
        words = folded.text[start : start + WINDOW] if start >= 0 else ""
        one = digest(words, salt) if len(words) == WINDOW else _NONE
        if len(known.get(one, ())) == 1:
            flags |= 4 << number
        hashes.append(one)
    return _BORDER.pack(place, flags, *hashes)


def open_anchors(
    entry: Mapping[str, Any], found: Mapping[bytes, str], salt: bytes
) -> Anchors | None:
    """Return an item's anchors, or None when they can't be opened with the blocks found."""
    if "sealed" not in entry:
        return None
    payload = unseal(entry, found, salt)
    if payload is None:
        return None
    ordered = [(start, end) for start, end in entry["extents"]]
    offsets = sorted({offset for extent in ordered for offset in extent})
    middle = len(offsets) * _BORDER.size
    borders = {}
    for offset, (place, flags, before, after) in zip(
        offsets, _BORDER.iter_unpack(payload[:middle]), strict=True
    ):
        borders[offset] = Border(
            place,
            Edge(flags & 3),
            None if before == _NONE else before,
            None if after == _NONE else after,
            bool(flags & 4),
            bool(flags & 8),
        )
    hashes = _EXTENT.iter_unpack(payload[middle:])
    return Anchors(borders, {e: (w, c) for e, (w, c) in zip(ordered, hashes, strict=True)})


def payload_size(entry: Mapping[str, Any]) -> int:
    """Return how many bytes an entry's anchors must have, its extents being what they are."""
    offsets = {offset for extent in entry["extents"] for offset in extent}
    return len(offsets) * _BORDER.size + len(entry["extents"]) * _EXTENT.size
