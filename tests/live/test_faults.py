"""Every task is on the server once, whatever breaks: answers, the server, the push, or both."""

from __future__ import annotations

import copy
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import label_studio as server_script
from newspan.labelstudio.send import Sent, send
from newspan.labelstudio.server import Server, ServerError

ROUNDS = 20
SEED = 6
CONFIG = (
    '<View><Labels name="claim" toName="text"><Label value="factual"/></Labels>'
    '<Text name="text" value="$text" granularity="symbol"/></View>'
)
HOSTILE = (
    "\ufeffThe 👩‍🚢 of Vallè\u0301e\r\nsaid\rno\u00a0ferry\u200b: שָׁלוֹם <b>&amp;</b>\u2028\x01\t "
)
PUSH = """
import json, pathlib, sys
sys.path.insert(0, sys.argv[1])
from newspan.labelstudio import server
from newspan.labelstudio.send import send
url, token, project, tasks, journal = sys.argv[2:]
with server.Server(url, token) as client:
    client.version()  # what is imported at the first call is imported now
    tasks = json.loads(pathlib.Path(tasks).read_text())
    print("ready", flush=True)
    send(client, int(project), tasks, journal=pathlib.Path(journal), chunk=50, settle=2)
"""


def make_tasks(name: str, count: int) -> list[dict[str, Any]]:
    """Return tasks of 2,000 hostile characters with a prediction of twenty spans each."""
    import hashlib

    made = []
    for n in range(count):
        text = (HOSTILE + f"{name} {n} ") * 30
        spans = [
            {
                "id": f"s{k}",
                "from_name": "claim",
                "to_name": "text",
                "type": "labels",
                "value": {"start": 50 * k, "end": 50 * k + 30, "labels": ["factual"]},
            }
            for k in range(20)
        ]
        digest = hashlib.sha256(text.encode()).hexdigest()
        made.append(
            {
                "data": {"text": text, "item_id": f"{name}-{n}", "text_sha256": digest},
                "meta": {"newspan": {"n": n}},
                "predictions": [{"model_version": "m1", "result": spans}],
            }
        )
    return made


class Bench:
    """A project on a server, what was pushed to it, and how to check that it is there once."""

    def __init__(self, live: Any, folder: Path, title: str) -> None:
        self.live = live
        self.journal = folder / "journal"
        self.title = title
        self.tasks: list[dict[str, Any]] = []
        with self.client() as client:
            self.project = client.create(
                title, description="", label_config=CONFIG, instruction="", predictions=True
            ).id

    def client(self, url: str | None = None) -> Server:
        """Return a client of the server, or of what stands before it."""
        return Server(url or self.live.url, self.live.token, timeout=60)

    def push(self, url: str | None = None, *, settle: float = 2, chunk: int = 100) -> Sent:
        """Push all tasks so far."""
        with self.client(url) as client:
            return send(
                client, self.project, self.tasks, journal=self.journal, chunk=chunk, settle=settle
            )

    def check(self) -> None:
        """Say that each task is there once, as it was sent, and that nothing else is."""
        with self.client() as client:
            rows = json.loads(client.snapshot(self.project))
        assert len(rows) == len(self.tasks)
        by_item = {row["data"]["item_id"]: row for row in rows}
        for task in self.tasks:
            row = by_item[task["data"]["item_id"]]
            assert row["data"] == task["data"]
            assert row["meta"] == task["meta"]
            assert [p["result"] for p in row["predictions"]] == [task["predictions"][0]["result"]]

    def restart(self) -> None:
        """Start the killed server again, on its data and port."""
        old = self.live.running
        port = int(old.url.rpartition(":")[2])
        program = Path(os.environ["NEWSPAN_LABEL_STUDIO"])
        self.live.running = server_script.start(program, old.data, port=port)


@pytest.fixture(scope="module")
def live(start_server: Callable[[], Any]) -> Iterator[Any]:
    """Return a server that may be killed."""
    made = start_server()
    yield made
    made.running.stop()


