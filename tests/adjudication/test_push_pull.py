"""Conflicts between passes, decided in Label Studio."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from click.testing import CliRunner

import newspan
from adjudication_texts import add_pass, decide, decisions_file, lines_of, write_lines
from newspan.adjudication.adjudicate_set import adjudicate_sets
from newspan.adjudication.case import AdjudicateError
from newspan.adjudication.pull import PulledReview, adjudicate_pull
from newspan.adjudication.push import Pushed, adjudicate_push
from newspan.cli.adjudicate import command
from newspan.labelstudio.failures import ServerError
from newspan.problems import Place, Problem
from review_server import Desk, FakeServer

PLAN = "the “rotten” plan would fail"
CAFE, MAYOR = (normalize("NFD", told) for told in ("The café stays shut", "Mayor Ana Peña"))
ADA = {"kind": "person", "name": "ada"}


def push(corpus: Path, *sets: str, into: str = "merged", by: str = "ada") -> Pushed:
    """Push sets, the two passes if not named."""
    return adjudicate_push(corpus, sets or ("pass_a", "pass_b"), into, by=by)


def pull(corpus: Path, into: str = "merged", **more: Any) -> PulledReview:
    """Pull what was decided."""
    return adjudicate_pull(corpus, into, **more)


def ids(pulled: PulledReview) -> list[str]:
    """Return the ids of what is wrong with the work."""
    return [problem.id for problem in pulled.problems]


def decisions(corpus: Path, into: str = "merged") -> list[dict[str, Any] | None]:
    """Return the decisions on conflicts, in text order."""
    lines = lines_of(decisions_file(corpus, into))
    return [line["decision"] for line in lines if line["record"] == "conflict"]


def amendments(corpus: Path, into: str = "merged") -> list[dict[str, Any]]:
    """Return the amendments."""
    lines = lines_of(decisions_file(corpus, into))
    return [line for line in lines if line["record"] == "amendment"]


def bare(decision: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a decision without whence it came."""
    if decision is None:
        return None
    return {key: value for key, value in decision.items() if key not in ("by", "via")}


def take_a(desk: Desk) -> None:
    """Decide all four conflicts as the first pass has it, each with a reason."""
    desk.take(desk.region("Council row 👩‍👩‍👧 grows", "Loaded_Language"), "missed")
    desk.take(desk.region(PLAN, "prediction"), "wrong-label")
    desk.take(desk.region("rotten", "Loaded_Language"), "boundary-rule")
    desk.take(report(desk, with_source=True), "source-resolution")


def report(desk: Desk, *, with_source: bool) -> str:
    """Return the cue of the reading of the report's attribution that has a source, or hasn't."""
    sourced = {start for start, _, label in desk.arrows() if label == "source"}
    (found,) = [c for c in desk.regions("states:", "cue") if (c in sourced) == with_source]
    return found


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {name: path.read_bytes() for name, path in sorted(found.items()) if path.is_file()}


# --- what is asked ----------------------------------------------------------------------------


def test_what_is_asked(passes: Path, fake: FakeServer) -> None:
    """One task for the item with conflicts; what is alike is marked as taken, the rest is open."""
    pushed = push(passes)
    desk = fake.desk("d1-i1")

    assert (pushed.tasks, pushed.sent, pushed.asked) == (1, 1, 4)
    assert list(fake.models.values()) == ["all readings"]
    names = [each["model_version"] for each in desk.task["predictions"]]
    assert names == ["all readings", "reading 1", "reading 2"]
    words = {
        desk.text[r["value"]["start"] : r["value"]["end"]]
        for r in desk.results
        if r["type"] == "labels" and r["id"] in desk.open_regions()
    }
    assert words == {
        "Council row 👩‍👩‍👧 grows",
        PLAN,
        "rotten",
        "“rotten”",
        "The report",
        "states:",
    }
    first = [r["id"] for r in desk.results if r["type"] == "labels"][:7]
    assert set(first) == set(desk.open_regions()) - {desk.region("The report", "source")}
    assert desk.task["data"]["to_decide"] == 7
    assert newspan.check(passes) == []


