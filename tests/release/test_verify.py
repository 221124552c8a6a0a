"""Verification finds any changed, missing or extra byte."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpora import GOOD, copy_good
from newspan import build, verify
from newspan.cli import main
from newspan.corpus import read_corpus
from newspan.release.build import release_files
from newspan.release.logical import logical_hash, logical_hash_1
from newspan.release.no_text import no_text
from newspan.release.rebuilt import corpus_of
from newspan.release.verify import Report, examine
from tampering import Tampered


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


@pytest.fixture
def copy(good_release: Path, tmp_path: Path) -> Iterator[Tampered]:
    """Return a copy of the small release, to be changed and sealed anew."""
    yield Tampered(good_release, tmp_path)


def test_the_corpus_comes_out_of_its_release(
    good_release: Path, shipped_release: Path, root: Path
) -> None:
    """Documents, texts, lists, labels and sets made again are those of the corpus."""
    for release, folder in ((good_release, GOOD), (shipped_release, root)):
        corpus, _ = read_corpus(folder)
        rebuilt = corpus_of(release)

        assert corpus is not None
        assert rebuilt.corpus is not None
        for part in ("documents", "texts", "outlets", "targets", "labels", "sets"):
            assert getattr(rebuilt.corpus, part) == getattr(corpus, part), part
        assert rebuilt.corpus.info.primary_set == corpus.info.primary_set


def test_what_was_checked_is_told(good_release: Path) -> None:
    """The report has figures and every part; the command tells them on stderr."""
    report = examine(good_release)
    manifest = json.loads((good_release / "manifest.json").read_bytes())

    assert (report.problems, report.notes, report.signature) == ([], [], "none")
    assert report.files == len(manifest["files"])
    assert report.rows == sum(config["rows"] for config in manifest["configs"].values())
    assert report.checked == [
        "hashes",
        "page checksums",
        "logical hashes",
        "columns",
        "card",
        "Croissant",
        "lineages",
        "the corpus",
        "derived rows",
    ]
    result = CliRunner().invoke(main, ["verify", str(good_release)])
    assert f"checked {report.files} files, {report.bytes:,} bytes, {report.rows} rows: hashes" in (
        result.stderr
    )
    assert "signature: none" in result.stderr


def test_problems_are_sorted_and_name_their_rows(copy: Tampered) -> None:
    """Several faults come by file and row, the same on stdout and in JSON."""
    rows = copy.rows("spans")
    rows[3]["label"] = "other"
    rows[1]["text"] = "other"
    copy.put_rows("spans", rows)
    rows = copy.rows("annotations")
    rows[7]["voice"] = "scare"
    copy.put_rows("annotations", rows)
    copy.seal()

    result = CliRunner().invoke(main, ["verify", str(copy.directory)])
    listed = json.loads(CliRunner().invoke(main, ["verify", str(copy.directory), "--json"]).stdout)

    places = [(each["place"]["file"].split("/")[0], each["place"]["line"]) for each in listed]
    assert places == [("annotations", 8), ("spans", 2), ("spans", 4)]
    assert "spans/train-00000-of-00001.parquet:4#/label: error rows-changed: row 4" in (
        result.stdout
    )
    assert 'it is "other", from documents and sets follows' in result.stdout


def test_many_wrong_rows_are_counted_not_listed(copy: Tampered) -> None:
    """A config that is wrong from end to end is told in a screenful."""
    rows = [row | {"note": "edited"} for row in copy.rows("annotations")]
    copy.put_rows("annotations", rows)
    copy.seal()

    problems = verify(copy.directory)

    assert len(problems) == 21
    assert problems[0].message == "3 more rows of annotations are not what they should be"


def test_sentences_of_another_nupunkt_are_held_to_what_must_hold(copy: Tampered) -> None:
    """Other borders are neither right nor wrong; words left out and overlaps are wrong."""
    rows = copy.rows("sentences")
    first, second = next(
        (one, other)
        for one, other in pairwise(rows)
        if one["paragraph_id"] == other["paragraph_id"] and not one["claim"] and not other["claim"]
    )
    number = rows.index(second) + 1

    def examined(changed: list[dict[str, object]]) -> Report:
        copy.put_rows("sentences", changed)
        copy.seal()
        manifest = json.loads(copy["manifest.json"])
        copy.edit_manifest(tools=manifest["tools"] | {"nupunkt": "0.0.1"})
        return examine(copy.directory)

    whole = examined(rows)
    cut = examined([row for row in rows if row is not second])
    later = {**second, "start": second["start"] + 1}
    late = examined([later if row is second else row for row in rows])
    doubled = examined([*rows[:number], second, *rows[number:]])
    label = examined([row | {"zone": "caption"} if row is second else row for row in rows])

    assert whole.problems == []
    assert "nupunkt 0.0.1 parted the sentences" in whole.notes[0]
    assert "are in no sentence" in cut.problems[0].message
    assert late.problems != []
    assert (doubled.problems[0].place.line, doubled.problems[0].id) == (number + 1, "rows-changed")
    assert [problem.place.line for problem in label.problems] == [number]
    assert first["id"] != second["id"]


def test_a_release_by_another_newspan_is_held_to_itself(copy: Tampered) -> None:
    """Columns that this newspan doesn't know are told, and the rest is checked as ever."""
    table = copy.table("links")
    copy.put_table("links", table.drop_columns(["decision"]).replace_schema_metadata(None))
    copy.seal()
    old = json.loads(copy["manifest.json"])["tools"] | {"newspan": "0.0.1"}
    copy.edit_manifest(tools=old)

    footer = examine(copy.directory)

    assert {problem.place.file for problem in footer.problems} == {
        "README.md",
        "links/train-00000-of-00001.parquet",
    }
    copy.restore()
    copy.edit_manifest(tools=old, schema_version="1.0.0")
    report = examine(copy.directory)
    assert report.problems == []
    assert any("were not compared" in note for note in report.notes)


