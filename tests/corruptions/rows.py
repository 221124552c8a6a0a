"""Corruptions of rows, with all hashes sealed anew."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from corruptions.kinds import CONFIGS, FLAT, SPANS, STRETCHES, Found, kind
from tampering import Row, Tampered, pick


@kind("invariant", "row")
def dropped_row(t: Tampered, rng: random.Random) -> Found:
    """A row dropped from a config, or a document."""
    config = rng.choice(CONFIGS)
    rows = t.rows(config)
    number, row = pick(rng, rows)
    del rows[number - 1]
    t.put_rows(config, rows)
    t.seal()
    if config == "documents":
        return Found(f"annotation/sets/consensus/{row['items'][0]['item_id']}.jsonl")
    return Found(t.file(config), number, row["id"])


@kind("invariant", "row")
def doubled_row(t: Tampered, rng: random.Random) -> Found:
    """A row doubled."""
    config = rng.choice(CONFIGS)
    rows = t.rows(config)
    number, row = pick(rng, rows)
    at = rng.randrange(number, len(rows) + 1)
    rows.insert(at, row)
    t.put_rows(config, rows)
    t.seal()
    return Found(t.file(config), at + 1, row.get("id", row.get("doc_id")))


@kind("invariant", "row")
def invented_row(t: Tampered, rng: random.Random) -> Found:
    """A row invented."""
    config = rng.choice(FLAT)
    rows = t.rows(config)
    _, row = pick(rng, rows)
    at = rng.randrange(len(rows) + 1)
    rows.insert(at, row | {"id": f"{row['id']}x"})
    t.put_rows(config, rows)
    t.seal()
    return Found(t.file(config), at + 1, f"{row['id']}x")


@kind("invariant", "row")
def exchanged_rows(t: Tampered, rng: random.Random) -> Found:
    """Two rows exchanged."""
    config = rng.choice([name for name in FLAT if name != "links"])
    rows = t.rows(config)
    one, other = sorted(rng.sample(range(len(rows)), 2))
    rows[one], rows[other] = rows[other], rows[one]
    t.put_rows(config, rows)
    t.seal()
    return Found(t.file(config), one + 1, rows[one]["id"])


@kind("invariant", "row")
def shifted_offsets(t: Tampered, rng: random.Random) -> Found:
    """Offsets shifted in a config."""
    config = rng.choice([name for name in FLAT if name != "links"])
    by = rng.choice([-3, -1, 1, 2, 1000])

    def shift(row: Row) -> None:
        row["start"] += by
        row["end"] += by

    return _edited(t, rng, config, shift)


@kind("invariant", "row")
def shifted_inside(t: Tampered, rng: random.Random) -> Found:
    """Offsets of spans shifted inside a sentence or paragraph."""

    def shift(row: Row) -> bool:
        spans = [span for layer in _LAYERS for span in row[layer] or ()]
        for span in spans[:1]:
            span["start"] += 1
            span["end"] += 1
        return bool(spans)

    return _edited(t, rng, rng.choice(STRETCHES), shift)


_LAYERS = ("claim", "attribution", "loaded_language")
_LABELS = {
    "factuality": ("factual", "opinion", "prediction", "normative"),
    "technique": ("Loaded_Language", "Slogans", "Exaggeration-Minimisation"),
    "role": ("source", "cue", "content", "medium"),
    "polarity": ("positive", "negative"),
    "voice": ("author", "quoted", "indirect", "scare", "framed"),
    "layer": ("claim", "attribution", "loaded_language"),
    "zone": ("paragraph", "title", "caption"),
    "item_id": ("d1-i2", "d2-i1"),
    "set_id": ("reuse_v1", "pass_a"),
    "target": ("mayor", "council"),
}


@kind("invariant", "row")
def edited_label(t: Tampered, rng: random.Random) -> Found:
    """A label, attribute or id edited in a config."""
    config, column = rng.choice(SPANS), rng.choice(sorted(_LABELS))

    def relabel(row: Row) -> bool:
        if row[column] is None or (column == "set_id" and config == "annotations"):
            return False
        row[column] = rng.choice([each for each in _LABELS[column] if each != row[column]])
        if column in ("factuality", "technique", "role"):
            row["label"] = row[column]
        return True

    if config == "annotations" and column == "set_id":
        config = "spans"
    found = _edited(t, rng, config, relabel)
    # Another set's row of the same id is another row.
    return Found(found.file, found.line) if column == "set_id" else found


@kind("invariant", "row")
def edited_label_inside(t: Tampered, rng: random.Random) -> Found:
    """A label edited inside a sentence or paragraph."""

    def relabel(row: Row) -> bool:
        for span in row["claim"] or ():
            span["voice"] = "scare" if span["voice"] != "scare" else "author"
        for span in row["loaded_language"] or ():
            span["technique"] = "Slogans"
        return bool(row["claim"] or row["loaded_language"])

    return _edited(t, rng, rng.choice(STRETCHES), relabel)


@kind("invariant", "row")
def edited_surface(t: Tampered, rng: random.Random) -> Found:
    """A surface edited in a config."""

    def rewrite(row: Row) -> None:
        row["text"] = row["text"][:-1] + ("x" if row["text"][-1] != "x" else "y")

    return _edited(t, rng, rng.choice([*SPANS, "duplicates", *STRETCHES]), rewrite)


@kind("invariant", "row")
def edited_derived(t: Tampered, rng: random.Random) -> Found:
    """A derived value edited: what was looked at, copies, verification."""

    def null(row: Row) -> bool:
        layer = rng.choice(_LAYERS)
        row[layer] = None if row[layer] is not None else []
        return True

    def copied(row: Row) -> None:
        row["is_copy"] = not row["is_copy"]

    def verified(row: Row) -> None:
        row["human_verified"] = not row["human_verified"]

    if rng.random() < 0.6:
        return _edited(t, rng, rng.choice(STRETCHES), rng.choice([null, copied]))
    return _edited(t, rng, rng.choice([*SPANS, "attributions", "links"]), verified)


@kind("invariant", "row")
def broken_end(t: Tampered, rng: random.Random) -> Found:
    """An end of an attribution or link broken in a config."""

    def astray(row: Row) -> bool:
        lists = [key for key in ("source_ids", "medium_ids", "content_ids") if row[key]]
        if rng.random() < 0.3 and row["cue_id"]:
            row["cue_id"] = "nowhere"
        elif lists:
            row[rng.choice(lists)][0] = "nowhere"
        return bool(lists or row["cue_id"] == "nowhere")

    def unlinked(row: Row) -> None:
        row[rng.choice(["from_id", "to_id"])] = "nowhere"

    if rng.random() < 0.2:
        return _edited(t, rng, "links", unlinked)
    return _edited(t, rng, "attributions", astray)


@kind("invariant", "row")
def leaked_fold(t: Tampered, rng: random.Random) -> Found:
    """A row put into another fold, or another lineage, in one config."""

    def leak(row: Row) -> None:
        row["fold"] = 1 - row["fold"]
        if rng.random() < 0.3:
            row["lineage"] = {"harbour": "quay", "quay": "harbour"}[row["lineage"]]
            row["fold"] = rng.choice([0, 1])

    return _edited(t, rng, rng.choice(STRETCHES), leak)


@kind("invariant", "row")
def leaked_fold_of_document(t: Tampered, rng: random.Random) -> Found:
    """The folds of `documents` exchanged."""

    def leak(row: Row) -> None:
        row["fold"] = rng.choice([each for each in range(4) if each != row["fold"]])

    return _edited(t, rng, "documents", leak)


@kind("invariant", "row")
def changed_text(t: Tampered, rng: random.Random) -> Found:
    """A document's text changed, its own hash too or not."""
    # Words of spans: what stands in no span is for the committed manifest to show.
    words = {"d1": ["said", "rotten", "report", "disgrace", "reportedly"], "d2": ["Never", "plan"]}
    rows = t.rows("documents")
    number, row = pick(rng, rows)
    word = rng.choice(words[row["doc_id"]])
    row["text"] = row["text"].replace(word, word[::-1])
    sealed = rng.random() < 0.7
    if sealed:
        row["sha256"] = sha256(row["text"].encode()).hexdigest()
    t.put_rows("documents", rows)
    t.seal()
    if sealed:
        return Found(f"annotation/sets/consensus/{row['doc_id']}-i1.jsonl")
    return Found(t.file("documents"), number, row["doc_id"])


