"""The measures of a prediction in a corpus, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from made_corpus import Maker
from newspan.model import Attribution, Producer
from newspan.scoring.baselines import LENGTH, NOTHING, WHOLE
from newspan.scoring.report import Report
from newspan.scoring.score import compare

LOADED, CALLING = "Loaded_Language", "Name_Calling-Labeling"
LAYER = "loaded_language"


def report(make: Maker, reference: Any, *predictions: Any, **options: Any) -> Report:
    """Return the report without intervals, of loaded language."""
    chosen = {"layers": [LAYER], "replicates": 0, **options}
    return compare(make.corpus, reference, predictions, chosen.pop("blocks", None), **chosen)


def loaded(make: Maker, *found: tuple[str, str, str], nth: int = 0) -> list[Any]:
    """Return spans of loaded language: (document, words, label)."""
    return [
        make.span(f"{document}-i1", words, f"x{n}-{nth}", technique=label, nth=nth)
        for n, (document, words, label) in enumerate(found)
    ]


@pytest.fixture
def sets(make: Maker) -> tuple[Any, Any]:
    """Return a reference of four spans and a prediction of three."""
    reference = loaded(
        make,
        ("d1", "reckless", LOADED),
        ("d1", "shameful stunt", LOADED),
        ("d1", "theft", CALLING),
        ("d2", "reckless", LOADED),
    )
    predicted = loaded(
        make, ("d1", "reckless", LOADED), ("d1", "shameful", LOADED), ("d1", "theft", LOADED)
    )
    return make.set("truth", reference), make.set("guess", predicted)


def test_spans_one_to_one(make: Maker, sets: Any) -> None:
    """Exact and IoU, with and without labels: “shameful” is 8 of 14 characters."""
    found = report(make, *sets)

    def f1(measure: str, labels: str) -> float | None:
        return found.find(measure, LAYER, labels=labels).f1.value

    assert f1("exact", "same") == pytest.approx(2 * 1 / 7)
    assert f1("exact", "any") == pytest.approx(2 * 2 / 7)
    assert f1("iou", "same") == pytest.approx(2 * 2 / 7)
    assert f1("iou", "any") == pytest.approx(2 * 3 / 7)
    figure = found.find("iou", LAYER)
    assert (figure.precision.value, figure.recall.value) == pytest.approx((2 / 3, 2 / 4))
    assert (figure.reference, figure.counted) == (4, 3)


def test_characters_and_tokens(make: Maker, sets: Any) -> None:
    """8 + 8 characters are right, 5 have another label; the reference has 35, in 5 words."""
    found = report(make, *sets)

    character = found.find("character", LAYER)
    assert (character.reference, character.counted) == (35, 21)
    assert character.precision.value == pytest.approx(16 / 21)
    assert found.find("character", LAYER, labels="any").recall.value == pytest.approx(21 / 35)
    token = found.find("token", LAYER)
    assert (token.reference, token.counted) == (5, 3)
    assert token.recall.value == pytest.approx(2 / 5)


def test_the_shared_tasks(make: Maker, sets: Any) -> None:
    """SI ignores labels, FLC does not; TC answers two of four spans, one with its label."""
    found = report(make, *sets)

    si, flc, tc = (found.find(name, LAYER) for name in ("si", "flc", "tc"))
    assert si.precision.value == 1.0
    assert si.recall.value == pytest.approx((1 + 8 / 14 + 1 + 0) / 4)
    assert flc.precision.value == pytest.approx(2 / 3)
    assert flc.recall.value == pytest.approx((1 + 8 / 14) / 4)
    assert (tc.precision.value, tc.recall.value) == (0.5, 0.25)
    assert found.find("flc", LAYER, by="label", of=CALLING).recall.value == 0.0
    assert any(note.startswith("tc: guess: 2 reference spans") for note in found.layers[0].notes)


def test_labels_lineages_and_support(make: Maker, sets: Any) -> None:
    """Each part has its own counts."""
    found = report(make, *sets)

    loaded_ = found.find("iou", LAYER, by="label", of=LOADED)
    assert (loaded_.reference, loaded_.counted) == (3, 3)
    assert loaded_.recall.value == pytest.approx(2 / 3)
    assert found.find("iou", LAYER, by="lineage", of="quay").f1.value == 0.0
    assert found.find("iou", LAYER, by="lineage", of="north").reference == 3
    support = {(s.label, s.lineage): (s.reference, s.predicted) for s in found.layers[0].support}
    assert support == {
        (LOADED, "north"): (2, {"guess": 3}),
        (LOADED, "quay"): (1, {"guess": 0}),
        (CALLING, "north"): (1, {"guess": 0}),
    }


def test_a_surface_counts_once(make: Maker) -> None:
    """Three times “reckless” weigh as much as one “theft”; a part of them found counts in part."""
    words = loaded(make, ("d1", "reckless", LOADED), ("d2", "reckless", LOADED))
    again = loaded(make, ("d2", "reckless", LOADED), nth=1)
    reference = make.set("truth", [*words, *again, *loaded(make, ("d1", "theft", CALLING), nth=0)])
    # Ids must differ within a set: the last one is named anew.
    item, theft = make.span("d1-i1", "theft", "t", technique=CALLING)
    reference = make.set("truth", [*words, *again, (item, theft)])
    predicted = make.set("guess", [*words])
    figure = report(make, reference, predicted).find("surface", LAYER)

    assert (figure.reference, figure.counted) == (2, 1)
    assert figure.precision.value == 1.0
    assert figure.recall.value == pytest.approx((2 / 3) / 2)


def test_voices_are_by_the_references_attributions(make: Maker, sets: Any) -> None:
    """What is quoted by the reference's attributions, on either side; unknown where none looked."""
    item, content = make.span("d1-i1", "“a theft”", "c1", role="content")
    _, cue = make.span("d1-i1", "said", "c2", role="cue")
    spans = [(placed.item_id, placed.record) for placed in sets[0].records]
    tie = Attribution("a1", content_ids=("c1",), cue_id="c2")
    reference = make.set("truth", [*spans, (item, content), (item, cue), (item, tie)])
    found = report(make, reference, sets[1])

    quoted = found.find("exact", LAYER, by="voice", of="quoted")
    assert (quoted.reference, quoted.counted) == (1, 1)
    assert found.find("iou", LAYER, by="voice", of="author").reference == 3
    blind = make.set("truth", spans, layers=[LAYER])
    other = report(make, blind, sets[1])
    assert not any(figure.by == "voice" for figure in other.layers[0].figures)
    assert any("voice of 4 reference spans" in note for note in other.layers[0].notes)


