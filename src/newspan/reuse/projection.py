"""Projection: carrying annotations from canonical blocks to their copies.

A sentence may lie in two neighbouring clusters, or reach over a few characters that are in none.
So blocks are first put together to *occurrences*: stretches of a copy's item that follow, block by
block, a stretch of the canonical item. Two blocks belong to one occurrence when they are neighbours
in both items, in one order, with at most `NEAR_WORDS` words between them on either side; of several
continuations the nearest is taken. A passage that stands in an item twice makes two occurrences,
whose alignments are never mixed. An occurrence's alignment is its blocks' runs of identical text,
each grown, word by word, for as long as both texts go on identically: blocks end with words, spans
with full stops and quotation marks, and a span may leave a block where its copy does.

A span is carried to an occurrence where both its borders fall into such runs, and the words, and
the signs that are no punctuation ($, %, emoji), are equal in between. What is not carried is left
for a person, with a reason:

- `outside-block`: a border lies outside the blocks, and the copy goes on otherwise.
- `border-unaligned`: a border, or an open scope's end, falls on text that the copy lacks.
- `wording-differs`: the borders align, the wording between them differs.
- `marks-differ`: a quotation mark in the copy has its partner outside the span.
- `crosses-paragraph`: the copy breaks the paragraph inside the span.
- `zone-not-looked-at`: the copy stands in a kind of zone that the set looks at in no item.
- `label-differs`: the copy has a claim of that extent with another label.
- `claim-there`: a claim of the copy begins or ends there, and is longer or shorter.
- `end-missing`: an end of an attribution or link has no counterpart, or several.
- `parent-missing`: an attribution's parent was not carried.
- `attribution-missing`: a role span aligns, but no attribution there would use it.
- `cycle`: the link would lead back to where it began.

What was projected before, and what stands in text that is itself a copy, is never carried further.
"""

from __future__ import annotations

import hashlib
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
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


