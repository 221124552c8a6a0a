"""A set as a quality report sees it, however broken: which spans point to text, and what is there.

`check` names the errors of a set. Here whatever is left of it is still looked at: what cannot be
is set aside and counted, and nothing raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import msgspec

from newspan.corpus import AnnotationSet, Corpus, Placed
from newspan.derive import Voices
from newspan.model import AnyRecord, Attribution, Document, Item, Span, Zone
from newspan.quality.figures import count_words
from newspan.quality.records import LAYERS, Where
from newspan.text import is_blank, lone_marks, quoted_ranges, sentences

_OPENING = {"(": ")", "[": "]", "{": "}", "（": "）", "［": "］", "【": "】"}
_CLOSING = frozenset(_OPENING.values())
_ROLES = {"source_ids": "source", "medium_ids": "medium", "content_ids": "content"}


class Seen(NamedTuple):
    """A span whose extent is text of its item, and which stands there."""

    placed: Placed
    span: Span
    item: Item
    text: str
    zone: Zone | None

    def where(self, detail: str = "") -> Where:
        """Return its place."""
        return span_place(self.placed, self.span, detail)


class View:
    """A set's spans of the annotated layers, those that can be looked at and those that cannot.

    Args:
        annotation_set: the set, errors and all.
        corpus: the corpus that it belongs to.
    """

    def __init__(self, annotation_set: AnnotationSet, corpus: Corpus) -> None:
        self.annotation_set = annotation_set
        self.corpus = corpus
        self.seen: list[Seen] = []
        self.unusable: list[tuple[str, Where]] = []
        self._words: dict[tuple[str, int], int] = {}
        self._lines: dict[str, list[int]] = {}
        self._marks: dict[tuple[str, int, str], list[tuple[int, int]]] = {}
        for placed in annotation_set.records:
            span = placed.record
            if not isinstance(span, Span) or span.layer not in LAYERS:
                continue
            fault, detail = _fault(span, placed.item_id, corpus)
            if fault:
                self.unusable.append((fault, span_place(placed, span, detail)))
                continue
            document, item = corpus.items[placed.item_id]
            text = corpus.texts[document.id]
            self.seen.append(Seen(placed, span, item, text, item.zone_of(span.start, span.end)))

    def records(self) -> Iterator[AnyRecord]:
        """Yield every span of the annotated layers and every attribution, in the files' order."""
        for placed in self.annotation_set.records:
            record = placed.record
            if isinstance(record, Attribution) or getattr(record, "layer", None) in LAYERS:
                yield record

    def places(self) -> Iterator[tuple[Attribution, Placed]]:
        """Yield every attribution as it was read, with its place."""
        for placed in self.annotation_set.records:
            if isinstance(placed.record, Attribution):
                yield placed.record, placed

    @cached_property
    def sound(self) -> AnnotationSet:
        """Return the set of what can be looked at: ids are unique and point to what is there.

        Of two records with one id the first stays; an attribution loses the ends that are missing.
        """
        kept: dict[str, Placed] = {}
        for seen in self.seen:
            kept.setdefault(seen.span.id, seen.placed)
        for attribution, placed in self.places():
            if placed.item_id in self.corpus.items and attribution.id not in kept:
                whole = _with_ends(attribution, placed.item_id, kept)
                kept[attribution.id] = Placed(whole, placed.item_id, placed.place)
        return AnnotationSet(self.annotation_set.info, tuple(kept.values()))

    @cached_property
    def items(self) -> list[tuple[Document, Item]]:
        """Return the items that the producer looked at in any layer and that are there."""
        items = {item for item, layer, _ in self.annotation_set.looked_at if layer in LAYERS}
        found = [self.corpus.items[name] for name in sorted(items) if name in self.corpus.items]
        return [(d, item) for d, item in found if item.fits(self.corpus.texts[d.id])]

    def zones(self, item: Item, layer: str) -> list[Zone]:
        """Return the zones of an item that were looked at for a layer."""
        looked_at = self.annotation_set.looked_at
        return [zone for zone in item.zones if (item.id, layer, zone.kind) in looked_at]

    def words(self, item: Item, zones: list[Zone], text: str) -> int:
        """Return how many words some zones of an item have."""
        for zone in zones:
            if (item.id, zone.start) not in self._words:
                number = count_words(text[zone.start : zone.end])
                self._words[item.id, zone.start] = number
        return sum(self._words[item.id, zone.start] for zone in zones)

    def voices(self, document: Document, item: Item) -> Voices:
        """Return whose wording an item is, by the attributions that can be looked at."""
        inside = self.sound.attributions_in.get(item.id, ())
        return Voices(self.corpus.texts[document.id], item, self.sound.spans, inside)

    def line_starts(self, document: Document) -> list[int]:
        """Return where the lines of a raw text begin; LF alone ends one, as editors count."""
        if document.id not in self._lines:
            text = self.corpus.texts[document.id]
            self._lines[document.id] = [0, *(match.end() for match in re.finditer("\n", text))]
        return self._lines[document.id]

    def quoted(self, seen: Seen) -> list[tuple[int, int]]:
        """Return the stretches between quotation marks of the zone that a span stands in."""
        return self._of_zone(seen, "quoted")

    def cut_marks(self, seen: Seen) -> list[int]:
        """Return a span's quotation marks whose partner is in its zone, but outside the span."""
        cut = lone_marks(seen.text, seen.span.start, seen.span.end)
        return _without(cut, self._of_zone(seen, "marks")) if cut else cut

    def cut_brackets(self, seen: Seen) -> list[int]:
        """Return a span's brackets whose partner is in its zone, but outside the span."""
        cut = lone_brackets(seen.text, seen.span.start, seen.span.end)
        return _without(cut, self._of_zone(seen, "brackets")) if cut else cut

    def sentences(self, seen: Seen) -> list[tuple[int, int]]:
        """Return the sentences of the zone that a span stands in."""
        return self._of_zone(seen, "sentences")

    def _of_zone(self, seen: Seen, what: str) -> list[tuple[int, int]]:
        start, end = (seen.item.start, seen.item.end)
        if seen.zone is not None:
            start, end = seen.zone.start, seen.zone.end
        key = (seen.item.id, start, what)
        if key not in self._marks:
            self._marks[key] = _look(what, seen.text, start, end)
        return self._marks[key]


