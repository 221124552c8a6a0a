"""A campaign's settings, corpus and state, read together; and what is to be handed out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from newspan.campaign.assignment import Task, Text, assign, hand_over, reopened
from newspan.campaign.guidelines import read_guidelines
from newspan.campaign.left_out import left_out
from newspan.campaign.settings import Settings, check_settings, read_settings, settings_place
from newspan.campaign.state import LeftOut, State, read_state
from newspan.checks import in_order, read_sound
from newspan.corpus import AnnotationSet, Corpus
from newspan.labelstudio.people import People, folder, read_people
from newspan.problems import Place, Problem
from newspan.reuse.parameters import SET_ID


class CampaignError(Exception):
    """A campaign can't go on; `problems` lists why."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems."""
        super().__init__("; ".join(problem.message for problem in problems[:3]))
        self.problems = problems


class Campaign(msgspec.Struct, frozen=True):
    """A campaign as it stands in its folder."""

    root: Path
    name: str
    settings: Settings
    people: People
    state: State
    corpus: Corpus

    @property
    def blocks(self) -> AnnotationSet | None:
        """Return the set with the duplicate blocks, None where there is none."""
        blocks = self.corpus.sets.get(SET_ID)
        return blocks if blocks is not None and blocks.holds("duplicate_block") else None

    @property
    def items(self) -> tuple[str, ...]:
        """Return the campaign's items: as listed, or all of the corpus in its order."""
        return self.settings.items or tuple(self.corpus.items)

    def text_of(self, item_id: str) -> str:
        """Return an item's text."""
        document, item = self.corpus.items[item_id]
        return self.corpus.texts[document.id][item.start : item.end]


def load(root: Path, name: str) -> Campaign:
    """Return a campaign.

    Raises:
        CampaignError: when its settings, people, state or corpus have errors.
        ValueError: when the name is no id, or its folder belongs to another verb.
    """
    for other, what in (("packets", "packets"), ("decisions.jsonl", "an adjudication")):
        if (folder(root, name) / other).exists():
            raise ValueError(f"{folder(root, name)} holds {what}; give the campaign another name")
    settings, problems = read_settings(root, name)
    people, its = read_people(root, name)
    state, others = read_state(root, name)
    problems += [*its, *others]
    if settings is None or state is None or problems:
        raise CampaignError(problems)
    corpus, errors = read_sound(root, {settings.preannotate or SET_ID, SET_ID})
    if corpus is None or errors:
        raise CampaignError(errors)
    problems = [*check_settings(settings, corpus), *_missing_annotators(settings, state)]
    if problems:
        raise CampaignError(problems)
    return Campaign(root, name, settings, people, state, corpus)


def _missing_annotators(settings: Settings, state: State) -> Iterator[Problem]:
    place = settings_place(settings.name).at("/annotators")
    known = {each.alias for each in settings.annotators}
    for alias in sorted({task.alias for task in state.tasks} - known):
        message = f"{alias} has tasks; whoever leaves stays in the file, with replaced_by"
        yield Problem("campaign-settings", place, message)


def guidelines_version(campaign: Campaign) -> str:
    """Return the version of the guidelines in force, which must be the one in campaign.toml.

    Raises:
        CampaignError: when it isn't, or there are no guidelines.
    """
    place = settings_place(campaign.name).at("/guidelines")
    try:
        version = read_guidelines(campaign.root, campaign.settings.layers).version
    except ValueError as error:
        raise CampaignError([Problem("campaign-settings", place, str(error))]) from None
    if campaign.settings.guidelines not in (None, version):
        message = f"annotation/guidelines.md is of version {version}"
        raise CampaignError([Problem("campaign-settings", place, message)])
    return version


def planned(campaign: Campaign, version: str, there: Mapping[tuple[str, str], bool]) -> State:
    """Return the state after handing out what is not handed out yet.

    Args:
        campaign: the campaign.
        version: of the guidelines in force; tasks that nobody has touched go on under it.
        there: the tasks on the servers, by item and alias, and whether they are touched: whether
            they have an annotation, a skip or a draft.
    """
    touched = {key for key, is_touched in there.items() if is_touched}
    settings, state = campaign.settings, campaign.state
    successors = {
        each.alias: settings.successor(each.alias)
        for each in settings.annotators
        if each.replaced_by
    }
    kept, moved = hand_over(state.tasks, successors, touched, settings.active, version)
    before = (*kept, *moved)
    known = campaign.corpus.items
    handed_out = tuple(t.item for t in state.tasks if t.item in known)
    gone: tuple[LeftOut, ...] = ()
    if settings.copies != "annotate" and campaign.blocks is not None:
        gone = left_out(
            campaign.corpus,
            campaign.blocks,
            tuple(dict.fromkeys((*campaign.items, *handed_out))),
            settings.layers,
            settings.zones,
            settings.copied_share,
            {*handed_out, *settings.training},
        )
    without = {each.item for each in gone}
    texts = [text(campaign, item) for item in campaign.items if item not in without]
    new = assign(
        texts,
        settings.active,
        before=before,
        successors=successors,
        training=settings.training,
        per_item=settings.per_item,
        batch_size=settings.batch_size,
        guidelines=version,
        seed=settings.seed,
    )
    before, new = reopened(before, new)
    before = tuple(_fresh(campaign, task, version, there) for task in before)
    return msgspec.structs.replace(state, tasks=(*before, *new), left_out=gone)


def _fresh(
    campaign: Campaign, task: Task, version: str, there: Mapping[tuple[str, str], bool]
) -> Task:
    """Return a task under the guidelines in force if it is untouched, and of the text of today if
    it was never sent.
    """
    key = (task.item, task.alias)
    if task.handed_to is not None or there.get(key):
        return task
    task = msgspec.structs.replace(task, guidelines=version)
    if key in there or task.item not in campaign.corpus.items:
        return task
    return msgspec.structs.replace(task, text_sha256=text(campaign, task.item).sha256)


def text(campaign: Campaign, item: str) -> Text:
    """Return an item as it is handed out."""
    held = campaign.text_of(item)
    return Text(item, len(held), hashlib.sha256(held.encode()).hexdigest())


def changed_texts(campaign: Campaign, state: State) -> list[Problem]:
    """Return the items whose text is not the one that was handed out, or that are gone."""
    found: list[Problem] = []
    # By text too: whoever joined after it was changed has the new one, the others have the old one.
    handed_out: dict[str, dict[str, list[str]]] = {}
    for task in state.tasks:
        if task.handed_to is None:
            texts = handed_out.setdefault(task.item, {})
            texts.setdefault(task.text_sha256, []).append(task.alias)
    for item, texts in handed_out.items():
        if item not in campaign.corpus.items:
            place = Place(f"annotation/campaigns/{campaign.name}/state.json")
            message = f"the corpus no longer has the item {item}, which was handed out"
            found.append(Problem("task-text-changed", place, message))
            continue
        now = text(campaign, item).sha256
        others = sorted(alias for sha256 in texts if sha256 != now for alias in texts[sha256])
        if others:
            place = Place(f"corpus/documents/{campaign.corpus.items[item][0].id}.json")
            message = f"the text of {item} is not the one handed out to {', '.join(others)}"
            found.append(Problem("task-text-changed", place, message))
    return in_order(found)
