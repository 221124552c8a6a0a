"""Extents are found again at their shifted place when a text is edited, and never elsewhere."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostile_news import WORDS, hostile_text
from newspan.corpus import read_corpus
from newspan.release.stand_off.anchors import anchor, every_block, open_anchors, windows
from newspan.release.stand_off.common_words import plain
from newspan.release.stand_off.files import wanted_extents
from newspan.release.stand_off.folded import fold
from newspan.release.stand_off.placing import Placed, Placing

Extent = tuple[int, int]
#: Each character of the old text: where it is in the new one, or None where it is gone.
Moves = list[int | None]
SALT = bytes(range(32))


def found(text: str, item: Extent, extents: list[Extent], new: str) -> dict[Extent, Placed]:
    """Return where extents of a text are in another one, by their anchors alone."""
    folded = fold(text)
    entry = anchor(text, folded, windows(folded, SALT), SALT, item, extents)
    other = fold(new)
    opened = open_anchors(entry, every_block(other, SALT), SALT)
    placing = Placing(new, other, windows(other, SALT), SALT, [opened] if opened else [])
    return {extent: placing.place(extent) for extent in extents}


def edited(text: str, edits: list[tuple[int, int, str]]) -> tuple[str, Moves]:
    """Return a text with stretches replaced, and where its characters went."""
    new, moves, behind = "", [], 0
    for start, end, words in sorted(edits):
        for place in range(behind, start):
            moves.append(len(new) + place - behind)
        new += text[behind:start] + words
        moves += [None] * (end - start)
        behind = end
    moves += [len(new) + place - behind for place in range(behind, len(text))]
    return new + text[behind:], moves


def shifted(extent: Extent, moves: Moves) -> Extent | None:
    """Return where an extent is that no edit touched; None for one that was."""
    places = moves[extent[0] : extent[1]]
    if None in places or places[-1] - places[0] != len(places) - 1:  # type: ignore[operator]
        return None
    return places[0], places[-1] + 1  # type: ignore[return-value, operator]


def wrong(text: str, new: str, moves: Moves, placed: dict[Extent, Placed]) -> Iterator[str]:
    """Yield what was placed where it is not: other words, or the right words at a wrong place."""
    for extent, one in placed.items():
        if one.start is None or one.end is None:
            continue
        old, here = text[slice(*extent)], new[one.start : one.end]
        if one.status in ("exact", "moved") and fold(old).text != fold(here).text:
            yield f"{one.status}, but {old!r} is {here!r}"
        expected = shifted(extent, moves)
        if expected is not None and (one.start, one.end) != expected:
            yield f"{old!r} is at {expected}, not {one.start}-{one.end}"
        if one.status == "changed" and expected is not None:
            yield f"{old!r} is as it was"


def a_replacement(rng: random.Random, text: str) -> list[tuple[int, int, str]]:
    """Replace a few characters by two words."""
    start = rng.randrange(len(text))
    return [(start, start + rng.randrange(1, 12), " ".join(rng.choices(WORDS, k=2)))]


def an_insertion(rng: random.Random, text: str) -> list[tuple[int, int, str]]:
    """Put a paragraph or two in."""
    start = rng.randrange(len(text))
    return [(start, start, hostile_text(rng, rng.randrange(1, 3))[0])]


def a_deletion(rng: random.Random, text: str) -> list[tuple[int, int, str]]:
    """Take out up to 200 characters."""
    start = rng.randrange(len(text) - 200)
    return [(start, start + rng.randrange(1, 200), "")]


def a_typo(rng: random.Random, text: str) -> list[tuple[int, int, str]]:
    """Change, double or drop one character."""
    start = rng.randrange(len(text) - 1)
    return [(start, start + 1, rng.choice(["", "q", "qq", text[start] + "q"]))]


@pytest.mark.parametrize("make", [a_replacement, an_insertion, a_deletion, a_typo])
@given(seed=st.integers(0, 2**32))
def test_what_one_edit_did_not_touch_is_found_where_it_went(
    make: Callable[[random.Random, str], list[tuple[int, int, str]]], seed: int
) -> None:
    """Whatever the edit, in hostile text: every other extent is at its shifted place."""
    rng = random.Random(seed)
    text, zones, spans = hostile_text(rng, 12)
    extents = sorted({*spans, *zones})
    new, moves = edited(text, make(rng, text))
    placed = found(text, (zones[0][0], zones[-1][1]), extents, new)

    assert list(wrong(text, new, moves, placed)) == []
    for extent, one in placed.items():
        around = (max(0, extent[0] - 1), min(len(text), extent[1] + 1))
        if shifted(around, moves) is not None:  # nor did the edit touch its borders
            assert one.status in ("exact", "moved"), (text[slice(*extent)], one)


@given(seed=st.integers(0, 2**32), share=st.sampled_from([0.002, 0.01, 0.03]))
def test_many_edits_misplace_nothing(seed: int, share: float) -> None:
    """Edits all over the text lose some extents, and put none where it is not."""
    rng = random.Random(seed)
    text, zones, spans = hostile_text(rng, 12)
    extents = sorted({*spans, *zones})
    places = sorted(rng.sample(range(len(text)), max(1, int(share * len(text)))))
    edits = [(p, p + rng.randrange(2), rng.choice(["", "q", "zq"])) for p in places]
    new, moves = edited(text, edits)
    placed = found(text, (zones[0][0], zones[-1][1]), extents, new)

    assert list(wrong(text, new, moves, placed)) == []


def test_the_shipped_corpus_survives_edits(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of what the edits leave alone, nearly all is found, and nothing at a wrong place."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    wanted = wanted_extents(corpus)
    counts: dict[str, Counter[str]] = {}
    for document in corpus.documents:
        text = corpus.texts[document.id]
        for kind, edits in _kinds(text, random.Random(document.id)):
            new, moves = edited(text, edits)
            for item in document.items:
                extents = sorted(wanted[item.id])
                placed = found(text, (item.start, item.end), extents, new)
                assert list(wrong(text, new, moves, placed)) == []
                for extent, one in placed.items():
                    touched = shifted(extent, moves) is None
                    key = "touched" if touched else "left alone"
                    counts.setdefault(kind, Counter())[f"{key}: {one.status}"] += 1
    with capsys.disabled():
        print("\nextents of the shipped corpus after edits:")
        for kind, count in counts.items():
            print(f"  {kind}: {dict(sorted(count.items()))}")
    for kind, least in (("1 % of characters", 0.98), ("missing paragraph", 0.99)):
        alone = {k: n for k, n in counts[kind].items() if k.startswith("left alone")}
        lost = alone.get("left alone: unplaced", 0)
        assert 1 - lost / sum(alone.values()) >= least, kind
    spaces = counts["white space"]
    assert set(spaces) <= {"left alone: exact", "touched: exact"}


def _kinds(text: str, rng: random.Random) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    places = rng.sample(range(len(text)), len(text) // 100)
    kinds = ("", rng.choice("etaoin"), " ")
    yield "1 % of characters", [(p, p + 1, rng.choice(kinds)) for p in places]
    yield "white space", [(p, p + 1, " \n") for p, c in enumerate(text) if c.isspace()]
    lines = text.split("\n")
    long = rng.choice([n for n, line in enumerate(lines) if len(line) > 100])
    start = sum(len(line) + 1 for line in lines[:long])
    yield "missing paragraph", [(start, start + len(lines[long]) + 1, "")]


def test_a_passage_that_stands_twice_is_not_guessed_at() -> None:
    """Where words stand twice and their surroundings are gone, no place is chosen."""
    rng = random.Random(3)
    text, zones, _ = hostile_text(rng, 10)
    twice = "The ferry to the old pier was late again, the mayor said on Monday."
    start = zones[4][0]
    text = f"{text[:start]}{twice}\n{text[start:]}"
    item = (zones[0][0], len(text))
    extent = (start, start + len(twice))
    # Its own place is gone, and the words stand in two others.
    new = f"{twice}\n{text[:start]}{text[extent[1] :]}\n{twice}"
    placed = found(text, item, [extent], new)

    assert placed[extent].status == "unplaced"


def test_too_short_an_item_has_no_anchors() -> None:
    """A key can't be shared out among fewer than three blocks: such an item needs its very text."""
    text = "The ferry was late."
    entry = anchor(text, fold(text), {}, SALT, (0, len(text)), [(4, 9)])

    assert entry == {"extents": [[4, 9]]}


def test_folding_takes_out_what_copying_changes() -> None:
    """NFC and NFD, NBSP, quotation marks, dashes, case and zero width fold to the same."""
    one = fold("“Zoé”\u00a0—\u200b the CAFÉ 👩\u200d👧 ﬁrst")
    other = fold('"zoe\u0301"\r\n- the cafe\u0301 👩👧 first')

    assert one.text == other.text
    assert [one.start(place) for place in (0, 1)] == [0, 1]
    assert one.end(len(one.text)) == len("“Zoé”\u00a0—\u200b the CAFÉ 👩\u200d👧 ﬁrst")


@given(st.text(alphabet=st.sampled_from("aA ß İ\n\t*_`>|“”’\u00a0\u200b👩é"), max_size=60))
def test_compared_texts_know_where_their_characters_came_from(text: str) -> None:
    """Each compared character has its origin, in order; no two spaces stand side by side."""
    one = plain(text)

    assert len(one.origin) == len(one.text)
    assert sorted(set(one.origin)) == one.origin
    assert "  " not in one.text
    for char, place in zip(one.text, one.origin, strict=True):
        assert char == plain(text[place]).text
