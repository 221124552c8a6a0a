"""Push: one project per annotator, each task once, and nothing that was handed out changes."""

from __future__ import annotations

import contextlib
import errno
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import newspan.labelstudio.servers
from campaign.test_problems import keep_labels
from campaign_runs import URL, Run, item, make_run
from fake_label_studio import FakeServer, region
from harbour_news import add_article, article, write_campaign, write_corpus
from newspan.campaign.plan import CampaignError
from newspan.campaign.push import annotate_config, annotate_push

REPLACED = '[[annotators]]\nalias = "ada"\nreplaced_by = "dora"\n' + "".join(
    f'[[annotators]]\nalias = "{alias}"\n' for alias in ("ben", "cleo", "dora")
)


@pytest.fixture
def quay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a campaign of six articles, two annotators each, that is not pushed yet."""
    return make_run(tmp_path, monkeypatch, 6, per_item=2, training=[item(1)], batch_size=3)


def ids(problems: object) -> list[str]:
    """Return the ids of problems."""
    return [problem.id for problem in problems]  # type: ignore[attr-defined]


def on_server(run: Run) -> Counter[tuple[str, str]]:
    """Return how often each annotator's project has each item."""
    titles = {number: p["title"] for number, p in run.server.projects.items()}
    return Counter(
        (titles[task["project"]].split()[-1], task["data"]["item_id"])
        for task in run.server.tasks.values()
    )


def handed_out(run: Run) -> Counter[tuple[str, str]]:
    """Return what the state says that annotators have or had."""
    return Counter((task.alias, task.item) for task in run.state.tasks)


def test_each_annotator_has_a_project_with_their_tasks(quay: Run) -> None:
    """Once each, the training round first, with interface and instruction."""
    made = quay.push()

    assert made.problems == ()
    assert [each.alias for each in made.projects] == ["ada", "ben", "cleo"]
    assert on_server(quay) == handed_out(quay)
    assert set(on_server(quay).values()) == {1}
    for alias in ("ada", "ben", "cleo"):
        numbers = [t["data"]["item_id"] for t in quay.server.tasks.values()
                   if quay.server.projects[t["project"]]["title"].endswith(alias)]  # fmt: skip
        assert numbers[0] == item(1)
    project = quay.server.projects[1]
    assert project["title"] == "newspan quay ada"
    assert project["label_config"] == annotate_config(quay.root, "quay")
    assert "Harbour" not in project["label_config"]
    assert "what the text says" in project["instruction"]
    assert project["predictions"] is False


def test_pushing_again_changes_nothing(quay: Run) -> None:
    """Neither on the server nor in the folder."""
    quay.push()
    before = (quay.folder / "state.json").read_bytes(), on_server(quay)
    made = quay.push()

    assert [each.sent for each in made.projects] == [0, 0, 0]
    assert ((quay.folder / "state.json").read_bytes(), on_server(quay)) == before
    assert quay.server.calls.count("create") == 3


@pytest.mark.parametrize("method", ["create", "import_tasks", "held", "project", "users"])
def test_a_push_that_broke_is_finished_by_the_next_one(quay: Run, method: str) -> None:
    """A project whose answer was lost is found again, and no task is there twice."""
    quay.server.fails[method] = ["connection-broken"]
    try:
        broken = quay.push()
        assert len(broken.problems) <= 1
    except CampaignError as error:
        assert ids(error.problems) == ["connection-broken"]
    quay.server.fails[method] = ["connection-broken"]
    with contextlib.suppress(CampaignError):
        quay.push()
    made = quay.push()

    assert made.problems == ()
    assert len(quay.server.projects) == 3
    assert on_server(quay) == handed_out(quay)
    assert set(on_server(quay).values()) == {1}


@pytest.mark.parametrize("problem", ["server-unreachable", "token-refused"])
def test_nothing_is_handed_out_when_the_server_can_not_be_asked(quay: Run, problem: str) -> None:
    """The first question fails, so nothing is written; one problem says why."""
    quay.server.fails["users"] = [problem]
    with pytest.raises(CampaignError) as caught:
        quay.push()

    assert ids(caught.value.problems) == [problem]
    assert not (quay.folder / "state.json").exists()


def test_who_has_no_account_is_told(quay: Run) -> None:
    """An address with a typing error would make all of somebody's work foreign."""
    quay.server.user("ada@example.org")
    path = quay.folder / "private/people.toml"
    path.write_text('[ada]\nemail = "Ada@example.org"\n[ben]\nemail = "bne@example.org"\n[bne]\n')
    told = quay.push().notes

    assert told[0] == "people.toml names bne, campaign.toml doesn't"
    assert [note.split()[0] for note in told if "account" in note] == ["ben"]


