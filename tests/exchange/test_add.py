from __future__ import annotations

import csv
import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import copy_good
from hostile_sets import PIECES
from newspan import AddError, add, build, check, init
from newspan.cli import main
from newspan.corpus import Corpus, read_corpus
from newspan.problems import Place, Problem

NEWS = "Ferries late again\n\nThe council met.  \r\nIt said “no”.\r\n"
PAGE = """<!DOCTYPE html><html lang="en-GB"><head><title>Council votes - Harbour News</title>
<meta property="og:site_name" content="Harbour News"><meta name="author" content="Ann Clerk">
<meta property="article:published_time" content="2024-03-05T10:00:00Z">
<link rel="canonical" href="https://news.example/a/1"></head><body>
<nav><a href="/">Home</a> <a href="/x">Sport</a></nav><article><h1>Council votes on ferries</h1>
<p>The council of the harbour town voted on Tuesday to buy two new ferries, the mayor said, after
months of debate about cost and noise in the old port.</p>
<p>“This is a reckless plan,” a member of the opposition said. The ferries will run from spring,
according to the port authority of the town, weather permitting.</p>
</article><footer>Copyright Harbour News</footer></body></html>
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return an empty corpus."""
    return init(tmp_path / "corpus", languages=["en"])


def read(root: Path) -> Corpus:
    """Return a corpus that has no problem at all."""
    assert check(root) == []
    corpus, _ = read_corpus(root)
    assert corpus is not None
    return corpus


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files, and return their folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def snapshot(root: Path) -> dict[str, bytes]:
    """Return every file's bytes by its path."""
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def ids(problems: tuple[Problem, ...]) -> list[str]:
    """Return the ids of problems."""
    return [each.id for each in problems]


def test_a_text_is_taken_as_it_is(root: Path, tmp_path: Path) -> None:
    """Byte for byte, with what nobody said unknown, zones by its lines, a lineage of its own."""
    add([write(tmp_path / "in", {"late.txt": "\ufeff" + NEWS})], root)

    corpus = read(root)
    (document,) = corpus.documents
    (item,) = document.items
    assert corpus.texts["late"] == "\ufeff" + NEWS
    assert document.lineage == "late"
    assert [corpus.texts["late"][z.start : z.end] for z in item.zones] == [
        "Ferries late again",
        "The council met.",
        "It said “no”.",
    ]
    assert {zone.kind for zone in item.zones} == {"paragraph"}
    for unknown in (item.title, item.published, item.chain[0].url):
        assert unknown.value is None and unknown.evidence[0].class_ == "unknown"
    assert item.chain[0].outlet == "unknown"
    assert corpus.targets[item.partisanship.stance[0].target].title == "not assessed"


def test_a_sidecar_says_where_a_text_comes_from(root: Path, tmp_path: Path) -> None:
    """Each value is recorded with who says it; a title that the text shows, with its place."""
    said = {
        "title": "Ferries late again",
        "authors": ["Ann Clerk", "Bo Clerk"],
        "published": "2024-03-05T10:00:00Z",
        "url": "https://news.example/1",
        "retrieved": "2024-03-06",
        "outlet": "Harbour News",
        "language": "en-GB",
        "lineage": "Ferry Story",
    }
    add([write(tmp_path / "in", {"late.txt": NEWS, "late.json": json.dumps(said)})], root)

    corpus = read(root)
    (document,) = corpus.documents
    (item,) = document.items
    assert item.title.evidence[0].class_ == "stated_in_text"
    assert item.zones[0].kind == "title"
    assert [author.value for author in item.authors] == ["Ann Clerk", "Bo Clerk"]
    assert item.published.value == "2024-03-05"
    assert item.published.evidence[0].reason == "late.json says so"
    assert item.chain[0].url.value == "https://news.example/1"
    assert corpus.outlets[item.chain[0].outlet].name == "Harbour News"
    assert document.language == "en-GB"
    assert document.lineage.startswith("ferry_story")
    assert corpus.info.languages == ("en-GB",)


