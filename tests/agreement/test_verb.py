"""`newspan agree` reads a corpus, refuses what it can't compare, and prints figures or JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from corpora import copy_good
from newspan.agreement.agree import AgreeError, agree
from newspan.cli.agree import command
from newspan.reuse.project_set import project_set


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
    """Where both looked they say the same; projected spans elsewhere are counted as left out."""
    report = agree(good, ["consensus", "all"], replicates=20)
    claim = report.layers[0]

    assert report.title == "agreement"
    assert report.blocks == "reuse_v1"
    assert (claim.layer, claim.items, claim.outside) == ("claim", 1, (0, 2))
    assert report.find("f1_exact", "claim", labels="same").value == 1.0
    assert report.find("link_f1", "claim").value == 1.0
    assert report.find("attribution_f1", "attribution", of="whole").value == 1.0


def test_the_same_report_twice(good: Path) -> None:
    """Samples and draws come from the seed."""
    one, other = (agree(good, ["consensus", "all"], replicates=20).to_json() for _ in range(2))

    assert one == other


def test_progress_reaches_its_end(good: Path) -> None:
    """Each sample of each layer, with and without copies, is a step."""
    told: list[tuple[str, int, int | None]] = []
    agree(
        good,
        ["consensus", "all"],
        samples=2,
        replicates=0,
        progress=lambda stage, done, total: told.append((stage, done, total)),
    )

    assert [done for _, done, _ in told] == list(range(1, len(told) + 1))
    assert told[-1][1] <= (told[-1][2] or 0) == 12


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["consensus"],), "two sets or more"),
        ((["consensus", "consensus"],), "given twice"),
        ((["consensus", "nobody"],), "no set 'nobody'; it has all, consensus, reuse_v1"),
        ((["consensus", "reuse_v1"],), "no text was looked at by all of consensus, reuse_v1"),
    ],
)
def test_wrong_use(good: Path, arguments: Any, message: str) -> None:
    """What can't be compared is refused with a reason."""
    with pytest.raises(ValueError, match=message):
        agree(good, *arguments)


def test_wrong_options(good: Path) -> None:
    """A set of blocks must be one; samples and draws must be numbers that make sense."""
    sets = ["consensus", "all"]
    with pytest.raises(ValueError, match="nobody looked for duplicate blocks in the set all"):
        agree(good, sets, blocks="all")
    with pytest.raises(ValueError, match="no set 'nope'"):
        agree(good, sets, blocks="nope")
    with pytest.raises(ValueError, match="samples must be 1 or more"):
        agree(good, sets, samples=0)
    with pytest.raises(ValueError, match="at most 100,000"):
        agree(good, sets, replicates=10**9)


def test_a_corpus_without_blocks(good: Path) -> None:
    """Without the usual set of blocks there is one figure each, for all text."""
    for path in sorted((good / "annotation/sets/reuse_v1").iterdir()):
        path.unlink()
    (good / "annotation/sets/reuse_v1").rmdir()
    report = agree(good, ["consensus", "all"], replicates=0)

    assert report.blocks is None
    assert {f.copies for layer in report.layers for f in layer.figures} == {"with"}
    assert "without copies" not in str(report)


def test_errors_of_other_sets_do_not_matter(good: Path) -> None:
    """An error in what is compared does."""
    broken = good / "annotation/sets/broken"
    broken.mkdir()
    (broken / "set.json").write_text("{", encoding="utf-8")
    agree(good, ["consensus", "all"], replicates=0)
    (good / "annotation/sets/all/d1-i1.jsonl").write_text("{", encoding="utf-8")

    with pytest.raises(AgreeError) as caught:
        agree(good, ["consensus", "all"], replicates=0)
    assert {problem.id for problem in caught.value.problems} == {"json-syntax"}


def test_the_verb_prints_figures_with_signatures(good: Path) -> None:
    """A table per layer; what is not defined is null with a reason."""
    code, out, err = run("consensus", "all", "--corpus", good, "--bootstrap", 20)

    assert (code, err) == (0, "")
    assert re.search(r"^  gamma +4\+4 +1\.000 .*gamma\|v:1\|alpha:1\|", out, re.MULTILINE)
    assert "|layer:claim|copies:with|blocks:reuse_v1|items:1|" in out
    assert re.search(
        r"^  no value for kappa [a-z_]+: all that is matched has one value", out, re.MULTILINE
    )
    assert not re.search(r"\bnan\b", out, re.IGNORECASE)


def test_the_verb_prints_json(good: Path) -> None:
    """All figures, each with its signature, and no NaN."""
    code, out, _ = run("consensus", "all", "--corpus", good, "--json", "--layer", "claim")
    data = json.loads(out, parse_constant=pytest.fail)
    figures = data["layers"][0]["figures"]

    assert code == 0
    assert [layer["layer"] for layer in data["layers"]] == ["claim"]
    assert all(figure["signature"].startswith(figure["measure"]) for figure in figures)
    assert {figure["copies"] for figure in figures} == {"with", "without"}


def test_the_verb_on_bad_corpora_and_arguments(good: Path, tmp_path: Path) -> None:
    """Problems exit 1, wrong use 2; both say why on stderr, and stdout stays empty."""
    assert run("consensus", "--corpus", good)[0] == 2
    assert run("--corpus", good)[0] == 2
    code, out, err = run("consensus", "all", "--corpus", tmp_path / "nothing")
    assert (code, out) == (1, "")
    assert "not-a-corpus" in err and "nothing was measured" in err
