"""Start a Label Studio server on this machine, for those who have none.

    python3 scripts/label_studio.py
    python3 scripts/label_studio.py --user a=anna@example.org --user b=ben@example.org

The first start makes an environment of its own in .label-studio/env (Label Studio can't share
newspan's) and a data folder, .label-studio/data: an SQLite database, an administrator and a token.
The server answers on 127.0.0.1 only, sends no telemetry, and stops with Ctrl-C. `--user` makes
annotators' accounts once and prints their passwords. Needs Python 3.10 or newer and pip, and
nothing else; docs/label-studio-server.md has the rest.
"""

from __future__ import annotations

import argparse
import contextlib
import http.cookiejar
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
#: The version that newspan's live tests run against.
VERSION = "1.23.2"
#: The versions of all that it needs, as tested.
PINS = ROOT / "scripts" / "label_studio.txt"
ADMIN = "admin@example.org"
#: A start on a new data folder makes the whole database: a minute on a slow machine.
START_S = 600.0

#: No telemetry, no look for newer versions, no crash reports (an empty address is honoured);
#: accounts only by invitation; the token that scripts can use.
QUIET = {
    "COLLECT_ANALYTICS": "false",
    "LATEST_VERSION_CHECK": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "SENTRY_RATE": "0",
    "FRONTEND_SENTRY_RATE": "0",
    "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
    "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
}


class StartError(Exception):
    """The server can't be made or started; the message says why, and what to do."""


