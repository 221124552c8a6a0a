"""A review's work from Label Studio into the file of decisions, and the set that it makes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from newspan.adjudication.adjudicate_set import finish
from newspan.adjudication.case import AdjudicateError, Case, open_case
from newspan.adjudication.derive_lines import Derived, derive_lines
from newspan.adjudication.fetch import Progress, fetch
from newspan.adjudication.marked import Marked, read_marked
from newspan.adjudication.merge_lines import Taken, merge_lines
from newspan.adjudication.push import layers_of
from newspan.adjudication.report import Report
from newspan.adjudication.review_state import (
    ReviewProject,
    ReviewState,
    read_review,
    readings_place,
)
from newspan.adjudication.review_tasks import opening, reasons
from newspan.adjudication.shown import Shown
from newspan.checks import in_order
from newspan.checks.extents import clip
from newspan.labelstudio.archive import ArchiveError, read_copy, read_pulls
from newspan.labelstudio.failures import ServerError
from newspan.labelstudio.people import read_people
from newspan.labelstudio.read import TaskWork, Work, read_tasks
from newspan.labelstudio.servers import URL_ENV, Servers
from newspan.problems import Place, Problem


class PulledReview(msgspec.Struct, frozen=True):
    """What a pull found: the submitted tasks of all that were pushed, and the adjudication.

    `problems` are those of the work itself; the adjudication's are its own.
    """

    submitted: int
    tasks: int
    problems: tuple[Problem, ...]
    report: Report

    def to_json(self) -> dict[str, Any]:
        """Return what was found as plain JSON."""
        return {
            "submitted": self.submitted,
            "tasks": self.tasks,
            "problems": [problem.to_json() for problem in self.problems],
            "adjudication": self.report.to_json(),
        }


def adjudicate_pull(
    corpus_dir: str | Path,
    into: str,
    *,
    again: bool = False,
    server: str | None = None,
    token: str | None = None,
    progress: Progress | None = None,
) -> PulledReview:
    """Bring what was decided in Label Studio to decisions.jsonl, and adjudicate with that.

    Snapshots are kept first: as received in private/, and with aliases in pulls/. The same work
    gives the same bytes; work that was changed since replaces what it gave before. What somebody
    decided in the file itself stays.

    Args:
        corpus_dir: the corpus.
        into: the set that is being made; `adjudicate_push` has asked.
        again: read what was pulled last, without any server.
        server: the server's address; else people.toml's, or the one that was pushed to.
        token: an access token; LABEL_STUDIO_API_KEY if not given.
        progress: called with what is being done, the steps done and all steps.

    Raises:
        AdjudicateError: when the corpus, the decisions or the state have errors, the server fails,
            or the disk is full.
        ValueError: when nothing was pushed, no server or token is named; as `adjudicate_sets`.
        OSError: when something can't be written.
    """
    root = Path(corpus_dir)
    state, shown, problems = read_review(root, into)
    people, others = read_people(root, into)
    if problems or others:
        raise AdjudicateError([*problems, *others])
    if state is None or not state.projects:
        raise ValueError(f"nothing was pushed for {into} yet: newspan adjudicate push comes first")
    case = open_case(root, state.sets, into, blocks_id=state.blocks)
    url = server or os.environ.get(URL_ENV) or state.projects[-1].server
    try:
        told: list[Problem] = []
        if not again:
            with Servers(people, url, token) as servers:
                told = fetch(case, state, people, servers, progress)
        pulls, faults = read_pulls(root, into)
        if faults:
            raise AdjudicateError(faults)
        puller = _Puller(case, state, shown, told)
        for project in state.projects:
            if project.name in pulls.pulls:
                puller.read(project, read_copy(root, into, pulls.pulls[project.name]))
    except (ServerError, ArchiveError) as error:
        raise AdjudicateError([error.problem]) from None
    report = finish(case, puller.lines)
    return PulledReview(puller.submitted, len(shown), tuple(in_order(puller.problems)), report)


class _Puller:
    """Reads projects one after the other into the lines of the file of decisions."""

    def __init__(
        self, case: Case, state: ReviewState, shown: Iterable[Shown], told: Iterable[Problem]
    ) -> None:
        self.case, self.lines, self.projects = case, case.lines, state.projects
        self.shown = {(each.project, each.item): each for each in shown}
        self.layers = layers_of(case)
        self.reasons = [code for code, _ in reasons()]
        self.problems = list(told)
        self.submitted = 0

    def read(self, project: ReviewProject, raw: list[Any]) -> None:
        """Take in what a project's tasks say."""
        file = f"annotation/campaigns/{self.case.into}/pulls/{project.name}.json"
        export = read_tasks(
            [_without_results(task) for task in raw],
            self.case.corpus,
            set_id=self.case.into,
            layers=self.layers,
            project=project.title,
            file=file,
            reasons=self.reasons,
        )
        self.problems += export.problems
        found = []
        for task in export.tasks:
            shown = self.shown.get((project.title, task.item_id))
            work = self._chosen(task, project, file)
            if work is None:
                continue
            if shown is None:
                message = (
                    f"{clip(project.title)}, task {task.task_id} (item {task.item_id}): "
                    "it does not say what the task shows"
                )
                place = readings_place(self.case.into)
                self.problems.append(Problem("campaign-state", place, message))
            else:
                taker = _Taker(self, project, shown, task, work, Place(file))
                taken = taker.take(_result(raw, work))
                found += [taken] if taken is not None else []
        self.submitted += len(found)
        titles = [each.title for each in self.projects]
        later = {*titles[titles.index(project.title) + 1 :]}
        asked_again = {item for title, item in self.shown if title in later}
        self.lines, problems = merge_lines(self.case, self.lines, project.title, found, asked_again)
        self.problems += problems

    def _chosen(self, task: TaskWork, project: ReviewProject, file: str) -> Work | None:
        """Return the annotation that counts: of several people's the one last updated."""
        found = [work for work in task.work if work.counts]
        if not found:
            return None
        last = max(found, key=lambda work: (work.updated or work.created or "", work.id or 0))
        for work in found:
            if work is not last:
                message = (
                    f"{clip(project.title)}, task {task.task_id} (item {task.item_id}): "
                    f"{work.by} has submitted it too; what {last.by} did last counts"
                )
                place = Place(file, pointer=work.pointer)
                self.problems.append(Problem("annotation-repeated", place, message))
        return last


