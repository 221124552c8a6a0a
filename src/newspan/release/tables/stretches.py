"""Rows of the configs `sentences` and `paragraphs`: stretches of text with what is in them."""

from __future__ import annotations

from collections.abc import Iterator

from newspan.corpus import Corpus
from newspan.derive import open_scope
from newspan.model import Document, Item, Span, Zone
from newspan.release.tables.common import (
    Row,
    attribution_columns,
    item_voices,
    items,
    primary,
    reuse_sets,
    span_columns,
    voice_columns,
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
        # A span of these layers stands in one zone, as the checks have seen to.
        self._by_zone: dict[int, list[Span]] = {}
        for span in self.set.spans_in.get(item.id, ()):
            around = item.zone_of(span.start, span.end)
            if around is not None:
                self._by_zone.setdefault(around.start, []).append(span)
        self.reuse = list(reuse_sets(corpus))
        self.copies = _joined(
            self.text,
            [
                _core(self.text, span.start, span.end)
                for chosen in self.reuse
                for span in chosen.spans_in.get(item.id, ())
                # A translation parallel is a candidate for a person, not yet a copy.
                if span.copy_role == "copy" and span.match in ("exact", "near")
            ],
        )

    def looked(self, layer: str, zone: Zone) -> bool:
        """Tell whether the primary set's producer looked for a layer in a zone."""
        return (self.item.id, layer, zone.kind) in self.set.looked_at

    def stretch(self, zone: Zone, start: int, end: int) -> Row:
        """Return the columns that sentences and paragraphs share."""
        return {
            "doc_id": self.document.id,
            "item_id": self.item.id,
            "zone": zone.kind,
            "start": start,
            "end": end,
            "text": self.text[start:end],
            "lineage": self.document.lineage,
            "fold": self.fold,
            "is_copy": self._is_copy(zone, start, end),
            **{
                layer: self._layer(layer, zone, start, end)
                for layer in ("claim", "attribution", "loaded_language")
            },
        }

    def _is_copy(self, zone: Zone, start: int, end: int) -> bool | None:
        """Tell whether a stretch is copied whole; null where nobody looked for copies."""
        key = (self.item.id, "duplicate_block", zone.kind)
        if not any(key in chosen.looked_at for chosen in self.reuse):
            return None
        left, right = _core(self.text, start, end)
        return any(s <= left and right <= e for s, e in self.copies)

    def _layer(self, layer: str, zone: Zone, start: int, end: int) -> list[Row] | None:
        if not self.looked(layer, zone):
            return None
        return [
            self._inside(span, start, end)
            for span in self._by_zone.get(zone.start, ())
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
            **voice_columns(span, self.voices, self.set, self.item),
        }


def _joined(text: str, extents: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return extents with those joined that no letter or digit parts: a copy in several blocks."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(extents):
        if joined and not any(map(str.isalnum, text[joined[-1][1] : start])):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _core(text: str, start: int, end: int) -> tuple[int, int]:
    """Return an extent without the characters at its edges that are neither letter nor digit."""
    left, right = start, end
    while left < right and not text[left].isalnum():
        left += 1
    while right > left and not text[right - 1].isalnum():
        right -= 1
    return (left, right) if left < right else (start, end)


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
    """Return the attributions with a part in the zone or an open scope over it.

    Null where nobody looked for attributions.
    """
    if not view.looked("attribution", zone):
        return None
    rows = []
    for attribution in view.set.attributions_in.get(view.item.id, ()):
        parts = [view.set.spans[part] for part in attribution.part_ids]
        extents = [(part.start, part.end) for part in parts]
        scope = open_scope(attribution, view.item, view.set.spans)
        if scope is not None:
            extents.append(scope)
        if any(start < zone.end and zone.start < end for start, end in extents):
            row = attribution_columns(attribution, view.set, view.item)
            rows.append({"attribution_id": attribution.id, **row})
    return rows
