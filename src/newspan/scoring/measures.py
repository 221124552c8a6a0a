"""The measures of a prediction, as rows of sums by group (`newspan.scoring.spans`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from newspan.agreement.attributions import ROLES, tables
from newspan.agreement.matching import Unit, matched
from newspan.corpus import AnnotationSet
from newspan.scoring.extents import Extents, extents, overlap_rows
from newspan.scoring.sides import PREDICTED, REFERENCE, Side, Text
from newspan.scoring.tasks import Answers, answers, tc_rows

Array = Any
Parameters = tuple[tuple[str, str], ...]

#: As many pairs as can be, and of these the ones that overlap most.
IOU: Parameters = (("iou", "0.5"), ("match", "assignment"))
MERGED: Parameters = (("gold", "merged"), ("pred", "merged"))
SAME, ANY = ("labels", "same"), ("labels", "any")
_KINDS = {"match": "matched", "roles": "all roles", "whole": "all roles, scope, parent"}


class Counted(NamedTuple):
    """A measure of one part of the spans; `sums` has a row of four for each group.

    `by` is what the spans are split by (label, voice, lineage, role) and `of` the part, None for
    all spans. `groups` are the numbers of the groups that the rows are of, None for all of them:
    with a row for every group of each, a thousand lineages would be a million rows.
    """

    measure: str
    parameters: Parameters
    sums: Array
    by: str | None = None
    of: str | None = None
    groups: Array | None = None


class _Rows(NamedTuple):
    """A side's spans as arrays, the group of each, and its label's number."""

    extents: Extents
    group: Array


def measures(text: Text, reference: Side, predicted: Side, *, parts: bool) -> list[Counted]:
    """Return all measures of spans; with `parts` also by label, voice, lineage and surface."""
    labels = sorted({u.label for s in (reference, predicted) for i in s.units for u in i})
    rows = [_rows(text, each, labels) for each in (reference, predicted)]
    found = list(_overlaps(text, rows, labels))
    found += _matches(text, (reference, predicted), rows, labels, parts=parts)
    if parts:
        found += _by_label("tc", (("match", "extent"),), _tc(text, rows, labels), labels)
    return [each for each in found if parts or each.by is None]


def _rows(text: Text, side: Side, labels: Sequence[str]) -> _Rows:
    code = {label: number for number, label in enumerate(labels)}
    found = extents(
        (place, unit.start, unit.end, code[unit.label])
        for place, units in enumerate(side.units)
        for unit in units
    )
    return _Rows(found, text.group[found.place])


def _by_label(
    measure: str, parameters: Parameters, sums: Array, labels: Sequence[str]
) -> Iterator[Counted]:
    """Yield a measure over all labels, and that of each, from sums (labels, groups, 4)."""
    yield Counted(measure, parameters, sums.sum(axis=0))
    for label, each in zip(labels, sums, strict=False):
        yield Counted(measure, parameters, each, "label", label)


def _overlaps(text: Text, rows: Sequence[_Rows], labels: Sequence[str]) -> Iterator[Counted]:
    """Yield SI and FLC, and F1 of characters and tokens."""
    spans = [each.extents for each in rows]
    tokens = [_in_tokens(text, each) for each in spans]

    def sums(sides: Sequence[Extents], *, by_label: bool, parts: bool) -> Array:
        return overlap_rows(
            *sides,
            labels=len(labels),
            group=text.group,
            groups=len(text.groups),
            by_label=by_label,
            parts=parts,
        )

    yield Counted(
        "si", (("labels", "ignored"), *MERGED), sums(spans, by_label=False, parts=True)[0]
    )
    yield from _by_label("flc", (SAME, *MERGED), sums(spans, by_label=True, parts=True), labels)
    for name, sides in (("character", spans), ("token", tokens)):
        yield from _by_label(name, (SAME,), sums(sides, by_label=True, parts=False), labels)
        yield Counted(name, (ANY,), sums(sides, by_label=False, parts=False)[0])


def _in_tokens(text: Text, spans: Extents) -> Extents:
    """Return spans as the tokens that they have a character of, without spans that have none.

    The spans stand in the order of their texts.
    """
    import numpy as np

    start, end = spans.start.copy(), spans.end.copy()
    borders = np.searchsorted(spans.place, np.arange(len(text.words) + 1)).tolist()
    for place, words in enumerate(text.words):
        here = slice(*borders[place : place + 2])
        start[here] = np.searchsorted(words[:, 1], spans.start[here], side="right")
        end[here] = np.searchsorted(words[:, 0], spans.end[here], side="left")
    some = start < end
    return Extents(spans.place[some], start[some], end[some], spans.label[some])


def _matches(
    text: Text,
    sides: tuple[Side, Side],
    rows: Sequence[_Rows],
    labels: Sequence[str],
    *,
    parts: bool,
) -> Iterator[Counted]:
    """Yield F1 of spans that are matched one to one: exactly, or with an IoU of 0.5."""
    import numpy as np

    groups = len(text.groups)

    def sums(hits: Sequence[Array], weights: Sequence[Array]) -> Array:
        found = np.zeros((groups, 4))
        for column, index in ((0, PREDICTED), (2, REFERENCE)):
            for offset, weight in enumerate((hits[index] * weights[index], weights[index])):
                sums = np.bincount(rows[index].group, weights=weight, minlength=groups)
                found[:, column + offset] = sums
        return found

    every = [np.ones(len(each.group)) for each in rows]
    for name, method, parameters in (("exact", _exact, ()), ("iou", matched, IOU)):
        same = _hits(sides, method, same_label=True)
        anyway = _hits(sides, method, same_label=False)
        yield Counted(name, (SAME, *parameters), sums(same, every))
        yield Counted(name, (ANY, *parameters), sums(anyway, every))
        if not parts:
            continue
        for by, values in _splits(text, sides, rows, labels):
            for of, chosen in _parts(values):
                group = [each.group[some] for each, some in zip(rows, chosen, strict=True)]
                hit = [each[some] for each, some in zip(same, chosen, strict=True)]
                part, its_groups = _part_sums(group, hit)
                yield Counted(name, (SAME, *parameters), part, by, of, its_groups)
        if name == "iou":
            share = [_shares(side) for side in sides]
            yield Counted("surface", (SAME, *parameters, ("each", "once")), sums(same, share))


def _splits(
    text: Text, sides: tuple[Side, Side], rows: Sequence[_Rows], labels: Sequence[str]
) -> Iterator[tuple[str, list[Array]]]:
    """Yield what spans are split by, with each side's value for each span."""
    import numpy as np

    names = np.array([*labels, ""], dtype=object)
    lineages = np.array([*text.lineages, ""], dtype=object)
    yield "label", [names[each.extents.label] for each in rows]
    if all(len(side.voices) == len(each.group) for side, each in zip(sides, rows, strict=True)):
        yield "voice", [np.array(side.voices, dtype=object) for side in sides]
    yield "lineage", [lineages[each.extents.place] for each in rows]


