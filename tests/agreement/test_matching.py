"""Spans are matched one to one, in the best way; F1 and kappa follow."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from random import Random

import numpy as np
import pytest

import agree_cases as cases
from newspan.agreement.attributes import cohen_kappa
from newspan.agreement.bootstrap import Measure, interval, value_of, weights
from newspan.agreement.matching import Counts, Unit, exact, iou, matched
from newspan.agreement.spans import mean_f1, mean_partial_f1

ORACLES = json.loads((Path(__file__).parent / "oracles.json").read_text(encoding="utf-8"))


def test_iou_by_hand() -> None:
    """Shared characters by those of either; touching spans share none."""
    assert iou(Unit(0, 10, "A"), Unit(5, 20, "A")) == 5 / 20
    assert iou(Unit(0, 10, "A"), Unit(10, 20, "A")) == 0
    assert iou(Unit(3, 9, "A"), Unit(3, 9, "B")) == 1


def test_as_many_as_can_be_are_matched() -> None:
    """The pair that overlaps most gives way when two pairs can be had instead."""
    left, right = [Unit(0, 10, "A"), Unit(0, 6, "A")], [Unit(0, 9, "A"), Unit(0, 18, "A")]

    # 0-10 fits 0-9 best, at 0.9, but 0-6 fits only that one, at 0.67; 0-10 fits 0-18 at 0.56.
    assert matched(left, right) == [(0, 1), (1, 0)]


def test_among_equally_many_the_best_overlap_wins() -> None:
    """Both ways give two pairs; the sum of their IoU decides."""
    left, right = [Unit(0, 10, "A"), Unit(0, 7, "A")], [Unit(0, 9, "A"), Unit(0, 14, "A")]
    sums = {
        order: sum(iou(left[i], right[j]) for i, j in enumerate(order))
        for order in permutations(range(2))
    }
    best = max(sums, key=lambda order: sums[order])

    assert matched(left, right) == list(enumerate(best))


@pytest.mark.parametrize("seed", range(20))
def test_no_matching_has_more_pairs(seed: int) -> None:
    """On small sets, against all ways to pair them."""
    random = Random(seed)

    def some() -> list[Unit]:
        found = []
        for _ in range(4):
            start = random.randrange(12)
            found.append(Unit(start, start + random.randrange(2, 12), random.choice("AB")))
        return sorted(found)

    left, right = some(), some()
    for same in (True, False):

        def fits(i: int, j: int, same: bool = same) -> bool:
            alike = left[i].label == right[j].label or not same
            return alike and iou(left[i], right[j]) >= 0.5

        most = max(sum(fits(i, j) for i, j in enumerate(order)) for order in permutations(range(4)))
        found = matched(left, right, same_label=same)

        assert len(found) == most
        assert all(fits(i, j) for i, j in found)
        assert len({i for i, _ in found}) == len({j for _, j in found}) == len(found)


@pytest.mark.parametrize("name", cases.GAMMA)
def test_exact_f1_is_scikit_learns(name: str) -> None:
    """Over all spans of either set, F1 of being in both is scikit-learn's."""
    left, right = (
        [Unit(*each[:2], str(each[2])) for each in cases.coarse(spans)]
        for spans in cases.spans(**cases.GAMMA[name]).sets[:2]
    )
    found = Counts(exact(left, right), len(left), len(right)).f1

    assert found == pytest.approx(ORACLES["f1"][name], abs=1e-12)


def test_f1_of_nothing_is_not_defined() -> None:
    """But of one side alone it is 0."""
    assert Counts(0, 0, 0).f1 is None
    assert Counts(0, 3, 0).f1 == 0
    assert np.isnan(mean_f1(np.zeros((1, 3)))[0])
    assert np.isnan(mean_partial_f1(np.zeros((1, 4)))[0])
    assert mean_partial_f1(np.array([[0, 2, 0, 0]]))[0] == 0
    assert mean_partial_f1(np.array([[0, 2, 0, 3]]))[0] == 0


def test_a_mean_over_pairs_leaves_out_pairs_without_a_value() -> None:
    """Of three pairs, one has nothing: the mean is of the two others."""
    assert mean_f1(np.array([[1, 2, 2, 0, 0, 0, 0, 1, 0]]))[0] == pytest.approx((0.5 + 0) / 2)


@pytest.mark.parametrize("kinds", [2, 3, 4])
def test_kappa_is_scikit_learns(kinds: int) -> None:
    """Cohen's kappa of two lists of labels."""
    found = cohen_kappa(*cases.values(300, kinds, kinds))

    assert found == pytest.approx(ORACLES["kappa"][str(kinds)], abs=1e-12)


def test_kappa_of_one_value_is_not_defined() -> None:
    """Nor of nothing; never NaN."""
    assert cohen_kappa(["A", "A"], ["A", "A"]) is None
    assert cohen_kappa([], []) is None
    assert cohen_kappa(["A", "B"], ["A", "B"]) == 1.0
    assert cohen_kappa(["A", "A"], ["A", "B"]) == 0.0


def measure(sums: list[list[float]]) -> Measure:
    """Return an F1 over groups."""
    return Measure("f1", (), None, np.array(sums), mean_f1, "nothing", (1, 1))


def test_groups_are_drawn_whole() -> None:
    """Two groups, one all agreement and one none: the interval is from one to the other."""
    made = measure([[5, 5, 5], [0, 5, 5]])

    assert value_of(made) == 0.5
    assert interval(made, weights(2, 1000, 1)) == (0.0, 1.0)


def test_an_interval_needs_two_groups_and_draws() -> None:
    """One group has no interval, nor have no replicates, nor most draws without a value."""
    assert interval(measure([[1, 2, 2]]), weights(1, 100, 1)) is None
    assert interval(measure([[1, 2, 2], [1, 1, 1]]), weights(2, 0, 1)) is None
    rare = measure([[1, 2, 2], *[[0.0, 0, 0]] * 9])
    assert interval(rare, weights(10, 1000, 1)) is not None
    never = measure([[0.0, 0, 0]] * 3)
    assert value_of(never) is None
    assert interval(never, weights(3, 100, 1)) is None


def test_draws_are_of_as_many_groups_as_there_are() -> None:
    """And the seed decides which."""
    drawn = weights(7, 50, 3)

    assert drawn.shape == (50, 7)
    assert set(drawn.sum(axis=1).tolist()) == {7}
    assert (drawn == weights(7, 50, 3)).all()
    assert not (drawn == weights(7, 50, 4)).all()
