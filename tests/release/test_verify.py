"""Verification finds any changed, missing or extra byte."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from newspan import verify
from newspan.release.build import release_files


def test_a_fresh_release_is_whole(shipped_release: Path, good_release: Path) -> None:
    """Nothing is wrong with a release as it was built."""
    assert verify(shipped_release) == []
    assert verify(good_release) == []


def _every_file(directory: Path) -> list[str]:
    return [*(name for name, _ in release_files(directory)), "manifest.json", "SHA256SUMS"]


@pytest.mark.parametrize("how", ["flip", "append", "truncate", "delete"])
def test_any_changed_byte_in_any_file_is_found(
    how: str, good_release: Path, tmp_path: Path
) -> None:
    """One bit flipped, one byte more or less, or the file gone: each is found, in every file."""
    rng = random.Random(5)
    copy = tmp_path / good_release.name
    shutil.copytree(good_release, copy)
    for name in _every_file(good_release):
        path = copy / name
        raw = path.read_bytes()
        for _ in range(8 if how == "flip" else 1):
            changed = bytearray(raw)
            if how == "flip":
                changed[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
            elif how == "append":
                changed.append(0)
            elif how == "truncate":
                changed.pop()
            if how == "delete":
                path.unlink()
            else:
                path.write_bytes(changed)

            assert verify(copy) != [], name

            path.write_bytes(raw)
    assert verify(copy) == []


def test_extra_files_folders_and_links_are_found(good_release: Path, tmp_path: Path) -> None:
    """What the manifest does not list may not stand in a release."""
    copy = tmp_path / good_release.name
    shutil.copytree(good_release, copy)
    (copy / "notes").mkdir()
    assert [problem.place.file for problem in verify(copy)] == ["notes"]
    (copy / "notes").rmdir()

    (copy / ".hidden").write_text("x")
    assert [problem.place.file for problem in verify(copy)] == [".hidden"]
    (copy / ".hidden").unlink()

    (copy / "LINK").symlink_to(copy / "README.md")
    assert [problem.place.file for problem in verify(copy)] == ["LINK"]
    (copy / "LINK").unlink()

    (copy / "README.md").rename(tmp_path / "README.md")
    (copy / "README.md").symlink_to(tmp_path / "README.md")
    assert [problem.place.file for problem in verify(copy)] == ["README.md"]


def test_a_folder_that_is_not_there_is_no_release(tmp_path: Path) -> None:
    """A wrong path is a problem with a hint."""
    (problem,) = verify(tmp_path / "nowhere")

    assert problem.id == "not-a-release"


@pytest.mark.parametrize("text", ["[" * 100_000, "null", "[]", '{"files": 1}', "\xff"])
def test_a_manifest_that_is_none_is_a_problem(
    text: str, good_release: Path, tmp_path: Path
) -> None:
    """Whatever stands in manifest.json, the answer is a problem and never a traceback."""
    copy = tmp_path / good_release.name
    shutil.copytree(good_release, copy)
    (copy / "manifest.json").write_bytes(text.encode("latin-1"))

    assert {problem.id for problem in verify(copy)} == {"release-changed"}


def test_a_linked_manifest_is_found(good_release: Path, tmp_path: Path) -> None:
    """A manifest that stands elsewhere may change behind the release's back."""
    copy = tmp_path / good_release.name
    shutil.copytree(good_release, copy)
    (copy / "manifest.json").rename(tmp_path / "manifest.json")
    (copy / "manifest.json").symlink_to(tmp_path / "manifest.json")

    assert [problem.place.file for problem in verify(copy)] == ["manifest.json"]
