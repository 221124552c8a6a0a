"""Labels by item: how many spans each item has, by layer and label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from newspan.model import Item
from newspan.viewer.figures import svg
from newspan.viewer.figures.bars import WIDTH, Bar, Label, Panel, bars
from newspan.viewer.figures.basis import ATTRIBUTES, LAYER_TITLES, Basis, Count, per_thousand
from newspan.viewer.figures.foot import finish
from newspan.viewer.figures.table import (
    ALL,
    ALL_ITEMS,
    Cell,
    Figure,
    Row,
    Table,
    drawn,
    others_name,
    title_of,
)

#: So many labels of a layer are told apart in the picture.
SERIES = 7
OTHER = "other labels"
HEAD = (
    *("item", "layer", "label", "spans", "spans without copies"),
    *("per 1,000 words", "per 1,000 words without copies", "words", "words without copies"),
)


def figure(basis: Basis) -> Figure:
    """Return the figure."""
    found = basis.counts

    def weight(item: Item) -> int:
        return sum(
            found[key].every.total() for layer in basis.layers if (key := (item.id, layer)) in found
        )

    shown, others = drawn([item for _, item in basis.items], weight)
    table = _table(basis, found, others)
    title = "Labels by item"
    about = (
        f"Spans by item, layer and label; {basis.said}. {basis.copy_rule} Longer items have more "
        "spans: the table has them per 1,000 words. A claim is not checked, loaded is not false."
    )
    return Figure("labels", title, about, _picture(basis, table, shown, len(others), title), table)


def _table(basis: Basis, found: dict[tuple[str, str], Count], others: Sequence[Item]) -> Table:
    ids = [item.id for _, item in basis.items]
    rows: list[Row] = []
    for layer in basis.layers:
        rows += _rows(basis, ALL_ITEMS, layer, [found.get((each, layer)) for each in ids])
    for each in ids:
        for layer in basis.layers:
            rows += _rows(basis, each, layer, [found.get((each, layer))])
    if others:
        for layer in basis.layers:
            several = [found.get((item.id, layer)) for item in others]
            rows += _rows(basis, others_name(len(others)), layer, several, mean=True)
    return Table(HEAD, rows)


def _rows(
    basis: Basis, name: str, layer: str, several: Iterable[Count | None], *, mean: bool = False
) -> list[Row]:
    """Return the rows of an item, or of several together: all labels, then each that occurs."""
    there = [count for count in several if count is not None]
    if not there:
        return [(name, layer, ALL, *(None,) * 6)]
    every, own = Counter[str](), Counter[str]()
    for count in there:
        every.update(count.every)
        own.update(count.own)
    words = sum(count.words[0] for count in there)
    own_words = sum(count.words[1] for count in there)
    parts = len(there) if mean else 1

    def row(label: str, number: int, number_own: int) -> Row:
        cells: list[Cell] = [name, layer, label, _part(number, parts)]
        known = basis.blocks is not None
        cells.append(_part(number_own, parts) if known else None)
        cells.append(per_thousand(number, words))
        cells.append(per_thousand(number_own, own_words) if known else None)
        cells += [_part(words, parts), _part(own_words, parts) if known else None]
        return tuple(cells)

    labels = [label for label in basis.labels(layer) if every[label]]
    return [
        row(ALL, every.total(), own.total()),
        *(row(label, every[label], own[label]) for label in labels),
    ]


def _part(number: int, parts: int) -> int | float:
    return number if parts == 1 else round(number / parts, 1)


def _picture(basis: Basis, table: Table, shown: Sequence[Item], others: int, title: str) -> str:
    rows = [Label(item.id, title_of(item)) for item in shown]
    if others:
        rows.append(Label(others_name(others)))
    cells = {
        (item, layer, label): (number, own)
        for item, layer, label, number, own in table.cells(*HEAD[:5])
    }
    panels = []
    axis = "spans (without copies)" if basis.blocks else "spans"
    for layer in basis.layers:
        series = basis.labels(layer)
        if len(series) > SERIES:
            usual = sorted(series, key=lambda each: -cells[ALL_ITEMS, layer, each][0])
            series = [each for each in series if each in usual[: SERIES - 1]]
        titles = [basis.title_of(layer, ATTRIBUTES[layer], each) for each in series]
        rest = len(series) < len(basis.labels(layer))
        found: list[Bar | None] = []
        for label in rows:
            number, own = cells[label.name, layer, ALL]
            if number is None:
                found.append(None)
                continue
            values = [cells.get((label.name, layer, each), (0, 0))[0] for each in series]
            if rest:
                values.append(round(max(0.0, number - sum(values)), 1))
            end = svg.shown(number) + ("" if own is None else f" ({svg.shown(own)})")
            found.append(Bar(tuple(values), end))
        colours = (*range(len(series)), *((svg.REST,) if rest else ()))
        names = (*titles, *((OTHER,) if rest else ()))
        panels.append(Panel(LAYER_TITLES[layer], axis, names, found, colours))
    body, high = bars("labels", rows, panels) if panels and rows else ([], 0.0)
    return finish(basis, "labels", title, (WIDTH, high), body)
