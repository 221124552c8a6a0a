"""Options and output that several verbs share."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from newspan.problems import Problem


def corpus_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --corpus DIR, as every verb that reads a corpus has it."""
    return click.option(
        "--corpus",
        type=click.Path(path_type=Path),
        default=Path(),
        help="The corpus's folder; the current one if not given.",
    )(function)


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(
        function
    )


def pairs(given: Sequence[str]) -> dict[str, str]:
    """Return what is written as NAME=VALUE.

    Raises:
        ValueError: when something is not.
    """
    found: dict[str, str] = {}
    for each in filter(str.strip, given):
        name, sign, value = each.strip().partition("=")
        if not (name and sign and value):
            raise ValueError(f"{each!r} is not written NAME=VALUE")
        found[name] = value
    return found


class Bars:
    """Progress bars of stages, on a terminal only, for what takes longer than two seconds."""

    def __init__(self) -> None:
        """Begin without a bar."""
        self._stage = ""
        self._bar: Any = None

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Show how far a stage is."""
        if not sys.stderr.isatty():
            return
        from tqdm import tqdm

        if stage != self._stage:
            if self._bar is not None:
                self._bar.close()
            reading = total is None
            self._bar = tqdm(
                desc=stage,
                total=total,
                delay=2,
                unit="B" if stage == "reading" else "",
                unit_scale=reading,
            )
            self._stage = stage
        self._bar.update(done - self._bar.n)
        if total is not None and done >= total:
            self._bar.close()


def print_problems(
    problems: Sequence[Problem], *, as_json: bool = False, err: bool = False
) -> None:
    """Print problems, each with its place, and the hint once per id; on stderr if `err`."""
    if as_json:
        click.echo(json.dumps([p.to_json() for p in problems], ensure_ascii=False, indent=1))
        return
    told: set[str] = set()
    for problem in problems:
        click.echo(f"{problem.place}: {problem.severity} {problem.id}: {problem.message}", err=err)
        if problem.id not in told:
            told.add(problem.id)
            click.echo(f"    {problem.hint}", err=err)
    counts = Counter(problem.severity for problem in problems)
    if problems:
        parts = [f"{n} {word}{'' if n == 1 else 's'}" for word, n in sorted(counts.items())]
        click.echo(", ".join(parts), err=True)
