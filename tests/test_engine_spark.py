"""Spark gives the local engine's rows: on this machine, on a cluster, and when a worker dies.

These tests need Java, and fail without it.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from newspan.engines.collection import DuplicateIdError, collect
from newspan.engines.local import find
from newspan.engines.results import write_results
from newspan.engines.spark import find_spark
from newspan.engines.spark_frames import frame
from newspan.engines.spark_session import is_here, opened
from newspan.formats.texts import Columns, InputError, read_texts
from newspan.reuse.batches import SHINGLES, seeds_of
from newspan.reuse.loops import link_count, link_group
from newspan.reuse.parameters import Parameters
from reuse_bench import plant

COLUMNS = Columns(passed=(("source", "source"), ("date", "date")))
TABLES = ("pairs", "members", "clusters", "drop")
# Small jobs: what Java needs to start counts for more than what it makes of it.
FAST = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
OPTIONS = {
    "spark.driver.extraJavaOptions": FAST,
    "spark.executor.extraJavaOptions": FAST,
    "spark.driver.memory": "1g",
    "spark.executor.memory": "512m",
    "spark.sql.shuffle.partitions": "4",
}


def silent(stage: str, done: int, total: int | None) -> None:
    """Take progress and say nothing."""


def written(found: tuple[Any, Any], parameters: Parameters, out: Path) -> list[pa.Table]:
    """The tables that a search ends in."""
    out.mkdir()
    write_results(out, *found, parameters, True, "texts", silent)
    return [pq.read_table(out / f"{name}.parquet") for name in TABLES]


def assert_same(
    session: Any,
    source: Path,
    other: Path | None,
    folder: Path,
    parameters: Parameters | None = None,
    columns: Columns = COLUMNS,
    spark_source: Any = None,
    **how: Any,
) -> list[pa.Table]:
    """Both engines give the same passages, runs and tables; returns the tables."""
    parameters = parameters or Parameters()
    others = read_texts(other, columns) if other else None
    collected = collect(read_texts(source, columns), others, folder / "local", 2, silent)
    passages = find(collected, parameters, folder / "local", 2, silent)
    found = find_spark(
        spark_source or source, other, columns, parameters, None, folder, session=session, **how
    )

    assert np.array_equal(found[1].blocks, passages.blocks)
    assert np.array_equal(found[1].runs, passages.runs)
    expected = written((collected, passages), parameters, folder / "expected")
    got = written(found, parameters, folder / "got")
    for name, ours, theirs in zip(TABLES, got, expected, strict=True):
        assert ours.equals(theirs), name
    return expected


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    """JSON Lines."""
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    path.write_text("".join(lines), encoding="utf-8", newline="")
    return path


def drawn(count: int, seed: int) -> str:
    """Made-up words that stand nowhere else."""
    letters = random.Random(seed)
    return " ".join("".join(letters.choices("abcdefghijklmnop", k=7)) for _ in range(count))


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About 1,000 documents with planted reuse."""
    folder = tmp_path_factory.mktemp("planted")
    plant.plant(None, 1000, 7, folder)
    return folder / plant.DOCS


@pytest.fixture(scope="class")
def session() -> Iterator[Any]:
    """A session on this machine, which is closed with its Java process."""
    with opened("local[2]", options=OPTIONS) as session:
        java = session.sparkContext._gateway.proc
        yield session
    assert java.returncode is not None


