"""Whether a release without texts ships none, and has what `hydrate` needs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from newspan import schema
from newspan.corpus.files import parse_json, read_json
from newspan.problems import Place, Problem
from newspan.release.intact import parse_manifest
from newspan.release.stand_off import files
from newspan.release.stand_off.anchors import payload_size
from newspan.release.stand_off.budget import GREATEST_SHARE
from newspan.release.stand_off.seal import sealed_size
from newspan.release.stand_off.surfaces import fields
from newspan.release.web_annotations import FOLDER as WEB_ANNOTATIONS

_Json = dict[str, Any]


def check(directory: str | Path) -> list[Problem]:
    """Return where a release without texts ships some, or lacks what `hydrate` needs.

    What quotations in prose come to can't be told without the texts: `no_text` measures it when it
    writes the release.

    Args:
        directory: a release of this profile whose manifest fits its schema.
    """
    directory = Path(directory)
    manifest = json.loads((directory / "manifest.json").read_bytes())
    problems = list(_check_stand_off(directory, manifest))
    if not problems:
        problems += _check_full(directory, manifest)
        problems += _check_rows(directory, manifest)
        problems += _check_records(directory)
    return problems


def _broken(place: Place, message: str) -> Problem:
    return Problem("stand-off-broken", place, message)


def _leak(place: Place, message: str) -> Problem:
    return Problem("no-text-leak", place, message)


def _lines(directory: Path, name: str, schema_name: str | None) -> Iterator[_Json | Problem]:
    """Yield the lines of a JSON Lines file, or what is wrong with them."""
    path = directory / name
    if not path.is_file():
        yield _broken(Place(name), "it is missing")
        return
    raw = path.read_bytes().decode("utf-8", "replace")
    for number, line in enumerate(raw.split("\n"), 1):
        if line:
            faults: list[Problem] = []
            entry = parse_json(line, Place(name, number), schema_name, faults)
            for fault in faults:
                yield _broken(fault.place, fault.message)
            if isinstance(entry, dict):
                yield {**entry, "": number}
            elif not faults:
                yield _broken(Place(name, number), "it is no object")


def _check_stand_off(directory: Path, manifest: _Json) -> Iterator[Problem]:
    """Yield what is wrong with the files in `stand-off/`."""
    lengths = {entry["id"]: entry["characters"] for entry in manifest["documents"]}
    for entry in _lines(directory, files.CUTS, "stand_off.json"):
        if isinstance(entry, Problem):
            yield entry
        elif "file" not in entry:
            yield _broken(Place(files.CUTS, entry[""]), "it names no file")
    if "spans" not in manifest["configs"]:
        yield _broken(Place("manifest.json", pointer="/configs"), "it has no config spans")
    yield from _check_sets(directory, manifest)
    seen = set()
    for entry in _lines(directory, files.ANCHORS, "stand_off.json"):
        if isinstance(entry, Problem):
            yield entry
        elif "extents" not in entry:
            yield _broken(Place(files.ANCHORS, entry[""]), "it has no extents")
        else:
            seen.add(entry["item"])
            place = Place(files.ANCHORS, entry[""])
            yield from _check_anchors(entry, lengths.get(entry["document"], 0), place)
    if seen != set(manifest["items"]):
        others = ", ".join(sorted(seen ^ set(manifest["items"])))
        yield _broken(Place(files.ANCHORS), f"its items are not the manifest's: {others}")


#: What the manifests of both profiles say in the same words.
_SAME = (
    *("name", "version", "schema_version", "guidelines_version", "labels_sha256"),
    *("documents", "items", "sets", "tools"),
)


def _check_full(directory: Path, manifest: _Json) -> Iterator[Problem]:
    """Yield where the full release's manifest, as it stands in `stand-off/`, is another one's.

    Every file that it lists must be there to be restored, which also keeps `hydrate` from writing
    anywhere else.
    """
    place = Place(f"{files.AS_FULL}/manifest.json")
    if not (directory / place.file).is_file():
        yield _broken(place, "it is missing")
        return
    full, faults = parse_manifest(directory / place.file, place.file)
    if full is None:
        yield from (_broken(fault.place, fault.message) for fault in faults)
        return
    for key in _SAME:
        if full[key] != manifest[key]:
            yield _broken(place.at(f"/{key}"), f"its {key} is not that of manifest.json")
    ours, theirs = (
        {name: (c["files"], c["rows"]) for name, c in each["configs"].items()}
        for each in (manifest, full)
    )
    if ours != theirs or full.get("profile", "full") != "full":
        yield _broken(place.at("/configs"), "its configs are not those of manifest.json")
    listed = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    cut = files.cuts_by_file(directory)
    made = {file for config in manifest["configs"].values() for file in config["files"]}
    for index, entry in enumerate(full["files"]):
        name = entry["path"]
        at = place.at(f"/files/{index}")
        if (f"{files.AS_FULL}/{name}" if name in files.REMADE else name) not in listed:
            yield _broken(at, f"it lists {name}, which is not here to be restored")
        elif name in cut or name in made or name in files.REMADE or _is_lines(name):
            continue
        elif listed[name] != entry["sha256"]:
            yield _broken(Place(name), "it is not the full release's, and nothing was cut")


def _is_lines(name: str) -> bool:
    """Tell whether a file holds records or web annotations, which lose their words."""
    is_record = name.startswith("annotation/sets/") and name.endswith(".jsonl")
    return is_record or name.startswith(f"{WEB_ANNOTATIONS}/")


def _check_sets(directory: Path, manifest: _Json) -> Iterator[Problem]:
    """Yield heads of annotation sets that are none, and records of no item."""
    sets = directory / "annotation" / "sets"
    for name in manifest["sets"]:
        place = Place(f"annotation/sets/{name}/set.json")
        faults: list[Problem] = []
        head = read_json(directory / place.file, place, "annotation_set.json", faults)
        yield from (_broken(fault.place, fault.message) for fault in faults)
        if head is not None and head["id"] != name:
            yield _broken(place.at("/id"), f"it is the set {head['id']}, in the folder of {name}")
    known = {"set.json", *(f"{item}.jsonl" for item in manifest["items"])}
    for path in sorted(sets.rglob("*")):
        inside = path.relative_to(sets).parts
        if path.is_file() and not (
            len(inside) == 2 and inside[0] in manifest["sets"] and inside[1] in known
        ):
            place = Place(path.relative_to(directory).as_posix())
            yield _broken(place, "it belongs to no set, or to no item")


def _check_anchors(entry: _Json, length: int, place: Place) -> Iterator[Problem]:
    if any(not 0 <= start <= end <= length for start, end in entry["extents"]):
        message = f"an extent is outside of the document's {length} characters"
        yield _broken(place.at("/extents"), message)
    if "sealed" in entry and sealed_size(entry) != payload_size(entry):
        message = "what is sealed is not as long as its extents say"
        yield _broken(place.at("/sealed"), message)
    shown = sum(len(s[key]) for s in entry["selectors"] for key in ("prefix", "exact", "suffix"))
    if shown > GREATEST_SHARE * (entry["end"] - entry["start"]):
        message = f"its quotations are more than {GREATEST_SHARE:.0%} of item {entry['item']}"
        yield _leak(place.at("/selectors"), message)


def _check_rows(directory: Path, manifest: _Json) -> Iterator[Problem]:
    """Yield rows that hold words of their document, or spans that have no anchors."""
    lengths = {entry["id"]: entry["characters"] for entry in manifest["documents"]}
    extents = files.extents_of(directory, manifest)
    anchored = {
        (entry["document"], start, end)
        for entry in files.read_lines(directory / files.ANCHORS)
        for start, end in entry["extents"]
    }
    for name, config in manifest["configs"].items():
        for file in config["files"]:
            number = 0
            if "doc_id" not in pq.read_schema(directory / file).names:
                yield _broken(Place(file), "its rows name no document")
                continue
            for batch in pq.ParquetFile(directory / file).iter_batches(10_000):
                for row in batch.to_pylist():
                    number += 1
                    length = lengths.get(row["doc_id"], 0)
                    for key in _held(fields(name, row, length, extents)):
                        message = f"{row.get('id', row['doc_id'])}: {key} holds words"
                        yield _leak(Place(file, number, f"/{key}"), message)
                    if name == "annotations" and _place_of(row) not in anchored:
                        message = f"{row['id']}: no anchors are there for it"
                        yield _broken(Place(file, number), message)


def _held(known: Iterator[Any]) -> list[str]:
    """Return the fields that hold words, each once.

    A title or name may stay: it need not be its evidence's words.
    """
    held = [key for holder, key, _ in known if holder[key] is not None]
    return [key for key in dict.fromkeys(held) if key not in ("title", "name")]


def _place_of(row: _Json) -> tuple[str, int, int]:
    return row["doc_id"], row["start"], row["end"]


def _check_records(directory: Path) -> Iterator[Problem]:
    """Yield records and web annotations that hold the words of their span, or are none."""
    for path in sorted((directory / "annotation" / "sets").glob("*/*.jsonl")):
        name = path.relative_to(directory).as_posix()
        for record in _lines(directory, name, None):
            if isinstance(record, Problem):
                yield record
                continue
            place = Place(name, record.pop(""))
            if "text" in record:
                yield _leak(place.at("/text"), f"{record.get('id')}: its text is there")
                continue
            whole = {**record, "text": "…"} if record.get("record") == "span" else record
            if not schema.is_valid("record.json", whole):
                for violation in schema.violations("record.json", whole):
                    message = f"record.json: {violation.message}"
                    yield _broken(place.at(violation.pointer), message)
    for path in sorted((directory / WEB_ANNOTATIONS).glob("*.jsonl")):
        name = path.relative_to(directory).as_posix()
        for annotation in _lines(directory, name, "web_annotation.json"):
            if isinstance(annotation, Problem):
                yield annotation
            elif "TextQuoteSelector" in json.dumps(annotation["target"]):
                place = Place(name, annotation[""], "/target")
                yield _leak(place, f"{annotation['id']}: it quotes its words")
