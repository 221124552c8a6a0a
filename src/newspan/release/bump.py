"""Which version a release must have at least, after what has changed in it (Croissant 1.1)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from newspan.problems import Place, Problem
from newspan.release.changes.kinds import Due

#: No version has so many in one of its numbers.
_DIGITS = 20
_PLACE = Place("corpus/corpus.json", pointer="/version")


def due(old: str | Path, new: str | Path) -> Due:
    """Return which bump the differences of two releases make due; errors as `diff.diff`."""
    from newspan.release.diff import diff

    return diff(old, new).due


def bumped(version: str, kind: Due) -> str:
    """Return the smallest version that counts as a bump of a kind.

    Before 1.0.0 a major change bumps the minor number, as an addition does.

    Raises:
        ValueError: when the version is not of the form MAJOR.MINOR.PATCH.
    """
    major, minor, patch = numbers(version)
    if kind == "major" and major > 0:
        return f"{major + 1}.0.0"
    if kind in ("major", "minor"):
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + (kind == 'patch')}"


def is_enough(old_version: str, new_version: str, due: Due) -> bool:
    """Tell whether a version is as high as a bump of the old one must make it, or higher.

    Raises:
        ValueError: when a version is not of the form MAJOR.MINOR.PATCH.
    """
    return numbers(new_version) >= numbers(bumped(old_version, due))


def numbers(version: str) -> tuple[int, int, int]:
    """Return a version's numbers, by which versions are ordered.

    Raises:
        ValueError: when it is not of the form MAJOR.MINOR.PATCH.
    """
    parts = version.split(".")
    if len(parts) != 3 or not all(
        part.isascii() and part.isdigit() and len(part) < _DIGITS for part in parts
    ):
        raise ValueError(f"{version!r} is no version: it must be MAJOR.MINOR.PATCH, as 1.0.0")
    major, minor, patch = map(int, parts)
    return major, minor, patch


def recorded(manifests: Path, name: str, profile: str = "full") -> dict[str, dict[str, Any]]:
    """Return the manifests that are recorded of a corpus, by version, the newest last.

    Args:
        manifests: the folder of recorded manifests, `corpus/releases`.
        name: the corpus's name.
        profile: what the releases ship.

    Raises:
        ValueError: when a recorded manifest is no JSON, or has no version.
    """
    found = {}
    for path in sorted(manifests.glob("*.json")):
        try:
            manifest = json.loads(path.read_bytes())
            own = manifest["name"] == name and manifest.get("profile", "full") == profile
            version = str(manifest["version"])
            numbers(version)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"{path} is no recorded manifest: {error}") from None
        if own:
            found[version] = manifest
    return {version: found[version] for version in sorted(found, key=numbers)}


def refuse(
    manifests: Path,
    new: Path,
    version: str,
    *,
    previous: Path | None = None,
    out: Path | None = None,
) -> Problem | None:
    """Return why a release that has just been filled may not have a version, or None if it may.

    It is compared with the newest recorded release: row by row with `previous`, or with what
    stands in `out` under its name, if that is the recorded one. Without either, only logical hashes
    are left: equal ones make a patch due, others count as a major change.

    Args:
        manifests: the folder of recorded manifests, `corpus/releases`.
        new: the filled folder.
        version: the version that it is to have.
        previous: the newest recorded release's folder; any release's where none is recorded.
        out: where releases stand.

    Raises:
        ValueError: when `version` is none, a manifest is unreadable, or `previous` is no release.
        DiffError: when the files of a release do not fit its manifest.
    """
    from newspan.release.changes.opened import opened

    wanted = numbers(version)
    manifest = json.loads((new / "manifest.json").read_bytes())
    profile = manifest.get("profile", "full")
    known = recorded(manifests, manifest["name"], profile)
    if version in known:
        if same_data(known[version], manifest, new):
            return None
        message = f"{version} is recorded in {manifests.name}/{version}.json with other data"
        return Problem("version-taken", _PLACE, message)
    suffix = "" if profile == "full" else f"-{profile}"
    if (manifests / f"{version}{suffix}.json").exists():
        message = f"{manifests.name}/{version}{suffix}.json is there, of a corpus of another name"
        return Problem("version-taken", _PLACE, message)
    if known:
        old_version, old = known.popitem()
    elif previous is not None:
        old = opened(previous).manifest
        old_version = old["version"]
    else:
        return None
    if previous is not None and not _is_recorded(old, previous):
        message = f"it is not the {old_version} that is recorded, but other data"
        return Problem("previous-differs", Place(str(previous)), message)
    if wanted < numbers(old_version):
        message = f"{version} is not above {old_version}, the newest that is recorded"
        return Problem("version-too-small", _PLACE, message)
    if is_enough(old_version, version, "major"):
        return None  # whatever has changed
    beside = out / _folder_name(old) if out is not None else None
    kind, why = _due(old, manifest, new, previous, beside)
    if is_enough(old_version, version, kind):
        return None
    needed = bumped(old_version, kind)
    message = f"{version} after {old_version}: {kind} is due, so {needed} or higher, because {why}"
    return Problem("version-too-small", _PLACE, message)


def is_other_than_recorded(manifests: Path, release: Path) -> bool:
    """Tell whether the version of a release is recorded with other data than it has.

    Raises:
        ValueError: when a recorded manifest is unreadable.
    """
    manifest = json.loads((release / "manifest.json").read_bytes())
    known = recorded(manifests, manifest["name"], manifest.get("profile", "full"))
    old = known.get(manifest["version"])
    return old is not None and not same_data(old, manifest, release)


def same_data(recorded: dict[str, Any], manifest: dict[str, Any], release: Path) -> bool:
    """Tell whether a release has the data of a recorded manifest, going by hashes.

    These are the logical hashes of the rows, and the checksums of annotation sets and lists. Where
    the logical hashes follow different definitions, rows are hashed again by the recorded one's.
    """
    if _data_files(recorded) != _data_files(manifest):
        return False
    was = {name: config["sha256"] for name, config in recorded["configs"].items()}
    if recorded.get("logical_hash", 1) == manifest.get("logical_hash", 1):
        return was == {name: config["sha256"] for name, config in manifest["configs"].items()}
    return was == _hashed_again(release, manifest, recorded.get("logical_hash", 1))


def _folder_name(manifest: dict[str, Any]) -> str:
    profile = manifest.get("profile", "full")
    name = f"{manifest['name']}-{manifest['version']}"
    return name if profile == "full" else f"{name}-{profile}"


def _is_recorded(old: dict[str, Any], folder: Path) -> bool:
    """Tell whether a folder holds the release of a recorded manifest.

    Raises:
        ValueError: when it holds no release.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        fields = ("name", "version", "documents", "items", "sets")
        same = all(old[one] == manifest[one] for one in fields)
        return same and same_data(old, manifest, folder)
    except FileNotFoundError:
        raise ValueError(f"{folder} is no release: it has no manifest.json") from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{folder} is no release: {error}") from None


