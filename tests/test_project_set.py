"""Projection writes a set that passes all checks, and a queue, whole or not at all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import newspan
from corpora import copy_good
from newspan.cli import main
from newspan.corpus import read_corpus
from newspan.reuse import project_set as module
from newspan.reuse.copied import Copies
from newspan.reuse.project_set import ProjectError, project_set


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """Return a copy of the small corpus, whose block's attribution has a parent outside it."""
    return copy_good(tmp_path)


@pytest.fixture
def shipped(root: Path, tmp_path: Path) -> Path:
    """Return a copy of the shipped corpus with a set about the sentence on Rama."""
    for name in ("corpus", "annotation", "schema"):
        shutil.copytree(root / name, tmp_path / name)
    text = next((root / "corpus/raw").glob("001_*.txt")).read_bytes().decode()
    at = text.index("Albania’s Prime Minister Edi Rama")

    def span(name: str, words: str, **values: Any) -> dict[str, Any]:
        start = text.index(words, at)
        extent = {"start": start, "end": start + len(words), "text": words}
        return {"record": "span", "id": name, **extent, **values}

    records = [
        span("s", "Albania’s Prime Minister Edi Rama", layer="attribution", role="source"),
        span("q", "said", layer="attribution", role="cue"),
        span("n", "the group must leave the country", layer="attribution", role="content"),
        span("l", "illegal", layer="loaded_language", technique="Loaded_Language"),
        {
            "record": "attribution",
            "id": "a",
            "mode": "indirect",
            "source_kind": "person",
            "source_ids": ["s"],
            "cue_id": "q",
            "content_ids": ["n"],
            "cue_type": "speech",
            "cue_force": "neutral",
        },
    ]
    head = json.loads((root / "annotation/sets/reuse_v1/set.json").read_text(encoding="utf-8"))
    layers = ["attribution", "loaded_language"]
    head |= {
        "id": "hand",
        "producer": {"kind": "person", "name": "tester"},
        "coverage": [{"item": "001-i1", "layers": layers, "zones": ["paragraph"]}],
        "description": "One sentence.",
    }
    folder = tmp_path / "annotation/sets/hand"
    folder.mkdir()
    (folder / "set.json").write_text(json.dumps(head), encoding="utf-8")
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (folder / "001-i1.jsonl").write_bytes(lines.encode())
    return tmp_path