@kind("invariant", "row")
def edited_document(t: Tampered, rng: random.Random) -> Found:
    """Zones, evidence, provenance or stance of a document edited."""

    def zone(row: Row) -> None:
        row["zones"][rng.randrange(len(row["zones"]))]["end"] += rng.choice([-1, 1, 500])

    def step(row: Row) -> None:
        key, value = rng.choice([("outlet", "The Other Gazette"), ("affiliation", "state_media")])
        row["provenance"][0][key] = value

    def evidence(row: Row) -> None:
        row["partisanship"][0]["evidence"][0]["start"] += 1

    def target(row: Row) -> None:
        row["partisanship"][0]["target"] = "nobody"

    def item(row: Row) -> None:
        row["zones"][0]["item_id"] = "nowhere"

    edit = rng.choice([zone, step, evidence, target, item])
    return _edited(t, rng, "documents", edit)


def _edited(t: Tampered, rng: random.Random, config: str, edit: Callable[[Row], Any]) -> Found:
    """Edit one row of a config, the first from a random one on that the edit can be made in."""
    rows = t.rows(config)
    start = rng.randrange(len(rows))
    for index in [*range(start, len(rows)), *range(start)]:
        before = json.dumps(rows[index])
        if edit(rows[index]) is not False and json.dumps(rows[index]) != before:
            break
    else:
        raise AssertionError(f"no row of {config} can be edited so")
    t.put_rows(config, rows)
    t.seal()
    return Found(t.file(config), index + 1, str(rows[index].get("id", rows[index].get("doc_id"))))
