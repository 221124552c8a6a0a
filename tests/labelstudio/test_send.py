"""Sending tasks, each once, to a stand-in that fails in every way a server can."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from newspan.labelstudio import send as sending
from newspan.labelstudio.failures import ServerError
from newspan.labelstudio.send import send
from newspan.labelstudio.server import Held
from newspan.problems import Place, Problem


def task(item: str, text: str = "The ferries are late.", **more: Any) -> dict[str, Any]:
    """Return a task as newspan sends it."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"data": {"text": text, "item_id": item, "text_sha256": digest}, **more}


class Fake:
    """A server in memory. `plan` says what happens to each import, in order; then all is well."""

    url = "http://harbour.example"

    def __init__(self, *plan: str) -> None:
        self.plan = list(plan)
        self.rows: list[Held] = []
        self.late: list[tuple[int, list[dict[str, Any]]]] = []
        self.posts: list[list[str]] = []
        self.last = 0
        self.listings = 0

    def store(self, tasks: Sequence[dict[str, Any]]) -> None:
        """Add tasks as the server does: again, if they are there."""
        for each in tasks:
            self.last += 1
            data = each["data"]
            digest = hashlib.sha256(data["text"].encode()).hexdigest()
            came_with = len(each.get("annotations") or ())
            self.rows.append(Held(self.last, data["item_id"], digest, False, came_with))

    def touch(self, task_id: int) -> None:
        """Let somebody work on a task."""
        self.rows = [
            Held(r.task_id, r.item_id, r.text_sha256, True, 1) if r.task_id == task_id else r
            for r in self.rows
        ]

    def held(self, project_id: int, *, after: int = 0) -> list[Held]:
        """List tasks; what is late lands after as many listings as its plan says."""
        self.listings += 1
        for due, tasks in self.late:
            if due == self.listings:
                self.store(tasks)
        return [row for row in self.rows if row.task_id > after]

    def import_tasks(self, project_id: int, tasks: Sequence[dict[str, Any]]) -> None:
        """Take tasks, or do as planned."""
        self.posts.append([each["data"]["item_id"] for each in tasks])
        step = self.plan.pop(0) if self.plan else "fine"
        if step.startswith("late"):
            self.late.append((self.listings + int(step[4:]), list(tasks)))
            raise lost("connection-broken")
        if step == "die":
            raise KeyboardInterrupt
        if step in {"fine", "swallowed", "die after"}:
            self.store(tasks)
        if step == "swallowed":
            raise lost("connection-broken")
        if step == "die after":
            raise KeyboardInterrupt
        if step not in {"fine", "forgotten"}:
            raise lost(step)

    def delete_task(self, task_id: int) -> None:
        """Delete a task."""
        self.rows = [row for row in self.rows if row.task_id != task_id]

    def items(self) -> list[str | None]:
        """Return the item of every task."""
        return [row.item_id for row in self.rows]


def lost(problem_id: str) -> ServerError:
    """Return the error of a request whose answer did not come."""
    return ServerError(Problem(problem_id, Place(Fake.url), "planned"))


TASKS = [task(f"i{n}") for n in range(7)]
ITEMS = [f"i{n}" for n in range(7)]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let time pass only when something waits for it."""

    class Clock:
        now = 1_000_000.0

        def time(self) -> float:
            return self.now

        monotonic = time

        def sleep(self, seconds: float) -> None:
            self.now += seconds

    monkeypatch.setattr(sending, "time", Clock())


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Return where the journal goes."""
    return tmp_path / "private" / "ada.journal"


def test_each_task_once_in_chunks(journal: Path) -> None:
    """Tasks arrive in order and in chunks; a second push sends nothing; no journal is left."""
    server = Fake()
    told: list[tuple[int, int]] = []
    first = send(server, 1, TASKS, journal=journal, chunk=3, progress=lambda *now: told.append(now))
    assert server.posts == [ITEMS[:3], ITEMS[3:6], ITEMS[6:]]
    assert (first.sent, first.found, first.deleted, first.problems) == (7, 0, 0, ())
    assert first.tasks == {item: n for n, item in enumerate(ITEMS, 1)}
    assert told == [(0, 7), (3, 7), (6, 7), (7, 7)]
    again = send(server, 1, TASKS, journal=journal, chunk=3)
    assert (again.sent, again.found, again.tasks) == (0, 7, first.tasks)
    assert len(server.posts) == 3
    assert not journal.exists()


