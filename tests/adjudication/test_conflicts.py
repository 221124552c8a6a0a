"""What is alike is taken; everything else is one conflict, of the right kind."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adjudication_texts import RANDOM, Pass, annotated, corpus_of, renamed, shuffled
from newspan.adjudication.boundaries import follows_boundary_rules
from newspan.adjudication.conflicts import Comparison, compare, to_json
from newspan.adjudication.extents import iou, overlapping
from newspan.adjudication.made import merged
from newspan.corpus import Corpus
from newspan.model import Coverage, Span
from newspan.schema import is_valid

TEXT = (
    "The mayor said the ferry is late, and the pilots blame the wind. It was a rotten plan.\n"
    "The report states that the mayor said the pier leaks.\n"
    "“We pay,” she said. Nobody asked.\n"
)
HARBOUR = corpus_of(TEXT)


def passes(*names: str, corpus: Corpus = HARBOUR) -> list[Pass]:
    """Return empty passes."""
    return [Pass(name, corpus) for name in names]


def compared(*given: Pass, corpus: Corpus = HARBOUR) -> Comparison:
    """Compare passes that looked everywhere."""
    return compare([each.done() for each in given], corpus)


def kinds(found: Comparison) -> list[tuple[str, ...]]:
    """Return the kinds of each conflict."""
    return [conflict.kinds for conflict in found.conflicts]


def taken(found: Comparison, corpus: Corpus = HARBOUR) -> list[str]:
    """Return the words of the spans that are alike, in text order."""
    made = (merged(cluster, corpus).record for cluster in found.alike)
    spans = [record for record in made if isinstance(record, Span)]
    if len(corpus.documents) == 1:
        spans.sort(key=lambda span: (span.start, span.end))
    return [span.text for span in spans]


# --- spans ----------------------------------------------------------------------------------


def test_the_same_claim_is_alike() -> None:
    """Same label, extent and attributes: no conflict."""
    a, b = passes("a", "b")
    for each in (a, b):
        each.claim("the ferry is late", check_worthy=True)
    found = compared(a, b)

    assert (kinds(found), taken(found)) == ([], ["the ferry is late"])


def test_overlap_is_counted_in_whole_numbers() -> None:
    """Exactly four fifths is enough: 4 of 5 code points, and not a hair less."""
    assert iou([(0, 4)], [(0, 5)]) == Fraction(4, 5)
    assert iou([(0, 2), (4, 6)], [(1, 5)]) == Fraction(2, 6)
    assert iou([(0, 3), (1, 5)], [(0, 5)]) == 1
    assert iou([], []) == 0

    text = "0123456789 and more."
    corpus = corpus_of(text)
    for length, expected in ((8, []), (7, [("boundary",)])):
        a, b = passes("a", "b", corpus=corpus)
        a.loaded(text[:10])
        b.loaded(text[:length])
        assert kinds(compared(a, b, corpus=corpus)) == expected


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("the ferry is late,", "the ferry is late", "the ferry is late"),
        ("the ferry is late", "the ferry is late,", "the ferry is late"),
        ("The mayor said the ferry is late", "mayor said the ferry is late", None),
    ],
)
def test_the_taken_extent_follows_the_boundary_rules(
    one: str, other: str, words: str | None
) -> None:
    """Of two alike extents the one without final comma is taken; of two good ones the shorter."""
    a, b = passes("a", "b")
    a.claim(one)
    b.claim(other)
    found = compared(a, b)

    assert kinds(found) == []
    assert taken(found) == [words or "mayor said the ferry is late"]


def test_equally_long_extents_take_the_earlier() -> None:
    """Where both are as good and as long, the first in the text is taken, whoever says it."""
    words = "one two six ten red tea sun map sky oak elm fir ash"
    corpus = corpus_of(f"{words}.")
    for first, second in (("a", "b"), ("b", "a")):
        early, late = Pass(first, corpus), Pass(second, corpus)
        early.claim(words[:-4])
        late.claim(words[4:])
        found = compare([early.done(), late.done()], corpus)

        assert taken(found, corpus) == [words[:-4]]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"factuality": "opinion", "check_worthy": None}, ("label",)),
        ({"check_worthy": False}, ("attribute",)),
        ({"check_worthy": None}, ("attribute",)),
        ({"hedged": True}, ("attribute",)),
    ],
)
def test_a_claim_that_differs_is_a_conflict(
    change: dict[str, Any], expected: tuple[str, ...]
) -> None:
    """Another factuality is a label conflict; another attribute, or its absence, an attribute's."""
    a, b = passes("a", "b")
    a.claim("the ferry is late", check_worthy=True)
    b.claim("the ferry is late", **({"check_worthy": True} | change))

    assert kinds(compared(a, b)) == [expected]


