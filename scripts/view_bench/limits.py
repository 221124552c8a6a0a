"""What the viewer keeps to: first paint and size of a file, and a folder of thousands of items."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from newspan import view
from release_bench.synthetic import make_corpus
from view_bench.browsing import Shown

ROOT = Path(__file__).resolve().parents[2]
_SHOWN = "#view > .view:not(:empty)"


def limits(browser: Any, work: Path, items: int, rounds: int) -> list[dict[str, Any]]:
    """Return what was measured: `what`, its `value`, `limit` and `unit`; the least of the
    rounds, since whatever else runs on the machine only adds.

    Args:
        browser: of `browsing.chromium`.
        work: a folder for what is made.
        items: how many the folder has; 0 leaves it out.
        rounds: how often each page is opened.
    """
    page = view(ROOT, out=work / "shipped.html").page
    paints = []
    for _ in range(rounds):
        shown = Shown(browser, page, wait=_SHOWN)
        paints.append(shown.first_paint())
        shown.close()
    found = [
        _limit("shipped corpus, first paint", min(paints), 1, "s"),
        _limit("shipped corpus, file", page.stat().st_size / 1e6, 3, "MB"),
    ]
    if not items:
        return found
    make_corpus(work / "many", items, seed=1)
    page = view(work / "many", out=work / "folder", folder=True).page
    middle = f"d{items // 2:06d}-i1"
    lists, opened, clicked = [], [], []
    for _ in range(rounds):
        shown = Shown(browser, page, wait=f"{_SHOWN} a[href^='#item/']")
        lists.append(shown.seconds)
        clicked.append(_click(shown.page))
        shown.close()
        shown = Shown(browser, page, f"#item/{middle}", wait="#view .seg")
        opened.append(shown.seconds)
        shown.close()
    return [
        *found,
        _limit(f"{items} items, list ready", min(lists), 2, "s"),
        _limit(f"{items} items, an item from the list", min(clicked), 0.5, "s"),
        # The list of items is read first, so both limits together.
        _limit(f"{items} items, an item by its link", min(opened), 2.5, "s"),
    ]


def _limit(what: str, value: float, limit: float, unit: str) -> dict[str, Any]:
    return {"what": what, "value": round(value, 3), "limit": limit, "unit": unit}


#: From the click on an item's link until its spans are there and painted.
_CLICK = """() => new Promise((done) => {
  const begin = performance.now();
  const frame = () => new Promise((next) => requestAnimationFrame(next));
  document.querySelector("#view a[href^='#item/']").click();
  (async () => {
    while (!document.querySelector("#view .seg")) await frame();
    await frame();
    await frame();
    done(performance.now() - begin);
  })();
})"""


def _click(page: Any) -> float:
    return float(page.evaluate(_CLICK)) / 1000
