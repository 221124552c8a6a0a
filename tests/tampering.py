"""A copy of a release to be corrupted in step, sealed anew, and put back as it was."""

from __future__ import annotations

import copy
import hashlib
import json
import random
import re
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from newspan.parquet import write_parquet
from newspan.release.configs import CONFIGS
from newspan.release.features import with_features
from newspan.release.files import sha256sums
from newspan.release.logical import logical_hash, logical_hash_1
from newspan.release.rebuilt import corpus_of
from newspan.release.tables import tables

Row = dict[str, Any]
_CONFIGS = {config.name: config for config in CONFIGS}
_UNLISTED = ("manifest.json", "SHA256SUMS", "SHA256SUMS.sig")


class Tampered:
    """A release in a folder of its own; every change of a file goes through `put`."""

    def __init__(self, release: Path, folder: Path) -> None:
        self.directory = folder / release.name
        shutil.copytree(release, self.directory)
        self._original = self.content()
        #: Of all files but the signature.
        self.names = sorted(name for name in self._original if not name.endswith(".sig"))
        self._digests = {name: _sha256(raw) for name, raw in self._original.items()}
        self._manifest: Row = json.loads(self._original["manifest.json"])
        self._rows: dict[str, list[Row]] = {}
        self._changed: dict[str, bytes | None] = {}
        self._tables: dict[str, pa.Table] = {}
        self._own: dict[str, pa.Table] = {}

    def content(self) -> dict[str, bytes]:
        """Return what stands in the folder now, by path."""
        return {
            path.relative_to(self.directory).as_posix(): path.read_bytes()
            for path in self.directory.rglob("*")
            if path.is_file()
        }

    def __getitem__(self, name: str) -> bytes:
        raw = self._changed.get(name, self._original.get(name))
        assert raw is not None, name
        return raw

    def put(self, name: str, raw: bytes | None) -> None:
        """Write a file, or remove it."""
        path = self.directory / name
        self._changed[name] = raw
        if raw is None:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)

    def json(self, name: str) -> Any:
        """Return a JSON file's value."""
        return json.loads(self[name])

    def put_json(self, name: str, value: Any) -> None:
        """Write a JSON file."""
        self.put(name, (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())

    def lines(self, name: str) -> list[Row]:
        """Return the records of a JSON Lines file."""
        return [json.loads(line) for line in self[name].decode().split("\n") if line.strip()]

    def put_lines(self, name: str, records: list[Row]) -> None:
        """Write a JSON Lines file."""
        text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records)
        self.put(name, text.encode())

    def file(self, config: str) -> str:
        """Return the path of a config's Parquet file."""
        name: str = self._manifest["configs"][config]["files"][0]
        return name

    def table(self, config: str) -> pa.Table:
        """Return a config's rows as the release was built."""
        import pyarrow.parquet as pq

        if config not in self._own:
            self._own[config] = pq.read_table(self.directory / self.file(config))
        return self._own[config]

    def rows(self, config: str) -> list[Row]:
        """Return a config's rows as the release was built, to be changed."""
        if config not in self._rows:
            self._rows[config] = self.table(config).to_pylist()
        return copy.deepcopy(self._rows[config])

    def put_rows(self, config: str, rows: list[Row]) -> None:
        """Write a config's rows."""
        schema = with_features(_CONFIGS[config].schema)
        self.put_table(config, pa.Table.from_pylist(rows, schema=schema))

    def put_table(self, config: str, table: pa.Table) -> None:
        """Write a config's table, whatever its columns are."""
        path = self.directory / self.file(config)
        write_parquet(table, path)
        self._tables[config] = table
        self._changed[self.file(config)] = path.read_bytes()

    def follow(self) -> None:
        """Derive all configs anew from the documents and the sets as they stand now."""
        rebuilt = corpus_of(self.directory)
        assert rebuilt.corpus is not None, rebuilt.problems
        for name, table in tables(rebuilt.corpus).items():
            if not table.equals(self._tables.get(name, self.table(name))):
                self.put_table(name, table)

    def seal(self, *, card: bool = True) -> None:
        """Make every hash, count and list fit what stands there now; the card's too, or not."""
        manifest = copy.deepcopy(self._manifest)
        hashed = logical_hash_1 if manifest.get("logical_hash", 1) == 1 else logical_hash
        for name, table in self._tables.items():
            manifest["configs"][name] |= {"rows": table.num_rows, "sha256": hashed(table)}
        if "documents" in self._tables:
            documents = self._tables["documents"].to_pylist()
            manifest["documents"] = [
                {"id": d["doc_id"], "sha256": d["sha256"], "characters": len(d["text"])}
                for d in documents
            ]
            manifest["items"] = sorted(i["item_id"] for d in documents for i in d["items"])
        for name in [config for config in manifest["configs"] if self._gone(config)]:
            del manifest["configs"][name]
        there = {path.parent.name for path in self.directory.glob("annotation/sets/*/set.json")}
        manifest["sets"] = sorted(there)
        manifest["labels_sha256"] = _sha256(self["schema/labels.json"])
        if card and (
            self._tables or manifest["configs"].keys() != self._manifest["configs"].keys()
        ):
            self._seal_card(manifest)
        if "croissant.json" in self.names and card:
            self._seal_croissant(manifest)
        names = {name for name in self.names if self._changed.get(name, b"") is not None}
        names |= {name for name, raw in self._changed.items() if raw is not None}
        entries = []
        for name in sorted(names - set(_UNLISTED)):
            raw = self[name]
            digest = _sha256(raw) if name in self._changed else self._digests[name]
            entries.append({"path": name, "bytes": len(raw), "sha256": digest})
        manifest["files"] = entries
        self.put_json("manifest.json", manifest)
        self.put("SHA256SUMS", sha256sums(manifest, _sha256(self["manifest.json"])).encode())

    def edit_manifest(self, **edits: Any) -> None:
        """Edit the manifest as it stands now, and make SHA256SUMS fit it."""
        manifest = self.json("manifest.json") | edits
        self.put_json("manifest.json", manifest)
        self.put("SHA256SUMS", sha256sums(manifest, _sha256(self["manifest.json"])).encode())

    def _gone(self, config: str) -> bool:
        return self._changed.get(self.file(config), b"") is None

    def _seal_card(self, manifest: Row) -> None:
        _, head, body = self["README.md"].decode().split("---\n", 2)
        if manifest["configs"].keys() != self._manifest["configs"].keys():
            data = yaml.safe_load(head)
            for key in ("configs", "dataset_info"):
                data[key] = [x for x in data[key] if x["config_name"] in manifest["configs"]]
            head = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
        configs, infos = head.split("dataset_info:\n")
        for name, config in manifest["configs"].items():
            hashed = rf"(config_name: {name}\n.*?description: sha256:)\w+"
            new = rf"\g<1>{config['sha256']}"
            configs = re.sub(hashed, new, configs, count=1, flags=re.DOTALL)
            counted = rf"(config_name: {name}\n.*?num_examples: )\d+"
            infos = re.sub(counted, rf"\g<1>{config['rows']}", infos, count=1, flags=re.DOTALL)
        text = f"---\n{configs}dataset_info:\n{infos}---\n{body}"
        self.put("README.md", text.encode())

    def _seal_croissant(self, manifest: Row) -> None:
        files = {self.file(config) for config in self._manifest["configs"]}
        data = self.json("croissant.json")
        kept = []
        for entry in data["distribution"]:
            url = entry["contentUrl"]
            if url in files and self._changed.get(url, b"") is None:
                continue
            kept.append(
                entry | {"sha256": _sha256(self[url]), "contentSize": f"{len(self[url])} B"}
            )
        text = json.dumps(data | {"distribution": kept}, ensure_ascii=False, indent=1) + "\n"
        new = {each["id"]: each["sha256"] for each in manifest["documents"]}
        for old in self._manifest["documents"]:
            text = text.replace(old["sha256"], new.get(old["id"], old["sha256"]))
        if text.encode() != self["croissant.json"]:
            self.put("croissant.json", text.encode())

    def restore(self) -> None:
        """Put everything back as it was built."""
        for name in self._changed:
            path = self.directory / name
            if name in self._original:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self._original[name])
            else:
                path.unlink(missing_ok=True)
                if path.parent.is_dir() and not any(path.parent.iterdir()):
                    path.parent.rmdir()
        self._changed.clear()
        self._tables.clear()


def pick(rng: random.Random, rows: list[Any]) -> tuple[int, Any]:
    """Return one of some rows and its number, counted from 1."""
    index = rng.randrange(len(rows))
    return index + 1, rows[index]


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
