"""A Label Studio in memory, and an adjudicator at work in it, for tests of reviews."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Sequence
from typing import Any

import msgspec

from newspan.labelstudio.failures import ServerError
from newspan.labelstudio.server import Held, Project
from newspan.problems import Place, Problem

URL = "http://127.0.0.1:9"


class FakeServer:
    """Does what newspan.labelstudio.server.Server does, for the users 1 (ada) and 2 (bob)."""

    url = URL

    def __init__(self) -> None:
        self.projects: dict[int, Project] = {}
        self.models: dict[int, str | None] = {}
        self.tasks: dict[int, dict[str, Any]] = {}
        self.project_of: dict[int, int] = {}
        self.imports = 0
        self._last = 100

    def number(self) -> int:
        """Return a number that was not given yet."""
        self._last += 1
        return self._last

    def close(self) -> None:
        """Do nothing: there is no connection."""

    def users(self) -> dict[int, str]:
        """Return the users' mail addresses."""
        return {1: "ada@harbour.example", 2: "bob@harbour.example"}

    def find(self, title: str) -> list[Project]:
        """Return the projects of a title."""
        own = [number for number, each in self.projects.items() if each.title == title]
        return [self.project(number) for number in own]

    def project(self, project_id: int) -> Project:
        """Return a project."""
        if project_id not in self.projects:
            place = Place(URL, pointer=f"/api/projects/{project_id}")
            raise ServerError(Problem("project-gone", place, "HTTP 404"))
        tasks = sum(each == project_id for each in self.project_of.values())
        return msgspec.structs.replace(self.projects[project_id], tasks=tasks)

    def create(self, title: str, **fields: Any) -> Project:
        """Make a project."""
        assert len(title) <= 50
        made = Project(self.number(), title, fields["description"], fields["label_config"], 0)
        self.projects[made.id] = made
        self.models[made.id] = fields["model_version"]
        assert fields["predictions"] and fields["instruction"]
        return made

    def update(self, project_id: int, **fields: Any) -> Project:
        """Change a project's labelling interface; nothing else matters here."""
        config = fields.get("label_config", self.projects[project_id].label_config)
        self.configure(project_id, config)
        return self.projects[project_id]

    def configure(self, project_id: int, config: str) -> None:
        """Give a project another labelling interface, as somebody does in the browser."""
        found = self.projects[project_id]
        self.projects[project_id] = msgspec.structs.replace(found, label_config=config)

    def held(self, project_id: int, *, after: int = 0) -> list[Held]:
        """Return a project's tasks."""
        found = []
        for number, task in self.tasks.items():
            if self.project_of[number] == project_id and number > after:
                text = task["data"]["text"]
                digest = hashlib.sha256(text.encode()).hexdigest()
                done = len(task["annotations"])
                found.append(Held(number, task["data"]["item_id"], digest, done > 0, done))
        return found

    def import_tasks(self, project_id: int, tasks: Sequence[dict[str, Any]]) -> None:
        """Add tasks."""
        self.imports += 1
        for task in json.loads(json.dumps(tasks)):
            number = self.number()
            for prediction in task["predictions"]:
                prediction["id"] = self.number()
            self.tasks[number] = {"annotations": [], "drafts": [], **task, "id": number}
            self.project_of[number] = project_id

    def delete_task(self, task_id: int) -> None:
        """Delete a task."""
        del self.tasks[task_id], self.project_of[task_id]

    def snapshot(self, project_id: int) -> bytes:
        """Return everything."""
        own = [task for n, task in self.tasks.items() if self.project_of[n] == project_id]
        return json.dumps(own, ensure_ascii=False).encode()

    def desk(self, item: str, title: str | None = None, *, of: int = 0) -> Desk:
        """Return an adjudicator at the task of an item, with prediction number `of` open."""
        task = next(
            task
            for number, task in reversed(self.tasks.items())
            if task["data"]["item_id"] == item
            and (title is None or title == self.projects[self.project_of[number]].title)
        )
        return Desk(self, task, of)


