"""What can go wrong with a server, each as a problem; pure functions of what was seen."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from typing import Any

from newspan.problems import Place, Problem

#: What databases and file systems say when nothing more fits.
_FULL = ("database or disk is full", "no space left on device", "disk quota exceeded", "disk full")


class ServerError(Exception):
    """A server did not do what it was asked; `problem` says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class ArchiveError(Exception):
    """Something came from a server, or is to be kept, and can't be; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def broken(url: str, path: str, error: BaseException, timeout: float) -> Problem:
    """Return the problem of a request that got no answer, from what httpx raised."""
    import httpx

    if isinstance(error, httpx.ConnectTimeout):
        return _problem("server-unreachable", url, path, "nothing answers at this address")
    if isinstance(error, httpx.TimeoutException):
        return _problem("server-timeout", url, path, f"no answer in {timeout:g} s")
    if isinstance(error, httpx.ConnectError):
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, ssl.SSLError):
            cause = cause.__cause__ or cause.__context__
        why = "no secure connection" if cause is not None else "no connection"
        return _problem("server-unreachable", url, path, f"{why}: {error}")
    if isinstance(error, httpx.HTTPError):
        told = str(error) or type(error).__name__
        return _problem("connection-broken", url, path, f"the connection broke: {told}")
    if isinstance(error, ValueError):
        return strange(url, path, "something that is not JSON")
    raise error


def refused(url: str, path: str, status: int, text: str, headers: Mapping[str, str]) -> Problem:
    """Return the problem of an answer that is not a success."""
    low = text.lower()
    told = f"HTTP {status}: {_detail(text)}"
    if status == 401:
        if "legacy token authentication has been disabled" in low:
            return _problem("legacy-token-disabled", url, path, told)
        return _problem("token-refused", url, path, told)
    if any(words in low for words in _FULL):
        return _problem("server-disk-full", url, path, told)
    if status >= 500:
        return _problem("server-failed", url, path, told)
    if 300 <= status < 400:
        return strange(url, path, f"a redirection to {headers.get('location', 'nowhere')}")
    if not text.lstrip().startswith(("{", "[")) and status != 413:
        return strange(url, path, f"HTTP {status} and a page, not JSON")
    if status == 403:
        return _problem("not-allowed", url, path, told)
    if status == 404:
        return _problem("project-gone", url, path, told)
    return _problem("server-refused", url, path, told)


def strange(url: str, path: str, what: str) -> Problem:
    """Return the problem of an answer that Label Studio would not give."""
    return _problem("not-label-studio", url, path, f"the server gave {what}")


def _problem(problem_id: str, url: str, path: str, message: str) -> Problem:
    return Problem(problem_id, Place(url, pointer=path), message)


def _detail(text: str) -> str:
    """Return what an answer says, in a line: `detail` and the faults of single fields."""
    import msgspec

    try:
        told: Any = msgspec.json.decode(text)
    except msgspec.MsgspecError:
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.S | re.I)
        return _line(title[1] if title else re.sub(r"<[^>]*>", " ", text))
    if not isinstance(told, dict):
        return _line(text)
    said = [str(told.get("detail") or "")]
    faulty = told.get("validation_errors")
    for name, faults in faulty.items() if isinstance(faulty, dict) else [("", faulty or "")]:
        each = " ".join(map(str, faults)) if isinstance(faults, list) else str(faults)
        said.append(f"{name}: {each}" if name else each)
    return _line("; ".join(filter(None, said)) or text)


def _line(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= 300 else line[:300] + "…"
