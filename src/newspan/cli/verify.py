"""`newspan verify`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newspan.cli.common import Bars, json_option, print_problems

if TYPE_CHECKING:
    from newspan.release.verify import Report

_FILE = click.Path(path_type=Path)


@click.command("verify", short_help="Tell whether a release is as it was built, and by whom.")
@click.argument("release", type=_FILE)
@click.option("--manifest", type=_FILE, help="Committed manifest (corpus/releases) to hold it to.")
@click.option("--signers", type=_FILE, help="Allowed-signers file: one of them must have signed.")
@click.option("--identity", metavar="NAME", help="Who of the signers must have; anybody if absent.")
@json_option
def command(
    release: Path,
    manifest: Path | None,
    signers: Path | None,
    identity: str | None,
    as_json: bool,
) -> None:
    """Tell whether a RELEASE is as it was built, and whose it is.

    Checks every file's hash, page checksums, logical hashes, schemas, columns and the card's YAML;
    then makes the corpus again from the release, checks it, and derives every row anew. What stands
    on stderr says what was checked, and what could not be.

    Whoever rewrites a release from end to end can make it agree with itself: only a committed
    manifest (--manifest) or a signature (--signers) shows that. docs/verification.md has the table
    of what shows what.
    """
    from newspan.release.verify import examine

    if identity is not None and signers is None:
        raise click.UsageError("--identity names one of the --signers")
    try:
        report = examine(release, manifest=manifest, signers=signers, identity=identity, say=Bars())
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    print_problems(report.problems, as_json=as_json)
    _tell(release, report)
    sys.exit(1 if report.problems else 0)


def _tell(release: Path, report: Report) -> None:
    for note in report.notes:
        click.echo(f"note: {note}", err=True)
    if report.files:
        size = f"{report.files:,} files, {report.bytes:,} bytes, {report.rows:,} rows"
        click.echo(f"checked {size}: {', '.join(report.checked) or 'hashes'}", err=True)
        click.echo(f"signature: {report.signature}", err=True)
    if not report.problems:
        click.echo(f"{release} is whole", err=True)