class Desk:
    """An adjudicator who has a task open: what the browser would hold, and what it would send."""

    def __init__(self, server: FakeServer, task: dict[str, Any], of: int) -> None:
        self.server, self.task = server, task
        prediction = task["predictions"][of]
        self.parent: int | None = prediction["id"]
        self.results: list[dict[str, Any]] = copy.deepcopy(prediction["result"])
        self.drawn = 0

    @property
    def text(self) -> str:
        """Return the task's text."""
        text: str = self.task["data"]["text"]
        return text

    def regions(self, words: str, label: str) -> list[str]:
        """Return the regions of that label on these words."""
        return [
            result["id"]
            for result in self.results
            if result["type"] == "labels"
            and result["value"]["labels"] == [label]
            and self.text[result["value"]["start"] : result["value"]["end"]] == words
        ]

    def region(self, words: str, label: str) -> str:
        """Return the one region of that label on these words."""
        (found,) = self.regions(words, label)
        return found

    def answer(self, region: str, name: str, *told: str) -> None:
        """Answer a question at a region; no answer takes it back."""
        self.results = [
            each
            for each in self.results
            if (each.get("id"), each.get("from_name")) != (region, name)
        ]
        extent = next(r["value"] for r in self.results if r.get("id") == region)
        kind = "textarea" if name in ("note", "source_name") else "choices"
        value = {key: extent[key] for key in ("start", "end", "text")}
        value |= {"text": list(told)} if kind == "textarea" else {"choices": list(told)}
        if told:
            head = {"id": region, "from_name": name, "to_name": "text", "type": kind}
            self.results.append({**head, "value": value, "origin": "manual"})

    def take(self, region: str, reason: str | None = None) -> None:
        """Mark a region as right."""
        self.answer(region, "verdict", "take")
        if reason:
            self.answer(region, "reason", reason)

    def reject(self, region: str, reason: str | None = None) -> None:
        """Mark a region as wrong."""
        self.answer(region, "verdict", "reject")
        if reason:
            self.answer(region, "reason", reason)

    def delete(self, region: str) -> None:
        """Delete a region, and with it its relations."""
        self.results = [
            each
            for each in self.results
            if region not in (each.get("id"), each.get("from_id"), each.get("to_id"))
        ]

    def move(self, region: str, words: str) -> None:
        """Drag a region's ends to other words."""
        start = self.text.index(words)
        for each in self.results:
            if each.get("id") == region:
                each["value"] |= {"start": start, "end": start + len(words)}
                each["origin"] = "prediction-changed"

    def relabel(self, region: str, label: str) -> None:
        """Give a region another label."""
        for each in self.results:
            if each.get("id") == region and each["type"] == "labels":
                each["value"]["labels"] = [label]

    def draw(self, layer: str, label: str, words: str, **answers: str) -> str:
        """Draw a region on words."""
        self.drawn += 1
        own = f"Dr_-w{self.drawn:05}"
        start = self.text.index(words)
        value = {"start": start, "end": start + len(words), "text": words, "labels": [label]}
        head = {"id": own, "from_name": layer, "to_name": "text", "type": "labels"}
        self.results.append({**head, "value": value, "origin": "manual"})
        for name, told in answers.items():
            self.answer(own, name, told)
        return own

    def tie(self, one: str, other: str, label: str | None = None) -> None:
        """Draw an arrow."""
        ends = {"from_id": one, "to_id": other, "type": "relation", "direction": "right"}
        self.results.append({**ends, "labels": [label] if label else []})

    def untie(self, one: str, other: str) -> None:
        """Delete an arrow."""
        before = len(self.results)
        self.results = [
            each
            for each in self.results
            if (each.get("from_id"), each.get("to_id")) != (one, other)
        ]
        assert len(self.results) < before

    def arrows(self) -> list[tuple[str, str, str]]:
        """Return the arrows: from, to, label."""
        found = [each for each in self.results if each["type"] == "relation"]
        return [(e["from_id"], e["to_id"], "".join(e["labels"])) for e in found]

    def open_regions(self) -> list[str]:
        """Return the regions that have no verdict yet, in the text's order."""
        told = {r["id"] for r in self.results if r.get("from_name") == "verdict"}
        found = [r["id"] for r in self.results if r["type"] == "labels" and r["id"] not in told]
        return list(dict.fromkeys(found))

    def submit(self, user: int = 1, **more: Any) -> None:
        """Submit the task, or update what was submitted."""
        mine = [each for each in self.task["annotations"] if each["completed_by"]["id"] == user]
        number = mine[0]["id"] if mine else self.server.number()
        for each in mine:
            self.task["annotations"].remove(each)
        email = self.server.users()[user]
        self.task["annotations"].append(
            {
                "id": number,
                "completed_by": {"id": user, "email": email},
                "updated_by": user,
                "result": copy.deepcopy(self.results),
                "was_cancelled": False,
                "lead_time": 3.5,
                "created_at": "2026-11-22T10:00:00Z",
                "updated_at": f"2026-11-22T10:00:{self.server.number() % 60:02}Z",
                "parent_prediction": self.parent,
                **more,
            }
        )
