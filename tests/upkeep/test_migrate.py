"""A corpus of older schemas is lifted to the newest, step by step."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpora import copy_good
from newspan import check, migrate
from newspan.cli import main
from newspan.schema import SCHEMA_VERSION
from newspan.upkeep.files import with_value
from newspan.upkeep.migrate import HEAD, STEPS, Step


def test_a_corpus_without_a_schema_version_is_lifted(tmp_path: Path) -> None:
    """It says its version then, and nothing else of it changed."""
    root = copy_good(tmp_path)
    before = json.loads((root / HEAD).read_bytes())
    before.pop("schema_version", None)
    (root / HEAD).write_text(json.dumps(before, ensure_ascii=False), encoding="utf-8")

    done = migrate(root)

    assert [step.start for step in done.steps] == ["1.0.0"]
    assert json.loads((root / HEAD).read_bytes()) == {**before, "schema_version": SCHEMA_VERSION}
    assert migrate(root).steps == ()
    assert [p.id for p in check(root) if p.severity == "error"] == []


def test_there_is_a_way_from_every_older_version() -> None:
    """Steps lead from the first version to the present one, without a gap."""
    version, seen = "1.0.0", []
    while version != SCHEMA_VERSION:
        seen.append(version)
        version = STEPS[version].end

    assert sorted(seen) == sorted(STEPS)


def _renamed(root: Path) -> Iterator[tuple[str, str]]:
    text = (root / "corpus/targets.json").read_text(encoding="utf-8")
    yield "corpus/targets.json", text.replace('"title"', '"name"')


def _told(root: Path) -> Iterator[tuple[str, str]]:
    yield "corpus/told.txt", "lifted\n"


WAY = {
    "1.0.0": Step("1.0.0", "1.1.0", "nothing", lambda root: iter(())),
    "1.1.0": Step("1.1.0", "2.0.0", "titles are names", _renamed),
    "2.0.0": Step("2.0.0", "2.1.0", "a file more", _told),
}


def test_several_steps_are_taken_in_their_order(tmp_path: Path) -> None:
    """Each step sees what the one before has left."""
    root = copy_good(tmp_path)

    done = migrate(root, steps=WAY, goal="2.1.0")

    assert [step.end for step in done.steps][-2:] == ["2.0.0", "2.1.0"]
    assert done.files == ("corpus/targets.json", "corpus/told.txt", HEAD)
    assert '"name"' in (root / "corpus/targets.json").read_text(encoding="utf-8")
    assert json.loads((root / HEAD).read_bytes())["schema_version"] == "2.1.0"


def test_a_migration_that_was_killed_is_finished_by_the_next(tmp_path: Path) -> None:
    """Between two steps the corpus says how far it has come."""
    root = copy_good(tmp_path)

    def dying(_: Path) -> Iterator[tuple[str, str]]:
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        migrate(root, steps={**WAY, "2.0.0": Step("2.0.0", "2.1.0", "", dying)}, goal="2.1.0")
    assert json.loads((root / HEAD).read_bytes())["schema_version"] == "2.0.0"

    assert [step.end for step in migrate(root, steps=WAY, goal="2.1.0").steps] == ["2.1.0"]


def test_a_version_that_nobody_knows_is_a_problem(tmp_path: Path) -> None:
    """Newer corpora need a newer newspan; check and migrate both say so, and touch nothing."""
    root = copy_good(tmp_path)
    text = (root / HEAD).read_text(encoding="utf-8")
    (root / HEAD).write_text(with_value(text, "schema_version", "9.0.0"), encoding="utf-8")

    assert [problem.id for problem in migrate(root).problems] == ["schema-unknown"]
    assert [problem.id for problem in check(root)] == ["schema-unknown"]


@pytest.mark.parametrize("version", ["[]", "{}", "null", "1"])
def test_a_version_that_is_no_text_is_a_problem(version: str, tmp_path: Path) -> None:
    """Whatever stands there, migrate says that it knows no way from it."""
    root = copy_good(tmp_path)
    head = json.loads((root / HEAD).read_bytes()) | {"schema_version": json.loads(version)}
    (root / HEAD).write_text(json.dumps(head), encoding="utf-8")

    assert [problem.id for problem in migrate(root).problems] == ["schema-unknown"]


@pytest.mark.parametrize("text", ["[" * 100_000, "[]", '{"name": "x"}', "\ufeff{}", ""])
def test_a_head_that_is_none_is_a_problem(text: str, tmp_path: Path) -> None:
    """Deep nesting, no object, no version of the data: nothing is written."""
    root = copy_good(tmp_path)
    (root / HEAD).write_text(text, encoding="utf-8")

    assert [problem.id for problem in migrate(root).problems] == ["json-syntax"]
    assert (root / HEAD).read_text(encoding="utf-8") == text


def test_line_ends_stay(tmp_path: Path) -> None:
    """A head with CR LF has CR LF everywhere afterwards."""
    root = copy_good(tmp_path)
    head = json.loads((root / HEAD).read_bytes())
    head.pop("schema_version", None)
    (root / HEAD).write_bytes(json.dumps(head, indent=1).replace("\n", "\r\n").encode())

    assert migrate(root).files == (HEAD,)

    raw = (root / HEAD).read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n") > 1


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    """It tells which steps there are."""
    root = copy_good(tmp_path)
    before = (root / "corpus/targets.json").read_bytes()

    done = migrate(root, steps=WAY, goal="2.1.0", dry_run=True)

    assert len(done.steps) >= 2
    assert (root / "corpus/targets.json").read_bytes() == before


@pytest.mark.parametrize(
    "text",
    [
        '{"version": "1.0.0", "name": "a\\"b"}',
        '{\n  "name": "x",\n  "version": "1.0.0"\n}\n',
        '{"schema_version": "1.0.0", "version": "1.0.0"}',
        '{"version":"1.0.0","nested":{"version":"1.0.0"}}',
    ],
)
def test_one_value_is_set_and_the_rest_left_as_it_was_written(text: str) -> None:
    """Only the value, or one line more, differs."""
    new = with_value(text, "schema_version", "1.1.0")

    assert json.loads(new) == {**json.loads(text), "schema_version": "1.1.0"}
    assert with_value(new, "schema_version", "1.1.0") == new
    assert len(new.splitlines()) <= len(text.splitlines()) + 1


def test_a_value_that_stands_deeper_is_not_taken_for_it() -> None:
    """Where the text is not plain enough, nothing is written."""
    with pytest.raises(ValueError, match="by hand"):
        with_value('{"a": {"version": "1.0.0"}, "version": "1.0.0"}', "version", "2.0.0")


def test_the_verb(tmp_path: Path) -> None:
    """It tells what it did, and that there is nothing to do."""
    root = copy_good(tmp_path)
    migrate(root)

    result = CliRunner().invoke(main, ["migrate", "--corpus", str(root)])

    assert (result.exit_code, result.stdout) == (0, "the corpus follows the newest schemas\n")
