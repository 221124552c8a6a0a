"""A link between claims of two items, which Label Studio can't show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import newspan
from adjudication_texts import add_pass, decide, decisions_file, lines_of, write_lines
from newspan.adjudication.adjudicate_set import adjudicate_sets
from newspan.adjudication.case import AdjudicateError
from newspan.adjudication.pull import PulledReview, adjudicate_pull
from newspan.adjudication.push import adjudicate_push
from review_server import FakeServer

REPEATS = {"record": "link", "id": "kx", "type": "repeats", "from_id": "cx", "to_id": "c1"}


@pytest.fixture
def tied(plain: Path) -> Path:
    """Return the small corpus with a claim in its second item that repeats one of the first."""
    folder = plain / "annotation/sets/consensus"
    lines = lines_of(folder / "d2-i1.jsonl")
    kept = ("record", "start", "end", "text")
    claim = {name: next(e for e in lines if e["id"] == "x1")[name] for name in kept}
    claim |= {"id": "cx", "layer": "claim", "factuality": "opinion"}
    write_lines(folder / "d2-i1.jsonl", [*lines, claim, REPEATS])
    head = json.loads((folder / "set.json").read_text(encoding="utf-8"))
    zones = ["title", "heading", "paragraph", "caption", "teaser"]
    for each in head["coverage"]:
        each |= {"layers": ["claim", "attribution", "loaded_language"], "zones": zones}
    (folder / "set.json").write_text(json.dumps(head), encoding="utf-8")
    assert newspan.check(plain) == []
    return plain


def of_kind(corpus: Path, into: str, kind: str) -> list[dict[str, Any]]:
    """Return a file of decisions' lines of one kind."""
    return [line for line in lines_of(decisions_file(corpus, into)) if line["record"] == kind]


def links(corpus: Path, into: str, item: str = "d2-i1") -> list[dict[str, Any]]:
    """Return a set's links in an item."""
    path = corpus / f"annotation/sets/{into}/{item}.jsonl"
    return [line for line in lines_of(path) if line["record"] == "link"]


def review(corpus: Path, fake: FakeServer, *items: str) -> PulledReview:
    """Submit items as they are shown, and pull."""
    for item in items:
        fake.desk(item).submit()
    return adjudicate_pull(corpus, "gold")


def test_a_review_leaves_it_as_it_is(tied: Path, fake: FakeServer) -> None:
    """Who submits both items untouched amends nothing, and the link is verified."""
    adjudicate_push(tied, ["consensus"], "gold", by="ada")
    pulled = review(tied, fake, "d1-i1", "d2-i1")

    assert (pulled.problems, pulled.report.problems) == ((), ())
    assert of_kind(tied, "gold", "amendment") == []
    assert links(tied, "gold") == [REPEATS | {"human_verified": True}]
    assert newspan.check(tied) == []


def test_a_correction_beside_it_leaves_it_too(tied: Path, fake: FakeServer) -> None:
    """A changed claim keeps its link to another item, and a claim that is drawn gives none."""
    adjudicate_push(tied, ["consensus"], "gold", by="ada")
    desk = fake.desk("d2-i1")
    desk.relabel("cx", "factual")
    desk.answer("cx", "check_worthy", "yes")
    desk.submit()
    pulled = review(tied, fake, "d1-i1")

    assert (pulled.problems, pulled.report.problems) == ((), ())
    assert [each["to_id"] for each in links(tied, "gold")] == ["c1"]
    (amendment,) = of_kind(tied, "gold", "amendment")
    assert set(amendment["change"]) == {"cx"}


@pytest.mark.parametrize("how", ["delete", "reject"])
def test_it_goes_with_the_claim_that_it_starts_at(tied: Path, fake: FakeServer, how: str) -> None:
    """Without the later claim there is nothing that repeats."""
    adjudicate_push(tied, ["consensus"], "gold", by="ada")
    desk = fake.desk("d2-i1")
    getattr(desk, how)("cx")
    desk.submit()
    pulled = review(tied, fake, "d1-i1")

    assert (pulled.problems, pulled.report.problems) == ((), ())
    assert [set(each["remove"]) for each in of_kind(tied, "gold", "amendment")] == [{"cx", "kx"}]
    assert links(tied, "gold") == []


def test_it_waits_for_the_other_item(tied: Path, fake: FakeServer) -> None:
    """As long as the earlier claim's item is unread the set is written without the link."""
    adjudicate_push(tied, ["consensus"], "gold", by="ada")
    pulled = review(tied, fake, "d2-i1")
    assert (pulled.problems, pulled.report.problems) == ((), ())
    assert (pulled.report.reviewed, pulled.report.waiting, links(tied, "gold")) == (1, 1, [])
    pulled = review(tied, fake, "d1-i1")
    assert (pulled.report.waiting, len(links(tied, "gold"))) == (0, 1)
    assert newspan.check(tied) == []


