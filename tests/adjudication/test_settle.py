"""Decisions and what follows from them, in memory and on hostile text."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adjudication_texts import BY, RANDOM, Pass, annotated, corpus_of, shuffled
from newspan.adjudication.conflicts import Comparison, compare
from newspan.adjudication.quotes import QuoteError, located
from newspan.adjudication.settle import Settled, settle
from newspan.checks.sets import check_set
from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.write import placed_in
from newspan.model import AnyRecord, Attribution, Link, SetInfo, Span
from newspan.problems import Place

FILE = Place("annotation/campaigns/merged/decisions.jsonl")


def settled(
    found: Comparison,
    corpus: Corpus,
    decisions: dict[int, dict[str, Any]],
    *amendments: dict[str, Any],
) -> Settled:
    """Apply decisions, by their conflicts' places, and amendments on the first item."""
    said = {"reason": "judgement", "by": BY}
    given = {
        found.conflicts[index].id: (said | decision, Place(FILE.file, index + 1))
        for index, decision in decisions.items()
    }
    last = len(found.conflicts)
    added = [
        ({"record": "amendment", "item": "d1-i1", **said, **line}, Place(FILE.file, last + n))
        for n, line in enumerate(amendments, 1)
    ]
    return settle(found, given, added, corpus, FILE)


def all_of(made: Settled) -> list[AnyRecord]:
    """Return all records of a result."""
    return [record for own in made.records.values() for record in own]


def words(made: Settled, layer: str = "claim") -> list[str]:
    """Return the words of a layer's spans."""
    return [r.text for r in all_of(made) if isinstance(r, Span) and r.layer == layer]


def by_type(made: Settled, kind: type[Any]) -> list[Any]:
    """Return the records of a type."""
    return [record for record in all_of(made) if isinstance(record, kind)]


# --- parents and ends -----------------------------------------------------------------------

NESTED = corpus_of(
    "The report states that the mayor said the pier leaks.\nThe wind, they say, never ends.\n"
)


def nest(each: Pass, outer: str, inner: str = "the pier leaks") -> None:
    """Add what the report states, and in it what the mayor said."""
    parent = each.says("The report", "states", outer, source_kind="document")
    each.says("the mayor", "said", inner, parent_id=parent)


@pytest.mark.parametrize("taken", ["a", "b"])
def test_a_child_follows_whichever_parent_is_taken(taken: str) -> None:
    """Both sets nest the child alike; its parent is the one that was decided on."""
    a, b = Pass("a", NESTED), Pass("b", NESTED)
    nest(a, "that the mayor said the pier leaks")
    nest(b, "the pier leaks")
    made = settled(compare([a.done(), b.done()], NESTED), NESTED, {0: {"take": taken}})
    child, parent = sorted(by_type(made, Attribution), key=lambda each: each.parent_id is None)

    assert made.problems == []
    assert child.parent_id == parent.id
    assert (child.decision, parent.decision) == ("unanimous", "adjudicated")


def test_a_childs_id_is_its_own() -> None:
    """Whatever becomes of the parent, what an amendment calls the child stays the same."""
    a, b = Pass("a", NESTED), Pass("b", NESTED)
    nest(a, "that the mayor said the pier leaks")
    nest(b, "the pier leaks")
    found = compare([a.done(), b.done()], NESTED)
    names = [
        {each.id for each in by_type(settled(found, NESTED, {0: {"take": taken}}), Attribution)}
        for taken in ("a", "b")
    ]

    assert len(names[0] & names[1]) == 1


def test_own_records_keep_a_parent_by_its_old_id() -> None:
    """Of several new attributions the one that bears the old parent's id is the parent."""
    a, b = Pass("a", NESTED), Pass("b", NESTED)
    nest(a, "that the mayor said the pier leaks")
    nest(b, "the pier leaks")
    found = compare([a.done(), b.done()], NESTED)
    old = found.conflicts[0].units[0].record.id
    one = {"record": "attribution", "mode": "indirect", "source_kind": "none"}
    records = [
        {"record": "span", "id": "n", "layer": "attribution", "role": "content",
         "quote": "the mayor said the pier leaks"},
        {"record": "span", "id": "m", "layer": "attribution", "role": "content",
         "quote": "the pier leaks"},
        {**one, "id": "other", "content_ids": ["m"]},
        {**one, "id": old, "content_ids": ["n"]},
    ]  # fmt: skip
    made = settled(found, NESTED, {0: {"records": records}})
    spans = {span.id: span for span in by_type(made, Span)}
    (child,) = (each for each in by_type(made, Attribution) if each.parent_id)
    parent = next(each for each in by_type(made, Attribution) if each.id == child.parent_id)

    assert made.problems == []
    assert [spans[each].text for each in parent.content_ids] == ["the mayor said the pier leaks"]

    made = settled(found, NESTED, {0: {"records": [*records[:3], records[3] | {"id": "else"}]}})
    assert [problem.id for problem in made.problems] == ["decision-dangling"]


