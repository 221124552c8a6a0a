"""SI, FLC and TC by their formulas, on spans of people's own."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bench_score
from newspan.scoring import Score, flc, shared_tasks, si, tc

GOLD = {"a": [(10, 20), (30, 50)], "b": []}


def values(score: Score) -> tuple[float, float, float]:
    """Return precision, recall and F1, to six digits."""
    return tuple(round(each, 6) for each in (score.precision, score.recall, score.f1))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("predicted", "precision", "recall", "f1"),
    [
        ({"a": [(10, 20), (30, 50)]}, 1.0, 1.0, 1.0),
        ({"a": [(10, 15), (15, 20)]}, 1.0, 0.5, 2 / 3),
        ({"a": [(10, 20), (10, 20)]}, 1.0, 0.5, 2 / 3),
        ({"a": [(start, start + 1) for start in range(30, 40)]}, 1.0, 0.25, 0.4),
        ({"a": [(10, 50)]}, 0.75, 1.0, 6 / 7),
        ({"a": [(10, 20), (30, 50)], "b": [(1, 2)]}, 2 / 3, 1.0, 0.8),
        ({"a": [(10, 30), (25, 50)]}, 0.75, 1.0, 6 / 7),
        ({"a": [(20, 30)]}, 0.0, 0.0, 0.0),
        ({"a": []}, 0.0, 0.0, 0.0),
        ({}, 0.0, 0.0, 0.0),
    ],
)
def test_si_by_hand(predicted: Any, precision: float, recall: float, f1: float) -> None:
    """Each edge case of the formula has the value that the formula gives."""
    assert values(si(GOLD, predicted)) == pytest.approx((precision, recall, f1), abs=1e-6)


def test_the_reference_is_merged_too() -> None:
    """Overlapping reference spans are one; spans that touch are two."""
    assert si({"a": [(0, 6), (4, 10)]}, {"a": [(0, 5)]}).reference == 1
    assert si({"a": [(0, 5), (5, 10)]}, {"a": [(0, 5)]}).reference == 2
    assert si({"a": [(0, 20), (2, 4), (19, 21), (21, 22)]}, {}).reference == 2


@pytest.mark.parametrize("task", [si, flc, tc])
def test_both_empty_is_one_and_one_empty_is_nothing(task: Any) -> None:
    """As in the shared tasks; no division by zero."""
    some = {"a": [(1, 3, "X")]}

    assert values(task({}, {})) == values(task({"a": []}, {"b": []})) == (1.0, 1.0, 1.0)
    assert values(task(some, {"a": []})) == (0.0, 0.0, 0.0)
    # Of TC, what answers nothing is left out, and here nothing was asked.
    assert values(task({"a": []}, some)) == ((1.0,) * 3 if task is tc else (0.0,) * 3)


def test_flc_asks_for_the_label_and_merges_within_it() -> None:
    """Overlapping spans of two labels stay two; each label has its own recall."""
    gold = {"a": [(0, 10, "X"), (5, 15, "Y"), (8, 12, "X")]}
    score = flc(gold, {"a": [(0, 6, "X"), (0, 15, "Y")]})

    assert (score.reference, score.predicted) == (2, 2)
    assert score.labels["X"].precision == 1.0
    assert score.labels["X"].recall == pytest.approx(6 / 12)
    assert score.labels["Y"].precision == pytest.approx(10 / 15)
    assert score.labels["Y"].recall == 1.0
    assert score.recall == pytest.approx((0.5 + 1) / 2)


def test_unknown_documents_are_counted_and_told() -> None:
    """Spans in a document that the reference lacks are wrong, not fatal."""
    score = si(GOLD, {"a": [(10, 20)], "z": [(0, 3), (5, 6)]})

    assert score.predicted == 3
    assert score.precision == pytest.approx(1 / 3)
    assert any("1 document" in note and "2 spans" in note for note in score.notes)


def test_spans_without_text_are_set_aside_and_told() -> None:
    """On both sides; what is left is scored."""
    score = si({"a": [(3, 3), (0, 2)]}, {"a": [(0, 2), (9, 4)]})

    assert values(score) == (1.0, 1.0, 1.0)
    assert [note[:16] for note in score.notes] == ["1 reference span", "1 predicted span"]


def test_overlapping_predictions_are_told() -> None:
    """The official scorer stops there; FLC minds those of one label only."""
    predicted = {"a": [(0, 5, "X"), (3, 8, "Y")]}

    assert any("official scorer stops" in note for note in si(predicted, predicted).notes)
    assert not flc(predicted, predicted).notes
    assert not si(predicted, {"a": [(0, 5), (5, 9)]}).notes


@pytest.mark.parametrize(
    "spans", [[(0.5, 2, "X")], [("0", 2, "X")], [(1,)], [5], [(0, 2**70, "X")], [(0, None, "X")]]
)
def test_what_is_no_span_is_refused(spans: Any) -> None:
    """With a ValueError that says what a span is."""
    with pytest.raises(ValueError, match="a span"):
        flc({"a": spans}, {})


def test_a_label_must_be_there_where_it_counts() -> None:
    """SI takes spans without one."""
    with pytest.raises(ValueError, match="label"):
        flc({"a": [(0, 1)]}, {})
    with pytest.raises(ValueError, match="label"):
        flc({"a": [(0, 1, 7)]}, {})
    assert si({"a": [(0, 1)]}, {"a": [(0, 1, "X")]}).f1 == 1.0


def test_offsets_that_fit_no_axis_are_refused() -> None:
    """Not scored wrongly; large ones and negative ones that fit are scored."""
    with pytest.raises(ValueError, match="too large"):
        si({"a": [(0, 2**62)], "b": [(0, 1)]}, {})
    assert si({"a": [(-9, 2**40)]}, {"a": [(-9, 2**40)]}).f1 == 1.0


def test_tc_by_hand() -> None:
    """Labels of one extent are aligned so that most agree."""
    gold = {"a": [(0, 5, "X"), (0, 5, "Y"), (7, 9, "X"), (10, 12, "Z")]}
    score = tc(gold, {"a": [(0, 5, "Z"), (0, 5, "X"), (7, 9, "X"), (10, 12, "X")]})

    assert values(score) == (0.5, 0.5, 0.5)
    assert score.labels["X"].precision == pytest.approx(2 / 3)
    assert score.labels["X"].recall == 1.0
    assert score.labels["Z"].f1 == 0.0
    assert not score.notes


def test_tc_tells_what_is_missing_and_left_over() -> None:
    """Missing answers lower recall; surplus ones are left out."""
    gold = {"a": [(0, 5, "X"), (7, 9, "Y")]}
    score = tc(gold, {"a": [(0, 5, "X"), (0, 5, "Y"), (1, 5, "X")]})

    assert values(score) == (1.0, 0.5, round(2 / 3, 6))
    assert "1 reference span without" in score.notes[0]
    assert "2 predicted spans beyond" in score.notes[0]


def test_shared_tasks_are_the_same_scores() -> None:
    """Spans are read once, and a task that isn't there is refused."""
    gold = {"a": [(0, 5, "X"), (7, 9, "Y")]}
    predicted = {"a": [(0, 6, "X"), (7, 9, "X")]}
    found = shared_tasks(gold, predicted)

    assert found == {
        "si": si(gold, predicted), "flc": flc(gold, predicted), "tc": tc(gold, predicted)
    }  # fmt: skip
    assert found["flc"].to_json()["signature"].startswith("flc|v:1|")
    with pytest.raises(ValueError, match="no task 'st'"):
        shared_tasks(gold, predicted, ["st"])


