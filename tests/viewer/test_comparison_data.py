"""What the comparison is given: what sets say alike and differently, decisions, and figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

import newspan
from adjudication_texts import Pass, add_pass, corpus_of, decide, decisions_file, lines_of
from corpora import copy_good
from newspan.adjudication.adjudicate_set import adjudicate_sets
from newspan.agreement import agree
from newspan.corpus import AnnotationSet, Corpus, read_corpus
from newspan.model import Attribution, Span
from newspan.viewer.data.agreement import of_items
from newspan.viewer.data.comparison import NOTHING, comparison, split

TEXT = (
    "🚢 The mayor said the ferry is late, and the pilots blame the wind. It was a rotten plan.\r\n"
    "Zoe\u0301 said the report states that the pier leaks.\n"
)
CHANGES: dict[str, dict[str, Any] | None] = {
    "c1": {"factuality": "opinion"},
    "l1": {"start": 67, "end": 75, "text": "“rotten”"},
    "a2": {"source_ids": None, "source_kind": "none"},
    "s2": None,
    "l3": None,
}
PASSES = ("pass_a", "pass_b")


def read(folder: Path) -> Corpus:
    """Return the corpus of a folder, which has no problems."""
    corpus, problems = read_corpus(folder)
    assert corpus is not None
    assert not problems
    return corpus


def given(corpus: Corpus, *sets: AnnotationSet | str) -> dict[str, Any]:
    """Return the payload as the page gets it: through JSON."""
    chosen = [corpus.sets[each] if isinstance(each, str) else each for each in sets]
    payload = json.loads(json.dumps(comparison(corpus, chosen)))
    assert isinstance(payload, dict)
    return payload


def harbour(*texts: str) -> Corpus:
    """Return a corpus in memory, of a folder that is not there."""
    return msgspec.structs.replace(corpus_of(*(texts or (TEXT,))), root=Path("/nowhere"))


@pytest.fixture(scope="module")
def corpus(root: Path) -> Corpus:
    """Return the shipped corpus."""
    return read(root)


@pytest.fixture(scope="module")
def shipped(corpus: Corpus) -> dict[str, Any]:
    """Return the comparison of the shipped corpus's two passes."""
    return given(corpus, *PASSES)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return the small corpus with two passes that differ in four places."""
    folder = copy_good(tmp_path)
    add_pass(folder, "pass_a")
    add_pass(folder, "pass_b", CHANGES)
    return folder


# --- the shipped corpus -----------------------------------------------------------------------


def test_each_shipped_conflict_has_its_decision(root: Path, shipped: dict[str, Any]) -> None:
    """The conflicts are those that were decided, all of them, with the decision to the letter."""
    lines = lines_of(decisions_file(root, "adjudicated"))
    decided = {line["id"]: line for line in lines if line["record"] == "conflict"}

    assert len(decided) > 60
    assert {each["id"]: each["decision"] for each in shipped["conflicts"]} == {
        name: line["decision"] for name, line in decided.items()
    }
    for each in shipped["conflicts"]:
        line = decided[each["id"]]
        for name in ("kinds", "item", "layer", "start", "end"):
            assert each[name] == line[name]
        said = {name: [r["id"] for r in own] for name, own in line["readings"].items()}
        assert all({*ids} <= {*said[name]} for name, ids in each["records"].items())
        assert each.get("refers_to") == line.get("refers_to")
        assert each["context"] == [[c["start"], c["end"]] for c in line["context"]]
        assert line["text"].startswith(each["words"])
        assert shipped["reasons"][each["decision"]["reason"]].endswith(".")
    assert (shipped["decided_in"], shipped["into"]) == ("adjudicated", "adjudicated")
    assert [each["record"] for each in shipped["amendments"]] == ["amendment"] * 9


def test_all_that_is_said_is_somewhere(corpus: Corpus, shipped: dict[str, Any]) -> None:
    """Each claim, loaded span, attribution and link of a set is alike, in conflict, or aside."""
    for name in PASSES:
        chosen = corpus.sets[name]
        found = [each["records"][name] for each in shipped["alike"]]
        found += [id_ for each in shipped["conflicts"] for id_ in each["records"][name]]
        found += [each["record"] for each in shipped["aside"] if each["set"] == name]
        units = [
            *(span.id for span in chosen.spans.values() if span.layer != "attribution"),
            *chosen.attributions,
            *chosen.links,
        ]
        assert sorted(found) == sorted(units)


def test_what_is_alike_stands_where_the_sets_say(corpus: Corpus, shipped: dict[str, Any]) -> None:
    """The extent lies in every set's by four fifths, the label is theirs, in text order."""
    order = [*corpus.items]
    places = [(order.index(a["item"]), a["start"], a["end"]) for a in shipped["alike"]]

    assert places == sorted(places)
    for each in shipped["alike"]:
        for name, record_id in each["records"].items():
            span = corpus.sets[name].spans.get(record_id)
            if span is not None:
                shared = min(each["end"], span.end) - max(each["start"], span.start)
                whole = max(each["end"], span.end) - min(each["start"], span.start)
                assert (span.label, span.layer) == (each["label"], each["layer"])
                assert 5 * shared >= 4 * whole


