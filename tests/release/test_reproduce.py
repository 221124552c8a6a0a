"""A recorded version is built again from its commit, and compared with its manifest."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from corpora import GOOD
from newspan.release.reproduce import reproduce

_VERSION = "0.2.0"
_RECORD = f"corpus/releases/{_VERSION}.json"
_WHO = ["-c", "user.name=tester", "-c", "user.email=tester@harbour.example"]


def git(root: Path, *arguments: str) -> str:
    """Run git in a folder, with no settings but its own."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(
        ["git", "-C", str(root), *_WHO, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, good_release: Path) -> Path:
    """Return a git repository with the small corpus and the manifest of its version, recorded."""
    root = tmp_path / "harbour"
    shutil.copytree(GOOD, root)
    (root / "corpus/releases").mkdir()
    shutil.copyfile(good_release / "manifest.json", root / _RECORD)
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "config", "core.autocrlf", "false")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Record 0.2.0")
    return root


def edit(root: Path, **values: object) -> None:
    """Change values of the recorded manifest."""
    path = root / _RECORD
    path.write_text(json.dumps(json.loads(path.read_bytes()) | values))


def test_a_recorded_version_comes_out_the_same(repository: Path) -> None:
    """From its commit, byte for byte, though the corpus has gone on since; nothing is left over."""
    outlets = repository / "corpus/outlets.json"
    outlets.write_text(outlets.read_text().replace("Harbour Gazette", "Harbour Bulletin"))
    git(repository, "commit", "--quiet", "--all", "--message", "Go on")
    said: list[str] = []

    assert reproduce(repository, _VERSION, here=True, say=said.append) == []

    commit = git(repository, "log", "-1", "--format=%H", "--", _RECORD)
    assert said == [f"commit {commit[:12]}", "building", "comparing"]
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "worktree", "list").count("\n") == 0


def test_a_tag_names_the_commit(repository: Path) -> None:
    """The tag v<version> goes before the log: a manifest may be touched later."""
    git(repository, "tag", f"v{_VERSION}")
    edit(repository, guidelines_version=None)
    outlets = repository / "corpus/outlets.json"
    outlets.write_text(outlets.read_text().replace("Harbour Gazette", "Harbour Bulletin"))
    git(repository, "commit", "--quiet", "--all", "--message", "Reformat")

    assert reproduce(repository, _VERSION, here=True) == []


def test_a_corpus_inside_a_repository_is_found(tmp_path: Path, good_release: Path) -> None:
    """The corpus need not be the repository's root."""
    root = tmp_path / "papers"
    shutil.copytree(GOOD, root / "texts/harbour")
    (root / "texts/harbour/corpus/releases").mkdir()
    shutil.copyfile(good_release / "manifest.json", root / "texts/harbour" / _RECORD)
    git(tmp_path, "init", "--quiet", str(root))
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Record")

    assert reproduce(root / "texts/harbour", _VERSION, here=True) == []


def test_a_tampered_manifest_is_not_reproduced(repository: Path) -> None:
    """What was changed in the manifest is named: the file, and the config by its rows."""
    manifest = json.loads((repository / _RECORD).read_bytes())
    manifest["configs"]["spans"]["sha256"] = "0" * 64
    entry = next(each for each in manifest["files"] if each["path"] == "corpus/targets.json")
    entry["sha256"] = "0" * 64
    edit(repository, **manifest)

    problems = reproduce(repository, _VERSION, here=True)

    assert {problem.id for problem in problems} == {"not-reproduced"}
    assert [problem.place.file for problem in problems] == [
        "corpus/targets.json",
        "spans/train-00000-of-00001.parquet",
    ]


def test_a_tampered_commit_is_not_reproduced(repository: Path) -> None:
    """Data that were changed in the commit that recorded them do not give the manifest."""
    targets = repository / "corpus/targets.json"
    targets.write_text(targets.read_text().replace("The mayor", "The old mayor"))
    git(repository, "commit", "--quiet", "--all", "--amend", "--no-edit")

    problems = reproduce(repository, _VERSION, here=True)

    assert "corpus/targets.json" in {problem.place.file for problem in problems}
    assert {problem.id for problem in problems} == {"not-reproduced"}


def test_what_nobody_recorded_cannot_be_reproduced(repository: Path, tmp_path: Path) -> None:
    """No manifest, a manifest that no commit holds, no repository, half a history: each is told."""
    (missing,) = reproduce(repository, "9.9.9", here=True)
    edited = repository / "corpus/releases/0.3.0.json"
    shutil.copyfile(repository / _RECORD, edited)
    (uncommitted,) = reproduce(repository, "0.3.0", here=True)
    git(repository, "commit", "--quiet", "--allow-empty", "--message", "Nothing")
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{repository}", "shallow")
    (shallow,) = reproduce(tmp_path / "shallow", _VERSION, here=True)
    shutil.rmtree(repository / ".git")
    (outside,) = reproduce(repository, _VERSION, here=True)

    found = [missing, uncommitted, shallow, outside]
    assert {problem.id for problem in found} == {"release-not-recorded"}
    assert "no such file" in missing.message
    assert "no commit holds it" in uncommitted.message
    assert "shallow" in shallow.message
    assert "no git repository" in outside.message


def test_other_versions_of_tools_are_refused(repository: Path) -> None:
    """Here means these versions: others may give other bytes, and that would be no finding."""
    manifest = json.loads((repository / _RECORD).read_bytes())
    edit(repository, tools=manifest["tools"] | {"pyarrow": "1.2.3"})

    (problem,) = reproduce(repository, _VERSION, here=True)

    assert (problem.id, problem.place.pointer) == ("tools-differ", "/tools/pyarrow")
    assert "pyarrow 1.2.3" in problem.message


def test_a_corpus_without_code_is_built_here_or_not_at_all(repository: Path) -> None:
    """What a fresh environment would install is newspan's code of the commit: here is none."""
    (problem,) = reproduce(repository, _VERSION)

    assert problem.id == "build-failed"
    assert "--here" in problem.message


def test_a_commit_that_does_not_build_is_told(repository: Path) -> None:
    """A build that stops is a problem with its last words, not a traceback."""
    (repository / "corpus/targets.json").write_text("{")
    git(repository, "commit", "--quiet", "--all", "--amend", "--no-edit")

    (problem,) = reproduce(repository, _VERSION, here=True)

    assert problem.id == "build-failed"
    assert "errors in the corpus" in problem.message


def test_code_of_the_commit_builds_it(repository: Path, root: Path) -> None:
    """Where the repository holds newspan's code, the commit's is run, not the one at hand."""
    shutil.copytree(root / "src/newspan", repository / "src/newspan")
    shutil.copytree(root / "schema", repository / "schema", dirs_exist_ok=True)
    shutil.copyfile(GOOD / "schema/labels.json", repository / "schema/labels.json")
    page = repository / "src/newspan/release/card.py"
    page.write_text("raise SystemExit('the code of the commit')\n")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--amend", "--no-edit")

    (problem,) = reproduce(repository, _VERSION, here=True)

    assert (problem.id, "the code of the commit" in problem.message) == ("build-failed", True)


def test_a_version_that_is_none_is_wrong_use(repository: Path) -> None:
    """A path in the place of a version is refused."""
    with pytest.raises(ValueError, match="no version"):
        reproduce(repository, "../0.2.0", here=True)
