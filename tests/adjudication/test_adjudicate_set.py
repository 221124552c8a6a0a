"""Adjudication writes a set that passes all checks, and a file of decisions that replays."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import newspan
from adjudication_texts import BY, add_pass, decide, decisions_file, lines_of, write_lines
from corpora import BAD_DECISIONS, copy_good, problem_id
from newspan.adjudication import adjudicate_set as module
from newspan.adjudication.adjudicate_set import AdjudicateError, adjudicate_sets
from newspan.adjudication.report import Report
from newspan.cli.adjudicate import command
from newspan.problems import RULES
from newspan.reuse.project_set import project_set

# In text order: the first claim is an opinion (0), its loaded word has its marks (1), the report's
# attribution has no source (2), and nobody sees the last loaded word (3).
CHANGES: dict[str, dict[str, Any] | None] = {
    "c1": {"factuality": "opinion"},
    "l1": {"start": 67, "end": 75, "text": "“rotten”"},
    "a2": {"source_ids": None, "source_kind": "none"},
    "s2": None,
    "l3": None,
}


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """Return a copy of the small corpus with two passes that differ in four places."""
    corpus = copy_good(tmp_path)
    add_pass(corpus, "pass_a")
    add_pass(corpus, "pass_b", CHANGES)
    return corpus


def settled(corpus: Path, **more: Any) -> Report:
    """Adjudicate the two passes."""
    return adjudicate_sets(corpus, ["pass_a", "pass_b"], "merged", **more)


def records_of(corpus: Path, into: str = "merged") -> list[dict[str, Any]]:
    """Return the records of a set."""
    paths = sorted((corpus / f"annotation/sets/{into}").glob("*.jsonl"))
    return [line for path in paths for line in lines_of(path)]


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {name: path.read_bytes() for name, path in sorted(found.items()) if path.is_file()}


def ids(report: Report) -> list[str]:
    """Return the ids of a report's problems but for open conflicts."""
    return [each.id for each in report.problems if each.id != "conflict-undecided"]


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Run the command and return its exit code, stdout and stderr."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


TAKE_A = {index: {"take": "pass_a"} for index in range(4)}


def test_the_first_run_lists_the_conflicts(good: Path) -> None:
    """In text order, each to be decided without opening the corpus; no set is written."""
    report = settled(good)
    lines = lines_of(decisions_file(good))

    assert [line["kinds"] for line in lines] == [
        ["only:pass_a"],
        ["label"],
        ["boundary"],
        ["attribute", "structure"],
    ]
    assert lines[1] == {
        "record": "conflict",
        "id": lines[1]["id"],
        "kinds": ["label"],
        "item": "d1-i1",
        "layer": "claim",
        "start": 63,
        "end": 91,
        "text": "the “rotten” plan would fail",
        "context": lines[1]["context"],
        "readings": {
            each: [
                {
                    "record": "span",
                    "id": "c1",
                    "layer": "claim",
                    "start": 63,
                    "end": 91,
                    "text": "the “rotten” plan would fail",
                    "factuality": factuality,
                }
            ]
            for each, factuality in (("pass_a", "prediction"), ("pass_b", "opinion"))
        },
        "decision": None,
    }
    assert lines[1]["context"][0]["text"].startswith("Mayor Ana")
    assert (report.path, report.is_complete) == (None, False)
    assert not (good / "annotation/sets/merged").exists()
    assert newspan.check(good) == []


def test_all_decided(good: Path) -> None:
    """Decisions make a set that passes all checks and says how each record came about."""
    settled(good)
    decide(good, TAKE_A)
    report = settled(good)
    made = {line["decision"] for line in records_of(good)}
    head = json.loads((good / "annotation/sets/merged/set.json").read_text(encoding="utf-8"))

    assert newspan.check(good) == []
    assert (report.is_complete, report.problems) == (True, ())
    assert made == {"unanimous", "adjudicated"}
    assert not any(line.get("human_verified") for line in records_of(good))
    assert head["producer"]["kind"] == "adjudication"
    assert head["description"].startswith(
        "pass_a and pass_b, adjudicated. Units alike 10, conflicts decided 4. "
        "Decided by: person tester (4)."
    )
    assert head["producer"]["annotators"] == [
        "language model pass_a",
        "language model pass_b",
        "person tester",
    ]