class TestOnThisMachine:
    """One session with two cores."""

    def test_rows_are_those_of_the_local_engine(
        self, session: Any, planted: Path, tmp_path: Path
    ) -> None:
        """A thousand documents give the same passages, runs, members and clusters."""
        pairs, members, clusters, _ = assert_same(session, planted, None, tmp_path)

        assert min(pairs.num_rows, members.num_rows, clusters.num_rows) > 200

    def test_neither_partitions_nor_order_matter(
        self, session: Any, planted: Path, tmp_path: Path
    ) -> None:
        """Other files in another order, other partitions and a sample give the same rows."""
        table = pa.Table.from_batches(list(read_texts(planted, COLUMNS)))
        order = np.random.default_rng(3).permutation(len(table))
        (tmp_path / "texts").mkdir()
        for number, rows in enumerate(np.array_split(order, 5)):
            pq.write_table(table.take(pa.array(rows)), tmp_path / "texts" / f"{number}.parquet")
        before = session.conf.get("spark.sql.shuffle.partitions")
        session.conf.set("spark.sql.shuffle.partitions", "7")
        try:
            assert_same(
                session,
                planted,
                None,
                tmp_path,
                replace(Parameters(), sample=3),
                spark_source=tmp_path / "texts",
            )
        finally:
            session.conf.set("spark.sql.shuffle.partitions", before)

    def test_a_boilerplate_is_linked_in_slices(self, session: Any, tmp_path: Path) -> None:
        """Three thousand copies, 500 held at once, and a document that repeats them itself."""
        boilerplate = drawn(30, 0)
        rows = [
            {"id": f"d{n}", "text": f"{drawn(8, n + 1)} {boilerplate} {drawn(5, -n - 1)}"}
            for n in range(3000)
        ]
        rows[1500]["text"] = f"{boilerplate}. " * 700
        source = write_lines(tmp_path / "docs.jsonl", rows)

        pairs, *_ = assert_same(session, source, None, tmp_path, columns=Columns(), at_once=500)

        assert pairs.num_rows > 3000

    def test_two_collections_are_compared(
        self, session: Any, planted: Path, tmp_path: Path
    ) -> None:
        """Only what stands in both counts, an id may stand in both, and a boilerplate is linked."""
        lines = planted.read_text(encoding="utf-8").splitlines()[:500]
        rows = [json.loads(line) for line in lines]
        for row in rows[::7]:
            row["text"] += " " + drawn(25, 0)
        ours = write_lines(tmp_path / "ours.jsonl", rows[:200])
        theirs = write_lines(tmp_path / "theirs.jsonl", [*rows[200:], rows[0]])

        pairs, members, *_ = assert_same(session, ours, theirs, tmp_path, at_once=10)

        assert pairs.num_rows > 60
        assert set(members["collection"].to_pylist()) == {"first", "other"}

    @pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
    def test_texts_are_read_as_they_are_elsewhere(self, session: Any, tmp_path: Path) -> None:
        """Hostile strings come the same from lines, Parquet, a data frame and through a detour."""
        texts = [
            "",
            "\ufeffBOM",
            "a\r\nb\u2028c\u0085d\x00e\ttab",
            "😀 é e\u0301 \u202eabc",
            "x" * 70_000,
        ]
        rows = [{"id": f"i{n}", "text": text, "a b`": None} for n, text in enumerate(texts)]
        rows[1]["a b`"] = "pässed"
        columns = Columns(passed=(("note", "a b`"),))
        source = write_lines(tmp_path / "docs.jsonl", rows)
        # A byte order mark, empty lines, CR LF, an id that is a number and no last line end.
        source.write_bytes(
            b"\xef\xbb\xbf\r\n" + source.read_bytes() + b'\n{"id":7,"text":"7"}\r\n\n'
        )
        with source.open("ab") as stream:
            stream.write(b'{"id":"last","text":"\\ud83d\\ude00","a b`":1.50}')
        expected = pa.Table.from_batches(list(read_texts(source, columns)))
        named_there = expected.rename_columns(columns.names)
        pq.write_table(named_there, tmp_path / "docs.parquet")
        (tmp_path / "_hidden*.jsonl").write_bytes(source.read_bytes())

        for number, each in enumerate(
            [
                source,
                tmp_path / "docs.parquet",
                tmp_path / "_hidden*.jsonl",
                session.createDataFrame(named_there),
            ]
        ):
            work = tmp_path / f"work-{number}"
            work.mkdir()
            found = frame(session, each, columns, work).toArrow()
            assert (
                found.rename_columns(expected.column_names)
                .sort_by("id")
                .equals(expected.sort_by("id"))
            ), each

    def test_a_long_document_that_repeats_itself(self, session: Any, tmp_path: Path) -> None:
        """Several megabytes of one text are compared with themselves; a folder of files is read."""
        (tmp_path / "texts").mkdir()
        half = drawn(150_000, 1)
        (tmp_path / "texts" / "long.txt").write_text(f"{half} {half}", encoding="utf-8")
        (tmp_path / "texts" / "short.txt").write_text("Nothing to see here.", encoding="utf-8")

        pairs, *_ = assert_same(session, tmp_path / "texts", None, tmp_path, columns=Columns())

        assert pairs.num_rows == 1

    def test_nothing_is_found_in_nothing(self, session: Any, tmp_path: Path) -> None:
        """An input without documents, and one without passages, end in empty tables."""
        for number, rows in enumerate(([], [{"id": "a", "text": "b"}])):
            folder = tmp_path / str(number)
            folder.mkdir()
            source = write_lines(folder / "docs.jsonl", rows)
            tables = assert_same(session, source, None, folder, columns=Columns())
            assert not any(table.num_rows for table in tables)

    def test_an_id_that_stands_twice_is_refused(self, session: Any, tmp_path: Path) -> None:
        """The problem names the id, as in the local engine."""
        rows = [{"id": name, "text": "Some text."} for name in ("a", "b", "a")]
        source = write_lines(tmp_path / "docs.jsonl", rows)

        with pytest.raises(DuplicateIdError) as caught:
            find_spark(source, None, Columns(), Parameters(), None, tmp_path, session=session)
        assert caught.value.problem.message == "'a' names two documents"

    @pytest.mark.parametrize(
        ("line", "rule"),
        [
            (b'{"id": "c", "text": "no end', "json-syntax"),
            (b'{"id": "c"}', "schema"),
            (b'{"id": "c", "text": "\\ud800"}', "json-syntax"),
            (b'{"id": "c", "text": "\xff"}', "not-utf8"),
        ],
    )
    def test_a_fault_in_the_input_is_told_with_its_line(
        self, session: Any, tmp_path: Path, line: bytes, rule: str
    ) -> None:
        """What a worker refuses is told with its place, as the local engine tells it."""
        source = tmp_path / "docs.jsonl"
        source.write_bytes(b'{"id": "a", "text": "Some text."}\n\n' + line + b"\n")

        with pytest.raises(InputError) as caught:
            find_spark(source, None, Columns(), Parameters(), None, tmp_path, session=session)
        assert caught.value.problem.id == rule
        assert caught.value.problem.place.line == 3

    def test_settings_are_put_back(self, session: Any, planted: Path, tmp_path: Path) -> None:
        """A session that was passed in stays as it was, also after an error."""
        names = ["spark.sql.caseSensitive", "spark.sql.execution.arrow.maxRecordsPerBatch"]
        before = [session.conf.get(name) for name in names]
        with pytest.raises(ValueError, match="no column"):
            find_spark(
                session.range(3), None, Columns(), Parameters(), None, tmp_path, session=session
            )

        assert [session.conf.get(name) for name in names] == before

    def test_another_master_is_refused_while_a_session_is_active(self, session: Any) -> None:
        """One process has one Spark."""
        with pytest.raises(ValueError, match="is active"), opened("spark://127.0.0.1:1"):
            pass


