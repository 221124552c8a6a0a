"""Any input to `newspan duplicates`: what is wrong is told in one line, and nothing is written."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from newspan.cli import main
from newspan.engines import collection, local
from newspan.engines.duplicates import duplicates
from newspan.reuse.parameters import Parameters

pytest.importorskip("numba")

from newspan.reuse.buffered import BufferedTexts
from reuse_texts import prose, with_reuse

TEXT = " ".join(f"w{number}" for number in range(50))
OTHER = " ".join(f"v{number}" for number in range(50))
A, B = {"id": "a", "text": TEXT}, {"id": "b", "text": TEXT}


def lines(*rows: dict[str, Any]) -> bytes:
    """Return JSON Lines."""
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def put(path: Path, data: bytes | str) -> Path:
    """Write a file and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def parquet(path: Path, **columns: Any) -> Path:
    """Write a Parquet file."""
    pq.write_table(pa.table(columns), path)
    return path


def tree(folder: Path) -> dict[str, bytes | None]:
    """Return all files and folders with their content."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def run(*args: object, out: Path | None = None) -> Any:
    """Run `newspan duplicates` in this process."""
    given = [str(each) for each in args] + ([] if out is None else ["--out", str(out)])
    return CliRunner().invoke(main, ["duplicates", *given])


def found(*args: object, out: Path) -> dict[str, list[dict[str, Any]]]:
    """Run it, hold it to success, and return its tables."""
    result = run(*args, out=out)
    assert result.exit_code == 0, (result.output, result.exception)
    assert not (out.parent / f".{out.name}-work").exists()
    assert not list(out.parent.glob(".newspan-unfinished-*"))
    ET.parse(out / "network.graphml")
    assert "</html>" in (out / "index.html").read_text(encoding="utf-8")
    return {
        name: pq.read_table(out / f"{name}.parquet").to_pylist()
        for name in ("pairs", "members", "clusters")
    }


def refused(code: int, *args: object, out: Path, says: str) -> str:
    """Run it, and hold it to this exit code, a message that says so, and nothing written."""
    base = out.parent
    before = tree(base)
    result = run(*args, out=out)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == code, result.output
    assert says in result.output
    assert "Traceback" not in result.output
    assert tree(base) == before
    return str(result.output)


# --- what is fine ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        lines(A, B),
        lines(A, B).replace(b"\n", b"\r\n"),
        "\ufeff".encode() + lines(A, B),
        lines(A, B).rstrip(b"\n"),
        b"\n\n" + lines(A) + b"  \n" + lines(B),
        lines(A | {"more": [1, {"x": None}]}, B | {"more": "other"}),
    ],
    ids=["plain", "crlf", "bom", "no last newline", "blank lines", "other fields"],
)
def test_json_lines_are_read(data: bytes, tmp_path: Path) -> None:
    """CR LF, a byte order mark, blank lines and other fields are no problem."""
    rows = found(put(tmp_path / "in.jsonl", data), out=tmp_path / "out")
    (pair,) = rows["pairs"]
    assert (pair["doc_a"], pair["doc_b"], pair["start_a"]) == ("a", "b", 0)
    assert (pair["end_a"], pair["identity"], pair["match"]) == (len(TEXT), 1.0, "exact")
    assert [(row["doc"], row["copy_role"]) for row in rows["members"]] == [
        ("a", "canonical"),
        ("b", "copy"),
    ]
    assert [row["text"] for row in rows["clusters"]] == [TEXT]


def test_compressed_json_lines_are_read(tmp_path: Path) -> None:
    """A .jsonl.gz is read like what it holds."""
    data = gzip.compress(lines(A, B))
    assert len(found(put(tmp_path / "in.jsonl.gz", data), out=tmp_path / "out")["pairs"]) == 1


def test_numbers_are_ids_as_they_are_written(tmp_path: Path) -> None:
    """Numbers as ids become strings."""
    data = lines({"id": 10, "text": TEXT}, {"id": 9, "text": TEXT})
    rows = found(put(tmp_path / "in.jsonl", data), out=tmp_path / "out")
    assert {row["doc"] for row in rows["members"]} == {"9", "10"}


STRINGS = {
    "string": lambda each: pa.array(each),
    "large_string": lambda each: pa.array(each, pa.large_string()),
    "string_view": lambda each: pa.array(each, pa.string_view()),
    "dictionary": lambda each: pa.array(each).dictionary_encode(),
}


@pytest.mark.parametrize("text", STRINGS)
@pytest.mark.parametrize("ids", STRINGS)
def test_parquet_strings_of_every_kind_are_read(ids: str, text: str, tmp_path: Path) -> None:
    """Parquet's ids and texts may be plain, large, view or dictionary strings."""
    columns = {"id": STRINGS[ids](["a", "b"]), "text": STRINGS[text]([TEXT, TEXT])}
    rows = found(parquet(tmp_path / "in.parquet", **columns), out=tmp_path / "out")
    assert [(row["doc_a"], row["doc_b"]) for row in rows["pairs"]] == [("a", "b")]


