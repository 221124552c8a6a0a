"""Units of position convert into each other without loss, on any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newspan.offsets import (
    OffsetError,
    OffsetMap,
    from_item,
    from_tokens,
    to_item,
    to_tokens,
)

# Pieces that break naive code, mixed with anything that UTF-8 can hold.
HOSTILE = st.sampled_from(
    [
        "👩\u200d👩\u200d👧",
        "🇦🇱",
        "é",
        "\r\n",
        "\r",
        "\ufeff",
        "\xa0",
        "\u200b",
        "فارسی",
        "\u202e",
        "漢",
        "<&>",
        "\x00",
    ]
)
TEXTS = st.lists(HOSTILE | st.text(max_size=4), max_size=12).map("".join)


@given(TEXTS)
def test_utf16_offsets_are_those_of_the_encoded_text(text: str) -> None:
    """A code-point offset's UTF-16 offset is the length of what stands before it, both ways."""
    offsets = OffsetMap(text)
    for index in range(len(text) + 1):
        expected = len(text[:index].encode("utf-16-le")) // 2

        assert expected == offsets.to_utf16(index)
        assert index == offsets.from_utf16(expected)


@given(TEXTS)
def test_utf8_offsets_are_those_of_the_encoded_text(text: str) -> None:
    """A code-point offset's byte offset is the length of what stands before it, both ways."""
    offsets = OffsetMap(text)
    for index in range(len(text) + 1):
        expected = len(text[:index].encode())

        assert expected == offsets.to_utf8(index)
        assert index == offsets.from_utf8(expected)


@given(TEXTS, st.integers(-2, 80))
def test_an_offset_inside_a_character_is_refused(text: str, offset: int) -> None:
    """Only borders of code points convert back; everything else is an error, never a guess."""
    offsets = OffsetMap(text)
    borders = {len(text[:i].encode()) for i in range(len(text) + 1)}
    if offset in borders:
        assert offsets.to_utf8(offsets.from_utf8(offset)) == offset
    else:
        with pytest.raises(OffsetError):
            offsets.from_utf8(offset)


def test_half_a_surrogate_pair_is_refused() -> None:
    """A UTF-16 offset between the halves of an emoji has no code-point offset."""
    offsets = OffsetMap("a👍b")

    assert [offsets.to_utf16(i) for i in range(4)] == [0, 1, 3, 4]
    with pytest.raises(OffsetError, match="inside a character"):
        offsets.from_utf16(2)


def test_a_lone_surrogate_is_refused() -> None:
    """A text that no UTF-8 file can hold is refused, with the place."""
    with pytest.raises(ValueError, match="code point 1"):
        OffsetMap("a\ud83d")


@pytest.mark.parametrize("offset", [-1, 4])
def test_offsets_outside_the_text_are_refused(offset: int) -> None:
    """Neither negative offsets nor ones behind the end are clamped."""
    with pytest.raises(OffsetError, match="outside"):
        OffsetMap("abc").to_utf16(offset)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_item_offsets_are_a_round_trip(a: int, b: int, c: int, d: int) -> None:
    """What lies inside an item goes to the item's own offsets and back unchanged."""
    item_start, start, end, item_end = sorted((a, b, c, d))

    there = to_item(start, end, item_start, item_end)

    assert (start, end) == from_item(*there, item_start, item_end)


@pytest.mark.parametrize("extent", [(4, 6), (9, 21), (9, 8)])
def test_an_extent_outside_its_item_is_refused(extent: tuple[int, int]) -> None:
    """An extent that leaves the item, or is reversed, has no item offsets."""
    with pytest.raises(OffsetError):
        to_item(*extent, 5, 20)


@st.composite
def token_lists(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Draw tokens in text order with gaps, empty ones (special tokens) among them."""
    tokens, position = [], 0
    for _ in range(draw(st.integers(0, 8))):
        start = position + draw(st.integers(0, 2))
        position = start + draw(st.integers(0, 4))
        tokens.append((start, position))
    return tokens


@given(token_lists(), st.integers(0, 30), st.integers(0, 30))
def test_tokens_of_an_extent_are_those_that_overlap_it(
    tokens: list[tuple[int, int]], a: int, b: int
) -> None:
    """The range of tokens is exactly the tokens that share a character with the extent."""
    start, end = min(a, b), max(a, b)
    overlapping = [i for i, (s, e) in enumerate(tokens) if max(s, start) < min(e, end)]

    found = to_tokens(start, end, tokens)

    if not overlapping:
        assert found is None
    else:
        assert found == (overlapping[0], overlapping[-1] + 1)
        left, right = from_tokens(*found, tokens)
        assert left <= max(start, tokens[found[0]][0])
        assert right >= min(end, tokens[found[1] - 1][1])


def test_special_and_padding_tokens_meet_nothing() -> None:
    """Hugging Face tokenizers give (0, 0) to special tokens at both ends and to padding."""
    tokens = [(0, 0), (0, 5), (5, 9), (9, 12), (0, 0), (0, 0)]

    assert to_tokens(5, 9, tokens) == (2, 3)
    assert to_tokens(9, 12, tokens) == (3, 4)
    assert to_tokens(0, 1, tokens) == (1, 2)
    assert to_tokens(0, 0, tokens) is None


def test_a_byte_level_token_with_its_leading_space_is_found() -> None:
    """Tokens of byte-level BPE hold the space before a word; the span still finds its tokens."""
    tokens = [(0, 3), (3, 9), (9, 14)]  # "The", " rotte", "n plan"

    assert to_tokens(4, 10, tokens) == (1, 3)


def test_an_empty_range_of_tokens_is_refused() -> None:
    """No tokens cover no extent."""
    with pytest.raises(OffsetError):
        from_tokens(1, 1, [(0, 1), (1, 2)])
