"""A Label Studio server, and whatever can go wrong with it as one problem each.

The only module that imports label-studio-sdk. Of the SDK it uses the client underneath, which knows
both kinds of token; its models would parse every task anew, and its writes are repeated when an
answer is lost, which makes tasks twice. Here nothing but reading is ever repeated.
"""

from __future__ import annotations

import hashlib
import re
import time
import warnings
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

import msgspec

from newspan.labelstudio.failures import ServerError, broken, refused, strange
from newspan.problems import Problem

if TYPE_CHECKING:
    import httpx

#: Tasks per page of a listing: what is held in memory at once.
_PAGE = 200
#: The longest title that Label Studio takes, in characters.
TITLE_MAX = 50
_PROJECT_FIELDS = "id,title,description,label_config,task_number"
#: Everything that people and predictions left, with the annotators' accounts.
_FULL = {
    "predictions": {"only_id": False},
    "drafts": {"only_id": False},
    "annotations__completed_by": {"only_id": False},
}


class Project(msgspec.Struct, frozen=True):
    """A project on the server; `tasks` is how many it has."""

    id: int
    title: str
    description: str
    label_config: str
    tasks: int


class Held(msgspec.Struct, frozen=True):
    """A task that the server has.

    `item_id` is None for a task that newspan did not send. `text_sha256` is of the text that the
    server has now, in UTF-8. `touched` says that somebody worked on it: made or changed an
    annotation, skipped it, or left a draft. `annotations` counts skips and what came with the task,
    too.
    """

    task_id: int
    item_id: str | None
    text_sha256: str | None
    touched: bool
    annotations: int = 0


class _Data(msgspec.Struct):
    text: str | None = None
    item_id: str | None = None


class _Task(msgspec.Struct):
    id: int
    data: _Data = msgspec.field(default_factory=_Data)
    total_annotations: int = 0
    cancelled_annotations: int = 0
    updated_by: list[Any] = msgspec.field(default_factory=list)


class _Page(msgspec.Struct):
    tasks: list[_Task]
    total: int  # from here on, over all pages


