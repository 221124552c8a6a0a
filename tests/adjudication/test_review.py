"""One set, read whole by a person in Label Studio, which alone makes gold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from click.testing import CliRunner

import newspan
from adjudication_texts import decisions_file, lines_of, write_lines
from newspan.adjudication.adjudicate_set import adjudicate_sets
from newspan.adjudication.pull import PulledReview, adjudicate_pull
from newspan.adjudication.push import Pushed, adjudicate_push
from newspan.cli.adjudicate import command
from review_server import FakeServer

CAFE = normalize("NFD", "The café stays shut")


def push(corpus: Path, into: str = "gold") -> Pushed:
    """Push the consensus to be reviewed."""
    return adjudicate_push(corpus, ["consensus"], into, by="ada")


def pull(corpus: Path, into: str = "gold") -> PulledReview:
    """Pull what was reviewed."""
    return adjudicate_pull(corpus, into)


def records(corpus: Path, into: str = "gold") -> dict[str, dict[str, Any]]:
    """Return a set's records by id."""
    paths = sorted((corpus / f"annotation/sets/{into}").glob("*.jsonl"))
    return {line["id"]: line for path in paths for line in lines_of(path)}


def head(corpus: Path, into: str = "gold") -> dict[str, Any]:
    """Return a set's head."""
    path = corpus / f"annotation/sets/{into}/set.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def lines(corpus: Path, kind: str) -> list[dict[str, Any]]:
    """Return the lines of one kind in the file of decisions."""
    path = decisions_file(corpus, "gold")
    found = lines_of(path) if path.exists() else []
    return [line for line in found if line["record"] == kind]


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {name: path.read_bytes() for name, path in sorted(found.items()) if path.is_file()}


def said(line: dict[str, Any]) -> dict[str, Any]:
    """Return a record without its history."""
    return {k: v for k, v in line.items() if k not in ("decision", "human_verified")}


def test_each_item_that_was_looked_at_is_a_task(plain: Path, fake: FakeServer) -> None:
    """It opens with the set's records under their own ids, and nothing has a verdict."""
    pushed = push(plain)
    items = {each["item"] for each in head(plain, "consensus")["coverage"]}
    desk = fake.desk("d1-i1")

    assert {task["data"]["item_id"] for task in fake.tasks.values()} == items
    assert (pushed.tasks, pushed.asked) == (len(items), len(items))
    assert [p["model_version"] for p in desk.task["predictions"]] == ["to review"]
    own = {line["id"] for line in lines_of(plain / "annotation/sets/consensus/d1-i1.jsonl")}
    assert {r["id"] for r in desk.results if r["type"] == "labels"} <= own
    assert not any(r.get("from_name") == "verdict" for r in desk.results)
    assert push(plain).sent == 0


def test_what_was_read_is_verified(plain: Path, fake: FakeServer) -> None:
    """A submitted task says that all of it was read: as it was left, it is the person's word."""
    push(plain)
    pulled = pull(plain)
    assert (pulled.report.path, pulled.report.reviewed) == (None, 0)
    fake.desk("d1-i1").submit()
    pulled = pull(plain)
    before = records(plain, "consensus")
    made = records(plain)

    assert (pulled.problems, pulled.report.is_complete) == ((), True)
    assert {n: said(r) for n, r in made.items()} == {
        line["id"]: said(line) for line in lines_of(plain / "annotation/sets/consensus/d1-i1.jsonl")
    }
    assert all(line["human_verified"] for line in made.values())
    assert made["a4"]["decision"] == before["a4"]["decision"]
    assert {each["item"] for each in head(plain)["coverage"]} == {"d1-i1"}
    assert head(plain)["producer"]["annotators"][-1] == "person ada"
    assert head(plain)["description"].startswith("consensus, reviewed. Items read whole 1 of ")
    assert newspan.check(plain) == []
    (review,) = lines(plain, "review")
    assert (review["item"], review["by"]) == ("d1-i1", {"kind": "person", "name": "ada"})


def test_what_is_said_though_it_goes_without_saying(plain: Path, fake: FakeServer) -> None:
    """A value that is written out although it is the default is no change."""
    path = plain / "annotation/sets/consensus/d1-i1.jsonl"
    told = lines_of(path)
    write_lines(path, [{**r, "scope": "closed"} if r["id"] == "a1" else r for r in told])
    push(plain)
    fake.desk("d1-i1").submit()
    pull(plain)
    assert lines(plain, "amendment") == []
    write_lines(path, told)
    assert adjudicate_sets(plain, ["consensus"], "gold").is_complete


