"""Whether what describes a release says what its files are: the card, and croissant.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml

from newspan import schema
from newspan.corpus.files import parse_json, read_json
from newspan.problems import Place, Problem
from newspan.release.features import yaml_features
from newspan.release.intact import Manifest, changed

# libyaml's where it is there: it is ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def check_card(directory: Path, manifest: Manifest, *, own: bool) -> list[Problem]:
    """Return where the card's YAML, which `datasets` believes, differs from the files.

    Args:
        directory: the release.
        manifest: its manifest.
        own: whether the release was made by this newspan, which writes one that fits its schema
            where nothing was cut out of it.
    """
    try:
        text = (directory / "README.md").read_bytes().decode("utf-8")
        is_headed = text.startswith("---\n")
        head = _plain(text.split("---\n")[1]) if is_headed else None
    except (ValueError, yaml.YAMLError, IndexError, RecursionError) as error:
        why = (str(error) or type(error).__name__).splitlines()[0]
        return [changed("README.md", f"its YAML can't be read: {why}")]
    except FileNotFoundError:
        return [changed("README.md", "it is missing")]
    if not isinstance(head, dict):
        return [changed("README.md", "it begins with no YAML, so that datasets can't load it")]
    faults = list(_card_faults(head, directory, manifest))
    is_full = manifest.get("profile", "full") == "full"
    if own and is_full and not schema.is_valid("dataset_card.json", head):
        faults += [
            changed("README.md", f"dataset_card.json: {each.message}", each.pointer)
            for each in schema.violations("dataset_card.json", head)
        ]
    return faults


def _plain(text: str) -> Any:
    """Return what YAML holds if JSON could hold it too, as that of a card does.

    Raises:
        ValueError: when it is more than that: an anchor, which may stand for millions of values,
            a number as a key, a date.
        yaml.YAMLError: when it is no YAML.
    """
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, _LOADER)):
        raise ValueError("it refers to a part of itself")
    value = yaml.load(text, _LOADER)
    faults: list[Problem] = []
    parse_json(json.dumps(value, default=_refuse), Place("README.md"), None, faults)
    if faults:
        raise ValueError(faults[0].message)
    if not _has_plain_keys(value):
        raise ValueError("a key is no string")
    return value


def _refuse(value: Any) -> Any:
    raise ValueError(f"{value!r} is neither text nor number")


def _has_plain_keys(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    plain = not isinstance(value, dict) or all(isinstance(key, str) for key in value)
    return plain and all(map(_has_plain_keys, inner))


def _card_faults(head: Mapping[str, Any], directory: Path, manifest: Manifest) -> Iterator[Problem]:
    configs, infos = (_by_name(head.get(key)) for key in ("configs", "dataset_info"))
    for key, entries in (("configs", configs), ("dataset_info", infos)):
        if set(entries) != set(manifest["configs"]):
            named = ", ".join(sorted(entries)) or "none"
            yield changed("README.md", f"it names the configs {named}", f"/{key}")
        elif len(head[key]) != len(entries):
            yield changed("README.md", "it names a config twice, or none", f"/{key}")
    for name, config in manifest["configs"].items():
        index, entry = configs.get(name, (0, {}))
        wanted: dict[str, Any] = {
            "version": manifest["version"],
            "description": f"sha256:{config['sha256']}",
            "data_files": [{"split": "train", "path": file} for file in config["files"]],
        }
        yield from _differing(entry, wanted, f"/configs/{index}", name)
        index, info = infos.get(name, (0, {}))
        splits = info.get("splits")
        split = splits[0] if isinstance(splits, list) and len(splits) == 1 else None
        rows = split.get("num_examples") if isinstance(split, dict) else None
        wanted = {
            "features": yaml_features(pq.read_schema(directory / config["files"][0])),
            "rows": config["rows"],
        }
        yield from _differing({**info, "rows": rows}, wanted, f"/dataset_info/{index}", name)


def _differing(
    entry: Mapping[str, Any], wanted: Mapping[str, Any], pointer: str, name: str
) -> Iterator[Problem]:
    for key, value in wanted.items():
        if entry and entry.get(key) != value:
            message = f"{key} of {name} is not what the release's files and manifest say"
            yield changed("README.md", message, f"{pointer}/{key}")


def _by_name(entries: Any) -> dict[str, tuple[int, Mapping[str, Any]]]:
    """Return the entries of a list in the YAML by their config's name, each with its index."""
    listed = entries if isinstance(entries, list) else []
    return {
        str(entry["config_name"]): (index, entry)
        for index, entry in enumerate(listed)
        if isinstance(entry, dict) and "config_name" in entry
    }


def check_croissant(directory: Path, manifest: Manifest, *, own: bool) -> list[Problem]:
    """Return where croissant.json, which other programs load by, differs from the files.

    Args:
        directory: the release.
        manifest: its manifest.
        own: whether the release was made by this newspan, which writes one that fits its schema
            where nothing was cut out of it.
    """
    place = Place("croissant.json")
    profile = manifest.get("profile", "full")
    if not (directory / place.file).is_file():
        is_due = own and profile != "hydrated"  # such a folder is no release to be loaded by it
        return [changed(place.file, "it is missing")] if is_due else []
    faults: list[Problem] = []
    fits = place.file if own and profile == "full" else None
    data = read_json(directory / place.file, place, fits, faults)
    if faults:
        return [changed(place.file, each.message, each.place.pointer) for each in faults]
    files = data.get("distribution") if isinstance(data, dict) else None
    if not isinstance(files, list) or not all(isinstance(each, dict) for each in files):
        return [changed(place.file, "it has no list of files", "/distribution")]
    return list(_croissant_faults(dict(data or {}), manifest))


def _croissant_faults(data: Mapping[str, Any], manifest: Manifest) -> Iterator[Problem]:
    for key in ("name", "version"):
        if data.get(key) != manifest[key]:
            message = f"it is {data.get(key)!r}, the manifest says {manifest[key]!r}"
            yield changed("croissant.json", message, f"/{key}")
    listed = {entry["path"]: entry for entry in manifest["files"]}
    named = set()
    for index, entry in enumerate(data["distribution"]):
        url = entry.get("contentUrl")
        if url is None:
            continue
        url = str(url)
        named.add(url)
        pointer = f"/distribution/{index}"
        if url not in listed:
            yield changed("croissant.json", f"the release has no file {url}", pointer)
        elif entry.get("sha256") != listed[url]["sha256"]:
            message = f"the SHA-256 of {url} is not the manifest's"
            yield changed("croissant.json", message, f"{pointer}/sha256")
        elif entry.get("contentSize") != f"{listed[url]['bytes']} B":
            message = f"the size of {url} is not the manifest's"
            yield changed("croissant.json", message, f"{pointer}/contentSize")
    for name, config in manifest["configs"].items():
        for file in config["files"]:
            if file not in named:
                message = f"it does not name {file}, the file of {name}"
                yield changed("croissant.json", message, "/distribution")
    digests = {f"document/{each['id']}": each["sha256"] for each in manifest["documents"]}
    for pointer, entry in _entities(data, ""):
        wanted = digests.get(entry.get("@id", ""))
        if wanted is not None and entry.get("sha256", wanted) != wanted:
            message = f"the SHA-256 of {entry['@id']} is not the manifest's"
            yield changed("croissant.json", message, f"{pointer}/sha256")


def _entities(value: Any, pointer: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, dict):
        if isinstance(value.get("@id"), str):
            yield pointer, value
        for key, inner in value.items():
            yield from _entities(inner, f"{pointer}/{key.replace('/', '~1')}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _entities(inner, f"{pointer}/{index}")
