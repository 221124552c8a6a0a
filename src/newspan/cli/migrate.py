"""`newspan migrate`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newspan.cli.common import corpus_option, print_problems


@click.command("migrate", short_help="Lift a corpus to the newest version of the schemas.")
@click.option("--dry-run", is_flag=True, help="Change nothing; tell what would be.")
@corpus_option
def command(corpus: Path, dry_run: bool) -> None:
    """Lift a corpus's files from an older version of the schemas to the newest.

    Run it again if it was interrupted.
    """
    from newspan.upkeep.migrate import migrate

    try:
        done = migrate(corpus, dry_run=dry_run)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    would = "would go " if dry_run else ""
    for step in done.steps:
        click.echo(f"{would}from {step.start} to {step.end}: {step.what}")
    for name in done.files:
        click.echo(f"  {'would be ' if dry_run else ''}written: {name}")
    print_problems(done.problems, err=True)
    if not done.steps and not done.problems:
        click.echo("the corpus follows the newest schemas")
    sys.exit(1 if done.problems else 0)
