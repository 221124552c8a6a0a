"""Rows of the configs that hold annotation records."""

from __future__ import annotations

from collections.abc import Iterator

from newspan.corpus import AnnotationSet, Corpus
from newspan.model import Link
from newspan.release.tables.common import (
    Row,
    attribution_columns,
    item_voices,
    items,
    primary,
    remark_columns,
    reuse_sets,
    span_columns,
    voice_columns,
)
from newspan.reuse.blocks import main_zone


def span_rows(corpus: Corpus) -> Iterator[Row]:
    """Yield the rows of `spans`, in text order."""
    return _rows_of(corpus, primary(corpus))


def annotation_rows(corpus: Corpus) -> Iterator[Row]:
    """Yield the rows of `annotations`, in text order."""
    for chosen in sorted(corpus.sets.values(), key=lambda s: s.info.id):
        producer = chosen.info.producer
        for row in _rows_of(corpus, chosen):
            yield {**row, "producer": producer.name, "producer_kind": producer.kind}


def _rows_of(corpus: Corpus, chosen: AnnotationSet) -> Iterator[Row]:
    for document, item in items(corpus):
        voiced = item_voices(corpus, chosen, document, item)
        for span in chosen.spans_in.get(item.id, ()):
            zone = item.zone_of(span.start, span.end)
            yield {
                **span_columns(span),
                "id": span.id,
                "doc_id": document.id,
                "item_id": item.id,
                "set_id": chosen.info.id,
                "label": span.label,
                "zone": zone.kind if zone else None,
                **voice_columns(span, voiced, chosen, item),
            }


def attribution_rows(corpus: Corpus) -> Iterator[Row]:
    """Yield the rows of `attributions`, in text order."""
    chosen = primary(corpus)
    for document, item in items(corpus):
        for attribution in chosen.attributions_in.get(item.id, ()):
            parts = [chosen.spans[part] for part in attribution.part_ids]
            yield {
                "id": attribution.id,
                "doc_id": document.id,
                "item_id": item.id,
                "set_id": chosen.info.id,
                "start": min(part.start for part in parts),
                "end": max(part.end for part in parts),
                **attribution_columns(attribution, chosen, item),
                **remark_columns(attribution),
            }


def link_rows(corpus: Corpus) -> Iterator[Row]:
    """Yield the rows of `links`, by the place of the span that each leads from."""
    chosen = primary(corpus)
    rank = {item.id: number for number, (_, item) in enumerate(items(corpus))}

    def key(link: Link) -> tuple[int, int, str]:
        return (rank[chosen.item_of[link.id]], chosen.spans[link.from_id].start, link.id)

    for link in sorted(chosen.links.values(), key=key):
        item_id = chosen.item_of[link.id]
        yield {
            "id": link.id,
            "doc_id": corpus.items[item_id][0].id,
            "item_id": item_id,
            "set_id": chosen.info.id,
            "type": link.type,
            "from_id": link.from_id,
            "to_id": link.to_id,
            "from_text": chosen.spans[link.from_id].text,
            "to_text": chosen.spans[link.to_id].text,
            **remark_columns(link),
        }


def duplicate_rows(corpus: Corpus) -> Iterator[Row]:
    """Yield the rows of `duplicates`, in text order."""
    for chosen in sorted(reuse_sets(corpus), key=lambda s: s.info.id):
        canonical = {
            span.cluster: (span, corpus.items[chosen.item_of[span.id]][0].id)
            for span in chosen.spans.values()
            if span.copy_role == "canonical"
        }
        for document, item in items(corpus):
            for span in chosen.spans_in.get(item.id, ()):
                if span.layer != "duplicate_block":
                    continue
                head, head_doc = canonical[span.cluster]
                zone = main_zone(item, span.start, span.end)
                yield {
                    **span_columns(span),
                    "id": span.id,
                    "doc_id": document.id,
                    "item_id": item.id,
                    "set_id": chosen.info.id,
                    "zone": zone.kind if zone else None,
                    "canonical_id": head.id,
                    "canonical_doc_id": head_doc,
                    "canonical_start": head.start,
                    "canonical_end": head.end,
                }
