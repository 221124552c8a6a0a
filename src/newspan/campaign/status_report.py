"""What `newspan annotate status` tells: the records, and how they read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from newspan.campaign.assignment import TRAINING
from newspan.problems import Problem

#: So many items must have been annotated by both before their agreement is told.
LEAST_ITEMS = 2


class Progressed(msgspec.Struct, frozen=True):
    """How far an annotator is, in tasks; `seconds` is the time spent, as Label Studio counts it.

    `drafts` are tasks with nothing but a draft, `handed_over` those that somebody else has got.
    Where the project could not be read nothing is `known`: the numbers of work are 0.
    """

    alias: str
    kind: str
    replaced_by: str | None
    project: str | None
    tasks: int
    done: int
    skipped: int
    drafts: int
    open: int
    handed_over: int
    spans: dict[str, int]
    seconds: float
    known: bool = True


class Agreement(msgspec.Struct, frozen=True):
    """Two annotators' gamma of a layer in a batch; `reason` says why there is no value.

    `items` is the number of those that both have submitted, of the `shared` ones.
    """

    batch: int
    layer: str
    aliases: tuple[str, str]
    items: int
    shared: int
    gamma: float | None
    signature: str | None
    reason: str | None


class Anchoring(msgspec.Struct, frozen=True):
    """What an annotator did with the regions of the pre-annotation, in what they submitted."""

    alias: str
    kept: int
    changed: int
    removed: int
    added: int


class Status(msgspec.Struct, frozen=True):
    """A campaign's status: by annotator and batch, what copies save, and the problems.

    `characters` counts those of all items of the campaign, `saved` those of the items left out.
    """

    name: str
    items: int
    batches: dict[int, int]
    annotators: tuple[Progressed, ...]
    agreement: tuple[Agreement, ...]
    preannotated: str | None
    anchoring: tuple[Anchoring, ...]
    left_out: int
    characters: int
    saved: int
    problems: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the status as plain JSON."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return {
            **data,
            "batches": [{"batch": key, "items": n} for key, n in sorted(self.batches.items())],
            "problems": [problem.to_json() for problem in self.problems],
        }

    def __str__(self) -> str:
        """Return the status for people."""
        return "\n".join(_lines(self))


def _lines(status: Status) -> Iterator[str]:
    items, batches = _several(status.items, "item"), len(status.batches)
    yield f"campaign {status.name}: {items} in {batches} {'batch' if batches == 1 else 'batches'}"
    if status.left_out:
        share = status.saved / status.characters if status.characters else 0.0
        yield (
            f"left out as copies: {_several(status.left_out, 'item')}, {share:.1%} of the "
            "campaign's characters saved"
        )
    yield ""
    layers = list(status.annotators[0].spans)
    head = ["", "tasks", "done", "skipped", "drafts", "open", "time", *layers]
    rows = [head]
    for each in status.annotators:
        numbers = (each.done, each.skipped, each.drafts, each.open)
        spans = [each.spans[layer] for layer in layers]
        told = [*map(str, numbers), _time(each.seconds), *map(str, spans)]
        rows.append([each.alias, str(each.tasks), *(told if each.known else "?" * len(told))])
    yield from _table(rows)
    for each in status.annotators:
        if each.replaced_by is not None:
            moved = (
                f"{each.handed_over} tasks handed over" if each.handed_over else "none left over"
            )
            yield f"{each.alias} is replaced by {each.replaced_by}: {moved}"
    if status.agreement:
        yield ""
        yield from _agreement_lines(status)
    if status.anchoring:
        yield ""
        yield f"regions of the pre-annotation {status.preannotated}, in what was submitted"
        rows = [["", "kept", "changed", "removed", "added"]]
        for found in status.anchoring:
            numbers4 = (found.kept, found.changed, found.removed, found.added)
            rows.append([found.alias, *map(str, numbers4)])
        yield from _table(rows)


def _agreement_lines(status: Status) -> Iterator[str]:
    layers = list(status.annotators[0].spans)
    found: dict[tuple[int, tuple[str, str]], dict[str, Agreement]] = {}
    for each in status.agreement:
        found.setdefault((each.batch, each.aliases), {})[each.layer] = each
    rows = [["gamma", "items", *layers]]
    told = {batch for (batch, _), its in found.items() if its[layers[0]].items >= LEAST_ITEMS}
    for (batch, aliases), its in found.items():
        first = its[layers[0]]
        if first.items >= LEAST_ITEMS:
            values = [its[layer].gamma for layer in layers]
            shown = ["-" if value is None else f"{value:.3f}" for value in values]
            name = f"{_batch(batch)}, {' and '.join(aliases)}"
            rows.append([name, f"{first.items} of {first.shared}", *shown])
    if told:
        yield from _table(rows)
    for batch in sorted({batch for batch, _ in found} - told):
        yield f"  {_batch(batch)}: not enough yet to tell agreement"
    signatures = (each.signature for each in status.agreement if each.gamma is not None)
    for own in sorted({each.split("|layer:")[0] for each in signatures if each}):
        yield f"  {own}, and on: --json has each signature in full"


def _batch(batch: int) -> str:
    return "training" if batch == TRAINING else f"batch {batch}"


def _several(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _time(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02} h"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  " + "  ".join(cells).rstrip()
