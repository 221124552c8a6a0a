"""Figures of the shipped corpus, computed in other ways too."""

from __future__ import annotations

from pathlib import Path

import pytest

from newspan.agreement.agree import compare as agree
from newspan.corpus import Corpus, read_corpus
from newspan.model import Span
from newspan.scoring import flc, si, tc
from newspan.scoring.baselines import LENGTH, NOTHING, WHOLE
from newspan.scoring.report import Report
from newspan.scoring.score import compare

LAYERS = ("claim", "attribution", "loaded_language")


@pytest.fixture(scope="module")
def corpus(root: Path) -> Corpus:
    """Return the shipped corpus."""
    found, _ = read_corpus(root)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def report(corpus: Corpus) -> Report:
    """Return the score of pass_a and pass_b against consensus."""
    sets = corpus.sets
    return compare(
        corpus,
        sets["consensus"],
        [sets["pass_a"], sets["pass_b"]],
        sets["reuse_v1"],
        replicates=50,
    )


def spans_of(corpus: Corpus, name: str, layer: str) -> dict[str, list[tuple[int, int, str]]]:
    """Return a set's spans by document, at their offsets there."""
    found: dict[str, list[tuple[int, int, str]]] = {each.id: [] for each in corpus.documents}
    for placed in corpus.sets[name].records:
        span = placed.record
        if isinstance(span, Span) and span.layer == layer:
            document = corpus.items[placed.item_id][0].id
            found[document].append((span.start, span.end, span.label))
    return found


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", ["pass_a", "pass_b"])
def test_the_shared_tasks_are_those_of_the_files(
    corpus: Corpus, report: Report, layer: str, name: str
) -> None:
    """Offsets in view, and offsets in the documents, give the same SI, FLC and TC."""
    sides = [spans_of(corpus, each, layer) for each in ("consensus", name)]
    for task in (si, flc, tc):
        found = report.find(task.__name__, layer, predicted=name)
        plain = task(*sides)
        values = (found.precision.value, found.recall.value, found.f1.value)
        assert values == pytest.approx((plain.precision, plain.recall, plain.f1), abs=1e-12)
        assert (found.reference, found.counted) == (plain.reference, plain.predicted)
        for label, each in plain.labels.items():
            of_label = report.find(task.__name__, layer, predicted=name, by="label", of=label)
            assert of_label.recall.value == pytest.approx(each.recall)


@pytest.mark.parametrize("layer", LAYERS)
def test_f1_is_agreements(corpus: Corpus, report: Report, layer: str) -> None:
    """F1 has no direction, so where both looked at all text it is the agreement's, also partly."""
    sets = [corpus.sets[name] for name in ("consensus", "pass_a")]
    found = agree(corpus, sets, corpus.sets["reuse_v1"], layers=[layer], samples=1, replicates=0)
    for copies in ("with", "without"):
        for labels in ("same", "any"):
            for name in ("exact", "iou"):
                theirs = found.find(f"f1_{name}", layer, copies=copies, labels=labels).value
                ours = report.find(name, layer, copies=copies, labels=labels).f1.value
                assert ours == pytest.approx(theirs)
        partial = found.find("f1_partial", layer, copies=copies, labels="any").value
        assert report.find("si", layer, copies=copies).f1.value == pytest.approx(partial)
        for role in ("source", "cue", "content") if layer == "attribution" else ():
            theirs = found.find("attribution_f1", layer, copies=copies, of=role).value
            ours = report.find(
                "attribution", layer, copies=copies, by="role", of=role, parts="iou"
            ).f1.value
            assert ours == pytest.approx(theirs)


@pytest.mark.parametrize("layer", LAYERS)
def test_characters_are_those_of_masks(corpus: Corpus, report: Report, layer: str) -> None:
    """Sets of characters, per label, give the same F1."""
    sides = [
        {
            (document, at, label)
            for document, spans in spans_of(corpus, name, layer).items()
            for start, end, label in spans
            for at in range(start, end)
        }
        for name in ("consensus", "pass_a")
    ]
    found = report.find("character", layer)

    assert (found.reference, found.counted) == tuple(map(len, sides))
    assert found.f1.value == pytest.approx(
        2 * len(sides[0] & sides[1]) / (found.reference + found.counted)
    )


@pytest.mark.parametrize("layer", LAYERS)
def test_parts_add_up(report: Report, layer: str) -> None:
    """Labels, lineages and the support hold each span once."""
    figures = next(each for each in report.layers if each.layer == layer).figures
    whole = report.find("iou", layer)
    for by in ("label", "lineage", "voice") if layer != "attribution" else ("label", "lineage"):
        parts = [
            f for f in figures
            if (f.measure, f.by, f.copies, f.predicted) == ("iou", by, "with", "pass_a")
        ]  # fmt: skip
        assert sum(f.reference for f in parts) == whole.reference
        assert sum(f.counted for f in parts) == whole.counted
    support = next(each for each in report.layers if each.layer == layer).support
    assert sum(each.reference for each in support) == whole.reference
    assert sum(each.predicted["pass_a"] for each in support) == whole.counted


def test_three_lineages_show_nothing(report: Report) -> None:
    """The report says so, of intervals and of the test."""
    text = str(report)

    assert "intervals are drawn from 3 lineages: with so few they hardly mean anything" in text
    assert "no p can be below 0.250 with 3 groups to swap" in text
    assert {d.p >= 0.25 for layer in report.layers for d in layer.differences if d.p} == {True}


def test_whole_articles_lose_where_they_should(report: Report) -> None:
    """SI gives the span over everything a score; one-to-one F1 does not."""
    for layer in LAYERS:
        assert report.find("si", layer, predicted=WHOLE).f1.value > 0.05
        assert report.find("iou", layer, predicted=WHOLE).f1.value == 0.0


def test_the_report_explains_itself(report: Report, root: Path) -> None:
    """Every measure, split and baseline that appears is on the page."""
    page = (root / "docs/scoring.md").read_text(encoding="utf-8")
    figures = [figure for layer in report.layers for figure in layer.figures]
    names = {figure.measure for figure in figures} | {WHOLE, NOTHING, LENGTH}

    assert {name for name in names if f"`{name}`" not in page} == set()
    assert all(figure.signature.startswith(f"{figure.measure}|v:1|") for figure in figures)
    keys = [(figure.signature, figure.copies) for figure in figures]
    assert len(set(keys)) == len(keys)