@pytest.fixture
def bench(live: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Bench:
    """Return an empty project."""
    return Bench(live, tmp_path, request.node.name[:50])


class Proxy:
    """Stands before the server, and treats each import as planned: late, swallowed, or fine."""

    def __init__(self, url: str, *plan: tuple[str, float]) -> None:
        self.host = url.removeprefix("http://")
        self.plan = list(plan)
        self.imports = 0
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def forward(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                step, delay = "fine", 0.0
                if self.path.endswith("/import"):
                    proxy.imports += 1
                    step, delay = proxy.plan.pop(0) if proxy.plan else (step, delay)
                if step == "late":  # the sender loses it, and it goes on its way all the same
                    self.close_connection = True
                    threading.Timer(delay, proxy.ask, (self.command, self.path, body, self)).start()
                    return
                status, headers, answer = proxy.ask(self.command, self.path, body, self)
                if step == "swallowed":
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("content-type", headers.get("content-type") or "")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = do_DELETE = do_PATCH = forward

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))

    def ask(self, method: str, path: str, body: bytes, handler: Any) -> tuple[int, Any, bytes]:
        """Return the server's answer."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        names = ("authorization", "content-type")
        headers = {name: handler.headers[name] for name in names if handler.headers[name]}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        read = answer.status, answer.headers, answer.read()
        connection.close()
        return read

    def __enter__(self) -> Proxy:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def test_double_push(bench: Bench) -> None:
    """A second push sends nothing."""
    bench.tasks = make_tasks("double", 120)
    first = bench.push(chunk=50)
    again = bench.push(chunk=50)
    assert (first.sent, again.sent, again.found, again.deleted) == (120, 0, 120, 0)
    bench.check()


def test_two_pushes_at_once(bench: Bench, tmp_path: Path) -> None:
    """Two pushes beside each other may send a task twice; the next push leaves one of each."""
    bench.tasks = make_tasks("beside", 40)
    other = copy.copy(bench)
    other.journal = tmp_path / "other"
    outcomes: list[str] = []

    def push(which: Bench) -> None:
        try:
            which.push(chunk=10)
            outcomes.append("done")
        except ServerError as error:  # SQLite may be too busy
            outcomes.append(str(error.problem))

    threads = [threading.Thread(target=push, args=(each,)) for each in (bench, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"two at once: {outcomes}")
    bench.push()
    bench.check()


@pytest.mark.parametrize("chunks", [1, 3])
def test_answer_swallowed(bench: Bench, chunks: int) -> None:
    """Answers are lost on the wire: no import is repeated, and each task is there once."""
    bench.tasks = make_tasks("swallowed", 60)
    with Proxy(bench.live.url, *[("swallowed", 0)] * chunks) as proxy:
        made = bench.push(proxy.url, chunk=20)
        assert proxy.imports == 3
    assert (made.sent, made.deleted, made.problems) == (60, 0, ())
    bench.check()


def test_import_that_lands_while_it_waits(bench: Bench) -> None:
    """A request that was lost arrives a second later: the push has waited for it."""
    bench.tasks = make_tasks("late", 60)
    with Proxy(bench.live.url, ("late", 1.0)) as proxy:
        made = bench.push(proxy.url, chunk=20, settle=10)
        assert proxy.imports == 3
    assert (made.sent, made.deleted) == (60, 0)
    bench.check()


def test_import_that_lands_after_all_waiting(bench: Bench) -> None:
    """A request that arrives after the waiting leaves doubles, which the next push deletes."""
    bench.tasks = make_tasks("later", 20)
    with Proxy(bench.live.url, ("late", 1.5)) as proxy:
        with pytest.raises(ServerError) as caught:
            bench.push(proxy.url, settle=0.2)
        assert caught.value.problem.id == "connection-broken"
        assert bench.push(settle=0.2).sent == 20
        with bench.client() as client:
            while len(client.held(bench.project)) == 20:
                time.sleep(0.1)
    assert bench.push().deleted == 20
    bench.check()


def kill_server(bench: Bench, choose: random.Random, window: float) -> str:
    """Push, kill the server while an import is at work, start it again; tell what had happened."""
    began = threading.Event()
    outcome: list[str] = []

    def push() -> None:
        with bench.client() as client:
            importing = client.import_tasks

            def watched(*asked: Any) -> None:
                began.set()
                importing(*asked)

            client.import_tasks = watched  # type: ignore[method-assign]
            try:
                send(client, bench.project, bench.tasks, journal=bench.journal, settle=0)
                outcome.append("done")
            except ServerError as error:
                outcome.append(error.problem.id)

    thread = threading.Thread(target=push)
    thread.start()
    began.wait(30)
    time.sleep(choose.uniform(0, window))
    bench.live.running.kill()
    thread.join()
    bench.restart()
    if outcome == ["done"]:
        return "done"
    with bench.client() as client:
        return "landed" if client.held(bench.project) else "lost"


def test_server_killed(live: Any, tmp_path: Path) -> None:
    """The server is killed in mid-import, 20 times at random moments, and starts again."""
    choose = random.Random(SEED)
    bench = Bench(live, tmp_path, "measure")
    bench.tasks = make_tasks("measure", 50)
    with bench.client() as client:
        client.version()
        start = time.monotonic()
        client.import_tasks(bench.project, bench.tasks)
        window = time.monotonic() - start
    outcomes = []
    for number in range(ROUNDS):
        bench = Bench(live, tmp_path, f"server killed {number}")
        bench.tasks = make_tasks(f"kill-{number}", 50)
        outcomes.append(kill_server(bench, choose, window))
        bench.push(settle=0)
        bench.check()
    print(f"\nserver killed: {outcomes}, an import takes {window:.2f} s")
    assert outcomes.count("lost") + outcomes.count("landed") >= 5, outcomes


def kill_push(bench: Bench, choose: random.Random, window: float) -> str:
    """Push in a process of its own, kill it at a random moment, and tell where it was."""
    tasks = bench.journal.with_name("tasks.json")
    tasks.write_text(json.dumps(bench.tasks))
    source = str(Path(__file__).parents[2] / "src")
    command = [sys.executable, "-c", PUSH, source, bench.live.url, bench.live.token]
    command += [str(bench.project), str(tasks), str(bench.journal)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(choose.uniform(0, window))
        process.kill()
    if process.returncode == 0:
        return "done"
    return "mid-chunk" if bench.journal.exists() else "between"


def test_push_killed(live: Any, tmp_path: Path) -> None:
    """The push is killed 20 times at random moments; the next push goes on at once."""
    choose = random.Random(SEED)
    bench = Bench(live, tmp_path, "measure")
    bench.tasks = make_tasks("measure", 100)
    start = time.monotonic()
    bench.push(chunk=50)
    window = time.monotonic() - start
    outcomes = []
    for number in range(ROUNDS):
        bench = Bench(live, tmp_path, f"push killed {number}")
        bench.tasks = make_tasks(f"kill-{number}", 100)
        outcomes.append(kill_push(bench, choose, window))
        bench.push(chunk=50)
        bench.check()
    print(f"\npush killed: {outcomes}, a push takes {window:.2f} s")
    assert outcomes.count("mid-chunk") >= 5, outcomes


def test_both_killed(live: Any, tmp_path: Path) -> None:
    """Push and server are killed one after the other, at random moments."""
    choose = random.Random(SEED)
    outcomes = []
    for number in range(5):
        bench = Bench(live, tmp_path, f"both killed {number}")
        bench.tasks = make_tasks(f"both-{number}", 100)
        outcomes.append(kill_push(bench, choose, 0.5))
        time.sleep(choose.uniform(0, 0.2))
        bench.live.running.kill()
        bench.restart()
        bench.push()
        bench.check()
    print(f"\nboth killed: {outcomes}")
