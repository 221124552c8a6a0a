"""Exports as records: who, when, what counts, and back to the same set."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from corpora import GOOD, HERE
from labelstudio_cases import corpus_of, exported, hostile_texts, record_lists, set_of
from newspan import schema
from newspan.corpus import Corpus, read_corpus
from newspan.labelstudio.names import LAYERS
from newspan.labelstudio.read import Export, Work, read_export, read_tasks
from newspan.labelstudio.sound import sound
from newspan.labelstudio.tasks import make_task, records_of, text_sha256
from newspan.model import Link, Span


@pytest.fixture(scope="module")
def good() -> Corpus:
    """Return the small corpus with hostile text."""
    return small()


@pytest.fixture
def export() -> list[Any]:
    """Return the good export, to be changed."""
    return json.loads((HERE / "good_export.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def read(raw: Any, corpus: Corpus, **more: Any) -> Export:
    """Return an export read for a set `ada`."""
    given = {"set_id": "ada", "layers": LAYERS, "project": "newspan x ada", "file": "x.json"}
    return read_tasks(raw, corpus, **{**given, **more})


@pytest.mark.parametrize("name", ["pass_a", "pass_b", "adjudicated", "consensus"])
@pytest.mark.parametrize("way", ["prediction", "annotation"])
def test_every_shipped_set_comes_back_identical(root: Path, name: str, way: str) -> None:
    """All twelve items: pushed, opened and saved in a browser, exported, read: the same records."""
    corpus, _ = read_corpus(root)
    assert corpus is not None
    chosen = corpus.sets[name]
    assert len(corpus.items) == 12
    tasks = [
        exported(
            make_task(corpus, item, campaign="x", layers=LAYERS, **{way: chosen}),  # type: ignore[arg-type]
            number,
            order=number,
        )
        for number, item in enumerate(corpus.items)
    ]

    found = read_export(
        json.dumps(tasks).encode(), corpus, set_id="x", layers=LAYERS, project="x", file="x.json"
    )

    assert found.problems == ()
    assert [task.item_id for task in found.tasks] == list(corpus.items)
    for task in found.tasks:
        (work,) = task.work
        assert list(work.records) == records_of(chosen, task.item_id, LAYERS)
        expected = "prediction" if way == "prediction" else "manual"
        assert set(work.origins.values()) <= {expected}
        assert work.counts


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.data())
def test_a_sound_set_comes_back_over_any_text(data: st.DataObject) -> None:
    """Set, task, what a browser saves, export, set: identical, over any text and base offset."""
    before, text, behind = (data.draw(hostile_texts) for _ in range(3))
    corpus = corpus_of(text, before, behind)
    given_records = data.draw(record_lists(text, len(before)))
    records, _ = sound(given_records, "i1", corpus, LAYERS)
    chosen = set_of(records, "i1", corpus)
    way = data.draw(st.sampled_from(["prediction", "annotation"]))
    task = make_task(corpus, "i1", campaign="x", layers=LAYERS, **{way: chosen})
    task = json.loads(json.dumps(task))

    found = read([exported(task, order=data.draw(st.integers(0, 9)))], corpus)

    (work,) = found.tasks[0].work
    assert list(work.records) == records
    assert not [problem for problem in found.problems if problem.severity == "error"]
    assert all(schema.is_valid("record.json", each.to_json()) for each in work.records)


def test_a_task_is_the_items_slice_with_its_hashes(good: Corpus) -> None:
    """Text, base and hashes are the corpus's; the set's layers are those that were asked for."""
    task = make_task(
        good, "d1-i2", campaign="harbour", layers=["claim"], prediction=good.sets["consensus"]
    )
    whole = good.texts["d1"]

    data = task["data"]
    assert data["text"] == whole[285:331]
    assert (data["base"], data["doc_id"], data["campaign"]) == (285, "d1", "harbour")
    assert data["text_sha256"] == text_sha256(whole[285:331])
    assert data["document_sha256"] == good.documents[0].sha256
    assert data["title"] == "d1-i2"
    assert task["predictions"][0]["model_version"] == "consensus"
    first = make_task(
        good, "d1-i1", campaign="harbour", layers=["claim"], annotation=good.sets["consensus"]
    )
    assert first["annotations"][0]["ground_truth"] is False
    assert {r["from_name"] for r in first["annotations"][0]["result"] if "from_name" in r} <= {
        *("claim", "check_worthy", "hedged")
    }


def test_a_task_starts_from_one_set_of_an_item_that_is_there(good: Corpus) -> None:
    """Wrong use is told."""
    chosen = good.sets["consensus"]
    with pytest.raises(ValueError, match="not from both"):
        make_task(good, "d1-i1", campaign="x", layers=LAYERS, prediction=chosen, annotation=chosen)
    with pytest.raises(ValueError, match="no item 'd9'"):
        make_task(good, "d9", campaign="x", layers=LAYERS)


def test_who_when_and_how_is_kept(good: Corpus, export: list[Any]) -> None:
    """Annotators, times, skips, drafts and origins come along."""
    found = read(export, good)

    accepted, drawn, skipped = found.tasks
    assert found.problems == ()
    assert [each.item_id for each in found.tasks] == ["d1-i1", "d1-i2", "d2-i1"]
    (work,) = accepted.work
    assert (work.kind, work.id, work.by, work.updated_by) == ("annotation", 101, 1, 1)
    assert (work.lead_time, work.parent_prediction, work.skipped) == (12.5, 7, False)
    assert work.created == work.updated == "2026-01-02T10:00:00.000000Z"
    assert set(work.origins.values()) == {"prediction"}
    assert work.regions["a1"] == "q1"
    assert accepted.predictions[0]["model_version"] == "made"
    annotation, draft = drawn.work
    assert (draft.kind, draft.by, draft.counts) == ("draft", "cleo@harbour.example", False)
    assert set(annotation.origins.values()) == {"manual"}
    (again,) = draft.records
    assert again.id in {each.id for each in annotation.records}
    assert isinstance(again, Span)
    assert again.start == 285
    assert (skipped.work[0].skipped, skipped.work[0].counts) == (True, False)
    assert len(skipped.work[0].records) == 4


def test_a_plain_export_is_read_too(good: Corpus, export: list[Any]) -> None:
    """There predictions and drafts are bare ids, and annotators numbers."""
    full = read(export, good)
    for task in export:
        task["predictions"] = [each["id"] for each in task["predictions"]]
        task["drafts"] = [each["id"] for each in task["drafts"]]

    plain = read(export, good)

    assert plain.problems == ()
    assert all(task.predictions == () for task in plain.tasks)
    pairs = zip(plain.tasks, full.tasks, strict=True)
    assert all(one.work[0] == other.work[0] for one, other in pairs)


def test_annotators_may_be_written_out_or_be_aliases(good: Corpus, export: list[Any]) -> None:
    """A user written out is their id, or their address where there is none."""
    for user, expected in (
        ({"id": 4, "email": "a@harbour.example"}, 4),
        ({"email": "a@harbour.example"}, "a@harbour.example"),
        ("ada", "ada"),
    ):
        export[0]["annotations"][0]["completed_by"] = user
        assert read(export, good).tasks[0].work[0].by == expected


def test_the_last_updated_annotation_of_a_person_counts(good: Corpus, export: list[Any]) -> None:
    """Of several of one person one counts; another person's counts too; all are kept."""
    first = export[0]["annotations"][0]
    older = {**copy.deepcopy(first), "id": 99, "updated_at": "2026-01-01T00:00:00Z"}
    skipped = {**copy.deepcopy(first), "id": 120, "was_cancelled": True}
    other = {**copy.deepcopy(first), "id": 130, "completed_by": 2, "updated_by": 2}
    export[0]["annotations"] = [older, first, skipped, other]

    found = read(export, good)

    assert {work.id: work.counts for work in found.tasks[0].work} == {
        99: False,
        101: True,
        120: False,
        130: True,
    }
    (problem,) = found.problems
    assert (problem.id, problem.place.pointer) == ("annotation-repeated", "/0/annotations/0")


