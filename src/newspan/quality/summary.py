"""What a lead should look at, worst first."""

from __future__ import annotations

from collections.abc import Mapping

from newspan.agreement.copies import CopyConsistency
from newspan.quality.catalogue import KINDS
from newspan.quality.records import Consistency, Density, LabelUse, Line, LintResult


def summary(
    lints: Mapping[str, LintResult],
    labels: tuple[LabelUse, ...],
    consistency: Mapping[str, Mapping[str, Consistency]],
    copies: Mapping[str, CopyConsistency],
    density: Mapping[str, Density],
) -> tuple[Line, ...]:
    """Return one line per thing to look at: errors, faults, looks, notes, each by its count.

    `list` is where its places stand in the JSON, below the set.
    """
    lines = [
        Line(result.kind, result.count, result.title, f"lints.{lint}.places")
        for lint, result in lints.items()
        if result.count
    ]
    for layer, by_label in consistency.items():
        for label, found in by_label.items():
            where = f"consistency.{layer}.{label}.inconsistent"
            alike = sum(string.same_context for string in found.inconsistent)
            missing = found.occurrences - found.annotated
            if alike:
                text = f"not {label}, though it is between the same words elsewhere"
                lines.append(Line("look", alike, text, where))
            if missing:
                text = f"of {found.occurrences:,} occurrences of repeated strings not {label}"
                lines.append(Line("note", missing, text, where))
    for layer, same in copies.items():
        if same.differences:
            text = f"{layer} spans that the other copy of the passage lacks"
            lines.append(Line("look", len(same.differences), text, f"copies.{layer}.differences"))
    for layer, dense in density.items():
        far = sum(item.far for item in dense.items)
        if far:
            text = f"items with far more or fewer {layer} spans than the rest"
            lines.append(Line("look", far, text, f"density.{layer}.items"))
    for number, said in ((0, "never used"), (1, "used once")):
        count = sum(use.count == number for use in labels)
        if count:
            lines.append(Line("note", count, f"labels {said}", "labels"))
    lines.sort(key=lambda line: (KINDS.index(line.kind), -line.count, line.list))
    return tuple(lines)
