"""F1 of spans, pair by pair of sets."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from newspan.agreement.bootstrap import Measure, mean_defined, ratio
from newspan.agreement.matching import Unit, matched
from newspan.agreement.unitizing import merged
from newspan.agreement.units import Placed, View, set_pairs

Array = Any

REASON = "no set has such a span"


def mean_f1(sums: Array) -> Array:
    """Return the mean F1 over pairs of sets, from rows of (both, left, right) for each pair."""
    triples = sums.reshape(len(sums), -1, 3).astype(float)
    return mean_defined(ratio(2 * triples[..., 0], triples[..., 1] + triples[..., 2]))


def mean_partial_f1(sums: Array) -> Array:
    """Return the mean partial F1, from rows of (parts of left, left, parts of right, right).

    The formula of SemEval-2020 task 11 (span identification): precision is the mean, over spans,
    of the part of a span that the other side has too; recall the same of the other side.
    """
    fours = sums.reshape(len(sums), -1, 4).astype(float)
    precision = ratio(fours[..., 0], fours[..., 1])
    recall = ratio(fours[..., 2], fours[..., 3])
    one_sided = (fours[..., 1] == 0) != (fours[..., 3] == 0)
    f1 = ratio(2 * precision * recall, precision + recall)
    disjoint = precision + recall == 0
    f1[one_sided | disjoint] = 0.0
    return mean_defined(f1)


def measures(view: View) -> list[Measure]:
    """Return exact, IoU and partial F1: with labels, without, and for each label.

    For three and more sets each is the mean over the pairs, and the pairs follow.
    """
    found: list[Measure] = []
    for label in [None, *view.labels()]:
        for labels in ("same", "any") if label is None else ("same",):
            for name, width, sums, value in _kinds(view, label, labels):
                parameters: tuple[tuple[str, str], ...] = (("labels", labels),)
                if name == "f1_iou":
                    parameters += (("iou", "0.5"), ("match", "assignment"))
                if name == "f1_partial":
                    parameters += (("overlap", "merged"),)
                found += over_pairs(
                    view.sets,
                    name,
                    parameters,
                    label,
                    sums,
                    width,
                    value,
                    REASON,
                    view.counts(label),
                )
    return found


def over_pairs(
    sets: Sequence[str],
    name: str,
    parameters: tuple[tuple[str, str], ...],
    label: str | None,
    sums: Array,
    width: int,
    value: Callable[[Array], Array],
    reason: str,
    counts: tuple[int, ...],
) -> list[Measure]:
    """Return a measure over all pairs of sets, and of three and more sets each pair's too.

    `sums` has `width` columns for each pair of sets.
    """
    if len(sets) == 2:
        return [Measure(name, parameters, label, sums, value, reason, counts)]
    found = [
        Measure(name, (*parameters, ("mean", "pairs")), label, sums, value, reason, counts),
    ]
    for index, (a, b) in enumerate(set_pairs(sets)):
        columns = sums[:, index * width : (index + 1) * width]
        few = (counts[a], counts[b]) if len(counts) == len(sets) else counts
        found.append(
            Measure(name, parameters, label, columns, value, reason, few, (sets[a], sets[b]))
        )
    return found


def _kinds(
    view: View, label: str | None, labels: str
) -> Iterable[tuple[str, int, Array, Callable[[Array], Array]]]:
    import numpy as np

    number = len(set_pairs(view.sets))
    exact = np.zeros((view.groups, number, 3))
    near = np.zeros((view.groups, number, 3))
    partial = np.zeros((view.groups, number, 4))
    for item in view.items:
        sides = [
            [p for p in spans if label is None or p.unit.label == label] for spans in item.spans
        ]
        for pair, (a, b) in enumerate(set_pairs(view.sets)):
            left, right = ([_plain(p, labels) for p in sides[index]] for index in (a, b))
            for column, side in ((1, sides[a]), (2, sides[b])):
                for placed in side:
                    exact[placed.group, pair, column] += 1
                    near[placed.group, pair, column] += 1
            rest = Counter(right)
            for unit, placed in zip(left, sides[a], strict=True):
                if rest[unit] > 0:
                    rest[unit] -= 1
                    exact[placed.group, pair, 0] += 1
            for i, _ in matched(left, right):
                near[sides[a][i].group, pair, 0] += 1
            group = item.group_of_characters()
            _add_partial(partial[:, pair], left, right, group)
    flat = (exact.reshape(view.groups, -1), near.reshape(view.groups, -1))
    yield "f1_exact", 3, flat[0], mean_f1
    yield "f1_iou", 3, flat[1], mean_f1
    yield "f1_partial", 4, partial.reshape(view.groups, -1), mean_partial_f1


def _plain(placed: Placed, labels: str) -> Unit:
    return placed.unit if labels == "same" else placed.unit._replace(label="")


def _add_partial(sums: Array, left: list[Unit], right: list[Unit], group: Array) -> None:
    for label in sorted({unit.label for unit in (*left, *right)}):
        sides = [merged(u for u in side if u.label == label) for side in (left, right)]
        for column, (own, other) in enumerate((sides, sides[::-1])):
            starts, ends = [o.start for o in other], [o.end for o in other]
            for unit in own:
                # Merged units don't overlap, so both borders are in order.
                there = other[bisect_right(ends, unit.start) : bisect_left(starts, unit.end)]
                shared = sum(min(unit.end, o.end) - max(unit.start, o.start) for o in there)
                sums[group[unit.start], 2 * column] += shared / (unit.end - unit.start)
                sums[group[unit.start], 2 * column + 1] += 1
