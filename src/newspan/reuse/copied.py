"""Which text is a copy of text that is looked at, so that projection annotates it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable

from newspan.corpus import AnnotationSet, Corpus
from newspan.model import Run
from newspan.reuse.projection import Occurrence, occurrences
from newspan.reuse.words import words_of

Extent = tuple[int, int]
#: A place by kind: item id, layer and zone kind.
Cell = tuple[str, str, str]


class Copies:
    """The copied stretches of a corpus, by item and layer.

    Only what is identical to the canonical member counts, and only where that member stands in
    text that is looked at for the layer and is not itself a copy: elsewhere projection has nothing
    to carry.

    Args:
        blocks: the set with the duplicate blocks; None switches copies off.
        corpus: the corpus.
        cells: the places that are looked at.
    """

    def __init__(
        self, blocks: AnnotationSet | None, corpus: Corpus, cells: Collection[Cell]
    ) -> None:
        self._corpus = corpus
        self._copied: dict[tuple[str, str], list[Extent]] = {}
        # By copy and layer: the canonical item, and the runs that lie in what is looked at of it.
        self._occurrences: dict[tuple[str, str], list[tuple[str, list[Run]]]] = {}
        self._words: dict[str, list[Extent]] = {}
        if blocks is None:
            return
        found = occurrences(blocks, corpus)
        copied: dict[str, list[Extent]] = {}
        for each in found:
            extents = [(run.start, run.end) for run in each.runs]
            copied.setdefault(each.target.item.id, []).extend(extents)
        for layer in sorted({layer for _, layer, _ in cells}):
            stretches: dict[str, list[Extent]] = {}
            for each in found:
                source, target = each.source.item.id, each.target.item.id
                heads = [(head.start, head.end) for head, _ in each.blocks]
                if self._within(source, heads, copied.get(source, [])):
                    continue
                runs = _runs_looked_at(each, layer, cells)
                stretches.setdefault(target, []).extend((run.start, run.end) for run in runs)
                self._occurrences.setdefault((target, layer), []).append((source, runs))
            for item, found_there in stretches.items():
                self._copied[item, layer] = joined(found_there)

    def cover(self, item: str, layer: str, extent: Extent) -> bool:
        """Tell whether every word of an extent is copied, from one place or from several."""
        copied = self._copied.get((item, layer))
        return copied is not None and self._within(item, [extent], copied)

    def hold(self, item: str, layer: str, extents: Collection[Extent]) -> bool:
        """Tell whether extents are copied from one place, each with no word more or less.

        Else projection cannot carry what has them: not from two canonical members at once, and not
        where the canonical member has a word in between. Of wordless ones every character counts.
        """
        return any(
            self._within(item, extents, [(run.start, run.end) for run in runs])
            and all(self._as_many_words(item, extent, source, runs) for extent in extents)
            for source, runs in self._occurrences.get((item, layer), ())
        )

    def _as_many_words(self, item: str, extent: Extent, source: str, runs: list[Run]) -> bool:
        words = self._words_in(item, *extent)
        if not words:
            return True
        start, end = _origin(words[0][0], runs), _origin(words[-1][1] - 1, runs)
        there = self._words_in(source, start, end + 1)
        return len(there) == len(words)

    def _within(self, item: str, extents: Iterable[Extent], copied: list[Extent]) -> bool:
        stretches = joined(copied)
        return all(
            _is_in(word, stretches)
            for extent in extents
            for word in self._words_in(item, *extent) or [extent]
        )

    def _words_in(self, item: str, start: int, end: int) -> list[Extent]:
        document = self._corpus.items[item][0].id
        if document not in self._words:
            words = words_of(self._corpus.texts[document])
            self._words[document] = list(zip(words.starts, words.ends, strict=True))
        known = self._words[document]
        first = bisect_right(known, start, key=lambda word: word[1])
        last = bisect_right(known, end - 1, key=lambda word: word[0])
        return known[first:last]


def joined(extents: Iterable[Extent]) -> list[Extent]:
    """Return extents in order, with those that overlap or touch put together."""
    found: list[Extent] = []
    for start, end in sorted(extents):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _origin(offset: int, runs: Iterable[Run]) -> int:
    """Return where a character that is in a run stands in the canonical item."""
    run = next(run for run in runs if run.start <= offset < run.end)
    return run.canonical_start + offset - run.start


def _runs_looked_at(occurrence: Occurrence, layer: str, cells: Collection[Cell]) -> list[Run]:
    """Return the runs cut to those zones of the canonical item that are looked at."""
    item = occurrence.source.item
    zones = [zone for zone in item.zones if (item.id, layer, zone.kind) in cells]
    found = []
    for run in occurrence.runs:
        for zone in zones:
            low = max(run.canonical_start, zone.start)
            high = min(run.canonical_end, zone.end)
            if low < high:
                shift = run.start - run.canonical_start
                found.append(Run(low + shift, high + shift, low, high))
    return found


def _is_in(word: Extent, stretches: list[Extent]) -> bool:
    index = bisect_right(stretches, word[0], key=lambda stretch: stretch[0]) - 1
    return index >= 0 and word[1] <= stretches[index][1]