def _without_results(task: Any) -> Any:
    """Return a task whose annotations are to be read against what was shown, not by themselves."""
    if not isinstance(task, dict):
        return task
    found = dict(task)
    for kind in ("annotations", "drafts"):
        if isinstance(task.get(kind), list):
            found[kind] = [
                {**each, "result": []}
                if isinstance(each, dict) and isinstance(each.get("result"), list)
                else each
                for each in task[kind]
            ]
    return found


def _result(raw: list[Any], work: Work) -> list[Any]:
    _, task, kind, number = work.pointer.split("/")
    found = raw[int(task)][kind][int(number)].get("result")
    return found if isinstance(found, list) else []


class _Taker:
    """Takes in one submitted task."""

    def __init__(
        self,
        puller: _Puller,
        project: ReviewProject,
        shown: Shown,
        task: TaskWork,
        work: Work,
        file: Place,
    ) -> None:
        self.puller, self.project, self.shown = puller, project, shown
        self.task, self.work, self.place = task, work, file.at(work.pointer)

    def take(self, results: list[Any]) -> Taken | None:
        """Return what the task comes to; None, with a problem, where that can't be told."""
        puller, case = self.puller, self.puller.case
        marked = read_marked(
            self.shown,
            results,
            case.corpus,
            set_id=case.into,
            layers=puller.layers,
            reasons=puller.reasons,
        )
        by = self._by()
        if by is None or not self._is_of_opening(marked):
            return None
        for fault in marked.faults:
            at = "" if fault.index is None else f"/result/{fault.index}"
            region = "" if fault.region is None else f"region {clip(fault.region)}: "
            self._tell(fault.id, at, region + fault.message, fault.start, fault.end)
        for span in marked.loose:
            at = f"/result/{marked.places[span.id]}"
            message = f"region {clip(marked.regions[span.id])}: the {span.role} is tied to nothing"
            self._tell("orphan-role", at, message, span.start, span.end)
        coverage = case.comparison.coverage
        derived = derive_lines(marked, case.corpus, by, self.project.title, coverage)
        self._tell_derived(marked, derived)
        faulty = bool(marked.faults or derived.faulty or marked.loose)
        return Taken(self.shown, derived, by, self.place, self._told(), faulty)

    def _told(self) -> str:
        title = clip(self.project.title)
        return f"{title}, task {self.task.task_id} (item {self.task.item_id})"

    def _tell(
        self,
        problem: str,
        pointer: str,
        message: str,
        start: int | None = None,
        end: int | None = None,
    ) -> None:
        place = self.place.at(pointer, start, end)
        self.puller.problems.append(Problem(problem, place, f"{self._told()}: {message}"))

    def _by(self) -> dict[str, Any] | None:
        """Return who decided: who changed the annotation last."""
        name = self.work.updated_by or self.work.by
        if isinstance(name, str) and self.project.by in name.split("+"):
            name = self.project.by  # one user under two aliases
        if not isinstance(name, str) or name == "unknown" or "+" in name:
            message = f"who submitted it is {name}; name everybody in private/people.toml"
            self._tell("annotator-unknown", "", message)
            return None
        return {"kind": "person", "name": name}

    def _is_of_opening(self, marked: Marked) -> bool:
        """Tell whether the annotation was made from the prediction that opens by itself.

        What is not in it was deleted only then.
        """
        made_from = [e for e in self.task.predictions if e.get("id") == self.work.parent_prediction]
        base = made_from[0].get("model_version") if made_from else None
        wanted = opening(self.puller.case)
        shown = {marked.shown.region_of(record.id) for record in marked.shown.records}
        if base == wanted or (base is None and (shown & marked.there or not shown)):
            return True
        made = "from nothing" if base is None else f"from {base!r}"
        message = f"it was made {made}, not from {wanted!r}, so nothing can be told from it"
        self._tell("review-basis", "", message)
        return False

    def _tell_derived(self, marked: Marked, derived: Derived) -> None:
        for each in derived.objections:
            index = marked.places.get(each.record)
            at = "" if index is None else f"/result/{index}"
            message = f"region {clip(marked.region(each.record))}: {each.message}"
            self._tell(each.id, at, message, each.start, each.end)
        conflicts = {each.id: each for each in marked.shown.conflicts}
        for name, regions in derived.undecided.items():
            words = {marked.region(n): marked.words_of(n) for n in conflicts[name].units}
            listed = ", ".join(
                f"{clip(words[each])} (region {each})" for each in dict.fromkeys(regions)
            )
            message = f"the conflict {name} in {conflicts[name].layer} lacks a verdict on {listed}"
            self._tell("verdict-missing", "", message)