def test_what_was_edited(plain: Path, fake: FakeServer) -> None:
    """Left, edited and added records are verified; rejected and deleted ones are gone."""
    push(plain)
    desk = fake.desk("d1-i1")
    desk.reject("l2", "substitution-test-fails")
    desk.delete("c4")
    desk.answer("c2", "check_worthy", "yes")
    desk.answer("q1", "cue_force", "doubting")
    desk.answer("q1", "reason", "attribute-definition")
    desk.move("n3", "leaks")
    desk.draw("claim", "opinion", "the Harbour Gazette")
    cue = desk.draw(
        "attribution", "cue", "it is", mode="indirect", source_kind="document",
        cue_type="speech", cue_force="neutral",
    )  # fmt: skip
    desk.tie(cue, "s2")
    desk.tie(desk.draw("attribution", "content", "a disgrace"), cue)
    desk.submit()
    pulled = pull(plain)
    made = records(plain)

    assert (pulled.problems, pulled.report.problems) == ((), ())
    assert not {"l2", "c4", "k1"} & made.keys()
    assert made["c2"]["check_worthy"] is True
    assert made["a1"]["cue_force"] == "doubting"
    assert made["n3"]["text"] == "leaks"
    assert all(line["human_verified"] for line in made.values())
    new = [line for line in made.values() if line["id"] not in records(plain, "consensus")]
    assert sorted(line.get("text", line["record"]) for line in new) == [
        "a disgrace",
        "attribution",
        "it is",
        "the Harbour Gazette",
    ]
    shared = next(line for line in new if line["record"] == "attribution")
    assert shared["source_ids"] == ["s2"]
    assert [line["reason"] for line in lines(plain, "amendment")] == [
        "other",
        "substitution-test-fails",
        "attribute-definition",
        "missed",
    ]
    assert newspan.check(plain) == []


def test_a_review_replays_from_its_file(plain: Path, fake: FakeServer) -> None:
    """The set is made again from consensus and file alone, to the byte; pulling again, too."""
    push(plain)
    for item in ("d1-i1", "d2-i1"):
        desk = fake.desk(item)
        (desk.delete("l1") if item == "d1-i1" else desk.delete("x1"))
        desk.submit()
    pull(plain)
    before = files_of(plain)
    pull(plain)
    assert files_of(plain) == before
    for path in (plain / "annotation/sets/gold").iterdir():
        path.unlink()
    (plain / "annotation/sets/gold").rmdir()
    assert adjudicate_sets(plain, ["consensus"], "gold").is_complete
    assert files_of(plain) == before


def test_a_set_that_changed_is_not_as_it_was_read(plain: Path, fake: FakeServer) -> None:
    """The item is left out, with a warning, and asked again with what was amended."""
    push(plain)
    for item in ("d1-i1", "d2-i1"):
        fake.desk(item).submit()
    desk = fake.desk("d1-i1")
    desk.delete("l2")
    desk.submit()
    pull(plain)
    path = plain / "annotation/sets/consensus/d1-i1.jsonl"
    changed = [
        {**line, "factuality": "opinion"} if line["id"] == "c1" else line for line in lines_of(path)
    ]
    write_lines(path, changed)
    report = adjudicate_sets(plain, ["consensus"], "gold")

    assert [problem.id for problem in report.problems] == ["review-stale"]
    assert {each["item"] for each in head(plain)["coverage"]} == {"d2-i1"}
    assert newspan.check(plain) == []
    assert push(plain).sent == 1
    again = fake.desk("d1-i1", "newspan adjudication gold 2")
    assert again.regions("disgrace", "Belittling") == []
    again.submit()
    pulled = pull(plain)
    assert (pulled.problems, pulled.report.problems) == ((), ())
    assert {each["item"] for each in head(plain)["coverage"]} == {"d1-i1", "d2-i1"}
    assert records(plain)["c1"]["factuality"] == "opinion"
    assert push(plain).sent == 0


def test_an_amendment_by_hand_after_the_review_undoes_it(plain: Path, fake: FakeServer) -> None:
    """Nobody has read what was changed since, whoever changed it."""
    push(plain)
    fake.desk("d1-i1").submit()
    pull(plain)
    path = decisions_file(plain, "gold")
    by = {"kind": "person", "name": "ada"}
    amendment = {"record": "amendment", "item": "d1-i1", "remove": ["c1"]}
    write_lines(path, [{**amendment, "reason": "judgement", "by": by}, *lines_of(path)])
    report = adjudicate_sets(plain, ["consensus"], "gold")

    assert ([problem.id for problem in report.problems], report.path) == (["review-stale"], None)


