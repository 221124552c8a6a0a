"""Status: how far a campaign is, from the server or the last pull, and that it writes nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from campaign_runs import URL, Run, item, make_run
from fake_label_studio import region
from harbour_news import write_campaign
from newspan.cli import main


@pytest.fixture
def quay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a campaign of eight articles, one of them a copy, that is pushed."""
    monkeypatch.setenv("LABEL_STUDIO_URL", URL)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "t")
    keys = {"per_item": 2, "training": [item(1), item(2)], "batch_size": 5}
    run = make_run(tmp_path, monkeypatch, 8, copies_of={8: 3}, **keys)
    run.push()
    return run


def files(folder: Path) -> dict[str, bytes]:
    """Return what a folder holds."""
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_progress_is_told_by_annotator(quay: Run) -> None:
    """Tasks done, skipped, begun and open, spans by layer, and the time spent."""
    first, second, third, *rest = quay.items_of("ada")
    quay.submit("ada", first)
    quay.server.submit("ada", second, [], skip=True, seconds=30.0)
    quay.server.draft("ada", third)
    before = files(quay.root)
    status = quay.status()
    ada, ben, _ = status.annotators

    assert (ada.tasks, ada.done, ada.skipped, ada.drafts) == (3 + len(rest), 1, 1, 1)
    assert ada.open == len(rest)
    assert ada.spans == {"claim": 1, "attribution": 0, "loaded_language": 0}
    assert ada.seconds == 95.0
    assert ada.project == f"{URL}/projects/1"
    assert (ben.done, ben.open) == (0, ben.tasks)
    assert status.problems == ()
    assert files(quay.root) == before


def test_agreement_is_told_by_batch(quay: Run) -> None:
    """For each two who share items, by layer, with its signature; too little is told as such."""
    for alias in ("ada", "ben"):
        quay.submit(alias, item(1), item(2))
    quay.submit("cleo", item(1))
    status = quay.status()
    found = {(a.batch, a.layer, a.aliases): a for a in status.agreement}
    full = found[0, "claim", ("ada", "ben")]

    assert (full.items, full.shared, full.gamma) == (2, 2, 1.0)
    assert full.signature is not None
    assert "items:2|" in full.signature
    assert full.signature.endswith("sets:quay-ada+quay-ben|n:2+2")
    assert found[0, "claim", ("ada", "cleo")].reason == "fewer than 2 items by both"
    assert found[0, "attribution", ("ada", "ben")].reason == "no set has a span"
    assert {a.batch for a in status.agreement} == {0, 1}
    assert "batch 1: not enough yet" in str(status)
    assert quay.status(agreement=False).agreement == ()


def test_what_copies_save_is_told(quay: Run) -> None:
    """As a share of the campaign's characters."""
    status = quay.status(agreement=False)
    texts = [path.read_bytes().decode() for path in sorted(quay.root.glob("corpus/raw/*.txt"))]

    assert (status.items, status.left_out, status.saved) == (7, 1, len(texts[7]))
    assert status.characters == sum(map(len, texts))
    assert f"{status.saved / status.characters:.1%} of the campaign" in str(status)


def test_status_of_the_last_pull_needs_no_server(quay: Run) -> None:
    """Offline it says what the server's status said when it was pulled."""
    quay.submit("ada")
    before = quay.status()
    quay.pull()
    quay.submit("ben")
    quay.server.calls.clear()

    offline = quay.status(offline=True)
    assert offline.annotators == before.annotators
    assert quay.server.calls == []
    assert quay.status().annotators[1].done > 0


def test_a_project_that_cannot_be_read_shows_no_numbers(quay: Run) -> None:
    """What is not known is not told as nothing done."""
    quay.submit("ada")
    del quay.server.projects[1]
    status = quay.status()

    assert [each.known for each in status.annotators] == [False, True, True]
    assert re.search(r"^ +ada +\d+( +\?)+$", str(status), re.M)
    assert {each.id for each in status.problems} >= {"project-gone"}


