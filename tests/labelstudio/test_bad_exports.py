"""Exports with faults: each is told, with its place, and what is sound beside it is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpora import BAD_EXPORTS, HERE, problem_id
from labelstudio_cases import good_export, outcome
from newspan.problems import RULES

GOOD_EXPORT = HERE / "good_export.json"


def test_the_good_export_is_what_the_code_makes() -> None:
    """The export that all bad ones are made from is fresh: `python tests/labelstudio_cases.py`."""
    assert json.loads(GOOD_EXPORT.read_text(encoding="utf-8")) == json.loads(
        json.dumps(good_export())
    )


@pytest.mark.parametrize("spec", BAD_EXPORTS, ids=lambda spec: spec.stem)
def test_a_bad_export_gives_its_problem_and_keeps_the_rest(spec: Path) -> None:
    """The problem that the fixture is named after, at its place; the records it says are lost."""
    described = json.loads(spec.read_text(encoding="utf-8"))
    good = json.loads(GOOD_EXPORT.read_text(encoding="utf-8"))

    found = outcome(good, described)

    problems = found["problems"]
    assert {p.id for p in problems} == {problem_id(spec), *described.get("also", ())}
    (first, *_) = [
        p
        for p in problems
        if p.id == problem_id(spec) and p.place.pointer == described["expect"]["pointer"]
    ]
    assert first.place.file == "x.json"
    assert "newspan harbour ada" in first.message
    assert ", task " in first.message or described["expect"]["pointer"] == ""
    assert RULES[first.id].hint
    assert (found["lost"], found["changed"]) == (described["lost"], described["changed"])
    assert found["new"] == described.get("new", [])


@pytest.mark.parametrize("spec", BAD_EXPORTS, ids=lambda spec: spec.stem)
def test_a_fault_in_a_region_names_the_region(spec: Path) -> None:
    """Whoever reads the message finds the region in Label Studio."""
    described = json.loads(spec.read_text(encoding="utf-8"))
    good = json.loads(GOOD_EXPORT.read_text(encoding="utf-8"))
    nameless = ("region-id", "export-syntax")

    for problem in outcome(good, described)["problems"]:
        at_result = "/result/" in problem.place.pointer
        if at_result and problem.id not in nameless and "null" not in spec.stem:
            assert "region “" in problem.message
