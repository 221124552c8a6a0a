"""The finder in plain Python, for input that is too small to pay for numba's start."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from newspan.reuse import families, loops, weaker
from newspan.reuse.parameters import WORD_WEIGHT, Parameters
from newspan.reuse.words import _MASK, FNV_OFFSET, MIX_1, Words, mix, words_of


class PlainTexts:
    """Texts in memory, by rank: the one side of a pair has the lower rank."""

    def __init__(self, ids: Sequence[str], texts: Sequence[str], first_of_other: int = -1) -> None:
        """Read the words of texts; `first_of_other` is the rank where another collection begins."""
        self.ids = ids
        self.kernels: Any = PlainKernels
        self.first_of_other = first_of_other
        self._texts = texts
        self._words = [words_of(text) for text in texts]
        self.words: list[int] = []
        self.begins: list[int] = []
        for each in self._words:
            self.begins.append(len(self.words))
            self.words.extend(each.values)
        self.sizes = [len(each.values) for each in self._words]

    def blocks(self, parameters: Parameters) -> tuple[Any, Any]:
        """Return the passages that the texts share, and their runs; see `loops.align_pairs`."""
        values = [each.values for each in self._words]
        seeds = seeds_of(values, parameters, self.first_of_other)
        return loops.align_pairs(
            self.words,
            self.begins,
            self.sizes,
            seeds,
            0,
            len(seeds),
            parameters.shingle,
            WORD_WEIGHT * parameters.min_words,
            parameters.min_identity,
            parameters.drop,
            parameters.gap,
            loops.scratch(),
        )

    def locate(self, blocks: Any, runs: Any) -> tuple[Any, Any]:
        """Return where blocks stand: rows (start_a, end_a, start_b, end_b, runs); runs of
        identical text: rows (start_a, start_b, length)."""
        located = np.zeros((len(blocks), 5), np.int64)
        same: list[tuple[int, int, int]] = []
        for row, block in enumerate(blocks.tolist()):
            doc_a, start_a, end_a, doc_b, start_b, end_b, _, _, first, count = block
            of_a, of_b = self._words[doc_a], self._words[doc_b]
            found = identical_runs(
                self._texts[doc_a],
                self._texts[doc_b],
                of_a,
                of_b,
                runs[first : first + count].tolist(),
            )
            located[row] = (
                of_a.starts[start_a],
                of_a.ends[end_a - 1],
                of_b.starts[start_b],
                of_b.ends[end_b - 1],
                len(found),
            )
            same += found
        return located, np.array(same, np.int64).reshape(-1, 3)

    def locate_members(self, members: Any) -> Any:
        """Return where members (family, document, words) stand: rows (start, end)."""
        found = [
            (self._words[doc].starts[first], self._words[doc].ends[last - 1])
            for _, doc, first, last in members.tolist()
        ]
        return np.array(found, np.int64).reshape(-1, 2)

    def identical(self, member: Any, canonical: Any, runs: Any) -> list[tuple[int, int, int]]:
        """Return the runs of identical text of a member and its canonical one, in code points."""
        doc, head = int(member[1]), int(canonical[1])
        return identical_runs(
            self._texts[doc], self._texts[head], self._words[doc], self._words[head], runs.tolist()
        )

    def words_of(self, rank: int) -> Words:
        """Return the words of a text."""
        return self._words[rank]

    def surface(self, rank: int, start: int, end: int) -> str:
        """Return a stretch of a text."""
        return self._texts[rank][start:end]


class PlainKernels:
    """The loops as plain Python runs them."""

    segments_of = staticmethod(families.segments_of)
    members_of = staticmethod(families.members_of)
    compare_members = staticmethod(families.compare_members)
    grow_members = staticmethod(families.grow_members)
    without_weaker = staticmethod(weaker.without_weaker)


def seeds_of(
    documents: Sequence[Sequence[int]], parameters: Parameters, first_of_other: int = -1
) -> Any:
    """Return the seeds of documents' words, sorted: rows (doc_a, doc_b, place_a, place_b)."""
    groups: dict[Any, list[tuple[int, int]]] = defaultdict(list)
    weight = WORD_WEIGHT * parameters.shingle
    for rank, words in enumerate(documents):
        for place, shingle in enumerate(shingles(words, weight)):
            if parameters.sample == 1 or is_sampled(shingle, parameters.sample):
                groups[shingle].append((rank, place))
    repeated = [(shingle, group) for shingle, group in groups.items() if len(group) > 1]
    room = sum(loops.link_count(len(group), parameters.all_pairs_to) for _, group in repeated)
    out = np.zeros((room, 4), np.int64)
    used = 0
    for shingle, group in repeated:
        used = loops.link_group(
            [rank for rank, _ in group],
            [place for _, place in group],
            0,
            len(group),
            first_of_other,
            parameters.all_pairs_to,
            # Two unspaced characters make a word.
            parameters.min_words * (1 + (shingle[0] & 1)),
            out,
            used,
        )
    found = out[:used]
    return found[np.lexsort((found[:, 3], found[:, 2], found[:, 1], found[:, 0]))]


def shingles(words: Sequence[int], weight: int) -> list[tuple[int, ...]]:
    """Return the shingle that starts at each word, up to the first that the end cuts off."""
    if not any(word & 1 for word in words):
        return list(zip(*(words[shift:] for shift in range(weight // WORD_WEIGHT)), strict=False))
    found = []
    for place in range(len(words)):
        rest = weight
        end = place
        while rest > 0 and end < len(words):
            rest -= WORD_WEIGHT - (words[end] & 1)
            end += 1
        if rest > 0:
            break
        found.append(tuple(words[place:end]))
    return found


def shingle_hash(shingle: Sequence[int]) -> int:
    """Return a shingle's 64-bit hash, by which it is sampled and, in an engine, shuffled.

    Its lowest bit tells a shingle that begins with an unspaced character.
    """
    state = FNV_OFFSET
    for word in shingle:
        state = (state ^ word) * MIX_1 & _MASK
        state ^= state >> 32
    return mix(state) & ~1 | shingle[0] & 1


def is_sampled(shingle: Sequence[int], sample: int) -> bool:
    """Tell whether one in `sample` shingles is this one: the same one in every copy."""
    return ((shingle_hash(shingle) >> 1) & 0xFFFF) % sample == 0


def identical_runs(
    text_a: str, text_b: str, of_a: Words, of_b: Words, runs: Sequence[Sequence[int]]
) -> list[tuple[int, int, int]]:
    """Return the runs of identical text (start_a, start_b, length) among runs of equal words."""
    found: list[tuple[int, int, int]] = []
    for first_a, first_b, length in runs:
        for step in range(length):
            a, b = first_a + step, first_b + step
            start_a, end_a, start_b, end_b = (
                of_a.starts[a],
                of_a.ends[a],
                of_b.starts[b],
                of_b.ends[b],
            )
            if text_a[start_a:end_a] != text_b[start_b:end_b]:
                continue
            if step and found:
                before_a, before_b, size = found[-1]
                joins = (
                    before_a + size == of_a.ends[a - 1]
                    and before_b + size == of_b.ends[b - 1]
                    and text_a[of_a.ends[a - 1] : start_a] == text_b[of_b.ends[b - 1] : start_b]
                )
                if joins:
                    found[-1] = (before_a, before_b, end_a - before_a)
                    continue
            found.append((start_a, start_b, end_a - start_a))
    return found