def test_the_folder_of_another_verb_is_refused(quay: Run) -> None:
    """One folder belongs to one verb."""
    (quay.folder / "decisions.jsonl").write_text("")
    with pytest.raises(ValueError, match="another name"):
        quay.push()


def test_one_project_that_fails_does_not_stop_the_others(quay: Run) -> None:
    """Ada's project was deleted: that is told, and Ben and Cleo get what is new."""
    quay.push()
    del quay.server.projects[1]
    add_article(quay.root, 7, article(7))
    made = quay.push()

    assert ids(made.problems) == ["project-gone"]
    assert {each.alias for each in made.projects} == {"ben", "cleo"}


def test_a_project_of_that_title_that_is_not_ours_is_left_alone(quay: Run) -> None:
    """The others get theirs; with it out of the way, so does Ada."""
    fields = {"label_config": "<View/>", "instruction": "", "predictions": False}
    quay.server.create("newspan quay ada", description="mine", **fields)
    made = quay.push()

    assert ids(made.problems) == ["project-ambiguous"]
    assert {each.alias for each in made.projects} == {"ben", "cleo"}
    assert quay.server.projects.pop(1)["label_config"] == "<View/>"
    assert quay.push().problems == ()
    assert on_server(quay) == handed_out(quay)


def test_items_that_are_added_are_handed_out_beside_the_others(quay: Run) -> None:
    """What was handed out stays as it is; the new items are a batch of their own."""
    quay.push()
    before = quay.state.tasks
    for number in (7, 8):
        add_article(quay.root, number, article(number))
    made = quay.push()

    assert quay.state.tasks[: len(before)] == before
    new = quay.state.tasks[len(before) :]
    assert Counter(task.item for task in new) == {item(7): 2, item(8): 2}
    assert {task.batch for task in new} == {max(task.batch for task in before) + 1}
    assert sum(each.sent for each in made.projects) == 4
    assert on_server(quay) == handed_out(quay)


def test_untouched_tasks_of_a_replaced_annotator_go_to_the_new_one(quay: Run) -> None:
    """What Ada submitted, skipped or began stays hers; Dora gets the rest and the training."""
    quay.push()
    done, skipped, begun, *rest = quay.items_of("ada")
    quay.submit("ada", done)
    quay.server.submit("ada", skipped, [], skip=True)
    quay.server.draft("ada", begun)
    write_campaign(quay.root, per_item=2, training=[item(1)], batch_size=3, text=REPLACED)
    made = quay.push()

    assert quay.items_of("ada") == [done, skipped, begun]
    assert sorted(quay.items_of("dora")) == sorted({item(1), *rest})
    assert made.handed_over == (("ada", "dora", len(rest)),)
    assert quay.push().handed_over == made.handed_over
    assert sum(each.sent for each in quay.push().projects) == 0


def test_new_guidelines_hold_for_what_is_not_begun(quay: Run) -> None:
    """Work keeps the version that it was done under, and annotators see the new text."""
    quay.push()
    done = quay.items_of("ada")[0]
    quay.submit("ada", done)
    guidelines = quay.root / "annotation/guidelines.md"
    text = guidelines.read_text(encoding="utf-8").replace("1.0.0", "1.1.0")
    guidelines.write_text(text.replace("what the text says", "all it says"), encoding="utf-8")
    quay.push()
    versions = {(task.item, task.alias): task.guidelines for task in quay.state.tasks}

    assert versions.pop((done, "ada")) == "1.0.0"
    assert set(versions.values()) == {"1.1.0"}
    assert all("all it says" in p["expert_instruction"] for p in quay.server.projects.values())


def test_other_guidelines_than_those_of_the_campaign_are_refused(quay: Run) -> None:
    """The version in campaign.toml must be the one that annotators will read."""
    write_campaign(quay.root, guidelines="2.0.0")
    with pytest.raises(CampaignError) as caught:
        quay.push()

    assert ids(caught.value.problems) == ["campaign-settings"]
    assert "1.0.0" in caught.value.problems[0].message
    assert quay.server.projects == {}


def test_a_label_that_is_added_or_not_in_use_changes_the_interface(quay: Run) -> None:
    """Only what work on the server uses must stay."""
    quay.push()
    quay.submit("ada", words="It was")  # an opinion
    keep_labels(quay, lambda label: label["id"] not in ("prediction", "Slogans"))
    assert quay.push().problems == ()
    config = quay.server.projects[1]["label_config"]
    assert 'alias="prediction"' not in config
    (quay.root / "schema/labels.json").unlink()
    assert quay.push().problems == ()

    assert 'alias="prediction"' in quay.server.projects[1]["label_config"]


