"""Projection carries what aligns and is worded alike, and leaves the rest to a person."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from newspan.checks.sets import check_set
from newspan.corpus import AnnotationSet, Corpus, Placed, read_corpus
from newspan.model import (
    AnyRecord,
    Assertion,
    Assessor,
    Attribution,
    CorpusInfo,
    Coverage,
    Document,
    Evidence,
    Item,
    Link,
    Partisanship,
    Producer,
    SetInfo,
    Span,
    Zone,
)
from newspan.problems import Place
from newspan.reuse.blocks import duplicate_blocks
from newspan.reuse.projection import Projection, occurrences, project, tokens_of
from newspan.schema import read_labels
from newspan.text import paragraphs, sentences

UNKNOWN = Assertion(None, (Evidence("unknown"),))
LAYERS = ("claim", "attribution", "loaded_language")
TALK = (
    "Mayor Ana Pena said on Monday that the old harbour pier would be closed for good, "
    "and the council called it a reckless and shameful waste of public money."
)
FERRY = (
    "The ferry company has carried eleven thousand passengers across the bay since it opened, "
    "which nobody had expected of a line so small and so poor."
)
OTHER = "Fishing boats came home late in the evening with little to show for a long day out at sea."


def corpus_of(**texts: str) -> Corpus:
    """Return a corpus of documents by name, one item each, every line a paragraph."""
    documents = []
    for name, text in texts.items():
        zones = tuple(Zone(start, end, "paragraph") for start, end in paragraphs(text))
        who = Partisanship((), UNKNOWN, (), Assessor("person", "tester", "2026-11-22"))
        item = Item(name, 0, len(text), UNKNOWN, (), UNKNOWN, zones, (), who)
        documents.append(Document(name, f"{name}.txt", "0" * 64, "en", name, (item,)))
    info = CorpusInfo("made", "Made", "0.1.0", "Made texts.", ("en",), "CC0-1.0", "CC0-1.0")
    return Corpus(Path(), info, tuple(documents), texts, {}, {}, read_labels(), {})


def set_of(corpus: Corpus, records: list[tuple[str, AnyRecord]]) -> AnnotationSet:
    """Return a set of records by item, whose producer looked at everything."""
    coverage = tuple(
        Coverage(name, (*LAYERS, "duplicate_block"), tuple({zone.kind for zone in item.zones}))
        for name, (_, item) in corpus.items.items()
    )
    producer = Producer("person", "tester")
    info = SetInfo("made", producer, "2026-11-22", corpus.labels.sha256, coverage=coverage)
    place = Place("annotation/sets/made/x.jsonl")
    return AnnotationSet(info, tuple(Placed(record, item, place) for item, record in records))


def blocks_of(corpus: Corpus, **changes: Any) -> AnnotationSet:
    """Return the corpus's duplicate blocks; copies with some fields changed."""
    found = duplicate_blocks(corpus, "2026-11-22").spans
    return set_of(
        corpus,
        [
            (item, msgspec.structs.replace(span, **(changes if span.copy_role == "copy" else {})))
            for item, spans in found.items()
            for span in spans
        ],
    )


class Notes:
    """Annotations of a corpus, drawn by their words."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.records: list[tuple[str, AnyRecord]] = []

    def span(self, item: str, text: str, name: str = "", after: int = 0, **values: Any) -> str:
        """Draw a span on the first such words of an item; a claim if no values are given."""
        document, place = self.corpus.items[item]
        start = self.corpus.texts[document.id].index(text, max(place.start, after), place.end)
        values = values or {"layer": "claim", "factuality": "factual"}
        name = name or f"s{len(self.records)}"
        self.records.append(
            (item, Span(name, start=start, end=start + len(text), text=text, **values))
        )
        return name

    def role(self, item: str, role: str, text: str, after: int = 0) -> str:
        """Draw a role span."""
        return self.span(
            item, text, f"{role}-{len(self.records)}", after, layer="attribution", role=role
        )

    def loaded(self, item: str, text: str, name: str = "") -> str:
        """Draw loaded language."""
        return self.span(item, text, name, layer="loaded_language", technique="Loaded_Language")

    def attribution(self, item: str, name: str, **values: Any) -> str:
        """Tie spans together."""
        values = {"mode": "indirect", "source_kind": "person", **values}
        if values.get("cue_id"):
            values = {"cue_type": "speech", "cue_force": "neutral", **values}
        self.records.append((item, Attribution(name, **values)))
        return name

    def link(self, item: str, name: str, start: str, end: str) -> str:
        """Let one claim repeat another."""
        self.records.append((item, Link(name, "repeats", start, end)))
        return name

    def set(self) -> AnnotationSet:
        """Return them as a set."""
        return set_of(self.corpus, self.records)

    def project(self, **changes: Any) -> Projection:
        """Carry them to the copies that the finder sees."""
        return project(self.set(), blocks_of(self.corpus, **changes), self.corpus)


def merged(notes: AnnotationSet, found: Projection, corpus: Corpus) -> AnnotationSet:
    """Return a set with what was projected."""
    old = [(placed.item_id, placed.record) for placed in notes.records]
    return set_of(corpus, old + [(i, each) for i, new in found.records.items() for each in new])


def carried(found: Projection, item: str) -> list[str]:
    """Return the words of the spans that an item was given, in text order."""
    return [each.text for each in found.records.get(item, []) if isinstance(each, Span)]


def attributions(found: Projection, item: str) -> list[Attribution]:
    """Return the attributions that an item was given."""
    return [each for each in found.records.get(item, []) if isinstance(each, Attribution)]


def reasons(found: Projection) -> set[tuple[str, str, str]]:
    """Return what is left: record, item and reason."""
    return {(left.record, left.to_item, left.reason) for left in found.queue}


@pytest.fixture(scope="module")
def real(root: Path) -> tuple[Corpus, AnnotationSet]:
    """Return the shipped corpus and its duplicate blocks."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    return corpus, blocks_of(corpus)