def test_taking_one_set_throughout_gives_that_set(good: Path) -> None:
    """Every record of the taken set is found again, but for ids, remarks and decisions."""
    settled(good)
    decide(good, TAKE_A)
    settled(good)

    def said(into: str) -> list[tuple[Any, ...]]:
        records = records_of(good, into)
        words = {r["id"]: (r["start"], r["end"]) for r in records if r["record"] == "span"}
        found = []
        for record in records:
            kept: list[Any] = []
            for key, value in sorted(record.items()):
                if key.endswith("_ids"):
                    kept.append((key, [words[each] for each in value]))
                elif key in ("cue_id", "from_id", "to_id"):
                    kept.append((key, words[value]))
                elif key not in ("id", "decision", "human_verified", "parent_id"):
                    kept.append((key, value))
            found.append((record["record"], "parent_id" in record, kept))
        return sorted(found, key=repr)

    assert said("merged") == said("pass_a")


def test_replay_gives_the_same_bytes(good: Path) -> None:
    """The same sets and decisions, in whatever order they are named, change nothing."""
    settled(good)
    decide(good, TAKE_A)
    settled(good)
    before = files_of(good)
    report = adjudicate_sets(good, ["pass_b", "pass_a"], "merged")

    assert files_of(good) == before
    assert report.archived is None
    shutil.rmtree(good / "annotation/sets/merged")
    settled(good)
    assert files_of(good) == before


def test_open_conflicts(good: Path) -> None:
    """Without --auto nothing is written; with it what is settled, and what refers to it waits."""
    settled(good)
    decide(good, {1: {"take": "pass_b"}})
    report = settled(good, auto=True)
    texts = [line.get("text") for line in records_of(good)]

    assert newspan.check(good) == []
    assert report.path is not None
    assert (report.is_complete, report.waiting) == (False, 1)
    assert [p.place.line for p in report.problems] == [1, 3, 4]
    assert report.layers["attribution"].undecided == 1
    # "reportedly" is nested in what the report states, which is open; the claim is not.
    assert texts.count("The pier reportedly leaks") == 1
    assert "rotten" not in texts
    head = (good / "annotation/sets/merged/set.json").read_text(encoding="utf-8")
    assert "Open conflicts, which stand in no record: 3. Records that wait for them: 1." in head


def test_none_is_taken(good: Path) -> None:
    """A decision for none leaves the words without a record."""
    settled(good)
    decide(good, TAKE_A | {0: {"take": None, "reason": "substitution-test-fails"}})
    settled(good)

    assert not any(line.get("start") == 1 for line in records_of(good))


def test_a_reading_with_changes(good: Path) -> None:
    """Fields change, null takes one away, an extent may be given in words; the surface follows."""
    settled(good)
    change = {
        "l1": {"quote": "“rotten” plan", "technique": "Belittling", "polarity": None, "note": "!"},
    }
    decide(good, TAKE_A | {2: {"take": "pass_a", "change": change}})
    settled(good)
    (changed,) = (line for line in records_of(good) if line.get("start") == 67)

    assert newspan.check(good) == []
    assert changed | {"id": ""} == {
        "record": "span",
        "id": "",
        "layer": "loaded_language",
        "start": 67,
        "end": 80,
        "text": "“rotten” plan",
        "technique": "Belittling",
        "target": "council",
        "note": "!",
        "decision": "adjudicated",
    }


def test_changes_to_role_spans(good: Path) -> None:
    """A role span is moved by its id, and dropped when its attribution no longer names it."""
    settled(good)
    one = {"a2": {"scope_end": 214}, "q2": {"quote": "states"}}
    decide(good, TAKE_A | {3: {"take": "pass_a", "change": one}})
    settled(good)
    texts = [line.get("text") for line in records_of(good)]
    assert "states" in texts
    assert "states:" not in texts

    decide(
        good, {3: {"take": "pass_a", "change": {"a2": {"source_ids": [], "source_kind": "none"}}}}
    )
    report = settled(good)
    assert report.is_complete
    assert "The report" not in [line.get("text") for line in records_of(good)]


