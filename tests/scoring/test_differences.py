"""Intervals, and whether one prediction is better than another."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from newspan.agreement.bootstrap import weights
from newspan.scoring.figures import figure
from newspan.scoring.measures import Counted
from newspan.scoring.significance import difference

DRAWN = weights(3, 500, 1).astype(float)
A = np.array([[3, 4, 3, 5], [1, 1, 1, 3], [2, 2, 2, 2]], dtype=float)
B = np.array([[1, 4, 1, 5], [1, 2, 1, 3], [2, 2, 2, 2]], dtype=float)


def f1(sums: np.ndarray) -> float:
    """Return F1 of rows of sums, in the plainest way."""
    right, predicted, found, reference = sums.sum(axis=0)
    p, r = right / predicted, found / reference
    return float(2 * p * r / (p + r))


def gap(one: np.ndarray, other: np.ndarray, drawn: np.ndarray = DRAWN) -> object:
    """Return the difference of two predictions."""
    sides = [Counted("iou", (), each) for each in (one, other)]
    return difference(*sides, "claim", "with", ("a", "b"), drawn, 1, "layer:claim")


def test_all_swaps_are_tried_with_few_groups() -> None:
    """p is the part of all swaps of groups with a difference as large; no p can be below 2/8."""
    found = gap(A, B)
    seen = f1(A) - f1(B)
    gaps = []
    for swap in product([0, 1], repeat=3):
        chosen = np.array(swap)[:, None] == 1
        gaps.append(f1(np.where(chosen, B, A)) - f1(np.where(chosen, A, B)))

    assert found.difference.value == pytest.approx(seen)
    assert found.p == np.mean([abs(gap) >= seen - 1e-12 for gap in gaps])
    assert (found.smallest_p, found.swaps, found.exact) == (0.25, 8, True)
    assert "swaps:all8" in found.signature


def test_equal_predictions_do_not_differ() -> None:
    """p is 1, and the interval is at 0."""
    found = gap(A, A)

    assert (found.p, found.difference.low, found.difference.high) == (1.0, 0.0, 0.0)


def test_many_groups_are_drawn() -> None:
    """A prediction that is better in each of 30 groups is so beyond chance; p is never 0."""
    good, bad = np.tile([3.0, 4, 3, 4], (30, 1)), np.tile([1.0, 4, 1, 4], (30, 1))
    drawn = weights(30, 500, 1).astype(float)
    found = gap(good, bad, drawn)

    assert found.p == found.smallest_p == 1 / 501
    assert not found.exact
    assert found == gap(good, bad, drawn)


def test_no_draws_no_p() -> None:
    """The reason is given."""
    found = gap(A, B, weights(3, 0, 1).astype(float))

    assert (found.p, found.reason) == (None, "one group, or nothing drawn")
    assert found.difference.value is not None


def test_intervals_are_percentiles_of_replicates() -> None:
    """Each replicate is the ratio of weighted sums; draws without any span are left out."""
    sums = np.vstack([A, np.zeros((1, 4))])
    drawn = weights(4, 400, 2).astype(float)
    found = figure(Counted("iou", (), sums), "claim", "with", "a", drawn, "layer:claim")
    values = [f1(np.repeat(sums, row.astype(int), axis=0)) for row in drawn if row[:3].any()]

    assert (found.f1.low, found.f1.high) == pytest.approx(tuple(np.percentile(values, (2.5, 97.5))))
    assert found.f1.value == pytest.approx(f1(A))
    assert found.signature == "iou|v:1|label:all|layer:claim|n:10+7"


def test_one_group_has_no_interval() -> None:
    """Nothing can be drawn from it."""
    drawn = weights(1, 100, 1).astype(float)
    found = figure(Counted("iou", (), A[:1]), "claim", "with", "a", drawn, "")

    assert (found.f1.low, found.f1.high) == (None, None)


def test_what_stands_in_one_group_has_no_interval() -> None:
    """It is drawn whole or not at all: every replicate has the same value, which says nothing."""
    sums = np.vstack([A[:1], np.zeros((3, 4))])
    drawn = weights(4, 100, 1).astype(float)
    found = figure(Counted("iou", (), sums), "claim", "with", "a", drawn, "")

    assert found.f1.value is not None
    assert (found.f1.low, found.f1.high) == (None, None)


def test_rows_of_some_groups_are_those_of_all_without_the_empty_ones() -> None:
    """A part's rows stand for the groups that they name."""
    drawn = weights(6, 300, 1).astype(float)
    whole = np.zeros((6, 4))
    groups = np.array([1, 3, 4])
    whole[groups] = A
    some = figure(Counted("iou", (), A, groups=groups), "claim", "with", "a", drawn, "")

    assert some == figure(Counted("iou", (), whole), "claim", "with", "a", drawn, "")


def test_few_draws_try_all_swaps_of_few_groups() -> None:
    """Fewer draws allow no p below what all swaps allow."""
    few = gap(A, B, DRAWN[:3])

    assert (few.p, few.smallest_p, few.swaps) == (gap(A, B).p, 0.25, 8)
