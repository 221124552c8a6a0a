"""Sub-words of long items are looked up, not looked through."""

from __future__ import annotations

from typing import Any

import pytest

from newspan.text import words
from newspan.training import pieces
from newspan.training.examples import Example


@pytest.mark.parametrize("paragraphs", [1, 40])
def test_each_sub_word_is_looked_at_once(monkeypatch: pytest.MonkeyPatch, paragraphs: int) -> None:
    """However many stretches there are: else a long text would take hours."""
    line = "The ferry sails late."
    text = "\n".join([line] * 40)
    extents = words(text)
    length = len(text) // paragraphs + 1
    stretches = tuple((at, min(at + length, len(text))) for at in range(0, len(text), length))
    seen: list[Any] = []
    own = pieces.held

    def counted(*arguments: Any) -> Any:
        seen.append(arguments)
        return own(*arguments)

    monkeypatch.setattr(pieces, "held", counted)
    visited: list[Any] = []
    within = pieces._Known.within

    def noted(self: Any, start: int, end: int) -> Any:
        for each in within(self, start, end):
            visited.append(each)
            yield each

    monkeypatch.setattr(pieces._Known, "within", noted)
    example = Example(0, "i", (0, "l"), 0, text, stretches)
    found = pieces.pieces_of(example, lambda _: (list(range(len(extents))), extents), 4)

    assert len(seen) == len(extents)
    assert len(visited) <= len(extents) + 2 * paragraphs
    assert len(found.first) == len({*found.first}) > 100
