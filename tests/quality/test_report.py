"""The report as a whole: on corpora in folders, on sets with errors, as text, JSON and Markdown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from corpora import BAD, GOOD, copy_good, make_bad
from newspan import check
from newspan.cli import main
from newspan.model import Attribution, Run
from newspan.quality import NoCorpusError, peers, quality_report, quality_tables, report_lines
from newspan.quality.catalogue import LINTS
from quality.sets import ITEM, TEXT, at, corpus_of, read, set_of, span, write
from quality.test_lints import FACT, LOADED, PLANTED

#: What a schema refuses, so that no file brings it.
REFUSED = {"check-worthy-not-factual", "kind-none-with-source", "name-without-named"}


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Run newspan and return its exit code, stdout and stderr."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def planted() -> list[Any]:
    """Return every planted fault in one list, with ids that are unique."""
    records = []
    for number, (lint, found, _, _) in enumerate(PLANTED):
        if lint not in REFUSED:
            names = {record.id: f"p{number}-{n}" for n, record in enumerate(found)}
            records += [_renamed(record, names) for record in found]
    return records


def _renamed(record: Any, names: dict[str, str]) -> Any:
    changes: dict[str, Any] = {"id": names[record.id]}
    if isinstance(record, Attribution):
        changes |= {
            "source_ids": tuple(names[i] for i in record.source_ids),
            "content_ids": tuple(names[i] for i in record.content_ids),
            "cue_id": names[record.cue_id] if record.cue_id else None,
        }
    return msgspec.structs.replace(record, **changes)


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """Return a copy of the good corpus with a hostile text and a set of all planted faults."""
    corpus = copy_good(tmp_path)
    write(corpus, {ITEM: planted(), "gone": [at(0, 5, "Mayor", layer="claim", **FACT)]})
    return corpus


def test_a_set_with_every_fault_is_reported_on(bad: Path) -> None:
    """However broken the set, each planted lint is in its report, beside check's own problems."""
    report = quality_report(bad, ["x"]).sets["x"]
    expected = {lint for lint, *_ in PLANTED} - REFUSED | {"unknown-item"}

    assert expected <= {lint for lint, result in report.lints.items() if result.count}
    assert {"offset-out-of-range", "surface-mismatch"} <= {problem.id for problem in check(bad)}
    lines = (bad / f"annotation/sets/x/{ITEM}.jsonl").read_text(encoding="utf-8").splitlines()
    for lint, result in report.lints.items():
        assert len(result.places) == result.count, lint
        for place in result.places:
            if place.item == ITEM:
                assert json.loads(lines[(place.line or 0) - 1])["id"] == place.id


def test_the_verb_prints_problems_then_the_report(bad: Path) -> None:
    """The exit code is check's own; the report names every lint with a first place."""
    code, out, err = run("check", "--quality", "--corpus", bad)
    plain = run("check", "--corpus", bad)

    assert code == plain[0] == 1
    assert out.startswith(plain[1])
    assert err == plain[2]
    assert "== consensus: 21 spans" in out
    assert "== x: " in out
    assert f"annotation/sets/x/{ITEM}.jsonl:1 (characters 5-{len(TEXT) + 1})" in out
    assert "== reuse_v1" not in out
    assert all(line.isprintable() for line in out.splitlines())


def test_the_worst_stands_first(bad: Path) -> None:
    """The summary runs from errors to notes, and by count in each; its lists are in the JSON."""
    code, out, _ = run("check", "--quality", "--json", "--corpus", bad, "x")
    data = json.loads(out)
    one = data["quality"]["sets"]["x"]
    kinds = ["error", "fault", "look", "note"]
    keys = [(kinds.index(line["kind"]), -line["count"]) for line in one["summary"]]

    assert code == 1
    assert list(data["quality"]["sets"]) == ["x"]
    assert {problem["id"] for problem in data["problems"]} == {p.id for p in check(bad)}
    assert keys == sorted(keys)
    assert {line["kind"] for line in one["summary"]} == set(kinds)
    for line in one["summary"]:
        value = one
        for step in line["list"].split("."):
            value = value[step]
        assert value


