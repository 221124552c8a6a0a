"""Tasks to a project, each once, whatever breaks on the way.

Label Studio takes the same task as often as it is sent, and tells nobody which it has: an answer
can be lost after the tasks were stored, and a request can still be at work when its sender is long
dead. So what a project holds is read before and after every chunk; a journal is written before a
chunk leaves and removed when it is known what became of it. Who finds a journal waits until the
server must be done with that chunk. Should a chunk land later still, its tasks are there twice
until the next push, which deletes those that nobody has touched.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from newspan.labelstudio.failures import ServerError
from newspan.labelstudio.server import Held
from newspan.problems import Place, Problem
from newspan.whole import whole_file

#: How long a request may be at work on the server after its sender has lost it, in seconds.
SETTLE_S = 10.0
_POLL_S = 0.5
#: After these, nobody knows whether the tasks have arrived or will.
_UNKNOWN = {"connection-broken", "server-timeout", "server-failed", "not-label-studio"}

Key = tuple[str, str]


class Receiver(Protocol):
    """What sending needs of a server: newspan.labelstudio.server.Server, or a stand-in."""

    url: str

    def held(self, project_id: int, *, after: int = 0) -> list[Held]:
        """Return a project's tasks, by id, with an id above `after`."""

    def import_tasks(self, project_id: int, tasks: Sequence[dict[str, Any]]) -> None:
        """Add tasks in one request: all or none."""

    def delete_task(self, task_id: int) -> None:
        """Delete a task."""


class Sent(msgspec.Struct, frozen=True):
    """What a push did: how many tasks it sent, found there, and deleted as untouched doubles.

    `tasks` gives the task id by item id, for every item that is on the server as it should be.
    """

    sent: int
    found: int
    deleted: int
    tasks: dict[str, int]
    problems: tuple[Problem, ...]


class _Journal(msgspec.Struct):
    """A chunk that was about to leave; `posted` is in seconds since 1970."""

    url: str
    project: int
    posted: float
    keys: list[Key]


def send(
    server: Receiver,
    project_id: int,
    tasks: Sequence[dict[str, Any]],
    *,
    journal: Path,
    chunk: int = 50,
    settle: float = SETTLE_S,
    progress: Callable[[int, int], None] | None = None,
) -> Sent:
    """Bring tasks to a project, so that it has each once, and return what was done.

    A task is known by its data's `item_id` and `text_sha256`. `journal` is a file of this project
    alone: there only while a chunk is on its way. `settle` is how long a lost request may be at
    work on the server, in seconds. `progress` is called with the tasks done and all tasks. Raises
    ServerError when the server fails: what has arrived stays, and the same call goes on from
    there. Raises ValueError when two tasks have one item.
    """
    wanted = {_key(task)[0]: task for task in tasks}
    if len(wanted) != len(tasks):
        raise ValueError("two tasks have the same item")
    carrier = _Carrier(server, project_id, journal, settle)
    held = carrier.settled()
    last = max((task.task_id for task in held), default=0)
    there = {task.item_id for task in held}
    missing = [task for item_id, task in wanted.items() if item_id not in there]
    found = len(wanted) - len(missing)
    done, after = found, last
    for start in range(0, len(missing), chunk):
        if progress:
            progress(done, len(wanted))
        part = missing[start : start + chunk]
        after = carrier.send(part, after=after)
        done += len(part)
    held += server.held(project_id, after=last)
    if any(len(doubles) > 1 for doubles in _by_item(held).values()):
        held = server.held(project_id)  # who worked on which of them, as it is now
    problems: list[Problem] = []
    ids: dict[str, int] = {}
    deleted = 0
    for item_id, doubles in _by_item(held).items():
        if item_id not in wanted:
            continue
        place = f"{server.url}/projects/{project_id}/data"
        kept, spare, twice = _spare(place, wanted[item_id], doubles)
        for task in spare:
            server.delete_task(task.task_id)
        deleted += len(spare)
        changed = _changed(place, wanted[item_id], kept)
        problems += twice + changed
        if not changed:
            ids[item_id] = kept[0].task_id
    if progress:
        progress(done, len(wanted))
    return Sent(len(missing), found, deleted, ids, tuple(problems))


