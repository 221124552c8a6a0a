"""Bytes that only somebody opens who holds a good part of a text already.

A key is made from the text and shared out among its blocks (Shamir 1979, "How to Share a Secret",
CACM 22(11)): each share is locked with the words of one block, and a third of the shares give the
key. Whoever has fewer blocks learns nothing but whether a block that they guessed stands there.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from hashlib import blake2b, shake_256
from typing import Any

#: Folded characters of a block: about eight words, too many to guess.
BLOCK = 40
#: Shares are points of a polynomial over the field of this Mersenne prime.
_PRIME = 2**127 - 1
_TAG, _SHARE, _MAC = 8, 16, 16


def seal(payload: bytes, secret: bytes, blocks: Sequence[str], salt: bytes) -> dict[str, Any]:
    """Return what ships: the payload sealed, and one lock per different block.

    The same arguments give the same bytes.

    Args:
        payload: what is sealed.
        secret: what the key is made from; nobody may know it but who has the text.
        blocks: stretches of the folded text.
        salt: what keeps equal blocks of other texts from looking alike, such as the text's hash.
    """
    blocks = list(dict.fromkeys(blocks))
    needed = needed_of(len(blocks))
    key = int.from_bytes(shake_256(b"newspan key\0" + secret).digest(_SHARE), "big") % _PRIME
    mac = _mac(key, payload)
    points = [key, *(_coefficient(key, mac, power) for power in range(1, needed))]
    locks = []
    for number, block in enumerate(blocks, 1):
        value = 0
        for coefficient in reversed(points):
            value = (value * number + coefficient) % _PRIME
        masked = _xor(value.to_bytes(_SHARE, "big"), _mask(block, salt, mac))
        locks.append(b64encode(block_tag(block, salt) + masked).decode())
    sealed = mac + _xor(payload, _stream(key, mac, len(payload)))
    return {"needed": needed, "locks": locks, "sealed": b64encode(sealed).decode()}


def needed_of(blocks: int) -> int:
    """Return how many of so many blocks open a seal: a third, at least two."""
    return max(2, -(-blocks // 3))


def block_tag(block: str, salt: bytes) -> bytes:
    """Return the hash by which a block's lock is found."""
    return blake2b(block.encode(), key=salt, digest_size=_TAG, person=b"newspan tag").digest()


def tags_of(sealed: Mapping[str, Any]) -> list[bytes]:
    """Return the tags of a seal's locks, in order."""
    return [b64decode(lock)[:_TAG] for lock in sealed["locks"]]


def sealed_size(sealed: Mapping[str, Any]) -> int:
    """Return how many bytes are sealed."""
    return len(b64decode(sealed["sealed"])) - _MAC


def unseal(sealed: Mapping[str, Any], found: Mapping[bytes, str], salt: bytes) -> bytes | None:
    """Return the payload, or None when too few of the blocks are there.

    Args:
        sealed: what `seal` returned.
        found: the blocks of the text at hand, by their tags.
        salt: as it was sealed with.
    """
    sealed_raw = b64decode(sealed["sealed"])
    mac, hidden = sealed_raw[:_MAC], sealed_raw[_MAC:]
    shares: list[tuple[int, int]] = []
    for number, lock in enumerate(sealed["locks"], 1):
        raw = b64decode(lock)
        block = found.get(raw[:_TAG])
        if block is not None:
            value = _xor(raw[_TAG:], _mask(block, salt, mac))
            shares.append((number, int.from_bytes(value, "big")))
        if len(shares) == sealed["needed"]:
            break
    if len(shares) < sealed["needed"]:
        return None
    key = _join(shares)
    payload = _xor(hidden, _stream(key, mac, len(hidden)))
    return payload if _mac(key, payload) == mac else None


def _join(shares: Sequence[tuple[int, int]]) -> int:
    """Return the polynomial's value at 0, by Lagrange's formula."""
    total = 0
    for place, value in shares:
        above = below = 1
        for other, _ in shares:
            if other != place:
                above = above * other % _PRIME
                below = below * (other - place) % _PRIME
        total = (total + value * above * pow(below, -1, _PRIME)) % _PRIME
    return total


def _coefficient(key: int, mac: bytes, power: int) -> int:
    # With the payload's own hash in it, two seals of one text are two polynomials.
    seed = b"newspan point\0" + key.to_bytes(_SHARE, "big") + mac + power.to_bytes(4, "big")
    return int.from_bytes(shake_256(seed).digest(_SHARE + 8), "big") % _PRIME


def _mac(key: int, payload: bytes) -> bytes:
    return blake2b(payload, key=key.to_bytes(_SHARE, "big"), digest_size=_MAC).digest()


def _stream(key: int, mac: bytes, length: int) -> bytes:
    return shake_256(b"newspan seal\0" + key.to_bytes(_SHARE, "big") + mac).digest(length)


def _mask(block: str, salt: bytes, mac: bytes) -> bytes:
    # A later release seals other bytes with the same blocks: its masks must be others too.
    return blake2b(
        mac + block.encode(), key=salt, digest_size=_SHARE, person=b"newspan share"
    ).digest()


def _xor(left: bytes, right: bytes) -> bytes:
    size = len(left)
    return (int.from_bytes(left, "big") ^ int.from_bytes(right[:size], "big")).to_bytes(size, "big")
