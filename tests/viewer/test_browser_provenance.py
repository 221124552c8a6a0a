"""Provenance and stance beside a text, in a real browser: nothing is left out or made surer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from newspan.corpus import Corpus
from view_reader import Reader

View = Callable[..., Reader]
ROOT = Path(__file__).parents[2]
ITEMS = ("001-i1", "004-i7", "000-i1")


def panel(viewed: View, shipped: Path, item_id: str) -> Reader:
    """Return an item's page with its provenance open."""
    reader = viewed(shipped, f"#item/{item_id}")
    reader.page.locator(".side").get_by_text("Provenance", exact=True).click()
    reader.page.locator(".provenance").wait_for()
    return reader


@pytest.mark.parametrize("item_id", ITEMS)
def test_the_chain_runs_from_the_origin(
    viewed: View, shipped: Path, corpus: Corpus, item_id: str
) -> None:
    """Each step stands once, the scraped page last, and looks inferred where it is inferred.

    A quoted source is no step of the text's way: it stands beside it.
    """
    reader = panel(viewed, shipped, item_id)
    chain = reversed(corpus.items[item_id][1].chain)
    steps = sorted(chain, key=lambda step: step.role == "quoted_source")
    path = reader.page.locator(".provenance-path > .provenance-step").count()
    assert path == sum(step.role != "quoted_source" for step in steps)
    names = reader.page.locator(".provenance-outlet-name").all_text_contents()
    assert names == [corpus.outlets[step.outlet].name for step in steps]
    dashed = reader.page.locator(".provenance-outlet-name bdi").evaluate_all(
        "(all) => all.map((at) => getComputedStyle(at).borderBottomStyle === 'dashed')"
    )
    inferred = [any(each.class_ == "inferred" for each in step.evidence) for step in steps]
    assert dashed == inferred
    assert any(inferred)


@pytest.mark.parametrize("item_id", ITEMS)
def test_every_view_of_an_outlet_is_there(
    viewed: View, shipped: Path, corpus: Corpus, item_id: str
) -> None:
    """Of a contested outlet all views stand with who holds them; without a rating: not rated."""
    reader = panel(viewed, shipped, item_id)
    for name in dict.fromkeys(step.outlet for step in corpus.items[item_id][1].chain):
        outlet = corpus.outlets[name]
        shown = reader.text(f'.provenance-outlet[data-outlet="{name}"]')
        assert ("Contested" in shown) is outlet.contested
        for view in outlet.views:
            assert view.claim in shown
            assert f"held by {view.holder}" in shown
            assert all(str(each.quote) in shown for each in view.evidence if each.quote)
        for rating in outlet.ratings:
            assert f"“{rating.value}” by {rating.rater}" in shown
            assert rating.snapshot in shown
        assert ("Not rated." in shown) is (not outlet.ratings)


@pytest.mark.parametrize("item_id", ITEMS)
def test_stances_with_their_assessor(
    viewed: View, shipped: Path, corpus: Corpus, item_id: str
) -> None:
    """Every target stands with its polarity; a language model assessed, no person verified."""
    reader = panel(viewed, shipped, item_id)
    shown = reader.text(".provenance-stance-all")
    partisanship = corpus.items[item_id][1].partisanship
    for stance in partisanship.stance:
        assert corpus.targets[stance.target].title in shown
        assert all(str(each.text) in shown for each in stance.evidence if each.text)
    polarities = reader.page.locator(".provenance-polarity").all_text_contents()
    assert polarities == [
        each.polarity for each in partisanship.stance if each.polarity != "not_addressed"
    ]
    assert f"Assessed by a language model, {partisanship.assessor.name}" in shown
    assert "not verified by a person" in shown
    voices = reader.text(".provenance-voices")
    assert all(each in voices for each in partisanship.missing_perspectives)
