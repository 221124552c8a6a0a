"""A report compares what all sets looked at, layer by layer, with and without copies."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from newspan.agreement.agree import compare
from newspan.agreement.copies import copy_consistency, pairs
from newspan.agreement.units import view
from newspan.model import Attribution, Link, Producer

Make = Callable[[dict[str, list[str]]], Any]
PIER = "The pier is a disgrace."
TEXTS = {"d1": ["The mayor spoke.", PIER], "d2": [PIER, "Ferries sail again."]}


@pytest.fixture
def two(maker: Make) -> Any:
    """Return a corpus of two items that share a sentence."""
    return maker(TEXTS)


def loaded(make: Any, item: str, words: str, name: str, **values: Any) -> Any:
    """Return a span of loaded language."""
    return make.span(item, words, name, technique="Loaded_Language", **values)


def blocks(make: Any) -> Any:
    """Return the shared sentence as a block, its canonical member in d1."""
    at = make.corpus.texts["d1"].index(PIER)
    return make.blocks(
        [
            make.block("d1-i1", PIER, "b1", "pier"),
            make.block("d2-i1", PIER, "b2", "pier", canonical_start=at),
        ]
    )


def test_identical_sets_agree_fully(two: Any) -> None:
    """Every figure that has a value is 1, its interval too."""
    spans = [loaded(two, "d1-i1", "disgrace", "x1"), loaded(two, "d2-i1", "disgrace", "x2")]
    spans.append(two.span("d1-i1", "mayor", "x3", technique="Slogans"))
    report = compare(two.corpus, [two.set("a", spans), two.set("b", spans)], None)
    layer = next(each for each in report.layers if each.layer == "loaded_language")
    values = {figure.value for figure in layer.figures}

    assert values == {1.0, None}
    assert {(f.low, f.high) for f in layer.figures if f.value} <= {(1.0, 1.0), (None, None)}
    assert report.find("gamma", "loaded_language").value == 1.0


def test_every_figure_has_a_signature_of_its_own(two: Any) -> None:
    """No two figures share one, and a figure without a value has a reason, never NaN."""
    a = two.set("a", [loaded(two, "d1-i1", "disgrace", "x1")])
    b = two.set("b", [loaded(two, "d1-i1", "a disgrace", "x1", polarity="negative")])
    report = compare(two.corpus, [a, b], blocks(two))
    figures = [figure for layer in report.layers for figure in layer.figures]
    signatures = [figure.signature for figure in figures]

    assert len(set(signatures)) == len(signatures)
    assert all(f.signature.startswith(f"{f.measure}|v:1|") for f in figures)
    assert all("|sets:a+b|" in f.signature and "|layer:" in f.signature for f in figures)
    for figure in figures:
        assert (figure.value is None) == (figure.reason is not None)
        for number in (figure.value, figure.low, figure.high):
            assert number is None or math.isfinite(number)


def test_only_what_all_looked_at_is_compared(two: Any) -> None:
    """What one set did not look at is left out, and its spans there are counted."""
    spans = [loaded(two, "d1-i1", "disgrace", "x1"), loaded(two, "d2-i1", "disgrace", "x2")]
    a, b = two.set("a", spans), two.set("b", spans[:1], items=["d1-i1"])
    report = compare(two.corpus, [a, b], None, layers=["loaded_language"])
    (layer,) = report.layers

    assert (layer.items, layer.outside) == (1, (1, 0))
    assert layer.characters == len("The mayor spoke.") + len(PIER)
    assert report.find("f1_exact", "loaded_language", labels="same").value == 1.0


def test_sets_that_share_no_text_are_refused(two: Any) -> None:
    """There is nothing to compare, and the message says what each looked at."""
    a, b = two.set("a", [], items=["d1-i1"]), two.set("b", [], items=["d2-i1"])

    with pytest.raises(ValueError, match="no text was looked at by all of a, b"):
        compare(two.corpus, [a, b], None)


def test_a_layer_without_common_text_has_a_reason(two: Any) -> None:
    """The other layers have their figures."""
    a = two.set("a", [], layers=["claim"])
    b = two.set("b", [], layers=["claim", "loaded_language"])
    report = compare(two.corpus, [a, b], None, layers=["claim", "loaded_language"])

    assert [layer.reason for layer in report.layers] == [
        None,
        "no text was looked at by all sets",
    ]
    assert "no figures: no text was looked at by all sets" in str(report)


def test_duplicate_blocks_have_no_agreement(two: Any) -> None:
    """They are computed; the refusal says what to do instead. Other layers must be there."""
    sets = [two.set("a", []), two.set("b", [])]

    with pytest.raises(ValueError, match="duplicates --check"):
        compare(two.corpus, sets, None, layers=["duplicate_block"])
    with pytest.raises(ValueError, match="there is no layer 'claims'; there are claim"):
        compare(two.corpus, sets, None, layers=["claims"])


def test_sets_without_spans_have_no_values(two: Any) -> None:
    """Nothing found by either: null with a reason everywhere."""
    report = compare(two.corpus, [two.set("a", []), two.set("b", [])], None)

    assert {f.value for layer in report.layers for f in layer.figures} == {None}
    assert report.find("gamma", "claim").reason == "no set has a span"


def test_one_set_without_spans(two: Any) -> None:
    """F1 is 0, gamma and alpha below 0, kappa has nothing to say."""
    a = two.set("a", [loaded(two, "d1-i1", "disgrace", "x1")])
    report = compare(two.corpus, [a, two.set("b", [])], None, layers=["loaded_language"])

    assert report.find("f1_iou", "loaded_language", labels="same").value == 0
    assert report.find("f1_partial", "loaded_language", labels="same").value == 0
    alpha = report.find("alpha", "loaded_language", unit="character").value
    assert alpha is not None and alpha < 0
    gamma = report.find("gamma", "loaded_language").value
    assert gamma is not None and gamma <= 0
    kappa = report.find("kappa", "loaded_language", attribute="technique")
    assert (kappa.value, kappa.reason) == (None, "nothing that is matched has the attribute")


def test_without_copies_their_text_is_gone(two: Any) -> None:
    """The span in the copy counts with copies only; groups hold what shares text."""
    a = [loaded(two, "d1-i1", "disgrace", "x1"), loaded(two, "d2-i1", "disgrace", "x2")]
    b = [*a[:1], two.span("d2-i1", "disgrace", "y2", technique="Slogans")]
    sets = [two.set("a", a), two.set("b", b)]
    report = compare(two.corpus, sets, blocks(two), layers=["loaded_language"])
    both = [
        report.find("f1_exact", "loaded_language", copies=copies, labels="same")
        for copies in ("with", "without")
    ]

    assert [(figure.value, figure.counts) for figure in both] == [(0.5, (2, 2)), (1.0, (1, 1))]
    # Four paragraphs, two of them one group; without copies three are left, in three groups.
    assert [f"groups:{n}|" in f.common for n, f in zip((3, 3), both, strict=True)] == [True, True]


def test_a_span_half_in_a_copy_is_cut_or_left_out(two: Any) -> None:
    """It stays if at least half of its characters are in view, and is then what is left of it."""
    corpus = two.corpus
    at = corpus.texts["d1"].index("is a")
    masked = two.blocks(
        [
            two.block("d1-i1", "is a disgrace", "b1", "x"),
            two.block("d2-i1", "is a disgrace", "b2", "x", canonical_start=at),
        ]
    )
    sets = [
        two.set("a", [loaded(two, "d2-i1", "The pier is", "x1")]),
        two.set("b", [loaded(two, "d2-i1", "pier is a disgrace", "x1")]),
    ]
    (_, item) = view(sets, corpus, "loaded_language", masked, with_copies=False).items
    left, right = item.spans

    assert item.length == len(PIER) - len("is a disgrace") + len("Ferries sail again.")
    assert [(p.unit.start, p.unit.end) for p in left] == [(0, len("The pier "))]
    assert right == ()


def test_titles_say_who_the_annotators_are(two: Any) -> None:
    """Language models never have inter-annotator agreement."""

    def told(*producers: Producer) -> tuple[str, str]:
        sets = [two.set(f"s{i}", [], producer=p) for i, p in enumerate(producers)]
        report = compare(two.corpus, sets, None, replicates=0)
        return report.title, " ".join(report.notes)

    model = Producer("language_model", "example-model", "1")
    title, notes = told(model, model)
    assert title == "machine agreement"
    assert "not inter-annotator agreement" in notes and "one model, example-model 1" in notes
    assert "versions of one model" in told(model, Producer("language_model", "example-model"))[1]
    assert "different models" in told(model, Producer("language_model", "other", "2"))[1]
    assert told(Producer("person", "p"), Producer("person", "q")) == (
        "inter-annotator agreement",
        "",
    )
    assert told(Producer("person", "p"), Producer("person", "p"))[0] == "intra-annotator agreement"
    title, notes = told(*(Producer("person", name) for name in "pqp"))
    assert title == "agreement" and "by one person, p: this is not inter-annotator" in notes
    title, notes = told(model, Producer("person", "p"))
    assert title == "agreement" and "language model, person" in notes


def test_attributes_of_matched_spans(two: Any) -> None:
    """Of three claims two are matched, and agree on one factuality of two."""
    words = ["The mayor spoke", "The pier is a disgrace", "again"]
    items = ["d1-i1", "d1-i1", "d2-i1"]

    def claims(*kinds: str) -> Any:
        return [
            two.span(item, each, f"c{n}", factuality=kind)
            for n, (item, each, kind) in enumerate(zip(items, words, kinds, strict=False))
        ]

    sets = [
        two.set("a", claims("factual", "opinion", "factual")),
        two.set("b", claims("factual", "factual")),
    ]
    report = compare(two.corpus, sets, None, layers=["claim"])

    assert report.find("raw_agreement", "claim", attribute="factuality").value == 0.5
    kappa = report.find("kappa", "claim", attribute="factuality")
    # a says factual, opinion; b factual twice: po = 0.5, pe = 0.5.
    assert (kappa.value, kappa.counts) == (0.0, (2,))
    worthy = report.find("kappa", "claim", attribute="check_worthy")
    assert worthy.value is None


def test_an_absent_hedge_is_none(two: Any) -> None:
    """Not to say that a claim is hedged is to say that it is not, as its schema has it."""
    words = ["The mayor spoke", "The pier is a disgrace"]

    def claims(*hedges: bool | None) -> Any:
        return [
            two.span("d1-i1", each, f"c{n}", factuality="factual", hedged=hedged)
            for n, (each, hedged) in enumerate(zip(words, hedges, strict=True))
        ]

    sets = [two.set("a", claims(None, True)), two.set("b", claims(False, True))]
    report = compare(two.corpus, sets, None, layers=["claim"])
    hedged = report.find("kappa", "claim", attribute="hedged")

    assert (hedged.value, hedged.counts) == (1.0, (2,))


def attributed(make: Any, item: str, parts: dict[str, str], name: str, **values: Any) -> Any:
    """Return the role spans and the attribution over some words, by role."""
    spans = [make.span(item, words, f"{name}-{role}", role=role) for role, words in parts.items()]
    record = Attribution(
        name,
        source_ids=(f"{name}-source",) if "source" in parts else (),
        cue_id=f"{name}-cue" if "cue" in parts else None,
        content_ids=(f"{name}-content",) if "content" in parts else (),
        **values,
    )
    return [*spans, (item, record)]


SAYS = {"d1": ["The union says the council admits that ferries leak."]}
OUTER = {"source": "The union", "cue": "says", "content": "the council admits that ferries leak"}
INNER = {"source": "the council", "cue": "admits", "content": "ferries leak"}


def test_attributions_are_compared_as_wholes_and_by_part(maker: Make) -> None:
    """Both sets have both; one lacks the inner one's source, so one of two is the same whole."""
    make = maker(SAYS)

    def both(inner: dict[str, str], **values: Any) -> Any:
        return [
            *attributed(make, "d1-i1", OUTER, "o", mode="indirect"),
            *attributed(make, "d1-i1", inner, "i", parent_id="o", **values),
        ]

    less = {role: words for role, words in INNER.items() if role != "source"}
    sets = [
        make.set("a", both(INNER, mode="indirect")),
        make.set("b", both(less, mode="direct")),
    ]
    report = compare(make.corpus, sets, None, layers=["attribution"])
    values = {
        of: report.find("attribution_f1", "attribution", of=of).value
        for of in ("whole", "parent", "source", "cue", "content", "medium")
    }

    assert report.find("match_rate", "attribution").value == 1.0
    assert values == {
        "whole": 0.5,
        "parent": 1.0,
        "source": pytest.approx(2 / 3),
        "cue": 1.0,
        "content": 1.0,
        "medium": None,
    }
    assert report.find("raw_agreement", "attribution", attribute="mode").value == 0.5


