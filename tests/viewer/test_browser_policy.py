"""The page's own policy holds in a real browser, whatever script should get into the page."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

#: Tries whatever a planted script could try; tells what of it went through.
_TRY = """async (away) => {
  const add = (tag, props) =>
    document.body.append(Object.assign(document.createElement(tag), props));
  add("script", { textContent: "window.ran = 'inline'" });
  add("script", { src: away + "/script.js" });
  add("script", { type: "module", src: away + "/module.js" });
  add("script", { src: "data:text/javascript,window.ran='data'" });
  add("img", { src: away + "/image.png" });
  add("iframe", { src: away + "/frame" });
  add("iframe", { srcdoc: "<script>parent.ran = 'frame'<" + "/script>" });
  add("object", { data: away + "/object" });
  add("video", { src: away + "/video" });
  add("link", { rel: "stylesheet", href: away + "/style.css" });
  add("link", { rel: "prefetch", href: away + "/prefetch" });
  add("div", { innerHTML: `<img src=x onerror="window.ran = 'handler'"><i style="color:red">a</i>
    <style>body { color: red }</style><a href="javascript:window.ran='link'">b</a>` });
  document.querySelector("a[href^=javascript]").click();
  for (const run of [
    () => fetch(away + "/fetch"), () => import(away + "/import.js"),
    () => navigator.sendBeacon(away + "/beacon"), () => new EventSource(away + "/events"),
    () => new Worker(away + "/worker.js"), () => eval("window.ran = 'eval'"),
    () => new Function("window.ran = 'function'")(), () => setTimeout("window.ran = 'timer'"),
  ]) {
    try { await run(); } catch { /* as it should be */ }
  }
  const form = Object.assign(document.createElement("form"), { action: away, method: "post" });
  document.body.append(form);
  form.submit();
  await new Promise((done) => setTimeout(done, 500));
  const red = [document.body, document.querySelector("i[style]")]
    .some((at) => getComputedStyle(at).color === "rgb(255, 0, 0)");
  return [window.ran ?? null, red];
}"""


class _Away(http.server.BaseHTTPRequestHandler):
    """Another server, which notes what it is asked for."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_error(404)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Files(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def serve(handler: Any) -> Iterator[str]:
    """Yield the address of a server that goes when it is not needed any more."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def away() -> Iterator[str]:
    """Return the address of another server."""
    _Away.asked = []
    yield from serve(_Away)


@pytest.fixture
def served(shipped_folder: Path) -> Iterator[str]:
    """Return the address of a server of the folder's files."""
    yield from serve(functools.partial(_Files, directory=str(shipped_folder.parent)))


@pytest.mark.parametrize("kind", ["file", "folder", "served folder"])
def test_no_script_runs_and_nothing_leaves_the_page(
    kind: str, browser: Any, shipped: Path, shipped_folder: Path, served: str, away: str
) -> None:
    """Scripts, handlers, styles, frames, forms and requests of any sort are refused."""
    address = {
        "file": shipped.as_uri(),
        "folder": shipped_folder.as_uri(),
        "served folder": f"{served}/index.html",
    }[kind]
    page = browser.new_page()
    page.goto(address)
    page.wait_for_selector("#view tbody tr")

    ran, red = page.evaluate(_TRY, away)

    assert (ran, red, _Away.asked) == (None, False, [])
    assert page.url == address
    page.close()
