"""Measure newspan's own CPU in push and pull, as a share of the time that they take.

    NEWSPAN_LABEL_STUDIO=…/label-studio python scripts/bench_labelstudio_server.py [--tasks 10000]

Starts a Label Studio with an empty database, or uses that of LABEL_STUDIO_URL and
LABEL_STUDIO_API_KEY, where it leaves a project. Pushes tasks of 2,000 characters with an annotation
of 20 spans each (see bench_labelstudio.py), pulls them and converts them back. Own CPU is this
process's, the client library included. On a busy machine all takes longer, which flatters the
share; so it is also given of the CPU that both sides took. Exit 1 when a share is above 15 %, a
task is lost, or a record differs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tqdm import tqdm

import bench_labelstudio
import label_studio
from newspan.corpus import AnnotationSet, Placed
from newspan.labelstudio.config import label_config
from newspan.labelstudio.names import LAYERS
from newspan.labelstudio.send import send
from newspan.labelstudio.server import Server
from newspan.labelstudio.tasks import make_task

TARGET = 0.15


def main() -> int:
    """Print both shares; 1 when one is too large or anything is lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--chunk", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with _server() as (url, token, pid), Server(url, token) as server:
        server.version()  # imports the client library
        return _measure(server, pid, options)


def _measure(server: Server, pid: int | None, options: argparse.Namespace) -> int:
    corpus, made = bench_labelstudio._made(options)
    by_item: dict[str, list[Placed]] = {}
    for placed in made.records:
        by_item.setdefault(placed.item_id, []).append(placed)
    sets = {item: AnnotationSet(made.info, tuple(records)) for item, records in by_item.items()}

    def push() -> int:
        config = label_config(corpus.labels, corpus.targets, LAYERS)
        project = server.create(
            "bench", description="", label_config=config, instruction="", predictions=False
        )
        tasks = [
            make_task(corpus, item, campaign="bench", layers=LAYERS, annotation=sets[item])
            for item in corpus.items
        ]
        with (
            tempfile.TemporaryDirectory() as folder,
            tqdm(total=len(tasks), unit="task", disable=not sys.stderr.isatty()) as bar,
        ):
            sent = send(
                server,
                project.id,
                tasks,
                journal=Path(folder) / "journal",
                chunk=options.chunk,
                progress=lambda done, _: bar.update(done - bar.n),
            )
        assert len(sent.tasks) == len(tasks), "tasks were lost"
        return project.id

    def pull() -> Any:
        raw = server.snapshot(project_id)
        with tempfile.TemporaryDirectory() as folder:
            return bench_labelstudio.pulled(Path(folder), raw, server.users(), corpus)

    project_id, push_share = _timed("push", options.tasks, pid, push)
    export, pull_share = _timed("pull", options.tasks, pid, pull)
    found = {
        task.item_id: [record for work in task.work for record in work.records]
        for task in export.tasks
    }
    if found != {item: [placed.record for placed in records] for item, records in by_item.items()}:
        print("records differ from those that were pushed", file=sys.stderr)
        return 1
    return 0 if max(push_share, pull_share) <= TARGET else 1


def _timed(name: str, tasks: int, pid: int | None, work: Callable[[], Any]) -> tuple[Any, float]:
    theirs, wall, own = _cpu(pid), time.monotonic(), time.process_time()
    result = work()
    theirs, wall, own = (
        _cpu(pid) - theirs,
        time.monotonic() - wall,
        time.process_time() - own,
    )
    line = f"{name}: {tasks} tasks in {wall:.1f} s ({tasks / wall:.0f} per second), own CPU "
    line += f"{own:.2f} s: {own / wall:.1%} of the time"
    if pid is not None:
        line += f", {own / (own + theirs):.1%} of both sides' CPU"
    print(line)
    return result, own / wall


def _cpu(pid: int | None) -> float:
    """Return the seconds of CPU that a process has taken."""
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _server() -> Iterator[tuple[str, str, int | None]]:
    """Give the address and token of the server named by the environment, or of a new one's."""
    if "LABEL_STUDIO_URL" in os.environ:
        yield os.environ["LABEL_STUDIO_URL"], os.environ["LABEL_STUDIO_API_KEY"], None
        return
    if "NEWSPAN_LABEL_STUDIO" not in os.environ:
        sys.exit("set NEWSPAN_LABEL_STUDIO to a label-studio executable, or LABEL_STUDIO_URL")
    folder = Path(tempfile.mkdtemp(prefix="newspan-bench-"))
    try:
        running = label_studio.start(Path(os.environ["NEWSPAN_LABEL_STUDIO"]), folder)
        try:
            yield running.url, running.token, running.pid
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
