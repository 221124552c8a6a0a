from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from corpora import GOOD
from newspan import convert
from newspan.cli import main
from newspan.corpus import read_corpus
from newspan.exchange.convert import read_source
from newspan.exchange.documents import documents_of
from newspan.exchange.facts import facts
from newspan.exchange.registry import FORMATS

WRITTEN = [each.name for each in FORMATS.values() if each.read and each.write]


def run(*arguments: Any) -> Any:
    """Run the verb."""
    return CliRunner().invoke(main, ["convert", *map(str, arguments)])


def test_nothing_goes_lost_without_leave(tmp_path: Path) -> None:
    """A target that can't hold a set is refused with the list; with --lossy it says what went."""
    refused = run(GOOD, tmp_path / "out", "--to", "ptc", "--set", "consensus")

    assert refused.exit_code == 1
    assert "would be lost: layer: claim " in refused.stdout
    assert "nothing was written; see --lossy" in refused.stderr
    assert list(tmp_path.iterdir()) == []

    done = run(GOOD, tmp_path / "out", "--to", "ptc", "--set", "consensus", "--lossy")

    assert done.exit_code == 0
    assert refused.stdout.replace("would be lost", "lost") in done.stdout
    assert (tmp_path / "out" / "articles" / "articled1.txt").read_bytes() == (
        GOOD / "corpus" / "raw" / "d1.txt"
    ).read_bytes()


@pytest.mark.parametrize("name", WRITTEN)
def test_what_no_format_holds_stands_beside(tmp_path: Path, name: str) -> None:
    """Provenance, items, zones and the set's head come back, whatever the format."""
    convert(GOOD, tmp_path / "out", to_format=name, lossy=True)
    again, chosen, problems = read_source(tmp_path / "out", name)
    corpus, _ = read_corpus(GOOD)

    assert corpus is not None and again is not None and chosen is not None
    assert again.documents == corpus.documents
    assert chosen.info == corpus.sets[corpus.info.primary_set].info
    assert again.texts == corpus.texts
    assert problems == []
    for placed in chosen.records:
        assert placed.item_id in again.items


def test_plain_json_lines_lose_nothing(tmp_path: Path) -> None:
    """Out and in again, a corpus's sets say the same to the last attribute."""
    corpus, _ = read_corpus(GOOD)
    assert corpus is not None
    for set_id, chosen in corpus.sets.items():
        out = tmp_path / set_id
        done = convert(GOOD, out, to_format="newspan-jsonl", set_id=set_id)
        again, back, _ = read_source(out, "newspan-jsonl")

        assert done.path == out and done.losses == ()
        assert again is not None and back is not None
        assert facts(documents_of(again, back)) == facts(documents_of(corpus, chosen))
        assert {p.record.id: p.item_id for p in back.records} == chosen.item_of


def test_a_changed_text_loses_its_record_with_a_problem(tmp_path: Path) -> None:
    """What stands beside is of one text only."""
    out = tmp_path / "out"
    convert(GOOD, out, to_format="ptc", lossy=True)
    article = out / "articles" / "articled2.txt"
    article.write_bytes(article.read_bytes() + b" More.")
    done = run(out, tmp_path / "two", "--from", "ptc", "--to", "newspan-jsonl", "--json")
    said = json.loads(done.stdout)

    assert done.exit_code == 1
    assert [problem["id"] for problem in said["problems"]] == ["checksum-mismatch"]
    assert said["written"] == str(tmp_path / "two") and said["documents"] == 2


def test_defects_are_told_and_the_rest_is_converted(tmp_path: Path) -> None:
    """A source with a broken row is converted all the same, and ends with 1."""
    source = tmp_path / "in"
    source.mkdir()
    (source / "article1.txt").write_text("Ferry row", encoding="utf-8")
    (source / "labels.tsv").write_text("1\tDoubt\t0\t5\n1\tDoubt\t5\t99\n", encoding="utf-8")
    done = run(source, tmp_path / "out", "--from", "ptc", "--to", "semeval-2020")

    assert done.exit_code == 1
    assert "labels.tsv:2: error offset-out-of-range" in done.stderr
    assert "1 documents" not in done.stdout and "1 document, 1 record" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "sea-chart"], "there is no format 'sea-chart'"),
        (["--to", "ptc", "--from", "sea-chart"], "there is no format 'sea-chart'"),
        (["--to", "ptc", "--set", "gone"], "the corpus has no set 'gone'"),
        (["--to", "ptc", "--from", "ptc", "--set", "x"], "only a newspan corpus has sets"),
        (["--to", "ptc", "--map", "X=y"], "--map takes"),
        ([], "--to"),
    ],
)
def test_wrong_use_ends_with_2(tmp_path: Path, arguments: list[str], message: str) -> None:
    """What is misspelt is told, and nothing is written."""
    done = run(GOOD, tmp_path / "out", *arguments)

    assert done.exit_code == 2
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_target_with_something_in_it_stays_as_it_is(tmp_path: Path) -> None:
    """Nothing is written over."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    done = run(GOOD, tmp_path, "--to", "ptc", "--lossy")

    assert done.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_types_can_be_left_out(tmp_path: Path) -> None:
    """TYPE=none is no mapping to a layer, and is taken."""
    (tmp_path / "in.conll").write_text("leaky B-Leak\npier B-Doubt\n")
    done = run(
        tmp_path / "in.conll", tmp_path / "out", "--from", "conll", "--to", "newspan-jsonl",
        "--map", "Leak=none",
    )  # fmt: skip

    assert done.exit_code == 0
    (line,) = (tmp_path / "out" / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    assert [record["text"] for record in json.loads(line)["records"]] == ["pier"]


def test_a_language_that_is_none(tmp_path: Path) -> None:
    """The user's is wrong use; a document's is told, and the user's taken."""
    line = {"id": "late", "text": "Ferries.", "language": "Harbourese"}
    (tmp_path / "in.jsonl").write_text(json.dumps(line))
    given = [tmp_path / "in.jsonl", tmp_path / "out", "--from", "newspan-jsonl"]
    wrong = run(*given, "--to", "newspan-jsonl", "--language", "Harbourese")
    done = run(*given, "--to", "newspan-jsonl", "--language", "en")

    assert (wrong.exit_code, done.exit_code) == (2, 0)
    assert "provenance-value" in done.stderr
    (written,) = (tmp_path / "out" / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(written)["language"] == "en"
