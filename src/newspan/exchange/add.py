"""`newspan add`: texts, pages and annotated formats into a corpus, whole or not at all."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from newspan.corpus import AnnotationSet, Placed
from newspan.corpus.pieces import read_records, record_files
from newspan.corpus.write import records_by_item, write_set
from newspan.exchange.adding import AddError, Adding, Tick
from newspan.exchange.documents import refuse_unknown_layers
from newspan.exchange.init import NO_LANGUAGE
from newspan.exchange.kinds import Kinds
from newspan.exchange.present import Present, read_present
from newspan.exchange.provenance import KEYS, NO_OUTLET, is_id, language_named
from newspan.exchange.registry import format_named
from newspan.exchange.shapes import Options
from newspan.exchange.staging import Staging
from newspan.model import DEFAULT_PRIMARY_SET
from newspan.problems import Problem
from newspan.upkeep.files import with_value, write_whole
from newspan.whole import put_back, whole_directory


class Added(msgspec.Struct, frozen=True):
    """What was added, or would be: ids of documents, outlets, labels; the set and its records.

    `known` are documents that were there already, with the same bytes; a set that was there as it
    is is none. `problems` are what could
    not be taken as it is; the rest was.
    """

    documents: tuple[str, ...]
    known: tuple[str, ...]
    outlets: tuple[str, ...]
    labels: tuple[str, ...]
    set: str | None
    records: int
    problems: tuple[Problem, ...]


class _NothingNew(Exception):  # leaves the folders as they are; no error
    pass


def add(
    paths: Sequence[str | Path],
    corpus: str | Path = ".",
    *,
    format: str | None = None,
    set_id: str | None = None,
    columns: Mapping[str, str] | None = None,
    language: str | None = None,
    types: Mapping[str, str] | None = None,
    layers: Sequence[str] = (),
    date: str | None = None,
    dry_run: bool = False,
    tick: Tick = lambda stage, done, total: None,
) -> Added:
    """Add documents to a corpus, with their annotations if they are in a format that has some.

    Every stage leaves a corpus that passes `check`, and each is written whole or not at all: labels
    first, then documents, then the set. Adding the same again changes nothing and completes what
    was killed. Documents get ids from their names, a lineage of their own unless one is given, and
    zones by their lines; what nobody says of them is unknown.

    Args:
        paths: files and folders.
        corpus: the corpus's folder.
        format: one of `newspan.exchange.registry.FORMATS`; texts without annotations if not given.
        set_id: the id of the annotation set; the format's name if not given.
        columns: what columns of tables are called, by `id`, `text`, or what a sidecar may say.
        language: BCP 47, of texts that don't say theirs; the corpus's if it has one only.
        types: the source's own types, each with the `layer:label` that it stands for.
        layers: no others are taken, and these count as looked at; if not given, all are taken, and
            those that the source looked for count.
        date: the day of the set's making, YYYY-MM-DD; today if not given.
        dry_run: write nothing.
        tick: told how far it is.

    Raises:
        AddError: when nothing can be added to the corpus.
        ValueError: when a path, format, column, id, day, layer or mapping is none, the corpus has
            another set of that id, or was changed by others meanwhile.
        ImportError: when a page or a format needs an extra that is not installed.
    """
    root = Path(corpus)
    home = (root / "corpus").resolve()
    put_back(home, "corpus.json")
    present, problems = read_present(root)
    if present is None:
        raise AddError(problems)
    chosen = None if format is None else format_named(format)
    name = None
    if chosen is not None:
        name = set_id or chosen.name
        if not is_id(name):
            raise ValueError(f"{name!r} is no id: lower-case letters, digits, hyphens, underscores")
    elif set_id or types or layers:
        raise ValueError("a set, types and layers go with a format that has annotations")
    if unknown := set(columns or ()) - {"id", "text", *KEYS}:
        raise ValueError(f"no such column is read: {', '.join(sorted(unknown))}")
    refuse_unknown_layers(layers)
    if chosen is not None and any(key != column for key, column in (columns or {}).items()):
        raise ValueError("columns are of tables without annotations; a format knows its own")
    spoken = _language(language, present)
    adding = Adding(present, problems, tick)
    options = Options(dict(types or {}), tuple(layers), spoken)
    Kinds(options, [])  # refuses a wrong mapping, also where the format has no use for any
    made = None
    try:
        with whole_directory(home) as new:
            adding.staging = Staging(home, new)
            for each in map(Path, paths):
                if chosen is None:
                    adding.take_texts(each, columns or {}, spoken)
                else:
                    adding.take_annotated(each, chosen, options)
            day = date or datetime.date.today().isoformat()
            if chosen is not None and name is not None:
                made = _unless_there(adding.set_of(name, chosen, options, day), present)
            adding.finish()
            if dry_run or not (adding.documents or made):
                raise _NothingNew
            if adding.labels_text is not None:
                write_whole(root / "schema" / "labels.json", adding.labels_text)
        if made is not None:
            with whole_directory(root / "annotation" / "sets" / made.info.id) as folder:
                write_set(folder, made.info, records_by_item(made.records))
    except _NothingNew:
        pass
    if name is not None and not dry_run:
        _make_primary(name, root)
    return Added(
        documents=tuple(adding.documents),
        known=tuple(adding.known),
        outlets=tuple(each for each in adding.outlets if each != NO_OUTLET.id),
        labels=tuple(adding.labels),
        set=None if made is None else made.info.id,
        records=0 if made is None else len(made.records),
        problems=tuple(problems),
    )


def _unless_there(made: AnnotationSet | None, present: Present) -> AnnotationSet | None:
    """Return a set that was made, or None where the corpus has it already.

    Raises:
        ValueError: when it has another one of that id.
    """
    if made is None or made.info.id not in present.sets:
        return made
    name, there = made.info.id, present.sets[made.info.id]
    files = record_files(present.root, name, [])
    records = [each for file in files for each in read_records(present.root, name, file, [])]
    same_head = msgspec.structs.replace(made.info, created=there.created) == there
    if same_head and sorted(map(_record, records)) == sorted(map(_record, made.records)):
        return None
    raise ValueError(f"the corpus has another set {name!r} already: give this one another id")


def _record(placed: Placed) -> tuple[str, str, str]:
    return placed.item_id, placed.record.id, repr(placed.record)


def _make_primary(name: str, root: Path) -> None:
    """Let the training configs carry a set, in a corpus whose primary set is not there."""
    head = root / "corpus" / "corpus.json"
    text = head.read_bytes().decode()
    primary = json.loads(text).get("primary_set", DEFAULT_PRIMARY_SET)
    sets = root / "annotation" / "sets"
    if not (sets / primary).exists() and (sets / name).exists():
        write_whole(head, with_value(text, "primary_set", name))


def _language(language: str | None, present: Present) -> str:
    """Return the language of texts that don't say theirs."""
    if language is not None:
        return language_named(language)
    spoken = present.info.languages
    return spoken[0] if len(spoken) == 1 else NO_LANGUAGE