class _Carrier:
    """Sending a chunk, and finding out what became of it."""

    def __init__(self, server: Receiver, project_id: int, path: Path, settle: float) -> None:
        self.server = server
        self.project_id = project_id
        self.path = path
        self.settle = settle

    def settled(self) -> list[Held]:
        """Return what the project holds, once no chunk of an earlier run can be on its way."""
        held = self.server.held(self.project_id)
        journal = self._read()
        if journal is not None:
            after = max((task.task_id for task in held), default=0)
            if not _arrived(journal.keys, held):
                # A clock that was set back must not make it wait for longer than that.
                left = min(self.settle, journal.posted + self.settle - time.time())
                self._poll(journal.keys, after, left)
                held = self.server.held(self.project_id)
            self.path.unlink(missing_ok=True)
        return held

    def send(self, part: list[dict[str, Any]], *, after: int) -> int:
        """Send a chunk once, raise unless it has arrived, and return the last task's id.

        `after` is the last id before it, so that only what is new need be read.
        """
        keys = [_key(task) for task in part]
        self._write(keys)
        lost: ServerError | None = None
        try:
            self.server.import_tasks(self.project_id, part)
        except ServerError as error:
            if error.problem.id not in _UNKNOWN:
                self.path.unlink(missing_ok=True)  # it never left, or was refused
                raise
            lost = error
            self._write(keys)  # it may be at work from now on
        last = self._poll(keys, after, self.settle)
        self.path.unlink(missing_ok=True)
        if last is None:
            if lost is not None:
                raise lost
            place = Place(self.server.url, pointer=f"/api/projects/{self.project_id}")
            told = f"it took {len(keys)} tasks, but the project does not have them"
            raise ServerError(Problem("server-failed", place, told))
        return last

    def _poll(self, keys: list[Key], after: int, seconds: float) -> int | None:
        """Return the last task's id once a chunk is there, or None if it does not come in time."""
        end = time.monotonic() + seconds
        while not _arrived(keys, held := self.server.held(self.project_id, after=after)):
            left = end - time.monotonic()
            if left <= 0:
                return None
            time.sleep(min(_POLL_S, left))
        return max(task.task_id for task in held)

    def _write(self, keys: list[Key]) -> None:
        journal = _Journal(self.server.url, self.project_id, time.time(), keys)
        with whole_file(self.path, msgspec.json.encode(journal).decode() + "\n"):
            pass

    def _read(self) -> _Journal | None:
        try:
            journal = msgspec.json.decode(self.path.read_bytes(), type=_Journal)
        except FileNotFoundError:
            return None
        except msgspec.MsgspecError:
            raise ValueError(f"{self.path} is not a journal of newspan's") from None
        same = (journal.url, journal.project) == (self.server.url, self.project_id)
        return journal if same else None


def _key(task: dict[str, Any]) -> Key:
    return task["data"]["item_id"], task["data"]["text_sha256"]


def _by_item(held: Sequence[Held]) -> dict[str, list[Held]]:
    found: dict[str, list[Held]] = defaultdict(list)
    for task in held:
        if task.item_id is not None:
            found[task.item_id].append(task)
    return found


def _arrived(keys: list[Key], held: Sequence[Held]) -> bool:
    """Say whether a chunk is there; a request brings all of its tasks or none."""
    return {item for item, _ in keys} <= {task.item_id for task in held}


def _spare(
    place: str, task: dict[str, Any], doubles: Sequence[Held]
) -> tuple[list[Held], list[Held], list[Problem]]:
    """Return which of an item's tasks stay and which can go; a problem if people are in several."""
    item_id, digest = _key(task)
    came_with = len(task.get("annotations") or ())
    touched = [held for held in doubles if held.touched or held.annotations > came_with]
    if len(touched) > 1:
        ids = ", ".join(str(held.task_id) for held in touched)
        message = f"people have worked on the item {item_id} in each of the tasks {ids}"
        at = Place(place, pointer=f"?task={touched[0].task_id}")
        return list(doubles), [], [Problem("task-twice", at, message)]
    first = min(doubles, key=lambda held: (held.text_sha256 != digest, held.task_id))
    keep = touched[0] if touched else first
    return [keep], [held for held in doubles if held is not keep], []


def _changed(place: str, task: dict[str, Any], kept: Sequence[Held]) -> list[Problem]:
    item_id, digest = _key(task)
    return [
        Problem(
            "task-text-changed",
            Place(place, pointer=f"?task={held.task_id}"),
            f"task {held.task_id} has another text than the item {item_id} in the corpus",
        )
        for held in kept
        if held.text_sha256 != digest
    ]