def test_a_child_of_a_reading_that_was_not_taken() -> None:
    """Its parent is found in what it was matched with, or in the only record that was taken."""
    a, b = Pass("a", NESTED), Pass("b", NESTED)
    nest(a, "that the mayor said the pier leaks", inner="The wind")
    nest(b, "the pier leaks")
    found = compare([a.done(), b.done()], NESTED)
    assert [conflict.kinds for conflict in found.conflicts] == [("boundary",), ("structure",)]
    made = settled(found, NESTED, {0: {"take": "b"}, 1: {"take": "a"}})
    assert made.problems == []
    assert sum(each.parent_id is not None for each in by_type(made, Attribution)) == 1

    # Two of b's own are in the conflict: the one with the same cue is the parent.
    twice = Pass("b", NESTED)
    nest(twice, "the pier leaks")
    twice.says(None, "report states", "The wind", source_kind="group")
    found = compare([a.done(), twice.done()], NESTED)
    assert [conflict.kinds for conflict in found.conflicts] == [("structure",), ("structure",)]
    made = settled(found, NESTED, {0: {"take": "b"}, 1: {"take": "a"}})
    (child,) = (each for each in by_type(made, Attribution) if each.parent_id)
    parent = next(each for each in by_type(made, Attribution) if each.id == child.parent_id)
    assert made.problems == []
    assert parent.source_kind == "document"


def test_a_parent_among_several_that_one_was_taken_for() -> None:
    """Where one record is taken for several, it is the parent of what was nested in any."""
    a, b = Pass("a", NESTED), Pass("b", NESTED)
    b.says("The report", "states", "the pier leaks")
    a.says("The report", "states", "the pier leaks")
    second = a.says(None, "report states", "The wind", source_kind="group")
    a.says(None, "they say", "never ends", parent_id=second)
    b.records["d1-i1"][-1] = msgspec.structs.replace(b.records["d1-i1"][-1], mode="direct")
    found = compare([a.done(), b.done()], NESTED)
    assert [len(conflict.units) for conflict in found.conflicts] == [3, 1]
    made = settled(found, NESTED, {0: {"take": "b"}, 1: {"take": "a"}})

    assert made.problems == []
    assert sum(each.parent_id is not None for each in by_type(made, Attribution)) == 1


def test_two_readings_of_the_same_words() -> None:
    """Attributions that differ in an attribute alone may both be taken, under ids of their own."""
    a, b = Pass("a", NESTED), Pass("b", NESTED)
    a.says("the mayor", "said", "the pier leaks")
    b.says("the mayor", "said", "the pier leaks", cue_force="doubting")
    found = compare([a.done(), b.done()], NESTED)
    made = settled(found, NESTED, {0: {"take": ["a", "b"]}})

    assert made.problems == []
    assert len({each.id for each in by_type(made, Attribution)}) == 2
    assert len(by_type(made, Span)) == 3


def test_everything_that_hangs_on_an_open_conflict_waits() -> None:
    """A child waits for its parent, and its own child for it."""
    a, b = Pass("a", NESTED), Pass("b", NESTED)
    for each, content in ((a, "never ends"), (b, "The wind")):
        outer = each.says(None, "they say", content, source_kind="group")
        inner = each.says("The report", "states", "the mayor said the pier leaks", parent_id=outer)
        each.says("the mayor", "said", "the pier leaks", parent_id=inner)
    found = compare([a.done(), b.done()], NESTED)
    made = settled(found, NESTED, {})

    assert [conflict.kinds for conflict in found.conflicts] == [("structure",)]
    assert (all_of(made), made.problems, len(made.waiting)) == ([], [], 2)
    assert len(by_type(settled(found, NESTED, {0: {"take": "b"}}), Attribution)) == 3