def _parts(values: Sequence[Array]) -> Iterator[tuple[str, list[Array]]]:
    """Yield each value but "", in order, with the indexes of both sides' spans that have it."""
    import numpy as np

    found: dict[str, list[list[int]]] = {}
    for side, its in enumerate(values):
        for index, value in enumerate(its.tolist()):
            found.setdefault(value, [[], []])[side].append(index)
    for value in sorted(found):
        if value:
            yield value, [np.array(each, dtype=np.int64) for each in found[value]]


def _part_sums(group: Sequence[Array], hit: Sequence[Array]) -> tuple[Array, Array]:
    """Return the sums of a part's spans, and the groups that their rows are of.

    Args:
        group: the group of each of its spans, by side.
        hit: whether each has a partner, by side.
    """
    import numpy as np

    groups = np.unique(np.concatenate(group))
    found = np.zeros((len(groups), 4))
    for column, index in ((0, PREDICTED), (2, REFERENCE)):
        row = np.searchsorted(groups, group[index])
        found[:, column] = np.bincount(row, weights=hit[index], minlength=len(groups))
        found[:, column + 1] = np.bincount(row, minlength=len(groups))
    return found, groups


def _shares(side: Side) -> Array:
    """Return each span's weight, so that the spans of one surface and label weigh 1 together."""
    import numpy as np

    times = Counter(side.surfaces)
    return np.array([1.0 / times[each] for each in side.surfaces], dtype=float)


def _hits(sides: tuple[Side, Side], method: Any, *, same_label: bool) -> list[Array]:
    """Return, for each side, which of its spans have a partner."""
    import numpy as np

    hits = [np.zeros(sum(map(len, side.units))) for side in sides]
    first = [0, 0]
    for units in zip(*(side.units for side in sides), strict=True):
        for pair in method(*units, same_label=same_label):
            for index in (REFERENCE, PREDICTED):
                hits[index][first[index] + pair[index]] = 1.0
        first = [at + len(each) for at, each in zip(first, units, strict=True)]
    return hits


def _exact(
    left: Sequence[Unit], right: Sequence[Unit], *, same_label: bool
) -> Iterator[tuple[int, int]]:
    """Yield pairs of indexes of units of the same extent, each unit in one pair at most."""
    rest: dict[tuple[Any, ...], list[int]] = {}
    for index in reversed(range(len(right))):
        rest.setdefault(right[index] if same_label else right[index][:2], []).append(index)
    for index, unit in enumerate(left):
        if others := rest.get(unit if same_label else unit[:2]):
            yield index, others.pop()


def answered(text: Text, reference: Side, predicted: Side) -> Answers:
    """Return the answers of technique classification, labels by name."""
    sides = [
        [(place, *unit) for place, units in enumerate(side.units) for unit in units]
        for side in (reference, predicted)
    ]
    return answers(*sides)


def _tc(text: Text, rows: Sequence[_Rows], labels: Sequence[str]) -> Array:
    sides = [list(zip(*(c.tolist() for c in each.extents), strict=True)) for each in rows]
    return tc_rows(answers(*sides).answers, len(labels), text.group.tolist(), len(text.groups))


def of_attributions(text: Text, sets: tuple[AnnotationSet, AnnotationSet]) -> Iterator[Counted]:
    """Yield F1 of attributions by role and whole, parts compared exactly and by IoU.

    Attributions are matched first, as agreement matches them; parts of those without a partner
    count as wrong or missing.
    """
    for name, parameters in (("exact", ()), ("iou", (("iou", "0.5"),))):
        sums = tables(text.view, sets, exact_parts=name == "exact")
        for kind in (*ROLES, "match", "roles", "whole"):
            both, left, right = sums[kind][:, 0].T
            yield Counted(
                "attribution",
                (("parts", name), *parameters, ("match", "attributions")),
                _four(both, left, right),
                "role",
                _KINDS.get(kind, kind),
            )


def _four(both: Array, reference: Array, predicted: Array) -> Array:
    import numpy as np

    return np.stack([both, predicted, both, reference], axis=1)
