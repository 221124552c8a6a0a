"""An annotator's project into a set: what counts, what doesn't, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from newspan.campaign.kept_tasks import ALTERED, GONE, kept_in
from newspan.campaign.plan import Campaign
from newspan.campaign.shown import without
from newspan.campaign.work import Line, line_of
from newspan.checks.sets import check_set
from newspan.corpus import AnnotationSet
from newspan.corpus.write import placed_in
from newspan.labelstudio.read import TaskWork, Work, read_export
from newspan.labelstudio.snapshot import UNKNOWN
from newspan.model import AnyRecord, Coverage, Producer, SetInfo
from newspan.problems import Place, Problem


class Made(msgspec.Struct, frozen=True, dict=True):
    """What an annotator's project gives: a set, lines for work.jsonl, and problems."""

    alias: str
    info: SetInfo
    records: dict[str, tuple[AnyRecord, ...]]
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]

    @property
    def annotations(self) -> AnnotationSet:
        """Return the set."""
        return AnnotationSet(self.info, placed_in(self.info.id, self.records))

    @property
    def submitted(self) -> frozenset[str]:
        """Return the items that the set covers."""
        return frozenset(coverage.item for coverage in self.info.coverage)


def convert(campaign: Campaign, alias: str, copy: bytes) -> Made:
    """Return what an annotator's project gives.

    Args:
        campaign: the campaign.
        alias: the annotator's.
        copy: the project's snapshot as JSON, with aliases instead of people.
    """
    settings = campaign.settings
    set_id = settings.set_id(alias)
    file = f"annotation/campaigns/{campaign.name}/pulls/{alias}.json"
    read = read_export(
        copy,
        campaign.corpus,
        set_id=set_id,
        layers=settings.layers,
        project=settings.title(alias),
        file=file,
    )
    there = {task.item_id for task in read.tasks}
    sorting = _Sorting(campaign, alias, Place(file), there, dict(kept_in(copy)))
    for work in read.tasks:
        sorting.add(work)
    sorting.finish()
    head = _head(campaign, alias, sorting.lines)
    records, faults = _sound(campaign, head, sorting)
    told = (problem for problem in read.problems if not sorting.is_unfinished(problem))
    problems = (*told, *sorting.problems, *faults)
    return Made(alias, head, records, tuple(sorting.lines), tuple(dict.fromkeys(problems)))


class _Sorting:
    """Goes through a project's tasks and keeps what is the annotator's own, submitted work."""

    def __init__(
        self, campaign: Campaign, alias: str, place: Place, there: set[str], kept: dict[str, str]
    ) -> None:
        self.campaign = campaign
        self.alias = alias
        self.title = f"“{campaign.settings.title(alias)}”"
        self.place = place
        self.problems: list[Problem] = []
        self.lines: list[Line] = []
        self.taken: dict[str, Work] = {}
        self.task_ids: dict[str, int] = {}
        self._assigned = {task.item: task for task in campaign.state.tasks_of(alias)}
        self._strangers: list[Problem] = []
        self._unfinished: list[str] = []
        self._there, self._kept = there, kept

    def add(self, task: TaskWork) -> None:
        """Take in what a task holds."""
        assigned = self._assigned.get(task.item_id)
        if assigned is None:
            message = "the campaign did not give it to this annotator"
            self.problems.append(self._problem("task-foreign", task, None, message))
            return
        mine = [work for work in task.work if self._is_mine(work, task)]
        completed = [w for w in mine if w.kind == "annotation" and not w.skipped]
        used = next((work for work in completed if work.counts), None)
        if used is not None:
            self.taken[task.item_id] = used
            self.task_ids[task.item_id] = task.task_id
        if mine and assigned.handed_to is not None:
            message = f"{assigned.handed_to} had got it; the work is kept as {self.alias}'s"
            self.problems.append(self._problem("late-work", task, mine[-1], message))
        self._unfinished += [
            f"{work.pointer}/" for work in task.work if work.kind == "draft" or work.skipped
        ]
        for work in task.work:
            project = self.campaign.settings.title(self.alias)
            line = line_of(self.alias, project, assigned, task, work, counts=work is used)
            self.lines.append(line)

    def finish(self) -> None:
        """Tell what is to be told of the project as a whole."""
        if self._strangers and not self.taken:
            number = len(self._strangers)
            message = (
                f"{self.title}: {number} annotations or drafts, and none by somebody who is known "
                f"to be {self.alias}: private/people.toml must name the mail address"
            )
            self.problems.append(Problem("foreign-work", self.place, message))
        else:
            self.problems += self._strangers
        for item, task in self._assigned.items():
            if item not in self._there and task.handed_to is None:
                message = f"{self.title} has no task with the item {item} any more"
                self.problems.append(Problem("task-missing", self.place, message))
            elif self._kept.get(item) == GONE and task.handed_to is None:
                message = f"{self.title} has no task with the item {item} any more; its work stays"
                self.problems.append(Problem("task-missing", self.place, message))
            elif self._kept.get(item) == ALTERED:
                message = (
                    f"{self.title}: the text of {item} was altered on the server; what was done "
                    "before stays, what is done since is left out"
                )
                self.problems.append(Problem("task-text-changed", self.place, message))

    def is_unfinished(self, problem: Problem) -> bool:
        """Tell whether a problem lies in a draft, or in what was skipped: no set is made of it."""
        return problem.place.pointer.startswith(tuple(self._unfinished))

    def _is_mine(self, work: Work, task: TaskWork) -> bool:
        kind = "draft" if work.kind == "draft" else f"annotation {work.id}"
        by = None if work.by is None else str(work.by)
        if by != self.alias:
            if by is not None and self.alias in by.split("+"):
                message = f"one user worked as {' and as '.join(by.split('+'))}"
                problem = Problem("user-shared", self.place, f"{self.title}: {message}")
                if problem not in self.problems:
                    self.problems.append(problem)
                return False
            who = "somebody unknown" if by in (None, UNKNOWN) else by
            message = f"{kind} is by {who}"
            self._strangers.append(self._problem("foreign-work", task, work, message))
            return False
        if work.updated_by is not None and str(work.updated_by) != self.alias:
            who = "somebody unknown" if work.updated_by == UNKNOWN else str(work.updated_by)
            message = f"{kind} was changed by {who}, so it is left out"
            self.problems.append(self._problem("foreign-work", task, work, message))
            return False
        return True

    def _problem(self, name: str, task: TaskWork, work: Work | None, message: str) -> Problem:
        told = f"{self.title}, task {task.task_id} (item {task.item_id}): {message}"
        return Problem(name, self.place.at(work.pointer if work else ""), told)


