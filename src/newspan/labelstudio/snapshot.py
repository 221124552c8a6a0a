"""A snapshot as it was received, and as the copy in which people have aliases.

The copy has what conversion reads, field by field, and nothing else: who did something else to a
task, or what they are called, stays in what was received. Answers pass as they are written, unless
an address may stand in them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType

from newspan.labelstudio.failures import ArchiveError
from newspan.problems import Place, Problem

#: Who did something, and what a user whom nobody knows is called.
_WHO = ("completed_by", "updated_by", "user")
UNKNOWN = "unknown"


class _Entry(msgspec.Struct, kw_only=True):
    """What is kept of an annotation, a draft or a prediction."""

    result: Raw
    id: Any = UNSET
    model_version: Any = UNSET
    completed_by: Any = UNSET
    updated_by: Any = UNSET
    user: Any = UNSET
    was_cancelled: Any = UNSET
    lead_time: Any = UNSET
    created_at: Any = UNSET
    updated_at: Any = UNSET
    parent_prediction: Any = UNSET


class _Meta(msgspec.Struct):
    newspan: Raw


class _Task(msgspec.Struct, kw_only=True):
    """What is kept of a task, beside its data."""

    data: Raw | UnsetType
    id: Any = UNSET
    meta: _Meta
    annotations: list[_Entry]
    predictions: list[_Entry]
    drafts: list[_Entry] | UnsetType = UNSET


_LISTS = ("annotations", "predictions", "drafts")
_PARTS = msgspec.json.Decoder(list[Raw])
_TASK = msgspec.json.Decoder(_Task)
_ENCODER = msgspec.json.Encoder()


class Snapshot(msgspec.Struct, frozen=True):
    """A snapshot's tasks: as Label Studio writes them, or else as plain JSON."""

    tasks: tuple[Any, ...]


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
        if isinstance(who, int):
            who = self.emails.get(who)
        return self.aliases.get(folded(who), UNKNOWN) if isinstance(who, str) else UNKNOWN


def folded(email: str) -> str:
    """Return a mail address in the form in which they are compared."""
    return email.strip().casefold()


def parse(raw: bytes, title: str) -> Snapshot:
    """Return what a snapshot holds.

    Raises:
        ArchiveError: when it is not a list of tasks.
    """
    try:
        raw.decode()
        return Snapshot(tuple(map(_task, _PARTS.decode(raw))))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass  # not as Label Studio writes it, or with half a character: Python's reader takes more
    try:
        tasks = _plain(raw)
    except (ValueError, RecursionError) as error:
        message = f"the snapshot of {title!r} is not JSON: {error}"
        raise ArchiveError(Problem("pull-changed", Place(title), message)) from None
    if not isinstance(tasks, list):
        message = f"the snapshot of {title!r} is no list of tasks"
        raise ArchiveError(Problem("pull-changed", Place(title), message))
    return Snapshot(tuple(tasks))


def workers(snapshot: Snapshot) -> dict[str, int]:
    """Return whose annotations and drafts a snapshot holds: how many, by mail address."""
    found: dict[str, int] = {}
    for who in _people(snapshot):
        email = who.get("email") if isinstance(who, dict) else who
        if isinstance(email, str) and (email := folded(email)):
            found[email] = found.get(email, 0) + 1
    return found


def accounts(snapshot: Snapshot) -> dict[int, str]:
    """Return the users that a snapshot itself writes out: mail addresses by user number.

    A server no longer lists a user whose account is closed.
    """
    found: dict[int, str] = {}
    for who in _people(snapshot):
        if isinstance(who, dict):
            number, email = who.get("id"), who.get("email")
            if type(number) is int and isinstance(email, str) and folded(email):
                found[number] = folded(email)
    return found


def pseudonymised(snapshot: Snapshot, users: Users) -> bytes:
    """Return a snapshot's copy as JSON, one task in a line, with aliases instead of people.

    A task's `data` stays as it was, since a text may name any address. A task that can't be
    written, nested too deep, is null.
    """
    scrub = _Scrub(users)
    lines = [_line(task, users, scrub) for task in snapshot.tasks]
    return b"[\n" + b",\n".join(line.replace(b"\n", b" ") for line in lines) + b"\n]\n"