def rama(corpus: Corpus) -> Notes:
    """Annotate the sentence about Rama where it is canonical."""
    notes = Notes(corpus)
    item, name = "001-i1", "Albania’s Prime Minister Edi Rama"
    text = corpus.texts["001"]
    at = text.index(name)
    must = (
        "the group must leave the country if it wants to use Albanian soil as a platform for its "
        "illegal political operations against Iran"
    )
    no_war = "his country has no intention of being at war with the Islamic Republic"
    source = notes.role(item, "source", name)
    said, adding = (notes.role(item, "cue", cue, at) for cue in ("said", "adding"))
    first, second = (notes.role(item, "content", content) for content in (must, no_war))
    named = {"source_ids": (source,), "source_named": True}
    notes.attribution(item, "said", cue_id=said, content_ids=(first,), **named)
    notes.attribution(item, "adding", cue_id=adding, content_ids=(second,), **named)
    notes.span(item, "the group must leave the country", "must")
    notes.span(item, "if it wants to use Albanian soil", "soil", at)
    notes.span(item, no_war, "no-war")
    notes.span(item, "at war", "war", at, layer="loaded_language", technique="Loaded_Language")
    return notes


def test_the_sentence_about_rama(real: tuple[Corpus, AnnotationSet]) -> None:
    """The exact copy gets everything; three that say it otherwise get what they share."""
    corpus, blocks = real
    notes = rama(corpus)
    found = project(notes.set(), blocks, corpus)
    shared = ["if it wants to use Albanian soil", "at war"]

    assert len(carried(found, "004-i8")) == 9
    assert [each.source_named for each in attributions(found, "004-i8")] == [True, True]
    for item in ("004-i2", "004-i5", "004-i7"):
        assert carried(found, item) == shared
        assert {left for left in reasons(found) if left[1] == item} == {
            ("source-0", item, "attribution-missing"),
            ("cue-1", item, "border-unaligned" if item == "004-i2" else "attribution-missing"),
            ("cue-2", item, "attribution-missing"),
            ("content-3", item, "wording-differs"),
            ("content-4", item, "outside-block"),
            ("said", item, "end-missing"),
            ("adding", item, "end-missing"),
            ("must", item, "wording-differs"),
            ("no-war", item, "outside-block"),
        }


def test_the_queue_shows_what_the_copy_has_instead(real: tuple[Corpus, AnnotationSet]) -> None:
    """A person sees the copy's own words and where they stand."""
    corpus, blocks = real
    found = project(rama(corpus).set(), blocks, corpus)
    text = corpus.texts["004"]
    shown = {
        (left.record, left.to_text) for left in found.queue if left.to_item in ("004-i2", "004-i5")
    }

    assert {
        ("cue-1", "declared"),
        ("cue-1", "said"),
        ("must", "the MKO must leave the country"),
    } <= shown
    for left in found.queue:
        assert left.text == corpus.texts[left.from_item[:3]][left.start : left.end]
        assert left.to_text is None or left.to_text == text[left.to_start : left.to_end]
    missing = {left.message for left in found.queue if left.record == "said"}
    assert missing == {
        "its cue cue-1 has no counterpart; its content content-3 has no counterpart",
        "its content content-3 has no counterpart",
    }


