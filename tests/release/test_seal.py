"""Anchors open to who has a good part of the text, and to nobody else."""

from __future__ import annotations

import itertools
import json
import random
from base64 import b64decode
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hostile_news import hostile_text
from newspan.release.stand_off.anchors import anchor, blocks_of, digest, every_block, windows
from newspan.release.stand_off.folded import fold
from newspan.release.stand_off.seal import BLOCK, block_tag, needed_of, seal, tags_of, unseal

SALT = bytes(32)
BLOCKS = [f"block {number:034}" for number in range(12)]


def tagged(blocks: list[str], salt: bytes = SALT) -> dict[bytes, str]:
    """Return blocks by their tags."""
    return {block_tag(block, salt): block for block in blocks}


@given(
    payload=st.binary(max_size=200),
    number=st.integers(2, len(BLOCKS)),
    order=st.randoms(use_true_random=False),
)
def test_a_third_of_the_blocks_opens_and_fewer_do_not(
    payload: bytes, number: int, order: random.Random
) -> None:
    """Any third of the blocks gives the bytes back; one block fewer gives nothing."""
    blocks = BLOCKS[:number]
    sealed = seal(payload, b"text", blocks, SALT)
    some = order.sample(blocks, needed_of(number))

    assert unseal(sealed, tagged(some), SALT) == payload
    assert unseal(sealed, tagged(some[1:]), SALT) is None


def test_another_salt_opens_nothing() -> None:
    """The same words in another document are other blocks: they can't be looked up."""
    sealed = seal(b"anchors", b"text", BLOCKS, SALT)
    other = b"\1" * 32

    assert unseal(sealed, tagged(BLOCKS, other), other) is None
    assert not set(tags_of(sealed)) & set(tagged(BLOCKS, other))


def test_a_changed_seal_does_not_open() -> None:
    """What is sealed is authenticated: changed bytes are refused, not read."""
    sealed = seal(b"anchors of an item", b"text", BLOCKS, SALT)
    for key in ("sealed", "locks"):
        changed = json.loads(json.dumps(sealed))
        if key == "sealed":
            changed["sealed"] = changed["sealed"][:-8] + "AAAAAAA="
        else:
            changed["locks"][0] = changed["locks"][0][:-4] + "AAAA"

        assert unseal(changed, tagged(BLOCKS), SALT) is None


def test_the_same_text_sealed_for_two_releases_shares_nothing_but_tags() -> None:
    """A later release with more spans must not give away the difference of two shares."""
    first = seal(b"anchors of release one", b"text", BLOCKS, SALT)
    second = seal(b"anchors of release two", b"text", BLOCKS, SALT)
    for one, other in zip(first["locks"], second["locks"], strict=True):
        assert b64decode(one)[:8] == b64decode(other)[:8]
        assert b64decode(one)[8:] != b64decode(other)[8:]
    streams = [b64decode(sealed["sealed"])[16:] for sealed in (first, second)]
    both = bytes(a ^ b for a, b in zip(*streams, strict=True))
    assert both[:20] != bytes(20)  # the plain bytes are equal there, so one stream would show zeros


def _entry() -> tuple[str, dict[str, Any], list[tuple[int, int]]]:
    text, zones, spans = hostile_text(random.Random(11), 12)
    folded = fold(text)
    item = (zones[0][0], zones[-1][1])
    return text, anchor(text, folded, windows(folded, SALT), SALT, item, spans), spans


def test_no_hash_of_less_than_a_block_ships_openly() -> None:
    """Neither a word, a surface nor a window can be looked up in what is not sealed."""
    text, entry, spans = _entry()
    shipped = b"".join(b64decode(lock) for lock in entry["locks"]) + b64decode(entry["sealed"])
    folded = fold(text).text
    short = {text[start:end] for start, end in spans} | set(text.split())
    short |= {folded[i : i + 16] for i in range(len(folded))}
    for words in short:
        assert digest(words, SALT) not in shipped
        assert block_tag(words, SALT) not in shipped
    assert set(entry) == {"extents", "needed", "locks", "sealed"}


def test_a_block_that_is_known_in_part_has_no_lock() -> None:
    """Beside what is quoted openly a few characters would have to be guessed, not eight words."""
    text, zones, _ = hostile_text(random.Random(5), 12)
    folded = fold(text)
    shown = bytearray(len(text))
    shown[zones[3][0] : zones[3][0] + 30] = b"\1" * 30
    every, some = (blocks_of(folded, 0, len(text), each) for each in (b"", shown))

    gone = [block for block in every if block not in some]
    assert 1 <= len(gone) <= 3
    words = fold(text[zones[3][0] : zones[3][0] + 30]).text
    assert all(any(words[i : i + 3] in block for i in range(len(words) - 2)) for block in gone)
    assert not any(words in block for block in some)


def test_every_lock_is_of_a_block_of_forty_characters() -> None:
    """Tags tell whether a whole block stands there; no two blocks overlap."""
    text, entry, _ = _entry()
    folded = fold(text)
    blocks = blocks_of(folded, 0, len(text))

    assert all(len(block) == BLOCK for block in blocks)
    places = [folded.text.index(block) for block in blocks]
    assert all(after - before >= BLOCK for before, after in itertools.pairwise(places))
    assert len(set(tags_of(entry))) == len(entry["locks"])
    assert set(tags_of(entry)) <= set(every_block(folded, SALT))
