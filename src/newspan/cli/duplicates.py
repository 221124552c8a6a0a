"""`newspan duplicates`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from newspan.cli.common import Bars, corpus_option, print_problems

_PATH = click.Path(path_type=Path)


@click.command("duplicates", short_help="Find passages that texts share.")
@click.argument("texts", required=False, type=_PATH)
@click.option("--out", type=_PATH, help="Folder to write; needed with TEXTS.")
@click.option("--against", type=_PATH, help="Compare TEXTS with these instead of with themselves.")
@click.option("--id", "id_column", default="id", show_default=True, help="Column of ids.")
@click.option("--text", "text_column", default="text", show_default=True, help="Column of texts.")
@click.option("--columns", default="", help="To pass through: date,source or source=paper.")
@click.option("--keep-one", is_flag=True, help="Also list what to drop so that one copy stays.")
@click.option("--shingle", type=int, help="Equal words in a row that a passage must have [5].")
@click.option(
    "--sample", type=int, help="Look at one in so many shingles [1; 4 from 400 MB on disk]."
)
@click.option("--min-words", type=int, help="Equal words that a passage must have [10].")
@click.option("--min-identity", type=float, help="Its least identity, from 0 to 1 [0.6].")
@click.option("--gap", type=int, help="Words that may be inserted in a passage [30].")
@click.option("--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True)
@click.option("--master", help="Spark's master, such as spark://host:7077 [this machine].")
@click.option(
    "--threads", type=click.IntRange(1), default=2, show_default=True, help="Of the local engine."
)
@click.option("--work", type=_PATH, help="Folder for spilled data, to go on from after a kill.")
@click.option("--check", is_flag=True, help="Without TEXTS: only tell what would change.")
@corpus_option
def command(texts: Path | None, out: Path | None, corpus: Path, check: bool, **given: Any) -> None:
    """Find passages that occur in several texts, or again in the same one.

    TEXTS is a folder of .txt files, JSON Lines, Parquet, or a saved Hugging Face dataset. OUT gets
    pairs.parquet, clusters.parquet, members.parquet, network.graphml, index.html to look at, and
    duplicates.json; an earlier result there is replaced. Passed columns that are called date and
    source make the network and the dates. Spark needs newspan[spark] and Java 17.

    Without TEXTS, the duplicate blocks of a corpus are found and written as its set reuse_v1, and
    candidates for parallel translations as parallels_v1.
    """
    if texts is None and (out or given["against"]):
        raise click.UsageError(
            "TEXTS are missing; without them and --out, a corpus's sets are made"
        )
    if texts is not None and check:
        raise click.UsageError("--check is for a corpus's sets, without TEXTS")
    if texts is None:
        _corpus(corpus, check)
        return
    if out is None:
        raise click.UsageError("--out says where the results go")
    from newspan.engines.collection import DuplicateIdError
    from newspan.engines.duplicates import duplicates
    from newspan.formats.texts import InputError
    from newspan.reuse.parameters import Parameters

    names = ("shingle", "min_words", "min_identity", "gap")
    changes = {name: given[name] for name in names if given[name] is not None}
    try:
        found = duplicates(
            texts,
            out,
            against=given["against"],
            id=given["id_column"],
            text=given["text_column"],
            columns=tuple(name for name in given["columns"].split(",") if name.strip()),
            keep_one=given["keep_one"],
            parameters=replace(Parameters(), **changes),
            sample=given["sample"],
            engine=given["engine"],
            master=given["master"],
            threads=given["threads"],
            work=given["work"],
            tick=Bars(),
        )
    except (InputError, DuplicateIdError) as error:
        print_problems([error.problem], err=True)
        click.echo("nothing was written", err=True)
        sys.exit(1)
    except (ValueError, OSError, ImportError) as error:
        raise click.UsageError(str(error)) from None
    for name, rows in found.rows.items():
        click.echo(f"{name} {rows}")
    if found.parameters.sample > 1:
        click.echo(f"looked at one in {found.parameters.sample} shingles", err=True)
    click.echo(f"wrote {found.path}; look at {found.path / 'index.html'}", err=True)


def _corpus(corpus: Path, check: bool) -> None:
    from newspan.agreement.report import several
    from newspan.engines.reuse_sets import CorpusError, reuse_sets

    try:
        made = reuse_sets(corpus, check=check)
    except CorpusError as error:
        print_problems(error.problems, err=True)
        click.echo("nothing was written", err=True)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    for each in made:
        state = ("stale" if check else "written") if each.changed else "current"
        found = f"{several(each.spans, 'span')} in {several(each.clusters, 'cluster')}"
        click.echo(f"{each.id}: {found}, {state}")
    if check and any(each.changed for each in made):
        sys.exit(1)