def test_the_background_block(real: tuple[Corpus, AnnotationSet]) -> None:
    """Three copies are exact; the fourth has “brutal” before the acts, and goes on."""
    corpus, blocks = real
    notes = Notes(corpus)
    killed = (
        "Out of the nearly 17,000 Iranians killed in terrorist attacks over the past four "
        "decades, about 12,000 have fallen victim to the MKO’s acts of terror"
    )
    attacks = "The MKO has carried out numerous terrorist attacks against Iranian civilians"
    notes.span("004-i3", attacks, "attacks")
    notes.span("004-i3", killed, "killed")
    notes.span("004-i3", killed + ".", "stop", layer="claim", factuality="opinion")
    notes.loaded("004-i3", "acts of terror", "acts")
    found = project(notes.set(), blocks, corpus)

    for item in ("004-i4", "004-i5", "004-i7"):
        assert carried(found, item) == [attacks, killed, killed + ".", "acts of terror"]
    assert carried(found, "004-i2") == [attacks, "acts of terror"]
    assert reasons(found) == {
        ("killed", "004-i2", "wording-differs"),
        ("stop", "004-i2", "wording-differs"),
    }
    starts = [
        each.start for new in found.records.values() for each in new if "carried" in each.text
    ]
    assert starts == [3781, 7682, 10233, 20941]


def test_a_real_sentence_in_two_clusters(real: tuple[Corpus, AnnotationSet]) -> None:
    """It is carried where both clusters follow each other, and left where the second is missing."""
    corpus, blocks = real
    notes = Notes(corpus)
    text = "security forces were deployed at the camp’s entrance"
    notes.span("001-i1", text, "forces")
    found = project(notes.set(), blocks, corpus)

    assert carried(found, "004-i8") == [text]
    assert reasons(found) == {
        ("forces", "004-i5", "outside-block"),
        ("forces", "004-i7", "outside-block"),
    }


def test_every_sentence_of_the_corpus(real: tuple[Corpus, AnnotationSet]) -> None:
    """Carried claims have their sources' words and pass all checks; a second run adds nothing."""
    corpus, blocks = real
    notes = Notes(corpus)
    for name, (document, item) in corpus.items.items():
        text = corpus.texts[document.id]
        for zone in item.zones:
            for start, end in sentences(text, zone.start, zone.end):
                notes.span(name, text[start:end], after=start)
    found = project(notes.set(), blocks, corpus)
    again = project(merged(notes.set(), found, corpus), blocks, corpus)
    alone = [each for each in notes.records if each[0].startswith("001")]
    only = project(set_of(corpus, alone), blocks, corpus)

    assert (again.records, again.queue) == ({}, found.queue)
    assert {item: len(new) for item, new in only.records.items()} == {"004-i8": 75}
    assert list(check_set(merged(set_of(corpus, alone), only, corpus), corpus)) == []
    sources = {tokens_of(each.text) for _, each in alone if isinstance(each, Span)}
    assert {tokens_of(text) for item in only.records for text in carried(only, item)} <= sources
    assert Counter(left.reason for left in only.queue if left.to_item == "004-i8") == {
        "border-unaligned": 6  # headings that the copy leaves out
    }
    # A claim repeated in its own item, in a sentence that goes on.
    assert [each.reason for each in only.queue if each.to_item == "001-i1"] == ["claim-there"]


def test_a_span_over_the_border_of_two_blocks() -> None:
    """Two clusters that are neighbours in both items are one alignment; apart they are two."""
    corpus = corpus_of(
        a=f"{TALK} {FERRY}", b=f"{OTHER}\n{TALK} {FERRY}", c=TALK, d=f"{FERRY} {OTHER} {TALK}"
    )
    notes = Notes(corpus)
    text = "waste of public money. The ferry company"
    notes.span("a", text, "over")
    found = notes.project()

    assert len(occurrences(blocks_of(corpus), corpus)[0].blocks) == 2
    assert carried(found, "b") == [text]
    assert set(found.records) == {"b"}
    assert reasons(found) == {("over", "c", "outside-block"), ("over", "d", "outside-block")}


def test_repeats_within_an_item_are_not_mixed() -> None:
    """Each occurrence is a target of its own: one is worded alike, the other is not."""
    changed = TALK.replace("closed for good", "closed today")
    corpus = corpus_of(a=TALK, b=f"{TALK}\n{OTHER}\n{changed}\n{FERRY}\n{TALK}")
    notes = Notes(corpus)
    notes.span("a", "the old harbour pier would be closed for good", "closed")
    notes.loaded("a", "reckless", "reckless")
    found = notes.project()
    text = corpus.texts["b"]
    starts = [each.start for each in found.records["b"] if each.text == "reckless"]

    assert starts == [i for i in range(len(text)) if text.startswith("reckless", i)]
    assert carried(found, "b").count("the old harbour pier would be closed for good") == 2
    assert [(left.reason, left.to_text) for left in found.queue] == [
        ("border-unaligned", "the old harbour pier would be closed today")
    ]
    assert len({each.id for each in found.records["b"]}) == 5


