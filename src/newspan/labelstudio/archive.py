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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from newspan.labelstudio.people import folder, private
from newspan.problems import Place, Problem
from newspan.whole import whole_file

FORMAT = "newspan pulls 1"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
#: Who did something to a task, an annotation or a draft.
_WHO = frozenset({"completed_by", "updated_by", "last_created_by", "created_by", "user"})
#: Says how long ago something was, so it differs in each snapshot.
_DROPPED = frozenset({"created_ago", "created_username", "comment_authors"})


class ArchiveError(Exception):
    """Something came from a server, or is to be kept, and can't be; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem."""
        super().__init__(problem.message)
        self.problem = problem


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
    """pulls.json: the snapshots that are kept, by alias, and the sets that were made from them."""

    format: str = FORMAT
    sets: tuple[str, ...] = ()
    pulls: dict[str, Pulled] = {}


class Users(msgspec.Struct, frozen=True):
    """Who is who: mail addresses by user number, and aliases by mail address."""

    emails: dict[int, str]
    aliases: dict[str, str]

    def alias(self, who: Any) -> str | None:
        """Return the alias of a user as a snapshot names them: a number, an address or both."""
        if isinstance(who, Mapping):
            who = who.get("email") or who.get("id")
        if who is None or isinstance(who, bool):
            return None
        email = self.emails.get(who) if isinstance(who, int) else str(who).strip().casefold()
        return self.aliases.get(email or "", "unknown")


def parse(raw: bytes, title: str) -> list[dict[str, Any]]:
    """Return a snapshot's tasks.

    Raises:
        ArchiveError: when it is not a list of tasks.
    """
    try:
        tasks = json.loads(raw)
    except (ValueError, RecursionError) as error:
        message = f"the snapshot of {title!r} is not JSON: {error}"
        raise ArchiveError(Problem("pull-changed", Place(title), message)) from None
    if not isinstance(tasks, list):
        message = f"the snapshot of {title!r} is no list of tasks"
        raise ArchiveError(Problem("pull-changed", Place(title), message))
    return [task if isinstance(task, dict) else {"task": task} for task in tasks]


def workers(tasks: list[dict[str, Any]]) -> dict[str, int]:
    """Return whose annotations and drafts a snapshot holds: how many, by mail address."""
    found: dict[str, int] = {}
    for task in tasks:
        for kind, key in (("annotations", "completed_by"), ("drafts", "user")):
            entries = task.get(kind)
            for entry in entries if isinstance(entries, list) else ():
                who = entry.get(key) if isinstance(entry, dict) else None
                email = who.get("email") if isinstance(who, dict) else who
                if isinstance(email, str):
                    email = email.strip().casefold()
                    found[email] = found.get(email, 0) + 1
    return found


def pseudonymised(tasks: list[dict[str, Any]], users: Users) -> str:
    """Return a snapshot's tasks as JSON, one in a line, with aliases instead of people.

    A task's `data` stays as it was, since a text may name any address.
    """
    known = sorted({*users.aliases, *users.emails.values()}, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, known)), re.IGNORECASE) if known else None

    def told(match: re.Match[str]) -> str:
        return users.aliases.get(match[0].casefold(), "unknown")

    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: users.alias(inner) if key in _WHO else clean(inner)
                for key, inner in value.items()
                if key not in _DROPPED
            }
        if isinstance(value, list):
            return [clean(each) for each in value]
        return pattern.sub(told, value) if pattern and isinstance(value, str) else value

    lines = []
    for task in tasks:
        rest = clean({key: value for key, value in task.items() if key != "data"})
        if "data" in task:
            rest["data"] = task["data"]
        lines.append(json.dumps(rest, ensure_ascii=False, sort_keys=True))
    return "[\n" + ",\n".join(lines) + "\n]\n"


def keep(
    root: Path,
    campaign: str,
    pulled: Pulled,
    raw: bytes,
    copy: str,
    now: datetime.datetime | None = None,
) -> Pulled:
    """Keep a snapshot and its copy, and return their entry for pulls.json.

    Where the copy says what the one before said, nothing is written. `sha256`, `raw_sha256` and
    `pulled` of the entry are filled in here.

    Raises:
        ArchiveError: when the disk is full; what was kept before is then as it was.
    """
    before = read_pulls(root, campaign)[0].pulls.get(pulled.alias)
    digest = hashlib.sha256(copy.encode()).hexdigest()
    target = copy_path(root, campaign, pulled.alias)
    same = (pulled.server, pulled.project, digest)
    if before and (before.server, before.project, before.sha256) == same:
        there = target.read_bytes() if target.exists() else b""
        if hashlib.sha256(there).hexdigest() == digest:
            return before
    sha = hashlib.sha256(raw).hexdigest()
    with told_when_full(target):
        store = private(root, campaign) / "raw"
        store.mkdir(exist_ok=True)
        _write_whole(store / f"{pulled.alias}-{sha[:16]}.json.gz", gzip.compress(raw, mtime=0))
        with whole_file(target, copy):
            pass
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
    except (msgspec.MsgspecError, UnicodeDecodeError, OSError) as error:
        return Pulls(), [Problem("pull-changed", place, f"it can't be read: {error}")]
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


def read_copy(root: Path, campaign: str, pulled: Pulled) -> list[dict[str, Any]]:
    """Return the tasks of an annotator's last snapshot, from its copy.

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
    return parse(raw, pulled.title)


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


def _write_whole(path: Path, raw: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".newspan-unfinished-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