def test_an_earlier_claim_that_is_gone_is_told(tied: Path, fake: FakeServer) -> None:
    """The link of the other item then leads nowhere, and somebody has to say what becomes of it."""
    adjudicate_push(tied, ["consensus"], "gold", by="ada")
    desk = fake.desk("d1-i1")
    desk.delete("c1")
    desk.submit()
    pulled = review(tied, fake, "d2-i1")
    (problem,) = pulled.report.problems
    assert (problem.id, pulled.report.path) == ("decision-dangling", None)
    assert "kx in d2-i1 refers to c1" in problem.message


def test_passes_that_have_it_alike(tied: Path, fake: FakeServer) -> None:
    """Conflicts beside it are asked and decided, and the link stands in the result."""
    add_pass(tied, "pass_a")
    add_pass(tied, "pass_b", {"x1": None})
    pushed = adjudicate_push(tied, ["pass_a", "pass_b"], "merged", by="ada")
    assert (pushed.asked, pushed.unseen, len(fake.projects)) == (1, 0, 1)
    desk = fake.desk("d2-i1")
    for region in desk.open_regions():
        desk.take(region)
    desk.submit()
    pulled = adjudicate_pull(tied, "merged")

    assert (pulled.problems, pulled.report.is_complete) == ((), True)
    assert of_kind(tied, "merged", "amendment") == []
    assert len(links(tied, "merged")) == 1


def test_a_conflict_over_it_is_decided_in_the_file(tied: Path, fake: FakeServer) -> None:
    """Nobody is asked what can't be seen, so nobody's word is taken for it."""
    add_pass(tied, "pass_a")
    add_pass(tied, "pass_b", {"kx": None, "x1": None})
    pushed = adjudicate_push(tied, ["pass_a", "pass_b"], "merged", by="ada")
    assert (pushed.asked, pushed.unseen) == (1, 1)
    desk = fake.desk("d2-i1")
    for region in desk.open_regions():
        desk.take(region)
    desk.submit()
    pulled = adjudicate_pull(tied, "merged")
    decisions = {e["layer"]: e["decision"] for e in of_kind(tied, "merged", "conflict")}

    assert pulled.problems == ()
    assert decisions["link"] is None
    assert sum(each is not None for each in decisions.values()) == 1
    assert adjudicate_push(tied, ["pass_a", "pass_b"], "merged", by="ada").sent == 0
    kinds = [line.get("layer") for line in lines_of(decisions_file(tied))]
    decide(tied, {kinds.index("link"): {"take": "pass_a"}})
    assert adjudicate_sets(tied, ["pass_a", "pass_b"], "merged").is_complete
    assert len(links(tied, "merged")) == 1


def test_nothing_else_to_ask(tied: Path, fake: FakeServer) -> None:
    """A conflict over such a link alone makes no project."""
    add_pass(tied, "pass_a")
    add_pass(tied, "pass_b", {"kx": None})
    pushed = adjudicate_push(tied, ["pass_a", "pass_b"], "merged", by="ada")
    assert (pushed.project, pushed.unseen, fake.projects) == (None, 1, {})


def test_claims_in_conflict_at_both_ends(tied: Path, fake: FakeServer) -> None:
    """The link waits for both, is shown in neither task, and follows what is taken."""
    add_pass(tied, "pass_a")
    add_pass(tied, "pass_b", {"cx": {"factuality": "prediction"}, "c1": {"factuality": "opinion"}})
    adjudicate_push(tied, ["pass_a", "pass_b"], "merged", by="ada")
    for item in ("d1-i1", "d2-i1"):
        desk = fake.desk(item)
        desk.take(desk.open_regions()[0])
        desk.submit()
    pulled = adjudicate_pull(tied, "merged")
    assert (pulled.problems, pulled.report.problems) == ((), ())
    assert len(links(tied, "merged")) == 1


def test_tasks_are_made_before_the_project(
    passes: Path, fake: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can't be made into a task leaves nothing on the server, and no state."""

    def fail(*_: object) -> None:
        raise AdjudicateError([])

    monkeypatch.setattr("newspan.adjudication.push.review_task", fail)
    with pytest.raises(AdjudicateError):
        adjudicate_push(passes, ["pass_a", "pass_b"], "merged", by="ada")
    assert fake.projects == {}
    assert not (passes / "annotation/campaigns/merged").exists()
