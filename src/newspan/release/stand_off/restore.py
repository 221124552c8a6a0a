"""A release without texts with its words put back: what `newspan.release.no_text` took out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from newspan.parquet import read_config
from newspan.release.files import file_sha256, sha256sums
from newspan.release.logical import DEFINITION, logical_hash, logical_hash_1
from newspan.release.stand_off import files
from newspan.release.stand_off.quoted import fill, fill_json
from newspan.release.stand_off.surfaces import Extents, Row, at, fields, words_at
from newspan.release.web_annotations import FOLDER, with_quotes

Texts = Mapping[str, str]


def restore(release: Path, directory: Path, texts: Texts) -> list[str]:
    """Write the full release into an empty folder; return the files that came out otherwise.

    A Parquet file may have other bytes than the full release's when another pyarrow wrote it; the
    manifest then has the new file's hash, and the same logical hash.

    Args:
        release: the release without texts.
        directory: the folder to fill.
        texts: the unaltered text of every document, by id.

    Raises:
        ValueError: when rows or files come out otherwise, though the texts are the right ones.
    """
    restorer = Restorer(release, texts)
    manifest = json.loads(restorer.text(f"{files.AS_FULL}/manifest.json"))
    configs = restorer.configs
    other: list[str] = []
    for entry in manifest["files"]:
        name, path = entry["path"], directory / entry["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        if name in configs:
            restorer.write(name, path)
        else:
            path.write_bytes(restorer.file(name))
        found = file_sha256(path)
        if found != entry["sha256"]:
            if name not in configs:
                raise ValueError(f"{name} did not come out as the full release's")
            other.append(name)
            entry |= {"bytes": path.stat().st_size, "sha256": found}
    for name, config in manifest["configs"].items():
        if not set(config["files"]) & set(other):
            continue
        hash_of = logical_hash if manifest.get("logical_hash") == DEFINITION else logical_hash_1
        if hash_of(read_config(directory, config["files"])) != config["sha256"]:
            raise ValueError(f"the rows of {name} did not come out as the full release's")
    if other:
        _tell_of(other, directory, manifest)
        text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    else:
        text = restorer.text(f"{files.AS_FULL}/manifest.json")
    (directory / "manifest.json").write_bytes(text.encode())
    sums = sha256sums(manifest, file_sha256(directory / "manifest.json"))
    (directory / "SHA256SUMS").write_bytes(sums.encode())
    return other


def _tell_of(other: list[str], directory: Path, manifest: dict[str, Any]) -> None:
    """Put the hashes and sizes of files that came out otherwise into croissant.json."""
    path = directory / "croissant.json"
    if not path.is_file():
        return
    described = json.loads(path.read_bytes())
    for node in described.get("distribution", []):
        if node.get("contentUrl") in other:
            file = directory / node["contentUrl"]
            node |= {"sha256": file_sha256(file), "contentSize": f"{file.stat().st_size} B"}
    path.write_bytes((json.dumps(described, ensure_ascii=False, indent=1) + "\n").encode())
    entry = next(entry for entry in manifest["files"] if entry["path"] == path.name)
    entry |= {"bytes": path.stat().st_size, "sha256": file_sha256(path)}


class Restorer:
    """Puts words back into what a release without texts holds, from the texts at hand.

    Args:
        release: the release without texts.
        texts: unaltered texts by document; what is of other documents stays taken out.
    """

    def __init__(self, release: Path, texts: Texts) -> None:
        self._release, self._texts = release, texts
        manifest = json.loads((release / "manifest.json").read_bytes())
        self._cuts = files.cuts_by_file(release)
        self._lengths = {each["id"]: each["characters"] for each in manifest["documents"]}
        self._names = {each["sha256"]: each["id"] for each in manifest["documents"]}
        self._extents: Extents = files.extents_of(release, manifest)
        self._items = {e["item"]: e for e in files.read_lines(release / files.ANCHORS)}
        #: The config of each Parquet file.
        self.configs = {
            file: name for name, config in manifest["configs"].items() for file in config["files"]
        }

    def rows(self, name: str) -> list[Row]:
        """Return the rows of a Parquet file."""
        return [row for rows in self._groups(name) for row in rows]

    def write(self, name: str, path: Path) -> None:
        """Write a Parquet file with the row groups that it has in the full release."""
        schema = files.schema_of(self._release / name, self.configs[name])
        groups = (pa.Table.from_pylist(rows, schema=schema) for rows in self._groups(name))
        files.write_groups(groups, path, schema)

    def _groups(self, name: str) -> Iterator[list[Row]]:
        source = pq.ParquetFile(self._release / name)
        entries = files.rows_of(self._cuts.get(name, []))
        number = 0
        for group in range(source.num_row_groups):
            rows: list[Row] = source.read_row_group(group).to_pylist()
            for row in rows:
                number += 1
                self._fill_row(row, self.configs[name], entries.get(number, []))
            yield rows

    def _fill_row(self, row: Row, config: str, entries: list[dict[str, Any]]) -> None:
        empty = {pointer for entry in entries for pointer in entry.get("empty", ())}
        kept = [at(row, pointer) for pointer in empty]
        for holder, key, places in list(
            fields(config, row, self._lengths[row["doc_id"]], self._extents)
        ):
            if holder[key] is None and not any(h is holder and k == key for h, k in kept):
                holder[key] = words_at(places, self._texts)
        self._fill_strings(row, entries)

    def _fill_strings(self, value: Any, entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            if "at" in entry:
                holder, key = at(value, entry["at"])
                holder[key] = fill(holder[key], entry["cuts"], self._texts)

    def records(self, name: str) -> list[dict[str, Any]]:
        """Return the records of a file of an annotation set; spans have a text if it is at hand."""
        entries = files.rows_of(self._cuts.get(name, []))
        document = self._items[Path(name).stem]["document"]
        found = []
        for number, record in enumerate(files.read_lines(self._release / name), 1):
            self._fill_strings(record, entries.get(number, []))
            found.append(self._with_text(record, document))
        return found

    def _with_text(self, record: dict[str, Any], document: str) -> dict[str, Any]:
        if record["record"] != "span" or document not in self._texts:
            return record
        made: dict[str, Any] = {}
        for key, value in record.items():
            made[key] = value
            if key == "end":  # where every writer of records puts it
                made["text"] = self._texts[document][record["start"] : record["end"]]
        return made

    def file(self, name: str) -> bytes:
        """Return the bytes of a file that is not Parquet, by its path in the full release."""
        if name.startswith("annotation/sets/") and name.endswith(".jsonl"):
            return _json_lines(self.records(name))
        if name.startswith(f"{FOLDER}/"):
            texts = {sha: self._texts[n] for sha, n in self._names.items() if n in self._texts}
            entries = files.rows_of(self._cuts.get(name, []))
            lines = []
            for number, line in enumerate(files.read_lines(self._release / name), 1):
                self._fill_strings(line, entries.get(number, []))
                lines.append(with_quotes(line, texts))
            return _json_lines(lines)
        remade = name in files.REMADE
        return self.text(f"{files.AS_FULL}/{name}" if remade else name).encode()

    def text(self, name: str) -> str:
        """Return a text file of the release without texts, with what was cut put back."""
        text = (self._release / name).read_bytes().decode("utf-8")
        for entry in self._cuts.get(name, []):
            if "strings" in entry:
                text = fill_json(text, entry["strings"], self._texts)
            elif "cuts" in entry:
                text = fill(text, entry["cuts"], self._texts)
        return text


def _json_lines(values: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()
