from __future__ import annotations

import random
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc, DocBin, SpanGroup
from spacy.tokens import Span as DocSpan

from hostile_sets import corpus, text, written
from newspan.exchange.documents import corpus_of, documents_of
from newspan.exchange.facts import facts
from newspan.exchange.shapes import Found, Options, Reading
from newspan.exchange.spacy_docs import FILE, KEY, read, write
from newspan.exchange.spacy_tokens import pieces
from newspan.model import Attribution, Link, Span

WORDS = ["Ada", "said", "the", "corrupt", "council", "won't", "pay"]


def doc() -> Doc:
    """Return a document as anybody's pipeline has it."""
    return Doc(spacy.blank("xx").vocab, words=WORDS)


def reading_of(folder: Path, *docs: Doc, **options: dict[str, str]) -> tuple[list[Found], Reading]:
    """Return what is read of a DocBin."""
    DocBin(store_user_data=True, docs=docs).to_disk(folder / "train.spacy")
    reading = read(folder, Options(**options))  # type: ignore[arg-type]
    return list(reading.documents), reading


def spans_of(found: Found) -> list[tuple[str, str, str]]:
    """Return a document's spans: words, layer, label."""
    return [(r.text, r.layer, r.label) for r in found.records if isinstance(r, Span)]


@pytest.mark.parametrize("seed", range(30))
def test_every_span_stands_in_its_layers_group(tmp_path: Path, seed: int) -> None:
    """Groups have each span's words and label; with what is beside them, nothing is lost."""
    made, chosen = corpus(random.Random(seed))
    writing = write(made, chosen, Options())
    reading = read(written(writing.files, tmp_path), Options())
    docs = DocBin().from_disk(tmp_path / FILE).get_docs(spacy.blank("xx").vocab)

    assert writing.losses == () and reading.problems == []
    assert facts(reading.documents) == facts(documents_of(made, chosen))
    for each, found in zip(docs, documents_of(made, chosen), strict=True):
        assert each.text == found.text
        grouped = [
            (span.id_, key, span.label_, span.text, span.start_char)
            for key, group in each.spans.items()
            for span in group
        ]
        spans = [record for record in found.records if isinstance(record, Span)]
        expected = [(s.id, s.layer, s.label, s.text, s.start) for s in spans]
        assert sorted(grouped) == sorted(expected)


@given(seed=st.integers(0, 2**32))
def test_tokens_give_back_the_text(seed: int) -> None:
    """Tokens and spaces are the text, whatever it is, and each span is some of them."""
    rng = random.Random(seed)
    words = text(rng)
    spans = []
    for _ in range(rng.randrange(6) if words else 0):
        start = rng.randrange(len(words))
        spans.append((start, rng.randrange(start, len(words)) + 1))
    tokens = [each for each in spans if rng.random() < 0.5]
    found = pieces(words, tokens, spans)
    together = "".join(w + " " * space for w, space in zip(found.words, found.spaces, strict=True))

    assert together == words
    for start, end in spans:
        first, last = found.starts[start], found.ends[end]
        inside = zip(found.words[first:last], found.spaces[first:last], strict=True)
        assert "".join(w + " " * s for w, s in inside).startswith(words[start:end])
        assert all(found.words)


def test_a_space_is_no_token_unless_a_span_needs_it() -> None:
    """Tokens are as spaCy has them where spans let them be."""
    assert pieces("a b c", [(0, 1), (2, 3), (4, 5)], [(2, 5)]).words == ("a", "b", "c")
    assert pieces("a b c", [(0, 1), (2, 3), (4, 5)], [(0, 2)]).words == ("a", " ", "b", "c")
    assert pieces("won't", [(0, 5)], [(0, 2)]).words == ("wo", "n't")


def test_anybodys_groups_and_entities_are_read(tmp_path: Path) -> None:
    """A group of a layer's name has its labels, others are mapped, or techniques of one's own."""
    one, other = doc(), doc()
    one.spans["sc"] = [DocSpan(one, 3, 4, label="Doubt"), DocSpan(one, 3, 5, label="Sea shanty")]
    one.spans["claim"] = [DocSpan(one, 4, 7, label="factual")]
    one.spans["quay"] = [DocSpan(one, 0, 1)]
    one.spans["attribution"] = SpanGroup(one, spans=[])
    one.ents = [DocSpan(one, 0, 1, label="PER")]
    types = {"PER": "attribution:source", "quay": "none"}
    documents, reading = reading_of(tmp_path, one, other, types=types)

    assert [found.name for found in documents] == ["train-1", "train-2"]
    assert spans_of(documents[0]) == [
        ("corrupt", "loaded_language", "Doubt"),
        ("corrupt council", "loaded_language", "Sea_shanty"),
        ("council won't pay", "claim", "factual"),
        ("Ada", "attribution", "source"),
    ]
    assert documents[1].text == "Ada said the corrupt council won't pay "
    assert set(reading.layers) == {"claim", "attribution", "loaded_language"}
    assert [label["id"] for label in reading.labels] == ["Sea_shanty"]
    assert reading.problems == []


