"""The profile without texts: what it ships, what it leaves out, and that nothing slips through."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import newspan
from corpora import GOOD
from hostile_news import hostile_text, write_corpus
from newspan import build
from newspan.corpus import Corpus, read_corpus
from newspan.parquet import write_parquet
from newspan.release.no_text import check, no_text
from newspan.release.stand_off.budget import GREATEST_SHARE
from newspan.release.stand_off.shares import shares


@pytest.fixture(scope="module")
def corpus(root: Path) -> Corpus:
    """Return the shipped corpus."""
    found, _ = read_corpus(root)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def stripped(
    corpus: Corpus, shipped_release: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return the shipped release without its texts; don't change it."""
    target = tmp_path_factory.mktemp("stripped") / "no-text"
    return no_text(shipped_release, target, corpus).path


@pytest.fixture
def copy(stripped: Path, tmp_path: Path) -> Path:
    """Return a copy of the release without texts, to be changed."""
    return Path(shutil.copytree(stripped, tmp_path / "copy"))


def test_no_item_ships_more_than_a_tenth(
    stripped: Path, corpus: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every string of every file taken together holds at most 10 % of any item's characters."""
    found = shares(stripped, corpus)

    with capsys.disabled():
        print("\nshare of each item's characters that ships without texts:")
        for item, share in sorted(found.items()):
            print(f"  {item}: {share:.1%}")
    assert set(found) == set(corpus.items)
    assert all(0 < share <= GREATEST_SHARE for share in found.values())


def test_an_independent_count_finds_no_more(stripped: Path, corpus: Corpus) -> None:
    """Counting by brute force, window by window, gives no item more than the measure does."""
    found = shares(stripped, corpus)
    texts = [path.read_text(encoding="utf-8") for path in stripped.rglob("*") if _is_text(path)]
    for path in stripped.rglob("*.parquet"):
        texts.append("\0".join(_leaves(pq.read_table(path).to_pylist())))
    everything = "\0".join(texts)
    windows = {everything[i : i + 20] for i in range(len(everything) - 19)}
    for item_id, (document, item) in corpus.items.items():
        text = corpus.texts[document.id]
        shipped: set[int] = set()
        for place in range(item.start, item.end - 19):
            if text[place : place + 20] in windows:
                shipped.update(range(place, place + 20))

        assert len(shipped) / (item.end - item.start) <= found[item_id] + 1e-9


def _is_text(path: Path) -> bool:
    return path.is_file() and path.suffix != ".parquet"


def _leaves(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [leaf for each in inner for leaf in _leaves(each)]


def _leak_markdown(folder: Path, text: str) -> None:
    (folder / "DATASHEET.md").write_text(text.replace(" ", "\n> "), encoding="utf-8")


def _leak_json(folder: Path, text: str) -> None:
    path = folder / "annotation" / "sets" / "pass_a" / "set.json"
    head = {**json.loads(path.read_bytes()), "description": text}
    path.write_text(json.dumps(head), encoding="utf-8")  # every quotation mark an escape


def _leak_rows(folder: Path, text: str) -> None:
    path = folder / "documents" / "train-00000-of-00001.parquet"
    rows = pq.read_table(path).to_pylist()
    rows[-1]["note"] = text.upper()
    write_parquet(pa.Table.from_pylist(rows, schema=pq.read_schema(path)), path)


def _leak_surfaces(folder: Path, text: str) -> None:
    for path in (folder / "annotation" / "sets").glob("*/003-i1.jsonl"):
        records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for record in records:
            if record["record"] == "span":
                record["text"] = text[record["start"] : record["end"]][:19]
        path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")


@pytest.mark.parametrize("leak", [_leak_markdown, _leak_json, _leak_rows, _leak_surfaces])
def test_the_measure_sees_a_leak(
    copy: Path, corpus: Corpus, leak: Callable[[Path, str], None]
) -> None:
    """A text that slips into prose, JSON, rows or short surfaces takes its item above the tenth."""
    leak(copy, corpus.texts["003"])

    assert shares(copy, corpus)["003-i1"] > GREATEST_SHARE


def test_a_release_that_would_ship_too_much_is_not_written(
    corpus: Corpus, shipped_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The build measures for itself, and leaves nothing when an item is above the limit."""
    monkeypatch.setattr("newspan.release.no_text.GREATEST_SHARE", 0.05)

    with pytest.raises(ValueError, match="would still ship"):
        no_text(shipped_release, tmp_path / "out", corpus)
    assert list(tmp_path.iterdir()) == []


def test_columns_stay_and_their_words_go(stripped: Path, shipped_release: Path) -> None:
    """Each config has its schema, rows and offsets; what holds the document's words is null."""
    for path in sorted(shipped_release.rglob("*.parquet")):
        full, bare = (
            pq.read_table(path),
            pq.read_table(stripped / path.relative_to(shipped_release)),
        )
        assert bare.schema.equals(full.schema, check_metadata=True)
        for name in ("id", "start", "end", "label", "voice"):
            if name in full.column_names:
                assert bare.column(name).equals(full.column(name))
        for name in ("text", "source", "cue", "content", "from_text", "to_text"):
            if name in full.column_names:
                whole = bare.column(name)
                empty = [value for value in whole.to_pylist() if value]
                assert empty == []
    document = newspan.load("documents", stripped)[0]
    assert document["partisanship"][0]["evidence"][0]["text"] is None
    assert document["items"][0]["title"] is None
    paragraphs = newspan.load("paragraphs", stripped)
    spans = [span for row in paragraphs for span in row["claim"] or ()]
    assert spans
    assert all(span["text"] is None and span["end"] > span["start"] for span in spans)


def test_it_is_a_release_of_its_own(stripped: Path) -> None:
    """Its manifest names the profile, datasets loads every config, and verify finds nothing."""
    manifest = json.loads((stripped / "manifest.json").read_bytes())

    assert manifest["profile"] == "no-text"
    for name, config in manifest["configs"].items():
        assert newspan.load(name, stripped).num_rows == config["rows"]
    assert newspan.verify(stripped) == []
    assert check(stripped) == []
    card = (stripped / "README.md").read_text(encoding="utf-8")
    assert "newspan hydrate" in card


def test_the_same_release_gives_the_same_bytes(
    stripped: Path, corpus: Corpus, shipped_release: Path, tmp_path: Path
) -> None:
    """Nothing in the transformation, the sealing included, is left to chance."""
    again = no_text(shipped_release, tmp_path / "again", corpus).path

    assert (again / "SHA256SUMS").read_bytes() == (stripped / "SHA256SUMS").read_bytes()


def _edit_lines(path: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        edit(line)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def _give_text(line: dict[str, Any]) -> None:
    line |= {"text": "words"} if line["record"] == "span" else {}


def _quote_much(line: dict[str, Any]) -> None:
    line["selectors"][0]["exact"] = "x" * (line["end"] - line["start"])


@pytest.mark.parametrize(
    ("file", "edit", "problem"),
    [
        ("annotation/sets/pass_a/003-i1.jsonl", _give_text, "no-text-leak"),
        ("stand-off/anchors.jsonl", _quote_much, "no-text-leak"),
        ("stand-off/anchors.jsonl", lambda a: a["extents"].append([0, 3]), "stand-off-broken"),
        ("stand-off/anchors.jsonl", lambda a: a.pop("document"), "stand-off-broken"),
        ("stand-off/anchors.jsonl", lambda a: a.update(item="other"), "stand-off-broken"),
        ("stand-off/cuts.jsonl", lambda cut: cut.update(cuts=[[1]]), "stand-off-broken"),
        ("annotation/sets/pass_a/003-i1.jsonl", lambda r: r.pop("id"), "stand-off-broken"),
    ],
)
def test_check_tells_what_is_wrong(
    copy: Path, file: str, edit: Callable[[dict[str, Any]], None], problem: str
) -> None:
    """Words that stand where none may, and anchors that don't fit, are problems with a place."""
    _edit_lines(copy / file, edit)

    found = check(copy)
    assert {each.id for each in found} == {problem}
    assert {each.place.file for each in found} == {file}


def test_check_tells_rows_with_words_and_rows_without_anchors(copy: Path) -> None:
    """A row that got its text again, and one whose span has no anchors, are told by number."""
    path = copy / "annotations" / "train-00000-of-00001.parquet"
    rows = pq.read_table(path).to_pylist()
    rows[2]["text"] = "words"
    rows[4]["end"] += 1
    write_parquet(pa.Table.from_pylist(rows, schema=pq.read_schema(path)), path)

    found = {(each.id, each.place.line) for each in check(copy)}
    assert found == {("no-text-leak", 3), ("stand-off-broken", 5)}


def test_only_full_releases_are_stripped(stripped: Path, tmp_path: Path) -> None:
    """A release without texts can't lose them a second time."""
    with pytest.raises(ValueError, match="no full release"):
        no_text(stripped, tmp_path / "out")


def test_hostile_and_small_texts_are_stripped_too(tmp_path: Path) -> None:
    """Emoji, right-to-left script and items too short for anchors make no exception."""
    rng = random.Random(7)
    corpora = [GOOD, write_corpus(tmp_path / "hostile", {"a": hostile_text(rng)})]
    for number, root in enumerate(corpora):
        found, _ = read_corpus(root)
        release = build(root, tmp_path / "full").path
        made = no_text(release, tmp_path / f"bare-{number}", found)

        assert all(share <= GREATEST_SHARE for share in made.shares.values())
        assert check(made.path) == []
