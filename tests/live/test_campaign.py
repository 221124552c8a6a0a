"""A campaign from campaign.toml to a release, on a real Label Studio, as in docs/campaigns.md.

Three annotators and a fourth who replaces one of them, 60 articles of which six are copies, each
annotated by two; items are added on the way; the differences are settled in Label Studio. What
annotators do in a browser is sent to the server by their own users, in the form that a browser
sends.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

import label_studio as server_script
from harbour_news import add_article, article, item, write_campaign, write_corpus
from harbour_work import COPIES, KEYS, REPLACED, seen
from newspan.cli import main


@dataclass
class Annotator:
    """Somebody who works in Label Studio, by their own account."""

    alias: str
    http: httpx.Client

    def tasks(self, title: str) -> dict[str, dict[str, Any]]:
        """Return the tasks of a project by item, with their predictions."""
        (project,) = self.get("/api/projects/", title=title)["results"]
        found = self.get("/api/tasks", project=project["id"], page_size=500, fields="all")
        return {task["data"]["item_id"]: task for task in found["tasks"]}

    def get(self, path: str, **params: Any) -> Any:
        """Return what the server answers."""
        answer = self.http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def submit(self, task: dict[str, Any], result: list[dict[str, Any]], **more: Any) -> None:
        """Submit a task; `was_cancelled` among the rest skips it."""
        body = {"result": result, "lead_time": 45.5, "ground_truth": False, **more}
        answer = self.http.post(f"/api/tasks/{task['id']}/annotations/", json=body)
        assert answer.status_code == 201, answer.text

    def draft(self, task: dict[str, Any], result: list[dict[str, Any]]) -> None:
        """Leave a draft."""
        answer = self.http.post(
            f"/api/tasks/{task['id']}/drafts", json={"result": result, "lead_time": 5}
        )
        assert answer.status_code == 201, answer.text

    def annotate(self, task: dict[str, Any]) -> None:
        """Mark an attribution, its claim and the loaded words, as this annotator sees them."""
        self.submit(task, list(seen(self.alias, task["data"]["text"])))


def decided(prediction: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return all readings with a verdict: of those that overlap, the shortest is right."""
    done = {r["id"] for r in prediction if r.get("from_name") == "verdict"}
    regions = [r for r in prediction if r["type"] == "labels" and r["id"] not in done]
    regions.sort(key=lambda r: (r["value"]["end"] - r["value"]["start"], r["id"]))
    result, taken = list(prediction), list[dict[str, Any]]()
    for region in regions:
        value = region["value"]
        rival = any(
            other["from_name"] == region["from_name"]
            and other["value"]["start"] < value["end"]
            and value["start"] < other["value"]["end"]
            for other in taken
        )
        if not rival:
            taken.append(region)
        answers = (
            [("verdict", "reject"), ("reason", "judgement")] if rival else [("verdict", "take")]
        )
        for name, answer in answers:
            extent = {"start": value["start"], "end": value["end"], "choices": [answer]}
            result.append({**region, "value": extent, "from_name": name, "type": "choices"})
    return result


