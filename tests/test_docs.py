"""The documents that people read are complete, fresh and true."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from newspan import datasheet
from newspan.cli import _VERBS, main
from newspan.corpus import read_corpus
from newspan.release.figures import figures
from newspan.release.markdown import fill
from newspan.release.tables import tables


def test_nothing_generated_is_stale(root: Path) -> None:
    """Tables, vocabulary and figures are what the code and the corpus give today."""
    result = subprocess.run(
        [sys.executable, "scripts/regenerate.py", "--check"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_the_datasheets_figures_are_fresh(root: Path) -> None:
    """The figures between the markers are those of the corpus."""
    assert datasheet(root) == (root / "DATASHEET.md").read_text(encoding="utf-8")


def test_a_marker_without_its_partner_or_doubled_is_an_error() -> None:
    """A figure is never left out because its marker was mistyped; a text without any is left."""
    for text in ("<!-- newspan:x -->", "<!-- /newspan:x -->"):
        with pytest.raises(ValueError, match="stand 0 times"):
            fill(text, {"x": "1"})
    with pytest.raises(ValueError, match="stand 2 times"):
        fill("<!-- newspan:x -->\n<!-- /newspan:x -->\n" * 2, {"x": "1"})
    assert fill("no marker", {"x": "1"}) == "no marker"


def test_the_datasheet_has_every_marker(root: Path) -> None:
    """All figures that there are stand in newspan's own datasheet."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    text = (root / "DATASHEET.md").read_text(encoding="utf-8")

    for name, figure in figures(corpus, tables(corpus)).items():
        assert f"<!-- newspan:{name} -->\n{figure}\n<!-- /newspan:{name} -->" in text


def test_every_datasheet_question_has_a_stable_id_and_an_answer(root: Path) -> None:
    """All of Gebru et al.'s questions are there under unique ids, none without an answer."""
    text = (root / "DATASHEET.md").read_text(encoding="utf-8")
    parts = re.split(r"^### .*<!-- q:([a-z-]+) -->\n", text, flags=re.MULTILINE)
    ids, answers = parts[1::2], parts[2::2]
    sections = ["motivation", "composition", "collection", "preprocessing", "uses"]
    counts = [sum(i.startswith(s) for i in ids) for s in [*sections, "distribution", "maintenance"]]

    assert len(ids) == len(set(ids)) == 57
    assert counts == [4, 16, 12, 4, 6, 7, 8]
    assert all(len(answer.split("\n## ")[0].split()) >= 8 for answer in answers)
    statement = re.findall(r"^### .*<!-- s:[a-z-]+ -->\n\n\S", text, flags=re.MULTILINE)
    assert len(statement) == 9  # Bender and Friedman's headings
    assert len(re.findall(r"^### ", text, flags=re.MULTILINE)) == 57 + 9


def test_the_datasheet_names_every_document_item_and_outlet(root: Path) -> None:
    """The generated parts are complete."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    text = (root / "DATASHEET.md").read_text(encoding="utf-8")

    assert all(item in text for item in corpus.items)
    assert all(outlet.name in text for outlet in corpus.outlets.values())


CHARGED = re.compile(r"\b(terror\w*|cult|sect|ringleader\w*|regime)\b", re.IGNORECASE)
PAGES = ["DATASHEET.md", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "CITATION.cff"]
PAGES += ["annotation/guidelines.md"]
LISTS = ["corpus/corpus.json", "corpus/outlets.json", "corpus/targets.json"]
# What stands under these keys is our own wording; what stands under others is quoted.
OWN = {"note", "reason", "description", "content_warning", "holder", "claim", "definition", "test"}
OWN |= {"missing_perspectives", "text_license", "why"}


def own_words(value: Any, key: str = "") -> Iterator[str]:
    """Yield the strings of a JSON value that are the project's own wording."""
    if isinstance(value, dict):
        for inner_key, inner in value.items():
            yield from own_words(inner, inner_key)
    elif isinstance(value, list):
        for inner in value:
            yield from own_words(inner, key)
    elif isinstance(value, str) and key in OWN:
        yield value


def charged(text: str) -> list[str]:
    """Return the charged words of a text that stand neither in quotation marks nor in code."""
    text = text.replace("Defending Victims of Terrorism", "")
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    text = re.sub(r"`[^`]*`|\*\*[^*]*\*\*|https?://\S+", "", text)
    quotations = 1
    while quotations:  # the inner ones first
        text, quotations = re.subn(r"“[^“”]*”", "", text)
    return CHARGED.findall(text)


@pytest.mark.parametrize("name", PAGES)
def test_charged_names_stand_only_in_quotations(root: Path, name: str) -> None:
    """In our own voice no side's names for the other are used."""
    assert charged((root / name).read_text(encoding="utf-8")) == []


def test_charged_names_stand_in_no_wording_of_ours_in_the_records(root: Path) -> None:
    """Notes, reasons, descriptions and definitions are neutral too."""
    files = [root / name for name in [*LISTS, "schema/labels.json"]]
    files += sorted((root / "corpus/documents").glob("*.json"))
    for path in files:
        for text in own_words(json.loads(path.read_bytes())):
            assert charged(text) == [], f"{path.name}: {text}"


def test_charged_names_stand_in_no_remark_of_what_was_decided(root: Path) -> None:
    """Remarks on decisions, and in the sets made from them, keep to neutral words.

    The passes are left as their annotators made them.
    """
    files = sorted((root / "annotation/campaigns").glob("*/decisions.jsonl"))
    for name in ("adjudicated", "consensus"):
        files += sorted((root / "annotation/sets" / name).glob("*.jsonl"))
    for path in files:
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            for holder in (record, record.get("decision")):
                remark = holder.get("note") if isinstance(holder, dict) else None
                assert charged(remark or "") == [], f"{path.name}: {remark}"


def test_every_verb_is_in_the_readme_with_its_help(root: Path) -> None:
    """A verb that nobody can read of does not exist."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    for verb in _VERBS:
        assert f"newspan {verb}" in readme
        assert CliRunner().invoke(main, [verb, "--help"]).exit_code == 0


def test_the_citation_file_is_valid(root: Path) -> None:
    """CITATION.cff fits the schema of the Citation File Format 1.2.0."""
    command = ["check_jsonschema", "--builtin-schema", "vendor.citation-file-format"]
    result = subprocess.run(
        [sys.executable, "-m", *command, "CITATION.cff"], cwd=root, capture_output=True, check=False
    )

    assert result.returncode == 0, result.stdout


def test_versions_agree(root: Path) -> None:
    """Package, corpus, citation and changelog speak of one version."""
    import tomllib

    import newspan

    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    corpus, _ = read_corpus(root)
    assert corpus is not None

    assert project["version"] == newspan.__version__
    assert citation["version"] == corpus.info.version
    assert f"## {corpus.info.version}" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


def test_links_between_the_documents_lead_somewhere(root: Path) -> None:
    """A relative link in Markdown names a file that is there."""
    for page in [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("*/README.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_readme_shows_a_paragraph_as_newspan_sees_it(root: Path) -> None:
    """What the first screen shows is what the release holds."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    corpus, _ = read_corpus(root)
    assert corpus is not None
    shown = json.loads(readme.split("```json\n")[1].split("```")[0])
    rows = tables(corpus)["paragraphs"].to_pylist()
    row = next(row for row in rows if row["id"] == shown["id"])

    assert {key: row[key] for key in shown} == shown
