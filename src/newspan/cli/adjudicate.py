"""`newspan adjudicate`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newspan.cli.common import corpus_option, json_option, print_problems

if TYPE_CHECKING:
    from newspan.adjudication.report import Report


@click.command("adjudicate", short_help="Settle what annotation sets differ in.")
@click.argument("sets", nargs=-1, required=True, metavar="SET_A SET_B [SET_C...]")
@click.option("--into", required=True, help="Id of the set to write.")
@click.option(
    "--auto", is_flag=True, help="Write the set although conflicts are open, without them."
)
@click.option(
    "--blocks",
    metavar="SET",
    help="Set of duplicate blocks, or none; reuse_v1 if there and none is named.",
)
@corpus_option
@json_option
def command(
    sets: tuple[str, ...], into: str, auto: bool, blocks: str | None, corpus: Path, as_json: bool
) -> None:
    """Compare annotation sets, list their conflicts, and write what is settled as the set INTO.

    What is alike is taken. Everything else is a line of annotation/campaigns/INTO/decisions.jsonl:
    fill in its decision (docs/adjudication.md shows how) and run the same command again. The exit
    code is 1 while a conflict is open, with --auto too.
    """
    from newspan.adjudication.adjudicate_set import AdjudicateError, adjudicate_sets

    try:
        report = adjudicate_sets(corpus, sets, into, auto=auto, blocks_id=blocks)
    except AdjudicateError as error:
        print_problems(error.problems, err=True)
        click.echo("nothing was written", err=True)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
    else:
        _print(report)
    # Open conflicts are lines of the file already: printed one by one they would bury the rest.
    told = [each for each in report.problems if each.id != "conflict-undecided"]
    print_problems(told, err=True)
    opened = len(report.problems) - len(told)
    if opened:
        click.echo(f"open conflicts: {opened}; decide them in {report.decisions}", err=True)
    if report.archived is not None:
        click.echo(f"the former decisions are kept in {report.archived}", err=True)
    if report.path is None:
        click.echo("the set was not written", err=True)
    else:
        click.echo(f"wrote {report.path}", err=True)
    sys.exit(0 if report.is_complete else 1)


def _print(report: Report) -> None:
    for name, layer in report.layers.items():
        conflicts = layer.decided + layer.undecided
        if not (layer.alike or conflicts or layer.aside):
            continue
        click.echo(f"{name}: alike {layer.alike}, conflicts {conflicts}, decided {layer.decided}")
        for kind, number in layer.conflicts.items():
            click.echo(f"  {kind}: {number}")
        for reason, number in layer.aside.items():
            click.echo(f"  {_ASIDE[reason]}: {number}")
    for words, number in (
        ("records that wait for an open conflict", report.waiting),
        ("decisions on conflicts that are no more", report.stale),
        ("amendments", report.amendments),
    ):
        if number:
            click.echo(f"{words}: {number}")


_ASIDE = {
    "copy": "in copies, left to projection",
    "uncompared": "not compared, since no other set looked there",
    "orphan-role": "role spans of no attribution",
}
