from __future__ import annotations

from pathlib import Path

import pytest

from hostile_sets import written
from newspan.exchange.brat import read
from newspan.exchange.shapes import Found, Options
from newspan.model import Attribution, Link, Span
from newspan.problems import Problem

# "The mayor said on Monday that the piers leak, and the council denied it."
TEXT = "The mayor said on Monday that the piers\nleak 👩\u200d👧, and the council denied it.\n"


def found_in(
    folder: Path, ann: str | bytes, text: str = TEXT, **types: str
) -> tuple[Found, list[Problem], list[str]]:
    """Return the one document of a folder, the problems, and the labels of its own."""
    raw = ann.encode() if isinstance(ann, str) else ann
    path = written([("a.txt", text.encode()), ("a.ann", raw)], folder)
    reading = read(path, Options(types=types))
    (found,) = reading.documents
    return found, reading.problems, [label["id"] for label in reading.labels]


def shown(found: Found) -> list[tuple[str, str, str]]:
    """Return a document's spans as layer, label and text."""
    return [(r.layer, r.label, r.text) for r in found.records if isinstance(r, Span)]


def ids(problems: list[Problem]) -> list[tuple[str, int | None]]:
    """Return the ids of problems with their lines."""
    return [(problem.id, problem.place.line) for problem in problems]


def test_types_are_roles_factualities_techniques_or_labels_of_their_own(tmp_path: Path) -> None:
    """A type that newspan knows by any of its names means that; another becomes a label."""
    ann = (
        "T1\tSource 0 9\tThe mayor\n"
        "T2\topinion 30 44\tthe piers leak\n"
        "T3\tFlag-Waving 34 39\tpiers\n"
        "T4\tHabitat 34 39\tpiers\n"
    )
    found, problems, own = found_in(tmp_path, ann)

    assert shown(found) == [
        ("attribution", "source", "The mayor"),
        ("claim", "opinion", "the piers\nleak"),
        ("loaded_language", "Flag_Waving", "piers"),
        ("loaded_language", "Habitat", "piers"),
    ]
    assert (problems, own) == ([], ["Habitat"])


def test_the_user_says_what_types_mean(tmp_path: Path) -> None:
    """A mapping comes before all that a name means by itself; `none` leaves spans out."""
    ann = "T1\tSpeaker 0 9\tThe mayor\nT2\tSource 10 14\tsaid\nT3\tDoubt 15 17\ton\n"
    types = {"Speaker": "attribution:source", "Source": "loaded_language:Doubt", "Doubt": "none"}
    found, problems, own = found_in(tmp_path, ann, **types)

    assert [each[:2] for each in shown(found)] == [
        ("attribution", "source"),
        ("loaded_language", "Doubt"),
    ]
    assert (problems, own) == ([], [])


@pytest.mark.parametrize("meant", ["source", "claim:sure", "harbour:Doubt", "loaded_language:", ""])
def test_a_mapping_to_nothing_is_wrong_use(tmp_path: Path, meant: str) -> None:
    """What a type is mapped to must be a layer with a label."""
    with pytest.raises(ValueError, match="Speaker"):
        found_in(tmp_path, "T1\tSpeaker 0 9\tThe mayor\n", Speaker=meant)


def test_events_become_attributions(tmp_path: Path) -> None:
    """Repeated roles are numbered; fragments become several contents; marks are no spans."""
    ann = (
        "E1\tAttribution:T5 Source:T1 Cue:T2 Content:T3 Content2:T4 \n"
        "T1\tSource 0 9\tThe mayor\n"
        "T2\tCue 10 14\tsaid\n"
        "T3\tContent 25 29;34 39\tthat piers\n"
        "T4\tContent 40 44\tleak\n"
        "T5\tAttribution 10 14\tsaid\n"
    )
    found, problems, own = found_in(tmp_path, ann)
    spans = {record.id: record for record in found.records if isinstance(record, Span)}
    (attribution,) = (record for record in found.records if isinstance(record, Attribution))

    assert [spans[part].text for part in attribution.content_ids] == ["that", "piers", "leak"]
    assert [spans[part].text for part in attribution.source_ids] == ["The mayor"]
    assert spans[attribution.cue_id or ""].text == "said"
    assert len(spans) == 5
    assert (problems, own) == ([], [])


def test_an_events_own_mark_may_be_its_cue_and_its_arguments_name_roles(tmp_path: Path) -> None:
    """Other schemes have the cue as the event's mark, and roles for arguments of any type."""
    ann = (
        "T1\tPerson 0 9\tThe mayor\nT2\tCue 10 14\tsaid\nT3\tStatement 25 44\tx\n"
        "E1\tSays:T2 Source:T1 Content:T3\n"
    )
    found, _, own = found_in(tmp_path, ann)
    (attribution,) = (record for record in found.records if isinstance(record, Attribution))

    assert [each[1] for each in shown(found)] == ["source", "cue", "content"]
    assert attribution.cue_id == "a_s2" and own == []


