"""The scripts of docs/examples, run as their readers run them, in a copy and offline."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

EXAMPLES = ROOT / "docs/examples"
SCRIPTS = sorted(path.name for path in EXAMPLES.glob("*.py"))
#: Python runs a `sitecustomize` as it starts: whoever asks for another machine is refused.
_OFFLINE = """
import socket

def guarded(method):
    def ask(self, address, *rest):
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"an example asks the network for {address}")
        return method(self, address, *rest)
    return ask

for name in ("connect", "connect_ex"):
    setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
"""


def run_example(name: str, folder: Path, **environment: str) -> str:
    """Run a script in a copy of what it reads, and return its stdout.

    `folder` must be new: the copy is made in `project` there, and what the script writes stands in
    `work`. It must end well and print nothing on stderr.
    """
    project, other, offline = folder / "project", folder / "other", folder / "offline"
    for each in ("corpus", "annotation", "schema", "scripts", "docs/examples"):
        shutil.copytree(ROOT / each, project / each)
    for each in (other, offline):
        each.mkdir()
    (offline / "sitecustomize.py").write_text(_OFFLINE, encoding="utf-8")
    path = os.pathsep.join(filter(None, [str(offline), os.environ.get("PYTHONPATH")]))
    kept = {k: v for k, v in os.environ.items() if k != "NEWSPAN_LABEL_STUDIO"}
    before = _state(project)
    done = subprocess.run(
        [sys.executable, str(project / "docs/examples" / name), str(folder / "work")],
        cwd=other,
        env={**kept, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert _state(project) == before, "what a script reads stays as it is"
    assert list(other.iterdir()) == [], "nothing is written where the script was started"
    return done.stdout


def _state(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
