"""What tests of the conversion share: hostile texts, random sets, and a browser's doings."""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from newspan import schema
from newspan.corpus import AnnotationSet, Corpus, Placed
from newspan.labelstudio.names import LAYERS
from newspan.model import (
    AnyRecord,
    Assertion,
    Assessor,
    Attribution,
    CorpusInfo,
    Document,
    Item,
    Link,
    Partisanship,
    Producer,
    SetInfo,
    Span,
    Target,
    Zone,
)
from newspan.problems import Place

#: What texts are made of that offsets go wrong on.
PIECES = [
    *("the ", "harbour ", "council", "said", ", ", ". ", "“", "”", "naïve ", "e\u0301", "ﬁ"),
    *("👩\u200d👩\u200d👧", "🙂", "𝐀", "🇫🇮", "\r\n", "\r", "\n", "\n\n", "\t", "  ", " "),
    *("\u00a0", "\u202f", "\u200b", "\u200c", "\u2028", "\u0085", "\ufeff", "\u00ad", "\x00"),
    *("\x07", "\x1f", "\ufffd", "<b>", "&amp;", "&", "{{x}}", "$", "\\n", "شهردار ", "گفت: "),
    *("\u202eRTL\u202c", "中文"),
]

hostile_texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=25).map("".join)
TARGETS = {"council": Target("council", "Council", "group", "Invented.")}
_IDS = st.sampled_from(["x", "a_b-", "0", "record-with-a-longer-id-"])
_NOTES = st.sampled_from(
    ["who?", " two  spaces ", "a\nb", "line\r\nend", "“<&>”", "🙂", "\u00a0", " ", "#"]
)


@st.composite
def record_lists(draw: st.DrawFn, text: str, base: int) -> list[AnyRecord]:
    """Return records of one item, as their schemas allow, in any order."""
    spans = draw(_spans(text, base))
    by_role: dict[str | None, list[Span]] = {}
    for span in spans:
        by_role.setdefault(span.role if span.layer == "attribution" else span.layer, []).append(
            span
        )
    attributions: list[Attribution] = []
    for number in range(draw(st.integers(0, 5))):
        made = draw(_attributions(f"a{number}", by_role, attributions, base + len(text)))
        if made is not None:
            attributions.append(made)
    claims = by_role.get("claim", [])
    links: list[AnyRecord] = []
    if len(claims) > 1:
        for number in range(draw(st.integers(0, 3))):
            ends = draw(st.permutations(claims))[:2]
            remarks = draw(_remarks())
            links.append(Link(f"k{number}", "repeats", ends[0].id, ends[1].id, **remarks))
    records: list[AnyRecord] = [*spans, *attributions, *links]
    return draw(st.permutations(records))


@st.composite
def _spans(draw: st.DrawFn, text: str, base: int) -> list[Span]:
    found: list[Span] = []
    extents: list[tuple[int, int]] = []
    for number in range(draw(st.integers(0, 12))):
        if extents and draw(st.booleans()):
            start, end = draw(st.sampled_from(extents))
        else:
            start = draw(st.integers(0, len(text) - 1))
            end = draw(st.integers(start + 1, len(text)))
        extents.append((start, end))
        layer = draw(st.sampled_from([*LAYERS, "attribution", "attribution"]))
        values: dict[str, Any] = draw(_remarks())
        if layer == "claim":
            kind = draw(st.sampled_from(["factual", "opinion"]))
            values |= {"factuality": kind, "hedged": draw(_maybe(st.booleans()))}
            if kind == "factual":
                values["check_worthy"] = draw(_maybe(st.booleans()))
        elif layer == "attribution":
            values["role"] = draw(st.sampled_from(["source", "medium", "cue", "content"]))
        else:
            values["technique"] = draw(st.sampled_from(["Loaded_Language", "Slogans"]))
            values["target"] = draw(_maybe(st.just("council")))
            values["polarity"] = draw(_maybe(st.sampled_from(["negative", "positive"])))
        own = draw(_IDS) + str(number)
        found.append(Span(own, layer, base + start, base + end, text[start:end], **values))
    return found


