"""Words: both implementations, and what counts as the same word."""

from __future__ import annotations

import sys
import unicodedata

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newspan.reuse.buffers import STRIDE
from newspan.reuse.words import JOINER, MARK, SEPARATOR, char_class, words_of

pytest.importorskip("numba")

from reuse_texts import buffered

_PIECES = (
    " |\n|.|,|'|-|a|b|c|X|Y|Z|0|1|9"
    "|\r\n|e\u0301|\u0301|\u0327\u0301|\u0301\u0327|\u200c|\u200d|\xad|\ufeff|\xa0|\u200b"
    "|می\u200cخواهم|כָּתַב|क्\u200dष|क्षत्रिय|ภาษาไทย|ກໍາ|中文|日本語|ガ|カ\u3099|ｶﾞ|コーヒー|한국|각|\u1100\u1161\u11a8"
    "|ﬁ|ß|ẞ|İ|ı|I|i\u0307|ς|σ|２０|½|№|①|Ⅳ|x²|𝐀𝓫|Ａ|ㄱ|ا\u0651\u064e|لا|ﻻ|ـ|\u0345|ᾳ"
    "|😀|👍🏽|👩\u200d👩\u200d👧|🇩🇪|1️⃣|❤️|\U0010ffff|\ue000|\u0378|\U000e0001|𝟘|𠀀|\U0002f800|\U0001d165"
)
PIECES = _PIECES.split("|")
CHARACTERS = st.characters(exclude_categories=["Cs"])
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), CHARACTERS), max_size=60).map("".join)


def assert_same(texts: list[str]) -> None:
    """Hold both implementations to the same values at the same code points."""
    both = buffered(texts)
    members = []
    expected = []
    for rank, text in enumerate(texts):
        words = words_of(text)
        begin = int(both.begins[rank])
        assert both.words[begin : begin + both.sizes[rank]].tolist() == words.values, text
        members += [(0, rank, place, place + 1) for place in range(len(words.values))]
        members.append((0, rank, 0, len(words.values)))
        expected += zip(words.starts, words.ends, strict=True)
        expected.append((words.starts[0], words.ends[-1]) if words.values else None)
    rows = [m for m, e in zip(members, expected, strict=True) if e is not None]
    found = both.locate_members(np.array(rows, np.int64).reshape(-1, 4))
    assert found.tolist() == [list(each) for each in expected if each is not None]


@settings(max_examples=150)
@given(st.lists(TEXTS, min_size=1, max_size=4))
@example(
    [
        "",
        "\u0301a",
        "a\u200d",
        "a\u00ad b",
        "\u200da\u200d\u200d中\u200d文\u200d\u0301",
        "中a\u200d中",
    ]
)
def test_both_implementations_read_the_same_words(texts: list[str]) -> None:
    """The compiled loops find the words of plain Python, at the same code points, in any text."""
    assert_same(texts)


@settings(max_examples=40)
@given(TEXTS, st.sampled_from([STRIDE - 1, STRIDE, STRIDE + 1, 2 * STRIDE, 2 * STRIDE + 1, 200]))
def test_offsets_are_the_same_behind_every_mark(piece: str, times: int) -> None:
    """In documents that cross the stride of kept places, before and behind one another, words stand
    where plain Python finds them."""
    assert_same([f"{piece} 𝐀é中 " * times, "", f"é{piece}" * times, "one"])


def test_every_code_point_is_read_alike() -> None:
    """Every letter, digit, mark and joiner of Unicode, and a share of all else, is read alike."""
    codes = [
        code
        for code in range(sys.maxunicode + 1)
        if not 0xD800 <= code < 0xE000 and (char_class(chr(code)) != SEPARATOR or code % 61 == 0)
    ]
    texts = []
    for first in range(0, len(codes), 400):
        texts.append("".join(f"a{chr(code)}b {chr(code)}1 " for code in codes[first : first + 400]))
    both = buffered(texts)
    plain = [words_of(text) for text in texts]
    assert both.words.tolist() == [value for words in plain for value in words.values]
    rows = [(0, rank, len(words.values) - 1, len(words.values)) for rank, words in enumerate(plain)]
    ends = [[words.starts[-1], words.ends[-1]] for words in plain]
    assert both.locate_members(np.array(rows)).tolist() == ends


