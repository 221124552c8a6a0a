"""The sets of a corpus that the finder makes: duplicate blocks, and candidates for parallels."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import NamedTuple

from newspan.checks import check_corpus, in_order
from newspan.corpus import Corpus, read_corpus
from newspan.problems import Problem
from newspan.reuse.blocks import BlockSet, duplicate_blocks
from newspan.reuse.parallels import parallel_candidates
from newspan.whole import whole_directory

PRODUCER = "newspan duplicates"


class ReuseSet(NamedTuple):
    """A set that was made: its id, its spans and clusters, and whether its files changed."""

    id: str
    spans: int
    clusters: int
    changed: bool


class CorpusError(Exception):
    """The corpus has errors, so that nothing was written; `problems` lists them."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems."""
        super().__init__(f"{len(problems)} errors in the corpus")
        self.problems = problems


def reuse_sets(root: str | Path = ".", *, check: bool = False) -> list[ReuseSet]:
    """Write the sets `reuse_v1` and `parallels_v1` of a corpus, each whole or not at all.

    A set that says the same already keeps its files and its date. A candidate set without
    candidates is not written.

    Args:
        root: the corpus.
        check: write nothing, only tell what would change.

    Raises:
        CorpusError: when the corpus has errors outside these sets.
        ValueError: when a set of that name was made by something else.
    """
    root = Path(root)
    corpus, problems = read_corpus(root)
    ours = {"reuse_v1", "parallels_v1"}
    if corpus is not None:
        problems = [*problems, *check_corpus(corpus)]
    errors = [
        problem
        for problem in in_order(problems)
        if problem.severity == "error"
        and not any(problem.place.file.startswith(f"annotation/sets/{name}/") for name in ours)
    ]
    if corpus is None or errors:
        raise CorpusError(errors)
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    blocks = duplicate_blocks(corpus, today)
    made = [blocks, parallel_candidates(corpus, blocks, today)]
    return [_write(root, corpus, each, check) for each in made if each.spans or each is blocks]


def _write(root: Path, corpus: Corpus, made: BlockSet, check: bool) -> ReuseSet:
    directory = root / "annotation" / "sets" / made.info.id
    before = corpus.sets.get(made.info.id)
    if before is not None and before.info.producer.name != PRODUCER:
        message = f"the set {made.info.id} was made by {before.info.producer.name}; rename it first"
        raise ValueError(message)
    created = before.info.created if before is not None else made.info.created
    old = _files(directory)
    new = _contents(made, created)
    if old != new:
        new = _contents(made, made.info.created)
        if not check:
            with whole_directory(directory) as folder:
                for name, text in new.items():
                    (folder / name).write_text(text, encoding="utf-8", newline="\n")
    clusters = {span.cluster for spans in made.spans.values() for span in spans}
    number = sum(len(spans) for spans in made.spans.values())
    return ReuseSet(made.info.id, number, len(clusters), old != new)


def _files(directory: Path) -> dict[str, str]:
    if not directory.is_dir():
        return {}
    return {path.name: path.read_bytes().decode(errors="replace") for path in directory.iterdir()}


def _contents(made: BlockSet, created: str) -> dict[str, str]:
    """Return a set's files by name."""
    head = {**made.info.to_json(), "created": created}
    contents = {"set.json": json.dumps(head, ensure_ascii=False, indent=2) + "\n"}
    for item, spans in made.spans.items():
        lines = (json.dumps(span.to_json(), ensure_ascii=False) for span in spans)
        contents[f"{item}.jsonl"] = "".join(f"{line}\n" for line in lines)
    return contents
