"""A release is whole or absent, and the same bytes each time."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import newspan
from corpora import GOOD, copy_good
from newspan import BuildError, build, check
from newspan.release.configs import CONFIGS
from newspan.whole import whole_directory
from release_bench.synthetic import make_corpus


def digests(directory: Path) -> dict[str, str]:
    """Return every file's SHA-256 by its path in the directory."""
    return {
        path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_two_builds_give_the_same_bytes(shipped_release: Path, root: Path, tmp_path: Path) -> None:
    """The same corpus gives byte-identical releases, wherever they are written."""
    again = build(root, tmp_path / "elsewhere")

    assert digests(again.path) == digests(shipped_release)


def test_a_build_in_another_process_gives_the_same_bytes(
    shipped_release: Path, root: Path, tmp_path: Path
) -> None:
    """Neither hash seeds, nor time zones, nor locales reach the bytes."""
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tehran", "LC_ALL": "C"}
    code = "import sys, newspan; newspan.build(sys.argv[1], sys.argv[2])"
    subprocess.run(
        [sys.executable, "-c", code, str(root), str(tmp_path)], env=environment, check=True
    )

    assert digests(tmp_path / shipped_release.name) == digests(shipped_release)


def test_the_release_is_the_recorded_one(shipped_release: Path, root: Path) -> None:
    """The data are those of the manifest committed for this version, under any writer."""
    manifest = json.loads((shipped_release / "manifest.json").read_bytes())
    recorded = json.loads((root / f"corpus/releases/{manifest['version']}.json").read_bytes())

    for key in ("documents", "items", "sets", "configs", "schema_version", "labels_sha256"):
        assert manifest[key] == recorded[key], key


@pytest.mark.parametrize("corpus", ["good", "shipped", "synthetic"])
def test_a_build_in_parts_gives_the_same_release(
    corpus: str, request: pytest.FixtureRequest, root: Path, tmp_path: Path
) -> None:
    """In parts of one document each, rows, hashes and every file beside them are the same."""
    if corpus == "synthetic":  # links and clusters lead from document to document
        make_corpus(tmp_path / "corpus", 12, seed=1)
        folder, whole = tmp_path / "corpus", build(tmp_path / "corpus").path
    else:
        folder = GOOD if corpus == "good" else root
        whole = request.getfixturevalue(f"{corpus}_release")
    (tmp_path / "parts").mkdir()

    parts = build(folder, tmp_path / "parts", _part_size=1).path

    old, new = (json.loads((each / "manifest.json").read_bytes()) for each in (whole, parts))
    assert new["configs"] == old["configs"]
    for config in CONFIGS:
        assert pq.read_table(parts / config.path).equals(pq.read_table(whole / config.path))
        groups = pq.read_metadata(parts / config.path).num_row_groups
        assert groups == min(1, old["configs"][config.name]["rows"])
    # A datasheet's figures are only made anew where the corpus is one part.
    told = {"manifest.json", "SHA256SUMS", "DATASHEET.md"}
    others, before = digests(parts), digests(whole)
    assert others.keys() == before.keys()
    assert {name for name in before if before[name] != others[name]} <= told


@pytest.mark.parametrize("size", [1, 10**9])
def test_what_is_wrong_anywhere_stops_a_build(size: int, tmp_path: Path) -> None:
    """A fault in the last document leaves nothing behind, and all faults are told."""
    make_corpus(tmp_path / "corpus", 12, seed=1)
    for number in (3, 11):
        path = tmp_path / f"corpus/annotation/sets/consensus/d{number:06d}-i1.jsonl"
        path.write_text(path.read_text().replace('"unanimous"', '"unanimous", "target": "moon"', 1))
    wrong = [problem for problem in check(tmp_path / "corpus") if problem.severity == "error"]

    with pytest.raises(BuildError) as caught:
        build(tmp_path / "corpus", _part_size=size)

    assert len({problem.place.file for problem in wrong}) == 2
    assert caught.value.problems == wrong
    assert sorted(path.name for path in (tmp_path / "corpus").iterdir()) == ["annotation", "corpus"]


def test_a_build_tells_how_far_it_is(tmp_path: Path) -> None:
    """Each stage is told from its first step to its last, for a progress bar to show."""
    told: dict[str, list[tuple[int, int]]] = {}

    build(GOOD, tmp_path, say=lambda what, done, of: told.setdefault(what, []).append((done, of)))

    assert {"reading documents", "reading consensus", "building", "hashing files"} <= set(told)
    for stage in ("reading documents", "building", "hashing files"):
        steps = told[stage]
        assert [done for done, _ in steps] == list(range(1, steps[0][1] + 1)), stage


def test_the_annotation_sets_are_in_the_release_as_they_were_made(good_release: Path) -> None:
    """Coverage, attributions and links of every set are there, not only the primary set's."""
    for path in sorted((GOOD / "annotation/sets").rglob("*.json*")):
        copy = good_release / path.relative_to(GOOD)
        assert copy.read_bytes() == path.read_bytes()


def test_every_config_is_there_with_its_columns(shipped_release: Path) -> None:
    """Every config of the design has a file with its full schema, rows or no rows."""
    assert [config.name for config in CONFIGS] == [
        "documents",
        "sentences",
        "paragraphs",
        "spans",
        "attributions",
        "links",
        "annotations",
        "duplicates",
    ]
    for config in CONFIGS:
        assert pq.read_schema(shipped_release / config.path).equals(config.schema)


def test_pinned_facts_of_the_shipped_release(shipped_release: Path) -> None:
    """Counts and the first, tenth and last sentence, so that no change to the data goes unseen."""
    manifest = json.loads((shipped_release / "manifest.json").read_bytes())
    rows = {name: config["rows"] for name, config in manifest["configs"].items()}
    sentences = pq.read_table(shipped_release / "sentences/train-00000-of-00001.parquet")

    assert len(manifest["documents"]) == 5
    assert len(manifest["items"]) == 12
    assert rows["sentences"] == 395
    assert rows["paragraphs"] == 306
    assert sum(z == "paragraph" for z in sentences["zone"].to_pylist()) == 342
    picked = [sentences.slice(i, 1).to_pylist()[0] for i in (0, 9, 394)]
    assert [(row["id"], row["text"][:24]) for row in picked] == [
        ("000-s0", "فارسی \u00a0 English \u00a0 عربي"),
        ("000-s1763", "the double standards of "),
        ("004-s36902", "By Ivan Kesic"),
    ]


@pytest.mark.parametrize("config", ["sentences", "paragraphs"])
@pytest.mark.parametrize("release", ["shipped_release", "good_release"])
def test_every_row_is_the_text_at_its_offsets(
    config: str, release: str, request: pytest.FixtureRequest
) -> None:
    """Rows are slices of the unaltered documents, and spans in them slices of the rows."""
    directory = request.getfixturevalue(release)
    documents = pq.read_table(directory / "documents/train-00000-of-00001.parquet").to_pylist()
    texts = {row["doc_id"]: row["text"] for row in documents}
    checked = 0
    for row in pq.read_table(directory / config / "train-00000-of-00001.parquet").to_pylist():
        assert row["text"] == texts[row["doc_id"]][row["start"] : row["end"]]
        for layer in ("claim", "attribution", "loaded_language"):
            for span in row[layer] or ():
                assert span["text"] == row["text"][span["start"] : span["end"]]
                checked += 1
    # Four spans of the shipped corpus run over a sentence's end and stand in two rows.
    rows = pq.read_metadata(directory / "spans/train-00000-of-00001.parquet").num_rows
    whole = rows + 4 if config == "sentences" else rows
    assert checked == (21 if release == "good_release" else whole)


def test_not_looked_at_is_null_and_nothing_found_is_empty(good_release: Path) -> None:
    """A layer is null where its set's coverage leaves it out, [] where nobody found anything."""
    rows = pq.read_table(good_release / "sentences/train-00000-of-00001.parquet").to_pylist()
    by_id = {row["id"]: row for row in rows}

    assert by_id["d1-s26"]["claim"] is None  # a byline: not covered
    assert by_id["d1-s251"]["claim"] == []  # covered, nothing found
    assert by_id["d2-s28"]["claim"] is None  # the layer is not covered in this item
    assert by_id["d1-s285"]["is_copy"] is True
    assert by_id["d1-s170"]["is_copy"] is False


def test_a_span_over_two_sentences_is_clipped_in_both(tmp_path: Path) -> None:
    """A sentence shows its own part of a longer span and says that there is more."""
    corpus = copy_good(tmp_path)
    path = corpus / "annotation/sets/consensus/d1-i1.jsonl"
    text = (corpus / "corpus/raw/d1.txt").read_bytes().decode()
    start, end = text.index("she told"), text.index(" stays shut")
    span = {"record": "span", "id": "long", "layer": "loaded_language", "start": start, "end": end}
    span |= {"text": text[start:end], "technique": "Loaded_Language"}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(span, ensure_ascii=False) + "\n")

    release = build(corpus).path

    table = pq.read_table(release / "sentences/train-00000-of-00001.parquet")
    parts = [
        s
        for row in table.to_pylist()
        for s in row["loaded_language"] or ()
        if s["span_id"] == "long"
    ]
    assert [(p["text"], p["clipped_start"], p["clipped_end"]) for p in parts] == [
        ("she told the Harbour Gazette.", False, True),
        ("The cafe\u0301", True, False),
    ]