def test_parquet_ids_may_be_numbers(tmp_path: Path) -> None:
    """Integer ids of Parquet become strings."""
    path = parquet(tmp_path / "in.parquet", id=pa.array([7, 8]), text=[TEXT, TEXT])
    assert {row["doc"] for row in found(path, out=tmp_path / "out")["members"]} == {"7", "8"}


def test_saved_datasets_are_read(tmp_path: Path) -> None:
    """A saved Dataset and DatasetDict are read, the latter with all its splits."""
    datasets = pytest.importorskip("datasets")
    one = datasets.Dataset.from_list([A, B])
    one.save_to_disk(tmp_path / "one")
    assert len(found(tmp_path / "one", out=tmp_path / "out")["members"]) == 2
    more = datasets.Dataset.from_list([{"id": "c", "text": TEXT}])
    datasets.DatasetDict(train=one, test=more).save_to_disk(tmp_path / "both")
    assert len(found(tmp_path / "both", out=tmp_path / "out2")["members"]) == 3
    datasets.DatasetDict(train=one, test=one).save_to_disk(tmp_path / "twice")
    refused(1, tmp_path / "twice", out=tmp_path / "out3", says="duplicate-id")


def test_datasets_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    """A dataset whose texts are lists, or which misses a column or a value, is refused."""
    datasets = pytest.importorskip("datasets")
    for name, rows, says in (
        ("lists", [{"id": "a", "text": [TEXT]}], "text"),
        ("objects", [{"id": {"x": "a"}, "text": TEXT}], "id"),
        ("null", [A, {"id": "b", "text": None}], "row 2 has no text"),
        ("missing", [{"id": "a", "body": TEXT}], "there is no column 'text'"),
    ):
        datasets.Dataset.from_list(rows).save_to_disk(tmp_path / name)
        refused(1, tmp_path / name, out=tmp_path / "out", says=says)


def test_a_dataset_without_rows_has_no_reuse(tmp_path: Path) -> None:
    """A saved dataset without rows gives empty tables."""
    datasets = pytest.importorskip("datasets")
    datasets.Dataset.from_dict({"id": [], "text": []}).save_to_disk(tmp_path / "empty")
    rows = found(tmp_path / "empty", out=tmp_path / "out")
    assert rows == {"pairs": [], "members": [], "clusters": []}


NONE: dict[str, list[Any]] = {"pairs": [], "members": [], "clusters": []}


def test_no_documents_give_empty_tables(tmp_path: Path) -> None:
    """An empty file, blank lines and Parquet without rows give empty tables."""
    assert found(put(tmp_path / "a.jsonl", ""), out=tmp_path / "out") == NONE
    assert found(put(tmp_path / "b.jsonl", "\n \n"), out=tmp_path / "out") == NONE
    empty = pa.array([], pa.string())
    path = parquet(tmp_path / "c.parquet", id=empty, text=empty)
    assert found(path, out=tmp_path / "out") == NONE
    full = put(tmp_path / "d.jsonl", lines(A, B))
    assert found(tmp_path / "a.jsonl", "--against", full, out=tmp_path / "out") == NONE
    assert found(full, "--against", tmp_path / "a.jsonl", out=tmp_path / "out") == NONE