@dataclass
class Running:
    """A server that answers: its address, its token, and how to end it."""

    url: str
    token: str
    user: str
    password: str
    data: Path
    log: Path
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def pid(self) -> int:
        """Return the server's process id."""
        return self.process.pid

    def stop(self, timeout: float = 20.0) -> None:
        """End the server as Ctrl-C does, and by force if it does not end in time."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    def kill(self) -> None:
        """End the server at once, as a power cut would."""
        self.process.kill()
        self.process.wait()


def install(folder: Path) -> Path:
    """Return the label-studio executable of an environment in a folder, made if it is not there."""
    executable = folder / "bin" / "label-studio"
    # An environment can't be made elsewhere and moved: it holds its own path. So a mark says that
    # it is whole.
    whole = folder / "whole"
    if whole.exists():
        return executable
    print(f"installing Label Studio {VERSION} in {folder}: 900 MB, once only", file=sys.stderr)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # The Python that a virtual environment was made from: the environment may have no pip.
    base = str(getattr(sys, "_base_executable", sys.executable))
    pip = [base, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "-q"]
    pip += ["--disable-pip-version-check", f"label-studio=={VERSION}"]
    for command in (
        [base, "-m", "venv", "--without-pip", str(folder)],
        pip + (["-c", str(PINS)] if PINS.exists() else []),
    ):
        if subprocess.run(command, check=False, stdout=sys.stderr).returncode != 0:
            raise StartError(
                f"this failed: {' '.join(command)}\n"
                "It needs Python 3.10 or newer, pip, the network and 1 GB of disk; or name a "
                "Label Studio that is already there with --executable."
            )
    whole.touch()
    return executable


def start(
    executable: Path,
    data: Path,
    *,
    port: int = 0,
    timeout: float = START_S,
    environment: dict[str, str] | None = None,
) -> Running:
    """Start a server on 127.0.0.1 and return it once it answers.

    `data` is made if it is not there; the administrator's password and token, random, are made
    with it and stay there in files that only their owner can read. `port` 0 takes a free one.
    `timeout` is in seconds; `environment` adds variables. Raises StartError: the port is taken, the
    server ended by itself, or it did not answer.
    """
    port = port or free_port()
    if _taken(port):
        raise StartError(f"port {port} is taken; choose another with --port")
    password, token = _secrets(data)
    url = f"http://127.0.0.1:{port}"
    log = data / "server.log"
    env = {key: value for key, value in os.environ.items() if not _ours(key)}
    env |= QUIET | {
        "LABEL_STUDIO_USERNAME": ADMIN,
        "LABEL_STUDIO_PASSWORD": password,
        "LABEL_STUDIO_USER_TOKEN": token,
    }
    command = [str(executable), "start", "--no-browser", "--data-dir", str(data)]
    command += ["--internal-host", "127.0.0.1", "--port", str(port), "--log-level", "INFO"]
    with log.open("ab") as output:
        # A session of its own, so that Ctrl-C reaches the server once, from here.
        process = subprocess.Popen(
            command,
            env=env | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    running = Running(url, token, ADMIN, password, data, log, process)
    try:
        _wait(running, timeout)
        if not _answers(url, token):
            raise StartError(
                f"the server does not know the token in {data}: its database was made without it. "
                "Use the database that belongs to this folder, or a new one."
            )
    except BaseException:
        running.stop()
        raise
    return running


def add_user(server: Running | str, mail: str, password: str, *, token: str | None = None) -> str:
    """Make an account by invitation, as people do, and return its personal access token.

    `server` is a running one, or an address with the administrator's `token`. The token returned
    is valid until it is revoked. Raises StartError when the server refuses, as for an account that
    is there already.
    """
    url = server if isinstance(server, str) else server.url
    token = token if isinstance(server, str) else server.token
    invite = _json(url + "/api/invite", headers={"Authorization": f"Token {token}"})["invite_url"]
    session = _Session(url)
    session.open(invite)
    page = session.post(invite, {"email": mail, "password": password, "allow_newsletters": "false"})
    if not session.logged_in():
        told = " ".join(re.findall(r'class="[^"]*error[^"]*"[^>]*>([^<]+)<', page)).strip()
        raise StartError(f"{mail} could not be added: {told or 'the server refused'}")
    return session.personal_token()


def personal_token(url: str, mail: str, password: str) -> str:
    """Return a user's personal access token, by logging in as the browser does.

    A user has one at a time: where there is one already, it is revoked.
    """
    session = _Session(url)
    session.open("/user/login/")
    session.post("/user/login/", {"email": mail, "password": password})
    if not session.logged_in():
        raise StartError(f"{mail} can't log in at {url}: wrong password, or no such account")
    return session.personal_token()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class _Session:
    """A browser's session, without a browser: cookies and the form's token."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar)
        )

    def _cookie(self, name: str) -> str | None:
        return next((cookie.value for cookie in self.jar if cookie.name == name), None)

    def open(self, path: str, data: bytes | None = None, **headers: str) -> str:
        request = urllib.request.Request(urllib.parse.urljoin(self.url, path), data)
        request.add_header("Referer", self.url)
        request.add_header("X-CSRFToken", self._cookie("csrftoken") or "")
        for name, value in headers.items():
            request.add_header(name, value)
        with self.opener.open(request, timeout=60) as answer:
            return str(answer.read().decode("utf-8", "replace"))

    def post(self, path: str, fields: dict[str, str]) -> str:
        form = fields | {"csrfmiddlewaretoken": self._cookie("csrftoken") or ""}
        return self.open(path, urllib.parse.urlencode(form).encode())

    def _api(self, path: str, body: dict[str, str] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        text = self.open(path, data, **{"Content-Type": "application/json"})
        return json.loads(text) if text else None

    def logged_in(self) -> bool:
        try:
            self._api("/api/current-user/whoami")
        except urllib.error.HTTPError:
            return False
        return True

    def personal_token(self) -> str:
        try:
            return str(self._api("/api/token/", {})["token"])
        except urllib.error.HTTPError as error:
            if error.code != 409:
                raise
        for listed in self._api("/api/token/"):
            self._api("/api/token/blacklist/", {"refresh": listed["token"]})
        return str(self._api("/api/token/", {})["token"])


def _secrets(data: Path) -> tuple[str, str]:
    """Return the administrator's password and token, made together with the data folder."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = {"password": secrets.token_urlsafe(12), "token": secrets.token_hex(20)}
    if any(data.glob("*.sqlite3")) and not all((data / name).exists() for name in made):
        raise StartError(
            f"{data} has a database, but no password and token beside it: another program made "
            "it. Start that server as before, and give newspan its address and a token of yours."
        )
    for name, value in made.items():
        with contextlib.suppress(FileExistsError):
            handle = os.open(data / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(value)
    return (data / "password").read_text(), (data / "token").read_text()


def _ours(key: str) -> bool:
    """Say whether Label Studio would read a variable that was meant for a program that asks it."""
    return key.startswith(("LABEL_STUDIO_", "HEARTEX_")) or key in {"HOST", "PORT", "USERNAME"}


def _taken(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _json(url: str, headers: dict[str, str] | None = None, timeout: float = 60.0) -> Any:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(urllib.request.Request(url, headers=headers or {}), timeout=timeout) as answer:
        return json.loads(answer.read())


def _wait(server: Running, timeout: float) -> None:
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if server.process.poll() is not None:
            raise StartError(f"Label Studio ended by itself; its log is {server.log}")
        with contextlib.suppress(OSError, ValueError):
            if _json(server.url + "/health/", timeout=5.0) == {"status": "UP"}:
                return
        time.sleep(0.1)
    raise StartError(f"Label Studio did not answer in {timeout:.0f} s; its log is {server.log}")


def _answers(url: str, token: str) -> bool:
    """Say whether the server at an address is the one that a token belongs to."""
    try:
        _json(url + "/api/current-user/whoami", {"Authorization": f"Token {token}"})
    except (OSError, ValueError):
        return False
    return True


def _add_users(server: Running | str, wanted: list[str], token: str) -> bool:
    """Make accounts, print their passwords, and tell whether all were made.

    One that can't be made doesn't stop the others.
    """
    made = 0
    for alias, mail in (user.split("=", 1) for user in wanted):
        password = secrets.token_urlsafe(9)
        try:
            add_user(server, mail, password, token=token)
        except StartError as error:
            print(f"{error} (an account that is there already stays as it is)", file=sys.stderr)
        else:
            print(f"annotator {alias}: {mail}  password: {password}", flush=True)
            made += 1
    return made == len(wanted)


def _running_at(data: Path, url: str) -> str | None:
    """Return where the server of a data folder answers, as it was noted or at `url`."""
    if not (data / "token").exists():
        return None
    noted = (data / "url").read_text() if (data / "url").exists() else url
    token = (data / "token").read_text()
    return next((each for each in (noted, url) if _answers(each, token)), None)


def main() -> None:
    """Start the server and wait for Ctrl-C; or add accounts to the one that runs."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0],
        epilog="docs/label-studio-server.md says more.",
    )
    parser.add_argument("--port", type=int, default=8080, help="8080 by default")
    parser.add_argument("--data", type=Path, default=ROOT / ".label-studio" / "data")
    parser.add_argument(
        "--executable",
        type=Path,
        default=os.environ.get("NEWSPAN_LABEL_STUDIO"),
        help="a label-studio that is installed already; also as NEWSPAN_LABEL_STUDIO",
    )
    parser.add_argument(
        "--user",
        action="append",
        default=[],
        metavar="ALIAS=MAIL",
        help="make an annotator's account and print its password; works while the server runs, too",
    )
    options = parser.parse_args()
    if wrong := [user for user in options.user if not re.fullmatch(r"[^=]+=[^=@ ]+@[^=@ ]+", user)]:
        parser.error(f"not ALIAS=MAIL: {wrong[0]}")
    try:
        _run(options)
    except (StartError, OSError) as error:
        sys.exit(str(error))


