"""Values that follow from annotations."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpora import GOOD
from newspan.corpus import read_corpus
from newspan.derive import check_worthiness
from newspan.model import Document, Span
from newspan.release.tables.common import item_voices
from newspan.splits import folds


def claim(factuality: str, check_worthy: bool | None = None) -> Span:
    """Return a claim with these attributes."""
    return Span("c", "claim", 0, 1, "x", factuality=factuality, check_worthy=check_worthy)


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (claim("factual", True), "CFS"),
        (claim("factual", False), "UFS"),
        (claim("factual"), None),
        (claim("opinion"), "NFS"),
        (claim("prediction"), "NFS"),
        (claim("normative"), "NFS"),
        (Span("l", "loaded_language", 0, 1, "x", technique="Slogans"), None),
    ],
)
def test_claimbusters_class_of_a_claim(span: Span, expected: str | None) -> None:
    """Check-worthy factual, unimportant factual and non-factual are derived, never annotated."""
    assert check_worthiness(span) == expected


@pytest.mark.parametrize(
    ("item", "words", "expected"),
    [
        ("d1-i1", "rotten", "quoted"),
        ("d1-i1", "plan would fail", "indirect"),
        ("d1-i1", "stays shut", "author"),
        ("d1-i1", "it is a disgrace", "framed"),
        ("d1-i1", "We pay", "framed"),
        ("d1-i1", "باز", "quoted"),
        ("d2-i1", "so-called", "scare"),
        ("d2-i1", "here", "author"),
        ("d2-i1", "No.", "quoted"),
    ],
)
def test_whose_wording_a_stretch_is(item: str, words: str, expected: str) -> None:
    """Contents come first, then open scopes, then quotation marks alone."""
    corpus, _ = read_corpus(GOOD)
    assert corpus is not None
    document, record = corpus.items[item]
    voices = item_voices(corpus, corpus.sets["consensus"], document, record)
    start = corpus.texts[document.id].index(words, record.start)

    assert voices.voice(start, start + len(words)) == expected


def test_nested_attributions_are_named_innermost_first() -> None:
    """Which attribution a claim stands in is derived by containment."""
    corpus, _ = read_corpus(GOOD)
    assert corpus is not None
    document, item = corpus.items["d1-i1"]
    voices = item_voices(corpus, corpus.sets["consensus"], document, item)

    assert voices.attribution_ids(63, 67) == ["a1"]
    assert voices.attribution_ids(0, 4) == []


def test_documents_of_one_lineage_share_a_fold(root: Path) -> None:
    """The five documents fall into the three lineages that may not be split."""
    corpus, _ = read_corpus(root)
    assert corpus is not None

    assert folds(corpus.documents) == {"000": 0, "001": 1, "002": 0, "003": 2, "004": 1}
    assert isinstance(corpus.documents[0], Document)