class Left(msgspec.Struct, frozen=True):
    """What is left for a person: a record that was not carried to one place, and why.

    Offsets are code points in the documents of the two items. Of an attribution, `start` to `end`
    reaches from its first part to its last; of a link it is the span that it leads from, or to
    where only that one is in the block. `to_start` to `to_end` is where it would stand in the copy,
    as near as the alignment tells; null where the copy has nothing there.
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

    def cuts(self, offset: int) -> bool:
        """Tell whether an offset falls inside a word."""
        index = bisect_left(self.words.starts, offset) - 1
        return index >= 0 and offset < self.words.ends[index]

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
        """Return the copy's stretch between what is aligned around an extent, trimmed.

        It stays in the paragraph of the border that is aligned, if one is.
        """
        first, last = self.start_of(start), self.end_of(end)
        low = self.blocks[0][1].start
        high = self.blocks[-1][1].end
        for run in self.runs:
            if run.canonical_end <= start:
                low = run.end
        for run in reversed(self.runs):
            if run.canonical_start >= end:
                high = run.start
        for aligned in (first, None if last is None else last - 1):
            zone = None if aligned is None else self.target.item.zone_of(aligned, aligned + 1)
            if zone is not None:
                low, high = max(low, zone.start), min(high, zone.end)
        first, last = low if first is None else first, high if last is None else last
        first, last = trim(self.target.text, first, max(first, last))
        says_something = any(map(_says_something, self.target.text[first:last]))
        return (first, last) if says_something else None

    def covers(self, offset: int) -> bool:
        """Tell whether a character stands in a canonical block."""
        return any(head.start <= offset < head.end for head, _ in self.blocks)

    def block_at(self, start: int) -> Span:
        """Return the copy that a carried span starts in, or the next one, or the last."""
        copies = [copy for _, copy in self.blocks]
        return next((copy for copy in copies if start < copy.end), copies[-1])

    def has(self, start: int, end: int) -> bool:
        """Tell whether a word of an extent, or all of it, stands in a canonical block."""
        for canonical, _ in self.blocks:
            low, high = max(start, canonical.start), min(end, canonical.end)
            if self.source.words_within(low, high) or (low, high) == (start, end):
                return True
        return False


def project(annotations: AnnotationSet, blocks: AnnotationSet, corpus: Corpus) -> Projection:
    """Return the records that copies of canonical blocks are given, and what is left to look at.

    The result does not depend on the order of the records, and merged into the annotations it adds
    nothing the second time.

    Args:
        annotations: the set to carry; its ids must be unique, and point to records of the set.
        blocks: a set with the layer duplicate_block. Copies that are unsure, or parallel
            translations, are never targets.
        corpus: the corpus that both belong to.
    """
    state = _State(annotations, occurrences(blocks, corpus))
    for number, occurrence in enumerate(state.occurrences):
        for span in _sources_of(occurrence, annotations, blocks):
            _carry_span(span, number, state)
    for attribution in _parents_first(annotations):
        for number in state.touched(attribution.part_ids):
            _carry_attribution(attribution, number, state)
    for _, link in sorted(annotations.links.items()):
        if link.decision != "projected":
            for number in state.touched((link.from_id, link.to_id)):
                _carry_link(link, number, state)
    _leave_unused_roles(state)
    return Projection(_in_order(state), _queue(state))


# Occurrences


def occurrences(blocks: AnnotationSet, corpus: Corpus) -> list[Occurrence]:
    """Return the occurrences of canonical text, by its item and place, then the copy's.

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
        _occurrence(texts[a], texts[b], chain)
        for (a, b), members in pairs.items()
        for chain in _chains(members, texts[a], texts[b])
    ]
    found.sort(
        key=lambda each: (
            each.source.item.id,
            each.blocks[0][0].start,
            each.target.item.id,
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
    read: dict[str, tuple[Words, dict[int, int], dict[int, int]]] = {}
    found = {}
    for name in blocks.spans_in:
        if name in corpus.items:
            document, item = corpus.items[name]
            text = corpus.texts[document.id]
            if document.id not in read:
                words = words_of(text)
                ends = dict(zip(words.starts, words.ends, strict=True))
                starts = dict(zip(words.ends, words.starts, strict=True))
                read[document.id] = (words, ends, starts)
            found[name] = ItemText(item, text, *read[document.id])
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
    """Return where a pair's runs begin and end in both: blocks may share a mark at an edge."""
    canonical, copy = pair
    runs = copy.alignment
    if not runs:
        return canonical.start, canonical.end, copy.start, copy.end
    return runs[0].canonical_start, runs[-1].canonical_end, runs[0].start, runs[-1].end


def _occurrence(
    source: ItemText, target: ItemText, chain: tuple[tuple[Span, Span], ...]
) -> Occurrence:
    runs: list[Run] = []
    end, canonical_end = target.item.start, source.item.start
    for run in (run for _, copy in chain for run in copy.alignment or ()):
        whole = _whole_words(run, source, target)
        # A run that does not follow in both would be no part of one alignment.
        if whole and whole.start >= end and whole.canonical_start >= canonical_end:
            runs.append(whole)
            end, canonical_end = whole.end, whole.canonical_end
    return Occurrence(source, target, chain, _grown(runs, source, target))


def _whole_words(run: Run, source: ItemText, target: ItemText) -> Run | None:
    """Return a run without the words at its edges that are only partly the same."""
    shift = run.start - run.canonical_start
    first, last = run.canonical_start, run.canonical_end
    while first < last and (source.cuts(first) or target.cuts(first + shift)):
        first += 1
    while first < last and (source.cuts(last) or target.cuts(last + shift)):
        last -= 1
    return Run(first + shift, last + shift, first, last) if first < last else None


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


# Words, and what is left


def tokens_of(text: str) -> tuple[tuple[int, ...], str]:
    """Return what must be equal in a copy: the words' values, and the signs between them.

    Signs are symbols ($, =, emoji) and %; other marks, quotation marks, case and white space may
    differ. A stretch of nothing but such marks is returned as it is.
    """
    values = tuple(words_of(text).values)
    signs = "".join(filter(_is_sign, text))
    return values, signs if values or signs else text


def _is_sign(char: str) -> bool:
    return char == "%" or unicodedata.category(char) in _SIGNS


def _says_something(char: str) -> bool:
    return char.isalnum() or _is_sign(char)


def _hashed(*parts: object) -> str:
    whole = " ".join(map(str, parts))
    return "p" + hashlib.sha256(whole.encode()).hexdigest()[:15]


def _extent_key(item: str, span: Span) -> tuple[object, ...]:
    return item, span.layer, span.start, span.end, span.label, span.target


def _words_key(item: str, span: Span) -> tuple[object, ...]:
    return item, span.layer, span.role, tokens_of(span.text)


def _parts_key(item: str, attribution: Attribution) -> tuple[object, ...]:
    fields = (attribution.source_ids, attribution.medium_ids, attribution.content_ids)
    return item, attribution.cue_id, *(tuple(sorted(ids)) for ids in fields)


class _State:
    """What has been carried where, what is left, and what counterparts are looked up by."""

    def __init__(self, annotations: AnnotationSet, found: list[Occurrence]) -> None:
        self.annotations = annotations
        self.occurrences = found
        # By an occurrence's number and a source record's id: its counterpart, or why there is none.
        self.at: dict[tuple[int, str], AnyRecord] = {}
        self.left: dict[tuple[int, str], Left] = {}
        self.numbers: dict[str, list[int]] = {}
        self.new: dict[str, tuple[str, AnyRecord]] = {}
        self.same_extent: dict[tuple[object, ...], Span] = {}
        self.same_words: dict[tuple[object, ...], list[Span]] = {}
        self.claims: dict[tuple[str, int, int], Span] = {}
        # By item and where they begin, or where they end.
        self.claims_at: dict[tuple[str, int | None, int | None], Span] = {}
        for item, spans in annotations.spans_in.items():
            for span in spans:
                self.enter(item, span)
                if span.layer == "claim" and span.decision != "projected":
                    self.claims.setdefault((item, span.start, span.end), span)
                    self.claims_at.setdefault((item, span.start, None), span)
                    self.claims_at.setdefault((item, None, span.end), span)
        self._looked_at = {(layer, kind) for _, layer, kind in annotations.looked_at}
        # Spans that attributions tie together already, but for those that projection made.
        self.tied = {
            part
            for attribution in annotations.attributions.values()
            if attribution.decision != "projected"
            for part in attribution.part_ids
        }
        self.carried_to: list[set[str]] = [set() for _ in found]
        items = annotations.item_of
        self.same_parts: dict[tuple[object, ...], Attribution] = {}
        for _, attribution in sorted(annotations.attributions.items()):
            self.same_parts.setdefault(_parts_key(items[attribution.id], attribution), attribution)
        self.same_ends: dict[tuple[str, str, str], Link] = {}
        for _, link in sorted(annotations.links.items()):
            self.same_ends.setdefault((link.type, link.from_id, link.to_id), link)

    def looks_at(self, layer: str, target: ItemText, start: int, end: int) -> bool:
        """Tell whether the set's producer looks at such zones: page furniture is left alone."""
        zone = target.item.zone_of(start, end)
        return not self._looked_at or zone is None or (layer, zone.kind) in self._looked_at

    def enter(self, item: str, span: Span) -> None:
        """Let a span be found by its extent and its words."""
        self.same_extent.setdefault(_extent_key(item, span), span)
        self.same_words.setdefault(_words_key(item, span), []).append(span)

    def present(self, item: str, span: Span) -> Span | None:
        """Return the span that stands for a copied one: minted before, or the same by extent."""
        before = self.annotations.spans.get(span.id)
        if before is not None and self.annotations.item_of[span.id] == item:
            kept = (before.layer, before.role) == (span.layer, span.role)
            return before if kept else None
        return self.same_extent.get(_extent_key(item, span))

    def add(self, number: int, source: AnyRecord, record: AnyRecord, is_new: bool) -> None:
        """Enter a source's counterpart in an occurrence."""
        self.at[number, source.id] = record
        self.carried_to[number].add(record.id)
        self.numbers.setdefault(source.id, []).append(number)
        item = self.occurrences[number].target.item.id
        if is_new and record.id not in self.new:
            self.new[record.id] = (item, record)
            if isinstance(record, Span):
                self.enter(item, record)

    def leave(
        self,
        number: int,
        source: AnyRecord,
        extent: tuple[int, int],
        there: tuple[int, int] | None,
        reason: str,
        message: str,
    ) -> None:
        """Leave a source that is not carried to an occurrence to a person."""
        a, b = self.occurrences[number].source, self.occurrences[number].target
        to_start, to_end = there or (None, None)
        self.left[number, source.id] = Left(
            reason=reason,
            record=source.id,
            kind=type(source).__name__.lower(),
            from_item=a.item.id,
            to_item=b.item.id,
            start=extent[0],
            end=extent[1],
            text=a.text[slice(*extent)],
            to_start=to_start,
            to_end=to_end,
            to_text=b.text[slice(*there)] if there else None,
            message=message,
        )
        self.numbers.setdefault(source.id, []).append(number)

    def touched(self, ids: Iterable[str]) -> list[int]:
        """Return the numbers of the occurrences that any of these spans belongs to."""
        return sorted({number for each in ids for number in self.numbers.get(each, ())})

    def span(self, identifier: str) -> Span:
        """Return a span of the annotations, or a new one."""
        record = self.new[identifier][1] if identifier in self.new else None
        return record if isinstance(record, Span) else self.annotations.spans[identifier]

    def span_at(self, number: int, identifier: str) -> Span | None:
        """Return a source span's counterpart in an occurrence."""
        record = self.at.get((number, identifier))
        return record if isinstance(record, Span) else None

    def parts(self, record: AnyRecord) -> list[Span]:
        """Return the spans that a record, of the annotations or new, consists of."""
        if isinstance(record, Span):
            return [record]
        ids = record.part_ids if isinstance(record, Attribution) else (record.from_id,)
        return [self.span(each) for each in ids]


# Spans


def _sources_of(
    occurrence: Occurrence, annotations: AnnotationSet, blocks: AnnotationSet
) -> list[Span]:
    """Return the spans that an occurrence is given, or that are left to a person."""
    item = occurrence.source.item.id
    copied = _united(span for span in blocks.spans_in.get(item, ()) if is_copy(span))
    return [
        span
        for span in annotations.spans_in.get(item, ())
        if span.layer != LAYER
        and span.decision != "projected"
        and occurrence.has(span.start, span.end)
        and not _is_within(span, copied, occurrence.source)
    ]


def _is_within(span: Span, extents: Sequence[tuple[int, int]], source: ItemText) -> bool:
    """Tell whether every word of a span stands in one of the extents, or a wordless one does."""
    words = source.words_within(span.start, span.end)
    if not words:
        return any(start <= span.start and span.end <= end for start, end in extents)
    clipped = ((max(start, span.start), min(end, span.end)) for start, end in extents)
    return words == sum(source.words_within(*extent) for extent in clipped)


def _united(spans: Iterable[Span]) -> list[tuple[int, int]]:
    """Return the extents of spans in text order, those that touch put together."""
    found: list[tuple[int, int]] = []
    for span in spans:
        if found and span.start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], span.end))
        else:
            found.append((span.start, span.end))
    return found


