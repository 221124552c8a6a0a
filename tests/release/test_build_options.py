"""Versions that are built, recorded, signed, or without texts."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpora import copy_good
from newspan import BuildError, build, verify
from newspan.cli import main


def relabel(corpus: Path) -> None:
    """Edit a label of a corpus, which is a major change."""
    path = corpus / "annotation/sets/consensus/d1-i1.jsonl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"prediction"', '"opinion"', 1), encoding="utf-8")


def test_a_version_is_built_and_then_stands_in_the_corpus(tmp_path: Path) -> None:
    """The release bears the version everywhere, and corpus.json differs by it alone."""
    corpus = copy_good(tmp_path)
    head = corpus / "corpus/corpus.json"
    before = head.read_text(encoding="utf-8")

    release = build(corpus, version="0.3.0")

    assert release.path.name == "harbour-0.3.0"
    assert release.manifest["version"] == "0.3.0"
    assert json.loads((release.path / "corpus/corpus.json").read_bytes())["version"] == "0.3.0"
    assert "version: 0.3.0" in (release.path / "README.md").read_text(encoding="utf-8")
    assert verify(release.path) == []
    assert head.read_text(encoding="utf-8") == before.replace('"0.2.0"', '"0.3.0"')


def test_a_record_is_the_manifest(tmp_path: Path) -> None:
    """What is recorded is the manifest to the byte, so that its SHA-256 is in SHA256SUMS."""
    corpus = copy_good(tmp_path)

    release = build(corpus, record=True)

    recorded = corpus / "corpus/releases/0.2.0.json"
    assert recorded.read_bytes() == (release.path / "manifest.json").read_bytes()
    assert build(corpus, record=True).manifest == release.manifest


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        ("0.2.0", "version-taken"),
        ("0.2.1", "version-too-small"),
        ("0.1.0", "version-too-small"),
        ("0.3.0", None),
    ],
)
def test_a_version_that_says_too_little_is_not_built(
    version: str, problem: str | None, tmp_path: Path
) -> None:
    """After an edited label only a version that says so is built; else nothing has changed."""
    corpus = copy_good(tmp_path)
    build(corpus, record=True)
    relabel(corpus)
    head = (corpus / "corpus/corpus.json").read_bytes()

    if problem is None:
        assert build(corpus, version=version).path.name == f"harbour-{version}"
        return
    with pytest.raises(BuildError) as caught:
        build(corpus, version=version)

    assert [each.id for each in caught.value.problems] == [problem]
    assert (corpus / "corpus/corpus.json").read_bytes() == head
    assert [path.name for path in (corpus / "dist").iterdir()] == ["harbour-0.2.0"]


def test_the_release_before_may_lie_elsewhere(tmp_path: Path) -> None:
    """With the old release's rows at hand an addition is told from an edit."""
    corpus = copy_good(tmp_path)
    old = build(corpus, tmp_path / "elsewhere", version="1.0.0", record=True).path
    with (corpus / "annotation/sets/consensus/d2-i1.jsonl").open("a", encoding="utf-8") as lines:
        text = (corpus / "corpus/raw/d2.txt").read_bytes().decode()
        start = text.index("here")
        span = {"record": "span", "id": "x9", "layer": "loaded_language", "start": start}
        span |= {"end": start + 4, "text": "here", "technique": "Loaded_Language"}
        lines.write(json.dumps(span) + "\n")

    with pytest.raises(BuildError) as caught:
        build(corpus, version="1.1.0")

    assert [each.id for each in caught.value.problems] == ["version-too-small"]
    assert build(corpus, version="1.1.0", previous=old).path.name == "harbour-1.1.0"


@pytest.mark.parametrize("version", ["1", "1.0", "v1.0.0", "1.0.0\n", ""])
def test_a_version_is_three_numbers(version: str, tmp_path: Path) -> None:
    """Anything else is wrong use, and nothing is built."""
    corpus = copy_good(tmp_path)

    with pytest.raises(ValueError, match="is no version"):
        build(corpus, version=version)

    assert not (corpus / "dist").exists()


def test_a_release_without_texts_stands_beside_the_full_one(tmp_path: Path) -> None:
    """It has a name, a manifest and a record of its own."""
    corpus = copy_good(tmp_path)
    full = build(corpus, record=True)

    release = build(corpus, no_text=True, record=True)

    assert release.path.name == "harbour-0.2.0-no-text"
    assert release.manifest["profile"] == "no-text"
    assert build(corpus, no_text=True).path == release.path  # and is replaced
    names = sorted(path.name for path in (corpus / "corpus/releases").iterdir())
    assert names == ["0.2.0-no-text.json", "0.2.0.json"]
    kept = json.loads((corpus / "corpus/releases/0.2.0.json").read_bytes())
    assert kept == full.manifest
    assert sorted(path.name for path in (corpus / "dist").iterdir()) == [
        "harbour-0.2.0",
        "harbour-0.2.0-no-text",
    ]


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs OpenSSH")
def test_a_recorded_version_has_no_other_data_without_texts(tmp_path: Path) -> None:
    """What is recorded with texts binds a release without them: a version is one state of data."""
    corpus = copy_good(tmp_path)
    old = build(corpus, version="1.0.0", record=True)
    kept = shutil.copytree(old.path, tmp_path / "old")
    assert build(corpus, no_text=True, record=True).path.name == "harbour-1.0.0-no-text"
    relabel(corpus)

    for version, problem in (("1.0.0", "version-taken"), ("1.0.1", "version-too-small")):
        for previous in (None, kept, corpus / "dist/harbour-1.0.0-no-text"):
            with pytest.raises(BuildError) as caught:
                build(corpus, version=version, no_text=True, previous=previous)
            assert [each.id for each in caught.value.problems] == [problem]
    assert (
        build(corpus, version="2.0.0", no_text=True, previous=kept).manifest["version"] == "2.0.0"
    )


