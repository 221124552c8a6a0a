"""What a review has asked: review.json has its sets and projects, readings.jsonl what was shown."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from newspan.adjudication.shown import Shown
from newspan.labelstudio.archive import told_when_full
from newspan.labelstudio.people import ALIAS
from newspan.problems import Place, Problem
from newspan.whole import whole_file

FORMAT = "newspan review 1"
_NAME = re.compile(rf"({ALIAS.pattern})(\.[0-9]+)?")
_SEAL = re.compile(rb'\{"sha256":"([0-9a-f]{64})",')


class ReviewProject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A project on a server, and the alias of who decides there.

    `name` is that of its pulls: the alias, of a later project with the number behind a dot, which
    no alias has. `config_sha256` is of the labelling interface that was pushed.
    """

    name: str
    title: str
    server: str
    id: int
    by: str
    config_sha256: str

    @property
    def url(self) -> str:
        """Return where a browser finds it."""
        return f"{self.server}/projects/{self.id}"


class ReviewState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was pushed: the sets, the set of duplicate blocks that was named, and the projects."""

    sets: tuple[str, ...]
    blocks: str | None = None
    projects: tuple[ReviewProject, ...] = ()
    format: str = FORMAT


def state_place(into: str) -> Place:
    """Return where the state of a review stands."""
    return Place(f"annotation/campaigns/{into}/review.json")


def readings_place(into: str) -> Place:
    """Return where it is kept what was shown."""
    return Place(f"annotation/campaigns/{into}/readings.jsonl")


def config_place(into: str) -> Place:
    """Return where the labelling interface is kept that was pushed last."""
    return Place(f"annotation/campaigns/{into}/label_config.xml")


def config_sha256(config: str) -> str:
    """Return a labelling interface's hash, whatever line ends and edges the server gave it."""
    return hashlib.sha256(config.replace("\r\n", "\n").strip().encode()).hexdigest()


def config_changed(into: str, project: ReviewProject) -> Problem:
    """Return the problem that a project's labelling interface is not the one pushed."""
    pushed = config_place(into).file
    message = (
        f"the labelling interface of {project.title!r} is not the one pushed, which is {pushed}"
    )
    return Problem("label-config-changed", Place(project.url), message)


def read_review(
    root: Path, into: str
) -> tuple[ReviewState | None, tuple[Shown, ...], list[Problem]]:
    """Return the state of a review and what was shown; no state where nothing was pushed yet."""
    place = state_place(into)
    if not os.path.lexists(root / place.file):
        return None, (), []
    try:
        state = msgspec.json.decode((root / place.file).read_bytes(), type=ReviewState)
        place = readings_place(into)
        path = root / place.file
        raw = path.read_bytes() if path.exists() else b""
        shown = tuple(_opened(line) for line in raw.split(b"\n") if line.strip())
    except (msgspec.MsgspecError, UnicodeError, ValueError, RecursionError, OSError) as error:
        return None, (), [Problem("campaign-state", place, f"it can't be read: {error}")]
    titles = {each.title for each in state.projects}
    # Of a project that is not in the state the push never came to an end: it asks anew.
    shown = tuple(each for each in shown if each.project in titles)
    for place, message in _faults(into, state, shown):
        return None, (), [Problem("campaign-state", place, message)]
    return state, shown, []


def _faults(into: str, state: ReviewState, shown: Sequence[Shown]) -> Iterator[tuple[Place, str]]:
    if state.format != FORMAT:
        yield state_place(into), f"it is not of the form {FORMAT!r}"
    names = [each.name for each in state.projects]
    titles = {each.title for each in state.projects}
    fit = (_NAME.fullmatch(each.name) for each in state.projects)
    if any(m is None or m[1] != p.by for m, p in zip(fit, state.projects, strict=True)):
        yield state_place(into), "a project's name is not its alias, or that with a number"
    if len(set(names)) < len(names) or len(titles) < len(names):
        yield state_place(into), "two projects have one name or title"
    for each in shown:
        if each.names and sorted(each.names.values()) != sorted(state.sets):
            message = f"the readings of {each.item} are not of the sets that review.json names"
            yield readings_place(into), message


def _sealed(shown: Shown) -> bytes:
    """Return a line of readings.jsonl; what it holds of people's work rests on every bit of it."""
    line = msgspec.json.encode(shown)
    return b'{"sha256":"%s",%s\n' % (hashlib.sha256(line).hexdigest().encode(), line[1:])


def _opened(line: bytes) -> Shown:
    seal = _SEAL.match(line)
    plain = b"" if seal is None else b"{" + line[seal.end() :]
    if seal is None or hashlib.sha256(plain).hexdigest().encode() != seal[1]:
        raise ValueError("a line is not as it was written")
    return msgspec.json.decode(plain, type=Shown)


def write_review(root: Path, into: str, state: ReviewState, shown: tuple[Shown, ...]) -> None:
    """Write the state of a review, and what was shown, where they say something new.

    Raises:
        ArchiveError: when the disk is full.
    """
    text = msgspec.json.format(msgspec.json.encode(state), indent=1).decode() + "\n"
    lines = b"".join(map(_sealed, shown)).decode()
    # What was shown first: a project that nothing is known of is found again, by its title.
    for place, told in ((readings_place(into), lines), (state_place(into), text)):
        path = root / place.file
        if not path.exists() or path.read_bytes() != told.encode():
            with told_when_full(path), whole_file(path, told):
                pass
