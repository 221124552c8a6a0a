"""`newspan hydrate`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from newspan.cli.common import Bars, json_option


@click.command("hydrate", short_help="Put a user's own texts back into a release without texts.")
@click.argument("release", type=click.Path(path_type=Path))
@click.argument("sources", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("dist"),
    show_default=True,
    help="Where the folder goes.",
)
@json_option
def command(release: Path, sources: Path, out: Path, as_json: bool) -> None:
    """Put the texts in the folder SOURCES back into RELEASE, which ships none.

    Files are matched by SHA-256, else by file name or document id, else by what stands in them.
    With the very texts that were annotated the full release comes out. In a text that differs,
    spans are looked for; what could not be placed is left out and reported (exit code 1), nothing
    is guessed. RELEASE and SOURCES are only read.
    """
    from newspan.release.hydrate import hydrate

    try:
        hydrated = hydrate(release, sources, out, Bars())
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    click.echo(f"wrote {hydrated.path}", err=True)
    if as_json:
        click.echo(json.dumps(hydrated.json(), ensure_ascii=False, indent=1))
    else:
        click.echo(hydrated.text())
    sys.exit(1 if hydrated.unplaced else 0)
