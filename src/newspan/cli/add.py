"""`newspan add`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from newspan.cli.common import Bars, corpus_option, json_option, pairs, print_problems


@click.command("add", short_help="Add texts, pages or annotated formats to a corpus.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "format_name", help="Of annotated sources: docs/formats.md lists them.")
@click.option("--set", "set_id", help="Id of the annotation set; the format's name if not given.")
@click.option("--id", "id_column", default="id", show_default=True, help="Column of ids.")
@click.option("--text", "text_column", default="text", show_default=True, help="Column of texts.")
@click.option("--columns", default="", help="Others with other names: title=headline,outlet=paper.")
@click.option("--language", help="Of texts that don't say theirs, such as en.")
@click.option("--map", "types", multiple=True, metavar="TYPE=LAYER:LABEL",
              help="What a source's type stands for; TYPE=none leaves it out.")  # fmt: skip
@click.option(
    "--layers",
    default="",
    help="Of a format, such as claim,attribution: take no others, and count these as looked at.",
)
@click.option("--date", metavar="YYYY-MM-DD", help="Day of the set's making [today].")
@click.option("--dry-run", is_flag=True, help="Change nothing; tell what would be.")
@corpus_option
@json_option
def command(
    paths: tuple[Path, ...],
    format_name: str | None,
    set_id: str | None,
    id_column: str,
    text_column: str,
    columns: str,
    language: str | None,
    types: tuple[str, ...],
    layers: str,
    date: str | None,
    dry_run: bool,
    corpus: Path,
    as_json: bool,
) -> None:
    """Add documents to a corpus.

    PATHS are .txt files, saved .html pages (needs newspan[html]), JSON Lines, CSV, Parquet, saved
    datasets, or folders of these; with --format, files of that format, whose annotations become a
    set. Texts are taken as they are.

    NAME.json beside a file, or provenance.jsonl in a folder with a file per line, may say title,
    authors, published, url, retrieved, outlet, language and lineage; in tables, columns of these
    names. What nobody says is recorded as unknown. Documents that share text should have one
    lineage, since splits never part one: newspan duplicates shows which do.

    All is written or nothing. What can't be taken as it is is told, and the rest is added; adding
    the same again changes nothing.
    """
    from newspan.exchange.add import add
    from newspan.exchange.adding import AddError

    try:
        named = {"id": id_column, "text": text_column} | pairs(columns.split(","))
        added = add(
            paths,
            corpus,
            format=format_name,
            set_id=set_id,
            columns=named,
            language=language,
            types=pairs(types),
            layers=tuple(each.strip() for each in layers.split(",") if each.strip()),
            date=date,
            dry_run=dry_run,
            tick=Bars(),
        )
    except AddError as error:
        print_problems(error.problems, err=True)
        click.echo("nothing was added", err=True)
        sys.exit(1)
    except (ValueError, OSError, ImportError) as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        import msgspec

        data = msgspec.to_builtins(added)
        data["problems"] = [problem.to_json() for problem in added.problems]
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
    else:
        print_problems(added.problems, err=True)
        would = "would be " if dry_run else ""
        click.echo(f"documents {would}added: {len(added.documents)}")
        if added.known:
            click.echo(f"there already: {len(added.known)}")
        if added.set is not None:
            click.echo(f"set {added.set}: {added.records} records")
        for name, these in (("outlets", added.outlets), ("labels", added.labels)):
            if these:
                click.echo(f"{name} {would}added: {', '.join(these)}")
    found = added.documents or added.known
    if not found:
        asks = "found: is it the right format?" if format_name else "taken"
        click.echo(f"no document was {asks}", err=True)
    sys.exit(1 if not found or any(p.severity == "error" for p in added.problems) else 0)
