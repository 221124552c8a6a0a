"""Verification: whether a release is what it was when it was built."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from newspan import schema
from newspan.parquet import read_config
from newspan.problems import Place, Problem
from newspan.release.build import file_sha256, release_files, sha256sums
from newspan.release.logical import logical_hash


def verify(directory: str | Path) -> list[Problem]:
    """Return what is wrong with a release: files changed, missing or extra, and rows changed.

    Every byte counts, those of SHA256SUMS and manifest.json included. A release that somebody
    rewrote from end to end, hashes and all, is consistent again: only a signature tells that.
    """
    try:
        return _verify(Path(directory))
    except OSError as error:
        place = Place(str(error.filename or directory))
        return [Problem("file-unreadable", place, error.strerror or str(error))]
    except UnicodeError as error:  # a path in the manifest that no file system can hold
        return [_changed("manifest.json", str(error))]


def _verify(directory: Path) -> list[Problem]:
    manifest, problems = _read_manifest(directory)
    if manifest is None:
        return problems
    problems = [*_check_files(directory, manifest), *_check_sums(directory, manifest)]
    changed = {problem.place.file for problem in problems}
    listed = {entry["path"] for entry in manifest["files"]}
    for name, config in manifest["configs"].items():
        files = set(config["files"])
        if not files <= listed:
            message = f"{name} names a file that the manifest does not list"
            problems.append(Problem("release-changed", Place("manifest.json"), message))
        elif not files & changed:
            problems += _check_rows(directory, name, config)
    return problems


def _read_manifest(directory: Path) -> tuple[dict[str, Any] | None, list[Problem]]:
    path = directory / "manifest.json"
    if not path.is_file():
        missing = "it has no manifest.json" if directory.is_dir() else "there is no such folder"
        return None, [Problem("not-a-release", Place(str(directory)), missing)]
    if path.is_symlink() or (directory / "SHA256SUMS").is_symlink():
        return None, [_changed("manifest.json", "it or SHA256SUMS is a link, not a file")]
    try:
        manifest = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        return None, [Problem("release-changed", Place("manifest.json"), f"no JSON: {error}")]
    found = [
        Problem("release-changed", Place("manifest.json", pointer=v.pointer), v.message)
        for v in schema.violations("release_manifest.json", manifest)
    ]
    return (None, found) if found else (manifest, [])


def _check_files(directory: Path, manifest: dict[str, Any]) -> list[Problem]:
    problems = []
    listed = {entry["path"]: entry for entry in manifest["files"]}
    there = dict(release_files(directory))
    for name, path in there.items():
        if name not in listed:
            problems.append(_changed(name, "the manifest does not list it"))
        elif path.is_symlink():
            problems.append(_changed(name, "it is a link, not a file"))
        elif path.stat().st_size != listed[name]["bytes"]:
            size = path.stat().st_size
            problems.append(_changed(name, f"{size} bytes instead of {listed[name]['bytes']}"))
        elif file_sha256(path) != listed[name]["sha256"]:
            problems.append(_changed(name, "its SHA-256 is not the manifest's"))
    problems += [_changed(name, "it is missing") for name in listed if name not in there]
    folders = {parent.as_posix() for name in listed for parent in Path(name).parents}
    for path in directory.rglob("*"):
        name = path.relative_to(directory).as_posix()
        if path.is_dir() and name not in folders:
            problems.append(_changed(name, "the manifest lists nothing in this folder"))
        elif not path.is_dir() and not path.is_file():
            problems.append(_changed(name, "it is no plain file"))
    return problems


def _check_sums(directory: Path, manifest: dict[str, Any]) -> list[Problem]:
    path = directory / "SHA256SUMS"
    if not path.is_file():
        return [_changed("SHA256SUMS", "it is missing")]
    expected = sha256sums(manifest, file_sha256(directory / "manifest.json"))
    if path.read_bytes() != expected.encode():
        return [_changed("SHA256SUMS", "it does not agree with manifest.json and its own hash")]
    return []


def _check_rows(directory: Path, name: str, config: dict[str, Any]) -> list[Problem]:
    place = Place(config["files"][0])
    try:
        table = read_config(directory, config["files"])
        digest = logical_hash(table)
    except (OSError, TypeError, pa.ArrowException) as error:
        return [Problem("rows-changed", place, f"{name} cannot be read: {error}")]
    if table.num_rows != config["rows"]:
        message = f"{name} has {table.num_rows} rows, the manifest says {config['rows']}"
        return [Problem("rows-changed", place, message)]
    if digest != config["sha256"]:
        return [Problem("rows-changed", place, f"the logical hash of {name} is not the manifest's")]
    return []


def _changed(name: str, message: str) -> Problem:
    return Problem("release-changed", Place(name), message)
