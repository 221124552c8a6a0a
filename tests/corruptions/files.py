"""Corruptions of sets, lists, schemas and descriptions, with all hashes sealed anew."""

from __future__ import annotations

import random

from corruptions.kinds import RECORDS, SPANS, Found, kind, other_technique
from tampering import Row, Tampered, pick


@kind("invariant", "row or line")
def edited_set(t: Tampered, rng: random.Random) -> Found:
    """A record of a set edited, the configs left as they are."""
    records = t.lines(RECORDS)
    spans = [i for i, r in enumerate(records) if r.get("technique") or r.get("factuality")]
    index = rng.choice(spans)
    if "technique" in records[index]:
        other_technique(records[index])
    else:
        records[index]["note"] = "an edit"
    t.put_lines(RECORDS, records)
    t.seal()
    # The row is wrong by what the set says now.
    number = next(
        i for i, row in enumerate(t.rows("spans"), 1) if row["id"] == records[index]["id"]
    )
    return Found(t.file("spans"), number, records[index]["id"])


@kind("invariant", "row or line")
def dropped_record(t: Tampered, rng: random.Random) -> Found:
    """A record of a set dropped, the configs left as they are."""
    records = t.lines(RECORDS)
    index = rng.choice([i for i, r in enumerate(records) if r["id"] in ("c1", "c2", "l1", "l3")])
    gone = records.pop(index)["id"]
    t.put_lines(RECORDS, records)
    t.seal()
    number = next(i for i, row in enumerate(t.rows("spans"), 1) if row["id"] == gone)
    return Found(t.file("spans"), number, gone)


@kind("invariant", "line")
def shifted_in_step(t: Tampered, rng: random.Random) -> Found:
    """A span shifted in set and configs in step."""
    records = t.lines(RECORDS)
    number, record = pick(rng, [r for r in records if r["record"] == "span"])
    number = records.index(record) + 1
    by = rng.choice([-1, 1, 3])
    record["start"] += by
    record["end"] += by
    t.put_lines(RECORDS, records)
    _edit_spans(t, record)
    t.seal()
    return Found(RECORDS, number)


@kind("invariant", "line")
def surface_in_step(t: Tampered, rng: random.Random) -> Found:
    """A surface edited in set and configs in step."""
    records = t.lines(RECORDS)
    _, record = pick(rng, [r for r in records if r["record"] == "span"])
    record["text"] = f"{record['text']} indeed"
    t.put_lines(RECORDS, records)
    _edit_spans(t, record)
    t.seal()
    return Found(RECORDS, records.index(record) + 1, "indeed")


def _edit_spans(t: Tampered, record: Row) -> None:
    for config in SPANS:
        rows = t.rows(config)
        row = next(row for row in rows if row["id"] == record["id"])
        row |= {key: record[key] for key in ("start", "end", "text")}
        t.put_rows(config, rows)


@kind("invariant", "line")
def end_in_step(t: Tampered, rng: random.Random) -> Found:
    """An end of an attribution or link broken in set and configs in step."""
    records = t.lines(RECORDS)
    ends = [
        (r, key)
        for r in records
        for key in ("source_ids", "medium_ids", "content_ids", "cue_id", "from_id", "to_id")
        if r.get(key)
    ]
    record, key = rng.choice(ends)
    record[key] = ["nowhere"] if isinstance(record[key], list) else "nowhere"
    t.put_lines(RECORDS, records)
    config = "links" if record["record"] == "link" else "attributions"
    rows = t.rows(config)
    next(row for row in rows if row["id"] == record["id"])[key] = record[key]
    t.put_rows(config, rows)
    t.seal()
    return Found(RECORDS, records.index(record) + 1, "nowhere")


@kind("invariant", "line")
def broken_schema(t: Tampered, rng: random.Random) -> Found:
    """A label that is none, or an unknown field, in a set."""
    records = t.lines(RECORDS)
    number, record = pick(rng, records)
    key, value = rng.choice([("colour", "red"), ("id", "No Id"), ("unsure", "yes")])
    record[key] = value
    t.put_lines(RECORDS, records)
    t.seal()
    return Found(RECORDS, number)


@kind("invariant")
def edited_coverage(t: Tampered, rng: random.Random) -> Found:
    """What a set's producer looked at edited."""
    name = "annotation/sets/consensus/set.json"
    head = t.json(name)
    layer = rng.choice(["claim", "attribution", "loaded_language"])
    head["coverage"][0]["layers"].remove(layer)
    t.put_json(name, head)
    t.seal()
    return Found(RECORDS)