def test_a_corpus_with_errors_is_not_built(tmp_path: Path) -> None:
    """An error stops the build before anything is written, and the problems say why."""
    corpus = copy_good(tmp_path)
    (corpus / "corpus/targets.json").unlink()

    with pytest.raises(BuildError) as caught:
        build(corpus)

    assert [problem.id for problem in caught.value.problems] == ["file-missing"]
    assert not (corpus / "dist").exists()


@pytest.mark.parametrize("out", [".", ".."])
def test_a_build_never_replaces_the_corpus(out: str, tmp_path: Path) -> None:
    """An unpacked archive may bear the release's name: its corpus must not be the release."""
    corpus = tmp_path / "harbour-0.2.0"
    shutil.copytree(GOOD, corpus)
    before = digests(tmp_path)

    with pytest.raises(ValueError, match="holds the corpus"):
        build(corpus, (corpus / out / "..").resolve() if out == "." else tmp_path)

    assert digests(tmp_path) == before


@pytest.mark.parametrize("kind", ["folder", "file", "link", "other", "more", "renamed"])
def test_a_build_replaces_nothing_but_a_release(
    kind: str, good_release: Path, tmp_path: Path
) -> None:
    """What stands where the release would go, and is none, is left alone."""
    target = tmp_path / "harbour-0.2.0"
    if kind == "folder":
        target.mkdir()
        (target / "thesis.txt").write_text("mine")
    elif kind == "file":
        target.write_text("mine")
    elif kind == "link":
        target.symlink_to(tmp_path / "nowhere")
    elif kind == "other":
        target.mkdir()
        (target / "manifest.json").write_text('{"name": "my web extension"}')
    else:
        shutil.copytree(good_release, target)
        if kind == "more":
            (target / "thesis.txt").write_text("mine")
        else:
            path = target / "manifest.json"
            path.write_text(path.read_text().replace('"0.2.0"', '"0.3.1"', 1))

    with pytest.raises(ValueError, match="is no release"):
        build(GOOD, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["harbour-0.2.0"]


def test_a_warning_does_not_stop_a_build(tmp_path: Path) -> None:
    """Warnings are for people to weigh; the release is built."""
    corpus = copy_good(tmp_path)
    head = corpus / "annotation/sets/consensus/set.json"
    data = json.loads(head.read_bytes())
    head.write_text(json.dumps({**data, "labels_sha256": "0" * 64}))

    release = build(corpus)

    assert release.path.is_dir()
    assert [problem.id for problem in release.warnings] == ["labels-changed"]


def test_without_attributions_nobody_says_whose_wording_it_is(tmp_path: Path) -> None:
    """Where nobody looked for attributions, voice is null, not the author's."""
    corpus = copy_good(tmp_path)
    folder = corpus / "annotation/sets/consensus"
    head = json.loads((folder / "set.json").read_bytes())
    for coverage in head["coverage"]:
        coverage["layers"] = ["loaded_language", "claim"]
    (folder / "set.json").write_text(json.dumps(head))
    for path in folder.glob("*.jsonl"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [x for x in lines if '"attribution"' not in x and '"link"' not in x]
        path.write_text("".join(kept), encoding="utf-8")

    rows = newspan.load("spans", build(corpus).path)

    assert len(rows) == 8
    assert set(rows["voice"]) == {None}
    assert rows["attribution_ids"] == [None] * 8


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"match": "translation_parallel"}, False),
        ({"end": 328, "text": "The pier reportedly leaks; it is a disgrace"}, True),
        ({"end": 319, "text": "The pier reportedly leaks; it is a"}, False),
    ],
)
def test_a_copy_is_copied_whole_and_for_sure(
    change: dict[str, object], expected: bool, tmp_path: Path
) -> None:
    """A full stop more or less does not matter; candidates and parts are no copies."""
    corpus = copy_good(tmp_path)
    path = corpus / "annotation/sets/reuse_v1/d1-i2.jsonl"
    record = json.loads(path.read_text(encoding="utf-8"))
    del record["alignment"]
    path.write_text(json.dumps({**record, **change}) + "\n", encoding="utf-8")

    rows = newspan.load("sentences", build(corpus).path)

    assert [row["is_copy"] for row in rows if row["item_id"] == "d1-i2"] == [expected]