def test_case_quotes_and_space_may_differ() -> None:
    """Words are compared folded; the copy's extent and text are its own."""
    copy = TALK.replace("old harbour pier", "‘Old  Harbour’ pier")
    corpus = corpus_of(a=TALK, b=f"{OTHER} {copy}")
    notes = Notes(corpus)
    notes.span("a", "the old harbour pier would be closed for good", "closed")
    notes.loaded("a", "old harbour", "edge")
    found = notes.project()
    [span] = found.records["b"]
    [source] = notes.set().spans_in["a"][:1]

    assert span.text == "the ‘Old  Harbour’ pier would be closed for good"
    assert (span.decision, span.human_verified, span.start) == (
        "projected",
        False,
        source.start + len(OTHER) + 1,
    )
    assert reasons(found) == {("edge", "b", "border-unaligned")}


@pytest.mark.parametrize(
    ("here", "there", "span", "reason"),
    [
        ("pier would", "dock would", "the old harbour pier would be", "wording-differs"),
        ("closed for good,", "closed, 👎 for good,", "be closed for good", "wording-differs"),
        ("public money", "public % money", "waste of public money", "wording-differs"),
        ("old harbour", "old\nharbour", "the old harbour pier", "crosses-paragraph"),
        ("old harbour pier", "old “harbour pier", "would be closed for good", None),
        (
            "old harbour pier would",
            "old “harbour pier” would",
            "the old harbour pier",
            "marks-differ",
        ),
        ("the old", "“the old", "Monday that the old", None),
        ("old harbour pier would", "old “harbour” pier would", "the old harbour pier", None),
        ("good, and the", "good 🚢, and the", "closed for good", None),
        ("closed for good", "enclosed for goods", "closed for", "border-unaligned"),
        ("closed for good", "enclosed for goods", "for good", "border-unaligned"),
        ("closed for", "cloned for", "closed for good", "border-unaligned"),
    ],
)
def test_what_may_differ(here: str, there: str, span: str, reason: str | None) -> None:
    """Signs, words and paragraphs inside a span must be the same; outside they need not be."""
    corpus = corpus_of(a=TALK, b=TALK.replace(here, there))
    notes = Notes(corpus)
    notes.span("a", span, "it")
    found = notes.project()

    assert [left.reason for left in found.queue] == [reason] * (reason is not None)
    assert len(carried(found, "b")) == (reason is None)


def test_kinds_of_zones_that_a_set_leaves_alone_stay_so() -> None:
    """What is copied into page furniture stays bare where the set never looks at it."""
    corpus = corpus_of(one=TALK, two=f"{OTHER}\n{TALK}")
    (document, other) = corpus.documents
    item = other.items[0]
    zones = (item.zones[0], msgspec.structs.replace(item.zones[1], kind="boilerplate"))
    furniture = msgspec.structs.replace(other, items=(msgspec.structs.replace(item, zones=zones),))
    corpus = msgspec.structs.replace(corpus, documents=(document, furniture))
    notes = Notes(corpus)
    notes.span("one", "the council called it a reckless and shameful waste of public money")
    made = set_of(corpus, notes.records)
    narrow = tuple(
        msgspec.structs.replace(each, zones=("paragraph",)) for each in made.info.coverage
    )
    info = msgspec.structs.replace(made.info, coverage=narrow)
    blocks = blocks_of(corpus)

    assert len(project(made, blocks, corpus).records["two"]) == 1
    found = project(AnnotationSet(info, made.records), blocks, corpus)
    assert found.records == {}
    assert [left.reason for left in found.queue] == ["zone-not-looked-at"]


