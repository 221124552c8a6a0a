"""Rows of the configs that hold annotation records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from newspan.corpus import AnnotationSet, Corpus
from newspan.model import Link, Span
from newspan.release.configs import CONFIGS
from newspan.release.tables.columns import span_values, table_of
from newspan.release.tables.common import Row, items, primary, remark_columns
from newspan.release.tables.views import ItemView
from newspan.reuse.blocks import main_zone

COLUMNS = next(config.schema.names for config in CONFIGS if config.name == "annotations")


def annotation_table(views: Sequence[ItemView], chosen: AnnotationSet) -> pa.Table:
    """Return a set's rows of `annotations`, in text order; those of `spans` lack the producer."""
    spans = [seen for view in views for seen in view.spans]
    info = chosen.info
    of_set = {
        "set_id": info.id,
        "producer": info.producer.name,
        "producer_kind": info.producer.kind,
    }
    constant = {name: [value] * len(spans) for name, value in of_set.items()}
    own = {name: span_values(name, spans) for name in COLUMNS if name not in of_set}
    return table_of("annotations", own | constant)


def attribution_rows(views: Sequence[ItemView]) -> Iterator[Row]:
    """Yield the rows of `attributions`, in text order."""
    for view in views:
        for attribution, columns in view.attributions:
            parts = [view.set.spans[part] for part in attribution.part_ids]
            yield {
                "id": attribution.id,
                "doc_id": view.document.id,
                "item_id": view.item.id,
                "set_id": view.set.info.id,
                "start": min(part.start for part in parts),
                "end": max(part.end for part in parts),
                **columns,
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
            "to_text": chosen.span_of(link.to_id).text,
            **remark_columns(link),
        }


_BLOCK = ("id", "cluster", "copy_role", "match", "similarity", "scope", "start", "end", "text")


def duplicate_rows(corpus: Corpus, chosen: AnnotationSet) -> Iterator[Row]:
    """Yield a set's rows of `duplicates`, in text order."""
    for document, item in items(corpus):
        for span in chosen.spans_in.get(item.id, ()):
            if span.layer != "duplicate_block" or span.cluster is None:
                continue
            head = chosen.clusters[span.cluster].head
            if head is None or not isinstance(head.record, Span):
                raise ValueError(f"the cluster {span.cluster} has no canonical member")
            zone = main_zone(item, span.start, span.end)
            yield {
                **{name: getattr(span, name) for name in _BLOCK},
                "doc_id": document.id,
                "item_id": item.id,
                "set_id": chosen.info.id,
                "zone": zone.kind if zone else None,
                "canonical_id": head.record.id,
                "canonical_doc_id": corpus.document_of(head.item_id),
                "canonical_start": head.record.start,
                "canonical_end": head.record.end,
                "alignment": span.to_json().get("alignment"),
            }