def test_a_parent_that_differs_makes_another_whole(maker: Make) -> None:
    """Structure counts: the same parts without the nesting are not the same attribution."""
    make = maker(SAYS)
    outer = attributed(make, "d1-i1", OUTER, "o")
    sets = [
        make.set("a", [*outer, *attributed(make, "d1-i1", INNER, "i", parent_id="o")]),
        make.set("b", [*outer, *attributed(make, "d1-i1", INNER, "i")]),
    ]
    report = compare(make.corpus, sets, None, layers=["attribution"])

    assert report.find("attribution_f1", "attribution", of="whole").value == 0.5
    assert report.find("attribution_f1", "attribution", of="parent").value == 0.0


def test_links_between_matched_spans(two: Any) -> None:
    """A link is the same when both its ends are matched and its type is the same."""
    claims = [
        two.span("d1-i1", "The pier is a disgrace", "c1", factuality="opinion"),
        two.span("d2-i1", "The pier is a disgrace", "c2", factuality="opinion"),
        two.span("d2-i1", "Ferries sail again", "c3", factuality="factual"),
    ]
    one = ("d2-i1", Link("k1", "repeats", "c2", "c1"))
    other = ("d2-i1", Link("k2", "repeats", "c3", "c1"))
    sets = [two.set("a", [*claims, one]), two.set("b", [*claims, one, other])]
    report = compare(two.corpus, sets, None, layers=["claim"])

    assert report.find("link_f1", "claim").value == pytest.approx(2 / 3)


