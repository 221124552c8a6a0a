"""A real Label Studio and a real browser for tests.

`label_studio` is one server per test module, `start_server` makes more; `page` is a fresh window of
a real browser. Tests are skipped where NEWSPAN_LABEL_STUDIO does not name a `label-studio`
executable, or where there is no Chromium (NEWSPAN_CHROMIUM, or /usr/bin/chromium).
"""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import label_studio as server_script
from real_browser import chromium

#: Who is on every test server, beside the administrator.
ANNOTATORS = ("ada", "ben", "cleo")


@dataclass(frozen=True)
class Account:
    """Somebody who can log in."""

    id: int
    mail: str
    password: str
    token: str  # a personal access token; the administrator's is a legacy token


class Live:
    """A running server with an administrator and three annotators."""

    def __init__(self, running: server_script.Running, accounts: dict[str, Account]) -> None:
        self.running = running
        self.admin = Account(1, running.user, running.password, running.token)
        self.annotators = accounts

    @property
    def url(self) -> str:
        """Return the server's address, without a slash at its end."""
        return self.running.url

    @property
    def token(self) -> str:
        """Return the administrator's (legacy) token."""
        return self.running.token

    def account(self, name: str) -> Account:
        """Return an annotator's account by alias, or the administrator's as `admin`."""
        return self.admin if name == "admin" else self.annotators[name]

    def log_in(self, page: Any, name: str) -> None:
        """Log a browser's page in with the form, as people do."""
        account = self.account(name)
        page.goto(self.url + "/user/login/")
        page.fill("input[name=email]", account.mail)
        page.fill("input[name=password]", account.password)
        page.click("button[type=submit]")
        page.wait_for_url(lambda url: "/user/login" not in url, wait_until="commit")


@pytest.fixture(scope="session")
def executable() -> Path:
    """Return the label-studio executable, or skip."""
    named = os.environ.get("NEWSPAN_LABEL_STUDIO")
    if not named:
        pytest.skip("no Label Studio: NEWSPAN_LABEL_STUDIO does not name a label-studio executable")
    if not Path(named).is_file():
        pytest.fail(f"NEWSPAN_LABEL_STUDIO names {named}, which is not there")
    return Path(named)


@pytest.fixture(scope="session")
def template(executable: Path) -> Path:
    """Return a data folder with all tables and accounts, made once per version; don't change it."""
    made = sorted(p.name for p in executable.parents[1].glob("lib/*/site-packages/label_studio*"))
    key = hashlib.sha256(
        "\n".join([str(executable.resolve()), *made]).encode()
        + Path(server_script.__file__).read_bytes()
        + inspect.getsource(_make_template).encode()
    ).hexdigest()[:16]
    cache = Path(tempfile.gettempdir()) / f"newspan-live-tests-{os.getuid()}"
    cache.mkdir(mode=0o700, exist_ok=True)
    if cache.is_symlink() or cache.stat().st_uid != os.getuid():
        pytest.fail(f"{cache} belongs to somebody else")
    target = cache / key
    if not target.exists():
        work = Path(tempfile.mkdtemp(dir=cache))
        try:
            _make_template(executable, work / "data")
            try:
                (work / "data").rename(target)
            except OSError:  # another run was first
                if not target.exists():
                    raise
        finally:
            shutil.rmtree(work)
    return target


def _make_template(executable: Path, data: Path) -> None:
    running = server_script.start(executable, data)
    try:
        accounts = {}
        for number, name in enumerate(ANNOTATORS, start=2):
            mail, password = f"{name}@example.org", f"{name}-harbour-9"
            token = server_script.add_user(running, mail, password)
            accounts[name] = {"id": number, "mail": mail, "password": password, "token": token}
    finally:
        running.stop()
    (data / "server.log").unlink()
    (data / "accounts.json").write_text(json.dumps(accounts))


@pytest.fixture(scope="session")
def start_server(
    executable: Path, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Live]]:
    """Return a function that starts one more server with nothing on it; all end with the tests."""
    with ExitStack() as stack:

        def start() -> Live:
            data = tmp_path_factory.mktemp("label-studio") / "data"
            shutil.copytree(template, data)
            accounts = json.loads((data / "accounts.json").read_text())
            running = server_script.start(executable, data)
            stack.callback(running.stop)
            return Live(running, {name: Account(**held) for name, held in accounts.items()})

        yield start


@pytest.fixture(scope="module")
def label_studio(start_server: Callable[[], Live]) -> Iterator[Live]:
    """Return a server that the module's tests share: each makes projects of its own."""
    live = start_server()
    yield live
    live.running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return a real browser, started with Playwright, or skip."""
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """Return an empty page of a fresh window, 1400 by 1000; a page's error fails no test here."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    yield context.new_page()
    context.close()
