"""The five commonest marked wordings as a regular expression: the baseline that shames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import regex

from newspan.text import cuts_word, words
from newspan.training.encoders import Lost
from newspan.training.examples import (
    Example,
    Extent,
    Mark,
    Predicted,
    Progress,
    tokens_of,
)
from newspan.training.stored import read_json, write_json

NUMBER = 5
_FILE = "five-words.json"

#: Masked names, whose length would tell which name stood there; and the same in a folded wording.
_HIDDEN = regex.compile(r"\bX{2,}\b")
_FOLDED_HIDDEN = regex.compile(r"\bxx\b")


class Wording(msgspec.Struct, frozen=True):
    """A wording, its commonest label, and the share of its places in training that are marked."""

    text: str
    label: str
    confidence: Annotated[float, msgspec.Meta(ge=0, le=1)]


class FiveWords:
    """Marks every place of a few wordings, without regard to case and to the kind of space."""

    def __init__(self, wordings: Sequence[Wording]) -> None:
        """Take the wordings, each as `_folded` returns it."""
        self.wordings = tuple(wordings)
        self._patterns = [_pattern(each.text) for each in self.wordings]

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Return none that held-out texts fixed."""
        return ()

    def predict(self, example: Example) -> Predicted:
        """Return the places of the wordings; where two overlap, the first and longer one.

        Uncertainty counts nothing for the words that are not marked.
        """
        marks = [
            Mark(*place, self.wordings[number].label, self.wordings[number].confidence)
            for place, number in _places(example, self._patterns)
        ]
        unsure = sum((1 - m.confidence) * len(words(example.text, *m[:2])) for m in marks)
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
    patterns = [_pattern(text) for text in commonest]
    seen: Counter[int] = Counter()
    hit: Counter[int] = Counter()
    for example in examples:
        marked = {mark[:2] for mark in example.marks}
        for place, number in _places(example, patterns):
            seen[number] += 1
            hit[number] += place in marked
    return FiveWords(
        [
            Wording(
                text,
                min(labels[text], key=lambda label: (-labels[text][label], label)),
                hit[number] / max(1, seen[number]),
            )
            for number, text in enumerate(commonest)
        ]
    )


def load(folder: Path) -> FiveWords:
    """Return a model from its file."""
    return FiveWords(read_json(folder / _FILE, tuple[Wording, ...]))


def lost(examples: Sequence[Example], layer: str) -> list[Lost]:
    """Return nothing: wordings are counted as they stand."""
    return []


def _folded(text: str) -> str:
    """Return a wording without regard to case, the kind of space and the length of masked names."""
    return " ".join(_HIDDEN.sub("XX", text).casefold().split())


def _pattern(folded: str) -> Any:
    """Return what finds a folded text: by full case folding."""
    parts = [_FOLDED_HIDDEN.sub("x{2,}", regex.escape(part)) for part in folded.split()]
    # Python's white space is more than that of a regular expression. A marked stretch of nothing
    # but white space folds to nothing, which stands nowhere.
    return regex.compile(
        r"[\s\x1c-\x1f]+".join(parts) or r"(?!)",
        regex.IGNORECASE | regex.FULLCASE | regex.VERSION1,
    )


def _places(example: Example, patterns: Sequence[Any]) -> list[tuple[Extent, int]]:
    """Return the places of patterns that cut no word, each with its pattern's number."""
    found = [
        (match.span(), number)
        for stretch in example.stretches
        for number, pattern in enumerate(patterns)
        for match in pattern.finditer(example.text, *stretch, overlapped=True)
        if not any(cuts_word(example.text, border) for border in match.span())
    ]
    kept: list[tuple[Extent, int]] = []
    for place, number in sorted(found, key=lambda each: (each[0][0], -each[0][1])):
        if not kept or kept[-1][0][1] <= place[0]:
            kept.append((place, number))
    return kept