def test_what_absence_means_is_no_difference() -> None:
    """An absent `hedged` means false; `unsure` and notes make no conflict but are kept."""
    a, b = passes("a", "b")
    a.claim("the ferry is late", hedged=False, unsure=True, note="late?")
    b.claim("the ferry is late", note="by whose clock?")
    found = compared(a, b)
    record = merged(found.alike[0], HARBOUR).record

    assert isinstance(record, Span)
    assert (record.unsure, record.note) == (True, "late?; by whose clock?")
    assert (record.decision, record.human_verified) == ("unanimous", False)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"technique": "Slogans"}, ("label",)),
        ({"target": "council"}, ("attribute",)),
        ({"polarity": "negative"}, ("attribute",)),
    ],
)
def test_loaded_words_that_differ(change: dict[str, Any], expected: tuple[str, ...]) -> None:
    """Technique, target and polarity all count."""
    a, b = passes("a", "b")
    a.loaded("rotten plan", target="mayor")
    b.loaded("rotten plan", **({"target": "mayor"} | change))

    assert kinds(compared(a, b)) == [expected]


def test_identical_extents_with_two_techniques() -> None:
    """Two findings on the same words are matched each with its own."""
    a, b = passes("a", "b")
    for each, order in ((a, 1), (b, -1)):
        for technique in ("Slogans", "Loaded_Language")[::order]:
            each.loaded("rotten plan", technique)
    found = compared(a, b)

    assert (kinds(found), taken(found)) == ([], ["rotten plan", "rotten plan"])


def test_identical_extents_with_two_targets() -> None:
    """The same words aimed at two targets are told apart by the targets."""
    a, b = passes("a", "b")
    for each, order in ((a, 1), (b, -1)):
        for target in ("council", "mayor")[::order]:
            each.loaded("rotten", target=target)

    assert kinds(compared(a, b)) == []


def test_only_one_set() -> None:
    """What one set alone has is a conflict that names the set, and the other's reading is empty."""
    a, b = passes("a", "b")
    a.claim("the ferry is late")
    found = compared(a, b)
    line = to_json(found.conflicts[0], found, HARBOUR)

    assert kinds(found) == [("only:a",)]
    assert [len(line["readings"][each]) for each in ("a", "b")] == [1, 0]
    assert line["context"][0]["text"] == TEXT.splitlines()[0]


def test_one_claim_against_two() -> None:
    """A clause that one set splits is one conflict, not three."""
    a, b = passes("a", "b")
    a.claim("the ferry is late, and the pilots blame the wind")
    b.claim("the ferry is late")
    b.claim("the pilots blame the wind", "opinion")
    found = compared(a, b)

    assert kinds(found) == [("structure",)]
    assert found.conflicts[0].start == TEXT.index("the ferry")
    assert len(found.conflicts[0].units) == 3


def test_a_word_in_a_slogan_is_another_finding() -> None:
    """A long and a short thing with other techniques are two conflicts; with the same, one."""
    a, b = passes("a", "b")
    a.loaded("It was a rotten plan", "Slogans")
    b.loaded("rotten")
    assert kinds(compared(a, b)) == [("only:a",), ("only:b",)]

    a, b = passes("a", "b")
    a.loaded("It was a rotten plan")
    b.loaded("rotten")
    assert kinds(compared(a, b)) == [("boundary",)]


def test_what_is_alike_is_taken_out_of_a_tangle() -> None:
    """A nested claim that both have is taken; the rest is a conflict of what is left."""
    a, b = passes("a", "b")
    for each in (a, b):
        each.claim("the pilots blame the wind")
    a.claim("the ferry is late, and the pilots blame the wind")
    b.claim("the ferry is late")
    found = compared(a, b)

    assert taken(found) == ["the pilots blame the wind"]
    assert kinds(found) == [("boundary",)]


