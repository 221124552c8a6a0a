"""`newspan datasheet`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newspan.cli.common import corpus_option, print_problems


@click.command("datasheet", short_help="Bring the datasheet's figures up to date.")
@corpus_option
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 1 if it is stale.")
def command(corpus: Path, only_check: bool) -> None:
    """Write the corpus's figures between the markers of its DATASHEET.md."""
    from newspan.release.build import BuildError
    from newspan.release.datasheet import datasheet

    path = corpus / "DATASHEET.md"
    try:
        new = datasheet(corpus)
        stale = path.read_text(encoding="utf-8") != new
        if stale and not only_check:
            path.write_bytes(new.encode("utf-8"))
    except BuildError as error:
        print_problems(error.problems, err=True)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    click.echo(f"{path} is {'stale' if only_check else 'written'}" if stale else f"{path} is fresh")
    sys.exit(1 if stale and only_check else 0)
