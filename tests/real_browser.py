"""A real browser for tests: Chromium, driven by Playwright."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def chromium() -> Iterator[Any]:
    """Give a browser, or skip the test: NEWSPAN_CHROMIUM, or /usr/bin/chromium."""
    path = Path(os.environ.get("NEWSPAN_CHROMIUM", "/usr/bin/chromium"))
    if not path.exists():
        pytest.skip(f"no browser: {path} is not there, and NEWSPAN_CHROMIUM names no other")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        # Chromium's own sandbox does not work for root, as in containers.
        options = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=str(path), args=options)
        yield browser
        browser.close()