# --- attributions ---------------------------------------------------------------------------


def test_attributions_are_alike_with_all_their_parts() -> None:
    """Each role span has the extent that follows the rules, and the attribution ties those."""
    a, b = passes("a", "b")
    a.says("The mayor", "said", "the ferry is late,")
    b.says("The mayor", "said", "the ferry is late")
    found = compared(a, b)
    made = merged(found.alike[0], HARBOUR)

    assert kinds(found) == []
    assert [part.text for part in made.parts] == ["The mayor", "said", "the ferry is late"]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({}, {"mode": "mixed"}, ("attribute",)),
        ({}, {"source_named": True, "source_name": "Ana"}, ("attribute",)),
        ({}, {"cue_force": "doubting"}, ("attribute",)),
        ({"scope": "open", "scope_end": 60}, {"scope": "open", "scope_end": 64}, ("boundary",)),
        ({}, {"scope": "open"}, ("attribute",)),
    ],
)
def test_attributes_of_an_attribution(
    one: dict[str, Any], other: dict[str, Any], expected: tuple[str, ...]
) -> None:
    """Each attribute counts, and so does where an open scope ends."""
    a, b = passes("a", "b")
    a.says("The mayor", "said", "the ferry is late", **one)
    b.says("The mayor", "said", "the ferry is late", **other)

    assert kinds(compared(a, b)) == [expected]


def test_a_role_on_one_side_only() -> None:
    """A source that one set lacks, or sees elsewhere, is a matter of structure."""
    a, b = passes("a", "b")
    a.says("The mayor", "said", "the ferry is late")
    b.says(None, "said", "the ferry is late", source_kind="person")
    assert kinds(compared(a, b)) == [("structure",)]

    a, b = passes("a", "b")
    a.says("The mayor", "said", "the ferry is late")
    b.says("The report", "said", "the ferry is late")
    assert kinds(compared(a, b)) == [("structure",)]


def test_a_role_span_of_another_extent() -> None:
    """A content that reaches further is a boundary conflict of the whole attribution."""
    a, b = passes("a", "b")
    a.says("The mayor", "said", "the ferry is late")
    b.says("The mayor", "said", "the ferry is late, and the pilots blame the wind")
    found = compared(a, b)

    assert kinds(found) == [("boundary",)]
    assert len(found.conflicts[0].units) == 2


def test_a_free_standing_quotation_is_matched_by_its_content() -> None:
    """Without a cue the contents tell which attributions belong together."""
    a, b = passes("a", "b")
    for each in (a, b):
        each.says(None, None, "“We pay,”", mode="direct", source_kind="group")
    assert kinds(compared(a, b)) == []

    a, b = passes("a", "b")
    a.says(None, None, "“We pay,”", source_kind="group")
    b.says("she", "said", "“We pay,”", number=3)
    assert kinds(compared(a, b)) == [("attribute", "structure")]


def nested(
    each: Pass, parent: bool = True, outer: str = "that the mayor said the pier leaks"
) -> None:
    """Add what the report states, and in it what the mayor said."""
    one = each.says("The report", "states", outer, source_kind="document")
    each.says("the mayor", "said", "the pier leaks", number=2, parent_id=one if parent else None)


def test_nested_attributions_are_alike_when_their_parents_are_matched() -> None:
    """Nesting is compared through the parents, not their ids."""
    a, b = passes("a", "b")
    b.claim("Nobody asked")  # so that ids differ
    nested(a)
    nested(b)
    found = compared(a, b)

    assert kinds(found) == [("only:b",)]
    assert len(found.alike) == 2


def test_a_missing_parent_is_a_conflict_of_the_child_alone() -> None:
    """Who isn't nested in one set is in conflict; the parent that both have is alike."""
    a, b = passes("a", "b")
    nested(a)
    nested(b, parent=False)
    found = compared(a, b)
    line = to_json(found.conflicts[0], found, HARBOUR)

    assert kinds(found) == [("structure",)]
    assert list(line["refers_to"]["a"].values()) == [
        "The report | states | that the mayor said the pier leaks"
    ]