def span_place(placed: Placed, span: Span, detail: str = "") -> Where:
    """Return the place of a span's record."""
    file, line = placed.place.file, placed.place.line
    extent = (span.start, span.end, span.text, span.id)
    return Where(file, line, placed.item_id, *extent, span.layer, span.label, detail)


def attribution_place(attribution: Attribution, placed: Placed, view: View, detail: str) -> Where:
    """Return the place of an attribution's record, with the extent of its first part."""
    spans = view.sound.spans
    parts = [spans[part] for part in attribution.part_ids if part in spans]
    first = min(parts, key=lambda span: (span.start, span.end), default=None)
    start, end, text = (first.start, first.end, first.text) if first else (None, None, "")
    file, line = placed.place.file, placed.place.line
    name = attribution.id
    return Where(file, line, placed.item_id, start, end, text, name, "attribution", "", detail)


def lone_brackets(text: str, start: int, end: int) -> list[int]:
    """Return the positions of brackets between `start` and `end` without their partner."""
    waiting: list[int] = []
    lone = []
    for index in range(start, end):
        char = text[index]
        if char in _OPENING:
            waiting.append(index)
        elif char in _CLOSING:
            if waiting and _OPENING[text[waiting[-1]]] == char:
                waiting.pop()
            else:
                lone.append(index)
    return sorted(lone + waiting)


def _look(what: str, text: str, start: int, end: int) -> list[tuple[int, int]]:
    if what == "quoted":
        return quoted_ranges(text, start, end)
    if what == "sentences":
        return sentences(text, start, end)
    lone = lone_marks(text, start, end) if what == "marks" else lone_brackets(text, start, end)
    return [(index, index + 1) for index in lone]


def _without(positions: list[int], lone: list[tuple[int, int]]) -> list[int]:
    starts = {start for start, _ in lone}
    return [position for position in positions if position not in starts]


def _fault(span: Span, item_id: str, corpus: Corpus) -> tuple[str, str]:
    """Return the lint that says why a span cannot be looked at, and the detail; empty if it can."""
    if item_id not in corpus.items:
        return "unknown-item", f"{item_id!r} is no item"
    document, item = corpus.items[item_id]
    text = corpus.texts[document.id]
    if not 0 <= span.start <= span.end <= len(text):
        return "out-of-range", f"{span.start}-{span.end}, the text has {len(text)} characters"
    found = text[span.start : span.end]
    if all(map(is_blank, found)):
        return "empty", "no characters" if not found else "white space only"
    if found != span.text:
        return "surface-mismatch", f"the text has {found[:60]!r}"
    if not item.start <= span.start < span.end <= item.end or not item.fits(text):
        return "outside-item", f"the item is {item.start}-{item.end}"
    return "", ""


def _with_ends(attribution: Attribution, item_id: str, kept: dict[str, Placed]) -> Attribution:
    def there(ids: tuple[str, ...], role: str) -> tuple[str, ...]:
        return tuple(i for i in ids if i in kept and _is_role(kept[i], role, item_id))

    ends = {field: there(getattr(attribution, field), role) for field, role in _ROLES.items()}
    cue = there((attribution.cue_id,), "cue") if attribution.cue_id else ()
    cue_id = cue[0] if cue else None
    return msgspec.structs.replace(attribution, **ends, cue_id=cue_id)


def _is_role(placed: Placed, role: str, item_id: str) -> bool:
    record = placed.record
    return isinstance(record, Span) and record.role == role and placed.item_id == item_id
