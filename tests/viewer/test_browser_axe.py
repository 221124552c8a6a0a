"""What axe-core finds in every view, in a real browser: nothing serious, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newspan.corpus import read_corpus
from view_reader import EVERYWHERE, Reader

View = Callable[..., Reader]
ROOT = Path(__file__).parents[2]

PLACES = (
    *EVERYWHERE,
    "#item/001-i1?set=consensus",
    "#item/001-i1?set=consensus&span=cf47fcb48c6da523",
    "#item/none",
)


def found_by_axe(page: Any) -> list[tuple[str, str, str, str]]:
    """Return what axe-core calls serious or critical: its rule, impact, and the first elements."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    response = axe.run(page).response
    return [
        (each["id"], each["impact"], node["html"][:160], node["failureSummary"][:300])
        for each in response["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"][:3]
    ]


def first_of_each(corpus_dir: Path) -> dict[str, str]:
    """Return the address of a conflict and of a shared passage."""
    corpus, _ = read_corpus(corpus_dir)
    assert corpus is not None
    blocks = corpus.sets["reuse_v1"].clusters
    return {"cluster": f"#reuse?cluster={next(iter(blocks))}"}


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_any_view(
    viewed: View, shipped: Path, scheme: str, width: int
) -> None:
    """Contrast, names, roles, order of headings, focus: in each view, light and dark."""
    reader = viewed(shipped, width=width, height=900, color_scheme=scheme, bypass_csp=True)

    reader.go("#comparison")
    conflict = reader.page.locator("#view a[href*='conflict=']").first.get_attribute("href")
    for place in (*PLACES, conflict, *first_of_each(ROOT).values()):
        reader.go(place)
        assert found_by_axe(reader.page) == [], place


def test_axe_finds_nothing_serious_in_the_help(viewed: View, shipped: Path) -> None:
    """Nor in the dialog with the keys."""
    reader = viewed(shipped, bypass_csp=True)

    reader.press("?")

    assert reader.page.locator("dialog[open]").count() == 1
    assert found_by_axe(reader.page) == []


def test_a_fault_planted_in_a_page_is_found(viewed: View, shipped: Path) -> None:
    """The check can fail: grey on grey and a button without a name."""
    reader = viewed(shipped, bypass_csp=True)

    reader.page.evaluate(
        """() => {
          const text = document.createElement("p"), button = document.createElement("button");
          text.textContent = "Hardly to be read";
          text.style.setProperty("color", "#999");
          text.style.setProperty("background", "#aaa");
          document.getElementById("view").append(text, button);
        }"""
    )

    assert {rule for rule, *_ in found_by_axe(reader.page)} == {"color-contrast", "button-name"}