def test_faults_of_records_are_told_where_their_region_is(good: Corpus, export: list[Any]) -> None:
    """What `newspan check` says of a record leads to the result and the characters."""
    export[1]["annotations"][0]["result"][0]["value"]["end"] = 42

    (problem,) = read(export, good).problems

    assert (problem.id, problem.place.pointer) == ("word-cut", "/1/annotations/0/result/0")
    assert (problem.place.start, problem.place.end) == (285, 327)


def test_a_link_to_another_item_needs_its_claim_in_the_export(
    good: Corpus, export: list[Any]
) -> None:
    """With both items it is kept; with one alone it is left out and told."""
    chosen = good.sets["consensus"]
    far = Span("far", "claim", 285, 310, good.texts["d1"][285:310], factuality="factual")
    claim = chosen.spans["c1"]
    link = Link("k9", "repeats", "c1", "far")
    one = make_task(
        good, "d1-i1", campaign="x", layers=LAYERS, prediction=set_of([claim, link], "d1-i1", good)
    )
    two = make_task(
        good, "d1-i2", campaign="x", layers=LAYERS, prediction=set_of([far], "d1-i2", good)
    )

    both = read([exported(one, 1), exported(two, 2)], good)
    alone = read([exported(one, 1)], good)

    assert both.problems == ()
    assert link in both.tasks[0].work[0].records
    assert [problem.id for problem in alone.problems] == ["unknown-reference"]
    assert alone.tasks[0].work[0].records == (claim,)


