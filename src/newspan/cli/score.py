"""`newspan score`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from newspan.cli.common import corpus_option, json_option, print_problems


@click.command("score", short_help="Score a prediction against a reference.")
@click.argument("reference")
@click.argument("predicted")
@click.argument("predicted2", required=False)
@corpus_option
@click.option(
    "--layer", "layers", multiple=True, help="Only this layer; may be given more than once."
)
@click.option("--blocks", help="Set of duplicate blocks, or none; reuse_v1 if the corpus has it.")
@click.option(
    "--by",
    type=click.Choice(["lineage", "document"]),
    default="lineage",
    show_default=True,
    help="What the bootstrap draws.",
)
@click.option("--bootstrap", default=1000, show_default=True, help="Replicates; 0 for none.")
@click.option("--seed", default=1, show_default=True, help="Of the replicates.")
@json_option
def command(
    reference: str,
    predicted: str,
    predicted2: str | None,
    corpus: Path,
    layers: tuple[str, ...],
    blocks: str | None,
    by: str,
    bootstrap: int,
    seed: int,
    as_json: bool,
) -> None:
    """Score one or two predicted annotation sets on the text that a reference looked at.

    Prints, for each layer, one-to-one F1 (exact, IoU), the shared tasks' SI, FLC and TC, F1 of
    characters and tokens, and what trivial predictions would score, each for all text and without
    copies, with bootstrap intervals and a signature; then labels, voices and lineages. Of two
    predictions the difference is tested. docs/scoring.md says what each measure is.
    """
    from newspan.cli.common import Bars
    from newspan.scoring.score import ScoreError, score

    try:
        report = score(
            corpus,
            reference,
            predicted,
            predicted2,
            layers=layers,
            blocks=blocks,
            by=by,
            replicates=bootstrap,
            seed=seed,
            progress=Bars(),
        )
    except ScoreError as error:
        print_problems(error.problems, err=True)
        click.echo("nothing was scored", err=True)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
    else:
        click.echo(str(report))
