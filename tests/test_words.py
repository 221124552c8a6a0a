from __future__ import annotations

import random

import pytest

from hostile_sets import text as hostile
from newspan.text import cuts_grapheme, cuts_word, is_blank, words


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        (" \r\n\u200b\u00a0", []),
        ("Don’t sink, No. 5!", ["Don", "’", "t", "sink", ",", "No", ".", "5", "!"]),
        ("cafe\u0301 co\u00adop", ["cafe\u0301", "co\u00adop"]),
        ("👩\u200d👩\u200d👧👍🏽", ["👩\u200d👩\u200d👧", "👍🏽"]),
        ("港は開", ["港", "は", "開"]),
        ("so\u200bcalled", ["so", "called"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("\ufeff«باز»", ["«", "باز", "»"]),
        ("a_b x2y", ["a_b", "x2y"]),
        ("\x00a\tb", ["\x00", "a", "b"]),
    ],
)
def test_words_and_signs(text: str, tokens: list[str]) -> None:
    """Words stay whole, signs stand alone, clusters are never cut, white space is no token."""
    assert [text[start:end] for start, end in words(text)] == tokens


def test_tokens_have_every_border_that_a_span_may_have() -> None:
    """Between tokens is exactly where neither a word nor a cluster is cut; all else is blank."""
    for seed in range(300):
        text = hostile(random.Random(seed))
        found = words(text)
        inside = {at for start, end in found for at in range(start + 1, end)}
        covered = {at for start, end in found for at in range(start, end)}

        assert found == sorted(found)
        assert inside == {at for at in inside if cuts_word(text, at) or cuts_grapheme(text, at)}, (
            seed
        )
        for start, end in found:
            assert not cuts_grapheme(text, start) and not cuts_grapheme(text, end)
            assert not cuts_word(text, start) and not cuts_word(text, end), seed
        assert all(is_blank(text[at]) for at in range(len(text)) if at not in covered)


def test_a_stretch_has_the_words_in_it() -> None:
    """Offsets are the whole text's."""
    assert words("ebb and flow", 3, 9) == [(4, 7), (8, 9)]
