"""The five commonest marked wordings as a regular expression: the baseline that shames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import regex

from newspan.text import cuts_word
from newspan.training.encoders import Lost
from newspan.training.examples import Example, Mark, Predicted, Progress, tokens_of
from newspan.training.stored import read_json, write_json

NUMBER = 5
_FILE = "five-words.json"


class Wording(msgspec.Struct, frozen=True):
    """A wording, its commonest label, and the share of its places in training that are marked."""

    text: str
    label: str
    confidence: Annotated[float, msgspec.Meta(ge=0, le=1)]


class FiveWords:
    """Marks every place of a few wordings, without regard to case and to the kind of space."""

    def __init__(self, wordings: Sequence[Wording]) -> None:
        """Take the wordings, each case-folded and with single spaces."""
        self.wordings = tuple(wordings)
        self._by_text = {each.text: each for each in self.wordings}
        self._pattern = _pattern(self._by_text)

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Return none that held-out texts fixed."""
        return ()

    def predict(self, example: Example) -> Predicted:
        """Return the places of the wordings; where two overlap, the first and longer one."""
        marks = [
            Mark(*place, found.label, found.confidence)
            for place, text in _places(example, self._pattern)
            if (found := self._by_text.get(text)) is not None
        ]
        unsure = sum(1 - mark.confidence for mark in marks)
        return Predicted(marks, unsure / max(1, sum(map(len, tokens_of(example)))))

    def save(self, folder: Path) -> None:
        """Write five-words.json."""
        write_json(folder / _FILE, self.wordings)


def fit(examples: Sequence[Example], layer: str, seed: int, progress: Progress) -> FiveWords:
    """Return the model of the commonest wordings; of equally common ones, the first by letters."""
    labels: dict[str, Counter[str]] = {}
    for example in examples:
        for mark in example.marks:
            labels.setdefault(_folded(example.text[mark.start : mark.end]), Counter())[
                mark.label
            ] += 1
    commonest = sorted(labels, key=lambda text: (-labels[text].total(), text))[:NUMBER]
    pattern = _pattern(commonest)
    seen: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    for example in examples:
        marked = {mark[:2] for mark in example.marks}
        for place, text in _places(example, pattern):
            seen[text] += 1
            hit[text] += place in marked
    return FiveWords(
        [
            Wording(
                text,
                min(labels[text], key=lambda label: (-labels[text][label], label)),
                hit[text] / max(1, seen[text]),
            )
            for text in commonest
        ]
    )


def load(folder: Path) -> FiveWords:
    """Return a model from its file."""
    return FiveWords(read_json(folder / _FILE, tuple[Wording, ...]))


def lost(examples: Sequence[Example], layer: str) -> list[Lost]:
    """Return nothing: wordings are counted as they stand."""
    return []


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _pattern(texts: Sequence[str] | dict[str, Wording]) -> Any:
    """Return what finds any of some folded texts: full case folding, and any white space."""
    longest = sorted(texts, key=len, reverse=True)
    # A marked stretch of nothing but white space folds to nothing.
    parts = [r"\s+".join(map(regex.escape, text.split())) for text in longest if text]
    if not parts:
        return None
    return regex.compile("|".join(parts), regex.IGNORECASE | regex.FULLCASE | regex.VERSION1)


def _places(example: Example, pattern: Any) -> list[tuple[tuple[int, int], str]]:
    """Return the places of a pattern that cut no word, each with its folded text."""
    if pattern is None:
        return []
    return [
        (match.span(), _folded(match[0]))
        for stretch in example.stretches
        for match in pattern.finditer(example.text, *stretch)
        if not any(cuts_word(example.text, border) for border in match.span())
    ]
