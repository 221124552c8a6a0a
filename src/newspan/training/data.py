"""Corpora read to be learnt from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from newspan.agreement.agree import COMPUTED
from newspan.checks import read_sound
from newspan.corpus import AnnotationSet, Corpus
from newspan.model import DEFAULT_PRIMARY_SET
from newspan.problems import Problem
from newspan.reuse.parameters import SET_ID
from newspan.training.examples import Example, data_sha256, examples_of
from newspan.training.mask import names_of
from newspan.training.saved import Source
from newspan.training.sets import TrainingError


class Data(NamedTuple):
    """A corpus, the set to learn from, the set of copies, and what is learnt."""

    corpus: Corpus
    reference: AnnotationSet
    blocks: AnnotationSet | None
    source: Source


def read(
    roots: Sequence[Path], layer: str, annotations: str | None
) -> tuple[list[Data], list[Example]]:
    """Return corpora, and the examples of all of them.

    Args:
        roots: their folders.
        layer: claim, attribution or loaded_language.
        annotations: the set to learn from; each corpus's primary set, if None.

    Raises:
        TrainingError: when a corpus, apart from sets that are not read, has errors.
        ValueError: when a set is not there, or has nothing of the layer.
    """
    if len({root.resolve() for root in roots}) < len(roots):
        raise ValueError("a corpus is named twice")
    errors: list[Problem] = []
    data: list[Data] = []
    examples: list[Example] = []
    for number, root in enumerate(roots):
        found, problems = _corpus(root, annotations)
        errors += problems
        if found is None or problems:
            continue
        reference = _set_named(found, annotations or found.info.primary_set)
        own, outside = examples_of(found, reference, layer, number)
        marks = sum(len(each.marks) for each in own)
        if not marks:
            raise ValueError(f"{root}: the set {reference.info.id} has nothing of {layer}")
        blocks = found.sets.get(SET_ID)
        if blocks is not None and not blocks.holds(COMPUTED):
            blocks = None
        source = Source(
            corpus=found.info.name,
            version=found.info.version,
            set=reference.info.id,
            by=reference.info.producer.by,
            verified=reference.verified,
            records=reference.number,
            items=len(own),
            lineages=len({each.group for each in own}),
            spans=marks,
            outside=outside,
            data_sha256=data_sha256(own),
            manifest_sha256=_recorded(root, found.info.version),
        )
        data.append(Data(found, reference, blocks, source))
        examples += own
    if errors:
        raise TrainingError(errors)
    return data, examples


def _corpus(root: Path, annotations: str | None) -> tuple[Corpus | None, list[Problem]]:
    """Return a corpus and its errors, those of sets that are not read left out."""
    return read_sound(root, {annotations or _primary(root), SET_ID})


def _set_named(corpus: Corpus, name: str) -> AnnotationSet:
    """Return a set; where it isn't there, the error says in which corpus."""
    try:
        return corpus.set_named(name)
    except ValueError as error:
        raise ValueError(f"{corpus.root}: {error}") from None


def _primary(root: Path) -> str:
    """Return what a corpus's head names as its primary set; its faults are for others to tell."""
    try:
        head = json.loads((root / "corpus" / "corpus.json").read_bytes())
        return str(head.get("primary_set", DEFAULT_PRIMARY_SET))
    except (OSError, ValueError, AttributeError, RecursionError):
        return DEFAULT_PRIMARY_SET


def _recorded(root: Path, version: str) -> str | None:
    try:
        return hashlib.sha256((root / f"corpus/releases/{version}.json").read_bytes()).hexdigest()
    except OSError:
        return None


def names_in(data: Sequence[Data], examples: Sequence[Example], layer: str) -> list[str]:
    """Return the names that examples of corpora tell of, each once."""
    found: set[str] = set()
    for number, each in enumerate(data):
        own = [example for example in examples if example.corpus == number]
        found.update(names_of(each.corpus, each.reference, own, layer))
    return sorted(found)