@pytest.mark.parametrize("step", ["swallowed", "late1", "late5"])
def test_answer_lost_but_stored(step: str, journal: Path) -> None:
    """When the answer is lost but the tasks arrive, at once or while it waits, it goes on."""
    server = Fake("fine", step)
    made = send(server, 1, TASKS, journal=journal, chunk=3)
    assert server.items() == ITEMS
    assert len(server.posts) == 3
    assert (made.sent, made.deleted) == (7, 0)


@pytest.mark.parametrize("step", ["connection-broken", "server-timeout", "server-failed"])
def test_lost_request_is_never_repeated_unseen(step: str, journal: Path) -> None:
    """When a chunk is lost it looks for it again and again, then stops; the next run sends it."""
    server = Fake("fine", step)
    with pytest.raises(ServerError) as caught:
        send(server, 1, TASKS, journal=journal, chunk=3)
    assert caught.value.problem.id == step
    assert len(server.posts) == 2
    assert server.listings > 20
    assert server.items() == ITEMS[:3]
    send(server, 1, TASKS, journal=journal, chunk=3)
    assert server.items() == ITEMS
    assert not journal.exists()


def test_killed_push_whose_chunk_never_lands(journal: Path) -> None:
    """A push that died with a chunk on its way keeps the next one waiting, but not for ever."""
    server = Fake("die")
    with pytest.raises(KeyboardInterrupt):
        send(server, 1, TASKS, journal=journal)
    assert journal.exists()
    before = server.listings
    send(server, 1, TASKS, journal=journal)
    assert server.items() == ITEMS
    assert server.listings - before > 20
    assert not journal.exists()