def test_files_without_rows_among_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty files and empty texts beside others change nothing, in either implementation."""
    empty = pa.array([], pa.string())
    for name, columns in {
        "a": {"id": empty, "text": empty},
        "b": {"id": ["a", "b", "e"], "text": [TEXT, TEXT, ""]},
        "c": {"id": empty, "text": empty},
        "d": {"id": ["f", "g"], "text": ["", ""]},
    }.items():
        (tmp_path / "in").mkdir(exist_ok=True)
        parquet(tmp_path / "in" / f"{name}.parquet", **columns)
    expected = found(tmp_path / "in", out=tmp_path / "out")
    assert len(expected["members"]) == 2
    monkeypatch.setattr(collection, "PLAIN_UP_TO", -1)
    assert found(tmp_path / "in", out=tmp_path / "out") == expected
    monkeypatch.setattr(collection, "SPILL_FROM", -1)
    monkeypatch.setattr(local, "KEEP_FROM", 0)
    assert found(tmp_path / "in", out=tmp_path / "out") == expected


@pytest.mark.parametrize("plain_up_to", [1 << 30, -1])
def test_texts_without_words(
    plain_up_to: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Empty texts, one word, only punctuation, only emoji: nothing is found, nothing breaks."""
    monkeypatch.setattr(collection, "PLAIN_UP_TO", plain_up_to)
    for number, text in enumerate(
        ["", "", "one", "one", "…!?", "…!?", "😀👍🏽", "😀👍🏽", "\ufeff\r\n"]
    ):
        put(tmp_path / "in" / f"{number}.txt", text)
    assert found(tmp_path / "in", out=tmp_path / "out") == NONE


def test_a_folder_of_texts_is_read_by_its_paths(tmp_path: Path) -> None:
    """A text's id is its path in the folder; its characters stay as they are."""
    put(tmp_path / "in" / "x" / "ä 😀.txt", "\ufeff" + TEXT.replace(" ", "\r\n"))
    put(tmp_path / "in" / "b.txt", TEXT)
    (pair,) = found(tmp_path / "in", out=tmp_path / "out")["pairs"]
    assert (pair["doc_a"], pair["doc_b"]) == ("b.txt", "x/ä 😀.txt")
    assert (pair["start_b"], pair["match"]) == (1, "exact")
    assert all(run["length"] > 0 for run in pair["alignment"])


@pytest.mark.parametrize(
    "name",
    ["a/b", "../up", "a b", "😀", "a\nb", "x" * 50_000, "", "a\0", "\x0b\x0c", "\ufffe", "]]>",
     "<script>alert(1)</script>", "\u2028", '"', "\x1b[31m", "e\u0301"],
)  # fmt: skip
def test_any_string_is_an_id(name: str, tmp_path: Path) -> None:
    """Ids, sources and dates may be any string; the network stays XML and the page inert."""
    data = lines(
        {"id": name, "text": TEXT, "source": name, "date": name},
        {"id": "other", "text": TEXT, "source": "s", "date": "2020-01-01"},
    )
    path = put(tmp_path / "in.jsonl", data)
    rows = found(path, "--columns", "source,date", out=tmp_path / "out")
    assert {row["doc"] for row in rows["members"]} == {name, "other"}
    assert "<script>alert(1)" not in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")


def test_columns_are_passed_through(tmp_path: Path) -> None:
    """Columns that are asked for stand with the members, and source and date with the clusters."""
    data = lines(
        A | {"source": "S", "date": "2020-01-02", "lang": "en"},
        B | {"source": "T", "date": "2020-01-01", "lang": None},
    )
    rows = found(
        put(tmp_path / "in.jsonl", data), "--columns", "source,date,lang", out=tmp_path / "out"
    )
    assert [row["lang"] for row in rows["members"]] == ["en", None]
    (cluster,) = rows["clusters"]
    assert cluster["sources"] == ["S", "T"]
    assert (cluster["first_date"], cluster["last_date"]) == ("2020-01-01", "2020-01-02")


# --- two collections ------------------------------------------------------------------------


def test_two_collections_may_have_the_same_ids(tmp_path: Path) -> None:
    """With --against, one id may stand in both collections, which the members tell apart."""
    ours = put(tmp_path / "a.jsonl", lines({"id": "x", "text": f"our own words {TEXT}"}))
    theirs = put(tmp_path / "b.jsonl", lines({"id": "x", "text": f"what they said {TEXT}"}))
    rows = found(ours, "--against", theirs, out=tmp_path / "out")
    assert sorted(row["collection"] for row in rows["members"]) == ["first", "other"]
    assert [row["text"] for row in rows["clusters"]] == [TEXT]