def test_a_label_in_use_stays(quay: Run) -> None:
    """Its project is left as it is, and the problem says what is in use."""
    quay.push()
    quay.submit("ada")
    before = quay.server.projects[1]["label_config"]
    keep_labels(quay, lambda label: label["id"] != "opinion")
    made = quay.push()

    assert ids(made.problems) == ["label-in-use"]
    assert "claim opinion" in made.problems[0].message
    assert quay.server.projects[1]["label_config"] == before


def test_an_interface_that_somebody_changed_is_told(quay: Run) -> None:
    """Nothing is sent to that project, and the change is not undone without being asked."""
    quay.push()
    quay.server.projects[1]["label_config"] += "<!-- mine -->"
    add_article(quay.root, 7, article(7))
    made = quay.push()

    assert ids(made.problems) == ["label-config-changed"]
    assert {each.alias for each in made.projects} == {"ben", "cleo"}
    quay.server.projects[1]["label_config"] = annotate_config(quay.root, "quay")
    assert quay.push().problems == ()


def test_a_text_that_changed_is_told(quay: Run) -> None:
    """The others go on; what is on the server stays as it was handed out."""
    quay.push()
    before = on_server(quay)
    parts = article(2)
    parts[1] = parts[1].replace("It was", "It is")
    for path in [*quay.root.glob("corpus/*/a02.*")]:
        path.unlink()
    sums = quay.root / "corpus/raw/SHA256SUMS"
    sums.write_text("".join(x for x in sums.read_text().splitlines(True) if "a02.txt" not in x))
    add_article(quay.root, 2, parts)
    made = quay.push()

    assert ids(made.problems) == ["task-text-changed"]
    assert made.problems[0].place.file == "corpus/documents/a02.json"
    assert on_server(quay) == before


def test_an_item_that_left_the_corpus_is_told(quay: Run) -> None:
    """Its tasks stay where they are."""
    quay.push()
    for path in [*quay.root.glob("corpus/*/a06.*")]:
        path.unlink()
    sums = quay.root / "corpus/raw/SHA256SUMS"
    sums.write_text("".join(x for x in sums.read_text().splitlines(True) if "a06.txt" not in x))

    assert ids(quay.push().problems) == ["task-text-changed"]


def test_copies_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An item that is copied from another one is not handed out, unless that is asked for."""
    run = make_run(tmp_path, monkeypatch, 6, copies_of={5: 2, 6: 1}, training=[item(6)])
    made = run.push()

    assert [each.item for each in made.left_out] == [item(5)]  # the training round stays
    assert made.left_out[0].share >= 0.95
    assert {task.item for task in run.state.tasks} == {item(n) for n in (1, 2, 3, 4, 6)}
    write_campaign(run.root, training=[item(6)], copies="annotate")
    assert [each.item for each in run.push().left_out] == []
    assert item(5) in {task.item for task in run.state.tasks}


def test_a_copy_of_what_is_not_in_the_campaign_is_handed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody would annotate what it was copied from."""
    items = [item(n) for n in (1, 3, 4, 5)]
    run = make_run(tmp_path, monkeypatch, 5, copies_of={5: 2}, items=items)

    assert run.push().left_out == ()


def test_without_duplicate_blocks_it_says_so(quay: Run) -> None:
    """Nobody takes 'nothing left out' for 'no copies there'."""
    assert any("newspan duplicates" in note for note in quay.push().notes)


def test_a_set_can_be_shown_as_predictions(quay: Run) -> None:
    """Each task has it under the set's name, and the project shows it."""
    folder = quay.root / "annotation/sets/rule"
    folder.mkdir(parents=True)
    head = {
        "id": "rule",
        "producer": {"kind": "rule", "name": "r"},
        "created": "2026-11-22",
        "labels_sha256": "0" * 64,
        "coverage": [{"item": item(1), "layers": ["claim"], "zones": ["paragraph"]}],
    }
    (folder / "set.json").write_text(json.dumps(head))
    text = "\r\n\r\n".join(article(1))
    start = text.index("It was")
    span = {"record": "span", "id": "c1", "layer": "claim", "factuality": "opinion"}
    span |= {"start": start, "end": start + 6, "text": "It was"}  # type: ignore[dict-item]
    (folder / f"{item(1)}.jsonl").write_text(json.dumps(span) + "\n")
    write_campaign(quay.root, preannotate="rule", training=[item(1)], per_item=2)
    quay.push()
    (prediction,) = quay.server.task("ada", item(1))["predictions"]

    assert prediction["model_version"] == "rule"
    assert prediction["result"][0]["id"] == "c1"
    assert quay.server.projects[1]["predictions"] is True
    assert quay.server.projects[1]["model_version"] == "rule"


