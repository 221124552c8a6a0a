"""Consistency, lengths, densities and their statistics, by hand-made cases."""

from __future__ import annotations

from math import isclose
from typing import Any

import msgspec
import pytest

from newspan.model import Coverage, Item, Span
from newspan.quality import quality_report
from newspan.quality.figures import count_words, divergence, percentile, robust_spread
from newspan.quality.occurrences import Strings, folded
from newspan.quality.records import SetReport
from quality.sets import ITEM, TEXT, attribution, corpus_of, set_of, span

LOADED = {"technique": "Loaded_Language"}
LAYERS = ("claim", "attribution", "loaded_language")


def report_on(
    texts: dict[str, str], records: dict[str, list[Any]], layers: tuple[str, ...] = LAYERS
) -> SetReport:
    """Return the report on a set with these records by document."""
    corpus = corpus_of(texts, "\n")
    made = set_of({f"{name}-i1": records.get(name, []) for name in texts}, layers=layers)
    return quality_report(msgspec.structs.replace(corpus, sets={"x": made})).sets["x"]


RIGGED = "\n".join(
    [
        "They call it a rigged vote again.",
        "He said “the Rigged vote was fair” twice.",
        "It was a rigged\u00a0vote again.",
        "A rigged votes; unrigged vote.",
        "The so rigged vote here.",
    ]
)


def rigged() -> SetReport:
    """Return the report on a text with one string at four places, three of them annotated."""
    content = span("the Rigged vote was fair", RIGGED, role="content")
    records = [
        span("rigged vote", RIGGED, **LOADED),
        span("Rigged vote", RIGGED, **LOADED),
        span("so rigged vote", RIGGED, **LOADED),
        *attribution(span("He", RIGGED, role="source"), span("said", RIGGED, role="cue"), content),
    ]
    return report_on({"d": RIGGED}, {"d": records})


def test_occurrences_of_a_repeated_string() -> None:
    """Of four occurrences two are annotated exactly, one inside a longer span, one not at all."""
    found = rigged().consistency["loaded_language"]["Loaded_Language"]

    assert (found.strings, found.occurrences, found.annotated, found.share) == (1, 4, 3, 0.75)
    assert (found.exact, found.covered, found.partly, found.other, found.none) == (2, 1, 0, 0, 1)
    assert found.by_voice == {"author": (2, 3), "quoted": (1, 1)}
    assert found.by_zone == {"paragraph": (3, 4)}
    assert found.ptc_2020 == 0.379


def test_the_place_of_what_is_missing() -> None:
    """An occurrence without a record is found in the raw text, by line and characters."""
    [string] = rigged().consistency["loaded_language"]["Loaded_Language"].inconsistent
    missing = [place for place in string.places if place.detail == "none"]
    start = RIGGED.index("rigged\u00a0vote")

    assert [(p.file, p.line, p.start, p.end, p.text, p.id) for p in missing] == [
        ("corpus/raw/d.txt", 3, start, start + 11, "rigged\u00a0vote", None)
    ]


def test_suspicion_is_laplaces_share_among_all_or_the_same_neighbours() -> None:
    """Missing once of four: (3 + 1) / (4 + 2); beside the same words 1 of 2: (1 + 1) / (2 + 2)."""
    [string] = rigged().consistency["loaded_language"]["Loaded_Language"].inconsistent

    assert (string.string, string.annotated, string.occurrences) == ("rigged vote", 3, 4)
    assert (string.same_context, string.suspicion) == (1, 0.67)


def test_the_same_neighbours_weigh_where_a_string_is_rarely_annotated() -> None:
    """Two of eight have it; the one between the same words as those two weighs 3/5, not 3/10."""
    text = "\n".join(["an old mess here"] * 3 + [f"{word} mess now" for word in "abcde"])
    records = [span("mess", text, nth, **LOADED) for nth in (0, 1)]
    found = report_on({"d": text}, {"d": records}).consistency["loaded_language"]
    [string] = found["Loaded_Language"].inconsistent

    assert (string.annotated, string.occurrences, string.same_context) == (2, 8, 1)
    assert string.suspicion == round(3 / 5 + 5 * 3 / 10, 2)


