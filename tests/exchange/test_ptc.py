from __future__ import annotations

from pathlib import Path

import pytest

from hostile_sets import written
from newspan.exchange.convert import convert
from newspan.exchange.ptc import read
from newspan.exchange.shapes import Found, Options
from newspan.model import Span
from newspan.problems import Problem

TEXT = "Ferry row\n\nThe corrupt 👩\u200d👧 council, shame on it!\n"
SI = "labels1/article111.task1-SI.labels"
TC = "labels2/article111.task2-TC.labels"


def found_in(
    folder: Path, **files: str | bytes
) -> tuple[dict[str, Found], list[Problem], list[str]]:
    """Return what is read by article, the problems, and the labels of the source's own."""
    raw = {name: each.encode() if isinstance(each, str) else each for name, each in files.items()}
    reading = read(written(raw.items(), folder), Options(language="en"))
    documents = {found.name: found for found in reading.documents}
    return documents, reading.problems, [label["id"] for label in reading.labels]


def spans_of(found: Found) -> list[tuple[int, int, str | None]]:
    """Return a document's spans as extents with techniques."""
    return [(r.start, r.end, r.technique) for r in found.records if isinstance(r, Span)]


@pytest.mark.parametrize(
    "name",
    [
        TC,
        "article111.task-flc-tc.labels",
        "x/article111.task3.labels",
        "article111.labels.tsv",
        "labels.tsv",
        "train-task2-TC.labels",
        "dev-task-flc-tc.txt",
    ],
)
def test_rows_of_techniques_are_read_under_every_name(tmp_path: Path, name: str) -> None:
    """Files of both years are known, per article or one for all; edge spaces are kept."""
    rows = "111\tName_Calling,Labeling\t14\t22\n111\tDoubt\t15\t22\n222\tDoubt\t0\t3\n"
    documents, problems, own = found_in(
        tmp_path, **{"article111.txt": TEXT, "a/article222.txt": "Why?", name: rows}
    )

    assert spans_of(documents["111"]) == [
        (14, 22, "Name_Calling-Labeling"),
        (15, 22, "Doubt"),
    ]
    assert documents["111"].records[0].text == " corrupt"  # type: ignore[union-attr]
    assert spans_of(documents["222"]) == [(0, 3, "Doubt")]
    assert (problems, own) == ([], [])
    assert documents["111"].id == "111" and documents["111"].language == "en"


def test_the_merged_labels_of_2020_stay_merged(tmp_path: Path) -> None:
    """Whataboutism of 2019 is one technique, the three of 2020 are another."""
    rows = (
        "111\tWhataboutism\t0\t5\n111\tWhataboutism,Straw_Men,Red_Herring\t0\t5\n"
        "111\tBandwagon,Reductio_ad_hitlerum\t0\t5\n111\tReductio_ad_hitlerum\t0\t5\n"
    )
    documents, _, own = found_in(tmp_path, **{"article111.txt": TEXT, "labels.tsv": rows})

    assert [technique for *_, technique in spans_of(documents["111"])] == [
        "Bandwagon-Reductio_ad_hitlerum",
        "Guilt_by_Association",
        "Whataboutism",
        "Whataboutism-Straw_Men-Red_Herring",
    ]
    assert own == []


def test_spans_without_a_technique_are_unlabelled(tmp_path: Path) -> None:
    """SI's spans and a template's question marks have a label that says that they have none."""
    documents, problems, own = found_in(
        tmp_path,
        **{
            "article111.txt": TEXT,
            "article222.txt": TEXT,
            SI: "111\t15\t22\n",
            "dev-task-TC-template.out": "222\t?\t15\t22\n",
        },
    )

    assert spans_of(documents["111"]) == spans_of(documents["222"]) == [(15, 22, "Unlabelled")]
    assert (problems, own) == ([], ["Unlabelled"])


def test_si_adds_nothing_to_what_tc_says(tmp_path: Path) -> None:
    """SI has TC's spans merged; only one that TC doesn't cover is a span of its own."""
    documents, _, _ = found_in(
        tmp_path,
        **{
            "article111.txt": TEXT,
            SI: "111\t0\t9\n111\t15\t22\n",
            TC: "111\tSlogans\t0\t5\n111\tDoubt\t4\t9\n",
        },
    )

    assert spans_of(documents["111"]) == [
        (0, 5, "Slogans"),
        (4, 9, "Doubt"),
        (15, 22, "Unlabelled"),
    ]