def test_a_place_has_file_line_item_and_characters(bad: Path) -> None:
    """A program finds the record, and the words in the text."""
    _, out, _ = run("check", "--quality", "--json", "--corpus", bad, "x")
    places = json.loads(out)["quality"]["sets"]["x"]["lints"]["cut-grapheme"]["places"]
    family = places[0]

    assert family["file"] == f"annotation/sets/x/{ITEM}.jsonl"
    assert family["item"] == ITEM
    assert TEXT[family["start"] : family["end"]] == family["text"] == "👩‍👩‍👧"[:-1]
    assert family["detail"] == "at its end"


def test_a_good_corpus_stays_exit_0() -> None:
    """What the report finds is no problem of the corpus."""
    code, out, err = run("check", "--quality", "--corpus", GOOD)

    assert (code, err) == (0, "no problems\n")
    assert "source-missing" in out


@pytest.mark.parametrize(
    "arguments", [["consensus"], ["--blocks", "reuse_v1"], ["--quality", "nobody"],
                  ["--quality", "--blocks", "consensus"], ["--quality", "--blocks", "nobody"]]
)  # fmt: skip
def test_wrong_use_exits_2(arguments: list[str]) -> None:
    """A set that is not there, or one named without --quality, is wrong use; nothing is printed."""
    code, out, err = run("check", *arguments, "--corpus", GOOD)

    assert (code, out) == (2, "")
    assert "set" in err


def test_no_corpus_no_report(tmp_path: Path) -> None:
    """Where there is nothing to read the problems say so, and the JSON has null."""
    code, out, err = run("check", "--quality", "--json", "--corpus", tmp_path)
    data = json.loads(out)

    assert (code, data["quality"], data["problems"][0]["id"]) == (1, None, "not-a-corpus")
    assert "no quality report" in err
    with pytest.raises(NoCorpusError, match="not a corpus"):
        quality_report(tmp_path)


@pytest.mark.parametrize("spec", BAD, ids=lambda spec: spec.stem)
def test_no_bad_corpus_breaks_the_report(spec: Path, tmp_path: Path) -> None:
    """Whatever check complains of, the report is made, or says that there is no corpus."""
    if json.loads(spec.read_bytes()).get("on") == "release":
        return
    folder = make_bad(spec, tmp_path / "corpus")
    try:
        report = quality_report(folder)
    except NoCorpusError:
        assert any(p.place.file in ("corpus/corpus.json", str(folder)) for p in check(folder))
    else:
        assert list(report_lines(report))
        json.dumps(report.to_json())
        quality_tables(read(folder))


def test_a_set_without_coverage_is_linted_only(tmp_path: Path) -> None:
    """Where nobody says what was looked at, nothing can be missing: a note says so."""
    corpus = copy_good(tmp_path)
    head = corpus / "annotation/sets/consensus/set.json"
    head.write_text(json.dumps({**json.loads(head.read_bytes()), "coverage": []}))
    report = quality_report(corpus).sets["consensus"]

    assert (report.density, report.consistency) == ({}, {})
    assert any("does not say what was looked at" in note for note in report.notes)
    assert report.lints["edge-space"].n == 21


def test_two_records_with_one_id_are_both_linted() -> None:
    """An id that is used twice hides nothing."""
    spans = [span("shabby mess,", id="l1", **LOADED), span("rotten”", id="l1", **LOADED)]
    corpus = msgspec.structs.replace(
        corpus_of({"h1": TEXT}, "\r\n"), sets={"x": set_of({ITEM: spans})}
    )
    lints = quality_report(corpus).sets["x"].lints

    assert [place.line for place in lints["edge-punctuation"].places] == [1, 2]