def test_a_parent_in_conflict_leaves_its_child_alike() -> None:
    """The child's parents are matched, though what the parent says is open."""
    a, b = passes("a", "b")
    nested(a)
    nested(b, outer="the pier leaks")
    found = compared(a, b)

    assert kinds(found) == [("boundary",)]
    assert [cluster.units[0].parts[0].text for cluster in found.alike] == ["the mayor"]


def test_inner_and_outer_attribution_are_kept_apart() -> None:
    """Their contents share most of their words, but each has its own cue in the other set."""
    a, b = passes("a", "b")
    nested(a, outer="said the pier leaks")
    nested(b, outer="said the pier leaks")
    a.says(None, "asked", "Nobody")
    found = compared(a, b)

    assert kinds(found) == [("only:a",)]

    a, b = passes("a", "b")
    nested(a, outer="said the pier leaks")
    b.says("the mayor", "said", "the pier leaks", number=2, mode="direct")
    assert kinds(compared(a, b)) == [("only:a",), ("attribute", "structure")]
    nested_b, flat_a = passes("b", "a")
    nested(nested_b, outer="said the pier leaks")
    flat_a.says("the mayor", "said", "the pier leaks", number=2, mode="direct")
    assert kinds(compared(flat_a, nested_b)) == [("only:b",), ("attribute", "structure")]


def test_a_cue_binds_more_than_a_content() -> None:
    """An attribution without cue is no reading of one whose cue the other set has too."""
    a, b = passes("a", "b")
    for each, mode in ((a, "indirect"), (b, "direct")):
        each.says("The mayor", "said", "the ferry is late", mode=mode)
    a.says(None, None, "the ferry is late")

    assert kinds(compared(a, b)) == [("attribute",), ("only:a",)]


# --- links ----------------------------------------------------------------------------------


def linked(each: Pass, *ends: str, note: str | None = None) -> None:
    """Add two claims and a link from one to the other."""
    ids = {words: each.claim(words) for words in ("the ferry is late", "the pier leaks")}
    if ends:
        each.repeats(*(ids[end] for end in ends), note=note)


def test_links_are_alike_when_their_ends_are_matched() -> None:
    """Ids and notes don't matter."""
    a, b = passes("a", "b")
    b.claim("Nobody asked")
    linked(a, "the pier leaks", "the ferry is late")
    linked(b, "the pier leaks", "the ferry is late", note="!")
    found = compared(a, b)

    assert kinds(found) == [("only:b",)]
    assert len(found.alike) == 3


def test_a_link_of_one_set_and_a_link_the_other_way() -> None:
    """A missing link names the set; opposite directions are one conflict of structure."""
    a, b = passes("a", "b")
    linked(a, "the pier leaks", "the ferry is late")
    linked(b)
    found = compared(a, b)
    line = to_json(found.conflicts[0], found, HARBOUR)
    assert kinds(found) == [("only:a",)]
    assert line["layer"] == "link"
    assert sorted(line["refers_to"]["a"].values()) == ["the ferry is late", "the pier leaks"]

    a, b = passes("a", "b")
    linked(a, "the pier leaks", "the ferry is late")
    linked(b, "the ferry is late", "the pier leaks")
    assert kinds(compared(a, b)) == [("structure",)]


# --- sets -----------------------------------------------------------------------------------


def test_three_sets() -> None:
    """Alike means all that looked; what two of three have is missing from the third."""
    a, b, c = passes("a", "b", "c")
    for each in (a, b, c):
        each.claim("the ferry is late")
    for each in (a, c):
        each.claim("the pier leaks")
    c.loaded("rotten")
    found = compared(a, b, c)

    assert taken(found) == ["the ferry is late"]
    assert kinds(found) == [("only:c",), ("missing:b",)]


def test_three_extents_must_all_be_near() -> None:
    """Neighbours that are near don't make the first and the last near."""
    corpus = corpus_of("one two three four five six seven eight nine ten.")
    a, b, c = passes("a", "b", "c", corpus=corpus)
    a.claim("one two three four five six seven eight nine ten")
    b.claim("one two three four five six seven eight")
    c.claim("one two three four five six seven")
    found = compared(a, b, c, corpus=corpus)

    assert kinds(found) == [("boundary",)]
    assert len(found.conflicts[0].units) == 3