def test_nothing_tells_whose_reading_is_whose(passes: Path, fake: FakeServer) -> None:
    """No name or id of a set stands in a project or task, and with the sets' names exchanged the
    same is shown in the same order.
    """
    push(passes)
    told = json.dumps([*fake.tasks.values()], ensure_ascii=False)
    told += " ".join(f"{p.title} {p.description}" for p in fake.projects.values())
    originals = {
        line["id"]
        for name in ("pass_a", "pass_b")
        for line in lines_of(passes / f"annotation/sets/{name}/d1-i1.jsonl")
    }

    assert "pass" not in told
    assert "language_model" not in told
    regions = {r.get("id") for p in fake.desk("d1-i1").task["predictions"] for r in p["result"]}
    assert not originals & regions

    def shown(desk: Desk) -> list[tuple[object, ...]]:
        return [(r.get("from_name"), str(r.get("value"))) for r in desk.results]

    before = shown(fake.desk("d1-i1"))
    for name in ("pass_a", "pass_b"):
        (passes / f"annotation/sets/{name}").rename(passes / f"annotation/{name}")
    for name, other in (("pass_a", "pass_b"), ("pass_b", "pass_a")):
        folder = passes / f"annotation/sets/{other}"
        (passes / f"annotation/{name}").rename(folder)
        head = json.loads((folder / "set.json").read_text(encoding="utf-8"))
        (folder / "set.json").write_text(json.dumps(head | {"id": other}), encoding="utf-8")
    push(passes, into="other")
    assert sorted(shown(fake.desk("d1-i1")), key=str) == sorted(before, key=str)


def test_the_order_of_readings_changes_from_item_to_item(plain: Path, fake: FakeServer) -> None:
    """Who has found out one reading of one item knows nothing of the next."""
    from newspan.adjudication.shown import neutral

    orders = {
        tuple(sorted(("pass_a", "pass_b"), key=lambda s: neutral("merged", item, "order", s)))
        for item in map(str, range(20))
    }
    assert len(orders) == 2


def test_pushing_again_sends_nothing(passes: Path, fake: FakeServer) -> None:
    """Each task is there once, and the state stays to the byte."""
    push(passes)
    before = files_of(passes)
    again = push(passes)

    assert (again.tasks, again.sent, len(fake.tasks)) == (1, 0, 1)
    assert files_of(passes) == before


def test_a_push_that_was_interrupted_goes_on(
    passes: Path, fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before anything was sent, or before the state was written, it asks once in the end."""

    def fail(*_: object) -> None:
        raise ServerError(Problem("server-refused", Place("http://127.0.0.1:9"), "no"))

    with monkeypatch.context() as patch:
        patch.setattr(FakeServer, "import_tasks", fail)
        with pytest.raises(AdjudicateError) as caught:
            push(passes)
    assert [each.id for each in caught.value.problems] == ["server-refused"]
    for name in ("review.json", "readings.jsonl"):
        (passes / "annotation/campaigns/merged" / name).unlink()
    assert push(passes).sent == 1
    assert (len(fake.projects), len(fake.tasks)) == (1, 1)
    (passes / "annotation/campaigns/merged/review.json").unlink()
    with pytest.raises(AdjudicateError) as caught:  # nobody knows what the tasks show
        push(passes)
    assert [each.id for each in caught.value.problems] == ["project-ambiguous"]


def test_a_project_of_somebody_else_is_left_alone(passes: Path, fake: FakeServer) -> None:
    """A project of our title that has another description is no place to ask."""
    fake.create(
        "newspan adjudication merged",
        description="mine",
        label_config="",
        model_version="",
        predictions=True,
        instruction="x",
    )
    with pytest.raises(AdjudicateError) as caught:
        push(passes)
    assert [each.id for each in caught.value.problems] == ["project-ambiguous"]
    assert fake.tasks == {}


def test_what_is_decided_is_not_asked(passes: Path, fake: FakeServer) -> None:
    """A conflict that the file decides is shown as it was decided, and marked so."""
    adjudicate_sets(passes, ["pass_a", "pass_b"], "merged")
    decide(passes, {1: {"take": "pass_b"}})
    pushed = push(passes)
    desk = fake.desk("d1-i1")

    assert pushed.asked == 3
    assert desk.regions(PLAN, "prediction") == []
    assert desk.region(PLAN, "opinion") not in desk.open_regions()
    decide(passes, {index: {"take": "pass_a"} for index in (0, 2, 3)})
    assert push(passes, into="merged").sent == 0


@pytest.mark.parametrize(
    ("sets", "into", "by", "message"),
    [
        (["pass_a", "pass_b"], "merged", "Ada B", "no alias"),
        (["pass_a", "pass_b"], "gold", "ada", "reviewed whole"),
        (["pass_a", "pass_b"], "m" * 40, "ada", "too long"),
        (["pass_a", "consensus"], "merged", "ada", "is being made of"),
    ],
)
def test_wrong_use_of_push(
    passes: Path, fake: FakeServer, sets: list[str], into: str, by: str, message: str
) -> None:
    """It is refused before anything is written or sent."""
    push(passes)
    before = files_of(passes)
    with pytest.raises(ValueError, match=message):
        adjudicate_push(passes, sets, into, by=by)
    assert files_of(passes) == before


def test_without_server_or_token(passes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is named."""
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ValueError, match="no server is named"):
        push(passes)
    with pytest.raises(ValueError, match="LABEL_STUDIO_API_KEY"):
        adjudicate_push(passes, ["pass_a", "pass_b"], "merged", by="ada", server="http://x")
    with pytest.raises(ValueError, match="push comes first"):
        pull(passes)


# --- what is decided --------------------------------------------------------------------------


def test_taking_readings(passes: Path, fake: FakeServer) -> None:
    """A verdict on one reading settles the place; the set is that of the decisions, to the byte."""
    push(passes)
    desk = fake.desk("d1-i1")
    take_a(desk)
    desk.submit()
    pulled = pull(passes)
    folder = passes / "annotation/sets/merged"
    made = files_of(folder)

    assert (ids(pulled), pulled.report.is_complete, pulled.submitted) == ([], True, 1)
    assert [bare(each) for each in decisions(passes)] == [
        {"take": "pass_a", "reason": "missed"},
        {"take": "pass_a", "reason": "wrong-label"},
        {"take": "pass_a", "reason": "boundary-rule"},
        {"take": "pass_a", "reason": "source-resolution"},
    ]
    assert all(each and each["by"] == ADA for each in decisions(passes))
    assert all(each and each["via"] == "newspan adjudication merged" for each in decisions(passes))
    assert newspan.check(passes) == []
    assert not any(
        line.get("human_verified") for f in folder.glob("*.jsonl") for line in lines_of(f)
    )
    again = adjudicate_sets(passes, ["pass_b", "pass_a"], "merged")
    assert (again.is_complete, files_of(folder)) == (True, made)
    assert "person ada (4)" in json.loads(made["set.json"])["description"]


def test_rejecting_readings(passes: Path, fake: FakeServer) -> None:
    """What is rejected on both sides is taken from none; a deleted region is rejected too."""
    push(passes)
    desk = fake.desk("d1-i1")
    take_a(desk)
    desk.reject(desk.region("Council row 👩‍👩‍👧 grows", "Loaded_Language"), "guideline-L4")
    desk.reject(desk.region("Council row 👩‍👩‍👧 grows", "Loaded_Language"), "judgement")
    desk.delete(desk.region("rotten", "Loaded_Language"))
    desk.reject(desk.region("“rotten”", "Loaded_Language"))
    desk.submit()
    pull(passes)

    assert [bare(each) for each in decisions(passes)][::2] == [
        {"take": None, "reason": "judgement"},
        {"take": None, "reason": "other", "note": "no reason was given in Label Studio"},
    ]


def test_nothing_is_decided_by_omission(passes: Path, fake: FakeServer) -> None:
    """A place without verdict stays open, and a reading whose other one was rejected, too."""
    push(passes)
    desk = fake.desk("d1-i1")
    desk.submit()
    pulled = pull(passes)

    assert (ids(pulled), pulled.report.path) == (["verdict-missing"] * 4, None)
    assert decisions(passes) == [None] * 4
    label = next(p for p in pulled.problems if "in claim" in p.message)
    assert "task " in label.message
    assert "(item d1-i1)" in label.message
    assert desk.region(PLAN, "opinion") in label.message
    assert PLAN in label.message
    desk.reject(desk.region(PLAN, "prediction"), "wrong-label")
    desk.submit()
    pulled = pull(passes)
    assert decisions(passes)[1] is None
    label = next(p for p in pulled.problems if "in claim" in p.message)
    assert desk.region(PLAN, "prediction") not in label.message
    desk.take(desk.region(PLAN, "opinion"))
    desk.submit()
    pull(passes)
    assert bare(decisions(passes)[1]) == {"take": "pass_b", "reason": "wrong-label"}


