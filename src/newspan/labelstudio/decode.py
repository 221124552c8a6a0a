"""An export's bytes as JSON, without the parts that nobody asks for."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from msgspec import UNSET


class _Annotation(msgspec.Struct):
    """What is read of an annotation; not, for one, the prediction that is written out in it."""

    id: Any = UNSET
    completed_by: Any = UNSET
    updated_by: Any = UNSET
    result: Any = UNSET
    was_cancelled: Any = UNSET
    lead_time: Any = UNSET
    created_at: Any = UNSET
    updated_at: Any = UNSET
    parent_prediction: Any = UNSET


class _Task(msgspec.Struct):
    """What is read of a task. Predictions, as long as all annotations, are decoded when asked."""

    annotations: list[_Annotation]
    predictions: msgspec.Raw
    id: Any = UNSET
    data: Any = UNSET
    meta: Any = UNSET
    drafts: Any = UNSET


_EXPORT = msgspec.json.Decoder(list[msgspec.Raw])
_TASK = msgspec.json.Decoder(_Task)


def decoded(data: bytes) -> Any:
    """Return an export's JSON for `read_tasks`: tasks one after the other, what it reads of them.

    Raises:
        ValueError: when the bytes are no JSON.
        RecursionError: when it is nested too deep.
    """
    try:
        return map(_task, _EXPORT.decode(data))
    except msgspec.DecodeError:
        return json.loads(data)


def _task(raw: msgspec.Raw) -> Any:
    try:
        task = _TASK.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # Not as Label Studio writes it, or with half a character, which Python's own reader takes.
        return written_out(raw)
    if bytes(memoryview(task.predictions)[:1]) != b"[":
        task.predictions = written_out(task.predictions)
    return {**_given(task), "annotations": [_given(each) for each in task.annotations]}


def written_out(raw: msgspec.Raw) -> Any:
    """Return what was left undecoded; None if it is no JSON after all."""
    try:
        return json.loads(bytes(raw))
    except (ValueError, RecursionError):
        return None


def _given(part: _Task | _Annotation) -> dict[str, Any]:
    """Return the fields that are there."""
    found = ((name, getattr(part, name)) for name in part.__struct_fields__)
    return {name: value for name, value in found if value is not UNSET}