def test_a_folder_has_one_sidecar_for_all(root: Path, tmp_path: Path) -> None:
    """provenance.jsonl has a line per file; one of no file is told."""
    lines = [
        {"file": "a/late.txt", "outlet": "Harbour News"},
        {"file": "b.txt", "published": "last week", "rank": 7},
        {"file": "gone.txt", "outlet": "Nobody"},
    ]
    files: dict[str, str | bytes] = {
        "a/late.txt": NEWS,
        "b.txt": NEWS + "More.",
        "provenance.jsonl": "\n".join(map(json.dumps, lines)),
    }
    added = add([write(tmp_path / "in", files)], root)

    corpus = read(root)
    assert len(added.documents) == 2
    assert ids(added.problems) == ["provenance-value"] * 3
    assert [problem.place for problem in added.problems if "gone" in problem.message] == [
        Place("provenance.jsonl", 3)
    ]
    item = corpus.items["b"][1]
    assert item.published.value is None
    assert item.published.evidence[0].reason == "given as 'last week'"


def test_a_sidecar_further_down_is_told(root: Path, tmp_path: Path) -> None:
    """Of a folder the one of its own is read, and none beside tables; each other one is told."""
    said = json.dumps({"file": "a.txt", "outlet": "Harbour News"})
    texts = write(tmp_path / "in", {"y2024/a.txt": NEWS, "y2024/provenance.jsonl": said})
    row = json.dumps({"id": "r", "text": NEWS + "More."})
    tables = write(tmp_path / "rows", {"rows.jsonl": row, "provenance.jsonl": said})

    added = add([texts, tables], root)

    assert added.outlets == ()
    assert [(p.id, p.place.file) for p in added.problems] == [
        ("file-left-out", "y2024/provenance.jsonl"),
        ("file-left-out", "provenance.jsonl"),
    ]


def test_a_files_own_folder_says_where_it_comes_from(root: Path, tmp_path: Path) -> None:
    """A file that is added by itself has its line, and no other file's line is told."""
    lines = [
        {"file": "jetée.txt", "outlet": "Quay"},
        {"file": "la jetée.txt", "outlet": "Nobody", "rank": 7},
    ]
    said = "\n".join([*map(json.dumps, lines), "a line of another kind"])
    folder = write(tmp_path / "in", {"b/jetée.txt": NEWS, "b/provenance.jsonl": said})

    added = add([folder / "b" / "jetée.txt"], root)

    (document,) = read(root).documents
    assert (document.items[0].chain[0].outlet,) == added.outlets
    assert added.problems == ()


def test_an_address_without_a_day_is_kept_as_said(root: Path, tmp_path: Path) -> None:
    """Only a page that was read on a day shows an address; without one it is no value."""
    files: dict[str, str | bytes] = {
        "late.txt": NEWS,
        "late.json": json.dumps({"url": "https://news.example/1"}),
    }
    add([write(tmp_path / "in", files)], root)

    url = read(root).items["late"][1].chain[0].url
    assert url.value is None
    assert "https://news.example/1" in str(url.evidence[0].reason)


def test_a_page_becomes_its_article(root: Path, tmp_path: Path) -> None:
    """The article is the document; the page is kept, with its hash and the extractor's version."""
    import trafilatura

    empty = "<html><head><title>Menu</title></head><body></body></html>"
    added = add([write(tmp_path / "in", {"vote.html": PAGE, "menu.htm": empty})], root)

    corpus = read(root)
    (document,) = corpus.documents
    text, note = corpus.texts["vote"], str(document.note)
    assert ids(added.problems) == ["page-without-text"]
    assert "Council votes on ferries" in text and "reckless plan" in text
    assert "Copyright" not in text and "Sport" not in text
    assert (root / "corpus" / "pages" / "vote.html").read_bytes() == PAGE.encode()
    assert hashlib.sha256(PAGE.encode()).hexdigest() in note
    assert f"trafilatura {trafilatura.__version__}" in note
    item = document.items[0]
    assert item.published.value == "2024-03-05"
    assert item.title.value == "Council votes on ferries"
    assert document.language == "en-GB"
    assert item.zones[0].kind == "title"


