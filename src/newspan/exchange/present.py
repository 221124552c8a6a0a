"""What a corpus holds already, as far as new documents must know it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from newspan.corpus.files import decode, read_bytes
from newspan.corpus.pieces import (
    entries,
    named,
    read_heads,
    read_list,
    read_one,
    read_own_labels,
    read_withdrawn,
)
from newspan.corpus.read import no_corpus
from newspan.model import CorpusInfo, Document, Outlet, SetInfo, Target
from newspan.problems import Place, Problem
from newspan.schema import Labels


class _Item(msgspec.Struct):
    id: str


class _Ids(msgspec.Struct):
    id: str
    sha256: str
    items: list[_Item]


class Present(msgspec.Struct, frozen=True):
    """The corpus as it is: its head and lists, and of each document its SHA-256, by id."""

    root: Path
    info: CorpusInfo
    documents: dict[str, str]
    items: frozenset[str]
    withdrawn: frozenset[str]
    files: frozenset[str]
    outlets: dict[str, Outlet]
    targets: dict[str, Target]
    labels: Labels
    sets: dict[str, SetInfo]

    def document(self, document_id: str) -> tuple[Document, str] | None:
        """Return a document with its text, or None where either can't be read."""
        path = f"corpus/documents/{document_id}.json"
        document = read_one(self.root, path, "document.json", Document, [])
        if document is None:
            return None
        place = Place(f"corpus/raw/{document.file}")
        raw = read_bytes(self.root / place.file, place, [])
        text = None if raw is None else decode(raw, place, [])
        return None if text is None else (document, text)


def read_present(root: Path) -> tuple[Present | None, list[Problem]]:
    """Return what a corpus holds, or None and why nothing can be added to it."""
    missing = no_corpus(root)
    if missing is not None:
        return None, [missing]
    problems: list[Problem] = []
    unread: set[str] = set()
    info = read_one(root, "corpus/corpus.json", "corpus.json", CorpusInfo, problems)
    documents = list(_ids(root, problems))
    tombstones = read_withdrawn(root, problems)
    outlets = read_list(root, "outlets", Outlet, problems, unread)
    targets = read_list(root, "targets", Target, problems, unread)
    labels = read_own_labels(root, problems, unread)
    sets = read_heads(root, problems)
    files = frozenset(entries(root, "corpus/raw", "", problems))
    if info is None or problems:
        return None, problems
    present = Present(
        root=root,
        info=info,
        documents={each.id: each.sha256 for each in documents},
        items=frozenset(item.id for each in documents for item in each.items),
        withdrawn=frozenset(i for each in tombstones for i in (each.item, each.document)),
        files=files,
        outlets=outlets,
        targets=targets,
        labels=labels,
        sets=sets,
    )
    return present, []


def _ids(root: Path, problems: list[Problem]) -> Iterator[Any]:
    decoder = msgspec.json.Decoder(_Ids)
    for name in entries(root, "corpus/documents", ".json", problems):
        place = Place(f"corpus/documents/{name}")
        try:
            found = decoder.decode((root / place.file).read_bytes())
            # Else the file would be written over by a document of that name.
            if named(name.removesuffix(".json"), found.id, place, problems):
                yield found
        except OSError as error:
            problems.append(Problem("file-unreadable", place, error.strerror or str(error)))
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            problems.append(Problem("schema", place, f"document.json: {error}"))
