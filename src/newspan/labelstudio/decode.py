"""An export's bytes as its tasks, without the parts that nobody asks for."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import UNSET, Raw

from newspan.labelstudio.carry import Carried
from newspan.labelstudio.results import Result, held, written_out
from newspan.labelstudio.tasks import META

#: In seconds: longer than anybody works on a task.
_LONGEST = 1e9
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII
)


class Data(msgspec.Struct):
    """What is read of a task's data; any field may be any JSON."""

    item_id: Any = None
    text: Any = None
    doc_id: Any = None
    base: Any = None
    text_sha256: Any = None
    document_sha256: Any = None


class Annotation(msgspec.Struct):
    """What is read of an annotation or draft; not, for one, the prediction written out in it.

    Any field may be any JSON. `result` is as it stands in the export, `results` is the same, read.
    """

    result: Any = None
    results: Any = None
    id: Any = None
    completed_by: Any = None
    user: Any = None
    updated_by: Any = None
    was_cancelled: Any = False
    lead_time: Any = None
    created_at: Any = None
    updated_at: Any = None
    parent_prediction: Any = None


class Task(msgspec.Struct):
    """What is read of a task; any field may be any JSON.

    `carried` is what travelled with it, UNSET where that is gone; `predictions`, as long as all
    annotations, are left undecoded where they are a list.
    """

    id: Any
    data: Any
    carried: Any
    annotations: Any
    drafts: Any
    predictions: Any


_NULL = Raw(b"null")


class _Annotation(Annotation):
    result: Raw = _NULL


class _Task(msgspec.Struct):
    """A task as Label Studio writes it; whatever is long is decoded when its turn comes."""

    annotations: list[_Annotation]
    id: Any = None
    data: Raw = _NULL
    meta: Raw = _NULL
    drafts: Raw = _NULL
    predictions: Raw = _NULL


class _Ours(msgspec.Struct):
    carried: Carried | None = None


class _Meta(msgspec.Struct):
    ours: _Ours | None = msgspec.field(name=META, default=None)


_FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_TASKS = msgspec.json.Decoder(list[_Task])
_TASK = msgspec.json.Decoder(_Task)
_PARTS = msgspec.json.Decoder(list[Raw])
_DATA = msgspec.json.Decoder(Data)
_META = msgspec.json.Decoder(_Meta | None)
_RESULTS = msgspec.json.Decoder(list[Result])
_ANY = msgspec.json.Decoder()


def decoded(data: bytes) -> Any:
    """Return an export's JSON for `read_tasks`: tasks one after the other, what it reads of them.

    Raises:
        ValueError: when the bytes are no JSON.
        RecursionError: when it is nested too deep.
    """
    try:
        return _each(data, _TASKS.decode(data))
    except _FAULTS:
        pass
    try:
        return map(_task, _PARTS.decode(data))
    except msgspec.DecodeError:
        return json.loads(data)


def _each(data: bytes, tasks: list[_Task]) -> Iterator[Any]:
    count, parts = len(tasks), list[Raw]()
    tasks.reverse()
    while tasks:
        task: Any = tasks.pop()  # so that what is decoded of it is let go
        try:
            task = _read(task)
        except _FAULTS:
            parts = parts or _PARTS.decode(data)
            task = written_out(parts[count - len(tasks) - 1])
        yield task


def _task(part: Raw) -> Any:
    try:
        return _read(_TASK.decode(part))
    except _FAULTS:
        # Not as Label Studio writes it, or with half a character, which Python's own reader takes.
        return written_out(part)


def _read(task: _Task) -> Task:
    for annotation in task.annotations:
        annotation.results = _part(_RESULTS, annotation.result)
    is_list = bytes(memoryview(task.predictions)[:1]) == b"["
    return Task(
        id=task.id,
        data=_data(_part(_DATA, task.data)),
        carried=_carried(_part(_META, task.meta)),
        annotations=task.annotations,
        drafts=_ANY.decode(task.drafts),
        predictions=task.predictions if is_list else written_out(task.predictions),
    )


def _part(decoder: msgspec.json.Decoder[Any], part: Raw) -> Any:
    """Return a part of a task as it should be or, if it is not, as any JSON."""
    str(part, "utf-8")  # an error here tells bytes that are no text, which decoders may skip
    try:
        return decoder.decode(part)
    except msgspec.ValidationError:
        return _ANY.decode(part)


def _data(found: Any) -> Any:
    return held(Data, found) if isinstance(found, dict) else found


def _carried(meta: Any) -> Any:
    if isinstance(meta, _Meta):
        return UNSET if meta.ours is None else meta.ours.carried
    ours = meta.get(META) if isinstance(meta, dict) else None
    return ours.get("carried") if isinstance(ours, dict) else UNSET


def as_task(given: Any) -> Any:
    """Return an object as a `Task`, other JSON as it is; so with its data."""
    if not isinstance(given, dict):
        return given
    return Task(
        id=given.get("id"),
        data=_data(given.get("data")),
        carried=_carried(given.get("meta")),
        annotations=given.get("annotations"),
        drafts=given.get("drafts"),
        predictions=given.get("predictions"),
    )


def as_annotation(given: Any) -> Any:
    """Return an object as an `Annotation`; other JSON as it is."""
    if not isinstance(given, dict):
        return given
    found = held(Annotation, given)
    found.results = found.result
    return found


def is_number(told: Any) -> bool:
    """Tell whether it is a whole number; True is none."""
    return type(told) is int


def is_seconds(told: Any) -> bool:
    """Tell whether it is a time that somebody may work on a task."""
    # Not a number, and no end of seconds, are floats too.
    return type(told) in (int, float) and abs(told) < _LONGEST


def is_moment(told: Any) -> bool:
    """Tell whether it is a day, or a moment of one, as Label Studio writes it."""
    if not isinstance(told, str) or not _MOMENT.fullmatch(told):
        return False
    try:
        return bool(datetime.datetime.fromisoformat(told))
    except ValueError:
        return False


def person(value: Any) -> int | str | None:
    """Return who a user is: an id, or what stands for it, or the id of a user written out."""
    if isinstance(value, dict):
        value = value.get("id") if value.get("id") is not None else value.get("email")
    if type(value) is int or (isinstance(value, str) and value):
        found: int | str = value
        return found
    return None
