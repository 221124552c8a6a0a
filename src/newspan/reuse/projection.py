"""Projection: carrying annotations from canonical blocks to their copies.

A sentence may lie in two neighbouring clusters, or reach over a few characters that are in none. So
blocks are first put together to *occurrences*: stretches of a copy's item that follow a stretch of
the canonical item, block by block. Two blocks belong to one occurrence when they are neighbours, in
the same order, in both items, with at most `NEAR_WORDS` words between them on either side; of
several continuations the nearest is taken. A passage that stands in an item twice is so met as two
occurrences, whose alignments are never mixed. An occurrence's alignment is the runs of identical
text of its blocks, each grown, word by word, for as long as both texts go on identically: blocks end
at word borders, spans at full stops and quotation marks, and a span may leave a block with its copy.

A span is carried to an occurrence where both of its borders fall into such runs and the words, and
the signs that are no punctuation ($, %, emoji), are equal in between. What is not carried is left for
a person, with the reason:

- `outside-block`: a border lies outside the blocks, and the copy goes on otherwise.
- `border-unaligned`: a border, or the end of an open scope, falls on text that the copy lacks.
- `wording-differs`: the borders align, the wording between them differs.
- `marks-differ`: the copy has a quotation mark there without its partner.
- `crosses-paragraph`: the copy breaks the paragraph inside the span.
- `label-differs`: the copy has a claim of that extent with another label.
- `end-missing`: an end of an attribution or link has no counterpart, or several.
- `parent-missing`: an attribution's parent was not carried.
- `attribution-missing`: a role span aligns, but no attribution there would use it.
- `cycle`: the link would lead back to where it began.

What was projected, and what stands in text that is itself a copy, is never carried further.
"""

from __future__ import annotations

import hashlib
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from newspan.corpus import AnnotationSet, Corpus
from newspan.model import AnyRecord, Attribution, Item, Link, Run, Span
from newspan.reuse.words import Words, words_of
from newspan.text import cuts_grapheme, cuts_word, lone_marks, trim

LAYER = "duplicate_block"
#: So many words may stand between two blocks of one occurrence.
NEAR_WORDS = 30
# Currency, mathematical and other symbols, emoji among them; not the modifiers that ` and ´ are.
_SIGNS = frozenset({"Sc", "Sm", "So"})
_ROLES = {"source": "source_ids", "medium": "medium_ids", "cue": "cue_id", "content": "content_ids"}


class Left(msgspec.Struct, frozen=True):
    """What is left for a person: a record that was not carried to one place, and why.

    All offsets are code points in the documents of `from_item` and `to_item`. Of an attribution,
    `start` to `end` reaches from its first part to its last; of a link it is the span it leads from,
    or to, where only that one is in the block. `to_start` to `to_end` is where it would stand in the
    copy, as near as the alignment tells; null where nothing is left of it.
    """

    reason: str
    record: str
    kind: str
    from_item: str
    to_item: str
    start: int
    end: int
    text: str
    to_start: int | None
    to_end: int | None
    to_text: str | None
    message: str


class Projection(NamedTuple):
    """New records by item id, in text order, and what is left for a person."""

    records: dict[str, list[AnyRecord]]
    queue: list[Left]


class ItemText(NamedTuple):
    """An item with its document's text and words.

    `ends` gives where the word ends that starts at an offset, `starts` the reverse.
    """

    item: Item
    text: str
    words: Words
    ends: dict[int, int]
    starts: dict[int, int]

    def words_within(self, start: int, end: int) -> int:
        """Return how many whole words stand in an extent."""
        first = bisect_left(self.words.starts, start)
        return max(0, bisect_right(self.words.ends, end) - first)


