"""Krippendorff's alpha on masks, and his alphas for unitizing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import agree_cases as cases
from newspan.agreement import unitizing
from newspan.agreement.alpha import binary_alpha
from newspan.agreement.matching import Unit

ORACLES = json.loads((Path(__file__).parent / "oracles.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("sets", [2, 3, 6])
def test_the_same_as_krippendorff(sets: int) -> None:
    """With some positions not looked at, alpha is that of the package krippendorff 0.9.0."""
    found = binary_alpha(cases.marks(sets, 400, sets))

    assert found == pytest.approx(ORACLES["alpha"][str(sets)], abs=1e-12)


def test_a_published_alpha() -> None:
    """Two observers, ten units: 0.095 (Krippendorff 2011, Computing alpha-reliability, A)."""
    rows = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]

    assert binary_alpha(rows) == pytest.approx(0.095, abs=0.0005)


def test_alpha_needs_variation() -> None:
    """All marked, nothing marked, or nothing shared: there is no value."""
    assert binary_alpha([[1, 1], [1, 1]]) is None
    assert binary_alpha([[0, 0], [0, 0]]) is None
    assert binary_alpha([[1, 0, -1, -1], [-1, -1, 1, 0]]) is None
    assert binary_alpha([[1, 0], [1, 0]]) == 1.0


def sums(length: int, labels: list[str], *sets: list[Unit]) -> np.ndarray:  # type: ignore[type-arg]
    """Return the sums of one continuum, all in one group."""
    return unitizing.sums_of(sets, length, labels, np.zeros(length, dtype=np.int64), 1)


def test_u_alpha_by_hand() -> None:
    """Ten characters, 0-4 and 2-6 marked: 1 - 4 / (2·8·12 / (20 - 44/20)).

    Coincidences: 4 of marked and gap each way, 2 of marked, 4 of gaps, so 8 marked and 12 gaps of
    20 in all. Self-pairings: 4² + 4² marked, 6 + 6 gaps; 32 + 12 = 44.
    """
    found = sums(10, ["A"], [Unit(0, 4, "A")], [Unit(2, 6, "A")])

    assert unitizing.u_alpha(found, 1)[0] == pytest.approx(1 - 8 / (2 * 8 * 12 / (20 - 44 / 20)))
    assert unitizing.binary_alpha(found, 1)[0] == pytest.approx(unitizing.u_alpha(found, 1)[0])


def test_three_observers() -> None:
    """Units, labels and lengths of three observers, against the formula written out.

    An independent program publishes 0.5671992508994135 for these units, with each one a character
    shorter than its borders say; with whole lengths the same formula gives 0.5645448655652737.
    """
    found = sums(
        56,
        ["k"],
        [Unit(3, 15, "k"), Unit(22, 53, "k")],
        [Unit(3, 10, "k"), Unit(22, 53, "k")],
        [Unit(22, 46, "k")],
    )

    assert unitizing.u_alpha(found, 1)[0] == pytest.approx(0.5645448655652737, abs=1e-12)


def test_cu_and_ku_alpha_by_hand() -> None:
    """Where both mark: 4 characters A and A, 6 of A and B, 10 of B and B.

    Labels: A 4 + 10/2... coincidences AA 8, AB 6, BA 6, BB 20; A 14, B 26, 40 in all. Units within
    what the other marks: set 1 A 10, B 10; set 2 A 4, B 16: A 100 + 16, B 100 + 256; 472.
    Expected AB = 14 · 26 / (40 - 472/40).
    """
    found = sums(
        30,
        ["A", "B"],
        [Unit(0, 10, "A"), Unit(10, 20, "B")],
        [Unit(0, 4, "A"), Unit(4, 20, "B")],
    )
    by_chance = 14 * 26 / (40 - 472 / 40)

    assert unitizing.cu_alpha(found, 2)[0] == pytest.approx(1 - 6 / by_chance)
    expected_a = by_chance + (14 * 14 - 116) / (40 - 472 / 40)
    assert unitizing.ku_alpha(found, 2, 0)[0] == pytest.approx(
        1 - (expected_a / 14) * 6 / by_chance
    )


def test_identical_unitizing_agrees_fully() -> None:
    """All four coefficients are 1."""
    units = [Unit(0, 5, "A"), Unit(8, 12, "B")]
    found = sums(20, ["A", "B"], units, units)

    assert unitizing.u_alpha(found, 2)[0] == 1
    assert unitizing.binary_alpha(found, 2)[0] == 1
    assert unitizing.cu_alpha(found, 2)[0] == 1
    assert unitizing.ku_alpha(found, 2, 1)[0] == 1


def test_unitizing_without_variation_has_no_value() -> None:
    """Nothing marked, everything marked as one, or one label only."""
    assert np.isnan(unitizing.u_alpha(sums(9, ["A"], [], []), 1)[0])
    whole = [Unit(0, 9, "A")]
    assert np.isnan(unitizing.u_alpha(sums(9, ["A"], whole, whole), 1)[0])
    part = [Unit(0, 4, "A")]
    assert np.isnan(unitizing.cu_alpha(sums(9, ["A"], part, part), 1)[0])
    assert np.isnan(unitizing.cu_alpha(sums(9, ["A"], part, [Unit(5, 8, "A")]), 1)[0])


def test_overlaps_are_merged_or_given_to_the_shortest() -> None:
    """Alpha for unitizing allows none within a set."""
    units = [Unit(0, 10, "A"), Unit(3, 5, "B"), Unit(8, 14, "C"), Unit(14, 16, "C")]

    assert unitizing.merged(units) == [Unit(0, 14, "A"), Unit(14, 16, "C")]
    assert unitizing.flattened(units) == [
        Unit(0, 3, "A"),
        Unit(3, 5, "B"),
        Unit(5, 8, "A"),
        Unit(8, 14, "C"),
        Unit(14, 16, "C"),
    ]
    assert unitizing.flattened([]) == []
