"""`newspan annotate status`: how far a campaign is, and how far its annotators agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import msgspec

from newspan.campaign.convert import Made, convert
from newspan.campaign.fetch import Progress, fetch, kept
from newspan.campaign.kept_tasks import keeping
from newspan.campaign.plan import Campaign, load
from newspan.campaign.push import servers_of
from newspan.campaign.status_report import LEAST_ITEMS, Agreement, Anchoring, Progressed, Status
from newspan.checks import in_order
from newspan.corpus import AnnotationSet, Corpus
from newspan.model import Span


def annotate_status(
    corpus_dir: str | Path,
    name: str,
    *,
    offline: bool = False,
    agreement: bool = True,
    server: str | None = None,
    token: str | None = None,
    progress: Progress | None = None,
) -> Status:
    """Return how far a campaign is; nothing is written.

    Args:
        corpus_dir: the corpus.
        name: the campaign's.
        offline: as of the last pull, without any server.
        agreement: whether to measure it, which takes its time in a large campaign.
        server: the server's address; that of the environment or of campaign.toml if not given.
        token: an access token for it; that of the environment if not given.
        progress: told the stage, the steps done and the steps in all.

    Raises:
        CampaignError: when the settings, the state or the corpus have errors.
        ValueError: when nothing was pushed yet, no server is named or there is no token.
    """
    campaign = load(Path(corpus_dir), name)
    if not campaign.state.projects:
        raise ValueError(f"the campaign {name} has no project yet; push first")
    if offline:
        copies, problems = kept(campaign)
    else:
        with servers_of(campaign, server, token) as servers:
            fetched, problems = fetch(campaign, servers, progress)
        copies = {each.pulled.alias: each.copy for each in keeping(campaign, fetched)}
    made = {alias: convert(campaign, alias, copy) for alias, copy in sorted(copies.items())}
    problems += (problem for each in made.values() for problem in each.problems)
    tasks = campaign.state.tasks
    batch_of = {task.item: task.batch for task in tasks}
    lengths = {name: item.end - item.start for name, (_, item) in campaign.corpus.items.items()}
    shown = any(
        line.kept or line.removed or line.changed for m in made.values() for line in m.lines
    )
    return Status(
        name=name,
        items=len(batch_of),
        batches=dict(sorted(Counter(batch_of.values()).items())),
        annotators=tuple(_progressed(campaign, made)),
        agreement=tuple(_agreements(campaign, made, progress)) if agreement else (),
        preannotated=campaign.settings.preannotate if shown else None,
        anchoring=tuple(_anchoring(each) for each in made.values()) if shown else (),
        left_out=len(campaign.state.left_out),
        characters=sum(lengths.get(item, 0) for item in {*campaign.items, *batch_of}),
        saved=sum(each.characters for each in campaign.state.left_out),
        problems=tuple(in_order(problems)),
    )


def _progressed(campaign: Campaign, made: Mapping[str, Made]) -> Iterator[Progressed]:
    for annotator in campaign.settings.annotators:
        alias = annotator.alias
        project = campaign.state.project(alias)
        tasks = [task for task in campaign.state.tasks if task.alias == alias]
        its = made.get(alias)
        lines = its.lines if its is not None else ()
        own = [line for line in lines if line.by == alias]
        done = {line.item for line in own if line.counts}
        skipped = {line.item for line in own if line.skipped} - done
        drafts = {line.item for line in own if line.kind == "draft"} - done - skipped
        kept_tasks = {task.item for task in tasks if task.handed_to is None}
        spans = Counter(
            record.layer
            for records in (its.records.values() if its is not None else ())
            for record in records
            if isinstance(record, Span)
        )
        yield Progressed(
            alias=alias,
            kind=annotator.kind,
            replaced_by=annotator.replaced_by,
            project=None if project is None else f"{project.server}/projects/{project.id}",
            tasks=len(kept_tasks | done),
            done=len(done),
            skipped=len(skipped),
            drafts=len(drafts),
            open=len(kept_tasks - done - skipped - drafts),
            handed_over=sum(task.handed_to is not None for task in tasks),
            spans={layer: spans[layer] for layer in campaign.settings.layers},
            seconds=round(sum(line.lead_time or 0.0 for line in own), 1),
            known=its is not None or project is None,
        )


def _agreements(
    campaign: Campaign, made: Mapping[str, Made], progress: Progress | None
) -> Iterator[Agreement]:
    pairs = list(_pairs(campaign, made))
    total = len(pairs) * len(campaign.settings.layers)
    for number, (batch, aliases, shared) in enumerate(pairs):
        both = [item for item in shared if all(item in made[a].submitted for a in aliases)]
        for at, layer in enumerate(campaign.settings.layers):
            if progress is not None:
                progress("agreement", number * len(campaign.settings.layers) + at, total)
            sets = [restricted(made[alias].annotations, both) for alias in aliases]
            found = _gamma(campaign.corpus, sets, layer, len(both))
            yield Agreement(batch, layer, aliases, len(both), len(shared), *found)
    if progress is not None and total:
        progress("agreement", total, total)


def _pairs(
    campaign: Campaign, made: Mapping[str, Made]
) -> Iterator[tuple[int, tuple[str, str], list[str]]]:
    """Yield, by batch, each two annotators with the items that both have or had to annotate."""
    batches = sorted({task.batch for task in campaign.state.tasks})
    items: dict[tuple[int, str], list[str]] = {}
    for task in campaign.state.tasks:
        its = made.get(task.alias)
        if its is not None and (task.handed_to is None or task.item in its.submitted):
            items.setdefault((task.batch, task.alias), []).append(task.item)
    for batch in batches:
        for first, second in combinations(sorted(made), 2):
            there = set(items.get((batch, second), ()))
            shared = [item for item in items.get((batch, first), ()) if item in there]
            if shared:
                yield batch, (first, second), shared


def restricted(annotations: AnnotationSet, items: Sequence[str]) -> AnnotationSet:
    """Return what a set says of some items."""
    info = annotations.info
    coverage = tuple(each for each in info.coverage if each.item in items)
    records = tuple(each for each in annotations.records if each.item_id in items)
    return AnnotationSet(msgspec.structs.replace(info, coverage=coverage), records)


def _gamma(
    corpus: Corpus, sets: Sequence[AnnotationSet], layer: str, items: int
) -> tuple[float | None, str | None, str | None]:
    if items < LEAST_ITEMS:
        return None, None, f"fewer than {LEAST_ITEMS} items by both"
    from newspan.agreement.agree import compare

    figure = compare(corpus, sets, None, layers=[layer], replicates=0).find("gamma", layer)
    return figure.value, figure.signature, figure.reason


def _anchoring(made: Made) -> Anchoring:
    counted = [line for line in made.lines if line.counts]
    return Anchoring(
        made.alias,
        sum(len(line.kept) for line in counted),
        sum(len(line.changed) for line in counted),
        sum(len(line.removed) for line in counted),
        sum(line.added for line in counted),
    )
