"""Label Studio's JSON: tasks with annotations, as it exports them and as it takes them in.

Written, a task is a whole document, and what regions can't say travels in its `meta`, which exports
keep; `config.xml` beside is the labelling interface. Read are newspan's projects, whose tasks are
items of documents, and anybody's with `<Labels>` on `<Text>`: see `label_studio_regions`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.files import parse_json
from newspan.exchange.documents import documents_of
from newspan.exchange.files import files_below, read_text, relative
from newspan.exchange.kinds import Kinds
from newspan.exchange.label_studio_regions import Projects, text_of
from newspan.exchange.names import mint
from newspan.exchange.shapes import Found, Options, Reading, Writing
from newspan.labelstudio.config import label_config
from newspan.labelstudio.decode import person
from newspan.labelstudio.drawn import shown
from newspan.labelstudio.names import LAYERS
from newspan.labelstudio.regions import to_results
from newspan.labelstudio.tasks import META, text_sha256
from newspan.model import AnyRecord, Span
from newspan.problems import Place, Problem

TASKS, CONFIG = "tasks.json", "config.xml"
_META = ("title", "authors", "published", "url", "outlet")


class _Task(NamedTuple):
    """A task with its data, and the annotation of it that is read."""

    data: dict[str, Any]
    ours: dict[str, Any]
    results: list[Any]
    place: Place


def read(path: Path, options: Options) -> Reading:
    """Read an export, or all of a folder.

    Raises:
        ValueError: when there is no JSON file, or the user's mapping is wrong.
    """
    files = [path] if path.is_file() else [p for p in files_below(path) if p.suffix == ".json"]
    if not files:
        raise ValueError(f"{path} has no .json files")
    problems: list[Problem] = []
    labels: list[dict[str, Any]] = []
    kinds = Kinds(options, labels)
    tasks = _chosen(list(_tasks(path, files, problems)), problems)
    projects = Projects(kinds, problems)
    projects.learn(task.results for task in tasks)
    layers = _layers(tasks, kinds)
    return Reading(_documents(tasks, projects, options, problems), layers, problems, labels)


def _tasks(root: Path, files: list[Path], problems: list[Problem]) -> Iterator[tuple[Any, Place]]:
    """Yield the tasks of files; in a folder, other JSON files are not looked at."""
    for file in files:
        place = Place(relative(file, root))
        text = read_text(file, place, problems)
        faults: list[Problem] = []
        raw = parse_json((text or "").removeprefix("\ufeff"), place, None, faults)
        is_export = isinstance(raw, list) and any(
            isinstance(each, dict) and "data" in each for each in raw
        )
        if text is not None and (is_export or faults):
            problems += faults
            for index, each in enumerate(raw or ()):
                yield each, place.at(f"/{index}")
        elif text is not None and root == file:
            message = "no list of tasks with data, as Label Studio exports JSON (not JSON-MIN)"
            problems.append(Problem("export-syntax", place, message))


def _chosen(tasks: list[tuple[Any, Place]], problems: list[Problem]) -> list[_Task]:
    """Return the annotated tasks, each with one annotation.

    Of several, one that is a ground truth is taken, else that of the person who annotated most
    tasks, else the newest.
    """
    finished = [_finished(task) for task, _ in tasks]
    by = Counter(str(person(each.get("completed_by"))) for found in finished for each in found)
    several, unannotated, chosen = [], [], []
    for (task, place), found in zip(tasks, finished, strict=True):
        data = task.get("data") if isinstance(task, dict) else None
        if not isinstance(data, dict):
            message = f"a task is {shown(task)}, not an object with data"
            problems.append(Problem("export-syntax", place, message))
            continue
        if not found:
            unannotated.append(place)
            continue
        if len(found) > 1:
            several.append(place)
        one = max(
            found,
            key=lambda each: (
                each.get("ground_truth") is True,
                by[str(person(each.get("completed_by")))],
                str(each.get("updated_at") or each.get("created_at") or ""),
            ),
        )
        meta = task.get("meta")
        ours = meta.get(META) if isinstance(meta, dict) else None
        here = place.at(f"/annotations/{task['annotations'].index(one)}")
        chosen.append(_Task(data, ours if isinstance(ours, dict) else {}, one["result"], here))
    if several:
        message = f"one of several annotations is read, in {_number(several, 'task')}"
        problems.append(Problem("annotation-left-out", several[0], message))
    if unannotated:
        message = f"nobody has finished {_number(unannotated, 'task')}, this one first"
        problems.append(Problem("task-not-annotated", unannotated[0], message))
    return chosen


def _finished(task: Any) -> list[dict[str, Any]]:
    """Return the annotations of a task that are written out, and were not skipped."""
    found = task.get("annotations") if isinstance(task, dict) else None
    return [
        each
        for each in (found if isinstance(found, list) else ())
        if isinstance(each, dict)
        and isinstance(each.get("result"), list)
        and each.get("was_cancelled") is not True
    ]


def _number(places: list[Place], what: str) -> str:
    return f"{len(places)} {what}{'' if len(places) == 1 else 's'}"


def _layers(tasks: list[_Task], kinds: Kinds) -> tuple[str, ...]:
    """Return the layers that tasks asked for or, where they don't say, that have regions."""
    known = (*LAYERS, "duplicate_block")
    found: set[str] = set()
    for task in tasks:
        asked = task.ours.get("layers")
        if isinstance(asked, list):
            found.update(each for each in asked if isinstance(each, str))
            continue
        found.update(Projects(kinds, []).layers(task.results))
    return tuple(layer for layer in known if layer in found)


