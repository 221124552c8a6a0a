"""What an adjudication is about: the sets, what they differ in, and what has been decided."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from newspan import schema
from newspan.adjudication.conflicts import Comparison, compare
from newspan.adjudication.lines import Layout, Lines, lay_out, read_lines
from newspan.adjudication.reviewed import reviewable
from newspan.adjudication.settle import Settled, keep, settle
from newspan.checks import in_order, read_sound
from newspan.checks.sets import is_gold
from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.write import head_json
from newspan.model import Producer, SetInfo
from newspan.problems import Place, Problem
from newspan.reuse.parameters import SET_ID

PRODUCER = Producer("adjudication", "newspan adjudicate", "1")


class AdjudicateError(Exception):
    """The corpus or the file of decisions can't be read; `problems` lists why."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems."""
        super().__init__(f"{len(problems)} errors")
        self.problems = problems


class Case(msgspec.Struct, frozen=True):
    """Two sets or more with their comparison, or one set that is reviewed; and the decisions.

    `info` is the result's head so far, `place` the file of decisions.
    """

    root: Path
    corpus: Corpus
    sets: tuple[AnnotationSet, ...]
    blocks: AnnotationSet | None
    comparison: Comparison
    info: SetInfo
    lines: Lines
    place: Place

    @property
    def into(self) -> str:
        """Return the id of the set to write."""
        return self.info.id

    @property
    def is_review(self) -> bool:
        """Tell whether one set is reviewed."""
        return len(self.sets) == 1

    def laid_out(self, lines: Lines | None = None) -> Layout:
        """Return the file of decisions with these lines, its own if not given."""
        return lay_out(lines or self.lines, self.comparison, self.corpus, self.place)

    def settled(self, layout: Layout) -> Settled:
        """Return the records that the decisions give."""
        if self.is_review:
            return keep(self.sets[0], layout.amendments, self.corpus, self.place)
        return settle(self.comparison, layout.decisions, layout.amendments, self.corpus, self.place)


def open_case(
    root: Path,
    set_ids: Sequence[str],
    into: str,
    *,
    blocks_id: str | None = None,
    created: str | None = None,
) -> Case:
    """Read the corpus and the decisions, and compare the sets.

    Raises:
        AdjudicateError: when the corpus or the file of decisions has errors.
        ValueError: when a set is not there, nothing was looked at by two sets, `into` is no id or
            names what adjudication did not make, or `created` is no day.
    """
    corpus, errors = read_sound(root, {*set_ids, blocks_id or SET_ID})
    if corpus is None or errors:
        raise AdjudicateError(errors)
    sets = _sets(corpus, set_ids, into)
    blocks = _blocks(corpus, blocks_id)
    comparison = _alone(sets[0], corpus) if len(sets) == 1 else compare(sets, corpus, blocks)
    if not comparison.coverage:
        looked = (
            "nobody looked at anything in it"
            if len(sets) == 1
            else "there is no item, layer and zone kind that two of the sets looked at"
        )
        raise ValueError(looked)
    info = _head(sets, corpus, into, created)
    _refuse_to_overwrite(root / "annotation" / "sets" / into, corpus)
    place = Place(f"annotation/campaigns/{into}/decisions.jsonl")
    lines, problems = read_lines(root / place.file, place)
    if problems:
        raise AdjudicateError(in_order(problems))
    return Case(root, corpus, sets, blocks, comparison, info, lines, place)


def _alone(one: AnnotationSet, corpus: Corpus) -> Comparison:
    return Comparison((), (), (), {}, {}, reviewable(one, corpus))


def _sets(corpus: Corpus, set_ids: Sequence[str], into: str) -> tuple[AnnotationSet, ...]:
    if not set_ids or len(set(set_ids)) < len(set_ids):
        raise ValueError("name sets to compare, or one to review, each once")
    if into in set_ids:
        raise ValueError(f"{into} is a set to read; give the one to write another name")
    if len(set_ids) > 1 and is_gold(into):
        raise ValueError(
            f"only what a person has reviewed whole may be called {into}: "
            "adjudicate into another set, and review that"
        )
    return tuple(corpus.set_named(name) for name in sorted(set_ids))


def _blocks(corpus: Corpus, name: str | None) -> AnnotationSet | None:
    if name == "none":
        return None
    found = corpus.sets.get(SET_ID) if name is None else corpus.set_named(name)
    if name is not None and found is not None and not found.holds("duplicate_block"):
        raise ValueError(f"nobody looked for duplicate blocks in the set {name}")
    return found


def _head(sets: Sequence[AnnotationSet], corpus: Corpus, into: str, created: str | None) -> SetInfo:
    labels = {each.info.labels_sha256 for each in sets}
    guidelines = {each.info.guidelines_version for each in sets}
    info = SetInfo(
        id=into,
        producer=PRODUCER,
        created=created or max(each.info.created for each in sets),
        labels_sha256=labels.pop() if len(labels) == 1 else corpus.labels.sha256,
        guidelines_version=guidelines.pop() if len(guidelines) == 1 else None,
    )
    for violation in schema.violations("annotation_set.json", json.loads(head_json(info))):
        raise ValueError(f"{violation.pointer.removeprefix('/')}: {violation.message}")
    return info


def _refuse_to_overwrite(target: Path, corpus: Corpus) -> None:
    before = corpus.sets.get(target.name)
    ours = before is not None and before.info.producer.name == PRODUCER.name
    if os.path.lexists(target) and not ours:
        raise ValueError(f"{target} is there, and adjudication did not make it; choose another id")
    campaign = corpus.root / "annotation" / "campaigns" / target.name
    for name, told in (("answers", "an annotator's answers"), ("campaign.toml", "a campaign")):
        if (campaign / name).exists():
            raise ValueError(f"{campaign} holds {told}; choose another id")
