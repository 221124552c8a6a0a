"""From format to format and on: what stands beside, and what nobody looked at, comes along."""

from __future__ import annotations

import json
import random
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hostile_sets import corpus, written
from newspan import add, check, convert, init
from newspan.cli import main
from newspan.corpus import read_corpus
from newspan.exchange.convert import read_source
from newspan.exchange.registry import FORMATS
from newspan.exchange.shapes import Options

BOTH = [name for name, each in FORMATS.items() if each.read and each.write]
#: Formats that have no way to say that nobody looked at a text.
SILENT = {"brat", "polnear", "web-annotation"}
ARTICLES = {
    "1": "Ferries late\nThe council is doomed, the clerk said.\n",
    "2": "Quay shut\nNobody knows why.\n",
    "3": "Tides\nHigh tide was at noon.\n",
}


def source(folder: Path) -> Path:
    """Write three articles: one with a span, one with none, one that nobody looked at."""
    for number, text in ARTICLES.items():
        path = folder / f"article{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    (folder / "article1.labels").write_text("1\tDoubt\t17\t24\n")
    (folder / "article2.labels").write_text("")
    return folder


def written_as(name: str, folder: Path) -> Path:
    """Write a hostile corpus in a format, as others may have: nothing stands beside."""
    write = FORMATS[name].write
    assert write is not None
    made, chosen = corpus(random.Random(11))
    return written(write(made, chosen, Options(language="en")).files, folder)


@pytest.mark.parametrize(("first", "second"), list(product(BOTH, BOTH)))
def test_what_was_converted_is_read_again(tmp_path: Path, first: str, second: str) -> None:
    """From any format to any other and back from it: no problem but texts not looked at."""
    given = written_as(first, tmp_path / "in")
    done = convert(given, tmp_path / "out", from_format=first, to_format=second, lossy=True)
    again, chosen, problems = read_source(tmp_path / "out", second)

    assert done.path is not None and again is not None and chosen is not None
    assert {each.id for each in [*done.problems, *problems]} <= {"text-not-annotated"}
    assert len(again.documents) == done.documents
    back = convert(
        tmp_path / "out", tmp_path / "back", from_format=second, to_format=first, lossy=True
    )
    assert {each.id for each in back.problems} <= {"text-not-annotated"}


@pytest.mark.parametrize("name", BOTH)
def test_what_was_converted_can_be_added(tmp_path: Path, name: str) -> None:
    """Documents that nobody said anything of become those that `add` makes, and `check` is content.

    The language that the user gave, and what was looked at, come along.
    """
    given = source(tmp_path / "ptc")
    convert(
        given, tmp_path / "out", from_format="ptc", to_format=name, lossy=True,
        options=Options(language="sq"),
    )  # fmt: skip
    added = {}
    for folder, format in ((given, "ptc"), (tmp_path / "out", name)):
        root = tmp_path / format / "corpus" if folder != given else tmp_path / "direct"
        init(root, title="Harbour", languages=["sq"])
        done = add([folder], root, format=format, set_id="own", language="sq")
        made, problems = read_corpus(root)
        assert made is not None
        assert {each.id for each in done.problems} <= {"text-not-annotated"}
        assert [each for each in [*problems, *check(root)] if each.severity == "error"] == []
        added[folder] = made
    direct, hop = added.values()

    assert set(hop.documents) and [d.language for d in hop.documents] == ["sq"] * 3
    zones = [[item.zones for item in each.documents[0].items] for each in (direct, hop)]
    assert zones[0] == zones[1]
    assert [c.item for c in hop.sets["own"].info.coverage] == [
        c.item for c in direct.sets["own"].info.coverage
    ]


@pytest.mark.parametrize("name", BOTH)
def test_what_is_said_of_documents_comes_along(tmp_path: Path, name: str) -> None:
    """A sentence's address and outlet, which the target has no place for, stand beside."""
    row = {"uuid": "u1", "text": "The council is doomed.", "label_bias": "Biased",
           "news_link": "https://news.example/1", "outlet": "Harbour News"}  # fmt: skip
    (tmp_path / "in.json").write_text(json.dumps([row]))
    convert(tmp_path / "in.json", tmp_path / "out", from_format="babe", to_format=name, lossy=True)
    made, _, problems = read_source(tmp_path / "out", name)

    assert made is not None and problems == []
    (step,) = made.documents[0].items[0].chain
    assert step.outlet.startswith("harbour_news")
    assert "https://news.example/1" in str(step.url)