def test_the_order_of_records_in_a_file_does_not_matter(good_release: Path, tmp_path: Path) -> None:
    """The same records in another order give the same rows."""
    corpus = copy_good(tmp_path)
    for path in (corpus / "annotation/sets").rglob("*.jsonl"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(reversed(lines)), encoding="utf-8")

    manifest = json.loads((good_release / "manifest.json").read_bytes())

    assert build(corpus).manifest["configs"] == manifest["configs"]


def test_the_rows_of_the_good_corpus_are_pinned(good_release: Path, root: Path) -> None:
    """Every value of every row is as it was read and approved by eye (tests/golden.json)."""
    golden = json.loads((root / "tests/golden.json").read_text(encoding="utf-8"))
    for config in CONFIGS:
        found = newspan.load(config.name, good_release).to_list()
        assert found == golden[config.name], config.name


# --- whole or not at all --------------------------------------------------------------------


def test_a_directory_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    """When the block raises, the target stays as it was, and nothing is left beside it."""
    target = tmp_path / "release"
    with whole_directory(target) as directory:
        (directory / "a").write_text("old")

    with pytest.raises(RuntimeError), whole_directory(target) as directory:
        (directory / "a").write_text("new")
        raise RuntimeError

    assert (target / "a").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["release"]


def test_a_directory_replaces_the_old_one_as_a_whole(tmp_path: Path) -> None:
    """Files that the new one lacks do not survive from the old one."""
    target = tmp_path / "release"
    for name in ("a", "b"):
        with whole_directory(target) as directory:
            (directory / name).write_text(name)

    assert [path.name for path in target.iterdir()] == ["b"]


def test_when_the_exchange_fails_the_old_one_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A target that cannot be replaced is put back where it was."""
    target = tmp_path / "release"
    with whole_directory(target) as directory:
        (directory / "a").write_text("old")
    rename = Path.rename

    def failing(self: Path, to: Path) -> Path:
        if self.name == "new":
            raise PermissionError("no")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(PermissionError), whole_directory(target) as directory:
        (directory / "a").write_text("new")

    assert (target / "a").read_text() == "old"


def test_what_a_killed_build_left_is_removed_after_a_day(tmp_path: Path) -> None:
    """Leftovers do not pile up, and a build that still runs is not disturbed."""
    old, young = (tmp_path / f".newspan-unfinished-{name}" for name in ("old", "young"))
    old.mkdir()
    young.mkdir()
    os.utime(old, (time.time() - 2 * 24 * 3600,) * 2)

    with whole_directory(tmp_path / "release"):
        pass

    assert young.is_dir()
    assert not old.exists()
