"""Verification: whether a release is what it says it is, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from newspan import schema
from newspan.checks import in_order
from newspan.corpus.parts import PART_SIZE, Say, say_nothing
from newspan.problems import Place, Problem
from newspan.release.columns import check_schemas, is_own
from newspan.release.described import check_card, check_croissant
from newspan.release.files import file_sha256
from newspan.release.held import held_to
from newspan.release.intact import (
    Manifest,
    changed,
    check_files,
    check_sums,
    parse_manifest,
    read_manifest,
)
from newspan.release.meaning import examine_meaning
from newspan.release.report import Report
from newspan.release.rows import ConfigRows
from newspan.release.signature import SIGNATURE, check_signature
from newspan.release.stand_off.check import check as check_stand_off
from newspan.release.stand_off.files import AS_FULL, CUTS, cuts_by_file

__all__ = ["Report", "examine", "verify"]


def verify(
    directory: str | Path,
    *,
    manifest: str | Path | None = None,
    signers: str | Path | None = None,
    identity: str | None = None,
) -> list[Problem]:
    """Return what is wrong with a release, in the order of its files; see `examine`."""
    return examine(directory, manifest=manifest, signers=signers, identity=identity).problems


def examine(
    directory: str | Path,
    *,
    manifest: str | Path | None = None,
    signers: str | Path | None = None,
    identity: str | None = None,
    say: Say = say_nothing,
    _part_size: int = PART_SIZE,
) -> Report:
    """Verify a release, and tell what was checked.

    Hashes come first: where one is wrong, nothing else is looked at, since a broken file may make
    anything look wrong. Then page checksums, logical hashes, columns, footers and the card; then
    the corpus is made again from the release, part by part, checked, and every row derived anew.

    Args:
        directory: the release.
        manifest: the manifest committed for its version (`corpus/releases`), to hold it to.
        signers: an allowed-signers file; somebody of it must have signed.
        identity: who of them; anybody if None.
        say: is told what is being done, and how many of how many steps of it are done.

    Raises:
        ValueError: when `manifest` or `signers` is not such a file, or `identity` is empty.
    """
    report = Report()
    if identity is not None and not identity.strip():  # a variable that nobody set
        raise ValueError("the identity is empty: name one of the signers, or leave it out")
    committed = None if manifest is None else _committed(Path(manifest))
    if signers is not None and not Path(signers).is_file():
        raise ValueError(f"{signers} is no allowed-signers file: there is no such file")
    try:
        _examine(Path(directory), committed, signers, identity, report, say, _part_size)
    except OSError as error:
        place = Place(str(error.filename or directory))
        problem = Problem("file-unreadable", place, error.strerror or str(error))
        report.problems.append(problem)
    except UnicodeError as error:  # a path in the manifest that no file system can hold
        report.problems.append(changed("manifest.json", str(error)))
    report.problems = in_order(report.problems)
    return report


def _committed(path: Path) -> Manifest:
    if not path.is_file():
        raise ValueError(f"{path} is no manifest: there is no such file")
    committed, problems = parse_manifest(path, str(path))
    if committed is None:
        raise ValueError(f"{path} is no manifest: {problems[0].message}")
    return committed


def _examine(
    directory: Path,
    committed: Manifest | None,
    signers: str | Path | None,
    identity: str | None,
    report: Report,
    say: Say,
    part_size: int,
) -> None:
    manifest, problems = read_manifest(directory)
    if manifest is None:
        report.problems += problems
        return
    broken = [*check_files(directory, manifest, say), *check_sums(directory, manifest)]
    report.problems += broken
    report.files, report.bytes = len(manifest["files"]), sum(f["bytes"] for f in manifest["files"])
    _examine_signature(directory, signers, identity, report)
    if broken:
        report.notes.append("files are changed, so that nothing but hashes was checked")
        return
    report.checked.append("hashes")
    configs = _examine_rows(directory, manifest, report, say)
    is_sound = configs.keys() == manifest["configs"].keys()
    if committed is not None:

        def rehash(name: str, definition: int) -> str:
            return configs[name].logical_hash(definition)

        held = _full_manifest(directory, manifest, committed, report)
        report.problems += held_to(
            held, committed, rehash if is_sound and held is manifest else None
        )
        report.checked.append("the committed manifest")
    if not is_sound or not _examine_descriptions(directory, manifest, report):
        return
    if manifest.get("profile", "full") == "full":
        examine_meaning(directory, manifest, configs, report, say, part_size)
    else:
        if manifest["profile"] == "no-text":
            faults = check_stand_off(directory)
            report.problems += faults or _check_schema_files(directory, manifest, report)
            report.checked.append("anchors and shares")
            note = "a release without texts: only hydrated can its rows be derived anew"
        else:
            note = "no release: newspan hydrate made it on other texts; no row was derived anew"
        report.notes.append(note)


def _full_manifest(
    directory: Path, manifest: Manifest, committed: Manifest, report: Report
) -> Manifest:
    """Return the manifest to hold to the committed one, which records the full release.

    A release without texts brings that along; `check_stand_off` compares the two.
    """
    name = f"{AS_FULL}/manifest.json"
    if manifest.get("profile") != "no-text" or committed.get("profile", "full") != "full":
        return manifest
    full, _ = parse_manifest(directory / name, name) if (directory / name).is_file() else (None, [])
    if full is None:
        return manifest
    report.notes.append(
        "the committed manifest is that of the full release: what was left out or cut here, only "
        "hydrated can it be held to it"
    )
    return full | {"withdrawn": manifest.get("withdrawn", [])}  # its reasons may be cut


def _examine_signature(
    directory: Path, signers: str | Path | None, identity: str | None, report: Report
) -> None:
    is_signed = (directory / SIGNATURE).exists()
    if signers is not None:
        who, problems = check_signature(directory, Path(signers), identity)
        report.problems += problems
        report.signature = f"by {who}" if who else "bad" if is_signed else "missing"
    elif is_signed:
        report.signature = "not checked"
        report.notes.append("there is a signature, which --signers FILE would check")


def _examine_rows(
    directory: Path, manifest: Manifest, report: Report, say: Say
) -> dict[str, ConfigRows]:
    """Check pages and logical hashes; return the configs whose rows fit the manifest, by name."""
    listed = {entry["path"] for entry in manifest["files"]}
    definition = manifest.get("logical_hash", 1)
    found: dict[str, ConfigRows] = {}
    for number, (name, config) in enumerate(manifest["configs"].items()):
        say("reading rows", number, len(manifest["configs"]))
        if not set(config["files"]) <= listed:
            message = f"{name} names a file that the manifest does not list"
            report.problems.append(changed("manifest.json", message, f"/configs/{name}/files"))
            continue
        rows, problems = _rows_of(directory, name, config, definition)
        report.problems += problems
        if rows is not None and not problems:
            found[name] = rows
            report.rows += rows.number
    if found.keys() == manifest["configs"].keys():
        report.checked += ["page checksums", "logical hashes"]
    return found


def _rows_of(
    directory: Path, name: str, config: Mapping[str, Any], definition: int
) -> tuple[ConfigRows | None, list[Problem]]:
    place = Place(config["files"][0])
    try:
        rows = ConfigRows(directory, config["files"])
        digest = rows.logical_hash(definition)
    except (OSError, TypeError, pa.ArrowException) as error:
        return None, [Problem("rows-changed", place, f"{name} cannot be read: {error}")]
    message = None
    if rows.number != config["rows"]:
        message = f"{name} has {rows.number} rows, the manifest says {config['rows']}"
    elif digest != config["sha256"]:
        message = f"the logical hash of {name} is not the manifest's"
    return rows, [Problem("rows-changed", place, message)] if message else []


def _examine_descriptions(directory: Path, manifest: Manifest, report: Report) -> bool:
    """Check columns, footers, card, Croissant and schemas; tell whether they are right."""
    own = is_own(manifest)
    problems = [
        *_check_folders(manifest),
        *check_schemas(directory, manifest, own=own),
        *check_card(directory, manifest, own=own),
        *check_croissant(directory, manifest, own=own),
    ]
    report.problems += problems
    if manifest.get("profile", "full") == "full":
        report.problems += _check_schema_files(directory, manifest, report)
    report.checked += ["columns", "card", "Croissant"]
    return not problems


def _check_folders(manifest: Manifest) -> list[Problem]:
    """Return the files in configs' folders that are none of theirs: some programs read folders."""
    listed = {entry["path"] for entry in manifest["files"]}
    own = {file for config in manifest["configs"].values() for file in config["files"]}
    folders = {file.split("/")[0] for file in own if "/" in file}
    return [
        changed(name, "it stands in a config's folder and is none of it")
        for name in sorted(listed - own)
        if name.split("/")[0] in folders
    ]


def _check_schema_files(directory: Path, manifest: Manifest, report: Report) -> list[Problem]:
    """Return the JSON Schemas of a release that are not those of its schema version, nor cut."""
    if not is_own(manifest):
        made = manifest["tools"].get("newspan")
        report.notes.append(
            f"its schemas, {manifest['schema_version']} of newspan {made}, were not compared"
        )
        return []
    cut = cuts_by_file(directory) if (directory / CUTS).is_file() else {}
    return [
        changed(f"schema/{name}", f"it is not the schema {schema.SCHEMA_VERSION} of that name")
        for name in schema.names()
        if f"schema/{name}" not in cut
        if not (directory / "schema" / name).is_file()
        or file_sha256(directory / "schema" / name) != file_sha256(schema.path(name))
    ]