def _hashed_by(copy: Tampered, definition: int) -> bytes:
    """Seal a copy with logical hashes of one definition; return its manifest."""
    hashes = {1: logical_hash_1, 2: logical_hash}
    manifest = json.loads(copy["manifest.json"])
    card = copy["README.md"].decode()
    for name, config in manifest["configs"].items():
        digest = hashes[definition](copy.table(name))
        card = card.replace(config["sha256"], digest)
        config["sha256"] = digest
    copy.put("README.md", card.encode())
    copy.seal(card=False)
    files = json.loads(copy["manifest.json"])["files"]
    copy.edit_manifest(configs=manifest["configs"], files=files, logical_hash=definition)
    return copy["manifest.json"]


def test_logical_hashes_of_both_definitions_hold(copy: Tampered, tmp_path: Path) -> None:
    """Rows fit a committed manifest though it hashed them by the other definition."""
    committed = tmp_path / "committed.json"
    for definition in (1, 2, 1):
        _hashed_by(copy, definition)
        assert verify(copy.directory) == []
        if committed.exists():
            # The card has the hashes, and is another; no config's rows are.
            problems = verify(copy.directory, manifest=committed)
            assert [problem.place.file for problem in problems] == ["README.md"]
        committed.write_bytes(copy["manifest.json"])


def test_a_manifest_that_says_nothing_of_the_definition_means_the_first(copy: Tampered) -> None:
    """Releases of 0.x were hashed by it, and did not say so."""
    manifest = json.loads(_hashed_by(copy, 1))
    del manifest["logical_hash"]
    copy.put_json("manifest.json", manifest)
    copy.edit_manifest()

    assert verify(copy.directory) == []


def test_a_release_is_held_to_its_committed_manifest(
    shipped_release: Path, good_release: Path, tmp_path: Path
) -> None:
    """The release of the manifest's version is equal to it; another one is not, file by file."""
    committed = good_release / "manifest.json"
    assert verify(good_release, manifest=committed) == []
    assert "the committed manifest" in examine(good_release, manifest=committed).checked

    problems = verify(shipped_release, manifest=committed)

    assert {problem.id for problem in problems} == {"manifest-differs"}
    with pytest.raises(ValueError, match="is no manifest"):
        verify(good_release, manifest=good_release / "README.md")
    assert tmp_path.exists()


def test_a_release_without_texts_is_checked_as_far_as_it_goes(
    good_release: Path, tmp_path: Path
) -> None:
    """Hashes, rows and anchors are checked, and that no row was derived anew is told."""
    report = examine(no_text(good_release, tmp_path / "bare").path)

    assert report.problems == []
    assert "anchors and shares" in report.checked
    assert "derived rows" not in report.checked
    assert len(report.notes) == 1
    assert "without texts" in report.notes[0]


def test_a_release_is_verified_part_by_part(copy: Tampered) -> None:
    """However small the parts, a whole release is whole, and a wrong row has its number."""
    assert examine(copy.directory, _part_size=1).problems == []
    for config in ("sentences", "annotations", "duplicates", "attributions"):
        rows = copy.rows(config)
        number = len(rows)
        rows[-1]["item_id"] = "nowhere"
        copy.put_rows(config, rows)
        copy.seal()

        (problem,) = examine(copy.directory, _part_size=1).problems

        assert (problem.place.file, problem.place.line) == (copy.file(config), number)
        assert f"row {number}, {rows[-1]['id']}, item_id" in problem.message
        copy.restore()
    rows = copy.rows("annotations")
    del rows[2]
    copy.put_rows("annotations", [*rows, rows[-1]])
    copy.seal()
    dropped, doubled = examine(copy.directory, _part_size=1).problems
    assert (dropped.place.line, doubled.place.line) == (3, len(rows) + 1)


def test_web_annotations_are_derived_anew(tmp_path: Path) -> None:
    """What the sets don't say may not stand in the Web Annotations either."""
    corpus = copy_good(tmp_path)
    head = corpus / "corpus/corpus.json"
    head.write_text(json.dumps(json.loads(head.read_bytes()) | {"web_annotations": True}))
    copy = Tampered(build(corpus).path, tmp_path)
    assert verify(copy.directory) == []
    name = "web-annotations/consensus.jsonl"
    lines = copy.lines(name)
    lines[4]["motivation"] = "linking"
    copy.put_lines(name, lines)
    copy.seal()

    (problem,) = verify(copy.directory)

    assert (problem.place.file, problem.place.line) == (name, 5)
    copy.restore()
    copy.put(name, None)
    copy.seal()
    (problem,) = verify(copy.directory)
    assert (problem.place.file, problem.message) == (name, "it is missing")
