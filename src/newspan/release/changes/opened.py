"""A release opened to be compared: its manifest, held against its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
import pyarrow as pa

from newspan import schema
from newspan.problems import Place, Problem
from newspan.release.build import file_sha256
from newspan.release.changes.pairs import NotUniqueError


class DiffError(Exception):
    """A release cannot be compared; `problems` says what is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems of a release")
        self.problems = problems


class Opened(msgspec.Struct, frozen=True):
    """A release's folder and manifest."""

    path: Path
    manifest: dict[str, Any]

    @property
    def brief(self) -> dict[str, Any]:
        """Return what names the release."""
        return {name: self.manifest[name] for name in ("name", "version")} | {
            "profile": self.profile
        }

    @property
    def profile(self) -> str:
        """Return what the release ships: `full`, or `no-text`."""
        return str(self.manifest.get("profile", "full"))

    @property
    def info(self) -> dict[str, Any]:
        """Return what the corpus says of itself: title, licences; empty in old releases."""
        path = self.path / "corpus" / "corpus.json"
        if not path.is_file():
            return {}
        found: dict[str, Any] = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
        return found

    @property
    def hash_kind(self) -> int:
        """Return the definition that its logical hashes follow."""
        return int(self.manifest.get("logical_hash", 1))

    @property
    def configs(self) -> dict[str, Any]:
        """Return what the manifest says of each config."""
        found: dict[str, Any] = self.manifest["configs"]
        return found

    @property
    def file_hashes(self) -> dict[str, str]:
        """Return the SHA-256 of each file."""
        return {entry["path"]: entry["sha256"] for entry in self.manifest["files"]}

    @property
    def other_files(self) -> dict[str, str]:
        """Return the SHA-256 of each file that holds no rows of a config."""
        rows = {path for config in self.configs.values() for path in config["files"]}
        return {path: digest for path, digest in self.file_hashes.items() if path not in rows}

    def same_rows(self, other: Opened, config: str) -> bool:
        """Tell whether a config's rows are another release's, going by their logical hashes."""
        return (
            self.hash_kind == other.hash_kind
            and self.configs[config]["sha256"] == other.configs[config]["sha256"]
        )

    def paths(self, config: str) -> list[Path]:
        """Return the Parquet files of a config."""
        return [self.path / name for name in self.configs[config]["files"]]

    @contextmanager
    def told(self, config: str) -> Iterator[None]:
        """Turn what goes wrong with a config's rows inside the block into a `DiffError`."""
        place = Place(f"{self.path}/{self.configs[config]['files'][0]}")
        try:
            yield
        except (OSError, pa.ArrowException) as error:
            problem = Problem("rows-changed", place, f"{config} cannot be read: {error}")
        except NotUniqueError as error:
            key = str(error).replace("\x1f", " ")
            problem = Problem("release-incomparable", place, f"{config} has {key} more than once")
        except KeyError as error:
            problem = Problem("release-incomparable", place, f"{config} has no column {error}")
        else:
            return
        raise DiffError([problem])

    def check(self, progress: Callable[[str, int, int | None], None] | None = None) -> None:
        """Hold every file that the manifest lists against its size and checksum.

        Raises:
            DiffError: when one is missing or another.
        """
        problems = []
        total = sum(entry["bytes"] for entry in self.manifest["files"])
        done = 0
        for entry in self.manifest["files"]:
            fault = self._fault(entry)
            if fault:
                problems.append(
                    Problem("release-changed", Place(f"{self.path}/{entry['path']}"), fault)
                )
            done += entry["bytes"]
            if progress:
                progress(f"checking {self.path.name}", done, total)
        listed = {entry["path"] for entry in self.manifest["files"]}
        for name, config in self.configs.items():
            if not set(config["files"]) <= listed:
                message = f"{name} names a file that the manifest does not list"
                problems.append(
                    Problem("release-changed", Place(f"{self.path}/manifest.json"), message)
                )
        if problems:
            raise DiffError(problems)

    def _fault(self, entry: dict[str, Any]) -> str | None:
        if PurePosixPath(entry["path"]).is_absolute() or ".." in entry["path"].split("/"):
            return "it stands outside the release"
        path = self.path / entry["path"]
        try:
            if not path.is_file():
                return "it is missing"
            if path.stat().st_size != entry["bytes"]:
                return f"{path.stat().st_size} bytes instead of {entry['bytes']}"
            if file_sha256(path) != entry["sha256"]:
                return "its SHA-256 is not the manifest's"
        except (OSError, ValueError) as error:
            return f"it cannot be read: {error}"
        return None


def opened(path: Path) -> Opened:
    """Open a release.

    Raises:
        ValueError: when the folder is no release.
        DiffError: when its manifest does not fit its schema.
    """
    file = path / "manifest.json"
    if not file.is_file():
        why = "it has no manifest.json" if path.is_dir() else "there is no such folder"
        raise ValueError(f"{path} is no release: {why}")
    try:
        manifest = msgspec.json.decode(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"{path} is no release: unreadable manifest.json: {error}") from None
    faults = [
        Problem("release-changed", Place(str(file), pointer=v.pointer), v.message)
        for v in schema.violations("release_manifest.json", manifest)
    ]
    if faults:
        raise DiffError(faults)
    return Opened(path, manifest)