def _carry_span(span: Span, number: int, state: _State) -> None:
    occurrence = state.occurrences[number]
    here = (span.start, span.end)
    start, end = occurrence.start_of(span.start), occurrence.end_of(span.end)
    if start is None or end is None:
        borders = [("start", span.start, start), ("end", span.end - 1, end)]
        lost = {name: offset for name, offset, there in borders if there is None}
        outside = not all(map(occurrence.covers, lost.values()))
        where = "outside the block, and the copy goes on otherwise"
        message = f"its {' and '.join(lost)} {'lies' if len(lost) == 1 else 'lie'} "
        message += where if outside else "on text that the copy lacks"
        reason = "outside-block" if outside else "border-unaligned"
        state.leave(number, span, here, occurrence.nearest(*here), reason, message)
        return
    fault = _fault(span, occurrence, start, end)
    copied = _copied(span, occurrence, start, end)
    if fault is None and not state.looks_at(span.layer, occurrence.target, start, end):
        fault = "zone-not-looked-at", "the set leaves this kind of zone alone in every item"
    changed = copied.id in state.annotations.item_of
    present = state.present(occurrence.target.item.id, copied)
    if fault is None and present is None:
        fault = _conflict(copied, occurrence.target.item.id, changed, state)
    if fault is not None:
        state.leave(number, span, here, (start, end), *fault)
    else:
        state.add(number, span, present or copied, is_new=present is None)


