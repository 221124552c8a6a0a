"""Every fault is found, named by its id, and shown with its place."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from corpora import (
    BAD,
    BAD_ANSWERS,
    BAD_DECISIONS,
    BAD_EXPORTS,
    GOOD,
    HERE,
    RAISED_IN,
    apply,
    copy_good,
    make_bad,
    problem_id,
)
from newspan import check, verify
from newspan.checks.ends import _in_cycles
from newspan.checks.extents import _is_plain
from newspan.cli import main
from newspan.problems import RULES, Place
from newspan.text import cuts_grapheme, cuts_word, trim


def test_the_good_corpus_has_no_problems() -> None:
    """The corpus that all bad ones are made from is without fault, so each edit is the fault."""
    assert check(GOOD) == []


def test_the_shipped_corpus_has_no_problems(root: Path) -> None:
    """newspan ships nothing that its own checks complain of."""
    assert check(root) == []


@pytest.mark.parametrize("spec", BAD, ids=lambda spec: spec.stem)
def test_a_bad_fixture_raises_its_problem_and_no_other(spec: Path, tmp_path: Path) -> None:
    """A fixture raises the problem it is named after, at the place it states, and only that."""
    described = json.loads(spec.read_text(encoding="utf-8"))
    target = make_bad(spec, tmp_path / "corpus")

    problems = verify(target) if described.get("on") == "release" else check(target)

    assert {problem.id for problem in problems} == {problem_id(spec)}
    expected = described["expect"]
    found = [
        {"file": p.place.file, "line": p.place.line, "pointer": p.place.pointer} for p in problems
    ]
    assert any(expected.items() <= place.items() for place in found), found


@pytest.mark.parametrize("spec", BAD, ids=lambda spec: spec.stem)
def test_the_command_line_prints_it_and_exits_1(spec: Path, tmp_path: Path) -> None:
    """On a bad fixture the command exits 1 and prints id, place and hint, never a traceback."""
    described = json.loads(spec.read_text(encoding="utf-8"))
    target = make_bad(spec, tmp_path / "corpus")
    on_release = described.get("on") == "release"

    arguments = ["verify", str(target)] if on_release else ["check", "--corpus", str(target)]
    result = CliRunner().invoke(main, arguments)

    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert f" {problem_id(spec)}: " in result.stdout
    assert described["expect"].get("file", "") in result.stdout
    assert RULES[problem_id(spec)].hint in result.stdout


def test_every_problem_id_has_a_bad_fixture() -> None:
    """No rule stands untested, and no fixture is named after a rule that does not exist."""
    specs = [*BAD, *BAD_ANSWERS, *BAD_DECISIONS, *BAD_EXPORTS]
    fixtures = {problem_id(spec) for spec in specs}
    assert fixtures <= set(RULES)
    assert fixtures | {each for raised in RAISED_IN.values() for each in raised} == set(RULES)


@pytest.mark.parametrize("name", RAISED_IN)
def test_what_no_file_can_show_is_raised_by_a_test(name: str) -> None:
    """A problem of a server, or of a campaign that is under way, is named in the tests of that."""
    code = (HERE / name).read_text(encoding="utf-8")
    assert [problem for problem in RAISED_IN[name] if f'"{problem}"' not in code] == []


def test_every_problem_id_is_used_in_the_code(root: Path) -> None:
    """No rule stands in the catalogue that nothing raises."""
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in (root / "src").rglob("*.py")
        if path.name != "problems.py"
    )
    assert [rule for rule in RULES if f'"{rule}"' not in code] == []


@pytest.mark.parametrize(
    ("edits", "line"),
    [
        ([{"file": "corpus/raw/d2.txt", "delete": True}], "file-missing"),
        ([{"file": "corpus/corpus.json", "delete": True}], "not-a-corpus"),
        ([{"file": "corpus/documents/d2.json", "hex": "ff"}], "not-utf8"),
        ([{"file": "corpus/targets.json", "hex": ""}], "file-empty"),
        ([{"file": "corpus/documents/d2.json", "text": '{"id": "d2"'}], "json-syntax"),
    ],
)
def test_a_broken_file_costs_one_clear_line(
    edits: list[dict[str, object]], line: str, tmp_path: Path
) -> None:
    """A file that cannot be read is reported once, not again for all that needed it."""
    corpus = copy_good(tmp_path)
    for edit in edits:
        apply(edit, corpus)

    problems = check(corpus)

    assert [problem.id for problem in problems] == [line]


def test_a_folder_that_is_not_there_is_no_corpus(tmp_path: Path) -> None:
    """A path that does not exist is a problem with a hint, not a traceback."""
    (problem,) = check(tmp_path / "nowhere")

    assert problem.id == "not-a-corpus"
    assert "no such folder" in problem.message


def test_a_mismatch_says_where_the_words_do_stand(tmp_path: Path) -> None:
    """An annotator who miscounted is told the offsets that would be right."""
    target = make_bad(Path(BAD[0].parent / "surface-mismatch.utf16.json"), tmp_path / "corpus")

    (problem,) = check(target)

    assert "these words stand at 170-195" in problem.message


def test_json_output_is_one_list_of_problems(tmp_path: Path) -> None:
    """Programs get every field, hint included."""
    target = make_bad(Path(BAD[0].parent / "word-cut.json"), tmp_path / "corpus")

    result = CliRunner().invoke(main, ["check", "--json", "--corpus", str(target)])

    (problem,) = json.loads(result.stdout)
    assert problem["id"] == "word-cut"
    assert problem["severity"] == "warning"
    assert problem["place"] == {
        "file": "annotation/sets/consensus/d1-i1.jsonl",
        "line": 8,
        "start": 123,
        "end": 142,
    }
    assert problem["hint"] == RULES["word-cut"].hint


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ({}, ""),
        ({"a": ["b"], "b": ["c"]}, ""),
        ({"a": ["a"]}, "a"),
        ({"a": ["b"], "b": ["a"]}, "ab"),
        ({"x": ["a"], "a": ["b"], "b": ["a", "c"], "c": ["d"]}, "ab"),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["e"]}, ""),
    ],
)
def test_circles_are_told_from_chains(edges: dict[str, list[str]], expected: str) -> None:
    """What leads into a circle or out of it is not on it."""
    assert _in_cycles(edges) == set(expected)


def test_a_long_chain_is_checked_in_one_go() -> None:
    """Chains of any length neither overflow nor take a walk per node."""
    chain = {str(n): [str(n + 1)] for n in range(50_000)}

    assert _in_cycles(chain) == set()


PIECES = [
    "ferry",
    "a1",
    "_",
    " ",
    "\n",
    "\r",
    "\t",
    ".",
    "’",
    "é",
    "\u0301",
    "\u200d",
    "\ufeff",
    "🙂",
    "中",
]


@given(st.lists(st.sampled_from(PIECES), min_size=1).map("".join), st.data())
def test_whole_words_of_ascii_are_never_at_fault(text: str, data: st.DataObject) -> None:
    """The short way that nearly all extents take comes to what the long one does."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    if _is_plain(text, start, end):
        assert trim(text, start, end) == (start, end)
        for edge in (start, end):
            assert not cuts_grapheme(text, edge)
            assert not cuts_word(text, edge)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A named pipe among the files is reported, not read until somebody writes to it."""
    corpus = copy_good(tmp_path)
    (corpus / "corpus/targets.json").unlink()
    os.mkfifo(corpus / "corpus/targets.json")

    assert [problem.id for problem in check(corpus)] == ["file-unreadable"]


def test_a_file_name_cannot_forge_a_line() -> None:
    """A line feed in a file's name is shown as an escape."""
    assert str(Place("a\nb: error")) == "a\\nb: error"


def test_ids_of_problems_are_stable_words() -> None:
    """Problem ids can be quoted, searched for and used as file names."""
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule) for rule in RULES)
