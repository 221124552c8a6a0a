"""The release's configs: which columns each has, and what one row is."""

from __future__ import annotations

import msgspec
import pyarrow as pa

_S, _I, _B, _F = pa.string(), pa.int64(), pa.bool_(), pa.float64()


def _struct(**fields: pa.DataType) -> pa.DataType:
    return pa.struct([pa.field(name, kind) for name, kind in fields.items()])


def _schema(**fields: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, kind) for name, kind in fields.items()])


_EVIDENCE = pa.list_(
    _struct(
        **{"class": _S},  # a keyword of Python
        start=_I,
        end=_I,
        text=_S,
        source=_S,
        retrieved=_S,
        quote=_S,
        reason=_S,
    )
)


def _assertion(name: str) -> dict[str, pa.DataType]:
    """Return the columns of an assertion: value, confidence, evidence, note."""
    return {
        name: _S,
        f"{name}_confidence": _S,
        f"{name}_evidence": _EVIDENCE,
        f"{name}_note": _S,
    }


_PLACE = {"id": _S, "doc_id": _S, "item_id": _S}
_REMARKS = {"unsure": _B, "note": _S, "decision": _S, "human_verified": _B}

# Runs of equal text in a member and in its cluster's canonical one.
_ALIGNMENT = pa.list_(_struct(start=_I, end=_I, canonical_start=_I, canonical_end=_I))

_SPAN = {
    **_PLACE,
    "set_id": _S,
    "layer": _S,
    "label": _S,
    "start": _I,
    "end": _I,
    "text": _S,
    "zone": _S,
    "voice": _S,
    "attribution_ids": pa.list_(_S),
    "factuality": _S,
    "check_worthy": _B,
    "check_worthiness": _S,
    "hedged": _B,
    "role": _S,
    "technique": _S,
    "target": _S,
    "polarity": _S,
    "cluster": _S,
    "copy_role": _S,
    "match": _S,
    "similarity": _F,
    "scope": _S,
    "alignment": _ALIGNMENT,
    **_REMARKS,
}

_INSIDE = {
    "span_id": _S,
    "start": _I,
    "end": _I,
    "text": _S,
    "clipped_start": _B,
    "clipped_end": _B,
}
_LAYERS = {
    "claim": pa.list_(
        _struct(
            **_INSIDE,
            factuality=_S,
            check_worthy=_B,
            check_worthiness=_S,
            hedged=_B,
            voice=_S,
            attribution_ids=pa.list_(_S),
            unsure=_B,
        )
    ),
    "attribution": pa.list_(_struct(**_INSIDE, role=_S, attribution_ids=pa.list_(_S))),
    "loaded_language": pa.list_(_struct(**_INSIDE, technique=_S, target=_S, polarity=_S, voice=_S)),
}
_STRETCH = {
    "zone": _S,
    "start": _I,
    "end": _I,
    "text": _S,
    "lineage": _S,
    "fold": _I,
    "is_copy": _B,
    **_LAYERS,
}

_ATTRIBUTION = {
    "mode": _S,
    "source": pa.list_(_S),
    "medium": pa.list_(_S),
    "cue": _S,
    "content": pa.list_(_S),
    "source_kind": _S,
    "source_named": _B,
    "source_name": _S,
    "cue_type": _S,
    "cue_force": _S,
    "scope": _S,
    "scope_end": _I,
    "source_ids": pa.list_(_S),
    "medium_ids": pa.list_(_S),
    "cue_id": _S,
    "content_ids": pa.list_(_S),
    "parent_id": _S,
}


class Config(msgspec.Struct, frozen=True):
    """One config of a release: its name, what a row is, and the columns."""

    name: str
    row: str
    schema: pa.Schema

    @property
    def path(self) -> str:
        """Return the path of its Parquet file in the release."""
        return f"{self.name}/train-00000-of-00001.parquet"


CONFIGS: tuple[Config, ...] = (
    Config(
        "documents",
        "document: text, items, zones, provenance, partisanship",
        _schema(
            doc_id=_S,
            text=_S,
            sha256=_S,
            file=_S,
            language=_S,
            lineage=_S,
            fold=_I,
            note=_S,
            items=pa.list_(
                _struct(
                    item_id=_S,
                    start=_I,
                    end=_I,
                    **_assertion("title"),
                    authors=pa.list_(_struct(name=_S, confidence=_S, evidence=_EVIDENCE, note=_S)),
                    **_assertion("published"),
                    note=_S,
                )
            ),
            zones=pa.list_(_struct(item_id=_S, start=_I, end=_I, kind=_S, note=_S)),
            provenance=pa.list_(
                _struct(
                    item_id=_S,
                    step=_I,
                    outlet_id=_S,
                    outlet=_S,
                    affiliation=_S,
                    affiliation_contested=_B,
                    role=_S,
                    confidence=_S,
                    evidence=_EVIDENCE,
                    **_assertion("language"),
                    **_assertion("published"),
                    **_assertion("url"),
                    note=_S,
                )
            ),
            partisanship=pa.list_(
                _struct(
                    item_id=_S,
                    target=_S,
                    polarity=_S,
                    confidence=_S,
                    evidence=_EVIDENCE,
                    note=_S,
                    assessor=_S,
                    assessor_kind=_S,
                    assessor_note=_S,
                    assessed_on=_S,
                    human_verified=_B,
                )
            ),
            perspectives=pa.list_(
                _struct(
                    item_id=_S,
                    **_assertion("right_of_reply"),
                    missing=pa.list_(_S),
                )
            ),
        ),
    ),
    Config(
        "sentences",
        "sentence, with the spans that touch it",
        _schema(**_PLACE, paragraph_id=_S, **_STRETCH),
    ),
    Config(
        "paragraphs",
        "paragraph or other zone, with the spans in it and its attributions whole",
        _schema(
            **_PLACE, **_STRETCH, attributions=pa.list_(_struct(attribution_id=_S, **_ATTRIBUTION))
        ),
    ),
    Config("spans", "span of the primary set", _schema(**_SPAN)),
    Config(
        "attributions",
        "attribution of the primary set, with its parts' texts",
        _schema(**_PLACE, set_id=_S, start=_I, end=_I, **_ATTRIBUTION, **_REMARKS),
    ),
    Config(
        "links",
        "link of the primary set between two spans",
        _schema(
            **_PLACE, set_id=_S, type=_S, from_id=_S, to_id=_S, from_text=_S, to_text=_S, **_REMARKS
        ),
    ),
    Config(
        "annotations",
        "span of any set, with its producer, unaggregated",
        _schema(**_SPAN, producer=_S, producer_kind=_S),
    ),
    Config(
        "duplicates",
        "member of a reuse cluster, with its alignment to the canonical copy",
        _schema(
            **_PLACE,
            set_id=_S,
            cluster=_S,
            copy_role=_S,
            match=_S,
            similarity=_F,
            scope=_S,
            zone=_S,
            start=_I,
            end=_I,
            text=_S,
            canonical_id=_S,
            canonical_doc_id=_S,
            canonical_start=_I,
            canonical_end=_I,
            alignment=_ALIGNMENT,
        ),
    ),
)
