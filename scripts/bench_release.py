"""Measure the build of a large release against a plain script, and both tables for counting.

    python scripts/bench_release.py [--documents N] [--folder DIR] [--rounds N] [--ours]

Writes a synthetic corpus of N documents of 50 spans (100,000; it is used again if it is there),
builds it with `newspan build`, all checks included, and with release_bench/plain.py, which writes
the same configs by json, jsonschema-rs and `Dataset.from_generator(...).to_parquet`. Told are CPU
seconds of the whole process, peak memory, size of the Parquet files, whether the rows are the same,
and how much faster one layer is counted on the flat table `spans` than on the rows of `paragraphs`
that nest it (median of 11, in one process). Exit 1 when the rows differ or a figure is missed:
memory of at most 2 GB, half the CPU, 65 % of the size, a tenth of the time to count.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pyarrow.compute as pc
import pyarrow.parquet as pq

from newspan.release.configs import CONFIGS
from newspan.release.logical import LogicalHash
from release_bench.synthetic import make_corpus

SEED = 1
FULL = 100_000
GIGABYTE = 1e9


class Run(NamedTuple):
    """What a process took: CPU and wall seconds, and peak memory in bytes."""

    cpu: float
    wall: float
    memory: int


def measured(*command: str) -> Run:
    """Run a command to its end and return what it took.

    Raises:
        RuntimeError: when it fails.
    """
    offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1"}
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, env={**os.environ, **offline}, cwd=Path(__file__).parent
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} exited with {process.returncode}")
    wall = time.perf_counter() - begin
    return Run(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024)


def sizes(folder: Path) -> int:
    """Return the bytes of the configs' files."""
    return sum((folder / config.path).stat().st_size for config in CONFIGS)


def hashes(folder: Path) -> dict[str, str]:
    """Return the logical hash of each config's rows."""
    found = {}
    for config in CONFIGS:
        running = LogicalHash(config.schema)
        for batch in pq.ParquetFile(folder / config.path).iter_batches(20_000):
            running.update(batch)
        found[config.name] = running.hexdigest()
    return found


def count_flat(folder: Path) -> int:
    """Return how many claims there are, by the table `spans`: one column of it says so."""
    path = folder / "spans/train-00000-of-00001.parquet"
    layers = pq.read_table(path, columns=["layer"], read_dictionary=["layer"]).column("layer")
    counts = {each["values"]: each["counts"] for each in pc.value_counts(layers).to_pylist()}
    return int(counts["claim"])


def count_nested(folder: Path) -> int:
    """Return the same by the rows of `paragraphs`, each with the list of its claims, exploded."""
    path = folder / "paragraphs/train-00000-of-00001.parquet"
    return len(pc.list_flatten(pq.read_table(path, columns=["claim"]).column("claim")))


def median_times(rounds: int, *calls: Callable[[], object]) -> list[float]:
    """Return the median seconds of each call, rounds interleaved."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for own, call in zip(times, calls, strict=True):
            begin = time.perf_counter()
            call()
            own.append(time.perf_counter() - begin)
    return [statistics.median(own) for own in times]


def main() -> int:
    """Print the figures; 1 when one is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=FULL)
    parser.add_argument("--folder", type=Path, help="Scratch space, which is kept.")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--ours", action="store_true", help="Leave the plain script out.")
    options = parser.parse_args()
    if options.folder is None:
        with tempfile.TemporaryDirectory() as folder:
            return bench(Path(folder), options.documents, options.rounds, ours=options.ours)
    return bench(options.folder, options.documents, options.rounds, ours=options.ours)


def bench(folder: Path, documents: int, rounds: int, *, ours: bool) -> int:
    """Measure in a folder and print."""
    corpus = folder / f"corpus-{documents}"
    if not corpus.is_dir():
        make_corpus(folder / "unfinished", documents, SEED)
        (folder / "unfinished").rename(corpus)
    good = []

    def tell(what: str, value: str, fits: bool | None = None) -> None:
        good.append(fits is not False)
        print(f"{what}: {value}", *(["MISSED"] if fits is False else []), flush=True)

    tell("documents", f"{documents:,}")
    built = folder / "built"
    shutil.rmtree(built, ignore_errors=True)
    newspan = str(Path(sys.executable).with_name("newspan"))
    own = measured(newspan, "build", "--corpus", str(corpus), "--out", str(built))
    release = next(built.iterdir())
    size = sizes(release)
    memory = own.memory / GIGABYTE
    tell("newspan build, peak memory", f"{memory:.2f} GB", memory <= 2)
    tell("newspan build", f"{own.cpu:,.0f} s of CPU, {own.wall:,.0f} s, {size / 1e6:,.0f} MB")
    flat, nested = median_times(rounds, lambda: count_flat(release), lambda: count_nested(release))
    same = count_flat(release) == count_nested(release)
    tell("claims counted, spans", f"{flat * 1e3:,.1f} ms")
    tell("claims counted, paragraphs", f"{nested * 1e3:,.1f} ms, as many: {same}", same)
    # Opening a file outweighs counting in a small one.
    is_fast = nested / flat >= 10 if documents >= FULL else None
    tell("flat is faster by", f"{nested / flat:.1f} x", is_fast)
    if not ours:
        plain = folder / "plain"
        shutil.rmtree(plain, ignore_errors=True)
        other = measured(sys.executable, "-m", "release_bench.plain", str(corpus), str(plain))
        theirs = sizes(plain)
        tell("plain script, peak memory", f"{other.memory / GIGABYTE:.2f} GB")
        text = f"{other.cpu:,.0f} s of CPU, {other.wall:,.0f} s, {theirs / 1e6:,.0f} MB"
        tell("plain script", text)
        equal = hashes(release) == hashes(plain)
        tell("the same rows", str(equal), equal)
        tell("CPU", f"{other.cpu / own.cpu:.2f} x less", other.cpu / own.cpu >= 2)
        tell("size", f"{size / theirs:.1%}", size / theirs <= 0.65)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
