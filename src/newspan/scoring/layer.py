"""The figures of one layer, of all predictions and of the baselines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from newspan.agreement.bootstrap import weights
from newspan.agreement.figures import signature
from newspan.agreement.report import several
from newspan.corpus import AnnotationSet, Corpus
from newspan.scoring.baselines import baselines
from newspan.scoring.figures import Figure, figure
from newspan.scoring.measures import ANY, Counted, answered, measures, of_attributions
from newspan.scoring.report import LayerReport, Support
from newspan.scoring.sides import (
    PREDICTED,
    REFERENCE,
    Side,
    Text,
    not_looked_at,
    side,
    text_of,
)
from newspan.scoring.significance import Difference, difference
from newspan.scoring.tasks import overlap_note

Array = Any

#: The baselines' figures, and the measures of which the difference of two predictions is tested.
_TRIVIAL = ("si", "flc", "exact", "iou", "character", "token")
_TESTED = ("iou", "si")


class Settings(NamedTuple):
    """What is the same for all layers."""

    by: str
    replicates: int
    seed: int
    tick: Callable[[], None]


def layer_report(
    corpus: Corpus,
    reference: AnnotationSet,
    predictions: Sequence[AnnotationSet],
    blocks: AnnotationSet | None,
    layer: str,
    settings: Settings,
) -> LayerReport:
    """Return a layer's report: see `newspan.scoring.score.compare`."""
    figures: list[Figure] = []
    differences: list[Difference] = []
    notes: list[str] = []
    outside: dict[str, int] = {}
    support: tuple[Support, ...] = ()
    size = (0, 0, 0)
    for with_copies in (True, False) if blocks is not None else (True,):
        texts = [
            text_of(reference, each, corpus, layer, blocks, settings.by, with_copies=with_copies)
            for each in predictions
        ]
        settings.tick()
        text = texts[0]
        if not text.view.items:
            continue
        drawn = weights(len(text.groups), settings.replicates, settings.seed).astype(float)
        common = _common(text, blocks, settings)
        sides = [side(each, PREDICTED, corpus, reference) for each in texts]
        right = side(text, REFERENCE, corpus, reference)
        tested: list[list[Counted]] = []
        for each, at, predicted in zip(texts, sides, predictions, strict=True):
            counted = measures(each, right, at, parts=True)
            tested.append(_tested(counted))
            if layer == "attribution":
                counted += of_attributions(each, (reference, predicted))
            figures += _figures(counted, text, at.name, drawn, common, reference)
        for trivial in baselines(text, right):
            counted = measures(text, right, trivial, parts=False)
            chosen = [c for c in counted if c.measure in _TRIVIAL]
            figures += _figures(chosen, text, trivial.name, drawn, common, reference)
        if len(sides) == 2:
            names = (sides[0].name, sides[1].name)
            told = f"{common}|reference:{reference.info.id}|predicted:{'+'.join(names)}"
            differences += [
                difference(a, b, layer, text.view.copies, names, drawn, settings.seed, told)
                for a, b in zip(*tested, strict=True)
            ]
        if with_copies:
            size = (len(text.view.items), text.view.characters, len(text.groups))
            outside = {reference.info.id: text.view.outside[REFERENCE]}
            outside |= {t.view.sets[PREDICTED]: t.view.outside[PREDICTED] for t in texts}
            for each, at, predicted in zip(texts, sides, predictions, strict=True):
                notes += _layer_notes(each, corpus, predicted, right, at, figures)
            support = tuple(_support(text, right, sides))
    if not size[0]:
        return LayerReport(layer, 0, 0, 0, {}, (), (), (), (), "the reference looked at no text")
    return LayerReport(
        layer, *size, outside, tuple(notes), tuple(figures), tuple(differences), support
    )


def _tested(counted: Sequence[Counted]) -> list[Counted]:
    """Return the measures of which differences are tested, the headline first."""
    whole = {c.measure: c for c in counted if c.by is None and ANY not in c.parameters}
    return [whole[name] for name in _TESTED]


def _common(text: Text, blocks: AnnotationSet | None, settings: Settings) -> str:
    return signature(
        ("layer", text.view.layer),
        ("copies", text.view.copies),
        ("blocks", blocks.info.id if blocks is not None else "none"),
        ("items", str(len(text.view.items))),
        ("characters", str(text.view.characters)),
        ("groups", f"{settings.by}{len(text.groups)}"),
        ("ci", f"percentile{settings.replicates}" if settings.replicates else "none"),
        ("ci-seed", str(settings.seed)),
    )


def _figures(
    counted: Sequence[Counted],
    text: Text,
    name: str,
    drawn: Array,
    common: str,
    reference: AnnotationSet,
) -> list[Figure]:
    told = signature(("reference", reference.info.id), ("predicted", name))
    return [
        figure(each, text.view.layer, text.view.copies, name, drawn, f"{common}|{told}")
        for each in counted
    ]


def _layer_notes(
    text: Text,
    corpus: Corpus,
    predicted: AnnotationSet,
    right: Side,
    at: Side,
    figures: Sequence[Figure],
) -> list[str]:
    """Return what must be said of a prediction of a layer."""
    notes = []
    name = at.name
    missing = not_looked_at(text, corpus, predicted)
    if missing:
        notes.append(
            f"{name} does not say that it looked at {missing} of "
            f"{several(text.view.characters, 'character')}: what the reference has there and it "
            "lacks counts as missed"
        )
    spans = sum(map(len, at.units))
    for measure in ("si", "flc"):
        merged = next(
            f.counted
            for f in figures
            if (f.measure, f.by, f.predicted, f.copies) == (measure, None, name, "with")
        )
        if spans > merged:
            told = overlap_note(spans - merged, same_label=measure == "flc")
            notes.append(f"{measure}: {name}: {told}")
    notes += [f"tc: {name}: {note}" for note in answered(text, right, at).notes()]
    unknown = right.voices.count("")
    if unknown:
        notes.append(
            f"the voice of {several(unknown, 'reference span')} is not known: nobody looked for "
            "attributions there"
        )
    return notes


def _support(text: Text, right: Side, sides: Sequence[Side]) -> list[Support]:
    """Return how many spans each side has of each label in each lineage."""
    found: dict[tuple[str, str], list[int]] = {}
    for index, each in enumerate((right, *sides)):
        for lineage, units in zip(text.lineages, each.units, strict=True):
            for unit in units:
                found.setdefault((unit.label, lineage), [0] * (1 + len(sides)))[index] += 1
    names = [each.name for each in sides]
    return [
        Support(label, lineage, first, dict(zip(names, rest, strict=True)))
        for (label, lineage), (first, *rest) in sorted(found.items())
    ]