def _copied(span: Span, occurrence: Occurrence, start: int, end: int) -> Span:
    return msgspec.structs.replace(
        span,
        id=_hashed(span.id, occurrence.block_at(start).id, start),
        start=start,
        end=end,
        text=occurrence.target.text[start:end],
        decision="projected",
        human_verified=False,
    )


def _fault(span: Span, occurrence: Occurrence, start: int, end: int) -> tuple[str, str] | None:
    """Return why a span whose borders align cannot stand in the copy: reason and message."""
    source, target = occurrence.source, occurrence.target
    for offset, there in ((span.start, start), (span.end, end)):
        cut = cuts_word(target.text, there) and not cuts_word(source.text, offset)
        if cut or cuts_grapheme(target.text, there):
            return "border-unaligned", "a border would cut a word or character of the copy"
    if tokens_of(span.text) != tokens_of(target.text[start:end]):
        return "wording-differs", "the copy is worded otherwise between the span's borders"
    if target.item.zone_of(start, end) is None:
        return "crosses-paragraph", "the copy breaks the paragraph between the span's borders"
    if _splits_quotes(target, start, end) and not _splits_quotes(source, span.start, span.end):
        return "marks-differ", "a quotation mark there has its partner outside the span"
    return None


def _splits_quotes(of: ItemText, start: int, end: int) -> bool:
    """Tell whether an extent holds one quotation mark of a pair in its paragraph."""
    zone = of.item.zone_of(start, end)
    if zone is None:
        return False
    lone = lone_marks(of.text, start, end)
    return not set(lone) <= set(lone_marks(of.text, zone.start, zone.end))


