"""A release may not have a lower version than what has changed in it makes due."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from edited_releases import adding, changing, edited, rows_of
from newspan.release.bump import bumped, due, is_enough, recorded, refuse
from newspan.release.diff import DiffError
from newspan.release.logical import logical_hash_1

BUMPS = ("major", "minor", "patch")


@pytest.mark.parametrize(
    ("version", "kind", "expected"),
    [
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "patch", "1.2.4"),
        ("1.2.3", "none", "1.2.3"),
        ("0.2.3", "major", "0.3.0"),
        ("0.2.3", "minor", "0.3.0"),
        ("0.2.3", "patch", "0.2.4"),
        ("0.2.3", "none", "0.2.3"),
        ("9.9.9", "patch", "9.9.10"),
    ],
)
def test_a_bump_gives_the_smallest_version_of_its_kind(
    version: str, kind: str, expected: str
) -> None:
    """Lower numbers start again at 0; before 1.0.0 a major change bumps the minor number."""
    assert bumped(version, kind) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "version",
    ["1.0", "1.0.0.0", "1.x.0", "", "1.0.0-rc1", "-1.0.0", "1.².0", f"{'9' * 5000}.0.0"],
)
def test_what_is_no_version_is_refused(version: str) -> None:
    """Versions are three numbers."""
    with pytest.raises(ValueError, match="no version"):
        bumped(version, "patch")


def test_versions_are_ordered_by_number() -> None:
    """0.10.0 is higher than 0.9.0; a higher version than the one due is enough."""
    assert is_enough("0.9.0", "0.10.0", "minor")
    assert not is_enough("0.10.0", "0.9.1", "patch")
    assert is_enough("1.2.3", "3.0.0", "major")
    assert not is_enough("1.2.3", "1.9.9", "major")
    assert is_enough("1.2.3", "1.2.3", "none")


def _release(good_release: Path, folder: Path, what: str) -> Path:
    """Return the small release with a change that makes a bump of a kind due."""
    readme = (good_release / "README.md").read_bytes()
    if what == "patch":
        return edited(good_release, folder, files={"README.md": readme + b"\nA word more.\n"})
    if what == "minor":
        add = adding(0, id="new1", start=1, end=2)
        return edited(good_release, folder, {"spans": add, "annotations": add})
    if what == "major":
        edit = changing(0, note="looked at again")
        return edited(good_release, folder, {"spans": edit, "annotations": edit})
    return edited(good_release, folder)


#: Which bumps are enough for what has changed.
ENOUGH = {
    "major": {"major"},
    "minor": {"major", "minor"},
    "patch": {"major", "minor", "patch"},
    "none": {"major", "minor", "patch"},
}
VERSIONS = {
    "0.2.0": {"major": "1.0.0", "minor": "0.3.0", "patch": "0.2.1"},
    "1.4.2": {"major": "2.0.0", "minor": "1.5.0", "patch": "1.4.3"},
}


@pytest.mark.parametrize("old_version", VERSIONS)
@pytest.mark.parametrize("bump", BUMPS)
@pytest.mark.parametrize("what", ENOUGH)
def test_every_bump_against_every_change(
    what: str, bump: str, old_version: str, good_release: Path, tmp_path: Path
) -> None:
    """A bump that is too small is refused, by rows, and any that is enough is let through.

    Before 1.0.0 a minor bump is enough for an edit.
    """
    old = edited(good_release, tmp_path / "out", version=old_version)
    manifests = _recorded(tmp_path, old)
    new = _release(good_release, tmp_path / "new", what)
    version = VERSIONS[old_version][bump]
    enough = ENOUGH[what] | ({"minor"} if old_version.startswith("0.") else set())

    for given in ({"previous": old}, {"out": tmp_path / "out"}):
        found = refuse(manifests, new, version, **given)

        if bump in enough:
            assert found is None, found
        else:
            assert found is not None
            assert found.id == "version-too-small"
            assert bumped(old_version, what) in found.message  # type: ignore[arg-type]


def _recorded(folder: Path, *releases: Path) -> Path:
    manifests = folder / "releases"
    manifests.mkdir(exist_ok=True)
    for release in releases:
        version = json.loads((release / "manifest.json").read_bytes())["version"]
        shutil.copyfile(release / "manifest.json", manifests / f"{version}.json")
    return manifests


@pytest.mark.parametrize(
    ("what", "version", "refused"),
    [
        ("none", "1.4.3", False),
        ("patch", "1.4.3", False),
        ("minor", "1.5.0", True),  # without the old rows, an addition can't be told from an edit
        ("minor", "2.0.0", False),
        ("major", "1.5.0", True),
        ("major", "2.0.0", False),
    ],
)
def test_without_the_old_rows_other_hashes_count_as_major(
    what: str, version: str, refused: bool, good_release: Path, tmp_path: Path
) -> None:
    """Equal logical hashes make a patch due; others a major bump, and the message says why."""
    manifests = _recorded(tmp_path, edited(good_release, tmp_path / "old", version="1.4.2"))
    new = _release(good_release, tmp_path / "new", what)

    found = refuse(manifests, new, version, out=tmp_path / "nowhere")

    assert (found is not None) == refused
    if found is not None:
        assert found.id == "version-too-small"
        assert "--previous" in found.message


def test_a_patch_is_due_when_only_files_with_data_outside_the_rows_are_equal_too(
    good_release: Path, tmp_path: Path
) -> None:
    """Outlets and sets are data: other bytes there count as other data without the old release."""
    manifests = _recorded(tmp_path, edited(good_release, tmp_path / "old", version="1.4.2"))
    outlets = json.loads((good_release / "corpus/outlets.json").read_bytes())
    outlets["outlets"][0]["name"] = "Another Gazette"
    files = {"corpus/outlets.json": json.dumps(outlets).encode()}
    new = edited(good_release, tmp_path / "new", files=files)

    found = refuse(manifests, new, "1.4.3")

    assert found is not None
    assert found.id == "version-too-small"


def test_a_recorded_manifest_of_the_old_definition_is_held_against_the_rows(
    good_release: Path, tmp_path: Path
) -> None:
    """Logical hashes of definitions 1 and 2 differ for equal rows: the rows are hashed again."""
    old = edited(good_release, tmp_path / "old", version="1.4.2")
    said = json.loads((old / "manifest.json").read_bytes())
    said["logical_hash"] = 1
    for name, config in said["configs"].items():
        config["sha256"] = logical_hash_1(rows_of(old, name))
    (old / "manifest.json").write_text(json.dumps(said))
    manifests = _recorded(tmp_path, old)
    same = edited(good_release, tmp_path / "same", manifest={"logical_hash": 2})
    more = adding(0, id="new1", start=1, end=2)
    other = edited(good_release, tmp_path / "b", {"spans": more}, manifest={"logical_hash": 2})

    assert refuse(manifests, same, "1.4.3") is None
    assert refuse(manifests, same, "1.4.2") is None
    found = refuse(manifests, other, "1.4.3")
    assert found is not None
    assert found.id == "version-too-small"


def test_a_recorded_version_is_built_again_only_from_the_same_data(
    good_release: Path, tmp_path: Path
) -> None:
    """A version that is recorded is never given to other data, however much higher others are."""
    old = edited(good_release, tmp_path / "old", version="1.4.2")
    manifests = _recorded(tmp_path, old)
    same = _release(good_release, tmp_path / "same", "patch")
    other = _release(good_release, tmp_path / "other", "minor")

    assert refuse(manifests, same, "1.4.2", previous=old) is None
    found = refuse(manifests, other, "1.4.2", previous=old)
    assert found is not None
    assert found.id == "version-taken"


def test_the_release_to_compare_with_is_the_recorded_one(
    good_release: Path, tmp_path: Path
) -> None:
    """Another folder than the recorded release is refused, and passed over where none was named."""
    old = edited(good_release, tmp_path / "old", version="1.4.2")
    manifests = _recorded(tmp_path, old)
    add = adding(0, id="new1", start=1, end=2)
    forged = edited(good_release, tmp_path / "forged", {"spans": add}, version="1.4.2")
    new = _release(good_release, tmp_path / "new", "minor")

    found = refuse(manifests, new, "1.5.0", previous=forged)
    assert found is not None
    assert found.id == "previous-differs"
    found = refuse(manifests, new, "1.5.0", out=tmp_path / "forged")
    assert found is not None
    assert found.id == "version-too-small"
    with pytest.raises(ValueError, match="no release"):
        refuse(manifests, new, "1.5.0", previous=tmp_path / "nowhere")


def test_a_damaged_old_release_is_told_where_it_was_named(
    good_release: Path, tmp_path: Path
) -> None:
    """Named, it stops the decision; only standing there, it is left alone and hashes decide."""
    old = edited(good_release, tmp_path / "out", version="1.4.2")
    manifests = _recorded(tmp_path, old)
    new = _release(good_release, tmp_path / "new", "minor")
    (old / "spans/train-00000-of-00001.parquet").write_bytes(b"x")

    with pytest.raises(DiffError):
        refuse(manifests, new, "1.5.0", previous=old)
    found = refuse(manifests, new, "1.5.0", out=tmp_path / "out")
    assert found is not None
    assert "--previous" in found.message
    (old / "manifest.json").write_text("{")
    found = refuse(manifests, new, "1.5.0", out=tmp_path / "out")
    assert found is not None
    assert refuse(manifests, new, "2.0.0", out=tmp_path / "out") is None


def test_the_newest_recorded_release_counts(good_release: Path, tmp_path: Path) -> None:
    """The newest is the highest by number, of this corpus and profile; nothing goes below it."""
    releases = [
        edited(good_release, tmp_path / "a", version="0.9.0"),
        edited(good_release, tmp_path / "b", version="0.10.0"),
        edited(good_release, tmp_path / "c", version="7.0.0", manifest={"name": "other"}),
        edited(good_release, tmp_path / "d", version="8.0.0", manifest={"profile": "no-text"}),
    ]
    manifests = _recorded(tmp_path, *releases)

    assert list(recorded(manifests, "harbour")) == ["0.9.0", "0.10.0"]
    assert list(recorded(manifests, "harbour", "no-text")) == ["8.0.0"]
    new = _release(good_release, tmp_path / "new", "patch")
    assert refuse(manifests, new, "0.10.1") is None
    found = refuse(manifests, new, "0.9.5")
    assert found is not None
    assert "0.10.0" in found.message


def test_a_first_release_may_have_any_version(good_release: Path, tmp_path: Path) -> None:
    """Where nothing is recorded, nothing is refused."""
    assert refuse(tmp_path / "releases", good_release, "0.0.1") is None
    with pytest.raises(ValueError, match="no version"):
        refuse(tmp_path / "releases", good_release, "one")


def test_a_broken_record_is_told(good_release: Path, tmp_path: Path) -> None:
    """A recorded manifest that can't be read stops the decision instead of being passed over."""
    (tmp_path / "1.0.0.json").write_text("{")

    with pytest.raises(ValueError, match=r"1\.0\.0\.json"):
        refuse(tmp_path, good_release, "0.0.1")


def test_due_is_what_the_diff_says(good_release: Path, tmp_path: Path) -> None:
    """The library's short form gives the same verdict."""
    for what in ENOUGH:
        assert due(good_release, _release(good_release, tmp_path / what, what)) == what