def test_no_id_is_taken_for_one_of_the_other_collection(tmp_path: Path) -> None:
    """An id that looks like the mark of the other collection is shown with its own text."""
    ours = {"id": "other: x", "text": f"Ours. {TEXT}"}
    theirs = {"id": "x", "text": f"Theirs stands before it. {TEXT}"}
    path = put(tmp_path / "a.jsonl", lines(ours))
    against = put(tmp_path / "b.jsonl", lines(theirs))
    rows = found(path, "--against", against, out=tmp_path / "out")
    assert [row["text"] for row in rows["clusters"]] == [TEXT]
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "Ours." in page and "Theirs stands" in page


def test_passages_within_a_collection_are_left_out(tmp_path: Path) -> None:
    """With --against, only what stands in both collections is found."""
    ours = put(tmp_path / "a.jsonl", lines(A, B))
    theirs = put(
        tmp_path / "b.jsonl", lines({"id": "c", "text": OTHER}, {"id": "d", "text": OTHER})
    )
    assert found(ours, "--against", theirs, out=tmp_path / "out") == NONE


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (lines(A) + b"{nope\n", "in.jsonl:2: error json-syntax"),
        (lines(A, B) + b"}}}", "in.jsonl:3: error json-syntax"),
        (bytes(range(256)) * 4, "in.jsonl:1: error"),
        (lines(A) + b"[1]\n", "in.jsonl:2: error json-syntax"),
        (lines(A) + b'{"id": "b", "text": "a \\ud800 b"}\n', "in.jsonl:2: error json-syntax"),
        (lines(A) + b'{"id": "\\udc00", "text": "a"}\n', "in.jsonl:2: error json-syntax"),
        (lines(A) + b'{"id": "b", "text": "\xff\xfe \xc3"}\n', "in.jsonl:2: error not-utf8"),
        (lines(A) + b'{"id": "\xff", "text": "x"}\n', "in.jsonl:2: error not-utf8"),
        (lines(A, {"id": None, "text": TEXT}), "in.jsonl:2: error schema: the line has no 'id'"),
        (lines(A, {"text": TEXT}), "in.jsonl:2: error schema: the line has no 'id'"),
        (lines(A, {"id": "b"}), "in.jsonl:2: error schema: the line has no 'text'"),
        (lines(A, {"id": "b", "text": 3}), "in.jsonl:2: error schema: 'text' is no text"),
        (lines(A, {"id": "b", "text": ["x"]}), "in.jsonl:2: error schema: 'text' is no text"),
        (lines(A, {"id": ["b"], "text": "x"}), "in.jsonl:2: error schema: 'id' is no single"),
        (lines(A, B, A), "duplicate-id: 'a'"),
    ],
)
def test_json_lines_that_cannot_be_read_are_refused(data: bytes, says: str, tmp_path: Path) -> None:
    """What is wrong in JSON Lines is told with its line, and nothing is written."""
    refused(1, put(tmp_path / "in.jsonl", data), out=tmp_path / "new" / "out", says=says)


