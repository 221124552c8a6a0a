"""Agreement: how far the compared sets say the same, with intervals and signatures."""

from __future__ import annotations

from collections.abc import Sequence

from newspan.agreement.figures import Figure as Measured
from newspan.agreement.report import Report
from newspan.viewer.figures import svg
from newspan.viewer.figures.bars import WIDTH
from newspan.viewer.figures.basis import ATTRIBUTES, LAYER_TITLES, Basis
from newspan.viewer.figures.foot import framed
from newspan.viewer.figures.table import ALL, Figure, Row, Table

HEAD = (
    *("layer", "label", "measure", "copies", "value", "low", "high", "spans per set"),
    *("reason", "signature"),
)
#: The drawn measures: what a column is called, the measure of a layer and that of a label, and what
#: the signature must say.
MEASURES = (
    ("gamma; of a label gamma_k", "gamma", "gamma_k", ""),
    ("F1 (IoU ≥ 0.5, same label)", "f1_iou", "f1_iou", "labels:same"),
    ("alpha (by character)", "alpha", "alpha", "unit:character"),
)
_LEFT = 224.0
_GAP = 22.0
_ROW = 30.0


def figure(basis: Basis, report: Report | None) -> Figure:
    """Return the figure of a report; without one it says that no sets are compared."""
    if report is None:
        title = "Agreement"
        about = "How far sets say the same, where two or more of them are compared."
        picture = framed(
            "agreement", title, "no sets are compared", (WIDTH, 0), [], "no sets are compared"
        )
        return Figure("agreement", title, about, picture, Table(HEAD, []))
    found = {(f.layer, f.label, f.measure, f.copies): f for f in _shown(report)}
    rows = [_cells(each) for each in found.values()]
    table = Table(HEAD, rows)
    ids = " and ".join(report.ids) if len(report.ids) == 2 else ", ".join(report.ids)
    names = dict.fromkeys(name for info in report.sets for name in info.producer.by)
    by = svg.clean("; ".join(names))
    about = (
        f"{report.title.capitalize()} of the sets {ids}, annotated by {by}: values with bootstrap "
        "intervals, where 1 is full agreement and 0, but for F1, what chance gives. "
        f"{svg.clean(' '.join(report.notes))} {_copies(report)} Agreement does not tell whether "
        "annotations are right. Each row of the table has its signature."
    )
    title = report.title.capitalize()
    foot = f"{report.corpus}, sets {ids}, annotated by {by}"
    return Figure("agreement", title, about, _picture(basis, report, found, title, foot), table)


def _copies(report: Report) -> str:
    if report.blocks is None:
        return "Copies are not told apart: there is no set of copied passages."
    return f"“Without copies” leaves out the text of copied passages (set {report.blocks})."


def _shown(report: Report) -> list[Measured]:
    """Return the figures that are drawn, over all sets, in the order of the report."""
    return [
        each
        for layer in report.layers
        for each in layer.figures
        if each.sets == report.ids
        and any(
            each.measure == (whole if each.label is None else single)
            and (not said or said in each.own.split("|"))
            for _, whole, single, said in MEASURES
        )
    ]


def _cells(each: Measured) -> Row:
    def told(value: float | None) -> float | None:
        return None if value is None else round(value, 4)

    return (
        *(each.layer, each.label or ALL, each.measure, each.copies),
        *(told(each.value), told(each.low), told(each.high)),
        *("+".join(map(str, each.counts)), each.reason or "", each.signature),
    )


_Found = dict[tuple[str, str | None, str, str], Measured]


