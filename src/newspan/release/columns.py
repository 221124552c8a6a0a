"""Whether a release's columns are those of its configs and of its Parquet footers."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from newspan.problems import Problem
from newspan.release.configs import CONFIGS
from newspan.release.features import with_features
from newspan.release.intact import Manifest, changed
from newspan.schema import SCHEMA_VERSION

_OWN = {config.name: config.schema for config in CONFIGS}


def check_schemas(directory: Path, manifest: Manifest, *, own: bool) -> list[Problem]:
    """Return files whose columns differ from each other's, their footer's or their config's.

    Args:
        directory: the release.
        manifest: its manifest.
        own: whether the release was made by this newspan, so that it must have its configs.
    """
    problems: list[Problem] = []
    for name in _OWN if own else ():
        if name not in manifest["configs"]:
            message = f"it has no config {name}, which every release has"
            problems.append(changed("manifest.json", message, "/configs"))
    for name, config in manifest["configs"].items():
        for file in config["files"]:
            try:
                found = pq.read_schema(directory / file)
            except (OSError, pa.ArrowException) as error:
                problems.append(changed(file, f"it is no Parquet that can be read: {error}"))
                continue
            known = _OWN.get(name) if own else pq.read_schema(directory / config["files"][0])
            problems += _columns(name, file, found, found if known is None else known)
    return problems


def _columns(name: str, file: str, found: pa.Schema, known: pa.Schema) -> Iterator[Problem]:
    if found.names != known.names:
        lacks = [each for each in known.names if each not in found.names]
        more = [each for each in found.names if each not in known.names]
        what = [f"lacks {', '.join(lacks)}"] if lacks else []
        what += [f"has {', '.join(more)} too many"] if more else []
        message = " and ".join(what) or f"are in the order {', '.join(found.names)}"
        yield changed(file, f"its columns are not those of {name}: it {message}", "/columns")
        return
    for field, wanted in zip(found, known, strict=True):
        if field.type != wanted.type:
            message = f"its column is {field.type}, and in {name} it is {wanted.type}"
            yield changed(file, message, f"/columns/{field.name}")
    footer = (found.metadata or {}).get(b"huggingface")
    if footer != with_features(found).metadata[b"huggingface"]:
        message = "the features in its footer, which datasets reads, are not those of its columns"
        yield changed(file, message, "/huggingface")


def has_own_columns(name: str, schema: pa.Schema) -> bool:
    """Tell whether a config has the columns that this newspan gives it."""
    return name in _OWN and bool(schema.equals(_OWN[name]))


def is_own(manifest: Manifest) -> bool:
    """Tell whether this newspan made a release, which then has its configs and columns."""
    return bool(
        manifest["tools"].get("newspan") == metadata.version("newspan")
        and manifest["schema_version"] == SCHEMA_VERSION
    )