@pytest.mark.parametrize("bad", ["ff", "f8", "f7bfbfbf", "c3", "eda080", "80"])
def test_bytes_that_are_no_utf8_are_refused_in_large_input_too(
    bad: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes that are not UTF-8 never reach the compiled loops."""
    monkeypatch.setattr(collection, "PLAIN_UP_TO", -1)
    text = b"x " + bytes.fromhex(bad) + b' y"}\n'
    data = lines(A, B) + b'{"id": "c", "text": "' + text
    refused(1, put(tmp_path / "in.jsonl", data), out=tmp_path / "out", says="in.jsonl:3: error")
    buffer = b"good" + bytes.fromhex(bad)
    offsets = pa.array([0, 4, len(buffer)], pa.int32()).buffers()[1]
    column = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(buffer)])
    path = parquet(tmp_path / "in.parquet", id=["a", "b"], text=column)
    refused(1, path, out=tmp_path / "out", says="in.parquet: error")


def test_text_files_that_are_no_utf8_are_refused(tmp_path: Path) -> None:
    """A binary .txt file is named, with the byte."""
    put(tmp_path / "in" / "a.txt", TEXT)
    put(tmp_path / "in" / "b.txt", b"abc\xff\xfe\0")
    says = "b.txt: error not-utf8: byte 3"
    refused(1, tmp_path / "in", out=tmp_path / "out", says=says)


def test_a_long_id_is_not_told_whole(tmp_path: Path) -> None:
    """A message stays short, and one line, when the id that it tells is long and has lines."""
    row = {"id": "x\n" * 50_000, "text": TEXT}
    path = put(tmp_path / "in.jsonl", lines(row, row))
    output = refused(1, path, out=tmp_path / "out", says="duplicate-id")
    assert len(output) < 1_000


def test_an_id_in_two_files_is_refused(tmp_path: Path) -> None:
    """An id that stands in two files is refused."""
    put(tmp_path / "in" / "a.jsonl", lines(A))
    put(tmp_path / "in" / "b.jsonl", lines(A))
    refused(1, tmp_path / "in", out=tmp_path / "out", says="duplicate-id: 'a'")


@pytest.mark.parametrize("name", ["in.jsonl.gz", "in.jsonl.zst"])
def test_broken_compression_is_refused(name: str, tmp_path: Path) -> None:
    """A compressed file that is cut off, or is none, is refused by its name."""
    data = gzip.compress(lines(*({"id": str(n), "text": prose_of(n)} for n in range(300))))
    refused(1, put(tmp_path / name, data[:-50]), out=tmp_path / "out", says=name)
    refused(1, put(tmp_path / name, lines(A)), out=tmp_path / "out", says=name)


def prose_of(seed: int) -> str:
    """Return some words."""
    import random

    return prose(random.Random(seed), 30)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"id": ["a", None], "text": [TEXT, TEXT]}, "row 2 has no id"),
        ({"id": ["a", "b"], "text": [TEXT, None]}, "row 2 has no text"),
        ({"id": ["a", "b"], "body": [TEXT, TEXT]}, "there is no column 'text'"),
        ({"id": ["a", "b"], "text": [[TEXT], [TEXT]]}, "text"),
        ({"id": ["a", "a"], "text": [TEXT, TEXT]}, "duplicate-id"),
        ({"id": ["a", "b"], "text": [b"\xff\xfe", b"x"]}, "in.parquet: error"),
    ],
)
def test_parquet_that_does_not_fit_is_refused(
    columns: dict[str, Any], says: str, tmp_path: Path
) -> None:
    """Parquet without ids, texts or columns is refused, with its place."""
    refused(1, parquet(tmp_path / "in.parquet", **columns), out=tmp_path / "out", says=says)


@pytest.mark.parametrize("data", [b"", b"PAR1 and nothing else", b"\0" * 1000])
def test_what_is_no_parquet_is_refused(data: bytes, tmp_path: Path) -> None:
    """A .parquet file that is none is refused by its name."""
    refused(1, put(tmp_path / "in.parquet", data), out=tmp_path / "out", says="in.parquet: error")


def test_parquet_with_two_columns_of_one_name_is_refused(tmp_path: Path) -> None:
    """Two columns called text can't both be read."""
    table = pa.table([["a"], ["x"], ["y"]], names=["id", "text", "text"])
    pq.write_table(table, tmp_path / "in.parquet")
    refused(1, tmp_path / "in.parquet", out=tmp_path / "out", says="text")


@pytest.mark.parametrize(
    "columns", ["nothere", "source,nothere", "source,source", "id", "text", "cluster", "start"]
)
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_columns_that_cannot_be_passed_are_refused(kind: str, columns: str, tmp_path: Path) -> None:
    """A column that no row has, that is named twice or like one of the results' own, is refused."""
    rows = [A | {"source": "s"}, B | {"source": "t"}]
    if kind == "jsonl":
        path = put(tmp_path / "in.jsonl", lines(*rows))
    else:
        path = tmp_path / "in.parquet"
        pq.write_table(pa.Table.from_pylist(rows), path)
    code = 1 if "nothere" in columns else 2
    says = columns.split(",")[-1]
    refused(code, path, "--columns", columns, out=tmp_path / "out", says=says)


def test_inputs_of_no_known_kind_are_refused(tmp_path: Path) -> None:
    """A path that is not there, an empty folder, mixed kinds and other files are refused."""
    out = tmp_path / "out"
    refused(2, tmp_path / "none", out=out, says="does not exist")
    (tmp_path / "empty").mkdir()
    refused(2, tmp_path / "empty", out=out, says="has no .txt")
    put(tmp_path / "mixed" / "a.txt", TEXT)
    put(tmp_path / "mixed" / "b.jsonl", lines(A))
    refused(2, tmp_path / "mixed", out=out, says="mixes")
    refused(2, put(tmp_path / "a.csv", "x"), out=out, says="a.csv")
    good = put(tmp_path / "a.jsonl", lines(A, B))
    refused(2, good, "--against", tmp_path / "none", out=out, says="does not exist")
    bad = put(tmp_path / "b.jsonl", "{nope")
    refused(1, good, "--against", bad, out=out, says="b.jsonl:1")
    refused(2, put(tmp_path / "t.txt", "x"), "--columns", "date", out=out, says="columns")


def test_folders_with_odd_entries(tmp_path: Path) -> None:
    """A folder called x.txt is walked into, not read, and a link to nowhere is refused by name."""
    put(tmp_path / "in" / "x.txt" / "a.txt", TEXT)
    put(tmp_path / "in" / "b.txt", TEXT)
    assert len(found(tmp_path / "in", out=tmp_path / "out")["members"]) == 2
    put(tmp_path / "links" / "a.txt", TEXT)
    (tmp_path / "links" / "gone.txt").symlink_to(tmp_path / "nowhere")
    result = run(tmp_path / "links", out=tmp_path / "out2")
    assert result.exit_code in (1, 2) and "gone.txt" in result.output
    assert not (tmp_path / "out2").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_file_names_that_are_no_utf8(tmp_path: Path) -> None:
    """A file whose name is not UTF-8 is refused with a message that says what is wrong."""
    (tmp_path / "in").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "in") + b"/\xe9.txt")).write_text(TEXT)
    result = run(tmp_path / "in", out=tmp_path / "out")
    assert result.exit_code in (1, 2)
    assert "name" in result.output.splitlines()[-1] or "name" in result.output.splitlines()[0]


