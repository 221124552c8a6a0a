"""Columns of spans as Arrow arrays: lists of values, never a dictionary per row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import pyarrow as pa

from newspan.derive import check_worthiness
from newspan.release.configs import CONFIGS
from newspan.release.features import with_features
from newspan.release.tables.common import Row
from newspan.release.tables.views import Seen

#: The schema of each config, by name, with the metadata that `datasets` reads.
SCHEMAS = {config.name: with_features(config.schema) for config in CONFIGS}

# What is not a field of the span itself.
_DERIVED: dict[str, Callable[[Seen], Any]] = {
    "doc_id": attrgetter("document_id"),
    "item_id": attrgetter("item_id"),
    "label": attrgetter("span.label"),
    "zone": lambda seen: seen.zone.kind if seen.zone else None,
    "voice": attrgetter("voice"),
    "attribution_ids": attrgetter("attribution_ids"),
    "check_worthiness": lambda seen: check_worthiness(seen.span),
    "hedged": lambda seen: bool(seen.span.hedged) if seen.span.layer == "claim" else None,
    "span_id": attrgetter("span.id"),
    "alignment": lambda seen: seen.span.to_json()["alignment"] if seen.span.alignment else None,
}


def span_values(name: str, spans: Sequence[Seen]) -> list[Any]:
    """Return the values of a column for spans."""
    derived = _DERIVED.get(name)
    if derived is not None:
        return list(map(derived, spans))
    of_span = attrgetter(name)
    return [of_span(seen.span) for seen in spans]


def table_of(config: str, columns: Mapping[str, Sequence[Any] | pa.Array]) -> pa.Table:
    """Return a config's table from its columns, by name."""
    schema = SCHEMAS[config]
    arrays = [
        column if isinstance(column, pa.Array) else pa.array(column, field.type)
        for field in schema
        for column in [columns[field.name]]
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def table_of_rows(config: str, rows: Iterable[Row]) -> pa.Table:
    """Return a config's table from its rows."""
    return pa.Table.from_pylist(list(rows), schema=SCHEMAS[config])
