"""A made-up corpus in memory, and annotation sets of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from made_corpus import Maker, corpus_of


@pytest.fixture
def maker() -> Callable[[dict[str, list[str]]], Maker]:
    """Return what makes annotation sets of made-up texts."""
    return lambda texts: Maker(corpus_of(texts))
