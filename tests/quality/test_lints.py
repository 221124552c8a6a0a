"""Every planted fault is named with its place, and what is right is not blamed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from corpora import GOOD
from newspan import check
from newspan.model import Span
from newspan.quality import quality_report
from newspan.quality.catalogue import KINDS, LINTS
from newspan.quality.edges import edge_marks, edge_words
from newspan.quality.records import SetReport
from newspan.text import quoted_ranges
from quality.sets import HOSTILE, ITEM, TEXT, at, attribution, corpus_of, set_of, span

LOADED = {"technique": "Loaded_Language"}
NAME = {"technique": "Name_Calling-Labeling"}
FACT = {"factuality": "factual", "check_worthy": False}


def report_on(records: dict[str, list[Any]], corpus: Any = HOSTILE) -> SetReport:
    """Return the report on one set that has these records."""
    made = msgspec.structs.replace(corpus, sets={"x": set_of(records)})
    return quality_report(made).sets["x"]


def found(report: SetReport) -> dict[str, list[tuple[str, int | None, int | None, int | None]]]:
    """Return the places by lint: file, line, start and end."""
    return {
        lint: [(p.file, p.line, p.start, p.end) for p in result.places]
        for lint, result in report.lints.items()
        if result.count
    }


def shifted(words: str, left: int, right: int, **attributes: Any) -> Span:
    """Return a span whose borders are moved from those of the words, its surface right."""
    start = TEXT.index(words) + left
    end = TEXT.index(words) + len(words) + right
    layer = "loaded_language" if "technique" in attributes else "claim"
    return at(start, end, TEXT[start:end], layer=layer, **attributes)


SOURCE = span("Mayor Ana Peña", role="source")
CUE = span("said", role="cue")
CONTENT = span("that the “rotten” plan would fail", role="content")
NAMED = {"source_named": True, "source_name": "Ana Peña", "cue_type": "speech", "mode": "mixed"}
ATTRIBUTED = attribution(SOURCE, CUE, CONTENT, **NAMED)
FREE = span("“The ferries run again.”", role="content")
PAY = span("“We pay,”", role="content")
SHE, SAID = span("she", nth=1, role="source"), span("said", nth=1, role="cue")
WHOLE = span("Mayor Ana Peña 👩‍👩‍👧 said that the “rotten” plan would fail", **FACT)
BREAK = TEXT.index("\r")
BROKEN = {"edge-punctuation", "edge-space", "newline", "crosses-zone"}
MODE = {"mode-against-marks"}
COLON = at(TEXT.index("Mayor: Pool") + 5, TEXT.index("Mayor: Pool") + 6, ":", layer="attribution")
COLON = msgspec.structs.replace(COLON, role="cue")
POOL = span("Pool to reopen", role="content")
HEAD = span("Mayor", nth=1, role="source")
PAID = {"mode": "direct"}
QUOTED = attribution(SHE, SAID, PAY, **PAID)
TOLD = span("“We pay,” she said", **FACT)
ALIKE = span("she", nth=1, role="content", id="c9")
MESS = span("It is a shabby mess", factuality="opinion", check_worthy=True)

# The lint, the records, which of them is at fault, and what follows from the fault by itself.
PLANTED: list[tuple[str, list[Any], int, set[str]]] = [
    ("out-of-range", [at(5, len(TEXT) + 1, "x", layer="claim", **FACT)], 0, set()),
    ("out-of-range", [at(9, 5, "x", layer="claim", **FACT)], 0, set()),
    ("empty", [at(5, 5, "x", layer="claim", **FACT)], 0, set()),
    ("empty", [at(BREAK, BREAK + 2, "\r\n", layer="claim", **FACT)], 0, set()),
    ("surface-mismatch", [at(1, 6, "Major", layer="claim", **FACT)], 0, set()),
    ("cut-grapheme", [shifted("👩‍👩‍👧", 0, -1, **LOADED)], 0, set()),
    ("cut-grapheme", [shifted("The cafe", 0, 0, **FACT)], 0, set()),
    ("cut-grapheme", [shifted("left.\r", 0, 0, **FACT)], 0, BROKEN),
    ("cut-word", [shifted("shabby", 0, -1, **LOADED)], 0, set()),
    ("cut-word", [shifted("باز", 1, 0, **LOADED)], 0, set()),
    ("edge-space", [shifted("shabby", -1, 0, **LOADED)], 0, set()),
    ("edge-space", [shifted("stays shut.", 0, 1, **FACT)], 0, {"edge-punctuation"}),
    ("edge-space", [span("so-called\u200b", **LOADED)], 0, set()),
    ("edge-punctuation", [span("The cafe\u0301 stays shut.", **FACT)], 0, set()),
    ("edge-punctuation", [span("“rotten”", **LOADED)], 0, set()),
    ("edge-punctuation", [span("shabby mess,", **LOADED)], 0, set()),
    ("edge-punctuation", [span("“The ferries run again.”", **FACT)], 0, set()),
    ("edge-word", [span("The clueless amateurs", target="council", **NAME)], 0, set()),
    ("edge-word", [span("ferry’s", **LOADED)], 0, set()),
    ("newline", [shifted("🚢", 0, len("\r\n“We pay,”"), **FACT)], 0, {"crosses-zone"}),
    ("crosses-zone", [shifted("leaks.", 0, len("\r\nشهردار"), **FACT)], 0, {"newline"}),
    ("crosses-sentence", [span("run again.” The clueless", **LOADED)], 0, {"unbalanced-quote"}),
    ("claim-crosses-sentence", [span("The cafe\u0301 stays shut.\u00a0It is", **FACT)], 0, set()),
    ("unbalanced-quote", [span("rotten” plan", **LOADED)], 0, set()),
    ("unbalanced-quote", [span("باز است.»", **FACT)], 0, set()),
    ("unbalanced-bracket", [span("fail (she told", **LOADED)], 0, set()),
    ("duplicate", [span("shabby", **LOADED), span("shabby", id="l2", **LOADED)], 1, set()),
    ("same-label-overlap", [span("shabby mess", **LOADED), span("mess", **LOADED)], 1, set()),
    ("same-label-overlap", [span("It is a shabby", **FACT), span("shabby mess", **FACT)], 1, set()),
    ("straddles-content", [*ATTRIBUTED, span("said that", **LOADED)], 4, set()),
    ("claim-holds-cue", [*ATTRIBUTED, WHOLE], 4, set()),
    ("claim-holds-cue", [*QUOTED, span("We pay", **FACT), TOLD], 5, set()),
    ("check-worthy-not-factual", [MESS], 0, set()),
    ("check-worthy-missing", [span("the old pier leaks", factuality="factual")], 0, set()),
    ("target-missing", [span("clueless amateurs", **NAME)], 0, set()),
    ("other-without-note", [span("shabby", target="other", **LOADED)], 0, set()),
    ("content-without-cue", attribution(SOURCE, None, CONTENT, mode="mixed"), 2, set()),
    ("content-without-cue", attribution(SHE, None, FREE, mode="indirect"), 2, MODE),
    ("source-is-content", attribution(SHE, SAID, ALIKE), 3, set()),
    ("source-missing", attribution(None, None, FREE, source_kind="person", **PAID), 1, set()),
    ("kind-none-with-source", attribution(SHE, SAID, PAY, source_kind="none", **PAID), 3, set()),
    ("name-without-named", attribution(SHE, SAID, PAY, source_name="Ana Peña", **PAID), 3, set()),
    ("named-without-name", attribution(SHE, SAID, PAY, source_named=True, **PAID), 3, set()),
    ("mode-against-marks", attribution(SOURCE, CUE, CONTENT, mode="direct"), 3, set()),
    ("mode-against-marks", attribution(SHE, SAID, PAY, mode="indirect"), 3, set()),
    ("mode-against-marks", attribution(HEAD, COLON, POOL, mode="mixed"), 3, set()),
    ("cue-type-against-cue", attribution(HEAD, COLON, POOL, cue_type="speech"), 3, set()),
    ("cue-type-against-cue", attribution(SHE, SAID, PAY, cue_type="punctuation", **PAID), 3, set()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("lint", "records", "index", "others"),
    PLANTED,
    ids=[f"{number}-{planted[0]}" for number, planted in enumerate(PLANTED)],
)
def test_a_planted_fault_is_named_with_its_place(
    lint: str, records: list[Any], index: int, others: set[str]
) -> None:
    """The record at fault is named once, by file, line and characters, and nothing else is."""
    report = report_on({ITEM: records})
    record = records[index]
    first = (
        record if isinstance(record, Span) else min(records[:-1], key=lambda s: (s.start, s.end))
    )
    place = (f"annotation/sets/x/{ITEM}.jsonl", index + 1, first.start, first.end)

    assert found(report) == {name: [place] for name in {lint, *others}}
    assert report.lints[lint].kind in KINDS


def test_every_lint_but_those_of_many_records_is_planted() -> None:
    """No lint stands untested; the others need an item that is missing, or many spans."""
    assert set(LINTS) - {lint for lint, *_ in PLANTED} == {
        "unknown-item",
        "outside-item",
        "length-outlier",
    }


def test_a_span_in_an_item_that_is_not_there_or_outside_it() -> None:
    """What stands in no item is named, and looked at no further."""
    two = corpus_of({"d": "One.\nTwo."}, "\n")
    document = two.documents[0]
    short = msgspec.structs.replace(document.items[0], end=4, zones=document.items[0].zones[:1])
    document = msgspec.structs.replace(document, items=(short,))
    corpus = msgspec.structs.replace(two, documents=(document,))
    stray = at(5, 8, "Two", layer="claim", **FACT)
    report = report_on({"d-i1": [stray], "gone": [stray]}, corpus)

    assert {lint: len(places) for lint, places in found(report).items()} == {
        "outside-item": 1,
        "unknown-item": 1,
    }
    assert report.unusable == 2


# Worked examples of the annotation guidelines: what they mark is right.
CLEAN = (
    "“We open in May,” she told the Harbour Gazette.",
    "Mayor Ada Lind opened the debate. “Nobody will lose a job.”",
    "Although the ice was thin, the race, which 400 people watched, went ahead.",
    "Three clerks have reportedly left the U.S. on Friday.",
    "The council wrote in its annual report that visits doubled, adding that it “expects more.”",
    "“Our pool, our town!” chanted the heroic swimmers; tickets rose 100%.",
    "The rude and lazy clerks (three of them) read “Winter Goal” to Bob Hale Jr.",
    "The mayor called the plan “a disgrace,” again.",
    "Mayor: Pool to reopen",
    "“No. It is late. “Go,” he said.",
    "“Residents think it leaks,” wrote the clerk.",
)


def clean() -> tuple[str, list[Any]]:
    """Return a text and a set on it that follows the guidelines."""
    text = "\n".join(CLEAN)

    def on(words: str, nth: int = 0, **attributes: Any) -> Span:
        return span(words, text, nth, **attributes)

    def role(words: str, name: str, nth: int = 0) -> Span:
        return on(words, nth, role=name)

    direct, named = {"mode": "direct"}, {"source_named": True, "source_name": "Ada Lind"}
    speech = {"cue_type": "speech"}
    council = role("The council", "source")
    late = [role("“No. It is late.", "content"), role("“Go,”", "content")]
    he = on("he", text[: text.index("he said")].count("he"), role="source")
    doubled = role("that visits doubled", "content")
    more = role("that it “expects more.”", "content")
    open_in_may, nobody = "“We open in May,”", "“Nobody will lose a job.”"
    left = "Three clerks have reportedly left the U.S. on Friday"
    plan = role("the plan “a disgrace,”", "content")
    pool = role("Pool to reopen", "content")
    attributed = [
        (
            role("she", "source"),
            role("told", "cue"),
            [role(open_in_may, "content")],
            direct | speech,
        ),
        (role("Mayor Ada Lind", "source"), None, [role(nobody, "content")], direct | named),
        (None, role("reportedly", "cue"), [role(left, "content")], speech),
        (council, role("wrote", "cue"), [doubled], speech),
        (council, role("adding", "cue"), [more], {"id": "a2", "mode": "mixed"} | speech),
        (role("The mayor", "source"), role("called", "cue"), [plan], {"mode": "mixed"} | speech),
        (role("Mayor", "source", 1), role(":", "cue"), [pool], {"cue_type": "punctuation"}),
        (he, role("said", "cue"), late, direct | speech),
        # Within the clerk's quotation: its marks do not quote the residents.
        (
            role("Residents", "source"),
            role("think", "cue"),
            [role("it leaks", "content")],
            {"cue_type": "cognition"},
        ),
    ]
    records = [
        on("We open in May", factuality="prediction"),
        on("Nobody will lose a job", factuality="prediction"),
        on("the ice was thin", **FACT),
        on("the race, which 400 people watched, went ahead", **FACT),
        on("which 400 people watched", **FACT),
        on(left, **FACT),
        on("clerks have reportedly left the U.S.", factuality="opinion"),
        on("visits doubled", **FACT),
        on("it “expects more.”", **FACT),
        on("Our pool, our town", technique="Slogans"),
        on("100%", technique="Exaggeration-Minimisation"),
        on("heroic", **LOADED),
        on("rude and lazy", **LOADED),
        on("clerks", nth=1, **NAME, target="other", note="the clerks"),
        on("The rude and lazy clerks (three of them) read “Winter Goal” to Bob Hale Jr.", **FACT),
        on("The mayor called the plan “a disgrace,”", **FACT),
        on("disgrace", **LOADED),
        on("Pool to reopen", factuality="prediction"),
    ]
    for source, cue, contents, attributes in attributed:
        records += attribution(source, cue, *contents, **attributes)
    # The council's source span is shared by two attributions, and stands in the set once.
    records = [record for n, record in enumerate(records) if record not in records[:n]]
    return text, records


def test_nothing_that_is_right_is_blamed() -> None:
    """On a set that follows the guidelines no lint finds anything."""
    text, records = clean()
    report = report_on({"d-i1": records}, corpus_of({"d": text}, "\n"))

    assert found(report) == {}
    assert report.unusable == 0


def test_the_good_corpus_is_blamed_for_one_thing_only() -> None:
    """Its set has an attribution to a group that names no source, and no other fault."""
    report = quality_report(GOOD).sets["consensus"]

    assert check(GOOD) == []
    assert found(report) == {
        "source-missing": [("annotation/sets/consensus/d2-i1.jsonl", 4, 41, 45)]
    }


def test_rates_are_per_1000_of_what_a_lint_looks_at() -> None:
    """One of three loaded spans has an article: 333.3 per 1,000, whatever else the set holds."""
    records = [
        span("The clueless amateurs", target="council", **NAME),
        span("shabby", **LOADED),
        span("rotten", **LOADED),
        span("the old pier leaks", **FACT),
    ]
    lint = report_on({ITEM: records}).lints["edge-word"]

    assert (lint.count, lint.n, lint.rate) == (1, 3, 333.3)
    assert lint.by_layer == {"loaded_language": 1}


def test_peers_rates_follow_from_counts() -> None:
    """PTC-2020's 244 line ends in 6,129 spans are 39.8 per 1,000; PTC-2019 has counts alone."""
    lints = report_on({ITEM: []}).lints

    assert lints["newline"].ptc_2020 == 39.8
    assert lints["newline"].ptc_2019 == 459
    assert lints["newline"].rate is None
    assert lints["target-missing"].ptc_2020 is None