def _conflict(copied: Span, item: str, changed: bool, state: _State) -> tuple[str, str] | None:
    """Return why a span would contradict what the copy has: reason and message."""
    if changed:
        return "label-differs", f"{copied.id} was projected before, and has been changed since"
    claim = state.claims.get((item, copied.start, copied.end))
    if copied.layer == "claim" and claim is not None:  # of one clause, one factuality
        return "label-differs", f"the copy has the claim {claim.id} there, {claim.label}"
    if copied.layer == "claim":
        # The copy's sentence goes on, or stops, where the canonical one does not.
        there = state.claims_at.get((item, copied.start, None))
        there = there or state.claims_at.get((item, None, copied.end))
        if there is not None:
            return "claim-there", f"the copy has the claim {there.id} there, of another extent"
    return None


# Attributions


def _parents_first(annotations: AnnotationSet) -> list[Attribution]:
    def depth(attribution: Attribution) -> int:
        seen: set[str] = set()
        above: Attribution | None = attribution
        while above is not None and above.id not in seen:
            seen.add(above.id)
            above = annotations.attributions.get(above.parent_id or "")
        return len(seen)

    own = [each for each in annotations.attributions.values() if each.decision != "projected"]
    return sorted(own, key=lambda each: (depth(each), each.id))


def _carry_attribution(attribution: Attribution, number: int, state: _State) -> None:
    occurrence = state.occurrences[number]
    parts = _counterparts(attribution, number, state)
    missing = [part for part, found in parts.items() if len(found) != 1]
    if missing:
        spans = state.annotations.spans
        told = [
            f"its {spans[part].role} {part} has {_counted(len(parts[part]))}" for part in missing
        ]
        _leave_attribution(attribution, number, state, "end-missing", "; ".join(told))
        return
    ends = {part: found[0] for part, found in parts.items()}
    parent = _parent_at(attribution, number, state)
    if attribution.parent_id is not None and parent is None:
        message = f"its parent {attribution.parent_id} was not carried there"
        _leave_attribution(attribution, number, state, "parent-missing", message)
        return
    if _cue_within(attribution, ends) and not _cue_within(attribution, state.annotations.spans):
        message = "its cue would stand inside its content"
        _leave_attribution(attribution, number, state, "end-missing", message)
        return
    scope_end = attribution.scope_end
    if attribution.scope == "open" and attribution.cue_id is not None:
        mapped = _scope_end(attribution, ends[attribution.cue_id], occurrence, state)
        if mapped is None:
            message = "its scope ends on text that the copy lacks"
            _leave_attribution(attribution, number, state, "border-unaligned", message)
            return
        scope_end = mapped if mapped < occurrence.target.item.end else None

    def ids(of: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(ends[each].id for each in of))

    copied = msgspec.structs.replace(
        attribution,
        source_ids=ids(attribution.source_ids),
        medium_ids=ids(attribution.medium_ids),
        cue_id=ends[attribution.cue_id].id if attribution.cue_id else None,
        content_ids=ids(attribution.content_ids),
        parent_id=parent,
        scope_end=scope_end,
        decision="projected",
        human_verified=False,
    )
    item = occurrence.target.item.id
    copied = msgspec.structs.replace(copied, id=_hashed(attribution.id, item, *copied.part_ids))
    present = state.same_parts.setdefault(_parts_key(item, copied), copied)
    known = state.annotations.attributions.get(copied.id)
    state.add(number, attribution, known or present, is_new=known is None and present is copied)


