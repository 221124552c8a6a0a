"""Sets side by side: how many spans of each label every set has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from newspan.viewer.figures.bars import WIDTH, Label
from newspan.viewer.figures.basis import ATTRIBUTES, LAYER_TITLES, LAYERS, Basis
from newspan.viewer.figures.foot import framed
from newspan.viewer.figures.grid import Value, grid
from newspan.viewer.figures.table import ALL, Figure, Row, Table

HEAD = ("layer", "label", "set", "annotated by", "spans", "spans without copies")
#: So many sets have a column in the picture.
COLUMNS = 7


def figure(bases: Sequence[Basis]) -> Figure:
    """Return the figure of the annotated sets, in their order."""
    counted = [(basis, *_counts(basis)) for basis in bases]
    rows: list[Row] = []
    for layer in LAYERS:
        labels = _labels(bases, layer)
        for label in (ALL, *labels):
            several = labels if label == ALL else [label]
            for basis, every, own in counted:
                if layer not in basis.layers:
                    continue
                number, number_own = (
                    sum(of[layer, each] for each in several) for of in (every, own)
                )
                mine = number_own if basis.blocks is not None else None
                by = "; ".join(basis.chosen.info.producer.by)
                rows.append((layer, label, basis.chosen.info.id, by, number, mine))
    table = Table(HEAD, rows)
    title = "Labels by set"
    about = (
        "Spans by layer and label in each set, copies included; the table has them without copies, "
        "and says who annotated each set. Sets may have looked at different text, and one may be "
        "made from others: like counts do not show that they agree."
    )
    return Figure("sets", title, about, _picture(bases, table, title), table)


def _counts(basis: Basis) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    every, own = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for (_, layer), count in basis.counts.items():
        for label, number in count.every.items():
            every[layer, label] += number
            own[layer, label] += count.own[label]
    return every, own


def _labels(bases: Sequence[Basis], layer: str) -> list[str]:
    """Return the labels that any set has, in the order of their file."""
    there = {label for basis in bases for label in basis.labels(layer)}
    known = bases[0].corpus.labels.of(layer, ATTRIBUTES[layer])
    return [*(each for each in known if each in there), *sorted(there - set(known))]


def _picture(bases: Sequence[Basis], table: Table, title: str) -> str:
    info = bases[0].corpus.info
    foot = f"{info.name} {info.version}, all spans, copies included"
    shown = [basis.chosen.info.id for basis in bases][:COLUMNS]
    cells = {row[:3]: row[3] for row in table.cells(*HEAD[:3], "spans")}
    labels: list[Label] = []
    values: list[list[Value]] = []
    splits: list[int] = []
    for layer, label in dict.fromkeys(row[:2] for row in table.cells("layer", "label")):
        if label == ALL:
            splits.append(len(labels))
            labels.append(Label(LAYER_TITLES[layer], "all labels"))
        else:
            labels.append(Label("", bases[0].title_of(layer, ATTRIBUTES[layer], label)))
        values.append([cells.get((layer, label, each)) for each in shown])
    # Within a row, so that a set that has fewer than the others is seen.
    most: list[list[Value]] = [[max(v or 0 for v in row)] * len(row) for row in values]
    body: list[str] = []
    high = 0.0
    if labels:
        body, high = grid(labels, shown, values, most, splits=splits[1:], left=250)
    if len(bases) > len(shown):
        foot += f"; {len(bases) - len(shown)} more sets in the table"
    return framed("sets", title, foot, (WIDTH, high), body, "no set has spans")
