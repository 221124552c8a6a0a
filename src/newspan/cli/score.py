"""`newspan score`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from newspan.cli.common import corpus_option, json_option, print_problems

#: No id of a set has one of these; a file's name does, and a folder's can.
_IN_PATHS = "/\\."


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
@click.pass_context
def command(
    context: click.Context,
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

    Files or folders of labels as the shared tasks have them are scored by SI, FLC and TC, without a
    corpus: newspan score gold.labels ./predictions
    """
    named = [each for each in (reference, predicted, predicted2) if each is not None]
    files = [_is_path(each, corpus) for each in named]
    if any(files):
        _refuse_mixed(context, sets=not all(files))
        _score_files(reference, predicted, as_json=as_json)
        return
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


def _is_path(name: str, corpus: Path) -> bool:
    """Tell whether a file or folder is meant, not a set of the corpus."""
    if any(sign in name for sign in _IN_PATHS):
        return True
    return Path(name).exists() and not (corpus / "annotation" / "sets" / name).is_dir()


def _refuse_mixed(context: click.Context, *, sets: bool) -> None:
    """Stop where files are to be scored with what files have not."""
    if sets:
        raise click.UsageError("name sets of a corpus, or files or folders of labels, not both")
    given = [
        name
        for name in context.params
        if name not in ("reference", "predicted", "as_json")
        and context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(
            "files of labels are scored two at a time, without options but --json: they have no "
            "layers, lineages or blocks; `newspan add --format ptc` makes sets of them"
        )


def _score_files(reference: str, predicted: str, *, as_json: bool) -> None:
    from newspan.scoring.files import score_files

    try:
        found, problems = score_files(reference, predicted)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        click.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=1))
    else:
        click.echo(str(found))
    print_problems(problems, err=True)
    sys.exit(1 if problems else 0)