def _head(campaign: Campaign, alias: str, lines: Sequence[Line]) -> SetInfo:
    settings = campaign.settings
    counted = [line for line in lines if line.counts]
    who = next(each for each in settings.annotators if each.alias == alias)
    producer = Producer("person", alias)
    if who.model is not None:
        producer = Producer("language_model", who.model, note=f"As {alias} in the campaign.")
    told = [f"Pulled from the campaign {settings.name}."]
    versions = Counter(line.guidelines for line in counted)
    if len(versions) > 1:
        parts = (f"{version} ({number} items)" for version, number in sorted(versions.items()))
        told.append(f"Annotated under the guidelines {', '.join(parts)}.")
    if any(line.kept or line.changed or line.removed for line in counted):
        told.append(_started_from(campaign))
    order = {item: number for number, item in enumerate(campaign.corpus.items)}
    items = sorted({line.item for line in counted}, key=lambda item: order.get(item, 0))
    days = [day[:10] for line in counted if (day := line.updated or line.created)]
    return SetInfo(
        id=settings.set_id(alias),
        producer=producer,
        created=max(days, default="1970-01-01"),
        labels_sha256=campaign.corpus.labels.sha256,
        guidelines_version=next(iter(versions)) if len(versions) == 1 else None,
        coverage=tuple(Coverage(item, settings.layers, settings.zones) for item in items),
        description=" ".join(told),
    )


def _started_from(campaign: Campaign) -> str:
    """Name the set that annotators started from, and who made it: the set itself may be gone."""
    name = campaign.settings.preannotate or ""
    shown = campaign.corpus.sets.get(name)
    if shown is None:
        return f"Pre-annotated with the set {name}."
    told = f"Pre-annotated with the set {name}, by {shown.info.producer.name}"
    return f"{told}: {shown.info.description}" if shown.info.description else f"{told}."


def _sound(
    campaign: Campaign, head: SetInfo, sorting: _Sorting
) -> tuple[dict[str, tuple[AnyRecord, ...]], list[Problem]]:
    """Return the records that `check` finds no errors in, and the problems of the others."""
    found = {
        item: tuple(map(_as_theirs, work.records))
        for item, work in sorting.taken.items()
        if work.records
    }
    problems: list[Problem] = []
    while True:
        made = AnnotationSet(head, placed_in(head.id, found))
        at = {placed.place: placed for placed in made.records}
        bad: set[str] = set()
        for problem in check_set(made, campaign.corpus):
            placed = at.get(Place(problem.place.file, problem.place.line))
            if problem.severity != "error" or placed is None:
                continue
            bad.add(placed.record.id)
            problems.append(_at_region(problem, placed.record.id, placed.item_id, sorting))
        if not bad:
            return found, problems
        found = {item: without(records, bad) for item, records in found.items()}
        found = {item: records for item, records in found.items() if records}


def _as_theirs(record: AnyRecord) -> AnyRecord:
    """Return a record without who has verified it: that was said of the set it was shown from."""
    if record.human_verified or record.decision is not None:
        return msgspec.structs.replace(record, human_verified=False, decision=None)
    return record


def _at_region(problem: Problem, record: str, item: str, sorting: _Sorting) -> Problem:
    region = sorting.taken[item].regions.get(record, record)
    task = sorting.task_ids[item]
    told = f"{sorting.title}, task {task} (item {item}): region “{region}”: {problem.message}"
    start, end = problem.place.start, problem.place.end
    place = sorting.place.at(sorting.taken[item].pointer, start, end)
    return Problem(problem.id, place, told)
