"""Releases for tests of differences: another one, edited, and its hashes made anew."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from newspan.parquet import read_config, write_parquet
from newspan.release.build import file_sha256, release_files, sha256sums
from newspan.release.logical import logical_hash

Row = dict[str, Any]
#: Takes a config's rows and returns others.
Edit = Callable[[list[Row]], list[Row]]


def edited(
    release: Path,
    folder: Path,
    edits: Mapping[str, Edit] | None = None,
    *,
    version: str | None = None,
    files: Mapping[str, bytes] | None = None,
    tables: Mapping[str, pa.Table] | None = None,
    manifest: Mapping[str, Any] | None = None,
) -> Path:
    """Return a copy of a release with other rows, files and manifest, sealed anew.

    Args:
        release: the release to copy.
        folder: where the copy goes.
        edits: new rows by config.
        version: its version.
        files: contents by path.
        tables: whole tables by config, where columns change too.
        manifest: fields of the manifest.
    """
    said = json.loads((release / "manifest.json").read_bytes())
    said |= manifest or {}
    said["version"] = version or said["version"]
    copy = folder / f"{said['name']}-{said['version']}"
    shutil.copytree(release, copy)
    made = dict(tables or {})
    for name, edit in (edits or {}).items():
        table = rows_of(release, name)
        made[name] = pa.Table.from_pylist(edit(table.to_pylist()), schema=table.schema)
    for name, table in made.items():
        entry = said["configs"][name]
        write_parquet(table, copy / entry["files"][0])
        entry |= {"rows": table.num_rows, "sha256": logical_hash(table)}
    for name, content in (files or {}).items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes(content)
    said["files"] = [
        {"path": name, "bytes": path.stat().st_size, "sha256": file_sha256(path)}
        for name, path in release_files(copy)
    ]
    (copy / "manifest.json").write_text(json.dumps(said))
    sums = sha256sums(said, file_sha256(copy / "manifest.json"))
    (copy / "SHA256SUMS").write_text(sums)
    return copy


def rows_of(release: Path, config: str) -> pa.Table:
    """Return a config's rows."""
    said = json.loads((release / "manifest.json").read_bytes())
    return read_config(release, said["configs"][config]["files"])


def without(position: int) -> Edit:
    """Return the edit that leaves one row out."""
    return lambda rows: [row for number, row in enumerate(rows) if number != position]


def changing(position: int, **values: Any) -> Edit:
    """Return the edit that changes some values of one row."""
    return lambda rows: [
        {**row, **values} if number == position else row for number, row in enumerate(rows)
    ]


def adding(like: int, **values: Any) -> Edit:
    """Return the edit that adds a row like another, with some values of its own."""
    return lambda rows: [*rows, {**rows[like], **values}]
