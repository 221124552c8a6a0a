"""`newspan project`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newspan.cli.common import corpus_option, print_problems


@click.command("project", short_help="Carry annotations to copies.")
@click.argument("annotations")
@click.option("--into", required=True, help="Id of the set to write.")
@click.option("--blocks", default="reuse_v1", show_default=True, help="Set of duplicate blocks.")
@corpus_option
def command(annotations: str, into: str, blocks: str, corpus: Path) -> None:
    """Carry the set ANNOTATIONS from canonical blocks to their copies.

    A span is carried where both its borders align and its words are equal; an attribution or link
    where all its ends are. The set INTO gets the old records and the new ones. What is left for a
    person goes to annotation/campaigns/INTO-queue.jsonl, with the reasons.
    """
    from newspan.reuse.project_set import ProjectError, project_set

    try:
        report = project_set(corpus, annotations, into, blocks)
    except ProjectError as error:
        print_problems(error.problems, err=True)
        click.echo("nothing was written", err=True)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    for kind, number in report.carried.items():
        click.echo(f"{kind}s carried: {number}")
    for reason, number in report.left.items():
        click.echo(f"left for a person, {reason}: {number}")
    click.echo(f"wrote {report.path}", err=True)
    if report.queue is not None:
        click.echo(f"what is left is listed in {report.queue}", err=True)
