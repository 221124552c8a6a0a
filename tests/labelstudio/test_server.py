"""What the client makes of answers that no real Label Studio gives on demand."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from corpora import RAISED_IN
from newspan.labelstudio.server import Server, ServerError

TOKEN = "0123456789abcdef0123456789abcdef01234567"
PAGE = "<html><head><title>Sign in to the harbour office</title></head></html>"
JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html"}

Answer = tuple[int, dict[str, str], str]
#: Each answer to a request, and the problem that it gives.
ANSWERS: dict[str, tuple[Answer, str]] = {
    "token": ((401, JSON, '{"detail": "Invalid token."}'), "token-refused"),
    "legacy": (
        (401, JSON, '{"detail": "legacy token authentication has been disabled for this"}'),
        "legacy-token-disabled",
    ),
    "forbidden": ((403, JSON, '{"detail": "You may not."}'), "not-allowed"),
    "gone": ((404, JSON, '{"detail": "No Project matches the given query."}'), "project-gone"),
    "field": (
        (400, JSON, '{"detail": "Validation error", "validation_errors": {"title": ["Too long"]}}'),
        "server-refused",
    ),
    "size": ((413, HTML, "<html><title>413 Request Entity Too Large</title>"), "server-refused"),
    "sqlite full": ((500, JSON, '{"detail": "database or disk is full"}'), "server-disk-full"),
    "no space": ((500, HTML, "[Errno 28] No space left on device: 'x'"), "server-disk-full"),
    "failed": ((500, JSON, '{"detail": "list index out of range"}'), "server-failed"),
    "gateway": ((502, HTML, "<html><title>502 Bad Gateway</title></html>"), "server-failed"),
    "page": ((200, HTML, PAGE), "not-label-studio"),
    "no page": ((404, HTML, PAGE), "not-label-studio"),
    "log in": ((302, {"location": "https://office.example.org/login"}, ""), "not-label-studio"),
    "empty": ((200, JSON, ""), "not-label-studio"),
    "other": ((200, JSON, '{"ok": true}'), "not-label-studio"),
    "list": ((200, JSON, "[1]"), "not-label-studio"),
}
#: Calls whose answer says nothing: deleting what is gone is fine, and what was imported is listed.
UNTOLD = {
    "delete": {"gone", "page", "empty", "other", "list"},
    "import": {"other", "list"},
}
CALLS: dict[str, Callable[[Server], Any]] = {
    "version": lambda server: server.version(),
    "me": lambda server: server.me(),
    "users": lambda server: server.users(),
    "find": lambda server: server.find("ferries"),
    "project": lambda server: server.project(1),
    "create": lambda server: server.create(
        "ferries", description="", label_config="<View/>", instruction="", predictions=False
    ),
    "update": lambda server: server.update(1, description=""),
    "held": lambda server: server.held(1),
    "import": lambda server: server.import_tasks(1, [{"data": {"text": "a"}}]),
    "delete": lambda server: server.delete_task(1),
    "snapshot": lambda server: server.snapshot(1),
}


@pytest.fixture
def stand_in() -> Iterator[Callable[..., str]]:
    """Return a function that starts a server with one answer to everything; it returns its URL."""
    running: list[tuple[ThreadingHTTPServer, threading.Thread]] = []

    def start(answer: Answer, seen: list[str] | None = None) -> str:
        status, headers, text = answer

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("content-length") or 0))
                if seen is not None:
                    seen.append(self.command)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST = do_PATCH = do_DELETE = answer

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read again at once, where the SDK would pause for a second."""
    monkeypatch.setattr("label_studio_sdk.core.http_client.INITIAL_RETRY_DELAY_SECONDS", 0.0)


@pytest.mark.parametrize("name", ANSWERS)
def test_each_answer_gives_its_problem(name: str, stand_in: Callable[..., str]) -> None:
    """Whatever the server answers, every call gives the one problem, at the server's address."""
    answer, expected = ANSWERS[name]
    with Server(stand_in(answer), TOKEN) as server:
        for call, make in CALLS.items():
            if name in UNTOLD.get(call, ()):
                make(server)
                continue
            with pytest.raises(ServerError) as caught:
                make(server)
            assert caught.value.problem.id == expected, (call, caught.value.problem)
            assert caught.value.problem.place.file == server.url


def test_messages_say_what_the_server_said(stand_in: Callable[..., str]) -> None:
    """A field's fault, a page's title and a redirection's aim stand in the message."""
    said = {"field": "title: Too long", "gateway": "502 Bad Gateway", "log in": "office.example"}
    for name, words in said.items():
        with Server(stand_in(ANSWERS[name][0]), TOKEN) as server:
            with pytest.raises(ServerError) as caught:
                server.me()
            assert words in caught.value.problem.message


def test_token_is_never_shown(stand_in: Callable[..., str]) -> None:
    """A server that repeats the token in its error does not get it printed."""
    answer = (500, JSON, f'{{"detail": "no user for Token {TOKEN}"}}')
    with Server(stand_in(answer), TOKEN) as server:
        with pytest.raises(ServerError) as caught:
            server.me()
        assert TOKEN not in str(caught.value.problem.to_json())
        assert TOKEN not in repr(server)


def test_no_write_is_repeated(stand_in: Callable[..., str]) -> None:
    """What changes something reaches a failing server once, what reads twice."""
    seen: list[str] = []
    with Server(stand_in((503, JSON, "{}"), seen), TOKEN) as server:
        for call in CALLS.values():
            with pytest.raises(ServerError):
                call(server)
    # create, import, snapshot; update; delete; and the six that only read, and whether the deleted
    # task is there
    assert {name: seen.count(name) for name in sorted(set(seen))} == {
        "DELETE": 1,
        "GET": 14,
        "PATCH": 1,
        "POST": 3,
    }


def test_silence_and_a_broken_connection() -> None:
    """A server that is silent, or hangs up, gives a problem of its own."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with Server(url, TOKEN, timeout=0.2) as server, pytest.raises(ServerError) as silent:
            server.me()
        listener.accept()[0].close()

        def hang_up() -> None:
            connection = listener.accept()[0]
            connection.recv(65536)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with Server(url, TOKEN) as server, pytest.raises(ServerError) as hung_up:
            server.delete_task(1)
        thread.join()
    assert silent.value.problem.id == "server-timeout"
    assert hung_up.value.problem.id == "connection-broken"


def test_no_secure_connection(stand_in: Callable[..., str]) -> None:
    """An https address of a server that speaks http says so."""
    url = stand_in((200, JSON, "{}")).replace("http://", "https://")
    with Server(url, TOKEN) as server, pytest.raises(ServerError) as caught:
        server.me()
    assert caught.value.problem.id == "server-unreachable"
    assert "no secure connection" in caught.value.problem.message


@pytest.mark.parametrize(
    ("url", "token"),
    [
        ("", TOKEN),
        ("127.0.0.1:8080", TOKEN),
        ("ftp://harbour", TOKEN),
        ("http://a:b@c", TOKEN),
        ("http://localhost", ""),
        ("http://localhost", "two words"),
        ("http://localhost", "ñ"),
    ],
)
def test_wrong_use(url: str, token: str) -> None:
    """An address or a token that can't be one is refused at once."""
    with pytest.raises(ValueError, match=r"^not "):
        Server(url, token)


def test_every_id_is_raised() -> None:
    """Each problem of a server is one that a test here raises."""
    by_connection = {"server-timeout", "connection-broken", "server-unreachable"}
    listed = set(RAISED_IN["labelstudio/test_server.py"])
    assert {expected for _, expected in ANSWERS.values()} | by_connection == listed
