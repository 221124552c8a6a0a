"""A review's projects over time: what is asked again and where, by whom, and what is kept of it."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from adjudication_texts import add_pass, decisions_file, lines_of, write_lines
from newspan.adjudication.adjudicate_set import adjudicate_sets
from newspan.adjudication.case import AdjudicateError
from newspan.adjudication.pull import PulledReview, adjudicate_pull
from newspan.adjudication.push import Pushed, adjudicate_push
from newspan.cli.adjudicate import command
from newspan.labelstudio.failures import ServerError
from newspan.labelstudio.server import Held
from newspan.problems import Place, Problem
from review_server import FakeServer

PASSES = ("pass_a", "pass_b")


def review(corpus: Path, by: str = "ada") -> Pushed:
    """Push the consensus to be reviewed."""
    return adjudicate_push(corpus, ["consensus"], "gold", by=by)


def pull(corpus: Path, into: str = "gold") -> PulledReview:
    """Pull what was reviewed."""
    return adjudicate_pull(corpus, into)


def edit(corpus: Path, item: str, name: str, **changes: Any) -> None:
    """Change a record of the consensus."""
    path = corpus / f"annotation/sets/consensus/{item}.jsonl"
    lines = lines_of(path)
    write_lines(path, [{**e, **changes} if e["id"] == name else e for e in lines])


def state(corpus: Path, into: str = "gold") -> dict[str, Any]:
    """Return review.json."""
    path = corpus / f"annotation/campaigns/{into}/review.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {name: path.read_bytes() for name, path in sorted(found.items()) if path.is_file()}


def project_of(fake: FakeServer, item: str) -> str:
    """Return the title of the project in which an item was asked last."""
    return fake.projects[fake.project_of[fake.desk(item).task["id"]]].title


# --- several rounds ---------------------------------------------------------------------------


def test_three_rounds_of_review(plain: Path, fake: FakeServer) -> None:
    """What is asked a third time is asked behind the second, and its answer counts."""
    review(plain)
    fake.desk("d1-i1").submit()
    pull(plain)
    edit(plain, "d1-i1", "c1", note="one")
    edit(plain, "d2-i1", "x1", note="one")
    review(plain)
    fake.desk("d2-i1").submit()
    pull(plain)
    edit(plain, "d2-i1", "x1", note="two")
    assert review(plain).sent == 1
    assert project_of(fake, "d2-i1") == "newspan adjudication gold 3"
    desk = fake.desk("d2-i1")
    assert "two" in json.dumps(desk.results)
    desk.submit()
    fake.desk("d1-i1").submit()
    pulled = pull(plain)

    assert (pulled.problems, pulled.report.problems, pulled.report.reviewed) == ((), (), 2)
    assert review(plain).sent == 0
    before = files_of(plain)
    assert pull(plain).report.is_complete
    assert files_of(plain) == before


def test_the_same_item_three_times(plain: Path, fake: FakeServer) -> None:
    """Each round's corrections are shown in the next; the last word is the last round's."""
    for number in range(1, 4):
        edit(plain, "d1-i1", "c1", note=f"round {number}")
        review(plain)
        desk = fake.desk("d1-i1")
        assert f"round {number}" in json.dumps(desk.results)
        desk.answer("c2", "check_worthy", "no" if number % 2 else "yes")
        desk.submit()
        if number == 1:
            fake.desk("d2-i1").submit()
        assert pull(plain).problems == ()
    report = pull(plain).report
    made = {e["id"]: e for e in lines_of(plain / "annotation/sets/gold/d1-i1.jsonl")}

    assert (report.problems, report.reviewed) == ((), 2)
    assert made["c1"]["note"] == "round 3"
    assert made["c2"]["check_worthy"] is False
    assert len(fake.projects) == 3


def test_what_two_people_are_asked_by_turns(plain: Path, fake: FakeServer) -> None:
    """What somebody else was asked later is not asked in an older project of the first."""
    review(plain)
    edit(plain, "d1-i1", "c1", note="one")
    review(plain, by="bob")
    fake.desk("d1-i1").submit(user=2)
    pull(plain)
    edit(plain, "d1-i1", "c1", note="two")
    review(plain)
    assert project_of(fake, "d1-i1") == "newspan adjudication gold 3"
    fake.desk("d1-i1").submit()
    report = pull(plain).report
    assert (report.problems, report.reviewed) == ((), 1)


def test_no_alias_is_a_project_s_name(plain: Path, fake: FakeServer) -> None:
    """The second project of bob, and the first of bob-2, have copies and journals of their own."""
    review(plain, by="bob-2")
    for item in ("d1-i1", "d2-i1"):
        fake.desk(item).submit(user=2)
    pull(plain)
    edit(plain, "d2-i1", "x1", note="one")
    review(plain, by="bob")
    fake.desk("d2-i1").submit(user=2)
    pulled = pull(plain)
    names = [each["name"] for each in state(plain)["projects"]]

    assert names == ["bob-2", "bob.2"]
    assert set(json.loads(pulls(plain).read_text(encoding="utf-8"))["pulls"]) == set(names)
    assert (pulled.report.reviewed, pulled.report.problems) == (2, ())


def pulls(corpus: Path) -> Path:
    """Return the list of copies."""
    return corpus / "annotation/campaigns/gold/pulls/pulls.json"


@pytest.mark.parametrize("alias", ["unknown", "pulls"])
def test_reserved_aliases(plain: Path, fake: FakeServer, alias: str) -> None:
    """Nobody can decide under a name that means somebody or something else."""
    with pytest.raises(ValueError, match="no alias"):
        review(plain, by=alias)


def test_work_that_begins_while_a_task_is_replaced(
    plain: Path, fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task is deleted only if nobody has begun in the moment before."""
    review(plain)
    edit(plain, "d1-i1", "c1", note="one")
    edit(plain, "d2-i1", "x1", note="one")
    held, begun = FakeServer.held, list[str]()

    def late(server: FakeServer, project_id: int, *, after: int = 0) -> list[Held]:
        found = held(server, project_id, after=after)
        if not after and not begun:
            server.desk("d1-i1").submit()  # once it was listed
            begun.append("d1-i1")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(FakeServer, "held", late)
        review(plain)
    tasks = [(task["data"]["item_id"], len(task["annotations"])) for task in fake.tasks.values()]
    assert sorted(tasks) == [("d1-i1", 0), ("d1-i1", 1), ("d2-i1", 0)]


