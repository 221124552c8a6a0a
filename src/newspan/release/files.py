"""The files of a release as its manifest and its checksums list them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

#: What speaks about all other files, and is not listed by the manifest.
SEALS = ("manifest.json", "SHA256SUMS", "SHA256SUMS.sig")


def release_files(directory: Path) -> list[tuple[str, Path]]:
    """Return the files that a manifest lists, by their path in the release, sorted."""
    found = []
    for folder, _, names in os.walk(directory):
        inside = Path(folder).relative_to(directory).as_posix()
        for name in names:
            path = Path(folder, name)
            if path.is_file():
                found.append((name if inside == "." else f"{inside}/{name}", path))
    return sorted((name, path) for name, path in found if name not in SEALS)


def file_sha256(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256sums(manifest: dict[str, Any], manifest_sha256: str) -> str:
    """Return the content of SHA256SUMS: every file of the release but itself, by path."""
    digests = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    digests["manifest.json"] = manifest_sha256
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, without change of newlines on any platform."""
    path.write_bytes(text.encode("utf-8"))


def read_text(path: Path) -> str:
    """Return a file's text, unaltered; empty where there is no file."""
    return path.read_bytes().decode("utf-8") if path.is_file() else ""
