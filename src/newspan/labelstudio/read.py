"""An export of Label Studio into annotations as records, and what is wrong with it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import msgspec
from msgspec import UNSET

from newspan.checks.extents import clip
from newspan.corpus import Corpus
from newspan.labelstudio.decode import (
    Annotation,
    Data,
    Task,
    as_annotation,
    as_task,
    decoded,
    is_moment,
    is_number,
    is_seconds,
    person,
)
from newspan.labelstudio.drawn import Fault, shown
from newspan.labelstudio.names import controls
from newspan.labelstudio.regions import Converted, Reader
from newspan.labelstudio.results import Given
from newspan.labelstudio.sound import sound
from newspan.labelstudio.tasks import text_sha256
from newspan.labelstudio.units import unit_of
from newspan.labelstudio.work import (
    Export,
    TaskWork,
    Told,
    Work,
    leading_away,
    with_counts,
    without_dangling,
)
from newspan.model import AnyRecord, Document, Item, Link, Span
from newspan.problems import Place, Problem

__all__ = ["Export", "TaskWork", "Work", "read_export", "read_tasks"]


def read_tasks(
    raw: Any,
    corpus: Corpus,
    *,
    set_id: str,
    layers: Collection[str],
    project: str,
    file: str,
    reasons: Iterable[str] = (),
) -> Export:
    """Return the annotations and drafts of an export as records.

    Both the full snapshot and a plain export are read. Each fault is a problem that names project,
    task and region; a record that is faulty in itself, or that `newspan check` has an error to say
    of, is left out, the rest is kept.

    Args:
        raw: the export, decoded; any JSON, or an iterator of tasks, JSON or `Task`s.
        corpus: the corpus that the tasks were made from.
        set_id: the set that the records go to; ids of what was drawn are hashes of it.
        layers: those that were asked for.
        project: the project's title, for problems.
        file: where the export is kept, for problems.
        reasons: of a review: the reasons to choose from.
    """
    reader = _Export(corpus, set_id, layers, project, file, reasons)
    if isinstance(raw, list | Iterator):
        tasks = [task for index, each in enumerate(raw) if (task := reader.read(index, each))]
    else:
        tasks = []
        reader.tell("export-syntax", "", f"the export is {shown(raw)}, not a list of tasks")
    tasks, dangling = without_dangling(tasks)
    tasks, repeated = with_counts(tasks)
    reader.tell_later([*dangling, *repeated])
    return Export(tuple(tasks), tuple(reader.problems))


def read_export(
    data: bytes,
    corpus: Corpus,
    *,
    set_id: str,
    layers: Collection[str],
    project: str,
    file: str,
    reasons: Iterable[str] = (),
) -> Export:
    """Return the annotations and drafts of an export's bytes as records; see `read_tasks`."""
    with _no_collection():
        try:
            raw = decoded(data)
        except (ValueError, RecursionError) as error:
            message = f"{clip(project)}: the export is no JSON: {error}"
            return Export((), (Problem("export-syntax", Place(file), message),))
        return read_tasks(
            raw,
            corpus,
            set_id=set_id,
            layers=layers,
            project=project,
            file=file,
            reasons=reasons,
        )


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep Python from looking for circles among millions of values that hold none."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


class _Slice(msgspec.Struct, frozen=True, dict=True):
    """An item as its task shows it."""

    document: Document
    item: Item
    text: str

    @cached_property
    def sha256(self) -> str:
        return text_sha256(self.text)


