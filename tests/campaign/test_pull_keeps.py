"""Pull loses nothing: not with what a server or a corpus loses, not what people wrote by hand."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from campaign.test_push_again import change_text
from campaign_runs import URL, Run, item, make_run
from fake_label_studio import region
from harbour_news import article, write_campaign
from newspan import check
from newspan.campaign.kept_tasks import KEPT
from newspan.campaign.plan import CampaignError
from newspan.campaign.pull import annotate_pull
from newspan.campaign.push import annotate_push

BOT = '[[annotators]]\nalias = "bot"\nkind = "language_model"\nmodel = "model-x"\n'


@pytest.fixture
def quay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a campaign of four articles, three annotators each, Ada's work pulled."""
    run = make_run(tmp_path, monkeypatch, 4)
    run.push()
    run.submit("ada")
    run.pull()
    return run


def errors(made: Any) -> list[str]:
    """Return the ids of errors."""
    return [problem.id for problem in made.problems if problem.severity == "error"]


def the_set(run: Run, name: str = "quay-ada") -> dict[str, bytes]:
    """Return a set's files."""
    return {
        path.name: path.read_bytes() for path in (run.root / "annotation/sets" / name).iterdir()
    }


def copy_of(run: Run, alias: str = "ada") -> list[dict[str, Any]]:
    """Return the tasks of an annotator's copy."""
    found: list[dict[str, Any]] = json.loads((run.folder / f"pulls/{alias}.json").read_bytes())
    return found


def raw_of(run: Run) -> list[Path]:
    """Return the snapshots of Ada's project that are kept as they came."""
    return sorted((run.folder / "private/raw").glob("ada-*"))


def lose(run: Run, *numbers: int) -> None:
    """Delete Ada's tasks of some articles on the server."""
    for number in numbers:
        run.server.delete_task(run.server.task("ada", item(number))["id"])


def test_work_of_tasks_that_are_gone_stays(quay: Run) -> None:
    """In the set, in the committed copy and in the list of work; and it is told."""
    before, work = the_set(quay), quay.work()
    lose(quay, 2, 3, 4)
    for _ in range(2):  # and stays the same
        made = quay.pull()
        assert errors(made) == ["task-missing"] * 3
        assert the_set(quay) == before
        assert quay.work() == work
    assert [task.get(KEPT) for task in copy_of(quay)] == [None, "gone", "gone", "gone"]
    assert errors(quay.status()) == ["task-missing"] * 3
    assert {each.alias: each.done for each in quay.status().annotators}["ada"] == 4
    shutil.rmtree(quay.root / "annotation/sets/quay-ada")
    quay.pull(again=True)

    assert the_set(quay) == before


def test_a_task_that_is_sent_anew_holds_once_it_is_submitted(quay: Run) -> None:
    """Until then the work that was lost with the old one does, and nothing is wrong any more."""
    before = the_set(quay)
    lose(quay, 2)
    quay.push()
    quay.server.draft("ada", item(2))
    assert errors(quay.pull()) == []
    assert the_set(quay) == before
    text = quay.server.task("ada", item(2))["data"]["text"]
    quay.server.submit("ada", item(2), region("new", 0, text.index(" "), "factual"), by="x@x.org")
    quay.pull()
    assert the_set(quay) == before
    quay.submit("ada", item(2), words="It was a")
    quay.pull()

    assert [task.get(KEPT) for task in copy_of(quay)] == [None] * 4
    assert b'"It was a"' in the_set(quay)[f"{item(2)}.jsonl"]


def test_a_project_that_is_made_anew_goes_on(quay: Run) -> None:
    """Tasks with the same numbers are others there; what was done in the first one stays."""
    before = the_set(quay)
    old = {number: task for number, task in quay.server.tasks.items() if task["project"] == 1}
    for number in old:
        del quay.server.tasks[number]
    del quay.server.projects[1]
    assert errors(quay.pull()) == ["project-gone"]
    assert the_set(quay) == before
    state = json.loads((quay.folder / "state.json").read_bytes())
    state["projects"] = [each for each in state["projects"] if each["alias"] != "ada"]
    (quay.folder / "state.json").write_text(json.dumps(state))
    quay.push()
    quay.submit("ada", item(3), words="It was a")
    made = quay.pull()
    after = the_set(quay)

    assert errors(made) == []
    assert [each.items for each in made.sets if each.alias == "ada"] == [4]
    assert b'"It was a"' in after.pop(f"{item(3)}.jsonl")
    assert {name: raw for name, raw in after.items() if name != "set.json"} == {
        name: raw for name, raw in before.items() if name not in (f"{item(3)}.jsonl", "set.json")
    }