def _picture(basis: Basis, report: Report, found: _Found, title: str, foot: str) -> str:
    size = (WIDTH, 0.0)
    if not found:
        return framed("agreement", title, foot, size, [], "nothing was compared")
    low = min(
        (v for each in found.values() for v in (each.value, each.low) if v is not None), default=0
    )
    # Rounded down to quarters; what lies beyond the axis is cut off, and an arrow says so.
    least = 0.0 if low > -0.02 else max(-1.0, (low * 4 // 1) / 4)
    wide = (WIDTH - _LEFT - _GAP * 2) / 3
    body: list[str] = []
    y = 30.0
    two = any(each.copies == "without" for each in found.values())
    if two:
        body += [
            *_mark(6, 8, hollow=False),
            svg.text(14, 12, "all text", size=svg.SMALL),
            *_mark(76, 8, hollow=True),
            svg.text(84, 12, "without copies", size=svg.SMALL),
        ]
    for column, (name, *_) in enumerate(MEASURES):
        x = _LEFT + (wide + _GAP) * column
        body.append(svg.heading(x, 14, name, "", wide))
    rows: list[str] = []
    for layer in report.layers:
        labels = _labels(basis, layer.layer, found)
        if not labels:
            continue
        rows.append(svg.heading(0, y + 14, LAYER_TITLES[layer.layer], "", _LEFT - 10))
        y += 22
        first = y
        for label in labels:
            told = "all labels"
            if label is not None:
                told = basis.title_of(layer.layer, ATTRIBUTES[layer.layer], label)
            rows.append(svg.text(10, y + _ROW / 2 + 4, told, room=_LEFT - 20))
            for column, (_, whole, single, _said) in enumerate(MEASURES):
                x = _LEFT + (wide + _GAP) * column
                key = (layer.layer, label, whole if label is None else single)
                pair = [found.get((*key, copies)) for copies in ("with", "without")]
                rows += _interval(pair, x, y, wide, least)
            y += _ROW
        for column in range(3):
            x = _LEFT + (wide + _GAP) * column
            body += _axis(x, first - 2, y, wide, least)
        y += 26
    return framed("agreement", title, foot, (WIDTH, y - 12), [*body, *rows], "")


def _labels(basis: Basis, layer: str, found: _Found) -> list[str | None]:
    there = {label for of, label, _, _ in found if of == layer}
    known = basis.corpus.labels.of(layer, ATTRIBUTES[layer])
    named = {label for label in there if label is not None}
    order = [*(each for each in known if each in named), *sorted(named - set(known))]
    return [*((None,) if None in there else ()), *order]


def _room(wide: float) -> float:
    return wide - 76


def _at(value: float, wide: float, least: float) -> float:
    return _room(wide) * (max(value, least) - least) / (1 - least)


def _axis(x: float, top: float, bottom: float, wide: float, least: float) -> list[str]:
    body = []
    steps = [0.0, 0.5, 1.0] if least == 0 else [least, 0.0, 0.5, 1.0]
    for step in steps:
        at = x + _at(step, wide, least)
        body.append(svg.line(at, top, at, bottom, "axis" if step == 0 else "grid"))
        told = svg.shown(step, 0 if step == int(step) else 2 if step * 10 % 1 else 1)
        body.append(svg.note(at, bottom + 13, told, "middle"))
    return body


def _interval(
    pair: Sequence[Measured | None], x: float, y: float, wide: float, least: float
) -> list[str]:
    """Return the marks of a figure with copies, and of that without below it; and both values."""
    body = []
    told = []
    for index, each in enumerate(pair):
        if each is None:
            continue
        middle = y + _ROW / 2 + (0 if pair[1] is None else (-5, 5)[index])
        if each.value is None:
            told.append("–")
            continue
        told.append(svg.shown(each.value, 2))
        if each.low is not None and each.high is not None:
            start, end = (x + _at(value, wide, least) for value in (each.low, each.high))
            body.append(svg.line(start, middle, end, middle, "ink", stroke_width=1.4))
            if each.low < least - 0.02:
                arrow = f"M{svg.number(start)} {svg.number(middle)}l5 -3v6z"
                body.append(svg.element("path", {"d": arrow, "class": "f-mark", "fill": svg.INK}))
        title = f"{each.measure}, {'without copies' if index else 'all text'}: "
        title += f"{each.value:.4f}".replace("-", "\u2212")
        body += _mark(x + _at(each.value, wide, least), middle, hollow=index == 1, title=title)
    text = " / ".join(told) if any(each != "–" for each in told) else "no value"
    if told:
        at = y + _ROW / 2 + 4
        body.append(svg.text(x + wide, at, text, size=svg.SMALL, anchor="end"))
    return body


def _mark(x: float, y: float, *, hollow: bool, title: str = "") -> list[str]:
    place = {"cx": x, "cy": y, "r": 3.6, "class": "f-hollow" if hollow else "f-mark"}
    paint = {"fill": svg.PAGE if hollow else svg.INK, "stroke": svg.INK, "stroke-width": 1.4}
    told = svg.element("title", {}, title) if title else ""
    return [svg.element("circle", {**place, **paint}, told)]
