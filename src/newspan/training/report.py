"""What training gives to read: scores out of fold, beside the predictions without any skill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from newspan.agreement.report import number, several, table
from newspan.scoring.baselines import WHOLE
from newspan.scoring.figures import Figure
from newspan.scoring.report import FEW, LayerReport, Report
from newspan.training.saved import Source

#: The id of predictions that are not written as a set.
OUT_OF_FOLD = "out-of-fold"

#: The rows: name, measure, what else is asked for, whose figure (None: the model's), which value.
_ROWS: tuple[tuple[str, str, dict[str, str], str | None, str], ...] = (
    ("F1 IoU", "iou", {}, None, "f1"),
    ("precision, IoU", "iou", {}, None, "precision"),
    ("recall, IoU", "iou", {}, None, "recall"),
    ("F1 IoU, any label", "iou", {"labels": "any"}, None, "f1"),
    ("F1 exact", "exact", {}, None, "f1"),
    ("SI", "si", {}, None, "f1"),
    ("SI of whole articles", "si", {}, WHOLE, "f1"),
)


class Run(msgspec.Struct, frozen=True):
    """One seed's out-of-fold scores, a report per corpus, and its marks of unknown labels."""

    seed: int
    reports: tuple[Report, ...]
    unknown: int = 0


class Trained(msgspec.Struct, frozen=True):
    """What was trained and how it scored on what it had not seen.

    `lost` counts, by reason, the spans that the model's encoding cannot represent; `names` the
    words that were masked, in `masked` places. `runs` has one entry per seed, and one only for a
    deterministic model. `out` and `into` say where model and predictions went.
    """

    layer: str
    kind: str
    about: str
    deterministic: bool
    sources: tuple[Source, ...]
    folds: int
    lost: dict[str, int]
    names: int
    masked: int
    runs: tuple[Run, ...]
    into: str | None
    out: str | None

    @property
    def lineages(self) -> int:
        """Return how many lineages there are in all corpora."""
        return sum(source.lineages for source in self.sources)

    def figures(
        self,
        measure: str,
        corpus: int = 0,
        *,
        copies: str = "with",
        predicted: str | None = None,
        **parameters: str,
    ) -> list[Figure]:
        """Return a figure for each seed; none where there is no text without copies.

        Args:
            measure: its name, such as iou.
            corpus: the number of the corpus.
            copies: with or without.
            predicted: a baseline, for its figure instead.
            parameters: what else its signature must say, such as labels="any".
        """
        found = []
        for run in self.runs:
            report = run.reports[corpus]
            if any(f.copies == copies for layer in report.layers for f in layer.figures):
                found.append(
                    report.find(
                        measure, self.layer, copies=copies, predicted=predicted, **parameters
                    )
                )
        return found

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON, all figures with their signatures."""
        data = {
            name: msgspec.to_builtins(getattr(self, name))
            for name in self.__struct_fields__
            if name != "runs"
        }
        runs = [
            {
                "seed": r.seed,
                "unknown": r.unknown,
                "reports": [each.to_json() for each in r.reports],
            }
            for r in self.runs
        ]
        return {**data, "runs": runs}

    def __str__(self) -> str:
        """Return it for people."""
        return "\n".join(lines(self))


def lines(trained: Trained) -> Iterator[str]:
    """Yield the lines of a report for people."""
    yield f"{trained.layer}, {trained.kind}: {trained.about}"
    yield f"scored out of fold: {said_of_folds(trained)}"
    for source in trained.sources:
        yield f"learnt from {said_of_source(source)}"
    yield from notes(trained)
    for corpus, source in enumerate(trained.sources):
        yield ""
        if len(trained.sources) > 1:
            yield f"{source.corpus} {source.version}"
        yield from table(score_rows(trained, corpus))
    yield ""
    yield "  each F1 IoU's signature:"
    for corpus in range(len(trained.sources)):
        for copies in ("with", "without"):
            yield from (f"    {f.signature}" for f in trained.figures("iou", corpus, copies=copies))


def score_rows(trained: Trained, corpus: int) -> list[list[str]]:
    """Return the scores of one corpus as rows of a table, the headline first."""
    columns = [c for c in ("with", "without") if trained.figures("iou", corpus, copies=c)]
    heads = {"with": "all text", "without": "without copies"}
    rows = [["out of fold", *(heads[each] for each in columns)]]
    for name, measure, parameters, predicted, value in _ROWS:
        cells = [
            _cell(
                trained.figures(measure, corpus, copies=each, predicted=predicted, **parameters),
                value,
                baseline=predicted is not None,
            )
            for each in columns
        ]
        rows.append([name, *cells])
    return rows


def _cell(figures: Sequence[Figure], value: str, *, baseline: bool) -> str:
    """Return one seed's value with its interval; of several the mean, and from which to which."""
    estimates = [getattr(figure, value) for figure in figures]
    values = [each.value for each in estimates if each.value is not None]
    if not values:
        return "-"
    if len(estimates) > 1 and not baseline:
        mean = sum(values) / len(values)
        return f"{number(mean)} ({number(min(values))} to {number(max(values))})"
    first = estimates[0]
    if first.low is None or value != "f1" or baseline:
        return number(first.value)
    return f"{number(first.value)} [{number(first.low)}, {number(first.high)}]"


def said_of_folds(trained: Trained) -> str:
    """Return how many folds there are, of what, and how often each was trained."""
    whole = trained.folds == trained.lineages
    of = "one lineage each" if whole else f"of {several(trained.lineages, 'lineage')}"
    times = (
        "deterministic, so trained once"
        if trained.deterministic
        else f"mean of {several(len(trained.runs), 'seed')}, and from the least to the most"
    )
    return f"{trained.folds} folds, {of}; {times}"


def said_of_source(source: Source) -> str:
    """Return what was learnt from, in one line."""
    return (
        f"{several(source.spans, 'span')} in {several(source.items, 'item')} of "
        f"{several(source.lineages, 'lineage')}: {source.set} of {source.corpus} {source.version}"
    )


def notes(trained: Trained) -> Iterator[str]:
    """Yield what must be said of the data and the scores."""
    for source in trained.sources:
        if source.verified < source.records:
            yield (
                f"{source.set} of {source.corpus} is by {', '.join(source.by)}; people verified "
                f"{source.verified} of {several(source.records, 'record')}: scores say how far a "
                "model repeats it"
            )
        if source.outside:
            yield f"not inside one zone, left out: {several(source.outside, 'span')}"
    if trained.lost:
        told = ", ".join(f"{reason} {count}" for reason, count in trained.lost.items())
        yield f"spans that the model's encoding can't represent: {told}; they count as missed"
    if trained.names:
        yield f"masked: {several(trained.names, 'name')} in {several(trained.masked, 'place')}"
    unknown = sum(run.unknown for run in trained.runs)
    if unknown:
        yield f"predicted with labels that their corpus doesn't know, left out: {unknown}"
    drawn = [each.groups for each in _layers(trained) if _has_intervals(each)]
    if drawn and (few := min(drawn)) < FEW:
        by = trained.runs[0].reports[0].by
        yield f"intervals are drawn from {several(few, by)}: with so few they hardly mean anything"


def _has_intervals(layer: LayerReport) -> bool:
    return any(figure.f1.low is not None for figure in layer.figures)


def _layers(trained: Trained) -> list[LayerReport]:
    return [each for report in trained.runs[0].reports for each in report.layers]
