"""Checks of a corpus: first its shape, by the schemas, then what JSON Schema cannot say."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from newspan.checks.documents import check_documents, check_outlets
from newspan.checks.sets import check_head, check_records
from newspan.checks.upkeep import check_upkeep
from newspan.corpus import Corpus, read_corpus
from newspan.model import DEFAULT_PRIMARY_SET
from newspan.problems import Place, Problem


def check(root: str | Path = ".") -> list[Problem]:
    """Return every problem of the corpus in a folder, in the order of their places."""
    try:
        corpus, problems = read_corpus(Path(root))
    except OSError as error:  # a folder that may not be entered, a path too long
        place = Place(str(error.filename or root))
        return [Problem("file-unreadable", place, error.strerror or str(error))]
    if corpus is not None:
        problems = [*problems, *check_corpus(corpus)]
    return in_order(problems)


def check_corpus(corpus: Corpus) -> Iterator[Problem]:
    """Yield the problems of a corpus that was read, that is, whose records fit their schemas."""
    yield from check_outline(corpus)
    yield from check_part(corpus)


def check_outline(corpus: Corpus) -> Iterator[Problem]:
    """Yield the problems that a corpus has once, however many parts it is read in.

    Needs no texts and no records, where `AnnotationSet.rest` says what there is to know of them.
    """
    chosen = corpus.info.primary_set
    if chosen != DEFAULT_PRIMARY_SET and chosen not in corpus.sets:
        place = Place("corpus/corpus.json", pointer="/primary_set")
        yield Problem("unknown-reference", place, f"there is no set {chosen!r}")
    yield from check_outlets(corpus)
    for annotation_set in corpus.sets.values():
        yield from check_head(annotation_set, corpus)


def check_part(corpus: Corpus) -> Iterator[Problem]:
    """Yield the problems of documents and records: of a whole corpus, or of a part of one."""
    yield from check_upkeep(corpus)
    yield from check_documents(corpus)
    for annotation_set in corpus.sets.values():
        yield from check_records(annotation_set, corpus)


def read_sound(root: Path, sets: Collection[str]) -> tuple[Corpus | None, list[Problem]]:
    """Return a corpus and its errors, warnings aside, for verbs that need one without errors.

    Args:
        root: the corpus's folder.
        sets: the annotation sets that the verb reads; what is wrong with others doesn't matter.
    """
    corpus, problems = read_corpus(root)
    if corpus is not None:
        problems = [*problems, *check_corpus(corpus)]
    errors = (problem for problem in in_order(problems) if problem.severity == "error")
    return corpus, [error for error in errors if set_of(error) in (None, *sets)]


def set_of(problem: Problem) -> str | None:
    """Return the annotation set that a problem lies in, None if in none."""
    parts = problem.place.file.split("/")
    return parts[2] if parts[:2] == ["annotation", "sets"] and len(parts) > 2 else None


def in_order(problems: list[Problem]) -> list[Problem]:
    """Return problems by file, line, character and id, each once."""

    def key(problem: Problem) -> tuple[str, int, int, str, str]:
        place: Place = problem.place
        return (place.file, place.line or 0, place.start or 0, place.pointer, problem.id)

    return sorted(dict.fromkeys(problems), key=key)