class Lead:
    """Who leads the campaign: types commands, reads what they print."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def does(self, *words: str, code: int = 0) -> str:
        """Run newspan and return its stdout; the exit code must be the one expected."""
        where = () if words[0] == "verify" else ("--corpus", str(self.root))
        result = CliRunner().invoke(main, [*words, *where])
        assert result.exit_code == code, (words, result.stdout, result.stderr, result.exception)
        return result.stdout

    def reads(self, *words: str, code: int = 0) -> Any:
        """Run newspan with --json and return what it says."""
        return json.loads(self.does(*words, "--json", code=code))


@pytest.fixture
def lead(tmp_path: Path, label_studio: Any, monkeypatch: pytest.MonkeyPatch) -> Lead:
    """Return a lead with a corpus of 60 articles and the server's address and token."""
    monkeypatch.setenv("LABEL_STUDIO_URL", label_studio.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", label_studio.token)
    return Lead(write_corpus(tmp_path / "corpus", 60, COPIES))


@pytest.fixture(scope="module")
def tokens(label_studio: Any) -> dict[str, str]:
    """Return the annotators' tokens by alias, those of Dora, who comes later, too."""
    found = {alias: account.token for alias, account in label_studio.annotators.items()}
    dora = server_script.add_user(label_studio.running, "dora@example.org", "dora-harbour-9")
    return {**found, "dora": dora}


@pytest.fixture
def people(label_studio: Any, tokens: dict[str, str]) -> Iterator[dict[str, Annotator]]:
    """Return the annotators by alias, logged in for 300 s; the lead decides as `admin`."""
    found = {}
    for alias, token in tokens.items():
        answer = httpx.post(f"{label_studio.url}/api/token/refresh/", json={"refresh": token})
        headers = {"Authorization": f"Bearer {answer.json()['access']}"}
        found[alias] = Annotator(alias, httpx.Client(base_url=label_studio.url, headers=headers))
    headers = {"Authorization": f"Token {label_studio.token}"}
    found["admin"] = Annotator("admin", httpx.Client(base_url=label_studio.url, headers=headers))
    yield found
    for each in found.values():
        each.http.close()


def test_from_campaign_toml_to_a_release(
    lead: Lead, people: dict[str, Annotator], tmp_path: Path
) -> None:
    """Nothing is lost on the way, nothing is there twice, and the release verifies."""
    root, folder = lead.root, lead.root / "annotation/campaigns/quay"
    lead.does("duplicates")
    write_campaign(root, **KEYS)

    # Hand out: six copies are left out; pushing twice is pushing once.
    pushed = lead.reads("annotate", "push", "quay")
    assert [each["item"] for each in pushed["left_out"]] == [item(n) for n in COPIES]
    assert sum(each["sent"] for each in pushed["projects"]) == 3 * 3 + 51 * 2
    assert sum(p["sent"] for p in lead.reads("annotate", "push", "quay")["projects"]) == 0
    names = "".join(f'[{a}]\nemail = "{a}@example.org"\n' for a in ("ada", "ben", "cleo", "dora"))
    (folder / "private/people.toml").write_text(names)

    # The training round and a part of the first batch; Ada leaves, Dora comes, articles are added.
    work = {alias: people[alias].tasks(f"newspan quay {alias}") for alias in ("ada", "ben", "cleo")}
    for alias, tasks in work.items():
        assert list(tasks)[:3] == KEYS["training"]
        for task in list(tasks.values())[:8]:
            people[alias].annotate(task)
    status = lead.reads("annotate", "status", "quay")
    assert [each["done"] for each in status["annotators"]] == [8, 8, 8]
    training = [a for a in status["agreement"] if a["batch"] == 0 and a["layer"] == "claim"]
    assert [(a["items"], a["gamma"] is not None) for a in training] == [(3, True)] * 3
    for number in (61, 62, 63, 64):
        add_article(root, number, article(number))
    write_campaign(root, text=REPLACED, **KEYS)
    pushed = lead.reads("annotate", "push", "quay")
    ((old, new, moved),) = pushed["handed_over"]
    assert (old, new) == ("ada", "dora")
    assert moved == len(work["ada"]) - 8

    # Everybody finishes; Ben skips one article and leaves another half done.
    rest = {
        alias: people[alias].tasks(f"newspan quay {alias}") for alias in ("ben", "cleo", "dora")
    }
    for alias, tasks in rest.items():
        for name, task in tasks.items():
            if not (alias in work and name in list(work[alias])[:8]):
                if (alias, name) == ("ben", list(tasks)[-1]):
                    people[alias].submit(task, [], was_cancelled=True)
                elif (alias, name) == ("ben", list(tasks)[-2]):
                    people[alias].draft(task, [])
                else:
                    people[alias].annotate(task)
    people["ada"].annotate(list(work["ada"].values())[9])  # too late: it is Dora's now

    # Pull: a set each, complete, without an address; and carried to the copies.
    pulled = lead.reads("annotate", "pull", "quay")
    assert [problem["id"] for problem in pulled["problems"]] == ["late-work"]
    assert [each["set"] for each in pulled["sets"]] == [
        "quay-ada", "quay-ben", "quay-cleo", "quay-dora"
    ]  # fmt: skip
    assert [each["items"] for each in pulled["sets"]] == [
        9, len(rest["ben"]) - 2, len(rest["cleo"]), len(rest["dora"])
    ]  # fmt: skip
    state = json.loads((folder / "state.json").read_bytes())
    having = Counter(task["item"] for task in state["tasks"] if "handed_to" not in task)
    assert set(having) == {item(n) for n in range(1, 65) if n not in COPIES}
    assert all(n == 2 for name, n in having.items() if name not in KEYS["training"])
    for each in pulled["sets"]:
        assert each["records"] == _records_sent(people, each["alias"])
    again = lead.reads("annotate", "pull", "quay", "--again")
    assert again["sets"] == pulled["sets"]
    assert lead.does("check") is not None

    # Settle the differences in Label Studio, carry the result to the copies, build and verify.
    sets = [each["set"] for each in pulled["sets"]]
    lead.does("adjudicate", "push", *sets, "--into", "settled", "--by", "lead")
    tasks = people["admin"].tasks("newspan adjudication settled")
    assert len(tasks) > 10
    for task in tasks.values():
        (opening,) = (p for p in task["predictions"] if p["model_version"] == "all readings")
        people["admin"].submit(task, decided(opening["result"]), parent_prediction=opening["id"])
    lead.does("adjudicate", "pull", "settled")
    lead.does("project", "settled", "--into", "consensus")
    head = json.loads((root / "annotation/sets/consensus/set.json").read_bytes())
    submitted = Counter(
        each["item"]
        for name in sets
        for each in json.loads((root / f"annotation/sets/{name}/set.json").read_bytes())["coverage"]
    )
    twice = {name for name, number in submitted.items() if number >= 2}
    assert {each["item"] for each in head["coverage"]} == twice | {item(n) for n in COPIES}
    assert set(head["producer"]["annotators"]) == {
        *(f"person {alias}" for alias in ("ada", "ben", "cleo", "dora", "lead"))
    }
    lead.does("check")
    lead.does("build", "--out", str(tmp_path / "dist"))
    (release,) = (tmp_path / "dist").iterdir()
    lead.does("verify", str(release))

    everything = b"".join(
        path.read_bytes()
        for top in (root, release)
        for path in top.rglob("*")
        if path.is_file() and "private" not in path.parts
    )
    for alias in ("ada", "ben", "cleo", "dora", "admin"):
        assert f"{alias}@example.org".encode() not in everything


def _records_sent(people: dict[str, Annotator], alias: str) -> int:
    """Return how many records an annotator's work comes to: regions, and attributions."""
    found = 0
    for task in people[alias].tasks(f"newspan quay {alias}").values():
        for annotation in task["annotations"]:
            if not annotation["was_cancelled"]:
                results = annotation["result"]
                found += sum(r["type"] == "labels" for r in results)
                found += sum(r.get("from_name") == "mode" for r in results)
    return found


def test_what_goes_wrong_is_told(
    lead: Lead, people: dict[str, Annotator], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is down, a wrong token, foreign hands, and a project that is gone."""
    root = lead.root
    write_campaign(root, "pier", items=[item(1), item(2)])
    lead_url = ["annotate", "push", "pier", "--server", "http://127.0.0.1:9"]
    assert ids(lead.reads(*lead_url, code=1)) == ["server-unreachable"]
    with monkeypatch.context() as patch:
        patch.setenv("LABEL_STUDIO_API_KEY", "0" * 40)
        assert ids(lead.reads("annotate", "push", "pier", code=1)) == ["token-refused"]
    assert not (root / "annotation/campaigns/pier/state.json").exists()

    lead.does("annotate", "push", "pier")
    names = "".join(f'[{a}]\nemail = "{a}@example.org"\n' for a in ("ada", "ben", "cleo"))
    (root / "annotation/campaigns/pier/private/people.toml").write_text(names)
    tasks = {
        alias: people[alias].tasks(f"newspan pier {alias}") for alias in ("ada", "ben", "cleo")
    }
    for alias, own in tasks.items():
        people[alias].annotate(own[item(1)])
    people["cleo"].draft(tasks["cleo"][item(2)], [])
    annotation = people["ada"].tasks("newspan pier ada")[item(1)]["annotations"][0]["id"]
    body = {"result": [], "lead_time": 1}
    changed = people["ben"].http.patch(f"/api/annotations/{annotation}/", json=body)
    assert changed.status_code == 200
    people["ben"].annotate(tasks["ada"][item(2)])
    pulled = lead.reads("annotate", "pull", "pier", code=1)
    assert sorted(ids(pulled["problems"])) == ["foreign-work", "foreign-work"]
    assert {"changed by ben" in p["message"] for p in pulled["problems"]} == {True, False}
    assert [each["set"] for each in pulled["sets"]] == ["pier-ben", "pier-cleo"]

    state = json.loads((root / "annotation/campaigns/pier/state.json").read_bytes())
    number = {project["alias"]: project["id"] for project in state["projects"]}
    admin = people["admin"].http
    config = people["admin"].get(f"/api/projects/{number['ben']}/")["label_config"]
    other = config.replace('alias="opinion"', 'alias="view"')
    path = f"/api/projects/{number['ben']}/"
    assert admin.patch(path, json={"label_config": other}).status_code == 200
    assert admin.delete(f"/api/projects/{number['cleo']}/").status_code == 204
    pushed = lead.reads("annotate", "push", "pier", code=1)
    assert sorted(ids(pushed["problems"])) == ["label-config-changed", "project-gone"]
    pulled = lead.reads("annotate", "pull", "pier", code=1)
    assert "project-gone" in ids(pulled["problems"])
    assert "pier-cleo" in [each["set"] for each in pulled["sets"]]  # as it was pulled before


def ids(problems: list[dict[str, Any]]) -> list[str]:
    """Return the ids of problems."""
    return [problem["id"] for problem in problems]


def test_a_push_that_is_killed_is_finished_by_the_next(
    lead: Lead, people: dict[str, Annotator]
) -> None:
    """Killed at whatever moment, it leaves no second project and no task twice."""
    write_campaign(lead.root, "mole", per_item=2)
    command = ["-m", "newspan", "annotate", "push", "mole", "--corpus", str(lead.root)]
    for part in range(6):
        with subprocess.Popen([sys.executable, *command], stderr=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL) as push:  # fmt: skip
            try:
                push.wait(0.8 + 0.25 * part)
            except subprocess.TimeoutExpired:
                push.kill()
    lead.does("annotate", "push", "mole")
    state = json.loads((lead.root / "annotation/campaigns/mole/state.json").read_bytes())
    expected = Counter((task["alias"], task["item"]) for task in state["tasks"])
    there: Counter[tuple[str, str]] = Counter()
    for alias in ("ada", "ben", "cleo"):
        projects = people["admin"].get("/api/projects/", title=f"newspan mole {alias}")["results"]
        assert len(projects) == 1
        found = people["admin"].get("/api/tasks", project=projects[0]["id"], page_size=500)
        there.update((alias, task["data"]["item_id"]) for task in found["tasks"])

    assert there == expected
    assert len(expected) == 120
