"""A quality report as Markdown, for the datasheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newspan.corpus import Corpus
from newspan.quality.catalogue import LINTS
from newspan.quality.records import SetReport
from newspan.quality.report import quality_report

NOTHING_YET = "No set holds these layers yet."


def quality_tables(
    corpus: Corpus, sets: Sequence[str] = (), blocks: str | None = None
) -> dict[str, str]:
    """Return the figures of a quality report as Markdown, by the name of their marker: `quality`.

    Args:
        corpus: the corpus.
        sets: ids of sets; all that hold claims, attributions or loaded language if none is given.
        blocks: id of a set with duplicate blocks; `reuse_v1` if it is there.

    Raises:
        ValueError: as `quality_report` does.
    """
    report = quality_report(corpus, sets, blocks)
    head = ["set", "layer", "spans", "per 1,000 words", "faults per 1,000"]
    head += ["repeated strings annotated", "copies alike (F1)"]
    rows = [row for name, one in report.sets.items() for row in _rows(name, one)]
    return {"quality": _markdown(head, rows) if rows else NOTHING_YET}


def _rows(name: str, one: SetReport) -> Iterator[tuple[str, ...]]:
    for layer, spans in one.spans.items():
        dense, copies = one.density.get(layer), one.copies.get(layer)
        strings = one.consistency.get(layer, {}).values()
        annotated = sum(found.annotated for found in strings)
        n = sum(found.occurrences for found in strings)
        yield (
            f"`{name}`",
            layer,
            f"{spans:,}",
            "" if dense is None else f"{dense.per_1000_words}",
            f"{1000 * _faults(layer, one) / spans:.1f}" if spans else "",
            f"{annotated / n:.1%} of {n:,}" if n else "none repeated",
            "no copies" if copies is None or copies.f1 is None else f"{copies.f1:.3f}",
        )


def _faults(layer: str, one: SetReport) -> int:
    """Return how many spans of a layer have an error or a fault by the lints of spans."""
    return len(
        {
            (place.file, place.line)
            for lint, result in one.lints.items()
            if LINTS[lint].kind in ("error", "fault")
            for place in result.places
            if place.layer == layer
        }
    )


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
