"""What several configs' rows share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from newspan.corpus import AnnotationSet, Corpus
from newspan.derive import Voices, open_scope
from newspan.model import AnyRecord, Attribution, Document, Item, Producer, SetInfo

Row = dict[str, Any]


def primary(corpus: Corpus) -> AnnotationSet:
    """Return the set whose records the training configs carry; an empty one if there is none.

    The empty one covers nothing, so that every layer counts as not looked at.
    """
    return corpus.sets.get(corpus.info.primary_set) or _NO_SET


_NO_SET = AnnotationSet(SetInfo("none", Producer("rule", "none"), "", ""), ())


def items(corpus: Corpus) -> Iterator[tuple[Document, Item]]:
    """Yield every item with its document, by document id and place."""
    for document in sorted(corpus.documents, key=lambda d: d.id):
        for item in document.items:
            yield document, item


def reuse_sets(corpus: Corpus) -> Iterator[AnnotationSet]:
    """Yield the sets that hold duplicate blocks."""
    return (chosen for chosen in corpus.sets.values() if chosen.holds("duplicate_block"))


def item_voices(corpus: Corpus, chosen: AnnotationSet, document: Document, item: Item) -> Voices:
    """Return whose wording an item is, by a set's attributions."""
    inside = chosen.attributions_in.get(item.id, ())
    return Voices(corpus.texts[document.id], item, chosen.spans, inside)


def attribution_columns(attribution: Attribution, chosen: AnnotationSet, item: Item) -> Row:
    """Return an attribution's columns, its parts as texts and as ids."""

    def texts(ids: Iterable[str]) -> list[str]:
        return [chosen.spans[part].text for part in ids]

    scope = open_scope(attribution, item, chosen.spans)
    return {
        "mode": attribution.mode,
        "source": texts(attribution.source_ids),
        "medium": texts(attribution.medium_ids),
        "cue": chosen.spans[attribution.cue_id].text if attribution.cue_id else None,
        "content": texts(attribution.content_ids),
        "source_kind": attribution.source_kind,
        "source_named": attribution.source_named,
        "source_name": attribution.source_name,
        "cue_type": attribution.cue_type,
        "cue_force": attribution.cue_force,
        "scope": attribution.scope,
        "scope_end": scope[1] if scope else None,
        "source_ids": list(attribution.source_ids),
        "medium_ids": list(attribution.medium_ids),
        "cue_id": attribution.cue_id,
        "content_ids": list(attribution.content_ids),
        "parent_id": attribution.parent_id,
    }


def remark_columns(record: AnyRecord) -> Row:
    """Return the columns that records of every kind have."""
    return {
        "unsure": record.unsure,
        "note": record.note,
        "decision": record.decision,
        "human_verified": record.human_verified,
    }
