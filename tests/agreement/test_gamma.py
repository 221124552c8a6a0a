"""Gamma is what the papers define, and what another program gives."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import pytest

import agree_cases as cases
from newspan.agreement.alignment import best_alignment, dissimilarity, matching
from newspan.agreement.gamma import (
    Continuum,
    Units,
    category_disorders,
    expected,
    observed,
    shifted,
)
from newspan.agreement.many import of_many

ORACLES = json.loads((Path(__file__).parent / "oracles.json").read_text(encoding="utf-8"))
NUMBER = len(cases.LABELS)


def units(spans: Sequence[tuple[int, int, int]]) -> Units:
    """Return spans (start, end, label) as units."""
    columns = np.array(spans, dtype=np.int64).reshape(-1, 3)
    return Units(columns[:, 0], columns[:, 1], columns[:, 2])


def continuum(length: int, *sets: Sequence[tuple[int, int, int]]) -> Continuum:
    """Return sets of spans as a continuum."""
    return Continuum(length, tuple(units(each) for each in sets))


def gamma_of(continua: list[Continuum], seed: int = cases.SEED) -> tuple[float, float, float]:
    """Return the observed disorder, gamma and gamma_cat (nothing counted)."""
    seen = observed(continua, NUMBER)
    chance = expected(continua, NUMBER, samples=cases.SAMPLES, seed=seed)
    disorder = seen.cost.sum() / (seen.size.sum() / len(continua[0].sets))
    counted, _, _ = category_disorders(seen.categories)
    assert counted is not None and chance.counted is not None
    return disorder, 1 - disorder / chance.gamma, 1 - counted / chance.counted


@pytest.mark.parametrize("name", cases.GAMMA)
def test_the_same_as_pygamma_agreement(name: str) -> None:
    """On the same samples disorder, gamma and gamma_cat are those of pygamma-agreement 0.5.9."""
    case = cases.spans(**cases.GAMMA[name])
    found = gamma_of([continuum(case.length, *case.sets)])
    theirs = ORACLES["gamma"][name]

    assert found == pytest.approx(
        (theirs["observed"], theirs["gamma"], theirs["gamma_cat"]), abs=1e-6
    )


def test_as_with_samples_of_its_own() -> None:
    """With its own shifted samples pygamma-agreement differs by no more than sampling explains."""
    case = cases.spans(**cases.GAMMA["two of 600"])
    _, gamma, gamma_cat = gamma_of([continuum(case.length, *case.sets)])
    theirs = ORACLES["own chance"]

    assert gamma == pytest.approx(theirs["gamma"], abs=2 * theirs["precision"])
    assert gamma_cat == pytest.approx(theirs["gamma_cat"], abs=2 * theirs["precision"])


def test_dissimilarity_by_hand() -> None:
    """(|0-2| + |10-14|) / (10 + 12) squared, and 1 more for another label."""
    a, b = units([(0, 10, 0), (0, 10, 0)]), units([(2, 14, 0), (2, 14, 1)])

    assert dissimilarity(a, b).tolist() == pytest.approx([(6 / 22) ** 2, (6 / 22) ** 2 + 1])


def test_an_alignment_by_hand() -> None:
    """Two units fit, one differs in label, one has no partner: 0 + 1 + 1."""
    found = best_alignment(
        [units([(0, 10, 0), (20, 30, 1)]), units([(0, 10, 0), (20, 30, 2), (90, 99, 0)])]
    )

    assert sorted(found.members.tolist()) == [[-1, 2], [0, 0], [1, 1]]
    assert sorted(found.cost.tolist()) == [0, 1, 1]


def test_nothing_is_aligned_that_costs_as_much_alone() -> None:
    """Touching units of different labels cost 2 together, and 1 each alone: they stay alone."""
    found = best_alignment([units([(0, 10, 0)]), units([(10, 20, 1)])])

    assert sorted(found.members.tolist()) == [[-1, 0], [0, -1]]


def partitions(sets: list[list[int]]) -> Iterator[list[tuple[int, ...]]]:
    """Yield every partition of units, named by their place in each set, -1 for none."""
    at = next((k for k, each in enumerate(sets) if each), None)
    if at is None:
        yield []
        return
    first, *rest = sets[at]
    others = [[-1, *each] for each in sets[at + 1 :]]
    for chosen in product(*others):
        left = [list(each) for each in sets]
        left[at] = rest
        for k, unit in enumerate(chosen, at + 1):
            if unit >= 0:
                left[k].remove(unit)
        for more in partitions(left):
            yield [(*[-1] * at, first, *chosen), *more]


def cost_of(sets: Sequence[Units], members: Sequence[tuple[int, ...]]) -> float:
    """Return a partition's cost, pair by pair as in the paper."""
    total = 0.0
    number = len(sets)
    for each in members:
        for a in range(number):
            for b in range(a + 1, number):
                if each[a] < 0 or each[b] < 0:
                    total += 1
                else:
                    one, other = (
                        units([tuple(int(c[each[k]]) for c in sets[k])])  # type: ignore[list-item]
                        for k in (a, b)
                    )
                    total += float(dissimilarity(one, other)[0])
    return total / (number * (number - 1) / 2)


