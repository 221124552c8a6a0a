"""`newspan publish`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newspan.cli.common import json_option, print_problems

if TYPE_CHECKING:
    from newspan.release.publish import Published


@click.command("publish", short_help="Put a release on the Hugging Face Hub, and tag it.")
@click.argument("release", type=click.Path(path_type=Path))
@click.option("--repo", required=True, metavar="OWNER/NAME", help="The Hub's dataset repository.")
@click.option("--with-text", is_flag=True, help="Publish the texts too, as you may.")
@click.option("--dry-run", is_flag=True, help="List what would go and what would be deleted.")
@click.option("--private", is_flag=True, help="Make a new repository private; others must be.")
@click.option("--no-create", is_flag=True, help="Don't make the repository if it is not there.")
@click.option(
    "--token-env",
    metavar="NAME",
    default="HF_TOKEN",
    show_default=True,
    help="The environment variable that holds the token.",
)
@json_option
def command(
    release: Path,
    repo: str,
    with_text: bool,
    dry_run: bool,
    private: bool,
    no_create: bool,
    token_env: str,
    as_json: bool,
) -> None:
    """Upload a RELEASE that verifies in one commit, and tag it v<version>.

    Stopped at any moment, the Hub holds what it held before or the whole release; run it again to
    finish. A version is published once. The Hub is the one at HF_ENDPOINT; what with texts,
    private repositories and corrections mean is in docs/publishing.md.
    """
    from newspan.release.publish import PublishError, publish

    try:
        made = publish(
            release,
            repo,
            with_text=with_text,
            dry_run=dry_run,
            private=private,
            create=not no_create,
            token_env=token_env,
        )
    except PublishError as error:
        print_problems(error.problems, as_json=as_json, err=True)
        click.echo("not published", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        click.echo("stopped; run it again to finish", err=True)
        sys.exit(1)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        import msgspec

        click.echo(json.dumps(msgspec.to_builtins(made), ensure_ascii=False, indent=1))
    else:
        _print(made, token_env)


def _print(made: Published, token_env: str) -> None:
    if made.outcome == "dry-run":
        _print_dry_run(made, token_env)
    elif made.outcome == "already":
        click.echo(f"{made.tag} is published already, the same: {made.url}/tree/{made.tag}")
    else:
        if made.outcome == "tagged":
            click.echo("main held the release already; only the tag was missing", err=True)
        click.echo(f"published {made.url}/tree/{made.tag}")
        click.echo(f"commit {made.commit}")


def _print_dry_run(made: Published, token_env: str) -> None:
    for file in made.files:
        action = "add" if file.action == "unknown" else file.action
        size = "" if file.bytes is None else f"  {file.bytes} bytes  {file.sha256}"
        click.echo(f"{action:6}  {file.path}{size}")
    going = [file for file in made.files if file.action not in ("same", "delete")]
    total = sum(file.bytes or 0 for file in going)
    click.echo(f"{len(going)} files, {total} bytes would go to {made.repo} as {made.tag}", err=True)
    if not made.asked:
        click.echo(
            f"{token_env} is not set, so the Hub was not asked: what is there already, and what "
            "would be deleted, is not known",
            err=True,
        )
    elif made.creates:
        click.echo("the repository does not exist and would be made", err=True)
    click.echo("nothing was changed", err=True)