def _counted(number: int) -> str:
    return f"{number} counterparts" if number else "no counterpart"


def _counterparts(attribution: Attribution, number: int, state: _State) -> dict[str, list[Span]]:
    """Return what may be each part's counterpart in an occurrence: one span where that is clear.

    A part that was not carried there may stand elsewhere in the item: a named source or a medium
    anywhere, everything else only in a paragraph that another part was carried to, and no cue or
    content of another attribution: the same verb there reports something else.
    """
    item = state.occurrences[number].target.item
    own = {part: state.span_at(number, part) for part in attribution.part_ids}
    zones = {item.zone_of(span.start, span.end) for span in own.values() if span is not None}
    found: dict[str, list[Span]] = {}
    for part, span in own.items():
        source = state.annotations.spans[part]
        alike = state.same_words.get(_words_key(item.id, source), []) if zones else []
        named = source.role == "source" and attribution.source_named
        if not named and source.role != "medium":
            alike = [each for each in alike if item.zone_of(each.start, each.end) in zones]
        if source.role in ("cue", "content"):
            taken = state.tied | state.carried_to[number]
            alike = [each for each in alike if each.id not in taken]
        found[part] = alike if span is None else [span]
    return found


def _parent_at(attribution: Attribution, number: int, state: _State) -> str | None:
    """Return the id of a parent's counterpart in an occurrence, or else of its one in the item."""
    parent = attribution.parent_id
    if parent is None:
        return None
    if (number, parent) in state.at:
        return state.at[number, parent].id
    item = state.occurrences[number].target.item.id
    elsewhere = {
        state.at[other, parent].id
        for other in state.numbers.get(parent, ())
        if (other, parent) in state.at and state.occurrences[other].target.item.id == item
    }
    return elsewhere.pop() if len(elsewhere) == 1 else None


def _cue_within(attribution: Attribution, spans: Mapping[str, Span]) -> bool:
    if attribution.cue_id is None:
        return False
    cue = spans[attribution.cue_id]
    contents = (spans[each] for each in attribution.content_ids)
    return any(each.start <= cue.start and cue.end <= each.end for each in contents)


def _scope_end(
    attribution: Attribution, cue: Span, occurrence: Occurrence, state: _State
) -> int | None:
    """Return where an open scope ends in a copy: the item's end where it is so in both."""
    source, target = occurrence.source, occurrence.target
    own_cue = state.annotations.spans[attribution.cue_id or ""]
    end = attribution.scope_end or source.item.end
    mapped = occurrence.end_of(trim(source.text, own_cue.end, end)[1])
    if mapped is None or mapped <= cue.end:
        return None
    first, last = trim(target.text, mapped, target.item.end)
    return target.item.end if attribution.scope_end is None and first == last else mapped


def _leave_attribution(
    attribution: Attribution, number: int, state: _State, reason: str, message: str
) -> None:
    here = [(span.start, span.end) for span in state.parts(attribution)]
    there = [
        (span.start, span.end)
        for part in attribution.part_ids
        if (span := state.span_at(number, part)) is not None
    ] or [
        (left.to_start, left.to_end)
        for part in attribution.part_ids
        if (left := state.left.get((number, part))) and left.to_start is not None and left.to_end
    ]
    around = _around(there) if there else None
    state.leave(number, attribution, _around(here), around, reason, message)


def _around(extents: Sequence[tuple[int, int]]) -> tuple[int, int]:
    return min(start for start, _ in extents), max(end for _, end in extents)


def _leave_unused_roles(state: _State) -> None:
    """Take back the role spans that no attribution of the copy ties together."""
    attributions = [each for _, each in state.new.values() if isinstance(each, Attribution)]
    attributions += state.annotations.attributions.values()
    used = {part for attribution in attributions for part in attribution.part_ids}
    # Claims and the like; and a role span that was tied to nothing in the canonical block.
    tied = state.annotations.attributions_of
    used |= {record.id for (_, source_id), record in state.at.items() if source_id not in tied}
    for (number, source_id), record in list(state.at.items()):
        if isinstance(record, Span) and record.id in state.new and record.id not in used:
            source = state.annotations.spans[source_id]
            here, there = (source.start, source.end), (record.start, record.end)
            message = "no attribution was carried there that would use it"
            state.leave(number, source, here, there, "attribution-missing", message)
            del state.at[number, source_id]
    for identifier, (_, record) in list(state.new.items()):
        if isinstance(record, Span) and identifier not in used:
            del state.new[identifier]


