"""Snapshots of a review's projects, kept before anything is made of them."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from newspan.adjudication.case import AdjudicateError, Case
from newspan.adjudication.review_state import ReviewState, config_changed, config_sha256
from newspan.labelstudio.archive import (
    ArchiveError,
    Pulled,
    Snapshot,
    Users,
    accounts,
    keep,
    keep_raw,
    parse,
    pseudonymised,
    read_pulls,
    workers,
    write_pulls,
)
from newspan.labelstudio.failures import ServerError
from newspan.labelstudio.people import People, identify
from newspan.labelstudio.servers import Servers
from newspan.labelstudio.snapshot import folded
from newspan.problems import Problem

#: Told what is being done, the steps done and the steps in all.
Progress = Callable[[str, int, int | None], None]


def fetch(
    case: Case, state: ReviewState, people: People, servers: Servers, progress: Progress | None
) -> list[Problem]:
    """Keep a snapshot of each project, as received and with aliases; return what is wrong.

    Raises:
        AdjudicateError: when no project's snapshot can be had.
    """
    problems: list[Problem] = []
    found: list[tuple[Pulled, bytes, Snapshot]] = []
    emails: dict[str, dict[int, str]] = {}
    total = len(state.projects)
    for number, project in enumerate(state.projects):
        if progress is not None:
            progress("snapshots", number, total)
        there, url = servers.of(project.by), servers.url_of(project.by)
        if url != project.server:
            raise ValueError(f"{project.title} is on {project.server}, not on {url}")
        try:
            raw = there.snapshot(project.id)
            keep_raw(case.root, case.into, project.name, raw)  # whatever it is, nothing is lost
            if project.server not in emails:
                emails[project.server] = {n: folded(email) for n, email in there.users().items()}
            if config_sha256(there.project(project.id).label_config) != project.config_sha256:
                problems.append(config_changed(case.into, project))
            head = Pulled(project.name, project.server, project.id, project.title, "", "", "")
            found.append((head, raw, parse(raw, project.title)))
        except (ServerError, ArchiveError) as error:
            problems.append(error.problem)
    if progress is not None:
        progress("snapshots", total, total)
    if not found:
        raise AdjudicateError(list(dict.fromkeys(problems)))
    by = {each.name: each.by for each in state.projects}
    who: dict[str, set[str]] = {}
    for head, _, snapshot in found:
        who.setdefault(by[head.alias], set()).update(workers(snapshot))
        emails[head.server] = {**accounts(snapshot), **emails[head.server]}
    aliases = identify(who, people)
    pulls, faults = read_pulls(case.root, case.into)
    if faults:
        raise AdjudicateError(faults)
    for head, raw, snapshot in found:
        copy = pseudonymised(snapshot, Users(emails[head.server], aliases))
        entry = keep(case.root, case.into, head, raw, copy)
        pulls = msgspec.structs.replace(pulls, pulls={**pulls.pulls, entry.alias: entry})
        write_pulls(case.root, case.into, pulls)
    return list(dict.fromkeys(problems))
