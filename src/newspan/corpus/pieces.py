"""The pieces of a corpus folder, each read by itself: documents with texts, lists, sets."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TypeVar

import msgspec

from newspan import schema
from newspan.corpus.files import decode, read_bytes, read_json, read_jsonl, sound_json, sound_lines
from newspan.corpus.records import Placed, document_place
from newspan.model import AnyRecord, Document, SetInfo, Withdrawn
from newspan.problems import Place, Problem
from newspan.schema.labels import Labels, parse_labels

R = TypeVar("R")
#: A line of SHA256SUMS: a checksum, and the name of a file.
SUM_LINE = re.compile(r"([0-9A-Fa-f]{64}) [ *](?:\./)?(.+)")


def read_one(
    root: Path, file: str, schema_name: str, kind: type[R], problems: list[Problem]
) -> R | None:
    """Return the record that a JSON file holds, or None after adding the problems why not."""
    place = Place(file)
    raw = read_bytes(root / file, place, [])
    found = None if raw is None else sound_json(raw, schema_name, kind)
    if found is not None:
        return found
    data = read_json(root / file, place, schema_name, problems)
    return None if data is None else msgspec.convert(data, kind)


class RawFiles:
    """The texts as received: each is compared with SHA256SUMS when it is read."""

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        self._root, self._problems = root, problems
        self._sums = _read_sums(root, problems)
        found = entries(root, "corpus/raw", "", problems)
        #: Whether each file was read, by its name.
        self.was_read = {name: False for name in found if name != "SHA256SUMS"}
        for name in self._sums or ():
            if name not in self.was_read:
                message = "there is no such file, though SHA256SUMS lists it"
                if name.startswith("."):
                    message = "SHA256SUMS lists it, but names with a leading dot are not read"
                problems.append(Problem("file-missing", Place(f"corpus/raw/{name}"), message))

    def read(self, name: str) -> bytes | None:
        """Return a raw file's bytes, or None after adding the problem why not."""
        problems, place = self._problems, Place(f"corpus/raw/{name}")
        raw = read_bytes(self._root / place.file, place, problems)
        self.was_read[name] = True
        if self._sums is None:
            return raw
        listed = self._sums.get(name)
        if listed is None:
            message = f"{name} is not listed in SHA256SUMS"
            problems.append(Problem("checksum-missing", place, message))
        elif raw is not None and hashlib.sha256(raw).hexdigest() != listed:
            digest = hashlib.sha256(raw).hexdigest()
            message = f"its SHA-256 is {digest}, SHA256SUMS says {listed}"
            problems.append(Problem("checksum-mismatch", place, message))
        return raw

    def close(self) -> None:
        """Read what no document has asked for."""
        for name, was_read in self.was_read.items():
            if not was_read:
                self.read(name)


def _read_sums(root: Path, problems: list[Problem]) -> dict[str, str] | None:
    """Return the SHA-256 of each file by name, as SHA256SUMS lists them; None if it cannot."""
    place = Place("corpus/raw/SHA256SUMS")
    raw = read_bytes(root / place.file, place, problems)
    text = None if raw is None else decode(raw, place, problems)
    if text is None:
        return None
    sums: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        here = Place(place.file, number)
        match = SUM_LINE.fullmatch(line.removeprefix("\ufeff"))
        if match and match[2] in sums:
            problems.append(Problem("duplicate-id", here, f"{match[2]} is listed twice"))
        elif match:
            sums[match[2]] = match[1].lower()
        elif line.strip() and not line.startswith("#"):
            message = "a line is a SHA-256, two spaces and a file name"
            problems.append(Problem("checksum-missing", here, message))
    return sums