def test_a_row_in_two_files_is_one_but_twice_in_one_is_two(tmp_path: Path) -> None:
    """A release has each row per article and for all; a repeated row is the release's own."""
    rows = "111\tDoubt\t0\t5\n"
    documents, _, _ = found_in(
        tmp_path, **{"article111.txt": TEXT, TC: rows * 2, "train-task2-TC.labels": rows}
    )

    assert len(documents["111"].records) == 2


def test_each_defect_is_a_problem_and_the_rest_is_read(tmp_path: Path) -> None:
    """Rows out of range, cut short or of unknown articles are told with file and line."""
    rows = (
        "\ufeff111\tDoubt\t0\t5\r\n"
        "\n"
        "111\tDoubt\t30\t3000\n"
        "111\tDoubt\t-1\t5\n"
        "111\tDoubt\t5\t5\n"
        "111\tDoubt\t5\n"
        "111\tDoubt\t5.0\t7\n"
        "111\tDoubt\t5\t" + "9" * 5000 + "\n"
        "999\tDoubt\t5\t7\n"
        "999\tSlogans\t5\t7\n"
        "111\tSea_Shanty!\t6\t9"
    )
    documents, problems, own = found_in(
        tmp_path,
        **{
            "article111.txt": TEXT,
            "article222.txt": b"\xff\xfe broken",
            "b/article111.txt": "another text",
            "c/article111.txt": TEXT,
            "labels.tsv": rows,
            "article111.task2.labels": "111\t1\tpropaganda\n111\t2\tnon-propaganda\n",
            "propaganda-techniques-names.txt": "Doubt\n",
            "task-description.txt": "The task\n\nis this.\n",
        },
    )

    assert spans_of(documents["111"]) == [(0, 5, "Doubt"), (6, 9, "Sea_Shanty")]
    assert own == ["Sea_Shanty"]
    assert sorted((p.id, str(p.place)) for p in problems) == [
        ("document-unknown", "labels.tsv:9"),
        ("duplicate-id", "b/article111.txt"),
        ("file-left-out", "article111.task2.labels"),
        ("not-utf8", "article222.txt:1"),
        ("offset-out-of-range", "labels.tsv:3"),
        ("offset-out-of-range", "labels.tsv:4"),
        ("offset-out-of-range", "labels.tsv:5"),
        ("row-syntax", "labels.tsv:6"),
        ("row-syntax", "labels.tsv:7"),
        ("row-syntax", "labels.tsv:8"),
    ]


def test_a_byte_order_mark_counts(tmp_path: Path) -> None:
    """Offsets are code points into the article as it is, its mark included."""
    documents, _, _ = found_in(
        tmp_path, **{"article111.txt": "\ufeffFerry", "labels.tsv": "111\tDoubt\t1\t6\n"}
    )

    assert documents["111"].records[0].text == "Ferry"  # type: ignore[union-attr]


def test_a_folder_without_articles_is_wrong_use(tmp_path: Path) -> None:
    """Nothing to read is no defect of the data."""
    with pytest.raises(ValueError, match="no files article"):
        read(tmp_path, Options())
    with pytest.raises(ValueError, match="no folder"):
        read(tmp_path / "gone", Options())


def test_a_template_asks_and_labels_answer(tmp_path: Path) -> None:
    """Where another file names the technique of a span, the template's `?` adds none."""
    documents, problems, own = found_in(
        tmp_path,
        **{
            "article111.txt": TEXT,
            "dev-task-TC-template.out": "111\t?\t11\t22\n111\t?\t24\t27\n",
            "dev-task-flc-tc.labels": "111\tDoubt\t11\t22\n",
        },
    )

    assert problems == []
    assert spans_of(documents["111"]) == [(11, 22, "Doubt"), (24, 27, "Unlabelled")]
    assert own == ["Unlabelled"]


def test_a_technique_outside_the_text_hides_no_span(tmp_path: Path) -> None:
    """It is left out itself, so that what SI says there is all that is known."""
    documents, problems, _ = found_in(
        tmp_path,
        **{"article111.txt": TEXT, TC: "111\tDoubt\t11\t999\n", SI: "111\t11\t22\n"},
    )

    assert [problem.id for problem in problems] == ["offset-out-of-range"]
    assert spans_of(documents["111"]) == [(11, 22, "Unlabelled")]


def looked(documents: dict[str, Found]) -> set[str]:
    """Return the articles that somebody looked at."""
    return {name for name, found in documents.items() if found.looked}