def files_of(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {name: path.read_bytes() for name, path in sorted(found.items()) if path.is_file()}


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the records of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Run newspan and return its exit code, stdout and stderr."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_the_shipped_corpus(shipped: Path) -> None:
    """The exact copy is annotated, the others are queued, and the corpus passes all checks."""
    report = project_set(shipped, "hand", "hand_all")
    before = lines_of(shipped / "annotation/sets/hand/001-i1.jsonl")
    new = lines_of(report.path / "004-i8.jsonl")

    assert newspan.check(shipped) == []
    assert report.carried == {"span": 4, "attribution": 1, "link": 0}
    assert sum(report.left.values()) == 15
    assert lines_of(report.path / "001-i1.jsonl") == before
    assert [each.get("text") for each in new] == [*(each.get("text") for each in before)]
    assert {each["decision"] for each in new} == {"projected"}
    assert not any("human_verified" in each for each in new)


def test_the_head_of_the_set(shipped: Path) -> None:
    """It says which rule made it from what, and that copies were looked at only in part."""
    report = project_set(shipped, "hand", "hand_all")
    head = json.loads((report.path / "set.json").read_text(encoding="utf-8"))
    old = json.loads((shipped / "annotation/sets/hand/set.json").read_text(encoding="utf-8"))
    wider = {
        "item": "004-i8",
        "layers": ["attribution", "loaded_language"],
        "zones": ["paragraph"],
    }

    assert head["producer"] == {
        "kind": "rule",
        "name": "newspan project",
        "version": "1",
        "annotators": ["person tester"],  # whose annotations they are
    }
    assert (head["created"], head["labels_sha256"]) == (old["created"], old["labels_sha256"])
    assert head["coverage"] == [*old["coverage"], wider]
    assert head["description"] == (
        "One sentence. hand, carried from canonical blocks of reuse_v1 to their copies. "
        "In these only what is copied was looked at: "
        "004-i8 (attribution, loaded_language; paragraph)."
    )


def test_the_queue(good: Path) -> None:
    """One line per record that was left, with where it would stand."""
    report = project_set(good, "consensus", "all")
    assert report.queue == good / "annotation/campaigns/all-queue.jsonl"
    first = lines_of(report.queue)[0]

    assert report.left == {"attribution-missing": 2, "parent-missing": 1}
    assert first == {
        "reason": "parent-missing",
        "record": "a3",
        "kind": "attribution",
        "from_item": "d1-i1",
        "to_item": "d1-i2",
        "start": 170,
        "end": 195,
        "text": "The pier reportedly leaks",
        "to_start": 285,
        "to_end": 310,
        "to_text": "The pier reportedly leaks",
        "message": "its parent a2 was not carried there",
    }


def test_the_small_corpus_passes(good: Path) -> None:
    """Claims, loaded words and a link reach the copy in the other item, which nobody had read."""
    report = project_set(good, "consensus", "all", created="2026-12-24")
    head = json.loads((report.path / "set.json").read_text(encoding="utf-8"))

    assert newspan.check(good) == []
    assert report.carried == {"span": 3, "attribution": 0, "link": 1}
    assert (head["created"], head["guidelines_version"]) == ("2026-12-24", "1.0.0")


def test_its_own_set_is_replaced(good: Path) -> None:
    """A second run writes the same bytes; what stood there, even a broken one, is gone."""
    project_set(good, "consensus", "all")
    before = files_of(good)
    (good / "annotation/sets/all/d1-i2.jsonl").write_text("{", encoding="utf-8")
    project_set(good, "consensus", "all")

    assert files_of(good) == before


def test_projecting_the_result_adds_nothing(good: Path) -> None:
    """Projection of a projected set is that set."""
    first = project_set(good, "consensus", "all")
    second = project_set(good, "all", "again")
    names = [path.name for path in sorted(first.path.glob("*.jsonl"))]

    assert set(second.carried.values()) == {0}
    assert second.left == first.left
    assert [(second.path / name).read_bytes() for name in names] == [
        (first.path / name).read_bytes() for name in names
    ]


def test_nothing_left_leaves_no_queue(good: Path) -> None:
    """An empty file would say that something was lost; an old queue goes."""
    project_set(good, "consensus", "all")
    path = good / "annotation/sets/consensus/d1-i1.jsonl"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if '"a3"' not in line]
    kept = [line for line in kept if '"n3"' not in line and '"q3"' not in line]
    path.write_text("\n".join(kept), encoding="utf-8")
    report = project_set(good, "consensus", "all")

    assert (report.queue, report.left) == (None, {})
    assert not (good / "annotation/campaigns/all-queue.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("consensus", "reuse_v1"), "reuse_v1 is the set to read"),
        (("consensus", "consensus"), "consensus is the set to read"),
        (("consensus", "person"), "projection did not make it"),
        (("consensus", "file"), "projection did not make it"),
        (("consensus", "queued"), "projection did not make it"),
        (("nobody", "all"), "the corpus has no set 'nobody'; it has consensus, person, reuse_v1"),
        (("consensus", "all", "nobody"), "the corpus has no set 'nobody'"),
        (("consensus", "all", "consensus"), "nobody looked for duplicate blocks in the set"),
        (("consensus", "../all"), "id: "),
        (("consensus", "All"), "id: "),
    ],
)
def test_wrong_use_is_refused(good: Path, arguments: tuple[str, ...], message: str) -> None:
    """What projection did not make is never replaced, and nothing is written."""
    sets = good / "annotation/sets"
    shutil.copytree(sets / "consensus", sets / "person")
    head = (sets / "person/set.json").read_text(encoding="utf-8")
    (sets / "person/set.json").write_text(head.replace('"consensus"', '"person"'), encoding="utf-8")
    (good / "annotation/campaigns").mkdir()
    (good / "annotation/campaigns/queued-queue.jsonl").write_text("{}\n", encoding="utf-8")
    if "file" in arguments:
        (sets / "file").mkdir()  # a folder, but no set: it has no head
    before = files_of(good)

    with pytest.raises(ValueError, match=message):
        project_set(good, *arguments)
    assert files_of(good) == before