def test_links_follow_their_claims() -> None:
    """A link that both sets have leads from and to whatever was decided."""
    a, b = Pass("a", NESTED), Pass("b", NESTED)
    for each, end in ((a, "the pier leaks"), (b, "that the mayor said the pier leaks")):
        each.repeats(each.claim("The wind"), each.claim(end))
    found = compare([a.done(), b.done()], NESTED)
    made = settled(found, NESTED, {0: {"take": "b"}})
    (link,) = by_type(made, Link)
    spans = {span.id: span.text for span in by_type(made, Span)}

    assert [conflict.kinds for conflict in found.conflicts] == [("boundary",)]
    assert spans[link.to_id] == "that the mayor said the pier leaks"


def test_an_amendment_adds_and_turns_a_link() -> None:
    """Links are amended by the ids of claims in the result."""
    a, b = Pass("a", NESTED), Pass("b", NESTED)
    for each in (a, b):
        each.claim("the pier leaks")
        each.claim("The wind")
    found = compare([a.done(), b.done()], NESTED)
    first, second = (each.id for each in by_type(settled(found, NESTED, {}), Span))
    add = {"add": [{"record": "link", "type": "repeats", "from_id": second, "to_id": first}]}
    (link,) = by_type(settled(found, NESTED, {}, add), Link)
    turn = {"change": {link.id: {"from_id": first, "to_id": second}}}
    (turned,) = by_type(settled(found, NESTED, {}, add, turn), Link)

    assert (link.from_id, link.to_id, link.decision) == (second, first, "adjudicated")
    assert (turned.id, turned.from_id, turned.to_id) == (link.id, first, second)


def test_role_spans_are_shared_and_fall_away() -> None:
    """Two attributions of one source have one source span, unsure if either says so."""
    a, b = Pass("a", NESTED), Pass("b", NESTED)
    for each in (a, b):
        each.says("The report", "states", "the mayor said the pier leaks")
        one = each.role("source", "The report")
        cue, content = each.role("cue", "said"), each.role("content", "the pier leaks")
        each.add(
            Attribution("z", "indirect", "document", (one,), (), cue, (content,), cue_type="speech",
                        cue_force="neutral")
        )  # fmt: skip
    sets = []
    for each in (a, b):  # one span for both, as it stands in real sets
        done = each.done()
        records = [p for p in done.records if p.record.id != "r5"]
        shared = {
            p.record.id: Attribution(**{
                **{f: getattr(p.record, f) for f in p.record.__struct_fields__},
                "source_ids": ("r1",),
            })
            for p in records if isinstance(p.record, Attribution)
        }  # fmt: skip
        records = [type(p)(shared.get(p.record.id, p.record), p.item_id, p.place) for p in records]
        sets.append(AnnotationSet(done.info, tuple(records)))
    found = compare(sets, NESTED)
    made = settled(found, NESTED, {})
    sources = [span for span in by_type(made, Span) if span.role == "source"]
    first, second = by_type(made, Attribution)

    assert len(sources) == 1
    one = settled(found, NESTED, {}, {"remove": [first.id]})
    none = settled(found, NESTED, {}, {"remove": [first.id, second.id]})
    assert [s.id for s in by_type(one, Span) if s.role == "source"] == [sources[0].id]
    assert all_of(none) == []


# --- quotations -----------------------------------------------------------------------------

