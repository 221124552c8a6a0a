"""What lies wholly in copies is left to projection, and nothing else is."""

from __future__ import annotations

import msgspec
import pytest

from adjudication_texts import Pass, corpus_of
from newspan.adjudication.conflicts import Comparison, compare
from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.write import placed_in, records_by_item
from newspan.model import AnyRecord, Coverage, Producer, Run, SetInfo, Span

SAID = "The report states: the old pier leaks, and the ferries wait for the wind"
FIRST = f"{SAID}. Nobody asked.\n"
SECOND = f"Ana writes. {SAID}, and the pilots sleep.\nThe wind blows.\n"
HARBOUR = corpus_of(FIRST, SECOND)


def blocks(corpus: Corpus = HARBOUR, match: str = "exact", words: str = SAID) -> AnnotationSet:
    """Return a set with the shared words as a block, the second item's a copy."""
    records: dict[str, list[AnyRecord]] = {}
    for number, role in ((1, "canonical"), (2, "copy")):
        start = corpus.texts[f"d{number}"].index(words)
        runs = (Run(start, start + len(words), 0, len(words)),) if role == "copy" else None
        records[f"d{number}-i1"] = [
            Span(f"b{number}", "duplicate_block", start, start + len(words), words, cluster="x",
                 copy_role=role, match=match, similarity=1.0, scope="across", alignment=runs)
        ]  # fmt: skip
    coverage = tuple(Coverage(item, ("duplicate_block",), ("paragraph",)) for item in corpus.items)
    info = SetInfo("reuse_v1", Producer("rule", "x"), "2026-11-22", "0" * 64, coverage=coverage)
    return AnnotationSet(info, placed_in("reuse_v1", records))


def passes() -> tuple[Pass, Pass]:
    """Return two passes on the item with the copy."""
    return Pass("a", HARBOUR, "d2-i1"), Pass("b", HARBOUR, "d2-i1")


def compared(a: Pass, b: Pass, copied: AnnotationSet | None = None) -> Comparison:
    """Compare two passes that looked everywhere."""
    return compare([a.done(), b.done()], HARBOUR, copied or blocks())


def aside(found: Comparison) -> list[str]:
    """Return the words of what was left to projection."""
    return [found.units[a.set, a.record].surface for a in found.aside if a.reason == "copy"]


def test_alike_and_in_conflict() -> None:
    """Neither what is alike nor what differs is compared in a copy; punctuation doesn't matter."""
    a, b = passes()
    for item in ("d1-i1", "d2-i1"):
        a.item = b.item = item
        a.claim("the old pier leaks,")
        b.claim("the old pier leaks")
        a.loaded("wait for the wind")
    found = compared(a, b)

    assert {unit.item_id for cluster in found.alike for unit in cluster.units} == {"d1-i1"}
    assert [conflict.item for conflict in found.conflicts] == ["d1-i1"]
    assert aside(found) == ["the old pier leaks,", "wait for the wind", "the old pier leaks"]


def test_what_reaches_out_of_the_copy() -> None:
    """A unit with a word outside is compared, and so is what it is in conflict with."""
    a, b = passes()
    a.claim("the ferries wait for the wind")
    b.claim("the ferries wait for the wind, and the pilots sleep")
    found = compared(a, b)

    assert aside(found) == []
    assert [conflict.kinds for conflict in found.conflicts] == [("boundary",)]


@pytest.mark.parametrize("items", [["d1-i1"], []])
def test_a_canonical_passage_that_nobody_annotated(items: list[str]) -> None:
    """Where projection would have nothing to carry, the copy is compared itself."""
    a, b = passes()
    a.claim("the old pier leaks")
    sets = [a.done(items=["d2-i1"]), b.done(items=["d2-i1", *items])]
    found = compare(sets, HARBOUR, blocks())

    assert aside(found) == []
    assert len(found.conflicts) == 1