def test_a_day_that_is_none_is_refused(good: Path) -> None:
    """A head that does not fit its schema is never written."""
    with pytest.raises(ValueError, match="created: "):
        project_set(good, "consensus", "all", created="yesterday")
    assert not (good / "annotation/sets/all").exists()


def test_a_corpus_with_errors_is_refused(good: Path) -> None:
    """Its problems are given, and nothing is written."""
    (good / "corpus/targets.json").unlink()
    before = files_of(good)

    with pytest.raises(ProjectError) as caught:
        project_set(good, "consensus", "all")
    assert {problem.id for problem in caught.value.problems} == {"file-missing"}
    assert files_of(good) == before


def test_a_set_that_would_have_errors_is_not_written(good: Path) -> None:
    """An import may lack a mode; a set that a rule makes may not."""
    head = good / "annotation/sets/consensus/set.json"
    text = head.read_text(encoding="utf-8").replace('"adjudication"', '"import"')
    head.write_text(text, encoding="utf-8")
    records = good / "annotation/sets/consensus/d1-i1.jsonl"
    text = records.read_text(encoding="utf-8").replace('"mode": "mixed", ', "")
    records.write_text(text, encoding="utf-8")
    before = files_of(good)

    with pytest.raises(ProjectError) as caught:
        project_set(good, "consensus", "all")
    assert [problem.id for problem in caught.value.problems] == ["attribute-missing"]
    assert files_of(good) == before


@pytest.mark.parametrize("failing", ["write_set", "_lines"])
def test_whole_or_not_at_all(good: Path, failing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When writing fails half-way, set and queue stay as they were, and no remains are left."""
    project_set(good, "consensus", "all")
    before = files_of(good)

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(module, failing, fail)
    with pytest.raises(OSError, match="the disk is full"):
        project_set(good, "consensus", "all", created="2026-12-24")
    assert files_of(good) == before


def test_the_verb_prints_counts(good: Path) -> None:
    """stdout has what was carried and what was left; a queue is no fault."""
    code, out, err = run("project", "consensus", "--into", "all", "--corpus", good)

    assert code == 0
    assert out == (
        "spans carried: 3\nattributions carried: 0\nlinks carried: 1\n"
        "left for a person, attribution-missing: 2\nleft for a person, parent-missing: 1\n"
    )
    assert err.splitlines() == [
        f"wrote {good / 'annotation/sets/all'}",
        f"what is left is listed in {good / 'annotation/campaigns/all-queue.jsonl'}",
    ]


def test_the_verb_on_a_bad_corpus(good: Path) -> None:
    """Problems exit 1, with the problems on stderr."""
    (good / "corpus/targets.json").unlink()
    code, out, err = run("project", "consensus", "--into", "all", "--corpus", good)

    assert (code, out) == (1, "")
    assert "file-missing" in err
    assert "nothing was written" in err


@pytest.mark.parametrize("arguments", [["consensus"], ["consensus", "--into", "consensus"], []])
def test_the_verb_used_wrongly(good: Path, arguments: list[str]) -> None:
    """Wrong use exits 2."""
    code, out, _ = run("project", *arguments, "--corpus", good)

    assert (code, out) == (2, "")


def test_the_verb_is_a_function() -> None:
    """`newspan.project` is what the verb calls."""
    assert newspan.project is project_set


def test_zones_that_are_copies_throughout_are_looked_at(tmp_path: Path) -> None:
    """Where the canonical passage has nothing, its copy was looked at and has nothing either."""
    corpus = copy_good(tmp_path)
    project_set(corpus, "consensus", "all")
    head = json.loads((corpus / "annotation/sets/all/set.json").read_bytes())
    read, _ = read_corpus(corpus)
    assert read is not None
    before, after = (read.sets[name].looked_at for name in ("consensus", "all"))
    blocks = read.sets["reuse_v1"]
    copied = {
        (item, layer, zone.kind)
        for item, (document, its) in read.items.items()
        for layer in ("claim", "attribution", "loaded_language")
        for zone in its.zones
        if all(
            Copies(blocks, read, before).cover(item, layer, (each.start, each.end))
            for each in its.zones
            if each.kind == zone.kind
        )
    }

    assert copied - before
    assert copied <= after
    assert head["description"].count("looked at") == 1