def test_what_is_withdrawn_is_not_kept(quay: Run) -> None:
    """Skipping, or deleting one's annotation, takes an item out of the set; the last one stays."""
    quay.server.task("ada", item(1))["annotations"][0]["was_cancelled"] = True
    quay.server.task("ada", item(2))["annotations"].clear()
    made = quay.pull()

    assert errors(made) == []
    assert [c["item"] for c in quay.head("quay-ada")["coverage"]] == [item(3), item(4)]
    before = the_set(quay)
    for number in (1, 2, 3, 4):
        quay.server.task("ada", item(number))["annotations"].clear()
    made = quay.pull()
    assert [problem.id for problem in made.problems] == ["set-kept"]
    assert "no work" in made.problems[0].message
    assert the_set(quay) == before
    shutil.rmtree(quay.root / "annotation/sets/quay-ada")
    assert quay.pull().problems == ()


def test_a_text_that_is_altered_on_the_server_takes_no_work_with_it(quay: Run) -> None:
    """The task stands as it was in the copy until the text is put back."""
    before, copy = the_set(quay), copy_of(quay)
    task = quay.server.task("ada", item(2))
    text = task["data"]["text"]
    task["data"]["text"] = text.replace("It was", "It is")
    made = quay.pull()
    assert errors(made) == ["task-text-changed"]
    assert item(2) in made.problems[0].message
    assert the_set(quay) == before
    snapshots = len(raw_of(quay))
    quay.submit("ada", item(2), words="It is")
    assert errors(quay.pull()) == ["task-text-changed"]
    assert the_set(quay) == before
    assert len(raw_of(quay)) == snapshots + 1
    task["annotations"].pop()
    task["data"]["text"] = text
    assert errors(quay.pull()) == []

    assert copy_of(quay) == copy


def test_a_text_that_is_corrected_in_the_corpus_leaves_the_set(quay: Run) -> None:
    """It stays as it was, until the text is put back or the set is moved away."""
    before = the_set(quay)
    change_text(quay, 2)
    quay.submit("ben", item(1))
    made = quay.pull()

    assert errors(made) == ["task-text-changed"] * 3  # each of them has it
    (kept,) = [p for p in made.problems if p.id == "set-kept"]
    assert item(2) in kept.message
    assert kept.place.file == "annotation/sets/quay-ada/set.json"
    assert [each.alias for each in made.sets] == ["ben"]
    assert the_set(quay) == before
    assert len(copy_of(quay)) == 4
    shutil.move(quay.root / "annotation/sets/quay-ada", quay.root / "quay-ada")
    made = quay.pull()
    assert [p.id for p in made.problems if p.id == "set-kept"] == []
    assert len(quay.head("quay-ada")["coverage"]) == 3
    restore_text(quay, 2)
    assert errors(quay.pull()) == []
    assert the_set(quay) == before


def restore_text(run: Run, number: int) -> None:
    """Put an article's text back."""
    from harbour_news import add_article

    for path in [*run.root.glob(f"corpus/*/a{number:02}.*")]:
        path.unlink()
    sums = run.root / "corpus/raw/SHA256SUMS"
    lines = sums.read_text().splitlines(True)
    sums.write_text("".join(x for x in lines if f"a{number:02}.txt" not in x))
    add_article(run.root, number, article(number))


def test_an_item_that_leaves_the_corpus_leaves_the_set(quay: Run) -> None:
    """Its work does not fit the corpus any more; it is told, not thrown away."""
    before = the_set(quay)
    for path in [*quay.root.glob("corpus/*/a04.*")]:
        path.unlink()
    sums = quay.root / "corpus/raw/SHA256SUMS"
    sums.write_text("".join(x for x in sums.read_text().splitlines(True) if "a04.txt" not in x))
    made = quay.pull()

    assert "set-kept" in [problem.id for problem in made.problems]
    assert the_set(quay) == before


def test_an_interface_that_somebody_changed_is_told(quay: Run) -> None:
    """By pull and status, too: answers may mean something else now."""
    quay.server.projects[1]["label_config"] += "<!-- mine -->"
    assert errors(quay.status()) == ["label-config-changed"]
    made = quay.pull()

    assert errors(made) == ["label-config-changed"]
    assert "“newspan quay ada”" in made.problems[0].message
    assert len(quay.head("quay-ada")["coverage"]) == 4
    assert errors(quay.pull(again=True)) == []


def test_labels_that_are_not_pushed_yet_change_no_interface(quay: Run) -> None:
    """What counts is what was pushed."""
    from campaign.test_problems import keep_labels

    keep_labels(quay, lambda label: label["id"] != "prediction")

    assert errors(quay.status()) == []


def test_a_set_that_was_changed_by_hand_is_not_overwritten(quay: Run) -> None:
    """Not a byte of it; moved away, it makes room for what was pulled."""
    path = quay.root / f"annotation/sets/quay-ada/{item(1)}.jsonl"
    before = the_set(quay)
    path.write_text(path.read_text().replace('"opinion"', '"prediction"'))
    changed = the_set(quay)
    calls = list(quay.server.calls)
    for again in (True, False):
        with pytest.raises(ValueError, match="not as pull wrote it"):
            quay.pull(again=again)
    assert the_set(quay) == changed != before
    assert quay.server.calls == calls
    path.parent.rename(quay.root / "annotation/sets/mine")
    quay.pull()

    assert the_set(quay) == before


