"""hydrate: the very texts give the full release, others give what can be found in them."""

from __future__ import annotations

import json
import random
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import newspan
from corpora import GOOD, copy_good
from hostile_news import hostile_text, write_corpus
from newspan import build
from newspan.cli.hydrate import command
from newspan.corpus import read_corpus
from newspan.release.hydrate import Hydrated, hydrate
from newspan.release.no_text import no_text
from newspan.release.stand_off.sources import match_sources


def stripped(root: Path, release: Path, target: Path) -> Path:
    """Return the release of a corpus without its texts."""
    corpus, _ = read_corpus(root)
    return no_text(release, target, corpus).path


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file's bytes, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def bare(root: Path, shipped_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the shipped release without its texts; don't change it."""
    return stripped(root, shipped_release, tmp_path_factory.mktemp("bare") / "no-text")


@pytest.fixture
def sources(root: Path, tmp_path: Path) -> Path:
    """Return a folder with the shipped texts, to be changed."""
    folder = tmp_path / "sources"
    folder.mkdir()
    for path in (root / "corpus" / "raw").glob("*.txt"):
        shutil.copyfile(path, folder / path.name)
    return folder


def edit(folder: Path, number: str, change: Callable[[str], str]) -> None:
    """Change the text of one document."""
    path = next(folder.glob(f"{number}_*"))
    text = change(path.read_bytes().decode())
    path.write_bytes(text.encode())


def test_the_very_texts_give_the_full_release_byte_for_byte(
    bare: Path, shipped_release: Path, sources: Path, tmp_path: Path
) -> None:
    """Whatever the files are called: by their hashes all is restored, checksums included."""
    for number, path in enumerate(sorted(sources.iterdir())):
        (sources / "deep").mkdir(exist_ok=True)
        path.rename(sources / "deep" / f"page {number}.html")
    hydrated = hydrate(bare, sources, tmp_path / "out")

    assert hydrated.identical
    assert hydrated.path == tmp_path / "out" / shipped_release.name
    assert contents(hydrated.path) == contents(shipped_release)
    assert newspan.verify(hydrated.path) == []


def test_the_small_corpus_comes_back_too(good_release: Path, tmp_path: Path) -> None:
    """Every kind of record, links and open scopes too, is restored to the byte."""
    without = stripped(GOOD, good_release, tmp_path / "bare")
    hydrated = hydrate(without, GOOD / "corpus" / "raw", tmp_path / "out")

    assert contents(hydrated.path) == contents(good_release)


@settings(
    max_examples=6,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_hostile_texts_come_back(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """hydrate(no_text(x), texts of x) == x for ZWJ, combining marks, RTL, CR LF, CR, BOM, NBSP."""
    rng = random.Random(seed)
    folder = tmp_path_factory.mktemp("hostile")
    root = write_corpus(
        folder / "corpus", {"a": hostile_text(rng), "b": hostile_text(rng, rng.randrange(1, 4))}
    )
    release = build(root, folder / "full").path
    without = stripped(root, release, folder / "bare")
    hydrated = hydrate(without, root / "corpus" / "raw", folder / "out")

    assert hydrated.identical
    assert contents(hydrated.path) == contents(release)


SAME_WORDS: dict[str, Callable[[str], str]] = {
    "CR LF for LF": lambda text: text.replace("\n", "\r\n"),
    "one LF for several": lambda text: "\n".join(filter(str.strip, text.split("\n"))),
    "a space for NBSP": lambda text: text.replace("\u00a0", " "),
    "straight quotation marks": lambda text: text.translate(str.maketrans("“”‘’", "\"\"''")),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "a BOM": lambda text: "\ufeff" + text,
    "a line before and behind": lambda text: f"Saved by a reader.\n\n{text}\nEnd of page.\n",
}


@pytest.mark.parametrize("change", SAME_WORDS.values(), ids=SAME_WORDS)
def test_all_is_found_where_only_typography_differs(
    bare: Path, sources: Path, tmp_path: Path, change: Callable[[str], str]
) -> None:
    """Line ends, NBSP, quotation marks, Unicode form and page furniture lose no span."""
    for number in ("000", "001", "002", "003", "004"):
        edit(sources, number, lambda text: change(text) + " ")
    hydrated = hydrate(bare, sources, tmp_path / "out")

    assert not hydrated.identical
    assert hydrated.unplaced == ()
    assert {entry.status for entry in hydrated.entries if entry.layer != "item"} == {"exact"}
    found = newspan.load("spans", hydrated.path)
    assert found.num_rows == newspan.load("spans", bare).num_rows
    texts = {row["doc_id"]: row["text"] for row in newspan.load("documents", hydrated.path)}
    assert all(texts[row["doc_id"]][row["start"] : row["end"]] == row["text"] for row in found)


def test_a_missing_paragraph_loses_what_stood_in_it(
    bare: Path, shipped_release: Path, sources: Path, tmp_path: Path
) -> None:
    """Spans of the paragraph are reported as unplaced, by item and layer; all others are found."""
    rows = newspan.load("paragraphs", shipped_release)
    gone = max(
        (row for row in rows if row["doc_id"] == "002"), key=lambda row: row["end"] - row["start"]
    )
    edit(sources, "002", lambda text: text[: gone["start"]] + text[gone["end"] :])
    hydrated = hydrate(bare, sources, tmp_path / "out")

    spans = [e for e in hydrated.entries if e.document == "002" and e.start is not None and e.id]
    inside = [e for e in spans if gone["start"] <= e.start < gone["end"]]  # type: ignore[operator]
    assert inside
    assert all(entry.status == "unplaced" for entry in inside)
    outside = {e.status for e in spans if e not in inside and e.layer != "duplicate_block"}
    assert outside == {"exact"}
    report = json.loads((hydrated.path / "hydrated.json").read_bytes())
    told = [(e["item"], e["layer"]) for e in report["not_exact"] if e["status"] == "unplaced"]
    assert ("002-i1", "claim") in told
    assert ("002-i1", "zone") in told
    assert "unplaced: 002-i1: claim" in hydrated.text()


def test_changed_words_are_told_from_moved_ones(bare: Path, sources: Path, tmp_path: Path) -> None:
    """A typo mended inside a span makes it changed; a paragraph carried elsewhere, moved."""

    def change(text: str) -> str:
        assert text.count("a ticking time bomb on Albanian soil") == 1
        mended = text.replace(
            "a ticking time bomb on Albanian soil", "a tickling time bomb on Albanian soil"
        )
        lines = mended.split("\n")
        long = [n for n, line in enumerate(lines) if len(line) > 200]
        carried = lines.pop(long[-1])
        return "\n".join([*lines[: long[2]], carried, *lines[long[2] :]])

    edit(sources, "000", change)
    hydrated = hydrate(bare, sources, tmp_path / "out")

    statuses = {entry.status for entry in hydrated.entries if entry.document == "000" and entry.id}
    assert statuses >= {"exact", "changed", "moved"}
    rows = {row["id"]: row["text"] for row in newspan.load("spans", hydrated.path)}
    changed = [e.id for e in hydrated.entries if e.status == "changed" and e.set == "consensus"]
    assert any("tickling" in rows[span] for span in changed if span in rows)


def test_what_is_hydrated_from_other_texts_says_so(
    bare: Path, sources: Path, tmp_path: Path
) -> None:
    """Its name, card and manifest tell it from a release, and its checksums are its own."""
    edit(sources, "003", lambda text: text + "\nRead more\n")
    hydrated = hydrate(bare, sources, tmp_path / "out")

    assert hydrated.path.name.endswith("-hydrated")
    manifest = json.loads((hydrated.path / "manifest.json").read_bytes())
    assert manifest["profile"] == "hydrated"
    assert "This is no release" in (hydrated.path / "README.md").read_text(encoding="utf-8")
    for name, config in manifest["configs"].items():
        assert newspan.load(name, hydrated.path).num_rows == config["rows"]
    assert newspan.verify(hydrated.path) == []


def test_documents_without_a_file_are_left_out_and_told(
    bare: Path, sources: Path, tmp_path: Path
) -> None:
    """One text suffices; the others' items are reported as unplaced."""
    for path in sources.glob("00[1-4]_*"):
        path.unlink()
    hydrated = hydrate(bare, sources, tmp_path / "out")

    assert [row["doc_id"] for row in newspan.load("documents", hydrated.path)] == ["000"]
    assert {e.document for e in hydrated.unplaced if e.layer == "item"} == {
        "001",
        "002",
        "003",
        "004",
    }


