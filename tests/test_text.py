"""Characters, words, quotation marks, paragraphs and sentences, on unaltered text."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from newspan.corpus import read_corpus
from newspan.text import (
    cuts_grapheme,
    cuts_word,
    is_blank,
    lone_marks,
    occurrences,
    paragraphs,
    quoted_ranges,
    sentences,
    trim,
)

PIECES = st.sampled_from(
    [
        "Mr. ",
        "No! ",
        " ",
        "👩\u200d👩\u200d👧",
        "🇦🇱",
        "🇮🇹",
        "é",
        "\r\n",
        "\n",
        "\u200b",
        "a",
        "؟",
        "क्षि",
        "।",
        "\u200d",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=14).map("".join)


def surfaces(text: str) -> list[str]:
    """Return the sentences of a text as strings."""
    return [text[start:end] for start, end in sentences(text)]


# --- borders --------------------------------------------------------------------------------


@given(TEXTS)
def test_grapheme_borders_are_those_of_the_whole_text(text: str) -> None:
    """The local search for a cluster's border agrees with one from the text's start."""
    borders = {0, len(text), *(match.start() for match in regex.finditer(r"\X", text))}

    assert [i for i in range(len(text) + 1) if not cuts_grapheme(text, i)] == sorted(borders)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("cafés", [1, 2, 3, 4]),
        ("MKO’s camp", [1, 2, 7, 8, 9]),
        ("e\u0301a", [1, 2]),
        ("می\u200cخواهد", [1, 2, 3, 4, 5, 6, 7]),
        ("1,300 x", [3, 4]),
        ("港は開いている", []),
        ("a-b c", []),
    ],
)
def test_words_are_cut_only_between_their_letters(text: str, inside: list[int]) -> None:
    """Letters, marks, digits and joiners hold a word together; scripts without spaces do not."""
    assert [i for i in range(len(text) + 1) if cuts_word(text, i)] == inside


@pytest.mark.parametrize("char", [" ", "\u00a0", "\u200b", "\ufeff", "\t", "\u2028", "\u3000"])
def test_no_break_and_zero_width_spaces_are_blank(char: str) -> None:
    """What a reader cannot see at an edge is white space there."""
    assert is_blank(char)
    assert trim(f"a{char}b{char}", 1, 4) == (2, 3)


def test_joiners_are_not_blank() -> None:
    """A zero-width joiner belongs to the cluster it joins."""
    assert not is_blank("\u200d")


# --- quotation marks ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "quoted", "lone"),
    [
        ("He said “no” twice.", ["“no”"], []),
        ("“a “b” c” d", ["“a “b” c”", "“b”"], []),
        ("„Nein“, sagte er.", ["„Nein“"], []),
        ('«oui» "non"', ["«oui»", '"non"'], []),
        ("“First paragraph.", ["“First paragraph."], [0]),
        ("last.” She left.", ["last.”"], [5]),
        ("「港」", ["「港」"], []),
        ("„Tak”, odparł. „Nie” ", ["„Tak”", "„Nie”"], []),
        ("Hun sagde »nej« to gange", ["»nej«"], []),
        ('A 5" pipe and more', [], [3]),
        ("it’s the group’s", [], []),
    ],
)
def test_quoted_stretches_and_lone_marks(text: str, quoted: list[str], lone: list[int]) -> None:
    """Pairs nest; a mark without partner holds to the paragraph's edge; apostrophes are none."""
    assert [text[s:e] for s, e in quoted_ranges(text, 0, len(text))] == quoted
    assert lone_marks(text, 0, len(text)) == lone


# --- paragraphs and sentences ---------------------------------------------------------------


