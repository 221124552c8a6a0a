"""A corpus of any size, read in parts: each a `Corpus` of some documents and what belongs to them.

The folder is gone through once, file by file; what is wrong is told, and what is kept of it is
small: ids, hashes of ids, heads of sets, clusters, edges of links. Then it is read again, part by
part. A part knows through `Corpus.rest` and `AnnotationSet.rest` what it must know of the others,
so that its checks and its rows are those that the whole corpus would give.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import msgspec

from newspan.corpus.pieces import (
    DocumentFiles,
    read_heads,
    read_list,
    read_one,
    read_own_labels,
    read_records,
    read_withdrawn,
    record_files,
)
from newspan.corpus.read import no_corpus
from newspan.corpus.records import AnnotationSet, Corpus, CorpusRest
from newspan.corpus.scan import SetScan
from newspan.model import (
    Assertion,
    CorpusInfo,
    Coverage,
    Document,
    Item,
    Outlet,
    Partisanship,
    SetInfo,
    Target,
)
from newspan.problems import Problem

#: A part ends with the document that takes it beyond so many characters; a record counts as 200.
PART_SIZE = 8_000_000
_RECORD = 200
#: The outline of a corpus with more documents leaves out what stands in them.
WHOLE_DOCUMENTS = 1_000

#: Takes what is being done, and how many of how many steps of it are done.
Say = Callable[[str, int, int], None]

H = TypeVar("H", bound=Hashable)
_NOTHING = Assertion(None, ())


def say_nothing(what: str, done: int, of: int) -> None:
    """Say nothing."""


class Parts:
    """A corpus that was gone through once; iterating reads its documents again, in order of ids.

    `outline` is a corpus with heads of sets, but no texts and no records; `characters` the length
    of each text, by document id. There is always one part, though it may be empty.
    """

    def __init__(
        self,
        outline: Corpus,
        characters: dict[str, int],
        scans: dict[str, SetScan],
        groups: list[tuple[str, ...]],
    ) -> None:
        self.outline = outline
        self.characters = characters
        self._scans = scans
        self._groups = groups
        self._coverage = {
            set_id: _by_item(chosen.info.coverage) for set_id, chosen in outline.sets.items()
        }

    def __len__(self) -> int:
        return len(self._groups)

    def __iter__(self) -> Iterator[Corpus]:
        known = self.outline.items
        for number, group in enumerate(self._groups, 1):
            documents = tuple(self._document(document_id) for document_id in group)
            # A repeated id is its first document's.
            own = {
                item.id: None
                for document in documents
                for item in document.items
                if known[item.id][0].id == document.id
            }
            names = [f"{item_id}.jsonl" for item_id in own]
            if number == len(self._groups):
                astray = {name for scan in self._scans.values() for name in scan.names}
                names += sorted(name for name in astray if name[: -len(".jsonl")] not in known)
            yield msgspec.structs.replace(
                self.outline,
                documents=documents,
                texts={document.id: self._text(document) for document in documents},
                sets={
                    set_id: self._set(chosen, own, names)
                    for set_id, chosen in self.outline.sets.items()
                },
            )

    def _document(self, document_id: str) -> Document:
        path = self.outline.root / f"corpus/documents/{document_id}.json"
        return msgspec.json.decode(path.read_bytes(), type=Document)

    def _text(self, document: Document) -> str:
        return (self.outline.root / "corpus/raw" / document.file).read_bytes().decode()

    def _set(
        self, chosen: AnnotationSet, items: Iterable[str], names: Iterable[str]
    ) -> AnnotationSet:
        scan, coverage = self._scans[chosen.info.id], self._coverage[chosen.info.id]
        covered = tuple(each for item_id in items for each in coverage.get(item_id, ()))
        records = tuple(placed for name in names for placed in scan.read_again(name))
        info = msgspec.structs.replace(chosen.info, coverage=covered)
        return AnnotationSet(info, records, chosen.complete, chosen.rest)


def read_parts(
    root: Path, part_size: int = PART_SIZE, say: Say = say_nothing
) -> tuple[Parts | None, list[Problem]]:
    """Go through a corpus folder.

    Args:
        root: the folder.
        part_size: how much a part holds, in characters.
        say: is told how far it has come.

    Returns:
        The corpus in parts, and all problems of reading; no corpus when the folder is none or its
        head is unreadable. They are those of `read_corpus`.
    """
    missing = no_corpus(root)
    if missing is not None:
        return None, [missing]
    problems: list[Problem] = []
    head = read_one(root, "corpus/corpus.json", "corpus.json", CorpusInfo, problems)
    unread: set[str] = set()
    outlined = _Outlined(root, problems, unread, say)
    outlets = read_list(root, "outlets", Outlet, problems, unread)
    targets = read_list(root, "targets", Target, problems, unread)
    labels = read_own_labels(root, problems, unread)
    scans, sets = {}, {}
    for set_id, info in read_heads(root, problems).items():
        before = len(problems)
        scan = scans[set_id] = _scanned(root, set_id, problems, outlined, say)
        rest = scan.close(bool(info.coverage))
        sets[set_id] = AnnotationSet(_shared(info), (), len(problems) == before, rest)
    withdrawn = read_withdrawn(root, problems)
    if head is None:
        return None, problems
    outline = Corpus(
        root=root,
        info=head,
        documents=tuple(outlined.documents),
        texts={},
        outlets=outlets,
        targets=targets,
        labels=labels,
        sets=sets,
        unread=frozenset(unread),
        withdrawn=withdrawn,
        rest=outlined.rest(root),
    )
    return Parts(outline, outlined.characters, scans, outlined.groups(part_size)), problems


def _scanned(
    root: Path, set_id: str, problems: list[Problem], outlined: _Outlined, say: Say
) -> SetScan:
    scan = SetScan(root, set_id)
    names = record_files(root, set_id, problems)
    for number, name in enumerate(names, 1):
        before = len(problems)
        records = read_records(root, set_id, name, problems)
        scan.add(name, records, is_sound=len(problems) == before)
        outlined.add_records(name, len(records))
        say(f"reading {set_id}", number, len(names))
    return scan


class _Outlined:
    """The documents of a corpus as its outline has them, each read once."""

    def __init__(self, root: Path, problems: list[Problem], unread: set[str], say: Say) -> None:
        self.documents: list[Document] = []
        self.characters: dict[str, int] = {}
        self._weights: dict[str, int] = {}
        self._items: dict[str, str] = {}
        self._repeated: set[str] = set()
        files = DocumentFiles(root, problems, unread)
        for number, document_id in enumerate(files.ids, 1):
            found = files.read(document_id)
            if found is not None:
                self._add(*found)
            say("reading documents", number, len(files.ids))
        files.close()

    def _add(self, document: Document, text: str) -> None:
        if len(self.documents) == WHOLE_DOCUMENTS:
            self.documents = [_pruned(each) for each in self.documents]
        is_many = len(self.documents) >= WHOLE_DOCUMENTS
        self.documents.append(_pruned(document) if is_many else document)
        self.characters[document.id] = self._weights[document.id] = len(text)
        for item in document.items:
            if item.id in self._items:
                self._repeated.add(item.id)
            self._items.setdefault(item.id, document.id)

    def add_records(self, name: str, number: int) -> None:
        """Count the records of a file as a part of its item's document."""
        document = self._items.get(name.removesuffix(".jsonl"))
        if document is not None:
            self._weights[document] += _RECORD * number

    def groups(self, size: int) -> list[tuple[str, ...]]:
        """Return the ids of the documents of each part."""
        groups: list[tuple[str, ...]] = []
        group: list[str] = []
        weight = 0
        for document_id, own in self._weights.items():
            group.append(document_id)
            weight += own
            if weight >= size:
                groups.append(tuple(group))
                group, weight = [], 0
        return [*groups, tuple(group)] if group or not groups else groups

    def rest(self, root: Path) -> CorpusRest:
        """Return what every part must know of the others' documents."""
        files = {document.id: document.file for document in self.documents}
        items = self._items

        @lru_cache(maxsize=64)
        def read(document_id: str) -> str:
            return (root / "corpus/raw" / files[document_id]).read_bytes().decode()

        def text_of(item_id: str) -> str | None:
            return read(items[item_id]) if item_id in items else None

        return CorpusRest(items, frozenset(self._repeated), text_of)


def _pruned(document: Document) -> Document:
    """Return a document with its items, but without what stands in them."""
    items = tuple(
        Item(
            id=item.id,
            start=item.start,
            end=item.end,
            title=_NOTHING,
            authors=(),
            published=_NOTHING,
            zones=(),
            chain=(),
            partisanship=Partisanship(
                stance=(),
                right_of_reply=_NOTHING,
                missing_perspectives=(),
                assessor=_one_of(item.partisanship.assessor),
                human_verified=item.partisanship.human_verified,
            ),
        )
        for item in document.items
    )
    return msgspec.structs.replace(document, items=items)


@lru_cache(maxsize=1024)
def _one_of(value: H) -> H:
    """Return the first of equal values, so that memory holds but one of them."""
    return value


def _shared(info: SetInfo) -> SetInfo:
    coverage = tuple(
        Coverage(each.item, _one_of(each.layers), _one_of(each.zones)) for each in info.coverage
    )
    return msgspec.structs.replace(info, coverage=coverage)


def _by_item(coverage: Iterable[Coverage]) -> dict[str, list[Coverage]]:
    found: dict[str, list[Coverage]] = {}
    for each in coverage:
        found.setdefault(each.item, []).append(each)
    return found