def test_records_of_the_decision(good: Path) -> None:
    """Own records, with names among themselves, words for extents, and a parent elsewhere."""
    settled(good)
    records = [
        {"record": "span", "id": "who", "layer": "attribution", "role": "source",
         "quote": "The report"},
        {"record": "span", "id": "does", "layer": "attribution", "role": "cue", "start": 159,
         "end": 165},
        {"record": "attribution", "id": "a2", "mode": "indirect", "source_kind": "document",
         "source_ids": ["who"], "cue_id": "does", "scope": "open", "cue_type": "document",
         "cue_force": "neutral", "parent_id": "pass_b:a1"},
    ]  # fmt: skip
    decide(good, TAKE_A | {3: {"records": records}})
    report = settled(good)
    made = {line["id"]: line for line in records_of(good)}
    (whole,) = (line for line in made.values() if line.get("scope") == "open")
    (child,) = (line for line in made.values() if line.get("parent_id") == whole["id"])

    assert newspan.check(good) == []
    assert report.is_complete
    assert made[whole["cue_id"]]["text"] == "states"
    assert made[whole["parent_id"]]["mode"] == "mixed"
    assert made[child["cue_id"]]["text"] == "reportedly"


def test_several_readings(good: Path) -> None:
    """Readings that don't exclude each other may both stand."""
    settled(good)
    decide(good, TAKE_A | {2: {"take": ["pass_a", "pass_b"], "reason": "both-hold"}})
    settled(good)
    texts = [line.get("text") for line in records_of(good)]

    assert newspan.check(good) == []
    assert {"rotten", "“rotten”"} <= set(texts)


def test_a_decided_line_needs_no_more_than_id_and_decision(good: Path) -> None:
    """Decisions may be appended in short, and find their conflicts."""
    settled(good)
    lines = lines_of(decisions_file(good))
    decision = {"take": "pass_b", "reason": "missed", "by": BY}
    short = [{"record": "conflict", "id": line["id"], "decision": decision} for line in lines]
    decide(good, {}, *short)
    report = settled(good)

    assert report.is_complete
    assert [line["context"] for line in lines_of(decisions_file(good))] == [
        line["context"] for line in lines
    ]


def test_a_changed_pass_keeps_decisions(good: Path) -> None:
    """Its conflict gets another id; the decision stays in the file, and the file before is kept."""
    settled(good)
    decide(good, TAKE_A)
    path = decisions_file(good)
    former = path.read_bytes()
    shutil.rmtree(good / "annotation/sets/pass_b")
    add_pass(good, "pass_b", CHANGES | {"c1": {"factuality": "normative"}})
    report = settled(good)
    lines = lines_of(path)

    assert (report.stale, report.path) == (1, None)
    assert [each.id for each in report.problems] == ["decision-stale", "conflict-undecided"]
    assert [line["decision"] is None for line in lines].count(True) == 1
    assert len(lines) == 5
    assert report.archived is not None
    assert report.archived.read_bytes() == former
    assert report.archived.name == f"decisions-{report.archived.stem[-16:]}.jsonl"

    decide(good, {n: {"take": "pass_a"} for n, each in enumerate(lines) if not each["decision"]})
    report = settled(good)
    assert ids(report) == ["decision-stale"]
    assert report.is_complete  # a warning stops nothing


def test_open_conflicts_alone_are_not_archived(good: Path) -> None:
    """Only work is kept beside the file, not lists that can be made again."""
    settled(good)
    shutil.rmtree(good / "annotation/sets/pass_b")
    add_pass(good, "pass_b")
    report = settled(good)

    assert (report.archived, report.decisions) == (None, None)
    assert not decisions_file(good).exists()


def amended(corpus: Path, **line: Any) -> Report:
    """Append an amendment to a decided file and adjudicate."""
    settled(corpus)
    decide(corpus, TAKE_A, {"record": "amendment", "item": "d1-i1", **line})
    return settled(corpus)


