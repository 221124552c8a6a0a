"""`newspan annotate pull`: annotators' work into sets, archived before anything is made of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from newspan.campaign.convert import Made, convert
from newspan.campaign.fetch import Fetched, Progress, fetch, kept
from newspan.campaign.kept_tasks import keeping
from newspan.campaign.plan import Campaign, CampaignError, load, text
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
from newspan.problems import Place, Problem
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
            such a name is there that the campaign did not make, or that was changed since.
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
                fetched, problems = fetch(campaign, servers, progress, archive=True)
            pulls = _keep(campaign, pulls, keeping(campaign, fetched))
        copies, faults = kept(campaign)
        problems += faults
        made = [convert(campaign, alias, copy) for alias, copy in sorted(copies.items())]
        problems += (problem for each in made for problem in each.problems)
        frozen = {each.alias: _frozen(campaign, each) for each in made}
        problems += (problem for each in frozen.values() for problem in each)
        written = [each for each in made if each.submitted and not frozen[each.alias]]
        with told_when_full(folder(campaign.root, name)):
            for each in written:
                pulls = _write(campaign, each, pulls)
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
        if target.exists() and _digest(target) not in pulls.sets[target.name]:
            raise ValueError(
                f"{target} is not as pull wrote it: move it away to keep what was changed, "
                "and pull again"
            )
        projected = campaign.corpus.sets.get(f"{target.name}-all")
        if projected is not None and projected.info.producer.name != PRODUCER.name:
            there = target.with_name(projected.info.id)
            raise ValueError(f"{there} is there, and projection did not make it; move it away")


def _keep(campaign: Campaign, pulls: Pulls, fetched: Iterable[Fetched]) -> Pulls:
    for each in fetched:
        entry = keep(campaign.root, campaign.name, each.pulled, each.raw, each.copy)
        # At once: a copy that pulls.json does not know would be taken for a changed one.
        entries = dict(sorted({**pulls.pulls, entry.alias: entry}.items()))
        pulls = msgspec.structs.replace(pulls, pulls=entries)
        write_pulls(campaign.root, campaign.name, pulls)
    return pulls


def _frozen(campaign: Campaign, made: Made) -> list[Problem]:
    """Return why an annotator's set must stay as it is: it would lose what is only mislaid.

    Work on a text that has changed since is in the copy, but does not fit the corpus. Where all
    work is gone, people.toml may be wrong; and a set that covers nothing is none.
    """
    before = campaign.corpus.sets.get(made.info.id)
    if before is None:
        return []
    place = Place(f"annotation/sets/{made.info.id}/set.json", pointer="/coverage")
    covered = {each.item for each in before.info.coverage}
    found: list[Problem] = []
    for task in campaign.state.tasks_of(made.alias):
        if task.item not in covered - made.submitted:
            continue
        known = task.item in campaign.corpus.items
        if not known or text(campaign, task.item).sha256 != task.text_sha256:
            why = "has another text now" if known else "is not in the corpus any more"
            message = f"{made.info.id} stays as it was: {task.item} {why}"
            found.append(Problem("set-kept", place, message))
    if not made.submitted and not found:
        title = campaign.settings.title(made.alias)
        message = f"{made.info.id} stays as it was: no work in “{title}” counts for it any more"
        found.append(Problem("set-kept", place, message))
    return found


def _write(campaign: Campaign, made: Made, pulls: Pulls) -> Pulls:
    """Write a set, and note in pulls.json what was written, so that nobody's changes are lost."""

    def noted(*digests: str) -> Pulls:
        sets = dict(sorted({**pulls.sets, made.info.id: digests}.items()))
        found = msgspec.structs.replace(pulls, sets=sets)
        write_pulls(campaign.root, campaign.name, found)
        return found

    target = campaign.root / "annotation" / "sets" / made.info.id
    with whole_directory(target) as new:
        write_set(new, made.info, made.records)
        digest = _digest(new)
        # Both until it is in its place: whichever a broken pull leaves is known.
        noted(*dict.fromkeys([*pulls.sets.get(made.info.id, ()), digest]))
    return noted(digest)


def _digest(folder: Path) -> str:
    """Return the SHA-256 of a set's files, by whatever line ends they are checked out with."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.iterdir() if not path.name.startswith(".")):
        raw = path.read_bytes().replace(b"\r\n", b"\n") if path.is_file() else b""
        found.update(f"{path.name} {len(raw)}\n".encode() + raw)
    return found.hexdigest()


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
