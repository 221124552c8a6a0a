"""What an export holds, task by task, and what of it counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from newspan.labelstudio.results import Given
from newspan.model import AnyRecord, Link
from newspan.problems import Problem


class Work(msgspec.Struct, frozen=True):
    """One annotation or draft of a task.

    `by` and `updated_by` are user ids, or whatever stands for them in the export; `lead_time` is in
    seconds; `created` and `updated` are as Label Studio writes them. `origins` says of each record
    whether it is manual, a prediction or a prediction-changed; `regions` has the region of each
    record, `choices` a review's answers by region; `away` are the links that lead to a claim of
    another item, by id; `given` is the results. Of the finished annotations of one person on one
    item, the one last updated counts (`counts`); skipped ones, drafts, and those whose results
    can't be read (`readable`) never do.
    """

    kind: str
    id: int | None
    by: int | str | None
    updated_by: int | str | None
    skipped: bool
    lead_time: float | None
    created: str | None
    updated: str | None
    parent_prediction: int | None
    records: tuple[AnyRecord, ...]
    origins: dict[str, str]
    regions: dict[str, str]
    choices: dict[str, dict[str, str]]
    pointer: str
    away: dict[str, Link] = {}
    given: Given = Given([])
    readable: bool = True
    counts: bool = False

    @property
    def results(self) -> list[Any]:
        """Return the results as they stand in the export; decoded anew each time."""
        found = self.given.read()
        return found if isinstance(found, list) else []


class TaskWork(msgspec.Struct, frozen=True):
    """What an export holds of one task; its predictions as they stand there, in `given`."""

    item_id: str
    task_id: int
    work: tuple[Work, ...]
    given: Given

    @property
    def predictions(self) -> tuple[dict[str, Any], ...]:
        """Return the predictions that are written out; plain exports have their ids only."""
        return tuple(each for each in self.given.read() or () if isinstance(each, dict))


class Export(msgspec.Struct, frozen=True):
    """What an export holds, and what is wrong with it."""

    tasks: tuple[TaskWork, ...]
    problems: tuple[Problem, ...]


class Told(msgspec.Struct, frozen=True):
    """Something wrong with one annotation among others, to be made a problem."""

    id: str
    task: TaskWork
    work: Work
    message: str


def without_dangling(tasks: list[TaskWork]) -> tuple[list[TaskWork], list[Told]]:
    """Return the tasks without links to claims of other items that are not in the export.

    Such a link must lead to a claim of the same person.
    """
    if not any(work.away for task in tasks for work in task.work):
        return tasks, []
    whole: dict[int | str | None, set[str]] = {}
    for work in (work for task in tasks for work in task.work):
        whole.setdefault(work.by, set()).update(record.id for record in work.records)
    told: list[Told] = []
    tied = []
    for task in tasks:
        changed = []
        for work in task.work:
            gone = {own for own, link in work.away.items() if link.to_id not in whole[work.by]}
            for own in sorted(gone):
                message = f"the link {own} leads to a claim that is not in the export"
                told.append(Told("unknown-reference", task, work, message))
            kept = tuple(each for each in work.records if each.id not in gone)
            changed.append(msgspec.structs.replace(work, records=kept) if gone else work)
        tied.append(msgspec.structs.replace(task, work=tuple(changed)))
    return tied, told


def leading_away(records: Sequence[AnyRecord]) -> dict[str, Link]:
    """Return the links from a claim of these records to one that is not among them, by id."""
    links = [record for record in records if isinstance(record, Link)]
    if not links:
        return {}
    own = {record.id for record in records}
    return {each.id: each for each in links if each.from_id in own and each.to_id not in own}


def with_counts(tasks: list[TaskWork]) -> tuple[list[TaskWork], list[Told]]:
    """Return the tasks with what counts marked: one annotation per item and person.

    What somebody else changed last is theirs as well: it does not stand for the person's own.
    """

    def key(task: TaskWork, work: Work) -> tuple[str, object, object]:
        return (task.item_id, work.by, work.by if work.updated_by is None else work.updated_by)

    latest: dict[tuple[str, object, object], Work] = {}
    for task, work in _finished(tasks):
        before = latest.get(key(task, work))
        if before is None or _age(before) <= _age(work):
            latest[key(task, work)] = work
    told = []
    for task, work in _finished(tasks):
        counting = latest[key(task, work)]
        if counting is not work:
            message = f"annotation {counting.id} of the same person is newer and counts"
            told.append(Told("annotation-repeated", task, work, message))
    chosen = {id(work) for work in latest.values()}

    def marked(work: Work) -> Work:
        return msgspec.structs.replace(work, counts=True) if id(work) in chosen else work

    return [
        msgspec.structs.replace(task, work=tuple(map(marked, task.work))) for task in tasks
    ], told


def _finished(tasks: list[TaskWork]) -> Iterator[tuple[TaskWork, Work]]:
    for task in tasks:
        for work in task.work:
            if work.kind == "annotation" and not work.skipped and work.readable:
                yield task, work


def _age(work: Work) -> tuple[str, int]:
    return (work.updated or work.created or "", work.id or 0)