def test_candidates_for_translations_are_no_copies() -> None:
    """Projection carries nothing there."""
    a, b = passes()
    a.claim("the old pier leaks")

    assert aside(compared(a, b, blocks(match="translation_parallel"))) == []


def test_a_canonical_passage_that_is_itself_a_copy() -> None:
    """Projection carries nothing on from a copy, so what was copied from one is compared."""
    third = corpus_of(FIRST, SECOND, "Ana adds: the old pier leaks, and the ferries wait.\n")
    block = blocks(third)
    part = "the old pier leaks, and the ferries wait"
    more: list[AnyRecord] = []
    for number, role in ((2, "canonical"), (3, "copy")):
        start = third.texts[f"d{number}"].index(part)
        more.append(
            Span(f"e{number}", "duplicate_block", start, start + len(part), part, cluster="y",
                 copy_role=role, match="exact", similarity=1.0, scope="across",
                 alignment=(Run(start, start + len(part), SECOND.index(part),
                                SECOND.index(part) + len(part)),) if number == 3 else None)
        )  # fmt: skip
    known = records_by_item(block.records)
    known["d2-i1"].append(more[0])
    both = AnnotationSet(block.info, placed_in("reuse_v1", {**known, "d3-i1": [more[1]]}))
    a, b = Pass("a", third, "d3-i1"), Pass("b", third, "d3-i1")
    a.claim("the old pier leaks")
    found = compare([a.done(), b.done()], third, both)

    assert aside(found) == []
    assert len(found.conflicts) == 1


def test_a_parent_in_the_copy_stays_with_its_children() -> None:
    """What something outside the copy refers to is compared too, and its other children with it."""
    a, b = passes()
    for each in (a, b):
        parent = each.says("The report", "states:", scope="open", source_kind="document")
        each.says(None, None, "the pilots sleep", parent_id=parent)
        each.says(None, None, "the old pier leaks", parent_id=parent)
    found = compared(a, b)

    assert aside(found) == []
    assert len(found.alike) == 3


def test_what_two_canonical_passages_share_is_compared() -> None:
    """Projection carries from one passage, so a unit whose words come from two is no copy."""
    texts = corpus_of("The old pier leaks.\n", "It waits for the wind.\n",
                      "The old pier leaks. It waits for the wind.\n")  # fmt: skip
    halves = ["The old pier leaks", "It waits for the wind"]
    records: dict[str, list[AnyRecord]] = {}
    for number, words in enumerate(halves, 1):
        for item, role in ((number, "canonical"), (3, "copy")):
            start = texts.texts[f"d{item}"].index(words)
            runs = (Run(start, start + len(words), 0, len(words)),) if item == 3 else None
            records.setdefault(f"d{item}-i1", []).append(
                Span(f"b{number}{item}", "duplicate_block", start, start + len(words), words,
                     cluster=f"x{number}", copy_role=role, match="exact", similarity=1.0,
                     scope="across", alignment=runs)
            )  # fmt: skip
    info = blocks().info
    found_blocks = AnnotationSet(info, placed_in("reuse_v1", records))
    a, b = (Pass(name, texts, "d3-i1") for name in ("a", "b"))
    for each in (a, b):
        each.claim("pier leaks. It waits")
        each.claim("The old pier leaks")
        each.item = "d1-i1"
        each.claim("The old pier leaks")
    found = compare([a.done(), b.done()], texts, found_blocks)

    assert aside(found) == ["The old pier leaks"] * 2
    assert len(found.alike) == 2


