"""Values that follow from annotations."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from corpora import GOOD
from newspan.corpus import read_corpus
from newspan.derive import Voices, check_worthiness, open_scope
from newspan.model import Attribution, Document, Span
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
    found = item_voices(corpus, corpus.sets["consensus"], document, record)
    start = corpus.texts[document.id].index(words, record.start)

    assert found.voice(start, start + len(words)) == expected


def test_nested_attributions_are_named_innermost_first() -> None:
    """Contents come before open scopes, the narrower before the wider, each id once."""
    corpus, _ = read_corpus(GOOD)
    assert corpus is not None
    item = corpus.items["d1-i1"][1]

    def span(name: str, role: str, start: int, end: int) -> Span:
        return Span(name, "attribution", start, end, "x" * (end - start), role=role)

    parts = [span("o", "content", 42, 100), span("i", "content", 50, 80), span("c", "cue", 1, 4)]
    spans = {part.id: part for part in [*parts, span("d", "cue", 26, 30)]}
    attributions = [
        Attribution("outer", content_ids=("o",)),
        Attribution("inner", content_ids=("i",)),
        Attribution("wide", cue_id="c", scope="open"),
        Attribution("narrow", cue_id="d", scope="open", scope_end=90),
    ]
    nested = Voices("x" * 300, item, spans, attributions)

    assert nested.attribution_ids(51, 55) == ["inner", "outer", "narrow", "wide"]
    assert nested.attribution_ids(79, 81) == ["outer", "narrow", "wide"]
    assert nested.attribution_ids(85, 95) == ["outer", "wide"]
    assert nested.attribution_ids(150, 155) == ["wide"]
    assert nested.attribution_ids(1, 3) == []


def test_an_open_scope_ends_where_it_says() -> None:
    """Behind scope_end the author speaks again; without one the item's end is meant."""
    corpus, _ = read_corpus(GOOD)
    assert corpus is not None
    item = corpus.items["d1-i1"][1]
    spans = corpus.sets["consensus"].spans
    attribution = corpus.sets["consensus"].attributions["a2"]

    assert open_scope(attribution, item, spans) == (166, 285)
    ended = msgspec.structs.replace(attribution, scope_end=200)
    assert open_scope(ended, item, spans) == (166, 200)
    voiced = Voices("x" * 300, item, spans, [ended])
    assert [voiced.voice(170, 199), voiced.voice(190, 205)] == ["framed", "author"]
    closed = corpus.sets["consensus"].attributions["a1"]
    assert open_scope(closed, item, spans) is None


def test_a_lineage_added_last_leaves_the_other_folds_alone(root: Path) -> None:
    """Folds follow the first appearance of a lineage, not its name."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    added = msgspec.structs.replace(corpus.documents[0], id="005", lineage="a-new-one")

    before = folds(corpus.documents)

    assert folds([added, *corpus.documents]) == {**before, "005": 3}


def test_documents_of_one_lineage_share_a_fold(root: Path) -> None:
    """The five documents fall into the three lineages that may not be split."""
    corpus, _ = read_corpus(root)
    assert corpus is not None

    assert folds(corpus.documents) == {"000": 0, "001": 1, "002": 0, "003": 2, "004": 1}
    assert isinstance(corpus.documents[0], Document)
