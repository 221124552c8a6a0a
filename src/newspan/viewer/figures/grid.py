"""A grid of numbers, tinted by size: read as a table, seen as a picture."""

from __future__ import annotations

from collections.abc import Sequence

from newspan.viewer.figures import svg
from newspan.viewer.figures.bars import ROW, WIDTH, Label, row_labels

Value = float | None
_TINT = "#56b4e9"
_GAP = 8.0


def grid(
    labels: Sequence[Label],
    heads: Sequence[str],
    values: Sequence[Sequence[Value]],
    most: Sequence[Sequence[Value]],
    *,
    splits: Sequence[int] = (),
    left: float = 200.0,
) -> tuple[list[str], float]:
    """Return the markup of a grid, and its height.

    Args:
        labels: the rows.
        heads: the columns.
        values: the numbers by row; None was not looked at.
        most: the number that has the full tint, for each; None for none.
        splits: the rows that a gap stands before.
        left: the room for the labels.
    """
    wide = (WIDTH - left) / len(heads)
    body = []
    for index, head in enumerate(heads):
        at = left + wide * (index + 0.5)
        body.append(svg.text(at, 14, head, room=wide - 4, size=svg.SMALL, anchor="middle"))
    y = 26.0
    for index, label in enumerate(labels):
        y += _GAP if index in splits else 0
        if index in splits:
            body.append(svg.line(0, y - _GAP / 2, WIDTH, y - _GAP / 2))
        body += row_labels([label], y, left - 12)
        body += _row(values[index], most[index], left, y, wide)
        y += ROW
    return body, y + 4


def _row(
    values: Sequence[Value], most: Sequence[Value], left: float, y: float, wide: float
) -> list[str]:
    if all(value is None for value in values):
        return [svg.note(left + 4, y + 14.5, "not looked at")]
    body = []
    for column, (value, full) in enumerate(zip(values, most, strict=True)):
        x = left + wide * column
        if value and full:
            shade = svg.number(0.12 + 0.6 * value / full)
            told = {"class_": "f-tint", "fill": _TINT, "fill_opacity": shade}
            body.append(svg.rect(x + 1, y + 1, wide - 2, ROW - 2, **told))
        shown = "–" if value is None else svg.shown(value)
        body.append(svg.text(x + wide / 2, y + 14.5, shown, anchor="middle", dim=not value))
    return body
