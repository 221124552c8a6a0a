"""Whether a release's files are those of its manifest, byte by byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from newspan import schema
from newspan.corpus.files import parse_json
from newspan.corpus.parts import Say, say_nothing
from newspan.problems import Place, Problem
from newspan.release.files import SEALS, file_sha256, release_files, sha256sums

Manifest = dict[str, Any]


def changed(name: str, message: str, pointer: str = "") -> Problem:
    """Return the problem that a file of a release isn't as it was built."""
    shown = name.encode("utf-8", "backslashreplace").decode()  # a file's name need not be UTF-8
    return Problem("release-changed", Place(shown, pointer=pointer), message)


def read_manifest(directory: Path) -> tuple[Manifest | None, list[Problem]]:
    """Return a release's manifest, or None and why there is none that can be read."""
    path = directory / "manifest.json"
    if not path.is_file():
        missing = "it has no manifest.json" if directory.is_dir() else "there is no such folder"
        return None, [Problem("not-a-release", Place(str(directory)), missing)]
    links = [name for name in SEALS if (directory / name).is_symlink()]
    if links:
        return None, [changed(name, "it is a link, not a file") for name in links]
    return parse_manifest(path, "manifest.json")


def parse_manifest(path: Path, name: str) -> tuple[Manifest | None, list[Problem]]:
    """Return a manifest that fits its schema, or None and what is wrong with the file `name`."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        return None, [changed(name, f"it is not UTF-8: {error.reason}")]
    faults: list[Problem] = []
    manifest = parse_json(text, Place(name), None, faults)
    found = [changed(name, f"it can't be read: {fault.message}") for fault in faults]
    if not faults and not schema.is_valid("release_manifest.json", manifest):
        found = [
            changed(name, each.message, each.pointer)
            for each in schema.violations("release_manifest.json", manifest)
        ]
    return (None, found) if found else (manifest, [])


def check_files(directory: Path, manifest: Manifest, say: Say = say_nothing) -> list[Problem]:
    """Return the files and folders that are changed, missing, extra, or not plain ones."""
    problems = []
    listed = {entry["path"]: entry for entry in manifest["files"]}
    if len(listed) < len(manifest["files"]):
        problems.append(changed("manifest.json", "it lists a file twice", "/files"))
    there = dict(release_files(directory))
    for number, (name, path) in enumerate(there.items()):
        say("hashing files", number, len(there))
        if name not in listed:
            problems.append(changed(name, "the manifest does not list it"))
        elif path.is_symlink():
            problems.append(changed(name, "it is a link, not a file"))
        elif path.stat().st_size != listed[name]["bytes"]:
            size = path.stat().st_size
            problems.append(changed(name, f"{size} bytes instead of {listed[name]['bytes']}"))
        elif file_sha256(path) != listed[name]["sha256"]:
            problems.append(changed(name, "its SHA-256 is not the manifest's"))
    problems += [changed(name, "it is missing") for name in listed if name not in there]
    folders = {parent.as_posix() for name in listed for parent in Path(name).parents}
    for path in directory.rglob("*"):
        name = path.relative_to(directory).as_posix()
        if path.is_symlink() and path.is_dir():
            problems.append(changed(name, "it is a link, not a folder"))
        elif path.is_dir() and name not in folders:
            problems.append(changed(name, "the manifest lists nothing in this folder"))
        elif not path.is_dir() and not path.is_file():
            problems.append(changed(name, "it is no plain file"))
    return problems


def check_sums(directory: Path, manifest: Manifest) -> list[Problem]:
    """Return whether SHA256SUMS says other than the manifest and the manifest's own hash."""
    path = directory / "SHA256SUMS"
    if not path.is_file():
        return [changed("SHA256SUMS", "it is missing")]
    expected = sha256sums(manifest, file_sha256(directory / "manifest.json"))
    if path.read_bytes() != expected.encode():
        return [changed("SHA256SUMS", "it does not agree with manifest.json and its own hash")]
    return []
