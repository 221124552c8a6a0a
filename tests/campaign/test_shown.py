"""What annotators are shown of a set to start from: only what they could have marked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from campaign_runs import Run, item, make_run
from harbour_news import write_campaign
from newspan.checks import check
from newspan.corpus import read_corpus


@pytest.fixture
def quay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a campaign of two articles that is not pushed yet."""
    return make_run(tmp_path, monkeypatch, 2)


def write_set(run: Run, name: str, records: list[dict[str, Any]], note: str | None = None) -> None:
    """Write a set about the first article, by a rule."""
    corpus, _ = read_corpus(run.root)
    assert corpus is not None
    folder = run.root / "annotation/sets" / name
    folder.mkdir(parents=True)
    layers = ["claim", "attribution", "loaded_language"]
    head = {
        "id": name,
        "producer": {"kind": "rule", "name": "newspan predict crf"},
        "created": "2026-11-22",
        "labels_sha256": corpus.labels.sha256,
        "coverage": [{"item": item(1), "layers": layers, "zones": ["title", "paragraph"]}],
    }
    if note is not None:
        head["description"] = note
    (folder / "set.json").write_text(json.dumps(head), encoding="utf-8")
    lines = (json.dumps(record) + "\n" for record in records)
    (folder / f"{item(1)}.jsonl").write_text("".join(lines), encoding="utf-8")


def span(run: Run, own: str, layer: str, words: str, **values: str) -> dict[str, Any]:
    """Return a span on the first words of the first article that are these."""
    corpus, _ = read_corpus(run.root)
    assert corpus is not None
    start = corpus.texts["a01"].index(words)
    extent = {"start": start, "end": start + len(words), "text": words}
    return {"record": "span", "id": own, "layer": layer, **extent, **values}


def title(run: Run) -> str:
    """Return the first word of the first article's title."""
    corpus, _ = read_corpus(run.root)
    assert corpus is not None
    return corpus.texts["a01"].split()[0]


def shown_in(run: Run, alias: str = "ada") -> list[str]:
    """Return the regions that an annotator's task on the first article opens with."""
    (prediction,) = run.server.task(alias, item(1))["predictions"]
    return [result["id"] for result in prediction["result"] if result["type"] == "labels"]


def test_labels_for_import_and_other_zones_are_not_shown(quay: Run) -> None:
    """They are told, and neither is asked back: what is submitted as it was opened is sound."""
    records = [
        span(quay, "doubt", "loaded_language", "It was", technique="Doubt"),
        span(quay, "loaded", "loaded_language", "It", technique="Loaded_Language"),
        span(quay, "title", "loaded_language", title(quay), technique="Loaded_Language"),
    ]
    write_set(quay, "guess", records)
    write_campaign(quay.root, preannotate="guess", zones=["paragraph"])
    pushed = quay.push()
    assert shown_in(quay) == ["loaded"]
    assert [note for note in pushed.notes if "guess" in note] == [
        "spans of guess not shown, label Doubt: 1, in zones that aren't annotated: 1"
    ]
    result = quay.server.task("ada", item(1))["predictions"][0]["result"]
    quay.server.submit("ada", item(1), result)
    assert quay.pull().problems == ()
    assert [each for each in check(quay.root) if each.severity == "error"] == []
    (line,) = (each for each in quay.work() if each["alias"] == "ada")
    assert line["kept"] == ["loaded"] and "removed" not in line


def test_an_attribution_without_its_cue_is_not_shown(quay: Run) -> None:
    """What stands in the other zones takes with it what ties it; other roles stay."""
    records = [
        span(quay, "cue", "attribution", title(quay), role="cue"),
        span(quay, "content", "attribution", "It was", role="content"),
        {
            "record": "attribution", "id": "a1", "mode": "indirect", "source_kind": "none",
            "cue_id": "cue", "content_ids": ["content"], "source_ids": [],
            "source_named": False, "scope": "closed", "cue_type": "speech", "cue_force": "neutral",
        },
    ]  # fmt: skip
    write_set(quay, "guess", records)
    write_campaign(quay.root, preannotate="guess", zones=["paragraph"])
    quay.push()
    assert shown_in(quay) == ["content"]
    assert all(
        result["type"] != "relation"
        for result in quay.server.task("ada", item(1))["predictions"][0]["result"]
    )


def test_a_set_says_what_it_started_from(quay: Run) -> None:
    """Name, producer and description of the set that was shown, which may be gone one day."""
    records = [span(quay, "loaded", "loaded_language", "It", technique="Loaded_Language")]
    write_set(quay, "guess", records, "Predictions by a model.")
    write_campaign(quay.root, preannotate="guess")
    quay.push()
    result = quay.server.task("ada", item(1))["predictions"][0]["result"]
    quay.server.submit("ada", item(1), result)
    quay.pull()
    assert quay.head("quay-ada")["description"] == (
        "Pulled from the campaign quay. Pre-annotated with the set guess, by newspan predict crf: "
        "Predictions by a model."
    )
