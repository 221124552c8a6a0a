"""Corruptions that the signature alone shows: the manifest at hand is the forger's too."""

from __future__ import annotations

import random
from collections.abc import Callable

from corruptions.in_step import dropped_in_step, edited_prose, relabelled_in_step
from corruptions.kinds import Found, kind
from tampering import Tampered

#: Set by the test, which has the keys: bytes into a foreign signature of them.
FOREIGN: dict[str, Callable[[bytes], bytes]] = {}


@kind("signature")
def forged_manifest(t: Tampered, rng: random.Random) -> Found:
    """Any of the above, with a committed manifest that is forged in step."""
    if rng.random() < 0.5:
        relabelled_in_step(t, rng)
    else:
        edited_prose(t, rng)
    return Found("SHA256SUMS.sig")


@kind("signature")
def foreign_signature(t: Tampered, rng: random.Random) -> Found:
    """The same, signed by somebody who is no signer."""
    dropped_in_step(t, rng)
    t.put("SHA256SUMS.sig", FOREIGN["sign"](t["SHA256SUMS"]))
    return Found("SHA256SUMS.sig")


@kind("signature")
def removed_signature(t: Tampered, rng: random.Random) -> Found:
    """The same, with the signature removed."""
    edited_prose(t, rng)
    t.put("SHA256SUMS.sig", None)
    return Found("SHA256SUMS.sig")


@kind("signature")
def other_signature(t: Tampered, rng: random.Random) -> Found:
    """A signature that was made for another purpose, or is none."""
    if rng.random() < 0.5:
        t.put("SHA256SUMS.sig", FOREIGN["other"](t["SHA256SUMS"]))
    else:
        t.put("SHA256SUMS.sig", t["SHA256SUMS.sig"][: rng.randrange(1, 200)])
    return Found("SHA256SUMS.sig")