@pytest.mark.parametrize(
    "options",
    [
        ["--shingle", "0"],
        ["--gap", "-1"],
        ["--gap", "10000000"],
        ["--min-words", "0"],
        ["--min-identity", "nan"],
        ["--min-identity", "1.5"],
        ["--sample", "0"],
        ["--threads", "0"],
        ["--engine", "none"],
        ["--nothing"],
    ],
)
def test_options_that_make_no_sense_are_refused(options: list[str], tmp_path: Path) -> None:
    """Values out of range are wrong use, told in one line."""
    path = put(tmp_path / "in.jsonl", lines(A, B))
    refused(2, path, *options, out=tmp_path / "out", says=options[0].strip("-").split("-")[0])


# --- where results go -----------------------------------------------------------------------


def test_what_is_in_out_stays(tmp_path: Path) -> None:
    """A folder with other content, the input's folder, one inside it, and a file are refused."""
    put(tmp_path / "in" / "a.jsonl", lines(A, B))
    put(tmp_path / "full" / "thesis.txt", "mine")
    put(tmp_path / "file", "mine")
    for out in ("full", "in", "in/sub/out", "file", "file/below"):
        before = tree(tmp_path)
        result = run(tmp_path / "in", out=tmp_path / out)
        assert result.exit_code == 2, (out, result.output)
        assert tree(tmp_path) == before, out


def test_out_is_not_in_the_other_collection(tmp_path: Path) -> None:
    """Results don't go into the folder that is compared with either, which they would change."""
    put(tmp_path / "in" / "a.jsonl", lines(A, B))
    put(tmp_path / "other" / "b.jsonl", lines({"id": "c", "text": TEXT}))
    before = tree(tmp_path)
    result = run(tmp_path / "in", "--against", tmp_path / "other", out=tmp_path / "other" / "out")
    assert result.exit_code == 2
    assert tree(tmp_path) == before


def test_out_is_not_the_input_by_another_name(tmp_path: Path) -> None:
    """A link into the input's folder and a path with .. are seen through."""
    put(tmp_path / "in" / "a.jsonl", lines(A, B))
    (tmp_path / "link").symlink_to(tmp_path / "in")
    for out in (tmp_path / "link" / "out", tmp_path / "x" / ".." / "in" / "out"):
        before = tree(tmp_path)
        result = run(tmp_path / "in", out=out)
        assert result.exit_code == 2, out
        assert tree(tmp_path) == before, out


