"""Which of a user's files is which document of a release."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from newspan.release.stand_off.anchors import every_block
from newspan.release.stand_off.folded import fold
from newspan.release.stand_off.seal import BLOCK, tags_of


class Source(msgspec.Struct, frozen=True):
    """A user's file that is taken for a document.

    `by` says why: its sha256, its file's name, the document's id, or the anchors found in it.
    """

    path: Path
    text: str
    sha256: str
    by: str


class Sources(msgspec.Struct, frozen=True):
    """Files by the document that they are, what is left of them, and remarks."""

    found: dict[str, Source]
    unused: tuple[str, ...]
    remarks: dict[str, str]


def match_sources(
    folder: Path,
    documents: Sequence[Mapping[str, Any]],
    anchors: Mapping[str, Sequence[Mapping[str, Any]]],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Sources:
    """Find each document among the files of a folder and its subfolders.

    A file is taken for one document only: by its SHA-256, else by its name, else by the document's
    id as its name, else for the document whose anchors fit it best. Where two serve equally well,
    neither is taken.

    Args:
        folder: the user's files.
        documents: rows with `doc_id`, `file` and `sha256`.
        anchors: the entries of `anchors.jsonl` by document.
        progress: told how many of how many files were read.

    Raises:
        OSError: when the folder cannot be read.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is no folder")
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    raws: dict[Path, bytes] = {}
    by_hash: dict[str, Path] = {}
    for number, path in enumerate(paths, 1):
        raws[path] = path.read_bytes()
        by_hash.setdefault(hashlib.sha256(raws[path]).hexdigest(), path)
        progress(number, len(paths))
    taken: dict[str, tuple[Path, str]] = {}
    remarks: dict[str, str] = {}
    for row in documents:
        if row["sha256"] in by_hash:
            taken[row["doc_id"]] = (by_hash[row["sha256"]], "sha256")
    for why, of_row, of_path in _NAMES:
        free = set(paths) - {path for path, _ in taken.values()}
        named: dict[str, list[Path]] = {}
        claims: dict[str, list[str]] = {}
        for path in sorted(free):
            named.setdefault(of_path(path), []).append(path)
        for row in documents:
            if row["doc_id"] not in taken:
                claims.setdefault(of_row(row), []).append(row["doc_id"])
        for name in sorted(set(named) & set(claims)):
            if len(named[name]) == len(claims[name]) == 1:
                taken[claims[name][0]] = (named[name][0], why)
            else:
                message = f"several files, or documents, have its {why}"
                remarks.update(dict.fromkeys(claims[name], message))
    used = {path for path, _ in taken.values()}
    others = {path: text for path in paths if path not in used if (text := _text(raws[path]))}
    missing = [row for row in documents if row["doc_id"] not in taken]
    taken |= _by_anchors(others, missing, anchors, remarks)
    found = {}
    for name, (path, why) in taken.items():
        remarks.pop(name, None)
        text = _text(raws[path])
        if text is None:
            remarks[name] = f"{path.name} is not UTF-8"
        else:
            digest = hashlib.sha256(raws[path]).hexdigest()
            found[name] = Source(path, text, digest, why)
    used = {source.path for source in found.values()}
    unused = tuple(p.relative_to(folder).as_posix() for p in paths if p not in used)
    return Sources(found, unused, remarks)


#: Names by which a file is known, the surest first: what they are, of a row, and of a path.
_NAMES: tuple[tuple[str, Callable[[Mapping[str, Any]], str], Callable[[Path], str]], ...] = (
    ("file name", lambda row: str(row["file"]), lambda path: path.name),
    ("file name", lambda row: Path(row["file"]).stem, lambda path: path.stem),
    ("document id", lambda row: str(row["doc_id"]), lambda path: path.stem),
)


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _by_anchors(
    left: Mapping[Path, str],
    missing: Sequence[Mapping[str, Any]],
    anchors: Mapping[str, Sequence[Mapping[str, Any]]],
    remarks: dict[str, str],
) -> dict[str, tuple[Path, str]]:
    """Return the files that fit best, best fits first, each file and document once.

    A fit is twice what they have in common, by the sizes of both (Dice 1945), so that a document
    inside a larger one fits its own file better.
    """
    folded = {path: fold(text) for path, text in left.items()} if missing else {}
    fits: list[tuple[float, str, Path]] = []
    for row in missing:
        entries = [entry for entry in anchors.get(row["doc_id"], ()) if "locks" in entry]
        size = sum(len(entry["locks"]) for entry in entries) * BLOCK
        salt = bytes.fromhex(row["sha256"])
        for path in folded if entries else ():
            blocks = every_block(folded[path], salt)
            here = [sum(tag in blocks for tag in tags_of(entry)) for entry in entries]
            if any(n >= e["needed"] for n, e in zip(here, entries, strict=True)):
                fit = 2 * sum(here) * BLOCK / (size + len(folded[path].text))
                fits.append((fit, row["doc_id"], path))
    taken: dict[str, tuple[Path, str]] = {}
    while fits:
        best, name, path = max(fits, key=lambda one: one[0])
        rivals = [f for f in fits if f[0] == best and (f[1] == name) != (f[2] == path)]
        if rivals:
            remarks[name] = "several files, or documents, fit its anchors equally well"
        else:
            taken[name] = (path, "anchors")
        fits = [f for f in fits if f[1] != name and (rivals or f[2] != path)]
    return taken