class Server:
    """A Label Studio server, by its address and a token of either kind.

    `timeout` is in seconds, for one request; a snapshot may take five times as long. Every method
    raises ServerError, whose problem says what went wrong and what to do. Raises ValueError when
    the address or token can't be one.
    """

    def __init__(self, url: str, token: str, *, timeout: float = 120) -> None:
        url, token = url.strip().rstrip("/"), token.strip()
        if not re.fullmatch(r"https?://[^/@\s]+(/[^@\s]*)?", url):
            raise ValueError("not the address of a server, such as http://127.0.0.1:8080")
        if not re.fullmatch(r"[!-~]+", token):
            raise ValueError("not a token: copy it from Account & Settings in Label Studio")
        self.url = url
        self._token = token
        self._timeout = timeout
        self._made: Any = None

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        if self._made is not None:
            self._made.httpx_client.httpx_client.close()
            self._made = None

    def version(self) -> str:
        """Return Label Studio's version, such as 1.23.2."""
        return str(self._field(self._json("GET", "/api/version"), "release"))

    def me(self) -> tuple[int, str]:
        """Return the token's user: id and mail address."""
        told = self._json("GET", "/api/current-user/whoami")
        return int(self._field(told, "id")), str(self._field(told, "email"))

    def users(self) -> dict[int, str]:
        """Return everybody who has an account there: id to mail address."""
        listed = self._json("GET", "/api/users/")
        if not isinstance(listed, list):
            raise ServerError(strange(self.url, "/api/users/", "no list of users"))
        return {int(self._field(u, "id")): str(self._field(u, "email")) for u in listed}

    def find(self, title: str) -> list[Project]:
        """Return the projects of exactly that title, oldest first."""
        found: list[Project] = []
        page = 1
        while True:
            params = {"include": _PROJECT_FIELDS, "title": title, "page_size": 100, "page": page}
            told = self._json("GET", "/api/projects/", params=params)
            found += [self._project(each) for each in self._field(told, "results")]
            if not told.get("next"):
                return sorted((p for p in found if p.title == title), key=lambda p: p.id)
            page += 1

    def project(self, project_id: int) -> Project:
        """Return a project by id."""
        return self._project(self._json("GET", f"/api/projects/{project_id}/"))

    def create(
        self,
        title: str,
        *,
        description: str,
        label_config: str,
        instruction: str,
        predictions: bool,
        model_version: str | None = None,
    ) -> Project:
        """Make a project and return it.

        `instruction` is HTML and shown before labelling. With `predictions`, annotators see those
        of `model_version`. Label Studio allows two projects of one title: look for it first.
        Raises ValueError for a title of fewer than 3 or more than 50 characters.
        """
        if not 3 <= len(title) <= TITLE_MAX:
            raise ValueError(f"a project's title has 3 to {TITLE_MAX} characters: {title!r}")
        body = {
            "title": title,
            "description": description,
            "label_config": label_config,
            "expert_instruction": instruction,
            "show_instruction": bool(instruction),
            "show_collab_predictions": predictions,
            "model_version": model_version or "",
            "maximum_annotations": 1,
        }
        return self._project(self._json("POST", "/api/projects/", body=body))

    def update(self, project_id: int, **fields: Any) -> Project:
        """Change fields of a project, named as in Label Studio's API, and return it."""
        return self._project(self._json("PATCH", f"/api/projects/{project_id}/", body=fields))

    def held(self, project_id: int, *, after: int = 0) -> list[Held]:
        """Return a project's tasks, by id, with an id above `after`.

        Label Studio can't leave the text out of a listing, so that it is read page by page and only
        its hash is kept.
        """
        drafts = {task.id for task in self._tasks(project_id, after, "id", drafts=True)}
        fields = "id,data,total_annotations,cancelled_annotations,updated_by"
        return [
            Held(
                task.id,
                task.data.item_id,
                None if task.data.text is None else _sha256(task.data.text),
                bool(task.updated_by) or task.id in drafts,
                task.total_annotations + task.cancelled_annotations,
            )
            for task in self._tasks(project_id, after, fields)
        ]

    def import_tasks(self, project_id: int, tasks: Sequence[dict[str, Any]]) -> None:
        """Add tasks to a project in one request: all or none of them, and never a second time.

        When this raises, the tasks may have arrived all the same, or arrive yet: send.py
        deals with that.
        """
        try:
            self._json("POST", f"/api/projects/{project_id}/import", body=list(tasks))
        except ServerError as error:
            if error.problem.id == "not-label-studio":
                self.project(project_id)  # a missing project gives a page here, and a word there
            raise

    def delete_task(self, task_id: int) -> None:
        """Delete a task with all that hangs on it; one that is gone already is fine."""
        path = f"/api/tasks/{task_id}/"
        try:
            self._request("DELETE", path)
        except ServerError as error:
            # Deleted by two at once, it fails for one of them.
            failed = error.problem.id == "server-failed"
            if error.problem.id != "project-gone" and not (failed and self._is_gone(path)):
                raise

    def snapshot(self, project_id: int) -> bytes:
        """Return everything a project holds, as Label Studio's JSON, the bytes as received.

        With predictions, drafts, skipped tasks and annotators. Nothing stays on the server.
        """
        path = f"/api/projects/{project_id}/exports/"
        body = {"title": "newspan", "serialization_options": _FULL}
        made = self._json("POST", path, body=body, patience=5)
        number = int(self._field(made, "id"))
        try:
            end = time.monotonic() + 5 * self._timeout
            # The free edition answers when all is done; with a queue of jobs it takes its time.
            while (status := self._field(made, "status")) in {"created", "in_progress"}:
                if time.monotonic() > end:
                    raise ServerError(strange(self.url, path, "a snapshot that is never done"))
                time.sleep(0.5)
                made = self._json("GET", f"{path}{number}")
            if status != "completed":
                raise ServerError(strange(self.url, path, f"a snapshot whose status is {status}"))
            params = {"exportType": "JSON"}
            got = self._request("GET", f"{path}{number}/download", params=params, patience=5)
            content = bytes(got.content)
            if not content.lstrip()[:1] == b"[":
                raise ServerError(strange(self.url, path, "a snapshot that is no list of tasks"))
            return content
        finally:
            self._forget(f"{path}{number}")

    def _is_gone(self, path: str) -> bool:
        try:
            self._request("GET", path, params={"include": "id"})
        except ServerError as error:
            return error.problem.id == "project-gone"
        return False

    def _forget(self, path: str) -> None:
        try:
            self._request("DELETE", path)
        except ServerError:
            return  # it only takes up room there; what went wrong before matters more

    def _tasks(
        self, project_id: int, after: int, fields: str, *, drafts: bool = False
    ) -> Iterator[_Task]:
        """Yield a project's tasks by id; by the last id seen, since pages shift as tasks come."""
        path = "/api/tasks"
        while True:
            wanted = [_filter("id", "greater", "Number", after)]
            if drafts:
                wanted.append(_filter("draft_exists", "equal", "Boolean", True))
            query = {
                "filters": {"conjunction": "and", "items": wanted},
                "ordering": ["tasks:id"],
            }
            params = {
                "project": project_id,
                "page_size": _PAGE,
                "include": fields,
                "query": msgspec.json.encode(query).decode(),
            }
            got = self._request("GET", path, params=params)
            try:
                page = msgspec.json.decode(got.content, type=_Page)
            except msgspec.MsgspecError:
                raise ServerError(strange(self.url, path, _seen(got))) from None
            # A server that did not filter would give the same tasks for ever.
            tasks = [task for task in page.tasks if task.id > after]
            yield from tasks
            if not tasks or len(tasks) == page.total:
                return
            after = max(task.id for task in tasks)

    def _project(self, told: Any) -> Project:
        return Project(
            int(self._field(told, "id")),
            str(self._field(told, "title")),
            str(told.get("description") or ""),
            str(told.get("label_config") or ""),
            int(told.get("task_number") or 0),
        )

    def _field(self, told: Any, name: str) -> Any:
        if not isinstance(told, dict) or name not in told:
            raise ServerError(strange(self.url, "", f"an answer without {name!r}"))
        return told[name]

    def _json(self, method: str, path: str, **asked: Any) -> Any:
        got = self._request(method, path, **asked)
        try:
            return msgspec.json.decode(got.content)
        except msgspec.MsgspecError:
            raise ServerError(strange(self.url, path, _seen(got))) from None

    def _request(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, Any] | None = None,
        body: Any = None,
        patience: int = 1,
    ) -> httpx.Response:
        """Return the answer to one request; only reading is repeated, once."""
        options = {
            "max_retries": 1 if method == "GET" else 0,
            "timeout": self._timeout * patience,
        }
        try:
            with warnings.catch_warnings():
                # The SDK renews a personal token by a method that pydantic means to remove.
                warnings.simplefilter("ignore", DeprecationWarning)
                got: httpx.Response = self._client().httpx_client.request(
                    path,
                    method=method,
                    params=params,
                    # Encoded here: the SDK would walk through every value first.
                    content=None if body is None else msgspec.json.encode(body),
                    headers=None if body is None else {"content-type": "application/json"},
                    request_options=options,
                )
        except Exception as error:
            status = getattr(error, "status_code", None)
            if status is not None:  # the SDK's own: a personal token was not renewed
                problem = refused(self.url, path, status, str(getattr(error, "body", "")), {})
            else:
                problem = broken(self.url, path, error, self._timeout * patience)
            raise ServerError(self._discreet(problem)) from error
        if not 200 <= got.status_code < 300:
            problem = refused(self.url, path, got.status_code, got.text, dict(got.headers))
            raise ServerError(self._discreet(problem))
        return got

    def _discreet(self, problem: Problem) -> Problem:
        """Return a problem without the token, should the server have repeated it."""
        return Problem(problem.id, problem.place, problem.message.replace(self._token, "[token]"))

    def _client(self) -> Any:
        if self._made is None:
            from label_studio_sdk import LabelStudio

            # A POST that is redirected would become a GET: an error that names the address.
            # The slash keeps a path such as /annotation: the SDK joins it to renew a token.
            made = LabelStudio(  # type: ignore[no-untyped-call]
                base_url=self.url + "/",
                api_key=self._token,
                timeout=self._timeout,
                follow_redirects=False,
            )
            self._made = made._client_wrapper
        return self._made


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _filter(name: str, operator: str, kind: str, value: Any) -> dict[str, Any]:
    return {"filter": f"filter:tasks:{name}", "operator": operator, "type": kind, "value": value}


def _seen(got: httpx.Response) -> str:
    kind = got.headers.get("content-type", "no content type").partition(";")[0]
    return f"{kind} that is not what Label Studio answers"
