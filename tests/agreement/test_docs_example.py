"""The example of docs/agreement.md is what newspan computes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newspan.agreement.agree import compare
from newspan.agreement.report import Report

PAGE = Path(__file__).parents[2] / "docs" / "agreement.md"
LOADED, CALLING = "Loaded_Language", "Name_Calling-Labeling"


@pytest.fixture
def report(maker: Callable[[dict[str, list[str]]], Any]) -> Report:
    """Return the report on the example."""
    first = "The reckless council closed the ferry, a shameful stunt."
    make = maker({"d1": [first, "The union called it theft."]})

    def spans(*pairs: tuple[str, str]) -> Any:
        return [
            make.span("d1-i1", words, f"x{n}", technique=label)
            for n, (words, label) in enumerate(pairs)
        ]

    ana = spans(("reckless", LOADED), ("shameful stunt", LOADED), ("theft", CALLING))
    ben = spans(("reckless", LOADED), ("stunt", LOADED), ("theft", LOADED))
    sets = [make.set("ana", ana), make.set("ben", ben)]
    return compare(make.corpus, sets, None, layers=["loaded_language"])


def test_the_examples_figures(report: Report) -> None:
    """Each row of the table is a figure of the report, to three digits."""
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)`((?: \w+:\w+)*) \| (-?\d\.\d{3}) \|", text, re.MULTILINE)
    assert len(rows) == 9
    for measure, told, value in rows:
        parameters = dict(part.split(":") for part in told.split())
        found = report.find(measure, "loaded_language", **parameters).value

        assert f"{found:.3f}" == value, (measure, told)


def test_the_examples_interval(report: Report) -> None:
    """The interval of gamma in the text is that of the report."""
    gamma = report.find("gamma", "loaded_language")
    text = " ".join(PAGE.read_text(encoding="utf-8").split())

    assert f"that of gamma is from {gamma.low:.3f} to {gamma.high:.3f}" in text


def test_partial_f1_by_hand(report: Report) -> None:
    """As the table explains it."""
    precision, recall = (1 + 5 / 14 + 1) / 3, 1.0
    f1 = 2 * precision * recall / (precision + recall)

    assert report.find("f1_partial", "loaded_language", labels="any").value == pytest.approx(f1)


def test_alpha_by_hand(report: Report) -> None:
    """82 characters, 27 and 18 marked: 9 differ."""
    marks, values = 27 + 18, 2 * 82
    alpha = 1 - 9 * (values - 1) / (marks * (values - marks))

    assert report.find("alpha", "loaded_language", unit="character").value == (pytest.approx(alpha))


def test_every_measure_is_explained(report: Report) -> None:
    """No figure appears that the page does not define."""
    text = PAGE.read_text(encoding="utf-8")
    names = {figure.measure for layer in report.layers for figure in layer.figures}

    assert {name for name in names if f"`{name}`" not in text} == set()
