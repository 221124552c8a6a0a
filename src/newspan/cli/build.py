"""`newspan build`."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import NoReturn

import click

from newspan.cli.common import Bars, corpus_option, print_problems

_PATH = click.Path(path_type=Path)


@click.command("build", short_help="Build a release of a corpus.")
@corpus_option
@click.option("--out", type=_PATH, help="Where releases go; CORPUS/dist if not given.")
@click.option("--version", metavar="X.Y.Z", help="Build this version; corpus.json then says it.")
@click.option("--previous", type=_PATH, help="The newest recorded release, to compare with.")
@click.option("--no-text", is_flag=True, help="Leave the texts out; newspan hydrate restores them.")
@click.option("--sign", "key", type=_PATH, help="Sign it with this private key of OpenSSH.")
@click.option("--record", is_flag=True, help="Keep its manifest in corpus/releases.")
@click.option("--load", "and_load", is_flag=True, help="Then load it with datasets.")
@click.option("--reproduce", metavar="X.Y.Z", help="Build a recorded version again, and compare.")
@click.option("--here", is_flag=True, help="With --reproduce: install nothing.")
def command(
    corpus: Path,
    out: Path | None,
    version: str | None,
    previous: Path | None,
    no_text: bool,
    key: Path | None,
    record: bool,
    and_load: bool,
    reproduce: str | None,
    here: bool,
) -> None:
    """Build a release: Parquet that `datasets` loads, card, manifest and checksums.

    The release is written whole or not at all, and the same corpus gives the same bytes. Problems
    of severity error stop the build. A corpus of any size is read in parts, in about 1 GB of
    memory.

    With --version or --record the release is compared with the newest one in corpus/releases: a
    version that is too small for what has changed is refused, and so is one that is recorded with
    other data. The old rows are taken from --previous, or from the folder that releases go to.

    --reproduce leaves the corpus and its releases alone: it checks out the commit that recorded a
    version, installs it with its constraints, builds there, and compares every hash.
    """
    from newspan.release.build import BuildError, build
    from newspan.release.signature import SigningError

    if reproduce is not None:
        if any((out, version, previous, no_text, key, record, and_load)):
            raise click.UsageError("--reproduce goes with --corpus and --here alone")
        _reproduce(corpus, reproduce, here)
    if previous and not version and not record:
        raise click.UsageError("--previous goes with --version or --record")
    if here:
        raise click.UsageError("--here goes with --reproduce")
    if no_text and and_load:
        raise click.UsageError("a release without texts is not loaded; leave --load out")
    try:
        release = build(
            corpus,
            out,
            version=version,
            previous=previous,
            no_text=no_text,
            sign=key,
            record=record,
            say=Bars(),
        )
    except BuildError as error:
        print_problems(error.problems, err=True)
        click.echo("nothing was built", err=True)
        sys.exit(1)
    except SigningError as error:
        click.echo(f"{error}; nothing was built", err=True)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    if release.warnings:
        print_problems(release.warnings, err=True)
    if version is None and not record:
        _tell_if_other(corpus, release.path, release.manifest["version"])
    click.echo(f"built {release.path}")
    rows = release.rows
    if and_load:
        rows = _loaded_rows(release.path, rows)
        click.echo("loaded with datasets:")
    click.echo(f"documents {len(release.manifest['documents'])}")
    click.echo(f"items {len(release.manifest['items'])}")
    for name, number in rows.items():
        click.echo(f"rows of {name}: {number}")


def _tell_if_other(corpus: Path, release: Path, version: str) -> None:
    """Say on stderr when a release has other data than the recorded one of its version."""
    from newspan.release.bump import is_other_than_recorded

    try:
        other = is_other_than_recorded(corpus / "corpus" / "releases", release)
    except ValueError as error:
        click.echo(str(error), err=True)
        return
    if other:
        said = f"{version} is recorded with other data: this is not {version}"
        click.echo(f"{said}; --version gives it a number of its own", err=True)


def _reproduce(corpus: Path, version: str, here: bool) -> NoReturn:
    """Build a recorded version again, tell how it compares, and exit."""
    from newspan.release.reproduce import reproduce

    try:
        problems = reproduce(corpus, version, here=here, say=partial(click.echo, err=True))
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    print_problems(problems)
    if not problems:
        click.echo(f"{version} comes out as recorded: every file and every row")
    sys.exit(1 if problems else 0)


def _loaded_rows(path: Path, expected: dict[str, int]) -> dict[str, int]:
    """Load every config and return its number of rows as `datasets` counts them."""
    import datasets

    from newspan.release.load import load

    datasets.disable_progress_bars()
    found = {name: load(name, path).num_rows for name in expected}
    if found != expected:
        raise click.ClickException(f"datasets loaded {found}, the manifest says {expected}")
    return found