def test_ends_that_point_to_nothing_are_left_to_check() -> None:
    """A cue that is missing from the set is no attribution without a cue."""
    content = span("that the “rotten” plan would fail", role="content")
    lost = Attribution("a1", "mixed", "none", cue_id="gone", content_ids=(content.id, "lost"))
    corpus = msgspec.structs.replace(
        corpus_of({"h1": TEXT}, "\r\n"), sets={"x": set_of({ITEM: [content, lost]})}
    )
    report = quality_report(corpus).sets["x"]

    assert not [lint for lint, result in report.lints.items() if result.count]


def copies() -> Any:
    """Return a corpus whose two texts are one passage, annotated alike once of two times."""
    text = "A shabby mess and a rotten plan."
    corpus = corpus_of({"d": text, "e": text}, "\n")
    shared: dict[str, Any] = {"cluster": "c", "match": "exact", "similarity": 1.0}
    block = at(0, 32, text, id="b1", layer="duplicate_block", copy_role="canonical", **shared)
    copy = msgspec.structs.replace(block, id="b2", copy_role="copy", alignment=(Run(0, 32, 0, 32),))
    reuse = set_of({"d-i1": [block], "e-i1": [copy]}, "reuse_v1", ("duplicate_block",))
    mess, rotten = span("shabby mess", text, **LOADED), span("rotten", text, **LOADED)
    copied = msgspec.structs.replace(mess, id="l9")
    made = set_of({"d-i1": [mess, rotten], "e-i1": [copied]})
    return msgspec.structs.replace(corpus, sets={"reuse_v1": reuse, "x": made})


def test_copies_are_compared_and_shown_beside_ptc() -> None:
    """Two spans here and one there, one of them alike: F1 is 2 * 1 / 3."""
    report = quality_report(copies())
    same = report.sets["x"].copies["loaded_language"]

    assert (same.both, same.canonical_spans, same.copy_spans) == (1, 2, 1)
    assert list(report.sets) == ["x"]
    assert any("PTC-2020: 0.374" in line for line in report_lines(report))
    assert any("loaded_language" in line and "0.667" in line for line in report_lines(report))
    assert "copies.loaded_language.differences" in [line.list for line in report.sets["x"].summary]


def test_the_datasheets_table() -> None:
    """A row per set and layer; faults are records with an error or fault, counted once each."""
    table = quality_tables(copies())["quality"].splitlines()

    assert table[0].startswith("| set | layer | spans | per 1,000 words | faults per 1,000 |")
    assert table[-1] == "| `x` | loaded_language | 3 | 214.3 | 0.0 | 100.0% of 2 | 0.667 |"


def test_no_set_yet(root: Path) -> None:
    """A corpus without these layers says so, in the datasheet and on the command line."""
    corpus = corpus_of({"d": "a"}, "\n")

    assert quality_tables(corpus) == {"quality": "No set holds these layers yet."}
    assert list(report_lines(quality_report(corpus))) == [
        "No set holds claims, attributions or loaded language yet."
    ]
    assert list(quality_report(root).to_json()) == ["sets"]


def test_the_page_lists_every_lint_with_its_kind(root: Path) -> None:
    """docs/quality.md names each lint once, with its kind and PTC-2020's rate, in order."""
    page = (root / "docs/quality.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]
    listed = [(row[0].strip("| `"), row[1]) for row in rows if len(row) >= 3]

    assert listed == [(lint.id, lint.kind) for lint in LINTS.values()]
    for row in rows:
        rate = peers.rate_2020(row[0].strip("| `"))
        assert rate is None or f"{rate:g}" in row[3] if len(row) > 3 else rate is None


def test_the_page_shows_what_the_verb_prints(root: Path) -> None:
    """The console block of docs/quality.md is the beginning of the real report."""
    page = (root / "docs/quality.md").read_text(encoding="utf-8")
    shown = page.split("```console\n")[1].split("…")[0].splitlines()
    _, out, _ = run("check", "--quality", "--corpus", GOOD)

    assert out.splitlines()[: len(shown) - 1] == shown[1:]
