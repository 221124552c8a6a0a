"""What `add` must not do: break a corpus, write over something, or lose without a word."""

from __future__ import annotations

import datetime
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from newspan import AddError, add, check, init
from newspan.corpus import read_corpus
from newspan.exchange.adding import Adding

NEWS = "Ferries late again\n\nThe council met.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return an empty corpus."""
    return init(tmp_path / "corpus", languages=["en"])


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files, and return their folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def snapshot(root: Path) -> dict[str, bytes]:
    """Return every file's bytes by its path."""
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def line(**said: Any) -> str:
    """Return a document as plain JSON Lines have it."""
    return json.dumps({"id": "late", "text": NEWS, **said})


def test_a_language_that_is_none_is_told(root: Path, tmp_path: Path) -> None:
    """The corpus stays sound: the document has the corpus's language, and an id for lineage."""
    source = write(tmp_path / "in", {"a.jsonl": line(language="Harbourese", lineage="Old Harbour")})
    added = add([source], root, format="newspan-jsonl")

    assert [(p.id, p.place.file) for p in added.problems] == [("provenance-value", "late")]
    assert check(root) == []
    corpus, _ = read_corpus(root)
    assert corpus is not None
    (document,) = corpus.documents
    assert document.language == "en" and document.lineage.startswith("old_harbour-")


@pytest.mark.parametrize(
    "given",
    [
        {"date": "yesterday"},
        {"layers": ("opinion",)},
        {"types": {"X": "opinion:strong"}},
        {"types": {"X": "claim:strong"}},
    ],
    ids=["date", "layer", "mapping", "label"],
)
def test_what_would_break_the_set_is_wrong_use(
    root: Path, tmp_path: Path, given: dict[str, Any]
) -> None:
    """It is refused before anything is written, whether the format looks at it or not."""
    source = write(tmp_path / "in", {"article1.txt": NEWS, "a.labels": "1\tDoubt\t0\t7\n"})
    before = snapshot(root)

    with pytest.raises(ValueError):
        add([source], root, format="ptc", **given)
    assert snapshot(root) == before


def test_what_nobody_verified_is_not_called_gold(root: Path, tmp_path: Path) -> None:
    """It is refused whole, and nothing is written; golden is another word."""
    source = write(tmp_path / "in", {"article1.txt": NEWS, "a.labels": "1\tDoubt\t0\t7\n"})
    before = snapshot(root)

    with pytest.raises(ValueError, match="verified, record for record, may be called news-gold"):
        add([source], root, format="ptc", set_id="news-gold")

    assert snapshot(root) == before
    assert add([source], root, format="ptc", set_id="golden").records == 1


def test_a_record_under_another_name_is_not_written_over(root: Path, tmp_path: Path) -> None:
    """Its file has the name that the new document's would have."""
    add([write(tmp_path / "in", {"late.txt": NEWS})], root)
    record = root / "corpus" / "documents" / "late.json"
    record.write_text(record.read_text(encoding="utf-8").replace('"late', '"early'))
    (root / "corpus/raw/late.txt").rename(root / "corpus/raw/early.txt")
    before = snapshot(root)

    with pytest.raises(AddError) as refused:
        add([write(tmp_path / "more", {"late.txt": "Another text.\n"})], root)

    assert [p.id for p in refused.value.problems] == ["file-name"]
    assert snapshot(root) == before


@pytest.mark.parametrize("name", ["raw", "documents", "pages"])
def test_folders_that_are_links_are_refused(root: Path, tmp_path: Path, name: str) -> None:
    """What they lead to would change at once, in a dry run too."""
    folder = root / "corpus" / name
    folder.mkdir(exist_ok=True)
    folder.rename(tmp_path / name)
    folder.symlink_to(tmp_path / name)
    before = snapshot(tmp_path / name)

    with pytest.raises(ValueError, match="is a link"):
        add([write(tmp_path / "in", {"late.txt": NEWS})], root, dry_run=True)
    assert snapshot(tmp_path / name) == before


