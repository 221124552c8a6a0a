from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpora import GOOD
from hostile_sets import corpus, written
from newspan import add, agree, build, check, convert, init, reuse_sets
from newspan.cli import main
from newspan.corpus import read_corpus
from newspan.exchange.beside import files_beside
from newspan.exchange.registry import FORMATS
from newspan.exchange.shapes import Format, Options
from newspan.model import Span

BOTH = [each for each in FORMATS.values() if each.read is not None and each.write is not None]


def source(each: Format, folder: Path, *, beside: bool = False) -> Path:
    """Return the consensus of the small corpus, written in a format."""
    good, _ = read_corpus(GOOD)
    assert good is not None and each.write is not None
    chosen = good.sets["consensus"]
    folder.mkdir()
    files = [*each.write(good, chosen, Options()).files]
    return written([*files, *(files_beside(good, chosen) if beside else ())], folder)


@pytest.mark.parametrize("each", BOTH, ids=lambda each: each.name)
def test_work_goes_on_at_once(each: Format, tmp_path: Path) -> None:
    """What any format brings can be checked, compared, searched for copies, built and added to."""
    root = init(tmp_path / "corpus", languages=["en"])
    files = source(each, tmp_path / "in")

    first = add([files], root, format=each.name)
    second = add([files], root, format=each.name, set_id="again")

    errors = [problem for problem in check(root) if problem.severity == "error"]
    assert errors == []
    assert first.documents and second.documents == () and second.known == first.documents
    assert first.records == second.records > 0
    made, _ = read_corpus(root)
    assert made is not None and made.info.primary_set == first.set
    assert first.set is not None and agree(root, [first.set, "again"]).layers
    reuse_sets(root)
    release = build(root)
    assert release.rows["documents"] == len(first.documents)
    assert release.rows["annotations"] > 0
    assert [problem for problem in check(root) if problem.severity == "error"] == []


@pytest.mark.parametrize("each", BOTH, ids=lambda each: each.name)
def test_records_that_came_along_are_kept(each: Format, tmp_path: Path) -> None:
    """Items, zones and provenance of newspan's own beside a format's files are taken over."""
    good, _ = read_corpus(GOOD)
    root = init(tmp_path / "corpus", languages=["en"])

    add([source(each, tmp_path / "in", beside=True)], root, format=each.name)

    made, _ = read_corpus(root)
    assert good is not None and made is not None
    theirs = {document.sha256: document.items for document in good.documents}
    assert [p for p in check(root) if p.severity == "error"] == []
    assert made.documents
    same = [document for document in made.documents if document.items == theirs[document.sha256]]
    assert same


@pytest.mark.parametrize("each", BOTH, ids=lambda each: each.name)
def test_hostile_annotations_leave_a_sound_corpus(each: Format, tmp_path: Path) -> None:
    """Whatever is annotated, what check refuses is left out and told, and the rest is there."""
    assert each.write is not None
    for seed in range(25):
        made, chosen = corpus(random.Random(seed))
        root = init(tmp_path / f"corpus-{seed}")
        files = written(each.write(made, chosen, Options()).files, tmp_path / f"in-{seed}")
        assert each.read is not None
        there = [len(found.records) for found in each.read(files, Options()).documents]

        added = add([files], root, format=each.name)

        assert [p for p in check(root) if p.severity == "error"] == [], seed
        left_out = [p for p in added.problems if p.message.endswith("left out")]
        assert added.records + len(left_out) >= sum(there) or added.set is None, seed


