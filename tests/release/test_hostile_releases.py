"""Releases made to mislead, with every hash sealed anew, are refused; nothing gets out."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from corpora import GOOD
from newspan.cli import main
from newspan.parquet import write_parquet
from newspan.release.files import file_sha256, release_files, sha256sums
from newspan.release.hydrate import hydrate
from newspan.release.logical import logical_hash
from newspan.release.no_text import no_text
from newspan.release.publish import publish
from newspan.release.verify import examine
from tampering import Tampered

_CUTS = "stand-off/cuts.jsonl"
_FULL = "stand-off/as-full/manifest.json"
_SET = "annotation/sets/consensus/set.json"


@pytest.fixture(scope="module")
def stripped(good_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the small release without its texts; don't change it."""
    return no_text(good_release, tmp_path_factory.mktemp("stripped") / "no-text").path


@pytest.fixture
def bare(stripped: Path, tmp_path: Path) -> Path:
    """Return a copy of the release without texts, to be changed."""
    return Path(shutil.copytree(stripped, tmp_path / "bare"))


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Return the small corpus's texts, one of them with another word."""
    folder = Path(shutil.copytree(GOOD / "corpus" / "raw", tmp_path / "texts"))
    first = min(folder.glob("*.txt"))
    first.write_bytes(first.read_bytes().replace(b" the ", b" that ", 1))
    return folder


def seal(release: Path, **edits: Any) -> None:
    """Make manifest and checksums fit what stands there now."""
    manifest = json.loads((release / "manifest.json").read_bytes()) | edits
    manifest["files"] = [
        {"path": name, "bytes": path.stat().st_size, "sha256": file_sha256(path)}
        for name, path in release_files(release)
    ]
    (release / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    sums = sha256sums(manifest, file_sha256(release / "manifest.json"))
    (release / "SHA256SUMS").write_bytes(sums.encode())


def edit(release: Path, name: str, change: Callable[[Any], object]) -> None:
    """Change a JSON file of a release, and seal it anew."""
    value = json.loads((release / name).read_bytes())
    change(value)
    (release / name).write_text(json.dumps(value), encoding="utf-8")
    seal(release)


def head(release: Path, change: Callable[[str], str]) -> None:
    """Change the YAML of a release's card, and seal it anew."""
    _, yaml, *rest = (release / "README.md").read_bytes().decode().split("---\n")
    text = "---\n".join(["", change(yaml), *rest])
    (release / "README.md").write_bytes(text.encode())
    seal(release)


@pytest.mark.parametrize("name", ["{outside}", "../../../../{outside.name}"])
def test_a_set_cannot_lead_out_of_the_folder(
    name: str, bare: Path, texts: Path, tmp_path: Path
) -> None:
    """An id that is a path is refused before anything is written."""
    outside = tmp_path / "outside"
    edit(bare, _SET, lambda info: info.update(id=name.format(outside=outside)))

    with pytest.raises(ValueError, match=r"set\.json"):
        hydrate(bare, texts, tmp_path / "out")

    assert not outside.exists()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["{outside}/note", "../../{outside.name}/note"])
def test_a_listed_file_cannot_lead_out_of_the_folder(name: str, bare: Path, tmp_path: Path) -> None:
    """Only files that are there are restored, whatever the full release's manifest lists."""
    outside = tmp_path / "outside"
    more = {"path": name.format(outside=outside), "bytes": 1, "sha256": "0" * 64}
    edit(bare, _FULL, lambda manifest: manifest["files"].append(more))

    with pytest.raises(ValueError, match="not here to be restored"):
        hydrate(bare, GOOD / "corpus" / "raw", tmp_path / "out")

    assert not outside.exists()