@pytest.mark.parametrize(
    ("text", "attributes", "marks"),
    [
        ("to Mr. Hale Jr.", FACT, []),
        ("at 5 p.m.", FACT, []),
        ("and so on...", FACT, []),
        ("left,", FACT, ["ends with ,"]),
        (".5 per cent rose", FACT, []),
        (", it fell", FACT, ["begins with ,"]),
        ("it fell؟", FACT, ["ends with ؟"]),
        ("落ちた。", FACT, ["ends with 。"]),
        ("wrote:", {"role": "cue"}, []),
        ("said,", {"role": "cue"}, ["ends with ,"]),
        ("the mayor,", {"role": "source"}, ["ends with ,"]),
        ("“so it is.”", {"role": "content"}, []),
        ("“so” it is.", {"role": "content"}, ["ends with ."]),
        ("sh*t*", LOADED, []),
        ("#OurPool", LOADED, []),
        ("100%", LOADED, []),
        ("gangsters’", LOADED, ["ends with ’"]),
        ("fool!", LOADED, ["ends with !"]),
        ("…fool", LOADED, ["begins with …"]),
    ],
)
def test_marks_at_an_edge(text: str, attributes: dict[str, Any], marks: list[str]) -> None:
    """Closing punctuation stays out; what belongs to a word, number or quotation may stay."""
    one = span(text, text, **attributes)

    assert edge_marks(text, one, quoted_ranges(text, 0, len(text))) == marks


def test_a_slogan_keeps_its_article() -> None:
    """A slogan is marked whole, other loaded words without article or possessive."""
    for words, technique, found_words in [
        ("The pool is ours", "Slogans", []),
        ("their swamp", "Loaded_Language", ["begins with their"]),
        ("A\u00a0swamp", "Loaded_Language", ["begins with A"]),
        ("another swamp", "Loaded_Language", []),
        ("the cult’s", "Loaded_Language", ["begins with the", "ends with a possessive"]),
    ]:
        assert edge_words(words, span(words, words, technique=technique)) == found_words