def test_an_interrupted_push_of_an_earlier_project(
    plain: Path, fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was never sent there is sent by the next push, though that asks in another project."""
    send = FakeServer.import_tasks

    def die(server: FakeServer, project_id: int, tasks: Sequence[dict[str, Any]]) -> None:
        send(server, project_id, tasks[:1])
        raise ServerError(Problem("server-refused", Place("http://127.0.0.1:9"), "no"))

    with monkeypatch.context() as patch:
        patch.setattr(FakeServer, "import_tasks", die)
        with pytest.raises(AdjudicateError):
            review(plain)
    (task,) = fake.tasks.values()
    assert task["data"]["item_id"] == "d1-i1"
    fake.desk("d1-i1").submit()
    edit(plain, "d1-i1", "c1", note="one")
    pushed = review(plain)
    asked = {task["data"]["item_id"]: project_of(fake, task["data"]["item_id"])
             for task in fake.tasks.values()}  # fmt: skip

    assert (pushed.sent, pushed.asked) == (2, 2)
    assert asked == {
        "d1-i1": "newspan adjudication gold 2",
        "d2-i1": "newspan adjudication gold",
    }


# --- the labelling interface ------------------------------------------------------------------


def test_a_changed_interface_is_left_alone(passes: Path, fake: FakeServer) -> None:
    """What somebody changed on the server is told by push and pull, and never overwritten."""
    adjudicate_push(passes, PASSES, "merged", by="ada")
    (number,) = fake.projects
    pushed = fake.projects[number].label_config
    fake.configure(number, "\r\n" + pushed.replace("\n", "\r\n"))  # as a server may store it
    adjudicate_push(passes, PASSES, "merged", by="ada")
    assert adjudicate_pull(passes, "merged").problems == ()
    mine = pushed.replace("</View>", "<!-- mine --></View>")
    fake.configure(number, mine)
    with pytest.raises(AdjudicateError) as caught:
        adjudicate_push(passes, PASSES, "merged", by="ada")
    (problem,) = caught.value.problems
    pulled = adjudicate_pull(passes, "merged")

    assert problem.id == "label-config-changed"
    assert problem in pulled.problems
    assert fake.projects[number].label_config == mine
    kept = passes / "annotation/campaigns/merged/label_config.xml"
    assert kept.name in problem.message
    fake.configure(number, kept.read_text(encoding="utf-8"))
    adjudicate_push(passes, PASSES, "merged", by="ada")
    assert adjudicate_pull(passes, "merged").problems == ()


def test_an_interface_of_other_labels_is_brought_up_to_date(passes: Path, fake: FakeServer) -> None:
    """Where nobody but a push has changed it, the next push may."""
    adjudicate_push(passes, PASSES, "merged", by="ada")
    (number,) = fake.projects
    before = fake.projects[number].label_config
    targets = passes / "corpus/targets.json"
    known = json.loads(targets.read_text(encoding="utf-8"))
    known["targets"].append({**known["targets"][0], "id": "ferries", "title": "The ferries"})
    targets.write_text(json.dumps(known), encoding="utf-8")
    adjudicate_push(passes, PASSES, "merged", by="ada")
    assert before != fake.projects[number].label_config
    assert "ferries" in fake.projects[number].label_config
    assert adjudicate_pull(passes, "merged").problems == ()


# --- what is shown, and kept ------------------------------------------------------------------


def test_notes_don_t_tell_whose_they_are(plain: Path, fake: FakeServer) -> None:
    """Joined notes stand in the order of their letters, of what is alike and of what is not."""
    one, other = {"note": "zebra; crossing"}, {"note": "apple"}
    different = {"c3": {"factuality": "opinion", "check_worthy": None}}
    add_pass(plain, "pass_a", {"c1": one, "c2": one, "c4": one, **different})
    add_pass(plain, "pass_b", {"c1": other, "c2": other})
    add_pass(plain, "pass_c", {"c4": other})
    adjudicate_push(plain, [*PASSES, "pass_c"], "merged", by="ada")
    opened = fake.desk("d1-i1").results
    notes = [r["value"]["text"][0] for r in opened if r.get("from_name") == "note"]
    assert [note for note in notes if "apple" in note] == ["apple; zebra; crossing"] * 3


def test_a_snapshot_is_kept_before_it_is_read(
    plain: Path, fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is no JSON, or has half a character, is in private/raw to the byte."""
    review(plain)
    raw = b'[{"id": 1, "data": {"text": "\\ud800"}, '
    with monkeypatch.context() as patch:
        patch.setattr(FakeServer, "snapshot", lambda *_: raw)
        with pytest.raises(AdjudicateError) as caught:
            pull(plain)
    assert [each.id for each in caught.value.problems] == ["pull-changed"]
    kept = (plain / "annotation/campaigns/gold/private/raw").iterdir()
    assert [gzip.decompress(path.read_bytes()) for path in kept] == [raw]


@pytest.mark.parametrize("hostile", ["\ud800", [[]], "deep"])
def test_one_task_that_can_t_be_read(plain: Path, fake: FakeServer, hostile: Any) -> None:
    """The others' work comes in all the same."""
    review(plain)
    for item in ("d1-i1", "d2-i1"):
        fake.desk(item).submit()
    if hostile == "deep":
        hostile = []
        for _ in range(600):
            hostile = [hostile]
    fake.desk("d2-i1").task["annotations"][0]["result"].append({"id": hostile, "value": hostile})
    fake.snapshot = lambda number: json.dumps(list(fake.tasks.values())).encode()  # type: ignore[method-assign]
    assert pull(plain).report.reviewed in (1, 2)
    assert (plain / "annotation/sets/gold/d1-i1.jsonl").exists()


def test_one_project_of_two_that_can_t_be_had(
    plain: Path, fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong there is told, and the other's work comes in."""
    review(plain)
    fake.desk("d1-i1").submit()
    pull(plain)
    edit(plain, "d1-i1", "c1", note="one")
    review(plain)
    fake.desk("d1-i1").submit()
    whole = FakeServer.snapshot
    first = next(iter(fake.projects))
    monkeypatch.setattr(FakeServer, "snapshot", lambda s, n: b"{}" if n == first else whole(s, n))
    pulled = pull(plain)
    assert [each.id for each in pulled.problems] == ["pull-changed"]
    assert pulled.report.reviewed == 1


def test_relations_whose_ends_are_anything(passes: Path, fake: FakeServer) -> None:
    """An end that is no id is a fault to tell, and the rest of the task counts."""
    adjudicate_push(passes, PASSES, "merged", by="ada")
    desk = fake.desk("d1-i1")
    for region in desk.open_regions():
        desk.take(region)
    for end in ({"a": 1}, [], 7, None):
        for ends in ({"from_id": end, "to_id": "x"}, {"from_id": "x", "to_id": end}):
            desk.results.append({"type": "relation", "direction": "left", "labels": [], **ends})
    desk.submit()
    pulled = adjudicate_pull(passes, "merged")
    assert {each.id for each in pulled.problems} >= {"relation-dangling"}
    assert pulled.report.is_complete


def test_a_prediction_whose_id_is_anything(passes: Path, fake: FakeServer) -> None:
    """What the server says beside people's work is not relied upon."""
    adjudicate_push(passes, PASSES, "merged", by="ada")
    desk = fake.desk("d1-i1")
    for region in desk.open_regions():
        desk.take(region)
    desk.submit()
    desk.task["predictions"][1] |= {"id": {"a": 1}, "model_version": ["x"]}
    assert adjudicate_pull(passes, "merged").report.is_complete


def test_damaged_files_of_a_review(passes: Path, fake: FakeServer) -> None:
    """Any change to readings.jsonl, and any senseless one to review.json, is `campaign-state`."""
    adjudicate_push(passes, PASSES, "merged", by="ada")
    desk = fake.desk("d1-i1")
    desk.take(desk.open_regions()[0])
    desk.submit()
    adjudicate_pull(passes, "merged")
    folder = passes / "annotation/campaigns/merged"
    chance = random.Random(6)

    def damaged(data: Any) -> Any:
        keys = list(data) if isinstance(data, dict) else range(len(data))
        if not keys:
            return ["x"]
        key = chance.choice(list(keys))
        inner = data[key]
        if isinstance(inner, dict | list) and inner and chance.random() < 0.7:
            data[key] = damaged(inner)
        elif chance.random() < 0.5:
            del data[key]
        else:
            data[key] = chance.choice([None, 0, "x", [], {}, ["x"]])
        return data

    def write(name: str, data: Any) -> None:
        told = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        (folder / name).write_text(told + "\n", encoding="utf-8")

    def told(work: Callable[[], object]) -> list[str]:
        try:
            work()
        except AdjudicateError as error:
            return [each.id for each in error.problems]
        except ValueError as error:
            return [] if isinstance(error, UnicodeError) else ["value"]
        return []

    before = {
        name: (folder / name).read_text("utf-8") for name in ("readings.jsonl", "review.json")
    }
    for name, text in before.items():
        for _ in range(60):
            data = damaged(json.loads(text))
            write(name, data)
            for work in (
                lambda: adjudicate_pull(passes, "merged", again=True),
                lambda: adjudicate_push(passes, PASSES, "merged", by="ada"),
            ):
                found = told(work)
                if name == "readings.jsonl" and data != json.loads(text):
                    assert found == ["campaign-state"], data
                write(name, data)
            for other, kept in before.items():
                (folder / other).write_text(kept, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", "../../x"), ("name", "bob"), ("name", "ada.2.3"), ("by", "bob")],
)
def test_a_name_that_is_no_project_s(passes: Path, fake: FakeServer, name: str, value: str) -> None:
    """A name is never followed out of the folder of copies, nor to somebody else's."""
    adjudicate_push(passes, PASSES, "merged", by="ada")
    told = state(passes, "merged")
    told["projects"][0][name] = value
    path = passes / "annotation/campaigns/merged/review.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(AdjudicateError) as caught:
        adjudicate_pull(passes, "merged")
    assert [each.id for each in caught.value.problems] == ["campaign-state"]


def test_a_line_that_is_gone(plain: Path, fake: FakeServer) -> None:
    """Work on a task of which nothing is known any more is told, not left out in silence."""
    review(plain)
    for item in ("d1-i1", "d2-i1"):
        fake.desk(item).submit()
    path = plain / "annotation/campaigns/gold/readings.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(lines[0], encoding="utf-8")
    pulled = pull(plain)
    assert [each.id for each in pulled.problems] == ["campaign-state"]
    assert "(item d2-i1)" in pulled.problems[0].message
    assert pulled.report.reviewed == 1


def test_a_push_that_died_between_its_two_files(plain: Path, fake: FakeServer) -> None:
    """What was to be asked in a project that the state does not know is asked by the next push."""
    review(plain)
    fake.desk("d1-i1").submit()
    before = (plain / "annotation/campaigns/gold/review.json").read_bytes()
    edit(plain, "d1-i1", "c1", note="one")
    review(plain)
    (plain / "annotation/campaigns/gold/review.json").write_bytes(before)
    last = max(fake.projects)
    for number in [n for n, project in fake.project_of.items() if project == last]:
        fake.delete_task(number)
    assert review(plain).sent == 1
    assert len(fake.projects) == 2


# --- the command ------------------------------------------------------------------------------


def test_pull_tells_how_far_it_is(plain: Path, fake: FakeServer) -> None:
    """Each snapshot is a step; the command shows them on a terminal."""
    review(plain)
    steps: list[tuple[str, int, int | None]] = []
    adjudicate_pull(plain, "gold", progress=lambda *told: steps.append(told))
    assert steps == [("snapshots", 0, 1), ("snapshots", 1, 1)]
    steps.clear()
    adjudicate_pull(plain, "gold", again=True, progress=lambda *told: steps.append(told))
    assert steps == []


def test_the_command_shows_progress(
    plain: Path, fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pull hands its progress to a bar."""
    review(plain)
    steps: list[object] = []
    monkeypatch.setattr("newspan.cli.duplicates.Bars.__call__", lambda *told: steps.append(told))
    CliRunner().invoke(command, ["pull", "gold", "--corpus", str(plain)])
    assert len(steps) == 2
    assert adjudicate_sets(plain, ["consensus"], "gold").reviewed == 0
    assert not decisions_file(plain, "gold").exists()
