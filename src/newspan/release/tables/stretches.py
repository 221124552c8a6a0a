"""Rows of the configs `sentences` and `paragraphs`: stretches of text with what is in them."""

from __future__ import annotations

from collections.abc import Iterator

from newspan.corpus import Corpus
from newspan.derive import was_looked_at
from newspan.model import Document, Item, Span, Zone
from newspan.release.tables.common import (
    Row,
    attribution_columns,
    item_voices,
    items,
    primary,
    reuse_sets,
    span_columns,
    voice_of,
)
from newspan.splits import folds
from newspan.text import sentences


class _ItemView:
    """An item with what the primary set and the reuse sets say of it."""

    def __init__(self, document: Document, item: Item, corpus: Corpus, fold: int) -> None:
        self.document = document
        self.item = item
        self.fold = fold
        self.text = corpus.texts[document.id]
        self.set = primary(corpus)
        self.voices = item_voices(corpus, self.set, document, item)
        reuse = list(reuse_sets(corpus))
        self.looked_for_copies = any(c.item == item.id for s in reuse for c in s.info.coverage)
        self.copies = [
            (span.start, span.end)
            for s in reuse
            for span in s.spans_in.get(item.id, ())
            if span.copy_role == "copy"
        ]

    def looked(self, layer: str, zone: Zone) -> bool:
        """Tell whether the primary set's producer looked for a layer in a zone."""
        return was_looked_at(self.item.id, layer, zone.kind, self.set.info.coverage)

    def stretch(self, zone: Zone, start: int, end: int) -> Row:
        """Return the columns that sentences and paragraphs share."""
        looked = self.looked_for_copies
        return {
            "doc_id": self.document.id,
            "item_id": self.item.id,
            "zone": zone.kind,
            "start": start,
            "end": end,
            "text": self.text[start:end],
            "lineage": self.document.lineage,
            "fold": self.fold,
            "is_copy": any(s <= start and end <= e for s, e in self.copies) if looked else None,
            **{
                layer: self._layer(layer, zone, start, end)
                for layer in ("claim", "attribution", "loaded_language")
            },
        }

    def _layer(self, layer: str, zone: Zone, start: int, end: int) -> list[Row] | None:
        if not self.looked(layer, zone):
            return None
        return [
            self._inside(span, start, end)
            for span in self.set.spans_in.get(self.item.id, ())
            if span.layer == layer and span.start < end and start < span.end
        ]

    def _inside(self, span: Span, start: int, end: int) -> Row:
        left, right = max(span.start, start), min(span.end, end)
        return {
            **span_columns(span),
            "span_id": span.id,
            "start": left - start,
            "end": right - start,
            "text": self.text[left:right],
            "clipped_start": left != span.start,
            "clipped_end": right != span.end,
            "voice": voice_of(span, self.voices),
            "attribution_ids": self.set.attributions_of.get(span.id, []),
        }


def _views(corpus: Corpus) -> Iterator[_ItemView]:
    fold_of = folds(corpus.documents)
    for document, item in items(corpus):
        yield _ItemView(document, item, corpus, fold_of[document.id])


def sentence_rows(corpus: Corpus) -> Iterator[Row]:
    """Yield one row per sentence of every zone, in text order."""
    for view in _views(corpus):
        for zone in view.item.zones:
            for start, end in sentences(view.text, zone.start, zone.end):
                yield {
                    "id": f"{view.document.id}-s{start}",
                    "paragraph_id": _paragraph_id(view.document, zone),
                    **view.stretch(zone, start, end),
                }


def paragraph_rows(corpus: Corpus) -> Iterator[Row]:
    """Yield one row per zone, in text order."""
    for view in _views(corpus):
        for zone in view.item.zones:
            yield {
                "id": _paragraph_id(view.document, zone),
                **view.stretch(zone, zone.start, zone.end),
                "attributions": _whole_attributions(view, zone),
            }


def _paragraph_id(document: Document, zone: Zone) -> str:
    # By place, since texts are never altered: the id holds though zones before it are added.
    return f"{document.id}-p{zone.start}"


def _whole_attributions(view: _ItemView, zone: Zone) -> list[Row] | None:
    """Return the attributions with a part in the zone; null where nobody looked for them."""
    if not view.looked("attribution", zone):
        return None
    rows = []
    for attribution in view.set.attributions_in.get(view.item.id, ()):
        parts = [view.set.spans[part] for part in attribution.part_ids]
        if any(part.start < zone.end and zone.start < part.end for part in parts):
            row = attribution_columns(attribution, view.set, view.item)
            rows.append({"attribution_id": attribution.id, **row})
    return rows
