"""The client against a real Label Studio: what it reads and writes, and how it fails."""

from __future__ import annotations

import json
import os
import signal
import socket
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from newspan.labelstudio.server import Server, ServerError

CONFIG = (
    '<View><Labels name="claim" toName="text"><Label value="factual"/></Labels>'
    '<Text name="text" value="$text" granularity="symbol"/></View>'
)
#: Emoji with ZWJ, combining, CR LF, lone CR, BOM, NBSP, zero width, RTL, separators, controls.
HOSTILE = (
    "\ufeffThe 👩‍🚢 of Vallè\u0301e\r\nsaid\rno\u00a0ferry\u200b: שָׁלוֹם \u202e<b>&amp;</b>\u202c"
    "\u2028\u2029\u0085\x0b\x0c\x01\x1f\ufffd\ufffe 𝐀 {{$text}} \\n \t end "
)


def task(item: str, text: str = HOSTILE, **more: Any) -> dict[str, Any]:
    """Return a task as newspan sends it, with a prediction."""
    import hashlib

    digest = hashlib.sha256(text.encode()).hexdigest()
    region = {
        "id": "s1",
        "from_name": "claim",
        "to_name": "text",
        "type": "labels",
        "value": {"start": 1, "end": 4, "text": text[1:4], "labels": ["factual"]},
    }
    return {
        "data": {"text": text, "item_id": item, "text_sha256": digest},
        "meta": {"newspan": {"carried": {"é": [1, None, {"#": "🚢"}]}}},
        "predictions": [{"model_version": "m1", "result": [region]}],
    } | more


def make(server: Server, title: str) -> int:
    """Return the id of a new project."""
    return server.create(
        title, description="d", label_config=CONFIG, instruction="<p>Read.</p>", predictions=True
    ).id


@pytest.fixture
def server(label_studio: Any) -> Iterator[Server]:
    """Return the administrator's client."""
    with Server(label_studio.url, label_studio.token) as client:
        yield client


