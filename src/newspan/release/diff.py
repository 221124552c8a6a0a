"""What differs between two releases, by id and by place, and which bump that makes due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from newspan.problems import Place, Problem
from newspan.release.changes.beside import beside_changes
from newspan.release.changes.columns import ColumnChange, column_changes
from newspan.release.changes.compare import compare, events
from newspan.release.changes.inside import inside
from newspan.release.changes.kinds import INSIDE_DOCUMENTS, KINDS, ORDER, Due, Kind
from newspan.release.changes.opened import DiffError, Opened, opened
from newspan.release.changes.rows import FileRows, Rows, read
from newspan.release.changes.verdict import reasons, worst

__all__ = ["Diff", "DiffError", "diff"]

#: Told the stage, how much of it is done, and how much there is.
Progress = Callable[[str, int, int | None], None]

#: What a manifest says that is told, and what corpus/corpus.json says of the release already.
_SAID = ("name", "schema_version", "guidelines_version", "labels_sha256", "logical_hash")
_SAID_ALREADY = frozenset({"name", "version", "schema_version", "guidelines_version"})


class Diff(msgspec.Struct, frozen=True):
    """What differs between two releases.

    `changes` has a table per kind of record, with the columns of `changes.kinds.EVENTS`: one row
    per change. `configs` says which configs came or went; `columns` the same of columns; `said`
    what the releases say of themselves differently, as (field, old, new); `files` which files that
    hold no rows were added, removed or changed.
    """

    old: dict[str, Any]
    new: dict[str, Any]
    changes: dict[str, pa.Table]
    configs: tuple[ColumnChange, ...]
    columns: tuple[ColumnChange, ...]
    reordered: tuple[str, ...]
    said: tuple[tuple[str, Any, Any], ...]
    files: dict[str, tuple[str, ...]]
    due: Due
    reasons: tuple[str, ...]

    def __bool__(self) -> bool:
        """Tell whether anything differs but the version."""
        return self.due != "none"

    def text(self, limit: int | None = 20) -> str:
        """Return what differs for people: counts, then at most `limit` changes of each kind."""
        from newspan.release.changes.told import as_text

        return as_text(self, limit)

    def json(self) -> dict[str, Any]:
        """Return all that differs as plain JSON."""
        from newspan.release.changes.told import as_json

        return as_json(self)

    def changelog(self) -> str:
        """Return a section for CHANGELOG.md, in Markdown."""
        from newspan.release.changes.changelog import as_changelog

        return as_changelog(self)


def diff(old: str | Path, new: str | Path, *, progress: Progress | None = None) -> Diff:
    """Compare two releases.

    Args:
        old: an older release's folder.
        new: a newer one's.
        progress: is told the stage, how much of it is done, and how much there is.

    Raises:
        ValueError: when one is no release, or one has its texts and the other has not.
        DiffError: when a release's files do not fit its manifest, or what should identify its
            records does not.
    """
    before, after = opened(Path(old)), opened(Path(new))
    if before.profile != after.profile:
        raise ValueError(
            f"{before.path} has the profile {before.profile}, {after.path} has {after.profile};"
            " releases of one profile can be compared"
        )
    before.check(progress)
    after.check(progress)
    changes, columns, reordered = _compare_configs(before, after, progress)
    carried = frozenset(_carried_sets(before)) | frozenset(_carried_sets(after))
    try:
        changes |= beside_changes(
            before.path, after.path, (before.manifest, after.manifest), carried
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        place = Place("annotation/sets")
        raise DiffError(
            [Problem("release-incomparable", place, f"not readable: {error}")]
        ) from error
    changes = {kind: changes[kind] for kind in sorted(changes, key=_rank)}
    configs = _config_changes(before, after)
    said = _said(before, after)
    files = _file_changes(before, after)
    same = not said and before.file_hashes == after.file_hashes
    why = reasons(changes, configs, columns)
    kind: Due = "none" if same and not why else worst(changes, configs, columns)
    if kind == "patch":
        why = [("patch", "the data are the same")]
    return Diff(
        before.brief,
        after.brief,
        changes,
        tuple(configs),
        tuple(columns),
        tuple(reordered),
        said,
        files,
        kind,
        tuple(sentence for due_to, sentence in why if due_to == kind),
    )


def _rank(kind: str) -> int:
    """Return where a kind is told; one that this program does not know, at the end."""
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def _compare_configs(
    old: Opened, new: Opened, progress: Progress | None
) -> tuple[dict[str, pa.Table], list[ColumnChange], list[str]]:
    """Return the changes, the changed columns and the configs whose rows stand in another order.

    A config with the same logical hash by the same definition is not read.
    """
    changes: dict[str, pa.Table] = {}
    columns: list[ColumnChange] = []
    reordered: list[str] = []
    names = [name for name in old.configs if name in new.configs and not old.same_rows(new, name)]
    total = sum(old.configs[name]["rows"] for name in names)
    done = 0

    def more(number: int) -> None:
        nonlocal done
        done = min(done + number, total)
        if progress:
            progress("comparing", done, total)

    for name in names:
        with old.told(name), new.told(name):
            rows = FileRows(old.paths(name)), FileRows(new.paths(name))
            altered = column_changes(name, rows[0].schema, rows[1].schema)
            found = dict(_compared(name, *rows, more))
        columns += altered
        changes |= {kind: table for kind, table in found.items() if table.num_rows}
        nothing = not altered and not any(table.num_rows for table in found.values())
        if nothing and old.hash_kind == new.hash_kind:
            reordered.append(name)
    return changes, columns, reordered


def _compared(
    name: str, old: Rows, new: Rows, more: Callable[[int], None]
) -> Iterator[tuple[str, pa.Table]]:
    """Yield the changes of a config, and of the records inside its rows, by kind."""
    inner = INSIDE_DOCUMENTS if name == "documents" else ()
    names = [column for column in old.schema.names if column in new.schema.names]
    kind = KINDS.get(name) or _guessed(names)
    if kind is None:
        yield name, events("edited", 1, id=pa.array([name]))  # nothing to find rows again by
        return
    yield name, compare(_Without(old, inner), _Without(new, inner), kind, more)
    for column in inner:
        if column in names:
            sides = inside(old, column, "doc_id"), inside(new, column, "doc_id")
            yield column, compare(*sides, KINDS[column])


def _guessed(columns: list[str]) -> Kind | None:
    """Return how the rows of a config that this program does not know are found again."""
    for key in (("set_id", "id"), ("id",), ("item_id",), ("doc_id",)):
        if all(name in columns for name in key):
            return Kind(key=key)
    return None


class _Without:
    """Rows without some columns."""

    def __init__(self, rows: Rows, hidden: tuple[str, ...]) -> None:
        self._rows = rows
        self.schema = pa.schema([field for field in rows.schema if field.name not in hidden])
        self.count = rows.count
        self.batches = rows.batches


def _carried_sets(release: Opened) -> Iterator[str]:
    """Yield the sets whose attributions and links the configs hold."""
    for name in ("spans", "attributions", "links"):
        if name in release.configs:
            with release.told(name):
                rows = FileRows(release.paths(name))
                if "set_id" in rows.schema.names:
                    yield from pc.unique(read(rows, ("set_id",)).column("set_id")).to_pylist()


def _config_changes(old: Opened, new: Opened) -> list[ColumnChange]:
    rows = [
        {name: f"{config['rows']} rows" for name, config in release.configs.items()}
        for release in (old, new)
    ]
    return [
        ColumnChange(name, "", rows[0].get(name), rows[1].get(name))
        for name in sorted(set(rows[0]) ^ set(rows[1]))
    ]


def _said(old: Opened, new: Opened) -> tuple[tuple[str, Any, Any], ...]:
    """Return what manifests and corpora say of themselves differently."""
    fields = [{name: release.manifest.get(name) for name in _SAID} for release in (old, new)]
    if old.info and new.info:  # old releases have none
        for found, release in zip(fields, (old, new), strict=True):
            found |= {k: v for k, v in release.info.items() if k not in _SAID_ALREADY}
    before, after = fields
    return tuple(
        (name, before.get(name), after.get(name))
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    )


def _file_changes(old: Opened, new: Opened) -> dict[str, tuple[str, ...]]:
    before, after = old.other_files, new.other_files
    return {
        "added": tuple(sorted(set(after) - set(before))),
        "removed": tuple(sorted(set(before) - set(after))),
        "changed": tuple(
            sorted(name for name in before if name in after and before[name] != after[name])
        ),
    }
