"""The corpus folder into records."""

from __future__ import annotations

from pathlib import Path

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
from newspan.corpus.records import AnnotationSet, Corpus
from newspan.model import CorpusInfo, Document, Outlet, Target
from newspan.problems import Place, Problem


def read_corpus(root: Path) -> tuple[Corpus | None, list[Problem]]:
    """Read a corpus folder.

    Returns:
        The corpus of whatever could be read, and the problems of the rest; no corpus at all when
        the folder is none or its head is unreadable.
    """
    missing = no_corpus(root)
    if missing is not None:
        return None, [missing]
    problems: list[Problem] = []
    head = read_one(root, "corpus/corpus.json", "corpus.json", CorpusInfo, problems)
    unread: set[str] = set()
    files = DocumentFiles(root, problems, unread)
    documents: list[Document] = []
    texts: dict[str, str] = {}
    for document_id in files.ids:
        found = files.read(document_id)
        if found is not None:
            documents.append(found[0])
            texts[document_id] = found[1]
    files.close()
    outlets = read_list(root, "outlets", Outlet, problems, unread)
    targets = read_list(root, "targets", Target, problems, unread)
    labels = read_own_labels(root, problems, unread)
    sets = read_sets(root, problems)
    withdrawn = read_withdrawn(root, problems)
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
        withdrawn=withdrawn,
    )
    return corpus, problems


def no_corpus(root: Path) -> Problem | None:
    """Return why a folder is no corpus at all; None if it may be one."""
    try:
        found = (root / "corpus" / "corpus.json").is_file()
    except OSError as error:
        return Problem("not-a-corpus", Place(str(root)), error.strerror or str(error))
    if found:
        return None
    missing = "there is no such folder" if not root.is_dir() else "it has no corpus/corpus.json"
    return Problem("not-a-corpus", Place(str(root)), missing)


def read_sets(root: Path, problems: list[Problem]) -> dict[str, AnnotationSet]:
    """Return the annotation sets of a folder by id."""
    sets: dict[str, AnnotationSet] = {}
    for set_id, info in read_heads(root, problems).items():
        before = len(problems)
        names = record_files(root, set_id, problems)
        records = [p for name in names for p in read_records(root, set_id, name, problems)]
        sets[set_id] = AnnotationSet(info, tuple(records), complete=len(problems) == before)
    return sets