def test_graphemes_marks_and_right_to_left_text() -> None:
    """Offsets hold behind emoji and combining marks, and no border cuts a character in two."""
    here = (
        "Rosa Pen\u0303a 👩 paid the whole café bill with pride on a cold and windy Monday, so she"
    )
    farsi = "شهردار گفت که بندر باز است و همه کشتی‌ها فردا صبح به دریا خواهند رفت."
    copy = here.replace("Pen\u0303a 👩", "Pe\u00f1a 👩\u200d👩\u200d👧")
    corpus = corpus_of(a=f"{here}\n{farsi}", b=f"🚢🚢 {OTHER}\n{copy}\n{farsi}")
    notes = Notes(corpus)
    notes.span("a", "paid the whole café bill", "paid")
    notes.loaded("a", "👩", "emoji")
    notes.loaded("a", "Pen\u0303a 👩 paid", "name")
    notes.loaded("a", "Rosa Pen\u0303a", "rosa")
    notes.span("a", "همه کشتی‌ها فردا", "ships")
    notes.loaded("a", "رفت.", "stop")
    found = notes.project()

    assert carried(found, "b") == ["paid the whole café bill", "همه کشتی‌ها فردا", "رفت."]
    assert {(left.record, left.reason, left.to_text) for left in found.queue} == {
        ("emoji", "border-unaligned", "Pe\u00f1a 👩\u200d👩\u200d👧"),
        ("name", "border-unaligned", "Pe\u00f1a 👩\u200d👩\u200d👧 paid"),
        ("rosa", "border-unaligned", "Rosa Pe\u00f1a 👩\u200d👩\u200d👧"),
    }


def test_composed_and_decomposed_letters_are_one_word() -> None:
    """A letter and its mark may be one code point or two: the copy's extent is longer."""
    corpus = corpus_of(a=TALK.replace("Pena", "Pe\u00f1a"), b=TALK.replace("Pena", "Pen\u0303a"))
    notes = Notes(corpus)
    notes.loaded("a", "Mayor Ana Pe\u00f1a said", "mayor")
    found = notes.project()

    assert carried(found, "b") == ["Mayor Ana Pen\u0303a said"]


def test_line_ends_may_differ() -> None:
    """CR LF in the one and LF in the other break runs, not occurrences."""
    corpus = corpus_of(a=f"{TALK}\r\n\r\n{FERRY}\r\n", b=f"{TALK}\n{FERRY}\n")
    notes = Notes(corpus)
    notes.span("a", "waste of public money.", "end")
    notes.span("a", "The ferry company has carried", "start")
    found = notes.project()

    assert len(occurrences(blocks_of(corpus), corpus)) == 1
    assert carried(found, "b") == ["waste of public money.", "The ferry company has carried"]
    assert found.queue == []


@pytest.mark.parametrize("change", [{"unsure": True}, {"match": "translation_parallel"}])
def test_candidates_are_no_targets(change: dict[str, Any]) -> None:
    """What may not be a copy is neither given anything nor left to a person."""
    notes = Notes(corpus_of(a=TALK, b=TALK))
    notes.loaded("a", "reckless")

    assert notes.project(**change) == Projection({}, [])


def test_nothing_is_carried_from_copies() -> None:
    """Annotations of a copy stay there, and so does what was projected before."""
    corpus = corpus_of(a=TALK, b=TALK, c=TALK)
    notes = Notes(corpus)
    notes.loaded("b", "reckless")
    notes.span("a", "shameful", layer="loaded_language", technique="Slogans", decision="projected")

    assert notes.project() == Projection({}, [])


def test_blocks_are_never_carried() -> None:
    """A set that holds duplicate blocks itself keeps them where they are."""
    corpus = corpus_of(a=TALK, b=TALK)
    blocks = blocks_of(corpus)

    assert project(blocks, blocks, corpus) == Projection({}, [])


def told(corpus: Corpus, **values: Any) -> Notes:
    """Annotate who said what in the item a."""
    notes = Notes(corpus)
    source = notes.role("a", "source", "Mayor Ana Pena")
    cue = notes.role("a", "cue", "said")
    content = notes.role("a", "content", "the old harbour pier would be closed for good")
    ends = {"source_ids": (source,), "cue_id": cue, "content_ids": (content,)}
    notes.attribution("a", "told", **{**ends, "source_named": True, **values})
    return notes


def test_an_attribution_with_all_its_ends() -> None:
    """Its ends are the projected spans, its attributes are kept, nobody has verified it."""
    notes = told(corpus_of(a=TALK, b=f"{OTHER} {TALK}"), human_verified=True, note="clear")
    found = notes.project()
    [made] = attributions(found, "b")
    spans = {each.id: each.text for each in found.records["b"] if isinstance(each, Span)}

    assert [spans[part] for part in made.part_ids] == carried(found, "b")
    assert (made.note, made.decision, made.human_verified) == ("clear", "projected", False)
    assert made.id.startswith("p") and len(made.id) == 16
    assert found.queue == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_missing_source_with_counterparts(number: int) -> None:
    """A named source may stand elsewhere in the copy's item, if it stands there once."""
    corpus = corpus_of(
        a=TALK, b=f"{TALK.replace('Mayor Ana Pena', 'The mayor')}\nMayor Ana Pena. Mayor Ana Pena."
    )
    notes = told(corpus)
    first = corpus.texts["b"].index("Mayor Ana Pena")
    for after in (first, first + 5)[:number]:
        notes.role("b", "source", "Mayor Ana Pena", after)
    found = notes.project()
    made = attributions(found, "b")

    assert [each.source_ids for each in made] == ([("source-4",)] if number == 1 else [])
    missing = {
        0: "its source source-0 has no counterpart",
        2: "its source source-0 has 2 counterparts",
    }
    messages = [left.message for left in found.queue if left.record == "told"]
    assert messages == ([missing[number]] if number != 1 else [])
    assert ("cue-1", "b", "attribution-missing") in reasons(found) or number == 1


