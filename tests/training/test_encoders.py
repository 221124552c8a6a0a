"""Encoders say every span, or return it as lost."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newspan.corpus import read_corpus
from newspan.text import words
from newspan.training import Bio, Encoded, Enumeration, Mark, MultiLabel
from newspan.training.encoders import BORDERS, LENGTH, OVERLAP, REPEATED, lost_by_reason
from newspan.training.examples import LABELS, examples_of

from .tokenizers import ALL, hostile

LABELS_HERE = ("a", "b", "c-d")
ENCODERS: dict[str, Callable[[], Any]] = {
    "bio": lambda: Bio(LABELS_HERE),
    "multi": lambda: MultiLabel(LABELS_HERE),
    "runs": lambda: Enumeration(LABELS_HERE, 6),
}


def bare(marks: list[Mark]) -> Counter[tuple[int, int, str]]:
    """Return marks without their confidence."""
    return Counter(mark[:3] for mark in marks)


def spans_of(rng: random.Random, text: str, tokens: list[tuple[int, int]]) -> list[Mark]:
    """Return spans, most of them at borders of tokens; some overlap, touch or are repeated."""
    borders = sorted({at for token in tokens for at in token} | {0, len(text)})
    found: list[Mark] = []
    for _ in range(rng.randrange(8)):
        if found and rng.random() < 0.2:
            found.append(rng.choice(found))
            continue
        pool = borders if rng.random() < 0.7 else range(len(text) + 1)
        start, end = sorted(rng.choices(list(pool), k=2))
        found.append(Mark(start, end, rng.choice(LABELS_HERE)))
    return found


@pytest.mark.parametrize("tokenizer", ALL)
@pytest.mark.parametrize("encoder", ENCODERS)
@given(seed=st.integers(0, 2**32))
def test_nothing_is_dropped(tokenizer: str, encoder: str, seed: int) -> None:
    """What is decoded and what was lost are the spans, each as often as it was there."""
    rng = random.Random(seed)
    text = hostile(rng)
    tokens = ALL[tokenizer](text)
    spans = spans_of(rng, text, tokens)
    coder = ENCODERS[encoder]()

    encoded: Encoded = coder.encode(text, spans, tokens)
    back = coder.decode(text, encoded.values, tokens)

    assert bare(back) + bare([lost.mark for lost in encoded.lost]) == bare(spans)


@pytest.mark.parametrize("tokenizer", ["ours", "characters"])
@given(seed=st.integers(0, 2**32))
def test_disjoint_spans_of_words_are_never_lost(tokenizer: str, seed: int) -> None:
    """Spans that begin and end with words, and don't overlap, survive in every encoding."""
    rng = random.Random(seed)
    text = hostile(rng)
    cut = words(text)
    spans, at = [], 0
    while at < len(cut):
        last = min(len(cut), at + rng.randrange(1, 4))
        if rng.random() < 0.6:
            spans.append(Mark(cut[at][0], cut[last - 1][1], rng.choice(LABELS_HERE)))
        at = last
    tokens = ALL[tokenizer](text)
    coders: list[Any] = [Bio(LABELS_HERE), MultiLabel(LABELS_HERE), Enumeration(LABELS_HERE, 99)]

    for coder in coders:
        encoded = coder.encode(text, spans, tokens)
        assert encoded.lost == []
        assert sorted(coder.decode(text, encoded.values, tokens)) == spans


def test_what_is_lost_has_its_reason() -> None:
    """Each reason by itself, with the longest of overlapping spans kept."""
    text = "one two three four"
    tokens = words(text)
    whole, inner, cut = Mark(0, 13, "a"), Mark(4, 7, "b"), Mark(1, 3, "a")
    bio = Bio(("a", "b")).encode(text, [inner, cut, whole, whole], tokens)
    runs = Enumeration(("a", "b"), 2).encode(text, [inner, whole, cut], tokens)

    assert bio.values == ("B-a", "I-a", "I-a", "O")
    assert lost_by_reason(bio.lost) == {OVERLAP: 1, BORDERS: 1, REPEATED: 1}
    assert lost_by_reason(runs.lost) == {LENGTH: 1, BORDERS: 1}
    assert MultiLabel(("a", "b")).encode(text, [inner, whole], tokens).lost == []


def test_adjacent_spans_stay_apart() -> None:
    """Two spans of one label that touch are two."""
    text = "港は"
    spans = [Mark(0, 1, "a"), Mark(1, 2, "a")]
    for coder in (Bio(("a",)), MultiLabel(("a",))):
        encoded = coder.encode(text, spans, [(0, 1), (1, 2)])
        assert coder.decode(text, encoded.values, [(0, 1), (1, 2)]) == spans


def test_loose_tags_are_read() -> None:
    """An I without B begins a span, another label ends one; confidence is the mean of tokens'."""
    text = "one two three four"
    tags = ["I-a", "I-b", "I-b", "O"]
    found = Bio(("a", "b")).decode(text, tags, words(text), [0.5, 0.5, 1.0, 0.0])

    assert found == [Mark(0, 3, "a", 0.5), Mark(4, 13, "b", 0.75)]


def test_candidates_stay_in_their_stretch() -> None:
    """No candidate leaves a stretch; a span that does is lost."""
    text = "one two. three four"
    tokens = words(text)
    stretches = [(0, 8), (9, 19)]
    runs = Enumeration(("a",), 4)
    rows = runs.candidates(text, tokens, stretches).tolist()
    encoded = runs.encode(text, [Mark(4, 14, "a"), Mark(9, 19, "a")], tokens, stretches)

    assert rows == [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3], [3, 4], [3, 5], [4, 5]]
    assert [each.mark for each in encoded.lost] == [Mark(4, 14, "a")]
    assert runs.decode(text, encoded.values, tokens, stretches) == [Mark(9, 19, "a")]


def test_tokens_out_of_order_are_refused() -> None:
    """Tokens of two texts, one behind the other, are a mistake."""
    with pytest.raises(ValueError, match="text order"):
        Bio(("a",)).encode("one two", [], [(4, 7), (0, 3)])


@pytest.mark.parametrize("layer", LABELS)
def test_the_shipped_corpus_has_its_borders_at_words(root: Path, layer: str) -> None:
    """No span of the corpus is lost but for overlaps, and with a column per label hardly any."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    examples, outside = examples_of(corpus, corpus.sets["consensus"], layer)
    reasons: Counter[str] = Counter()
    for example in examples:
        tokens = words(example.text)
        labels = sorted({mark.label for mark in example.marks})
        coder = MultiLabel(labels)
        encoded = coder.encode(example.text, example.marks, tokens)
        back = coder.decode(example.text, encoded.values, tokens)
        lost = [each.mark for each in encoded.lost]
        assert bare(back) + bare(lost) == bare(list(example.marks))
        reasons += lost_by_reason(encoded.lost)
        runs = Enumeration(labels, 200).encode(example.text, example.marks, tokens)
        assert {each.reason for each in runs.lost} <= {REPEATED}

    assert outside == 0
    assert set(reasons) <= {OVERLAP, REPEATED}
