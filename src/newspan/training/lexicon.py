"""Log-odds of words and pairs of words: how much oftener they stand in spans than elsewhere."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise
from pathlib import Path
from typing import Annotated

import msgspec

from newspan.training.encoders import Bio, Lost
from newspan.training.examples import (
    Example,
    Extent,
    Mark,
    Predicted,
    Progress,
    labels_of,
    marks_in,
    tokens_of,
)
from newspan.training.kinds import chains
from newspan.training.stored import read_json, write_json
from newspan.training.words import form

#: How many words without any evidence each word is counted with, shared out as the layer is.
PRIOR = 4.0
_FILE = "lexicon.json"


class Lexicon(msgspec.Struct, frozen=True):
    """The log-odds of one chain of labels.

    `odds` has them by word, and by pair of words with a space between; what is not there has 0.
    `label` is the commonest one, `labels` those of single words that have another. A token is
    marked when its score is above `threshold`; `share` is the part of tokens that is marked.
    """

    label: str
    labels: dict[str, str]
    odds: dict[str, Annotated[float, msgspec.Meta(ge=-99, le=99)]]
    threshold: float
    share: Annotated[float, msgspec.Meta(gt=0, lt=1)]


class LexiconModel:
    """Marks runs of tokens whose score is above the threshold."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        """Take one lexicon per chain of labels."""
        self.lexicons = tuple(lexicons)

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Return none that held-out texts fixed."""
        return ()

    def predict(self, example: Example) -> Predicted:
        """Return runs of marked tokens of one label; the mean of their odds is the confidence."""
        marks: list[Mark] = []
        unsure: list[float] = []
        for tokens in tokens_of(example):
            words = [form(example.text[start:end]) for start, end in tokens]
            for lexicon in self.lexicons:
                found, its = _runs(lexicon, words, tokens)
                marks += found
                unsure += its
        return Predicted(sorted(marks), sum(unsure) / max(1, len(unsure)))

    def save(self, folder: Path) -> None:
        """Write lexicon.json."""
        write_json(folder / _FILE, self.lexicons)


def fit(examples: Sequence[Example], layer: str, seed: int, progress: Progress) -> LexiconModel:
    """Return the lexicons of the labels that occur.

    A word's score is log((a + m p) / (b + m (1 - p))) - log(p / (1 - p)), where a and b count it in
    spans and elsewhere, p is the share of tokens in spans and m is PRIOR. A token's is the highest
    of its own and of both pairs that it is part of. The threshold lets as large a share of the
    training tokens pass as are in spans, each scored as if it had not been seen itself.
    """
    return LexiconModel([_fit(examples, labels) for labels in chains(layer, labels_of(examples))])


def load(folder: Path) -> LexiconModel:
    """Return a model from its file."""
    return LexiconModel(read_json(folder / _FILE, tuple[Lexicon, ...]))


def lost(examples: Sequence[Example], layer: str) -> list[Lost]:
    """Return the marks whose borders are not those of words, or that a longer one hides."""
    found: list[Lost] = []
    for example in examples:
        tokens = [token for stretch in tokens_of(example) for token in stretch]
        for labels in chains(layer, labels_of([example])):
            own = [mark for mark in example.marks if mark.label in labels]
            found += Bio(labels).encode(example.text, own, tokens).lost
    return found


def _own(example: Example, tokens: list[Extent], labels: Sequence[str]) -> list[Mark]:
    return [mark for mark in marks_in(example, tokens) if mark.label in labels]


def _pairs(words: Sequence[str]) -> list[str]:
    return [f"{one} {other}" for one, other in pairwise(words)]


def _fit(examples: Sequence[Example], labels: tuple[str, ...]) -> Lexicon:
    rows: list[tuple[list[str], list[str]]] = []  # the words of a stretch, and their labels or ""
    for example in examples:
        for tokens in tokens_of(example):
            own = _own(example, tokens, labels)
            tags = Bio(labels).encode(example.text, own, tokens).values
            words = [form(example.text[start:end]) for start, end in tokens]
            rows.append((words, [tag[2:] for tag in tags]))
    inside: Counter[str] = Counter()
    outside: Counter[str] = Counter()
    by_word: dict[str, Counter[str]] = {}
    for words, tags in rows:
        for word, tag in zip(words, tags, strict=True):
            (inside if tag else outside)[word] += 1
            if tag:
                by_word.setdefault(word, Counter())[tag] += 1
        for place, pair in enumerate(_pairs(words)):
            (inside if tags[place] and tags[place + 1] else outside)[pair] += 1
    flags = [bool(tag) for _, tags in rows for tag in tags]
    share = min(max(sum(flags) / max(1, len(flags)), 1e-9), 1 - 1e-9)

    def odds(word: str, less_in: int = 0, less_out: int = 0) -> float:
        a, b = inside[word] - less_in, outside[word] - less_out
        if a + b <= 0:
            return 0.0
        ratio = (a + PRIOR * share) / (b + PRIOR * (1 - share))
        return math.log(ratio) - math.log(share / (1 - share))

    unseen: list[float] = []
    for words, tags in rows:
        single = [odds(w, bool(t), not t) for w, t in zip(words, tags, strict=True)]
        both = [bool(tags[at] and tags[at + 1]) for at in range(len(words) - 1)]
        pairs = [odds(p, b, not b) for p, b in zip(_pairs(words), both, strict=True)]
        unseen += _scores(single, pairs)
    total: Counter[str] = Counter(tag for _, tags in rows for tag in tags if tag)
    common = _first(total)
    labels_by_word = {word: _first(tags) for word, tags in sorted(by_word.items())}
    return Lexicon(
        common,
        {word: label for word, label in labels_by_word.items() if label != common},
        {word: odds(word) for word in sorted(inside)},
        _threshold(unseen, sum(flags)),
        share,
    )


def _first(counts: Counter[str]) -> str:
    return min(counts, key=lambda label: (-counts[label], label), default="")


def _threshold(scores: Sequence[float], number: int) -> float:
    """Return what at most `number` scores are above; never below 0, the score of no evidence."""
    ranked = sorted(scores, reverse=True)
    return max(0.0, ranked[number] if number < len(ranked) else 0.0)


def _scores(single: Sequence[float], pairs: Sequence[float]) -> list[float]:
    return [
        max(own, *pairs[max(0, at - 1) : at + 1]) if pairs else own for at, own in enumerate(single)
    ]


def _runs(
    lexicon: Lexicon, words: Sequence[str], tokens: Sequence[Extent]
) -> tuple[list[Mark], list[float]]:
    """Return the marks of a stretch, and how unsure each of its tokens is, in 0 to 1."""
    single = [lexicon.odds.get(word, 0.0) for word in words]
    scores = _scores(single, [lexicon.odds.get(pair, 0.0) for pair in _pairs(words)])
    base = math.log(lexicon.share / (1 - lexicon.share))
    sure = [1 / (1 + math.exp(-(score + base))) for score in scores]
    labels = [
        lexicon.labels.get(word, lexicon.label) if score > lexicon.threshold else ""
        for word, score in zip(words, scores, strict=True)
    ]
    marks = []
    for label, run in groupby(range(len(words)), key=labels.__getitem__):
        places = list(run)
        if label:
            mean = sum(sure[at] for at in places) / len(places)
            marks.append(Mark(tokens[places[0]][0], tokens[places[-1]][1], label, mean))
    return marks, [1 - p if label else p for p, label in zip(sure, labels, strict=True)]