def test_attributions_by_role_and_whole(make: Maker) -> None:
    """A content that is a word short is right by IoU, not exactly; the cue is right by both."""

    def tied(name: str, words: str) -> Any:
        item, content = make.span("d1-i1", words, "c1", role="content")
        _, cue = make.span("d1-i1", "said", "c2", role="cue")
        _, source = make.span("d1-i1", "Ana", "c3", role="source")
        tie = Attribution("a1", source_ids=("c3",), content_ids=("c1",), cue_id="c2")
        return make.set(name, [(item, each) for each in (content, cue, source, tie)])

    found = report(
        make, tied("truth", "“a theft”"), tied("guess", "a theft"), layers=["attribution"]
    )

    def f1(of: str, parts: str) -> float | None:
        return found.find("attribution", "attribution", by="role", of=of, parts=parts).f1.value

    assert [f1(of, "iou") for of in ("source", "cue", "content", "all roles")] == [1.0] * 4
    assert [f1(of, "exact") for of in ("source", "cue", "content")] == [1.0, 1.0, 0.0]
    assert (f1("matched", "exact"), f1("all roles", "exact")) == (1.0, 0.0)
    assert f1("all roles, scope, parent", "iou") == 1.0
    assert f1("medium", "iou") is None


def test_trivial_baselines(make: Maker, sets: Any) -> None:
    """One span per item, none, and spans of the median length end to end, commonest label."""
    found = report(make, *sets)
    lengths = [len(text.replace("\n", "")) for text in make.corpus.texts.values()]

    def of(measure: str, name: str) -> Any:
        return found.find(measure, LAYER, predicted=name)

    whole = of("si", WHOLE)
    assert whole.counted == 3
    assert whole.recall.value == 1.0
    assert whole.precision.value == pytest.approx((27 / lengths[0] + 8 / lengths[1] + 0) / 3)
    assert of("iou", WHOLE).f1.value == of("si", NOTHING).f1.value == 0.0
    assert of("iou", LENGTH).counted == sum(-(-length // 8) for length in lengths)
    assert of("flc", LENGTH).precision.value < of("si", LENGTH).precision.value


def test_what_was_not_looked_at_is_missed_and_told(make: Maker, sets: Any) -> None:
    """A prediction with a smaller coverage, or none, is scored on all of the reference's text."""
    spans = [(placed.item_id, placed.record) for placed in sets[1].records]
    some = make.set("guess", spans, items=["d1-i1"])
    none = make.set("guess", spans, items=[])
    whole = report(make, *sets).find("iou", LAYER)
    for each in (some, none):
        found = report(make, sets[0], each)
        assert found.find("iou", LAYER).f1 == whole.f1
        assert "does not say that it looked at" in " ".join(found.layers[0].notes)
    assert not any("looked at" in note for note in report(make, *sets).layers[0].notes)


def test_empty_sets(make: Maker, sets: Any) -> None:
    """Nothing predicted is 0; nothing on either side is 1 for the shared tasks, else null."""
    empty = make.set("empty", [])
    nothing = make.set("nothing", [])

    assert report(make, sets[0], empty).find("iou", LAYER).f1.value == 0.0
    assert report(make, empty, sets[1]).find("si", LAYER).f1.value == 0.0
    found = report(make, empty, nothing, replicates=20)
    assert found.find("si", LAYER).f1.value == found.find("tc", LAYER).f1.value == 1.0
    assert found.find("iou", LAYER).f1.value is None
    assert found.find("iou", LAYER).reason == "neither side has any"
    assert "null" in str(found)


def test_text_that_nobody_looked_at(make: Maker, sets: Any) -> None:
    """A layer that the reference did not look for has no figures; none at all is refused."""
    with pytest.raises(ValueError, match="looked at no text"):
        report(make, make.set("truth", [], items=[]), sets[1])
    blind = make.set("truth", [], layers=["claim"])
    found = report(make, blind, sets[1], layers=[LAYER, "claim"])
    assert found.layers[0].reason == "the reference looked at no text"


def test_copies_are_left_out(make: Maker, sets: Any) -> None:
    """Without the copy in d2, its span is gone."""
    words = "The reckless"
    blocks = make.blocks(
        [
            make.block("d1-i1", words, "b1", "k1"),
            make.block("d2-i1", words, "b2", "k1", canonical_start=0),
        ]
    )
    found = report(make, *sets, blocks=blocks)

    assert found.find("iou", LAYER).reference == 4
    assert found.find("iou", LAYER, copies="without").reference == 3
    assert "without copies" in str(found)


def test_layers_nobody_predicted_are_left_out_and_told(make: Maker, sets: Any) -> None:
    """A model of one layer is not scored on the others, unless that is asked for."""
    spans = [(placed.item_id, placed.record) for placed in sets[1].records]
    model = make.set("model", spans, layers=[LAYER])
    found = compare(make.corpus, sets[0], [model], None, replicates=0)

    assert [layer.layer for layer in found.layers] == [LAYER]
    assert any("claim, attribution" in note for note in found.notes)


def test_gold_is_what_people_verified(make: Maker) -> None:
    """Every record must be; then the word is used."""
    item, span = make.span("d1-i1", "theft", "x", technique=LOADED, human_verified=True)
    _, other = make.span("d1-i1", "stunt", "y", technique=LOADED)
    guess = make.set("guess", [(item, span)])

    assert report(make, make.set("g", [(item, span)]), guess).title == "score against gold"
    mixed = report(make, make.set("g", [(item, span), (item, other)]), guess)
    assert mixed.title == "score against a reference"
    assert "People verified 1 of 2 records of g" in mixed.notes[0]


def test_find_says_what_it_found(make: Maker, sets: Any) -> None:
    """A figure that is not there, or not one, is an error with the choices."""
    with pytest.raises(ValueError, match="0 figures are meant: none"):
        report(make, *sets).find("gamma", LAYER)


def test_wrong_use(make: Maker, sets: Any) -> None:
    """Layers, predictions and groups that make no sense are refused."""
    for layers, message in ((["nope"], "no layer 'nope'"), (["duplicate_block"], "computed")):
        with pytest.raises(ValueError, match=message):
            report(make, *sets, layers=layers)
    with pytest.raises(ValueError, match="two different ones"):
        report(make, sets[0], sets[1], sets[1])
    with pytest.raises(ValueError, match="lineage or document"):
        report(make, *sets, by="outlet")


def test_offsets_are_code_points(make: Maker) -> None:
    """Joined emoji, combining marks, right-to-left text and a byte-order mark count as they are."""
    reference = make.set(
        "truth",
        loaded(
            make,
            ("d2", "mayor 👩‍👩‍👧", LOADED),
            ("d2", "e\u0301te\u0301", LOADED),
            ("d3", "\ufeffשלום", LOADED),
        ),
    )
    predicted = make.set("guess", loaded(make, ("d2", "👩‍👩‍👧", LOADED), ("d3", "שלום", LOADED)))
    found = report(make, reference, predicted)

    character, token = (found.find(name, LAYER) for name in ("character", "token"))
    assert (character.reference, character.counted) == (11 + 5 + 5, 5 + 4)
    assert character.precision.value == 1.0
    assert (token.reference, token.counted) == (3, 1)
    assert token.recall.value == pytest.approx(1 / 3)


def test_parts_of_many_lineages_add_up(make: Maker) -> None:
    """Labels and lineages each have all spans; what stands in one lineage has no interval."""
    spans = [
        ("d1", "reckless", LOADED),
        ("d1", "theft", CALLING),
        ("d2", "reckless", LOADED),
        ("d3", "ferry", CALLING),
    ]
    reference = make.set("truth", loaded(make, *spans))
    predicted = make.set("guess", loaded(make, *spans[1:]))
    found = report(make, reference, predicted, replicates=50)

    for name in ("iou", "exact"):
        whole = found.find(name, LAYER)
        for part, of in (("label", (LOADED, CALLING)), ("lineage", ("north", "quay", "south"))):
            figures = [found.find(name, LAYER, by=part, of=each) for each in of]
            assert sum(each.reference for each in figures) == whole.reference == 4
            assert sum(each.counted for each in figures) == whole.counted == 3
            assert all((each.f1.low is None) == (part == "lineage") for each in figures)
    north = found.find("iou", LAYER, by="lineage", of="north")
    assert (north.precision.value, north.recall.value) == (1.0, 0.5)


def test_one_lineage_has_neither_interval_nor_p(make: Maker, sets: Any) -> None:
    """The report says so, and why there is no p."""
    other = make.set("other", loaded(make, ("d1", "theft", CALLING)))
    north = [
        make.set(each.info.id, [(p.item_id, p.record) for p in each.records], items=["d1-i1"])
        for each in (*sets, other)
    ]
    found = report(make, *north, replicates=50)

    assert "one lineage has no interval" in str(found)
    assert all(figure.f1.low is None for figure in found.layers[0].figures)
    for each in found.layers[0].differences:
        assert (each.p, each.reason) == (None, "one group, or nothing drawn")
        assert each.difference.value is not None and each.difference.low is None


def test_a_format_is_no_common_maker(make: Maker, sets: Any) -> None:
    """That both sets came in the same files is no sign that they share errors."""
    spans = [[(p.item_id, p.record) for p in each.records] for each in sets]
    format_ = Producer("import", "Files of labels")
    named = Producer("import", "Files of labels", annotators=("Ana",))

    def told(producer: Producer) -> bool:
        pair = [make.set(f"s{n}", its, producer=producer) for n, its in enumerate(spans)]
        return any("share errors" in note for note in report(make, *pair).notes)

    assert not told(format_)
    assert told(named)


def test_attributions_without_a_partner_are_wrong_and_missed(make: Maker) -> None:
    """Two in the reference, two predicted, one in common: its parts are 1 of 2 by each role."""

    def ties(name: str, other: str) -> Any:
        item, ana = make.span("d1-i1", "Ana", "c1", role="source")
        _, theft = make.span("d1-i1", "theft", "c2", role="content")
        _, cue = make.span("d1-i1", "said", "c3", role="cue")
        _, second = make.span("d1-i1", other, "c4", role="content")
        first = Attribution("a1", source_ids=("c1",), content_ids=("c2",), cue_id="c3")
        records = [ana, theft, cue, second, first, Attribution("a2", content_ids=("c4",))]
        return make.set(name, [(item, each) for each in records])

    found = report(
        make, ties("truth", "ferry"), ties("guess", "shameful stunt"), layers=["attribution"]
    )

    def f1(of: str) -> float | None:
        return found.find("attribution", "attribution", by="role", of=of, parts="exact").f1.value

    assert (f1("source"), f1("cue"), f1("content")) == (1.0, 1.0, 0.5)
    assert (f1("matched"), f1("all roles")) == (0.5, 0.5)