# Links


def _carry_link(link: Link, number: int, state: _State) -> None:
    occurrence = state.occurrences[number]
    item = occurrence.target.item.id
    if state.annotations.item_of[link.id] != occurrence.source.item.id:
        return  # only the span it leads to stands here, and its own item is another
    ends = {each: state.span_at(number, each) for each in (link.from_id, link.to_id)}
    carried = {span.id for span in ends.values() if span is not None}
    told = []
    for each, span in ends.items():
        if span is None:
            alike = state.same_words.get(_words_key(item, state.annotations.spans[each]), [])
            alike = [other for other in alike if other.id not in carried] if carried else []
            ends[each] = alike[0] if len(alike) == 1 else None
            if len(alike) != 1:
                told.append(f"its end {each} has {_counted(len(alike))}")
    start, end = ends[link.from_id], ends[link.to_id]
    if start is None or end is None:
        _leave_link(link, number, state, "end-missing", "; ".join(told))
        return
    copied = msgspec.structs.replace(
        link,
        id=_hashed(link.id, item, start.id, end.id),
        from_id=start.id,
        to_id=end.id,
        decision="projected",
        human_verified=False,
    )
    known = state.annotations.links.get(copied.id)
    present = known or state.same_ends.get((link.type, start.id, end.id))
    if present is None and _leads_back(copied, state):
        _leave_link(link, number, state, "cycle", "in the copy it would lead back to itself")
        return
    state.same_ends.setdefault((link.type, start.id, end.id), present or copied)
    state.add(number, link, present or copied, is_new=present is None)


def _leads_back(link: Link, state: _State) -> bool:
    """Tell whether links lead from a link's end to its start already."""
    following: dict[str, list[str]] = {}
    for _, start, end in state.same_ends:
        following.setdefault(start, []).append(end)
    seen, waiting = {link.to_id}, [link.to_id]
    while waiting:
        fresh = [each for each in following.get(waiting.pop(), ()) if each not in seen]
        seen.update(fresh)
        waiting += fresh
    return link.from_id in seen


def _leave_link(link: Link, number: int, state: _State, reason: str, message: str) -> None:
    for each in (link.from_id, link.to_id):
        source, span = state.annotations.spans[each], state.span_at(number, each)
        left = state.left.get((number, each))
        if span is not None or left is not None:
            there = (span.start, span.end) if span else None
            if left is not None and left.to_start is not None and left.to_end is not None:
                there = (left.to_start, left.to_end)
            state.leave(number, link, (source.start, source.end), there, reason, message)
            return


# The result


def _in_order(state: _State) -> dict[str, list[AnyRecord]]:
    """Return the new records by item, in text order: spans, attributions, links."""

    def place(record: AnyRecord) -> tuple[object, ...]:
        if isinstance(record, Span):
            return (0, record.start, record.end, record.layer, record.label, record.id)
        kind = 1 if isinstance(record, Attribution) else 2
        return (kind, min(span.start for span in state.parts(record)), record.id)

    found: dict[str, list[AnyRecord]] = {}
    for item, record in state.new.values():
        found.setdefault(item, []).append(record)
    return {item: sorted(found[item], key=place) for item in sorted(found)}


def _queue(state: _State) -> list[Left]:
    """Return what is left, but for what another occurrence has brought to the same place."""
    carried: dict[tuple[str, str], list[Span]] = {}
    for (number, source_id), record in state.at.items():
        item = state.occurrences[number].target.item.id
        carried.setdefault((source_id, item), []).extend(state.parts(record))

    def is_there(left: Left) -> bool:
        return any(
            left.to_start is not None
            and left.to_end is not None
            and span.start < left.to_end
            and left.to_start < span.end
            for span in carried.get((left.record, left.to_item), ())
        )

    def place(left: Left) -> tuple[object, ...]:
        to_start = -1 if left.to_start is None else left.to_start
        where = (left.from_item, left.start, left.end, left.record, left.to_item, to_start)
        return (*where, left.reason, left.message)

    return sorted({left for left in state.left.values() if not is_there(left)}, key=place)
