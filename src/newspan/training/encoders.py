"""Spans as labels of tokens, and back; what tokens cannot say is returned, never dropped.

Tokens are extents in code points, in text order, of any tokenizer. Those that hold nothing but
white space, or nothing at all as the (0, 0) of special tokens, are never part of a span. For every
encoder and all spans x, `decode(encode(x)) + lost == x`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from newspan.training.examples import Extent, Mark
from newspan.training.tokens import Tokens, held

Array = Any

#: Why a span is lost: no tokens have its borders; a longer one is in its place; it has more tokens
#: than are looked at; the same was said twice.
BORDERS, OVERLAP, LENGTH, REPEATED = "borders", "overlap", "length", "repeated"


class Lost(NamedTuple):
    """A span that the encoding could not represent, and why."""

    mark: Mark
    reason: str


class Encoded(NamedTuple):
    """The labels of tokens, in the encoder's own shape, and the spans that they do not say."""

    values: Any
    lost: list[Lost]


def lost_by_reason(lost: Iterable[Lost]) -> Counter[str]:
    """Return how many spans were lost for each reason."""
    return Counter(each.reason for each in lost)


class Bio:
    """One tag per token: B-label where a span begins, I-label within it, O elsewhere.

    Of spans that share a token the longest is kept, of equals the first by start and label.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        """Take the labels that may occur."""
        self.labels = tuple(labels)
        #: All tags; their places are their numbers.
        self.tags = ("O", *(f"{part}-{label}" for label in self.labels for part in "BI"))

    def encode(self, text: str, spans: Iterable[Mark], tokens: Sequence[Extent]) -> Encoded:
        """Return a tag for each token, and the spans that tags cannot say."""
        places = Tokens(text, tokens)
        tags = ["O"] * len(tokens)
        kept, lost = _placed(spans, places, len(places))
        taken = [False] * len(places)
        for mark, (first, last) in kept:
            if any(taken[first:last]):
                lost.append(Lost(mark, OVERLAP))
                continue
            taken[first:last] = [True] * (last - first)
            for number in range(first, last):
                part = "B" if number == first else "I"
                tags[places.real[number]] = f"{part}-{mark.label}"
        return Encoded(tuple(tags), lost)

    def decode(
        self,
        text: str,
        tags: Sequence[str],
        tokens: Sequence[Extent],
        confidence: Sequence[float] | None = None,
    ) -> list[Mark]:
        """Return the spans that tags say, in text order.

        An I that continues nothing begins a span. A span's confidence is the mean of its tokens'.
        """
        places = Tokens(text, tokens)
        found = []
        begin, label = 0, ""
        for number in range(len(places) + 1):
            tag = tags[places.real[number]] if number < len(places) else "O"
            if label and tag != f"I-{label}":
                found.append((begin, number, label))
                label = ""
            if tag != "O" and not label:
                begin, label = number, tag[2:]
        return _marks(found, places, confidence)


class MultiLabel:
    """Two columns per label and token, B and I: spans of different labels may overlap freely.

    Spans of one label that share a token are kept as in `Bio`; those that touch stay apart.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        """Take the labels that may occur: column 2k is the B of label k, 2k + 1 its I."""
        self.labels = tuple(labels)

    def encode(self, text: str, spans: Iterable[Mark], tokens: Sequence[Extent]) -> Encoded:
        """Return an array (tokens, 2 * labels) of 0 and 1, and the spans that it cannot say."""
        import numpy as np

        places = Tokens(text, tokens)
        values = np.zeros((len(tokens), 2 * len(self.labels)), dtype=np.int8)
        kept, lost = _placed(spans, places, len(places))
        real = np.array(places.real, dtype=np.int64)
        for mark, (first, last) in kept:
            column = 2 * self.labels.index(mark.label)
            rows = real[first:last]
            if values[rows, column : column + 2].any():
                lost.append(Lost(mark, OVERLAP))
                continue
            values[rows[0], column] = 1
            values[rows[1:], column + 1] = 1
        return Encoded(values, lost)

    def decode(
        self, text: str, values: Array, tokens: Sequence[Extent], confidence: Array | None = None
    ) -> list[Mark]:
        """Return the spans that an array says, in text order.

        Args:
            text: the text.
            values: (tokens, 2 * labels), not 0 where a B or I is set; B wins where both are.
            tokens: the tokens.
            confidence: (tokens, labels), whose mean over a span's tokens is its confidence.
        """
        import numpy as np

        flags = np.asarray(values) != 0
        found: list[Mark] = []
        for column, label in enumerate(self.labels):
            begins, inside = flags[:, 2 * column], flags[:, 2 * column + 1]
            tags = np.where(begins, f"B-{label}", np.where(inside, f"I-{label}", "O"))
            sure = None if confidence is None else np.asarray(confidence)[:, column].tolist()
            found += Bio((label,)).decode(text, tags.tolist(), tokens, sure)
        return sorted(found)


