"""Reuse: how much of each item is copied from elsewhere in the corpus, and copied elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from newspan.agreement.copies import pairs
from newspan.model import Item
from newspan.viewer.figures import svg
from newspan.viewer.figures.bars import WIDTH, Bar, Label, Panel, bars
from newspan.viewer.figures.basis import Basis, Cover, Extent
from newspan.viewer.figures.foot import framed
from newspan.viewer.figures.table import (
    ALL_ITEMS,
    Figure,
    Row,
    Table,
    drawn,
    others_name,
    title_of,
)

HEAD = (
    *("item", "characters", "copied", "copied, %"),
    *("canonical, copied elsewhere", "canonical, %"),
)


def figure(basis: Basis) -> Figure:
    """Return the figure: characters that stand in copies, and in passages that others copy."""
    heads: dict[str, list[Extent]] = {}
    for pair in pairs(basis.blocks) if basis.blocks is not None else ():
        extent = (pair.canonical.start, pair.canonical.end)
        heads.setdefault(pair.canonical_item, []).append(extent)
    rows: list[Row] = []
    sums = [0, 0, 0]
    for _, item in basis.items:
        copied = basis.copies.get(item.id, Cover(()))
        head = Cover(heads.get(item.id, ()))
        # What is copied itself counts once, as copied.
        free = [part for extent in head.extents for part in copied.without(*extent)]
        row = (item.end - item.start, copied.within(item.start, item.end), _sum(free))
        rows.append(_row(item.id, *row))
        sums = [one + other for one, other in zip(sums, row, strict=True)]
    shown, others = drawn([item for _, item in basis.items], _weight(rows))
    if basis.blocks is None:
        rows, shown = [], []
    else:
        rows = [_row(ALL_ITEMS, *sums), *rows]
        if others:
            rest = {item.id for item in others}
            several = [row for row in rows if row[0] in rest]
            mean = (sum(int(row[at] or 0) for row in several) / len(several) for at in (1, 2, 4))
            rows.append(_row(others_name(len(others)), *(round(each, 1) for each in mean)))
    table = Table(HEAD, rows)
    title = "Reuse by item"
    about = "No set of copied passages is shown, so nothing is known of reuse."
    if basis.blocks is not None:
        about = (
            "Share of each item's characters that stand in passages copied from elsewhere in the "
            "corpus, and in those that stand elsewhere as copies; found by rule, in the set "
            f"{basis.blocks.info.id}. Which member of a cluster is canonical follows a fixed rule "
            "and does not tell which came first; a copy is not a conspiracy."
        )
    return Figure("reuse", title, about, _picture(basis, table, shown, len(others), title), table)


def _row(name: str, characters: float, copied: float, head: float) -> Row:
    def share(number: float) -> float | None:
        return round(100 * number / characters, 1) if characters else None

    return (name, characters, copied, share(copied), head, share(head))


def _weight(rows: Sequence[Row]) -> Callable[[Item], float]:
    found = {str(row[0]): float(row[2] or 0) + float(row[4] or 0) for row in rows}
    return lambda item: found[item.id]


def _sum(extents: Sequence[Extent]) -> int:
    return sum(end - start for start, end in extents)


def _picture(basis: Basis, table: Table, shown: Sequence[Item], others: int, title: str) -> str:
    labels = [Label(item.id, title_of(item)) for item in shown]
    if others and labels:
        labels.append(Label(others_name(others)))
    cells = {row[0]: row[1:] for row in table.cells("item", "copied, %", "canonical, %")}
    found = []
    for label in labels:
        copied, head = cells[label.name]
        rest = round(100 - (copied or 0) - (head or 0), 1)
        end = f"{copied:.1f} %" if copied is not None else "–"
        found.append(Bar((copied or 0, head or 0, max(rest, 0.0)), end))
    series = ("copied from elsewhere", "canonical, copied elsewhere", "in this item alone")
    axis = "% of an item's characters; behind a bar the copied ones"
    panel = Panel("Copied passages", axis, series, found, (svg.COPIES, 0, svg.REST), 1, 100)
    body, high = bars("reuse", labels, [panel], left=270) if labels else ([], 0.0)
    info = basis.corpus.info
    by = "" if basis.blocks is None else f", set {basis.blocks.info.id}, found by rule"
    foot = f"{info.name} {info.version}{by}"
    return framed("reuse", title, foot, (WIDTH, high), body, "there is no set of copied passages")