@st.composite
def _attributions(
    draw: st.DrawFn,
    own: str,
    by_role: dict[str | None, list[Span]],
    others: Sequence[Attribution],
    end: int,
) -> Attribution | None:
    def some(role: str) -> tuple[str, ...]:
        spans = by_role.get(role, [])
        if not spans:
            return ()
        chosen = draw(st.lists(st.sampled_from(spans), unique_by=lambda each: each.id, max_size=3))
        return tuple(span.id for span in chosen)

    cues = by_role.get("cue", [])
    cue = draw(st.sampled_from(cues)) if cues and draw(st.booleans()) else None
    sources = some("source")
    kind = draw(_maybe(st.sampled_from(["person", "self"] if sources else ["none", "group"])))
    values: dict[str, Any] = {**draw(_remarks()), "source_kind": kind, "source_ids": sources}
    if kind != "none" and draw(st.booleans()):
        values["source_named"] = True
        values["source_name"] = draw(_maybe(_NOTES))
    if cue is not None:
        values["cue_id"] = cue.id
        values["cue_type"] = draw(_maybe(st.sampled_from(["speech", "document"])))
        values["cue_force"] = draw(_maybe(st.sampled_from(["neutral", "doubting"])))
        if draw(st.booleans()):
            values["scope"] = "open"
            if cue.end < end:
                values["scope_end"] = draw(_maybe(st.integers(cue.end + 1, end)))
    if others:
        values["parent_id"] = draw(_maybe(st.sampled_from([each.id for each in others])))
    mode = draw(_maybe(st.sampled_from(["direct", "indirect", "mixed"])))
    media, contents = some("medium"), some("content")
    made = Attribution(own, mode, medium_ids=media, content_ids=contents, **values)
    return made if schema.is_valid("attribution.json", made.to_json()) else None


@st.composite
def _remarks(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "unsure": draw(st.booleans()),
        "note": draw(_maybe(_NOTES)),
        "decision": draw(_maybe(st.sampled_from(["unanimous", "adjudicated"]))),
        "human_verified": draw(st.booleans()),
    }


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def corpus_of(text: str, before: str = "", behind: str = "") -> Corpus:
    """Return a corpus of one document with one item, `i1`, that is all paragraph."""
    nothing = Assertion(None, ())
    assessor = Assessor("person", "nobody", "2026-01-01")
    seen = Partisanship((), nothing, (), assessor)
    start, end = len(before), len(before) + len(text)
    zones = (Zone(start, end, "paragraph"),)
    item = Item("i1", start, end, nothing, (), nothing, zones, (), seen)
    whole = before + text + behind
    digest = hashlib.sha256(whole.encode()).hexdigest()
    document = Document("d1", "d1.txt", digest, "en", "one", (item,))
    info = CorpusInfo("x", "X", "1.0.0", "Invented.", ("en",), "CC0", "CC0")
    texts = {"d1": whole}
    return Corpus(Path(), info, (document,), texts, {}, TARGETS, schema.read_labels(), {})


def set_of(records: Sequence[AnyRecord], item_id: str, corpus: Corpus) -> AnnotationSet:
    """Return records of one item as a set."""
    head = SetInfo("made", Producer("rule", "dice"), "2026-01-01", corpus.labels.sha256)
    return AnnotationSet(head, tuple(Placed(each, item_id, Place("made")) for each in records))


def saved(results: Sequence[dict[str, Any]], data_text: str, order: int = 0) -> list[Any]:
    """Return results as a browser saves them that was only opened: regrouped, filled in, mangled.

    `order` turns the list of regions round and round, for they may stand in any order.
    """
    given = copy.deepcopy([each for each in results if each["type"] != "relation"])
    ids = list(dict.fromkeys(each["id"] for each in given))
    ids = ids[order % len(ids) :] + ids[: order % len(ids)] if ids else []
    found: list[Any] = []
    for own in ids:
        here = [each for each in given if each["id"] == own]
        for each in sorted(here, key=lambda each: each["type"] != "labels"):
            value = each["value"]
            if each["type"] != "textarea":
                value["text"] = mangled(data_text[value["start"] : value["end"]])
            filled = {"origin": "manual", "meta": {}, **each}
            found.append(dict(sorted(filled.items())))
    return found + [copy.deepcopy(each) for each in results if each["type"] == "relation"]


def mangled(text: str) -> str:
    """Return a surface as a browser's selection gives it."""
    text = text.replace("\r", "\\n").replace("\n", "\\n")
    return re.sub(r"[\s\u200b]+", " ", text)


def exported(task: dict[str, Any], number: int = 1, by: Any = 1, order: int = 0) -> dict[str, Any]:
    """Return a task as Label Studio exports it once somebody has opened and submitted it."""
    task = copy.deepcopy(task)
    now = "2026-01-02T10:00:00.000000Z"
    parts = task.pop("predictions", []) or task.get("annotations", [])
    results = parts[0]["result"] if parts else []
    predicted = "annotations" not in task
    annotation = {
        "id": 100 + number,
        "completed_by": by,
        "updated_by": by,
        "result": saved(results, task["data"]["text"], order),
        "was_cancelled": False,
        "ground_truth": False,
        "lead_time": 12.5,
        "created_at": now,
        "updated_at": now,
        "parent_prediction": 7 if predicted and parts else None,
        "prediction": {"id": 7, "result": results} if predicted and parts else {},
    }
    predictions = [{"id": 7, "result": results, "model_version": "made"}] if predicted else []
    task |= {"id": number, "annotations": [annotation], "predictions": predictions, "drafts": []}
    return task


