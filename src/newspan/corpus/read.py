"""The corpus folder into records."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from newspan import schema
from newspan.corpus.files import decode, read_bytes, read_json, read_jsonl
from newspan.corpus.records import AnnotationSet, Corpus, Placed, document_place
from newspan.model import AnyRecord, CorpusInfo, Document, Outlet, SetInfo, Target
from newspan.problems import Place, Problem
from newspan.schema.labels import Labels, parse_labels

R = TypeVar("R")
_SUM_LINE = re.compile(r"([0-9A-Fa-f]{64}) [ *](?:\./)?(.+)")


def read_corpus(root: Path) -> tuple[Corpus | None, list[Problem]]:
    """Read a corpus folder.

    Returns:
        The corpus of whatever could be read, and the problems of the rest; no corpus at all when
        the folder is none or its head is unreadable.
    """
    problems: list[Problem] = []
    try:
        found = (root / "corpus" / "corpus.json").is_file()
    except OSError as error:
        return None, [Problem("not-a-corpus", Place(str(root)), error.strerror or str(error))]
    if not found:
        place = Place(str(root))
        missing = "there is no such folder" if not root.is_dir() else "it has no corpus/corpus.json"
        return None, [Problem("not-a-corpus", place, missing)]
    head = _one(root, "corpus/corpus.json", "corpus.json", CorpusInfo, problems)
    raw = _read_raw(root, problems)
    unread: set[str] = set()
    documents, texts = _read_documents(root, raw, problems, unread)
    outlets = _listed(root, "outlets", Outlet, problems, unread)
    targets = _listed(root, "targets", Target, problems, unread)
    labels = _read_labels(root, problems, unread)
    sets = _read_sets(root, problems)
    if head is None:
        return None, problems
    corpus = Corpus(
        root=root,
        info=head,
        documents=tuple(documents),
        texts=texts,
        outlets=outlets,
        targets=targets,
        labels=labels,
        sets=sets,
        unread=frozenset(unread),
    )
    return corpus, problems


def _one(
    root: Path, file: str, schema_name: str, kind: type[R], problems: list[Problem]
) -> R | None:
    data = read_json(root / file, Place(file), schema_name, problems)
    return None if data is None else msgspec.convert(data, kind)


def _read_raw(root: Path, problems: list[Problem]) -> dict[str, bytes]:
    """Return the bytes of every raw file by name, after comparing them with SHA256SUMS."""
    sums = _read_sums(root, problems)
    found: dict[str, bytes] = {}
    for path in _entries(root, "corpus/raw", "", problems):
        if path.name == "SHA256SUMS":
            continue
        place = Place(f"corpus/raw/{path.name}")
        raw = read_bytes(path, place, problems)
        if raw is not None:
            found[path.name] = raw
        if sums is None:
            continue
        listed = sums.pop(path.name, None)
        if listed is None:
            message = f"{path.name} is not listed in SHA256SUMS"
            problems.append(Problem("checksum-missing", place, message))
        elif raw is not None and hashlib.sha256(raw).hexdigest() != listed:
            digest = hashlib.sha256(raw).hexdigest()
            message = f"its SHA-256 is {digest}, SHA256SUMS says {listed}"
            problems.append(Problem("checksum-mismatch", place, message))
    for name in sums or ():
        message = "there is no such file, though SHA256SUMS lists it"
        if name.startswith("."):
            message = "SHA256SUMS lists it, but names with a leading dot are not read"
        problems.append(Problem("file-missing", Place(f"corpus/raw/{name}"), message))
    return found


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
        match = _SUM_LINE.fullmatch(line.removeprefix("\ufeff"))
        if match and match[2] in sums:
            problems.append(Problem("duplicate-id", here, f"{match[2]} is listed twice"))
        elif match:
            sums[match[2]] = match[1].lower()
        elif line.strip() and not line.startswith("#"):
            message = "a line is a SHA-256, two spaces and a file name"
            problems.append(Problem("checksum-missing", here, message))
    return sums


def _read_documents(
    root: Path, raw: dict[str, bytes], problems: list[Problem], unread: set[str]
) -> tuple[list[Document], dict[str, str]]:
    documents: list[Document] = []
    texts: dict[str, str] = {}
    before = len(problems)
    paths = _entries(root, "corpus/documents", ".json", problems)
    if len(problems) > before:
        unread.add("documents")
    for path in paths:
        place = Place(f"corpus/documents/{path.name}")
        document = _one(root, place.file, "document.json", Document, problems)
        text = None
        if document is not None and _named(path.stem, document.id, place, problems):
            text = _text_of(document, raw, place, problems)
        if document is None or text is None:
            unread.add("documents")
        else:
            documents.append(document)
            texts[document.id] = text
    claimed: dict[str, str] = {}
    for document in documents:
        if document.file in claimed:
            place = document_place(document).at("/file")
            message = f"{document.file} is already the file of {claimed[document.file]}"
            problems.append(Problem("duplicate-id", place, message))
        claimed.setdefault(document.file, document.id)
    for name in () if "documents" in unread else raw:
        if name not in claimed:
            message = f"no document record has the file {name}"
            problems.append(Problem("raw-without-document", Place(f"corpus/raw/{name}"), message))
    return documents, texts


def _text_of(
    document: Document, raw: dict[str, bytes], place: Place, problems: list[Problem]
) -> str | None:
    if document.file not in raw:
        if not any(p.place.file == f"corpus/raw/{document.file}" for p in problems):
            message = f"corpus/raw/{document.file} is not there"
            problems.append(Problem("file-missing", place.at("/file"), message))
        return None
    digest = hashlib.sha256(raw[document.file]).hexdigest()
    raw_place = Place(f"corpus/raw/{document.file}")
    # A changed raw file is already reported against SHA256SUMS; the record is then not at fault.
    changed = any(p.id == "checksum-mismatch" and p.place == raw_place for p in problems)
    if digest != document.sha256 and not changed:
        message = f"{document.file} has the SHA-256 {digest}"
        problems.append(Problem("checksum-mismatch", place.at("/sha256"), message))
    if digest != document.sha256:
        return None
    return decode(raw[document.file], raw_place, problems)


def _named(name: str, record_id: str, place: Place, problems: list[Problem]) -> bool:
    if name != record_id:
        message = f"the file is named {name!r}, the id inside is {record_id!r}"
        problems.append(Problem("file-name", place, message))
    return name == record_id


def _listed(
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


def _read_labels(root: Path, problems: list[Problem], unread: set[str]) -> Labels:
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


def _read_sets(root: Path, problems: list[Problem]) -> dict[str, AnnotationSet]:
    sets: dict[str, AnnotationSet] = {}
    place = Place("annotation/sets")
    try:
        folders = sorted((root / place.file).iterdir())
    except FileNotFoundError:
        for name in ("annotation", place.file):
            if (root / name).is_symlink():
                problems.append(Problem("file-missing", Place(name), "the link leads nowhere"))
        return sets  # a corpus that nobody has annotated yet
    except OSError as error:
        problems.append(Problem("file-unreadable", place, error.strerror or str(error)))
        return sets
    for path in folders:
        folder = f"annotation/sets/{path.name}"
        if path.name.startswith("."):
            continue
        if not path.is_dir():
            message = "each set is a folder, and nothing else stands here"
            problems.append(Problem("unexpected-file", Place(folder), message))
            continue
        head = Place(f"{folder}/set.json")
        info = _one(root, head.file, "annotation_set.json", SetInfo, problems)
        if info is None or not _named(path.name, info.id, head, problems):
            continue
        before = len(problems)
        records = tuple(_read_records(root, folder, problems))
        sets[info.id] = AnnotationSet(info, records, complete=len(problems) == before)
    return sets


def _read_records(root: Path, folder: str, problems: list[Problem]) -> Iterator[Placed]:
    found: list[Problem] = []
    paths = _entries(root, folder, ".jsonl", found)
    problems.extend(problem for problem in found if problem.place.file != f"{folder}/set.json")
    for path in paths:
        place = Place(f"{folder}/{path.name}")
        for data, here in read_jsonl(path, place, "record.json", problems):
            record: AnyRecord = msgspec.convert(data, AnyRecord)
            yield Placed(record, path.stem, here)


def _entries(root: Path, folder: str, suffix: str, problems: list[Problem]) -> list[Path]:
    """Return a folder's files with a suffix in a fixed order, and report whatever else is there.

    Names that begin with a dot belong to other programs. Everything else that is not read would be
    lost without a word: a record file with a mistyped suffix, a folder in a folder.
    """
    try:
        paths = sorted((root / folder).iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        problems.append(Problem("file-unreadable", Place(folder), error.strerror or str(error)))
        return []
    wanted = []
    for path in paths:
        place = Place(f"{folder}/{path.name}")
        if path.name.startswith(".") or (suffix and path.name == "README.md"):
            continue
        if path.is_dir():
            problems.append(Problem("unexpected-file", place, "folders are not read here"))
        elif not path.name.endswith(suffix):
            problems.append(Problem("unexpected-file", place, f"only {suffix} files are read here"))
        else:
            wanted.append(path)
    return wanted
