"""Snapshots of a campaign's projects, from their servers or from the copies in pulls/."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from newspan.campaign.interface import is_as_pushed
from newspan.campaign.plan import Campaign
from newspan.campaign.state import ProjectState
from newspan.labelstudio.archive import (
    ArchiveError,
    Pulled,
    Snapshot,
    Users,
    accounts,
    copy_bytes,
    keep_raw,
    parse,
    pseudonymised,
    read_pulls,
    workers,
)
from newspan.labelstudio.failures import ServerError
from newspan.labelstudio.people import assumed, identify
from newspan.labelstudio.server import Server
from newspan.labelstudio.servers import Servers
from newspan.problems import Place, Problem

#: Told what is being done, the steps done and the steps in all.
Progress = Callable[[str, int, int | None], None]


class Fetched(msgspec.Struct, frozen=True):
    """A project's snapshot: as received, and the copy in which people have aliases."""

    pulled: Pulled
    raw: bytes
    copy: bytes


def fetch(
    campaign: Campaign,
    servers: Servers,
    progress: Progress | None = None,
    *,
    archive: bool = False,
) -> tuple[list[Fetched], list[Problem]]:
    """Return the snapshots of all of a campaign's projects that can be had, and the problems.

    Args:
        campaign: the campaign.
        servers: where its projects are.
        progress: told the stage, the steps done and the steps in all.
        archive: keep each snapshot in private/ as soon as it is here, whatever it holds.

    Raises:
        ValueError: when no server is named, or there is no token for it.
        ArchiveError: when a snapshot can't be kept, since the disk is full.
    """
    problems: list[Problem] = []
    found: list[tuple[Pulled, bytes, Snapshot]] = []
    emails: dict[str, dict[int, str]] = {}
    total = len(campaign.state.projects)
    for number, project in enumerate(campaign.state.projects):
        if progress is not None:
            progress("snapshots", number, total)
        server = servers.of(project.alias)
        try:
            if project.server not in emails:
                emails[project.server] = {
                    number: email.strip().casefold() for number, email in server.users().items()
                }
            raw = server.snapshot(project.id)
        except ServerError as error:
            problems.append(error.problem)
            continue
        if archive:
            keep_raw(campaign.root, campaign.name, project.alias, raw)
        try:
            snapshot = parse(raw, project.title)
        except ArchiveError as error:
            problems.append(error.problem)
            continue
        problems += _changed_interface(server, project)
        head = Pulled(project.alias, project.server, project.id, project.title, "", "", "")
        found.append((head, raw, snapshot))
        emails[project.server] = {**accounts(snapshot), **emails[project.server]}
    if progress is not None:
        progress("snapshots", total, total)
    who = {head.alias: set(workers(snapshot)) for head, _, snapshot in found}
    aliases = identify(who, campaign.people)
    problems += _assumed(campaign, who)
    return [
        Fetched(head, raw, pseudonymised(snapshot, Users(emails[head.server], aliases)))
        for head, raw, snapshot in found
    ], list(dict.fromkeys(problems))


def kept(campaign: Campaign) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the copies in pulls/, by alias, and the problems."""
    pulls, problems = read_pulls(campaign.root, campaign.name)
    place = Place(f"annotation/campaigns/{campaign.name}/pulls/pulls.json")
    known = {each.alias for each in campaign.settings.annotators}
    found: dict[str, bytes] = {}
    for alias, pulled in sorted(pulls.pulls.items()):
        if alias not in known:
            message = f"campaign.toml has no annotator {alias!r}"
            problems.append(Problem("pull-changed", place.at(f"/pulls/{alias}"), message))
            continue
        try:
            found[alias] = copy_bytes(campaign.root, campaign.name, pulled)
        except ArchiveError as error:
            problems.append(error.problem)
    return found, problems


def _changed_interface(server: Server, project: ProjectState) -> list[Problem]:
    """Tell whether somebody has changed a project's interface: answers may mean something else."""
    try:
        there = server.project(project.id)
    except ServerError as error:
        return [error.problem]
    if is_as_pushed(there.label_config, project.config_sha256):
        return []
    message = f"the labelling interface of “{there.title}” is not the one pushed"
    place = Place(f"{project.server}/projects/{project.id}")
    return [Problem("label-config-changed", place, message)]


def _assumed(campaign: Campaign, workers: dict[str, set[str]]) -> list[Problem]:
    """Return who is taken to be an annotator without people.toml saying so."""
    place = Place(f"annotation/campaigns/{campaign.name}/private/people.toml")
    return [
        Problem(
            "annotator-assumed",
            place.at(f"/{alias}"),
            f"{alias} is taken to be {email}, who worked in “{campaign.settings.title(alias)}”",
        )
        for alias, email in assumed(workers, campaign.people).items()
    ]