def test_only_those_who_looked_are_asked() -> None:
    """Of three sets the two that looked at an item settle it; what one alone saw is put aside."""
    corpus = corpus_of("The ferry is late.", "The pier leaks.", "The wind blows.")
    a, b, c = passes("a", "b", "c", corpus=corpus)
    for each in (a, b):
        each.claim("The ferry is late")
    for each in (b, c):
        each.item = "d2-i1"
        each.claim("The pier leaks")
    c.item = "d3-i1"
    c.claim("The wind blows")
    sets = [
        a.done(items=["d1-i1"]),
        b.done(items=["d1-i1", "d2-i1"]),
        c.done(items=["d2-i1", "d3-i1"]),
    ]
    found = compare(sets, corpus)

    assert (kinds(found), taken(found, corpus)) == ([], ["The ferry is late", "The pier leaks"])
    assert [(each.reason, each.set, each.item) for each in found.aside] == [
        ("uncompared", "c", "d3-i1")
    ]
    assert [each.item for each in found.coverage] == ["d1-i1", "d2-i1"]


def test_layers_that_one_set_did_not_look_for() -> None:
    """A layer that only one set has is not compared and not covered."""
    a, b = passes("a", "b")
    a.claim("the ferry is late")
    a.loaded("rotten")
    b.claim("the ferry is late")
    found = compare([a.done(), b.done(layers=["claim"])], HARBOUR)

    assert [each.layer for each in found.aside] == ["loaded_language"]
    assert found.coverage == (Coverage("d1-i1", ("claim",), ("paragraph",)),)


def test_empty_sets_are_alike() -> None:
    """Two passes that found nothing agree that there is nothing."""
    found = compared(*passes("a", "b"))

    assert (found.alike, found.conflicts, found.aside) == ((), (), ())
    assert found.coverage[0].layers == ("claim", "attribution", "loaded_language")


def test_a_role_span_without_attribution_is_put_aside() -> None:
    """It is reported, since nothing can be decided about it."""
    a, b = passes("a", "b")
    a.role("cue", "said")
    found = compared(a, b)

    assert [(each.reason, each.record) for each in found.aside] == [("orphan-role", "r1")]


# --- boundary rules -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "layer", "expected"),
    [
        ("the ferry is late", "claim", True),
        ("the ferry is late,", "claim", False),
        ("Nobody asked.", "claim", False),
        (" Nobody asked", "claim", False),
        ("obody asked", "claim", False),
        ("“We pay", "claim", False),
        ("“We pay,”", "content", True),
        ("rotten", "loaded_language", True),
        ("a rotten plan", "loaded_language", False),
        ("“We pay,”", "loaded_language", False),
        ("plan.", "loaded_language", False),
        ("Nobody", "source", True),
        ("Nobody asked.", "source", False),
    ],
)
def test_boundary_rules(words: str, layer: str, expected: bool) -> None:
    """Each rule of the guidelines on borders, in its layer."""
    start = TEXT.index(words)
    role = None if layer in ("claim", "loaded_language") else layer
    place = {"start": start, "end": start + len(words), "text": words}
    span = Span("x", "attribution" if role else layer, role=role, **place)

    assert follows_boundary_rules(TEXT, span) is expected


@pytest.mark.parametrize(
    ("words", "role", "expected"),
    [
        ("wrote:", "cue", True),
        ("wrote", "cue", True),
        ("—", "cue", True),
        ("late?", "cue", False),
        ("“Why so late?”", "content", True),
        ("(see below", "content", False),
        ("(see below)", "content", True),
        ("“We go on.", "content", True),
        ("her excuse", "loaded", False),
        ("“Why so late?”", "claim", False),
        ("Why so late", "claim", True),
        ("so late", "claim", False),
        ("excuse", "loaded", True),
    ],
)
def test_boundary_rules_of_the_guidelines(words: str, role: str, expected: bool) -> None:
    """A cue's colon, a cue that is a mark alone, and a quotation that goes on are no faults."""
    text = "Ana wrote: “Why so late?” — her excuse (see below). “We go on."
    start = text.index(words)
    values: dict[str, Any] = {"layer": "attribution", "role": role}
    if role == "claim":
        values = {"layer": "claim", "factuality": "factual"}
    if role == "loaded":
        values = {"layer": "loaded_language", "technique": "Slogans"}
    span = Span("x", start=start, end=start + len(words), text=words, **values)

    assert follows_boundary_rules(text, span, (0, len(text))) is expected


