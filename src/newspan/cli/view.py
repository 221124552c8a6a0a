"""`newspan view`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newspan.cli.common import corpus_option, print_problems


@click.command("view", short_help="Write a corpus as one HTML file to read.")
@click.argument("sets", nargs=-1, metavar="[SET]...")
@corpus_option
@click.option(
    "--release", type=click.Path(path_type=Path), help="Read this release, not a corpus's folder."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Where it goes; view.html, or with --folder view, if not given.",
)
@click.option("--folder", is_flag=True, help="Write a folder, for thousands of items.")
def command(
    sets: tuple[str, ...], corpus: Path, release: Path | None, out: Path | None, folder: bool
) -> None:
    """Write a corpus as one HTML file: texts, annotations, provenance, shared passages.

    Open it in any browser, or send it along: it needs no network, no server and no newspan.

    Without SETs all annotation sets can be chosen in the page, and those of the newest recorded
    adjudication are compared. With one SET only that one is shown; two or more are compared.

    \b
    newspan view                          all sets, view.html
    newspan view pass_a pass_b            these two, and where they differ
    newspan view --release dist/…         a release, after its files were verified
    newspan view --folder --out site      a page with its parts beside it

    Prints the path of what it wrote. A file or folder of that name is replaced only if newspan view
    made it. docs/view.md says how to read the page.
    """
    from newspan.cli.common import Bars
    from newspan.viewer.view import ViewError, view

    if release is not None and corpus != Path():
        raise click.UsageError("give either --corpus or --release")
    try:
        viewed = view(corpus, sets, release=release, out=out, folder=folder, progress=Bars())
    except ViewError as error:
        print_problems(error.problems, err=True)
        click.echo("nothing was written", err=True)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    click.echo(viewed.path)
    size = f"{viewed.bytes / 1e6:.1f} MB"
    click.echo(
        f"{viewed.items} items, {size}; open {viewed.page} in a browser: it needs no network",
        err=True,
    )
