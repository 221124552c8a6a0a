"""`newspan duplicates`: the passages that texts share, from any input to a folder of results."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from newspan.engines.collection import DuplicateIdError, Tick, collect, same_run
from newspan.engines.local import find
from newspan.engines.results import NOTE, write_results
from newspan.formats.texts import Columns, InputError, files_of, passed_columns, read_texts
from newspan.reuse.parameters import Parameters
from newspan.reuse.tables import MEMBERS
from newspan.whole import whole_directory

# From so much text on one in four shingles is looked at, unless the parameters say otherwise.
SAMPLE_FROM = 400 << 20
SAMPLE = 4


@dataclass(frozen=True, slots=True)
class Found:
    """Where results are, the rows of each table, and how they were found."""

    path: Path
    rows: dict[str, int]
    parameters: Parameters


def duplicates(
    source: Path | str,
    out: Path | str,
    *,
    against: Path | str | None = None,
    id: str = "id",
    text: str = "text",
    columns: tuple[str, ...] = (),
    keep_one: bool = False,
    parameters: Parameters | None = None,
    sample: int | None = None,
    engine: str = "local",
    master: str | None = None,
    threads: int = 2,
    work: Path | str | None = None,
    tick: Tick = lambda stage, done, total: None,
) -> Found:
    """Find the passages that texts share, and write them to a folder, whole or not at all.

    Args:
        source: a folder of .txt files, JSON Lines, Parquet, or a saved Hugging Face dataset.
        out: the folder to write; an earlier result there is replaced.
        against: another such input: then only passages shared between the two are found.
        id: the column of the documents' ids, each once.
        text: the column of their texts.
        columns: columns to pass through, as `name` or `name=column`; those called `source` and
            `date` make the network and the dates.
        keep_one: also list what to drop so that one copy of each passage stays.
        parameters: how passages are found; None for the defaults.
        sample: look at one in so many shingles; by default at all, and from 400 MB on at one in 4.
        engine: `local` or `spark`.
        master: of Spark.
        threads: ranges worked on at once by the local engine.
        work: where to make the folder for what does not fit into memory and for going on after a
            kill, which is removed at the end; beside `out` if not given.
        tick: told how far a stage is: its name, how much is done, and of how much or None.

    Raises:
        ValueError: when an input is of no known kind, or `out` holds something else.
        InputError: when an input cannot be read as what it is.
        DuplicateIdError: when two documents of a collection have one id.
    """
    source, out = Path(source), Path(out).absolute()
    taken = [name for name in MEMBERS.names if name not in ("source", "date")]
    chosen = Columns(id, text, passed_columns(columns, taken))
    other = Path(against) if against is not None else None
    _check_out(source, other, out)
    folder = Path(work or out.parent) / f".{out.name}-work"
    inputs = [each for each in (source, other) if each is not None]
    size = sum(file.stat().st_size for each in inputs for file in _sizes(each))
    by_size = SAMPLE if size >= SAMPLE_FROM else 1
    how = parameters or Parameters()
    if sample is not None or how.sample == 1:
        how = replace(how, sample=by_size if sample is None else sample)
    same_run(folder, _description(source, other, chosen, how))
    try:
        if engine == "spark":
            from newspan.engines.spark import find_spark

            collected, passages = find_spark(source, other, chosen, how, master, folder, tick=tick)
        else:
            others = read_texts(other, chosen) if other else None
            collected = collect(read_texts(source, chosen), others, folder, threads, tick)
            passages = find(collected, how, folder, threads, tick)
        title = f"Shared passages: {source.name}"
        with whole_directory(out) as new:
            rows = write_results(new, collected, passages, how, keep_one, title, tick)
    except (InputError, DuplicateIdError, ValueError):
        shutil.rmtree(folder, ignore_errors=True)  # nothing to go on from
        raise
    del collected
    shutil.rmtree(folder, ignore_errors=True)
    return Found(out, rows, how)


def _check_out(source: Path, other: Path | None, out: Path) -> None:
    if out.is_file():
        raise ValueError(f"{out.name} is a file: --out names a folder")
    if out.exists() and any(out.iterdir()) and not (out / NOTE).exists():
        raise ValueError(f"{out.name} is not empty and holds no earlier result: choose another")
    for each in (source, other):
        if each is not None and out.resolve().is_relative_to(each.resolve()):
            raise ValueError("results can't go into a folder of texts: choose another --out")


def _sizes(path: Path) -> list[Path]:
    kind, files = files_of(path)
    return [file for file in path.rglob("*") if file.is_file()] if kind == "dataset" else files


def _description(
    source: Path, other: Path | None, columns: Columns, parameters: Parameters
) -> dict[str, Any]:
    """Return what two runs must have in common for one to go on where the other ended."""
    from importlib.metadata import version

    files = [
        [
            (str(file), file.stat().st_size, file.stat().st_mtime_ns)
            for file in (_sizes(each) if each is not None else ())
        ]
        for each in (source.resolve(), other and other.resolve())
    ]
    return {
        "version": version("newspan"),
        "files": files,
        "columns": columns.names,
        "parameters": asdict(parameters),
    }