def test_articles_without_labels_were_not_looked_at(tmp_path: Path) -> None:
    """A file of its own, be it empty, says that nothing is there; no file says nothing at all."""
    documents, problems, _ = found_in(
        tmp_path,
        **{
            "train-articles/article1.txt": TEXT,
            "train-articles/article2.b.txt": TEXT,
            "train-articles/article3.txt": TEXT,
            "dev-articles/article4.txt": TEXT,
            "labels/article1.task1-SI.labels": "1\t0\t5\n",
            "labels/article2.b.task1-SI.labels": "",
        },
    )

    assert looked(documents) == {"1", "2.b"}
    assert [(p.id, p.place.file) for p in problems] == [
        ("text-not-annotated", "dev-articles/article4.txt")
    ]
    assert "in 2, this one first" in problems[0].message


def test_a_file_for_all_is_of_its_articles_folder(tmp_path: Path) -> None:
    """An article without a row has nothing where others of its folder have rows; no other one."""
    documents, _, _ = found_in(
        tmp_path,
        **{
            "train-articles/article1.txt": TEXT,
            "train-articles/article2.txt": TEXT,
            "test-articles/article3.txt": TEXT,
            "train-task2-TC.labels": "1\tDoubt\t0\t5\n",
        },
    )

    assert looked(documents) == {"1", "2"}


def test_files_without_rows_of_spans_are_told_once(tmp_path: Path) -> None:
    """2019's release has a file about sentences beside each of hundreds of articles."""
    files = {f"article{n}.txt": TEXT for n in (1, 2, 3)}
    files |= {f"article{n}.task2.labels": f"{n}\t1\tpropaganda\n" for n in (1, 2, 3)}
    files |= {f"article{n}.task3.labels": f"{n}\tDoubt\t0\t5\n" for n in (1, 2, 3)}
    documents, problems, _ = found_in(tmp_path, **files)

    assert [len(found.records) for found in documents.values()] == [1, 1, 1]
    assert [(p.id, p.place.file) for p in problems] == [("file-left-out", "article1.task2.labels")]
    assert "in 3, this one first" in problems[0].message


def test_rows_of_labels_in_a_file_of_another_name(tmp_path: Path) -> None:
    """What begins with a row of labels but isn't called so is told once, with how to call it."""
    (tmp_path / "article1.txt").write_text("Ferries are late.")
    (tmp_path / "predictions.tsv").write_text("1\tDoubt\t0\t5\n")
    (tmp_path / "mine.out").write_text("1\t0\t5\n")
    (tmp_path / "words.tsv").write_text("late\t3\tx\n")
    reading = read(tmp_path, Options())
    list(reading.documents)

    left = [each for each in reading.problems if each.id == "file-left-out"]
    assert [each.place.file for each in left] == ["mine.out"]
    assert "*.labels" in left[0].message and "2, this one first" in left[0].message


def test_labels_that_are_called_like_articles_are_labels(tmp_path: Path) -> None:
    """`article1.labels.txt` says what is in article 1, or that nothing is; no text gets lost."""
    source = written(
        [
            ("article1.txt", TEXT.encode()),
            ("article1.labels.txt", b"1\tDoubt\t0\t5\n"),
            ("article1.task-flc.txt", b"1\tDoubt\t0\t5\n1\tSlogans\t6\t9\n"),
            ("article2.txt", TEXT.encode()),
            ("article2.labels.txt", b""),
            ("article2.task-slc.txt", b"2\t1\tpropaganda\n"),
            ("article-task-force.txt", TEXT.encode()),
        ],
        tmp_path / "ptcl",
    )
    reading = read(source, Options())
    documents = {found.name: found for found in reading.documents}

    assert set(documents) == {"-task-force", "1", "2"}
    assert spans_of(documents["1"]) == [(0, 5, "Doubt"), (6, 9, "Slogans")]
    assert looked(documents) == {"1", "2"}
    left = {p.id: p.place.file for p in reading.problems}
    assert left == {
        "file-left-out": "article2.task-slc.txt", "text-not-annotated": "article-task-force.txt"
    }  # fmt: skip

    done = convert(source, tmp_path / "out", from_format="ptc", to_format="newspan-jsonl")
    assert (done.documents, done.records) == (3, 2)


def test_labels_that_are_no_utf8_say_nothing(tmp_path: Path) -> None:
    """What can't be read is told, and doesn't count as a file without labels."""
    documents, problems, _ = found_in(
        tmp_path,
        **{"article1.txt": TEXT, "article1.task3.labels": "1\tDoubt\t0\t5\n".encode("utf-16")},
    )

    assert looked(documents) == set()
    assert [p.id for p in problems] == ["not-utf8", "text-not-annotated"]