@pytest.mark.parametrize("name", BOTH)
def test_what_nobody_looked_at_is_not_written_as_looked_at(tmp_path: Path, name: str) -> None:
    """Read without what stands beside, an article without labels has none still, or it is told."""
    given = source(tmp_path / "ptc")
    refused = convert(given, tmp_path / "out", from_format="ptc", to_format=name)
    done = convert(given, tmp_path / "lossy", from_format="ptc", to_format=name, lossy=True)
    read = FORMATS[name].read
    assert read is not None and done.path is not None
    (tmp_path / "lossy" / "newspan-set.json").unlink()
    found = {each.name: each.looked for each in read(tmp_path / "lossy", Options()).documents}

    told = "uncovered" in {loss.what for loss in refused.losses}
    assert told == (name in SILENT)
    assert found["3"] is told
    if name != "polnear":  # for whose layer nobody looked anywhere
        assert found["1"] and found["2"]


@pytest.mark.parametrize("name", ["ptc", "semeval-2020"])
def test_what_nobody_looked_at_gets_no_file_of_labels(tmp_path: Path, name: str) -> None:
    """An empty file of labels is of an article in which nothing was found."""
    convert(source(tmp_path / "ptc"), tmp_path / "out", from_format="ptc", to_format=name)
    files = {path.name for path in (tmp_path / "out").rglob("article*")}

    assert {each for each in files if each.startswith("article3")} == {"article3.txt"}
    assert any(each.startswith("article2.") and each.endswith(".labels") for each in files)


def test_a_table_for_all_that_has_nothing_is_not_written(tmp_path: Path) -> None:
    """Where nobody looked for techniques, SemEval-2023's one file of labels says so by its lack."""
    line = {"id": "quay", "text": "The quay is shut.", "looked": False}
    (tmp_path / "in.jsonl").write_text(json.dumps(line))
    convert(
        tmp_path / "in.jsonl", tmp_path / "out",
        from_format="newspan-jsonl", to_format="semeval-2023",
    )  # fmt: skip

    assert not (tmp_path / "out" / "labels-subtask-3.txt").exists()
    assert (tmp_path / "out" / "articles" / "articlequay.txt").exists()


def run(*arguments: Any) -> Any:
    """Run `convert`."""
    return CliRunner().invoke(main, ["convert", *map(str, arguments)])


def test_warnings_are_no_failure(tmp_path: Path) -> None:
    """As for `add`, only errors make the exit code 1."""
    done = run(source(tmp_path / "in"), tmp_path / "out", "--from", "ptc", "--to", "bio-jsonl")

    assert "warning text-not-annotated" in done.stderr
    assert done.exit_code == 0


@pytest.mark.parametrize("name", BOTH)
def test_layers_left_out_on_purpose_are_not_lost(tmp_path: Path, name: str) -> None:
    """--layer holds for every format, and what it leaves out counts as no loss."""
    wanted = "loaded_language" if name != "polnear" else "attribution"
    claim = {"record": "span", "id": "c", "layer": "claim", "start": 0, "end": 9,
             "text": "The quay ", "factuality": "factual"}  # fmt: skip
    cue = {"record": "span", "id": "q", "layer": "attribution", "role": "cue", "start": 9,
           "end": 13, "text": "shut"}  # fmt: skip
    line = {"id": "quay", "text": "The quay shut.", "records": [claim, cue]}
    (tmp_path / "in.jsonl").write_text(json.dumps(line))
    done = convert(
        tmp_path / "in.jsonl", tmp_path / "out", from_format="newspan-jsonl", to_format=name,
        options=Options(layers=(wanted,)),
    )  # fmt: skip

    assert done.path is not None and done.losses == ()
    assert done.records == (wanted == "attribution")
    head = json.loads((tmp_path / "out" / "newspan-set.json").read_bytes())
    assert {layer for each in head["coverage"] for layer in each["layers"]} == {wanted}


def test_a_layer_that_there_is_not(tmp_path: Path) -> None:
    """A misspelt layer is wrong use, whatever the format."""
    given = source(tmp_path / "in")
    for name in BOTH:
        done = run(given, tmp_path / "out", "--from", "ptc", "--to", name, "--layer", "claims")

        assert done.exit_code == 2
        assert "there is no layer 'claims'; there are claim, attribution" in done.stderr
    assert not (tmp_path / "out").exists()
