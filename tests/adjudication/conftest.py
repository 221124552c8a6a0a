"""Fixtures of adjudication in Label Studio: a server in memory, and corpora to decide on."""

from __future__ import annotations

from pathlib import Path

import pytest

from adjudication_texts import add_pass
from corpora import copy_good
from newspan.labelstudio import servers
from review_server import URL, FakeServer


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeServer:
    """Return the server that everybody is connected with."""
    made = FakeServer()
    monkeypatch.setattr(servers, "connect", lambda url, token: made)
    monkeypatch.setenv("LABEL_STUDIO_URL", URL)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "token")
    return made


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """Return a copy of the small corpus, its consensus alone."""
    return copy_good(tmp_path)


@pytest.fixture
def passes(plain: Path) -> Path:
    """Return the small corpus with two passes that differ in four places."""
    add_pass(plain, "pass_a")
    add_pass(
        plain,
        "pass_b",
        {
            "c1": {"factuality": "opinion"},
            "l1": {"start": 67, "end": 75, "text": "“rotten”"},
            "a2": {"source_ids": None, "source_kind": "none"},
            "s2": None,
            "l3": None,
        },
    )
    return plain
