"""The guidelines hold what annotators need, and their examples are verbatim."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from newspan.schema import read_labels
from newspan.text import cuts_word, lone_marks, trim

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "annotation" / "guidelines.md").read_text(encoding="utf-8")
LAYERS = {"claim": "Claim", "attribution": "Attribution", "loaded_language": "Loaded language"}

# What readers stumble over; each has its ruling under "Hard cases".
RULED = [
    "Scare quotes",
    "“terrorist”: four uses",
    "Unnamed sources",
    "Medial “reportedly”",
    "Free-standing quotations",
    "Semicolon chains and “and”",
    "“so aggressive that”",
    "Captions and teasers",
    "speaks through a medium",
    "Nested attribution",
    "A slur inside a quote, inside indirect speech, under an open scope",
    "A damaged source",
    "“They are tasked with”, “leaders view”",
    "“called on Italy to”",
    "“underscored the hatred”",
    "Full stop inside the closing quotation mark",
]


def section(heading: str) -> str:
    """Return a section of the guidelines, from its heading to the next of the same level."""
    level = heading.split()[0]
    start = TEXT.index(f"\n{heading}\n")
    end = re.compile(rf"\n#{{1,{len(level)}}} ").search(TEXT, start + len(heading))
    return TEXT[start : end.start() if end else None]


def part(layer: str, name: str) -> str:
    """Return the worked examples or the counter-examples of a layer."""
    whole = section(f"## {LAYERS[layer]}")
    start = whole.index(f"\n### {name}\n")
    end = whole.find("\n### ", start + 1)
    return whole[start : None if end < 0 else end]


def examples(text: str) -> list[tuple[str, list[str]]]:
    """Return each example's text with what its list puts between backticks."""
    found = []
    for block in re.split(r"\n(?=> )", text)[1:]:
        quoted, _, listed = block.partition("\n\n")
        example = " ".join(line.removeprefix("> ") for line in quoted.splitlines())
        found.append((example, re.findall(r"`([^`]+)`", listed)))
    return found


@pytest.mark.parametrize("layer", LAYERS)
def test_each_layer_has_its_examples(layer: str) -> None:
    """At least eight worked examples with something marked, and four that look alike and fail."""
    worked = examples(part(layer, "Worked examples"))
    counter = examples(part(layer, "Counter-examples"))

    assert len(worked) >= 8
    assert all(marks for _, marks in worked)
    assert len(counter) >= 4


@pytest.mark.parametrize("layer", LAYERS)
def test_what_an_example_marks_stands_in_it(layer: str) -> None:
    """Every marked quotation is verbatim, whole words, with its quotation marks in pairs."""
    shown = examples(part(layer, "Worked examples")) + examples(part(layer, "Counter-examples"))
    for text, marks in shown:
        for mark in marks:
            start = text.find(mark)
            end = start + len(mark)
            assert start >= 0, (text, mark)
            assert trim(text, start, end) == (start, end), mark
            assert not cuts_word(text, start), mark
            assert not cuts_word(text, end), mark
            assert not lone_marks(text, start, end), mark


def test_the_hard_cases_have_a_ruling() -> None:
    """Each stumbling stone has a numbered ruling of more than a word."""
    rulings = re.findall(
        r"\*\*H\d+\. ([^*]+?)\*\*(.*?)(?=\n\n\*\*H|\Z)", section("## Hard cases"), re.S
    )
    for case in RULED:
        matching = [ruling for title, ruling in rulings if case in title]
        assert len(matching) == 1, case
        assert len(matching[0].split()) >= 20, case


def test_rule_numbers_are_unique_and_what_refers_to_them_finds_them() -> None:
    """A remark may name a rule by its number, and the page itself does."""
    defined = re.findall(r"^(?:\*\*|- \*\*)([GCALH]\d+)\.", TEXT, re.M)

    assert len(defined) == len(set(defined)) > 40
    assert set(re.findall(r"\b([GCALH]\d{1,2})\b", TEXT)) == set(defined)


def test_the_version_is_the_corpus_s() -> None:
    """The corpus names the guidelines that stand."""
    head = yaml.safe_load(TEXT.split("---\n")[1])
    info = json.loads((ROOT / "corpus" / "corpus.json").read_text(encoding="utf-8"))

    assert head["version"] == info["guidelines_version"]
    assert f"\n- {head['version']} (" in section("## Changes")


def test_every_label_that_annotators_set_stands_in_its_table() -> None:
    """The tables are those of labels.json, without what is derived or comes by import only."""
    for layer, title in LAYERS.items():
        text = section(f"## {title}")
        for label in read_labels().labels:
            if label.layer == layer:
                assert (f"\n| `{label.id}` |" in text) == (label.status == "shipped"), label.id
