"""The quality report of a corpus's sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from newspan.agreement.copies import CopyConsistency, copy_consistency
from newspan.corpus import AnnotationSet, Corpus, read_corpus
from newspan.model import AnyRecord, Attribution, Link, Span
from newspan.quality import peers
from newspan.quality.attribution_lints import attribution_lints, voice_lints
from newspan.quality.catalogue import LINTS
from newspan.quality.consistency import consistency
from newspan.quality.density import density
from newspan.quality.lengths import lengths
from newspan.quality.lints import Found, overlap_lints, span_lints
from newspan.quality.records import (
    LAYERS,
    LabelUse,
    Lengths,
    LintResult,
    Report,
    SetReport,
    Where,
)
from newspan.quality.summary import summary
from newspan.quality.view import View
from newspan.reuse.parameters import SET_ID

#: The set of duplicate blocks that copies are found by, unless another is named.

#: Attributes that name nothing an annotator chooses: they follow, or say how a record came about.
_DERIVED = frozenset({"voice"})


class NoCorpusError(ValueError):
    """The folder is no corpus that can be read; `check` says why."""


def quality_report(
    corpus: Corpus | str | Path, sets: Sequence[str] = (), blocks: str | None = None
) -> Report:
    """Return how well sets of a corpus are annotated, with the places of whatever stands out.

    Nothing raises on records with errors: what does not point to text is counted, and the rest is
    looked at. docs/quality.md says how each figure is made.

    Args:
        corpus: the corpus, or its folder.
        sets: ids of sets; all that hold claims, attributions or loaded language if none is given.
        blocks: id of a set with duplicate blocks, to compare copies; `reuse_v1` if it is there.

    Raises:
        NoCorpusError: when the folder is no corpus that can be read; it is a ValueError.
        ValueError: when the corpus has no set of a name, or nobody looked for duplicate blocks in
            the set `blocks`.
    """
    if not isinstance(corpus, Corpus):
        corpus = _read(Path(corpus))
    for name in sets:
        corpus.set_named(name)
    if blocks and not corpus.set_named(blocks).holds("duplicate_block"):
        raise ValueError(f"nobody looked for duplicate blocks in the set {blocks}")
    found = corpus.sets.get(blocks or SET_ID)
    names = dict.fromkeys(sets) or [n for n in sorted(corpus.sets) if _is_annotated(corpus.sets[n])]
    return Report({name: _report(corpus.sets[name], found, corpus) for name in names})


def _read(root: Path) -> Corpus:
    try:
        corpus, problems = read_corpus(root)
    except OSError as error:
        raise NoCorpusError(f"{root} cannot be read: {error.strerror or error}") from None
    if corpus is None:
        raise NoCorpusError(f"{root} is not a corpus: {problems[0].message}")
    return corpus


def _is_annotated(annotation_set: AnnotationSet) -> bool:
    if any(map(annotation_set.holds, LAYERS)):
        return True
    return any(_layer(placed.record) in LAYERS for placed in annotation_set.records)


def _layer(record: AnyRecord) -> str | None:
    return record.layer if isinstance(record, Span) else None


def _report(
    annotation_set: AnnotationSet, blocks: AnnotationSet | None, corpus: Corpus
) -> SetReport:
    view = View(annotation_set, corpus)
    measured = lengths(view)
    outliers = [("length-outlier", place) for place in _outliers(measured)]
    lints = _lints(
        view,
        [
            *span_lints(view),
            *overlap_lints(view),
            *outliers,
            *attribution_lints(view),
            *voice_lints(view),
        ],
    )
    counts = Counter(_layer(record) for record in view.records())
    labels = tuple(_label_uses(annotation_set, corpus))
    strings, densities = consistency(view), density(view)
    copies, notes = _copies(view, blocks, corpus)
    if not annotation_set.looked_at:
        notes = (*notes, "the set does not say what was looked at: no consistency, no density")
    return SetReport(
        spans={
            layer: counts[layer] for layer in LAYERS if counts[layer] or annotation_set.holds(layer)
        },
        attributions=len(list(view.places())),
        unusable=len(view.unusable),
        summary=summary(lints, labels, strings, copies, densities),
        lints=lints,
        labels=labels,
        consistency=strings,
        copies=copies,
        lengths=measured,
        density=densities,
        notes=notes,
    )


def _outliers(measured: dict[str, dict[str, Lengths]]) -> Iterator[Where]:
    for labels in measured.values():
        for one in labels.values():
            yield from one.outliers


def _lints(view: View, found: list[Found]) -> dict[str, LintResult]:
    places: dict[str, list[Where]] = {lint: [] for lint in LINTS}
    for name, place in found:
        places[name].append(place)
    looked_at = Counter(
        lint.id for record in view.records() for lint in LINTS.values() if lint.looks_at(record)
    )
    results = {}
    for lint in LINTS.values():
        here = sorted(places[lint.id], key=_order)
        n = looked_at[lint.id]
        results[lint.id] = LintResult(
            title=lint.title,
            kind=lint.kind,
            count=len(here),
            n=n,
            rate=round(1000 * len(here) / n, 1) if n else None,
            by_layer=dict(sorted(Counter(place.layer for place in here).items())),
            places=tuple(here),
            ptc_2020=peers.rate_2020(lint.id),
            ptc_2019=peers.DEFECTS_2019.get(lint.id),
        )
    return results


def _order(place: Where) -> tuple[str, int, int]:
    return (place.file, place.line or 0, place.start or 0)


def _label_uses(annotation_set: AnnotationSet, corpus: Corpus) -> Iterator[LabelUse]:
    """Yield how often each shipped label of the layers that were looked for is used."""
    held = [layer for layer in LAYERS if annotation_set.holds(layer)]
    uses: Counter[tuple[str, str, str]] = Counter()
    for placed in annotation_set.records:
        record = placed.record
        layer = _layer(record) or ("attribution" if isinstance(record, Attribution) else "claim")
        for attribute in record.__struct_fields__:
            value = getattr(record, attribute)
            if value is True or isinstance(value, str):
                uses[layer, attribute, attribute if value is True else value] += 1
        if isinstance(record, Link):
            uses[layer, "link", record.type] += 1
    for label in corpus.labels.labels:
        if label.layer in held and label.status == "shipped" and label.attribute not in _DERIVED:
            key = (label.layer, label.attribute, label.id)
            yield LabelUse(*key, uses[key])


def _copies(
    view: View, blocks: AnnotationSet | None, corpus: Corpus
) -> tuple[dict[str, CopyConsistency], tuple[str, ...]]:
    if blocks is None or not blocks.holds("duplicate_block"):
        return {}, ("there is no set of duplicate blocks: copies are not compared",)
    layers = [layer for layer in LAYERS if view.annotation_set.holds(layer)]
    return {layer: copy_consistency(view.sound, blocks, corpus, layer) for layer in layers}, ()