class _Export:
    def __init__(
        self,
        corpus: Corpus,
        set_id: str,
        layers: Collection[str],
        project: str,
        file: str,
        reasons: Iterable[str],
    ) -> None:
        self.problems: list[Problem] = []
        self._corpus, self._layers, self._project = corpus, tuple(layers), project
        self._place = Place(file)
        known = controls(corpus.labels, corpus.targets, reasons)
        self._reader = Reader({each.name: each for each in known}, set_id, self._layers)
        self._first: dict[str, int] = {}
        self._who = ""

    def tell(
        self,
        problem: str,
        pointer: str,
        message: str,
        start: int | None = None,
        end: int | None = None,
    ) -> None:
        """Note a problem, with project and task in its message."""
        told = f"{clip(self._project)}{self._who}: {message}"
        self.problems.append(Problem(problem, self._place.at(pointer, start, end), told))

    def tell_later(self, told: Iterable[Told]) -> None:
        """Note problems that show when all tasks have been read."""
        for each in told:
            self._who = f", task {each.task.task_id} (item {each.task.item_id})"
            self.tell(each.id, each.work.pointer, each.message)

    def read(self, index: int, raw: Any) -> TaskWork | None:
        """Return what a task holds, None if it is none of the corpus's, or nested too deep."""
        try:
            return self.task(index, raw)
        except RecursionError:
            self._who = f", task number {index + 1}"
            self.tell("export-syntax", f"/{index}", "the task is nested too deep to be read")
            return None

    def task(self, index: int, raw: Any) -> TaskWork | None:
        """Return what a task holds, None if it is none of the corpus's."""
        here = f"/{index}"
        self._who = f", task number {index + 1}"
        task = as_task(raw)
        if not isinstance(task, Task):
            self.tell("export-syntax", here, f"a task is {shown(task)}, not an object")
            return None
        task_id, data = task.id, task.data
        if type(task_id) is not int:
            self.tell("export-syntax", f"{here}/id", f"the task's id is {shown(task_id)}")
            task_id = 0
        if not isinstance(data, Data):
            self.tell("export-syntax", f"{here}/data", f"data is {shown(data)}, not an object")
            return None
        item_id = data.item_id
        shown_in = self._slice(item_id)
        self._who = f", task {task_id}"
        if not isinstance(item_id, str) or shown_in is None:
            message = f"the corpus has no item {shown(item_id)}"
            self.tell("task-unknown", f"{here}/data/item_id", message)
            return None
        self._who = f", task {task_id} (item {item_id})"
        first = self._first.setdefault(item_id, index)
        if first != index:
            message = f"task number {first + 1} has the item {item_id} too"
            self.tell("task-twice", f"{here}/data/item_id", message)
        predictions = task.predictions
        if not isinstance(predictions, msgspec.Raw):
            predictions = self._list(predictions, "predictions", here)
        work: list[Work] = []
        if self._is_unchanged(data, shown_in, f"{here}/data"):
            carried = task.carried
            if carried is UNSET:
                message = "what travelled with the task is gone, so regions have new ids"
                self.tell("task-data", f"{here}/meta", message)
                carried = None
            for name in ("annotations", "drafts"):
                for at, each in enumerate(self._list(getattr(task, name), name, here)):
                    pointer = f"{here}/{name}/{at}"
                    written = as_annotation(each)
                    if self._is_full(written, pointer):
                        work.append(self._work(name[:-1], written, carried, shown_in, pointer))
        return TaskWork(item_id, task_id, tuple(work), Given(predictions))

    def _slice(self, item_id: object) -> _Slice | None:
        if not isinstance(item_id, str) or item_id not in self._corpus.items:
            return None
        document, item = self._corpus.items[item_id]
        text = self._corpus.texts.get(document.id)
        if text is None or not item.fits(text):
            return None
        return _Slice(document, item, text[item.start : item.end])

    def _list(self, found: Any, name: str, here: str) -> list[Any]:
        if isinstance(found, list):
            return found
        if found is not None or name == "annotations":
            self.tell("export-syntax", f"{here}/{name}", f"{name} is {shown(found)}, not a list")
        return []

    def _is_full(self, each: Any, pointer: str) -> bool:
        """Tell whether something is written out; exports may hold bare ids instead."""
        if isinstance(each, Annotation):
            return True
        kind = pointer.split("/")[-2]
        if type(each) is not int or kind == "annotations":
            self.tell("export-syntax", pointer, f"one of the {kind} is {shown(each)}")
        return False

    def _is_unchanged(self, data: Data, shown_in: _Slice, here: str) -> bool:
        """Tell whether the task's text is the item's; what else is wrong with it is told only."""
        text, document, item = data.text, shown_in.document, shown_in.item
        if text != shown_in.text:
            if not isinstance(text, str):
                why = f"its text is {shown(text)}"
            elif data.text_sha256 == text_sha256(text):
                why = "the corpus has another text for the item than when the task was made"
            else:
                why = "the task's text was changed after the task was made"
            self.tell("task-text-changed", f"{here}/text", why)
            return False
        expected = {
            "doc_id": document.id,
            "base": item.start,
            "text_sha256": shown_in.sha256,
            "document_sha256": document.sha256,
        }
        for name, value in expected.items():
            told = getattr(data, name)
            if told != value or type(told) is not type(value):
                message = f"{name} is {shown(told)}, the corpus has {shown(value)}"
                self.tell("task-data", f"{here}/{name}", message)
        return True

    def _work(
        self, kind: str, raw: Annotation, carried: object, shown_in: _Slice, here: str
    ) -> Work:
        results = raw.results
        readable = isinstance(results, list)
        if not readable:
            self.tell("export-syntax", f"{here}/result", f"result is {shown(results)}")
            results = []
        unit = unit_of(results, shown_in.text)
        if unit == "contradictory":
            message = "some regions count code points, some UTF-16 units: none of them is read"
            self.tell("offset-unit", f"{here}/result", message)
            readable = False
        given = results if readable else []
        converted = self._converted(given, carried if readable else None, unit, shown_in, here)
        kept, away = self._sound(converted, shown_in.item.id, here)
        skipped = raw.was_cancelled
        if type(skipped) is not bool:
            self.tell("export-syntax", f"{here}/was_cancelled", f"it is {shown(skipped)}")
        who = "completed_by" if kind == "annotation" else "user"
        named = getattr(raw, who)
        by = person(named)
        if by is None and (kind == "annotation" or named is not None):
            self.tell("annotator-unknown", f"{here}/{who}", f"{who} is {shown(named)}")
        origins, regions = converted.origins, converted.regions
        if len(kept) < len(converted.records):
            ids = {record.id for record in kept}
            origins = {own: told for own, told in origins.items() if own in ids}
            regions = {own: told for own, told in regions.items() if own in ids}
        return Work(
            kind=kind,
            id=self._told(raw, "id", is_number, here),
            by=by,
            updated_by=person(raw.updated_by),
            skipped=skipped is True,
            lead_time=self._told(raw, "lead_time", is_seconds, here),
            created=self._told(raw, "created_at", is_moment, here),
            updated=self._told(raw, "updated_at", is_moment, here),
            parent_prediction=self._told(raw, "parent_prediction", is_number, here),
            records=kept,
            origins=origins,
            regions=regions,
            choices=converted.choices,
            pointer=here,
            away=away,
            given=Given(raw.result),
            readable=readable,
        )

    def _told(self, raw: Annotation, name: str, is_right: Callable[[Any], bool], here: str) -> Any:
        """Return a value that is right or null; another is told, and is null too."""
        value = getattr(raw, name)
        if value is None or is_right(value):
            return value
        self.tell("export-syntax", f"{here}/{name}", f"{name} is {shown(value)}")
        return None

    def _converted(
        self, results: Sequence[Any], carried: object, unit: str, shown_in: _Slice, here: str
    ) -> Converted:
        text, item = shown_in.text, shown_in.item
        if unit == "utf-16":
            message = "the offsets count UTF-16 units, as old versions wrote them"
            self.tell("offset-unit-converted", f"{here}/result", message)
        utf16 = unit == "utf-16"
        found = self._reader.read(results, carried, text, item.start, item.id, utf16=utf16)
        for fault in found.faults:
            self._tell_fault(fault, here)
        return found

    def _tell_fault(self, fault: Fault, here: str, words: str | None = None) -> None:
        """Tell a fault; the words that are marked are easier to find than a region's id."""
        pointer = here if fault.index is None else f"{here}/result/{fault.index}"
        shown_words = "" if words is None else f" ({clip(words)})"
        region = "" if fault.region is None else f"region {clip(fault.region)}{shown_words}: "
        self.tell(fault.id, pointer, region + fault.message, fault.start, fault.end)

    def _sound(
        self, converted: Converted, item_id: str, here: str
    ) -> tuple[tuple[AnyRecord, ...], dict[str, Link]]:
        """Return the records that `newspan check` lets pass, and tell what it says of all.

        Also those of their links that lead away: for these, all tasks must be read first.
        """
        given = converted.records
        away = leading_away(given)
        records = [each for each in given if each.id not in away] if away else given
        kept, objections = sound(records, item_id, self._corpus, self._layers)
        if not objections:
            return given, away
        words = {
            converted.regions[each.id]: each.text
            for each in records
            if isinstance(each, Span) and each.id in converted.regions
        }
        for each in objections:
            index, region = converted.places.get(each.record), converted.regions.get(each.record)
            fault = Fault(each.id, index, each.message, region, each.start, each.end)
            self._tell_fault(fault, here, words.get(region or ""))
        found = {record.id: record for record in kept}
        away = {own: link for own, link in away.items() if link.from_id in found}
        found |= away
        return tuple(found[each.id] for each in given if each.id in found), away