def test_changing_a_reading_takes_it_as_changed(passes: Path, fake: FakeServer) -> None:
    """New ends, another label, another answer: without a verdict, since it says what is wanted."""
    push(passes)
    desk = fake.desk("d1-i1")
    take_a(desk)
    claim = desk.region(PLAN, "prediction")
    desk.answer(claim, "verdict")
    desk.relabel(claim, "factual")
    desk.answer(claim, "check_worthy", "yes")
    word = desk.region("rotten", "Loaded_Language")
    desk.move(word, "rotten” plan")
    desk.answer(word, "polarity")
    cue = report(desk, with_source=True)
    desk.answer(cue, "cue_force", "doubting")
    desk.answer(cue, "note", "see G2")
    desk.submit()
    pulled = pull(passes)

    assert pulled.report.is_complete
    assert ids(pulled) == ["unbalanced-quotes"]
    assert [bare(each) for each in decisions(passes)][1:] == [
        {
            "take": "pass_a",
            "change": {"c1": {"factuality": "factual", "check_worthy": True}},
            "reason": "wrong-label",
        },
        {
            "take": "pass_a",
            "change": {"l1": {"start": 68, "end": 80, "polarity": None}},
            "reason": "boundary-rule",
        },
        {
            "take": "pass_a",
            "change": {"a2": {"cue_force": "doubting", "note": "see G2"}},
            "reason": "source-resolution",
        },
    ]


def test_another_span_and_other_roles_are_records_of_its_own(
    passes: Path, fake: FakeServer
) -> None:
    """What is drawn in the place of readings settles it; changed roles are written in full."""
    push(passes)
    desk = fake.desk("d1-i1")
    take_a(desk)
    for region in desk.regions("rotten", "Loaded_Language") + desk.regions(
        "“rotten”", "Loaded_Language"
    ):
        desk.answer(region, "verdict")
        desk.answer(region, "reason")
    drawn = desk.draw("loaded_language", "Loaded_Language", "rotten” plan", target="mayor")
    desk.answer(drawn, "reason", "boundary-rule")
    cue = report(desk, with_source=False)
    desk.answer(report(desk, with_source=True), "verdict")
    source = desk.draw("attribution", "source", "report")
    desk.tie(source, cue)
    desk.answer(cue, "source_kind", "document")
    desk.submit()
    pulled = pull(passes)
    word, attribution = decisions(passes)[2:]

    assert pulled.report.is_complete
    assert word is not None
    assert [(r["start"], r["end"], r["target"]) for r in word["records"]] == [(68, 80, "mayor")]
    assert attribution is not None
    kinds = sorted(r.get("role", r["record"]) for r in attribution["records"])
    assert kinds == ["attribution", "cue", "source"]
    assert newspan.check(passes) == [
        p for p in newspan.check(passes) if p.id == "unbalanced-quotes"
    ]
    made = lines_of(passes / "annotation/sets/merged/d1-i1.jsonl")
    child = next(r for r in made if r.get("unsure") and r["record"] == "attribution")
    parent = next(r for r in made if r["id"] == child["parent_id"])
    assert parent["note"] == "governs what follows"


def test_both_readings_can_be_taken(plain: Path, fake: FakeServer) -> None:
    """Two verdicts `take` in one place: the readings don't exclude each other."""
    add_pass(plain, "pass_a")
    add_pass(plain, "pass_b", {"l1": {"start": 67, "end": 75, "text": "“rotten”"}})
    push(plain)
    desk = fake.desk("d1-i1")
    for region in desk.open_regions():
        desk.take(region)
    desk.submit()
    pull(plain)

    assert [bare(each) for each in decisions(plain)] == [
        {"take": ["pass_a", "pass_b"], "reason": "both-hold"}
    ]


def test_three_passes(plain: Path, fake: FakeServer) -> None:
    """What two of three say alike is shown once, so that nobody sees who is the majority."""
    add_pass(plain, "pass_a", {"c4": {"factuality": "normative"}, "l2": None})
    add_pass(plain, "pass_b")
    add_pass(plain, "pass_c")
    push(plain, "pass_a", "pass_b", "pass_c")
    desk = fake.desk("d1-i1")
    names = [each["model_version"] for each in desk.task["predictions"]]

    assert names == ["all readings", "reading 1", "reading 2", "reading 3"]
    assert len(desk.regions("it is a disgrace", "opinion")) == 1
    desk.take(desk.region("it is a disgrace", "opinion"), "wrong-label")
    desk.reject(desk.region("disgrace", "Belittling"), "substitution-test-fails")
    desk.submit()
    pulled = pull(plain)
    assert [bare(each) for each in decisions(plain)] == [
        {"take": "pass_b", "reason": "wrong-label"},
        {"take": None, "reason": "substitution-test-fails"},
    ]
    assert pulled.report.is_complete


# --- links and parents ------------------------------------------------------------------------


