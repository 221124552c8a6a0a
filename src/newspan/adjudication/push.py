"""A review to Label Studio: what is to be decided, in a project of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from newspan.adjudication.case import AdjudicateError, Case, open_case
from newspan.adjudication.conflicts import Conflict
from newspan.adjudication.review_state import (
    ReviewProject,
    ReviewState,
    read_review,
    state_place,
    write_review,
)
from newspan.adjudication.review_tasks import opening, reasons, review_task
from newspan.adjudication.reviewed import digest, verified
from newspan.adjudication.shown import Shown, show
from newspan.checks import in_order
from newspan.labelstudio.archive import ArchiveError, told_when_full
from newspan.labelstudio.config import label_config
from newspan.labelstudio.failures import ServerError
from newspan.labelstudio.instruction import instruction
from newspan.labelstudio.names import LAYERS
from newspan.labelstudio.people import ALIAS, private, read_people, write_template
from newspan.labelstudio.send import send
from newspan.labelstudio.server import Project, Server
from newspan.labelstudio.servers import URL_ENV, Servers
from newspan.problems import Place, Problem

TITLE = "newspan adjudication {}"


class Pushed(msgspec.Struct, frozen=True):
    """What a push did.

    `asked` counts the conflicts, or of one set the items, that are to be decided and are on the
    server; `sent` the tasks that this push added. `project` is None where nothing is to be asked.
    """

    project: ReviewProject | None
    tasks: int
    sent: int
    asked: int
    problems: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what was done as plain JSON."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return {**data, "problems": [problem.to_json() for problem in self.problems]}


def adjudicate_push(
    corpus_dir: str | Path,
    set_ids: Sequence[str],
    into: str,
    *,
    by: str,
    server: str | None = None,
    token: str | None = None,
    blocks_id: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Pushed:
    """Bring what is to be decided between sets, or to be reviewed in one, to Label Studio.

    Each item with an open conflict is a task; of one set, each item that nobody has reviewed. The
    passes are predictions under neutral names. What was asked before isn't asked again, so that the
    same call goes on where another was interrupted.

    Args:
        corpus_dir: the corpus.
        set_ids: the sets to compare, or one to review.
        into: id of the set to write in the end.
        by: the alias of who decides.
        server: the address of Label Studio; else people.toml's for the alias, or LABEL_STUDIO_URL.
        token: an access token; LABEL_STUDIO_API_KEY if not given.
        blocks_id: the set with the duplicate blocks, as for `adjudicate_sets`.
        progress: called with the tasks done and all tasks.

    Raises:
        AdjudicateError: when the corpus, the decisions or the state have errors, the server fails,
            or the disk is full.
        ValueError: as `adjudicate_sets`; when `by` is no alias; when no server or token is named.
    """
    root = Path(corpus_dir)
    if not ALIAS.fullmatch(by):
        raise ValueError(f"{by!r} is no alias: small letters, digits, - and _, at most 40 of them")
    base = TITLE.format(into)
    if len(base) > 46:  # Label Studio takes 50, and a second project has a number
        raise ValueError(f"{into} is too long for the title of a project; choose a shorter id")
    case = open_case(root, set_ids, into, blocks_id=blocks_id)
    state, before, problems = read_review(root, into)
    people, others = read_people(root, into)
    if problems or others:
        raise AdjudicateError([*problems, *others])
    sets = tuple(each.info.id for each in case.sets)
    if state is not None and state.sets != sets:
        raise ValueError(f"{into} is being made of {', '.join(state.sets)}; choose another id")
    state = state or ReviewState(sets)
    state = msgspec.structs.replace(state, blocks=blocks_id)
    url = server or os.environ.get(URL_ENV) or next((p.server for p in state.projects), None)
    try:
        with Servers(people, url, token) as servers:
            return _Pusher(case, state, list(before), by, servers, progress).push()
    except (ServerError, ArchiveError) as error:
        raise AdjudicateError([error.problem]) from None


def layers_of(case: Case) -> tuple[str, ...]:
    """Return the layers that there is something to decide in."""
    looked = {layer for each in case.comparison.coverage for layer in each.layers}
    return tuple(layer for layer in LAYERS if layer in looked)


class _Pusher:
    def __init__(
        self,
        case: Case,
        state: ReviewState,
        before: list[Shown],
        by: str,
        servers: Servers,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.case, self.state, self.shown = case, state, before
        self.by, self.servers, self.progress = by, servers, progress
        self.layers = layers_of(case)
        self.layout = case.laid_out()
        self.settled = case.settled(self.layout)
        if self.settled.problems:
            raise AdjudicateError(in_order(self.settled.problems))

    def push(self) -> Pushed:
        """Ask what is fresh, and bring what was asked to the server if it isn't there."""
        fresh = self._fresh()
        mine = [each for each in self.state.projects if each.by == self.by]
        if not fresh and not mine:
            return Pushed(None, 0, 0, 0, ())
        server = self.servers.of(self.by)
        url = self.servers.url_of(self.by)
        if any(each.server != url for each in mine):
            raise ValueError(f"{self.by}'s project is on {mine[0].server}, not on {url}")
        in_work = {each.title for each in mine if self._withdrawn(server, each, fresh)}
        current = next((each for each in reversed(mine) if each.title not in in_work), None)
        # Somebody has worked on what has changed since: the new is asked apart from it.
        current = self._project(server, url, current)
        self.shown += [msgspec.structs.replace(each, project=current.title) for each in fresh]
        write_review(self.case.root, self.case.into, self.state, tuple(self.shown))
        return self._send(server, current)

    def _fresh(self) -> list[Shown]:
        """Return the items in which something is to be asked that was not asked before."""
        if self.case.is_review:
            return self._unread()
        asked = {each.id for shown in self.shown for each in shown.conflicts}
        open_: dict[str, list[Conflict]] = {}
        for conflict in self.case.comparison.conflicts:
            if conflict.id in self.layout.open:
                open_.setdefault(conflict.item, []).append(conflict)
        return [
            show(self.case, self.settled, item, conflicts)
            for item, conflicts in open_.items()
            if any(conflict.id not in asked for conflict in conflicts)
        ]

    def _unread(self) -> list[Shown]:
        """Return the items of a set whose review is not on file, nor asked as they are."""
        corpus, records = self.case.corpus, self.settled.records
        read, _ = verified(records, self.layout.reviews, corpus)
        asked = {(each.item, digest(each.item, each.records, corpus)) for each in self.shown}
        items = dict.fromkeys(each.item for each in self.case.comparison.coverage)
        return [
            show(self.case, self.settled, item, ())
            for item in items
            if item not in read and (item, digest(item, records.get(item, ()), corpus)) not in asked
        ]

    def _withdrawn(self, server: Server, project: ReviewProject, fresh: list[Shown]) -> bool:
        """Take back what is asked anew and nobody has touched; tell whether somebody has."""
        again = {each.item for each in fresh}
        asked = {each.item for each in self.shown if each.project == project.title} & again
        if not asked:
            return False
        touched = False
        for held in server.held(project.id):
            if held.item_id in asked and (held.touched or held.annotations):
                touched = True
                asked.discard(held.item_id)
            elif held.item_id in asked:
                server.delete_task(held.task_id)
        self.shown = [
            each for each in self.shown if each.project != project.title or each.item not in asked
        ]
        return touched

    def _project(self, server: Server, url: str, known: ReviewProject | None) -> ReviewProject:
        """Return the project to ask in, made if it isn't there, with its interface up to date."""
        codes = reasons()
        config = label_config(
            self.case.corpus.labels,
            self.case.corpus.targets,
            self.layers,
            review=True,
            reasons=codes,
        )
        if known is not None:
            there = server.project(known.id)
            if there.label_config.replace("\r\n", "\n").strip() != config.strip():
                server.update(known.id, label_config=config)
            return known
        number = len(self.state.projects) + 1
        name = f"{self.by}-{number}" if number > 1 else self.by
        title = TITLE.format(self.case.into) + (f" {number}" if number > 1 else "")
        description = f"newspan adjudication {name} of {self.case.corpus.info.name}"
        made = self._found(server, title, description, url) or server.create(
            title,
            description=description,
            label_config=config,
            instruction=self._instruction(),
            predictions=True,
            model_version=opening(self.case),
        )
        project = ReviewProject(name, title, url, made.id, self.by)
        projects = (*self.state.projects, project)
        self.state = msgspec.structs.replace(self.state, projects=projects)
        return project

    def _found(self, server: Server, title: str, description: str, url: str) -> Project | None:
        """Return a project that was made before the state could be written, if there is one.

        One with tasks is none: what they show would not be known.
        """
        found = server.find(title)
        ours = [each for each in found if each.description == description and not each.tasks]
        if found and len(ours) != 1:
            state = state_place(self.case.into).file
            message = f"there is a project {title!r} already, of which {state} knows nothing"
            raise AdjudicateError([Problem("project-ambiguous", Place(url), message)])
        return ours[0] if ours else None

    def _instruction(self) -> str:
        path = self.case.root / "annotation" / "guidelines.md"
        how = HOW_TO_REVIEW if self.case.is_review else HOW_TO_DECIDE
        guidelines = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        return how + instruction(guidelines)

    def _send(self, server: Server, project: ReviewProject) -> Pushed:
        into = self.case.into
        own = [each for each in self.shown if each.project == project.title]
        there = [each for each in own if each.item in self.case.corpus.items]
        tasks = [review_task(self.case, each, self.layers) for each in there]
        write_template(self.case.root, into, [self.by])
        journals = private(self.case.root, into) / "journal"
        with told_when_full(journals):
            journals.mkdir(exist_ok=True)
        sent = send(
            server,
            project.id,
            tasks,
            journal=journals / f"{project.name}.json",
            progress=self.progress,
        )
        asked = len(own) if self.case.is_review else sum(len(each.conflicts) for each in own)
        return Pushed(project, len(tasks), sent.sent, asked, sent.problems)


#: What is shown before the guidelines; instruction() styles it.
HOW_TO_DECIDE = """\
<p><b>What to decide.</b> The task opens with all readings side by side. What has the verdict
<i>take</i> already is what the readings agree on. What they differ in heads the list of regions,
and the task's column <i>to_decide</i> counts it. Give it a verdict: <i>take</i> or <i>reject</i>,
with a reason. What you take replaces the readings of the same place that you leave
without a verdict. You can also change a region, which takes it as changed, delete one, which
rejects it, or draw another. An attribution's verdict stands on its cue, or its free quote. An arrow
has none: <i>take</i> on the claim that it starts from says that its arrows are right; delete one
that is not. A place where you do nothing stays open.</p>
"""
HOW_TO_REVIEW = """\
<p><b>What to review.</b> Read the whole text. Correct what is wrong: change a region, draw what is
missing, delete what should not be there, or give it the verdict <i>reject</i> with a reason. By
submitting you say that you have read all of it, and that what is left is right.</p>
"""
