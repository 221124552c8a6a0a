"""Fixtures that several test files share; nothing here may reach the network."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

# Before datasets is imported anywhere: offline, and a cache of its own, since datasets keeps the
# rows of a local directory by name and card, not by content.
_CACHE = tempfile.mkdtemp(prefix="newspan-test-cache-")
os.environ["HF_HOME"] = _CACHE
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_DISABLE_PROGRESS_BARS"] = "1"

hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "dev")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session", autouse=True)
def _remove_cache() -> Iterator[None]:
    yield
    shutil.rmtree(_CACHE, ignore_errors=True)


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the checkout: the shipped corpus."""
    return ROOT


@pytest.fixture(scope="session")
def shipped_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a release of the shipped corpus; don't change it."""
    from newspan import build

    return build(ROOT, tmp_path_factory.mktemp("shipped")).path


@pytest.fixture(scope="session")
def good_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a release of the small corpus with hostile text and every record; don't change it."""
    from corpora import GOOD
    from newspan import build

    return build(GOOD, tmp_path_factory.mktemp("good")).path