def test_amendments(good: Path) -> None:
    """What no conflict covers is removed, changed or added; the rest keeps its ids."""
    settled(good)
    decide(good, TAKE_A)
    settled(good)
    before = {line["id"]: line for line in records_of(good)}
    by_text = {(line.get("layer"), line.get("text")): line["id"] for line in before.values()}
    cafe = next(name for name, line in before.items() if line.get("start") == 123)
    disgrace = by_text["loaded_language", "disgrace"]
    says = next(line for line in before.values() if line.get("mode") == "mixed")
    report = amended(
        good,
        remove=[disgrace],
        change={
            cafe: {"check_worthy": True},
            says["id"]: {"medium_ids": []},
            says["source_ids"][0]: {"start": 48, "end": 57},
        },
        add=[
            {"record": "span", "layer": "loaded_language", "technique": "Belittling",
             "quote": "leaks", "paragraph": 170},
        ],
        reason="guideline-H6",
    )  # fmt: skip
    after = {line["id"]: line for line in records_of(good)}

    assert newspan.check(good) == []
    assert (report.amendments, report.problems) == (1, ())
    assert set(before) - set(after) == {disgrace, *says["medium_ids"]}
    assert after[cafe] == before[cafe] | {"check_worthy": True, "decision": "adjudicated"}
    assert after[says["source_ids"][0]]["start"] == 48
    assert [after[each]["text"] for each in set(after) - set(before)] == ["leaks"]
    settled(good)
    assert {line["id"]: line for line in records_of(good)} == after


def test_an_amendment_frees_what_refers_to_something_dropped(good: Path) -> None:
    """A child whose parent was dropped is reported by id, and an amendment settles it."""
    settled(good)
    decide(good, TAKE_A | {3: {"take": None}})
    report = settled(good)
    (problem,) = report.problems
    child = problem.message.split()[0]

    assert (problem.id, problem.place.line) == ("decision-dangling", 4)
    assert report.path is None
    decide(
        good, {}, {"record": "amendment", "item": "d1-i1", "change": {child: {"parent_id": None}}}
    )
    report = settled(good)
    assert report.is_complete
    assert newspan.check(good) == []

    decide(
        good, {}, {"record": "amendment", "item": "d1-i1", "change": {child: {"parent_id": "zz"}}}
    )
    (problem,) = settled(good).problems
    assert "refers to zz, which the result doesn't have" in problem.message


def test_a_dropped_end_of_a_link(good: Path) -> None:
    """A link whose claim nobody has any more is reported, and can be removed by its id."""
    shutil.rmtree(good / "annotation/sets/pass_b")
    add_pass(good, "pass_b", {"c4": {"factuality": "normative"}})
    settled(good)
    decide(good, {0: {"take": None}})
    (problem,) = settled(good).problems
    assert (problem.id, problem.place.line) == ("decision-dangling", 1)

    decide(
        good, {}, {"record": "amendment", "item": "d1-i1", "remove": [problem.message.split()[0]]}
    )
    report = settled(good)
    assert report.is_complete
    assert not any(line["record"] == "link" for line in records_of(good))


def test_a_link_waits_for_its_claim(good: Path) -> None:
    """A link that both have stands as soon as its ends are decided, on whichever is taken."""
    shutil.rmtree(good / "annotation/sets/pass_b")
    add_pass(good, "pass_b", {"c4": {"factuality": "normative"}})
    assert settled(good, auto=True).waiting == 1
    assert not any(line["record"] == "link" for line in records_of(good))
    decide(good, {0: {"take": "pass_b"}})
    settled(good)
    made = {line["id"]: line for line in records_of(good)}
    (link,) = (line for line in made.values() if line["record"] == "link")

    assert made[link["from_id"]]["factuality"] == "normative"
    assert link["decision"] == "unanimous"


def test_copies_are_left_to_projection(good: Path) -> None:
    """What lies wholly in a copy is not compared, its item not covered; projection fills both."""
    for name, text in (("pass_a", "disgrace"), ("pass_b", "is a disgrace")):
        folder = good / "annotation/sets" / name
        head = json.loads((folder / "set.json").read_text(encoding="utf-8"))
        layers = ["claim", "attribution", "loaded_language"]
        head["coverage"].append({"item": "d1-i2", "layers": layers, "zones": ["paragraph"]})
        (folder / "set.json").write_text(json.dumps(head), encoding="utf-8")
        span = {"record": "span", "id": "copied", "layer": "loaded_language", "end": 328,
                "start": 328 - len(text), "text": text, "technique": "Belittling"}  # fmt: skip
        write_lines(folder / "d1-i2.jsonl", [span])
    report = settled(good)
    head_items = {each["item"] for each in _coverage(good)}

    assert report.layers["loaded_language"].aside == {"copy": 2}
    assert head_items == {"d1-i1", "d2-i1"}
    report = settled(good, blocks_id="none")
    assert len(lines_of(decisions_file(good))) == 5

    settled(good)
    decide(good, TAKE_A)
    settled(good)
    project_set(good, "merged", "all")
    assert newspan.check(good) == []
    assert [line.get("text") for line in records_of(good, "all")].count("disgrace") == 2


