"""`newspan annotate pull`: annotators' work into sets, archived before anything is made of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from newspan.campaign.convert import Made, convert
from newspan.campaign.fetch import Fetched, Progress, fetch, kept
from newspan.campaign.plan import Campaign, CampaignError, load
from newspan.campaign.push import servers_of
from newspan.campaign.work import Line
from newspan.checks import in_order
from newspan.corpus.write import write_set
from newspan.labelstudio.archive import (
    ArchiveError,
    Pulls,
    keep,
    read_pulls,
    told_when_full,
    write_pulls,
)
from newspan.labelstudio.people import folder
from newspan.problems import Problem
from newspan.reuse.parameters import SET_ID
from newspan.reuse.project_set import PRODUCER, ProjectError, project_set
from newspan.whole import whole_directory, whole_file


class PulledSet(msgspec.Struct, frozen=True):
    """A set that was written: whose, how many items it covers, how many records it holds.

    `projected` is the set in which these were carried to copies, None where there is none.
    """

    alias: str
    set: str
    items: int
    records: int
    projected: str | None


class PullReport(msgspec.Struct, frozen=True):
    """What a pull did: the sets, who has submitted nothing yet, and the problems."""

    name: str
    sets: tuple[PulledSet, ...]
    empty: tuple[str, ...]
    work: str
    problems: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return {**data, "problems": [problem.to_json() for problem in self.problems]}


def annotate_pull(
    corpus_dir: str | Path,
    name: str,
    *,
    again: bool = False,
    server: str | None = None,
    token: str | None = None,
    progress: Progress | None = None,
) -> PullReport:
    """Bring annotators' work from Label Studio into one set each, `<name>-<alias>`.

    Snapshots are kept first: as received in private/, and with aliases in pulls/. A set holds what
    its annotator submitted, without what is faulty; each fault is a problem. Where items were left
    out as copies, the set `<name>-<alias>-all` has the work carried to them.

    Args:
        corpus_dir: the corpus.
        name: the campaign's.
        again: read what was pulled last, without any server.
        server: the server's address; that of the environment or of campaign.toml if not given.
        token: an access token for it; that of the environment if not given.
        progress: told the stage, the steps done and the steps in all.

    Raises:
        CampaignError: when nothing was pulled: the settings, the state or the corpus have errors,
            or there is no room.
        ValueError: when nothing was pushed yet, no server is named, there is no token, or a set of
            such a name is there that the campaign did not make.
    """
    campaign = load(Path(corpus_dir), name)
    if not campaign.state.projects:
        raise ValueError(f"the campaign {name} has no project yet; push first")
    pulls, problems = read_pulls(campaign.root, name)
    if problems:
        raise CampaignError(problems)
    _refuse_to_overwrite(campaign, pulls)
    try:
        if not again:
            with servers_of(campaign, server, token) as servers:
                fetched, problems = fetch(campaign, servers, progress)
            _keep(campaign, pulls, fetched)
        copies, faults = kept(campaign)
        problems += faults
        made = [convert(campaign, alias, tasks) for alias, tasks in sorted(copies.items())]
        problems += (problem for each in made for problem in each.problems)
        written = [each for each in made if each.submitted]
        with told_when_full(folder(campaign.root, name)):
            for each in written:
                _write(campaign, each)
            lines = sorted(
                (line for each in made for line in each.lines),
                key=lambda line: (line.alias, line.batch, line.item, line.annotation or 0),
            )
            with whole_file(work_path(campaign), _lines(lines)):
                pass
            sets = [_report(campaign, each, problems) for each in written]
    except ArchiveError as error:
        raise CampaignError([*problems, error.problem]) from None
    return PullReport(
        name,
        tuple(sets),
        tuple(each.alias for each in made if not each.submitted),
        work_path(campaign).relative_to(campaign.root).as_posix(),
        tuple(in_order(problems)),
    )


def work_path(campaign: Campaign) -> Path:
    """Return where the campaign's work.jsonl stands."""
    return folder(campaign.root, campaign.name) / "work.jsonl"


def _refuse_to_overwrite(campaign: Campaign, pulls: Pulls) -> None:
    for each in campaign.settings.annotators:
        target = campaign.root / "annotation" / "sets" / campaign.settings.set_id(each.alias)
        if target.exists() and target.name not in pulls.sets:
            raise ValueError(f"{target} is there, and this campaign did not make it; move it away")
        projected = campaign.corpus.sets.get(f"{target.name}-all")
        if projected is not None and projected.info.producer.name != PRODUCER.name:
            there = target.with_name(projected.info.id)
            raise ValueError(f"{there} is there, and projection did not make it; move it away")


def _keep(campaign: Campaign, pulls: Pulls, fetched: Iterable[Fetched]) -> None:
    entries = dict(pulls.pulls)
    sets = {*pulls.sets, *(campaign.settings.set_id(p.alias) for p in campaign.state.projects)}
    for each in fetched:
        entry = keep(campaign.root, campaign.name, each.pulled, each.raw, each.copy)
        entries[entry.alias] = entry
        # At once: a copy that pulls.json does not know would be taken for a changed one.
        ordered = dict(sorted(entries.items()))
        write_pulls(campaign.root, campaign.name, Pulls(sets=tuple(sorted(sets)), pulls=ordered))


def _write(campaign: Campaign, made: Made) -> None:
    target = campaign.root / "annotation" / "sets" / made.info.id
    with whole_directory(target) as new:
        write_set(new, made.info, made.records)


def _report(campaign: Campaign, made: Made, problems: list[Problem]) -> PulledSet:
    projected = None
    if campaign.settings.copies == "project" and campaign.state.left_out:
        projected = f"{made.info.id}-all"
        try:
            project_set(campaign.root, made.info.id, projected, SET_ID)
        except ProjectError as error:
            problems += error.problems
            projected = None
    records = sum(map(len, made.records.values()))
    return PulledSet(made.alias, made.info.id, len(made.submitted), records, projected)


def _lines(lines: Iterable[Line]) -> str:
    return "".join(
        json.dumps(msgspec.to_builtins(line), ensure_ascii=False) + "\n" for line in lines
    )
