"""The report: what it holds, and how it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from newspan.agreement.copies import CopyConsistency
from newspan.agreement.figures import Figure, signature
from newspan.model import SetInfo

#: The measures of a label that the text shows; JSON has all.
_COLUMNS = (
    ("alpha", "unit:character", "alpha"),
    ("f1_exact", "", "F1 exact"),
    ("f1_iou", "", "F1 IoU"),
    ("gamma_k", "", "gamma_k"),
)


class LayerReport(msgspec.Struct, frozen=True):
    """A layer's figures, and the text that they were taken from.

    `items`, `characters`, `groups` and `outside` are of all text in view: outside are each set's
    spans that stand where not all sets looked. `reason` says why there are no figures, if there are
    none.
    """

    layer: str
    items: int
    characters: int
    groups: int
    outside: tuple[int, ...]
    figures: tuple[Figure, ...]
    reason: str | None = None


class Report(msgspec.Struct, frozen=True):
    """How far annotation sets of a corpus say the same."""

    title: str
    notes: tuple[str, ...]
    corpus: str
    blocks: str | None
    sets: tuple[SetInfo, ...]
    layers: tuple[LayerReport, ...]
    #: How far each set says the same of copies as of their canonical members.
    consistency: tuple[CopyConsistency, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON, all figures with their signatures."""
        return {
            "title": self.title,
            "notes": list(self.notes),
            "corpus": self.corpus,
            "blocks": self.blocks,
            "sets": [
                {"id": each.id, "producer": each.producer.to_json(), "created": each.created}
                for each in self.sets
            ],
            "layers": [
                {
                    "layer": layer.layer,
                    "items": layer.items,
                    "characters": layer.characters,
                    "groups": layer.groups,
                    "outside": dict(zip(self.ids, layer.outside, strict=True)),
                    "reason": layer.reason,
                    "figures": [figure.to_json() for figure in layer.figures],
                }
                for layer in self.layers
            ],
            "consistency": [
                {**each.to_json(), "signatures": _consistency_signatures(each, self.blocks)}
                for each in self.consistency
            ],
        }

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the sets' ids."""
        return tuple(each.id for each in self.sets)

    def find(
        self,
        measure: str,
        layer: str,
        label: str | None = None,
        copies: str = "with",
        **parameters: str,
    ) -> Figure:
        """Return the figure over all sets of a measure, such as find("f1_iou", "claim").

        Args:
            measure: its name.
            layer: its layer.
            label: its label, None for the layer's figure.
            copies: with or without.
            parameters: what else its signature must say, such as labels="any".

        Raises:
            ValueError: when no figure, or more than one, is meant.
        """
        wanted = {f"{key}:{value}" for key, value in parameters.items()}
        found = [
            figure
            for each in self.layers
            for figure in each.figures
            if (figure.measure, figure.layer, figure.label) == (measure, layer, label)
            and (figure.copies, figure.sets) == (copies, self.ids)
            and wanted <= set(figure.own.split("|"))
        ]
        if len(found) != 1:
            told = ", ".join(figure.own for figure in found) or "none"
            raise ValueError(f"{len(found)} figures are meant: {told}")
        return found[0]

    def __str__(self) -> str:
        """Return the report for people."""
        return "\n".join(_lines(self))


def _consistency_signatures(each: CopyConsistency, blocks: str | None) -> dict[str, str]:
    parts = (
        ("layer", each.layer),
        ("set", each.set_id),
        ("blocks", blocks or "none"),
        ("pairs", str(each.looked_at)),
        ("n", f"{each.canonical_spans}+{each.copy_spans}"),
    )
    head = (("v", "1"), ("average", "micro"))
    return {
        "f1": "copy_f1_exact|" + signature(*head, *parts),
        "iou_f1": "copy_f1_iou|" + signature(*head, ("iou", "0.5"), *parts),
    }


def _lines(report: Report) -> Iterator[str]:
    yield f"{report.title}: {', '.join(report.ids)}"
    yield from report.notes
    for each in report.sets:
        producer = each.producer
        version = f" {producer.version}" if producer.version else ""
        yield f"  {each.id}: {producer.kind.replace('_', ' ')} {producer.name}{version}"
    for layer in report.layers:
        yield ""
        yield from _layer_lines(layer, report)
    if report.consistency:
        yield ""
        yield from _consistency_lines(report)