def test_sentences_of_the_five_documents_are_the_reference(root: Path) -> None:
    """All 342 sentences of running text are found, with no border more or less."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    reference = json.loads((root / "tests" / "sentences.json").read_text(encoding="utf-8"))
    found = {
        document.id: [
            list(extent)
            for item in document.items
            for zone in item.zones
            if zone.kind == "paragraph"
            for extent in sentences(corpus.texts[document.id], zone.start, zone.end)
        ]
        for document in corpus.documents
    }

    assert found == reference
    assert sum(map(len, found.values())) == 342


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One ends.\u200b Two begins.", ["One ends.", "Two begins."]),
        ("چه خبر؟ خوب است.", ["چه خبر؟", "خوب است."]),
        ("\ufeffHello there. Next one.", ["Hello there.", "Next one."]),
        ("A heading\nThen a sentence. Another.", ["A heading", "Then a sentence.", "Another."]),
        ("One.\r\nTwo.\rThree.\u2029Four.", ["One.", "Two.", "Three.", "Four."]),
        ("First.\u00a0Second.", ["First.", "Second."]),
        ("", []),
        (" \u00a0\u200b\n\ufeff ", []),
        ("港は開いている。誰も来ない。", ["港は開いている。", "誰も来ない。"]),
        ("「開いた。」と言った。", ["「開いた。」", "と言った。"]),
        ("वह आया। वह गया।", ["वह आया।", "वह गया।"]),
    ],
)
def test_traps_of_other_scripts_and_invisible_characters(text: str, expected: list[str]) -> None:
    """Sentences end where a reader of that script sees them end, and no white space sticks."""
    assert surfaces(text) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Maria Morigi of MARX21.IT wrote it.",
        "The accounts (nicknamed Fad Ariff, Iraniangal777, etc.) due to abuse were blocked.",
        "Failures are recorded, e.g. on popular websites.",
        "With the support from Saudi Arabia and the U.S., the camp was built.",
        "How can they “give tribune to the leader on its soil?” the spokesman wrote on Friday.",
        "“How can they?” Foreign Ministry spokesman Jo Lind wrote in a post on X, on Friday.",
        "“Stop!” Smith exclaimed.",
        "They fought together in the 1980-88 war near a town some 30 km northwest.",
        "The keyword “Tehran,” he said, drew attacks.",
        "Mr. Smith met Dr. Amiri at No. 5.",
    ],
)
def test_abbreviations_and_quoted_marks_do_not_end_a_sentence(sentence: str) -> None:
    """A full stop inside an abbreviation, or a question mark inside a quotation, ends nothing."""
    assert surfaces(sentence) == [sentence]


@pytest.mark.parametrize(
    "text",
    [
        "“Who did it?” The minister said nothing.",
        "“Who did it?” Smith said that he knew.",
        "“Who did it?” In May Smith asked again.",
        "“It is over.” Smith wrote on Friday.",
        "Who did it? Smith asked on Friday.",
    ],
)
def test_a_new_sentence_after_a_quotation_is_one(text: str) -> None:
    """Only a clause that names the speaker of a quoted question belongs to it."""
    assert len(surfaces(text)) == 2


@pytest.mark.parametrize(
    ("document", "start", "ends"),
    [
        ("000", 1312, [1761]),  # a colon and a semicolon end nothing
        ("001", 7763, [8074]),  # “e.g. on”, “(nicknamed …, etc.) due”
        ("001", 9194, [9211]),  # a heading without a stop
        ("001", 5027, [5130, 5307]),  # a teaser, cut off, with the next paragraph in the next line
        ("002", 1179, [1277, 1336, 1400, 1593, 1876, 2037]),  # a sentence inside parentheses
        ("003", 1118, [1299, 1486, 1528]),  # a quotation of three sentences
        ("004", 4804, [5222]),  # `?”` inside a sentence
        ("004", 9462, [9710, 9836]),  # a quotation of two, the speaker at its end
        ("004", 20345, [20424, 20587]),
    ],
)
def test_traps_in_the_five_documents(
    root: Path, document: str, start: int, ends: list[int]
) -> None:
    """Places where other splitters fail come out as a reader sees them."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    text = corpus.texts[document]

    assert [e for _, e in sentences(text, start, ends[-1])] == ends


@given(TEXTS)
def test_sentences_cover_all_that_is_not_white_space(text: str) -> None:
    """Sentences follow one another, are trimmed, and leave out nothing but white space."""
    extents = sentences(text)

    assert all(trim(text, s, e) == (s, e) and s < e for s, e in extents)
    assert all(a[1] <= b[0] for a, b in pairwise(extents))
    covered = {i for s, e in extents for i in range(s, e)}
    assert all(is_blank(text[i]) for i in range(len(text)) if i not in covered)


@given(TEXTS)
def test_paragraphs_are_trimmed_lines(text: str) -> None:
    """A paragraph holds no line end, has no white space at its edge, and nothing is lost."""
    extents = paragraphs(text)

    assert all(trim(text, s, e) == (s, e) and s < e for s, e in extents)
    assert not any(set("\n\r\u2028\u2029") & set(text[s:e]) for s, e in extents)
    covered = {i for s, e in extents for i in range(s, e)}
    assert all(is_blank(text[i]) for i in range(len(text)) if i not in covered)


@pytest.mark.parametrize(
    ("text", "quote", "expected"),
    [
        ("the hen said he ate", "he", [13]),
        ("then", "he", [1]),
        ("aha aha aha", "aha aha", [0, 4]),
        ("she 👩‍🚒 he", "he", [8]),
        ("he\u0301 he", "he", [4]),
        ("海海", "海", [0, 1]),
    ],
)
def test_occurrences_are_those_that_a_reader_counts(
    text: str, quote: str, expected: list[int]
) -> None:
    """A match inside another word counts only where there is no other."""
    assert occurrences(text, quote, 0, len(text)) == expected
