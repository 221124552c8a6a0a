"""`newspan annotate push`: a campaign's tasks to its annotators' projects, each once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from newspan.campaign.fetch import Progress
from newspan.campaign.guidelines import FILE, LAYERS
from newspan.campaign.interface import is_as_pushed, same_interface, sha, used_in, values_of
from newspan.campaign.plan import (
    Campaign,
    CampaignError,
    changed_texts,
    guidelines_version,
    load,
    planned,
)
from newspan.campaign.settings import read_settings
from newspan.campaign.shown import shown
from newspan.campaign.state import LeftOut, ProjectState, State, write_state
from newspan.checks import in_order, read_sound
from newspan.corpus import AnnotationSet
from newspan.labelstudio.archive import ArchiveError, told_when_full
from newspan.labelstudio.config import label_config
from newspan.labelstudio.failures import ServerError
from newspan.labelstudio.instruction import instruction
from newspan.labelstudio.people import folder, private, write_template
from newspan.labelstudio.send import send
from newspan.labelstudio.server import Project, Server
from newspan.labelstudio.servers import URL_ENV, Servers
from newspan.labelstudio.tasks import make_task
from newspan.problems import Place, Problem


class PushedTo(msgspec.Struct, frozen=True):
    """What came to one annotator: `sent` tasks now, `tasks` in all, in the project at `url`."""

    alias: str
    title: str
    url: str
    created: bool
    tasks: int
    sent: int


class Pushed(msgspec.Struct, frozen=True):
    """What a push did: the projects, the items left out as copies, tasks handed over, problems."""

    name: str
    projects: tuple[PushedTo, ...]
    items: int
    left_out: tuple[LeftOut, ...]
    handed_over: tuple[tuple[str, str, int], ...]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return {**data, "problems": [problem.to_json() for problem in self.problems]}


def annotate_config(corpus_dir: str | Path, name: str | None = None) -> str:
    """Return the XML of the labelling interface of a corpus, or of one of its campaigns.

    Raises:
        CampaignError: when the corpus or the campaign's settings have errors.
        ValueError: when the name is no id.
    """
    root = Path(corpus_dir)
    layers: Sequence[str] = LAYERS
    if name is not None:
        settings, problems = read_settings(root, name)
        if settings is None:
            raise CampaignError(problems)
        layers = settings.layers
    corpus, errors = read_sound(root, ())
    if corpus is None or errors:
        raise CampaignError(errors)
    return label_config(corpus.labels, corpus.targets, layers)


def annotate_push(
    corpus_dir: str | Path,
    name: str,
    *,
    server: str | None = None,
    token: str | None = None,
    progress: Progress | None = None,
) -> Pushed:
    """Hand out what a campaign has not handed out yet, and bring it to Label Studio.

    Each annotator has a project of their own. What was handed out before stays as it is. Run
    again, after whatever broke, it goes on where it stopped: each task is there once.

    Args:
        corpus_dir: the corpus.
        name: the campaign's, with annotation/campaigns/<name>/campaign.toml.
        server: the server's address; that of the environment or of campaign.toml if not given.
        token: an access token for it; that of the environment if not given.
        progress: told the stage, the steps done and the steps in all.

    Raises:
        CampaignError: when nothing could be pushed: the settings, the state or the corpus have
            errors, or the server can't be asked.
        ValueError: when no server is named or there is no token.
    """
    campaign = load(Path(corpus_dir), name)
    version = guidelines_version(campaign)
    aliases = campaign.settings.active
    with servers_of(campaign, server, token) as servers:
        notes = _people_notes(campaign, servers)
        there, gone = _there(campaign, servers)
        state = planned(campaign, version, there)
        problems = [*gone.values(), *changed_texts(campaign, state)]
        pusher = _Pusher(campaign, servers, state, progress)
        _write(campaign, pusher.state)
        done: list[PushedTo] = []
        for alias in aliases:
            if state.tasks_of(alias) and alias not in gone:
                try:
                    with told_when_full(folder(campaign.root, name)):
                        done.append(pusher.push(alias))
                except (ServerError, ArchiveError) as error:
                    problems.append(error.problem)
                except CampaignError as error:
                    problems += error.problems
        problems += pusher.problems
        notes += pusher.notes
        state = pusher.state
    moved = [(t.alias, t.handed_to) for t in state.tasks if t.handed_to is not None]
    moves = tuple((*pair, moved.count(pair)) for pair in sorted(set(moved)))
    if campaign.blocks is None and campaign.settings.copies != "annotate":
        notes.append("no item is left out as a copy: run newspan duplicates first to find copies")
    return Pushed(
        name,
        tuple(done),
        len({task.item for task in state.tasks}),
        state.left_out,
        moves,
        tuple(notes),
        tuple(in_order(problems)),
    )


def servers_of(campaign: Campaign, server: str | None, token: str | None) -> Servers:
    """Return a campaign's servers, and see to it that its projects are on them.

    Raises:
        ValueError: when none is named, or a project is on another one.
    """
    url = server or os.environ.get(URL_ENV) or campaign.settings.server
    servers = Servers(campaign.people, url, token)
    for project in campaign.state.projects:
        if servers.url_of(project.alias) != project.server:
            raise ValueError(
                f"{project.alias}'s project is on {project.server}, not on "
                f"{servers.url_of(project.alias)}; if the server has moved, correct state.json"
            )
    return servers


def _people_notes(campaign: Campaign, servers: Servers) -> list[str]:
    """Return what is odd about people.toml, and see to it that all servers answer.

    Raises:
        CampaignError: when one doesn't, or doesn't take the token.
    """
    users: dict[str, set[str]] = {}
    known = {each.alias for each in campaign.settings.annotators}
    strange = sorted(campaign.people.by_alias.keys() - known)
    told = [f"people.toml names {alias}, campaign.toml doesn't" for alias in strange]
    try:
        for alias in campaign.settings.active:
            url = servers.url_of(alias)
            if url not in users:
                found = servers.of(alias).users().values()
                users[url] = {email.strip().casefold() for email in found}
            email = campaign.people.of(alias).email
            if email is not None and email not in users[url]:
                told.append(f"{alias} has no account at {url} yet, by the address in people.toml")
    except ServerError as error:
        raise CampaignError([error.problem]) from None
    return told


def _there(
    campaign: Campaign, servers: Servers
) -> tuple[dict[tuple[str, str], bool], dict[str, Problem]]:
    """Return the tasks on the servers, by item and alias, and whether they are touched.

    The second value has the aliases whose projects are gone. Nothing is known of their tasks, so
    these count as touched and stay where they are.
    """
    found: dict[tuple[str, str], bool] = {}
    gone: dict[str, Problem] = {}
    for project in campaign.state.projects:
        alias = project.alias
        try:
            server = servers.of(alias)
            server.project(project.id)
            for held in server.held(project.id):
                if held.item_id is not None:
                    key = (held.item_id, alias)
                    touched = held.touched or held.annotations > 0
                    found[key] = found.get(key, False) or touched
        except ServerError as error:
            if error.problem.id != "project-gone":
                raise CampaignError([error.problem]) from None
            gone[alias] = error.problem
            found |= {(task.item, alias): True for task in campaign.state.tasks_of(alias)}
    return found, gone


def _write(campaign: Campaign, state: State) -> None:
    aliases = [each.alias for each in campaign.settings.annotators]
    try:
        with told_when_full(folder(campaign.root, campaign.name)):
            write_template(campaign.root, campaign.name, aliases)
            write_state(campaign.root, campaign.name, state)
    except ArchiveError as error:
        raise CampaignError([error.problem]) from None


class _Pusher:
    """Brings tasks to projects, and keeps the state as it goes."""

    def __init__(
        self, campaign: Campaign, servers: Servers, state: State, progress: Progress | None
    ) -> None:
        self._campaign = campaign
        self._servers = servers
        self._progress = progress
        self._planned = state
        #: What holds so far: a task is under other guidelines once its annotator can read them.
        self.state = state.under_guidelines_of(campaign.state)
        settings = campaign.settings
        self._config = label_config(
            campaign.corpus.labels, campaign.corpus.targets, settings.layers
        )
        self._instruction = _instruction(campaign)
        self._description = f"newspan campaign {settings.name} of {campaign.corpus.info.name}"
        self._shown: AnnotationSet | None = None
        self.notes: list[str] = []
        if settings.preannotate is not None:
            given = campaign.corpus.set_named(settings.preannotate)
            items = {task.item for task in state.tasks}
            self._shown, hidden = shown(given, campaign.corpus, settings, items)
            if hidden:
                self.notes.append(f"spans of {given.info.id} not shown, {', '.join(hidden)}")
        self.problems: list[Problem] = []

    def push(self, alias: str) -> PushedTo:
        """Bring an annotator's tasks to their project.

        Raises:
            CampaignError: when it can't be told which project that is, or it has another interface
                than the one that newspan gave it.
        """
        server = self._servers.of(alias)
        url = self._servers.url_of(alias)
        known = self.state.project(alias)
        project = server.project(known.id) if known else self._found(server, alias, url)
        created = project is None
        if project is None:
            project = server.create(
                self._campaign.settings.title(alias),
                description=self._description,
                label_config=self._config,
                instruction=self._instruction,
                predictions=self._shown is not None,
                model_version=None if self._shown is None else self._shown.info.id,
            )
        else:
            self._update(server, project, known, url)
        state = self.state.with_project(
            ProjectState(
                alias, url, project.id, project.title, sha(self._config), sha(self._instruction)
            )
        )
        self.state = state.with_tasks_of(alias, self._planned)
        write_state(self._campaign.root, self._campaign.name, self.state)
        return self._send(server, alias, project, url, created)

    def _send(
        self, server: Server, alias: str, project: Project, url: str, created: bool
    ) -> PushedTo:
        campaign = self._campaign
        tasks = [
            make_task(
                campaign.corpus,
                task.item,
                campaign=campaign.name,
                layers=campaign.settings.layers,
                prediction=self._shown,
            )
            for task in self.state.tasks_of(alias)
            if task.handed_to is None and self._is_as_handed_out(task.item, task.text_sha256)
        ]
        journals = private(campaign.root, campaign.name) / "journal"
        journals.mkdir(exist_ok=True)

        def told(done: int, total: int) -> None:
            if self._progress is not None:
                self._progress(f"tasks to {alias}", done, total)

        sent = send(server, project.id, tasks, journal=journals / f"{alias}.json", progress=told)
        self.problems += sent.problems
        address = f"{url}/projects/{project.id}"
        return PushedTo(alias, project.title, address, created, len(tasks), sent.sent)

    def _is_as_handed_out(self, item: str, text_sha256: str) -> bool:
        return item in self._campaign.corpus.items and (
            sha(self._campaign.text_of(item)) == text_sha256
        )

    def _found(self, server: Server, alias: str, url: str) -> Project | None:
        """Return a project that was created before the state could be written, if there is one."""
        found = server.find(self._campaign.settings.title(alias))
        ours = [project for project in found if project.description == self._description]
        if len(ours) == 1:
            return ours[0]
        if found:
            title = self._campaign.settings.title(alias)
            which = "several of them" if len(ours) > 1 else "another description"
            message = f"there is a project “{title}” already, with {which}"
            raise CampaignError([Problem("project-ambiguous", Place(url), message)])
        return None

    def _update(
        self, server: Server, project: Project, known: ProjectState | None, url: str
    ) -> None:
        """Bring a project's interface and instruction up to date, unless somebody changed it."""
        place = Place(f"{url}/projects/{project.id}")
        if not same_interface(project.label_config, self._config):
            if known is None or not is_as_pushed(project.label_config, known.config_sha256):
                message = f"the labelling interface of “{project.title}” is not the one pushed"
                raise CampaignError([Problem("label-config-changed", place, message)])
            lost = sorted(values_of(project.label_config) - values_of(self._config))
            try:
                used = used_in(server.snapshot(project.id), lost) if lost else []
                message = f"work in “{project.title}” uses {', '.join(used)}"
            except (ValueError, RecursionError) as error:
                used = ["unknown"]
                message = f"what is used in “{project.title}” can't be told: {error}"
            if used:
                raise CampaignError([Problem("label-in-use", place, message)])
            server.update(project.id, label_config=self._config)
        if known is None or known.instruction_sha256 != sha(self._instruction):
            server.update(project.id, expert_instruction=self._instruction, show_instruction=True)
        if self._shown is not None:
            server.update(
                project.id, show_collab_predictions=True, model_version=self._shown.info.id
            )


def _instruction(campaign: Campaign) -> str:
    text = (campaign.root / FILE).read_text(encoding="utf-8")
    return instruction(text, zones=campaign.settings.zones)