def test_an_unnamed_source_is_not_looked_for_elsewhere() -> None:
    """“She” in another paragraph may be somebody else."""
    corpus = corpus_of(
        a=TALK.replace("Mayor Ana Pena", "She"),
        b=TALK.replace("Mayor Ana Pena", "He") + "\nShe left.",
    )
    notes = Notes(corpus)
    source, cue = notes.role("a", "source", "She"), notes.role("a", "cue", "said")
    content = notes.role("a", "content", "the old harbour pier would be closed for good")
    notes.attribution("a", "told", source_ids=(source,), cue_id=cue, content_ids=(content,))
    notes.role("b", "source", "She")
    found = notes.project()

    assert ("told", "b", "end-missing") in reasons(found)
    assert found.records == {}


def test_a_cue_elsewhere_is_no_counterpart() -> None:
    """The same verb in another paragraph, or tied to another content, reports something else."""
    declared = TALK.replace("said", "declared")
    corpus = corpus_of(a=TALK, b=f"{declared} “No,” he said.\nNobody said so.")
    notes = told(corpus)
    notes.role("b", "cue", "said", corpus.texts["b"].index("Nobody"))
    other = notes.role("b", "cue", "said")
    no = notes.role("b", "content", "“No,”")
    notes.attribution("b", "no", cue_id=other, content_ids=(no,))
    found = notes.project()

    assert ("told", "b", "end-missing") in reasons(found)
    assert found.records == {}


def test_an_orphan_cue_in_the_paragraph_is_a_counterpart() -> None:
    """A cue that moved within its paragraph, and that somebody has marked there, is taken."""
    moved = TALK.replace("Pena said", "Pena told reporters").replace(
        "public money.", "public money, she said."
    )
    corpus = corpus_of(a=TALK, b=moved)
    notes = told(corpus)
    cue = notes.role("b", "cue", "said")
    [made] = attributions(notes.project(), "b")

    assert made.cue_id == cue


def test_spans_that_are_there_are_used() -> None:
    """What the copy's annotators drew alike is not drawn again, and ties the attribution."""
    corpus = corpus_of(a=TALK, b=TALK)
    notes = told(corpus)
    source = notes.role("b", "source", "Mayor Ana Pena")
    found = notes.project()

    assert carried(found, "b") == ["said", "the old harbour pier would be closed for good"]
    assert attributions(found, "b")[0].source_ids == (source,)


def test_an_attribution_that_is_there_is_used() -> None:
    """An attribution of the same spans is not made again, and may be a parent."""
    corpus = corpus_of(a=TALK, b=TALK)
    notes = told(corpus)
    inner = notes.role("a", "content", "the old harbour pier")
    notes.attribution("a", "inner", content_ids=(inner,), parent_id="told")
    parts = (
        notes.role("b", "source", "Mayor Ana Pena"),
        notes.role("b", "cue", "said"),
        notes.role("b", "content", "the old harbour pier would be closed for good"),
    )
    notes.attribution("b", "own", source_ids=parts[:1], cue_id=parts[1], content_ids=parts[2:])
    found = notes.project()

    assert carried(found, "b") == ["the old harbour pier"]
    assert [each.parent_id for each in attributions(found, "b")] == ["own"]


def nested(corpus: Corpus) -> Notes:
    """Annotate one attribution inside another, the inner one with the lower id."""
    notes = told(corpus)
    source, cue = notes.role("a", "source", "the council"), notes.role("a", "cue", "called")
    content = notes.role("a", "content", "shameful waste")
    ends = {"source_ids": (source,), "cue_id": cue, "content_ids": (content,)}
    notes.attribution("a", "inner", parent_id="told", **ends)
    return notes


def test_a_nested_attribution_gets_its_projected_parent() -> None:
    """Parents are carried first, and children point to what they became."""
    found = nested(corpus_of(a=TALK, b=TALK)).project()
    by_parent = {each.parent_id: each.id for each in attributions(found, "b")}

    assert len(by_parent) == 2
    assert by_parent[None] in by_parent


