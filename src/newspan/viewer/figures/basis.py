"""What is counted: a set's records by item, the words that were looked at, and what is a copy.

A record is *copied* when more than half of its characters stand in copies, that is, in blocks that
have a canonical member elsewhere; `newspan.agreement` leaves out the same ones. Figures that say
"without copies" leave out copied records, and the words of copies.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from newspan.agreement.copies import pairs
from newspan.corpus import AnnotationSet, Corpus
from newspan.derive import Voices
from newspan.model import Attribution, Document, Item, Span
from newspan.quality.figures import count_words
from newspan.reuse.copied import joined
from newspan.viewer.figures.svg import clean

Extent = tuple[int, int]
#: The layers that are annotated, in order.
LAYERS = ("claim", "attribution", "loaded_language")
LAYER_TITLES = {
    "claim": "Claims",
    "attribution": "Attribution",
    "loaded_language": "Loaded language",
}
#: The attribute that names a span of a layer.
ATTRIBUTES = {"claim": "factuality", "attribution": "role", "loaded_language": "technique"}


class Cover:
    """Stretches of a text, of which it tells how many characters lie in an extent."""

    def __init__(self, extents: Iterable[Extent]) -> None:
        self.extents = joined(extents)
        self._starts = [start for start, _ in self.extents]
        self._before = [0, *accumulate(end - start for start, end in self.extents)]

    def __bool__(self) -> bool:
        return bool(self.extents)

    def up_to(self, offset: int) -> int:
        """Return how many characters lie before an offset."""
        index = bisect_right(self._starts, offset)
        if index == 0:
            return 0
        start, end = self.extents[index - 1]
        return self._before[index - 1] + min(offset, end) - start

    def within(self, start: int, end: int) -> int:
        """Return how many characters lie in an extent."""
        return self.up_to(end) - self.up_to(start)

    def without(self, start: int, end: int) -> list[Extent]:
        """Return what of an extent is not covered."""
        found, at = [], start
        index = max(bisect_right(self._starts, start) - 1, 0)
        for left, right in self.extents[index:]:
            if left >= end:
                break
            if left > at:
                found.append((at, left))
            at = max(at, min(right, end))
        return [*found, (at, end)] if at < end else found


_NOTHING = Cover(())


class Count(NamedTuple):
    """Spans of an item and layer by label, all and without copies; and the words looked at."""

    every: Counter[str]
    own: Counter[str]
    words: tuple[int, int]


class Basis:
    """A set of a corpus, with all that its figures share.

    Args:
        corpus: the corpus.
        chosen: the set that is counted.
        blocks: the set with the duplicate blocks; None if copies are not told apart.
    """

    def __init__(
        self, corpus: Corpus, chosen: AnnotationSet, blocks: AnnotationSet | None = None
    ) -> None:
        self.corpus = corpus
        self.chosen = chosen
        self.blocks = blocks
        self._words: dict[tuple[str, int], tuple[int, int]] = {}

    @cached_property
    def items(self) -> list[tuple[Document, Item]]:
        """Return every item with its document, in the order of the corpus."""
        return [(document, item) for document in self.corpus.documents for item in document.items]

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """Return the annotated layers that the set's producer looked for."""
        return tuple(layer for layer in LAYERS if self.chosen.holds(layer))

    @cached_property
    def copies(self) -> dict[str, Cover]:
        """Return the stretches that are copies, by item id."""
        if self.blocks is None:
            return {}
        found: dict[str, list[Extent]] = {}
        for pair in pairs(self.blocks):
            found.setdefault(pair.copy_item, []).append((pair.copy.start, pair.copy.end))
        return {item_id: Cover(extents) for item_id, extents in found.items()}

    def looked(self, item: Item, layer: str) -> bool:
        """Tell whether a zone of an item was looked at for a layer."""
        return any((item.id, layer, zone.kind) in self.chosen.looked_at for zone in item.zones)

    def spans(self, item: Item, layer: str) -> Sequence[Span]:
        """Return the spans of an item in a layer, in text order."""
        return self._spans.get((item.id, layer), ())

    @cached_property
    def _spans(self) -> dict[tuple[str, str], list[Span]]:
        found: dict[tuple[str, str], list[Span]] = {}
        for item_id, spans in self.chosen.spans_in.items():
            for span in spans:
                found.setdefault((item_id, span.layer), []).append(span)
        return found

    @cached_property
    def counts(self) -> dict[tuple[str, str], Count]:
        """Return the spans by item id and layer, of what was looked at."""
        found: dict[tuple[str, str], Count] = {}
        for document, item in self.items:
            for layer in self.layers:
                if self.looked(item, layer):
                    spans = self.spans(item, layer)
                    every = Counter(span.label for span in spans)
                    own = every
                    if item.id in self.copies:
                        kept = (s for s in spans if not self.span_is_copied(item, s))
                        own = Counter(span.label for span in kept)
                    found[item.id, layer] = Count(every, own, self.words(document, item, layer))
        return found

    def attributions(self, item: Item) -> Sequence[Attribution]:
        """Return the attributions of an item, in text order."""
        return self.chosen.attributions_in.get(item.id, ())

    def is_copied(self, item: Item, extents: Iterable[Extent]) -> bool:
        """Tell whether more than half of the characters of a record's extents are in copies."""
        cover = self.copies.get(item.id)
        if cover is None:
            return False
        found = list(extents)
        return 2 * sum(cover.within(*each) for each in found) > sum(e - s for s, e in found)

    def span_is_copied(self, item: Item, span: Span) -> bool:
        """Tell whether a span is copied."""
        return self.is_copied(item, [(span.start, span.end)])

    def attribution_is_copied(self, item: Item, attribution: Attribution) -> bool:
        """Tell whether the parts of an attribution are copied, taken together."""
        parts = (self.chosen.spans[part] for part in attribution.part_ids)
        return self.is_copied(item, [(part.start, part.end) for part in parts])

    def words(self, document: Document, item: Item, layer: str) -> tuple[int, int]:
        """Return the words of the zones that were looked at for a layer: all, and without copies.

        Words are counted as `newspan.quality.figures.count_words` does.
        """
        found = [
            self._words_of(document, item, zone.start, zone.end)
            for zone in item.zones
            if (item.id, layer, zone.kind) in self.chosen.looked_at
        ]
        return sum(every for every, _ in found), sum(own for _, own in found)

    @cached_property
    def voices(self) -> list[tuple[Span, str | None, bool]]:
        """Return the spans of claims and loaded language with whose wording they are, and copied.

        The voice is None where nobody looked for attributions.
        """
        found: list[tuple[Span, str | None, bool]] = []
        for document, item in self.items:
            spans = [*self.spans(item, "claim"), *self.spans(item, "loaded_language")]
            if not spans:
                continue
            text = self.corpus.texts[document.id]
            voices = Voices(text, item, self.chosen.spans, self.attributions(item))
            for span in spans:
                zone = item.zone_of(span.start, span.end)
                known = zone and (item.id, "attribution", zone.kind) in self.chosen.looked_at
                voice = voices.voice(span.start, span.end) if known else None
                found.append((span, voice, self.span_is_copied(item, span)))
        return found

    def labels(self, layer: str) -> list[str]:
        """Return the labels of a layer that occur in the set, in the order of their file."""
        found = self._labels.get(layer, set())
        known = self.corpus.labels.of(layer, ATTRIBUTES[layer])
        return [*(each for each in known if each in found), *sorted(found - set(known))]

    def title_of(self, layer: str, attribute: str, label: str) -> str:
        """Return a label's title; its id in words where the labels file has none."""
        return self._titles.get((layer, attribute, label), label.replace("_", " "))

    @cached_property
    def _labels(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for span in self.chosen.spans.values():
            found.setdefault(span.layer, set()).add(span.label)
        return found

    @cached_property
    def _titles(self) -> dict[tuple[str, str, str], str]:
        labels = self.corpus.labels.labels
        return {(each.layer, each.attribute, each.id): each.title for each in labels}

    def _words_of(self, document: Document, item: Item, start: int, end: int) -> tuple[int, int]:
        if (item.id, start) not in self._words:
            text = self.corpus.texts[document.id]
            every = count_words(text[start:end])
            cover = self.copies.get(item.id, _NOTHING)
            own = every
            if cover.within(start, end):
                own = sum(
                    count_words(text[left:right]) for left, right in cover.without(start, end)
                )
            self._words[item.id, start] = (every, own)
        return self._words[item.id, start]

    @property
    def source(self) -> str:
        """Return which set it is and who annotated it, for a sentence and for a picture's foot."""
        by = clean("; ".join(self.chosen.info.producer.by))
        return f"set {self.chosen.info.id}, annotated by {by}"

    @property
    def said(self) -> str:
        """Return the same with how much of it a person verified."""
        verified, number = self.chosen.verified, self.chosen.number
        if not verified:
            return f"{self.source}, none of it verified by a person"
        return f"{self.source}, {verified:,} of {number:,} records verified by a person"

    @property
    def copy_rule(self) -> str:
        """Return how copies are told apart, as a sentence."""
        if self.blocks is None:
            return "Copies are not told apart: there is no set of copied passages."
        return (
            "“Without copies” leaves out what stands mostly in copied passages (set "
            f"{self.blocks.info.id}), which inflate counts."
        )


def per_thousand(count: int | None, words: int | None) -> float | None:
    """Return a count per 1,000 words; None where there are no words."""
    return None if count is None or not words else round(1000 * count / words, 1)
