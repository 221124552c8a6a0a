"""Span lengths: how many words the spans of each layer have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from newspan.quality.figures import count_words, percentile
from newspan.viewer.figures import svg
from newspan.viewer.figures.bars import WIDTH, ticks
from newspan.viewer.figures.basis import LAYER_TITLES, Basis
from newspan.viewer.figures.foot import finish
from newspan.viewer.figures.table import Figure, Row, Table

#: So many bars a histogram has at most; the last one holds all that is longer.
BINS = 20
HEAD = (
    *("layer", "role", "words from", "words to", "spans", "spans without copies"),
    *("lower quartile", "median", "upper quartile"),
)
_GAP = 28.0
_HIGH = 96.0
_COLUMNS = 3


def figure(basis: Basis) -> Figure:
    """Return the figure; attribution is told apart by role, since its roles differ most."""
    groups: dict[tuple[str, str], list[tuple[int, bool]]] = {}
    for _, item in basis.items:
        for layer in basis.layers:
            for span in basis.spans(item, layer):
                role = span.label if layer == "attribution" else ""
                words = max(1, count_words(span.text))
                copied = basis.span_is_copied(item, span)
                groups.setdefault((layer, role), []).append((words, copied))
    keys = [
        (layer, role)
        for layer in basis.layers
        for role in (basis.labels(layer) if layer == "attribution" else [""])
    ]
    rows = [row for key in keys if key in groups for row in _rows(basis, *key, groups[key])]
    table = Table(HEAD, rows)
    title = "Span lengths"
    about = (
        f"Spans by how many words they have, layer by layer and role by role; {basis.said}. "
        f"{basis.copy_rule} The broken line is the median of all spans. Words are stretches "
        "without white space, or characters of scripts that write none."
    )
    return Figure("lengths", title, about, _picture(basis, table, title), table)


def _rows(basis: Basis, layer: str, role: str, lengths: Sequence[tuple[int, bool]]) -> list[Row]:
    """Return a row of all spans with the quartiles, then one per bar of the histogram."""
    known = basis.blocks is not None
    ordered = sorted(words for words, _ in lengths)
    every = Counter(words for words, _ in lengths)
    own = Counter(words for words, copied in lengths if not copied)
    quartiles = [round(percentile(ordered, share), 2) for share in (0.25, 0.5, 0.75)]
    whole = (layer, role, ordered[0], ordered[-1], len(ordered), own.total() if known else None)
    rows: list[Row] = [(*whole, *quartiles)]
    for first, last in bins(ordered):
        words = range(first, last + 1)
        number, number_own = (sum(of[each] for each in words) for of in (every, own))
        rows.append(
            (layer, role, first, last, number, number_own if known else None, None, None, None)
        )
    return rows


def bins(ordered: Sequence[int]) -> list[tuple[int, int]]:
    """Return the bars of a histogram of sorted lengths: the least and greatest of each.

    Their width is 1, 2 or 5 words times a power of ten, the least with which 98 % of the spans are
    in `BINS` bars; the last one reaches to the longest span.
    """
    long = percentile(ordered, 0.98)
    wide = next(
        factor * 10**power
        for power in range(12)
        for factor in (1, 2, 5)
        if long <= factor * 10**power * BINS
    )
    found = [
        (first, first + wide - 1) for first in range(1, min(ordered[-1], wide * BINS) + 1, wide)
    ]
    found[-1] = (found[-1][0], max(found[-1][1], ordered[-1]))
    return found


def _picture(basis: Basis, table: Table, title: str) -> str:
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in table.rows:
        groups.setdefault((str(row[0]), str(row[1])), []).append(row)
    wide = (WIDTH - _GAP * (_COLUMNS - 1)) / _COLUMNS
    body: list[str] = []
    for index, ((layer, role), rows) in enumerate(groups.items()):
        x = (wide + _GAP) * (index % _COLUMNS)
        y = (_HIGH + 92) * (index // _COLUMNS)
        name = LAYER_TITLES[layer]
        if role:
            name += f": {basis.title_of('attribution', 'role', role).lower()}"
        inside = _panel(basis, name, rows, wide)
        place = f"translate({svg.number(x)} {svg.number(y)})"
        body.append(svg.element("g", {"transform": place}, *inside))
    lines = -(-len(groups) // _COLUMNS)
    high = (_HIGH + 92) * lines - 8.0
    if groups and basis.blocks is not None:
        key = [
            svg.swatch("lengths", 0, 0, high - 4),
            svg.text(18, high + 5, "not copied", size=svg.SMALL),
            svg.swatch("lengths", svg.COPIES, 90, high - 4),
            svg.text(108, high + 5, "in copies", size=svg.SMALL),
            svg.note(180, high + 5, "In brackets: without copies."),
        ]
        body += key
        high += 12
    return finish(basis, "lengths", title, (WIDTH, high), body)


def _panel(basis: Basis, name: str, rows: Sequence[Row], wide: float) -> list[str]:
    whole, *found = (tuple(0 if cell is None else cell for cell in row[2:]) for row in rows)
    longest, spans, own, low, middle, high = (float(each) for each in whole[1:])
    count = f"{spans:,.0f} spans" + (f" ({own:,.0f})" if basis.blocks else "")
    told = f"median {svg.shown(middle)}, quartiles {svg.shown(low)} and {svg.shown(high)}"
    body = [svg.heading(0, 14, name, count, wide)]
    body.append(svg.text(0, 30, told, room=wide, size=svg.SMALL, dim=True))
    top, left = 44.0, 34.0
    bottom = top + _HIGH
    most = max(float(row[2]) for row in found)
    room = wide - left
    for step in (each for each in ticks(most, 3) if each <= most and each == int(each)):
        y = bottom - _HIGH * step / most
        body.append(svg.line(left, y, wide, y, "axis" if step == 0 else "grid"))
        body.append(svg.note(left - 5, y + 4, svg.shown(step), "end"))
    bar = room / BINS
    step_words = int(found[0][1]) - int(found[0][0]) + 1 if len(found) > 1 else int(longest)
    pieces = []
    for index, (first, last, number, number_own, *_) in enumerate(found):
        x = left + bar * index
        y = bottom
        words = f"{first:,}" if first == last else f"{first:,} to {last:,}"
        title = f"{name}, {words} words: {svg.shown(float(number))}"
        mine = float(number_own) if basis.blocks else float(number)
        for place, value in ((0, mine), (svg.COPIES, float(number) - mine)):
            tall = _HIGH * value / most
            if value:
                fill = svg.series("lengths", place)
                pieces.append(svg.rect(x + 0.5, y - tall, bar - 1, tall, title=title, **fill))
            y -= tall
    body.append(svg.element("g", svg.EDGED, *pieces))
    middle_at = left + bar * min((middle - 0.5) / step_words, len(found))
    body.append(svg.line(middle_at, top - 4, middle_at, bottom, "ink", stroke_dasharray="3 2"))
    for index, (first, last, *_) in enumerate(found):
        at = left + bar * (index + 0.5)
        is_last = index == len(found) - 1
        if index % 5 and not is_last:
            continue
        if is_last and index % 5 in (1, 2):
            continue
        more = is_last and int(last) - int(first) + 1 > step_words
        said = f"≥ {first:,}" if more else f"{first:,}"
        body.append(svg.note(at, bottom + 14, said, "middle"))
    unit = "words" if step_words == 1 else f"words, from; a bar is {step_words:,} wide"
    body.append(svg.note(left, bottom + 29, unit))
    return body
