"""`newspan train`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from newspan.cli.common import json_option, print_problems


@click.command("train", short_help="Train a model and score it on what it has not seen.")
@click.option("--layer", required=True, help="claim, attribution or loaded_language.")
@click.option(
    "--model",
    required=True,
    help="five-words, lexicon or crf; or a transformer's encoder: its folder, or OWNER/NAME.",
)
@click.option("--head", help="What an encoder is asked: tokens (if not given), bio or spans.")
@click.option(
    "--set", "annotations", help="Set to learn from, in each corpus; its primary set if not given."
)
@click.option(
    "--corpus",
    "corpora",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A corpus's folder; may be given more than once. The current one if not given.",
)
@click.option(
    "--seeds", default=5, show_default=True, help="Runs of models that chance plays into."
)
@click.option("--folds", type=int, help="How many; one per lineage, or 5 of more than 10.")
@click.option("--mask-entities", is_flag=True, help="Hide names: is it the subject it knows?")
@click.option(
    "--by",
    type=click.Choice(["lineage", "document"]),
    default="lineage",
    show_default=True,
    help="What the bootstrap draws.",
)
@click.option("--bootstrap", default=1000, show_default=True, help="Replicates; 0 for none.")
@click.option("--into", help="Id of a set to write the out-of-fold predictions to.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder of the model; models/LAYER-MODEL if not given. A model there is replaced.",
)
@json_option
def command(
    layer: str,
    model: str,
    head: str | None,
    annotations: str | None,
    corpora: tuple[Path, ...],
    seeds: int,
    folds: int | None,
    mask_entities: bool,
    by: str,
    bootstrap: int,
    into: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Train a model on an annotation set, score it out of fold, and save it with a card.

    Every document is predicted by a model that saw no document of its lineage; the scores are of
    these predictions. The saved model has learnt from all documents. docs/training.md says more.
    """
    from newspan.cli.common import Bars
    from newspan.training.sets import TrainingError
    from newspan.training.train import train

    hidden = "-masked" if mask_entities else ""
    folder = out or Path("models") / f"{layer}-{_named(model, head)}{hidden}"
    try:
        trained = train(
            list(corpora) or ".",
            layer=layer,
            model=model,
            head=head,
            annotations=annotations,
            seeds=seeds,
            number_of_folds=folds,
            mask_entities=mask_entities,
            by=by,
            replicates=bootstrap,
            out=folder,
            into=into,
            progress=Bars(),
        )
    except TrainingError as error:
        print_problems(error.problems, err=True)
        click.echo("nothing was written", err=True)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        click.echo(json.dumps(trained.to_json(), ensure_ascii=False, indent=1))
    else:
        click.echo(str(trained))
    if into is not None:
        click.echo(f"out-of-fold predictions: the set {into}", err=True)
    click.echo(f"model, trained on all documents: {folder}", err=True)


def _named(model: str, head: str | None) -> str:
    """Return a model's name for its folder."""
    from newspan.training.kinds import names

    if model in names():
        return model
    return f"transformer-{head}" if head else "transformer"
