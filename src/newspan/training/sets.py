"""Predicted marks as an annotation set: in memory to be scored, and as files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from newspan import schema
from newspan.campaign.predicted import shown_by
from newspan.checks import in_order
from newspan.checks.sets import check_set, is_gold
from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.write import head_json, placed_in, records_by_item, write_set
from newspan.model import AnyRecord, Coverage, Producer, SetInfo, Span
from newspan.problems import Problem
from newspan.training.examples import LABELS, Example, Mark
from newspan.whole import whole_directory

#: Who made a set, by the verb.
TRAIN, PREDICT = "newspan train", "newspan predict"


class TrainingError(Exception):
    """The corpus, or a set that would be written, has errors; `problems` lists them."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems."""
        super().__init__(f"{len(problems)} errors")
        self.problems = problems


class Made(NamedTuple):
    """A set, and how many marks have a label that the corpus does not know, and were left out."""

    set: AnnotationSet
    unknown: int


def set_of(
    corpus: Corpus,
    layer: str,
    predicted: Iterable[tuple[Example, Sequence[Mark]]],
    *,
    name: str,
    producer: Producer,
    created: str,
    description: str,
) -> Made:
    """Return predicted marks as a set that looked at the examples' stretches.

    Args:
        corpus: the corpus of the examples.
        layer: the layer of the marks.
        predicted: each example with its marks.
        name: the set's id.
        producer: who made it.
        created: the day.
        description: what must be known of it.
    """
    known = corpus.labels.of(layer, LABELS[layer])
    by_item: dict[str, list[AnyRecord]] = {}
    coverage = []
    unknown = 0
    for example, marks in predicted:
        item = corpus.items[example.item][1]
        inside = {start + example.start for start, _ in example.stretches}
        kinds = tuple(sorted({zone.kind for zone in item.zones if zone.start in inside}))
        coverage.append(Coverage(example.item, (layer,), kinds))
        extents = sorted({mark[:3] for mark in marks})
        sound = [each for each in extents if not known or each[2] in known]
        unknown += len(extents) - len(sound)
        by_item[example.item] = [
            _span(f"p-{len(coverage)}-{number}", layer, example, *each)
            for number, each in enumerate(sound, 1)
        ]
    info = SetInfo(
        id=name,
        producer=producer,
        created=created,
        labels_sha256=corpus.labels.sha256,
        coverage=tuple(coverage),
        description=description,
    )
    return Made(AnnotationSet(info, placed_in(name, by_item)), unknown)


def _span(name: str, layer: str, example: Example, start: int, end: int, label: str) -> Span:
    at = example.start
    text = example.text[start:end]
    said: dict[str, Any] = {LABELS[layer]: label}
    return Span(name, layer, start + at, end + at, text, **said)


def refuse_to_overwrite(corpus: Corpus, name: str, verb: str) -> None:
    """Stop before work is done for nothing.

    Raises:
        ValueError: when a set's id is none, calls predictions gold, or names a set that the verb
            did not make, or that a campaign has shown its annotators: what these started from
            stays as it is.
    """
    before = corpus.sets.get(name)
    ours = before is not None and before.info.producer.name.startswith(verb)
    head = {"id": name, "producer": {"kind": "rule", "name": verb}}
    for fault in schema.violations("annotation_set.json", head):
        if fault.pointer == "/id":
            raise ValueError(f"{name!r} is no id of a set: {fault.message}")
    if is_gold(name):
        raise ValueError(f"{name!r} would call predictions gold; choose another id")
    path = _folder(corpus, name)
    if os.path.lexists(path) and not ours:
        raise ValueError(f"{path} is there, and {verb} did not make it; choose another id")
    if before is not None and (campaign := shown_by(corpus.root, name)) is not None:
        message = f"annotators of the campaign {campaign} started from {name}; choose another id"
        raise ValueError(message)


def refuse_unsound(corpus: Corpus, made: AnnotationSet) -> None:
    """Stop before anything is written.

    Raises:
        TrainingError: when the set has errors.
        ValueError: when its head fits no schema.
    """
    for fault in schema.violations("annotation_set.json", json.loads(head_json(made.info))):
        raise ValueError(f"{fault.pointer.removeprefix('/')}: {fault.message}")
    errors = [each for each in check_set(made, corpus) if each.severity == "error"]
    if errors:
        raise TrainingError(in_order(errors))


def write(corpus: Corpus, made: AnnotationSet) -> Path:
    """Write a sound set into its corpus, whole or not at all, and return its folder."""
    path = _folder(corpus, made.info.id)
    by_item: Mapping[str, Sequence[AnyRecord]] = records_by_item(made.records)
    with whole_directory(path) as folder:
        write_set(folder, made.info, by_item)
    return path


def _folder(corpus: Corpus, name: str) -> Path:
    return corpus.root / "annotation" / "sets" / name
