"""What came from Label Studio, kept before anything is made of it.

A snapshot is kept twice: as it was received, in the campaign's private folder, and as a copy in
which people have aliases instead of mail addresses and user numbers, in `pulls/`. Sets are made
from the copies, so that everybody who has the corpus can make them again.
"""

from __future__ import annotations

import datetime
import errno
import gzip
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from newspan.labelstudio.failures import ArchiveError
from newspan.labelstudio.people import folder, private
from newspan.labelstudio.snapshot import Snapshot, Users, accounts, parse, pseudonymised, workers
from newspan.problems import Place, Problem
from newspan.whole import whole_file

FORMAT = "newspan pulls 1"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
#: What a copy's file is named after: an alias, or a review's project.
_NAME = re.compile(r"[a-z0-9][a-z0-9_.+@~-]{0,99}")

__all__ = [
    "ArchiveError",
    "Pulled",
    "Pulls",
    "Snapshot",
    "Users",
    "accounts",
    "copy_bytes",
    "copy_path",
    "keep",
    "keep_raw",
    "parse",
    "pseudonymised",
    "read_copy",
    "read_pulls",
    "told_when_full",
    "workers",
    "write_pulls",
]


class Pulled(msgspec.Struct, frozen=True, omit_defaults=True):
    """A snapshot as pulls.json lists it: its project, and the SHA-256 of both of its files."""

    alias: str
    server: str
    project: int
    title: str
    sha256: str
    raw_sha256: str
    pulled: str


class Pulls(msgspec.Struct, frozen=True):
    """pulls.json: the snapshots that are kept, by alias, and the sets that were made from them.

    A set has the hash of what was written; two, where a pull was broken off while it wrote.
    """

    format: str = FORMAT
    sets: dict[str, tuple[str, ...]] = {}
    pulls: dict[str, Pulled] = {}


def keep_raw(root: Path, campaign: str, alias: str, raw: bytes) -> Path:
    """Keep a snapshot as it was received, before it is read, and return where.

    Raises:
        ArchiveError: when the disk is full.
    """
    sha = hashlib.sha256(raw).hexdigest()
    store = folder(root, campaign) / "private" / "raw"
    path = store / f"{alias}-{sha[:16]}.json.gz"
    if not path.exists():
        with told_when_full(path):
            private(root, campaign)
            store.mkdir(exist_ok=True)
            # The least compression: more would cost half of a pull's work.
            _write_whole(path, gzip.compress(raw, 1, mtime=0))
    return path


def keep(
    root: Path,
    campaign: str,
    pulled: Pulled,
    raw: bytes,
    copy: bytes,
    now: datetime.datetime | None = None,
) -> Pulled:
    """Keep a snapshot and its copy, and return their entry for pulls.json.

    Where the copy says what the one before said, that one stays, with its own snapshot, and what
    was received now is let go. `sha256`, `raw_sha256` and `pulled` of the entry are filled in here.

    Raises:
        ArchiveError: when the disk is full; what was kept before is then as it was.
    """
    kept = keep_raw(root, campaign, pulled.alias, raw)
    before = read_pulls(root, campaign)[0].pulls.get(pulled.alias)
    digest, sha = hashlib.sha256(copy).hexdigest(), hashlib.sha256(raw).hexdigest()
    target = copy_path(root, campaign, pulled.alias)
    same = (pulled.server, pulled.project, digest)
    if before and (before.server, before.project, before.sha256) == same:
        there = target.read_bytes() if target.exists() else b""
        if hashlib.sha256(there).hexdigest() == digest:
            first = kept.with_name(f"{pulled.alias}-{before.raw_sha256[:16]}.json.gz")
            if first != kept and first.exists():
                kept.unlink()
            return before
    with told_when_full(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(target, copy, 0o644)
    moment = now or datetime.datetime.now(datetime.UTC)
    return msgspec.structs.replace(
        pulled, sha256=digest, raw_sha256=sha, pulled=moment.isoformat(timespec="seconds")
    )


def copy_path(root: Path, campaign: str, alias: str) -> Path:
    """Return where the copy of an annotator's last snapshot stands."""
    return folder(root, campaign) / "pulls" / f"{alias}.json"


def read_pulls(root: Path, campaign: str) -> tuple[Pulls, list[Problem]]:
    """Return a campaign's pulls.json, an empty one where there is none, and its problems."""
    path = folder(root, campaign) / "pulls" / "pulls.json"
    place = Place(f"annotation/campaigns/{campaign}/pulls/pulls.json")
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Pulls)
    except FileNotFoundError:
        return Pulls(), []
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OSError) as error:
        return Pulls(), [Problem("pull-changed", place, f"it can't be read: {error}")]
    for name, pulled in found.pulls.items():
        if name != pulled.alias or not _NAME.fullmatch(name):
            message = f"it lists {pulled.alias!r} under {name!r}, which is no name of a copy"
            return Pulls(), [Problem("pull-changed", place, message)]
    return found, []


def write_pulls(root: Path, campaign: str, pulls: Pulls) -> None:
    """Write pulls.json, where it says something new.

    Raises:
        ArchiveError: when the disk is full.
    """
    path = folder(root, campaign) / "pulls" / "pulls.json"
    text = (msgspec.json.format(msgspec.json.encode(pulls), indent=1) + b"\n").decode()
    if not path.exists() or path.read_bytes() != text.encode():
        with told_when_full(path), whole_file(path, text):
            pass


def copy_bytes(root: Path, campaign: str, pulled: Pulled) -> bytes:
    """Return the copy of an annotator's last snapshot.

    Raises:
        ArchiveError: when the copy is gone, or is not as it was written.
    """
    path = copy_path(root, campaign, pulled.alias)
    place = Place(f"annotation/campaigns/{campaign}/pulls/{pulled.alias}.json")
    try:
        raw = path.read_bytes()
    except OSError as error:
        message = error.strerror or str(error)
        raise ArchiveError(Problem("pull-changed", place, message)) from None
    if hashlib.sha256(raw).hexdigest() != pulled.sha256:
        message = "its SHA-256 is not the one that pulls.json has"
        raise ArchiveError(Problem("pull-changed", place, message))
    return raw


def read_copy(root: Path, campaign: str, pulled: Pulled) -> list[Any]:
    """Return the tasks of an annotator's last snapshot, from its copy.

    Raises:
        ArchiveError: when the copy is gone, is not as it was written, or can't be read.
    """
    raw = copy_bytes(root, campaign, pulled)
    place = Place(f"annotation/campaigns/{campaign}/pulls/{pulled.alias}.json")
    try:
        tasks: list[Any] = json.loads(raw)
    except (ValueError, RecursionError) as error:
        problem = Problem("pull-changed", place, f"it can't be read: {error}")
        raise ArchiveError(problem) from None
    return tasks


@contextmanager
def told_when_full(path: Path) -> Iterator[None]:
    """Turn a full disk into an `ArchiveError`; other faults pass.

    Raises:
        ArchiveError: when there is no room.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        message = f"{error.strerror or error}; nothing half-written was left behind"
        raise ArchiveError(Problem("disk-full", Place(str(path)), message)) from None


def _write_whole(path: Path, raw: bytes, mode: int = 0o600) -> None:
    handle, name = tempfile.mkstemp(prefix=".newspan-unfinished-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        Path(name).chmod(mode)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
