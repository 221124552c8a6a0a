"""An export of Label Studio into annotations as records, and what is wrong with it."""

from __future__ import annotations

import datetime
import gc
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import msgspec

from newspan.checks.extents import clip
from newspan.corpus import Corpus
from newspan.labelstudio.decode import decoded
from newspan.labelstudio.drawn import Fault, shown
from newspan.labelstudio.names import controls
from newspan.labelstudio.regions import Converted, Reader
from newspan.labelstudio.sound import sound
from newspan.labelstudio.tasks import META, text_sha256
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
from newspan.model import AnyRecord, Document, Item, Span
from newspan.problems import Place, Problem

__all__ = ["Export", "TaskWork", "Work", "read_export", "read_tasks"]

#: In seconds: longer than anybody works on a task.
_LONGEST = 1e9
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII
)


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
        raw: the export, decoded; any JSON, or an iterator of tasks.
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
        if not isinstance(raw, dict):
            self.tell("export-syntax", here, f"a task is {shown(raw)}, not an object")
            return None
        task_id = raw.get("id")
        if type(task_id) is not int:
            self.tell("export-syntax", f"{here}/id", f"the task's id is {shown(task_id)}")
            task_id = 0
        data = raw.get("data")
        if not isinstance(data, dict):
            self.tell("export-syntax", f"{here}/data", f"data is {shown(data)}, not an object")
            return None
        item_id = data.get("item_id")
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
        predictions = raw.get("predictions")
        if not isinstance(predictions, msgspec.Raw):
            predictions = self._list(raw, "predictions", here)
        work: list[Work] = []
        if self._is_unchanged(data, shown_in, f"{here}/data"):
            carried = self._carried(raw, here)
            for kind, name in (("annotation", "annotations"), ("draft", "drafts")):
                for at, each in enumerate(self._list(raw, name, here)):
                    pointer = f"{here}/{name}/{at}"
                    if self._is_full(each, pointer):
                        work.append(self._work(kind, each, carried, shown_in, pointer))
        return TaskWork(item_id, task_id, tuple(work), predictions)

    def _slice(self, item_id: object) -> _Slice | None:
        if not isinstance(item_id, str) or item_id not in self._corpus.items:
            return None
        document, item = self._corpus.items[item_id]
        text = self._corpus.texts.get(document.id)
        if text is None or not item.fits(text):
            return None
        return _Slice(document, item, text[item.start : item.end])

    def _list(self, raw: dict[str, Any], name: str, here: str) -> list[Any]:
        found = raw.get(name)
        if isinstance(found, list):
            return found
        if found is not None or name == "annotations":
            self.tell("export-syntax", f"{here}/{name}", f"{name} is {shown(found)}, not a list")
        return []

    def _is_full(self, each: Any, pointer: str) -> bool:
        """Tell whether something is written out; exports may hold bare ids instead."""
        if isinstance(each, dict):
            return True
        kind = pointer.split("/")[-2]
        if type(each) is not int or kind == "annotations":
            self.tell("export-syntax", pointer, f"one of the {kind} is {shown(each)}")
        return False

    def _is_unchanged(self, data: dict[str, Any], shown_in: _Slice, here: str) -> bool:
        """Tell whether the task's text is the item's; what else is wrong with it is told only."""
        text, document, item = data.get("text"), shown_in.document, shown_in.item
        if text != shown_in.text:
            if not isinstance(text, str):
                why = f"its text is {shown(text)}"
            elif data.get("text_sha256") == text_sha256(text):
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
            told = data.get(name)
            if told != value or type(told) is not type(value):
                message = f"{name} is {shown(told)}, the corpus has {shown(value)}"
                self.tell("task-data", f"{here}/{name}", message)
        return True

    def _carried(self, raw: dict[str, Any], here: str) -> object:
        meta = raw.get("meta")
        ours = meta.get(META) if isinstance(meta, dict) else None
        if isinstance(ours, dict):
            return ours.get("carried")
        message = "what travelled with the task is gone, so regions have new ids"
        self.tell("task-data", f"{here}/meta", message)
        return None

    def _work(
        self, kind: str, raw: dict[str, Any], carried: object, shown_in: _Slice, here: str
    ) -> Work:
        results = raw.get("result")
        readable = isinstance(results, list)
        if not isinstance(results, list):
            self.tell("export-syntax", f"{here}/result", f"result is {shown(results)}")
            results = []
        unit = unit_of(results, shown_in.text)
        if unit == "contradictory":
            message = "some regions count code points, some UTF-16 units: none of them is read"
            self.tell("offset-unit", f"{here}/result", message)
            readable = False
        given = results if readable else []
        converted = self._converted(given, carried if readable else None, unit, shown_in, here)
        kept = self._sound(converted, shown_in.item.id, here)
        skipped = raw.get("was_cancelled", False)
        if type(skipped) is not bool:
            self.tell("export-syntax", f"{here}/was_cancelled", f"it is {shown(skipped)}")
        who = "completed_by" if kind == "annotation" else "user"
        by = _person(raw.get(who))
        if by is None and (kind == "annotation" or raw.get(who) is not None):
            self.tell("annotator-unknown", f"{here}/{who}", f"{who} is {shown(raw.get(who))}")
        origins, regions = converted.origins, converted.regions
        if len(kept) < len(converted.records):
            ids = {record.id for record in kept}
            origins = {own: told for own, told in origins.items() if own in ids}
            regions = {own: told for own, told in regions.items() if own in ids}
        return Work(
            kind=kind,
            id=self._of(int, raw, "id", here),
            by=by,
            updated_by=_person(raw.get("updated_by")),
            skipped=skipped is True,
            lead_time=self._seconds(raw, "lead_time", here),
            created=self._moment(raw, "created_at", here),
            updated=self._moment(raw, "updated_at", here),
            parent_prediction=self._of(int, raw, "parent_prediction", here),
            records=kept,
            origins=origins,
            regions=regions,
            choices=converted.choices,
            pointer=here,
            results=results,
            readable=readable,
        )

    def _seconds(self, raw: dict[str, Any], name: str, here: str) -> float | None:
        value = raw.get(name)
        # Not a number, and no end of seconds, are floats too.
        if value is None or (type(value) in (int, float) and abs(value) < _LONGEST):
            return value
        self.tell("export-syntax", f"{here}/{name}", f"{name} is {shown(value)}")
        return None

    def _moment(self, raw: dict[str, Any], name: str, here: str) -> str | None:
        value = raw.get(name)
        if value is None or (isinstance(value, str) and _is_moment(value)):
            return value
        self.tell("export-syntax", f"{here}/{name}", f"{name} is {shown(value)}")
        return None

    def _of(self, kind: type, raw: dict[str, Any], name: str, here: str) -> Any:
        """Return a value of one type or null; another is told, and is null too."""
        value = raw.get(name)
        if value is None or type(value) is kind:
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

    def _sound(self, converted: Converted, item_id: str, here: str) -> tuple[AnyRecord, ...]:
        """Return the records that `newspan check` lets pass, and tell what it says of all."""
        # Where a link leads to a claim of another item, all tasks must be read first.
        away = leading_away(converted.records)
        records = [each for each in converted.records if each.id not in away]
        kept, objections = sound(records, item_id, self._corpus, self._layers)
        if not objections:
            return converted.records
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
        found |= {own: link for own, link in away.items() if link.from_id in found}
        return tuple(found[each.id] for each in converted.records if each.id in found)


def _is_moment(told: str) -> bool:
    """Tell whether it is a day, or a moment of one, as Label Studio writes it."""
    try:
        return _MOMENT.fullmatch(told) is not None and bool(datetime.datetime.fromisoformat(told))
    except ValueError:
        return False


def _person(value: Any) -> int | str | None:
    """Return who a user is: an id, or what stands for it, or the id of a user written out."""
    if isinstance(value, dict):
        value = value.get("id") if value.get("id") is not None else value.get("email")
    if type(value) is int or (isinstance(value, str) and value):
        found: int | str = value
        return found
    return None
