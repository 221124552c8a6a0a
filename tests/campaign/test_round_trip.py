"""Whatever the text holds, what is quoted from it comes back at the same code points."""

from __future__ import annotations

import hashlib
import json
from functools import cache

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_answers import quotation
from corpora import GOOD
from newspan.campaign.archive import Kept
from newspan.campaign.outcome import outcome, read_answers
from newspan.campaign.packets import FORMAT, Index, Options, Packet, paragraphs_of
from newspan.checks.sets import check_set
from newspan.corpus import AnnotationSet, Corpus, Placed, read_corpus
from newspan.model import Coverage, Producer, SetInfo, Span, Zone
from newspan.problems import Place

PIECES = [
    "a",
    "aa",
    "b c",
    "e\u0301",
    "\u0301",
    "👩‍👩‍👧",
    "👩",
    "\u200d",
    "שלום",
    "می\u200cشود",
    "港は",
]
PIECES += [
    "\r\n",
    "\n",
    "\u00a0",
    "\u200b",
    "\ufeff",
    "\u2028",
    "\x85",
    " ",
    "“",
    "”",
    '"',
    "«",
    "»",
]
PIECES += ["\\", "\\u0041", "```", "</p>", '{"packet": 1}', "1,5", "—", "\x00", "\x1f", "'", "港は"]
PARAGRAPH = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join)


@cache
def good() -> Corpus:
    """Return the small corpus, to be given another text."""
    corpus, _ = read_corpus(GOOD)
    assert corpus is not None
    return corpus


def corpus_of(paragraphs: list[str]) -> Corpus:
    """Return a corpus of one item with these paragraphs."""
    text, zones = "", []
    for words in paragraphs:
        zones.append(Zone(len(text), len(text) + len(words), "paragraph"))
        text += words + "\n\n"
    document = good().documents[0]
    item = msgspec.structs.replace(document.items[0], end=len(text), zones=tuple(zones))
    document = msgspec.structs.replace(document, items=(item,))
    return msgspec.structs.replace(good(), documents=(document,), texts={document.id: text})


@settings(max_examples=150)
@given(st.lists(PARAGRAPH, min_size=1, max_size=3), st.data())
def test_what_is_quoted_comes_back(paragraphs: list[str], data: st.DataObject) -> None:
    """A span that `check` accepts is placed at its code points; what it refuses never is."""
    corpus = corpus_of(paragraphs)
    (document,) = corpus.documents
    (item,) = document.items
    text = corpus.texts[document.id]
    shown = paragraphs_of(item, ["paragraph"])
    numbers = tuple(each.number for each in shown)
    packet = Packet("p1", hashlib.sha256(b"").hexdigest(), item.id, document.sha256, numbers, shown)
    options = Options(("loaded_language",), ("paragraph",), None, "document", 0, "numbered")
    index = Index(FORMAT, "x", "1.0.0", "", corpus.labels.sha256, (), options, (packet,))
    extents = set()
    for _ in range(data.draw(st.integers(1, 6))):
        zone = data.draw(st.sampled_from(item.zones))
        start = data.draw(st.integers(zone.start, zone.end - 1))
        extents.add((start, data.draw(st.integers(start + 1, zone.end))))
    entries = [
        {**quotation(*extent, packet, text), "technique": "Slogans"} for extent in sorted(extents)
    ]
    answer = {"packet": "p1", "loaded_language": entries, "looked_at": list(numbers)}
    raw = json.dumps(answer, ensure_ascii=data.draw(st.booleans())).encode()

    reads = read_answers([Kept("0001-a", raw)], index, {"p1": b""}, corpus, "answers")
    found = outcome(reads, index, corpus, "s")
    placed = {
        (each.start, each.end) for each in found.records.get(item.id, ()) if isinstance(each, Span)
    }

    assert [problem for read in reads for problem in read.problems] == []
    assert len(found.fates) == len(entries)
    assert {extent for extent in extents if not accused(extent, corpus)} <= placed
    assert not any(accused(extent, corpus) for extent in placed)


def accused(extent: tuple[int, int], corpus: Corpus) -> bool:
    """Tell whether the checks say anything about a loaded span."""
    (document,) = corpus.documents
    item = document.items[0].id
    words = corpus.texts[document.id][slice(*extent)]
    span = Span("s", "loaded_language", *extent, words, technique="Slogans")
    coverage = (Coverage(item, ("loaded_language",), ("paragraph",)),)
    info = SetInfo("s", Producer("person", "x"), "2026-11-22", corpus.labels.sha256, None, coverage)
    return any(check_set(AnnotationSet(info, (Placed(span, item, Place("x")),)), corpus))