def _data_files(manifest: dict[str, Any]) -> dict[str, str]:
    """Return the checksums of the files that hold data outside the configs."""
    return {
        entry["path"]: entry["sha256"]
        for entry in manifest["files"]
        if entry["path"] in ("corpus/outlets.json", "corpus/targets.json")
        or entry["path"].startswith("annotation/sets/")
    }


def _due(
    old: dict[str, Any],
    manifest: dict[str, Any],
    new: Path,
    previous: Path | None,
    beside: Path | None,
) -> tuple[Due, str]:
    """Return which bump is due, and why: by rows where the old ones are at hand, else by hashes."""
    from newspan.release.changes.opened import DiffError
    from newspan.release.diff import diff

    at_hand = previous
    if at_hand is None and beside is not None and beside.is_dir():
        try:
            at_hand = beside if _is_recorded(old, beside) else None
        except ValueError:  # nobody named it: the hashes decide
            at_hand = None
    if at_hand is not None:
        try:
            found = diff(at_hand, new)
            return found.due, "; ".join(found.reasons[:3]) or "nothing differs"
        except DiffError:
            if at_hand == previous:
                raise
    if same_data(old, manifest, new):
        return "patch", "the data are the same"
    return "major", (
        f"the data differ, and the rows of {old['version']} are not at hand to tell additions from"
        " edits: this counts as a major change (--previous names the old release)"
    )


def _hashed_again(release: Path, manifest: dict[str, Any], definition: int) -> dict[str, str]:
    """Return the logical hashes of a release's rows by another definition."""
    from newspan.parquet import read_config
    from newspan.release.logical import logical_hash, logical_hash_1

    of = logical_hash_1 if definition == 1 else logical_hash
    return {
        name: of(read_config(release, config["files"]))
        for name, config in manifest["configs"].items()
    }
