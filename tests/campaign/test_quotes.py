"""Quotations are found to the code point, or it is said what stands there instead."""

from __future__ import annotations

import pytest

from newspan.campaign.packets import Paragraph
from newspan.campaign.quotes import Found, Missed, locate


def place(*texts: str) -> tuple[str, list[Paragraph]]:
    """Return a text of paragraphs with two line feeds between them, and the paragraphs."""
    joined = "\n\n".join(texts)
    paragraphs = []
    start = 0
    for number, text in enumerate(texts, 1):
        paragraphs.append(Paragraph(number, "paragraph", start, start + len(text)))
        start += len(text) + 2
    return joined, paragraphs


@pytest.mark.parametrize(
    ("text", "quote", "occurrence", "start"),
    [
        ("a 👩‍👩‍👧 b", "👩‍👩‍👧", None, 2),
        ("cafe\u0301 shut", "cafe\u0301", None, 0),
        ("שלום עולם", "עולם", None, 5),
        ("one\r\ntwo", "e\r\nt", None, 2),
        ("1\u00a0000 crowns", "1\u00a0000", None, 0),
        ("a so\u200bcalled b", "so\u200bcalled", None, 2),
        ("\ufeffstart", "start", None, 1),
        ('say "x" \\ y', '"x" \\', None, 4),
        ("aaa", "aa", 1, 0),
        ("aaa", "aa", 2, 1),
        ("the bay, the pier", "the", 2, 9),
    ],
)
def test_what_stands_there_is_found(
    text: str, quote: str, occurrence: int | None, start: int
) -> None:
    """Offsets are code points, and matches are counted from the left, overlapping ones too."""
    joined, paragraphs = place(text)

    assert locate(joined, paragraphs, 1, quote, occurrence) == Found(
        start, start + len(quote), trimmed=False
    )


@pytest.mark.parametrize(
    ("quote", "occurrence", "expected"),
    [
        (" shut", None, (5, 9)),
        ("shut\n", None, (5, 9)),
        ("\u200bshut\u00a0", None, (5, 9)),
        (" a", 2, (12, 13)),
    ],
)
def test_white_space_at_an_edge_is_trimmed(
    quote: str, occurrence: int | None, expected: tuple[int, int]
) -> None:
    """A quotation with its spaces is counted as it was given, then cut."""
    joined, paragraphs = place("cafe shut a a")

    found = locate(joined, paragraphs, 1, quote, occurrence)
    assert found == Found(*expected, trimmed=True)


@pytest.mark.parametrize(
    ("text", "quote", "says"),
    [
        ("a “b” c", 'a "b" c', "has “a “b” c”: its character 3 is U+201C"),
        ("1\u00a0000", "1 000", "“1\\xa0000”: its character 2 is U+00A0 NO-BREAK SPACE"),
        ("so\u200bcalled", "socalled", "its character 3 is U+200B ZERO WIDTH SPACE"),
        ("it’s", "it's", "U+2019 RIGHT SINGLE QUOTATION MARK"),
        ("The Pier", "the pier", "U+0054 LATIN CAPITAL LETTER T"),
        ("a – b", "a - b", "U+2013 EN DASH"),
        ("wait… no", "wait... no", "U+2026 HORIZONTAL ELLIPSIS"),
        ("x\r\ny", "x\ny", "its character 2 is U+000D"),
        ("ﬁsh", "fish", "U+FB01"),
        (
            "the ferry pier is shut",
            "the old ferry pier",
            "the nearest words there are “ferry pier”",
        ),
        ("abc", "xyz", "paragraph 1 does not have “xyz”"),
    ],
)
def test_a_miss_says_what_is_there(text: str, quote: str, says: str) -> None:
    """Nothing is normalised to make a quotation fit; the message names the first difference."""
    joined, paragraphs = place(text)

    missed = locate(joined, paragraphs, 1, quote, None)
    assert isinstance(missed, Missed)
    assert missed.id == "quote-not-verbatim"
    assert says in missed.message


def test_words_of_another_paragraph_are_pointed_at() -> None:
    """A wrong number is the likeliest mistake; words that look alike elsewhere are told too."""
    joined, paragraphs = place("One pier.", "Two “ferries”.", "Three.")

    elsewhere = locate(joined, paragraphs, 1, "Two", None)
    alike = locate(joined, paragraphs, 1, 'Two "ferries"', None)
    beyond = locate(joined, paragraphs, 1, "pier. Two", None)

    assert isinstance(elsewhere, Missed)
    assert "but in paragraph 2" in elsewhere.message
    assert isinstance(alike, Missed)
    assert "paragraph 2 has “Two “ferries””" in alike.message
    assert isinstance(beyond, Missed)
    assert "runs on behind paragraph 1" in beyond.message


def test_a_paragraph_bounds_its_quotations() -> None:
    """A match that reaches over the paragraph's end, or begins before it, is none."""
    text = "abcabc"
    paragraphs = [Paragraph(1, "paragraph", 0, 4), Paragraph(2, "paragraph", 4, 6)]

    assert locate(text, paragraphs, 1, "abc", None) == Found(0, 3, trimmed=False)
    assert isinstance(locate(text, paragraphs, 2, "abc", None), Missed)


def test_long_quotations_are_not_compared_for_ever() -> None:
    """A quotation of a whole book in a long paragraph costs no more than a glance."""
    joined, paragraphs = place("ab" * 50_000)

    missed = locate(joined, paragraphs, 1, "ba" * 25_000 + "c", None)
    assert isinstance(missed, Missed)
    assert len(missed.message) < 400
