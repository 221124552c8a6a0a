"""A release's rows as mlcroissant reads them, and as it can read them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa


@contextmanager
def its_own_warnings() -> Iterator[None]:
    """Ignore what mlcroissant's dependencies warn it of."""
    with warnings.catch_warnings():
        for message in ("ConjunctiveGraph is deprecated", "The inplace keyword"):
            warnings.filterwarnings("ignore", message=message, category=DeprecationWarning)
        yield


def open_croissant(description: Path | dict[str, Any]) -> Any:
    """Return mlcroissant's dataset of a croissant.json, or of its content."""
    import mlcroissant

    with its_own_warnings():
        opened = description if isinstance(description, dict) else str(description)
        return mlcroissant.Dataset(opened)


_opened_once = cache(open_croissant)  # which takes seconds, and its record sets can be read again


def records(dataset: Any, name: str) -> list[dict[str, Any]]:
    """Return all records of a record set, as mlcroissant gives them."""
    with its_own_warnings():
        return list(dataset.records(name))


def read_records(release: Path, name: str, schema: pa.Schema) -> list[dict[str, Any]]:
    """Return a config's records by mlcroissant, bytes decoded, under the columns' own names."""
    dataset = _opened_once(release / "croissant.json")
    rows = []
    for record in records(dataset, name):
        assert record.pop(f"{name}/split") == b"train"
        paths = {f.name: (f"{name}/{f.name}", f.type) for f in schema}
        rows.append({key: _value(record.pop(at), kind, at) for key, (at, kind) in paths.items()})
        assert not record
    return rows


def readable(rows: list[dict[str, Any]], schema: pa.Schema) -> list[dict[str, Any]]:
    """Return rows without what mlcroissant can't read: lists of structs inside a struct."""
    return [{f.name: _without_nested(row[f.name], f.type) for f in schema} for row in rows]


def is_nested(kind: pa.DataType) -> bool:
    """Tell whether a type is a list of structs."""
    return bool(pa.types.is_list(kind) and pa.types.is_struct(kind.value_type))


def _value(value: Any, kind: pa.DataType, path: str) -> Any:
    if value is None:
        return None
    if is_nested(kind):
        fields = [f for f in kind.value_type if not is_nested(f.type)]
        if [*value] == [{f"{path}/{f.name}": None for f in fields}]:
            return None  # how it gives a null list
        assert all(len(each) == len(fields) for each in value)
        return [
            {f.name: _value(each[f"{path}/{f.name}"], f.type, f"{path}/{f.name}") for f in fields}
            for each in value
        ]
    if pa.types.is_list(kind):
        return [_value(each, kind.value_type, path) for each in value]
    if pa.types.is_string(kind):
        assert isinstance(value, bytes)
        return value.decode()
    assert type(value) is {"int64": int, "bool": bool, "double": float}[str(kind)]
    return value


def _without_nested(value: Any, kind: pa.DataType) -> Any:
    if value is None or not is_nested(kind):
        return value
    fields = [f for f in kind.value_type if not is_nested(f.type)]
    return [{f.name: each[f.name] for f in fields} for each in value]