def test_a_word_more_in_the_canonical_passage() -> None:
    """A unit that lacks a word of the canonical passage is compared: projection would queue it."""
    texts = corpus_of("The very old pier leaks.\n", "The old pier leaks.\n")
    runs = (Run(0, 3, 0, 3), Run(4, 18, 9, 23))
    records: dict[str, list[AnyRecord]] = {}
    for item, words, role in (
        (1, "The very old pier leaks", "canonical"),
        (2, "The old pier leaks", "copy"),
    ):
        records[f"d{item}-i1"] = [
            Span(f"b{item}", "duplicate_block", 0, len(words), words, cluster="x", copy_role=role,
                 match="near", similarity=0.9, scope="across",
                 alignment=runs if role == "copy" else None)
        ]  # fmt: skip
    near = AnnotationSet(blocks().info, placed_in("reuse_v1", records))
    a, b = (Pass(name, texts, "d2-i1") for name in ("a", "b"))
    for each in (a, b):
        each.claim("The old pier leaks")
        each.loaded("old pier")
        each.item = "d1-i1"
        each.claim("The very old pier leaks")
        each.loaded("old pier")
    found = compare([a.done(), b.done()], texts, near)

    assert aside(found) == ["old pier"] * 2
    assert len(found.alike) == 3


def test_what_the_canonical_passage_has_nothing_for_is_compared() -> None:
    """A copy's unit without counterpart would be decided by nobody else."""
    a, b = passes()
    for each in (a, b):
        each.claim("the old pier leaks")
        each.item = "d1-i1"
        each.loaded("old pier")
    found = compared(a, b)

    assert aside(found) == []
    assert len(found.alike) == 2


def test_a_link_into_a_copy() -> None:
    """A link goes where its ends go."""
    a, b = passes()
    for each in (a, b):
        each.repeats(each.claim("The wind blows"), each.claim("the old pier leaks"))
        each.item = "d1-i1"
        each.claim("the old pier leaks")
    found = compared(a, b)

    assert len(found.alike) == 2
    assert sorted({a.layer for a in found.aside}) == ["claim", "link"]


def test_coverage() -> None:
    """A zone kind that is copied throughout isn't covered; one that is copied in part is."""
    both = corpus_of(FIRST, f"{SAID}.\n", SECOND)
    sets = [Pass(name, both).done() for name in ("a", "b")]
    found = compare(sets, both, blocks(both))

    assert [each.item for each in found.coverage] == ["d1-i1", "d3-i1"]
    assert len(compare(sets, both).coverage) == 3


def test_what_others_left_out_is_named() -> None:
    """Without blocks nothing is left aside."""
    a, b = passes()
    a.claim("the old pier leaks")
    found = compare([a.done(), b.done()], HARBOUR)

    assert found.aside == ()
    assert len(found.conflicts) == 1


def test_a_block_over_zones_that_nobody_compares() -> None:
    """Page furniture in a block doesn't keep its paragraphs from being copies."""
    texts = corpus_of(f"Menu here\n{SAID}.\n", f"Menu here\n{SAID}.\n")
    first = texts.documents[0].items[0]
    zones = (msgspec.structs.replace(first.zones[0], kind="boilerplate"), *first.zones[1:])
    documents = tuple(
        msgspec.structs.replace(each, items=(msgspec.structs.replace(each.items[0], zones=zones),))
        for each in texts.documents
    )
    texts = msgspec.structs.replace(texts, documents=documents)
    sets = [Pass(name, texts, "d2-i1") for name in ("a", "b")]
    for each in sets:
        for each.item in ("d1-i1", "d2-i1"):
            each.claim("the old pier leaks")
    whole = blocks(texts, words=f"Menu here\n{SAID}")
    found = compare([each.done() for each in sets], texts, whole)

    assert aside(found) == ["the old pier leaks"] * 2


def test_a_link_between_claims_of_which_one_is_left() -> None:
    """What is asked of projection is asked without links, whose ends may be gone."""
    a, b = passes()
    for each in (a, b):
        each.item = "d1-i1"
        first = each.claim("the old pier leaks")
        each.item = "d2-i1"
        each.repeats(each.claim("The wind blows"), first)
        each.repeats(each.claim("the old pier leaks"), first)
    found = compared(a, b)

    assert sorted({entry.layer for entry in found.aside}) == ["claim", "link"]
    assert len(found.alike) == 3