def test_a_nested_attribution_without_its_parent() -> None:
    """Where the parent is not carried, the child is left as well, and their roles with them."""
    found = nested(corpus_of(a=TALK, b=TALK.replace("would be", "will be"))).project()

    assert {("told", "b", "end-missing"), ("inner", "b", "parent-missing")} <= reasons(found)
    assert found.records == {}


def test_parents_in_a_circle_do_not_hang() -> None:
    """A corpus that was not checked ends all the same: both are left."""
    notes = Notes(corpus_of(a=TALK, b=TALK))
    one, two = notes.role("a", "content", "old harbour"), notes.role("a", "content", "public money")
    notes.attribution("a", "one", content_ids=(one,), parent_id="two")
    notes.attribution("a", "two", content_ids=(two,), parent_id="one")

    assert {("one", "b", "parent-missing"), ("two", "b", "parent-missing")} <= reasons(
        notes.project()
    )


@pytest.mark.parametrize(
    ("copy", "scope_end", "expected"),
    [
        (f"{OTHER}\n{TALK}\n{FERRY}\n{OTHER}", "since it opened", "since it opened"),
        (f"{TALK}\n{FERRY.replace('it opened', 'May')}", "since it opened", "border-unaligned"),
        (f"{OTHER}\n{TALK}\n{FERRY}\n", None, None),
        (f"{TALK}\n{FERRY}\n{OTHER}", None, "so poor."),
        (f"{TALK}\n{OTHER}", None, "border-unaligned"),
    ],
)
def test_an_open_scope(copy: str, scope_end: str | None, expected: str | None) -> None:
    """Its end is mapped; at the item's end it stays there only if the copy's item ends so too."""
    here = f"{TALK}\n{FERRY}\n"
    corpus = corpus_of(a=here, b=copy)
    notes = Notes(corpus)
    end = None if scope_end is None else here.index(scope_end) + len(scope_end)
    cue = notes.role("a", "cue", "said")
    notes.attribution("a", "open", cue_id=cue, scope="open", scope_end=end, source_kind="none")
    found = notes.project()
    ends = [each.scope_end for each in attributions(found, "b")]

    if expected == "border-unaligned":
        assert ends == []
        assert ("open", "b", expected) in reasons(found)
    else:
        assert ends == [None if expected is None else copy.index(expected) + len(expected)]


def test_a_link_with_both_ends() -> None:
    """It joins what its ends became, in the copy's item."""
    notes = Notes(corpus_of(a=TALK, b=TALK))
    start = notes.span("a", "the council called it a reckless and shameful waste")
    end = notes.span("a", "the old harbour pier would be closed for good")
    notes.link("a", "again", start, end)
    found = notes.project()
    *spans, link = found.records["b"]

    assert isinstance(link, Link)
    assert [link.to_id, link.from_id] == [each.id for each in spans]


def test_a_link_to_what_the_copy_lacks() -> None:
    """It is left, unless the claim it leads to stands once elsewhere in the copy's item."""
    closed = "the old harbour pier would be closed for good"
    texts = {"a": TALK, "b": TALK.replace("closed", "shut"), "c": TALK.replace("closed", "shut")}
    texts["c"] += f"\nShe knew that {closed}."
    notes = Notes(corpus_of(**texts))
    start = notes.span("a", "the council called it a reckless and shameful waste")
    notes.link("a", "again", start, notes.span("a", closed))
    other = notes.span("c", closed)
    found = notes.project()

    assert ("again", "b", "end-missing") in reasons(found)
    assert [each.to_id for each in found.records["c"] if isinstance(each, Link)] == [other]


def test_a_link_never_leads_to_its_own_start() -> None:
    """Of two equal claims only one is copied: it does not repeat itself."""
    closed = "the old harbour pier would be closed for good"
    corpus = corpus_of(a=f"{TALK}\n{OTHER}\nIn short, {closed}.", b=TALK)
    notes = Notes(corpus)
    first = notes.span("a", closed)
    notes.link("a", "again", notes.span("a", closed, after=len(TALK)), first)
    found = notes.project()

    assert [type(each) for each in found.records["b"]] == [Span]
    assert reasons(found) == {("again", "b", "end-missing")}


def test_links_make_no_circle() -> None:
    """Where the copy's own link leads the other way, the canonical one is left."""
    notes = Notes(corpus_of(a=TALK, b=TALK))
    claims = ("the council called it a reckless and shameful waste", "the old harbour pier")
    start, end = (notes.span("a", text) for text in claims)
    notes.link("a", "again", start, end)
    own_start, own_end = (notes.span("b", text) for text in claims)
    notes.link("b", "back", own_end, own_start)

    assert reasons(notes.project()) == {("again", "b", "cycle")}


