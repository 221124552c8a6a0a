"""The card's YAML is complete and valid, its prose is the corpus's own, its snippets run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from corpora import GOOD
from croissant_records import its_own_warnings
from newspan import schema
from newspan.corpus import Corpus, read_corpus
from newspan.release.card import card
from newspan.release.card_yaml import card_yaml
from newspan.release.configs import CONFIGS
from newspan.release.croissant import ConfigFile
from snippets import blocks

FILES = [ConfigFile(c.name, c.row, c.schema, c.path, 2, 3, "a" * 64, 1, "0" * 64) for c in CONFIGS]
SHEET = (
    "# Sheet\n\n## Uses\n\n### What for? <!-- q:uses-other-tasks -->\n\nTo study ferries.\n\n"
    "### What not for? <!-- q:uses-not-recommended -->\n\nNot to judge the mayor.\n"
)


@pytest.fixture(scope="module")
def good() -> Corpus:
    """Return the small corpus."""
    corpus, _ = read_corpus(GOOD)
    assert corpus is not None
    return corpus


def head_of(page: str) -> dict[str, Any]:
    """Return the YAML of a card."""
    head: dict[str, Any] = yaml.safe_load(page.split("---\n")[1])
    return head


# --- YAML -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["shipped_release", "good_release"])
def test_the_yaml_of_a_release_fits_the_schema(name: str, request: pytest.FixtureRequest) -> None:
    """What a build writes is what the schema allows."""
    page = (request.getfixturevalue(name) / "README.md").read_text(encoding="utf-8")

    assert list(schema.violations("dataset_card.json", head_of(page))) == []


def test_the_yaml_has_all_fields_of_the_hub_that_apply(shipped_release: Path) -> None:
    """Languages, creators, sources, sizes, tasks, licence, configs and columns."""
    head = head_of((shipped_release / "README.md").read_text(encoding="utf-8"))

    assert {key: head[key] for key in head if key not in ("configs", "dataset_info", "tags")} == {
        "pretty_name": "newspan: how partisan news is told",
        "language": ["en"],
        "language_details": ["en"],
        "language_creators": ["found"],
        "multilinguality": ["monolingual"],
        "license": "other",
        "license_name": "annotations-and-texts-apart",
        **({"license_link": "LICENSE.md"} if (shipped_release / "LICENSE.md").is_file() else {}),
        "annotations_creators": ["machine-generated"],
        "source_datasets": ["original"],
        "size_categories": ["n<1K"],
        "task_categories": ["token-classification", "text-classification"],
        "task_ids": ["multi-class-classification", "multi-label-classification"],
        "extra_gated_prompt": head["extra_gated_prompt"],
    }
    assert "unproven accusations" in head["extra_gated_prompt"]


def test_the_hub_library_reads_the_yaml(shipped_release: Path) -> None:
    """huggingface_hub takes the card, and gives the same data back."""
    from huggingface_hub import DatasetCard

    page = (shipped_release / "README.md").read_text(encoding="utf-8")

    assert DatasetCard(page).data.to_dict() == head_of(page)


def test_versions_and_hashes_keep_caches_apart(good: Corpus) -> None:
    """What keeps the caches of two releases apart stands in each config."""
    files = [msgspec.structs.replace(f, logical=f"{n:064}") for n, f in enumerate(FILES)]
    head = card_yaml(good, files)

    assert {c["config_name"]: c["description"] for c in head["configs"]} == {
        file.name: f"sha256:{file.logical}" for file in files
    }
    assert {c["version"] for c in head["configs"]} == {"0.2.0"}
    assert [c["config_name"] for c in head["configs"] if c.get("default")] == ["documents"]
    assert {i["splits"][0]["num_examples"] for i in head["dataset_info"]} == {2}


@pytest.mark.parametrize(
    ("pointer", "change"),
    [
        ("", {"licence": "other"}),
        ("", {"languages": ["en"]}),
        ("", {"task_categories": ["token-classificaton"]}),
        ("", {"task_ids": ["truth-detection"]}),
        ("", {"size_categories": ["n<2K"]}),
        ("", {"annotations_creators": ["machine"]}),
        ("", {"language": ["en-GB"]}),
        ("", {"license_link": "LICENSE-DATA.md"}),
        ("/configs/0", {"desc": "x"}),
        ("/configs/1", {"default": True}),
        ("/configs/0", {"description": "sha256:0"}),
        ("/configs/0/data_files/0", {"path": "../x.parquet"}),
        ("/configs/0/data_files/0", {"split": "dev"}),
        ("/dataset_info/0/features/0", {"dtype": "str"}),
        ("/dataset_info/0/features/0", {"list": "string"}),
        ("/dataset_info/0/splits/0", {"num_rows": 1}),
    ],
)
def test_a_slip_in_the_yaml_is_refused(pointer: str, change: dict[str, Any], good: Corpus) -> None:
    """The schema is closed: mistyped names and values that the Hub doesn't know are told."""
    head = json.loads(json.dumps(card_yaml(good, FILES)))
    holder = head
    for step in pointer.split("/")[1:]:
        holder = holder[int(step) if step.isdigit() else step]
    holder.update(change)

    assert list(schema.violations("dataset_card.json", head))


