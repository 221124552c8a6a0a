"""`newspan withdraw`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from newspan.cli.common import corpus_option, json_option, print_problems

_MENTIONED = 20


@click.command("withdraw", short_help="Take an item out of a corpus, and leave a tombstone.")
@click.argument("item")
@click.option("--reason", required=True, help="Why, as every later release will say.")
@click.option("--dry-run", is_flag=True, help="Change nothing; tell what would be.")
@corpus_option
@json_option
def command(item: str, reason: str, corpus: Path, dry_run: bool, as_json: bool) -> None:
    """Take an ITEM out of a corpus: its words, records and annotations.

    Its characters become spaces, so that other offsets stay; a tombstone in corpus/withdrawn.json
    keeps its ids from being used again, and the next release says that it was withdrawn. What is
    deleted is not kept. Run it again if it was interrupted.
    """
    from newspan.release.changes.words import printable
    from newspan.upkeep.withdraw import WithdrawalError, withdraw

    try:
        done = withdraw(item, reason, corpus, dry_run=dry_run)
    except WithdrawalError as error:
        print_problems(error.problems, err=True)
        click.echo("nothing was changed", err=True)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        import json

        import msgspec

        click.echo(json.dumps(msgspec.to_builtins(done), ensure_ascii=False, indent=1))
        return
    would = "would be " if dry_run else ""
    stone = done.tombstone
    click.echo(f"{item} ({stone.document}, {stone.start}-{stone.end}): {would}withdrawn")
    if stone.reason != reason.strip():
        said = f"it was withdrawn on {stone.date} already: {printable(stone.reason)}"
        click.echo(f"{said}; this reason stays", err=True)
    for path in done.edited:
        click.echo(f"  {would}written: {path}")
    for path in done.deleted:
        click.echo(f"  {would}deleted: {path}")
    for name, clusters in done.dropped.items():
        click.echo(f"  {would}dropped from {name}: {', '.join(clusters)}")
    for other, share in done.copies.items():
        click.echo(f"  {other} has {share:.1%} of the characters of {item} too, and stays")
    for path in done.shipped:
        click.echo(f"  {path} has words of it, and goes into releases: mend it by hand")
    others = [path for path in done.mentions if path not in done.shipped]
    for path in others[:_MENTIONED]:
        click.echo(f"  {path} has words of it, and was left alone")
    if len(others) > _MENTIONED:
        click.echo(f"  so have {len(others) - _MENTIONED} more files; --json lists all")
    if done.dropped:
        click.echo("newspan duplicates finds the remaining copies anew", err=True)
    if not dry_run:
        click.echo("the next release must be a MAJOR one (before 1.0.0, a MINOR one)", err=True)