def _run(options: argparse.Namespace) -> None:
    data = options.data.resolve()
    url = f"http://127.0.0.1:{options.port}"
    if (there := _running_at(data, url)) is not None:
        # Two servers on one database would get in each other's way.
        print(f"Label Studio runs already at {there}", file=sys.stderr)
        if not _add_users(there, options.user, (data / "token").read_text()):
            sys.exit(1)
        return
    if _taken(options.port):  # told before minutes of installing
        raise StartError(f"port {options.port} is taken; choose another with --port")
    executable = options.executable or install(ROOT / ".label-studio" / "env")
    if not Path(executable).exists():
        raise StartError(f"{executable} is not there")
    print("starting Label Studio; the first start takes up to a minute", file=sys.stderr)

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        server = start(Path(executable), data, port=options.port)
    except KeyboardInterrupt:
        sys.exit("stopped")
    try:
        (data / "url").write_text(server.url)
        print(f"Label Studio is at {server.url}")
        print(f"log in as {server.user}; the password is in {data}/password")
        print("for newspan, in another shell:")
        print(f"  export LABEL_STUDIO_URL={server.url}")
        print(f'  export LABEL_STUDIO_API_KEY="$(cat {data}/token)"')
        _add_users(server, options.user, server.token)
        print(f"its log: {data}/server.log. Ctrl-C stops it; the data stays", flush=True)
        server.process.wait()
        raise StartError(f"Label Studio ended by itself; its log is {server.log}")
    except KeyboardInterrupt:
        print("stopping", file=sys.stderr)
    finally:
        server.stop()
        (data / "url").unlink(missing_ok=True)


if __name__ == "__main__":
    main()