def test_the_result_is_what_the_adjudicated_set_has(
    corpus: Corpus, shipped: dict[str, Any]
) -> None:
    """A taken reading is found in the result with its label, and nothing where none is taken."""
    into = corpus.sets["adjudicated"]
    amended = {name for line in shipped["amendments"] for name in line.get("change", {})}
    taken = found = 0
    for each in shipped["conflicts"]:
        result = [shipped["made"][name] for name in each["result"]]
        decision = each["decision"]
        if each["layer"] in ("claim", "loaded_language") and decision["take"]:
            places = {(r["start"], r["end"], _label(r)) for r in result}
            for name in each["records"][decision["take"]]:
                span = corpus.sets[decision["take"]].spans[name]
                if "change" not in decision and not amended & {*each["result"]}:
                    taken += 1
                    found += (span.start, span.end, span.label) in places
        for record in result:
            known = into.spans.get(record["id"]) or into.attributions.get(record["id"])
            assert isinstance(known, Span | Attribution)
            if isinstance(known, Attribution):
                assert [part["id"] for part in record["parts"]] == [*known.part_ids]

    assert (found, taken > 25) == (taken, True)
    assert any(not each["result"] for each in shipped["conflicts"])


def _label(record: dict[str, Any]) -> str:
    return str(record.get("factuality") or record.get("technique"))


def test_counts_are_those_of_the_lists(shipped: dict[str, Any]) -> None:
    """What is alike and aside adds up by item and layer, and the reasons by number."""
    counts = shipped["counts"]
    for what in ("alike", "aside"):
        for item, layers in counts.items():
            for layer, own in layers.items():
                listed = [(a["item"], a["layer"]) for a in shipped[what]]
                assert own[what] == listed.count((item, layer))
        assert sum(own[what] for each in counts.values() for own in each.values()) == len(
            shipped[what]
        )
    assert shipped["left_out"] == {"copy": len(shipped["aside"])}


def test_parts_beside_the_page_hold_the_same(shipped: dict[str, Any]) -> None:
    """A comparison that is split for a folder has lost nothing, and its first part no lists."""
    parts = dict(split(shipped))
    first = parts.pop("comparison")

    assert {*shipped} - {*first} == {"alike", "aside", "items"}
    for what in ("alike", "aside"):
        put_together = [each for part in parts.values() for each in part[what]]
        assert sorted(map(json.dumps, put_together)) == sorted(map(json.dumps, shipped[what]))
    assert {name: part["figures"] for name, part in parts.items() if part["figures"]} == {
        f"comparison-{item}": own for item, own in shipped["items"].items()
    }


# --- figures ----------------------------------------------------------------------------------


def test_figures_are_those_of_agree(small: Path) -> None:
    """Each figure has value, interval, counts and signature as `newspan agree` gives them."""
    report = given(read(small), *PASSES)["report"]
    known = json.loads(json.dumps(newspan.agree(small, PASSES).to_json()))

    assert (report["title"], report["notes"]) == (known["title"], known["notes"])
    for own, other in zip(report["layers"], known["layers"], strict=True):
        by_signature = {each["signature"]: each for each in other["figures"]}
        assert len(own["figures"]) > 20
        for figure in own["figures"]:
            same = by_signature[figure["signature"]]
            assert figure == {name: same[name] for name in figure}
        whole = {each["signature"] for each in other["figures"] if each["label"] is None}
        assert whole <= {each["signature"] for each in own["figures"]}


def test_figures_of_an_item_are_those_of_a_corpus_with_that_item(corpus: Corpus) -> None:
    """F1 of an item is what `newspan agree` gives for sets that looked at nothing else."""
    sets = [corpus.sets[name] for name in PASSES]
    shown = of_items(corpus, sets)

    assert [*shown] == [*corpus.items]
    for item in ("003-i1", "004-i3"):
        alone = [_only(each, item) for each in sets]
        found = agree.compare(corpus, alone, corpus.sets["reuse_v1"], samples=1, replicates=0)
        for layer in ("claim", "attribution", "loaded_language"):
            figure = found.find("f1_iou", layer, labels="same")
            own = shown[item][layer]
            assert own["value"] == pytest.approx(figure.value)
            assert tuple(own["counts"]) == figure.counts
            assert own["signature"].startswith(figure.own + f"|layer:{layer}|")
            assert f"|item:{item}|" in own["signature"]


