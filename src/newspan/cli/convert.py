"""`newspan convert`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newspan.cli.common import json_option, pairs, print_problems

if TYPE_CHECKING:
    from newspan.exchange.shapes import Loss


@click.command("convert", short_help="Convert annotations from one format into another.")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--from", "from_format", help="The source's format; a newspan corpus if not given.")
@click.option("--to", "to_format", required=True, help="The format to write.")
@click.option("--set", "set_id", help="Of a corpus: the annotation set; the primary one if not.")
@click.option("--lossy", is_flag=True, help="Write though something goes lost.")
@click.option("--language", default="und", help="Of the documents, where the source doesn't say.")
@click.option(
    "--map",
    "types",
    multiple=True,
    metavar="TYPE=LAYER:LABEL",
    help="What a type stands for; TYPE=none leaves it out.",
)
@click.option(
    "--layer", "layers", multiple=True, help="Only this layer, in any format; repeatable."
)
@json_option
def command(
    source: Path,
    out: Path,
    from_format: str | None,
    to_format: str,
    set_id: str | None,
    lossy: bool,
    language: str,
    types: tuple[str, ...],
    layers: tuple[str, ...],
    as_json: bool,
) -> None:
    """Convert annotations from one format into another, into the new folder OUT.

    Refuses where something that is there would go lost, and lists it; --lossy writes all the same.
    docs/formats.md has the formats and what each can't hold. Defects of the source are printed
    with their places, and the rest is converted.
    """
    from newspan.cli.common import Bars
    from newspan.exchange.convert import convert
    from newspan.exchange.shapes import Options

    try:
        done = convert(
            source,
            out,
            from_format=from_format,
            to_format=to_format,
            set_id=set_id,
            lossy=lossy,
            options=Options(types=pairs(types), layers=layers, language=language),
            progress=Bars(),
        )
    except (ValueError, OSError, ImportError) as error:
        raise click.UsageError(str(error)) from None
    print_problems(done.problems, err=True)
    if as_json:
        said = {
            "written": None if done.path is None else str(done.path),
            "documents": done.documents,
            "records": done.records,
            "losses": [
                {"what": loss.what, "number": loss.number, "example": loss.example}
                for loss in done.losses
            ],
            "problems": [problem.to_json() for problem in done.problems],
        }
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        for line in _lines(done.losses):
            click.echo(f"{'lost' if done.path else 'would be lost'}: {line}")
        if done.path is not None:
            less = ", less what was lost" if done.losses else ""
            counts = f"{_several(done.documents, 'document')}, {_several(done.records, 'record')}"
            click.echo(f"{done.path}: {counts}{less}")
    if done.path is None:
        click.echo("nothing was written" + ("; see --lossy" if done.losses else ""), err=True)
    errors = any(each.severity == "error" for each in done.problems)
    sys.exit(1 if done.path is None or errors else 0)


def _lines(losses: Sequence[Loss]) -> Iterator[str]:
    """Yield a line for each kind of what is lost, with its numbers and where the first stands."""
    kinds: dict[str, list[Loss]] = {}
    for loss in losses:
        kinds.setdefault(loss.what.partition(":")[0], []).append(loss)
    for kind, found in kinds.items():
        named = [
            f"{loss.what.partition(':')[2]} {loss.number:,}".strip()
            for loss in sorted(found, key=lambda loss: -loss.number)
        ]
        yield f"{kind}: {', '.join(named)}; the first in {found[0].example}"


def _several(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
