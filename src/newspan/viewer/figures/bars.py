"""Horizontal bars, stacked by series, in panels side by side that share their rows."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10
from typing import NamedTuple

from newspan.viewer.figures import svg

WIDTH = 860.0
ROW = 21.0
_BAR = 13.0
_GAP = 26.0
_HEAD = 20.0
_KEY = 16.0


class Label(NamedTuple):
    """What a row is: its name, and in a fainter colour what explains it."""

    name: str
    detail: str = ""


class Bar(NamedTuple):
    """A row of a panel: a value per series, and the words behind the bar."""

    values: tuple[float, ...]
    end: str


class Panel(NamedTuple):
    """A panel: its title, what its axis counts, the series' names, and a bar per row.

    A row that is None was not looked at. `colours` gives the series' places in the palette.
    """

    title: str
    axis: str
    series: tuple[str, ...]
    bars: Sequence[Bar | None]
    colours: tuple[int, ...] = ()
    decimals: int | None = None
    most: float | None = None


def bars(
    name: str, labels: Sequence[Label], panels: Sequence[Panel], *, left: float = 200.0
) -> tuple[list[str], float]:
    """Return the markup of panels of bars, and the height that they take.

    Args:
        name: the picture's id.
        labels: the rows.
        panels: one to three of them, each with a bar per row; of several all axes count the same.
        left: the room for the labels.
    """
    wide = (WIDTH - left - _GAP * (len(panels) - 1)) / len(panels)
    keys = [_keys(name, panel, wide) for panel in panels]
    top = _HEAD + max((high for _, high in keys), default=0) + 20
    high = top + ROW * len(labels)
    body = row_labels(labels, top, left - 12)
    common = len(panels) > 1
    if common:
        body.append(svg.text(0, top - 7, panels[0].axis, room=left - 12, size=svg.SMALL, dim=True))
    for index, panel in enumerate(panels):
        x = left + index * (wide + _GAP)
        body.append(svg.heading(x, 14, panel.title, "" if common else panel.axis, wide))
        body.append(
            svg.element("g", {"transform": f"translate({svg.number(x)} 0)"}, keys[index][0])
        )
        body += _panel(name, panel, labels, x, wide, top)
    return body, high + 6


def row_labels(labels: Sequence[Label], top: float, room: float, high: float = ROW) -> list[str]:
    """Return the labels of rows; a detail gets what room the name leaves."""
    return [
        svg.pair(0, top + high * (index + 0.5) + 4, *label, room)
        for index, label in enumerate(labels)
    ]


def _keys(name: str, panel: Panel, wide: float) -> tuple[str, float]:
    """Return the key to a panel's series, in as many lines as it takes, and its height."""
    if len(panel.series) < 2:
        return "", 0.0
    found, x, y = [], 0.0, _HEAD + 6
    for place, title in zip(_colours(panel), panel.series, strict=True):
        room = svg.width(title, svg.SMALL) + 30
        if x and x + room > wide:
            x, y = 0.0, y + _KEY
        found.append(svg.swatch(name, place, x, y - 2))
        found.append(svg.text(x + 18, y + 7, title, room=wide - 18, size=svg.SMALL))
        x += room
    return "".join(found), y + _KEY - _HEAD


def _panel(
    name: str, panel: Panel, labels: Sequence[Label], x: float, wide: float, top: float
) -> list[str]:
    ends = [svg.width(bar.end, svg.SMALL) for bar in panel.bars if bar is not None]
    room = wide - max(ends, default=0) - 6
    totals = [sum(bar.values) for bar in panel.bars if bar is not None]
    most = panel.most or max(totals, default=0)
    steps = [each for each in ticks(most, 4 if room > 130 else 2) if each <= (most or 1)]
    scale = room / (most or 1)
    bottom = top + ROW * len(labels)
    body, pieces = [], []
    for step in steps:
        at = x + step * scale
        body.append(svg.line(at, top - 3, at, bottom, "axis" if step == 0 else "grid"))
        told = svg.shown(round(step, 6), 0 if step == int(step) else panel.decimals)
        body.append(svg.note(at, top - 7, told, "middle"))
    for index, bar in enumerate(panel.bars):
        y = top + ROW * index + (ROW - _BAR) / 2
        if bar is None:
            body.append(svg.note(x + 4, y + 10.5, "not looked at"))
            continue
        at = x
        for place, series, value in zip(_colours(panel), panel.series, bar.values, strict=True):
            if value:
                told = f"{labels[index].name}: {series}, {svg.shown(value, panel.decimals)}"
                fill = svg.series(name, place)
                pieces.append(svg.rect(at, y, value * scale, _BAR, title=told, **fill))
                at += value * scale
        body.append(svg.text(at + 5, y + 10.5, bar.end, size=svg.SMALL, over=True))
    return [*body, svg.element("g", svg.EDGED, *pieces)]


def _colours(panel: Panel) -> tuple[int, ...]:
    return panel.colours or tuple(range(len(panel.series)))


def ticks(most: float, steps: int) -> list[float]:
    """Return zero and round numbers up to the first that is not below `most`, about `steps`.

    Steps are 1, 2 or 5 times a power of ten; of nothing at all the axis goes to 1.
    """
    if most <= 0:
        return [0.0, 1.0]
    raw = most / steps
    power = 10.0 ** floor(log10(raw))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * 0.999)
    count = -(-most // step)
    return [round(step * index, 10) for index in range(int(count) + 1)]