def _only(chosen: AnnotationSet, item: str) -> AnnotationSet:
    coverage = tuple(each for each in chosen.info.coverage if each.item == item)
    return AnnotationSet(msgspec.structs.replace(chosen.info, coverage=coverage), chosen.records)


def test_pairs_of_three_sets_have_f1(small: Path) -> None:
    """Figures over all sets come with those of each pair, of F1 alone, which name the pair."""
    add_pass(small, "pass_c", {"l3": None})
    report = given(read(small), *PASSES, "pass_c")["report"]
    pairs = [f for each in report["layers"] for f in each["figures"] if len(f["sets"]) == 2]

    assert {f["measure"] for f in pairs} == {"f1_exact", "f1_iou"}
    assert {tuple(f["sets"]) for f in pairs} == {PASSES, ("pass_a", "pass_c"), ("pass_b", "pass_c")}


# --- sets made by hand ------------------------------------------------------------------------


def test_three_sets_are_compared() -> None:
    """Each set has its reading, an empty one where it looked; offsets are code points."""
    one = harbour()
    a, b, c = (Pass(name, one) for name in ("a", "b", "c"))
    for each in (a, b, c):
        each.claim("the ferry is late")
    for each in (a, b):
        each.loaded("rotten")
    c.claim("the pier leaks", "opinion")
    a.claim("the pier leaks")
    found = given(one, *(each.done() for each in (c, a, b)))

    (late,) = found["alike"]
    assert one.texts["d1"][late["start"] : late["end"]] == "the ferry is late"
    assert late["records"] == {"a": "c1", "b": "c1", "c": "c1"}
    assert found["sets"] == ["c", "a", "b"]
    rotten, leaks = found["conflicts"]
    assert rotten["kinds"] == ["missing:c"]
    assert (rotten["records"], rotten["words"]) == ({"a": ["l2"], "b": ["l2"], "c": []}, "rotten")
    assert leaks["kinds"] == ["missing:b", "label"]
    assert one.texts["d1"][leaks["start"] : leaks["end"]] == leaks["words"] == "the pier leaks"
    assert found["conflicts"] == given(one, *(each.done() for each in (a, b, c)))["conflicts"]


def test_sets_that_looked_at_different_texts_are_not_compared() -> None:
    """Nothing is alike and nothing in conflict, and both the comparison and the report say why."""
    one = harbour("The pier leaks.", "The ferry is late.")
    a, b = Pass("a", one), Pass("b", one, "d2-i1")
    a.claim("The pier leaks")
    b.claim("The ferry is late")
    found = given(one, a.done(items=["d1-i1"]), b.done(items=["d2-i1"]))

    assert found["reason"] == NOTHING
    assert (found["alike"], found["conflicts"], found["items"]) == ([], [], {})
    assert found["left_out"] == {"uncompared": 2}
    assert found["report"]["layers"] == []
    assert "no text was looked at by all" in found["report"]["reason"]


def test_sets_that_found_nothing_agree() -> None:
    """Two sets that looked at the same text and found nothing are compared, without figures."""
    one = harbour()
    found = given(one, Pass("a", one).done(), Pass("b", one).done())

    assert (found["reason"], found["alike"], found["conflicts"]) == (None, [], [])
    assert {own["value"] for own in found["items"]["d1-i1"].values()} == {None}


def test_a_result_is_the_attribution_of_the_same_cue() -> None:
    """What stands in a long content is another attribution, and no result of this conflict."""
    one = harbour()
    a, b, into = (Pass(name, one) for name in ("a", "b", "consensus"))
    for each in (a, b, into):
        each.says("the report", "states", "the pier leaks")
    a.says("Zoe\u0301", "said", "the report states that the pier leaks", number=2)
    b.says("Zoe\u0301", "said", "the report states that the pier leaks", number=2, mode="direct")
    last = into.says("Zoe\u0301", "said", "the report states that the pier leaks", number=2)
    one = msgspec.structs.replace(one, sets={"consensus": into.done()})
    found = given(one, a.done(), b.done())

    (conflict,) = found["conflicts"]
    assert (conflict["kinds"], conflict["result"]) == (["attribute"], [last])
    assert [part["text"] for part in found["made"][last]["parts"]][1] == "said"
    assert (found["into"], found["decided_in"], conflict["decision"]) == ("consensus", None, None)


