"""Push again: who returns, what could not be updated, what can't be read."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from campaign.test_problems import keep_labels
from campaign_runs import Run, item, make_run
from harbour_news import add_article, article, write_campaign
from newspan.campaign.interface import is_as_pushed, sha, used_in
from newspan.campaign.state import State, write_state


def people(replaced: dict[str, str]) -> str:
    """Return the TOML of three annotators, some of them replaced."""
    found = ""
    for alias in ("ada", "ben", "cleo"):
        found += f'[[annotators]]\nalias = "{alias}"\n'
        if alias in replaced:
            found += f'replaced_by = "{replaced[alias]}"\n'
    return found


def change_guidelines(run: Run, version: str) -> None:
    """Give the guidelines another text and version."""
    path = run.root / "annotation/guidelines.md"
    text = path.read_text(encoding="utf-8").replace("1.0.0", version)
    path.write_text(text.replace("what the text says", "all it says"), encoding="utf-8")


def change_text(run: Run, number: int) -> None:
    """Correct a word of an article in the corpus."""
    parts = article(number)
    parts[1] = parts[1].replace("It was", "It is")
    for path in [*run.root.glob(f"corpus/*/a{number:02}.*")]:
        path.unlink()
    sums = run.root / "corpus/raw/SHA256SUMS"
    lines = sums.read_text().splitlines(True)
    sums.write_text("".join(x for x in lines if f"a{number:02}.txt" not in x))
    add_article(run.root, number, parts)


def test_an_annotator_who_returns_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each item is theirs once, in the project that they had; what the other did stays done."""
    run = make_run(tmp_path, monkeypatch, 4, per_item=2)
    run.push()
    had = run.items_of("ada")
    write_campaign(run.root, per_item=2, text=people({"ada": "ben"}))
    run.push()
    assert run.items_of("ada") == []
    write_campaign(run.root, per_item=3)
    change_guidelines(run, "1.1.0")
    made = run.push()

    assert made.problems == ()
    assert set(run.items_of("ada")) == {item(n) for n in range(1, 5)}
    assert sum(each.sent for each in run.push().projects) == 0
    assert {t.guidelines for t in run.state.tasks_of("ada")} == {"1.1.0"}
    tasks = [t for t in run.server.tasks.values() if t["project"] == 1]
    assert sorted(t["data"]["item_id"] for t in tasks) == sorted(run.items_of("ada"))
    assert set(had) <= set(run.items_of("ada"))
    run.submit("ada")
    assert [p.id for p in run.pull().problems if p.severity == "error"] == []


def test_annotators_who_replace_each_other_in_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ben for Ada, then Ada for Ben: each push and pull is as good as the first."""
    run = make_run(tmp_path, monkeypatch, 4, per_item=1)
    run.push()
    run.submit("ada", done := run.items_of("ada")[0])
    for replaced in ({"ada": "ben"}, {"ben": "ada"}, {"ada": "ben"}, {}):
        write_campaign(run.root, per_item=1, text=people(replaced))
        assert run.push().problems == ()
        open_ = [task.item for task in run.state.tasks if task.handed_to is None]
        assert sorted(open_) == [item(n) for n in range(1, 5)]

    assert done in run.items_of("ada")
    assert [p.id for p in run.pull().problems if p.severity == "error"] == []


def test_a_state_that_could_not_be_read_is_not_written(tmp_path: Path) -> None:
    """The file stays as it was, rather than stop the campaign for good."""
    from newspan.campaign.assignment import Task

    task = Task("i1", "ada", 1, "1.0.0", "0")
    with pytest.raises(RuntimeError, match="twice"):
        write_state(tmp_path, "quay", State(tasks=(task, msgspec.structs.replace(task, batch=2))))

    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("why", ["server", "interface"])
def test_guidelines_that_nobody_was_shown_are_not_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """Work that is done until a project has the new text is under the old version."""
    run = make_run(tmp_path, monkeypatch, 2)
    run.push()
    before = run.server.projects[1]["label_config"]
    change_guidelines(run, "2.0.0")
    if why == "server":
        run.server.fails["update"] = ["server-unreachable"]
    else:
        run.server.projects[1]["label_config"] += "<!-- mine -->"
    assert len(run.push().problems) == 1
    run.submit("ada", item(1))
    assert {t.guidelines for t in run.state.tasks_of("ada")} == {"1.0.0"}
    assert {t.guidelines for t in run.state.tasks_of("ben")} == {"2.0.0"}
    run.server.projects[1]["label_config"] = before
    assert run.push().problems == ()
    run.pull()

    assert run.head("quay-ada")["guidelines_version"] == "1.0.0"
    assert {t.item: t.guidelines for t in run.state.tasks_of("ada")} == {
        item(1): "1.0.0", item(2): "2.0.0",
    }  # fmt: skip


def test_a_text_that_changed_before_somebody_joined_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever joined has the new text; that the others don't is told all the same."""
    run = make_run(tmp_path, monkeypatch, 2)
    run.push()
    change_text(run, 2)
    write_campaign(run.root, text=people({}) + '[[annotators]]\nalias = "dora"\n')
    for _ in range(2):
        (problem,) = run.push().problems
        assert problem.id == "task-text-changed"
        assert problem.message.endswith("ada, ben, cleo")


@pytest.mark.parametrize(
    "result",
    [
        '{"from_name": ["x"], "type": "choices", "value": {"choices": ["a"]}}',
        '{"from_name": "x", "type": ["t"], "value": {}}',
        '{"from_name": "x", "type": "choices", "value": {"choices": 5}}',
        '{"from_name": "x", "type": "choices", "value": {"choices": [["a"], {"b": 1}]}}',
        '{"note": "half a character: \\ud83d"}',
    ],
)
def test_what_is_in_use_is_found_beside_anything(result: str) -> None:
    """Results that are none are passed by."""
    used = '{"from_name": "claim", "type": "labels", "value": {"labels": ["opinion"]}}'
    raw = f'[{{"annotations": [{{"result": [{result}, {used}]}}]}}]'.encode()

    assert used_in(raw, [("claim", "opinion"), ("claim", "factual")]) == ["claim opinion"]


@pytest.mark.parametrize("raw", [b"<html>", b"[" * 100_000])
def test_a_label_stays_while_it_can_not_be_told_what_is_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raw: bytes
) -> None:
    """An answer that can't be read is a problem of that project."""
    run = make_run(tmp_path, monkeypatch, 1)
    run.push()
    before = run.server.projects[1]["label_config"]
    keep_labels(run, lambda label: label["id"] != "opinion")
    monkeypatch.setattr(run.server, "snapshot", lambda number: raw)
    made = run.push()

    assert {problem.id for problem in made.problems} == {"label-in-use"}
    assert run.server.projects[1]["label_config"] == before


def test_line_ends_are_no_change_of_an_interface() -> None:
    """A server may store them in its own way; any other character counts."""
    config = "<View>\n  <Text/>\n</View>\n"

    assert is_as_pushed(config, sha(config))
    assert is_as_pushed(config.strip().replace("\n", "\r\n"), sha(config))
    assert not is_as_pushed(config.replace("Text", "text"), sha(config))