@pytest.mark.parametrize(
    "cut",
    [
        {"row": 1, "at": "/nowhere/9", "cuts": [[0, "d1", 0, 5]]},
        {"row": 1, "empty": ["/nowhere/9"]},
    ],
)
def test_cuts_that_lead_nowhere_are_told(
    cut: dict[str, Any], bare: Path, texts: Path, tmp_path: Path
) -> None:
    """What no release of newspan says is wrong use, not a crash."""
    manifest = json.loads((bare / "manifest.json").read_bytes())
    entry = {"file": manifest["configs"]["documents"]["files"][0], **cut}
    with (bare / _CUTS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")
    seal(bare)

    done = CliRunner().invoke(
        main, ["hydrate", str(bare), str(texts), "--out", str(tmp_path / "out")]
    )

    assert done.exit_code == 2
    assert "not as newspan builds one" in done.stderr


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (_CUTS, _CUTS),
        (_FULL, _FULL),
        (_SET, _SET),
        ("croissant.json", "croissant.json"),
        ("schema/record.json", "schema/record.json"),
        ("corpus/outlets.json", "corpus/outlets.json"),
    ],
)
def test_a_release_without_texts_has_its_files(name: str, found: str, bare: Path) -> None:
    """Junk in place of a file is a problem with its name."""
    (bare / name).write_text("[]", encoding="utf-8")
    seal(bare)

    assert found in {problem.place.file for problem in examine(bare).problems}


def test_a_release_without_texts_has_no_column_of_its_own(bare: Path, good_release: Path) -> None:
    """Texts in a column that no release has are found."""
    manifest = json.loads((bare / "manifest.json").read_bytes())
    file = manifest["configs"]["documents"]["files"][0]
    words = pq.read_table(good_release / file).column("text")
    table = pq.read_table(bare / file).append_column("words", words)
    write_parquet(table, bare / file)
    manifest["configs"]["documents"]["sha256"] = logical_hash(table)
    seal(bare, configs=manifest["configs"])

    told = [p.message for p in examine(bare).problems if p.place.file == file]

    assert any("words too many" in message for message in told)


def test_a_release_without_texts_is_held_to_the_full_ones_manifest(
    bare: Path, good_release: Path, tmp_path: Path
) -> None:
    """The committed manifest is the full release's: it is compared with the one that ships."""
    committed = good_release / "manifest.json"
    report = examine(bare, manifest=committed)
    assert report.problems == []
    assert any("of the full release" in note for note in report.notes)

    other = json.loads(committed.read_bytes())
    other["configs"]["spans"]["rows"] += 1
    (tmp_path / "other.json").write_text(json.dumps(other), encoding="utf-8")
    told = examine(bare, manifest=tmp_path / "other.json").problems
    assert [problem.id for problem in told] == ["manifest-differs"]

    edit(bare, _FULL, lambda manifest: manifest.update(version="9.0.0"))
    assert {p.id for p in examine(bare).problems} == {"stand-off-broken"}


def test_what_is_made_on_other_texts_is_never_published(
    stripped: Path, texts: Path, tmp_path: Path
) -> None:
    """It holds texts and is no release, with --with-text or without."""
    made = hydrate(stripped, texts, tmp_path / "out").path

    for with_text in (False, True):
        with pytest.raises(ValueError, match="is no release"):
            publish(made, "harbour/news", with_text=with_text, dry_run=True)

    assert any("no release" in note for note in examine(made).notes)


def test_a_token_in_place_of_its_variable_is_not_repeated(good_release: Path) -> None:
    """Who names the token itself doesn't see it in a log."""
    for wrong in ("hf_AbCdEf", "s3cret-token"):
        done = CliRunner().invoke(
            main, ["publish", str(good_release), "--repo", "a/b", "--token-env", wrong]
        )
        assert done.exit_code == 2
        assert wrong not in done.output


def test_hydrating_again_keeps_the_signature(
    stripped: Path, good_release: Path, tmp_path: Path
) -> None:
    """The full release that is replaced by itself stays signed."""
    target = Path(shutil.copytree(good_release, tmp_path / good_release.name))
    (target / "SHA256SUMS.sig").write_text("signed", encoding="utf-8")

    assert hydrate(stripped, GOOD / "corpus" / "raw", tmp_path).path == target

    assert (target / "SHA256SUMS.sig").read_text(encoding="utf-8") == "signed"