def _layer_lines(layer: LayerReport, report: Report) -> Iterator[str]:
    yield f"{layer.layer}"
    if layer.reason is not None:
        yield f"  no figures: {layer.reason}"
        return
    yield (
        f"  looked at by all sets: {several(layer.items, 'item')}, "
        f"{several(layer.characters, 'character')}; "
        f"{several(layer.groups, 'group')} of zones for the bootstrap"
    )
    outside = ", ".join(f"{n} of {i}" for i, n in zip(report.ids, layer.outside, strict=True) if n)
    if outside:
        yield f"  spans elsewhere, left out: {outside}"
    with_copies = [figure for figure in layer.figures if figure.copies == "with"]
    without = {_key(figure): figure for figure in layer.figures if figure.copies == "without"}
    whole = [figure for figure in with_copies if figure.label is None]
    yield ""
    rows = [["", "n", "all text", *(["without copies"] if without else []), "signature"]]
    for figure in whole:
        if figure.sets != report.ids:
            continue
        other = without.get(_key(figure))
        rows.append(
            [
                _name(figure),
                "+".join(map(str, figure.counts)),
                _shown(figure),
                *([_shown(other)] if without else []),
                _own(figure, other),
            ]
        )
    yield from table(rows)
    yield from _label_lines(with_copies, without, report)
    pairs = [figure for figure in whole if figure.sets != report.ids]
    if pairs:
        yield ""
        rows = [["pair", "n", "all text", *(["without copies"] if without else []), "signature"]]
        for figure in pairs:
            if not _is_headline(figure):
                continue
            other = without.get(_key(figure))
            rows.append(
                [
                    f"{_name(figure)}, {' and '.join(figure.sets)}",
                    "+".join(map(str, figure.counts)),
                    _shown(figure),
                    *([_shown(other)] if without else []),
                    _own(figure, other),
                ]
            )
        yield from table(rows)
    yield ""
    yield "  each signature goes on:"
    for figure in (whole[0], *list(without.values())[:1]):
        name = "all text" if figure.copies == "with" else "without copies"
        yield f"    {name}: |{figure.common}"
    reasons = sorted({f"{_name(f)}: {f.reason}" for f in whole if f.reason is not None})
    for reason in reasons:
        yield f"  no value for {reason}"


def _label_lines(
    with_copies: Sequence[Figure], without: dict[Any, Figure], report: Report
) -> Iterator[str]:
    labels = sorted({figure.label for figure in with_copies if figure.label is not None})
    if not labels:
        return
    cells: dict[tuple[str, str], Figure] = {}
    for figure in with_copies:
        for measure, part, column in _COLUMNS:
            right = figure.measure == measure and part in figure.own
            if figure.label is not None and right and figure.sets == report.ids:
                cells[figure.label, column] = figure
    columns = [column for _, _, column in _COLUMNS]
    second = " / without copies" if without else ""
    yield ""
    yield f"  by label: all text{second}"
    rows = [["label", "n", *columns]]
    for label in labels:
        found = [cells[label, column] for column in columns]
        rows.append(
            [
                label,
                "+".join(map(str, found[0].counts)),
                *(_both(figure, without.get(_key(figure)), bool(without)) for figure in found),
            ]
        )
    yield from table(rows)
    for column in columns:
        own = cells[labels[0], column].own.replace(f"label:{labels[0]}", "label:(that of the row)")
        yield f"  {column}: {own}"


def _consistency_lines(report: Report) -> Iterator[str]:
    yield f"self-consistency: each set's spans in copies and in canonical text ({report.blocks})"
    rows = [["", "pairs", "with spans", "identical", "F1 exact", "F1 IoU", "signature of F1 exact"]]
    for each in report.consistency:
        rows.append(
            [
                f"{each.set_id} {each.layer}",
                str(each.looked_at),
                str(each.with_spans),
                str(each.identical),
                number(each.f1),
                number(each.iou_f1),
                _consistency_signatures(each, report.blocks)["f1"],
            ]
        )
    yield from table(rows)
    own = _consistency_signatures(report.consistency[0], report.blocks)["iou_f1"]
    yield f"  F1 IoU: {own.split('|layer:')[0]}, and on like F1 exact"


def _key(figure: Figure) -> tuple[str, str | None, tuple[str, ...], str]:
    """Return what a figure has in common with its counterpart without copies."""
    own = "|".join(part for part in figure.own.split("|") if not part.startswith("align:"))
    return figure.measure, figure.label, figure.sets, own


def _is_headline(figure: Figure) -> bool:
    return figure.measure.startswith("f1_") or figure.measure == "match_rate"


def _name(figure: Figure) -> str:
    parts = dict(part.split(":", 1) for part in figure.own.split("|")[1:])
    told = [
        parts[key]
        for key in ("attribute", "of", "unit", "unaligned")
        if key in parts and parts[key] != "counted"
    ]
    if parts.get("labels") == "any":
        told.append("any label")
    return " ".join([figure.measure, *told])


def _own(figure: Figure, other: Figure | None) -> str:
    if other is None or other.own == figure.own:
        return figure.own
    return f"{figure.own}; without copies: {other.own}"


def _shown(figure: Figure | None) -> str:
    if figure is None:
        return "-"
    if figure.low is None or figure.high is None:
        return number(figure.value)
    return f"{number(figure.value)} [{number(figure.low)}, {number(figure.high)}]"


def _both(figure: Figure, other: Figure | None, two: bool) -> str:
    value = number(figure.value)
    return f"{value} / {number(other.value if other else None)}" if two else value


def several(number: int, thing: str) -> str:
    """Return a number with its thing, in the plural where it must be."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def number(value: float | None) -> str:
    """Return a figure with three digits."""
    return "null" if value is None else f"{value:.3f}"


def table(rows: Iterable[list[str]]) -> Iterator[str]:
    """Yield the lines of a table, its columns as wide as they must be."""
    rows = list(rows)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield "  " + "  ".join(cells).rstrip()