HOSTILE = corpus_of(
    "\ufeff🚢 ana ana sails 👩‍👩‍👧.\r\nشهردار گفت: «بندر باز است.»\r\n"
    "Cafe\u0301\u00a0shut, ana\u200b said.\n"
)


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ({"quote": "ana", "occurrence": 1}, (3, 6)),
        ({"quote": "ana", "occurrence": 2}, (7, 10)),
        ({"quote": "a", "occurrence": 4}, (9, 10)),
        ({"quote": "👩‍👩‍👧"}, (17, 22)),
        ({"quote": "«بندر باز است.»"}, (37, 52)),
        ({"quote": "Cafe\u0301\u00a0shut"}, (54, 64)),
        ({"quote": "ana", "paragraph": 54}, (66, 69)),
        ({"start": 3, "end": 6}, (3, 6)),
        ({"quote": "Caf\u00e9"}, "quote-not-verbatim"),
        ({"quote": "sails 👩‍👩‍👧.\r\nشهردار"}, "quote-not-verbatim"),
        ({"quote": "ana"}, "quote-ambiguous"),
        ({"quote": "ana", "occurrence": 4}, "occurrence-out-of-range"),
        ({"quote": "ana", "paragraph": 55}, "paragraph-unknown"),
        ({"quote": "ana", "occurrence": 2, "paragraph": 54}, "occurrence-out-of-range"),
    ],
)
def test_quotations_on_hostile_text(quote: dict[str, Any], expected: tuple[int, int] | str) -> None:
    """Words are found to the code point or not at all: emoji, marks, RTL, CR LF, BOM, no-break."""
    text, item = HOSTILE.texts["d1"], HOSTILE.items["d1-i1"][1]
    zones = [(zone.start, zone.end) for zone in item.zones]
    if isinstance(expected, str):
        with pytest.raises(QuoteError) as error:
            located(quote, text, item, zones)
        assert error.value.id == expected
        return
    found = located(quote, text, item, zones)

    assert (found["start"], found["end"]) == expected
    assert found["text"] == text[slice(*expected)]
    assert "quote" not in found


def test_matches_may_overlap() -> None:
    """Occurrences count every match, as answers to packets do."""
    corpus = corpus_of("ahaha!")
    found = located({"quote": "aha", "occurrence": 2}, "ahaha!", corpus.items["d1-i1"][1], [(0, 6)])

    assert (found["start"], found["end"]) == (2, 5)


def test_a_decision_in_words_on_hostile_text() -> None:
    """What is quoted becomes a span whose surface is the text's."""
    a, b = Pass("a", HOSTILE), Pass("b", HOSTILE)
    a.claim("شهردار گفت: «بندر باز است.»")
    found = compare([a.done(), b.done()], HOSTILE)
    quoted = {"record": "span", "layer": "claim", "factuality": "factual", "quote": "بندر باز است"}
    made = settled(found, HOSTILE, {0: {"records": [quoted]}})

    assert words(made) == ["بندر باز است"]


# --- properties -----------------------------------------------------------------------------


@given(st.data())
@settings(max_examples=80)
def test_any_decisions_replay(data: st.DataObject) -> None:
    """Whatever is taken, order matters not, nothing is lost without a word, and checks pass."""
    sets = [data.draw(annotated(name)) for name in ("a", "b")]
    found = compare(sets, RANDOM)
    choices: list[Any] = ["a", "b", None]
    decisions = {
        index: {"take": data.draw(st.sampled_from(choices))}
        for index in range(len(found.conflicts))
        if data.draw(st.integers(0, 3))
    }
    made = settled(found, RANDOM, decisions)
    mixed = [shuffled(each, data.draw(st.permutations(range(len(each.records))))) for each in sets]
    assert settled(compare(mixed, RANDOM), RANDOM, decisions) == made

    if not made.problems:
        info = SetInfo("merged", sets[0].info.producer, "2026-11-22", RANDOM.labels.sha256)
        result = AnnotationSet(info, placed_in("merged", made.records))
        faults = {problem.id for problem in check_set(result, RANDOM)}
        wrong = {"unknown-reference", "wrong-end", "surface-mismatch", "orphan-role"}
        assert not faults & (wrong | {"duplicate-id", "duplicate-span"})


@given(st.data())
@settings(max_examples=60)
def test_taking_one_set_keeps_all_of_it(data: st.DataObject) -> None:
    """With one set taken throughout, each of its units has its record, of about its extent."""
    sets = [data.draw(annotated(name)) for name in ("a", "b")]
    found = compare(sets, RANDOM)
    decisions = {index: {"take": "a"} for index in range(len(found.conflicts))}
    made = settled(found, RANDOM, decisions)

    if not made.problems:
        mine = [placed.record for placed in sets[0].records]
        assert len(by_type(made, Attribution)) == len(sets[0].attributions)
        assert len(by_type(made, Link)) == len(sets[0].links)
        assert sorted(r.label for r in mine if isinstance(r, Span) and r.role is None) == sorted(
            span.label for span in by_type(made, Span) if span.role is None
        )