def test_other_data_under_a_recorded_version_are_told(tmp_path: Path) -> None:
    """A build that asks for no version is made, for people to look at, and says what it is not."""
    corpus = copy_good(tmp_path)
    build(corpus, record=True)

    def told() -> str:
        result = CliRunner().invoke(main, ["build", "--corpus", str(corpus)])
        assert result.exit_code == 0
        return result.stderr

    assert "recorded" not in told()
    relabel(corpus)
    assert "0.2.0 is recorded with other data" in told()
    (corpus / "corpus/releases/0.3.0.json").write_text("{", encoding="utf-8")
    assert "0.3.0.json is no recorded manifest" in told()


def test_the_release_before_counts_where_none_is_recorded(tmp_path: Path) -> None:
    """Who names one is not told that nothing is wrong because nobody looked."""
    corpus = copy_good(tmp_path)
    old = build(corpus, tmp_path / "old", version="1.0.0").path
    relabel(corpus)

    with pytest.raises(BuildError) as caught:
        build(corpus, version="1.1.0", previous=old)
    assert [each.id for each in caught.value.problems] == ["version-too-small"]
    with pytest.raises(ValueError, match="no release"):
        build(corpus, version="2.0.0", previous=tmp_path)
    with pytest.raises(ValueError, match="without version or record"):
        build(corpus, previous=old)
    assert build(corpus, version="2.0.0", previous=old).manifest["version"] == "2.0.0"


def test_a_record_of_another_corpus_is_not_overwritten(tmp_path: Path) -> None:
    """A corpus that was renamed takes another version, or its old record is moved by hand."""
    corpus = copy_good(tmp_path)
    build(corpus, version="1.0.0", record=True)
    recorded = (corpus / "corpus/releases/1.0.0.json").read_bytes()
    head = corpus / "corpus/corpus.json"
    head.write_text(
        head.read_text(encoding="utf-8").replace('"harbour"', '"port"'), encoding="utf-8"
    )

    with pytest.raises(BuildError) as caught:
        build(corpus, record=True)

    assert [each.id for each in caught.value.problems] == ["version-taken"]
    assert (corpus / "corpus/releases/1.0.0.json").read_bytes() == recorded
    assert build(corpus, version="1.0.1", record=True).manifest["name"] == "port"


def test_a_version_that_cannot_be_written_is_refused_before(tmp_path: Path) -> None:
    """Nothing is built where corpus.json cannot be given its version."""
    corpus = copy_good(tmp_path)
    head = corpus / "corpus/corpus.json"
    head.write_text(head.read_text(encoding="utf-8").replace('"0.2.0"', '"0.2.\\u0030"'))

    with pytest.raises(ValueError, match="by hand"):
        build(corpus, version="0.3.0")

    assert not (corpus / "dist").exists()


def test_a_release_is_signed_or_not_built(tmp_path: Path) -> None:
    """The signature is a part of the whole: without the key there is no release."""
    corpus, key = copy_good(tmp_path), tmp_path / "key"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "Ana", "-f", key], check=True
    )

    result = CliRunner().invoke(main, ["build", "--corpus", str(corpus), "--sign", str(key)])

    assert result.exit_code == 0, result.output
    release = corpus / "dist/harbour-0.2.0"
    signers = tmp_path / "signers"
    signers.write_text(f"ana@harbour.example {key.with_suffix('.pub').read_text()}")
    assert verify(release, signers=signers) == []

    shutil.rmtree(corpus / "dist")
    none = CliRunner().invoke(main, ["build", "--corpus", str(corpus), "--sign", "nowhere"])

    assert none.exit_code == 2
    assert not (corpus / "dist").exists()


def test_the_command_line_says_why_a_version_is_refused(tmp_path: Path) -> None:
    """Exit code 1 and the problem, with the version that would do."""
    corpus = copy_good(tmp_path)
    build(corpus, record=True)
    relabel(corpus)

    result = CliRunner().invoke(main, ["build", "--corpus", str(corpus), "--version", "0.2.1"])

    assert result.exit_code == 1
    assert "version-too-small" in result.stderr
    assert "0.3.0 or higher" in result.stderr
    assert "nothing was built" in result.stderr
    assert result.stdout == ""


def test_files_that_speak_of_another_version_are_told(tmp_path: Path) -> None:
    """What people write about a release is not generated, so the build says where it is stale."""
    corpus = copy_good(tmp_path)
    (corpus / "CITATION.cff").write_text("cff-version: 1.2.0\nversion: 0.1.0\n", encoding="utf-8")
    (corpus / "CHANGELOG.md").write_text("# Changelog\n\n## 0.1.0\n", encoding="utf-8")

    told = [(p.id, p.place.file, p.place.line) for p in build(corpus).warnings]

    assert told == [
        ("version-unsaid", "CHANGELOG.md", None),
        ("version-unsaid", "CITATION.cff", 2),
    ]
    (corpus / "CITATION.cff").write_text('version: "0.2.0"\n', encoding="utf-8")
    (corpus / "CHANGELOG.md").write_text("## [0.2.0] - 2026-03-01\n", encoding="utf-8")
    assert build(corpus).warnings == ()