class DocumentFiles:
    """The records of documents, and the raw files that they name."""

    def __init__(self, root: Path, problems: list[Problem], unread: set[str]) -> None:
        self._root, self._problems, self._unread = root, problems, unread
        self._raw = RawFiles(root, problems)
        self._claimed: dict[str, str] = {}
        before = len(problems)
        # By id: a dot sorts behind a hyphen, so the files' own order would be another.
        found = entries(root, "corpus/documents", ".json", problems)
        self.ids = sorted(name.removesuffix(".json") for name in found)
        if len(problems) > before:
            unread.add("documents")

    def read(self, document_id: str) -> tuple[Document, str] | None:
        """Return the document of that file's name and its text, or None and the problems."""
        problems = self._problems
        place = Place(f"corpus/documents/{document_id}.json")
        document = read_one(self._root, place.file, "document.json", Document, problems)
        text = None
        if document is not None and named(document_id, document.id, place, problems):
            text = self._text_of(document, place)
        if document is None or text is None:
            self._unread.add("documents")
            return None
        if document.file in self._claimed:
            message = f"{document.file} is already the file of {self._claimed[document.file]}"
            problems.append(Problem("duplicate-id", document_place(document).at("/file"), message))
        self._claimed.setdefault(document.file, document.id)
        return document, text

    def close(self) -> None:
        """Report the raw files that belong to no document, once all documents were read."""
        self._raw.close()
        for name in () if "documents" in self._unread else self._raw.was_read:
            if name not in self._claimed:
                message = f"no document record has the file {name}"
                place = Place(f"corpus/raw/{name}")
                self._problems.append(Problem("raw-without-document", place, message))

    def _text_of(self, document: Document, place: Place) -> str | None:
        problems, raw_place = self._problems, Place(f"corpus/raw/{document.file}")
        if document.file not in self._raw.was_read:
            if not any(p.place.file == raw_place.file for p in problems):
                message = f"{raw_place.file} is not there"
                problems.append(Problem("file-missing", place.at("/file"), message))
            return None
        raw = self._raw.read(document.file)
        if raw is None:
            return None
        digest = hashlib.sha256(raw).hexdigest()
        if digest == document.sha256:
            return decode(raw, raw_place, problems)
        # A changed raw file is already reported against SHA256SUMS; the record isn't at fault then.
        if not any(p.id == "checksum-mismatch" and p.place == raw_place for p in problems):
            message = f"{document.file} has the SHA-256 {digest}"
            problems.append(Problem("checksum-mismatch", place.at("/sha256"), message))
        return None


def named(name: str, record_id: str, place: Place, problems: list[Problem]) -> bool:
    """Tell whether a file or folder is named after the id inside; report it if not."""
    if name != record_id:
        message = f"the file is named {name!r}, the id inside is {record_id!r}"
        problems.append(Problem("file-name", place, message))
    return name == record_id


def read_list(
    root: Path, name: str, kind: type[R], problems: list[Problem], unread: set[str]
) -> dict[str, R]:
    """Read corpus/<name>.json: an object whose one key, the name, holds records with unique ids."""
    place = Place(f"corpus/{name}.json")
    before = len(problems)
    found: dict[str, R] = {}
    data = read_json(root / place.file, place, f"{name.removesuffix('s')}_list.json", problems)
    for index, entry in enumerate(data[name] if data else ()):
        if entry["id"] in found:
            message = f"{entry['id']} is used twice"
            problems.append(Problem("duplicate-id", place.at(f"/{name}/{index}/id"), message))
        found[entry["id"]] = msgspec.convert(entry, kind)
    if len(problems) > before:
        unread.add(name)
    return found


def read_withdrawn(root: Path, problems: list[Problem]) -> tuple[Withdrawn, ...]:
    """Return the tombstones of corpus/withdrawn.json; most corpora have none."""
    place = Place("corpus/withdrawn.json")
    if not os.path.lexists(root / place.file):
        return ()
    data = read_json(root / place.file, place, "withdrawn_list.json", problems)
    return tuple(msgspec.convert(data["withdrawn"], list[Withdrawn])) if data else ()


