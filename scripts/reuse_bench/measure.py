"""Run a command and measure it: CPU, wall time and memory of its whole process tree."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

POLL = 0.05  # seconds
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Run:
    """One run: `cpu` is user and system time, of the command and all children it waited for.

    `peak` is the largest sum of resident sizes of the process tree that polling /proc every 50 ms
    saw, pages shared between processes counted in each (0 where there is no /proc); `largest` is
    the kernel's own maximum for the largest single process. Both are bytes; times are seconds.
    """

    status: int
    cpu: float
    wall: float
    peak: int
    largest: int


def run(command: Sequence[str], log: Path) -> Run:
    """Run `command` with its output into the file `log`; never raises on its exit status."""
    with log.open("wb") as out:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        watch = _Watch(process.pid)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        watch.stop()
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(
        status=process.returncode,
        cpu=usage.ru_utime + usage.ru_stime,
        wall=wall,
        peak=watch.peak,
        largest=usage.ru_maxrss * 1024,
    )


class _Watch(threading.Thread):
    """Keeps the peak of a process tree's resident memory while it runs."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._done = threading.Event()
        self.peak = 0

    def run(self) -> None:
        while True:
            self.peak = max(self.peak, sum(map(_resident, _tree(self._pid))))
            if self._done.wait(POLL):
                return

    def stop(self) -> None:
        """Stop polling."""
        self._done.set()
        self.join()


def _tree(pid: int) -> list[int]:
    """Return the process and all below it, without those that end meanwhile."""
    found = [pid]
    for parent in found:
        try:
            for task in Path(f"/proc/{parent}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0
