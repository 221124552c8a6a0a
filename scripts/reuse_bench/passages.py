"""The passages to plant, one per family, kept on disk so that memory does not grow with them."""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from reuse_bench.base import Ids, Ints, WordModel, render

BATCH = 1024
_WORD = re.compile(r"\S+")


class Passages:
    """Texts by number, in a file at `path` that `close` removes.

    The text of number n is the places[n]-th in the file, between two of the byte `offsets`.
    """

    def __init__(self, path: Path, offsets: list[int], places: Ints) -> None:
        self._path = path
        self._file = path.open("rb")
        self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        self._offsets = np.array(offsets, dtype=np.int64)
        self._places = places

    def __getitem__(self, number: int) -> str:
        place = self._places[number]
        return self._map[self._offsets[place] : self._offsets[place + 1]].decode()

    def close(self) -> None:
        """Remove the file."""
        self._map.close()
        self._file.close()
        self._path.unlink()


def write_passages(
    path: Path,
    words: Ids,
    pieces: Iterator[str],
    model: Callable[[], WordModel],
    rng: np.random.Generator,
) -> tuple[Passages, int]:
    """Write a passage of words[n] words for each n; return them and how many are real text.

    Passages are cut one after the other from `pieces`; when those end, the rest is drawn from
    `model`. Which families get real text is chance, so that no kind is favoured.
    """
    order = rng.permutation(len(words))
    wanted = words[order]
    offsets = [0]
    with path.open("wb") as file:

        def put(text: str) -> None:
            offsets.append(offsets[-1] + file.write(text.encode()))

        for text in _cut(wanted, pieces):
            put(text)
        real = len(offsets) - 1
        for begin in range(real, len(wanted), BATCH):
            lengths = wanted[begin : begin + BATCH].tolist()
            drawn = model().draw(rng, len(lengths), max(lengths))
            for row, length in zip(drawn, lengths, strict=True):
                put(render(model(), row[:length]))
    places = np.empty(len(words), dtype=np.int64)
    places[order] = np.arange(len(words))
    return Passages(path, offsets, places), real


def _cut(wanted: Ids, pieces: Iterator[str]) -> Iterator[str]:
    """Yield running texts of exactly wanted[n] words while `pieces` last."""
    text, place = "", 0
    spans: list[tuple[int, int]] = []
    for number in wanted.tolist():
        while place + number > len(spans):
            piece = next(pieces, None)
            if piece is None:
                return
            rest = text[spans[place][0] :] + "\n\n" if place < len(spans) else ""
            text = rest + piece
            spans = [found.span() for found in _WORD.finditer(text)]
            place = 0
        yield text[spans[place][0] : spans[place + number - 1][1]]
        place += number