def _coverage(corpus: Path) -> list[dict[str, Any]]:
    settled(corpus, auto=True)
    head = json.loads((corpus / "annotation/sets/merged/set.json").read_text(encoding="utf-8"))
    shutil.rmtree(corpus / "annotation/sets/merged")
    found: list[dict[str, Any]] = head["coverage"]
    return found


def test_three_sets(good: Path) -> None:
    """A third pass takes part; what two of three have is missing from the third."""
    add_pass(good, "pass_c", {"l3": None})
    adjudicate_sets(good, ["pass_c", "pass_a", "pass_b"], "merged")
    lines = lines_of(decisions_file(good))

    assert list(lines[0]["readings"]) == ["pass_a", "pass_b", "pass_c"]
    assert [line["kinds"] for line in lines][:2] == [["only:pass_a"], ["label"]]
    add_pass(good, "pass_d", {"l1": None})
    adjudicate_sets(good, ["pass_a", "pass_c", "pass_d"], "other")
    found = lines_of(decisions_file(good, "other"))
    assert [line["kinds"] for line in found] == [["missing:pass_c"], ["missing:pass_d"]]


@pytest.mark.parametrize("failing", ["write_set", "placed_in"])
def test_whole_or_not_at_all(good: Path, failing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When writing fails half-way, set and decisions stay as they were, and no remains are left."""
    settled(good)
    decide(good, TAKE_A)
    before = files_of(good)

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(module, failing, fail)
    with pytest.raises(OSError, match="full"):
        settled(good)
    kept = {name: raw for name, raw in files_of(good).items() if "/decisions-" not in name}
    assert kept == before


@pytest.mark.parametrize(
    ("sets", "into", "more", "message"),
    [
        ([], "merged", {}, "each once"),
        (["pass_a", "pass_b"], "gold", {}, "only what a person has reviewed"),
        (["pass_a", "pass_b"], "news-gold_2", {}, "only what a person has reviewed"),
        (["pass_a", "pass_a"], "merged", {}, "each once"),
        (["pass_a", "pass_b"], "pass_a", {}, "is a set to read"),
        (["pass_a", "pass_b"], "consensus", {}, "adjudication did not make it"),
        (["pass_a", "nobody"], "merged", {}, "no set 'nobody'"),
        (["pass_a", "pass_b"], "merged", {"blocks_id": "nobody"}, "no set 'nobody'"),
        (["pass_a", "pass_b"], "merged", {"blocks_id": "pass_a"}, "nobody looked for duplicate"),
        (["pass_a", "reuse_v1"], "merged", {}, "two of the sets looked at"),
        (["pass_a", "pass_b"], "../x", {}, "id: "),
        (["pass_a", "pass_b"], "merged", {"created": "today"}, "created: "),
    ],
)
def test_wrong_use_is_refused(
    good: Path, sets: list[str], into: str, more: dict[str, Any], message: str
) -> None:
    """Nothing is written, and the message says why."""
    before = files_of(good)
    with pytest.raises(ValueError, match=message):
        adjudicate_sets(good, sets, into, **more)
    assert files_of(good) == before


def test_a_broken_corpus_is_not_compared(good: Path) -> None:
    """Errors of a pass are told as `check` tells them."""
    path = good / "annotation/sets/pass_b/d1-i1.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace('"start": 63', '"start": 64'))
    with pytest.raises(AdjudicateError) as error:
        settled(good)
    assert {problem.id for problem in error.value.problems} == {"surface-mismatch"}


@pytest.mark.parametrize("text", ["{", "[]\n", '{"record": "conflict", "id": "x1"}\n', "\ufeff{}"])
def test_a_broken_file_of_decisions_is_left_as_it_is(good: Path, text: str) -> None:
    """It is reported with its line, and never rewritten."""
    path = decisions_file(good)
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    code, out, err = run("pass_a", "pass_b", "--into", "merged", "--corpus", good)

    assert (code, out) == (1, "")
    assert "decisions.jsonl:1" in err
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("spec", BAD_DECISIONS, ids=lambda spec: spec.stem)
def test_a_bad_decision_raises_its_problem_and_no_other(spec: Path, good: Path) -> None:
    """It is refused at its line, and nothing is written, --auto or not."""
    described = json.loads(spec.read_text(encoding="utf-8"))
    settled(good)
    names = [line["id"] for line in lines_of(decisions_file(good))]
    more = [
        line | {"id": names[line["id"]]} if isinstance(line.get("id"), int) else line
        for line in described.get("lines", [])
    ]
    given = {int(index): decision for index, decision in described.get("decide", {}).items()}
    decide(good, given if described.get("alone") else TAKE_A | given, *more)
    try:
        sets = described.get("sets", ["pass_a", "pass_b"])
        report = adjudicate_sets(good, sets, "merged", auto=described.get("auto", True))
        problems = list(report.problems)
        assert report.path is None or described.get("written")
    except AdjudicateError as error:
        problems = error.problems

    assert {problem.id for problem in problems} == {problem_id(spec)}
    expected = described["expect"]
    found = [{"line": p.place.line, "pointer": p.place.pointer} for p in problems]
    assert any(expected.items() <= place.items() for place in found), found
    assert all(RULES[problem.id].hint for problem in problems)


def test_a_mistyped_reason_is_told_the_codes(good: Path) -> None:
    """Whoever decides needn't open the schema to see what there is to choose from."""
    settled(good)
    decide(good, {0: {"take": None, "reason": "because"}})
    with pytest.raises(AdjudicateError) as error:
        settled(good)

    assert "'because' is none of missed, not-a-claim, " in error.value.problems[0].message


# --- the command --------------------------------------------------------------------------------


def test_the_command(good: Path) -> None:
    """Figures on stdout, the rest on stderr; open conflicts are counted, and the exit code is 1."""
    arguments = ("pass_a", "pass_b", "--into", "merged", "--corpus", good)
    code, out, err = run(*arguments)
    assert code == 1
    assert out.splitlines() == [
        "claim: alike 3, conflicts 1, decided 0",
        "  label: 1",
        "attribution: alike 4, conflicts 1, decided 0",
        "  attribute: 1",
        "  structure: 1",
        "loaded_language: alike 2, conflicts 2, decided 0",
        "  only:pass_a: 1",
        "  boundary: 1",
        "link: alike 1, conflicts 0, decided 0",
        "records that wait for an open conflict: 1",
    ]
    assert "open conflicts: 4; decide them in" in err
    assert "the set was not written" in err

    code, out, err = run(*arguments, "--auto")
    assert (code, "wrote" in err) == (1, True)
    assert "records that wait for an open conflict: 1" in out
    decide(good, TAKE_A)
    code, _, err = run(*arguments)
    assert (code, "wrote" in err, "open" in err) == (0, True, False)


def test_the_command_for_programs(good: Path) -> None:
    """--json prints one object with figures, problems and what was put aside."""
    code, out, _ = run("pass_a", "pass_b", "--into", "merged", "--corpus", good, "--json")
    report = json.loads(out)

    assert code == 1
    assert report["layers"]["claim"] == {
        "alike": 3,
        "conflicts": {"label": 1},
        "decided": 0,
        "undecided": 1,
        "aside": {},
    }
    assert [each["id"] for each in report["problems"]] == ["conflict-undecided"] * 4
    assert report["path"] is None


def test_wrong_use_of_the_command(good: Path) -> None:
    """A set can't be read and written; the exit code is 2."""
    code, _, err = run("pass_a", "--into", "pass_a", "--corpus", good)
    assert (code, "is a set to read" in err) == (2, True)


def test_decisions_do_not_go_where_answers_are_archived(good: Path) -> None:
    """A folder of a campaign belongs to one verb."""
    folder = good / "annotation/campaigns/merged"
    (folder / "answers").mkdir(parents=True)

    with pytest.raises(ValueError, match="holds an annotator's answers"):
        settled(good)
    assert [path.name for path in folder.iterdir()] == ["answers"]


def test_errors_of_sets_that_are_not_compared_do_not_matter(good: Path) -> None:
    """An error in a pass stops the work, one in another set does not."""
    other = good / "annotation/sets/other"
    other.mkdir()
    (other / "set.json").write_text("{", encoding="utf-8")
    settled(good)

    (good / "annotation/sets/pass_a/d1-i1.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(AdjudicateError) as caught:
        settled(good)
    assert {problem.id for problem in caught.value.problems} == {"json-syntax"}
