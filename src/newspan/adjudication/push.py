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
    config_changed,
    config_place,
    config_sha256,
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
from newspan.labelstudio.people import ALIAS, RESERVED, private, read_people, write_template
from newspan.labelstudio.send import Sent, send
from newspan.labelstudio.server import Project, Server
from newspan.labelstudio.servers import URL_ENV, Servers
from newspan.problems import Place, Problem
from newspan.whole import whole_file

TITLE = "newspan adjudication {}"


class Pushed(msgspec.Struct, frozen=True):
    """What a push did.

    `asked` counts the conflicts, or of one set the items, that are to be decided and are on the
    server; `sent` the tasks that this push added. `project` is None where nothing is to be asked.
    `unseen` counts conflicts on links between items, which are decided in the file alone.
    """

    project: ReviewProject | None
    tasks: int
    sent: int
    asked: int
    problems: tuple[Problem, ...]
    unseen: int = 0

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
    if not ALIAS.fullmatch(by) or by in RESERVED:
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
        self.config = label_config(
            case.corpus.labels,
            case.corpus.targets,
            self.layers,
            review=True,
            reasons=reasons(),
            decide=not case.is_review,
        )
        if self.settled.problems:
            raise AdjudicateError(in_order(self.settled.problems))

    def push(self) -> Pushed:
        """Ask what is fresh, and bring what was asked to the server if it isn't there."""
        fresh = self._fresh()
        mine = [each for each in self.state.projects if each.by == self.by]
        if not fresh and not mine:
            return Pushed(None, 0, 0, 0, (), self._unseen())
        tasks = {each.item: review_task(self.case, each, self.layers) for each in fresh}
        server = self.servers.of(self.by)
        url = self.servers.url_of(self.by)
        if any(each.server != url for each in mine):
            raise ValueError(f"{self.by}'s project is on {mine[0].server}, not on {url}")
        last = self._up_to_date(server, mine[-1]) if mine else None
        in_work = {each.title for each in mine if self._withdrawn(server, each, fresh)}
        # Somebody has worked on what has changed since: the new is asked apart from it, and behind
        # everything that was asked of the item before.
        if last is not None and (last.title in in_work or self._is_asked_after(last, fresh)):
            last = None
        current = last or self._made(server, url)
        self.shown += [msgspec.structs.replace(each, project=current.title) for each in fresh]
        root, into = self.case.root, self.case.into
        _write(root / config_place(into).file, self.config)
        write_review(root, into, self.state, tuple(self.shown))
        # What an interrupted push left to be sent may be of an earlier project.
        earlier = [each for each in mine if each.title != current.title]
        sent = [self._send(server, each, {}) for each in earlier]
        sent.append(self._send(server, current, tasks))
        return Pushed(
            current,
            sum(number for number, _ in sent),
            sum(each.sent for _, each in sent),
            self._asked(),
            tuple(problem for _, each in sent for problem in each.problems),
            self._unseen(),
        )

    def _asked(self) -> int:
        """Count what is to be decided, or reviewed, in the projects of who decides."""
        titles = {each.title for each in self.state.projects if each.by == self.by}
        mine = [each for each in self.shown if each.project in titles]
        if not self.case.is_review:
            return len(self.layout.open.keys() & {one.id for s in mine for one in s.conflicts})
        read, _ = verified(self.settled.records, self.layout.reviews, self.case.corpus)
        return len({each.item for each in mine} - read.keys())

    def _fresh(self) -> list[Shown]:
        """Return the items in which something is to be asked that was not asked before."""
        if self.case.is_review:
            return self._unread()
        asked = {each.id for shown in self.shown for each in shown.conflicts}
        open_: dict[str, list[Conflict]] = {}
        for conflict in self.case.comparison.conflicts:
            if conflict.id in self.layout.open:
                open_.setdefault(conflict.item, []).append(conflict)
        shown = [
            show(self.case, self.settled, item, conflicts)
            for item, conflicts in open_.items()
            if any(conflict.id not in asked for conflict in conflicts)
        ]
        return [each for each in shown if any(one.id not in asked for one in each.conflicts)]

    def _unseen(self) -> int:
        asked = {each.id for shown in self.shown for each in shown.conflicts}
        return len(self.layout.open.keys() - asked)

    def _is_asked_after(self, project: ReviewProject, fresh: list[Shown]) -> bool:
        """Tell whether some of what is fresh was asked before in a later project."""
        titles = [each.title for each in self.state.projects]
        later = titles[titles.index(project.title) + 1 :]
        asked = {each.item for each in self.shown if each.project in later}
        return not asked.isdisjoint(each.item for each in fresh)

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
        in_work = set()
        # The last first, so that asking once more about one has few others to read.
        for held in reversed(server.held(project.id)):
            if held.item_id in asked:
                # Somebody may have begun since: only what is untouched right now is deleted.
                now = next(iter(server.held(project.id, after=held.task_id - 1)), None)
                if now is None or now.task_id != held.task_id:
                    continue
                if now.touched or now.annotations:
                    in_work.add(now.item_id)
                else:
                    server.delete_task(now.task_id)
        self.shown = [
            each
            for each in self.shown
            if each.project != project.title or each.item not in asked - in_work
        ]
        return bool(in_work)

    def _up_to_date(self, server: Server, project: ReviewProject) -> ReviewProject:
        """Return a project after bringing its interface up to date, unless somebody changed it."""
        pushed = config_sha256(self.config)
        there = config_sha256(server.project(project.id).label_config)
        if there not in (pushed, project.config_sha256):
            raise AdjudicateError([config_changed(self.case.into, project)])
        if there != pushed:
            server.update(project.id, label_config=self.config)
        new = msgspec.structs.replace(project, config_sha256=pushed)
        projects = tuple(new if each == project else each for each in self.state.projects)
        self.state = msgspec.structs.replace(self.state, projects=projects)
        return new

    def _made(self, server: Server, url: str) -> ReviewProject:
        """Return a new project to ask in."""
        number = len(self.state.projects) + 1
        name = f"{self.by}.{number}" if number > 1 else self.by
        title = TITLE.format(self.case.into) + (f" {number}" if number > 1 else "")
        description = f"newspan adjudication {name} of {self.case.corpus.info.name}"
        made = self._found(server, title, description, url) or server.create(
            title,
            description=description,
            label_config=self.config,
            instruction=self._instruction(),
            predictions=True,
            model_version=opening(self.case),
        )
        project = ReviewProject(name, title, url, made.id, self.by, config_sha256(self.config))
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
        return instruction(guidelines, first=how)

    def _send(
        self, server: Server, project: ReviewProject, made: dict[str, dict[str, Any]]
    ) -> tuple[int, Sent]:
        into = self.case.into
        own = [each for each in self.shown if each.project == project.title]
        there = [each for each in own if each.item in self.case.corpus.items]
        tasks = [made.get(each.item) or review_task(self.case, each, self.layers) for each in there]
        write_template(self.case.root, into, [self.by])
        journals = private(self.case.root, into) / "journal"
        with told_when_full(journals):
            journals.mkdir(exist_ok=True)
        journal = journals / f"{project.name}.json"
        sent = send(server, project.id, tasks, journal=journal, progress=self.progress)
        return len(tasks), sent


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_bytes() != text.encode():
        with told_when_full(path), whole_file(path, text):
            pass


#: What is shown before the rest of the instruction, as Markdown.
HOW_TO_DECIDE = """\
**What to decide.** The task opens with all readings side by side. What they agree on has the
verdict *take* already. What is open comes first in the list *Regions*; the panel beside the text,
and the column *to_decide* in the list of tasks, say how much that is.

1. Click on what is open, in *Regions*.
2. Press the key of *Take* or *Reject*, and choose a reason.
3. Go on with the next. What you take replaces the readings of the same place that you leave without
   a verdict; take several where they don't exclude each other.
4. *Submit* when all is decided. A place where you do nothing stays open.

You can also change a region, which takes it as changed, delete one, which rejects it, or draw
another. An attribution's verdict stands on its cue, or its free quote. An arrow has none: *take* on
the claim that it starts from says that its arrows are right; delete one that is not.

"""
HOW_TO_REVIEW = """\
**What to review.** Read all of the text. What you leave or change counts as verified by you. Delete
what is wrong, or give it the verdict *reject* and a reason; mark what is missing. By submitting you
say that you have read all of it, and that what is left is right.

"""
