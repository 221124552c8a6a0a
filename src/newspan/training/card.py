"""The model card: what a model is, what it learnt from, how it scored, what it can't show."""

from __future__ import annotations

from collections.abc import Iterator

from newspan.agreement.report import several
from newspan.training.report import Trained, notes, said_of_folds, said_of_source, score_rows
from newspan.training.saved import Head


def card(trained: Trained, head: Head) -> str:
    """Return a model's card as Markdown, filled in."""
    return "\n".join(_lines(trained, head)) + "\n"


def _lines(trained: Trained, head: Head) -> Iterator[str]:
    yield f"# {trained.kind} for {trained.layer}"
    yield ""
    yield f"{trained.about[0].upper()}{trained.about[1:]}. Made by newspan {head.newspan}."
    yield ""
    yield f"- labels: {', '.join(head.labels)}"
    yield f"- zones that it reads: {', '.join(head.zones)}"
    if head.names:
        yield f"- masked in what it reads: {several(len(head.names), 'name')}, in model.json"
    yield f"- seed of the saved model: {head.seed}, trained on all documents"
    yield ""
    yield "## What it learnt from"
    yield ""
    for source in head.sources:
        yield f"- {said_of_source(source)}"
        yield (
            f"  - labels by {', '.join(source.by)}; verified by people: {source.verified} of "
            f"{several(source.records, 'record')}"
        )
        yield f"  - SHA-256 of texts and labels as they were read: `{source.data_sha256}`"
        recorded = source.manifest_sha256
        yield (
            f"  - SHA-256 of the recorded manifest of {source.version}: `{recorded}`"
            if recorded
            else f"  - no manifest of {source.version} is recorded"
        )
    yield ""
    yield "## Scores"
    yield ""
    yield f"Out of fold: {said_of_folds(trained)}. The saved model itself was not scored."
    yield ""
    for corpus, source in enumerate(trained.sources):
        rows = score_rows(trained, corpus)
        if len(trained.sources) > 1:
            yield f"{source.corpus} {source.version}:"
            yield ""
        yield from _table(rows)
        yield ""
        for copies in ("with", "without"):
            for run, figure in zip(
                trained.runs, trained.figures("iou", corpus, copies=copies), strict=False
            ):
                yield f"- F1 IoU, seed {run.seed}: `{figure.signature}`"
        yield ""
    yield "Read SI beside what whole articles as spans score; F1 IoU, one to one, is the headline."
    yield ""
    yield "## What must be known, and what this can't show"
    yield ""
    for note in notes(trained):
        yield f"- {note[0].upper()}{note[1:]}."
    if any("language model" in by for source in head.sources for by in source.by):
        yield (
            "- The labels were made by a language model. The model learnt to repeat them, mistakes "
            "included; no score here says how far it agrees with people."
        )
    yield (
        f"- Held out were {several(trained.lineages, 'lineage')}. How well the model does on other "
        "subjects, outlets and years was not measured."
    )
    if not head.names:
        yield (
            "- Names were not masked: it may have learnt whom the texts write about. Train with "
            "`--mask-entities` and compare."
        )
    yield "- Labels describe wording. What it marks is not thereby false, nor what it leaves true."


def _table(rows: list[list[str]]) -> Iterator[str]:
    first, *rest = rows
    yield f"| {' | '.join(first)} |"
    yield f"|{' --- |' * len(first)}"
    for row in rest:
        yield f"| {' | '.join(row)} |"
