"""Thresholds are fixed on texts that were held out for them, and that are no copies."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newspan.text import words
from newspan.training.decoding import Odds, free_marks_of, marks_of
from newspan.training.examples import Example, Mark
from newspan.training.thresholds import DEFAULT, GRID, inner, threshold

from .tokenizers import hostile

COPY = "The council sold the old ferry to a friend of the mayor."


def item(name: str, text: str, lineage: str = "l", mark: str = "") -> Example:
    """Return an item of one stretch, with one word marked."""
    marks = (Mark(text.index(mark), text.index(mark) + len(mark), "x"),) if mark else ()
    return Example(0, name, (0, lineage), 0, text, ((0, len(text)),), marks)


def test_lineages_are_held_out_if_they_are_large_enough() -> None:
    """Two lineages of a size are the halves; of a large and a tiny one, items are."""
    own = "A dear plan of the harbour."
    even = [item(n, f"{own} {n * 9}", lineage, "dear") for n, lineage in ("a1", "b2", "c1", "d2")]
    sides = [{example.group for example in each.held} for each in inner(even)]
    assert sorted(map(len, sides)) == [1, 1] and sides[0] != sides[1]

    odd = [item(n, f"{n * 9} {n * 7} dear", "1", "dear") for n in "abcd"]
    tiny = item("e", "e dear", "2", "dear")
    sizes = [sum(len(example.text) for example in each.held) for each in inner([*odd, tiny])]
    assert len(sizes) == 2 and min(sizes) > 30


def test_copies_are_left_out() -> None:
    """A held-out paragraph that shares eight words with what is learnt counts for nothing."""
    texts = [f"{COPY}\nA dear {word} indeed." for word in ("plan", "boat")]
    halves = inner([item(text, text, mark="dear") for text in texts])

    for each in halves:
        (held,) = each.held
        assert [held.text[a:b] for a, b in held.stretches] == [held.text.split("\n")[1]]
        assert [held.text[m.start : m.end] for m in held.marks] == ["dear"]
    same = [item(str(n), COPY, mark="ferry") for n in range(2)]
    assert inner(same) == []
    assert inner(same[:1]) == []


@given(seed=st.integers(0, 2**32))
def test_nothing_shared_is_held_out(seed: int) -> None:
    """Hostile texts: no eight words of what is held out stand in what is learnt; marks stay in."""
    rng = random.Random(seed)
    items = []
    for number in range(rng.randrange(1, 6)):
        text = hostile(rng, 80)
        cut = words(text)
        half = rng.randrange(len(text) + 1)
        marks = tuple(Mark(*rng.choice(cut), "x") for _ in range(3 if cut else 0))
        group = (0, rng.choice("ab"))
        stretches = ((0, half), (half, len(text)))
        items.append(Example(0, str(number), group, 0, text, stretches, marks))

    for each in inner(items):
        assert {e.item for e in each.learnt}.isdisjoint(e.item for e in each.held)
        for held in each.held:
            for mark in held.marks:
                assert any(a <= mark.start and mark.end <= b for a, b in held.stretches)
        known = {run for e in each.learnt for run in runs(e)}
        assert known.isdisjoint(run for e in each.held for run in runs(e))


def runs(example: Example) -> list[tuple[str, ...]]:
    """Return eight words in a row of each paragraph."""
    found = []
    for start, end in example.stretches:
        for line in example.text[start:end].splitlines():
            cut = [line[a:b].casefold() for a, b in words(line)]
            found += [tuple(cut[at : at + 8]) for at in range(len(cut) - 7)]
    return found


def test_the_best_threshold_is_taken() -> None:
    """It lies between what is right and what is wrong; where nothing is marked, in the middle."""
    text = "one two three four five six"
    cut = words(text)
    held = [Example(0, "a", (0, "l"), 0, text, ((0, len(text)),), (Mark(*cut[0], "x"),))]
    sure = {0: 0.9, 1: 0.2, 2: 0.25, 3: 0.2, 4: 0.1, 5: 0.1}

    def decode(number: int, value: float) -> list[Mark]:
        return [Mark(*cut[at], "x") for at, its in sure.items() if its > value]

    assert threshold(held, decode, ["x"]) == DEFAULT
    sure[0] = 0.45
    assert 0.25 < threshold(held, decode, ["x"]) < 0.45
    assert threshold(held, decode, ["y"]) == DEFAULT
    assert GRID[0] > 0 and GRID[-1] < 1


def test_runs_are_read_from_probabilities() -> None:
    """A run ends where another label is likelier, or a beginning likelier than going on."""
    text = "a b c d e"
    cut = words(text)
    inside = np.array([[0.6, 0.1], [0.5, 0.1], [0.5, 0.1], [0.1, 0.8], [0.1, 0.1]])
    begin = np.array([[0.6, 0.0], [0.1, 0.0], [0.4, 0.0], [0.0, 0.1], [0.0, 0.0]])
    odds = Odds(begin, inside)

    found = marks_of(text, cut, odds, ["x", "y"], 0.4)
    assert [(m.start, m.end, m.label) for m in found] == [(0, 3, "x"), (4, 5, "x"), (6, 7, "y")]
    assert found[0].confidence == pytest.approx(0.55)
    free = free_marks_of(text, cut, Odds(begin, inside), ["x", "y"], 0.05)
    assert [(m.start, m.end, m.label) for m in free] == [
        (0, 3, "x"), (0, 9, "y"), (4, 9, "x"),
    ]  # fmt: skip
    assert marks_of(text, cut, odds, ["x", "y"], 0.95) == []
