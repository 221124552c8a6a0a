"""`newspan annotate`: packets out to whoever annotates, answers in."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from newspan.cli.common import corpus_option, json_option, print_problems


@click.group("annotate", short_help="Have texts annotated, and read the answers.")
def command() -> None:
    """Have texts annotated by anybody who writes JSON: a language model or a person.

    prompts writes packets to be answered, ingest reads the answers. newspan itself calls no model.
    """


@command.command("prompts", short_help="Write packets to be answered.")
@click.argument("out_dir", type=click.Path(path_type=Path))
@click.option("--items", multiple=True, metavar="ID", help="Only this item; may be repeated.")
@click.option(
    "--layers", multiple=True, help="claim, attribution or loaded_language; all if not given."
)
@click.option(
    "--zones",
    multiple=True,
    help="Kind of zones; title, heading, paragraph, caption and teaser if not given.",
)
@click.option(
    "--size", type=int, help="Paragraphs to annotate per packet; a whole item if not given."
)
@click.option(
    "--order",
    type=click.Choice(["document", "reversed", "shuffled"]),
    default="document",
    show_default=True,
    help="Of items, and of paragraphs in a packet.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the shuffled order.")
@click.option(
    "--rendering",
    type=click.Choice(["numbered", "tagged"]),
    default="numbered",
    show_default=True,
    help="numbered: plain paragraphs. tagged: in tags, choices in reverse order.",
)
@corpus_option
def prompts(
    out_dir: Path,
    items: tuple[str, ...],
    layers: tuple[str, ...],
    zones: tuple[str, ...],
    size: int | None,
    order: str,
    seed: int,
    rendering: str,
    corpus: Path,
) -> None:
    """Write the corpus to OUT_DIR as packets, one Markdown file each.

    A packet holds the guidelines, the labels, the text and the form of the answer: give it to a
    model as it stands. The same corpus and options give the same bytes.
    """
    from newspan.campaign.guidelines import LAYERS
    from newspan.campaign.packets import ZONES
    from newspan.campaign.prompts import AnnotateError, annotate_prompts

    try:
        made = annotate_prompts(
            corpus,
            out_dir,
            items=items,
            layers=_listed(layers) if layers else LAYERS,
            zones=_listed(zones) if zones else ZONES,
            size=size,
            order=order,
            seed=seed,
            rendering=rendering,
        )
    except AnnotateError as error:
        print_problems(error.problems, err=True)
        click.echo("nothing was written", err=True)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    click.echo(f"packets: {made.packets}")
    click.echo(f"items: {made.items}")
    click.echo(f"paragraphs to annotate: {made.paragraphs}")
    click.echo(f"wrote {made.path}", err=True)


@command.command("ingest", short_help="Read answers into an annotation set.")
@click.argument("packets_dir", type=click.Path(path_type=Path))
@click.argument("answers", nargs=-1, type=click.Path(path_type=Path))
@click.option("--into", required=True, metavar="SET", help="Id of the set to write.")
@click.option("--model", help="The language model's id.")
@click.option("--model-version", help="Its version, if the id does not have it.")
@click.option("--person", metavar="ALIAS", help="Instead of a model: who answered.")
@click.option("--date", metavar="YYYY-MM-DD", help="The day of the answers; today if not given.")
@corpus_option
@json_option
def ingest(
    packets_dir: Path,
    answers: tuple[Path, ...],
    into: str,
    model: str | None,
    model_version: str | None,
    person: str | None,
    date: str | None,
    corpus: Path,
    as_json: bool,
) -> None:
    """Read ANSWERS, files or folders, to the packets of PACKETS_DIR into the set SET.

    Answers are archived first, in annotation/campaigns/SET/answers. What has a fault is rejected
    with its problem and listed there in rejections.jsonl; reask/ has texts to give back together
    with the packet. A later answer to a packet adds to the earlier one. Exits with 1 while
    anything is wrong.
    """
    from newspan.campaign.ingest import annotate_ingest
    from newspan.campaign.prompts import AnnotateError

    try:
        made = annotate_ingest(
            corpus,
            packets_dir,
            answers,
            into,
            model=model,
            model_version=model_version,
            person=person,
            date=date,
        )
    except AnnotateError as error:
        print_problems(error.problems, as_json=as_json, err=not as_json)
        click.echo("no set was written", err=True)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        told = {
            "set": None if made.path is None else str(made.path),
            "run": str(made.run),
            "counts": made.counts,
            "unanswered": made.unanswered,
            "reasks": [str(path) for path in made.reasks],
            "problems": [problem.to_json() for problem in made.problems],
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        print_problems(made.problems)
        counts = made.counts
        sums = {name: sum(counts[name].values()) for name in ("placed", "merged", "held_back")}
        rejected = sum(sum(why.values()) for why in counts["rejected"].values())
        click.echo(
            f"offered {sum(counts['offered'].values())}: placed {sums['placed']}, "
            f"merged {sums['merged']}, held back {sums['held_back']}, rejected {rejected}"
        )
        click.echo(f"packets without an answer: {len(made.unanswered)}")
    if made.path is None:
        click.echo("no set was written: no item is covered yet", err=True)
    else:
        click.echo(f"wrote {made.path}", err=True)
    for path in made.reasks:
        click.echo(f"to ask again: {path}", err=True)
    sys.exit(1 if made.problems else 0)


def _listed(values: tuple[str, ...]) -> tuple[str, ...]:
    """Return values that were given one by one, or with commas."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())
