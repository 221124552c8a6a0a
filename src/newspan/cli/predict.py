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
@click.option("--into", metavar="ID", help="Id of the set to write; NAME-guess for a campaign.")
@click.option(
    "--campaign",
    metavar="NAME",
    help="Make a campaign that starts from the predictions, the least certain first.",
)
def command(model: Path, corpus: Path, into: str | None, campaign: str | None) -> None:
    """Predict a layer of all items of a corpus, by the model in the folder MODEL.

    With --into the spans become an annotation set; without it they are printed as JSON lines,
    confidences rounded to four digits. Items that the model learnt from are counted.
    With --campaign they become a set, and annotation/campaigns/NAME/campaign.toml has the items
    that nobody has annotated yet, those first that the model is least sure of: say there who
    annotates, and `newspan annotate push NAME` hands them out, with the predictions to correct.
    """
    import msgspec

    from newspan.agreement.report import several
    from newspan.cli.common import Bars
    from newspan.training.predict import predict, said_of_known
    from newspan.training.sets import TrainingError

    try:
        found = predict(model, corpus, into=into, campaign=campaign, progress=Bars())
    except TrainingError as error:
        print_problems(error.problems, err=True)
        click.echo("nothing was written", err=True)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    if found.path is None:
        for guess in found.guesses:
            click.echo(json.dumps(msgspec.to_builtins(guess), ensure_ascii=False))
    else:
        number = len(found.guesses) - found.unknown
        told = f"{several(number, 'span')}, {several(len(found.items), 'item')}"
        click.echo(f"{found.path.name}: {told}")
    if found.learnt_from:
        told = said_of_known(found.learnt_from, len(found.items))
        click.echo(f"warning: {told}", err=True)
    if found.unknown:
        told = several(found.unknown, "span")
        click.echo(f"with labels that the corpus does not know: {told}", err=True)
    if found.path is not None:
        click.echo(f"wrote {found.path}", err=True)
    if found.campaign is not None:
        click.echo(f"wrote {found.campaign}", err=True)
        click.echo(f"items to annotate, the least certain first: {found.to_annotate}", err=True)
        if done := len(found.items) - found.to_annotate:
            click.echo(f"left out, since somebody has annotated them: {done}", err=True)
        click.echo(f"next: say there who annotates; newspan annotate push {campaign}", err=True)