def test_server_that_dies_with_a_chunk(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the server can't be asked what became of a chunk the journal stays for the next run."""
    server = Fake("late5")
    listing = server.held

    def gone(project_id: int, *, after: int = 0) -> list[Held]:
        if server.posts:
            raise lost("server-unreachable")
        return listing(project_id, after=after)

    with monkeypatch.context() as patch:
        patch.setattr(server, "held", gone)
        with pytest.raises(ServerError) as caught:
            send(server, 1, TASKS, journal=journal)
        assert caught.value.problem.id == "server-unreachable"
    assert journal.exists()
    send(server, 1, TASKS, journal=journal)
    assert server.items() == ITEMS
    assert len(server.posts) == 1


@pytest.mark.parametrize("step", ["server-unreachable", "server-disk-full", "token-refused"])
def test_refused_request_leaves_no_journal(step: str, journal: Path) -> None:
    """When a chunk surely did not arrive there is nothing to wait for in the next run."""
    server = Fake(step)
    with pytest.raises(ServerError):
        send(server, 1, TASKS, journal=journal)
    assert not journal.exists()


def test_killed_push_whose_chunk_lands_later(journal: Path) -> None:
    """A push that dies with a chunk on its way is followed by one that waits for that chunk."""
    server = Fake("fine", "die")
    with pytest.raises(KeyboardInterrupt):
        send(server, 1, TASKS, journal=journal, chunk=3)
    server.late.append((server.listings + 4, TASKS[3:6]))
    send(server, 1, TASKS, journal=journal, chunk=3)
    assert server.items() == ITEMS
    assert server.posts[2:] == [ITEMS[6:]]


def test_killed_push_whose_chunk_had_landed(journal: Path) -> None:
    """What had arrived before the push died is not sent again, and nobody waits."""
    server = Fake("die after")
    with pytest.raises(KeyboardInterrupt):
        send(server, 1, TASKS, journal=journal, chunk=4)
    listings = server.listings
    send(server, 1, TASKS, journal=journal, chunk=4)
    assert server.items() == ITEMS
    assert server.listings - listings == 3  # before, after the chunk, and at the end


def test_chunk_that_lands_too_late(journal: Path) -> None:
    """What lands after all waiting is there twice, until the next push deletes it."""
    server = Fake("late60")
    with pytest.raises(ServerError):
        send(server, 1, TASKS, journal=journal)
    send(server, 1, TASKS, journal=journal)
    while len(server.rows) == 7:
        server.held(1)
    assert sorted(server.items()) == sorted(ITEMS * 2)
    made = send(server, 1, TASKS, journal=journal)
    assert made.deleted == 7
    assert server.items() == ITEMS


def test_worked_on_doubles_stay(journal: Path) -> None:
    """Of two tasks of an item the one stays that somebody worked on, else the older one."""
    server = Fake()
    server.store(TASKS + TASKS)
    server.touch(9)  # i1, the later one
    made = send(server, 1, TASKS, journal=journal)
    assert made.deleted == 7
    assert made.tasks == {item: 9 if item == "i1" else n for n, item in enumerate(ITEMS, 1)}
    assert made.problems == ()


def test_two_worked_on_doubles_are_a_problem(journal: Path) -> None:
    """Where people worked on both, none is deleted and the problem names them."""
    server = Fake()
    server.store(TASKS + TASKS[:1])
    server.touch(1)
    server.touch(8)
    made = send(server, 1, TASKS, journal=journal)
    assert [problem.id for problem in made.problems] == ["task-twice"]
    assert "1, 8" in made.problems[0].message
    assert len(server.rows) == 8


def test_annotation_that_came_with_the_task(journal: Path) -> None:
    """A task that was sent with an annotation counts as worked on only when it has more."""
    tasks = [task("i1", annotations=[{"result": []}])]
    server = Fake("swallowed")
    server.store(tasks)
    server.store(tasks)
    made = send(server, 1, tasks, journal=journal)
    assert (made.deleted, made.tasks) == (1, {"i1": 1})


def test_changed_text(journal: Path) -> None:
    """An item whose text on the server is another is reported, and nothing is sent for it."""
    server = Fake()
    server.store([task("i0", "The ferries were late."), *TASKS[2:]])
    made = send(server, 1, TASKS, journal=journal)
    assert [problem.id for problem in made.problems] == ["task-text-changed"]
    assert server.posts == [["i1"]]
    assert sorted(made.tasks) == ITEMS[1:]


def test_taken_but_not_there(journal: Path) -> None:
    """A server that says it took the tasks, and does not have them, has failed."""
    with pytest.raises(ServerError) as caught:
        send(Fake("forgotten"), 1, TASKS, journal=journal)
    assert caught.value.problem.id == "server-failed"
    assert "does not have them" in caught.value.problem.message


def test_journal_of_another_project(journal: Path) -> None:
    """A journal of another project makes nobody wait."""
    with pytest.raises(KeyboardInterrupt):
        send(Fake("die"), 1, TASKS, journal=journal)
    server = Fake()
    send(server, 2, TASKS, journal=journal)
    assert server.listings == 3
    assert not journal.exists()


def test_tasks_of_others_are_left_alone(journal: Path) -> None:
    """Tasks that newspan did not send, or not in this push, stay as they are."""
    server = Fake()
    server.store([task("other"), task("other")])
    server.rows.append(Held(50, None, None, False))
    server.last = 50
    send(server, 1, TASKS, journal=journal)
    assert server.items() == ["other", "other", None, *ITEMS]


def test_wrong_use(journal: Path) -> None:
    """Two tasks of one item, or a journal that is something else, are refused."""
    with pytest.raises(ValueError, match="same item"):
        send(Fake(), 1, [*TASKS, TASKS[0]], journal=journal)
    journal.parent.mkdir()
    journal.write_text("my shopping list")
    with pytest.raises(ValueError, match="not a journal"):
        send(Fake(), 1, TASKS, journal=journal)
