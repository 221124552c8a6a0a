"""The report on predictions: what it holds, and how it reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from newspan.agreement.report import number, several, table
from newspan.model import SetInfo
from newspan.scoring.baselines import LENGTH, NOTHING, WHOLE
from newspan.scoring.figures import Estimate, Figure
from newspan.scoring.significance import Difference

#: With fewer groups than this, an interval is not to be leant on.
FEW = 10

#: The rows of a layer: measure, what its signature holds, and its name. The first is the headline.
_ROWS = (
    ("iou", "labels:same", "F1 IoU"),
    ("iou", "labels:any", "F1 IoU, any label"),
    ("exact", "labels:same", "F1 exact"),
    ("exact", "labels:any", "F1 exact, any label"),
    ("surface", "", "F1 IoU, surfaces"),
    ("character", "labels:same", "F1 characters"),
    ("character", "labels:any", "F1 characters, any label"),
    ("token", "labels:same", "F1 tokens"),
    ("token", "labels:any", "F1 tokens, any label"),
    ("flc", "", "FLC"),
    ("si", "", "SI"),
    ("tc", "", "TC"),
)
_PARTS = (("iou", "F1 IoU"), ("exact", "F1 exact"), ("flc", "FLC"), ("tc", "TC"))


class Support(msgspec.Struct, frozen=True):
    """How many spans of a label each side has in a lineage; `predicted` by set."""

    label: str
    lineage: str
    reference: int
    predicted: dict[str, int]


class LayerReport(msgspec.Struct, frozen=True):
    """A layer's figures, and the text that they were taken from.

    `items`, `characters` and `groups` are of all text in view; `outside` counts each set's spans
    that stand elsewhere. `reason` says why there are no figures, if there are none.
    """

    layer: str
    items: int
    characters: int
    groups: int
    outside: dict[str, int]
    notes: tuple[str, ...]
    figures: tuple[Figure, ...]
    differences: tuple[Difference, ...]
    support: tuple[Support, ...]
    reason: str | None = None


class Report(msgspec.Struct, frozen=True):
    """How well one or two sets predict a reference. `by` is what the bootstrap drew."""

    title: str
    notes: tuple[str, ...]
    corpus: str
    blocks: str | None
    by: str
    reference: SetInfo
    predicted: tuple[SetInfo, ...]
    layers: tuple[LayerReport, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON, all figures with their signatures."""
        return {
            "title": self.title,
            "notes": list(self.notes),
            "corpus": self.corpus,
            "blocks": self.blocks,
            "by": self.by,
            "reference": _head(self.reference),
            "predicted": [_head(each) for each in self.predicted],
            "layers": [
                {
                    **msgspec.to_builtins(layer),
                    "figures": [figure.to_json() for figure in layer.figures],
                }
                for layer in self.layers
            ],
        }

    def find(
        self,
        measure: str,
        layer: str,
        *,
        predicted: str | None = None,
        by: str | None = None,
        of: str | None = None,
        copies: str = "with",
        **parameters: str,
    ) -> Figure:
        """Return one figure, such as find("iou", "claim", by="label", of="factual").

        Args:
            measure: its name.
            layer: its layer.
            predicted: the prediction or baseline; the first prediction, if not given.
            by: what spans are split by: label, voice, lineage, role.
            of: the part.
            copies: with or without.
            parameters: what else its signature must say, such as labels="any"; `same` if not given.

        Raises:
            ValueError: when no figure, or more than one, is meant.
        """
        name = self.predicted[0].id if predicted is None else predicted
        wanted = {f"{key}:{value}" for key, value in parameters.items()}
        found = [
            figure
            for each in self.layers
            for figure in each.figures
            if (figure.measure, figure.layer, figure.copies) == (measure, layer, copies)
            and (figure.predicted, figure.by, figure.of) == (name, by, of)
            and wanted <= set(figure.own.split("|"))
            and ("labels" in parameters or "labels:any" not in figure.own)
        ]
        if len(found) != 1:
            told = ", ".join(figure.own for figure in found) or "none"
            raise ValueError(f"{len(found)} figures are meant: {told}")
        return found[0]

    def __str__(self) -> str:
        """Return the report for people."""
        return "\n".join(_lines(self))


def _head(info: SetInfo) -> dict[str, Any]:
    return {"id": info.id, "producer": info.producer.to_json(), "created": info.created}


def _lines(report: Report) -> Iterator[str]:
    names = ", ".join(each.id for each in report.predicted)
    yield f"{report.title}: {names} against {report.reference.id}"
    yield from report.notes
    for layer in report.layers:
        yield ""
        yield from _layer_lines(layer, report)


def _layer_lines(layer: LayerReport, report: Report) -> Iterator[str]:
    yield layer.layer
    if layer.reason is not None:
        yield f"  no figures: {layer.reason}"
        return
    yield (
        f"  looked at by {report.reference.id}: {several(layer.items, 'item')}, "
        f"{several(layer.characters, 'character')}, {several(layer.groups, report.by)}"
    )
    if layer.groups < FEW and any(figure.f1.low is not None for figure in layer.figures):
        yield (
            f"  intervals are drawn from {several(layer.groups, report.by)}: with so few they "
            "hardly mean anything"
        )
    elif layer.groups == 1:
        yield f"  one {report.by} has no interval"
    outside = ", ".join(f"{n} of {name}" for name, n in layer.outside.items() if n)
    if outside:
        yield f"  spans elsewhere, left out: {outside}"
    for note in layer.notes:
        yield f"  {note}"
    for info in report.predicted:
        yield ""
        yield from _prediction_lines(layer, info.id, report.reference.id)
    yield from _difference_lines(layer)
    yield ""
    yield "  each signature goes on:"
    shown: dict[str, Figure] = {}
    for figure in layer.figures:
        shown.setdefault(figure.copies, figure)
    for copies, figure in shown.items():
        name = "all text" if copies == "with" else "without copies"
        yield f"    {name}: |{figure.common.split('|predicted:')[0]}|predicted:…|n:…"