def test_a_link_in_conflict(plain: Path, fake: FakeServer) -> None:
    """`take` on the claim that repeats says that its arrows hold; a deleted one is rejected."""
    add_pass(plain, "pass_a")
    add_pass(plain, "pass_b", {"k1": None})
    push(plain)
    desk = fake.desk("d1-i1")
    later = desk.region("it is a disgrace", "opinion")
    earlier = desk.region("The pier reportedly leaks", "factual")
    assert (later, earlier, "repeats") in desk.arrows()
    assert desk.open_regions() == [later]
    desk.submit()
    assert ids(pull(plain)) == ["verdict-missing"]
    desk.take(later, "repetition")
    desk.submit()
    pulled = pull(plain)
    assert bare(decisions(plain)[0]) == {"take": "pass_a", "reason": "repetition"}
    assert pulled.report.is_complete
    desk.untie(later, earlier)
    desk.submit()
    pull(plain)
    assert bare(decisions(plain)[0]) == {"take": None, "reason": "repetition"}
    made = lines_of(plain / "annotation/sets/merged/d1-i1.jsonl")
    assert not any(line["record"] == "link" for line in made)


def test_a_link_whose_claims_are_in_conflict(plain: Path, fake: FakeServer) -> None:
    """A link that is alike follows its claim, whichever reading of that is taken."""
    add_pass(plain, "pass_a")
    add_pass(plain, "pass_b", {"c4": {"factuality": "normative"}})
    push(plain)
    desk = fake.desk("d1-i1")
    mine, other = (desk.region("it is a disgrace", each) for each in ("opinion", "normative"))
    earlier = desk.region("The pier reportedly leaks", "factual")
    arrows = [each for each in desk.arrows() if each[2] == "repeats"]
    assert sorted(arrows) == sorted([(mine, earlier, "repeats"), (other, earlier, "repeats")])
    desk.take(other, "wrong-label")
    desk.delete(mine)
    desk.submit()
    pulled = pull(plain)
    made = lines_of(plain / "annotation/sets/merged/d1-i1.jsonl")
    assert pulled.report.is_complete
    assert sum(line["record"] == "link" for line in made) == 1
    assert amendments(plain) == []
    desk.reject(other, "not-a-claim")
    desk.submit()
    pulled = pull(plain)
    made = lines_of(plain / "annotation/sets/merged/d1-i1.jsonl")
    assert pulled.report.is_complete
    assert sum(line["record"] == "link" for line in made) == 0
    assert [len(line["remove"]) for line in amendments(plain)] == [1]


def test_parents_in_conflict(plain: Path, fake: FakeServer) -> None:
    """An attribution that is alike follows its parent, and stands alone when no parent is taken."""
    add_pass(plain, "pass_a")
    add_pass(plain, "pass_b", {"a2": {"cue_force": "endorsing"}})
    push(plain)
    desk = fake.desk("d1-i1")
    inner = desk.region("reportedly", "cue")
    outer = desk.regions("states:", "cue")
    nested = [each for each in desk.arrows() if each[2] == "nested_in"]
    assert sorted(nested) == sorted((inner, each, "nested_in") for each in outer)
    desk.take(outer[0], "attribute-definition")
    desk.submit()
    pulled = pull(plain)
    made = lines_of(plain / "annotation/sets/merged/d1-i1.jsonl")
    assert pulled.report.is_complete
    assert sum("parent_id" in line for line in made) == 1
    for each in outer:
        desk.reject(each, "not-an-attribution")
    desk.submit()
    pulled = pull(plain)
    made = lines_of(plain / "annotation/sets/merged/d1-i1.jsonl")
    assert pulled.report.is_complete
    assert sum("parent_id" in line for line in made) == 0
    assert [line["change"] for line in amendments(plain)] == [
        {next(iter(amendments(plain)[0]["change"])): {"parent_id": None}}
    ]


def test_whether_it_is_nested_at_all(plain: Path, fake: FakeServer) -> None:
    """Two readings that differ in their parent alone are two cues, one with an arrow."""
    add_pass(plain, "pass_a")
    add_pass(plain, "pass_b", {"a3": {"parent_id": None}})
    push(plain)
    desk = fake.desk("d1-i1")
    nested = {start for start, _, label in desk.arrows() if label == "nested_in"}
    readings = desk.regions("reportedly", "cue")
    assert len(readings) == 2
    assert len(nested) == 1
    (alone,) = set(readings) - nested
    desk.take(alone, "attribution-structure")
    desk.submit()
    pull(plain)
    assert bare(decisions(plain)[0]) == {"take": "pass_b", "reason": "attribution-structure"}
    desk.answer(alone, "verdict")
    (other,) = nested
    desk.take(other)
    desk.submit()
    pulled = pull(plain)
    assert bare(decisions(plain)[0]) == {"take": "pass_a", "reason": "attribution-structure"}
    assert pulled.report.is_complete
    desk.untie(other, desk.region("states:", "cue"))
    desk.submit()
    pulled = pull(plain)
    assert pulled.report.is_complete
    decision = decisions(plain)[0]
    assert decision is not None
    assert decision["change"] == {"a3": {"parent_id": None}}