def test_boundary_rules_on_hostile_text() -> None:
    """Graphemes of several code points, no-break and zero-width spaces, other scripts' marks."""
    text = "Cafe\u0301 \u00a0late👩‍👩‍👧 شهردار گفت: «بندر باز است.» “Two\npieces"

    def follows(start: int, end: int) -> bool:
        span = Span("x", "attribution", start, end, text[start:end], role="content")
        return follows_boundary_rules(text, span, (0, len(text)))

    at = text.index("«")
    assert follows(0, 5)
    assert not follows(0, 4)  # the accent is cut off
    assert not follows(0, 7)  # no-break space
    assert not follows(7, text.index("👩") + 1)
    assert follows(at, text.index("»") + 1)
    assert not follows(at, text.index(".»") + 1)  # its partner is outside
    assert follows(text.index("“"), len(text))  # a mark without partner anywhere is no fault


def test_sweep_finds_what_comparing_all_finds() -> None:
    """The sweep yields each overlapping pair once; extents that only touch are none."""
    placed = [((0, 5), "a"), ((5, 9), "b"), ((4, 6), "c"), ((0, 9), "d"), ((7, 8), "a")]
    pairs = {frozenset(pair) for pair in overlapping(placed)}

    assert pairs == {frozenset(p) for p in ("ac", "ad", "bc", "bd", "cd", "ab")}
    assert len(list(overlapping(placed))) == 6


# --- properties -----------------------------------------------------------------------------


@given(st.data())
@settings(max_examples=80)
def test_every_unit_ends_up_in_one_place(data: st.DataObject) -> None:
    """Alike, in a conflict, or aside: each unit once. And every conflict's line fits its schema."""
    sets = [data.draw(annotated(name)) for name in ("a", "b", "c")]
    found = compare(sets, RANDOM)
    placed = [unit.key for cluster in found.alike for unit in cluster.units]
    placed += [unit.key for conflict in found.conflicts for unit in conflict.units]

    assert sorted(placed) == sorted(found.units)
    assert all(conflict.kinds for conflict in found.conflicts)
    assert len({conflict.id for conflict in found.conflicts}) == len(found.conflicts)
    for conflict in found.conflicts:
        assert is_valid("decision.json", to_json(conflict, found, RANDOM))


@given(st.data())
@settings(max_examples=60)
def test_order_does_not_matter(data: st.DataObject) -> None:
    """Neither the order of the sets nor that of their records changes a line or a taken record."""
    sets = [data.draw(annotated(name)) for name in ("a", "b")]
    mixed = [
        shuffled(each, data.draw(st.permutations(range(len(each.records))))) for each in sets[::-1]
    ]
    one, other = compare(sets, RANDOM), compare(mixed, RANDOM)

    assert [to_json(c, one, RANDOM) for c in one.conflicts] == [
        to_json(c, other, RANDOM) for c in other.conflicts
    ]
    assert [merged(c, RANDOM) for c in one.alike] == [merged(c, RANDOM) for c in other.alike]


@given(st.data())
@settings(max_examples=60)
def test_names_of_sets_do_not_matter(data: st.DataObject) -> None:
    """Who said what does not change what is taken: with the two sets' names exchanged, the same."""
    sets = [data.draw(annotated(name)) for name in ("a", "b")]
    exchanged = [renamed(sets[0], "b"), renamed(sets[1], "a")]
    one, other = compare(sets, RANDOM), compare(exchanged, RANDOM)

    def words(found: Comparison) -> list[tuple[object, ...]]:
        made = [merged(cluster, RANDOM) for cluster in found.alike]
        return sorted((m.record.id, m.parts) for m in made if not m.ends)

    assert words(one) == words(other)
    assert len(one.conflicts) == len(other.conflicts)