@kind("invariant")
def removed_set(t: Tampered, rng: random.Random) -> Found:
    """A set removed, or its head, its files or its configs' rows left behind."""
    if rng.random() < 0.5:
        for name in t.names:
            if name.startswith("annotation/sets/reuse_v1/"):
                t.put(name, None)
        t.seal()
        return Found(t.file("duplicates"), 1, "b1")
    t.put("annotation/sets/consensus/set.json", None)
    t.seal()
    return Found("annotation/sets/consensus/set.json")


@kind("invariant", "row")
def edited_outlet(t: Tampered, rng: random.Random) -> Found:
    """An outlet edited, `documents` left as it is."""
    data = t.json("corpus/outlets.json")
    if rng.random() < 0.5:
        data["outlets"][0]["name"] = "The Other Gazette"
    else:
        data["outlets"][0]["contested"] = False
    t.put_json("corpus/outlets.json", data)
    t.seal()
    return Found(t.file("documents"), 1, "d1")


@kind("invariant", "row or line")
def removed_target(t: Tampered, rng: random.Random) -> Found:
    """A target, or an outlet, removed that is named elsewhere."""
    data = t.json("corpus/targets.json")
    data["targets"] = [each for each in data["targets"] if each["id"] != "council"]
    t.put_json("corpus/targets.json", data)
    t.seal()
    return Found(t.file("documents"), rng.choice([1, 2]), "council")


@kind("invariant")
def edited_schema(t: Tampered, rng: random.Random) -> Found:
    """A JSON Schema edited."""
    schemas = [name for name in t.names if name.startswith("schema/")]
    name = rng.choice([name for name in schemas if name != "schema/labels.json"])
    data = t.json(name)
    data["description"] = "Edited."
    t.put_json(name, data)
    t.seal()
    return Found(name)


@kind("invariant")
def edited_card(t: Tampered, rng: random.Random) -> Found:
    """The card's YAML edited: features, counts, hashes, files."""
    text = t["README.md"].decode()
    old, new = rng.choice(
        [
            ("dtype: int64", "dtype: int32"),
            ("num_examples: ", "num_examples: 1"),
            ("description: sha256:", "description: sha256:0"),
            ("path: spans/", "path: annotations/"),
            ("version: 0.2.0", "version: 0.2.1"),
            ("config_name: links", "config_name: ties"),
            ("---\n", "--\n"),
        ]
    )
    assert old in text, old
    t.put("README.md", text.replace(old, new, 1).encode())
    t.seal(card=False)
    return Found("README.md")


@kind("invariant")
def edited_croissant(t: Tampered, rng: random.Random) -> Found:
    """Hashes, sizes or files edited in croissant.json."""
    data = t.json("croissant.json")
    entry = rng.choice(data["distribution"])
    key, value = rng.choice(
        [("sha256", "0" * 64), ("contentSize", "7 B"), ("contentUrl", "elsewhere.parquet")]
    )
    entry[key] = value
    t.put_json("croissant.json", data)
    t.seal(card=False)
    return Found("croissant.json")


@kind("invariant")
def edited_manifest(t: Tampered, rng: random.Random) -> Found:
    """Documents, items, sets, labels' hash or guidelines' version of the manifest edited."""
    manifest = t.json("manifest.json")
    key = rng.choice(["documents", "items", "sets", "labels_sha256", "guidelines_version"])
    if key == "labels_sha256":
        manifest[key] = "0" * 64
    elif key == "guidelines_version":
        manifest[key] = "9.0.0"
    elif key == "documents" and rng.random() < 0.7:
        manifest[key][0]["characters"] += 1
    else:
        manifest[key].pop()
    t.edit_manifest(**{key: manifest[key]})
    return Found("manifest.json", word=key)


@kind("invariant", "row")
def split_lineage(t: Tampered, rng: random.Random) -> Found:
    """Documents that share a passage put into different lineages in step."""
    # On the shipped release: these two share passages.
    rows, split = t.rows("documents"), rng.choice(["001", "004"])
    next(row for row in rows if row["doc_id"] == split)["lineage"] = "lineage-9"
    t.put_rows("documents", rows)
    t.follow()
    t.seal()
    # The later document's members are told from the earlier one's.
    duplicates = t.rows("duplicates")
    first = {}
    for row in duplicates:
        first.setdefault(row["cluster"], row["doc_id"])
    leaked = [
        n
        for n, r in enumerate(duplicates, 1)
        if split in (r["doc_id"], first[r["cluster"]]) and r["doc_id"] != first[r["cluster"]]
    ]
    return Found(t.file("duplicates"), rng.choice(leaked), "lineage-9")