def as_user(live: Any, name: str, method: str, path: str, body: Any = None) -> Any:
    """Return what the server answers to an annotator's request, as their browser sends it."""

    def ask(method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(live.url + path, data, headers, method=method)
        request.add_header("content-type", "application/json")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    refresh = {"refresh": live.account(name).token}
    access = ask("POST", "/api/token/refresh/", refresh, {})["access"]
    return ask(method, path, body, {"authorization": f"Bearer {access}"})


def failure(call: Callable[[], Any]) -> str:
    """Return the id of the problem that a call ends with."""
    with pytest.raises(ServerError) as caught:
        call()
    return caught.value.problem.id


def test_who_is_who(label_studio: Any, server: Server) -> None:
    """Version, own account and everybody's mail address are told, for both kinds of token."""
    assert server.version().startswith("1.23.")
    assert server.me() == (1, label_studio.admin.mail)
    people = {label_studio.admin.id: label_studio.admin.mail}
    people |= {each.id: each.mail for each in label_studio.annotators.values()}
    assert server.users() == people
    ada = label_studio.account("ada")
    with Server(label_studio.url + "/", f" {ada.token}\n") as hers:
        assert hers.me() == (ada.id, ada.mail)


def test_projects(server: Server) -> None:
    """A project is found by its exact title, twice when it is there twice, and can be changed."""
    first, second = make(server, "Ferry times"), make(server, "Ferry times")
    make(server, "Ferry times, winter")
    assert [project.id for project in server.find("Ferry times")] == [first, second]
    assert server.find("Ferry") == []
    changed = server.update(second, title="Ferry prices", description="e")
    assert (changed.title, changed.description, changed.label_config) == (
        "Ferry prices",
        "e",
        CONFIG,
    )
    assert [project.id for project in server.find("Ferry times")] == [first]
    server.import_tasks(first, [task("i1")])
    assert server.project(first).tasks == 1
    with pytest.raises(ValueError, match="3 to 50"):
        make(server, "x" * 51)


def test_held(label_studio: Any, server: Server) -> None:
    """Every task is listed over many pages, with who worked on it and the text's hash of now."""
    project = make(server, "Held")
    tasks = [task(f"i{n}", f"{HOSTILE}{n}") for n in range(450)]
    imported = {"ground_truth": False, "result": tasks[0]["predictions"][0]["result"]}
    tasks[5]["annotations"] = [imported]
    server.import_tasks(project, tasks)
    held = server.held(project)
    assert [each.item_id for each in held] == [f"i{n}" for n in range(450)]
    assert [each.text_sha256 for each in held] == [t["data"]["text_sha256"] for t in tasks]
    assert [each.touched for each in held] == [False] * 450
    assert [n for n, each in enumerate(held) if each.annotations] == [5]

    ids = [each.task_id for each in held]
    post = f"/api/tasks/{ids[0]}/annotations/"
    as_user(label_studio, "ada", "POST", post, {"result": [], "lead_time": 1})
    skip = {"result": [], "was_cancelled": True}
    as_user(label_studio, "ben", "POST", f"/api/tasks/{ids[1]}/annotations/", skip)
    draft = {"result": [], "lead_time": 1}
    as_user(label_studio, "cleo", "POST", f"/api/tasks/{ids[2]}/drafts", draft)
    theirs = as_user(label_studio, "ada", "GET", f"/api/tasks/{ids[5]}/annotations/")[0]
    change = {"result": imported["result"], "lead_time": 2}
    as_user(label_studio, "ada", "PATCH", f"/api/annotations/{theirs['id']}/", change)
    other = tasks[3]["data"] | {"text": "Another text."}
    as_user(label_studio, "ada", "PATCH", f"/api/tasks/{ids[3]}/", {"data": other})
    held = server.held(project)
    assert {n for n, each in enumerate(held) if each.touched} >= {0, 1, 2, 5}
    assert not any(each.touched for each in held[6:])
    assert held[3].text_sha256 != tasks[3]["data"]["text_sha256"]
    assert [each.task_id for each in server.held(project, after=ids[440])] == ids[441:]

    server.delete_task(ids[0])
    server.delete_task(ids[0])
    assert [each.task_id for each in server.held(project)] == ids[1:]


def test_snapshot(label_studio: Any, server: Server) -> None:
    """A snapshot has data and meta as sent, predictions, drafts, skips and annotators."""
    project = make(server, "Snapshot")
    tasks = [task(f"i{n}") for n in range(3)]
    server.import_tasks(project, tasks)
    ids = [each.task_id for each in server.held(project)]
    skip = {"result": [], "was_cancelled": True}
    as_user(label_studio, "ben", "POST", f"/api/tasks/{ids[1]}/annotations/", skip)
    draft = {"result": tasks[0]["predictions"][0]["result"], "lead_time": 1}
    as_user(label_studio, "cleo", "POST", f"/api/tasks/{ids[2]}/drafts", draft)
    raw = server.snapshot(project)
    rows = json.loads(raw)
    assert [row["data"] for row in rows] == [each["data"] for each in tasks]
    assert [row["meta"] for row in rows] == [each["meta"] for each in tasks]
    assert [p["result"] for row in rows for p in row["predictions"]] == [
        p["result"] for each in tasks for p in each["predictions"]
    ]
    (skipped,) = rows[1]["annotations"]
    assert skipped["was_cancelled"]
    assert skipped["completed_by"]["email"] == "ben@example.org"
    assert rows[2]["drafts"][0]["result"] == draft["result"]
    path = f"/api/projects/{project}/exports/"
    assert as_user(label_studio, "ada", "GET", path) == [], "it stays on the server"


def test_wrong_tokens(label_studio: Any) -> None:
    """A token that is not the server's is refused, a legacy one and a personal one."""
    personal = label_studio.account("ada").token
    for token in ("0" * 40, personal[:-4] + "AAAA"):
        with Server(label_studio.url, token) as stranger:
            assert failure(stranger.me) == "token-refused"
            assert failure(lambda: stranger.import_tasks(1, [])) == "token-refused"


def test_legacy_token_disabled(label_studio: Any, server: Server) -> None:
    """Where legacy tokens are switched off, they are told from wrong ones."""
    path = "/api/jwt/settings"
    as_user(label_studio, "ada", "POST", path, {"legacy_api_tokens_enabled": False})
    try:
        assert failure(server.me) == "legacy-token-disabled"
    finally:
        as_user(label_studio, "ada", "POST", path, {"legacy_api_tokens_enabled": True})
    assert server.me()


def test_deleted_project(label_studio: Any, server: Server) -> None:
    """Every call that needs a project says that it is gone."""
    project = make(server, "Deleted")
    as_user(label_studio, "ada", "DELETE", f"/api/projects/{project}/")
    calls: dict[str, Callable[[], Any]] = {
        "project": lambda: server.project(project),
        "update": lambda: server.update(project, description=""),
        "held": lambda: server.held(project),
        "import": lambda: server.import_tasks(project, [task("i1")]),
        "snapshot": lambda: server.snapshot(project),
    }
    assert {name: failure(call) for name, call in calls.items()} == dict.fromkeys(
        calls, "project-gone"
    )


def test_server_down() -> None:
    """Where nothing listens, the server is unreachable."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Server(f"http://127.0.0.1:{port}", "0" * 40) as nobody:
        assert failure(nobody.me) == "server-unreachable"


def test_server_hangs(label_studio: Any) -> None:
    """A server that does not answer in time gives a problem, and works afterwards."""
    with Server(label_studio.url, label_studio.token, timeout=0.5) as hasty:
        os.kill(label_studio.running.pid, signal.SIGSTOP)
        try:
            assert failure(hasty.me) == "server-timeout"
            assert failure(lambda: hasty.delete_task(10**6)) == "server-timeout"
        finally:
            os.kill(label_studio.running.pid, signal.SIGCONT)
    with Server(label_studio.url, label_studio.token) as patient:
        assert patient.me()


def test_what_the_server_refuses(server: Server) -> None:
    """What Label Studio does not accept is told with the field it names."""
    with pytest.raises(ServerError) as caught:
        server.create(
            "Wrong", description="", label_config="<View>", instruction="", predictions=False
        )
    assert caught.value.problem.id == "server-refused"
    assert "label_config" in caught.value.problem.message


def test_wrong_address(label_studio: Any) -> None:
    """An address that goes on after the server's own gives a page, and the problem says so."""
    with Server(label_studio.url + "/projects", label_studio.token) as lost:
        assert failure(lost.me) == "not-label-studio"