def test_what_a_pipeline_changed_counts(tmp_path: Path) -> None:
    """A span that was taken out of its group is gone, with what was tied to it alone."""
    words = "Ada said so. Ada said so."
    spans = [
        Span("s", "attribution", 0, 3, "Ada", role="source"),
        Span("c", "attribution", 4, 8, "said", role="cue"),
        Span("k", "claim", 9, 11, "so", factuality="factual", note="Why?"),
        Span("m", "claim", 22, 24, "so", factuality="factual"),
    ]
    ties = [Attribution("a", source_ids=("s",), cue_id="c"), Link("l", "repeats", "m", "k")]
    found = Found("tides", "tides", words.encode(), (*spans, *ties))
    files = dict(write(*corpus_of(Reading([found], ("claim",))), Options()).files)
    (one,) = DocBin().from_bytes(files[FILE]).get_docs(spacy.blank("xx").vocab)
    one.spans["attribution"] = [x for x in one.spans["attribution"] if x.id_ != "s"]
    kept = [x for x in one.spans["claim"] if x.id_ == "k"]
    one.spans["claim"] = [DocSpan(one, x.start, x.end, "opinion", span_id="k") for x in kept]
    (again,), reading = reading_of(tmp_path, one)

    assert spans_of(again) == [("said", "attribution", "cue"), ("so", "claim", "opinion")]
    assert [r for r in again.records if not isinstance(r, Span)] == [Attribution("a", cue_id="c")]
    assert again.records[1].note == "Why?"
    assert reading.problems == []


def test_each_defect_is_a_problem_and_the_rest_is_read(tmp_path: Path) -> None:
    """Files that are no DocBin, names that stand twice, labels that are none are told."""
    one, twice, odd = doc(), doc(), doc()
    for each in (one, twice):
        each.user_data[KEY] = {"id": "tides", "records": [5, {"id": "x", "record": "pier"}]}
    odd.spans["claim"] = [DocSpan(odd, 0, 1, label="fishy"), DocSpan(odd, 0, 1, label="opinion")]
    odd.user_data[KEY] = "pier"
    (tmp_path / "a.spacy").write_bytes(b"no DocBin")
    documents, reading = reading_of(tmp_path, one, twice, odd)

    assert [found.name for found in documents] == ["tides", "train-3"]
    assert spans_of(documents[1]) == [("Ada", "claim", "opinion")]
    assert [(p.id, str(p.place)) for p in reading.problems] == [
        ("file-unreadable", "a.spacy"),
        ("schema", "train.spacy#/0/record"),
        ("duplicate-id", "train.spacy#/1"),
        ("schema", "train.spacy#/2/factuality"),
    ]
    with pytest.raises(ValueError, match=r"no \.spacy"):
        read(written({"b/x.txt": b""}.items(), tmp_path) / "b", Options())


@pytest.mark.parametrize("seed", range(40))
def test_no_damage_ends_in_a_traceback(tmp_path: Path, seed: int) -> None:
    """A file with a byte changed, or cut short, is a problem."""
    rng = random.Random(seed)
    raw = bytearray(dict(write(*corpus(rng), Options()).files)[FILE])
    raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    (tmp_path / "x.spacy").write_bytes(
        bytes(raw[: rng.choice([len(raw), rng.randrange(len(raw))])])
    )
    reading = read(tmp_path, Options())

    assert reading.problems or list(reading.documents)


def test_without_spacy_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to be installed is said, not a traceback."""
    monkeypatch.setitem(__import__("sys").modules, "spacy", None)
    monkeypatch.setitem(__import__("sys").modules, "spacy.tokens", None)
    (tmp_path / "x.spacy").write_bytes(b"")
    with pytest.raises(ImportError, match=r"newspan\[spacy\]"):
        write(*corpus(random.Random(1)), Options())
    with pytest.raises(ImportError, match=r"newspan\[spacy\]"):
        read(tmp_path, Options())
