"""`newspan init`."""

from __future__ import annotations

from pathlib import Path

import click

_PATH = click.Path(path_type=Path)


@click.command("init", short_help="Make an empty corpus.")
@click.argument("folder", type=_PATH)
@click.option("--name", help="Names releases, NAME-VERSION; the folder's name if not given.")
@click.option("--title", help="The corpus's name for people.")
@click.option(
    "--language", "languages", multiple=True, help="Of the texts, such as en; repeatable."
)
@click.option("--description", help="What the corpus is, in a sentence or two.")
@click.option("--labels", type=_PATH, help="A labels.json of its own, instead of newspan's.")
def command(
    folder: Path,
    name: str | None,
    title: str | None,
    languages: tuple[str, ...],
    description: str | None,
    labels: Path | None,
) -> None:
    """Make an empty corpus in FOLDER, for newspan add to fill.

    corpus/corpus.json says what the corpus is; correct there what you don't say here, the licences
    of texts and annotations above all.
    """
    from newspan.exchange.init import NO_LANGUAGE, init

    try:
        root = init(
            folder,
            name=name,
            title=title,
            languages=languages or (NO_LANGUAGE,),
            description=description,
            labels=labels,
        )
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    click.echo(f"made {root / 'corpus'}")
    click.echo(f"next: newspan add TEXTS --corpus {root}", err=True)
