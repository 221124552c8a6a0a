"""`newspan score` reads a corpus, refuses what it can't score, and prints figures or JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import newspan
from corpora import copy_good
from newspan.cli.score import command
from newspan.reuse.project_set import project_set
from newspan.scoring.baselines import LENGTH, NOTHING, WHOLE
from newspan.scoring.score import ScoreError


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """Return the small corpus with the set `all`, its consensus carried to copies."""
    corpus = copy_good(tmp_path)
    project_set(corpus, "consensus", "all")
    return corpus


def run(*arguments: Any) -> tuple[int, str, str]:
    """Run the verb; return its exit code, stdout and stderr."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_a_set_and_its_projection(good: Path) -> None:
    """The projection repeats the set; held the other way round, what it added is missed."""
    forth = newspan.score(good, "consensus", "all", replicates=20)
    back = newspan.score(good, "all", "consensus", replicates=20)

    assert forth.find("iou", "claim").f1.value == 1.0
    assert (
        forth.find("attribution", "attribution", by="role", of="all roles", parts="exact").f1.value
        == 1.0
    )
    recall = back.find("iou", "claim").recall.value
    assert back.find("iou", "claim").precision.value == 1.0
    assert recall is not None and recall < 1.0
    assert any("does not say that it looked at" in note for note in back.layers[0].notes)


def test_the_verb_prints_tables(good: Path) -> None:
    """Headline first, baselines beside, signatures; nothing on stderr."""
    code, out, err = run("consensus", "all", "--corpus", good, "--bootstrap", 20)

    assert (code, err) == (0, "")
    assert re.search(r"^  all +n +P +R +F1 +without copies +whole +nothing +length", out, re.M)
    assert re.search(r"^  F1 IoU +4\+4 +1\.000 .*iou\|v:1\|labels:same", out, re.M)
    assert "|layer:claim|copies:with|blocks:reuse_v1|items:1|" in out
    assert not re.search(r"\bnan\b", out, re.IGNORECASE)


def test_the_verb_prints_json(good: Path) -> None:
    """All figures with signatures, no NaN; the same twice."""
    arguments = (
        "consensus",
        "all",
        "--corpus",
        good,
        "--json",
        "--layer",
        "claim",
        "--by",
        "document",
    )
    code, out, _ = run(*arguments)
    data = json.loads(out, parse_constant=pytest.fail)
    layer = data["layers"][0]

    assert code == 0
    assert (data["by"], data["reference"]["id"]) == ("document", "consensus")
    assert all(f["signature"].startswith(f["measure"]) for f in layer["figures"])
    assert {f["predicted"] for f in layer["figures"]} == {"all", WHOLE, NOTHING, LENGTH}
    assert set(layer["figures"][0]["f1"]) == {"value", "low", "high"}
    assert layer["support"]
    assert run(*arguments)[1] == out


def test_two_predictions(good: Path) -> None:
    """Each is scored, and their difference tested; a set can be held against itself."""
    code, out, _ = run("consensus", "all", "consensus", "--corpus", good, "--blocks", "none")

    assert code == 0
    assert "consensus is held against itself." in out
    assert re.search(r"^  all - consensus +F1 +F1 +difference +p", out, re.M)
    assert "without copies" not in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("consensus",), "Missing argument 'PREDICTED'"),
        (("consensus", "nope"), "no set 'nope'"),
        (("nope", "consensus"), "no set 'nope'"),
        (("consensus", "all", "all"), "two different ones"),
        (("reuse_v1", "all"), "looked at no text"),
        (("consensus", "all", "--blocks", "all"), "nobody looked for duplicate blocks"),
        (("consensus", "all", "--layer", "x"), "no layer 'x'"),
        (("consensus", "all", "--bootstrap", "-1"), "0 or more"),
        (("consensus", "all", "--bootstrap", "1000000"), "at most 100,000"),
        (("consensus", "all", "--by", "outlet"), "Invalid value for '--by'"),
    ],
)
def test_wrong_use(good: Path, arguments: Any, message: str) -> None:
    """Exit code 2, and what is wrong."""
    code, out, err = run(*arguments, "--corpus", good)

    assert (code, out) == (2, "")
    assert message in err


def test_errors_of_other_sets_do_not_matter(good: Path, tmp_path: Path) -> None:
    """An error in what is scored exits 1, with its place."""
    broken = good / "annotation/sets/broken"
    broken.mkdir()
    (broken / "set.json").write_text("{", encoding="utf-8")
    assert run("consensus", "all", "--corpus", good, "--bootstrap", 0)[0] == 0
    (good / "annotation/sets/all/d1-i1.jsonl").write_text("{", encoding="utf-8")

    code, out, err = run("consensus", "all", "--corpus", good)
    assert (code, out) == (1, "")
    assert "json-syntax" in err and "nothing was scored" in err
    assert run("a", "b", "--corpus", tmp_path / "nothing")[0] == 1
    with pytest.raises(ScoreError):
        newspan.score(good, "consensus", "all")


def test_progress_reaches_its_end(good: Path) -> None:
    """Each layer, with and without copies, is a step."""
    told: list[tuple[str, int, int | None]] = []
    newspan.score(good, "consensus", "all", replicates=0, progress=lambda *each: told.append(each))

    assert [done for _, done, _ in told] == list(range(1, 7))
    assert told[-1][2] == 6