def test_three_sets_give_means_and_pairs(two: Any) -> None:
    """The mean over three pairs, and each pair by its names."""
    x, y = loaded(two, "d1-i1", "disgrace", "x1"), loaded(two, "d2-i1", "again", "x2")
    sets = [two.set("a", [x]), two.set("b", [x]), two.set("c", [y])]
    report = compare(two.corpus, sets, None, layers=["loaded_language"])
    (layer,) = report.layers
    found = {
        figure.sets: figure.value
        for figure in layer.figures
        if figure.measure == "f1_exact" and figure.label is None and "labels:any" in figure.own
    }

    assert found == {
        ("a", "b", "c"): pytest.approx(1 / 3),
        ("a", "b"): 1.0,
        ("a", "c"): 0.0,
        ("b", "c"): 0.0,
    }
    assert report.find("gamma", "loaded_language").own.startswith("gamma|")
    assert "f1_exact, a and b" in str(report)


@pytest.mark.parametrize("replicates", [0, 50])
def test_order_and_figures(two: Any, replicates: int) -> None:
    """The order of two sets does not change what they agree on; no replicates, no intervals."""
    a = two.set("a", [loaded(two, "d1-i1", "disgrace", "x1"), loaded(two, "d2-i1", "sail", "x2")])
    b = two.set("b", [loaded(two, "d1-i1", "a disgrace", "x1")])
    for measure, parameters in (
        ("alpha", {"unit": "word"}),
        ("f1_partial", {"labels": "any"}),
        ("alpha_u", {}),
    ):
        one, other = (
            compare(two.corpus, sets, None, replicates=replicates).find(
                measure, "loaded_language", **parameters
            )
            for sets in ([a, b], [b, a])
        )
        assert one.value == pytest.approx(other.value)
        assert (one.low is None) == (replicates == 0)


