"""How long pages take in a real browser, and what of the spans they show."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Of both pages. Ours is drawn by its script, so it is asked whether every span has its segments;
#: two frames later what was there is painted. Times count from the navigation.
_READY = """
window.benchReady = new Promise((done) => {
  const frame = () => new Promise((next) => requestAnimationFrame(next));
  const shown = () => {
    const keys = new Set();
    for (const seg of document.querySelectorAll("#view .seg"))
      for (const key of seg.marks || []) keys.add(key);
    return keys.size;
  };
  addEventListener("load", async () => {
    while (SPANS && shown() < SPANS) await frame();
    while (WAIT && !document.querySelector(WAIT)) await frame();
    await frame();
    await frame();
    done(performance.now());
  });
});
"""
#: The page may leave the layout of what is far from the window for later; with this it may not.
_WHOLE = """
const sheet = new CSSStyleSheet();
sheet.replaceSync("* { content-visibility: visible !important; }");
document.adoptedStyleSheets = [sheet];
"""
_PAINT = """() => new Promise((done) => {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (entry.name === "first-contentful-paint") done(entry.startTime);
  }).observe({ type: "paint", buffered: true });
})"""
#: By key: the text of its segments; and how many segments have no box, or are not laid out yet.
_OURS = """() => {
  const text = {};
  let boxless = 0, skipped = 0;
  for (const seg of document.querySelectorAll("#view .seg")) {
    for (const key of seg.marks || []) text[key] = (text[key] || "") + seg.textContent;
    if (!seg.checkVisibility({ contentVisibilityAuto: true })) skipped += 1;
    if (seg.textContent.trim() && !seg.getClientRects().length) boxless += 1;
  }
  const elements = document.getElementsByTagName("*").length;
  return { text, boxless, skipped, elements, height: document.documentElement.scrollHeight };
}"""
#: Labels and bars of displaCy: a bar further down than its own box covers the lines below.
_DISPLACY = """() => {
  let bars = 0, labels = 0, below = 0;
  for (const token of document.querySelectorAll("div.spans > span")) {
    const height = parseFloat(token.style.height);
    for (const bar of token.children) {
      if (!bar.children.length) bars += 1;
      else {
        labels += 1;
        if (parseFloat(bar.style.top) + 4 > height) below += 1;
      }
    }
  }
  const elements = document.getElementsByTagName("*").length;
  return { bars, labels, below, elements, height: document.documentElement.scrollHeight };
}"""


@contextmanager
def chromium() -> Iterator[Any]:
    """Give a browser; NEWSPAN_CHROMIUM names another than /usr/bin/chromium."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("NEWSPAN_CHROMIUM", "/usr/bin/chromium")
    # Chromium's own sandbox does not work for root, as in containers.
    options = ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


class Shown:
    """A page in a fresh window, from its navigation on."""

    def __init__(
        self,
        browser: Any,
        page: Path,
        place: str = "",
        *,
        spans: int = 0,
        wait: str = "",
        whole: bool = False,
    ) -> None:
        """Open a page.

        Args:
            browser: of `chromium`.
            page: the file.
            place: where in it, with the `#`.
            spans: how many spans must have segments before it counts as ready.
            wait: the selector of what must be there before it counts as ready.
            whole: lay out all of the page at once, where the page would leave for later what is
                far from the window.
        """
        self.context = browser.new_context(viewport={"width": 1440, "height": 900})
        ready = _READY.replace("SPANS", str(spans)).replace("WAIT", json.dumps(wait))
        self.context.add_init_script(ready)
        if whole:
            self.context.add_init_script(_WHOLE)
        self.page = self.context.new_page()
        self.page.set_default_timeout(300_000)
        self.page.goto(page.resolve().as_uri() + place, wait_until="commit")
        #: Seconds from the navigation until it is ready to read.
        self.seconds = float(self.page.evaluate("() => window.benchReady")) / 1000

    def first_paint(self) -> float:
        """Return the seconds until the first text or picture was painted."""
        return float(self.page.evaluate(_PAINT)) / 1000

    def ours(self) -> dict[str, Any]:
        """Return what a page of newspan shows: `text` by span id, and counts."""
        found: dict[str, Any] = self.page.evaluate(_OURS)
        return found

    def displacy(self) -> dict[str, int]:
        """Return what a page of displaCy shows, as counts."""
        found: dict[str, int] = self.page.evaluate(_DISPLACY)
        return found

    def close(self) -> None:
        """Close the window."""
        self.context.close()