def test_out_may_be_beside_the_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the input's folder, `newspan duplicates . --out ../out` writes beside it."""
    put(tmp_path / "in" / "a.jsonl", lines(A, B))
    monkeypatch.chdir(tmp_path / "in")
    result = run(".", out=Path("../out"))
    assert result.exit_code == 0, result.output
    assert (tmp_path / "out" / "pairs.parquet").exists()
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["a.jsonl"]


def test_an_earlier_result_is_replaced_only_by_a_whole_one(tmp_path: Path) -> None:
    """A run that fails leaves the earlier result as it was; one that ends replaces it."""
    good = put(tmp_path / "good.jsonl", lines(A, B))
    found(good, out=tmp_path / "out")
    refused(1, put(tmp_path / "bad.jsonl", "{"), out=tmp_path / "out", says="bad.jsonl:1")
    refused(
        1, put(tmp_path / "twice.jsonl", lines(A, A)), out=tmp_path / "out", says="duplicate-id"
    )
    assert found(put(tmp_path / "one.jsonl", lines(A)), out=tmp_path / "out") == NONE


@pytest.mark.parametrize("work", ["mine", "in", "out", "."])
def test_nothing_else_in_the_work_folder_is_touched(work: str, tmp_path: Path) -> None:
    """Whatever --work names, only a folder of our own in it is emptied and removed."""
    put(tmp_path / "in" / "a.jsonl", lines(A, B))
    put(tmp_path / "mine" / "thesis.doc", "mine")
    before = tree(tmp_path)
    result = run(tmp_path / "in", "--work", tmp_path / work, out=tmp_path / "out")
    assert result.exit_code in (0, 2), result.output
    after = tree(tmp_path)
    assert {name: after.get(name, "gone") for name in before} == before
    if result.exit_code == 0:
        assert (tmp_path / "out" / "pairs.parquet").exists()


def test_the_samples_that_parameters_say_are_taken(tmp_path: Path) -> None:
    """A sample in the parameters holds, unless another one is given."""
    path = put(tmp_path / "in.jsonl", lines(A, B))
    how = Parameters(sample=2)
    assert duplicates(path, tmp_path / "out", parameters=how).parameters.sample == 2
    assert duplicates(path, tmp_path / "out", parameters=how, sample=3).parameters.sample == 3


# --- stopped in the middle ------------------------------------------------------------------