class Cluster:
    """A master and two workers on loopback, each worker with one core."""

    def __init__(self, folder: Path) -> None:
        """Start all three; `close` ends them and what they started."""
        import pyspark

        self._home = Path(pyspark.__file__).parent
        self._folder = folder
        self._closing = ExitStack()
        port, page = free_port(), free_port()
        self.url = f"spark://127.0.0.1:{port}"
        at = ["--host", "127.0.0.1"]
        try:
            self._start("master.Master", *at, "--port", str(port), "--webui-port", str(page))
            reached(port)
            self.workers = [self._worker(number, at) for number in range(2)]
        except BaseException:
            self.close()
            raise

    def _worker(self, number: int, at: list[str]) -> subprocess.Popen[bytes]:
        work = ["--work-dir", str(self._folder / f"work-{number}")]
        size = ["--cores", "1", "--memory", "700m"]
        ports = ["--port", "0", "--webui-port", str(free_port())]
        return self._start("worker.Worker", self.url, *at, *ports, *size, *work)

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        log = self._closing.enter_context(
            (self._folder / f"{name}.{len(arguments)}.log").open("ab")
        )
        settings = {
            "SPARK_HOME": str(self._home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_DIRS": str(self._folder / "local"),
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_DAEMON_JAVA_OPTS": FAST,
            "PYSPARK_PYTHON": sys.executable,
        }
        process = subprocess.Popen(
            [
                self._home / "bin" / "spark-class",
                f"org.apache.spark.deploy.{name}",
                *arguments,
            ],
            stdout=log,
            stderr=log,
            env=os.environ | settings,
        )
        self._closing.callback(end, process)
        return process

    def close(self) -> None:
        """End every process that was started here."""
        self._closing.close()


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def reached(port: int) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its children, by their ids."""
    found = children(process.pid)
    process.kill()
    process.wait(30)
    for child in found:
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            continue


def children(parent: int) -> list[int]:
    """The processes that a process has started."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    rows = [line.split() for line in listed.stdout.splitlines()]
    return [int(pid) for pid, ppid in rows if int(ppid) == parent]


@pytest.fixture(scope="class")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Master and workers."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        yield cluster
    finally:
        cluster.close()


@pytest.fixture(scope="class")
def remote(cluster: Cluster) -> Iterator[Any]:
    """A session with an executor on each worker."""
    options = OPTIONS | {
        "spark.cores.max": "2",
        "spark.executor.cores": "1",
        "spark.scheduler.minRegisteredResourcesRatio": "1.0",
        "spark.scheduler.maxRegisteredResourcesWaitingTime": "90s",
        "spark.sql.shuffle.partitions": "8",
    }
    with opened(cluster.url, options=options) as session:
        yield session


class TestOnACluster:
    """A standalone cluster of Spark on loopback."""

    def test_rows_are_those_of_the_local_engine(
        self, remote: Any, cluster: Cluster, planted: Path, tmp_path: Path
    ) -> None:
        """Two workers in processes of their own give the same rows."""
        assert remote.sparkContext.master == cluster.url
        assert_same(remote, planted, None, tmp_path)
        assert all(children(worker.pid) for worker in cluster.workers)

    def test_a_worker_that_dies_changes_nothing(
        self, remote: Any, cluster: Cluster, planted: Path, tmp_path: Path
    ) -> None:
        """Killed while its tasks run, with what it has computed; the other one goes on."""
        tracker = remote.sparkContext.statusTracker()
        begun, running = threading.Event(), []

        def kill() -> None:
            assert begun.wait(120)
            while not running:
                for stage in tracker.getActiveStageIds():
                    seen = tracker.getStageInfo(stage)
                    if seen is not None and seen.numCompletedTasks and seen.numActiveTasks:
                        running.append(seen)
                time.sleep(0.01)
            end(cluster.workers[0])

        def tick(stage: str, done: int, total: int | None) -> None:
            if stage == "comparing":
                begun.set()

        killer = threading.Thread(target=kill, daemon=True)
        killer.start()
        assert_same(remote, planted, None, tmp_path, tick=tick)
        killer.join(30)

        assert running
        assert cluster.workers[0].poll() is not None
        assert cluster.workers[1].poll() is None


@pytest.mark.parametrize("at_once", [21, 50, 1000])
@pytest.mark.parametrize("rows", [7, 64, 5000])
def test_slices_have_the_links_of_the_whole(at_once: int, rows: int) -> None:
    """However occurrences come in batches and slices, each link is written, and once."""
    random_ = np.random.default_rng(5)
    parameters = Parameters(min_words=4)
    groups = []
    for name, size in enumerate((1, 300, 2, 20, 21, 22, 700, 1)):
        # Some documents hold many occurrences, some of them close to each other.
        ranks = np.sort(random_.integers(0, size // 3 + 1, size))
        spots = np.unique(ranks << 32 | random_.integers(0, 90, size))
        groups.append((name - 3, spots))
    expected = []
    for name, spots in groups:
        out = np.zeros((link_count(len(spots), parameters.all_pairs_to), 4), np.int64)
        docs, places = (spots >> 32).tolist(), (spots & 0xFFFFFFFF).tolist()
        # An odd hash is that of unspaced characters, of which two make a word.
        limits = (-1, parameters.all_pairs_to, parameters.min_words * (1 + (name & 1)))
        used = link_group(docs, places, 0, len(spots), *limits, out, 0)
        expected += map(tuple, out[:used].tolist())
    hashes = np.concatenate([np.full(len(spots), name) for name, spots in groups])
    table = pa.table([hashes, np.concatenate([spots for _, spots in groups])], SHINGLES.names)

    found = seeds_of(table.to_batches(rows), parameters, at_once=at_once)

    seeds = pa.Table.from_batches(found)
    columns = [seeds[name].to_numpy() for name in seeds.column_names]
    numbers = [half for column in columns for half in (column >> 32, column & 0xFFFFFFFF)]
    got = zip(*(half.tolist() for half in numbers), strict=True)
    assert sorted(got) == sorted(expected)


def test_without_java_the_message_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whoever has no Java is told the command for their system."""
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with (
        pytest.raises(FileNotFoundError, match="apt-get install openjdk-17-jre-headless"),
        opened(),
    ):
        pass


@pytest.mark.parametrize(
    ("said", "status"), [("Unable to locate a Java Runtime.", 1), ('java version "1.8.0_402"', 0)]
)
def test_a_java_that_will_not_do_is_told_with_its_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, status: int
) -> None:
    """A placeholder or an old Java is told apart from none."""
    (tmp_path / "bin").mkdir()
    java = tmp_path / "bin" / "java"
    java.write_text(f"#!/bin/sh\necho '{said}' >&2\nexit {status}\n", encoding="utf-8")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(OSError, match=rf"(?s){re.escape(said)}.*openjdk-17"), opened():
        pass


def test_without_pyspark_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spark is an extra."""
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(ImportError, match=r"pip install 'newspan\[spark\]'"), opened():
        pass


@pytest.mark.parametrize(
    ("master", "here"),
    [("local[*]", True), ("spark://127.0.0.1:7077", True), ("spark://host:7077", False)],
)
def test_the_driver_stays_on_loopback_where_the_master_does(master: str, here: bool) -> None:
    """Nothing listens to the outside unless the cluster is there."""
    assert is_here(master) is here
