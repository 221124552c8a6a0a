"""An export's bytes are read like its JSON, whatever is left undecoded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from corpora import BAD_EXPORTS, GOOD, HERE
from labelstudio_cases import bad_export
from newspan.corpus import Corpus, read_corpus
from newspan.labelstudio.names import LAYERS
from newspan.labelstudio.read import Export, read_export, read_tasks
from newspan.labelstudio.results import Given

GIVEN: dict[str, Any] = {"set_id": "ada", "layers": LAYERS, "project": "harbour", "file": "x.json"}


@pytest.fixture
def good() -> Corpus:
    """Return the small corpus with hostile text."""
    corpus, _ = read_corpus(GOOD)
    assert corpus is not None
    return corpus


@pytest.fixture
def export() -> list[Any]:
    """Return the good export, to be changed."""
    return json.loads((HERE / "good_export.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def written(raw: Any) -> bytes:
    """Return JSON as Label Studio's bytes, half characters as escapes."""
    try:
        return json.dumps(raw, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(raw).encode()


def told(found: Export) -> list[tuple[str, str]]:
    """Return the problems' ids and places."""
    return [(problem.id, problem.place.pointer) for problem in found.problems]


@pytest.mark.parametrize("spec", BAD_EXPORTS, ids=lambda spec: spec.stem)
def test_bytes_are_read_like_json(spec: Path, good: Corpus, export: list[Any]) -> None:
    """Each fault is the same problem, and each piece of work the same, either way."""
    raw = bad_export(export, json.loads(spec.read_text(encoding="utf-8")))

    by_bytes, by_json = read_export(written(raw), good, **GIVEN), read_tasks(raw, good, **GIVEN)

    assert by_bytes == by_json


def test_results_stand_as_in_the_export(good: Corpus, export: list[Any]) -> None:
    """They are there to be looked at, with all that conversion leaves aside."""
    found = read_export(written(export), good, **GIVEN)

    for task, raw in zip(found.tasks, export, strict=True):
        results = [each["result"] for each in (*raw["annotations"], *raw["drafts"])]
        assert [work.results for work in task.work] == results
        assert list(task.predictions) == raw["predictions"]


@pytest.mark.parametrize("key", [b'"Council', b'"from_name"', b'"title"', b'"layers"'])
def test_bytes_that_are_no_text_are_told(key: bytes, good: Corpus, export: list[Any]) -> None:
    """Even where nobody reads them; the other tasks are kept."""
    first, *others = export
    first["predictions"], first["annotations"][0]["prediction"] = [], {}
    start, *rest = (written(each) for each in (first, *others))
    assert key in start
    broken = start.replace(key, key[:2] + b"\xff" + key[3:], 1)

    found = read_export(b"[" + b",".join([broken, *rest]) + b"]", good, **GIVEN)

    assert told(found) == [("export-syntax", "/0")]
    whole = read_export(b"[" + b",".join(rest) + b"]", good, **GIVEN)
    kept = [[work.records for work in task.work] for task in found.tasks]
    assert kept == [[work.records for work in task.work] for task in whole.tasks]


def test_bytes_that_are_no_text_in_predictions_cost_nothing(
    good: Corpus, export: list[Any]
) -> None:
    """Predictions are read when asked, even of a task with another fault."""
    export[0]["annotations"][0]["result"].append([])
    before = read_export(written(export), good, **GIVEN)
    data = written(export).replace(b'"model_version": "made"', b'"model_version": "m\xffde"', 1)

    found = read_export(data, good, **GIVEN)

    assert told(found) == told(before)
    assert [problem.message for problem in found.problems] == [p.message for p in before.problems]
    assert [task.work for task in found.tasks] == [task.work for task in before.tasks]
    assert found.tasks[0].predictions == ()


def test_half_a_character_in_a_note_is_told(good: Corpus, export: list[Any]) -> None:
    """UTF-8 can't hold it, so the answer is left out; all else of the task is read."""
    results = export[0]["annotations"][0]["result"]
    region = next(each for each in results if each["type"] == "labels")
    value = {**region["value"], "text": ["pier \ud83d"]}
    results.append({**region, "from_name": "note", "type": "textarea", "value": value})

    found = read_export(written(export), good, **GIVEN)

    place = f"/0/annotations/0/result/{len(results) - 1}"
    assert told(found) == [("attribute-value", place)]
    assert found == read_tasks(export, good, **GIVEN)


def test_json_is_equal_when_it_says_the_same() -> None:
    """However it is held: as bytes that nobody has decoded yet, or as values."""
    assert Given(msgspec.Raw(b'[1,  "a"]')) == Given([1, "a"])
    assert Given(msgspec.Raw(b"[1]")) != Given([2])


def test_half_a_character_in_what_travelled_is_told(good: Corpus, export: list[Any]) -> None:
    """No text can hold it, so nothing that travelled with the task is believed."""
    carried = export[0]["meta"]["newspan"].setdefault("carried", {})
    carried["regions"] = {"claim": {"c1": {"was": "0" * 12, "id": "\ud800"}}}

    found = read_export(written(export), good, **GIVEN)

    assert "task-data" in {problem.id for problem in found.problems}
