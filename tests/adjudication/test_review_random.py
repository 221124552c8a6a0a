"""Whatever an adjudicator does, the result is what is seen in Label Studio."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from adjudication_texts import RANDOM, annotated
from newspan import schema
from newspan.adjudication.case import PRODUCER, Case
from newspan.adjudication.conflicts import Comparison, compare
from newspan.adjudication.derive_lines import derive_lines
from newspan.adjudication.lines import Lines
from newspan.adjudication.marked import Marked, read_marked
from newspan.adjudication.merge_lines import Taken, merge_lines
from newspan.adjudication.review_tasks import reasons, review_task
from newspan.adjudication.reviewed import reviewable
from newspan.adjudication.settle import Settled
from newspan.adjudication.shown import Shown, show
from newspan.corpus import AnnotationSet
from newspan.labelstudio.names import LAYERS
from newspan.labelstudio.regions import from_results
from newspan.model import AnyRecord, Attribution, Link, SetInfo, Span
from newspan.problems import Place
from review_server import Desk, FakeServer

ADA = {"kind": "person", "name": "ada"}
REASONS = [code for code, _ in reasons()]
VIA = "newspan adjudication merged"


def case_of(*sets: AnnotationSet) -> Case:
    """Return a case in memory."""
    if len(sets) == 1:
        alone = reviewable(sets[0], RANDOM)
        comparison = Comparison((), (), (), {}, {}, alone)
    else:
        comparison = compare(sets, RANDOM)
    info = SetInfo("merged", PRODUCER, "2026-11-22", RANDOM.labels.sha256)
    place = Place("decisions.jsonl")
    return Case(Path(), RANDOM, sets, None, comparison, info, Lines({}, ()), place)


def at_work(case: Case) -> tuple[Shown, Desk]:
    """Return what is shown, and an adjudicator who has it open."""
    open_ = case.comparison.conflicts
    shown = show(case, case.settled(case.laid_out()), "d1-i1", open_)
    server = FakeServer()
    server.import_tasks(1, [review_task(case, shown, LAYERS)])
    return shown, server.desk("d1-i1")


def marked_of(shown: Shown, desk: Desk) -> Marked:
    """Return what the adjudicator did."""
    return read_marked(shown, desk.results, RANDOM, set_id="merged", layers=LAYERS, reasons=REASONS)


def settled_of(case: Case, shown: Shown, desk: Desk) -> tuple[Settled, Lines]:
    """Return the result of what the adjudicator did, from the lines alone."""
    derived = derive_lines(marked_of(shown, desk), RANDOM, ADA, VIA, case.comparison.coverage)
    taken = Taken(shown, derived, ADA, Place("pulls/ada.json"), "task 1", False)
    lines, problems = merge_lines(case, case.lines, VIA, [taken])
    assert problems == []
    for line in (*lines.decided.values(), *lines.amendments, *lines.reviews):
        assert list(schema.violations("decision.json", json.loads(json.dumps(line)))) == []
    return case.settled(case.laid_out(lines)), lines


def content(records: list[AnyRecord]) -> list[tuple[object, ...]]:
    """Return what records say, once, whatever their ids; role spans with their attributions."""
    by_id = {record.id: record for record in records}

    def said(record: AnyRecord, parents: bool = True) -> tuple[object, ...]:
        data = record.to_json()
        plain = {
            key: value
            for key, value in data.items()
            if key not in ("decision", "human_verified") and not key.endswith(("id", "_ids"))
        }
        more: list[object] = []
        if isinstance(record, Attribution):
            parts = [by_id[part] for part in dict.fromkeys(record.part_ids)]
            more += sorted((p.label, p.start, p.end) for p in parts if isinstance(p, Span))
            if parents and record.parent_id is not None:
                more.append(("in", said(by_id[record.parent_id], False)))
        elif isinstance(record, Link):
            more += [said(by_id[end]) for end in (record.from_id, record.to_id)]
        return (json.dumps(plain, sort_keys=True, ensure_ascii=False), *more)

    found = [
        said(record)
        for record in records
        if not (isinstance(record, Span) and record.layer == "attribution")
    ]
    return sorted(dict.fromkeys(found), key=str)


def seen(shown: Shown, desk: Desk, gone: set[str]) -> list[tuple[object, ...]]:
    """Return what stands in Label Studio but for some regions."""
    left = [
        each
        for each in desk.results
        if not gone & {each.get("id"), each.get("from_id"), each.get("to_id")}
    ]
    found = from_results(
        left,
        shown.carried,
        desk.text,
        0,
        set_id="merged",
        item_id="d1-i1",
        labels=RANDOM.labels,
        targets=RANDOM.targets,
        reasons=REASONS,
    )
    # What a carried parent's words would turn round may refer to what is gone.
    ids = {record.id for record in found.records}
    records = [
        msgspec.structs.replace(each, parent_id=None)
        if isinstance(each, Attribution) and each.parent_id not in ids
        else each
        for each in found.records
    ]
    return content(records)


def without_refs(said: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Return content without parents and links, which may find a rejected end's mate again."""
    return [
        tuple(part for part in each if not (isinstance(part, tuple) and part[:1] == ("in",)))
        for each in said
        if "repeats" not in str(each[0])
    ]


def rejected(desk: Desk) -> set[str]:
    """Return the regions that are marked as wrong."""
    return {
        each["id"]
        for each in desk.results
        if each.get("from_name") == "verdict" and each["value"]["choices"] == ["reject"]
    }