def _documents(
    tasks: list[_Task], projects: Projects, options: Options, problems: list[Problem]
) -> Iterator[Found]:
    names: set[str] = set()
    ids: set[str] = set()
    for index, task in enumerate(tasks):
        text = text_of(task.data, task.results)
        if text is None:
            message = "none of its data is a text"
            problems.append(Problem("export-syntax", task.place, message))
            continue
        said = {key: value for key, value in task.data.items() if isinstance(value, str) and value}
        name = said.get("item_id") or said.get("doc_id") or said.get("id") or f"task-{index + 1}"
        if name in names:
            message = f"another task is of {name!r} too; this one is left out"
            problems.append(Problem("task-twice", task.place, message))
            continue
        names.add(name)
        ident = mint(name)
        records = []
        for record in _placed(task, projects, text, ident, problems):
            if record.id in ids:
                message = f"two records have the id {record.id}; this one is left out"
                problems.append(Problem("duplicate-id", task.place, message))
                continue
            ids.add(record.id)
            records.append(record)
        yield Found(
            id=ident,
            name=name,
            raw=text.encode(),
            records=tuple(records),
            language=said.get("language", options.language),
            lineage=_lineage(said, name),
            meta={key: said[key] for key in _META if key in said and said[key] != name},
            looked=task.ours.get("layers") != [],
        )


def _lineage(said: dict[str, str], name: str) -> str | None:
    """Return what a task says, else the document: its items share a lineage."""
    if "lineage" in said:
        return mint(said["lineage"])
    return mint(said["doc_id"]) if said.get("doc_id", name) != name else None


def _placed(
    task: _Task, projects: Projects, text: str, ident: str, problems: list[Problem]
) -> Iterator[AnyRecord]:
    """Yield a task's records, with offsets into its text."""
    base = task.data.get("base")
    base = base if type(base) is int and 0 <= base < 1 << 40 else 0
    salt = task.ours.get("set")
    records = projects.records(
        task.results,
        task.ours.get("carried"),
        text,
        base,
        (salt if isinstance(salt, str) else "", ident),
        task.place,
    )
    for record in records:
        moved: dict[str, int] = {}
        if base:
            names = ("start", "end") if isinstance(record, Span) else ("scope_end",)
            moved = {
                name: value - base
                for name in names
                if (value := getattr(record, name, None)) is not None
            }
        record = msgspec.structs.replace(record, **moved) if moved else record
        if isinstance(record, Span) and text[record.start : record.end] != record.text:
            message = f"what was carried of {record.id} is of another text; it is left out"
            problems.append(Problem("surface-mismatch", task.place, message))
            continue
        yield record


def write(corpus: Corpus, chosen: AnnotationSet, options: Options) -> Writing:
    """Write tasks with annotations, and the labelling interface that they need."""
    documents = documents_of(corpus, chosen)
    covered = {layer for each in chosen.info.coverage for layer in each.layers}
    covered |= {r.layer for found in documents for r in found.records if isinstance(r, Span)}
    layers = sorted(covered)

    def files() -> Iterator[tuple[str, bytes]]:
        tasks = (
            json.dumps(
                _task(found, layers if found.looked else [], chosen.info.id), ensure_ascii=False
            )
            for found in documents
        )
        yield TASKS, ("[\n" + ",\n".join(tasks) + "\n]\n").encode()
        drawn = [layer for layer in LAYERS if layer in covered] or LAYERS
        yield CONFIG, label_config(corpus.labels, corpus.targets, drawn).encode()

    return Writing(files())


def _task(found: Found, layers: list[str], set_id: str) -> dict[str, Any]:
    results, carried = to_results(found.records, found.text, 0, origin="manual")
    data: dict[str, Any] = {
        "text": found.text,
        "title": _title(found),
        "item_id": found.name,
        "doc_id": found.name,
        "base": 0,
        "text_sha256": text_sha256(found.text),
        "document_sha256": hashlib.sha256(found.raw).hexdigest(),
        "language": found.language,
    }
    if found.lineage is not None:
        data["lineage"] = found.lineage
    return {
        "data": data,
        "meta": {META: {"layers": layers, "set": set_id, "carried": carried}},
        # Label Studio takes an imported annotation for a ground truth unless it is told otherwise.
        "annotations": [{"ground_truth": False, "result": results}],
    }


def _title(found: Found) -> str:
    items = () if found.document is None else found.document.items
    return next((item.title.value for item in items if item.title.value), found.name)