def test_a_replaced_annotator_is_told(quay: Run) -> None:
    """With what was handed over; what she did counts as hers."""
    done, *rest = quay.items_of("ada")
    quay.submit("ada", done)
    people = '[[annotators]]\nalias = "ada"\nreplaced_by = "dora"\n'
    people += "".join(f'[[annotators]]\nalias = "{alias}"\n' for alias in ("ben", "cleo", "dora"))
    write_campaign(quay.root, text=people, per_item=2, training=[item(1), item(2)])
    quay.push()
    status = quay.status(agreement=False)
    ada = status.annotators[0]

    assert (ada.tasks, ada.done, ada.open, ada.handed_over) == (1, 1, 0, len(rest))
    assert f"ada is replaced by dora: {len(rest)} tasks handed over" in str(status)


def test_anchoring_is_told_where_there_are_predictions(quay: Run) -> None:
    """Without a pre-annotation there is nothing to tell."""
    assert quay.status(agreement=False).anchoring == ()
    task = quay.server.task("ada", item(1))
    task["predictions"] = [
        {"id": 900, "model_version": "rule", "result": region("c1", 0, 4, "opinion")}
    ]
    quay.server.submit("ada", item(1))
    found = {each.alias: each for each in quay.status(agreement=False).anchoring}

    assert (found["ada"].kept, found["ada"].removed, found["ada"].added) == (1, 0, 0)


def invoke(run: Run, *words: str) -> tuple[int, str, str]:
    """Run a verb; return its exit code, stdout and stderr."""
    result = CliRunner().invoke(main, ["annotate", *words, "--corpus", str(run.root)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_the_verbs_print_results_and_exit_with_0(quay: Run) -> None:
    """Results on stdout, everything else on stderr."""
    quay.submit("ada")
    for words, told in (
        (["config"], "<View"),
        (["config", "quay"], "<View"),
        (["push", "quay"], "ada: "),
        (["status", "quay"], "campaign quay: 7 items in 2 batches"),
        (["status", "quay", "--no-agreement"], "campaign quay"),
        (["pull", "quay"], "quay-ada: "),
        (["pull", "quay", "--again"], "carried to copies: quay-ada-all"),
        (["status", "quay", "--offline"], "left out as copies: 1 item,"),
    ):
        code, out, err = invoke(quay, *words)
        assert (code, told in out) == (0, True), (words, out, err)
        assert "Error" not in err


def test_a_push_that_is_stopped_says_how_to_go_on(
    quay: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C loses nothing, and whoever pressed it is told so."""

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("newspan.campaign.push.annotate_push", stopped)
    code, out, err = invoke(quay, "push", "quay")

    assert (code, out) == (1, "")
    assert "run it again" in err


@pytest.mark.parametrize("words", [["push"], ["status"], ["pull"], ["pull", "--again"]])
def test_the_verbs_print_json(quay: Run, words: list[str]) -> None:
    """What a program reads has the problems too."""
    quay.submit("ada")
    quay.pull()
    code, out, _ = invoke(quay, words[0], "quay", *words[1:], "--json")

    assert code == 0
    assert json.loads(out)["name"] == "quay"
    assert json.loads(out)["problems"] == []


@pytest.mark.parametrize("verb", ["push", "status", "pull"])
def test_problems_exit_with_1(quay: Run, verb: str) -> None:
    """What stops everything, and what is wrong with one project."""
    (quay.folder / "campaign.toml").write_text("name = 3")
    code, out, err = invoke(quay, verb, "quay")

    assert (code, out) == (1, "")
    assert "campaign.toml#/name: error campaign-settings" in err


def test_foreign_work_exits_with_1(quay: Run) -> None:
    """The sets are written all the same."""
    quay.submit("ada")
    quay.submit("ben", item(1))
    quay.submit("ben", item(2), by="ada@example.org")
    code, out, err = invoke(quay, "pull", "quay")

    assert code == 1
    assert "quay-ada: " in out
    assert "error foreign-work" in err
    assert invoke(quay, "status", "quay")[0] == 1


def test_wrong_use_exits_with_2(quay: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is none, and a missing token."""
    assert invoke(quay, "push", "../quay")[0] == 2
    monkeypatch.delenv("LABEL_STUDIO_API_KEY")
    code, _, err = invoke(quay, "status", "quay")

    assert code == 2
    assert "LABEL_STUDIO_API_KEY" in err
