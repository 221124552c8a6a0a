"""Adjudication and review on a real Label Studio: what is pushed comes back as it was decided."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import newspan
from adjudication_texts import add_pass, decisions_file, lines_of
from browse import Annotator
from corpora import copy_good
from newspan.adjudication.adjudicate_set import adjudicate_sets
from newspan.adjudication.pull import adjudicate_pull
from newspan.adjudication.push import adjudicate_push
from newspan.labelstudio.server import Server


@pytest.fixture
def corpus(tmp_path: Path, label_studio: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the small corpus with two passes that differ, and the server in the environment."""
    monkeypatch.setenv("LABEL_STUDIO_URL", label_studio.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", label_studio.token)
    corpus = copy_good(tmp_path)
    add_pass(corpus, "pass_a")
    add_pass(
        corpus,
        "pass_b",
        {
            "c1": {"factuality": "opinion"},
            "l1": {"start": 67, "end": 75, "text": "“rotten”"},
            "a2": {"cue_force": "endorsing"},
            "k1": None,
            "l3": None,
        },
    )
    return corpus


@pytest.fixture
def ada(label_studio: Any) -> Iterator[httpx.Client]:
    """Return a client of the user who decides."""
    token = label_studio.account("ada").token
    url = label_studio.url
    answer = httpx.post(f"{url}/api/token/refresh/", json={"refresh": token})
    headers = {"Authorization": f"Bearer {answer.json()['access']}"}
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
        yield client


def tasks_of(client: httpx.Client, project: int) -> dict[str, dict[str, Any]]:
    """Return a project's tasks by item."""
    params = {"project": project, "page_size": 100, "fields": "all"}
    found = client.get("/api/tasks", params=params).json()["tasks"]
    return {task["data"]["item_id"]: task for task in found}


def opening(task: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a task's prediction of that name."""
    (found,) = [each for each in task["predictions"] if each["model_version"] == name]
    return found


def submit(client: httpx.Client, task: dict[str, Any], result: list[Any], parent: int) -> int:
    """Submit a task and return the annotation's id."""
    body = {"result": result, "parent_prediction": parent, "lead_time": 9.5}
    answer = client.post(f"/api/tasks/{task['id']}/annotations/", json=body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def verdict(region: dict[str, Any], told: str, reason: str) -> list[dict[str, Any]]:
    """Return a region's verdict and reason as the browser writes them."""
    value = {key: region["value"][key] for key in ("start", "end", "text")}
    head = {"id": region["id"], "to_name": "text", "type": "choices", "origin": "manual"}
    return [
        {**head, "from_name": "verdict", "value": {**value, "choices": [told]}},
        {**head, "from_name": "reason", "value": {**value, "choices": [reason]}},
    ]


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {name: path.read_bytes() for name, path in sorted(found.items()) if path.is_file()}


def test_conflicts_are_decided(corpus: Path, ada: httpx.Client) -> None:
    """The first of each two readings is taken; the set and its decisions replay to the byte."""
    pushed = adjudicate_push(corpus, ["pass_a", "pass_b"], "merged", by="ada")
    assert adjudicate_push(corpus, ["pass_a", "pass_b"], "merged", by="ada").sent == 0
    assert pushed.project is not None
    (task,) = tasks_of(ada, pushed.project.id).values()
    everything = opening(task, "all readings")
    regions = [each for each in everything["result"] if each["type"] == "labels"]
    done = {each["id"] for each in everything["result"] if each.get("from_name") == "verdict"}
    seen: set[tuple[str, int]] = set()
    told: list[dict[str, Any]] = []
    for each in regions:
        role = each["value"]["labels"][0] in ("source", "medium", "content")
        if each["id"] in done or role:
            continue
        place = (each["from_name"], each["value"]["end"] // 20)
        told += verdict(each, "reject" if place in seen else "take", "judgement")
        seen.add(place)
    number = submit(ada, task, [*everything["result"], *told], everything["id"])
    pulled = adjudicate_pull(corpus, "merged")

    assert (pulled.problems, pulled.report.problems, pulled.submitted) == ((), (), 1)
    assert pulled.report.is_complete
    decisions = [line["decision"] for line in lines_of(decisions_file(corpus))]
    assert len(decisions) == 5
    assert {each["by"]["name"] for each in decisions} == {"ada"}
    assert {each["reason"] for each in decisions} == {"judgement"}
    assert newspan.check(corpus) == []
    before = files_of(corpus)
    adjudicate_pull(corpus, "merged")
    adjudicate_pull(corpus, "merged", again=True)
    adjudicate_sets(corpus, ["pass_a", "pass_b"], "merged")
    assert files_of(corpus) == before
    assert not any(b"@example.org" in raw for name, raw in before.items() if "private" not in name)

    kept = [each for each in everything["result"] if each["type"] != "relation"]
    body = {"result": [*kept, *told]}
    assert ada.patch(f"/api/annotations/{number}/", json=body).status_code == 200
    pulled = adjudicate_pull(corpus, "merged")
    lines = lines_of(decisions_file(corpus))
    links = [line for line in lines if line.get("layer") == "link"]
    assert [line["decision"]["take"] for line in links] == [None]
    assert list(decisions_file(corpus).parent.glob("decisions-*.jsonl"))


def test_a_set_is_reviewed(corpus: Path, ada: httpx.Client) -> None:
    """Both items are read, one is corrected: they alone are gold, and verified by a person."""
    pushed = adjudicate_push(corpus, ["consensus"], "gold", by="ada")
    assert pushed.project is not None
    tasks = tasks_of(ada, pushed.project.id)
    for item in ("d1-i1", "d2-i1"):
        shown = opening(tasks[item], "to review")
        gone = {"l2"} if item == "d1-i1" else set()
        left = [each for each in shown["result"] if each.get("id") not in gone]
        submit(ada, tasks[item], left, shown["id"])
    pulled = adjudicate_pull(corpus, "gold")
    made = files_of(corpus / "annotation/sets/gold")
    records = [
        json.loads(line) for n, raw in made.items() if n != "set.json" for line in raw.splitlines()
    ]

    assert (pulled.problems, pulled.report.problems) == ((), ())
    assert pulled.report.reviewed == 2
    assert all(record["human_verified"] for record in records)
    assert "l2" not in {record["id"] for record in records}
    assert newspan.check(corpus) == []
    assert adjudicate_sets(corpus, ["consensus"], "gold").is_complete
    assert files_of(corpus / "annotation/sets/gold") == made


def test_an_adjudicator_decides_in_a_browser(corpus: Path, label_studio: Any, page: Any) -> None:
    """The task opens with all readings, those in conflict first; verdicts come with the mouse."""
    pushed = adjudicate_push(corpus, ["pass_a", "pass_b"], "browsed", by="ada")
    assert pushed.project is not None
    page.set_default_timeout(15_000)
    label_studio.log_in(page, "ada")
    with Server(label_studio.url, label_studio.token) as server:
        (held,) = server.held(pushed.project.id)
        (task,) = json.loads(server.snapshot(pushed.project.id))
    shown = opening(task, "all readings")["result"]
    ada = Annotator(page, label_studio.url, pushed.project.id)
    ada.open(held.task_id, sum(each["type"] == "labels" for each in shown))
    listed = page.locator(".lsf-outliner-item").all_inner_texts()
    assert "Council row" in listed[0]
    assert "Prediction" in listed[1] or "Opinion" in listed[1]
    for words, label in (
        ("Council row", "Loaded language"),
        ("the “rotten” plan", "Prediction"),
        ("“rotten”", "Loaded language"),
    ):
        ada.choose(label, words)
        ada.answer("Verdict", "Take")
    ada.choose("states:", "Cue")
    ada.answer("Verdict", "Take")
    ada.choose("it is a disgrace", "Opinion")
    ada.answer("Verdict", "Take")
    ada.answer("Reason", "repetition")
    ada.press("Submit")
    pulled = adjudicate_pull(corpus, "browsed")
    decisions = [line["decision"] for line in lines_of(decisions_file(corpus, "browsed"))]

    assert (pulled.problems, pulled.report.is_complete) == ((), True)
    assert [each["take"] for each in decisions][:3] == ["pass_a", "pass_a", "pass_b"]
    assert decisions[3]["take"] in ("pass_a", "pass_b")
    assert (decisions[4]["take"], decisions[4]["reason"]) == ("pass_a", "repetition")
    assert newspan.check(corpus) == []
