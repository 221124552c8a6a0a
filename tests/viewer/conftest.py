"""Pages that a viewer made, and a real browser that reads them.

`viewed(page)` opens one in a fresh window; what goes wrong there fails the test: an error on the
console or of a script, a breach of the page's own policy, a request to anything but the page
itself. Tests with a browser are skipped where there is no Chromium (NEWSPAN_CHROMIUM, or
/usr/bin/chromium).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import hostile_page
from newspan import view
from newspan.corpus import Corpus, read_corpus
from real_browser import chromium
from view_reader import Reader

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return a real browser, or skip; a module's own, since its loop is in the way of others."""
    with chromium() as started:
        yield started


@pytest.fixture
def viewed(browser: Any) -> Iterator[Callable[..., Reader]]:
    """Return a function that opens a page as a reader does; at the end nothing may have failed."""
    readers: list[Reader] = []

    def open_(page: Path | str, hash_: str = "", **how: Any) -> Reader:
        readers.append(Reader(browser, page, hash_, **how))
        return readers[-1]

    yield open_
    faults = [fault for reader in readers for fault in reader.faults()]
    for reader in readers:
        reader.close()
    assert faults == []


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """Return the shipped corpus."""
    found, _ = read_corpus(ROOT)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of the shipped corpus."""
    return view(ROOT, out=tmp_path_factory.mktemp("shipped-view") / "view.html").page


@pytest.fixture(scope="session")
def shipped_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the first page of the shipped corpus as a folder."""
    return view(ROOT, out=tmp_path_factory.mktemp("shipped-view") / "folder", folder=True).page


@pytest.fixture(scope="session")
def hostile_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the corpus whose every free text tries to break out."""
    return hostile_page.write_corpus(tmp_path_factory.mktemp("hostile") / "corpus")


@pytest.fixture(scope="session")
def hostile(hostile_corpus: Path) -> Path:
    """Return the page of the hostile corpus, with addresses in it that would run something."""
    page = view(hostile_corpus, out=hostile_corpus.parent / "view.html").page
    text = page.read_text(encoding="utf-8")
    assert hostile_page.SWAPPED in text
    swapped = text.replace(hostile_page.SWAPPED, hostile_page.JAVASCRIPT)
    page.write_text(swapped, encoding="utf-8", newline="")
    return page