@settings(max_examples=50)
@given(annotated("pass_a"), annotated("pass_b"), st.data())
def test_of_two_passes_each_reading_is_taken_or_rejected(
    a: AnnotationSet, b: AnnotationSet, data: st.DataObject
) -> None:
    """What is marked as right is in the result beside what was alike, and nothing else is."""
    case = case_of(a, b)
    shown, desk = at_work(case)
    layers = {c.id: c.layer for c in shown.conflicts}
    gone: set[str] = set()
    for conflict in shown.conflicts:
        taken = data.draw(st.sampled_from([*conflict.readings, None]))
        for name in conflict.units:
            region = shown.region_of(name)
            wanted = taken is not None and name in conflict.readings[taken]
            if layers[conflict.id] == "link":
                continue
            if wanted:
                desk.take(region)
            else:
                how = data.draw(st.sampled_from(["reject", "delete"]))
                desk.reject(region) if how == "reject" else desk.delete(region)
                gone.add(region)
    settled, _ = settled_of(case, shown, desk)
    records = settled.records.get("d1-i1", [])
    dangling = {problem.id for problem in settled.problems}

    assert dangling <= {"decision-dangling", "duplicate-span", "duplicate-id"}
    if not dangling and not settled.waiting:
        assert without_refs(content(records)) == without_refs(seen(shown, desk, gone))


@settings(max_examples=50)
@given(annotated("pass_a"), st.data())
def test_of_one_set_every_edit_is_in_the_result(a: AnnotationSet, data: st.DataObject) -> None:
    """Whatever is deleted, rejected, moved, relabelled or drawn: the result is what is seen."""
    case = case_of(a)
    shown, desk = at_work(case)
    edit(desk, data)
    marked = marked_of(shown, desk)
    settled, lines = settled_of(case, shown, desk)
    derived = derive_lines(marked, RANDOM, ADA, VIA, case.comparison.coverage)
    if derived.faulty or marked.faults or marked.loose:
        return
    assert settled.problems == []
    records = settled.records.get("d1-i1", [])
    assert content(records) == seen(shown, desk, rejected(desk))
    (review,) = lines.reviews
    assert review["by"] == ADA


@settings(max_examples=50)
@given(annotated("pass_a"), annotated("pass_b"), st.data())
def test_of_two_passes_every_edit_is_in_the_result(
    a: AnnotationSet, b: AnnotationSet, data: st.DataObject
) -> None:
    """What was alike can be corrected too, and readings changed; a place left alone stays open."""
    case = case_of(a, b)
    shown, desk = at_work(case)
    asked = sorted(shown.asked & shown.by_id.keys())
    for name in asked:
        how = data.draw(st.sampled_from(["take", "reject", "leave"]))
        if how == "take":
            desk.take(shown.region_of(name))
        elif how == "reject":
            desk.reject(shown.region_of(name))
    edit(desk, data)
    marked = marked_of(shown, desk)
    derived = derive_lines(marked, RANDOM, ADA, VIA, case.comparison.coverage)
    settled, _ = settled_of(case, shown, desk)
    dangling = {problem.id for problem in settled.problems}
    assert dangling <= {"decision-dangling", "duplicate-span", "duplicate-id", "orphan-role"}
    if derived.faulty or marked.faults or marked.loose or dangling or derived.undecided:
        return
    left = {n for n in asked if marked.states[n] == "same" and marked.verdict_of(n) != "take"}
    gone = {shown.region_of(name) for name in left} | rejected(desk)
    records = settled.records.get("d1-i1", [])
    assert without_refs(content(records)) == without_refs(seen(shown, desk, gone))


def edit(desk: Desk, data: st.DataObject) -> None:
    """Do what a reviewer might do."""
    for _ in range(data.draw(st.integers(0, 6))):
        regions = [r["id"] for r in desk.results if r["type"] == "labels"]
        words = data.draw(st.sampled_from(["the pier", "leaks", "Ana says", "rotten 👍🏽", "שלום"]))
        what = data.draw(
            st.sampled_from(["delete", "reject", "move", "claim", "loaded", "cue", "untie", "tie"])
        )
        if what == "claim":
            desk.draw("claim", "opinion", words)
        elif what == "loaded":
            desk.draw("loaded_language", "Slogans", words, target="mayor")
        elif what == "cue":
            answers = {"mode": "direct", "source_kind": "person", "cue_type": "speech"}
            cue = desk.draw("attribution", "cue", words, **answers, cue_force="neutral")
            contents = [r for r in regions if _label(desk, r) == "content"]
            if contents and data.draw(st.booleans()):
                desk.tie(cue, data.draw(st.sampled_from(contents)))
            else:
                desk.tie(cue, desk.draw("attribution", "content", "now"), "content")
        elif what == "untie" and desk.arrows():
            one, other, _ = data.draw(st.sampled_from(desk.arrows()))
            desk.untie(one, other)
        elif what == "tie" and len(regions) > 1:
            pairs = [
                (one, other)
                for one in regions
                for other in regions
                if one != other
                and _label(desk, one) == "cue"
                and _label(desk, other) in ("source", "content", "cue")
            ]
            if pairs:
                desk.tie(*data.draw(st.sampled_from(pairs)))
        elif regions and what in ("delete", "reject", "move"):
            region = data.draw(st.sampled_from(regions))
            if what == "delete":
                desk.delete(region)
            elif what == "reject":
                desk.reject(region)
            else:
                desk.move(region, words)


def _label(desk: Desk, region: str) -> str:
    found: str = next(
        r["value"]["labels"][0]
        for r in desk.results
        if r.get("id") == region and r["type"] == "labels"
    )
    return found
