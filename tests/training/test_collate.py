"""Windows hold every token, and what they are told of them comes back."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newspan.corpus import read_corpus
from newspan.text import paragraphs
from newspan.training import Mark, MultiLabel
from newspan.training.collate import (
    IGNORED,
    Piece,
    Window,
    collate,
    merge,
    rows_of,
    subwords,
    windows,
)
from newspan.training.encoders import OVERLAP, REPEATED, Lost
from newspan.training.examples import LABELS, examples_of

from .test_encoders import bare, spans_of
from .tokenizers import ALL, hostile

LABELS_HERE = ("a", "b", "c-d")


def through_windows(
    text: str, tokens: list[tuple[int, int]], spans: list[Mark], size: int, stride: int, how: str
) -> tuple[list[Mark], list[Lost]]:
    """Return spans as they come back from a batch of windows, and those that were lost."""
    tokens = [each for each in tokens if each != (0, 0)]
    coder = MultiLabel(sorted({mark.label for mark in spans} | {*LABELS_HERE}))
    encoded = coder.encode(text, spans, tokens)
    cut = windows(text, tokens, size, stride)
    if not cut:
        return [], encoded.lost
    ids = list(range(100, 100 + len(tokens)))
    batch = collate(
        [Piece(each, ids, encoded.values) for each in cut], prefix=[1], suffix=[2, 3], padding=9
    )
    assert batch.targets is not None
    parts = list(zip(cut, rows_of(batch, batch.targets), strict=True))
    values = merge(len(tokens), parts, how=how)
    back = coder.decode(text, values > 0.5, tokens)
    return back, encoded.lost


@pytest.mark.parametrize("tokenizer", ALL)
@given(seed=st.integers(0, 2**32))
def test_spans_come_back_through_windows(tokenizer: str, seed: int) -> None:
    """Text to sub-words to windows to a batch and back: every span, or told as lost."""
    rng = random.Random(seed)
    text = hostile(rng, 60)
    tokens = ALL[tokenizer](text)
    spans = spans_of(rng, text, tokens)
    size = rng.randrange(2, 12)

    back, lost = through_windows(
        text, tokens, spans, size, rng.randrange(size), rng.choice(["mean", "max"])
    )

    assert bare(back) + bare([each.mark for each in lost]) == bare(spans)


@pytest.mark.parametrize("layer", LABELS)
def test_the_shipped_corpus_comes_back(root: Path, layer: str) -> None:
    """Every span that is not hidden by another of its label, in pieces of three letters."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    examples, _ = examples_of(corpus, corpus.sets["consensus"], layer)
    for example in examples:
        tokens = ALL["word_pieces"](example.text)
        marks = list(example.marks)
        back, lost = through_windows(example.text, tokens, marks, 128, 32, "mean")
        assert bare(back) + bare([each.mark for each in lost]) == bare(marks)
        assert {each.reason for each in lost} <= {OVERLAP, REPEATED}


@given(seed=st.integers(0, 2**32), size=st.integers(1, 20))
def test_windows_cover_all_and_stop_at_paragraphs(seed: int, size: int) -> None:
    """Each token is in a window, none too long; a cut at a border repeats no token."""
    rng = random.Random(seed)
    text = hostile(rng, 80)
    tokens = ALL["ours"](text)
    stride = rng.randrange(size)
    cut = windows(text, tokens, size, stride)
    starts = {start for start, _ in paragraphs(text)}

    assert {at for each in cut for at in range(*each)} == set(range(len(tokens)))
    assert all(0 < each.last - each.first <= size for each in cut)
    for one, other in pairwise(cut):
        start, end = tokens[one.last]
        if starts & {*range(start, end)}:
            assert other.first == one.last
        else:
            assert other.first == max(one.first + 1, one.last - stride)


def test_a_window_ends_where_a_paragraph_does() -> None:
    """A border in the second half ends the window; one in the first half doesn't."""
    text = "a b c\nd e f g h i j"
    tokens = ALL["ours"](text)

    assert windows(text, tokens, 5, 2) == [Window(0, 3), Window(3, 8), Window(6, 10)]
    assert windows(text, tokens, 8, 2) == [Window(0, 8), Window(6, 10)]


def test_special_tokens_and_padding_are_masked() -> None:
    """Ids stand between the special ones; targets are ignored there and in the padding."""
    targets = np.array([1, 2, 3], dtype=np.int64)
    ids = [11, 12, 13]
    batch = collate(
        [Piece(Window(0, 3), ids, targets), Piece(Window(1, 2), ids, targets)],
        prefix=[101],
        suffix=[102],
        padding=7,
    )

    assert batch.input_ids.tolist() == [[101, 11, 12, 13, 102], [101, 12, 102, 7, 7]]
    assert batch.attention_mask.tolist() == [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]]
    assert batch.own.tolist() == [[0, 1, 1, 1, 0], [0, 1, 0, 0, 0]]
    assert batch.targets is not None
    assert batch.targets.tolist() == [
        [IGNORED, 1, 2, 3, IGNORED],
        [IGNORED, 2, IGNORED, IGNORED, IGNORED],
    ]


def test_overlapping_windows_are_merged() -> None:
    """By mean or by max; a token in no window, or a wrong number of scores, is an error."""
    parts = [(Window(0, 2), np.array([[0.0], [1.0]])), (Window(1, 3), np.array([[0.5], [0.2]]))]

    assert merge(3, parts)[:, 0].tolist() == [0.0, 0.75, 0.2]
    assert merge(3, parts, how="max")[:, 0].tolist() == [0.0, 1.0, 0.2]
    with pytest.raises(ValueError, match="token 3 is in no window"):
        merge(4, parts)
    with pytest.raises(ValueError, match="2 scores"):
        merge(3, [(Window(0, 3), np.zeros((2, 1)))])
    with pytest.raises(ValueError, match="mean or max"):
        merge(3, parts, how="median")
    with pytest.raises(ValueError, match="overlap"):
        windows("a b", [(0, 1), (2, 3)], 2, 2)


def test_a_tokenizer_without_offsets_is_refused() -> None:
    """Slow tokenizers have none."""
    with pytest.raises(ValueError, match="fast one"):
        subwords(object(), "text")
