"""`newspan diff`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from newspan.cli.common import Bars, json_option, print_problems

_PATH = click.Path(path_type=Path)


@click.command("diff", short_help="Compare two releases.")
@click.argument("old", type=_PATH)
@click.argument("new", type=_PATH)
@click.option(
    "--limit",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="Changes to show of each kind; their number is always told.",
)
@click.option("--changelog", is_flag=True, help="Print a section for CHANGELOG.md.")
@json_option
def command(old: Path, new: Path, limit: int, changelog: bool, as_json: bool) -> None:
    """Compare two releases, OLD and NEW, by id and by place, and say which bump is due.

    Documents, items, zones, spans, attributions, links and duplicates: what was added, removed,
    moved, relabelled or edited, which column, from which value to which; texts, provenance, stance,
    folds, sets, columns and metadata. --json has every change. Releases that differ are no problem:
    the exit code is 0.
    """
    from newspan.release.diff import DiffError, diff

    if changelog and as_json:
        raise click.UsageError("--json and --changelog exclude each other")
    try:
        found = diff(old, new, progress=Bars())
    except DiffError as error:
        print_problems(error.problems, err=True)
        click.echo("nothing was compared", err=True)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        click.echo(json.dumps(found.json(), ensure_ascii=False, indent=1))
    elif changelog:
        click.echo(found.changelog(), nl=False)
    else:
        click.echo(found.text(limit))
