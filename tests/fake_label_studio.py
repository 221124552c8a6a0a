"""A stand-in for a Label Studio server, in memory, with what people do in a browser.

It imports and exports as Label Studio 1.23.2 does, in the fields that newspan reads.
"""

from __future__ import annotations

import copy
import hashlib
import json
from typing import Any

from newspan.labelstudio.failures import ServerError
from newspan.labelstudio.server import Held, Project
from newspan.problems import Place, Problem

ADMIN = "lead@example.org"


class FakeServer:
    """The methods of `newspan.labelstudio.server.Server`, and those of annotators."""

    def __init__(self, url: str = "http://ls.example") -> None:
        self.url = url
        self.people: dict[str, int] = {ADMIN: 1}
        self.projects: dict[int, dict[str, Any]] = {}
        self.tasks: dict[int, dict[str, Any]] = {}
        self.calls: list[str] = []
        #: Problem ids by method: that method fails with it, as often as is said.
        self.fails: dict[str, list[str]] = {}
        self._last = self._made = 0
        self._clock = 0

    # --- what newspan does

    def close(self) -> None:
        """Do nothing."""

    def version(self) -> str:
        """Return the version that it is like."""
        return "1.23.2"

    def me(self) -> tuple[int, str]:
        """Return who pushes."""
        return 1, ADMIN

    def users(self) -> dict[int, str]:
        """Return mail addresses by user number."""
        self._called("users")
        return {number: email for email, number in self.people.items()}

    def find(self, title: str) -> list[Project]:
        """Return the projects of a title."""
        self._called("find")
        return [self._shown(number) for number, p in self.projects.items() if p["title"] == title]

    def project(self, project_id: int) -> Project:
        """Return a project."""
        self._called("project")
        if project_id not in self.projects:
            self._fail("project-gone", f"/api/projects/{project_id}")
        return self._shown(project_id)

    def create(self, title: str, **fields: Any) -> Project:
        """Make a project."""
        self._made += 1
        number = self._made
        self.projects[number] = {"title": title, **fields}
        self._called("create")  # fails after it has done its work, as a lost answer does
        return self._shown(number)

    def update(self, project_id: int, **fields: Any) -> Project:
        """Change a project."""
        self._called("update")
        self.projects[project_id] |= fields
        return self._shown(project_id)

    def held(self, project_id: int, *, after: int = 0) -> list[Held]:
        """Return the tasks of a project."""
        self._called("held")
        return [
            Held(
                number,
                task["data"].get("item_id"),
                hashlib.sha256(task["data"]["text"].encode()).hexdigest(),
                bool(task["annotations"] or task["drafts"]),
                len(task["annotations"]),
            )
            for number, task in self.tasks.items()
            if task["project"] == project_id and number > after
        ]

    def import_tasks(self, project_id: int, tasks: list[dict[str, Any]]) -> None:
        """Take tasks, as often as they are sent."""
        for task in copy.deepcopy(list(tasks)):
            number = max(self.tasks, default=0) + 1
            for each in task.get("predictions", []):
                each |= {"id": self._number(), "created_at": self._now()}
            self.tasks[number] = {
                "id": number,
                "data": task["data"],
                "meta": task.get("meta", {}),
                "predictions": task.get("predictions", []),
                "annotations": [],
                "drafts": [],
                "project": project_id,
                "updated_by": None,
                "comment_authors": [],
            }
        self._called("import_tasks")

    def delete_task(self, task_id: int) -> None:
        """Delete a task."""
        self.tasks.pop(task_id, None)

    def snapshot(self, project_id: int) -> bytes:
        """Return all of a project, with accounts written out."""
        self._called("snapshot")
        if project_id not in self.projects:
            self._fail("project-gone", f"/api/projects/{project_id}")
        found = [copy.deepcopy(t) for t in self.tasks.values() if t["project"] == project_id]
        emails = {number: email for email, number in self.people.items()}
        for task in found:
            for each in task["annotations"]:
                number = each["completed_by"]
                each["completed_by"] = {
                    "id": number, "email": emails[number], "first_name": "Jo", "last_name": "Doe"
                }  # fmt: skip
        return json.dumps(found).encode()

    # --- what people do in a browser

    def task(self, alias: str, item: str) -> dict[str, Any]:
        """Return an annotator's task of an item."""
        (found,) = (
            task
            for task in self.tasks.values()
            if task["data"].get("item_id") == item
            and self.projects[task["project"]]["title"].endswith(f" {alias}")
        )
        return found

    def submit(
        self,
        alias: str,
        item: str,
        result: list[dict[str, Any]] | None = None,
        *,
        by: str | None = None,
        skip: bool = False,
        seconds: float = 60.0,
    ) -> dict[str, Any]:
        """Annotate an item in an annotator's project, as that annotator if nobody else is named.

        Without a result the prediction is submitted as it stands, or else nothing.
        """
        task = self.task(alias, item)
        user = self.user(by or f"{alias}@example.org")
        predictions = task["predictions"]
        if result is None:
            result = copy.deepcopy(predictions[0]["result"]) if predictions else []
        now = self._now()
        annotation = {
            "id": self._number(),
            "completed_by": user,
            "updated_by": user,
            "result": result,
            "was_cancelled": skip,
            "ground_truth": False,
            "created_at": now,
            "updated_at": now,
            "lead_time": seconds,
            "parent_prediction": predictions[0]["id"] if predictions else None,
            "created_ago": f"{self._clock} minutes",
        }
        task["annotations"].append(annotation)
        task["updated_by"] = user
        return annotation

    def change(self, annotation: dict[str, Any], by: str, **fields: Any) -> None:
        """Change an annotation as somebody."""
        annotation |= {**fields, "updated_by": self.user(by), "updated_at": self._now()}

    def draft(self, alias: str, item: str, result: list[dict[str, Any]] | None = None) -> None:
        """Leave a draft."""
        email = f"{alias}@example.org"
        number = self.user(email)
        self.task(alias, item)["drafts"].append(
            {
                "id": self._number(),
                "user": email,
                "created_username": f"{email}, {number}",
                "result": result or [],
                "lead_time": 5.0,
                "created_at": self._now(),
                "updated_at": self._now(),
                "annotation": None,
            }
        )

    def user(self, email: str) -> int:
        """Return a user's number; who is new gets an account."""
        return self.people.setdefault(email, len(self.people) + 1)

    # --- inside

    def _shown(self, number: int) -> Project:
        project = self.projects[number]
        tasks = sum(task["project"] == number for task in self.tasks.values())
        return Project(
            number, project["title"], project["description"], project["label_config"], tasks
        )

    def _number(self) -> int:
        self._last += 1
        return self._last

    def _now(self) -> str:
        self._clock += 1
        return f"2026-11-22T10:{self._clock // 60:02}:{self._clock % 60:02}.000000Z"

    def _called(self, method: str) -> None:
        self.calls.append(method)
        if self.fails.get(method):
            self._fail(self.fails[method].pop(0), method)

    def _fail(self, problem: str, path: str) -> None:
        raise ServerError(Problem(problem, Place(self.url, pointer=path), "as the test says"))


def region(
    name: str, start: int, end: int, label: str, control: str = "claim", **answers: str
) -> list[dict[str, Any]]:
    """Return the results of a region with its answers, offsets from the item's start."""
    extent = {"start": start, "end": end}
    base = {"id": name, "to_name": "text", "origin": "manual"}
    found: list[dict[str, Any]] = [
        {**base, "from_name": control, "type": "labels", "value": {**extent, "labels": [label]}}
    ]
    found += (
        {**base, "from_name": key, "type": "choices", "value": {**extent, "choices": [value]}}
        for key, value in answers.items()
    )
    return found
