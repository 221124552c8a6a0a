"""state.json: what a campaign has handed out, and where its projects are."""

from __future__ import annotations

from pathlib import Path

import msgspec

from newspan.campaign.assignment import Task
from newspan.labelstudio.archive import told_when_full
from newspan.problems import Place, Problem
from newspan.whole import whole_file

FORMAT = "newspan campaign 1"


class ProjectState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An annotator's project: where it is, and the hashes of what was last pushed to it."""

    alias: str
    server: str
    id: int
    title: str
    config_sha256: str
    instruction_sha256: str


class LeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item that nobody annotates, since so much of it is copied from items that are."""

    item: str
    characters: int
    share: float


class State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What push has done so far."""

    format: str = FORMAT
    projects: tuple[ProjectState, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    tasks: tuple[Task, ...] = ()

    def project(self, alias: str) -> ProjectState | None:
        """Return an annotator's project, None if there is none yet."""
        return next((each for each in self.projects if each.alias == alias), None)

    def with_project(self, project: ProjectState) -> State:
        """Return the state with a project added, or in place of the alias's former one."""
        others = [each for each in self.projects if each.alias != project.alias]
        ordered = sorted([*others, project], key=lambda each: each.alias)
        return msgspec.structs.replace(self, projects=tuple(ordered))

    def under_guidelines_of(self, before: State) -> State:
        """Return the state with the tasks of a state before under the guidelines of then."""
        had = {(task.item, task.alias): task.guidelines for task in before.tasks}
        tasks = (
            msgspec.structs.replace(t, guidelines=had.get((t.item, t.alias), t.guidelines))
            for t in self.tasks
        )
        return msgspec.structs.replace(self, tasks=tuple(tasks))

    def with_tasks_of(self, alias: str, other: State) -> State:
        """Return the state with an annotator's tasks as another state has them."""
        theirs = {task.item: task for task in other.tasks if task.alias == alias}
        tasks = (theirs[task.item] if task.alias == alias else task for task in self.tasks)
        return msgspec.structs.replace(self, tasks=tuple(tasks))

    def tasks_of(self, alias: str) -> tuple[Task, ...]:
        """Return an annotator's tasks in the order in which they are sent, handed over or not."""
        found = (task for task in self.tasks if task.alias == alias)
        return tuple(sorted(found, key=lambda task: task.batch))


def state_place(name: str) -> Place:
    """Return where a campaign's state stands."""
    return Place(f"annotation/campaigns/{name}/state.json")


def read_state(root: Path, name: str) -> tuple[State | None, list[Problem]]:
    """Return a campaign's state, an empty one before the first push; None if it can't be read."""
    place = state_place(name)
    try:
        state = msgspec.json.decode((root / place.file).read_bytes(), type=State)
    except FileNotFoundError:
        return State(), []
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OSError) as error:
        return None, [Problem("campaign-state", place, f"it can't be read: {error}")]
    if state.format != FORMAT:
        return None, [Problem("campaign-state", place, f"it is not of the form {FORMAT!r}")]
    if _has_doubles(state):
        message = "an item is handed to one annotator twice"
        return None, [Problem("campaign-state", place, message)]
    return state, []


def _has_doubles(state: State) -> bool:
    return len({(task.item, task.alias) for task in state.tasks}) < len(state.tasks)


def write_state(root: Path, name: str, state: State) -> None:
    """Write a campaign's state, whole, where it says something new.

    Raises:
        ArchiveError: when the disk is full.
        RuntimeError: when it hands an item to one annotator twice, which `read_state` would refuse.
    """
    if _has_doubles(state):
        raise RuntimeError("an item would be handed to one annotator twice")
    path = root / state_place(name).file
    # One task in a line, so that a version control system shows what was added.
    head = msgspec.structs.replace(state, tasks=())
    text = msgspec.json.format(msgspec.json.encode(head), indent=1).decode()
    lines = ",\n  ".join(msgspec.json.encode(task).decode() for task in state.tasks)
    text = text.replace('"tasks": []', f'"tasks": [\n  {lines}\n ]' if lines else '"tasks": []')
    if not path.exists() or path.read_bytes() != (text + "\n").encode():
        with told_when_full(path), whole_file(path, text + "\n"):
            pass