def _prediction_lines(layer: LayerReport, name: str, reference: str) -> Iterator[str]:
    """Yield the tables of one prediction: measures, attributions, labels, voices, lineages."""
    by = _Figures(layer, reference)
    two = by.two
    without = ["without copies"] if two else []
    rows = [[name, "n", "P", "R", "F1", *without, "whole", "nothing", "length", "signature"]]
    for measure, part, told in _ROWS:
        figure = by.get(measure, part, name)
        if figure is None:
            continue
        other = by.get(measure, part, name, copies="without")
        trivial = [by.get(measure, part, each) for each in (WHOLE, NOTHING, LENGTH)]
        rows.append(
            [
                told,
                f"{figure.reference}+{figure.counted}",
                number(figure.precision.value),
                number(figure.recall.value),
                _shown(figure.f1),
                *([_shown(other.f1) if other else "-"] if two else []),
                *(number(each.f1.value) if each else "-" for each in trivial),
                figure.own,
            ]
        )
    yield from table(rows)
    if any(each.reason for each in layer.figures if each.predicted == name and each.by is None):
        yield "  null: neither side has any"
    yield f"  whole, nothing, length: F1 of the baselines {WHOLE}, {NOTHING} and {LENGTH}"
    yield from _role_lines(by, name)
    for part, columns in (
        ("label", _PARTS),
        ("voice", _PARTS[:2]),
        ("lineage", _PARTS[:2]),
    ):
        yield from _part_lines(by, name, part, columns)


def _role_lines(by: _Figures, name: str) -> Iterator[str]:
    kinds = by.parts("attribution", "role", name)
    if not kinds:
        return
    rows = [["attributions", "n", "F1, parts by IoU", "F1, parts exact"]]
    for kind in kinds:
        iou, exact = (
            by.get("attribution", f"parts:{each}", name, "role", kind) for each in ("iou", "exact")
        )
        if iou is not None and exact is not None:
            rows.append([kind, f"{iou.reference}+{iou.counted}", by.both(iou), by.both(exact)])
    yield ""
    yield from table(rows)


def _part_lines(
    by: _Figures, name: str, part: str, columns: Sequence[tuple[str, str]]
) -> Iterator[str]:
    kinds = by.parts("iou", part, name)
    if not kinds:
        return
    heads = ("P", "R", *(told for _, told in columns)) if part != "label" else None
    rows = [[f"by {part}", "n", *(heads or [told for _, told in columns])]]
    for kind in kinds:
        found = [by.get(measure, "", name, part, kind) for measure, _ in columns]
        first = found[0]
        if first is None:
            continue
        row = [kind, f"{first.reference}+{first.counted}"]
        if heads:
            row += [number(first.precision.value), number(first.recall.value)]
        rows.append(row + [by.both(figure) if figure else "-" for figure in found])
    yield ""
    if part == "voice":
        yield f"  voice: by the attributions of {by.reference}"
    if by.two:
        yield f"  by {part}: all text / without copies"
    yield from table(rows)


def _difference_lines(layer: LayerReport) -> Iterator[str]:
    if not layer.differences:
        return
    one, other = layer.differences[0].predicted
    yield ""
    rows = [[f"{one} - {other}", "F1", "F1", "difference", "p", "signature"]]
    told = {measure: name for measure, _, name in reversed(_ROWS)}
    for each in layer.differences:
        copies = "" if each.copies == "with" else ", without copies"
        rows.append(
            [
                told[each.measure] + copies,
                number(each.f1[0]),
                number(each.f1[1]),
                _shown(each.difference),
                number(each.p),
                each.signature.split("|layer:")[0],
            ]
        )
    yield from table(rows)
    least = layer.differences[0].smallest_p
    if least is not None and least > 0.01:
        groups = layer.differences[0].groups
        yield f"  no p can be below {number(least)} with {several(groups, 'group')} to swap"


class _Figures:
    """A layer's figures, to be looked up."""

    def __init__(self, layer: LayerReport, reference: str) -> None:
        self.reference = reference
        self._found: dict[tuple[Any, ...], list[Figure]] = {}
        for each in layer.figures:
            key = (each.measure, each.predicted, each.copies, each.by, each.of)
            self._found.setdefault(key, []).append(each)
        self.two = any(each.copies == "without" for each in layer.figures)

    def get(
        self,
        measure: str,
        part: str,
        predicted: str,
        by: str | None = None,
        of: str | None = None,
        copies: str = "with",
    ) -> Figure | None:
        """Return the figure whose signature has a part, None if there is none."""
        found = self._found.get((measure, predicted, copies, by, of), ())
        return next((f for f in found if not part or part in f.own.split("|")), None)

    def parts(self, measure: str, by: str, predicted: str) -> list[str]:
        """Return what a measure is split into, in the figures' order."""
        keys = [key for key in self._found if (key[0], key[1], key[3]) == (measure, predicted, by)]
        return list(dict.fromkeys(key[4] for key in keys))

    def both(self, figure: Figure) -> str:
        """Return a figure's F1, and that without copies if there is one."""
        value = number(figure.f1.value)
        if not self.two:
            return value
        found = self._found.get(
            (figure.measure, figure.predicted, "without", figure.by, figure.of), ()
        )
        other = next((f for f in found if f.own == figure.own), None)
        return f"{value} / {number(other.f1.value if other else None)}"


def _shown(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return number(estimate.value)
    return f"{number(estimate.value)} [{number(estimate.low)}, {number(estimate.high)}]"
