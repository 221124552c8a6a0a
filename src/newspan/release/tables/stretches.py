"""The configs `sentences` and `paragraphs`: stretches of text with what is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

from newspan.corpus import Corpus
from newspan.derive import open_scope
from newspan.model import Document, Zone
from newspan.release.configs import CONFIGS
from newspan.release.tables.columns import span_values, table_of
from newspan.release.tables.common import Row, primary, reuse_sets
from newspan.release.tables.views import ItemView, Seen, item_views
from newspan.splits import folds
from newspan.text import sentences

#: Gives the extents of the sentences in a zone of a document with its text.
Segment = Callable[[Document, Zone, str], Iterable[tuple[int, int]]]

_LAYERS = ("claim", "attribution", "loaded_language")
_TYPES = {
    field.name: field.type
    for config in CONFIGS
    if config.name == "sentences"
    for field in config.schema
}


class Stretch(NamedTuple):
    """A sentence or a zone of an item."""

    view: ItemView
    zone: Zone
    start: int
    end: int


def nupunkt_sentences(_: Document, zone: Zone, text: str) -> list[tuple[int, int]]:
    """Return the sentences of a zone as nupunkt finds them."""
    return sentences(text, zone.start, zone.end)


def sentence_table(
    corpus: Corpus,
    segment: Segment = nupunkt_sentences,
    views: Sequence[ItemView] | None = None,
    fold_of: Mapping[str, int] | None = None,
) -> pa.Table:
    """Return one row per sentence of every zone, in text order.

    Args:
        corpus: the corpus, or a part of one.
        segment: what finds the sentences.
        views: the items as the primary set sees them, if they are made already.
        fold_of: the fold of each document, if the corpus is but a part.
    """
    found = [
        Stretch(view, zone, start, end)
        for view in views or item_views(corpus, primary(corpus))
        for zone in view.item.zones
        for start, end in segment(view.document, zone, view.text)
    ]
    columns = _columns(found, corpus, fold_of)
    ids = [f"{each.view.document.id}-s{each.start}" for each in found]
    return table_of("sentences", columns | {"id": ids, "paragraph_id": _paragraph_ids(found)})


def paragraph_table(
    corpus: Corpus,
    views: Sequence[ItemView] | None = None,
    fold_of: Mapping[str, int] | None = None,
) -> pa.Table:
    """Return one row per zone, in text order; arguments as for sentences."""
    found = [
        Stretch(view, zone, zone.start, zone.end)
        for view in views or item_views(corpus, primary(corpus))
        for zone in view.item.zones
    ]
    columns = _columns(found, corpus, fold_of)
    whole = [_whole_attributions(each.view, each.zone) for each in found]
    return table_of("paragraphs", columns | {"id": _paragraph_ids(found), "attributions": whole})


def _paragraph_ids(found: Sequence[Stretch]) -> list[str]:
    # By place, since texts are never altered: the id holds though zones before it are added.
    return [f"{each.view.document.id}-p{each.zone.start}" for each in found]


def _columns(
    found: Sequence[Stretch], corpus: Corpus, fold_of: Mapping[str, int] | None
) -> dict[str, list[object] | pa.Array]:
    """Return the columns that sentences and paragraphs share."""
    fold_of = folds(corpus.documents) if fold_of is None else fold_of
    return {
        "doc_id": [each.view.document.id for each in found],
        "item_id": [each.view.item.id for each in found],
        "zone": [each.zone.kind for each in found],
        "start": [each.start for each in found],
        "end": [each.end for each in found],
        "text": [each.view.text[each.start : each.end] for each in found],
        "lineage": [each.view.document.lineage for each in found],
        "fold": [fold_of[each.view.document.id] for each in found],
        "is_copy": _copied(found, corpus),
        **{layer: _nested(layer, found) for layer in _LAYERS},
    }


def _nested(layer: str, found: Sequence[Stretch]) -> pa.Array:
    """Return the column of a layer: the spans that touch each stretch; null if nobody looked."""
    inside: list[tuple[Stretch, Seen]] = []
    ends, unseen = [0], []
    for each in found:
        looked = each.view.looked(layer, each.zone)
        if looked:
            for seen in each.view.by_zone.get((each.zone.start, layer), ()):
                if seen.span.start < each.end and each.start < seen.span.end:
                    inside.append((each, seen))
        ends.append(len(inside))
        unseen.append(not looked)
    kind = _TYPES[layer]
    spans = [seen for _, seen in inside]
    clipped = {
        "start": [max(s.span.start - each.start, 0) for each, s in inside],
        "end": [min(s.span.end, each.end) - each.start for each, s in inside],
        "text": [
            each.view.text[max(s.span.start, each.start) : min(s.span.end, each.end)]
            for each, s in inside
        ],
        "clipped_start": [s.span.start < each.start for each, s in inside],
        "clipped_end": [s.span.end > each.end for each, s in inside],
    }
    arrays = [
        pa.array(
            clipped[field.name] if field.name in clipped else span_values(field.name, spans),
            field.type,
        )
        for field in kind.value_type
    ]
    structs = pa.StructArray.from_arrays(arrays, fields=list(kind.value_type))
    return pa.ListArray.from_arrays(
        pa.array(ends, pa.int32()), structs, type=kind, mask=pa.array(unseen, pa.bool_())
    )


def _copied(found: Sequence[Stretch], corpus: Corpus) -> list[bool | None]:
    """Tell which stretches are copied whole; null where nobody looked for copies."""
    reuse = list(reuse_sets(corpus))
    copies: dict[str, list[tuple[int, int]]] = {}
    told: list[bool | None] = []
    for view, zone, start, end in found:
        key = (view.item.id, "duplicate_block", zone.kind)
        if not any(key in chosen.looked_at for chosen in reuse):
            told.append(None)
            continue
        if view.item.id not in copies:
            copies[view.item.id] = _joined(
                view.text,
                [
                    _core(view.text, span.start, span.end)
                    for chosen in reuse
                    for span in chosen.spans_in.get(view.item.id, ())
                    # A translation parallel is a candidate for a person, not yet a copy.
                    if span.copy_role == "copy" and span.match in ("exact", "near")
                ],
            )
        own = copies[view.item.id]
        if own:
            left, right = _core(view.text, start, end)
        told.append(bool(own) and any(s <= left and right <= e for s, e in own))
    return told


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


def _whole_attributions(view: ItemView, zone: Zone) -> list[Row] | None:
    """Return the attributions with a part in the zone or an open scope over it.

    Null where nobody looked for attributions.
    """
    if not view.looked("attribution", zone):
        return None
    rows = []
    for attribution, columns in view.attributions:
        parts = [view.set.spans[part] for part in attribution.part_ids]
        extents = [(part.start, part.end) for part in parts]
        scope = open_scope(attribution, view.item, view.set.spans)
        if scope is not None:
            extents.append(scope)
        if any(start < zone.end and zone.start < end for start, end in extents):
            rows.append({"attribution_id": attribution.id, **columns})
    return rows