@pytest.mark.parametrize("number", [2, 3, 4])
@pytest.mark.parametrize("seed", range(6))
def test_the_best_of_all_partitions(number: int, seed: int) -> None:
    """On small continua no partition of the units costs less, and the cost is the paper's."""
    random = Random(seed)
    sizes = {2: 5, 3: 3, 4: 2}
    sets = []
    for _ in range(number):
        spans = set()
        while len(spans) < sizes[number] - (seed + len(sets)) % 2:
            start = random.randrange(60)
            spans.add((start, start + random.randrange(1, 25), random.randrange(2)))
        sets.append(units(sorted(spans)))
    found = best_alignment(sets)
    names = [list(range(len(each.start))) for each in sets]
    least = min(cost_of(sets, members) for members in partitions(names))

    assert found.exact
    assert found.cost.sum() == pytest.approx(least)
    assert cost_of(sets, found.members.tolist()) == pytest.approx(least)


def test_descent_is_near_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a group is too large to be solved, the alignment holds every unit once, at most 1 %
    dearer in these cases.
    """
    for seed in range(4):
        case = cases.spans(3, 20, seed)
        sets = [units(each) for each in case.sets]
        best = of_many(sets)
        monkeypatch.setattr("newspan.agreement.many.MOST_CANDIDATES", 10)
        good = of_many(sets)
        monkeypatch.undo()
        members = [tuple(each) for each in good.members.tolist()]

        assert best.exact and not good.exact
        for index, each in enumerate(sets):
            seen = sorted(row[index] for row in members if row[index] >= 0)
            assert seen == list(range(len(each.start)))
        assert good.cost.sum() == pytest.approx(cost_of(sets, members))
        assert best.cost.sum() <= good.cost.sum() + 1e-9 <= 1.01 * best.cost.sum()


def test_large_and_small_problems_are_solved_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """The solver of sparse problems finds what the one of tables finds."""
    case = cases.spans(2, 120, 9, room=5)
    sets = [units(each) for each in case.sets]
    dense = best_alignment(sets)
    monkeypatch.setattr("newspan.agreement.alignment._DENSE", 0)
    monkeypatch.setattr("newspan.agreement.alignment._ROWS", 20)
    sparse = best_alignment(sets)

    assert sorted(dense.members.tolist()) == sorted(sparse.members.tolist())
    assert dense.cost.sum() == pytest.approx(sparse.cost.sum())


def test_no_candidates_no_matching() -> None:
    """Nobody to match is no error, in a table or not."""
    nothing = np.zeros(0, dtype=np.int64)
    for rows in (0, 3, 1000):
        assert len(matching(nothing, nothing, np.zeros(0), rows, rows)[0]) == 0


def test_the_order_of_sets_does_not_matter() -> None:
    """Nor does the order of spans: the observed disorder is the same."""
    case = cases.spans(2, 40, 7)
    a, b = case.sets
    one = observed([continuum(case.length, a, b)], NUMBER).cost.sum()

    assert observed([continuum(case.length, b[::-1], a[::-1])], NUMBER).cost.sum() == (
        pytest.approx(one)
    )


@pytest.mark.parametrize("number", [2, 3])
def test_identical_sets_agree_fully(number: int) -> None:
    """No disorder at all: gamma and gamma_cat are 1."""
    case = cases.spans(1, 20, 3)

    assert gamma_of([continuum(case.length, *case.sets * number)])[1:] == (1.0, 1.0)


def test_one_side_without_spans() -> None:
    """Each unit alone: the disorder is 2 for two sets, worse than chance."""
    case = cases.spans(1, 20, 3)
    disorder, gamma, _ = gamma_of([continuum(case.length, case.sets[0], [])])

    assert disorder == 2.0
    assert gamma < 0


def test_several_texts_are_aligned_apart() -> None:
    """Units of two texts are never aligned, however near their offsets, and costs add up."""
    one, other = continuum(50, [(0, 9, 0)], []), continuum(50, [], [(0, 9, 0)])
    seen = observed([one, other], 1)

    assert seen.cost.tolist() == [1, 1]
    assert sorted(seen.continuum.tolist()) == [0, 1]
    assert seen.position.tolist() == [0, 0]


def test_a_shift_keeps_what_it_shifts() -> None:
    """Each set of a sample is a set of the continuum, shifted around it by one distance."""
    case = cases.spans(3, 12, 5)
    whole = continuum(case.length, *case.sets)
    (sample,) = shifted([whole], np.random.default_rng(3))

    for found in sample.sets:
        assert ((found.start >= 0) & (found.start < case.length)).all()
        shifts = {
            tuple(np.sort((found.start - source.start[0]) % case.length).tolist())
            for source in whole.sets
            if len(source.start) == len(found.start)
        }
        lengths = sorted((found.end - found.start).tolist())
        assert shifts
        assert any(sorted((s.end - s.start).tolist()) == lengths for s in whole.sets)


def test_shifts_keep_apart() -> None:
    """Two sets of a sample are shifted by distances at least half a mean unit apart."""
    whole = continuum(100, [(10, 30, 0)], [(10, 30, 0)])
    generator = np.random.default_rng(0)
    for _ in range(200):
        (sample,) = shifted([whole], generator)
        apart = abs(int(sample.sets[0].start[0]) - int(sample.sets[1].start[0]))
        assert min(apart, 100 - apart) >= 10


def test_a_text_too_short_to_shift_apart_is_sampled_all_the_same() -> None:
    """A unit that fills its text has nowhere to go, and still the sample comes."""
    whole = continuum(3, *[[(0, 3, 0)]] * 6)

    assert all(len(each.start) == 1 for each in shifted([whole], np.random.default_rng(0))[0].sets)


def test_the_seed_decides() -> None:
    """The same seed gives the same figures, another seed others."""
    case = cases.spans(2, 20, 8)
    whole = [continuum(case.length, *case.sets)]

    assert gamma_of(whole, 4) == gamma_of(whole, 4)
    assert gamma_of(whole, 4)[1] != gamma_of(whole, 5)[1]


def test_categories_by_hand() -> None:
    """One pair fits, one has another label at weight 1 - d, one unit is alone.

    Weights 1 and 1 - (4 / 20)² = 0.96; disorder 0.96. With the unit alone counted, 1 more of both.
    """
    seen = observed(
        [continuum(200, [(0, 10, 0), (50, 60, 1)], [(0, 10, 0), (52, 62, 2), (90, 99, 1)])], 3
    )
    counted, aligned, each = category_disorders(seen.categories)

    assert aligned == pytest.approx(0.96 / 1.96)
    assert counted == pytest.approx(1.96 / 2.96)
    assert each == [0.0, pytest.approx(1.0), pytest.approx(1.0)]


def test_precision_is_that_of_the_mean() -> None:
    """It shrinks with the root of the number of samples, about."""
    case = cases.spans(2, 30, 8)
    whole = [continuum(case.length, *case.sets)]
    few, many = (expected(whole, NUMBER, samples=n, seed=1).precision for n in (20, 320))

    assert few / many == pytest.approx(4, rel=0.5)
