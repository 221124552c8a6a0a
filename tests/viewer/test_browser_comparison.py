"""Comparing sets in a real browser: conflicts, decisions, filters, figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newspan.corpus import Corpus
from view_reader import Reader

View = Callable[..., Reader]
ROOT = Path(__file__).parents[2]
DECISIONS = ROOT / "annotation/campaigns/adjudicated/decisions.jsonl"


@pytest.fixture(scope="module")
def conflicts() -> list[dict[str, Any]]:
    """Return the conflicts as they are recorded."""
    lines = [json.loads(line) for line in DECISIONS.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line["record"] == "conflict"]


def asked(reader: Reader) -> str:
    """Return the conflict that the address names."""
    return reader.hash.partition("conflict=")[2].partition("&")[0]


def test_all_conflicts_are_listed_and_filtered(
    viewed: View, shipped: Path, conflicts: list[dict[str, Any]]
) -> None:
    """By layer, kind, item and by what was taken; the count says how many."""
    reader = viewed(shipped, "#comparison")
    count = reader.page.locator("#comparison-count")
    assert f"{len(conflicts):,} conflict" in count.inner_text()

    reader.page.locator("[data-filter=layer]").select_option("loaded_language")
    loaded = [each for each in conflicts if each["layer"] == "loaded_language"]
    reader.page.wait_for_timeout(100)
    assert f"{len(loaded):,} of" in count.inner_text()

    reader.page.locator("[data-filter=in]").select_option("001-i1")
    there = [each for each in loaded if each["item"] == "001-i1"]
    reader.page.wait_for_timeout(100)
    assert f"{len(there):,} of" in count.inner_text()
    reader.page.reload()
    reader.settle()
    assert f"{len(there):,} of" in count.inner_text()


def test_one_steps_through_the_conflicts_by_key(
    viewed: View, shipped: Path, conflicts: list[dict[str, Any]]
) -> None:
    """n goes on and p back, in the order of the list, among those that are filtered."""
    there = [each for each in conflicts if each["item"] == "004-i7"]
    first = there[0]["id"]
    reader = viewed(shipped, f"#comparison?in=004-i7&conflict={first}")
    seen = [asked(reader)]
    for _ in range(len(there) - 1):
        reader.press("n")
        reader.page.wait_for_timeout(60)
        seen.append(asked(reader))

    assert sorted(seen) == sorted(each["id"] for each in there)
    reader.press("p")
    reader.page.wait_for_timeout(60)
    assert asked(reader) == seen[-2]


def test_a_conflict_shows_its_readings_and_the_decision(
    viewed: View, shipped: Path, conflicts: list[dict[str, Any]]
) -> None:
    """Both readings in the text and side by side; which was taken, why, by whom, with remarks."""
    reader = viewed(shipped, "#comparison")
    for layer in ("claim", "attribution", "loaded_language"):
        one = next(each for each in conflicts if each["layer"] == layer and each["decision"])
        reader.go(f"#comparison?conflict={one['id']}")

        said = reader.page.locator("#view").inner_text()
        decision = one["decision"]
        assert decision["by"]["name"] in said
        if "note" in decision:
            assert decision["note"] in said
        if isinstance(decision.get("take"), str):
            assert decision["take"] in said
        drawn = reader.segments()
        for records in one["readings"].values():
            for record in records:
                if record["record"] == "span":
                    assert any(record["text"] == text for text in drawn.values()), record


def test_alike_and_conflicting_spans_are_told_apart_in_the_text(
    viewed: View, shipped: Path, corpus: Corpus
) -> None:
    """The item's whole text, with what sets say alike and what they don't, each to the letter."""
    document, item = corpus.items["001-i1"]
    reader = viewed(shipped, "#comparison/001-i1")

    text = corpus.texts[document.id][item.start : item.end]
    assert reader.text("#view .text") == text
    surfaces = {
        span.text
        for name in ("pass_a", "pass_b")
        for span in corpus.sets[name].spans_in.get("001-i1", ())
    }
    drawn = set(reader.segments().values())
    assert drawn
    assert {each for each in drawn if each not in surfaces and each not in text} == set()


def test_figures_stand_with_their_signatures(viewed: View, shipped: Path) -> None:
    """Each layer's figures, to the third place, each with the signature that says how."""
    reader = viewed(shipped, "#comparison")
    report = json.loads(reader.text("#part-comparison"))["report"]
    known = {figure["signature"] for layer in report["layers"] for figure in layer["figures"]}

    shown = reader.page.locator("#view code").all_text_contents()
    signatures = [each for each in shown if "|" in each]

    assert len(signatures) >= 6
    assert set(signatures) <= known
    told = reader.page.locator(".comparison-figures").first.inner_text()
    values = [
        f"{figure['value']:.3f}"
        for layer in report["layers"]
        for figure in layer["figures"]
        if figure["signature"] in signatures and figure["value"] is not None
    ]
    assert sum(value in told for value in values) >= 3
    assert report["title"] == "machine agreement"
    assert "machine agreement" in reader.page.locator("#view").inner_text()
