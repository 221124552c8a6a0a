"""A reader before a page of the viewer: a window of a real browser, and what went wrong in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

#: Run before any script of the page: keeps breaches of its policy.
_WATCH = """
window.breaches = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.breaches.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""
#: By key of a mark: the text of its segments in the order of the page.
_SEGMENTS = """(within) => {
  const found = {};
  for (const seg of document.querySelectorAll(`${within} .seg`)) {
    for (const key of seg.marks || []) found[key] = (found[key] || "") + seg.textContent;
  }
  return found;
}"""

#: Every view, with what makes it show most.
EVERYWHERE = (
    "#items",
    "#search?q=media",
    "#search?in=label&q=Exaggeration-Minimisation",
    "#search?in=source&q=media",
    "#item/001-i1?set=consensus&span=rf25215e4035e9ea",
    "#item/000-i1?set=reuse_v1",
    "#reuse",
    "#comparison",
    "#comparison/001-i1",
    "#figures",
    "#about",
)


class Reader:
    """A window with a page of the viewer. `page` is Playwright's."""

    def __init__(
        self,
        browser: Any,
        target: Path | str,
        hash_: str = "",
        *,
        width: int = 1440,
        height: int = 900,
        allowed: tuple[str, ...] = (),
        forgiven: bool = False,
        **context: Any,
    ) -> None:
        """Open a page, at an address in it, and wait until it is shown.

        Args:
            browser: Playwright's browser.
            target: the page's file, or its address on a server.
            hash_: the address in the page, with its `#`.
            width: of the window, in pixels.
            height: of the window, in pixels.
            allowed: what messages on the console may hold, where a test causes them.
            forgiven: whether errors of scripts don't count, where a test breaks a script.
            context: for Playwright: `color_scheme` and the like.
        """
        self.context = browser.new_context(viewport={"width": width, "height": height}, **context)
        self.context.add_init_script(_WATCH)
        self.page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.address = target.resolve().as_uri() if isinstance(target, Path) else target
        self.allowed = allowed
        self._faults: list[str] = []
        self.page.on("console", self._console)
        if not forgiven:
            self.page.on("pageerror", lambda error: self._faults.append(f"error: {error}"))
        self.page.on("dialog", self._dialog)
        self.context.on("request", self._request)
        self.context.on("page", lambda page: self._faults.append(f"window: {page.url}"))
        self.page.goto(self.address + hash_)
        self.settle()

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning") and not any(
            each in message.text for each in self.allowed
        ):
            self._faults.append(f"console: {message.text}")

    def _dialog(self, dialog: Any) -> None:
        self._faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        url, own = urlsplit(request.url), urlsplit(self.address)
        inside = own.path.rpartition("/")[0] + "/parts/"
        same = (url.scheme, url.netloc) == (own.scheme, own.netloc)
        if url.scheme in ("data", "blob"):
            return
        if not same or (url.path != own.path and not url.path.startswith(inside)):
            self._faults.append(f"request: {request.url}")

    def faults(self) -> list[str]:
        """Return what went wrong so far."""
        breaches = [f"policy: {each}" for each in self.page.evaluate("() => window.breaches")]
        return self._faults + breaches

    def close(self) -> None:
        """Close the window."""
        self.context.close()

    # --- where one is -----------------------------------------------------------------------------

    def settle(self) -> None:
        """Wait until a view is shown and two frames have been drawn."""
        self.page.wait_for_function(
            "() => { const at = document.querySelector('#view > .view');"
            " return at && at.childElementCount && !at.querySelector('[aria-busy=true]'); }"
        )
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def go(self, hash_: str) -> None:
        """Go to an address in the page, as a link does, and wait until it is shown."""
        self.page.evaluate("(hash) => { location.hash = hash; }", hash_)
        self.page.wait_for_timeout(30)
        self.settle()

    @property
    def hash(self) -> str:
        """Return the address in the page."""
        return str(self.page.evaluate("() => location.hash"))

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.page.wait_for_timeout(20)

    # --- what is shown ----------------------------------------------------------------------------

    def segments(self, within: str = "#view") -> dict[str, str]:
        """Return the text that the segments of each mark cover, by the mark's key."""
        found: dict[str, str] = self.page.evaluate(_SEGMENTS, within)
        return found

    def text(self, selector: str) -> str:
        """Return the text of an element as it stands in the page, shown or not."""
        return str(self.page.locator(selector).first.evaluate("(at) => at.textContent"))

    def focused(self) -> str:
        """Return the accessible text of what has the focus."""
        return str(
            self.page.evaluate(
                "() => { const at = document.activeElement;"
                " return at.getAttribute('aria-label') || at.textContent || at.tagName; }"
            )
        )

    def overflows(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        return int(
            self.page.evaluate(
                "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )
