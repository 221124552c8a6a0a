"""Records as regions, and back."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from labelstudio_cases import TARGETS, hostile_texts, record_lists, saved
from newspan import schema
from newspan.labelstudio.carry import merged
from newspan.labelstudio.regions import Converted, from_results, to_results
from newspan.model import AnyRecord, Attribution, Link, Span

#: Label Studio shows no region with a richer id.
SAFE_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
TEXT = "The mayor said the old ferry would sink. “It floats,” the captain wrote. It floats."


def read(
    results: list[Any], carried: object, text: str = TEXT, base: int = 0, **more: Any
) -> Converted:
    """Return what results say, for a set `mine` and an item `i1`."""
    return from_results(
        results,
        carried,
        text,
        base,
        set_id="mine",
        item_id="i1",
        labels=schema.read_labels(),
        targets=TARGETS,
        **more,
    )


def region(own: str, layer: str, label: str, words: str, **answers: str) -> list[dict[str, Any]]:
    """Return the results of a region on the first occurrence of some words."""
    start = TEXT.index(words)
    value = {"start": start, "end": start + len(words)}
    head = {"id": own, "to_name": "text", "origin": "manual"}
    found = [{**head, "from_name": layer, "type": "labels", "value": {**value, "labels": [label]}}]
    for name, told in answers.items():
        typed = name in ("note", "source_name")
        kind, key = ("textarea", "text") if typed else ("choices", "choices")
        answer = {**value, key: [told]}
        found.append({**head, "from_name": name, "type": kind, "value": answer})
    return found


def tie(one: str, other: str, *labels: str, direction: str = "right") -> dict[str, Any]:
    """Return a relation."""
    ends = {"from_id": one, "to_id": other}
    return {**ends, "type": "relation", "direction": direction, "labels": list(labels)}


def only(converted: Converted, kind: type) -> Any:
    """Return the one record of a kind."""
    (found,) = [record for record in converted.records if isinstance(record, kind)]
    return found


def spans(converted: Converted) -> dict[str | None, str]:
    """Return the ids of the role spans by role."""
    return {each.role: each.id for each in converted.records if isinstance(each, Span)}


@given(st.data())
def test_a_set_comes_back_as_it_was_whatever_it_holds(data: st.DataObject) -> None:
    """Records, results, what a browser saves, records: the same records in the same order."""
    text = data.draw(hostile_texts)
    base = data.draw(st.integers(0, 50))
    records: list[AnyRecord] = data.draw(record_lists(text, base))
    results, carried = to_results(records, text, base)
    carried = json.loads(json.dumps(carried))

    found = read(saved(results, text, data.draw(st.integers(0, 9))), carried, text, base)

    assert found.faults == ()
    assert list(found.records) == records
    assert set(found.origins.values()) <= {"prediction"}
    assert all(SAFE_ID.fullmatch(each["id"]) for each in results if "id" in each)
    assert len({each["id"] for each in results if each["type"] == "labels"}) == sum(
        each["type"] == "labels" for each in results
    )


@given(st.data())
def test_without_what_was_carried_every_span_comes_back(data: st.DataObject) -> None:
    """The results alone hold all spans, labels and offsets; only ids are new."""
    text = data.draw(hostile_texts)
    records: list[AnyRecord] = data.draw(record_lists(text, 3))
    results, _ = to_results(records, text, 3)

    found = read(results, None, text, 3)

    def extents(given: Any) -> set[Any]:
        return {(e.layer, e.start, e.end, e.label, e.text) for e in given if isinstance(e, Span)}

    assert extents(found.records) == extents(records)
    assert all(schema.is_valid("record.json", each.to_json()) for each in found.records)
    assert found == read(copy.deepcopy(results), None, text, 3)


def test_two_attributions_share_a_cue_and_a_quotation() -> None:
    """What Label Studio can show only twice is one span again, with its id."""
    records = [
        Span("q", "attribution", 10, 14, "said", role="cue"),
        Span("n", "attribution", 15, 39, TEXT[15:39], role="content"),
        Attribution("a1", "direct", cue_id="q", content_ids=("n",), note="one"),
        Attribution("a2", "mixed", cue_id="q", content_ids=("n",), note="two"),
        Attribution("a3", "direct", content_ids=("n",), unsure=True),
        Attribution("a4", "direct", content_ids=("n",)),
    ]
    results, carried = to_results(records, TEXT, 0)

    assert sum(each["type"] == "labels" for each in results) == 4
    found = read(results, carried)
    assert set(found.records) == set(records)
    # Even where nothing was carried, the same words in the same role are one span.
    assert sum(isinstance(each, Span) for each in read(results, None).records) == 2


def test_a_twin_goes_on_for_a_region_that_was_deleted() -> None:
    """When one of two attributions on a cue is removed, the cue keeps its id."""
    records = [
        Span("q", "attribution", 10, 14, "said", role="cue"),
        Span("n", "attribution", 15, 39, TEXT[15:39], role="content"),
        Attribution("a1", "direct", cue_id="q", content_ids=("n",)),
        Attribution("a2", "mixed", cue_id="q", content_ids=("n",)),
    ]
    results, carried = to_results(records, TEXT, 0)
    kept = [each for each in results if "q" not in (each.get("id"), each.get("from_id"))]

    found = read(kept, carried)

    assert set(found.records) == {records[0], records[1], records[3]}


def test_what_is_edited_keeps_its_id_and_says_so() -> None:
    """A new label or extent is a prediction-changed; what was not touched is a prediction."""
    records = [
        Span("c1", "claim", 15, 39, TEXT[15:39], factuality="factual", decision="unanimous"),
        Span("c2", "claim", 42, 51, TEXT[42:51], factuality="opinion", decision="unanimous"),
        Span("c3", "claim", 73, 82, TEXT[73:82], factuality="opinion", decision="unanimous"),
    ]
    results, carried = to_results(records, TEXT, 0)
    results[0]["value"]["labels"] = ["prediction"]
    results[1]["value"]["start"] = 45

    found = read(results, carried)

    changed = {each.id: each for each in found.records}
    assert changed["c1"] == Span("c1", "claim", 15, 39, TEXT[15:39], factuality="prediction")
    assert changed["c2"] == Span("c2", "claim", 45, 51, TEXT[45:51], factuality="opinion")
    assert changed["c3"] == records[2]
    assert found.origins == {
        "c1": "prediction-changed",
        "c2": "prediction-changed",
        "c3": "prediction",
    }


def test_an_answer_that_changes_is_an_edit_too() -> None:
    """Label Studio may go on calling the region a prediction; its record says otherwise."""
    records = [Span("c1", "claim", 15, 39, TEXT[15:39], factuality="factual", hedged=True)]
    results, carried = to_results(records, TEXT, 0)
    results[1]["value"]["choices"] = ["no"]

    assert read(results, carried).origins == {"c1": "prediction-changed"}


def test_what_is_deleted_is_gone_with_what_hung_on_it() -> None:
    """A region that is not there any more is no record; a link to it went with it."""
    records = [
        Span("c1", "claim", 42, 51, TEXT[42:51], factuality="factual"),
        Span("c2", "claim", 73, 82, TEXT[73:82], factuality="factual"),
        Link("k1", "repeats", "c2", "c1"),
    ]
    results, carried = to_results(records, TEXT, 0)

    found = read([each for each in results if each.get("id") == "c2"], carried)

    assert list(found.records) == [records[1]]


def test_what_is_drawn_has_the_same_id_on_every_pull() -> None:
    """An id is a hash of set, item, region and layer: never of the words, order or time."""
    drawn = region("Xy_-9aBcDe", "claim", "factual", "It floats")
    (one,) = read(drawn, None).records
    drawn[0]["value"]["labels"] = ["opinion"]
    drawn[0]["value"]["end"] += 1
    (two,) = read(drawn, {}).records

    assert one.id == two.id == "c913f2125c53daaa"
    assert SAFE_ID.fullmatch(one.id)
    assert one.id[0] == "c"
    assert len(one.id) == 16
    assert read(drawn, None).origins == {one.id: "manual"}
    assert read(drawn, None).regions == {one.id: "Xy_-9aBcDe"}


def test_a_region_in_two_layers_is_two_records() -> None:
    """Each control's label makes its own record; a remark is both's."""
    both = region("z", "claim", "opinion", "It floats", unsure="unsure")
    both += region("z", "attribution", "content", "It floats")

    found = read(both, None)

    assert {each.layer for each in found.records} == {"claim", "attribution"}  # type: ignore[union-attr]
    assert all(each.unsure for each in found.records)
    assert found.faults == ()


NEWCOMER = [
    *region("s", "attribution", "source", "The mayor"),
    *region("q", "attribution", "cue", "said", mode="indirect", note="hm"),
    *region("n", "attribution", "content", "the old ferry would sink"),
    *region("m", "attribution", "medium", "captain"),
]


def test_relations_without_labels_are_understood() -> None:
    """Newcomers draw lines either way and don't label them: the ends tell what is meant."""
    drawn = [*NEWCOMER, tie("s", "q"), tie("q", "n"), tie("q", "m", direction="left")]

    found = read(drawn, None)

    ids = spans(found)
    assert found.faults == ()
    made = only(found, Attribution)
    assert (made.source_ids, made.medium_ids) == ((ids["source"],), (ids["medium"],))
    assert (made.cue_id, made.content_ids) == (ids["cue"], (ids["content"],))
    assert (made.mode, made.note) == ("indirect", "hm")


def test_a_later_claim_repeats_the_earlier_however_it_was_drawn() -> None:
    """The order of the text decides, unlabelled or labelled."""
    claims = [
        *region("x", "claim", "factual", "It floats"),
        *region("y", "claim", "factual", "It floats."),
    ]
    claims[1]["value"] |= {"start": 73, "end": 82}
    for relation in (tie("x", "y"), tie("y", "x"), tie("x", "y", "repeats")):
        found = read([*claims, relation], None)
        by_region = {region_id: own for own, region_id in found.regions.items() if own[0] == "c"}
        link = only(found, Link)
        assert (link.from_id, link.to_id) == (by_region["y"], by_region["x"])


def test_nesting_follows_the_direction_unless_the_words_tell() -> None:
    """From the nested to the outer; but a cue inside another's content is the nested one."""
    outer = [
        *region("q", "attribution", "cue", "said", mode="indirect"),
        *region(
            "n",
            "attribution",
            "content",
            "the old ferry would sink. “It floats,” the captain wrote",
        ),
        tie("q", "n"),
    ]
    inner = region("w", "attribution", "cue", "wrote", mode="direct")
    free = region("f", "attribution", "free_quote", "It floats", mode="direct")
    for relation in (tie("q", "w"), tie("w", "q"), tie("q", "w", "nested_in")):
        found = read([*outer, *inner, relation], None)
        parents = {found.regions[e.id]: e.parent_id for e in found.records if e.id[0] == "a"}  # type: ignore[union-attr]
        assert parents["q"] is None
        assert found.regions[parents["w"]] == "q"  # type: ignore[index]
    apart = [outer[0], outer[1], *inner]
    for relation, nested in ((tie("q", "w"), "q"), (tie("w", "q"), "w")):
        found = read([*apart, relation], None)
        parents = {found.regions[e.id]: e.parent_id for e in found.records if e.id[0] == "a"}  # type: ignore[union-attr]
        assert [own for own, parent in parents.items() if parent] == [nested]
    assert read([*outer, *free, tie("f", "q")], None).faults == ()


def test_a_free_quote_stands_for_its_attribution() -> None:
    """A content without a cue carries the attribution's answers, and is a content."""
    drawn = [
        *region("f", "attribution", "free_quote", "“It floats,”", mode="direct", unsure="unsure"),
        *region("s", "attribution", "source", "the captain", note="whose?"),
        tie("f", "s", "source"),
    ]

    found = read(drawn, None)

    made = only(found, Attribution)
    ids = spans(found)
    assert (made.cue_id, made.content_ids, made.source_ids) == (
        None,
        (ids["content"],),
        (ids["source"],),
    )
    assert (made.mode, made.unsure, made.note) == ("direct", True, None)
    assert {e.role: (e.unsure, e.note) for e in found.records if isinstance(e, Span)} == {
        "content": (False, None),
        "source": (False, "whose?"),
    }


def test_an_open_scope_ends_where_its_mark_ends() -> None:
    """The mark's end counts, and a mark makes the scope an open one; it is no record."""
    drawn = [
        *region("q", "attribution", "cue", "said"),
        *region("e", "attribution", "scope_end", "wrote."),
        tie("q", "e"),
    ]

    found = read(drawn, None, base=100)

    made = only(found, Attribution)
    assert (made.scope, made.scope_end) == ("open", 100 + TEXT.index("wrote.") + 6)
    assert len(found.records) == 2


def test_a_lone_cue_is_no_attribution_yet() -> None:
    """It is a span without ties, with its own remarks, until something is said or tied."""
    found = read(region("q", "attribution", "cue", "said", note="hm"), None)

    (span,) = found.records
    assert isinstance(span, Span)
    assert span.note == "hm"


def test_a_name_makes_the_source_named() -> None:
    """Who types a name need not also say that there is one."""
    found = read(region("q", "attribution", "cue", "said", source_name="Ana Peña"), None)

    made = only(found, Attribution)
    assert (made.source_named, made.source_name) == (True, "Ana Peña")


def test_what_was_typed_into_the_regions_own_panel_is_a_note() -> None:
    """Label Studio keeps it apart; nothing an annotator writes is lost."""
    drawn = region("c", "claim", "factual", "It floats", note="one")
    drawn[0]["meta"] = {"text": ["two"]}
    drawn[1]["meta"] = {"text": ["two"]}

    (claim,) = read(drawn, None).records

    assert claim.note == "one\ntwo"


def test_a_review_says_what_becomes_of_each_region() -> None:
    """Verdict and reason are given by region, beside the records; other reasons are refused."""
    drawn = region("c", "claim", "factual", "It floats", verdict="reject", reason="boundary")

    found = read(drawn, None, reasons=("boundary", "other"))
    assert found.choices == {"c": {"verdict": "reject", "reason": "boundary"}}
    assert found.faults == ()
    assert [fault.id for fault in read(drawn, None).faults] == ["region-control"] * 2
    assert [fault.id for fault in read(drawn, None, reasons=("other",)).faults] == [
        "attribute-value"
    ]


def test_two_readings_go_into_one_task() -> None:
    """Regions may have other ids than their spans, and what is carried can be joined."""
    one = [Span("c1", "claim", 42, 51, TEXT[42:51], factuality="factual", decision="unanimous")]
    two = [Span("c9", "claim", 42, 51, TEXT[42:51], factuality="opinion", human_verified=True)]
    first = to_results(one, TEXT, 0, region_ids={"c1": "a-1"})
    second = to_results(two, TEXT, 0, region_ids={"c9": "b-1"})

    found = read([*first[0], *second[0]], merged([first[1], second[1]]))

    assert set(found.records) == {*one, *two}
    assert found.regions == {"c1": "a-1", "c9": "b-1"}


def test_a_link_to_another_item_travels_along() -> None:
    """What no region stands for comes back as long as what it hangs on is there."""
    records = [
        Span("c1", "claim", 42, 51, TEXT[42:51], factuality="factual"),
        Link("k1", "repeats", "c1", "far-away"),
    ]
    results, carried = to_results(records, TEXT, 0)

    assert list(read(results, carried).records) == records
    assert read([], carried).records == ()