@pytest.mark.parametrize("missing", ["pretty_name", "language", "license", "configs"])
def test_a_field_that_is_missing_is_told(missing: str, good: Corpus) -> None:
    """What the Hub or datasets need has to be there."""
    head = card_yaml(good, FILES)
    del head[missing]

    assert list(schema.violations("dataset_card.json", head))


def test_a_card_that_does_not_fit_is_not_written(good: Corpus) -> None:
    """A config without a whole hash is told before anything is shipped."""
    files = [msgspec.structs.replace(FILES[0], logical="0"), *FILES[1:]]

    with pytest.raises(ValueError, match="the card's YAML, /configs/0/description"):
        card(good, files)


def test_varieties_of_a_language_are_one_language(good: Corpus) -> None:
    """Albanian of two countries is one language to the Hub, and two in the details."""
    info = msgspec.structs.replace(good.info, languages=("sq-XK", "sq-AL"))
    head = card_yaml(msgspec.structs.replace(good, info=info), FILES)

    assert (head["language"], head["language_details"]) == (["sq"], ["sq-AL", "sq-XK"])
    assert head["multilinguality"] == ["monolingual"]


def test_the_size_is_that_of_the_sentences(good: Corpus) -> None:
    """The Hub's classes, each with its lower limit inside."""
    sizes = [
        card_yaml(good, [msgspec.structs.replace(f, rows=rows) for f in FILES])["size_categories"]
        for rows in (0, 999, 1_000, 5_000_000, 2_000_000_000)
    ]

    assert sizes == [["n<1K"], ["n<1K"], ["1K<n<10K"], ["1M<n<10M"], ["1B<n<10B"]]


# --- prose ------------------------------------------------------------------------------------


def test_without_a_datasheet_sections_are_left_out(good: Corpus) -> None:
    """A section that nobody answered is no heading without text."""
    page = card(good, FILES)

    assert "## Uses" not in page and "## Bias" not in page and "DATASHEET" not in page
    assert not re.search(r"^#+ [^\n]+\n+(#|\Z)(?!#)", page.split("---\n", 2)[2], re.MULTILINE)
    assert "Content warning.** None is recorded" in page


def test_answers_of_the_datasheet_stand_in_their_sections(good: Corpus) -> None:
    """Uses and misuses are the datasheet's, word for word, with their questions."""
    page = card(good, FILES, beside={"DATASHEET.md"}, sheet=SHEET)

    assert "## Uses\n\n### Direct use\n\n*What for?*\n\nTo study ferries.\n" in page
    assert "### Out-of-scope use\n\n*What not for?*\n\nNot to judge the mayor.\n" in page


def test_the_card_of_the_shipped_corpus_has_the_sections_of_the_hubs_template(
    shipped_release: Path,
) -> None:
    """Details, uses, structure, creation, bias, citation, contact."""
    page = (shipped_release / "README.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#{2,4} (.+)$", page.split("---\n", 2)[2], flags=re.MULTILINE)

    assert headings == [
        "Dataset details",
        "Uses",
        "Direct use",
        "Out-of-scope use",
        "Dataset structure",
        "Dataset creation",
        "Curation rationale",
        "Source data",
        "Data collection and processing",
        "Who are the source data producers?",
        "Annotations",
        "Annotation process",
        "Who are the annotators?",
        "Personal and sensitive information",
        "Bias, risks, and limitations",
        "Recommendations",
        "Citation",
        "More information",
        "Licences",
        "Dataset card contact",
    ]


def test_the_profile_without_texts_says_how_to_restore_them(good: Corpus) -> None:
    """The card says that texts are missing, and which verb puts them back."""
    info = msgspec.structs.replace(good.info, content_warning="Rows.", text_license="Theirs.")
    warned = msgspec.structs.replace(good, info=info)

    full, without = (card(warned, FILES, profile=profile) for profile in ("full", "no-text"))

    assert "newspan hydrate" in without and "newspan hydrate" not in full
    assert 'PATH = "harbour-0.2.0-no-text"' in without
    assert head_of(full)["extra_gated_prompt"] == "Rows. Theirs."
    assert head_of(without)["extra_gated_prompt"] == "Rows."


# --- snippets ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["shipped_release", "good_release"])
def test_the_cards_snippets_run(
    name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each block runs as it stands, where the release's folder is; all readers count alike."""
    release: Path = request.getfixturevalue(name)
    monkeypatch.chdir(release.parent)
    names: dict[str, Any] = {}
    with its_own_warnings():
        for block in blocks(release / "README.md"):
            if block.language == "python":
                exec(block.text, names)

    expected = dict(names["by_pandas"])
    assert (
        sum(expected.values())
        == json.loads((release / "manifest.json").read_bytes())["configs"]["spans"]["rows"]
    )
    assert dict(names["by_polars"].rows()) == expected
    assert dict(names["by_duckdb"]) == expected
    assert {r["layer"]: r["count_all"] for r in names["by_pyarrow"].to_pylist()} == expected
    assert names["documents"] == sorted(names["documents"]) != []
    assert len(names["running_text"]) > 0
    assert set(names["running_text"]["zone"]) == {"paragraph"}
