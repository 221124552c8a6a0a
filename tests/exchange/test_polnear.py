from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostile_sets import written
from made_corpus import Maker, corpus_of
from newspan.exchange.polnear import _take, read, write
from newspan.exchange.shapes import Found, Options
from newspan.model import Attribution, Span
from newspan.problems import Problem

EXTENT = st.tuples(st.integers(0, 30), st.integers(1, 5)).map(lambda e: (e[0], e[0] + e[1]))
TEXT = "The mayor said the piers leak. It is said that they rot.\nAda Quay wrote this.\n"
ANN = (
    "T1\tSource 0 9\tThe mayor\nT2\tCue 10 14\tsaid\nT3\tContent 15 29\tthe piers leak\n"
    "T4\tAttribution 10 14\tsaid\nE1\tAttribution:T4 Content:T3 Cue:T2 Source:T1\n"
    "T5\tCue 31 41\tIt is said\nT6\tContent 42 46;52 55\tthat rot\n"
    "T7\tAttribution-no-source 31 41\tIt is said\nE2\tAttribution-no-source:T7 Content:T6 Cue:T5\n"
    "T8\tDiscard 57 77\tAda Quay wrote this.\n"
)


def found_in(folder: Path, **files: str) -> tuple[list[Found], list[Problem]]:
    """Return the documents of a folder, and the problems."""
    reading = read(
        written([(name, each.encode()) for name, each in files.items()], folder), Options()
    )
    return list(reading.documents), reading.problems


def test_the_folders_of_polnear_are_read(tmp_path: Path) -> None:
    """Texts and annotations stand in two folders; an annotator's name stands behind the text's."""
    table = (
        "compartment\tfilename\tpublisher\tpublication_date\tauthor\ttitle\n"
        "dev\tpier_2016\tquay-post\t2016-09-29\tNone\tPiers Leak, Says Mayor\n"
    )
    (found,), problems = found_in(
        tmp_path,
        **{
            "data/dev/text/pier_2016.txt": TEXT,
            "data/dev/attributions/pier_2016_ef2d.ann": ANN,
            "data/metadata.tsv": table,
        },
    )
    first, second = (record for record in found.records if isinstance(record, Attribution))
    spans = {record.id: record.text for record in found.records if isinstance(record, Span)}

    assert (found.name, found.id) == ("pier_2016", "pier_2016")
    assert [spans[part] for part in first.part_ids] == ["The mayor", "said", "the piers leak"]
    assert [spans[part] for part in second.content_ids] == ["that", "rot"]
    assert (first.source_kind, second.source_kind) == (None, "none")
    assert found.meta == {
        "title": "Piers Leak, Says Mayor",
        "outlet": "quay-post",
        "published": "2016-09-29",
    }
    assert [(problem.id, problem.place.line) for problem in problems] == [
        ("annotation-left-out", 10)
    ]


def test_one_annotator_of_several_is_read(tmp_path: Path) -> None:
    """A text is one document, whoever annotated it; what is left, texts too, is told."""
    (found,), problems = found_in(
        tmp_path,
        **{"a.txt": TEXT, "a_4b22.ann": "", "a_ef2d.ann": ANN, "b_ef2d.ann": ANN, "c.txt": TEXT},
    )

    assert (found.name, found.records) == ("a", ())
    assert [(problem.id, problem.place.file) for problem in problems] == [
        ("file-left-out", "a_ef2d.ann"),
        ("document-unknown", "b_ef2d.ann"),
        ("file-left-out", "c.txt"),
    ]


def test_annotations_that_are_no_utf8_say_nothing(tmp_path: Path) -> None:
    """What can't be read is told, and doesn't count as a text without attributions."""
    files = {"a.txt": TEXT.encode(), "a.ann": ANN.encode("utf-16"), "b.txt": b"Tide.", "b.ann": b""}
    reading = read(written(files.items(), tmp_path), Options())

    assert [found.looked for found in reading.documents] == [False, True]
    assert [problem.id for problem in reading.problems] == ["not-utf8"]


def test_a_sourceless_event_with_a_source_has_one(tmp_path: Path) -> None:
    """What an event has counts for more than what its type says."""
    ann = ANN.replace("E2\tAttribution-no-source:T7", "E2\tAttribution-no-source:T7 Source:T1")
    (found,), problems = found_in(tmp_path, **{"a.txt": TEXT, "a.ann": ann})
    _, second = (record for record in found.records if isinstance(record, Attribution))

    assert (len(second.source_ids), second.source_kind) == (1, None)
    assert problems[0].id == "attribute-value"


def test_only_the_outermost_attributions_are_written() -> None:
    """PolNeAR's words have one role in one attribution: what is nested or crosses is declared."""
    corpus = corpus_of({"tide": ["The mayor said that Ada wrote that the piers leak."]})
    make = Maker(corpus)
    words = {
        "s1": ("The mayor", "source"),
        "c1": ("said", "cue"),
        "t1": ("that Ada wrote that the piers leak", "content"),
        "s2": ("Ada", "source"),
        "c2": ("wrote", "cue"),
        "t2": ("that the piers leak", "content"),
    }
    spans = [make.span("tide-i1", each, name, role=role) for name, (each, role) in words.items()]
    ties = [
        Attribution("a1", source_ids=("s1",), cue_id="c1", content_ids=("t1",), mode="indirect"),
        Attribution("a2", source_ids=("s2",), cue_id="c2", content_ids=("t2",), parent_id="a1"),
    ]
    writing = write(corpus, make.set("x", [*spans, *(("tide-i1", tie) for tie in ties)]), Options())
    files = dict(writing.files)

    assert files["attributions/tide.ann"].decode() == (
        "T1\tSource 0 9\tThe mayor\nT2\tCue 10 14\tsaid\n"
        "T3\tContent 15 49\tthat Ada wrote that the piers leak\n"
        "T4\tAttribution 10 14\tsaid\nE1\tAttribution:T4 Source:T1 Cue:T2 Content:T3\n"
    )
    assert {loss.what: loss.number for loss in writing.losses} == {
        "attribute:mode": 1,
        "parent": 1,
        "record:attribution": 1,
        "role:content": 1,
        "role:cue": 1,
        "role:source": 1,
        "tie:content": 1,
        "tie:cue": 1,
        "tie:source": 1,
    }


def test_a_folder_without_annotations_is_wrong_use(tmp_path: Path) -> None:
    """There must be something to read."""
    with pytest.raises(ValueError, match=r"\.ann"):
        read(tmp_path, Options())


@given(st.lists(st.lists(EXTENT, min_size=1, max_size=3), max_size=12))
def test_what_shares_a_word_is_not_taken(wanted: list[list[tuple[int, int]]]) -> None:
    """Parts are taken together or not at all, as comparing each with all others says."""
    taken: list[tuple[int, int]] = []
    naive: list[tuple[int, int]] = []
    for extents in wanted:
        parts = [Span("s", "attribution", *extent, "x", role="content") for extent in extents]
        others = list(naive)
        free = True
        for start, end in extents:
            free &= all(max(start, a) >= min(end, b) for a, b in others)
            others.append((start, end))
        naive = others if free else naive

        assert _take(parts, taken) == free
        assert taken == sorted(naive)
