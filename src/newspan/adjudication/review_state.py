"""What a review has asked: review.json has its sets and projects, readings.jsonl what was shown."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from newspan.adjudication.shown import Shown
from newspan.labelstudio.archive import told_when_full
from newspan.problems import Place, Problem
from newspan.whole import whole_file

FORMAT = "newspan review 1"


class ReviewProject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A project on a server, and the alias of who decides there; `name` is that of its pulls."""

    name: str
    title: str
    server: str
    id: int
    by: str

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
        shown = tuple(
            msgspec.json.decode(line, type=Shown) for line in raw.split(b"\n") if line.strip()
        )
    except (msgspec.MsgspecError, UnicodeDecodeError, OSError) as error:
        return None, (), [Problem("campaign-state", place, f"it can't be read: {error}")]
    if state.format != FORMAT:
        message = f"it is not of the form {FORMAT!r}"
        return None, (), [Problem("campaign-state", state_place(into), message)]
    return state, shown, []


def write_review(root: Path, into: str, state: ReviewState, shown: tuple[Shown, ...]) -> None:
    """Write the state of a review, and what was shown, where they say something new.

    Raises:
        ArchiveError: when the disk is full.
    """
    text = msgspec.json.format(msgspec.json.encode(state), indent=1).decode() + "\n"
    lines = "".join(msgspec.json.encode(each).decode() + "\n" for each in shown)
    # What was shown first: a project that nothing is known of is found again, by its title.
    for place, told in ((readings_place(into), lines), (state_place(into), text)):
        path = root / place.file
        if not path.exists() or path.read_bytes() != told.encode():
            with told_when_full(path), whole_file(path, told):
                pass
