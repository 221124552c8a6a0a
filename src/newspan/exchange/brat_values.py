"""The names that newspan's own types and attributes have in brat's files, and their values."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from newspan import schema
from newspan.model import AnyRecord

NOTE, SOURCE_NAME, PARENT = "AnnotatorNotes", "source_name", "parent"
CLAIM, BLOCK, TECHNIQUE, EVENT = "Claim", "Duplicate_Block", "Technique", "Attribution"
#: PolNeAR's event of an attribution without a source.
SOURCELESS = "Attribution-no-source"
REMARKS = {"unsure": bool, "decision": str, "human_verified": bool}
DECISIONS = ("unanimous", "adjudicated", "projected")
#: The attributes of spans and events, with their types; those that name a span stand first.
CLAIMS = {"factuality": str, "check_worthy": bool, "hedged": bool}
BLOCKS = {"match": str, "cluster": str, "copy_role": str, "similarity": float, "scope": str}
TECHNIQUES = {"technique": str, "target": str, "polarity": str}
ATTRIBUTIONS = {
    "mode": str, "source_kind": str, "scope": str, "scope_end": int, "source_named": bool,
    "cue_type": str, "cue_force": str,
}  # fmt: skip
OF_SPANS = {
    "claim": CLAIMS | REMARKS,
    "duplicate_block": BLOCKS | REMARKS,
    "loaded_language": TECHNIQUES | REMARKS,
    "attribution": REMARKS,
}
OF_ATTRIBUTIONS = ATTRIBUTIONS | REMARKS


def is_valid(record: AnyRecord) -> bool:
    """Tell whether a record is one by its schema."""
    return schema.is_valid("record.json", json.loads(msgspec.json.encode(record.to_json())))


def converted(values: dict[str, str | None], types: dict[str, type]) -> dict[str, Any]:
    """Return values as their fields' types; a flag is true. What fits no type stays a string."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        kind = types.get(name, str)
        found[name] = value
        if kind is bool:
            found[name] = {"": True, "true": True, "false": False}.get((value or "").lower(), value)
        elif kind in (int, float):
            try:
                found[name] = kind(value or "")
            except ValueError:
                continue
    return found