def test_a_faulty_task_is_no_review(plain: Path, fake: FakeServer) -> None:
    """As long as something in it can't be taken, nobody can say that all of it is right."""
    push(plain)
    desk = fake.desk("d1-i1")
    desk.draw("attribution", "source", "pier")
    desk.submit()
    pulled = pull(plain)

    assert [problem.id for problem in pulled.problems] == ["orphan-role"]
    assert lines(plain, "review") == []
    desk.delete("Dr_-w00001")
    desk.submit()
    assert pull(plain).report.is_complete


def test_what_stands_where_nobody_looked(plain: Path, fake: FakeServer) -> None:
    """A span in a kind of zone that the set does not cover is told, and is no part of the set."""
    path = plain / "annotation/sets/consensus/set.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["coverage"] = [
        {**each, "zones": [zone for zone in each["zones"] if zone != "title"]}
        for each in told["coverage"]
    ]
    path.write_text(json.dumps(told), encoding="utf-8")
    records_path = plain / "annotation/sets/consensus/d1-i1.jsonl"
    write_lines(records_path, [line for line in lines_of(records_path) if line["id"] != "l3"])
    push(plain)
    desk = fake.desk("d1-i1")
    desk.draw("claim", "opinion", "Council row")
    desk.submit()
    pulled = pull(plain)
    assert [problem.id for problem in pulled.problems] == ["outside-coverage"]
    assert "region" in pulled.problems[0].message


def test_a_text_that_changed_is_told(plain: Path, fake: FakeServer) -> None:
    """What was read there is not what stands in the corpus."""
    push(plain)
    desk = fake.desk("d1-i1")
    desk.submit()
    desk.task["data"]["text"] += "."
    assert [problem.id for problem in pull(plain).problems] == ["task-text-changed"]


def test_only_what_is_verified_is_gold(plain: Path, fake: FakeServer) -> None:
    """The check knows gold by its name; a review of several passes does not make it."""
    push(plain, "gold-2")
    fake.desk("d1-i1").submit()
    pull(plain, "gold-2")
    assert newspan.check(plain) == []
    path = plain / "annotation/sets/gold-2/d1-i1.jsonl"
    changed = lines_of(path)
    del changed[3]["human_verified"]
    write_lines(path, changed)
    (problem,) = newspan.check(plain)
    assert (problem.id, problem.place.line) == ("gold-unverified", 4)
    golden = plain / "annotation/sets/golden"
    path.parent.rename(golden)
    (golden / "set.json").write_text(
        json.dumps(head(plain, "golden") | {"id": "golden"}), encoding="utf-8"
    )
    assert newspan.check(plain) == []


def test_a_model_s_review_is_none(plain: Path) -> None:
    """The schema knows reviews by people alone."""
    digest = "0" * 64
    review = {"record": "review", "item": "d1-i1", "digest": digest}
    for by, told in (
        ({"kind": "language_model", "name": "m"}, "schema"),
        ({"kind": "person", "name": "ada"}, "review-stale"),
    ):
        write_lines(decisions_file(plain, "gold"), [{**review, "by": by}])
        result = CliRunner().invoke(
            command, ["consensus", "--into", "gold", "--corpus", str(plain)]
        )
        assert (result.exit_code, told in result.stderr) == (1, True)


def test_the_command_tells_how_far_a_review_is(plain: Path, fake: FakeServer) -> None:
    """Items reviewed of those that the set looked at."""
    arguments = ["--into", "gold", "--corpus", str(plain)]
    run = CliRunner()
    pushed = run.invoke(command, ["push", "consensus", "--by", "ada", *arguments])
    assert "items to review: " in pushed.stdout
    fake.desk("d1-i1").submit()
    assert run.invoke(command, ["pull", "gold", "--corpus", str(plain)]).exit_code == 0
    told = run.invoke(command, ["consensus", *arguments])
    number = len({each["item"] for each in head(plain, "consensus")["coverage"]})
    assert f"items reviewed: 1 of {number}" in told.stdout
    assert (
        json.loads(run.invoke(command, ["consensus", "--json", *arguments]).stdout)["reviewed"] == 1
    )


@pytest.mark.parametrize("name", ["reuse_v1", "consensus"])
def test_what_can_be_reviewed(plain: Path, fake: FakeServer, name: str) -> None:
    """A set of duplicate blocks holds nothing that a person reviews here."""
    if name == "reuse_v1":
        with pytest.raises(ValueError, match="nobody looked"):
            adjudicate_push(plain, [name], "gold", by="ada")
    else:
        assert adjudicate_push(plain, [name], "gold", by="ada").sent > 0
