"""Snapshots of a campaign's projects, from their servers or from the copies in pulls/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from newspan.campaign.plan import Campaign
from newspan.labelstudio.archive import (
    ArchiveError,
    Pulled,
    Users,
    parse,
    pseudonymised,
    read_copy,
    read_pulls,
    workers,
)
from newspan.labelstudio.failures import ServerError
from newspan.labelstudio.people import identify
from newspan.labelstudio.servers import Servers
from newspan.problems import Problem

#: Told what is being done, the steps done and the steps in all.
Progress = Callable[[str, int, int | None], None]


class Fetched(msgspec.Struct, frozen=True):
    """A project's snapshot: as received, and the copy in which people have aliases."""

    pulled: Pulled
    raw: bytes
    copy: str


def fetch(
    campaign: Campaign, servers: Servers, progress: Progress | None = None
) -> tuple[list[Fetched], list[Problem]]:
    """Return the snapshots of all of a campaign's projects that can be had, and the problems.

    Raises:
        ValueError: when no server is named, or there is no token for it.
    """
    problems: list[Problem] = []
    found: list[tuple[Pulled, bytes, list[dict[str, Any]]]] = []
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
            tasks = parse(raw, project.title)
        except (ServerError, ArchiveError) as error:
            problems.append(error.problem)
            continue
        head = Pulled(project.alias, project.server, project.id, project.title, "", "", "")
        found.append((head, raw, tasks))
    if progress is not None:
        progress("snapshots", total, total)
    who = {head.alias: set(workers(tasks)) for head, _, tasks in found}
    aliases = identify(who, campaign.people)
    return [
        Fetched(head, raw, pseudonymised(tasks, Users(emails[head.server], aliases)))
        for head, raw, tasks in found
    ], list(dict.fromkeys(problems))


def kept(campaign: Campaign) -> tuple[dict[str, list[dict[str, Any]]], list[Problem]]:
    """Return the tasks of the copies in pulls/, by alias, and the problems."""
    pulls, problems = read_pulls(campaign.root, campaign.name)
    found: dict[str, list[dict[str, Any]]] = {}
    for alias, pulled in sorted(pulls.pulls.items()):
        try:
            found[alias] = read_copy(campaign.root, campaign.name, pulled)
        except ArchiveError as error:
            problems.append(error.problem)
    return found, problems
