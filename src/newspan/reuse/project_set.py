"""Projection of a corpus's annotation set, from its files to a new set and a queue."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec

from newspan import schema
from newspan.checks import in_order, read_sound
from newspan.checks.sets import check_set
from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.write import head_json, placed_in, records_by_item, write_set
from newspan.model import Coverage, Producer, SetInfo, Span
from newspan.problems import Problem
from newspan.reuse.copied import Copies
from newspan.reuse.parameters import SET_ID
from newspan.reuse.projection import LAYER, Left, Projection
from newspan.reuse.projection import project as project_records
from newspan.whole import whole_directory, whole_file

PRODUCER = Producer("rule", "newspan project", "1")


class ProjectError(Exception):
    """The corpus, or the set that would be written, has errors; `problems` lists them."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems."""
        super().__init__(f"{len(problems)} errors")
        self.problems = problems


class Report(msgspec.Struct, frozen=True):
    """What was written where.

    `carried` counts new records by kind (span, attribution, link), `left` those that were left to
    a person by reason; `queue` is their file, None where nothing was left.
    """

    path: Path
    queue: Path | None
    carried: dict[str, int]
    left: dict[str, int]


def project_set(
    corpus_dir: str | Path,
    annotations_id: str,
    into: str,
    blocks_id: str = SET_ID,
    *,
    created: str | None = None,
) -> Report:
    """Carry a set's annotations from canonical blocks to their copies, into a new set.

    The new set holds all records of the old one and the projected ones, and is written whole or
    not at all; a set that projection made before is replaced. What could not be carried goes to
    annotation/campaigns/<into>-queue.jsonl, one `projection.Left` a line.

    Args:
        corpus_dir: the corpus.
        annotations_id: the set to carry.
        into: id of the set to write.
        blocks_id: the set with the duplicate blocks.
        created: the day to write into its head, such as 2026-11-22; the old set's if not given.

    Raises:
        ProjectError: when the corpus has errors, or the new set would have.
        ValueError: when a set is not there, `into` is no id or names what projection did
            not make, or `created` is no day.
        OSError: when the set cannot be written.
    """
    root = Path(corpus_dir)
    corpus = _sound_corpus(root, {annotations_id, blocks_id})
    annotations, blocks = (corpus.set_named(each) for each in (annotations_id, blocks_id))
    if not blocks.holds(LAYER):
        raise ValueError(f"nobody looked for duplicate blocks in the set {blocks_id}")
    if into in (annotations_id, blocks_id):
        raise ValueError(f"{into} is the set to read; give the one to write another name")
    target = root / "annotation" / "sets" / into
    queue = root / "annotation" / "campaigns" / f"{into}-queue.jsonl"
    found = project_records(annotations, blocks, corpus)
    made = _merged(annotations, blocks, found, corpus, into, created)
    for violation in schema.violations("annotation_set.json", json.loads(head_json(made.info))):
        raise ValueError(f"{violation.pointer.removeprefix('/')}: {violation.message}")
    _refuse_to_overwrite(target, queue, corpus)
    errors = [each for each in check_set(made, corpus) if each.severity == "error"]
    if errors:
        raise ProjectError(in_order(errors))
    with whole_file(queue, _lines(found.queue)), whole_directory(target) as folder:
        write_set(folder, made.info, records_by_item(made.records))
    kinds = Counter(
        type(each).__name__.lower() for records in found.records.values() for each in records
    )
    reasons = Counter(left.reason for left in found.queue)
    carried = {kind: kinds[kind] for kind in ("span", "attribution", "link")}
    return Report(target, queue if found.queue else None, carried, dict(sorted(reasons.items())))


#: Under the verb's name, as every verb has its function.
project = project_set


def _sound_corpus(root: Path, sets: set[str]) -> Corpus:
    corpus, errors = read_sound(root, sets)
    if corpus is None or errors:
        raise ProjectError(errors)
    return corpus


def _refuse_to_overwrite(target: Path, queue: Path, corpus: Corpus) -> None:
    before = corpus.sets.get(target.name)
    ours = before is not None and before.info.producer.name == PRODUCER.name
    for path in (target, queue):
        if os.path.lexists(path) and not ours:
            raise ValueError(f"{path} is there, and projection did not make it; choose another id")


def _merged(
    annotations: AnnotationSet,
    blocks: AnnotationSet,
    found: Projection,
    corpus: Corpus,
    into: str,
    created: str | None,
) -> AnnotationSet:
    """Return a set of the old records and the new ones, these behind those in each file."""
    by_item = records_by_item(annotations.records)
    for item, records in found.records.items():
        by_item.setdefault(item, []).extend(records)
    wider = _wider_coverage(annotations, blocks, found, corpus)
    old = annotations.info
    described = [old.description] if old.description else []
    described.append(
        f"{old.id}, carried from canonical blocks of {blocks.info.id} to their copies."
    )
    if wider:
        told = "; ".join(
            f"{each.item} ({', '.join(each.layers)}; {', '.join(each.zones)})" for each in wider
        )
        described.append(f"In these only what is copied was looked at: {told}.")
    info = SetInfo(
        id=into,
        producer=msgspec.structs.replace(PRODUCER, annotators=old.producer.by),
        created=created or old.created,
        labels_sha256=old.labels_sha256,
        guidelines_version=old.guidelines_version,
        coverage=(*old.coverage, *wider),
        description=" ".join(described),
    )
    return AnnotationSet(info, placed_in(into, by_item))


def _wider_coverage(
    annotations: AnnotationSet, blocks: AnnotationSet, found: Projection, corpus: Corpus
) -> tuple[Coverage, ...]:
    """Return what is looked at beyond the set's coverage: items, layers and zone kinds.

    That is where new spans stand, and all zones of a kind whose every word is copied from what was
    looked at: nothing found there is nothing found here.
    """
    zones: dict[tuple[str, str], set[str]] = {}
    copies = Copies(blocks, corpus, annotations.looked_at)
    looked_for = {(layer, kind) for _, layer, kind in annotations.looked_at if layer != LAYER}
    for item, (_, its) in corpus.items.items():
        for layer, kind in looked_for:
            own = [zone for zone in its.zones if zone.kind == kind]
            copied = own and all(copies.cover(item, layer, (z.start, z.end)) for z in own)
            if copied and (item, layer, kind) not in annotations.looked_at:
                zones.setdefault((item, layer), set()).add(kind)
    for item, records in found.records.items():
        for record in records:
            if isinstance(record, Span):
                zone = corpus.items[item][1].zone_of(record.start, record.end)
                if zone and (item, record.layer, zone.kind) not in annotations.looked_at:
                    zones.setdefault((item, record.layer), set()).add(zone.kind)
    layers: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (item, layer), kinds in sorted(zones.items()):
        layers.setdefault((item, tuple(sorted(kinds))), []).append(layer)
    return tuple(Coverage(item, tuple(of), kinds) for (item, kinds), of in layers.items())


def _lines(queue: Sequence[Left]) -> str:
    dumped = (json.dumps(msgspec.to_builtins(left), ensure_ascii=False) for left in queue)
    return "".join(f"{line}\n" for line in dumped)
