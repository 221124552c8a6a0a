"""The four example stories run as they stand, and tell their readers what is so."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

import newspan
from conftest import ROOT
from examples import EXAMPLES, SCRIPTS, run_example
from newspan.campaign.settings import read_settings
from snippets import blocks, commands


def test_load_and_look(tmp_path: Path, shipped_release: Path) -> None:
    """Its counts are those of the release, and words stand beside those who published them."""
    told = run_example("load_and_look.py", tmp_path)
    rows = json.loads((shipped_release / "manifest.json").read_bytes())["configs"]
    spans = newspan.load("spans", shipped_release).to_pandas()
    loaded = spans[spans.layer == "loaded_language"]
    documents = newspan.load("documents", shipped_release)
    chain = [step for document in documents for step in document["provenance"]]
    publish = {
        s["outlet"] for s in chain if s["role"] in ("scraped_publisher", "original_publisher")
    }
    outlets = told.split("\n3. ")[1].split("\n4. ")[0]

    for name, config in rows.items():
        assert re.search(rf"^ +{name} +{config['rows']}$", told, re.MULTILINE)
    assert f"all {len(spans)} spans are text[start:end]" in told
    for voice, number in loaded.voice.value_counts().items():
        assert re.search(rf"^{voice} +{number}$", told, re.MULTILINE)
    for outlet in {step["outlet"] for step in chain} - publish:
        assert outlet not in outlets
    assert "Press TV" in outlets
    assert (tmp_path / "work/view.html").is_file()


def test_run_a_campaign(tmp_path: Path) -> None:
    """What was misquoted is refused, what differs is decided, and the result reaches the copy."""
    told = run_example("run_a_campaign.py", tmp_path)
    corpus = tmp_path / "work/harbour"
    head = json.loads((corpus / "annotation/sets/consensus/set.json").read_bytes())

    assert "refused: quote-not-verbatim: paragraph 3 does not have “herring trader”" in told
    assert "attribution: F1 exact 1.00, IoU 1.00; gamma 1.00" in told
    assert "loaded_language: F1 exact 0.57" in told
    assert "alike: 5; to be decided: 3" in told
    assert "carried to copies: 7 spans, 2 attributions" in told
    assert "left out: NEWSPAN_LABEL_STUDIO" in told
    assert {each["item"] for each in head["coverage"]} == {"late", "late-agency", "market", "pier"}
    assert newspan.check(corpus) == []


def test_train_and_score(tmp_path: Path) -> None:
    """Scores are those of the sets that it leaves, and the campaign has what is not annotated."""
    told = run_example("train_and_score.py", tmp_path)
    corpus, harbour = tmp_path / "work/corpus", tmp_path / "work/harbour"
    settings, problems = read_settings(harbour, "quay")
    order = re.findall(r"^ +\"(.+)\",  # ([0-9.]+)$", told, re.MULTILINE)

    for model in ("five-words", "lexicon", "crf"):
        report = newspan.score(corpus, "consensus", model, layers=["loaded_language"], replicates=0)
        f1 = report.find("iou", "loaded_language").f1.value
        assert re.search(rf"^   {model} +{f1:.3f} \[", told, re.MULTILINE)
        assert (tmp_path / "work/models" / model / "README.md").is_file()
    assert settings is not None, problems
    assert settings.preannotate == "guess"
    assert [float(unsure) for _, unsure in order] == sorted(
        (float(unsure) for _, unsure in order), reverse=True
    )
    assert [item for item, _ in order] == list(settings.items)
    assert sorted(settings.items) == ["7003", "late", "late-agency", "market", "pier"]
    assert settings.active == ("ada",)
    assert newspan.check(harbour) == []


def test_bring_your_own(tmp_path: Path) -> None:
    """The file's mistake is told, marks are carried to the copy, and the release verifies."""
    told = run_example("bring_your_own.py", tmp_path)
    corpus = tmp_path / "work/harbour"

    assert "article7002.task2-TC.labels:4: offset-out-of-range: 400-420" in told
    assert "the check finds 0 problems" in told
    assert "market: title None, unknown: nobody has said" in told
    assert "4 passages in 2 clusters" in told
    assert "lineage-leak" in told
    assert "built again with 0 warnings" in told
    assert "10 spans:" in told
    assert told.count("”, projected\n") == 3
    assert newspan.verify(corpus / "dist/harbour-0.1.0") == []
    for text in (EXAMPLES / "harbour").rglob("*.txt"):
        raw = corpus / "corpus/raw" / (text.stem.removeprefix("article") + ".txt")
        assert raw.read_bytes() == text.read_bytes()


# --- the pages ---------------------------------------------------------------------------------


def test_the_index_has_every_script_and_runs_it() -> None:
    """docs/examples/README.md names all scripts, and its commands are those that run them."""
    page = "docs/examples/README.md"
    text = (ROOT / page).read_text(encoding="utf-8")
    found = [line for block in blocks(ROOT / page) for line, _, _ in commands(block)]

    assert sorted(re.findall(r"^\| \[(\w+\.py)\]\(\1\)", text, re.MULTILINE)) == SCRIPTS
    ran = [line.rpartition(".venv/bin/python docs/examples/")[2] for line in found]
    assert sorted(set(ran)) == SCRIPTS
    assert [line for line in found if not line.startswith(".venv/bin/python ")] == [
        "NEWSPAN_LABEL_STUDIO=.label-studio/env/bin/label-studio .venv/bin/python "
        "docs/examples/run_a_campaign.py"
    ]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_says_how_it_is_run(name: str) -> None:
    """Its first lines have the command, and a test of its name is here."""
    said = ast.get_docstring(ast.parse((EXAMPLES / name).read_text(encoding="utf-8"))) or ""

    assert f".venv/bin/python docs/examples/{name} [FOLDER]" in said
    assert f"test_{name.removesuffix('.py')}" in globals()


def test_the_first_score_takes_three_commands() -> None:
    """Set up, train, and see what five words score: in this order, and no more than these."""
    readme = blocks(ROOT / "README.md")
    (at,) = (n for n, block in enumerate(readme) if "newspan train" in block.text)
    set_up = next(block for block in readme if block.first.startswith("python3 -m venv"))
    lines = [line for line, _, _ in (*commands(set_up), *commands(readme[at]))]

    assert readme.index(set_up) < at
    assert [line.split(" --")[0] for line in lines] == [
        "python3 -m venv",
        ".venv/bin/newspan train",
        ".venv/bin/newspan train",
    ]