def test_bytes_that_are_no_json_are_a_problem(good: Corpus) -> None:
    """An export that broke off, or a page of an error, is told."""
    for data in (b"", b"<html>", b"[{", b"\xff", b"[" * 100_000):
        found = read_export(data, good, set_id="x", layers=LAYERS, project="p", file="x.json")
        assert [problem.id for problem in found.problems] == ["export-syntax"]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-5, 300)
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.sampled_from(["c1", "q1", "claim", "cue", "text", "labels", "d1-i1", "\ud800", "#", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "text", "was", "has", "c1", "a"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of everything in a JSON value."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += places(inner, (*path, index))
    return found


WHOLE = json.loads((HERE / "good_export.json").read_text(encoding="utf-8"))
PLACES = [place for place in places(WHOLE) if place[0] < 2]


def without_counts(work: Work) -> Work:
    """Return work without what depends on other tasks."""
    return msgspec.structs.replace(work, counts=False)


@cache
def small() -> Corpus:
    """Return the small corpus; a fixture would be printed with each failing example."""
    corpus, _ = read_corpus(GOOD)
    assert corpus is not None
    return corpus


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=300)
@given(st.data())
def test_no_value_whatever_gives_a_traceback(data: st.DataObject) -> None:
    """Any values of an export may be replaced or removed: problems, and other tasks as before."""
    good = small()
    raw = copy.deepcopy(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.sampled_from(PLACES))
        holder: Any = raw
        try:
            for step in place[:-1]:
                holder = holder[step]
            if data.draw(st.booleans()) and len(place) > 1:
                del holder[place[-1]]
            else:
                holder[place[-1]] = data.draw(json_values)
        except (KeyError, IndexError, TypeError):
            assume(True)

    found = read(raw, good)
    given = {"set_id": "ada", "layers": LAYERS, "project": "newspan x ada", "file": "x.json"}
    same = read_export(json.dumps(raw).encode(), good, **given)  # type: ignore[arg-type]
    assert same.problems == found.problems
    for one, other in zip(same.tasks, found.tasks, strict=True):
        assert (one.work, one.predictions) == (other.work, other.predictions)

    untouched = next(task for task in found.tasks if task.task_id == 3 and task.item_id == "d2-i1")
    before = read(WHOLE, good).tasks[2]
    assert list(map(without_counts, untouched.work)) == list(map(without_counts, before.work))
    for task in found.tasks:
        for work in task.work:
            for record in work.records:
                assert schema.is_valid("record.json", record.to_json())
    for problem in found.problems:
        assert problem.hint
        json.dumps(problem.to_json(), ensure_ascii=False).encode()


@given(json_values | st.lists(json_values))
def test_nothing_at_all_gives_a_traceback(value: Any) -> None:
    """Any JSON is read, to problems."""
    found = read(value, corpus_of("A text."))

    assert found.tasks == ()
    assert found.problems or value == []
