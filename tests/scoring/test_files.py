"""`newspan score` on files of labels as the shared tasks have them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from newspan.cli.score import command
from newspan.scoring import flc, score_files, si, tc

GOLD = {"11": [(10, 20, "Doubt"), (30, 50, "Slogans"), (45, 60, "Doubt")], "22": []}
GUESS = {"11": [(10, 15, "Doubt"), (30, 50, "Doubt"), (45, 60, "Doubt")], "22": [(0, 4, "Doubt")]}


def run(*arguments: Any) -> tuple[int, str, str]:
    """Run the verb; return its exit code, stdout and stderr."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def rows(spans: dict[str, list[tuple[int, int, str]]], labels: bool = True) -> str:
    """Return rows of TC, or of SI."""
    return "".join(
        "\t".join(map(str, (name, *([label] if labels else []), start, end))) + "\n"
        for name, its in spans.items()
        for start, end, label in its
    )


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """Return a folder of articles, each with a file of labels, of which one is empty."""
    folder = tmp_path / "gold"
    (folder / "labels").mkdir(parents=True)
    for name, spans in GOLD.items():
        text = "é" * 60 + "👩\u200d👩\u200d👧\r\n"
        (folder / f"article{name}.txt").write_bytes(text.encode())
        path = folder / "labels" / f"article{name}.task-flc-tc.labels"
        path.write_text(rows({name: spans}), encoding="utf-8")
    return folder


def test_files_have_the_scores_of_their_spans(gold: Path, tmp_path: Path) -> None:
    """A folder and one file for all; whole articles are measured in code points."""
    path = tmp_path / "guess.tsv"
    path.write_bytes(b"\xef\xbb\xbf" + rows(GUESS).replace("\n", "\r\n").encode())
    found, problems = score_files(gold, path)

    assert problems == []
    assert found.tasks == {
        "si": si(GOLD, GUESS), "flc": flc(GOLD, GUESS), "tc": tc(GOLD, GUESS)
    }  # fmt: skip
    assert found.whole_articles == si(GOLD, {name: [(0, 67)] for name in GOLD})
    assert not any("lacks" in note for note in found.tasks["si"].notes)


def test_what_several_files_repeat_counts_once(gold: Path, tmp_path: Path) -> None:
    """A release has a file per article and one for all; a span that stands twice in one is two."""
    (gold / "all.task-flc-tc.labels").write_text(rows(GOLD), encoding="utf-8")
    path = tmp_path / "guess.tsv"
    path.write_text(rows(GUESS), encoding="utf-8")
    assert score_files(gold, path)[0].tasks["tc"] == tc(GOLD, GUESS)

    twice = {"11": [*GOLD["11"], GOLD["11"][0]]}
    (gold / "all.task-flc-tc.labels").write_text(rows(twice), encoding="utf-8")
    assert score_files(gold, path)[0].tasks["tc"].reference == 4


def test_si_is_of_its_own_files(gold: Path, tmp_path: Path) -> None:
    """Where rows have no techniques, SI alone is scored; a template's `?` is none."""
    path = tmp_path / "guess.txt"
    for text in (rows(GUESS, labels=False), rows(GUESS).replace("Doubt", "?")):
        path.write_text(text, encoding="utf-8")
        found, problems = score_files(gold, path)
        assert problems == [] and {*found.tasks} == {"si"}
        assert found.tasks["si"] == si(GOLD, GUESS)
        assert "names no techniques" in found.notes[0]
    # Beside TC's rows, SI's are what SI is of.
    path = gold / "dev.task-si.labels"
    path.write_text("11\t10\t20\n11\t30\t60\n", encoding="utf-8")
    assert score_files(gold, gold)[0].tasks["si"].reference == 2


def test_si_is_of_all_rows_that_have_place_for_a_technique(tmp_path: Path) -> None:
    """A row without its technique is a span of SI beside those with one, and told of by FLC."""
    paths = tmp_path / "gold.labels", tmp_path / "guess.labels"
    paths[0].write_text("1\tDoubt\t0\t10\n1\tSlogans\t20\t30\n1\tDoubt\t40\t50\n")
    for asked in ("?", ""):
        paths[1].write_text(f"1\tDoubt\t0\t10\n1\tSlogans\t20\t30\n1\t{asked}\t60\t70\n")
        found, problems = score_files(*paths)
        assert problems == [] and found.tasks["flc"].predicted == 2
        assert found.tasks["si"].precision == pytest.approx(2 / 3)
        assert found.tasks["si"].recall == pytest.approx(2 / 3)
        assert f"{paths[1]}: rows without a technique, left out of FLC and TC: 1" in found.notes
    # Rows of SI decide for a whole side: an article without one has no span.
    paths[1].write_text("1\tDoubt\t0\t10\n2\t0\t10\n")
    assert score_files(*paths)[0].tasks["si"].precision == 0


def test_labels_of_sentences_are_no_spans(tmp_path: Path) -> None:
    """Alone they are refused, and counted beside spans: no spans on either side would score 1."""
    paths = tmp_path / "gold.labels", tmp_path / "guess.labels"
    for path in paths:
        path.write_text("1\t1\tpropaganda\n1\t2\tnon-propaganda\r\n")
    code, out, err = run(*paths)
    assert (code, out) == (2, "") and "labels of sentences only" in " ".join(err.split())
    for path in paths:
        path.write_text("1\t1\tpropaganda\n1\t0\t10\n")
    found, problems = score_files(*paths)
    assert problems == [] and found.tasks["si"].reference == 1
    assert sum("labels of sentences, left out: 1" in note for note in found.notes) == 2


