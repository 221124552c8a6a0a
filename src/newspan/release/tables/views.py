"""Items with what one set says of them: each span with its zone and whose wording it is."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from newspan.corpus import AnnotationSet, Corpus
from newspan.model import Attribution, Document, Item, Span, Zone
from newspan.release.tables.common import Row, attribution_columns, item_voices, items


class Seen(NamedTuple):
    """A span, the zone that it stands in, whose wording it is, and its attributions.

    Voice and attributions are None where nobody looked for attributions, and the voice is for
    layers that have none. The attributions of a role span are those that it is a part of, of
    others those that they stand in.
    """

    span: Span
    document_id: str
    item_id: str
    zone: Zone | None
    voice: str | None
    attribution_ids: list[str] | None


class ItemView:
    """An item, with a set's spans in text order."""

    def __init__(
        self, corpus: Corpus, chosen: AnnotationSet, document: Document, item: Item
    ) -> None:
        self.document = document
        self.item = item
        self.text = corpus.texts[document.id]
        self.set = chosen
        self._voices = item_voices(corpus, chosen, document, item)
        self.spans = [self._seen(span) for span in chosen.spans_in.get(item.id, ())]

    def looked(self, layer: str, zone: Zone) -> bool:
        """Tell whether the set's producer looked for a layer in a zone."""
        return (self.item.id, layer, zone.kind) in self.set.looked_at

    @cached_property
    def attributions(self) -> list[tuple[Attribution, Row]]:
        """Return the item's attributions with their columns, in the order of their first parts."""
        return [
            (each, attribution_columns(each, self.set, self.item))
            for each in self.set.attributions_in.get(self.item.id, ())
        ]

    @cached_property
    def by_zone(self) -> dict[tuple[int, str], list[Seen]]:
        """Return the spans by the start of their zone and their layer.

        A span of a layer that rows nest stands in one zone, as the checks have seen to.
        """
        found: dict[tuple[int, str], list[Seen]] = {}
        for seen in self.spans:
            if seen.zone is not None:
                found.setdefault((seen.zone.start, seen.span.layer), []).append(seen)
        return found

    def _seen(self, span: Span) -> Seen:
        zone = self.item.zone_of(span.start, span.end)
        voice: str | None = None
        within: list[str] | None = None
        if span.role:
            within = self.set.attributions_of.get(span.id, [])
        elif zone is not None and self.looked("attribution", zone):
            within = self._voices.attribution_ids(span.start, span.end)
            if span.layer in ("claim", "loaded_language"):
                voice = self._voices.voice(span.start, span.end)
        return Seen(span, self.document.id, self.item.id, zone, voice, within)


def item_views(corpus: Corpus, chosen: AnnotationSet) -> list[ItemView]:
    """Return every item with what a set says of it, in text order."""
    return [ItemView(corpus, chosen, document, item) for document, item in items(corpus)]
