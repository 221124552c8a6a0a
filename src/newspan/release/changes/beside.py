"""What a release carries beside its configs: lists, annotation sets, and what describes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from newspan.release.changes.kinds import EVENTS

_Records = Mapping[Any, dict[str, Any]]
_Manifest = Mapping[str, Any]


class _RecordKind(msgspec.Struct):
    """Only the kind of a record, so that spans, which the configs hold, are skipped at once."""

    record: str = ""


#: What of set.json is data; the rest describes how the set came about.
_SET_DATA = frozenset({"producer", "coverage"})


def beside_changes(
    old: Path, new: Path, manifests: tuple[_Manifest, _Manifest], carried: frozenset[str]
) -> dict[str, pa.Table]:
    """Return what has changed outside the configs, by kind of record; kinds without are left out.

    Args:
        old: the old release.
        new: the new one.
        manifests: the manifest of each.
        carried: the sets whose attributions and links the configs hold.

    Raises:
        OSError: when a file cannot be read.
        ValueError: when one is no JSON.
    """
    found = {}
    for name, file, key, edit in (
        ("outlets", "corpus/outlets.json", "outlets", _any_edit),
        ("targets", "corpus/targets.json", "targets", _any_edit),
        ("labels", "schema/labels.json", "labels", _description),
    ):
        found[name] = _compare(_listed(old / file, key), _listed(new / file, key), edit)
    sets = _set_files(old, manifests[0]), _set_files(new, manifests[1])
    found["sets"] = _compare(*sets, _set_edit)
    found["withdrawn"] = _compare(_withdrawn(manifests[0]), _withdrawn(manifests[1]), _description)
    before, after = _changed_set_files(manifests, carried)
    for name in ("attribution", "link"):
        records = dict(_records(old, before, name)), dict(_records(new, after, name))
        found[f"set_{name}s"] = _compare(*records, _any_edit)
    return {name: table for name, table in found.items() if table.num_rows}


def _compare(old: _Records, new: _Records, edit: Callable[[str, Any, Any], str]) -> pa.Table:
    """Return the changes between records by key; `edit` says what a changed field is."""
    rows = [{"change": "removed", **_described(old[key])} for key in old if key not in new]
    for key in [key for key in old if key in new]:
        before, after = old[key], new[key]
        for field in dict.fromkeys([*before, *after]):
            if before.get(field) != after.get(field):
                rows.append(
                    {
                        "change": edit(field, before.get(field), after.get(field)),
                        **_described(before),
                        "column": field,
                        "old": msgspec.json.encode(before.get(field)).decode(),
                        "new": msgspec.json.encode(after.get(field)).decode(),
                    }
                )
    rows += [{"change": "added", **_described(new[key])} for key in new if key not in old]
    return pa.Table.from_pylist(rows, schema=EVENTS)


def _described(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of events that say which record it is."""
    label = record.get("mode") or record.get("type")
    return {
        "id": record.get("id"),
        "set_id": record.get("set_id"),
        "item_id": record.get("item_id"),
        "layer": record.get("layer") if isinstance(record.get("layer"), str) else None,
        "label": label,
        "text": record.get("name") or record.get("title") or record.get("reason"),
    }


def _any_edit(field: str, old: Any, new: Any) -> str:
    return "moved" if field == "item_id" else "edited"


def _description(field: str, old: Any, new: Any) -> str:
    return "reworded"


def _set_edit(field: str, old: Any, new: Any) -> str:
    if field == "coverage" and _looked_at(old) <= _looked_at(new):
        return "grown"
    return "edited" if field in _SET_DATA else "reworded"


def _looked_at(coverage: Any) -> set[tuple[str, str, str]]:
    return {
        (one["item"], layer, zone)
        for one in coverage or ()
        for layer in one["layers"]
        for zone in one["zones"]
    }


def _listed(path: Path, key: str) -> _Records:
    """Return the records of a list in a JSON file, by id; none where there is no such file."""
    if not path.is_file():
        return {}
    records = msgspec.json.decode(path.read_bytes())[key]
    return {(one.get("layer"), one.get("attribute"), one["id"]): one for one in records}


def _set_files(root: Path, manifest: _Manifest) -> _Records:
    found = {}
    for name in manifest["sets"]:
        path = root / "annotation" / "sets" / name / "set.json"
        found[name] = msgspec.json.decode(path.read_bytes()) if path.is_file() else {"id": name}
    return found


def _withdrawn(manifest: _Manifest) -> _Records:
    return {one["item"]: {"id": one["item"], **one} for one in manifest.get("withdrawn", ())}


def _changed_set_files(
    manifests: tuple[_Manifest, _Manifest], carried: frozenset[str]
) -> tuple[list[str], list[str]]:
    """Return the files of other sets that are not byte for byte in both releases."""
    listed = [
        {
            entry["path"]: entry["sha256"]
            for entry in manifest["files"]
            if entry["path"].startswith("annotation/sets/")
            and entry["path"].endswith(".jsonl")
            and entry["path"].split("/")[2] not in carried
        }
        for manifest in manifests
    ]
    before, after = ({*files.items()} for files in listed)
    return sorted(name for name, _ in before - after), sorted(name for name, _ in after - before)


def _records(root: Path, files: list[str], kind: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield the records of one kind in some files of sets, by set and id."""
    look = msgspec.json.Decoder(_RecordKind)
    for name in files:
        set_id, item_id = name.split("/")[2], Path(name).stem
        for line in (root / name).read_bytes().splitlines():
            if line.strip() and look.decode(line).record == kind:
                record = msgspec.json.decode(line)
                del record["record"]
                yield (set_id, record["id"]), {"set_id": set_id, "item_id": item_id, **record}