# --- against naive ones ------------------------------------------------------------------------

SPANS = st.lists(
    st.tuples(st.integers(-3, 25), st.integers(-3, 25), st.sampled_from("XYZ")), max_size=8
)
DOCUMENTS = st.dictionaries(st.sampled_from("abc"), SPANS, max_size=3)


def naive(reference: Any, predicted: Any, labels: str) -> tuple[float, float, float]:
    """Return SI of sets of characters, merged by joining any two that meet until none do."""

    def merged(spans: Any) -> list[tuple[str, frozenset[int]]]:
        found = [(x if labels else "", frozenset(range(s, e))) for s, e, x in spans if s < e]
        while True:
            meet = [(a, b) for a in found for b in found if a is not b and a[0] == b[0]]
            pair = next(((a, b) for a, b in meet if a[1] & b[1]), None)
            if pair is None:
                return found
            rest = [each for each in found if each is not pair[0] and each is not pair[1]]
            found = [*rest, (pair[0][0], pair[0][1] | pair[1][1])]

    right = found = 0.0
    number = total = 0
    for name in {*reference, *predicted}:
        s, t = merged(predicted.get(name, [])), merged(reference.get(name, []))
        number, total = number + len(s), total + len(t)
        same = [(a, b) for x, a in s for y, b in t if x == y]
        right += sum(len(a & b) / len(a) for a, b in same)
        found += sum(len(a & b) / len(b) for a, b in same)
    if not number and not total:
        return 1.0, 1.0, 1.0
    p, r = right / number if number else 0.0, found / total if total else 0.0
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


@given(DOCUMENTS, DOCUMENTS)
def test_si_and_flc_are_the_formula(reference: Any, predicted: Any) -> None:
    """On sets of characters, for any spans at all."""
    for task, labels in ((si, ""), (flc, "XYZ")):
        score = task(reference, predicted)
        found = (score.precision, score.recall, score.f1)
        assert found == pytest.approx(naive(reference, predicted, labels), abs=1e-9)


@given(DOCUMENTS, DOCUMENTS)
def test_flc_of_a_label_is_si_of_its_spans(reference: Any, predicted: Any) -> None:
    """Recall by label has its own numerator."""
    for label, found in flc(reference, predicted).labels.items():
        only = [
            {name: [s for s in spans if s[2] == label] for name, spans in side.items()}
            for side in (reference, predicted)
        ]
        alone = si(*only)
        assert (found.precision, found.recall) == pytest.approx((alone.precision, alone.recall))


@given(st.lists(st.sampled_from("XYZ"), max_size=5), st.randoms())
def test_tc_alignment_is_the_best(labels: list[str], draw: Any) -> None:
    """No order of the answers to one extent agrees more often."""
    given_ = [draw.choice("XYZ") for _ in labels]
    best = max(sum(a == b for a, b in zip(labels, p, strict=True)) for p in permutations(given_))
    score = tc({"a": [(0, 4, x) for x in labels]}, {"a": [(0, 4, x) for x in given_]})

    assert score.f1 == pytest.approx(best / len(labels) if labels else 1.0)


def test_the_bench_compares_equals() -> None:
    """What the bench times gives the same values, by all ways of computing."""
    reference = bench_score.made(6, 30)
    predicted = bench_score.changed(reference)
    found = [work(reference, predicted) for _, work in bench_score.WORKS]

    assert 0.1 < found[0][1] < found[0][0] < 0.9
    for other in found[1:]:
        assert other == pytest.approx(found[0], abs=1e-9)
