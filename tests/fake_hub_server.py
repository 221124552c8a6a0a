"""How the stand-in Hub answers over HTTP, and how it is made to fail at any moment."""

from __future__ import annotations

import json
import re
import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Drop(Exception):
    """Raised by `on`: the connection breaks."""


class Answer(Exception):
    """Raised by `on`, or in place of a result: what the client gets."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code


class Server(ThreadingHTTPServer):
    """A thread per connection, without a word on those that break."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Say nothing of clients that were killed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            traceback.print_exc()


class Handler(BaseHTTPRequestHandler):
    """Passes requests to a FakeHub."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet, or each answer waits for an acknowledgement
    hub: Any  # a FakeHub

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _do(self) -> None:
        hub, told = self.hub, f"{self.command} {self.path}"
        with hub.lock:
            number = len(hub.requests)
            hub.requests.append(told)
            hub.busy += 1
            hub.agents.add(self.headers["User-Agent"] or "")
        try:
            hub.on(number, told, "before")
            wanted = int(self.headers["Content-Length"] or 0)
            body = self.rfile.read(wanted // 2)
            try:
                hub.on(number, told, "half")
            finally:  # unread, it would be taken for the next request
                body += self.rfile.read(wanted - len(body))
            if len(body) < wanted:
                raise Drop
            token = (self.headers["Authorization"] or "").removeprefix("Bearer ")
            with hub.lock:
                if token and token not in hub.tokens:
                    raise Answer(401, f"Invalid credentials: {token}")  # as a careless proxy might
                given = hub.answer(self.command, self.path, hub.tokens.get(token), body)
            hub.on(number, told, "done")
            if isinstance(given, tuple):
                self._send_file(*given)
            else:
                self._send(200, json.dumps(given).encode(), {"Content-Type": "application/json"})
        except Answer as no:
            headers = {"Content-Type": "application/json"}
            headers |= {"X-Error-Code": no.code} if no.code else {}
            self._send(no.status, json.dumps({"error": no.message}).encode(), headers)
        except (Drop, ConnectionError):
            self.close_connection = True
        finally:
            with hub.lock:
                hub.busy -= 1

    def _send_file(self, data: bytes, headers: dict[str, str]) -> None:
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers["Range"] or "")
        if wanted is None:
            return self._send(200, data, {**headers, "Accept-Ranges": "bytes"})
        first = int(wanted[1]) if wanted[1] else max(0, len(data) - int(wanted[2]))
        last = int(wanted[2]) if wanted[1] and wanted[2] else len(data) - 1
        headers["Content-Range"] = f"bytes {first}-{min(last, len(data) - 1)}/{len(data)}"
        return self._send(206, data[first : last + 1], headers)

    def _send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_HEAD = do_POST = do_PUT = _do
