"""Texts as UTF-8 buffers, in memory or mapped from files, for the compiled loops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from newspan.reuse import words
from newspan.reuse.buffers import STRIDE, UNKNOWN
from newspan.reuse.compiled import kernels
from newspan.reuse.loops import scratch
from newspan.reuse.parameters import WORD_WEIGHT, Parameters

Array = Any
_CODE_POINTS = 0x110000


class Alphabet:
    """Classes and folded forms of the code points met so far, as arrays for the loops."""

    def __init__(self) -> None:
        """Know ASCII."""
        self.classes = np.full(_CODE_POINTS, UNKNOWN, np.uint8)
        self.fold_at = np.zeros(_CODE_POINTS, np.int64)
        self._folds = [0]  # entries begin at 1: they are named by their negative
        self._learn(range(128))

    @property
    def folds(self) -> Array:
        """Return the folded forms of several code points, each behind their number."""
        return np.array(self._folds, np.int64)

    def read(self, text: Array) -> None:
        """Learn every code point of a UTF-8 buffer that is not known yet."""
        found = np.zeros(4096, np.int64)
        while True:
            count = kernels().unknown_codes(text, 0, len(text), self.classes, found)
            self._learn(found[:count].tolist())
            if count < len(found):
                return

    def _learn(self, codes: Sequence[int]) -> None:
        for code in codes:
            folded = words.fold(chr(code))
            self.classes[code] = words.char_class(chr(code))
            if len(folded) == 1 and not folded[0] & words.IS_MARK:
                self.fold_at[code] = folded[0]
            else:
                self.fold_at[code] = -len(self._folds)
                self._folds += [len(folded), *folded]


class Batch(NamedTuple):
    """The words of a batch of documents, one after the other."""

    values: Array
    sizes: Array
    marks: Array


def read_batch(text: Array, offsets: Array, alphabet: Alphabet) -> Batch:
    """Return the words of documents.

    Args:
        text: UTF-8 of all documents.
        offsets: where each starts in it, in bytes, and the end.
        alphabet: learns what it does not know.
    """
    alphabet.read(text)
    return read_words(text, offsets, alphabet)


def read_words(text: Array, offsets: Array, alphabet: Alphabet) -> Batch:
    """Return the words of documents whose code points the alphabet knows; see `read_batch`."""
    documents = len(offsets) - 1
    # Every word but a text's last has a separator behind it, or is unspaced: two bytes at least.
    room = len(text) // 2 + documents + 1
    values = np.empty(room, np.uint32)
    sizes = np.zeros(documents, np.int64)
    marks = np.zeros((room // STRIDE + 1, 2), np.int64)
    count, marked = kernels().read_words(
        text,
        offsets,
        0,
        documents,
        alphabet.classes,
        alphabet.fold_at,
        alphabet.folds,
        values,
        sizes,
        marks,
    )
    return Batch(values[:count], sizes, marks[:marked])


class BufferedTexts:
    """Texts by rank over buffers in order of reading; the counterpart of `plain.PlainTexts`."""

    def __init__(
        self,
        ids: Any,
        readings: Array,
        text: Array,
        offsets: Array,
        batch: Batch,
        alphabet: Alphabet,
        first_of_other: int = -1,
    ) -> None:
        """Take what was read.

        Args:
            ids: by rank.
            readings: by rank, the place in the order of reading.
            text: UTF-8 of all documents.
            offsets: where each document starts in it, in order of reading, and the end.
            batch: the words of all documents.
            alphabet: knows every code point of the text.
            first_of_other: the rank where another collection begins; negative without one.
        """
        self.ids = ids
        self.kernels = kernels()
        self.first_of_other = first_of_other
        self.text = text
        self.offsets = offsets
        self.readings = readings
        self.ranks = np.empty(len(readings), np.int64)
        self.ranks[readings] = np.arange(len(readings))
        self.words = batch.values
        self.read_sizes = batch.sizes
        self.read_starts = np.concatenate([[0], np.cumsum(batch.sizes)]).astype(np.int64)
        self.begins = self.read_starts[:-1][readings]
        self.sizes = batch.sizes[readings]
        self._marks = batch.marks
        marks_of = np.maximum(batch.sizes - 1, 0) // STRIDE
        self._mark_at = np.concatenate([[0], np.cumsum(marks_of)]).astype(np.int64)
        self._alphabet = alphabet
        self._folds = alphabet.folds
        self.position_bits = max(1, len(self.words).bit_length())

    def seeds(self, parameters: Parameters, part: int = 0, parts: int = 1) -> tuple[Array, int]:
        """Return the seeds of the shingles that fall to one of `parts`, and how many rows count."""
        keys = np.empty(int(1.1 * len(self.words) / parameters.sample / parts) + 1024, np.uint64)
        used = first = 0
        # A million words at a time, since most may not be sampled or fall to another part.
        borders = np.searchsorted(
            self.read_starts, np.arange(1 << 20, len(self.words), 1 << 20), side="right"
        )
        for last in (*borders.tolist(), len(self.read_sizes)):
            room = np.empty(int(self.read_starts[last] - self.read_starts[first]), np.uint64)
            count = self.kernels.hash_shingles(
                self.words,
                self.read_starts[:-1],
                self.read_sizes,
                first,
                last,
                WORD_WEIGHT * parameters.shingle,
                parameters.sample,
                part,
                parts,
                self.position_bits,
                room,
            )
            if used + count > len(keys):
                keys = np.concatenate([keys[:used], np.empty(used + count, np.uint64)])
            keys[used : used + count] = room[:count]
            used += count
            first = last
        # Some 16 bits for each key, within what is left of a hash above the position.
        bits = min(max(10, int(used).bit_length() + 4), 64 - self.position_bits)
        seen, again = (np.zeros(1 << (bits - 6), np.uint64) for _ in range(2))
        used = self.kernels.keep_repeated(keys, used, seen, again)
        del seen, again
        ordered = keys[:used]
        ordered.sort()
        return self.kernels.link_keys(  # type: ignore[no-any-return]
            ordered,
            0,
            len(ordered),
            self.position_bits,
            self.words,
            self.read_starts,
            self.ranks,
            WORD_WEIGHT * parameters.shingle,
            self.first_of_other,
            parameters.all_pairs_to,
            parameters.min_words,
            np.zeros((1024, 4), np.int64),
        )

    def align(self, seeds: Array, count: int, parameters: Parameters) -> tuple[Array, Array]:
        """Return the passages that sorted seeds lead to, and their runs."""
        return self.kernels.align_pairs(  # type: ignore[no-any-return]
            self.words,
            self.begins,
            self.sizes,
            seeds,
            0,
            count,
            parameters.shingle,
            WORD_WEIGHT * parameters.min_words,
            parameters.min_identity,
            parameters.drop,
            parameters.gap,
            scratch(),
        )

    def blocks(self, parameters: Parameters) -> tuple[Array, Array]:
        """Return the passages that the texts share, and their runs; see `loops.align_pairs`."""
        seeds, count = self.seeds(parameters)
        ordered, _ = self.kernels.sort_rows_by_document(seeds, count, len(self.sizes))
        return self.align(ordered, count, parameters)

    def locate(self, blocks: Array, runs: Array) -> tuple[Array, Array]:
        """Return where blocks stand, and their runs of identical text; see `plain.PlainTexts`."""
        located, same, used = self.kernels.locate_blocks(
            self.text,
            self.offsets,
            self._marks,
            self._mark_at,
            self.readings,
            blocks,
            runs,
            0,
            len(blocks),
            self._alphabet.classes,
            self._alphabet.fold_at,
            self._folds,
        )
        return located, same[:used]

    def locate_members(self, members: Array) -> Array:
        """Return where members (family, document, words) stand: rows (start, end)."""
        return self._places(members)[:, 2:]

    def _places(self, members: Array) -> Array:
        return self.kernels.locate_members(
            self.text,
            self.offsets,
            self._marks,
            self._mark_at,
            self.readings,
            members,
            self._alphabet.classes,
            self._alphabet.fold_at,
            self._folds,
        )

    def surface(self, rank: int, start: int, end: int) -> str:
        """Return a stretch of a text, in code points; only what lies around it is read."""
        reading = self.readings[rank]
        begin, stop = int(self.offsets[reading]), int(self.offsets[reading + 1])
        marks = self._marks[self._mark_at[reading] : self._mark_at[reading + 1]]
        before = int(np.searchsorted(marks[:, 1], start, side="right")) - 1
        behind = int(np.searchsorted(marks[:, 1], end, side="left"))
        skipped, code_at = (int(value) for value in marks[before]) if before >= 0 else (0, 0)
        last = begin + int(marks[behind, 0]) if behind < len(marks) else stop
        around = bytes(self.text[begin + skipped : last]).decode()
        return around[start - code_at : end - code_at]
