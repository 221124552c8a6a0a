"""The command line says what it did, and exits as its callers expect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpora import GOOD, copy_good
from newspan.cli import main


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Run newspan and return its exit code, stdout and stderr."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_check_of_a_good_corpus_is_silent_on_stdout() -> None:
    """stdout carries results: none. The good news goes to stderr."""
    assert run("check", "--corpus", GOOD) == (0, "", "no problems\n")


def test_build_load_prints_documents_items_and_rows(root: Path, tmp_path: Path) -> None:
    """The README's first command ends with the counts as datasets loads them."""
    code, out, _ = run("build", "--load", "--corpus", root, "--out", tmp_path)

    assert code == 0
    assert "documents 5\nitems 12\n" in out
    assert "rows of documents: 5\nrows of sentences: 395\nrows of paragraphs: 306\n" in out
    assert "rows of duplicates: 84\n" in out


def test_build_of_a_bad_corpus_prints_the_problems(tmp_path: Path) -> None:
    """A corpus with errors is refused with its problems, and nothing is written."""
    corpus = copy_good(tmp_path)
    (corpus / "corpus/targets.json").unlink()

    code, out, err = run("build", "--corpus", corpus)

    assert (code, out) == (1, "")
    assert "file-missing" in err
    assert "nothing was built" in err
    assert not (corpus / "dist").exists()


def test_verify_of_a_whole_release(good_release: Path) -> None:
    """A whole release exits 0 and says so on stderr."""
    code, out, err = run("verify", good_release)

    assert (code, out) == (0, "")
    assert "is whole" in err


def test_verify_json_of_a_whole_release_is_an_empty_list(good_release: Path) -> None:
    """Programs read an empty list, not an empty text."""
    code, out, _ = run("verify", "--json", good_release)

    assert (code, json.loads(out)) == (0, [])


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["verify"], ["check", "--colour"], ["datasheet", "now"]]
)
def test_wrong_use_exits_2(arguments: list[str]) -> None:
    """What cannot be understood is wrong use, told from problems in data."""
    assert run(*arguments)[0] == 2


def test_datasheet_writes_its_figures_and_then_is_fresh(root: Path, tmp_path: Path) -> None:
    """A stale figure is found by --check, written without it, and fresh from then on."""
    corpus = copy_good(tmp_path)
    markers = ("counts", "chain", "outlets", "stance", "missing")
    prose = "".join(f"<!-- newspan:{m} -->\nold\n<!-- /newspan:{m} -->\n" for m in markers)
    (corpus / "DATASHEET.md").write_text(prose)

    assert run("datasheet", "--check", "--corpus", corpus)[0] == 1
    assert (corpus / "DATASHEET.md").read_text() == prose
    assert run("datasheet", "--corpus", corpus)[0] == 0
    assert run("datasheet", "--check", "--corpus", corpus)[0] == 0
    assert "| documents | 2 |" in (corpus / "DATASHEET.md").read_text()


def test_an_out_that_is_a_file_is_wrong_use(tmp_path: Path) -> None:
    """A release cannot stand below a file: exit 2 and a sentence, no traceback."""
    (tmp_path / "out").write_text("x")

    code, _, err = run("build", "--corpus", GOOD, "--out", tmp_path / "out")

    assert code == 2
    assert "out" in err


def test_a_datasheet_with_half_a_marker_is_wrong_use(tmp_path: Path) -> None:
    """A mistyped marker stops build and datasheet with its name."""
    corpus = copy_good(tmp_path)
    (corpus / "DATASHEET.md").write_text("<!-- newspan:counts -->")

    for verb in ("build", "datasheet"):
        code, _, err = run(verb, "--corpus", corpus)
        assert code == 2
        assert "newspan:counts" in err


def test_a_datasheet_of_a_corpus_with_errors_is_refused(tmp_path: Path) -> None:
    """Figures of a corpus that has errors are not computed; the errors are shown."""
    corpus = copy_good(tmp_path)
    (corpus / "DATASHEET.md").write_text("none")
    (corpus / "corpus/outlets.json").unlink()

    code, out, err = run("datasheet", "--corpus", corpus)

    assert (code, out) == (1, "")
    assert "file-missing" in err


def test_build_prints_warnings_and_goes_on(tmp_path: Path) -> None:
    """What a corpus is warned of is not hidden by a build that succeeds."""
    corpus = copy_good(tmp_path)
    head = corpus / "annotation/sets/consensus/set.json"
    head.write_text(json.dumps({**json.loads(head.read_bytes()), "labels_sha256": "0" * 64}))

    code, out, err = run("build", "--corpus", corpus)

    assert code == 0
    assert "warning labels-changed" in err
    assert "labels-changed" not in out