def test_an_event_in_an_event_is_nested(tmp_path: Path) -> None:
    """An argument that is an event has the outer one for its parent."""
    ann = (
        "T1\tCue 10 14\tsaid\nT2\tContent 46 70\t\nT3\tCue 61 67\t\nT4\tContent 68 70\t\n"
        "E1\tAttribution:T1 Content:T2 Content2:E2\nE2\tAttribution:T3 Content:T4\n"
    )
    found, _, _ = found_in(tmp_path, ann)
    outer, inner = (record for record in found.records if isinstance(record, Attribution))

    assert (outer.parent_id, inner.parent_id) == (None, outer.id)


def test_a_text_over_several_lines_goes_on(tmp_path: Path) -> None:
    """A span's text may hold line ends; the lines behind it are read as what they are."""
    ann = (
        "T1\tContent 25 49\tthat the piers\nleak 👩\u200d👧,\n\n"
        "T2\tSource 54 65\tthe council\n"
        "stray\n"
    )
    found, problems, _ = found_in(tmp_path, ann)

    assert [each[2] for each in shown(found)] == [
        "that the piers\nleak 👩\u200d👧,",
        "the council",
    ]
    # What follows is taken for more of the text, and that is then not the document's.
    assert ids(problems) == [("surface-mismatch", 4)]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("T1\tSource 0 9\tThe may", "surface-mismatch"),
        ("T1\tSource 60 999\tbeyond", "offset-out-of-range"),
        ("T1\tSource 9 9\t", "offset-out-of-range"),
        ("T1\tSource 9 3\t", "offset-out-of-range"),
        ("T1\tSource 0 4;70 99\tThe it", "offset-out-of-range"),
        ("T1\tSource 0,9\tThe mayor", "row-syntax"),
        ("T1\tSource\tThe mayor", "row-syntax"),
        ("E1\tAttribution", "row-syntax"),
        ("E1\tAttribution:T9 Source:T8", "unknown-reference"),
        ("R1\trepeats Arg1:T1", "row-syntax"),
        ("A1\tunsure", "row-syntax"),
        ("said the mayor", "row-syntax"),
    ],
)
def test_each_defect_is_a_problem_and_the_rest_is_read(
    tmp_path: Path, line: str, problem: str
) -> None:
    """A line that is wrong has a problem with its place, and costs nothing else."""
    found, problems, _ = found_in(tmp_path, f"{line}\nT7\tCue 10 14\tsaid\n")

    assert (problem, 1) in ids(problems)
    assert ("attribution", "cue", "said") in shown(found)
    if problem == "surface-mismatch":
        assert ("attribution", "source", "The mayor") in shown(found)


def test_a_second_line_of_one_id_is_left_out(tmp_path: Path) -> None:
    """Of two annotations with one id the first holds."""
    ann = "T1\tCue 10 14\tsaid\nT1\tCue 66 72\tdenied\n"
    found, problems, _ = found_in(tmp_path, ann)

    assert [each[2] for each in shown(found)] == ["said"]
    assert ids(problems) == [("duplicate-id", 2)]


def test_events_that_say_nothing_or_too_much(tmp_path: Path) -> None:
    """No roles, two cues, a cue in two stretches, an argument of another type: each is told."""
    ann = (
        "T1\tCue 10 14\tsaid\nT2\tCue 66 72\tdenied\nT3\tContent 25 29\tthat\n"
        "T4\tAttribution 10 14\tsaid\nT5\tPerson 0 3\tThe\nT6\tCue 0 3;10 14\tThe said\n"
        "E1\tAttribution:T4\n"
        "E2\tAttribution:T4 Cue:T1 Cue2:T2 Content:T3\n"
        "E3\tAttribution:T4 Cue:T1 Source:T5 Content:T2\n"
        "E4\tAttribution:T4 Cue:T6 Content:T3\n"
    )
    found, problems, _ = found_in(tmp_path, ann)

    assert ids(problems) == [
        ("annotation-left-out", 6),
        ("attribution-empty", 7),
        ("annotation-left-out", 8),
        ("wrong-end", 9),
    ]
    made = [record for record in found.records if isinstance(record, Attribution)]
    assert [len(each.part_ids) for each in made] == [2, 2, 2]


