"""Take pictures of the viewer: all views to look at, and three for the docs.

    python scripts/view_screenshots.py FOLDER [--docs] [--corpus DIR]

Writes every view of the corpus, at 1440 and at 390 pixels, light and dark, to FOLDER. With --docs
three of the shipped corpus go to docs/img/view-*.png too, with a palette of 128 colours, so that
each has at most 250 kB. Needs Chromium (NEWSPAN_CHROMIUM names another than /usr/bin/chromium).
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from newspan import view
from view_bench.browsing import chromium

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "img"
LARGEST = 250_000  # bytes of a picture in the docs
_SETTLED = (
    "() => { const at = document.querySelector('#view > .view');"
    " return at && at.childElementCount && !at.querySelector('[aria-busy=true]'); }"
)


class Shot(NamedTuple):
    """A picture's name and where in the page it is taken; `do` is clicked or pressed first."""

    name: str
    place: str
    do: tuple[str, ...] = ()
    full: bool = False


SHOTS = (
    Shot("items", "#items"),
    Shot("items-whole", "#items", full=True),
    Shot("item", "#item/001-i1?set=consensus"),
    Shot("item-claim", "#item/001-i1?set=consensus&span=cf47fcb48c6da523"),
    Shot("item-attribution", "#item/001-i1?set=consensus&span=rf25215e4035e9ea"),
    Shot("item-many", "#item/004-i1?set=consensus"),
    Shot("item-copy", "#item/002-i1?set=reuse_v1"),
    Shot("search", "#search?q=troll"),
    Shot("search-label", "#search?in=label&q=Exaggeration-Minimisation"),
    Shot("search-source", "#search?in=source&q=media"),
    Shot("item-provenance", "#item/000-i1?set=consensus", ("role=button[name=Provenance]",)),
    Shot("item-spans", "#item/000-i1?set=consensus", ("role=button[name=Spans]",)),
    Shot("reuse", "#reuse"),
    Shot("reuse-whole", "#reuse", full=True),
    Shot("reuse-passage", "#reuse", do=("#view table a",)),
    Shot("comparison", "#comparison"),
    Shot("comparison-whole", "#comparison", full=True),
    Shot("comparison-conflict", "#comparison?in=001-i1", do=("text=Step through them",)),
    Shot("comparison-item", "#comparison/001-i1"),
    Shot("figures", "#figures"),
    Shot("figures-whole", "#figures", full=True),
    Shot("about", "#about", full=True),
    Shot("help", "#items", do=("?",)),
    Shot("nothing", "#item/none"),
)
#: For the docs: each as it is seen without scrolling.
DOCS = (
    Shot("item", "#item/001-i1?set=consensus&span=rf25215e4035e9ea"),
    Shot("comparison", "#comparison?conflict=xd1ddfcccc0ed04b"),
    Shot("reuse", "#reuse"),
)


def main() -> int:
    """Take the pictures and print their files; 1 when one for the docs is too large."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--docs", action="store_true", help="write docs/img/view-*.png too")
    parser.add_argument("--corpus", type=Path, default=ROOT)
    parser.add_argument("--only", help="names of pictures that begin with this")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    too_large = 0
    with tempfile.TemporaryDirectory() as work, chromium() as browser:
        page = view(options.corpus, out=Path(work) / "view.html").page
        for scheme in ("light", "dark"):
            for width, height in ((1440, 900), (390, 844)):
                window = _window(browser, page, width, height, scheme)
                for shot in SHOTS:
                    if options.only and not shot.name.startswith(options.only):
                        continue
                    path = options.folder / f"{shot.name}-{width}-{scheme}.png"
                    path.write_bytes(_taken(window, shot))
                    print(path)
                window.context.close()
        if options.docs:
            IMAGES.mkdir(exist_ok=True)
            window = _window(browser, page, 1440, 900, "light")
            for shot in DOCS:
                path = IMAGES / f"view-{shot.name}.png"
                path.write_bytes(_reduced(_taken(window, shot)))
                print(path, path.stat().st_size)
                too_large += path.stat().st_size > LARGEST
            window.context.close()
    return 1 if too_large else 0


def _window(browser: Any, page: Path, width: int, height: int, scheme: str) -> Any:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
    )
    window = context.new_page()
    window.set_default_timeout(20_000)
    window.goto(page.resolve().as_uri())
    return window


def _taken(window: Any, shot: Shot) -> bytes:
    window.evaluate("(hash) => { location.hash = hash; scrollTo(0, 0); }", shot.place)
    window.wait_for_timeout(100)
    window.wait_for_function(_SETTLED)
    for each in shot.do:
        if len(each) == 1:
            window.keyboard.press(each)
        else:
            window.locator(each).first.click()
        window.wait_for_timeout(150)
        window.wait_for_function(_SETTLED)
    window.mouse.move(0, 0)
    window.wait_for_timeout(300)
    taken: bytes = window.screenshot(full_page=shot.full, animations="disabled", caret="hide")
    window.keyboard.press("Escape")
    return taken


def _reduced(taken: bytes) -> bytes:
    from PIL import Image

    small = Image.open(io.BytesIO(taken)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