def test_line_ends_of_a_checkout_are_no_change(quay: Run) -> None:
    """A version control system may write them in its own way."""
    path = quay.root / f"annotation/sets/quay-ada/{item(1)}.jsonl"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert errors(quay.pull()) == []
    assert b"\r\n" not in path.read_bytes()


@pytest.mark.parametrize("when", ["in the first pull", "in a later one"])
def test_a_set_of_ones_own_is_not_overwritten(quay: Run, when: str) -> None:
    """A set of that name that no pull has written is somebody's, whenever it came."""
    own = quay.root / "annotation/sets/quay-ben"
    shutil.copytree(quay.root / "annotation/sets/quay-ada", own)
    head = json.loads((own / "set.json").read_bytes())
    (own / "set.json").write_text(json.dumps({**head, "id": "quay-ben"}))
    if when == "in the first pull":
        shutil.rmtree(quay.folder / "pulls")
        shutil.rmtree(quay.root / "annotation/sets/quay-ada")
    quay.submit("ben")
    before = the_set(quay, "quay-ben")
    with pytest.raises(ValueError, match="quay-ben is there, and this campaign did not make it"):
        quay.pull()

    assert the_set(quay, "quay-ben") == before


def test_two_campaigns_with_one_set_id_do_not_overwrite_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """quay and b-c, quay-b and c: the second one is told."""
    run = make_run(tmp_path, monkeypatch, 2, text='[[annotators]]\nalias = "b-c"\n')
    write_campaign(run.root, "quay-b", text='[[annotators]]\nalias = "c"\n')
    for name, alias in (("quay", "b-c"), ("quay-b", "c")):
        annotate_push(run.root, name, server=URL, token="t")
        project = next(n for n, p in run.server.projects.items() if p["title"].endswith(alias))
        for task in run.server.tasks.values():
            if task["project"] == project:
                task["annotations"].append(annotation(run, alias))
    annotate_pull(run.root, "quay", server=URL, token="t")
    before = the_set(run, "quay-b-c")
    with pytest.raises(ValueError, match="quay-b-c is there"):
        annotate_pull(run.root, "quay-b", server=URL, token="t")

    assert the_set(run, "quay-b-c") == before


def annotation(run: Run, alias: str) -> dict[str, Any]:
    """Return what somebody submits who finds nothing."""
    user = run.server.user(f"{alias}@example.org")
    return {"id": 900 + user, "completed_by": user, "result": [], "was_cancelled": False}


def test_a_pull_that_broke_while_it_wrote_is_finished_by_the_next_one(
    quay: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own half is not taken for somebody's changes, whichever of the two sets is there."""
    quay.submit("ada", item(1), words="It was a")
    with monkeypatch.context() as patch:

        def full(*_: object) -> object:
            raise OSError(errno.ENOSPC, "No space left on device")

        patch.setattr("newspan.whole._exchange", full)
        with pytest.raises(CampaignError):
            quay.pull()
    before = the_set(quay)
    quay.submit("ada", item(2), words="It was a")
    quay.pull()

    assert the_set(quay) != before
    listed = json.loads((quay.folder / "pulls/pulls.json").read_bytes())["sets"]
    assert [len(each) for each in listed.values()] == [1]


def test_nobody_has_verified_what_an_annotator_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person verified the set that was shown, not the one that a language model made of it."""
    run = make_run(tmp_path, monkeypatch, 2)
    run.push()
    run.submit("ada")
    run.pull()
    seed = run.root / "annotation/sets/seed"
    shutil.copytree(run.root / "annotation/sets/quay-ada", seed)
    head = json.loads((seed / "set.json").read_bytes())
    (seed / "set.json").write_text(json.dumps({**head, "id": "seed"}))
    for path in seed.glob("*.jsonl"):
        record = json.loads(path.read_bytes())
        path.write_text(
            json.dumps({**record, "human_verified": True, "decision": "unanimous"}) + "\n"
        )
    write_campaign(run.root, "pier", text=BOT, preannotate="seed")
    annotate_push(run.root, "pier", server=URL, token="t")
    for number in (1, 2):
        run.server.submit("bot", item(number))
    made = annotate_pull(run.root, "pier", server=URL, token="t")
    lines = [
        json.loads(raw) for name, raw in the_set(run, "pier-bot").items() if name != "set.json"
    ]

    assert errors(made) == []
    assert [each["text"] for each in lines] == ["It was", "It was"]
    assert not [each for each in lines if "human_verified" in each or "decision" in each]
    assert [p for p in check(run.root) if "pier-bot" in p.place.file] == []