def test_files_are_matched_by_name_or_by_what_is_in_them(
    bare: Path, sources: Path, tmp_path: Path
) -> None:
    """A changed file is known by its name, by the document's id, else by the words it holds."""
    for number in ("001", "003", "004"):
        edit(sources, number, lambda text: text + "\nRead more\n")
    next(sources.glob("003_*")).rename(sources / "003.txt")
    next(sources.glob("004_*")).rename(sources / "saved page.txt")
    (sources / "notes.txt").write_text("Nothing of the harbour council.", encoding="utf-8")
    hydrated = hydrate(bare, sources, tmp_path / "out")

    by = {name: source.by for name, source in hydrated.sources.found.items()}
    expected = {"000": "sha256", "001": "file name", "003": "document id", "004": "anchors"}
    assert by == {**expected, "002": "sha256"}
    assert hydrated.sources.unused == ("notes.txt",)


def test_a_text_with_too_little_of_an_item_opens_nothing(
    bare: Path, sources: Path, tmp_path: Path
) -> None:
    """With a fifth of the words, no place is told: the anchors stay sealed."""
    edit(sources, "002", lambda text: text[: len(text) // 5])
    hydrated = hydrate(bare, sources, tmp_path / "out")

    found = [entry for entry in hydrated.entries if entry.document == "002"]
    assert {entry.status for entry in found} == {"unplaced"}
    assert any("too little" in (entry.reason or "") for entry in found)


def test_a_changed_release_is_refused(bare: Path, sources: Path, tmp_path: Path) -> None:
    """Anchors that are not those of the manifest are not used, nor a release that has its texts."""
    copy = Path(shutil.copytree(bare, tmp_path / "copy"))
    with (copy / "stand-off" / "anchors.jsonl").open("ab") as file:
        file.write(b"\n")

    with pytest.raises(ValueError, match=r"anchors\.jsonl"):
        hydrate(copy, sources, tmp_path / "out")
    with pytest.raises(ValueError, match="no such folder"):
        hydrate(tmp_path / "nowhere", sources, tmp_path / "out")


def test_the_verb_reports_and_exits_with_what_it_found(
    bare: Path, sources: Path, tmp_path: Path
) -> None:
    """0 when all was placed, 1 when something was not, 2 for wrong use; --json for programs."""
    arguments = [str(bare), str(sources), "--out", str(tmp_path / "out")]
    whole = CliRunner().invoke(command, arguments)

    assert whole.exit_code == 0
    assert "this is the full release" in whole.stdout
    edit(sources, "003", lambda text: text[: len(text) // 2])
    partly = CliRunner().invoke(command, [*arguments, "--json"])
    assert partly.exit_code == 1
    assert json.loads(partly.stdout)["counts"]["claim"]["unplaced"] > 0
    wrong = CliRunner().invoke(command, [str(sources), str(sources)])
    assert wrong.exit_code == 2


def test_rows_of_another_writer_are_the_same_rows(
    bare: Path,
    shipped_release: Path,
    sources: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where Parquet comes out in other bytes, rows are held to the logical hashes, and told."""
    from newspan.release.stand_off import files

    def other(groups: object, path: Path, schema: object) -> None:
        tables = list(groups)  # type: ignore[call-overload]
        with pq.ParquetWriter(path, schema, compression="snappy") as writer:
            for table in tables:
                writer.write_table(table)

    monkeypatch.setattr(files, "write_groups", other)
    hydrated: Hydrated = hydrate(bare, sources, tmp_path / "out")

    assert hydrated.identical
    assert len(hydrated.rewritten) == len(list(shipped_release.rglob("*.parquet")))
    assert newspan.verify(hydrated.path) == []


def test_a_file_is_taken_for_one_document_only(tmp_path: Path) -> None:
    """Names that fit two files, or two documents, fit none; hashes and surer names go first."""
    for name in ("x.txt", "deep/y.txt", "y.html", "z.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"The ferry of {name}.", encoding="utf-8")
    rows = [
        {"doc_id": "a", "file": "x.txt", "sha256": "00"},
        {"doc_id": "x", "file": "other.txt", "sha256": "01"},
        {"doc_id": "b", "file": "y.md", "sha256": "02"},
        {"doc_id": "z", "file": "c1.txt", "sha256": "03"},
        {"doc_id": "c", "file": "z.md", "sha256": "04"},
    ]
    matched = match_sources(tmp_path, rows, {})

    assert {name: source.path.name for name, source in matched.found.items()} == {
        "a": "x.txt",
        "c": "z.txt",
    }
    assert set(matched.remarks) == {"b"}
    assert matched.unused == ("deep/y.txt", "y.html")


def test_a_file_with_several_row_groups_keeps_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large files come back byte for byte too, though their rows were smaller without texts."""
    monkeypatch.setattr("newspan.parquet._ROWS_PER_GROUP", 5)
    release = build(GOOD, tmp_path / "full").path
    groups = [pq.ParquetFile(path).num_row_groups for path in release.rglob("*.parquet")]
    assert max(groups) > 1
    without = stripped(GOOD, release, tmp_path / "bare")
    hydrated = hydrate(without, GOOD / "corpus" / "raw", tmp_path / "out")

    assert contents(hydrated.path) == contents(release)


def test_web_annotations_are_stripped_and_come_back(tmp_path: Path) -> None:
    """A release that has W3C annotations gets their quotations back too."""
    root = copy_good(tmp_path)
    head = root / "corpus" / "corpus.json"
    info = {**json.loads(head.read_bytes()), "web_annotations": True}
    head.write_text(json.dumps(info), encoding="utf-8")
    release = build(root, tmp_path / "full").path
    without = stripped(root, release, tmp_path / "bare")
    hydrated = hydrate(without, root / "corpus" / "raw", tmp_path / "out")

    lines = (without / "web-annotations" / "consensus.jsonl").read_text(encoding="utf-8")
    assert "TextPositionSelector" in lines
    assert "TextQuoteSelector" not in lines
    assert contents(hydrated.path) == contents(release)
