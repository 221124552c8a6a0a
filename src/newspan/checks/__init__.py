"""Checks of a corpus: first its shape, by the schemas, then what JSON Schema cannot say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from newspan.checks.documents import check_documents, check_outlets
from newspan.checks.sets import check_set
from newspan.corpus import Corpus, read_corpus
from newspan.problems import Place, Problem


def check(root: str | Path = ".") -> list[Problem]:
    """Return every problem of the corpus in a folder, in the order of their places."""
    corpus, problems = read_corpus(Path(root))
    if corpus is not None:
        problems = [*problems, *check_corpus(corpus)]
    return in_order(problems)


def check_corpus(corpus: Corpus) -> Iterator[Problem]:
    """Yield the problems of a corpus that was read, that is, whose records fit their schemas."""
    yield from check_outlets(corpus)
    yield from check_documents(corpus)
    for annotation_set in corpus.sets.values():
        yield from check_set(annotation_set, corpus)


def in_order(problems: list[Problem]) -> list[Problem]:
    """Return problems by file, line, character and id, each once."""

    def key(problem: Problem) -> tuple[str, int, int, str, str]:
        place: Place = problem.place
        return (place.file, place.line or 0, place.start or 0, place.pointer, problem.id)

    return sorted(dict.fromkeys(problems), key=key)