def test_inputs_that_stop_others_are_scored(gold: Path, tmp_path: Path) -> None:
    """Unknown articles, overlaps, empty spans, empty files, broken rows: told, the rest scored."""
    path = tmp_path / "guess.tsv"
    path.write_text(
        "11\tDoubt\t10\t20\n11\tDoubt\t10\t20\n99\tDoubt\t0\t5\n11\tDoubt\t9\t9\n"
        "11\tDoubt\t9\t4\n11\tDoubt\tten\t20\n\n11 Doubt 1 2\n11\tDoubt\t1\n\tDoubt\t1\t2\n",
        encoding="utf-8",
    )
    code, out, err = run(gold, path)

    assert code == 1
    for line in (6, 8, 10):
        assert f"guess.tsv:{line}: error row-syntax" in err
    # Three cells are SI's: id, begin, end.
    assert "guess.tsv:9: error row-syntax" in err
    for told in ("1 document of the prediction", "2 predicted spans without any text", "overlaps"):
        assert told in out
    path.write_bytes(b"")
    code, out, err = run(gold, path, "--json")
    data = json.loads(out, parse_constant=pytest.fail)
    assert (code, err) == (0, "")
    assert [data["tasks"][task]["f1"] for task in ("si", "flc", "tc")] == [0.0, 0.0, 0.0]
    empty = tmp_path / "empty.labels"
    empty.write_bytes(b"\n")
    assert {score.f1 for score in score_files(empty, path)[0].tasks.values()} == {1.0}
    path.write_bytes(b"11\tDoubt\t1\t2\n\xff\n")
    assert run(gold, path)[0] == 1


def test_the_verb_prints_what_whole_articles_score(gold: Path, tmp_path: Path) -> None:
    """Beside the articles; without them it says that it does not know."""
    code, out, err = run(gold, gold)
    assert (code, err) == (0, "")
    assert "SI of whole articles" in out and "Slogans" in out and "nan" not in out.casefold()
    path = tmp_path / "gold.labels"
    path.write_text(rows(GOLD), encoding="utf-8")
    assert "not known: not every article*.txt" in run(path, path)[1]


def test_wrong_use(gold: Path, tmp_path: Path) -> None:
    """Exit code 2, and what is wrong; a set is no file, and options of corpora do not apply."""
    for arguments, message in (
        ((gold, "nope.labels"), "no file or folder nope.labels"),
        ((gold, "consensus"), "not both"),
        ((gold, gold, gold), "two at a time"),
        ((gold, gold, "--by", "document"), "without options but --json"),
        ((gold, gold / "article11.txt" / "x"), "no file or folder"),
    ):
        code, out, err = run(*arguments)
        assert (code, out) == (2, "") and message in " ".join(err.split())
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "article1.txt").write_text("x", encoding="utf-8")
    assert "has no file of labels" in run(gold, bare)[2]
    assert "or name the file itself" in " ".join(run(gold, bare)[2].split())


def test_a_folder_is_known_by_being_there(gold: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name may be one that a set could have."""
    monkeypatch.chdir(gold.parent)
    assert run("gold", "gold")[0] == 0


def test_table_and_signature_count_the_same(tmp_path: Path) -> None:
    """Spans after merging for SI and FLC, answers for TC, as in scores of sets."""
    spans = [(0, 5, "Doubt"), (3, 8, "Doubt"), (4, 9, "Slogans"), (20, 25, "Doubt")]
    paths = []
    for name, its in (("gold", spans), ("guess", [*spans[:3], (3, 8, "Slogans"), (30, 35, "X")])):
        paths.append(tmp_path / f"{name}.labels")
        paths[-1].write_text(rows({"11": its}), encoding="utf-8")
    code, out, _ = run(*paths)

    assert code == 0
    for task, number in (("SI", "2+2"), ("FLC", "3+3"), ("TC", "4+3")):
        (row,) = [line for line in out.splitlines() if line.split()[:1] == [task]]
        assert row.split()[1] == number and row.endswith(f"|n:{number}"), row


def test_each_task_says_what_it_does_with_unknown_documents(tmp_path: Path) -> None:
    """SI and FLC count their spans as wrong, TC leaves them out."""
    paths = [tmp_path / "gold.labels", tmp_path / "guess.labels"]
    paths[0].write_text(rows({"11": GOLD["11"]}), encoding="utf-8")
    paths[1].write_text(rows({"11": GOLD["11"], "99": [(0, 5, "Doubt")]}), encoding="utf-8")
    found = score_files(*paths)[0].tasks
    told = "1 document of the prediction that the reference lacks, with 1 span"

    assert f"{told}, counted as wrong" in found["si"].notes
    assert f"{told}, counted as wrong" in found["flc"].notes
    assert f"{told}, left out" in found["tc"].notes
    assert found["si"].f1 < 1 and found["flc"].f1 < 1 and found["tc"].f1 == 1.0
