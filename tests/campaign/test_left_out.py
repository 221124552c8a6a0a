"""Which items are left out because what they say is annotated elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from harbour_news import add_article, article, item, write_corpus
from newspan import reuse_sets
from newspan.campaign.left_out import left_out
from newspan.checks import read_sound


def found(root: Path, items: Sequence[int], share: float, keep: Sequence[int] = ()) -> list[str]:
    """Return the items that are left out of some."""
    corpus, errors = read_sound(root, {"reuse_v1"})
    assert corpus is not None
    assert errors == []
    names = [item(n) for n in items]
    zones = ("title", "paragraph")
    blocks = corpus.sets["reuse_v1"]
    out = left_out(corpus, blocks, names, ["claim"], zones, share, [item(n) for n in keep])
    assert all(each.share >= share for each in out)
    return [each.item for each in out]


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    """Return three articles: the second is half of the first, the third the second's own half."""
    root = write_corpus(tmp_path / "corpus", 1)
    first, own = article(1), article(2)
    add_article(root, 2, [*first, own[1]])
    add_article(root, 3, [own[1]])
    reuse_sets(root)
    return root


def test_the_share_decides(harbour: Path) -> None:
    """Of the second article about three quarters are copied."""
    assert found(harbour, [1, 2], 0.6) == [item(2)]
    assert found(harbour, [1, 2], 0.95) == []


def test_what_is_copied_from_an_item_that_is_left_out_stays(harbour: Path) -> None:
    """Nobody would annotate the passage in the second article, so the third is annotated."""
    assert found(harbour, [2, 3], 0.9) == [item(3)]
    assert found(harbour, [1, 2, 3], 0.6) == [item(2)]


def test_what_must_stay_stays(harbour: Path) -> None:
    """Such as an item that is handed out already; others may be left out for it."""
    assert found(harbour, [1, 2, 3], 0.6, keep=[2]) == [item(3)]


def test_a_copy_of_an_item_outside_the_campaign_stays(harbour: Path) -> None:
    """Only what is annotated can be carried to copies."""
    assert found(harbour, [3], 0.5) == []
    assert found(harbour, [2], 0.5) == []