@given(TEXTS)
def test_words_stand_apart_and_begin_and_end_with_letters(text: str) -> None:
    """Words are in order and apart, and neither begin with a mark nor end with a joiner."""
    words = words_of(text)
    end = 0
    for start, stop in zip(words.starts, words.ends, strict=True):
        assert end <= start < stop <= len(text)
        end = stop
        assert char_class(text[start]) not in (SEPARATOR, MARK, JOINER)
        assert char_class(text[stop - 1]) not in (SEPARATOR, JOINER)
        assert all(char_class(char) != SEPARATOR for char in text[start:stop])


@given(TEXTS, TEXTS)
def test_a_separator_parts_texts(left: str, right: str) -> None:
    """The words of two texts with a space between them are those of the one and of the other."""
    whole = words_of(f"{left} {right}")
    assert whole.values == words_of(left).values + words_of(right).values


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("ﬁnd", "find"),
        ("Ｎews", "news"),
        ("é", "e\u0301"),
        ("STRASSE", "straße"),
        ("STRAẞE", "strasse"),
        ("a\u0327\u0301", "a\u0301\u0327"),
        ("ΣΟΦΟΣ", "σοφος"),
        ("１２３", "123"),
        ("𝐀𝓫", "ab"),
        ("co\u00adoperate", "cooperate"),
        ("می\u200cخواهم", "میخواهم"),
        ("한국", unicodedata.normalize("NFD", "한국")),
        ("ガ", unicodedata.normalize("NFD", "ガ")),
        ("क़", "क\u093c"),
        ("don’t", "don't"),
        ("„News“ – heute", '"news" - HEUTE'),
        ("x²", "x2"),
    ],
)
def test_these_are_the_same_words(left: str, right: str) -> None:
    """What differs in case, composition, width, joiners or punctuation only is the same."""
    assert words_of(left).values == words_of(right).values != []


@pytest.mark.parametrize(
    ("left", "right"),
    [("e", "é"), ("ab", "ba"), ("a\u0301b", "ab\u0301"), ("12", "21"), ("sine", "since")],
)
def test_these_are_different_words(left: str, right: str) -> None:
    """Accents, where they stand, and the order of letters tell words apart."""
    assert words_of(left).values != words_of(right).values


@settings(max_examples=200)
@given(st.text(st.characters(exclude_categories=["Cs"], codec="utf-8"), max_size=30))
def test_hangul_and_latin_are_the_same_composed_or_not(text: str) -> None:
    """A text of letters with spaces has the same words in NFC and NFD."""
    kept = "".join(c for c in text if unicodedata.name(c, "").startswith(("HANGUL S", "LATIN")))
    forms = [unicodedata.normalize(form, kept) for form in ("NFC", "NFD")]
    assert words_of(forms[0]).values == words_of(forms[1]).values


def test_characters_of_scripts_without_spaces_are_words_of_their_own() -> None:
    """Chinese, Japanese and Thai give one word per character, with the bit that says so."""
    for text in ("中文", "かな", "カナ", "กข"):
        words = words_of(text)
        assert (words.starts, words.ends) == ([0, 1], [1, 2])
        assert all(value & 1 for value in words.values)
    assert not any(value & 1 for value in words_of("abc한국кот").values)


def test_only_punctuation_and_emoji_is_no_word() -> None:
    """Punctuation, symbols, white space and emoji are never words."""
    assert words_of("… — „“ \u00a0\ufeff\u200b\r\n 😀👍🏽👩‍👩‍👧🇩🇪 № ⁂ \u0301 \u200d").values == []
