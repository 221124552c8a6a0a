"""Arrow schemas in the two notations of Hugging Face `datasets`, without importing it.

`datasets` reads features from the Parquet file's own metadata and from the card's YAML, and the
YAML wins; both are made here from one Arrow schema, and a test compares them with `datasets`' own.
"""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

_NAMES = {"double": "float64"}


def with_features(schema: pa.Schema) -> pa.Schema:
    """Return the schema with the metadata from which `datasets` restores its features."""
    features = {field.name: _feature(field.type) for field in schema}
    value = json.dumps({"info": {"features": features}}, sort_keys=True)
    return schema.with_metadata({"huggingface": value})


def yaml_features(schema: pa.Schema) -> list[dict[str, Any]]:
    """Return the features as the card's `dataset_info` lists them."""
    return [{"name": field.name, **_yaml(field.type)} for field in schema]


def _feature(kind: pa.DataType) -> Any:
    if pa.types.is_list(kind):
        return {"feature": _feature(kind.value_type), "_type": "List"}
    if pa.types.is_struct(kind):
        return {field.name: _feature(field.type) for field in kind}
    return {"dtype": _dtype(kind), "_type": "Value"}


def _yaml(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_list(kind):
        inner = _yaml(kind.value_type)
        # A list of plain values is written short, one of structs as the list of their fields.
        return {"list": inner.get("dtype") or inner.get("struct") or inner}
    if pa.types.is_struct(kind):
        return {"struct": [{"name": field.name, **_yaml(field.type)} for field in kind]}
    return {"dtype": _dtype(kind)}


def _dtype(kind: pa.DataType) -> str:
    return _NAMES.get(str(kind), str(kind))