class _Scrub:
    """Puts aliases where known addresses stand in what somebody typed."""

    def __init__(self, users: Users) -> None:
        known = {*users.aliases, *users.emails.values()}
        words = sorted((each for each in known if "@" in each), key=len, reverse=True)
        self._aliases = users.aliases
        # Not within another address: anna@example.org does not stand in joanna@example.org.
        before, behind = r"(?<![^\W_])(?<![^\W_][.+%'-])", r"(?![^\W_])(?![.-][^\W_])"
        found = "|".join(map(re.escape, words))
        self._pattern = re.compile(f"{before}(?:{found}){behind}", re.I) if words else None

    def __call__(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self(key): self(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self(each) for each in value]
        if self._pattern is not None and isinstance(value, str) and "@" in value:
            return self._pattern.sub(self._alias, value)
        return value

    def _alias(self, match: re.Match[str]) -> str:
        return self._aliases.get(match[0].casefold(), UNKNOWN)


def _line(task: Any, users: Users, scrub: _Scrub) -> bytes:
    try:
        if isinstance(task, _Task):
            data = task.data
            head = msgspec.structs.replace(
                task,
                data=UNSET,
                annotations=_named(task.annotations, users),
                predictions=_named(task.predictions, users),
                drafts=_named(task.drafts, users) if isinstance(task.drafts, list) else UNSET,
            )
            rest = _ENCODER.encode(head)
            if b"@" in rest or b"u0040" in rest:
                rest = _written(scrub(_plain(rest)))
            given = bytes(data) if isinstance(data, Raw) else b"null"
        elif isinstance(task, dict):
            rest = _written(scrub(_kept(task, users)))
            given = _written(task["data"]) if "data" in task else b""
        else:
            return b"null"
    except (RecursionError, ValueError):
        return b"null"
    if not given:
        return rest
    return b"%b%b%b%b}" % (rest[:-1], b"," if len(rest) > 2 else b"", b'"data":', given)


def _named(entries: Sequence[_Entry], users: Users) -> list[_Entry]:
    """Return annotations, drafts or predictions with aliases instead of people."""
    return [
        msgspec.structs.replace(
            each,
            **{
                name: users.alias(who) for name in _WHO if (who := getattr(each, name)) is not UNSET
            },
        )
        for each in entries
    ]


def _kept(task: dict[str, Any], users: Users) -> dict[str, Any]:
    """Return what is kept of a task that is not as Label Studio writes it, but for its data."""

    def entry(each: Any) -> Any:
        if not isinstance(each, dict):
            return each if type(each) is int else None
        found = {name: each[name] for name in _Entry.__struct_fields__ if name in each}
        return found | {name: users.alias(found[name]) for name in _WHO if name in found}

    found = {"id": task["id"]} if "id" in task else {}
    meta = task.get("meta")
    if isinstance(meta, dict):
        found["meta"] = {name: meta[name] for name in _Meta.__struct_fields__ if name in meta}
    for name in _LISTS:
        if name in task:
            given = task[name]
            found[name] = [entry(each) for each in given] if isinstance(given, list) else None
    return found


def _people(snapshot: Snapshot) -> Iterator[Any]:
    """Yield who an annotation or draft says that it is by."""
    for task in snapshot.tasks:
        for kind, name in (("annotations", "completed_by"), ("drafts", "user")):
            entries = task.get(kind) if isinstance(task, dict) else getattr(task, kind, None)
            for each in entries if isinstance(entries, list) else ():
                yield each.get(name) if isinstance(each, dict) else getattr(each, name, None)


def _task(part: Raw) -> Any:
    try:
        return _TASK.decode(part)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return _plain(bytes(part))
    except (ValueError, RecursionError):
        return None


def _plain(raw: bytes) -> Any:
    """Return JSON by Python's own reader; a number that JSON has not is a text."""

    def number(told: str) -> float | str:
        return found if math.isfinite(found := float(told)) else told

    return json.loads(raw, parse_float=number, parse_constant=str)


def _written(value: Any) -> bytes:
    # Half a character, which UTF-8 has not, is written as JSON's own escape.
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")
