"""The server that scripts/label_studio.py starts."""

from __future__ import annotations

import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import label_studio as server_script


def test_people_can_log_in(label_studio: Any, browser: Any) -> None:
    """The administrator and each annotator log in with a browser."""
    for name in ("admin", *label_studio.annotators):
        page = browser.new_context().new_page()
        label_studio.log_in(page, name)
        page.goto(label_studio.url + "/projects/")
        page.get_by_text("Projects").first.wait_for()
        assert "login" not in page.url
        page.context.close()


def test_secrets_are_the_owners(label_studio: Any) -> None:
    """The password and the token can be read by their owner only."""
    for name in ("password", "token"):
        mode = (label_studio.running.data / name).stat().st_mode
        assert stat.S_IMODE(mode) == 0o600


def test_taken_port(executable: Path, tmp_path: Path) -> None:
    """A port that is taken is refused, where Label Studio would move to the next one unasked."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(server_script.StartError, match="is taken"):
            server_script.start(executable, tmp_path / "data", port=other.getsockname()[1])
    assert not (tmp_path / "data").exists()


def test_one_line(executable: Path, template: Path, tmp_path: Path) -> None:
    """The script starts a server, tells address and token, makes accounts, and stops when told."""
    data = tmp_path / "data"
    shutil.copytree(template, data)
    port = str(server_script.free_port())
    command = [sys.executable, str(Path(server_script.__file__)), "--port", port]
    command += ["--executable", str(executable), "--data", str(data)]
    with subprocess.Popen(
        [*command, "--user", "dora=dora@example.org"], stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        try:
            told = ""
            while "Ctrl-C" not in told:
                line = running.stdout.readline()
                assert line, told
                told += line
            assert f"export LABEL_STUDIO_URL=http://127.0.0.1:{port}" in told
            assert (data / "token").read_text() not in told
            password = told.partition("password: ")[2].split("\n")[0]
            url = f"http://127.0.0.1:{port}"
            assert server_script.personal_token(url, "dora@example.org", password)

            again = [*command, "--user", "eve=eve@example.org"]
            added = subprocess.run(again, capture_output=True, text=True, check=True)
            assert "eve@example.org" in added.stdout
            assert "runs already" in added.stderr
            again[again.index("--port") + 1] = str(server_script.free_port())
            again += ["--user", "flo=flo@example.org"]
            twice = subprocess.run(again, capture_output=True, text=True, check=False)
            assert twice.returncode == 1
            assert f"runs already at {url}" in twice.stderr
            assert "eve@example.org could not be added" in twice.stderr
            assert "flo@example.org" in twice.stdout

            moved = [*command[:4], *command[4:-1], str(tmp_path / "other")]
            taken = subprocess.run(moved, capture_output=True, text=True, check=False)
            assert taken.returncode == 1
            assert "is taken" in taken.stderr
        finally:
            running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(port))) != 0, "the server runs on"


def test_server_that_ends_by_itself(tmp_path: Path) -> None:
    """A program that is no server is told from a slow one, with the log's name."""
    with pytest.raises(server_script.StartError, match=r"ended by itself.*server\.log"):
        server_script.start(Path("/bin/false"), tmp_path / "data")


def test_foreign_data_folder(tmp_path: Path) -> None:
    """A database that another program made is not touched."""
    (tmp_path / "label_studio.sqlite3").write_bytes(b"")
    with pytest.raises(server_script.StartError, match="another program made it"):
        server_script.start(Path("/bin/false"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["label_studio.sqlite3"]