def test_hard_texts(maker: Make) -> None:
    """Offsets are code points: emoji, marks, right-to-left script and CR LF shift nothing."""
    make = maker({"d1": ["👩‍👩‍👧 e\u0301 said\r", "\ufeff«بندر باز است.»\u00a0rotten plan 👍🏽"]})
    spans = [
        make.span("d1-i1", words, f"x{n}", technique="Loaded_Language")
        for n, words in enumerate(["e\u0301 said", "بندر", "rotten plan", "👍🏽"])
    ]
    report = compare(
        make.corpus,
        [make.set("a", spans), make.set("b", spans[1:])],
        None,
        layers=["loaded_language"],
    )

    assert report.find("f1_exact", "loaded_language", labels="same").value == pytest.approx(6 / 7)
    assert report.find("f1_exact", "loaded_language", labels="same").counts == (4, 3)


# Copies


def test_a_set_is_consistent_with_itself_over_copies(two: Any) -> None:
    """The same span in both members is the same; one only in the canonical member is listed."""
    spans = [
        loaded(two, "d1-i1", "disgrace", "x1"),
        loaded(two, "d2-i1", "disgrace", "x2"),
        two.span("d1-i1", "pier", "x3", technique="Slogans"),
    ]
    found = copy_consistency(two.set("a", spans), blocks(two), two.corpus, "loaded_language")
    (difference,) = found.differences

    assert (found.pairs, found.looked_at, found.with_spans, found.identical) == (1, 1, 1, 0)
    assert (found.canonical_spans, found.copy_spans, found.both) == (2, 1, 1)
    assert found.f1 == pytest.approx(2 / 3)
    assert (difference.missing_in, difference.text, difference.label) == ("copy", "pier", "Slogans")
    assert (difference.item, difference.other_item) == ("d1-i1", "d2-i1")
    text = two.corpus.texts["d2"]
    assert text[difference.other_start : difference.other_end] == "pier"