# --- what was alike ---------------------------------------------------------------------------


def test_what_was_alike_can_be_corrected(passes: Path, fake: FakeServer) -> None:
    """Changes, deletions, rejections and additions outside of conflicts are amendments."""
    push(passes)
    desk = fake.desk("d1-i1")
    take_a(desk)
    cafe = desk.region(CAFE, "factual")
    desk.answer(cafe, "check_worthy", "yes")
    desk.answer(cafe, "reason", "attribute-definition")
    disgrace = desk.region("disgrace", "Belittling")
    desk.reject(disgrace, "substitution-test-fails")
    desk.delete(desk.region("it is a disgrace", "opinion"))
    desk.draw("claim", "opinion", "the Harbour Gazette")
    desk.submit()
    pulled = pull(passes)
    made = lines_of(passes / "annotation/sets/merged/d1-i1.jsonl")
    words = {line.get("text"): line for line in made if line.get("layer") == "claim"}

    assert (ids(pulled), pulled.report.is_complete) == ([], True)
    assert [line["reason"] for line in amendments(passes)] == [
        "attribute-definition",
        "other",
        "substitution-test-fails",
        "missed",
    ]
    assert words[CAFE]["check_worthy"] is True
    assert "it is a disgrace" not in words
    assert words["the Harbour Gazette"]["factuality"] == "opinion"
    assert not any(line["record"] == "link" for line in made)
    assert not any(line.get("technique") == "Belittling" for line in made)
    assert newspan.check(passes) == []


def test_an_attribution_with_another_source(passes: Path, fake: FakeServer) -> None:
    """One that was alike is written anew where its spans are others, and its children follow."""
    add_pass(passes, "pass_c", {"c4": {"factuality": "normative"}})
    push(passes, "pass_a", "pass_c")
    desk = fake.desk("d1-i1")
    for each in desk.regions("it is a disgrace", "opinion"):
        desk.take(each)
    cue = desk.region("states:", "cue")
    source = desk.draw("attribution", "source", "report")
    desk.untie(cue, desk.region("The report", "source"))
    desk.tie(cue, source, "source")
    desk.submit()
    pulled = pull(passes)
    made = lines_of(passes / "annotation/sets/merged/d1-i1.jsonl")
    child = next(line for line in made if line.get("parent_id"))
    parent = next(line for line in made if line["id"] == child["parent_id"])
    sources = [line["text"] for line in made if line["id"] in parent["source_ids"]]

    assert pulled.report.is_complete
    assert sources == ["report"]
    assert newspan.check(passes) == []


# --- again, and later -------------------------------------------------------------------------


def test_pulling_again_changes_nothing(passes: Path, fake: FakeServer) -> None:
    """The same work gives the same bytes everywhere, with the server and without."""
    push(passes)
    desk = fake.desk("d1-i1")
    take_a(desk)
    desk.draw("claim", "opinion", "the Harbour Gazette")
    desk.submit()
    pull(passes)
    before = files_of(passes)
    pull(passes)
    assert files_of(passes) == before
    pull(passes, again=True)
    assert files_of(passes) == before
    adjudicate_sets(passes, ["pass_a", "pass_b"], "merged")
    assert files_of(passes) == before


def test_a_decision_that_was_changed_replaces_the_former(passes: Path, fake: FakeServer) -> None:
    """What the file said before is kept beside it; a verdict taken back opens the place again."""
    push(passes)
    desk = fake.desk("d1-i1")
    take_a(desk)
    desk.draw("claim", "opinion", "the Harbour Gazette")
    desk.submit()
    pull(passes)
    former = decisions_file(passes).read_bytes()
    word = desk.region("rotten", "Loaded_Language")
    desk.answer(word, "verdict")
    desk.take(desk.region("“rotten”", "Loaded_Language"))
    desk.answer(desk.region(PLAN, "prediction"), "verdict")
    desk.delete("Dr_-w00001")
    desk.submit()
    pulled = pull(passes)
    kept = list(decisions_file(passes).parent.glob("decisions-*.jsonl"))

    assert [each and each["take"] for each in decisions(passes)] == [
        "pass_a",
        None,
        "pass_b",
        "pass_a",
    ]
    assert decisions(passes)[1] is None
    assert amendments(passes) == []
    assert former in [path.read_bytes() for path in kept]
    assert ids(pulled) == ["verdict-missing"]


