"""Sources cited: of which kind and named or not, by item; and the names that occur most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from newspan.model import Item
from newspan.viewer.figures.bars import WIDTH, Bar, Label, Panel, bars
from newspan.viewer.figures.basis import Basis
from newspan.viewer.figures.foot import finish
from newspan.viewer.figures.grid import Value, grid
from newspan.viewer.figures.table import (
    ALL,
    ALL_ITEMS,
    Figure,
    Row,
    Table,
    drawn,
    others_name,
    title_of,
)
from newspan.viewer.figures.voices import COPIED, two_parts

LAYER = "attribution"
NO_KIND = "not said"
HEAD = (
    *("item", "source kind", "attributions", "source named", "not named"),
    *("attributions without copies", "source named, without copies", "not named, without copies"),
)
NAME_HEAD = ("name", "source kinds", "items", "attributions", "attributions without copies")


class Cited(NamedTuple):
    """An attribution as it is counted: the kind of its source, named or not, and copied or not."""

    kind: str
    named: bool
    copied: bool


def figure(basis: Basis) -> Figure:
    """Return the figure of source kinds by item."""
    found = {
        item.id: [
            Cited(
                each.source_kind or NO_KIND,
                each.source_named,
                basis.attribution_is_copied(item, each),
            )
            for each in basis.attributions(item)
        ]
        for _, item in basis.items
        if basis.looked(item, LAYER)
    }
    seen = {cited.kind for several in found.values() for cited in several}
    known = basis.corpus.labels.of(LAYER, "source_kind")
    kinds = [*(each for each in known if each in seen), *sorted(seen - set(known))]
    items = [item for _, item in basis.items]
    shown, others = drawn(items, lambda item: len(found.get(item.id, ())))
    rows: list[Row] = []
    if found:
        whole = [cited for several in found.values() for cited in several]
        rows += _rows(basis, ALL_ITEMS, kinds, whole, 1)
    for item in items:
        if item.id in found:
            rows += _rows(basis, item.id, kinds, found[item.id], 1)
        else:
            rows.append((item.id, ALL, *(None,) * 6))
    if others:
        several = [found[item.id] for item in others if item.id in found]
        together = [cited for each in several for cited in each]
        rows += _rows(basis, others_name(len(others)), kinds, together, len(several) or 1)
    table = Table(HEAD, rows if found else [])
    title = "Sources cited, by kind"
    about = (
        "Attributions by the kind of their source and by whether the text names it, item by item; "
        f"{basis.said}. {basis.copy_rule} An attribution is not an endorsement, and a kind "
        "says what a source is, not how much it can be relied on."
    )
    picture = _picture(basis, table, shown, len(others), kinds, title)
    return Figure("sources", title, about, picture, table)


def _rows(
    basis: Basis, name: str, kinds: Sequence[str], several: Sequence[Cited], parts: int
) -> list[Row]:
    counts = Counter(several)

    def row(label: str, of: Sequence[str]) -> Row:
        cells: list[int | float | None] = []
        for copied in ((True, False), (False,)):
            named, not_named = (
                sum(counts[Cited(kind, flag, each)] for kind in of for each in copied)
                for flag in (True, False)
            )
            cells += [named + not_named, named, not_named]
        if parts > 1:
            cells = [round((each or 0) / parts, 1) for each in cells]
        if basis.blocks is None:
            cells[3:] = [None] * 3
        return (name, label, *cells)

    there = [kind for kind in kinds if any(cited.kind == kind for cited in several)]
    return [row(ALL, there), *(row(kind, [kind]) for kind in there)]


def _picture(
    basis: Basis, table: Table, shown: Sequence[Item], others: int, kinds: Sequence[str], title: str
) -> str:
    cells = {row[:2]: row[2:] for row in table.cells(*HEAD)}
    columns = (*kinds, ALL)
    labels = [Label("All items"), Label("", "source named"), Label("", "source not named")]
    if basis.blocks is not None:
        labels.append(Label("", "without copies"))
    values: list[list[Value]] = [
        [cells.get((ALL_ITEMS, kind), (0,) * 4)[at] for kind in columns]
        for at in range(len(labels))
    ]
    first = len(labels)
    labels += [Label(item.id, title_of(item)) for item in shown]
    if others:
        labels.append(Label(others_name(others)))
    for name, _ in labels[first:]:
        looked = cells.get((name, ALL), (None,))[0] is not None
        values.append([cells.get((name, kind), (0,))[0] if looked else None for kind in columns])
    most = [*[_most(values[:first])] * first, *[_most(values[first:])] * (len(labels) - first)]
    heads = [basis.title_of(LAYER, "source_kind", kind) for kind in kinds]
    body: list[str] = []
    high = 0.0
    if table.rows:
        body, high = grid(labels, [*heads, "all"], values, most, splits=(first,))
    return finish(basis, "sources", title, (WIDTH, high), body)


def _most(values: Sequence[Sequence[Value]]) -> list[Value]:
    """Return what has the full tint in a row: the greatest number, and for the sum nothing."""
    width = len(values[0]) if values else 1
    most = max((value or 0 for row in values for value in row[:-1]), default=0)
    return [most] * (width - 1) + [None]


def names(basis: Basis) -> Figure:
    """Return the figure of the names that sources were resolved to."""
    every, own = Counter[str](), Counter[str]()
    kinds: dict[str, Counter[str]] = {}
    places: dict[str, set[str]] = {}
    for _, item in basis.items:
        for each in basis.attributions(item):
            if each.source_name:
                name = each.source_name
                every[name] += 1
                own[name] += not basis.attribution_is_copied(item, each)
                kinds.setdefault(name, Counter())[each.source_kind or NO_KIND] += 1
                places.setdefault(name, set()).add(item.id)
    known = basis.blocks is not None
    rows: list[Row] = [
        (
            name,
            ", ".join(kind.replace("_", " ") for kind, _ in kinds[name].most_common()),
            len(places[name]),
            every[name],
            own[name] if known else None,
        )
        for name in sorted(every, key=lambda name: (-every[name], name))
    ]
    table = Table(NAME_HEAD, rows)
    title = "Sources cited, by name"
    about = (
        "Attributions by the name that their source has in its item, for sources that are named or "
        f"can be resolved there; {basis.said}. Names are compared letter by letter, so one "
        f"source may have several. {basis.copy_rule} Being cited is not being right, or wrong."
    )
    return Figure("source-names", title, about, _names(basis, table, title), table)


#: So many names are drawn.
MOST_NAMES = 20


def _names(basis: Basis, table: Table, title: str) -> str:
    shown = table.rows[:MOST_NAMES]
    labels = [Label(str(row[0]), str(row[1])) for row in shown]
    found: list[Bar | None] = []
    for row in shown:
        number, own = int(row[3] or 0), row[4]
        values = (number,) if own is None else (int(own), number - int(own))
        items = "1 item" if row[2] == 1 else f"{row[2]:,} items"
        found.append(
            Bar(values, f"{two_parts(number, None if own is None else int(own))}, {items}")
        )
    left = len(table.rows) - len(shown)
    if left:
        labels.append(Label(f"{left:,} other names"))
        found.append(Bar((0,) * (2 if basis.blocks else 1), "in the table"))
    series = ("not copied", "in copies") if basis.blocks else ("attributions",)
    axis = "number (without copies)" if basis.blocks else "number"
    panel = Panel("Attributions", axis, series, found, COPIED[: len(series)])
    body, high = bars("source-names", labels, [panel], left=330) if labels else ([], 0.0)
    return finish(basis, "source-names", title, (WIDTH, high), body)