def test_a_span_only_in_the_copy(two: Any) -> None:
    """It is mapped back to the canonical member, which lacks it; a near one counts by IoU."""
    spans = [loaded(two, "d1-i1", "a disgrace", "x1"), loaded(two, "d2-i1", "disgrace", "x2")]
    found = copy_consistency(two.set("a", spans), blocks(two), two.corpus, "loaded_language")

    assert (found.f1, found.iou_f1, found.identical) == (0.0, 1.0, 0)
    assert [each.missing_in for each in found.differences] == ["copy", "canonical"]
    text = two.corpus.texts["d1"]
    last = found.differences[1]
    assert text[last.other_start : last.other_end] == "disgrace"


def test_copies_that_were_not_looked_at_do_not_count(two: Any) -> None:
    """Nothing found differs from not looked at."""
    spans = [loaded(two, "d1-i1", "disgrace", "x1")]
    half = two.set("a", spans, items=["d1-i1"])
    found = copy_consistency(half, blocks(two), two.corpus, "loaded_language")
    whole = copy_consistency(two.set("a", spans), blocks(two), two.corpus, "loaded_language")

    assert (found.looked_at, found.with_spans, found.f1) == (0, 0, None)
    assert (whole.looked_at, whole.with_spans, whole.f1) == (1, 1, 0.0)


def test_a_span_over_the_end_of_a_run_is_not_compared(two: Any) -> None:
    """Where the wordings part there is nothing to compare it with."""
    spans = [loaded(two, "d1-i1", "spoke.\nThe pier", "x1"), loaded(two, "d2-i1", PIER, "x2")]
    found = copy_consistency(two.set("a", spans), blocks(two), two.corpus, "loaded_language")

    assert (found.canonical_spans, found.copy_spans) == (0, 1)


def test_unsure_and_parallel_blocks_are_no_copies(two: Any) -> None:
    """As in projection, they are only for a person to look at."""
    at = two.corpus.texts["d1"].index(PIER)
    head = two.block("d1-i1", PIER, "b1", "pier")
    for values in ({"match": "translation_parallel"}, {"unsure": True}):
        copy = two.block("d2-i1", PIER, "b2", "pier", canonical_start=at, **values)
        assert pairs(two.blocks([head, copy])) == ()
    assert len(pairs(blocks(two))) == 1


def test_the_report_has_consistency_with_blocks_only(two: Any) -> None:
    """One line per set and layer, with a signature."""
    sets = [two.set("a", [loaded(two, "d1-i1", "disgrace", "x1")]), two.set("b", [])]
    without = compare(two.corpus, sets, None, layers=["loaded_language"])
    report = compare(two.corpus, sets, blocks(two), layers=["loaded_language"])
    data = report.to_json()["consistency"]

    assert without.consistency == ()
    assert [(each["set_id"], each["f1"]) for each in data] == [("a", 0.0), ("b", None)]
    assert data[0]["signatures"]["f1"] == (
        "copy_f1_exact|v:1|average:micro|layer:loaded_language|set:a|blocks:reuse_v1|pairs:1|n:1+0"
    )
    assert "self-consistency" in str(report)
    assert "F1 IoU: copy_f1_iou|v:1|average:micro|iou:0.5, and on like F1 exact" in str(report)