def test_attributes_notes_and_relations(tmp_path: Path) -> None:
    """What newspan has a place for is read; what it lacks is told once per kind."""
    ann = (
        "T1\tClaim 30 44\tthe piers leak\nT2\tClaim 54 72\tthe council denied\n"
        "T3\tBacteria 0 3\tThe\n"
        "A1\tfactuality T1 factual\nA2\tcheck_worthy T1\nA3\thedged T1 maybe\n"
        "A4\tfactuality T2 opinion\nM5\tunsure T2\nA6\tNegation T3\nA7\tNegation T1\n"
        "R1\trepeats Arg1:T2 Arg2:T1\nR2\tLives-In Arg1:T3 Arg2:T1\n"
        "*\tEquiv T1 T2\nN1\tReference T3 Wiki:5\tmayor\n"
        "#1\tAnnotatorNotes T2\tfirst\n#2\tAnnotatorNotes T2\t\tsecond\n"
        "#3\tNormalizationOf T3\tx\n"
    )
    found, problems, _ = found_in(tmp_path, ann)
    first, second, *_ = (record for record in found.records if isinstance(record, Span))
    (link,) = (record for record in found.records if isinstance(record, Link))

    assert (first.factuality, first.check_worthy, first.hedged) == ("factual", True, None)
    assert (second.factuality, second.unsure, second.note) == ("opinion", True, "first\n\tsecond")
    assert (link.from_id, link.to_id) == (second.id, first.id)
    told = sorted((problem.place.line, problem.id, problem.message) for problem in problems)
    assert told == [
        (1, "attribute-value", "hedged can't be 'maybe' there"),
        (9, "annotation-left-out", "what Negation says, the first of 2 in this document"),
        (12, "annotation-left-out", "relations Lives-In"),
        (13, "annotation-left-out", "equivalences"),
        (14, "annotation-left-out", "references"),
        (17, "annotation-left-out", "what NormalizationOf says"),
    ]


def test_a_name_over_several_lines_is_several_notes(tmp_path: Path) -> None:
    """What a line can't hold is written as several, and read as one."""
    ann = (
        "T1\tCue 10 14\tsaid\nT2\tAttribution 10 14\tsaid\nE1\tAttribution:T2 Cue:T1\n"
        "A1\tsource_named E1\n#1\tsource_name E1\tAda\n#2\tsource_name E1\tQuay\n"
    )
    found, problems, _ = found_in(tmp_path, ann)
    (attribution,) = (record for record in found.records if isinstance(record, Attribution))

    assert (attribution.source_name, problems) == ("Ada\nQuay", [])


def test_other_events_are_left_out_and_their_spans_kept(tmp_path: Path) -> None:
    """An event that is no attribution is told; its mark and its arguments are spans."""
    ann = "T1\tMeet 10 14\tsaid\nT2\tPerson 0 9\tThe mayor\nE1\tMeet:T1 Who:T2\n"
    found, problems, _ = found_in(tmp_path, ann)

    assert [each[1] for each in shown(found)] == ["Meet", "Person"]
    assert [problem.message for problem in problems] == ["events Meet"]


def test_byte_order_marks_and_other_line_ends(tmp_path: Path) -> None:
    """A byte order mark counts as a character of the text, and as nothing before annotations."""
    text = "\ufeff" + TEXT.replace("\n", "\r\n")
    ann = "\ufeffT1\tSource 1 10\tThe mayor\r\nT2\tCue 11 15\tsaid\r\n#1\tAnnotatorNotes T1\tx\r\n"
    found, problems, _ = found_in(tmp_path, ann, text)

    assert [each[2] for each in shown(found)] == ["The mayor", "said"]
    assert found.text == text and found.records[0].note == "x"
    assert problems == []


def test_texts_and_annotations_without_each_other(tmp_path: Path) -> None:
    """A lone file is told; a file that isn't UTF-8 is left out; names are unique and stable."""
    path = written(
        [
            ("one/a.txt", TEXT.encode()),
            ("one/a.ann", b"T1\tCue 10 14\tsaid\n"),
            ("two/a.txt", TEXT.encode()),
            ("two/a.ann", b""),
            ("b.ann", b"T1\tCue 10 14\tsaid\n"),
            ("README.txt", b"About"),
            ("c.txt", b"caf\xe9"),
            ("c.ann", b""),
            ("d.txt", b"A tide."),
            ("d.ann", b"T1\tCue 0 1\t\xe9\n"),
            ("annotation.conf", b"[entities]\nCue\n"),
        ],
        tmp_path,
    )
    reading = read(path, Options())
    documents = list(reading.documents)

    assert [(found.name, len(found.records)) for found in documents] == [
        ("d", 0),
        ("one/a", 1),
        ("two/a", 0),
    ]
    assert [found.looked for found in documents] == [False, True, True]
    assert len({found.id for found in documents}) == 3
    assert [(problem.id, problem.place.file) for problem in reading.problems] == [
        ("document-unknown", "b.ann"),
        ("file-left-out", "README.txt"),
        ("not-utf8", "c.txt"),
        ("not-utf8", "d.ann"),
    ]


def test_layers_are_those_that_types_are_of(tmp_path: Path) -> None:
    """What nobody marked was not looked for: a corpus of sources has no claims to be without."""
    ann = b"T1\tSource 0 9\tThe mayor\nT2\tAttribution 10 14\tsaid\nE1\tAttribution:T2 Source:T1\n"
    path = written([("a.txt", TEXT.encode()), ("a.ann", ann)], tmp_path)

    assert read(path, Options()).layers == ("attribution",)
    assert read(path / "a.ann", Options(types={"Source": "claim:factual"})).layers == (
        "claim",
        "attribution",
    )


def test_a_folder_without_annotations_is_wrong_use(tmp_path: Path) -> None:
    """There must be something to read."""
    with pytest.raises(ValueError, match=r"\.ann"):
        read(tmp_path, Options())
