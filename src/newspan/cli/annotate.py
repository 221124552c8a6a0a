"""`newspan annotate`: packets and campaigns out to whoever annotates, answers in."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from newspan.cli.common import corpus_option, json_option, print_problems

if TYPE_CHECKING:
    from collections.abc import Callable

    from newspan.campaign.pull import PullReport
    from newspan.campaign.push import Pushed


@click.group("annotate", short_help="Have texts annotated, and read the answers.")
def command() -> None:
    """Have texts annotated: by people in Label Studio, or by anybody who writes JSON.

    A campaign in Label Studio: config, push, status, pull (docs/campaigns.md). Packets for a
    language model or a person: prompts writes them, ingest reads the answers (docs/annotate.md).
    newspan itself calls no model.
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


T = TypeVar("T")


def _server_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--server",
        metavar="URL",
        help="Label Studio's address; LABEL_STUDIO_URL or campaign.toml's if not given.",
    )(function)


def _done(work: Callable[[], T], as_json: bool = False) -> T:
    """Return what work returns; what makes it impossible is printed, and ends the program."""
    from newspan.campaign.plan import CampaignError

    try:
        return work()
    except CampaignError as error:
        print_problems(error.problems, as_json=as_json, err=not as_json)
        sys.exit(1)
    except (ValueError, OSError) as error:
        raise click.UsageError(str(error)) from None


R = TypeVar("R", "Pushed", "PullReport")


def _end(made: R, show: Callable[[R], None], as_json: bool) -> None:
    """Print what a verb did and what is wrong, and end the program; 1 where there are errors."""
    if as_json:
        click.echo(json.dumps(made.to_json(), ensure_ascii=False, indent=1))
    else:
        show(made)
        print_problems(made.problems, err=True)
    sys.exit(1 if any(each.severity == "error" for each in made.problems) else 0)


@command.command("config", short_help="Print Label Studio's labelling interface.")
@click.argument("name", required=False)
@corpus_option
def config(name: str | None, corpus: Path) -> None:
    """Print the labelling interface of the campaign NAME, or of the corpus with all its layers.

    push brings it to Label Studio by itself; this is for a look at it, or for a project that was
    made by hand (Settings, Labeling Interface, Code).
    """
    from newspan.campaign.push import annotate_config

    click.echo(_done(lambda: annotate_config(corpus, name)), nl=False)


@command.command("push", short_help="Hand a campaign's tasks out, in Label Studio.")
@click.argument("name")
@_server_option
@corpus_option
@json_option
def push(name: str, server: str | None, corpus: Path, as_json: bool) -> None:
    """Hand out what the campaign NAME has not handed out yet: one project per annotator.

    Its settings are annotation/campaigns/NAME/campaign.toml. What was handed out stays as it is;
    after a fault, run it again: each task is there once. The token for the server is read from
    LABEL_STUDIO_API_KEY.
    """
    from newspan.campaign.push import annotate_push
    from newspan.cli.common import Bars

    try:
        made = _done(lambda: annotate_push(corpus, name, server=server, progress=Bars()), as_json)
    except KeyboardInterrupt:
        click.echo("stopped; run it again to go on: each task will be there once", err=True)
        sys.exit(1)
    _end(made, _print_push, as_json)


def _print_push(made: Pushed) -> None:
    for each in made.projects:
        what = "new project, " if each.created else ""
        click.echo(f"{each.alias}: {each.tasks} tasks, {each.sent} sent now; {what}{each.url}")
    click.echo(f"items handed out: {made.items}")
    if made.left_out:
        click.echo(f"items left out as copies: {len(made.left_out)}")
    for old, new, number in made.handed_over:
        click.echo(f"handed over from {old} to {new}: {number}")
    for note in made.notes:
        click.echo(note, err=True)


@command.command("status", short_help="Tell how far a campaign is, and agreement so far.")
@click.argument("name")
@click.option("--offline", is_flag=True, help="As of the last pull, without the server.")
@click.option("--no-agreement", is_flag=True, help="Leave agreement out, which takes its time.")
@_server_option
@corpus_option
@json_option
def status(
    name: str, offline: bool, no_agreement: bool, server: str | None, corpus: Path, as_json: bool
) -> None:
    """Tell how far each annotator of the campaign NAME is, and how far they agree by batch.

    Gamma is given for each two annotators who share items. Nothing is written. The exit code is 1
    when something is wrong with the work, as pull would tell.
    """
    from newspan.campaign.status import annotate_status
    from newspan.cli.common import Bars

    made = _done(
        lambda: annotate_status(
            corpus,
            name,
            offline=offline,
            agreement=not no_agreement,
            server=server,
            progress=Bars(),
        ),
        as_json,
    )
    if as_json:
        click.echo(json.dumps(made.to_json(), ensure_ascii=False, indent=1))
    else:
        click.echo(str(made))
        errors = [each for each in made.problems if each.severity == "error"]
        print_problems(errors, err=True)
        if len(errors) < len(made.problems):
            click.echo(f"warnings, which pull tells: {len(made.problems) - len(errors)}", err=True)
    sys.exit(1 if any(each.severity == "error" for each in made.problems) else 0)


@command.command("pull", short_help="Bring a campaign's work into annotation sets.")
@click.argument("name")
@click.option("--again", is_flag=True, help="Read what was pulled last, without the server.")
@_server_option
@corpus_option
@json_option
def pull(name: str, again: bool, server: str | None, corpus: Path, as_json: bool) -> None:
    """Write what each annotator of the campaign NAME submitted as the set NAME-<alias>.

    What came is kept first: as received in the campaign's folder private/, which git leaves alone,
    and with aliases instead of people in pulls/. What is faulty is told and left out; the exit
    code is then 1. Where items were left out as copies, NAME-<alias>-all has the work carried to
    them.
    """
    from newspan.campaign.pull import annotate_pull
    from newspan.cli.common import Bars

    made = _done(
        lambda: annotate_pull(corpus, name, again=again, server=server, progress=Bars()), as_json
    )
    _end(made, _print_pull, as_json)


def _print_pull(made: PullReport) -> None:
    for each in made.sets:
        also = f"; carried to copies: {each.projected}" if each.projected else ""
        click.echo(f"{each.set}: {each.items} items, {each.records} records{also}")
    for alias in made.empty:
        click.echo(f"{alias}: nothing to write yet")
    click.echo(f"who did what, when: {made.work}", err=True)
