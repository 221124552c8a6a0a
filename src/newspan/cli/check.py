"""`newspan check`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newspan.cli.common import corpus_option, json_option, print_problems

if TYPE_CHECKING:
    from newspan.quality import Report


@click.command("check", short_help="Find faults in a corpus.")
@click.argument("sets", nargs=-1, metavar="[SET]...")
@click.option("--quality", is_flag=True, help="Report on the quality of annotation sets too.")
@click.option("--blocks", help="With --quality: set of duplicate blocks.  [default: reuse_v1]")
@corpus_option
@json_option
def command(
    sets: tuple[str, ...], quality: bool, blocks: str | None, corpus: Path, as_json: bool
) -> None:
    """Find faults in a corpus: its files, records, offsets, evidence and annotations.

    Prints nothing but a line on stderr when all is well. docs/problems.md lists every problem id.

    With --quality a report on annotation sets follows: the SETs named, or all that hold claims,
    attributions or loaded language. It lints spans and attributions, and compares repeated strings,
    copies, lengths and densities; docs/quality.md says how. It is there to be read and leaves the
    exit code as it is: 1 where there are problems, else 0. With --json an object holds both,
    "problems" and "quality".
    """
    from newspan.checks import check

    if (sets or blocks is not None) and not quality:
        raise click.UsageError("sets and --blocks are for --quality")
    problems = check(corpus)
    report = _report(corpus, sets, blocks) if quality else None
    if quality and as_json:
        found = [problem.to_json() for problem in problems]
        data = {"problems": found, "quality": None if report is None else report.to_json()}
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
    else:
        print_problems(problems, as_json=as_json)
        if report is not None:
            _print(report)
    if not problems:
        click.echo("no problems", err=True)
    sys.exit(1 if problems else 0)


def _report(corpus: Path, sets: tuple[str, ...], blocks: str | None) -> Report | None:
    """Return the report; None where there is no corpus to report on, as the problems then say."""
    from newspan.quality import NoCorpusError, quality_report

    try:
        return quality_report(corpus, sets, blocks)
    except NoCorpusError:
        click.echo("there is no quality report: the corpus cannot be read", err=True)
        return None
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _print(report: Report) -> None:
    from newspan.quality import report_lines

    for line in report_lines(report):
        click.echo(line)