def test_claims_that_differ_in_label_are_left() -> None:
    """A clause has one factuality, so a person decides; words may be loaded in two ways."""
    notes = Notes(corpus_of(a=TALK, b=TALK))
    notes.span("a", "the old harbour pier would be closed", "claim")
    notes.span("b", "the old harbour pier would be closed", layer="claim", factuality="prediction")
    notes.loaded("a", "reckless")
    notes.span("b", "reckless", layer="loaded_language", technique="Slogans")
    found = notes.project()

    assert reasons(found) == {("claim", "b", "label-differs")}
    assert carried(found, "b") == ["reckless"]


def test_attributes_are_kept() -> None:
    """Doubt, remarks and labels go with the span; how it came about and who verified it do not."""
    notes = Notes(corpus_of(a=TALK, b=TALK))
    values = {"technique": "Loaded_Language", "target": "council", "polarity": "negative"}
    remarks = {"unsure": True, "note": "or not", "decision": "adjudicated", "human_verified": True}
    notes.span("a", "reckless", "it", layer="loaded_language", **values, **remarks)
    [made] = notes.project().records["b"]
    source = notes.set().spans["it"]
    decided = {"decision": "projected", "human_verified": False, "id": made.id}

    assert made == msgspec.structs.replace(source, **decided)


def test_what_people_changed_stays_changed() -> None:
    """A projected span that somebody has moved is not projected again, nor its id reused."""
    corpus = corpus_of(a=TALK, b=TALK)
    notes = Notes(corpus)
    notes.span("a", "the old harbour pier would be closed for good")
    first = notes.project()
    [span] = first.records["b"]
    changes = {"end": span.end - len(" for good"), "text": span.text.removesuffix(" for good")}
    moved = msgspec.structs.replace(span, **changes, decision="adjudicated")
    notes.records.append(("b", moved))

    assert notes.project() == Projection({}, [])


def test_ids_are_of_source_and_place() -> None:
    """An id is the same in every run, and another one for every source and target."""
    notes = Notes(corpus_of(a=TALK, b=TALK, c=f"{TALK}\n{OTHER}\n{TALK}"))
    notes.loaded("a", "reckless", "one")
    notes.loaded("a", "shameful", "two")
    ids = [each.id for new in notes.project().records.values() for each in new]
    again = [each.id for new in notes.project().records.values() for each in new]

    assert ids == again
    assert len(set(ids)) == 6


@pytest.mark.parametrize("order", ["backwards", "by id"])
def test_order_of_records_does_not_matter(real: tuple[Corpus, AnnotationSet], order: str) -> None:
    """The same records in another order give the same result."""
    corpus, blocks = real

    def shuffled(made: AnnotationSet) -> AnnotationSet:
        by_id = sorted(made.records, key=lambda placed: placed.record.id)
        records = tuple(reversed(made.records)) if order == "backwards" else tuple(by_id)
        return msgspec.structs.replace(made, records=records)

    notes = rama(corpus).set()
    found = project(notes, blocks, corpus)
    assert project(shuffled(notes), shuffled(blocks), corpus) == found


def test_a_second_run_adds_nothing(real: tuple[Corpus, AnnotationSet]) -> None:
    """With the first result merged in, there is nothing new, and the same is left."""
    corpus, blocks = real
    notes = rama(corpus).set()
    found = project(notes, blocks, corpus)
    again = project(merged(notes, found, corpus), blocks, corpus)

    assert (again.records, again.queue) == ({}, found.queue)


def test_copies_without_an_alignment_are_left() -> None:
    """Where nothing tells which words are which, everything goes to a person."""
    notes = Notes(corpus_of(a=TALK, b=TALK))
    notes.loaded("a", "reckless", "word")

    found = notes.project(alignment=None)
    assert reasons(found) == {("word", "b", "border-unaligned")}
    assert found.queue[0].to_text == TALK


def test_a_copy_that_goes_on_keeps_its_own_claim() -> None:
    """Where the copy has a longer claim from the same word on, the shorter one is not added."""
    more = TALK.removesuffix(".") + ", to which nobody in the hall could find an answer."
    corpus = corpus_of(one=TALK, two=f"{OTHER}\n{more}")
    words = "the council called it a reckless and shameful waste of public money"
    notes = Notes(corpus)
    notes.span("one", words)
    notes.span("two", more[more.index(words) : -1])
    found = project(set_of(corpus, notes.records), blocks_of(corpus), corpus)

    assert found.records == {}
    assert [left.reason for left in found.queue] == ["claim-there"]