def test_other_labels_and_borders_inside() -> None:
    """Another label on the words is other; a shorter span of the label is partly."""
    text = "\n".join(["a fat cat sat"] * 4)
    records = [
        span("fat cat", text, 0, **LOADED),
        span("fat cat", text, 1, **LOADED),
        span("fat cat", text, 2, technique="Name_Calling-Labeling", target="council"),
        span("cat", text, 3, **LOADED),
    ]
    found = report_on({"d": text}, {"d": records}).consistency["loaded_language"]
    [string] = found["Loaded_Language"].inconsistent

    assert list(found) == ["Loaded_Language"]
    assert [place.detail for place in string.places] == [
        "other: Name_Calling-Labeling",
        "partly",
        "exact",
        "exact",
    ]


def test_a_cue_inside_a_content_is_not_another_label() -> None:
    """Contents hold whole sentences; a word in one is not labelled content."""
    text = "Ana said that Bo said so.\nBo said so."
    first = attribution(
        span("Ana", text, role="source"),
        span("said", text, role="cue"),
        span("that Bo said so", text, role="content"),
    )
    second = attribution(
        span("Bo", text, 1, role="source"),
        span("said", text, 2, role="cue"),
        span("so", text, 1, role="content"),
    )
    cue = report_on({"d": text}, {"d": [*first, *second]}).consistency["attribution"]["cue"]

    assert (cue.exact, cue.other, cue.none, cue.by_voice) == (2, 0, 1, {})


def test_only_text_that_was_looked_at_counts() -> None:
    """Occurrences in an item that nobody read are no inconsistency."""
    texts = {"d": "mess\nmess", "e": "mess"}
    corpus = corpus_of(texts, "\n")
    spans = [span("mess", texts["d"], nth, **LOADED) for nth in (0, 1)]
    made = set_of({"d-i1": spans}, layers=("loaded_language",))
    report = quality_report(msgspec.structs.replace(corpus, sets={"x": made})).sets["x"]
    found = report.consistency["loaded_language"]["Loaded_Language"]

    assert (found.occurrences, found.by_voice) == (2, {})
    assert report.density["loaded_language"].words == 2


def test_strings_are_found_as_whole_words_in_any_script() -> None:
    """Case, composed accents and kinds of white space do not matter; words and marks do."""
    strings = Strings(["Café row", "بندر", "so-called", "港は", "mess", " mess "])
    text = (
        "CAFE\u0301\u00a0ROW, café rows; بندر! بندرها so called so-\u200bcalled 港は開く mess, mess"
    )
    hits = list(strings.hits(text, 0, len(text)))

    assert [text[hit.start : hit.end] for hit in hits] == [
        "CAFE\u0301\u00a0ROW",
        "بندر",
        "港は",
        "mess",
        "mess",
    ]
    assert (hits[0].left, hits[0].right) == ("", "café")
    assert folded("CUL\u00adPRIT\u00a0 ß") == "culprit ss"


def test_long_and_short_spans_stand_out_among_few() -> None:
    """Among six names the one of nine words stands out; two words beside one do not."""
    text = "a\nb\nc\nd\ne f\ng h i j k l m n o"
    spans = [span(line, text, **LOADED) for line in text.split("\n")]
    found = report_on({"d": text}, {"d": spans})
    lengths = found.lengths["loaded_language"]["Loaded_Language"]

    assert [(p.text, p.detail) for p in lengths.outliers] == [("g h i j k l m n o", "9 words")]
    assert (lengths.n, lengths.words.median, lengths.words.mean, lengths.words.max) == (
        6,
        1,
        2.5,
        9,
    )
    assert lengths.ptc_2020_median == 3
    assert lengths.beyond_p99 == ()
    assert found.lints["length-outlier"].count == 1


def test_fewer_than_five_spans_have_no_outlier() -> None:
    """Four lengths say nothing of what is usual."""
    text = "a\nb\nc\ng h i j k l m n o"
    spans = [span(line, text, **LOADED) for line in text.split("\n")]

    assert report_on({"d": text}, {"d": spans}).lints["length-outlier"].count == 0


def test_the_percent_beyond_p99_is_listed_from_100_spans_on() -> None:
    """Of a hundred spans the longest is beyond the 99th percentile, outlier or not."""
    text = "\n".join([f"a{n} b" for n in range(99)] + ["long three words"])
    spans = [span(line, text, **LOADED) for line in text.split("\n")]
    lengths = report_on({"d": text}, {"d": spans}).lengths["loaded_language"]["Loaded_Language"]

    assert [place.text for place in lengths.beyond_p99] == ["long three words"]
    assert (lengths.words.p99, lengths.outliers) == (2.0, ())