def test_labels_of_its_own_become_the_corpuss(tmp_path: Path) -> None:
    """A technique that newspan lacks is a label in force afterwards, as its source calls it."""
    root = init(tmp_path / "corpus", languages=["en"])
    folder = tmp_path / "in"
    folder.mkdir()
    text = "The reckless mayor lied.\nShame on her.\n"
    (folder / "article7.txt").write_text(text)
    rows = [("Loaded_Language", 4, 12), ("Tide_Talk", 4, 30), ("Slogans", 90, 95)]
    lines = "".join(f"7\t{label}\t{start}\t{end}\n" for label, start, end in rows)
    (folder / "article7.task3.labels").write_text(lines)

    added = add([folder], root, format="ptc")

    made, _ = read_corpus(root)
    assert made is not None
    assert added.labels == ("Tide_Talk",)
    assert "Tide_Talk" in made.labels.of("loaded_language", "technique")
    assert [problem.id for problem in added.problems] == ["offset-out-of-range"]
    assert added.records == 2
    # The span that stands across two lines made one paragraph of them.
    (zone,) = made.items["7"][1].zones
    assert (zone.start, zone.end) == (0, len(text) - 1) and "joined" in str(zone.note)
    assert [p.id for p in check(root) if p.severity == "error"] == []


def test_a_set_is_not_written_over(tmp_path: Path) -> None:
    """The same again changes nothing; another set needs an id of its own."""
    root = init(tmp_path / "corpus", languages=["en"])
    files = source(FORMATS["ptc"], tmp_path / "in")
    add([files], root, format="ptc", date="2026-02-03")
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}

    again = add([files], root, format="ptc")
    for labels in files.rglob("*.labels"):
        labels.write_text("".join(labels.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(ValueError, match="has another set 'ptc' already"):
        add([files], root, format="ptc")

    assert again.set is None and again.documents == ()
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_a_set_says_when_and_what(tmp_path: Path) -> None:
    """Day, producer and coverage are recorded: nothing found differs from not looked at."""
    root = init(tmp_path / "corpus", languages=["en"])
    add([source(FORMATS["ptc"], tmp_path / "in")], root, format="ptc", date="2026-02-03")

    head = json.loads((root / "annotation" / "sets" / "ptc" / "set.json").read_text())

    assert head["created"] == "2026-02-03"
    assert head["producer"]["kind"] == "import"
    assert {layer for each in head["coverage"] for layer in each["layers"]} == {"loaded_language"}


@pytest.mark.parametrize("each", BOTH, ids=lambda each: each.name)
def test_what_is_no_source_is_refused(each: Format, tmp_path: Path) -> None:
    """A path that isn't there and an archive are told as what they are, whichever the format."""
    root = init(tmp_path / "corpus", languages=["en"])
    archive = tmp_path / "release.zip"
    archive.write_bytes(b"PK\x03\x04\xff")

    with pytest.raises(ValueError, match="nowhere does not exist"):
        add([tmp_path / "nowhere"], root, format=each.name)
    with pytest.raises(ValueError, match=r"release\.zip is an archive: unpack it"):
        add([archive], root, format=each.name)
    with pytest.raises(ValueError, match=r"release\.zip is an archive: unpack it"):
        convert(archive, tmp_path / "out", from_format=each.name, to_format="brat")


def test_texts_without_labels_are_not_covered(tmp_path: Path) -> None:
    """An article that nobody labelled is added, and the set doesn't say that it has nothing."""
    root = init(tmp_path / "corpus", languages=["en"])
    files = {
        "train/article1.txt": b"Shameful ferries.\n",
        "test/article2.txt": b"The council met.\n",
        "train.labels.tsv": b"1\tDoubt\t0\t8\n",
    }

    added = add([written(files.items(), tmp_path / "in")], root, format="ptc")

    head = json.loads((root / "annotation" / "sets" / "ptc" / "set.json").read_text())
    assert added.documents == ("2", "1")
    assert [each["item"] for each in head["coverage"]] == ["1"]
    assert [p.id for p in added.problems] == ["text-not-annotated"]
    assert check(root) == []


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    """Return two folders of PTC, each of a document with a span, and newspan's files beside it."""
    found = []
    for number, name in enumerate(("one", "two")):
        span = {"record": "span", "id": f"{name}_s1", "layer": "loaded_language",
                "start": 2, "end": 10, "text": "shameful", "technique": "Doubt"}  # fmt: skip
        line = {"id": name, "text": f"A shameful ferry, {number}.\n", "records": [span]}
        path = tmp_path / f"{name}.jsonl"
        path.write_text(json.dumps(line) + "\n")
        convert(path, tmp_path / name, from_format="newspan-jsonl", to_format="ptc")
        found.append(tmp_path / name)
    return found


def covered(root: Path, name: str) -> list[str]:
    """Return the items that a set looked at."""
    head = json.loads((root / "annotation" / "sets" / name / "set.json").read_text())
    return sorted(each["item"] for each in head["coverage"])


@pytest.mark.parametrize("without", [(), (0,), (1,), (0, 1)])
def test_each_source_has_its_own_head(
    parts: list[Path], tmp_path: Path, without: tuple[int, ...]
) -> None:
    """What one of them says was looked at is not said of the others' documents."""
    for number in without:
        (parts[number] / "newspan-set.json").unlink()
    root = init(tmp_path / "corpus", languages=["en"])
    added = add(parts, root, format="ptc", set_id="r")

    assert (added.records, added.problems) == (2, ())
    assert covered(root, "r") == ["one", "two"]
    assert check(root) == []


def test_a_folder_grows(parts: list[Path], tmp_path: Path) -> None:
    """What came later was looked at if its files say so; the head was written before."""
    (parts[0] / "articles/articlethree.txt").write_text("A late ferry.\n")
    (parts[0] / "labels/articlethree.labels").write_bytes(b"")
    (parts[0] / "articles/articlefour.txt").write_text("Fog.\n")
    root = init(tmp_path / "corpus", languages=["en"])
    add([parts[0]], root, format="ptc", set_id="r")
    assert covered(root, "r") == ["one", "three"]

    convert(parts[0], tmp_path / "out", from_format="ptc", to_format="newspan-jsonl")
    lines = (tmp_path / "out" / "documents.jsonl").read_text().splitlines()
    looked = {row["id"]: row.get("looked", True) for row in map(json.loads, lines)}
    assert looked == {"one": True, "three": True, "four": False}


def test_texts_that_nobody_labelled_make_no_set(tmp_path: Path) -> None:
    """Articles alone become documents alone."""
    root = init(tmp_path / "corpus", languages=["en"])
    files = {"article1.txt": b"The council met.\n"}

    added = add([written(files.items(), tmp_path / "in")], root, format="semeval-2020")

    assert (added.documents, added.set) == (("1",), None)
    assert check(root) == []


def test_the_wrong_format_is_no_success(tmp_path: Path) -> None:
    """Where no document is found, the verb says so and ends with 1."""
    root = init(tmp_path / "corpus", languages=["en"])
    prose = tmp_path / "a.txt"
    prose.write_text("The council met late.\nNobody said why.\n")

    arguments = ["add", str(prose), "--format", "conll", "--corpus", str(root)]
    done = CliRunner().invoke(main, arguments)

    assert done.exit_code == 1
    assert "no document was found: is it the right format?" in done.stderr


def test_layers_that_are_not_wanted_are_left_out(tmp_path: Path) -> None:
    """--layers takes no others, and says what was looked at."""
    root = init(tmp_path / "corpus", languages=["en"])
    files = source(FORMATS["newspan-jsonl"], tmp_path / "in", beside=True)

    added = add([files], root, format="newspan-jsonl", layers=("claim",))

    made, _ = read_corpus(root)
    assert made is not None and added.set is not None
    chosen = made.sets[added.set]
    assert {p.record.layer for p in chosen.records if isinstance(p.record, Span)} == {"claim"}
    assert {layer for each in chosen.info.coverage for layer in each.layers} == {"claim"}
    assert [each for each in check(root) if each.severity == "error"] == []