def test_what_somebody_wrote_into_the_file_stays(passes: Path, fake: FakeServer) -> None:
    """Decided in both places, the file holds, with a warning; its amendments are kept in place."""
    push(passes)
    adjudicate_sets(passes, ["pass_a", "pass_b"], "merged")
    by_hand = {"take": None, "reason": "judgement", "by": {"kind": "person", "name": "mk"}}
    decide(
        passes,
        {0: by_hand},
        {
            "record": "amendment",
            "item": "d1-i1",
            "add": [
                {
                    "record": "span",
                    "layer": "claim",
                    "factuality": "opinion",
                    "quote": "the Harbour Gazette",
                }
            ],
        },
    )
    written = amendments(passes)
    desk = fake.desk("d1-i1")
    take_a(desk)
    desk.draw("claim", "opinion", MAYOR)
    desk.submit()
    pulled = pull(passes)

    assert ids(pulled) == ["decision-differs"]
    assert decisions(passes)[0] == by_hand
    assert amendments(passes)[:1] == written
    assert len(amendments(passes)) == 2
    assert pulled.report.is_complete


def test_decisions_survive_a_changed_pass(passes: Path, fake: FakeServer) -> None:
    """A decision on what is no more is stale; what holds, holds; the new is asked apart."""
    push(passes)
    desk = fake.desk("d1-i1")
    take_a(desk)
    desk.answer(desk.region(CAFE, "factual"), "check_worthy", "yes")
    desk.submit()
    pull(passes)
    path = passes / "annotation/sets/pass_b/d1-i1.jsonl"
    lines = [line for line in lines_of(path) if line["id"] != "c2"]
    for line in lines:
        if line["id"] == "l1":
            line["polarity"] = "positive"
    write_lines(path, lines)
    pulled = pull(passes)
    told = [problem.id for problem in pulled.report.problems]

    assert sorted(told) == ["conflict-undecided", "conflict-undecided", "decision-stale"]
    assert ids(pulled) == ["decision-stale"]  # the claim that was amended is in conflict now
    pushed = push(passes)
    assert (pushed.sent, pushed.asked) == (1, 2)
    assert [each.title for each in fake.projects.values()] == [
        "newspan adjudication merged",
        "newspan adjudication merged 2",
    ]
    other = fake.desk("d1-i1", "newspan adjudication merged 2")
    assert other.regions(PLAN, "opinion") == []
    other.take(other.region(CAFE, "factual"))
    for region in other.regions("rotten", "Loaded_Language"):
        other.take(region)
    other.submit()
    pulled = pull(passes)
    assert pulled.report.path is not None
    stale = [problem.id for problem in pulled.report.problems]
    assert stale == ["decision-stale"]
    before = files_of(passes)
    pull(passes)
    assert files_of(passes) == before


def test_what_nobody_has_touched_is_asked_as_it_is_now(passes: Path, fake: FakeServer) -> None:
    """A task of readings that have changed is replaced before anybody works on it."""
    push(passes)
    path = passes / "annotation/sets/pass_b/d1-i1.jsonl"
    write_lines(path, [line for line in lines_of(path) if line["id"] != "c2"])
    pushed = push(passes)

    assert (len(fake.projects), len(fake.tasks), pushed.asked) == (1, 1, 5)
    desk = fake.desk("d1-i1")
    assert desk.region(CAFE, "factual") in desk.open_regions()


# --- what goes wrong --------------------------------------------------------------------------


def test_an_answer_from_one_reading_is_refused(passes: Path, fake: FakeServer) -> None:
    """What is not in it was not deleted: it was never there. From nothing is no better."""
    push(passes)
    desk = fake.desk("d1-i1", of=1)
    desk.submit()
    assert ids(pull(passes)) == ["review-basis"]
    desk.parent, desk.results = None, []
    desk.submit()
    pulled = pull(passes)
    assert ids(pulled) == ["review-basis"]
    assert decisions(passes) == [None] * 4


