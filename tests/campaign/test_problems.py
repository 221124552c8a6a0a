"""Each problem of campaigns, raised once: what is done to a campaign, and what is told of it."""

from __future__ import annotations

import errno
from collections.abc import Callable

import pytest

from campaign_runs import Run, item, make_run, name_people
from harbour_news import add_article, article, write_campaign
from newspan.campaign.plan import CampaignError
from newspan.checks import read_sound
from newspan.labelstudio.tasks import make_task
from newspan.problems import RULES, Problem

Patch = pytest.MonkeyPatch
TOLD: dict[str, Callable[[Run, Patch], object]] = {}


def told(problem: str) -> Callable[[Callable[[Run, Patch], object]], object]:
    """Note what raises a problem."""

    def note(function: Callable[[Run, Patch], object]) -> object:
        TOLD[problem] = function
        return function

    return note


@told("campaign-settings")
def _(run: Run, patch: Patch) -> object:
    write_campaign(run.root, batch_size="many")
    return run.push()


@told("campaign-state")
def _(run: Run, patch: Patch) -> object:
    path = run.folder / "state.json"
    path.write_bytes(path.read_bytes()[:-20])
    return run.push()


@told("project-ambiguous")
def _(run: Run, patch: Patch) -> object:
    (run.folder / "state.json").unlink()
    project = next(iter(run.server.projects.values()))
    project["description"] = "somebody's own"
    return run.push()


@told("label-config-changed")
def _(run: Run, patch: Patch) -> object:
    project = next(iter(run.server.projects.values()))
    project["label_config"] = project["label_config"].replace("opinion", "view")
    return run.push()


@told("label-in-use")
def _(run: Run, patch: Patch) -> object:
    run.submit("ada")
    keep_labels(run, lambda label: label["id"] != "opinion")
    return run.push()


@told("task-missing")
def _(run: Run, patch: Patch) -> object:
    run.server.delete_task(run.server.task("ada", item(1))["id"])
    return run.pull()


@told("task-foreign")
def _(run: Run, patch: Patch) -> object:
    add_article(run.root, 9, article(9))
    corpus, _ = read_sound(run.root, ())
    assert corpus is not None
    task = make_task(corpus, item(9), campaign="quay", layers=["claim"])
    run.server.import_tasks(run.server.task("ada", item(1))["project"], [task])
    return run.pull()


@told("foreign-work")
def _(run: Run, patch: Patch) -> object:
    run.submit("ada")
    run.submit("ben", item(1))
    run.submit("ben", item(2), by="ada@example.org")
    return run.pull()


@told("annotator-assumed")
def _(run: Run, patch: Patch) -> object:
    name_people(run)
    run.submit("ada")
    return run.pull()


@told("user-shared")
def _(run: Run, patch: Patch) -> object:
    name_people(run)
    run.submit("ada", by="one@example.org")
    run.submit("ben", by="one@example.org")
    return run.pull()


@told("late-work")
def _(run: Run, patch: Patch) -> object:
    people = '[[annotators]]\nalias = "ada"\nreplaced_by = "ben"\n'
    people += "".join(f'[[annotators]]\nalias = "{alias}"\n' for alias in ("ben", "cleo"))
    write_campaign(run.root, text=people)
    run.push()
    run.submit("ada", item(1))
    return run.pull()


@told("pull-changed")
def _(run: Run, patch: Patch) -> object:
    run.submit("ada")
    run.pull()
    path = run.folder / "pulls/ada.json"
    path.write_bytes(path.read_bytes().replace(b"opinion", b"factual"))
    return run.pull(again=True)


@told("set-kept")
def _(run: Run, patch: Patch) -> object:
    run.submit("ada")
    run.pull()
    path = run.folder / "state.json"  # as if another text had been handed out
    task = next(task for task in run.state.tasks_of("ada") if task.item == item(1))
    state = path.read_bytes().replace(task.text_sha256.encode(), b"0" * 64)
    run.server.task("ada", item(1))["data"]["text"] += "."
    path.write_bytes(state)
    (run.folder / "pulls/ada.json").unlink()
    return run.pull()


@told("disk-full")
def _(run: Run, patch: Patch) -> object:
    def full(*_: object, **__: object) -> object:
        raise OSError(errno.ENOSPC, "No space left on device")

    run.submit("ada")
    patch.setattr("newspan.labelstudio.archive.tempfile.mkstemp", full)
    return run.pull()


def keep_labels(run: Run, keep: Callable[[dict[str, object]], bool]) -> None:
    """Give the corpus labels of its own: some of those that newspan ships."""
    import json

    from newspan.schema import read

    data = read("labels.json")
    data = {**data, "labels": [label for label in data["labels"] if keep(label)]}
    path = run.root / "schema/labels.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(data), encoding="utf-8")


def problems_of(function: Callable[[Run, Patch], object], run: Run, patch: Patch) -> list[Problem]:
    """Return what a function tells, in its report or by an error."""
    try:
        report = function(run, patch)
    except CampaignError as error:
        return error.problems
    return list(report.problems)  # type: ignore[attr-defined]


@pytest.mark.parametrize("problem", list(TOLD))
def test_what_is_wrong_is_told(
    problem: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The problem that belongs to it is told, with a place, and no other error."""
    run = make_run(tmp_path, monkeypatch)  # type: ignore[arg-type]
    run.push()
    found = problems_of(TOLD[problem], run, monkeypatch)

    assert {each.id for each in found if each.severity == RULES[problem].severity} == {problem}
    assert all(each.place.file and each.message for each in found)


def test_each_problem_of_campaigns_is_told() -> None:
    """None of them is without an example here."""
    rules = list(RULES)
    first, last = rules.index("campaign-settings"), rules.index("disk-full")

    assert set(TOLD) == set(rules[first : last + 1])