class Enumeration:
    """All runs of up to `most` tokens as candidates, each with the labels of its spans.

    Nothing but the length of a span is lost where its borders are tokens'.
    """

    def __init__(self, labels: Sequence[str], most: int) -> None:
        """Take the labels that may occur, and the length of the longest candidates, in tokens."""
        if most < 1:
            raise ValueError("candidates have 1 token or more")
        self.labels = tuple(labels)
        self.most = most

    def candidates(
        self, text: str, tokens: Sequence[Extent], stretches: Sequence[Extent] | None = None
    ) -> Array:
        """Return the half-open ranges of tokens (candidates, 2), by first token and length.

        Args:
            text: the text.
            tokens: its tokens; empty ones begin and end nothing.
            stretches: no candidate leaves one of these extents, where they are given.
        """
        import numpy as np

        places = Tokens(text, tokens)
        rows = [
            (places.real[first], places.real[last - 1] + 1)
            for first, end in _runs(places, stretches)
            for last in range(first + 1, min(end, first + self.most) + 1)
        ]
        return np.array(rows, dtype=np.int64).reshape(-1, 2)

    def encode(
        self,
        text: str,
        spans: Iterable[Mark],
        tokens: Sequence[Extent],
        stretches: Sequence[Extent] | None = None,
    ) -> Encoded:
        """Return an array (candidates, labels) of 0 and 1, and the spans that it cannot say."""
        import numpy as np

        places = Tokens(text, tokens)
        rows = self.candidates(text, tokens, stretches).tolist()
        number = {tuple(row): place for place, row in enumerate(rows)}
        values = np.zeros((len(rows), len(self.labels)), dtype=np.int8)
        kept, lost = _placed(spans, places, self.most)
        for mark, (first, last) in kept:
            key = (places.real[first], places.real[last - 1] + 1)
            if key in number:
                values[number[key], self.labels.index(mark.label)] = 1
            else:
                lost.append(Lost(mark, BORDERS))
        return Encoded(values, lost)

    def decode(
        self,
        text: str,
        values: Array,
        tokens: Sequence[Extent],
        stretches: Sequence[Extent] | None = None,
        confidence: Array | None = None,
    ) -> list[Mark]:
        """Return the spans of candidates whose value is not 0, in text order.

        Args:
            text: the text.
            values: (candidates, labels), candidates as `candidates` gives them.
            tokens: the tokens.
            stretches: as they were given to `encode`.
            confidence: of each value, the same shape.
        """
        import numpy as np

        rows = self.candidates(text, tokens, stretches)
        found = []
        for row, column in zip(*np.nonzero(np.asarray(values)), strict=True):
            first, last = rows[row].tolist()
            extent = held(text, tokens[first][0], tokens[last - 1][1])
            sure = 1.0 if confidence is None else float(confidence[row][column])
            found.append(Mark(*extent, self.labels[column], sure))
        return sorted(found)


def _runs(places: Tokens, stretches: Sequence[Extent] | None) -> Iterator[Extent]:
    """Yield, for each token, its number and where the stretch that it begins in ends."""
    if stretches is None:
        yield from ((number, len(places)) for number in range(len(places)))
        return
    for start, end in stretches:
        first, last = places.inside(start, end)
        yield from ((number, last) for number in range(first, last))


def _placed(
    spans: Iterable[Mark], places: Tokens, most: int
) -> tuple[list[tuple[Mark, Extent]], list[Lost]]:
    """Return the spans that tokens have, longest first, and those that none or too many have."""
    found: list[tuple[Mark, Extent]] = []
    lost: list[Lost] = []
    seen: set[tuple[int, int, str]] = set()
    for mark in spans:
        tokens = places.of(mark.start, mark.end)
        if tokens is None:
            lost.append(Lost(mark, BORDERS))
        elif mark[:3] in seen:
            lost.append(Lost(mark, REPEATED))
        elif tokens[1] - tokens[0] > most:
            lost.append(Lost(mark, LENGTH))
        else:
            seen.add(mark[:3])
            found.append((mark, tokens))
    found.sort(key=lambda each: (each[1][0] - each[1][1], each[1][0], each[0].label))
    return found, lost


def _marks(
    found: Iterable[tuple[int, int, str]], places: Tokens, confidence: Sequence[float] | None
) -> list[Mark]:
    marks = []
    for first, last, label in found:
        sure = 1.0
        if confidence is not None:
            sure = sum(confidence[i] for i in places.real[first:last]) / (last - first)
        marks.append(Mark(*places.extent(first, last), label, sure))
    return marks
