"""New texts, a trained model, and a campaign that starts from its predictions, on a real server.

Commands are typed as docs/training.md and docs/campaigns.md have them. What annotators do is sent
to the server by their own users, in the form that a browser sends, or done in a real browser.
"""

from __future__ import annotations

import copy
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

import newspan
from browse import Annotator
from conftest import ROOT
from newspan.cli import main
from newspan.corpus import AnnotationSet, read_corpus
from newspan.model import Attribution, Span

TEXTS = {
    "bay": "Bay news\n\nThe terrorist regime called it a brutal genocide, a barbaric plan.",
    "fog": "\ufeffFog 👩‍👩‍👧\r\n\r\nThe “so-called” brutal terrorists 👍🏽 said e\u0301, "
    "Mayor\u00a0Ana Peña said that the criminal regime would fall.\r\n\r\n"
    "شهردار گفت: «بندر باز است.» It was a terrorist regime\u200b here.\r\n",
    "jetty": "Jetty\n\nThe jetty is 40 metres long.\n\nIt was built in 1911 by the town.",
    "quay": "Quay\n\nThe mayor said that the notorious regime had a brutal army.\n\n"
    "According to the clerk, 14 ferries were cancelled.",
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return what trains a model of a layer on a copy of the shipped corpus, once."""
    folder = tmp_path_factory.mktemp("models")
    for name in ("corpus", "annotation", "schema"):
        shutil.copytree(ROOT / name, folder / "shipped" / name)

    def model(layer: str) -> Path:
        out = folder / layer
        if not out.is_dir():
            newspan.train(folder / "shipped", layer=layer, model="crf", replicates=0, out=out)
        return out

    return model


class Town:
    """A corpus of new texts, and who types commands in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def does(self, *words: object, code: int = 0) -> tuple[str, str]:
        """Run newspan and return stdout and stderr; the exit code must be the one expected."""
        told = [*map(str, words), "--corpus", str(self.root)]
        result = CliRunner().invoke(main, told)
        assert result.exit_code == code, (words, result.stdout, result.stderr, result.exception)
        return result.stdout, result.stderr

    def set(self, name: str) -> AnnotationSet:
        """Return an annotation set."""
        corpus, problems = read_corpus(self.root)
        assert corpus is not None, problems
        return corpus.sets[name]

    def spans(self, name: str, item: str) -> list[tuple[str, int, int, str, str]]:
        """Return the spans of an item in a set: id, extent, text and label."""
        return sorted(
            (r.id, r.start, r.end, r.text, r.label)
            for placed in self.set(name).records
            if placed.item_id == item and isinstance(r := placed.record, Span)
        )

    def campaign(self, name: str) -> Path:
        """Return a campaign's folder."""
        return self.root / "annotation/campaigns" / name

    def name_annotators(self, campaign: str, *aliases: str) -> None:
        """Do in campaign.toml what its comment asks for, and say who is who."""
        path = self.campaign(campaign) / "campaign.toml"
        text = path.read_text(encoding="utf-8")
        asked = '# [[annotators]]\n# alias = "ada"\n'
        assert text.count(asked) == 1
        named = "".join(f'[[annotators]]\nalias = "{alias}"\n' for alias in aliases)
        path.write_text(text.replace(asked, named), encoding="utf-8")
        people = "".join(f'[{each}]\nemail = "{each}@example.org"\n' for each in aliases)
        (self.campaign(campaign) / "private").mkdir()
        (self.campaign(campaign) / "private/people.toml").write_text(people, encoding="utf-8")


@pytest.fixture
def town(tmp_path: Path, label_studio: Any, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Return a corpus of new texts with guidelines, made by init and add, and its copies found."""
    monkeypatch.setenv("LABEL_STUDIO_URL", label_studio.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", label_studio.token)
    texts = tmp_path / "texts"
    shutil.copytree(ROOT / "docs/examples/harbour/articles", texts)
    (texts / "provenance.jsonl").unlink()
    (texts / "late-agency.txt").unlink()
    late = (texts / "late.txt").read_bytes()
    (texts / "wire.txt").write_bytes(late.rstrip() + b" (wire)\n")
    for name, text in TEXTS.items():
        (texts / f"{name}.txt").write_bytes(text.encode())
    root = tmp_path / "town"
    made = CliRunner().invoke(main, ["init", str(root), "--language", "en"])
    assert made.exit_code == 0, made.output
    town = Town(root)
    town.does("add", texts)
    (root / "annotation").mkdir(exist_ok=True)
    shutil.copy(ROOT / "annotation/guidelines.md", root / "annotation/guidelines.md")
    town.does("duplicates")
    return town


class Person:
    """Somebody who works in Label Studio, by their own account, without a browser."""

    def __init__(self, live: Any, alias: str) -> None:
        refresh = {"refresh": live.account(alias).token}
        access = httpx.post(f"{live.url}/api/token/refresh/", json=refresh).json()["access"]
        self.http = httpx.Client(
            base_url=live.url, headers={"Authorization": f"Bearer {access}"}, timeout=60
        )

    def project(self, title: str) -> int:
        """Return the number of a project."""
        (found,) = self.http.get("/api/projects/", params={"title": title}).json()["results"]
        return int(found["id"])

    def tasks(self, project: int) -> list[dict[str, Any]]:
        """Return a project's tasks, with their predictions, by their numbers."""
        asked = {"project": project, "page_size": 100, "fields": "all"}
        found = self.http.get("/api/tasks", params=asked).json()["tasks"]
        return sorted(found, key=lambda task: task["id"])

    def next(self, project: int) -> dict[str, Any] | None:
        """Return the task that *Label All Tasks* opens, None when all are done."""
        answer = self.http.post(
            "/api/dm/actions", params={"id": "next_task", "project": project}, json={}
        )
        return None if answer.status_code == 404 else dict(answer.json())

    def submit(self, task: dict[str, Any], result: list[Any]) -> None:
        """Submit a task, as it was opened from its prediction."""
        (prediction,) = task["predictions"]
        body = {"result": result, "lead_time": 4.5, "parent_prediction": prediction["id"]}
        answer = self.http.post(f"/api/tasks/{task['id']}/annotations/", json=body)
        assert answer.status_code == 201, answer.text


@pytest.fixture
def people(label_studio: Any) -> Iterator[dict[str, Person]]:
    """Return the annotators, logged in."""
    found = {alias: Person(label_studio, alias) for alias in ("ada", "ben")}
    yield found
    for each in found.values():
        each.http.close()


def queue_of(town: Town, campaign: str) -> dict[str, float]:
    """Return the items of a campaign as predict wrote them, with their uncertainty."""
    text = (town.campaign(campaign) / "campaign.toml").read_text(encoding="utf-8")
    return {name: float(told) for name, told in re.findall(r'^  "(.*)",  # (.*)$', text, re.M)}


def test_the_least_certain_come_first_and_come_back(
    town: Town, people: dict[str, Person], models: Callable[[str], Path]
) -> None:
    """Predictions are handed out in that order, and accepted, edited or deleted; nothing twice."""
    model = models("loaded_language")
    out, told = town.does("predict", model, "--campaign", "quay")
    assert re.fullmatch(r"quay-guess: \d+ spans, 8 items\n", out)
    assert "next: say there who annotates; newspan annotate push quay" in told
    queue = queue_of(town, "quay")
    assert len(queue) == 8 and list(queue.values()) == sorted(queue.values(), reverse=True)
    assert list(queue) != sorted(queue)

    _, told = town.does("annotate", "push", "quay", code=1)
    assert "write [[annotators]]" in told  # nothing can be pushed before somebody is named
    town.name_annotators("quay", "ada", "ben")
    out, _ = town.does("annotate", "push", "quay")
    assert "items left out as copies: 1" in out
    (copied,) = queue.keys() & {"late", "wire"} - _handed_out(town)

    # Each task carries what the model said of its text, to the character; some carry nothing.
    ada, ben = people["ada"], people["ben"]
    project = ada.project("newspan quay ada")
    tasks = ada.tasks(project)
    expected = [item for item in queue if item != copied]
    assert [task["data"]["item_id"] for task in tasks] == expected
    spans = {item: town.spans("quay-guess", item) for item in expected}
    assert [] in spans.values() and sum(map(len, spans.values())) > 5
    for task in tasks:
        (prediction,) = task["predictions"]
        assert prediction["model_version"] == "quay-guess"
        text = task["data"]["text"]
        assert [
            (r["id"], text[r["value"]["start"] : r["value"]["end"]], r["value"]["labels"])
            for r in prediction["result"]
        ] == [
            (name, words, [label])
            for name, _, _, words, label in sorted(spans[task["data"]["item_id"]], key=_place)
        ]

    # Label All Tasks hands them out in that order. Ada accepts, edits, deletes, and adds.
    marked = [item for item in expected if len(spans[item]) > 1]
    edited, emptied = marked[0], marked[1]
    seen = []
    by_id = {task["id"]: task for task in tasks}
    while (opened := ada.next(project)) is not None:
        task = by_id[opened["id"]]
        seen.append(item := task["data"]["item_id"])
        result = copy.deepcopy(task["predictions"][0]["result"])
        if item == edited:
            result[0]["value"]["labels"] = ["Slogans"]
            result[1]["value"]["end"] -= 1
            result[1]["value"]["text"] = result[1]["value"]["text"][:-1]
            new = copy.deepcopy(result[0]) | {"id": "hers", "origin": "manual"}
            new["value"] |= {"start": 0, "end": 3, "text": task["data"]["text"][:3]}
            result.append(new)
        elif item == emptied:
            del result[0]
        ada.submit(task, result)
    assert seen == expected
    for task in ben.tasks(ben.project("newspan quay ben")):
        ben.submit(task, task["predictions"][0]["result"])

    out, _ = town.does("annotate", "pull", "quay")
    assert f"quay-ben: 7 items, {sum(map(len, spans.values()))} records" in out
    for item in expected:
        assert town.spans("quay-ben", item) == spans[item]
        if item not in (edited, emptied):
            assert town.spans("quay-ada", item) == spans[item]
    was, now = (sorted(town.spans(s, edited), key=_place) for s in ("quay-guess", "quay-ada"))
    assert now[0][2] - now[0][1] == 3  # her own
    assert now[1] == (*was[0][:4], "Slogans")
    assert now[2] == (was[1][0], was[1][1], was[1][2] - 1, was[1][3][:-1], was[1][4])
    assert now[3:] == was[2:]
    assert (
        sorted(town.spans("quay-ada", emptied), key=_place)
        == sorted(spans[emptied], key=_place)[1:]
    )

    # What she left, changed and removed is told apart; the set says what it started from.
    lines = (town.campaign("quay") / "work.jsonl").read_text(encoding="utf-8").splitlines()
    work = {(line["alias"], line["item"]): line for line in map(json.loads, lines)}
    line = work["ada", edited]
    assert len(line["changed"]) == 2 and line["added"] == 1 and line.get("removed", []) == []
    assert len(work["ada", emptied]["removed"]) == 1
    assert all("removed" not in work["ben", item] for item in expected)
    for name in ("quay-ada", "quay-ben"):
        told = town.set(name).info.description or ""
        assert "Pre-annotated with the set quay-guess, by newspan predict crf: " in told
        assert "learnt from consensus of newspan " in told and "SHA-256 of model.json: " in told
    head = town.set("quay-guess").info
    assert (head.producer.kind, head.producer.name) == ("rule", "newspan predict crf")
    assert (head.description or "") in told
    (original,) = {"late", "wire"} - {copied}
    carried = [words for *_, words, _ in town.spans("quay-ben-all", copied)]
    assert carried and carried == [words for *_, words, _ in spans[original]]
    assert [each for each in newspan.check(town.root) if each.severity == "error"] == []

    # What annotators started from stays; the next round has what nobody has annotated.
    _, told = town.does("predict", model, "--into", "quay-guess", code=2)
    assert "annotators of the campaign quay started from quay-guess" in told
    _, told = town.does("predict", model, "--campaign", "quay", code=2)
    assert "give the campaign another name" in told
    _, told = town.does("predict", model, "--campaign", "next", code=2)
    assert "nothing is left to do" in told
    more = town.root.parent / "more"
    more.mkdir()
    (more / "buoy.txt").write_text("Buoy\n\nThe terrorist regime took a buoy.", encoding="utf-8")
    town.does("add", more)
    _, told = town.does("predict", model, "--campaign", "next")
    assert list(queue_of(town, "next")) == ["buoy"]
    assert "left out, since somebody has annotated them: 8" in told


def _handed_out(town: Town) -> set[str]:
    state = json.loads((town.campaign("quay") / "state.json").read_bytes())
    return {task["item"] for task in state["tasks"]}


def _place(span: tuple[str, int, int, str, str]) -> tuple[int, int]:
    return span[1], -span[2]


def test_predicted_roles_can_be_tied(
    town: Town, people: dict[str, Person], models: Callable[[str], Path], label_studio: Any,
    page: Any,
) -> None:  # fmt: skip
    """Roles without attributions open in a browser, stay as they are, and can be tied there."""
    town.does("predict", models("attribution"), "--campaign", "roles")
    town.name_annotators("roles", "ada")
    town.does("annotate", "push", "roles")
    project = people["ada"].project("newspan roles ada")
    tasks = {task["data"]["item_id"]: task for task in people["ada"].tasks(project)}
    guessed = {item: town.spans("roles-guess", item) for item in tasks}
    assert {label for spans in guessed.values() for *_, label in spans} >= {"cue", "content"}
    tied = next(item for item, spans in guessed.items() if _pair(spans))

    label_studio.log_in(page, "ada")
    page.set_default_timeout(15_000)
    ada = Annotator(page, label_studio.url, project)
    for item, task in tasks.items():
        ada.open(task["id"], len(guessed[item]))
        if item == tied:
            cue, content = _pair(guessed[item])
            ada.choose("Cue", cue)
            ada.answer("Mode", "Indirect")
            ada.answer("Source is", "Person")
            ada.answer("Cue type", "Speech")
            ada.answer("Cue force", "Neutral")
            ada.tie(["Cue", cue], ["Content", content])
        ada.press("Submit")

    town.does("annotate", "pull", "roles")
    for item in tasks:
        assert town.spans("roles-ada", item) == guessed[item]
    (attribution,) = (
        placed.record
        for placed in town.set("roles-ada").records
        if isinstance(placed.record, Attribution)
    )
    words = {name: words for name, _, _, words, _ in guessed[tied]}
    assert attribution.mode == "indirect" and attribution.cue_id is not None
    assert words[attribution.cue_id] == cue
    assert words[attribution.content_ids[0]].startswith(content)


def _pair(spans: list[tuple[str, int, int, str, str]]) -> tuple[str, ...]:
    """Return the words of a cue and the beginning of the content that follows it, if there are."""
    for _, _, end, words, label in spans:
        for _, start, _, other, of in spans:
            unique = sum(words == each[3] for each in spans) == 1
            if label == "cue" and of == "content" and end + 1 == start and unique:
                return words, other[:20]
    return ()


def test_predicted_claims_come_back(
    town: Town, people: dict[str, Person], models: Callable[[str], Path]
) -> None:
    """What an annotator submits as it was opened is what was predicted."""
    town.does("predict", models("claim"), "--campaign", "claims")
    town.name_annotators("claims", "ada")
    town.does("annotate", "push", "claims")
    for task in people["ada"].tasks(people["ada"].project("newspan claims ada")):
        people["ada"].submit(task, task["predictions"][0]["result"])
    out, _ = town.does("annotate", "pull", "claims")
    covered = [each.item for each in town.set("claims-ada").info.coverage]
    assert len(covered) == 7
    guessed = {item: town.spans("claims-guess", item) for item in covered}
    assert {item: town.spans("claims-ada", item) for item in covered} == guessed
    assert f"claims-ada: 7 items, {sum(map(len, guessed.values()))} records" in out