@pytest.mark.parametrize(
    "line",
    [
        "1: x",
        "when: 2020-99-99",
        "when: 2020-01-01",
        "x: .nan",
        "x: &a [*a]",
        f"x: {'[' * 3000}{']' * 3000}",
        "x: !!binary aGk=",
    ],
)
def test_yaml_that_is_no_cards_is_told(line: str, bare: Path, good_release: Path) -> None:
    """What YAML can hold and JSON cannot is a problem of the card, with and without texts."""
    full = Tampered(good_release, bare.parent / "full").directory
    for release in (full, bare):
        head(release, lambda yaml: f"{yaml}{line}\n")

        told = examine(release).problems

        assert {problem.place.file for problem in told} == {"README.md"}


def test_a_few_lines_of_yaml_cannot_stand_for_millions(good_release: Path, tmp_path: Path) -> None:
    """Aliases of aliases are refused before anything walks through them."""
    release = Tampered(good_release, tmp_path).directory
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]
    head(release, lambda yaml: yaml + "\n".join(lines) + "\n")

    assert [p.message for p in examine(release).problems] == [
        "its YAML can't be read: it refers to a part of itself"
    ]


def test_a_card_names_each_config_once(bare: Path) -> None:
    """A second entry of a name, which some programs would read first, is found."""
    twice = "configs:\n- config_name: documents\n  data_files: other.parquet\n"
    head(bare, lambda yaml: yaml.replace("configs:\n", twice, 1))

    assert any("twice" in problem.message for problem in examine(bare).problems)


@pytest.mark.parametrize("files", [5, {"a": 1}, ["x"], [{"contentUrl": ["x"]}], None])
def test_croissant_that_lists_no_files_is_told(files: Any, bare: Path) -> None:
    """Whatever stands in place of the list is a problem, not a crash."""
    edit(bare, "croissant.json", lambda data: data.update(distribution=files))

    assert "croissant.json" in {problem.place.file for problem in examine(bare).problems}


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes on Linux")
def test_a_file_name_that_is_no_text_is_told(good_release: Path, tmp_path: Path) -> None:
    """Problems can be read as JSON whatever a file is called."""
    release = Tampered(good_release, tmp_path).directory
    for name in (b"caf\xe9", b"two\nlines"):
        Path(os.fsdecode(os.fsencode(release) + b"/" + name)).touch()

    done = CliRunner().invoke(main, ["verify", str(release), "--json"])

    found = json.loads(done.stdout_bytes.decode("utf-8"))
    assert [each["place"]["file"] for each in found] == ["caf\\udce9", "two\nlines"]


def test_texts_that_are_not_utf8_are_told(stripped: Path, tmp_path: Path) -> None:
    """Where no file can be read as UTF-8, the message says so of each."""
    folder = tmp_path / "latin"
    folder.mkdir()
    for path in (GOOD / "corpus" / "raw").glob("*.txt"):
        (folder / path.name).write_bytes(b"caf\xe9")

    with pytest.raises(ValueError, match=r"d1: d1\.txt is not UTF-8; d2: d2\.txt is not UTF-8"):
        hydrate(stripped, folder, tmp_path / "out")


def test_a_password_in_the_hubs_address_is_not_repeated(
    good_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address with a password is refused before it is named or asked."""
    monkeypatch.setenv("HF_ENDPOINT", "http://reader:s3cret@127.0.0.1:9/hub")
    monkeypatch.setenv("HF_TOKEN", "hf_token")

    done = CliRunner().invoke(main, ["publish", str(good_release), "--repo", "a/b", "--with-text"])

    assert done.exit_code == 1
    assert "HF_ENDPOINT" in done.output
    assert "s3cret" not in done.output