def good_export() -> list[dict[str, Any]]:
    """Return an export of the good corpus: accepted, drawn by hand, drafted and skipped work.

    `python tests/labelstudio_cases.py` writes it to tests/good_export.json, from which the edits
    in tests/bad_exports make bad ones.
    """
    from corpora import GOOD
    from newspan.corpus import read_corpus
    from newspan.labelstudio.tasks import make_task

    corpus, _ = read_corpus(GOOD)
    assert corpus is not None
    chosen = corpus.sets["consensus"]
    accepted = exported(
        make_task(corpus, "d1-i1", campaign="harbour", layers=LAYERS, prediction=chosen)
    )
    empty = make_task(corpus, "d1-i2", campaign="harbour", layers=LAYERS)
    text = empty["data"]["text"]
    drawn = exported(empty, 2)
    drawn["annotations"][0] |= {"result": _drawn(text), "lead_time": 31.25}
    kept = {name: drawn["annotations"][0][name] for name in ("created_at", "updated_at")}
    draft = {"id": 31, "user": "cleo@harbour.example", "result": _drawn(text)[:2], "lead_time": 3}
    drawn["drafts"] = [{**draft, "was_postponed": False, "annotation": None, "task": 2, **kept}]
    skipped = exported(
        make_task(corpus, "d2-i1", campaign="harbour", layers=LAYERS, prediction=chosen), 3
    )
    skipped["annotations"][0] |= {"was_cancelled": True, "lead_time": 2.0}
    return [accepted, drawn, skipped]


def _drawn(text: str) -> list[dict[str, Any]]:
    """Return what somebody drew on an item that nothing was pushed for."""
    found: list[dict[str, Any]] = []

    def region(own: str, layer: str, label: str, words: str, **answers: str) -> None:
        start = text.index(words)
        extent = {"start": start, "end": start + len(words), "text": mangled(words)}
        head = {"id": own, "to_name": "text", "origin": "manual"}
        value: dict[str, Any] = {**extent, "labels": [label]}
        found.append({**head, "from_name": layer, "type": "labels", "value": value})
        for name, told in answers.items():
            kind, key = ("textarea", "text") if name == "note" else ("choices", "choices")
            value = {**extent, key: [told]}
            found.append({**head, "from_name": name, "type": kind, "value": value})

    words = re.findall(r"\w+", text)
    region("aB3_xY-9kQ", "claim", "factual", text.strip(), check_worthy="yes", note="Which one?")
    region("Zz81kLmN0p", "loaded_language", "Loaded_Language", words[-1], target="council")
    return found


def bad_export(good: list[Any], spec: dict[str, Any]) -> Any:
    """Return the good export with a spec's edits, which are as in tests/bad."""
    from corpora import _step

    holder: Any = [copy.deepcopy(good)]
    for edit in spec["edits"]:
        for pointer, value in edit.get("set", {}).items():
            inner, key = _step(holder, f"/0{pointer}")
            if isinstance(inner, list) and key == len(inner):
                inner.append(value)
            else:
                inner[key] = value
        for pointer in edit.get("remove", ()):
            inner, key = _step(holder, f"/0{pointer}")
            del inner[key]
    return holder[0]


def outcome(good: list[Any], spec: dict[str, Any]) -> dict[str, Any]:
    """Return what a bad export gives: its problems, and the records lost, changed and new.

    Records are named by item, work and id.
    """
    from corpora import GOOD
    from newspan.corpus import read_corpus
    from newspan.labelstudio.read import read_tasks

    corpus, _ = read_corpus(GOOD)
    assert corpus is not None

    def read(raw: Any, layers: Sequence[str]) -> tuple[dict[str, AnyRecord], tuple[Any, ...]]:
        export = read_tasks(
            raw, corpus, set_id="ada", layers=layers, project="newspan harbour ada", file="x.json"
        )
        found = {}
        for task in export.tasks:
            for work in task.work:
                for record in work.records:
                    found[f"{task.item_id} {work.kind} {work.id} {record.id}"] = record
        return found, export.problems

    before, faults = read(good, LAYERS)
    assert faults == ()
    after, problems = read(bad_export(good, spec), spec.get("layers", LAYERS))
    return {
        "problems": problems,
        "lost": sorted(before.keys() - after.keys()),
        "changed": sorted(key for key in before.keys() & after.keys() if before[key] != after[key]),
        "new": sorted(after.keys() - before.keys()),
        "kept": len(before.keys() & after.keys()),
    }


if __name__ == "__main__":
    import json

    path = Path(__file__).with_name("good_export.json")
    path.write_text(json.dumps(good_export(), ensure_ascii=False, indent=1) + "\n", "utf-8")
