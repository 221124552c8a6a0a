"""Processes to be killed: forked from one that has its imports done, so that fifty take seconds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

_CODE = """
import importlib, json, os, sys

def import_like(function, *arguments):
    # What a call imports, without making the call here: threads would not survive the forks.
    ours, theirs = os.pipe()
    if not os.fork():
        function(*arguments)
        with open(theirs, "w") as file:
            file.write(" ".join(sys.modules))
            file.flush()
            os._exit(0)
    os.close(theirs)
    with open(ours) as file:
        for name in file.read().split():
            importlib.import_module(name)
    os.wait()

exec(sys.argv[1])  # imports, and a function called run
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        try:
            run(*json.loads(line))
        except BaseException:
            import traceback
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Forks:
    """Starts one process at a time that calls `run`, a function which `code` defines."""

    def __init__(self, code: str, log: Path, environment: dict[str, str]) -> None:
        self.log = log
        self.pid = 0
        with log.open("w") as file:
            self._parent = subprocess.Popen(
                [sys.executable, "-c", _CODE, code],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                text=True,
                env=environment,
            )

    def __enter__(self) -> Forks:
        return self

    def __exit__(self, *_: object) -> None:
        self._parent.communicate()

    def start(self, *arguments: Any) -> None:
        """Start a process; wait for the last one first."""
        assert self._parent.stdin is not None
        self._parent.stdin.write(json.dumps([str(each) for each in arguments]) + "\n")
        self._parent.stdin.flush()
        self.pid = int(self._line())

    def kill(self) -> None:
        """Kill it, if it has not ended."""
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def wait(self) -> int:
        """Return its exit code, or the negative number of the signal that ended it."""
        return int(self._line())

    def run(self, *arguments: Any) -> None:
        """Run a process to its end, which must be a good one."""
        self.start(*arguments)
        assert self.wait() == 0, self.log.read_text()

    def _line(self) -> str:
        assert self._parent.stdout is not None
        line = self._parent.stdout.readline()
        assert line, self.log.read_text()
        return line