def test_an_item_far_from_the_rest_is_named() -> None:
    """30 spans in 100 words, where nine other items have one each in 100, are far too many."""
    texts = {f"d{n}": " ".join(f"w{k}" for k in range(100)) for n in range(10)}
    records = {n: [span("w50", text, id=f"l{n}", **LOADED)] for n, text in texts.items()}
    records["d0"] = [span(f"w{k} ", texts["d0"], **LOADED) for k in range(30)]
    dense = report_on(texts, records).density["loaded_language"]

    assert (dense.words, dense.spans, dense.per_1000_words) == (1000, 39, 39.0)
    assert [item.item for item in dense.items if item.far] == ["d0-i1"]
    first = dense.items[0]
    assert (first.words, first.spans, first.per_1000_words, first.expected) == (100, 30, 300.0, 3.9)


def test_a_label_mix_is_compared_with_the_sets() -> None:
    """An item with only a rare label is far from the mix; no spans have no mix."""
    texts = {"d": "a b c d", "e": "a b c d", "f": "a"}
    records = {
        "d": [span(w, texts["d"], **LOADED) for w in "abc"],
        "e": [span("a", texts["e"], id="l9", technique="Slogans")],
    }
    dense = report_on(texts, records).density["loaded_language"]
    found = {item.item: item.divergence for item in dense.items}

    assert found["f-i1"] is None
    assert found["e-i1"] == round(divergence({"s": 1}, {"l": 3, "s": 1}), 3) > found["d-i1"]


def test_statistics_by_hand() -> None:
    """Percentiles interpolate, the spread ignores the wild half, divergence runs from 0 to 1."""
    assert percentile([1, 2, 3, 4], 0.5) == 2.5
    assert percentile([1], 0.99) == 1
    assert isclose(robust_spread([1, 2, 3, 4, 900]), 1.4826)
    assert divergence({"a": 2}, {"a": 5}) == 0
    assert divergence({"a": 1}, {"b": 9}) == 1
    # Half of log2(1 / 0.75), and half of 0.5 log2(0.5 / 0.75) + 0.5 log2(0.5 / 0.25).
    assert isclose(divergence({"a": 1}, {"a": 1, "b": 1}), 0.311278, abs_tol=1e-6)


@pytest.mark.parametrize(
    ("text", "number"),
    [("", 0), ("so-called plan", 2), ("a\u00a0b\r\nc", 3), ("港は open", 3), ("👩‍👩‍👧 café", 2)],
)
def test_words_are_counted_by_white_space(text: str, number: int) -> None:
    """No-break spaces separate too; a character without spaces around it counts as a word."""
    assert count_words(text) == number


def test_labels_that_are_never_or_once_used() -> None:
    """Shipped labels of the layers that were looked for are counted, and no others."""
    records = [span("shabby", **LOADED, polarity="negative")]
    text = {"h1": TEXT}
    corpus = corpus_of(text, "\r\n")
    made = set_of({ITEM: records}, layers=("loaded_language",))
    report = quality_report(msgspec.structs.replace(corpus, sets={"x": made})).sets["x"]
    uses = {(use.attribute, use.label): use.count for use in report.labels}

    assert uses[("technique", "Loaded_Language")] == uses[("polarity", "negative")] == 1
    assert uses[("technique", "Slogans")] == 0
    assert {use.layer for use in report.labels} == {"loaded_language"}
    assert not {"voice", "factuality"} & {use.attribute for use in report.labels}


def test_figures_do_not_depend_on_the_order_of_records() -> None:
    """Records in reverse give the same figures; only lines differ."""
    corpus = corpus_of({"d": RIGGED}, "\n")
    spans: list[Span] = [
        span("rigged vote", RIGGED, **LOADED),
        span("Rigged vote", RIGGED, **LOADED),
    ]
    reports = [
        quality_report(msgspec.structs.replace(corpus, sets={"x": set_of({"d-i1": order})})).sets[
            "x"
        ]
        for order in (spans, spans[::-1])
    ]

    assert reports[0].consistency == reports[1].consistency
    assert reports[0].density == reports[1].density


def test_an_item_that_covers_no_text_is_left_out() -> None:
    """A set that names zones which an item does not have was looked at for no words."""
    corpus = corpus_of({"d": "a b"}, "\n")
    made = set_of({"d-i1": []})
    info = msgspec.structs.replace(
        made.info, coverage=(Coverage("d-i1", LAYERS, ("caption",)), Coverage("gone", LAYERS, ()))
    )
    made = msgspec.structs.replace(made, info=info)
    report = quality_report(msgspec.structs.replace(corpus, sets={"x": made})).sets["x"]

    assert isinstance(corpus.items["d-i1"][1], Item)
    assert (report.density, report.consistency) == ({}, {})