def test_links_and_their_result() -> None:
    """A link in conflict is the result's when it leads from and to the same claims."""
    one = harbour("The ferry is late. Again: the ferry is late. The pier leaks.")
    a, b, into = (Pass(name, one) for name in ("a", "b", "consensus"))
    for each in (a, b, into):
        ends = [each.claim("he ferry is late"), each.claim("the ferry is late")]
        other = each.claim("The pier leaks")
        if each is not b:
            each.repeats(ends[1], ends[0])
        if each is into:
            each.repeats(ends[1], other)
    one = msgspec.structs.replace(one, sets={"consensus": into.done()})
    found = given(one, a.done(), b.done())

    (conflict,) = found["conflicts"]
    assert (conflict["layer"], conflict["kinds"], conflict["result"]) == (
        "link",
        ["only:a"],
        ["k4"],
    )
    assert conflict["refers_to"] == {"a": {"c2": "the ferry is late", "c1": "he ferry is late"}}
    assert [end["text"] for end in found["made"]["k4"]["parts"]] == [
        "the ferry is late",
        "he ferry is late",
    ]


def test_words_of_a_conflict_are_cut_between_characters() -> None:
    """A long extent is named by its first 200 code points, emoji counted as one each."""
    one = harbour("🚢" * 300 + " end.")
    a, b = Pass("a", one), Pass("b", one)
    a.claim("🚢" * 300)
    found = given(one, a.done(), b.done())

    assert found["conflicts"][0]["words"] == "🚢" * 200


# --- decisions --------------------------------------------------------------------------------


def test_open_conflicts_have_no_decision(small: Path) -> None:
    """What was decided has its decision, also when no set was written yet; the rest has null."""
    adjudicate_sets(small, PASSES, "merged")
    decide(small, {0: {"take": None}, 2: {"take": ["pass_a", "pass_b"], "reason": "both-hold"}})
    found = given(read(small), *PASSES)

    takes = [c["decision"] and c["decision"]["take"] for c in found["conflicts"]]
    assert takes == [None, None, ["pass_a", "pass_b"], None]
    assert [c["decision"] is None for c in found["conflicts"]] == [False, True, False, True]
    assert (found["decided_in"], found["into"]) == ("merged", "consensus")
    assert {*found["reasons"]} == {"judgement", "both-hold"}


def test_decisions_are_those_of_the_adjudication_of_these_sets(small: Path) -> None:
    """Of several adjudications the one counts that decided most of the conflicts."""
    for into, number in (("all", 4), ("best", 4), ("other", 1)):
        adjudicate_sets(small, PASSES, into)
        path = decisions_file(small, into)
        lines = lines_of(path)
        by = {"kind": "person", "name": into}
        for line in lines[:number]:
            line["decision"] = {"take": "pass_a", "reason": "judgement", "by": by}
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    decisions_file(small, "all").unlink()
    adjudicate_sets(small, PASSES, "best")
    found = given(read(small), *PASSES)

    assert (found["decided_in"], found["into"]) == ("best", "best")
    assert {c["decision"]["by"]["name"] for c in found["conflicts"]} == {"best"}
    assert [len(c["result"]) for c in found["conflicts"]] == [1, 1, 1, 1]


def test_a_file_of_decisions_that_cannot_be_read_is_told(small: Path) -> None:
    """It is left out, a note says so, and the comparison is there all the same."""
    adjudicate_sets(small, PASSES, "merged")
    path = decisions_file(small)
    path.write_text(path.read_text(encoding="utf-8") + "{\n", encoding="utf-8")
    found = given(read(small), *PASSES)

    assert len(found["conflicts"]) == 4
    assert found["decided_in"] is None
    (note,) = found["notes"]
    assert note.startswith("annotation/campaigns/merged/decisions.jsonl can't be read")


def test_other_sets_have_no_decisions(small: Path) -> None:
    """Sets that no adjudication compared have conflicts without decisions, and no set to look in.

    The primary set holds no results where it is itself compared.
    """
    adjudicate_sets(small, PASSES, "merged")
    decide(small, {number: {"take": "pass_b"} for number in range(4)})
    adjudicate_sets(small, PASSES, "merged")
    found = given(read(small), "pass_b", "consensus")

    assert [each["decision"] for each in found["conflicts"]] == [None] * 4
    assert {len(each["result"]) for each in found["conflicts"]} == {0}
    assert (found["decided_in"], found["into"]) == (None, None)


@pytest.mark.parametrize("sets", [(), ("pass_a",), ("pass_a", "pass_a")])
def test_a_comparison_takes_two_sets_or_more(corpus: Corpus, sets: tuple[str, ...]) -> None:
    """One set alone, or one twice, is wrong use."""
    with pytest.raises(ValueError, match="two sets or more, each once"):
        comparison(corpus, [corpus.sets[name] for name in sets])