def test_what_others_add_meanwhile_is_kept(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The later one stops, since its copy of the corpus lacks what the first has added."""
    mine = write(tmp_path / "mine", {"mine.txt": NEWS})
    theirs = write(tmp_path / "theirs", {"theirs.txt": NEWS + "More."})
    finish = Adding.finish

    def meanwhile(self: Adding) -> None:
        monkeypatch.setattr(Adding, "finish", finish)
        add([theirs], root)
        finish(self)

    monkeypatch.setattr(Adding, "finish", meanwhile)
    with pytest.raises(ValueError, match="changed by others meanwhile"):
        add([mine], root)
    again = add([mine], root)

    assert again.documents == ("mine",)
    assert {path.stem for path in (root / "corpus/documents").iterdir()} == {"mine", "theirs"}
    assert check(root) == []


def test_lists_keep_their_line_ends(root: Path, tmp_path: Path) -> None:
    """What an editor on another system wrote stays byte by byte; records come behind it."""
    outlets = root / "corpus" / "outlets.json"
    add([write(tmp_path / "in", {"late.txt": NEWS})], root)
    outlets.write_bytes(outlets.read_bytes().replace(b"\n", b"\r\n"))
    before = outlets.read_bytes()

    said = {"new.txt": NEWS + "More.", "new.json": '{"outlet": "Harbour News"}'}
    add([write(tmp_path / "more", said)], root)

    assert outlets.read_bytes().startswith(before.rstrip(b"\r\n ]}"))
    assert b"Harbour News" in outlets.read_bytes()
    assert check(root) == []


def test_files_of_other_kinds_are_told(root: Path, tmp_path: Path) -> None:
    """Once, with their endings; sidecars are no such files."""
    files = {
        "late.txt": NEWS,
        "late.json": '{"title": "Ferries late again"}',
        "provenance.jsonl": "",
    }
    others = {"b/minutes.docx": "x", "b/plan.docx": "x", "c.md": "x"}
    added = add([write(tmp_path / "in", files | others)], root)

    (problem,) = added.problems
    assert (problem.id, problem.place.file) == ("file-left-out", "b/minutes.docx")
    assert problem.message == "not read, as 3 in all: .docx, .md"
    assert added.documents == ("late",)


def test_a_packed_file_that_is_cut_off_is_told(root: Path, tmp_path: Path) -> None:
    """Other files are read; what stands before the cut is not held back."""
    rows = "".join(json.dumps({"id": f"r{n}", "text": f"{NEWS}{n}"}) + "\n" for n in range(3))
    packed = gzip.compress(rows.encode())
    source = write(tmp_path / "in", {"a.jsonl.gz": packed[:-9], "b.ndjson": rows.replace("r", "s")})
    added = add([source], root)

    assert [(p.id, p.place.file) for p in added.problems] == [("file-unreadable", "a.jsonl.gz")]
    assert {"s0", "s1", "s2"} <= set(added.documents)
    assert check(root) == []


def test_columns_of_other_types(root: Path, tmp_path: Path) -> None:
    """Dates are read, missing numbers are missing, and lists are told; the rows are added."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = {
        "id": [1, 2],
        "text": [NEWS, NEWS + "More."],
        "published": [datetime.date(2024, 3, 5), None],
        "retrieved": [datetime.datetime(2024, 3, 6, 10), None],
        "url": ["https://news.example/1", None],
        "outlet": [float("nan"), float("nan")],
        "authors": [["Ann Clerk"], None],
    }
    pq.write_table(pa.table(table), tmp_path / "in.parquet")
    added = add([tmp_path / "in.parquet"], root)

    assert [p.id for p in added.problems] == ["provenance-value"]
    assert "'authors' has no single values" in added.problems[0].message
    corpus, _ = read_corpus(root)
    assert corpus is not None and check(root) == []
    _, item = corpus.items["1"]
    assert item.published.value == "2024-03-05"
    assert item.chain[0].url.value == "https://news.example/1"
    assert item.chain[0].outlet == "unknown"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_no_utf8_are_told(root: Path, tmp_path: Path) -> None:
    """As a problem on stdout and stderr, not as a traceback."""
    name = os.fsdecode(b"late\xff.txt")
    source = write(tmp_path / "in", {name: NEWS, os.fsdecode(b"a\xff.md"): "", "on.txt": NEWS})
    done = subprocess.run(
        [sys.executable, "-m", "newspan", "add", source, "--corpus", root, "--json"],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"},
    )

    assert done.returncode == 1 and done.stderr == b""
    told = json.loads(done.stdout)
    assert told["documents"] == ["on"]
    assert [each["id"] for each in told["problems"]] == ["file-left-out", "file-unreadable"]