def read_own_labels(root: Path, problems: list[Problem], unread: set[str]) -> Labels:
    """Return the corpus's own labels if it has a schema/labels.json, else those of newspan."""
    place = Place("schema/labels.json")
    path = root / place.file
    if not os.path.lexists(path):
        return schema.read_labels()
    data = read_json(path, place, "label_list.json", problems)
    if data is None:
        unread.add("labels")
        return schema.read_labels()
    labels = parse_labels(data, path.read_bytes())
    seen: set[tuple[str, str, str]] = set()
    for index, label in enumerate(labels.labels):
        key = (label.layer, label.attribute, label.id)
        if key in seen:
            message = f"{label.layer}: {label.attribute}: {label.id} is defined twice"
            problems.append(Problem("duplicate-id", place.at(f"/labels/{index}/id"), message))
            unread.add("labels")
        seen.add(key)
    return labels


def read_heads(root: Path, problems: list[Problem]) -> dict[str, SetInfo]:
    """Return the heads of the annotation sets by id, in the order of their folders."""
    heads: dict[str, SetInfo] = {}
    place = Place("annotation/sets")
    try:
        folders = sorted((root / place.file).iterdir())
    except FileNotFoundError:
        for name in ("annotation", place.file):
            if (root / name).is_symlink():
                problems.append(Problem("file-missing", Place(name), "the link leads nowhere"))
        return heads  # a corpus that nobody has annotated yet
    except OSError as error:
        problems.append(Problem("file-unreadable", place, error.strerror or str(error)))
        return heads
    for path in folders:
        folder = f"annotation/sets/{path.name}"
        if path.name.startswith("."):
            continue
        if not path.is_dir():
            message = "each set is a folder, and nothing else stands here"
            problems.append(Problem("unexpected-file", Place(folder), message))
            continue
        head = Place(f"{folder}/set.json")
        info = read_one(root, head.file, "annotation_set.json", SetInfo, problems)
        if info is not None and named(path.name, info.id, head, problems):
            heads[info.id] = info
    return heads


def record_files(root: Path, set_id: str, problems: list[Problem]) -> list[str]:
    """Return the names of a set's record files, in order."""
    folder = f"annotation/sets/{set_id}"
    found: list[Problem] = []
    names = entries(root, folder, ".jsonl", found)
    problems.extend(problem for problem in found if problem.place.file != f"{folder}/set.json")
    return names


def read_records(root: Path, set_id: str, name: str, problems: list[Problem]) -> list[Placed]:
    """Return the records of one file of a set, each with its item and its place."""
    place = Place(f"annotation/sets/{set_id}/{name}")
    item_id = name.removesuffix(".jsonl")
    raw = read_bytes(root / place.file, place, [])
    sound = None if raw is None else sound_lines(raw, "record.json", AnyRecord)
    if sound is not None:
        return [
            Placed(record, item_id, Place(place.file, line)) for line, record in enumerate(sound, 1)
        ]
    return [
        Placed(msgspec.convert(data, AnyRecord), item_id, here)
        for data, here in read_jsonl(root / place.file, place, "record.json", problems)
    ]


def entries(root: Path, folder: str, suffix: str, problems: list[Problem]) -> list[str]:
    """Return the names of a folder's files with a suffix, in order, and report all else there.

    Names that begin with a dot belong to other programs. Everything else that is not read would be
    lost without a word: a record file with a mistyped suffix, a folder in a folder.
    """
    try:
        with os.scandir(root / folder) as scanned:
            found = sorted((entry.name, entry.is_dir()) for entry in scanned)
    except FileNotFoundError:
        return []
    except OSError as error:
        problems.append(Problem("file-unreadable", Place(folder), error.strerror or str(error)))
        return []
    wanted = []
    for name, is_dir in found:
        place = Place(f"{folder}/{name}")
        if name.startswith(".") or (suffix and name == "README.md"):
            continue
        if is_dir:
            problems.append(Problem("unexpected-file", place, "folders are not read here"))
        elif not name.endswith(suffix):
            problems.append(Problem("unexpected-file", place, f"only {suffix} files are read here"))
        else:
            wanted.append(name)
    return wanted
