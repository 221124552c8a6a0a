"""Density along the text: where in each item the marked words stand."""

from __future__ import annotations

from collections.abc import Sequence

from newspan.model import Item
from newspan.viewer.figures import svg
from newspan.viewer.figures.bars import WIDTH, Label, row_labels
from newspan.viewer.figures.basis import LAYER_TITLES, Basis, Cover
from newspan.viewer.figures.foot import finish
from newspan.viewer.figures.table import Cell, Figure, Row, Table, drawn, others_name, title_of

#: Into so many parts of equal length an item is cut.
PARTS = 50
COPIES = "copied passages"
HEAD = ("item", "layer", *(f"part {part}, %" for part in range(1, PARTS + 1)))
_LEFT = 200.0
_GAP = 18.0
_HIGH = 18.0
_ROW = 25.0


def figure(basis: Basis) -> Figure:
    """Return the figure."""
    rows: list[Row] = []
    weights: dict[str, float] = {}
    layers = [*basis.layers, *((COPIES,) if basis.blocks is not None else ())]
    for _, item in basis.items:
        for layer in layers:
            shares = _shares(basis, item, layer)
            rows.append((item.id, layer, *shares))
            known = [float(each) for each in shares if each is not None]
            if layer != COPIES:
                weights[item.id] = weights.get(item.id, 0.0) + sum(known)
    items = [item for _, item in basis.items]
    shown, others = drawn(items, lambda item: weights.get(item.id, 0.0))
    if others:
        rest = {item.id for item in others}
        for layer in layers:
            several = [row[2:] for row in rows if row[0] in rest and row[1] == layer]
            rows.append((others_name(len(others)), layer, *_mean(several)))
    table = Table(HEAD, rows if basis.layers else [])
    title = "Density along the text"
    where = " Copies are shown like all text; the last column tells where they stand."
    about = (
        f"Share of the characters of each item that are marked, in {PARTS} parts of equal length "
        f"from its beginning to its end, of the text that was looked at; {basis.said}."
        f"{where if basis.blocks is not None else ''} A gap in a base line was not looked at."
    )
    picture = _picture(basis, table, shown, len(others), layers, title)
    return Figure("density", title, about, picture, table)


def _shares(basis: Basis, item: Item, layer: str) -> list[Cell]:
    """Return the share of each part that is marked, in whole %; None where nobody looked."""
    if layer == COPIES:
        marked = basis.copies.get(item.id, Cover(()))
        looked = Cover([(item.start, item.end)])
    else:
        marked = Cover((span.start, span.end) for span in basis.spans(item, layer))
        looked = Cover(
            (zone.start, zone.end)
            for zone in item.zones
            if (item.id, layer, zone.kind) in basis.chosen.looked_at
        )
    length = item.end - item.start
    borders = [item.start + length * part // PARTS for part in range(PARTS + 1)]
    seen = [looked.up_to(each) for each in borders]
    found = [marked.up_to(each) for each in borders]
    shares: list[Cell] = []
    for part in range(PARTS):
        there = seen[part + 1] - seen[part]
        inside = found[part + 1] - found[part]
        # White space between two zones belongs to neither, though a span may reach over it.
        shares.append(min(100, round(100 * inside / there)) if there else None)
    return shares


def _mean(several: Sequence[Sequence[Cell]]) -> list[Cell]:
    shares: list[Cell] = []
    for column in zip(*several, strict=True):
        known = [float(each) for each in column if each is not None]
        shares.append(round(sum(known) / len(known)) if known else None)
    return shares


def _picture(
    basis: Basis,
    table: Table,
    shown: Sequence[Item],
    others: int,
    layers: Sequence[str],
    title: str,
) -> str:
    labels = [Label(item.id, title_of(item)) for item in shown]
    if others:
        labels.append(Label(others_name(others)))
    if not table.rows or not labels:
        return finish(basis, "density", title, (WIDTH, 0), [])
    cells = {(str(row[0]), str(row[1])): row[2:] for row in table.rows}
    wide = (WIDTH - _LEFT - _GAP * (len(layers) - 1)) / len(layers)
    top = 40.0
    body = row_labels(labels, top, _LEFT - 12, _ROW)
    for column, layer in enumerate(layers):
        x = _LEFT + (wide + _GAP) * column
        name = LAYER_TITLES.get(layer, layer.capitalize())
        body.append(svg.heading(x, 14, name, "", wide))
        body.append(svg.note(x, 32, "beginning"))
        body.append(svg.note(x + wide, 32, "end", "end"))
        for index, label in enumerate(labels):
            y = top + _ROW * index + (_ROW + _HIGH) / 2
            strip = _strip(cells[label.name, layer], wide)
            fill = {"class": "f-c0", "fill": svg.COLOURS[0]}
            if layer == COPIES:
                fill = {"class": "f-c7", "fill": svg.COLOURS[svg.COPIES]}
            place = {"transform": f"translate({svg.number(x)} {svg.number(y)})"}
            base = {"d": _base(cells[label.name, layer], wide), "class": "f-axis-line"}
            body.append(
                svg.element(
                    "g",
                    place,
                    svg.line(0, -_HIGH, wide, -_HIGH, "grid", stroke_width=0.5),
                    svg.element("path", {"d": strip, **fill}) if strip else "",
                    svg.element("path", {**base, "stroke": svg.AXIS, "fill": "none"}),
                )
            )
    high = top + _ROW * len(labels)
    note = f"Height: share of the characters marked, of 100 % at the fine line; {PARTS} parts each."
    body.append(svg.note(0, high + 16, note))
    return finish(basis, "density", title, (WIDTH, high + 18), body)


def _strip(shares: Sequence[Cell], wide: float) -> str:
    """Return the outline of the shares as steps above y = 0."""
    step = wide / PARTS
    told, at = [], 0
    while at < PARTS:
        last = at
        while last < PARTS and shares[last] == shares[at]:
            last += 1
        if shares[at]:
            tall = _HIGH * float(shares[at] or 0) / 100
            x, end = svg.number(at * step), svg.number(last * step)
            told.append(f"M{x} 0V{svg.number(-tall)}H{end}V0Z")
        at = last
    return "".join(told)


def _base(shares: Sequence[Cell], wide: float) -> str:
    """Return the base line, where a part was looked at."""
    step = wide / PARTS
    told, at = [], 0
    while at < PARTS:
        last = at
        while last < PARTS and (shares[last] is None) is (shares[at] is None):
            last += 1
        if shares[at] is not None:
            told.append(f"M{svg.number(at * step)} 0H{svg.number(last * step)}")
        at = last
    return "".join(told)
