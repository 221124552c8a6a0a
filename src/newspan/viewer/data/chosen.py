"""Which sets a page shows, and which of them it compares."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.files import read_jsonl
from newspan.problems import Place, Problem
from newspan.reuse.blocks import LAYER as COMPUTED
from newspan.reuse.parallels import SET_ID as PARALLELS
from newspan.reuse.parameters import SET_ID as BLOCKS

#: The sets of passages that texts share; they are shown beside any others.
SHARED = (BLOCKS, PARALLELS)


class Chosen(NamedTuple):
    """The sets that a page offers, in order; the one it shows first; those that it compares."""

    shown: tuple[str, ...]
    primary: str | None
    compared: tuple[str, ...]


def choose(corpus: Corpus, set_ids: Sequence[str]) -> Chosen:
    """Return which sets are shown, and which are compared.

    Without `set_ids` all are shown, the primary one first, and compared are those of the newest
    recorded adjudication. Else those are shown, in their order, with the sets of shared passages;
    two or more are compared.

    Raises:
        ValueError: when the corpus has no set of such an id, or an id is given twice.
    """
    if len(set(set_ids)) < len(set_ids):
        raise ValueError("a set is given twice")
    for set_id in set_ids:
        corpus.set_named(set_id)
    shared = [set_id for set_id in SHARED if set_id in corpus.sets and set_id not in set_ids]
    if set_ids:
        primary = next((each for each in set_ids if not _is_computed(corpus.sets[each])), None)
        compared = tuple(set_ids) if len(set_ids) > 1 else ()
        return Chosen((*set_ids, *shared), primary or set_ids[0], compared)
    first = corpus.info.primary_set
    ids = sorted(
        corpus.sets, key=lambda each: (each != first, _is_computed(corpus.sets[each]), each)
    )
    return Chosen(tuple(ids), ids[0] if ids else None, newest_adjudication(corpus))


def newest_adjudication(corpus: Corpus) -> tuple[str, ...]:
    """Return the sets that the newest recorded adjudication compared, if all of them are there.

    An adjudication is as old as the set that it made; one that has made none counts as newest,
    since it is still going on. Among several of one day the last by name is taken.
    """
    found = []
    for path in sorted((corpus.root / "annotation/campaigns").glob("*/decisions.jsonl")):
        into = path.parent.name
        sets = _read_by(path, into)
        if len(sets) > 1 and all(each in corpus.sets for each in sets):
            made = corpus.sets.get(into)
            found.append((made is None, made.info.created if made else "", into, sets))
    return max(found)[-1] if found else ()


def _read_by(path: Path, into: str) -> tuple[str, ...]:
    """Return the sets whose readings a file of decisions has, in their order."""
    problems: list[Problem] = []
    place = Place(f"annotation/campaigns/{into}/decisions.jsonl")
    for line, _ in read_jsonl(path, place, "decision.json", problems):
        if line["record"] == "conflict":
            return tuple(line["readings"])
    return ()


def _is_computed(chosen: AnnotationSet) -> bool:
    """Tell whether a set has shared passages and nothing else."""
    layers = {layer for coverage in chosen.info.coverage for layer in coverage.layers}
    return layers == {COMPUTED}
