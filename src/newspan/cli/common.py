"""Options and output that several verbs share."""

from __future__ import annotations

import json
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
