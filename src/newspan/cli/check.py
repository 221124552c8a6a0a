"""`newspan check`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newspan.cli.common import corpus_option, json_option, print_problems


@click.command("check", short_help="Find faults in a corpus.")
@corpus_option
@json_option
def command(corpus: Path, as_json: bool) -> None:
    """Find faults in a corpus: its files, records, offsets, evidence and annotations.

    Prints nothing but a line on stderr when all is well. docs/problems.md lists every problem id.
    """
    from newspan.checks import check

    problems = check(corpus)
    print_problems(problems, as_json=as_json)
    if not problems:
        click.echo("no problems", err=True)
    sys.exit(1 if problems else 0)
