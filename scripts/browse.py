"""What an annotator does in Label Studio's page, with real mouse and key events.

The live tests and scripts/screenshots.py use it; the page comes from Playwright.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

#: Points (x, y) on the screen for a border between two characters, given as its offset in code
#: points: wherever the page itself says that a click there falls between these two.
_POINTS = """
(offset) => {
  const root = document.querySelector('.newspan-text .lsf-richtext__container');
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  const starts = new Map();
  const near = [];
  let count = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeName === 'BR') count += 1;
    if (node.nodeType !== Node.TEXT_NODE) continue;
    starts.set(node, count);
    let at = 0;
    for (const c of node.data) {
      if (count === offset || count + 1 === offset) near.push([node, at, at + c.length]);
      at += c.length;
      count += 1;
    }
  }
  const offsetOf = (x, y) => {
    const caret = document.caretRangeFromPoint(x, y);
    if (!caret || !starts.has(caret.startContainer)) return null;
    const before = caret.startContainer.data.slice(0, caret.startOffset);
    return starts.get(caret.startContainer) + [...before].length;
  };
  const found = [];
  for (const [node, from, to] of near) {
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to);
    for (const box of range.getClientRects()) {
      const y = (box.top + box.bottom) / 2;
      for (const x of [box.left + 0.25 * box.width, box.right - 0.25 * box.width,
                       box.left + 0.5, box.right - 0.5])
        if (offsetOf(x, y) === offset) found.push([x, y]);
    }
  }
  return {count, found};
}
"""

_SCROLL = """
(offset) => {
  const root = document.querySelector('.newspan-text .lsf-richtext__container');
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  let count = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeName === 'BR') count += 1;
    if (node.nodeType !== Node.TEXT_NODE) continue;
    count += [...node.data].length;
    if (count > offset) { node.parentElement.scrollIntoView({block: 'center'}); return; }
  }
}
"""

_REGIONS = "() => window.Htx?.annotationStore?.selected?.regions.length ?? -1"

_TIES = "() => window.Htx.annotationStore.selected.relationStore.relations.length"


class Annotator:
    """Somebody who is logged in and works on one task after another.

    Offsets are code points into the task's text.
    """

    def __init__(self, page: Any, url: str, project: int) -> None:
        self.page, self.url, self.project = page, url, project

    def open(self, task: int, regions: int = 0) -> None:
        """Open a task and wait until its regions are there: submitting earlier can lose them."""
        self.page.goto(f"{self.url}/projects/{self.project}/data?task={task}")
        self.page.wait_for_selector(".newspan-text .lsf-richtext__container")
        self.page.wait_for_function(
            "([task, regions]) => {"
            "  const store = window.Htx, chosen = store?.annotationStore?.selected;"
            "  return store?.task?.id == task && chosen?.regions.length === regions"
            "    && chosen.regions.every(r => !r._spans || r._hasSpans)"
            "    && !document.querySelector('.lsf-richtext__loading, .ant-spin-spinning');"
            "}",
            arg=[task, regions],
        )

    def mark(self, label: str, start: int, end: int) -> None:
        """Choose a label by its title, or its key, and drag over the characters between."""
        before = self.page.evaluate(_REGIONS)
        if len(label) == 1:
            self.page.keyboard.press(label)
        else:
            self.label(label)
        (x, y), (to_x, to_y) = self._point(start), self._point(end)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move((x + to_x) / 2, (y + to_y) / 2)
        self.page.mouse.move(to_x, to_y)
        self.page.mouse.up()
        self.page.wait_for_function(f"n => ({_REGIONS})() === n + 1", arg=before)

    def label(self, title: str) -> None:
        """Click on a label; the chosen region, if there is one, gets it."""
        self.page.locator(".newspan-side .lsf-label", has_text=title).first.click()

    def choose(self, *words: str) -> None:
        """Click on a region in the list of regions, the first whose label and words hold these."""
        self.release()
        self._listed(*words).click()
        self.page.wait_for_selector(".newspan-question:visible")

    def release(self) -> None:
        """Choose no region any more."""
        self.page.keyboard.press("Escape")

    def delete(self) -> None:
        """Delete the chosen region."""
        before = self.page.evaluate(_REGIONS)
        self.page.keyboard.press("Backspace")
        self.page.wait_for_function(f"n => ({_REGIONS})() === n - 1", arg=before)

    def answer(self, question: str, answer: str) -> None:
        """Answer what is asked of the chosen region, by the titles on the screen."""
        place = self._question(question)
        if place.locator("button").count():
            place.locator("button").first.click()
            offered = self.page.locator("[data-testid=choiceOptionText]:visible")
            offered.filter(has_text=re.compile(f"^{re.escape(answer)}$")).last.click()
        else:
            place.locator("label", has=self.page.locator(f'[name="{answer}"]')).click()

    def write(self, question: str, text: str) -> None:
        """Type into a text field of the chosen region."""
        field = self._question(question).locator("input, textarea").first
        field.click()
        for number, line in enumerate(text.split("\n")):
            if number:
                self.page.keyboard.press("Enter")
            self.page.keyboard.insert_text(line)

    def touch(self) -> None:
        """Set and take back an answer: without a change, nothing can be saved."""
        self._listed().click()
        self.page.wait_for_selector(".newspan-question:visible")
        for _ in range(2):
            self.page.keyboard.press("0")
        self.release()

    def tie(self, one: Sequence[str], other: Sequence[str]) -> None:
        """Draw a relation from one region to another, both found as `choose` finds them."""
        ties = self.page.evaluate(_TIES)
        self.choose(*one)
        self.page.keyboard.press("Alt+r")
        self._listed(*other).click()
        self.page.wait_for_function(f"n => ({_TIES})() === n + 1", arg=ties)

    def press(self, button: str) -> None:
        """Press Submit, Update or Skip and wait for the server's answer."""
        with self.page.expect_response(
            lambda r: "/annotations" in r.url and r.request.method in ("POST", "PATCH")
        ) as answered:
            self.page.locator("button", has_text=button).last.click()
        assert answered.value.ok, answered.value.text()

    def _listed(self, *words: str) -> Any:
        """Return a line of the list of regions, of which only those in view are in the page."""
        found = self.page.locator(".lsf-outliner-item")
        for each in words:
            found = found.filter(has_text=each)
        lines = self.page.locator(".lsf-tree-list-holder")
        lines.evaluate("list => list.scrollTop = 0")
        for _ in range(self.page.evaluate(_REGIONS)):
            self.page.wait_for_timeout(50)  # until the list is drawn anew
            if found.count():
                break
            lines.evaluate("list => list.scrollTop += list.clientHeight / 2")
        return found.first

    def _question(self, title: str) -> Any:
        named = re.compile(rf"^{re.escape(title)}( ?\*)?$")  # a star where an answer is needed
        heading = self.page.get_by_role("heading", name=named)
        return self.page.locator(".newspan-question:visible", has=heading)

    def _point(self, offset: int) -> tuple[float, float]:
        self.page.evaluate(_SCROLL, offset)
        points = self.page.evaluate(_POINTS, offset)["found"]
        assert points, f"no point on the screen lies at offset {offset}"
        return points[0][0], points[0][1]