def test_servers_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An annotator's project is on the server that people.toml names, with its token."""
    servers = {URL: FakeServer(), "http://own.example": FakeServer("http://own.example")}
    tokens = {}

    def connect(url: str, token: str) -> FakeServer:
        tokens[url] = token
        return servers[url]

    monkeypatch.setattr(newspan.labelstudio.servers, "connect", connect)
    monkeypatch.setenv("TOKEN_BEN", "b")
    root = write_corpus(tmp_path / "corpus", 2)
    people = write_campaign(root).parent / "private/people.toml"
    people.parent.mkdir()
    people.write_text('[ben]\nserver = "http://own.example/"\ntoken_env = "TOKEN_BEN"\n')
    annotate_push(root, "quay", server=URL, token="t")

    assert tokens == {URL: "t", "http://own.example": "b"}
    own = servers["http://own.example"].projects.values()
    assert [project["title"] for project in own] == ["newspan quay ben"]
    assert len(servers[URL].projects) == 2


@pytest.mark.parametrize("verb", ["push", "pull", "status"])
def test_a_token_is_for_one_server(quay: Run, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    """A server of an annotator's own never sees the token of the others'."""
    quay.push()
    asked: list[str] = []
    monkeypatch.setattr(
        newspan.labelstudio.servers, "connect", lambda url, token: asked.append(url)
    )
    path = quay.folder / "private/people.toml"
    path.write_text('[ada]\nserver = "http://other.example"\n')
    with pytest.raises(ValueError, match="token_env"):
        getattr(quay, verb)()
    assert asked == []


def test_the_common_server_may_be_named_again(quay: Run) -> None:
    """It is the one that the token is for."""
    (quay.folder / "private").mkdir(exist_ok=True)
    path = quay.folder / "private/people.toml"
    path.write_text(f'[ada]\nserver = "{URL}/"\n')

    assert quay.push().problems == ()


@pytest.mark.parametrize("alias", ["unknown", "pulls"])
def test_a_reserved_alias_is_nobody_s(quay: Run, alias: str) -> None:
    """In people.toml too."""
    path = quay.folder / "private/people.toml"
    path.write_text(f'[{alias}]\nemail = "x@example.org"\n')
    with pytest.raises(CampaignError) as caught:
        quay.push()

    assert ids(caught.value.problems) == ["campaign-settings"]
    assert "another meaning" in caught.value.problems[0].message


def test_no_server_and_no_token_are_wrong_use(quay: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the variables to set."""
    monkeypatch.delenv("LABEL_STUDIO_URL", raising=False)
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    with pytest.raises(ValueError, match="LABEL_STUDIO_URL"):
        annotate_push(quay.root, "quay", token="t")
    with pytest.raises(ValueError, match="LABEL_STUDIO_API_KEY"):
        annotate_push(quay.root, "quay", server=URL)


def test_another_server_than_before_is_refused(quay: Run) -> None:
    """Else all tasks would be there twice."""
    quay.push()
    with pytest.raises(ValueError, match=r"state\.json"):
        annotate_push(quay.root, "quay", server="http://other.example", token="t")


def test_an_annotator_with_tasks_stays_in_the_file(quay: Run) -> None:
    """Whoever leaves is replaced, not removed: else nobody would know whose work it is."""
    quay.push()
    write_campaign(quay.root, per_item=1, text='[[annotators]]\nalias = "ben"\n')
    with pytest.raises(CampaignError) as caught:
        quay.push()

    assert [problem.message.split()[0] for problem in caught.value.problems] == ["ada", "cleo"]
    assert "replaced_by" in caught.value.problems[0].message


@pytest.mark.parametrize("calls", [0, 1, 2, 4, 6])
def test_a_full_disk_is_told_and_overcome(
    quay: Run, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    """Wherever it happens; with room again, the next push ends with each task once."""
    real, left = tempfile.mkstemp, [calls]

    def full(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr("newspan.whole.tempfile.mkstemp", full)
        try:
            problems = quay.push().problems
        except CampaignError as error:
            problems = tuple(error.problems)
    assert set(ids(problems)) == {"disk-full"}
    assert quay.push().problems == ()
    assert len(quay.server.projects) == 3
    assert on_server(quay) == handed_out(quay)


def test_the_private_folder_is_ignored(quay: Run) -> None:
    """git never sees what is in it; a people.toml to fill in is there."""
    quay.push()

    assert (quay.folder / "private/.gitignore").read_text() == "*\n"
    assert "[cleo]" in (quay.folder / "private/people.toml").read_text()


def test_a_region_helper_makes_answers() -> None:
    """What tests submit looks like what a browser submits."""
    made = region("r", 1, 2, "factual", check_worthy="yes")

    assert [each["from_name"] for each in made] == ["claim", "check_worthy"]
