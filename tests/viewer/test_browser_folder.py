"""A folder of parts in a real browser: from files, and from a server that only serves files."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newspan.corpus import Corpus
from view_reader import Reader

View = Callable[..., Reader]
ROOT = Path(__file__).parents[2]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def served(shipped_folder: Path) -> Iterator[str]:
    """Return the address of the folder's first page on a server of files."""
    handler = functools.partial(_Quiet, directory=str(shipped_folder.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/index.html"
        server.shutdown()


def assert_works(reader: Reader, corpus: Corpus) -> None:
    """List, items, search, shared passages, comparison and figures are there."""
    assert reader.page.locator("#view tbody tr").count() == len(corpus.items)
    for item_id, (document, item) in corpus.items.items():
        reader.go(f"#item/{item_id}?set=consensus")
        expected = {
            span.id: span.text for span in corpus.sets["consensus"].spans_in.get(item_id, ())
        }
        found = reader.segments()
        assert {key: found.get(key) for key in expected} == expected
        assert reader.text("#view .text") == corpus.texts[document.id][item.start : item.end]
    reader.go("#search?q=troll")
    reader.page.wait_for_selector("#view a[href*='at=']")
    for place in ("#reuse", "#comparison", "#figures", "#about"):
        reader.go(place)
        assert reader.page.locator("#view [role=alert]").count() == 0


def test_a_folder_works_from_files(viewed: View, shipped_folder: Path, corpus: Corpus) -> None:
    """Opened from a disk, without any server."""
    assert_works(viewed(shipped_folder), corpus)


def test_a_folder_works_from_a_server_of_files(viewed: View, served: str, corpus: Corpus) -> None:
    """Static hosting is enough."""
    assert_works(viewed(served), corpus)


def test_only_what_is_looked_at_is_loaded(viewed: View, shipped_folder: Path) -> None:
    """The list needs no item; an item needs its own part alone."""
    reader = viewed(shipped_folder)
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))

    reader.page.reload()
    reader.settle()
    assert [each for each in asked if each.startswith("item-")] == []
    reader.go("#item/001-i1?set=consensus")

    assert [each for each in asked if each.startswith("item-")] == ["item-001-i1.js"]


def test_a_part_that_is_missing_is_named(
    viewed: View, shipped_folder: Path, tmp_path: Path
) -> None:
    """Where a file is gone, or damaged, the page says which, and the rest works."""
    folder = tmp_path / "view"
    shutil.copytree(shipped_folder.parent, folder)
    (folder / "parts/item-001-i1.js").unlink()
    (folder / "parts/item-002-i1.js").write_text("newspanPart(", encoding="utf-8")
    allowed = ("ERR_FILE_NOT_FOUND", "item-001-i1.js", "item-002-i1.js")
    reader = viewed(folder / "index.html", "#item/001-i1", allowed=allowed, forgiven=True)

    assert "item-001-i1.js" in reader.page.locator("#view [role=alert]").first.inner_text()
    reader.go("#item/002-i1")
    assert "item-002-i1.js" in reader.page.locator("#view [role=alert]").first.inner_text()
    reader.go("#item/003-i1")
    assert reader.page.locator("#view .text .seg").count()
