"""Plain corruptions: bytes and files, nothing sealed anew."""

from __future__ import annotations

import random

from corruptions.kinds import Found, kind
from tampering import Tampered


@kind("hash")
def flipped_bit(t: Tampered, rng: random.Random) -> Found:
    """One bit of any file flipped."""
    name = rng.choice(t.names)
    raw = bytearray(t[name])
    raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    t.put(name, bytes(raw))
    return Found("" if name == "manifest.json" else name)


@kind("hash")
def truncated(t: Tampered, rng: random.Random) -> Found:
    """Any file cut off."""
    name = rng.choice(t.names)
    t.put(name, t[name][: rng.randrange(len(t[name]))])
    return Found("" if name == "manifest.json" else name)


@kind("hash")
def lengthened(t: Tampered, rng: random.Random) -> Found:
    """Bytes behind the end of any file."""
    name = rng.choice(t.names)
    t.put(name, t[name] + rng.randbytes(rng.randrange(1, 9)))
    return Found("" if name == "manifest.json" else name)


@kind("hash")
def removed(t: Tampered, rng: random.Random) -> Found:
    """Any file removed."""
    name = rng.choice(t.names)
    t.put(name, None)
    return Found("" if name == "manifest.json" else name)


@kind("hash")
def extra_file(t: Tampered, rng: random.Random) -> Found:
    """A file added."""
    folder = rng.choice(["", ".", "spans/", "corpus/", "annotation/sets/consensus/", "more/"])
    name = f"{folder}{rng.randrange(10**6)}{rng.choice(['.parquet', '.jsonl', '.py', ''])}"
    t.put(name, rng.randbytes(rng.randrange(20)))
    return Found(name)


@kind("hash")
def renamed(t: Tampered, rng: random.Random) -> Found:
    """A file renamed."""
    name = rng.choice([name for name in t.names if name not in ("manifest.json", "SHA256SUMS")])
    raw = t[name]
    t.put(name, None)
    t.put(f"{name}.{rng.randrange(100)}", raw)
    return Found(name, word="missing")


@kind("hash")
def swapped_files(t: Tampered, rng: random.Random) -> Found:
    """Two files exchanged."""
    name, other = rng.sample([name for name in t.names if name != "manifest.json"], 2)
    one, two = t[name], t[other]
    if one == two:
        two += b" "
    t.put(name, two)
    t.put(other, one)
    return Found(name)


@kind("hash")
def other_hash_listed(t: Tampered, rng: random.Random) -> Found:
    """A file's hash changed in the manifest, SHA256SUMS sealed anew."""
    files = t.json("manifest.json")["files"]
    entry = rng.choice(files)
    entry["sha256"] = rng.randbytes(32).hex()
    t.edit_manifest(files=files)
    return Found(entry["path"])
