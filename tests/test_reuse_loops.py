"""The finder's loops on texts that are hard for them."""

from __future__ import annotations

import numpy as np
import pytest

from newspan.reuse import loops
from newspan.reuse.parameters import Parameters
from newspan.reuse.plain import PlainTexts


def blocks_of(*texts: str) -> list[list[int]]:
    """Return the blocks that texts share, as rows."""
    found = PlainTexts([f"d{number}" for number in range(len(texts))], texts)
    return found.blocks(Parameters())[0].tolist()


def test_a_text_never_meets_itself() -> None:
    """Where every repeat loses a word, the alignment drifts towards the text itself and stops."""
    words = [f"w{number}" for number in range(16)]
    text = " ".join(" ".join(words[: 16 - repeat % 5]) for repeat in range(40))
    rows = blocks_of(text)

    assert rows
    assert all(row[loops.END_A] <= row[loops.START_B] for row in rows)


@pytest.mark.parametrize("period", [3, 10, 11, 25])
def test_a_repeated_line_is_cut_at_its_period(period: int) -> None:
    """A text that repeats a line has passages that do not overlap and together cover it."""
    line = " ".join(f"w{number}" for number in range(period))
    rows = blocks_of(" ".join([line] * 60))
    covered = {
        word for row in rows for side in (0, 3) for word in range(row[side + 1], row[side + 2])
    }

    assert all(row[loops.END_A] <= row[loops.START_B] for row in rows)
    assert len(covered) >= 60 * period - 10


def test_work_on_a_repeated_line_is_linear() -> None:
    """Ten times the repeats give ten times the passages, not a hundred times."""
    line = " ".join(f"w{number}" for number in range(12)) + " "
    few, many = (len(blocks_of(line * number)) for number in (50, 500))

    assert few < many <= 11 * few


def test_an_inserted_sentence_is_bridged() -> None:
    """Two pieces around an inserted sentence are one passage with two runs."""
    left = " ".join(f"a{number}" for number in range(20))
    right = " ".join(f"b{number}" for number in range(20))
    inserted = " ".join(f"x{number}" for number in range(12))
    (row,) = blocks_of(f"{left} {right}", f"{left} {inserted} {right}")

    assert row[loops.RUNS] == 2
    assert (row[loops.END_A] - row[loops.START_A], row[loops.END_B] - row[loops.START_B]) == (
        40,
        52,
    )


def test_a_gap_s_equal_words_are_aligned() -> None:
    """Between two pieces the longest common subsequence is found, not only what runs on."""
    left = " ".join(f"a{number}" for number in range(12))
    right = " ".join(f"b{number}" for number in range(12))
    (row,) = blocks_of(
        f"{left} p1 p2 p3 p4 p5 p6 same q1 q2 q3 q4 q5 q6 {right}",
        f"{left} r1 r2 r3 r4 r5 r6 r7 same s1 s2 s3 s4 s5 s6 s7 {right}",
    )

    assert row[loops.EQUAL] == 2 * 25


@pytest.mark.parametrize("size", [0, 1, 2, 24, 25, 26, 500])
def test_rows_are_sorted(size: int) -> None:
    """Few rows and many are sorted as Python sorts them, whichever way they came."""
    generator = np.random.default_rng(size)
    rows = generator.integers(0, 9, (size, 3))
    expected = sorted(rows.tolist())
    loops.sort_rows(rows, 0, size, 3)

    assert rows.tolist() == expected


def test_frequent_shingles_are_linked_to_the_next_one() -> None:
    """Beyond the limit a group costs one link for each occurrence."""
    docs, places = list(range(100)), [0] * 100
    out = np.zeros((loops.link_count(100, 20), 4), np.int64)
    used = loops.link_group(docs, places, 0, 100, -1, 20, 10, out, 0)

    assert out[:used].tolist() == [[n, n + 1, 0, 0] for n in range(99)]


def test_two_collections_are_linked_across_only() -> None:
    """Of one collection against another, no pair has both sides in one."""
    docs, places = list(range(40)), [0] * 40
    for limit in (20, 100):
        out = np.zeros((loops.link_count(40, limit), 4), np.int64)
        used = loops.link_group(docs, places, 0, 40, 10, limit, 10, out, 0)
        assert used
        assert all(a < 10 <= b for a, b, _, _ in out[:used].tolist())
        assert {a for a, _, _, _ in out[:used].tolist()} == set(range(10))
        assert {b for _, b, _, _ in out[:used].tolist()} == set(range(10, 40))
