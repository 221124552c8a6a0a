"""`newspan predict`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from newspan.cli.common import corpus_option, print_problems


@click.command("predict", short_help="Annotate a corpus by a trained model.")
@click.argument("model", type=click.Path(path_type=Path))
@corpus_option
@click.option("--into", help="Id of the set to write; without it, spans are printed as JSON lines.")
@click.option(
    "--least-certain-first",
    "queue",
    type=click.Path(path_type=Path),
    help="File to write the items to, as a campaign.toml has them.",
)
def command(model: Path, corpus: Path, into: str | None, queue: Path | None) -> None:
    """Predict a layer of all items of a corpus, by the model in the folder MODEL.

    With --into the spans become an annotation set, which a campaign can show its annotators
    (`preannotate`). --least-certain-first writes the items for it, the doubtful ones first.
    """
    import msgspec

    from newspan.cli.common import Bars
    from newspan.training.predict import predict
    from newspan.training.sets import TrainingError

    try:
        found = predict(model, corpus, into=into, least_certain_first=queue, progress=Bars())
    except TrainingError as error:
        print_problems(error.problems, err=True)
        click.echo("nothing was written", err=True)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    if into is None:
        for guess in found.guesses:
            click.echo(json.dumps(msgspec.to_builtins(guess), ensure_ascii=False))
    else:
        click.echo(f"{into}: {len(found.guesses) - found.unknown} spans, {len(found.items)} items")
    if found.unknown:
        click.echo(f"{found.unknown} spans have labels that the corpus does not know", err=True)
    if found.path is not None:
        click.echo(f"wrote {found.path}", err=True)
    if queue is not None:
        click.echo(f"items, the least certain first: {queue}", err=True)
