"""`newspan agree`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from newspan.cli.common import corpus_option, json_option, print_problems


@click.command("agree", short_help="Measure how far sets agree.")
@click.argument("sets", nargs=-1, required=True, metavar="SET_A SET_B [SET_C]...")
@corpus_option
@click.option("--blocks", help="Set of duplicate blocks; reuse_v1 if the corpus has it.")
@click.option(
    "--layer", "layers", multiple=True, help="Only this layer; may be given more than once."
)
@click.option("--samples", default=30, show_default=True, help="Samples for gamma's chance.")
@click.option("--seed", default=1, show_default=True, help="Of samples and bootstrap.")
@click.option("--bootstrap", default=1000, show_default=True, help="Replicates; 0 for none.")
@json_option
def command(
    sets: tuple[str, ...],
    corpus: Path,
    blocks: str | None,
    layers: tuple[str, ...],
    samples: int,
    seed: int,
    bootstrap: int,
    as_json: bool,
) -> None:
    """Measure how far annotation sets agree on the text that all of them looked at.

    Prints, for each layer, gamma, alpha, F1 and the agreement on attributes, each for all text and
    without copies, with bootstrap intervals and a signature. --json has every figure, the labels'
    and pairs' too. docs/agreement.md says what each measure is and when to trust it.
    """
    from newspan.agreement.agree import AgreeError, agree
    from newspan.cli.common import Bars

    try:
        report = agree(
            corpus,
            sets,
            blocks=blocks,
            layers=layers,
            samples=samples,
            seed=seed,
            replicates=bootstrap,
            progress=Bars(),
        )
    except AgreeError as error:
        print_problems(error.problems, err=True)
        click.echo("nothing was measured", err=True)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        click.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=1))
    else:
        click.echo(str(report))
