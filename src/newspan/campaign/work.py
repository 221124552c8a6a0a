"""Who did what, when, and what became of pre-annotated regions: the lines of work.jsonl."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from newspan.campaign.assignment import Task
from newspan.labelstudio.read import TaskWork, Work


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of work.jsonl: one annotation or draft, and what became of pre-annotated regions.

    `counts` tells the annotation that the set was made from. Regions are named by their ids:
    `kept` and `changed` are those of the pre-annotation that the annotator left and altered,
    `removed` those that are gone, `added` is the number of the annotator's own.
    """

    alias: str
    item: str
    batch: int
    guidelines: str
    project: str
    task: int
    kind: str
    annotation: int | None
    by: str | None
    counts: bool
    skipped: bool
    created: str | None
    updated: str | None
    lead_time: float | None
    origins: dict[str, str]
    kept: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    added: int = 0


def line_of(
    alias: str,
    project: str,
    assigned: Task,
    task: TaskWork,
    work: Work,
    *,
    counts: bool,
) -> Line:
    """Return the line of an annotation or draft.

    Args:
        alias: the annotator's.
        project: its title.
        assigned: the task as it was handed out.
        task: the task as it is on the server.
        work: the annotation or draft.
        counts: whether the set is made from it.
    """
    before: dict[str, set[str]] = {}
    for prediction in task.predictions:
        before |= _answers(prediction.get("result"))
    judged = bool(before) and work.kind == "annotation" and not work.skipped
    now = _answers(work.results) if judged else {}
    same = {name for name in now if name in before and now[name] == before[name]}
    return Line(
        alias=alias,
        item=task.item_id,
        batch=assigned.batch,
        guidelines=assigned.guidelines,
        project=project,
        task=task.task_id,
        kind=work.kind,
        annotation=work.id,
        by=None if work.by is None else str(work.by),
        counts=counts,
        skipped=work.skipped,
        created=work.created,
        updated=work.updated,
        lead_time=work.lead_time,
        origins=dict(sorted(work.origins.items())),
        kept=tuple(sorted(same)),
        changed=tuple(sorted(set(now) & set(before) - same)) if judged else (),
        removed=tuple(sorted(set(before) - set(now))) if judged else (),
        added=len(set(now) - set(before)),
    )


def _answers(results: Any) -> dict[str, set[str]]:
    """Return what results say of each region: extent, labels, answers.

    The words beside an extent are left aside: Label Studio writes them as it likes.
    """
    found: dict[str, set[str]] = {}
    regions: set[str] = set()
    for result in results if isinstance(results, list) else ():
        if isinstance(result, Mapping) and isinstance(value := result.get("value"), Mapping):
            kind, name = result.get("type"), _repr(result.get("id"))
            told = value.get("text" if kind == "textarea" else str(kind))
            answer = [result.get("from_name"), value.get("start"), value.get("end"), told]
            found.setdefault(name, set()).add(_repr(answer))
            if kind == "labels":
                regions.add(name)
    return {name: answers for name, answers in found.items() if name in regions}


def _repr(value: Any) -> str:
    """Return a value as a text that can be written: also half a character, or a deep nest."""
    try:
        told = value if isinstance(value, str) else repr(value)
    except (RecursionError, ValueError):
        return "…"
    return told.encode("utf-8", "backslashreplace").decode()