def test_faulty_regions_are_told_and_left(passes: Path, fake: FakeServer) -> None:
    """What `newspan check` would not let pass is told with task and region; the rest counts."""
    push(passes)
    desk = fake.desk("d1-i1")
    take_a(desk)
    desk.draw("attribution", "source", "Mayor")
    desk.tie(
        desk.draw("attribution", "cue", "leaks", mode="direct"),
        desk.region("it is a disgrace", "opinion"),
    )
    desk.draw("claim", "opinion", "fail” \r\n" if "fail” \r\n" in desk.text else "stays shut")
    desk.results.append({"id": "x", "type": "labels", "from_name": "claim", "value": {}})
    desk.submit()
    pulled = pull(passes)

    assert "orphan-role" in ids(pulled)
    assert "relation-ends" in ids(pulled)
    assert all("task " in problem.message for problem in pulled.problems)
    assert [each and each["take"] for each in decisions(passes)] == ["pass_a"] * 4


def test_who_decided(passes: Path, fake: FakeServer) -> None:
    """It is who changed the task last; an address stands in the private folder alone."""
    push(passes)
    desk = fake.desk("d1-i1")
    take_a(desk)
    desk.submit(user=2)
    pull(passes)
    assert all(each and each["by"]["name"] == "ada" for each in decisions(passes))
    people = passes / "annotation/campaigns/merged/private/people.toml"
    people.write_text(
        '[ada]\nemail = "ada@harbour.example"\n[bob]\nemail = "bob@harbour.example"\n',
        encoding="utf-8",
    )
    pull(passes)
    assert all(each and each["by"]["name"] == "bob" for each in decisions(passes))
    desk.submit(user=1)
    assert ids(pull(passes)) == ["annotation-repeated"]
    people.write_text('[carl]\nemail = "carl@harbour.example"\n', encoding="utf-8")
    assert set(ids(pull(passes))) == {"annotator-unknown", "annotation-repeated"}
    for name, raw in files_of(passes).items():
        if "/private/" not in name:
            assert b"@harbour.example" not in raw, name
    assert (passes / "annotation/campaigns/merged/private/.gitignore").read_text() == "*\n"


def test_a_skipped_task_and_a_draft_decide_nothing(passes: Path, fake: FakeServer) -> None:
    """Only what was submitted counts."""
    push(passes)
    desk = fake.desk("d1-i1")
    take_a(desk)
    desk.submit(was_cancelled=True)
    pulled = pull(passes)
    assert (pulled.submitted, decisions(passes)) == (0, [None] * 4)


def test_a_failing_server_changes_nothing(
    passes: Path, fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The problem is the server's; decisions and pulls stay as they were."""
    push(passes)
    before = files_of(passes)

    def fail(*_: object) -> bytes:
        raise ServerError(Problem("project-gone", Place("http://127.0.0.1:9"), "HTTP 404"))

    monkeypatch.setattr(FakeServer, "snapshot", fail)
    with pytest.raises(AdjudicateError) as caught:
        pull(passes)
    assert [each.id for each in caught.value.problems] == ["project-gone"]
    assert files_of(passes) == before


def test_a_damaged_state_is_told(passes: Path, fake: FakeServer) -> None:
    """What says what was shown is not guessed."""
    push(passes)
    path = passes / "annotation/campaigns/merged/readings.jsonl"
    path.write_text("{", encoding="utf-8")
    for verb in (push, pull):
        with pytest.raises(AdjudicateError) as caught:
            verb(passes)
        assert [each.id for each in caught.value.problems] == ["campaign-state"]


# --- the command ------------------------------------------------------------------------------


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Run the command and return its exit code, stdout and stderr."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_the_commands(passes: Path, fake: FakeServer) -> None:
    """push, pull and the comparison share the verb; exit code 1 while a conflict is open."""
    corpus = ("--corpus", passes)
    code, out, _ = run("push", "pass_a", "pass_b", "--into", "merged", "--by", "ada", *corpus)
    assert (code, out.splitlines()[:2]) == (0, ["tasks: 1, 1 sent now", "conflicts to decide: 4"])
    code, out, err = run("pull", "merged", *corpus)
    assert (code, "tasks submitted: 0 of 1" in out) == (1, True)
    assert "open conflicts: 4" in err
    desk = fake.desk("d1-i1")
    take_a(desk)
    desk.submit()
    code, out, err = run("pull", "merged", "--json", *corpus)
    told = json.loads(out)
    assert (code, told["submitted"], told["problems"]) == (0, 1, [])
    assert run("pass_a", "pass_b", "--into", "merged", *corpus)[0] == 0
    assert run("--into", "merged", "pass_a", "pass_b", *corpus)[0] == 0
    assert run("push", "pass_a", "--into", "pass_a", "--by", "ada", *corpus)[0] == 2
    assert run("pull", "nothing", *corpus)[0] == 2
