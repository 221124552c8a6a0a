"""In what two units differ."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from newspan.adjudication.extents import iou
from newspan.adjudication.units import Unit
from newspan.derive import said
from newspan.model import Attribution, Span

#: Two extents mean the same from this intersection over union on.
ALIKE = Fraction(4, 5)
#: Contents are those of one attribution, and loaded words one finding, from here on.
SAME_PLACE = Fraction(1, 2)

ROLES = ("source", "medium", "cue", "content")
_SPAN_ATTRIBUTES = {"claim": ("check_worthy", "hedged"), "loaded_language": ("target", "polarity")}
ATTRIBUTES = (
    "mode",
    "source_kind",
    "source_named",
    "source_name",
    "cue_type",
    "cue_force",
    "scope",
)

#: Tells whether what two units refer to corresponds.
Correspond = Callable[[Unit, Unit], bool]


def differences(a: Unit, b: Unit, refer_alike: Correspond | None = None) -> frozenset[str]:
    """Return in what two units of one layer differ: boundary, label, attribute, structure.

    Nothing where they are alike. `unsure` and `note` don't count. What they refer to (a parent, a
    link's ends) counts only where `refer_alike` is given.
    """
    found: set[str] = set()
    if isinstance(a.record, Span) and isinstance(b.record, Span):
        found |= _span_differences(a.record, b.record)
    elif isinstance(a.record, Attribution) and isinstance(b.record, Attribution):
        if attributes(a) != attributes(b):
            found.add("attribute")
        for role in ROLES:
            found |= _role_differences(a.of_role(role), b.of_role(role))
        if a.record.scope == b.record.scope == "open" and a.record.scope_end != b.record.scope_end:
            found.add("boundary")
    elif attributes(a) != attributes(b):
        found.add("label")
    if refer_alike is not None and not refer_alike(a, b):
        found.add("structure")
    return frozenset(found)


def _span_differences(a: Span, b: Span) -> set[str]:
    found = set()
    if a.label != b.label:
        found.add("label")
    if iou([(a.start, a.end)], [(b.start, b.end)]) < ALIKE:
        found.add("boundary")
    # Only factual claims can be check-worthy: with another label that follows from it.
    names = _SPAN_ATTRIBUTES[a.layer][a.layer == "claim" and a.label != b.label :]
    if any(said(a, name) != said(b, name) for name in names):
        found.add("attribute")
    return found


def _role_differences(a: tuple[Span, ...], b: tuple[Span, ...]) -> set[str]:
    pairs = matched_parts(a, b)
    if len(a) != len(b) or len(pairs) < len(a):
        return {"structure"}
    return {"boundary"} if any(overlap < ALIKE for _, _, overlap in pairs) else set()


def matched_parts(a: tuple[Span, ...], b: tuple[Span, ...]) -> list[tuple[Span, Span, Fraction]]:
    """Return pairs of overlapping spans, each span once, best first, with their overlap."""
    pairs = [(x, y, iou([(x.start, x.end)], [(y.start, y.end)])) for x in a for y in b]
    pairs.sort(key=lambda p: (-p[2], p[0].start, p[0].end, p[1].start, p[1].end))
    found: list[tuple[Span, Span, Fraction]] = []
    for x, y, overlap in pairs:
        if overlap and not any(x is known or y is other for known, other, _ in found):
            found.append((x, y, overlap))
    return found


def attributes(unit: Unit) -> tuple[object, ...]:
    """Return a unit's attributes, its label first, with absent values as what absence means."""
    record = unit.record
    if isinstance(record, Span):
        return (record.label, *(said(record, name) for name in _SPAN_ATTRIBUTES[record.layer]))
    if isinstance(record, Attribution):
        return tuple(getattr(record, name) for name in ATTRIBUTES)
    return (record.type,)