class Occurrence(NamedTuple):
    """A stretch of an item that follows, block by block, a stretch of the canonical item.

    `blocks` are (canonical, copy); `runs` are identical text, in order in both, and grown.
    """

    source: ItemText
    target: ItemText
    blocks: tuple[tuple[Span, Span], ...]
    runs: tuple[Run, ...]

    def start_of(self, offset: int) -> int | None:
        """Return where a span starts in the copy that starts at `offset`, if that is aligned."""
        index = bisect_right(self.runs, offset, key=lambda run: run.canonical_start) - 1
        if index < 0 or offset >= self.runs[index].canonical_end:
            return None
        run = self.runs[index]
        return run.start + offset - run.canonical_start

    def end_of(self, offset: int) -> int | None:
        """Return where a span ends in the copy that ends at `offset`, if that is aligned."""
        last = self.start_of(offset - 1)
        return None if last is None else last + 1

    def nearest(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the copy's stretch between what is aligned around an extent, trimmed."""
        first, last = self.start_of(start), self.end_of(end)
        if first is None:
            before = [run.end for run in self.runs if run.canonical_end <= start]
            first = before[-1] if before else self.blocks[0][1].start
        if last is None:
            after = [run.start for run in self.runs if run.canonical_start >= end]
            last = after[0] if after else self.blocks[-1][1].end
        first, last = trim(self.target.text, first, max(first, last))
        return (first, last) if first < last else None

    def has(self, start: int, end: int) -> bool:
        """Tell whether a word of an extent stands in a canonical block, or all of a wordless one."""
        for canonical, _ in self.blocks:
            low, high = max(start, canonical.start), min(end, canonical.end)
            if self.source.words_within(low, high) or (low, high) == (start, end):
                return True
        return False


def project(annotations: AnnotationSet, blocks: AnnotationSet, corpus: Corpus) -> Projection:
    """Return what the copies of annotated canonical blocks can be given, and what is left to look at.

    The result does not depend on the order of the records, and merged into the annotations it adds
    nothing the second time.

    Args:
        annotations: the set to carry; its ids must be unique, and point to records of the set.
        blocks: a set with the layer duplicate_block. Copies that are unsure, or parallel
            translations, are never targets.
        corpus: the corpus that both belong to.
    """
    found = occurrences(blocks, corpus)
    known = _Known(annotations, blocks, found)
    for number, occurrence in enumerate(found):
        for span in known.sources_in(occurrence):
            _carry_span(span, number, known)
    for attribution in _parents_first(annotations):
        for number in known.touched(attribution.part_ids):
            _carry_attribution(attribution, number, known)
    for link in sorted(annotations.links.values(), key=lambda link: link.id):
        if link.decision != "projected":
            for number in known.touched((link.from_id, link.to_id)):
                _carry_link(link, number, known)
    _leave_unused_roles(known)
    return Projection(known.records(), known.queue())


# Occurrences


def occurrences(blocks: AnnotationSet, corpus: Corpus) -> list[Occurrence]:
    """Return the occurrences of canonical text, in the order of the files.

    Args:
        blocks: a set with the layer duplicate_block.
        corpus: the corpus it belongs to.
    """
    texts = _item_texts(blocks, corpus)
    heads = {
        span.cluster: span
        for span in blocks.spans.values()
        if span.layer == LAYER and span.copy_role == "canonical"
    }
    pairs: dict[tuple[str, str], list[tuple[Span, Span]]] = {}
    for copy in filter(is_copy, blocks.spans.values()):
        head = heads.get(copy.cluster)
        if head is not None and not head.unsure:
            names = (blocks.item_of[head.id], blocks.item_of[copy.id])
            if names[0] in texts and names[1] in texts:
                pairs.setdefault(names, []).append((head, copy))
    found = [
        Occurrence(texts[a], texts[b], chain, _grown(_runs(chain), texts[a], texts[b]))
        for (a, b), members in pairs.items()
        for chain in _chains(members, texts[a], texts[b])
    ]
    rank = {name: number for number, name in enumerate(sorted(texts))}
    found.sort(
        key=lambda each: (
            rank[each.source.item.id],
            each.blocks[0][0].start,
            rank[each.target.item.id],
            each.blocks[0][1].start,
            each.blocks[0][1].id,
        )
    )
    return found


def is_copy(span: Span) -> bool:
    """Tell whether a span is a block that is surely a copy."""
    sure = not span.unsure and span.match != "translation_parallel"
    return span.layer == LAYER and span.copy_role == "copy" and sure


def _item_texts(blocks: AnnotationSet, corpus: Corpus) -> dict[str, ItemText]:
    read: dict[str, Words] = {}
    found = {}
    for name in sorted(blocks.spans_in):
        if name not in corpus.items:
            continue
        document, item = corpus.items[name]
        text = corpus.texts[document.id]
        words = read.setdefault(document.id, read.get(document.id) or words_of(text))
        ends = dict(zip(words.starts, words.ends, strict=True))
        starts = dict(zip(words.ends, words.starts, strict=True))
        found[name] = ItemText(item, text, words, ends, starts)
    return found


def _chains(
    members: list[tuple[Span, Span]], source: ItemText, target: ItemText
) -> Iterator[tuple[tuple[Span, Span], ...]]:
    """Yield the blocks of each occurrence: neighbours in both items, the nearest ones first."""
    members = sorted(members, key=lambda pair: (pair[0].start, pair[1].start, pair[1].id))
    cores = [_core(pair) for pair in members]
    steps = []
    for here, (_, ends_a, _, ends_b) in enumerate(cores):
        for there in range(here + 1, len(members)):
            starts_a, _, starts_b, _ = cores[there]
            gap_a = source.words_within(ends_a, starts_a)
            if gap_a > NEAR_WORDS:
                break
            gap_b = target.words_within(ends_b, starts_b)
            if starts_a >= ends_a and starts_b >= ends_b and gap_b <= NEAR_WORDS:
                steps.append((gap_a + gap_b, here, there))
    after: dict[int, int] = {}
    before: dict[int, int] = {}
    for _, here, there in sorted(steps):
        if here not in after and there not in before:
            after[here], before[there] = there, here
    for first in range(len(members)):
        if first not in before:
            chain = [first]
            while chain[-1] in after:
                chain.append(after[chain[-1]])
            yield tuple(members[index] for index in chain)


def _core(pair: tuple[Span, Span]) -> tuple[int, int, int, int]:
    """Return where a pair's first and last runs stand in both: blocks may share a mark at an edge."""
    canonical, copy = pair
    runs = copy.alignment
    if not runs:
        return canonical.start, canonical.end, copy.start, copy.end
    return runs[0].canonical_start, runs[-1].canonical_end, runs[0].start, runs[-1].end


def _runs(chain: Sequence[tuple[Span, Span]]) -> list[Run]:
    return [run for _, copy in chain for run in copy.alignment or ()]


def _grown(runs: Sequence[Run], source: ItemText, target: ItemText) -> tuple[Run, ...]:
    """Return runs that reach as far as both texts go on identically, within the items."""
    a, b = source.item, target.item
    found: list[Run] = []
    for index, run in enumerate(runs):
        low_a, low_b = a.start, b.start
        if found:
            low_a, low_b = found[-1].canonical_end, found[-1].end
        high_a, high_b = a.end, b.end
        if index + 1 < len(runs):
            high_a, high_b = runs[index + 1].canonical_start, runs[index + 1].start
        first = _back(source, run.canonical_start, low_a, target, run.start, low_b)
        last = _on(source, run.canonical_end, high_a, target, run.end, high_b)
        found.append(Run(first[1], last[1], first[0], last[0]))
    return tuple(found)


def _on(
    source: ItemText, i: int, end_i: int, target: ItemText, j: int, end_j: int
) -> tuple[int, int]:
    """Return where two texts, read on from `i` and `j`, are no longer identical."""
    while i < end_i and j < end_j:
        next_i, next_j = source.ends.get(i, i + 1), target.ends.get(j, j + 1)
        past = next_i > end_i or next_j > end_j
        if past or source.text[i:next_i] != target.text[j:next_j]:
            break
        i, j = next_i, next_j
    return i, j


def _back(
    source: ItemText, i: int, end_i: int, target: ItemText, j: int, end_j: int
) -> tuple[int, int]:
    """Return where two texts, read back from `i` and `j`, are no longer identical."""
    while i > end_i and j > end_j:
        next_i, next_j = source.starts.get(i, i - 1), target.starts.get(j, j - 1)
        past = next_i < end_i or next_j < end_j
        if past or source.text[next_i:i] != target.text[next_j:j]:
            break
        i, j = next_i, next_j
    return i, j


# What is known while records are carried

_Tokens = tuple[tuple[int, ...], str]


class _Known:
    """The annotations, what has been carried to where, and what is left."""

    def __init__(
        self, annotations: AnnotationSet, blocks: AnnotationSet, found: list[Occurrence]
    ) -> None:
        self.annotations = annotations
        self.occurrences = found
        # By occurrence and the source record's id: its counterpart, or why there is none.
        self.spans: dict[tuple[int, str], Span] = {}
        self.attributions: dict[tuple[int, str], Attribution] = {}
        self.links: dict[tuple[int, str], Link] = {}
        self.left: dict[tuple[int, str], Left] = {}
        # New records by id, with their item; of spans also whose counterparts they are.
        self.new: dict[str, tuple[str, AnyRecord]] = {}
        self.came_from: dict[str, list[tuple[int, str]]] = {}
        self.by_key: dict[tuple[object, ...], Span] = {}
        self.by_words: dict[tuple[object, ...], list[Span]] = {}
        self._copies = {
            item: _united(span for span in spans if is_copy(span))
            for item, spans in blocks.spans_in.items()
        }
        for item, spans in annotations.spans_in.items():
            for span in spans:
                self.note(item, span)
        self.by_parts = {
            _parts_key(annotations.item_of[each.id], each): each
            for each in sorted(annotations.attributions.values(), key=_by_id, reverse=True)
        }
        self.by_ends = {
            _ends_key(annotations.item_of[each.id], each): each
            for each in sorted(annotations.links.values(), key=_by_id, reverse=True)
        }

    def note(self, item: str, span: Span) -> None:
        """Enter a span of the annotations, or a new one, among those that are looked up."""
        self.by_key.setdefault(_key(item, span), span)
        words = (item, span.layer, span.role, tokens_of(span.text))
        self.by_words.setdefault(words, []).append(span)

    def sources_in(self, occurrence: Occurrence) -> list[Span]:
        """Return the spans of the canonical item that an occurrence may be given."""
        item = occurrence.source.item.id
        return [
            span
            for span in self.annotations.spans_in.get(item, ())
            if span.layer != LAYER
            and span.decision != "projected"
            and occurrence.has(span.start, span.end)
            and not any(s <= span.start and span.end <= e for s, e in self._copies.get(item, ()))
        ]

    def touched(self, ids: Iterable[str]) -> list[int]:
        """Return the occurrences that any of these spans belongs to, by number."""
        ids = tuple(ids)
        return [
            number
            for number in range(len(self.occurrences))
            if any((number, each) in self.spans or (number, each) in self.left for each in ids)
        ]

    def existing(self, identifier: str, item: str) -> AnyRecord | None:
        """Return the record of an id that was minted before, if it is still in that item."""
        if self.annotations.item_of.get(identifier) != item:
            return None
        for records in (
            self.annotations.spans,
            self.annotations.attributions,
            self.annotations.links,
        ):
            if identifier in records:
                return records[identifier]
        return None

    def records(self) -> dict[str, list[AnyRecord]]:
        """Return the new records by item, in text order: spans, attributions, links."""
        found: dict[str, list[AnyRecord]] = {}
        for item, record in self.new.values():
            found.setdefault(item, []).append(record)
        for records in found.values():
            records.sort(key=self._place)
        return dict(sorted(found.items()))

    def span(self, identifier: str) -> Span:
        """Return a span of the annotations, or a new one."""
        record = self.new[identifier][1] if identifier in self.new else None
        return record if isinstance(record, Span) else self.annotations.spans[identifier]

    def _place(self, record: AnyRecord) -> tuple[object, ...]:
        if isinstance(record, Span):
            return (0, record.start, record.end, record.layer, record.label, record.id)
        if isinstance(record, Attribution):
            return (1, min(self.span(part).start for part in record.part_ids), record.id)
        return (2, self.span(record.from_id).start, record.id)

    def queue(self) -> list[Left]:
        """Return what is left, but for what another occurrence has brought to the same place."""
        found = [left for (number, _), left in self.left.items() if not self._elsewhere(left)]
        return sorted(
            dict.fromkeys(found),
            key=lambda left: (
                left.from_item,
                left.start,
                left.end,
                left.record,
                left.to_item,
                -1 if left.to_start is None else left.to_start,
                left.reason,
                left.message,
            ),
        )

    def _elsewhere(self, left: Left) -> bool:
        if left.to_start is None or left.to_end is None:
            return False
        for (number, source), record in (
            *self.spans.items(),
            *self.attributions.items(),
            *self.links.items(),
        ):
            if source == left.record and self.occurrences[number].target.item.id == left.to_item:
                parts = _parts(record)
                extents = [self.span(p) for p in parts] if parts else [record]
                if any(
                    isinstance(each, Span) and each.start < left.to_end and left.to_start < each.end
                    for each in extents
                ):
                    return True
        return False


def _by_id(record: AnyRecord) -> str:
    return record.id