def test_a_page_needs_an_extra(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without trafilatura the message says what to install, and nothing is added."""
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    before = snapshot(root)
    source = write(tmp_path / "in", {"a.txt": NEWS, "vote.html": PAGE})

    result = CliRunner().invoke(main, ["add", str(source), "--corpus", str(root)])

    assert result.exit_code == 2
    assert "newspan[html]" in result.output
    assert snapshot(root) == before


def _jsonl(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def _gzip(path: Path, rows: list[dict[str, Any]]) -> None:
    import gzip

    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))


def _parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(rows), path)


def _dataset(path: Path, rows: list[dict[str, Any]]) -> None:
    import datasets

    datasets.Dataset.from_list(rows).save_to_disk(str(path))


def _csv(delimiter: str, encoding: str = "utf-8") -> Any:
    def save(path: Path, rows: list[dict[str, Any]]) -> None:
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, rows[0], delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)

    return save


@pytest.mark.parametrize(
    ("name", "save"),
    [
        ("in.jsonl", _jsonl),
        ("in.jsonl.gz", _gzip),
        ("in.parquet", _parquet),
        ("in", _dataset),
        ("in.csv", _csv(",", "utf-8-sig")),
        ("semicolons.csv", _csv(";")),
        ("in.tsv", _csv("\t")),
    ],
    ids=["jsonl", "gzip", "parquet", "dataset", "csv", "semicolons", "tsv"],
)
def test_tables_have_columns(root: Path, tmp_path: Path, name: str, save: Any) -> None:
    """Ids, texts and provenance are taken from columns, which may be called otherwise."""
    rows = [
        {"key": f"Row {n}", "body": f"{NEWS}{n}", "headline": "Ferries late again", "paper": "News"}
        for n in range(3)
    ]
    save(tmp_path / name, rows)
    columns = {"id": "key", "text": "body", "title": "headline", "outlet": "paper"}

    added = add([tmp_path / name], root, columns=columns)

    corpus = read(root)
    assert added.problems == ()
    assert sorted(corpus.texts.values()) == [f"{NEWS}{n}" for n in range(3)]
    for _, item in corpus.items.values():
        assert item.title.value == "Ferries late again"
        assert corpus.outlets[item.chain[0].outlet].name == "News"


@pytest.mark.parametrize(
    ("name", "save"),
    [("in.jsonl", _jsonl), ("in.parquet", _parquet), ("in.csv", _csv(","))],
    ids=["jsonl", "parquet", "csv"],
)
@pytest.mark.parametrize("key", ["id", "text", "title"])
def test_a_column_that_no_row_has(
    root: Path, tmp_path: Path, name: str, save: Any, key: str
) -> None:
    """It is wrong use, which names the columns that there are, and nothing is written."""
    save(tmp_path / name, [{"id": "a", "text": NEWS, "headline": "Ferries"}])

    with pytest.raises(ValueError, match=f"'nope' for {key}; there are id, text, headline"):
        add([tmp_path / name], root, columns={key: "nope"})
    assert read(root).documents == ()


def test_broken_rows_of_csv_are_told(root: Path, tmp_path: Path) -> None:
    """A comma that nobody quoted parts a text: such a row is left out, by its first line."""
    text = 'id,text\na,"Ferries,\nlate"\nb,Ferries, late\nc\nd,Late\n'
    (tmp_path / "in.csv").write_text(text)

    added = add([tmp_path / "in.csv"], root)

    assert added.documents == ("a", "d")
    assert [(each.id, each.place.line) for each in added.problems] == [
        ("row-syntax", 4),
        ("row-syntax", 5),
    ]


def test_an_open_quotation_mark_takes_no_rows_with_it(root: Path, tmp_path: Path) -> None:
    """The line that it stands in is left out; a mark within a cell is the text's own."""
    text = 'id,text\na,"Ferries\nb,Late\nc,Third "quoted" one\nd,"Fog,\r\nrain"\ne,"Open\n'
    (tmp_path / "in.csv").write_bytes(text.encode())

    added = add([tmp_path / "in.csv"], root)

    assert added.documents == ("b", "c", "d")
    assert read(root).texts["c"] == 'Third "quoted" one'
    assert read(root).texts["d"] == "Fog,\r\nrain"
    assert [(each.id, each.place.line) for each in added.problems] == [
        ("row-syntax", 2),
        ("row-syntax", 7),
    ]


def test_columns_of_one_name_are_refused(root: Path, tmp_path: Path) -> None:
    """One of them would be lost."""
    (tmp_path / "in.csv").write_text("id,text,text\na,Ferries,Late\n")

    added = add([tmp_path / "in.csv"], root)

    (problem,) = added.problems
    assert (problem.id, problem.place.line) == ("row-syntax", 1)
    assert "several columns of one name: text" in problem.message
    assert added.documents == ()


def test_annotations_in_a_folder_of_texts_are_told(root: Path, tmp_path: Path) -> None:
    """Without --format, articles are texts; what looks like their labels is left out by name."""
    (tmp_path / "article1.txt").write_text(NEWS)
    (tmp_path / "task-si.tsv").write_text("1\t0\t5\n")
    (tmp_path / "task-labels.txt").write_text("1\tDoubt\t0\t5\n")

    added = add([tmp_path], root)

    assert added.documents == ("article1",)
    (problem,) = added.problems
    assert problem.id == "file-left-out"
    assert "--format ptc" in problem.message


def test_bad_input_is_told_and_the_rest_is_added(root: Path, tmp_path: Path) -> None:
    """Each fault has its file and line; all that is sound beside it comes in."""
    lines = [
        json.dumps({"id": "a", "text": NEWS, "authors": ["Ann", "Bo"]}),
        "{",
        json.dumps({"id": "b"}),
        json.dumps({"text": NEWS}),
        json.dumps(["no", "object"]),
        json.dumps({"id": 7, "text": NEWS}),
        json.dumps({"id": "c", "text": " \r\n\ufeff"}),
        json.dumps({"id": "a", "text": "Another."}),
        '{"id": "d", "text": "\\ud800"}',
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    write(tmp_path / "files", {"late.txt": NEWS, "latin.txt": b"caf\xe9", "empty.txt": ""})

    added = add([tmp_path / "in.jsonl", tmp_path / "files"], root)

    corpus = read(root)
    assert added.documents == ("a", "7", "late")
    assert [author.value for author in corpus.items["a"][1].authors] == ["Ann", "Bo"]
    assert [(p.id, str(p.place)) for p in added.problems] == [
        ("json-syntax", "in.jsonl:2"),
        ("row-syntax", "in.jsonl:3"),
        ("row-syntax", "in.jsonl:4"),
        ("row-syntax", "in.jsonl:5"),
        ("file-empty", "in.jsonl:7"),
        ("duplicate-id", "in.jsonl:8"),
        ("json-syntax", "in.jsonl:9"),
        ("file-empty", "empty.txt"),
        ("not-utf8", "latin.txt:1"),
    ]


def test_adding_again_changes_nothing(root: Path, tmp_path: Path) -> None:
    """The same bytes under the same name are there already; other bytes are refused."""
    source = write(tmp_path / "in", {"late.txt": NEWS, "vote.html": PAGE})
    add([source], root)
    before = snapshot(root)

    again = add([source], root)
    (source / "late.txt").write_text("Another text.")
    other = add([source / "late.txt"], root)

    assert again.documents == () and again.known == ("late", "vote")
    assert ids(again.problems) == []
    assert ids(other.problems) == ["duplicate-id"]
    assert snapshot(root) == before


def test_a_corpus_of_people_stays_as_they_wrote_it(tmp_path: Path) -> None:
    """Records that were there keep every byte; lists are appended to, checksums too."""
    root = copy_good(tmp_path / "good")
    before = snapshot(root)
    warned = check(root)

    add([write(tmp_path / "in", {"late.txt": NEWS})], root)

    after = snapshot(root)
    assert check(root) == warned
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {
        "corpus/corpus.json",
        "corpus/outlets.json",
        "corpus/targets.json",
        "corpus/raw/SHA256SUMS",
    }
    for name in ("corpus/outlets.json", "corpus/targets.json"):
        old = before[name].decode().rstrip("\n ]}")
        assert after[name].decode().startswith(old)
    assert after["corpus/raw/SHA256SUMS"].startswith(before["corpus/raw/SHA256SUMS"])


def test_withdrawn_ids_are_not_used_again(root: Path, tmp_path: Path) -> None:
    """What was taken out for good does not come back by its old name."""
    from newspan import withdraw

    source = write(tmp_path / "in", {"late.txt": NEWS, "other.txt": NEWS + "More."})
    add([source], root)
    withdraw("late", "asked by its author", root)

    added = add([source], root)

    assert ids(added.problems) == ["withdrawn-id"]
    assert added.documents == ()
    assert [p.id for p in check(root) if p.severity == "error"] == []


def test_a_dry_run_writes_nothing(root: Path, tmp_path: Path) -> None:
    """It tells the same, and leaves every byte."""
    source = write(tmp_path / "in", {"late.txt": NEWS, "empty.txt": ""})
    before = snapshot(root)

    would = add([source], root, dry_run=True)

    assert snapshot(root) == before
    assert would == add([source], root)


def test_what_breaks_off_leaves_the_corpus_as_it_was(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk in the middle of many files leaves no file, not even an unfinished one."""
    from newspan.exchange.staging import Staging

    source = write(tmp_path / "in", {f"{n}.txt": f"{NEWS}{n}" for n in range(5)})
    before = snapshot(root)
    finish = Staging.close

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Staging, "close", full)
    with pytest.raises(OSError, match="No space"):
        add([source], root)
    monkeypatch.setattr(Staging, "close", finish)

    assert snapshot(root) == before
    assert len(add([source], root).documents) == 5


@pytest.mark.parametrize(
    "given",
    [
        {"paths": ["gone.txt"]},
        {"paths": ["mixed"]},
        {"paths": ["nothing"]},
        {"paths": ["a.txt"], "columns": {"headline": "x"}},
        {"paths": ["a.txt"], "language": "English"},
        {"paths": ["a.txt"], "set_id": "x"},
        {"paths": ["a.txt"], "format": "no-such"},
        {"paths": ["a.txt"], "format": "ptc", "set_id": "Not An Id"},
    ],
    ids=["gone", "mixed", "nothing", "column", "language", "set", "format", "set-id"],
)
def test_wrong_use(root: Path, tmp_path: Path, given: dict[str, Any]) -> None:
    """What can't be meant is said before anything is written."""
    write(tmp_path, {"a.txt": NEWS, "mixed/a.txt": NEWS, "mixed/b.jsonl": "{}", "nothing/x": ""})
    before = snapshot(root)
    paths = [tmp_path / name for name in given.pop("paths")]

    with pytest.raises(ValueError):
        add(paths, root, **given)
    assert snapshot(root) == before


def test_only_a_corpus_can_be_added_to(tmp_path: Path) -> None:
    """A folder that is none, or whose lists can't be read, gets nothing."""
    source = write(tmp_path / "in", {"late.txt": NEWS})
    with pytest.raises(AddError) as none:
        add([source], tmp_path)
    broken = init(tmp_path / "broken")
    (broken / "corpus" / "outlets.json").write_text("{")
    with pytest.raises(AddError) as unread:
        add([source], broken)

    assert ids(none.value.problems) == ["not-a-corpus"]
    assert ids(unread.value.problems) == ["json-syntax"]


def test_the_verb(root: Path, tmp_path: Path) -> None:
    """Results on stdout, problems on stderr; exit 1 where there was an error."""
    source = write(tmp_path / "in", {"late.txt": NEWS, "empty.txt": ""})
    arguments = ["add", str(source), "--corpus", str(root)]

    first = CliRunner().invoke(main, arguments)
    (source / "empty.txt").unlink()
    second = CliRunner().invoke(main, [*arguments, "--json"])

    assert first.exit_code == 1
    assert first.stdout == "documents added: 1\n"
    assert "empty.txt: error file-empty" in first.stderr
    assert second.exit_code == 0
    assert json.loads(second.stdout)["known"] == ["late"]


@settings(max_examples=60)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=12))
def test_any_text_gives_a_sound_corpus(tmp_path_factory: Any, pieces: list[str]) -> None:
    """Whatever characters a text has, it comes in unaltered or is told, and check finds nothing."""
    text = "".join(pieces)
    folder = tmp_path_factory.mktemp("any")
    root = init(folder / "corpus")
    (folder / "a.txt").write_bytes(text.encode())

    added = add([folder / "a.txt"], root)

    corpus, _ = read_corpus(root)
    assert corpus is not None
    assert [p for p in check(root) if p.severity == "error"] == []
    assert corpus.texts == ({} if added.problems else {"a": text})
    shutil.rmtree(folder)


def test_a_release_of_what_was_added(root: Path, tmp_path: Path) -> None:
    """Texts alone can be built and loaded at once."""
    from newspan import load

    add([write(tmp_path / "in", {"late.txt": NEWS, "vote.html": PAGE})], root)

    release = build(root)

    assert load("documents", release.path).num_rows == 2
    assert load("sentences", release.path).num_rows > 3