class StoppedError(Exception):
    """What stops a run."""


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Work in many small stages that are kept in files; return how often each was done."""
    monkeypatch.setattr(collection, "PLAIN_UP_TO", -1)
    monkeypatch.setattr(collection, "SPILL_FROM", 0)
    monkeypatch.setattr(local, "KEEP_FROM", 0)
    monkeypatch.setattr(local, "KEYS_AT_ONCE", 800)
    monkeypatch.setattr(local, "SEEDS_AT_ONCE", 60)
    counts = {"seeds": 0, "align": 0}
    for name in counts:
        real = getattr(BufferedTexts, name)

        def counted(self: Any, *args: Any, real: Any = real, name: str = name) -> Any:
            counts[name] += 1
            return real(self, *args)

        monkeypatch.setattr(BufferedTexts, name, counted)
    return counts


def reuse(path: Path, seed: int = 1) -> Path:
    """Write documents with reuse."""
    rows = [{"id": f"{n:03}", "text": text} for n, text in enumerate(with_reuse(seed))]
    return put(path, lines(*rows))


def tables(out: Path) -> dict[str, bytes]:
    """Return the files of a result."""
    return {path.name: path.read_bytes() for path in out.iterdir()}


def stop_at(stage: str, number: int) -> Any:
    """Return a tick that stops a run."""

    def tick(name: str, done: int, total: int | None) -> None:
        if name == stage and done >= number:
            raise StoppedError

    return tick


@pytest.mark.parametrize(
    ("stage", "number"),
    [("reading", 1), ("comparing", 1), ("comparing", 4), ("aligning", 1), ("aligning", 5),
     ("writing", 1), ("clusters", 1), ("clusters", 3)],
)  # fmt: skip
def test_a_stopped_run_goes_on_where_it_was(
    stage: str, number: int, tmp_path: Path, small_steps: dict[str, int]
) -> None:
    """A run that is stopped leaves no result; the next gives the same as one that never was, and
    does not do again what was done."""
    path = reuse(tmp_path / "in.jsonl")
    duplicates(path, tmp_path / "whole" / "out", threads=1)
    whole = dict(small_steps)
    assert whole["seeds"] > 4 and whole["align"] > 5
    small_steps.update(seeds=0, align=0)
    out = tmp_path / "out"
    with pytest.raises(StoppedError):
        duplicates(path, out, threads=1, tick=stop_at(stage, number))
    assert not out.exists()
    duplicates(path, out, threads=1)
    assert small_steps["seeds"] == whole["seeds"]
    # With one thread the pool is told to do all ranges at once: none is done twice.
    assert small_steps["align"] == whole["align"]
    assert tables(out) == tables(tmp_path / "whole" / "out")
    assert not (tmp_path / ".out-work").exists()


@pytest.mark.parametrize("change", ["file", "parameters", "columns", "split"])
def test_nothing_stale_is_used(change: str, tmp_path: Path, small_steps: dict[str, int]) -> None:
    """After a stopped run, one with another input, other parameters, columns or collections starts
    afresh."""
    folder = tmp_path / "in"
    first, second = folder / "a.jsonl", folder / "b.jsonl"
    rows = [
        {"id": f"x{n:03}", "name": f"y{-n:03}", "text": text}
        for n, text in enumerate(with_reuse(1))
    ]
    put(first, lines(*({"id": f"{n:03}", "name": f"{-n:03}", "text": row["text"]}
                       for n, row in enumerate(rows))))  # fmt: skip
    put(second, lines(*rows[:10]))
    out = tmp_path / "out"
    with pytest.raises(StoppedError):
        duplicates(folder, out, threads=1, tick=stop_at("clusters", 1))
    given: dict[str, Any] = {"source": folder}
    if change == "file":
        put(second, lines(*rows[10:20]))
        os.utime(second, ns=(1, 1))
    elif change == "parameters":
        given["parameters"] = Parameters(shingle=7)
    elif change == "columns":
        given["id"] = "name"
    else:
        given |= {"source": first, "against": second}
    duplicates(out=out, threads=1, **given)
    duplicates(out=tmp_path / "fresh" / "out", threads=1, **given)
    assert tables(out) == tables(tmp_path / "fresh" / "out")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_a_killed_process_leaves_nothing_half_written(how: int, tmp_path: Path) -> None:
    """After Ctrl-C or a kill in the middle an earlier result is as it was, and a new run works."""
    path = reuse(tmp_path / "in.jsonl")
    out = tmp_path / "out"
    found(put(tmp_path / "one.jsonl", lines(A, B)), out=out)
    before = tables(out)
    code = (
        "import sys, time\n"
        "from newspan.engines import duplicates as module\n"
        "def tick(stage, done, total):\n"
        "    if stage == 'clusters' and done == 2:\n"
        "        print('now', flush=True)\n"
        "        time.sleep(60)\n"
        "module.duplicates(sys.argv[1], sys.argv[2], tick=tick)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(path), str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"now\n"
    process.send_signal(how)
    process.wait(30)
    process.stdout.close()
    assert tables(out) == before
    if how == signal.SIGINT:
        assert not list(tmp_path.glob(".newspan-unfinished-*"))
    assert run(path, out=out).exit_code == 0
    assert tables(out) != before


# --- hostile texts --------------------------------------------------------------------------


def test_a_line_repeated_thousands_of_times(tmp_path: Path) -> None:
    """Two documents that repeat a line 3,000 times are one cluster, with pairs in proportion."""
    text = "the quick brown fox jumps over the lazy dog again\n" * 3_000
    path = put(tmp_path / "in.jsonl", lines({"id": "a", "text": text}, {"id": "b", "text": text}))
    rows = found(path, out=tmp_path / "out")
    assert len(rows["clusters"]) == 1
    assert {row["doc"] for row in rows["members"]} == {"a", "b"}
    assert len(rows["pairs"]) < 10_000


def test_a_family_of_thousands_is_linear(tmp_path: Path) -> None:
    """3,000 identical documents are one cluster of 3,000 with one pair fewer."""
    rows = found(
        put(tmp_path / "in.jsonl", lines(*({"id": f"{n}", "text": TEXT} for n in range(3000)))),
        out=tmp_path / "out",
    )
    assert [row["size"] for row in rows["clusters"]] == [3000]
    assert len(rows["pairs"]) == 2999
