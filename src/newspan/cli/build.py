"""`newspan build`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newspan.cli.common import corpus_option, print_problems


@click.command("build", short_help="Build a release of a corpus.")
@corpus_option
@click.option(
    "--out", type=click.Path(path_type=Path), help="Where releases go; CORPUS/dist if not given."
)
@click.option("--load", "and_load", is_flag=True, help="Then load it with datasets.")
def command(corpus: Path, out: Path | None, and_load: bool) -> None:
    """Build a release: Parquet that `datasets` loads, card, manifest and checksums.

    The release is written whole or not at all, and the same corpus gives the same bytes. Problems
    of severity error stop the build.
    """
    from newspan.release.build import BuildError, build

    try:
        release = build(corpus, out)
    except BuildError as error:
        print_problems(error.problems, err=True)
        click.echo("nothing was built", err=True)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    if release.warnings:
        print_problems(release.warnings, err=True)
    click.echo(f"built {release.path}")
    rows = release.rows
    if and_load:
        rows = _loaded_rows(release.path, rows)
        click.echo("loaded with datasets:")
    click.echo(f"documents {len(release.manifest['documents'])}")
    click.echo(f"items {len(release.manifest['items'])}")
    for name, number in rows.items():
        click.echo(f"rows of {name}: {number}")


def _loaded_rows(path: Path, expected: dict[str, int]) -> dict[str, int]:
    """Load every config and return its number of rows as `datasets` counts them."""
    import datasets

    from newspan.release.load import load

    datasets.disable_progress_bars()
    found = {name: load(name, path).num_rows for name in expected}
    if found != expected:
        raise click.ClickException(f"datasets loaded {found}, the manifest says {expected}")
    return found
