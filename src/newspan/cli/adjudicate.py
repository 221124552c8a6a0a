"""`newspan adjudicate`, and its `push` and `pull`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newspan.cli.common import corpus_option, json_option, print_problems

if TYPE_CHECKING:
    from newspan.adjudication.report import Report

T = TypeVar("T")


@click.command("adjudicate")
@click.argument("sets", nargs=-1, required=True, metavar="SET_A [SET_B...]")
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
def sets_command(
    sets: tuple[str, ...], into: str, auto: bool, blocks: str | None, corpus: Path, as_json: bool
) -> None:
    """Compare annotation sets, list their conflicts, and write what is settled as the set INTO.

    What is alike is taken. Everything else is a line of annotation/campaigns/INTO/decisions.jsonl:
    fill in its decision (docs/adjudication.md shows how) and run the same command again. The exit
    code is 1 while a conflict is open, with --auto too. Of a single set, what a person has reviewed
    is written.

    To decide, or to review a set, in Label Studio: newspan adjudicate push, newspan adjudicate
    pull.
    """
    from newspan.adjudication.adjudicate_set import adjudicate_sets

    report = _done(lambda: adjudicate_sets(corpus, sets, into, auto=auto, blocks_id=blocks))
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
    else:
        _print(report)
    _print_outcome(report)
    sys.exit(0 if report.is_complete else 1)


class _OrSets(click.Group):
    """A group that compares the sets it is given when it is given no command."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """Return the context of a command, or of what compares sets."""
        if args and args[0] in self.commands:
            return super().make_context(info_name, args, parent, **extra)
        return sets_command.make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the context is of."""
        return super().invoke(ctx) if ctx.command is self else ctx.command.invoke(ctx)


@click.group("adjudicate", cls=_OrSets, short_help="Settle what annotation sets differ in.")
def command() -> None:
    """Compare annotation sets, or one in Label Studio."""


def _server_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--server",
        metavar="URL",
        help="Label Studio's address; LABEL_STUDIO_URL's or the last push's if not given.",
    )(function)


def _done(work: Callable[[], T]) -> T:
    """Return what work returns; what makes it impossible is printed, and ends the program."""
    from newspan.adjudication.case import AdjudicateError

    try:
        return work()
    except AdjudicateError as error:
        print_problems(error.problems, err=True)
        click.echo("nothing was written", err=True)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None


@command.command("push", short_help="Ask in Label Studio what is to be decided.")
@click.argument("sets", nargs=-1, required=True, metavar="SET_A [SET_B...]")
@click.option("--into", required=True, help="Id of the set to write in the end.")
@click.option("--by", required=True, metavar="ALIAS", help="Who decides, or reviews.")
@click.option(
    "--blocks",
    metavar="SET",
    help="Set of duplicate blocks, or none; reuse_v1 if there and none is named.",
)
@_server_option
@corpus_option
@json_option
def push(
    sets: tuple[str, ...],
    into: str,
    by: str,
    blocks: str | None,
    server: str | None,
    corpus: Path,
    as_json: bool,
) -> None:
    """Bring the open conflicts between sets to Label Studio, or a single set to be reviewed.

    Each item that something is to be decided in is a task of one project. What was asked before is
    not asked again; after a fault, run it again. The token for the server is read from
    LABEL_STUDIO_API_KEY.
    """
    from newspan.adjudication.push import adjudicate_push
    from newspan.cli.common import Bars

    bars = Bars()

    def progress(done: int, total: int) -> None:
        bars("tasks", done, total)

    made = _done(
        lambda: adjudicate_push(
            corpus, sets, into, by=by, server=server, blocks_id=blocks, progress=progress
        )
    )
    if as_json:
        click.echo(json.dumps(made.to_json(), ensure_ascii=False, indent=1))
    elif made.project is None:
        click.echo("nothing is to be decided in Label Studio")
    else:
        what = "items to review" if len(sets) == 1 else "conflicts to decide"
        click.echo(f"tasks: {made.tasks}, {made.sent} sent now")
        click.echo(f"{what}: {made.asked}")
        click.echo(f"{made.project.title}: {made.project.url}")
    if not as_json:
        if made.unseen:
            told = "conflicts on links between items, to decide in decisions.jsonl"
            click.echo(f"{told}: {made.unseen}", err=True)
        print_problems(made.problems, err=True)
    sys.exit(1 if any(each.severity == "error" for each in made.problems) else 0)


@command.command("pull", short_help="Bring decisions from Label Studio, and follow them.")
@click.argument("into", metavar="SET")
@click.option("--again", is_flag=True, help="Read what was pulled last, without the server.")
@_server_option
@corpus_option
@json_option
def pull(into: str, again: bool, server: str | None, corpus: Path, as_json: bool) -> None:
    """Bring what was decided for SET to its decisions.jsonl, and write SET if all is decided.

    What came is kept first: as received in annotation/campaigns/SET/private, which git leaves
    alone, and with aliases instead of people in pulls/. The exit code is 1 while a conflict is
    open or something is wrong.
    """
    from newspan.adjudication.pull import adjudicate_pull
    from newspan.cli.common import Bars

    made = _done(lambda: adjudicate_pull(corpus, into, again=again, server=server, progress=Bars()))
    if as_json:
        click.echo(json.dumps(made.to_json(), ensure_ascii=False, indent=1))
    else:
        click.echo(f"tasks submitted: {made.submitted} of {made.tasks}")
        _print(made.report)
        print_problems(made.problems, err=True)
    _print_outcome(made.report)
    wrong = any(each.severity == "error" for each in made.problems)
    sys.exit(0 if made.report.is_complete and not wrong else 1)


def _print_outcome(report: Report) -> None:
    """Tell on stderr what is wrong, what is open, and what was written."""
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
    waits = "records that wait for an open conflict"
    if report.reviewed is not None:
        waits = "links that wait for an item to be reviewed"
    for words, number in (
        (waits, report.waiting),
        ("decisions on conflicts that are no more", report.stale),
        ("amendments", report.amendments),
    ):
        if number:
            click.echo(f"{words}: {number}")
    if report.reviewed is not None:
        click.echo(f"items reviewed: {report.reviewed} of {report.items}")


_ASIDE = {
    "copy": "in copies, left to projection",
    "uncompared": "not compared, since no other set looked there",
    "orphan-role": "role spans of no attribution",
}
