"""`newspan verify`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newspan.cli.common import json_option, print_problems


@click.command("verify", short_help="Tell whether a release is as it was built.")
@click.argument("release", type=click.Path(path_type=Path))
@json_option
def command(release: Path, as_json: bool) -> None:
    """Tell whether a RELEASE is as it was built: no byte changed, missing or extra."""
    from newspan.release.verify import verify

    problems = verify(release)
    print_problems(problems, as_json=as_json)
    if not problems:
        click.echo(f"{release} is whole", err=True)
    sys.exit(1 if problems else 0)
