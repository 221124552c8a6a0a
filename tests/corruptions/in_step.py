"""Corruptions that agree with themselves: the committed manifest and the signature show them."""

from __future__ import annotations

import random
from hashlib import sha256

import pyarrow.parquet as pq

from corruptions.kinds import CONFIGS, RECORDS, Found, kind, other_technique
from tampering import Row, Tampered, pick


@kind("manifest")
def relabelled_in_step(t: Tampered, rng: random.Random) -> Found:
    """A span relabelled in set and configs in step."""
    records = t.lines(RECORDS)
    index = rng.choice(
        [i for i, r in enumerate(records) if r.get("technique") or r.get("cue_force")]
    )
    if records[index].get("technique"):
        other_technique(records[index])
    else:
        records[index]["cue_force"] = rng.choice(["endorsing", "doubting"])
    _in_step(t, RECORDS, records)
    return Found(t.file("spans" if "technique" in records[index] else "attributions"))


@kind("manifest")
def dropped_in_step(t: Tampered, rng: random.Random) -> Found:
    """A span dropped from set and configs in step."""
    gone = rng.choice(["c1", "c2", "l1", "l2", "l3", "k1"])
    _in_step(t, RECORDS, [record for record in t.lines(RECORDS) if record["id"] != gone])
    return Found(t.file("links" if gone == "k1" else "spans"))


@kind("manifest")
def invented_in_step(t: Tampered, rng: random.Random) -> Found:
    """A span invented in set and configs in step."""
    records = t.lines(RECORDS)
    start, end, text = rng.choice([(76, 80, "plan"), (87, 91, "fail"), (174, 178, "pier")])
    span = {"record": "span", "id": f"z{rng.randrange(99)}", "layer": "loaded_language"}
    place = {"start": start, "end": end, "text": text, "technique": "Loaded_Language"}
    _in_step(t, RECORDS, [*records, span | place])
    return Found(t.file("spans"))


@kind("manifest")
def moved_in_step(t: Tampered, rng: random.Random) -> Found:
    """A span moved to other words, surface and all, in set and configs in step."""
    records = t.lines(RECORDS)
    moved = next(record for record in records if record["id"] == "l1")
    start, end, text = rng.choice([(76, 80, "plan"), (87, 91, "fail"), (174, 178, "pier")])
    moved |= {"start": start, "end": end, "text": text}
    _in_step(t, RECORDS, records)
    return Found(t.file("spans"))


@kind("manifest")
def document_facts(t: Tampered, rng: random.Random) -> Found:
    """What only `documents` says edited: stance, provenance, confidence."""
    rows = t.rows("documents")
    _, row = pick(rng, rows)
    how = rng.randrange(3)
    if how == 0:
        row["partisanship"][0]["polarity"] = rng.choice(["favourable", "critical", "mixed"])
    elif how == 1:
        row["provenance"][0]["role"] = rng.choice(["republisher", "translator"])
    else:
        row["perspectives"][0]["right_of_reply_confidence"] = rng.choice(["low", "medium"])
    t.put_rows("documents", rows)
    t.seal()
    return Found(t.file("documents"))


def _in_step(t: Tampered, name: str, records: list[Row]) -> None:
    t.put_lines(name, records)
    t.follow()
    t.seal()


@kind("manifest")
def text_in_step(t: Tampered, rng: random.Random) -> Found:
    """Words of a text changed, all that follows from it in step."""
    rows = t.rows("documents")
    old, new = rng.choice([("shut", "open"), ("mayor", "baker"), ("added", "moved")])
    hits = [row for row in rows if old in row["text"]]
    row = hits[0] if hits else rows[1]
    old, new = (old, new) if hits else ("they", "thoy")
    row["text"] = row["text"].replace(old, new)
    row["sha256"] = sha256(row["text"].encode()).hexdigest()
    t.put_rows("documents", rows)
    spans = [name for name in t.names if name.startswith("annotation/sets/consensus/d")]
    for name in spans:
        records = t.lines(name)
        for record in records:
            if record["record"] == "span" and name.split("/")[-1].startswith(row["doc_id"]):
                record["text"] = row["text"][record["start"] : record["end"]]
        t.put_lines(name, records)
    t.follow()
    t.seal()
    return Found(t.file("documents"))


@kind("manifest")
def document_in_step(t: Tampered, rng: random.Random) -> Found:
    """A document taken out with all that stood in it."""
    gone, item = ("d2", "d2-i1")
    t.put_rows("documents", [row for row in t.rows("documents") if row["doc_id"] != gone])
    for name in ("consensus", "reuse_v1"):
        path = f"annotation/sets/{name}/set.json"
        head = t.json(path)
        head["coverage"] = [each for each in head["coverage"] if each["item"] != item]
        t.put_json(path, head)
    t.put(f"annotation/sets/consensus/{item}.jsonl", None)
    t.follow()
    t.seal()
    return Found("manifest.json", word=gone)


@kind("manifest")
def outlet_in_step(t: Tampered, rng: random.Random) -> Found:
    """An outlet edited, `documents` in step; what no row says, in a list."""
    data = t.json("corpus/outlets.json")
    key, value = rng.choice([("name", "The Other Gazette"), ("description", "A bulletin.")])
    data["outlets"][0][key] = value
    t.put_json("corpus/outlets.json", data)
    t.follow()
    t.seal()
    return Found("corpus/outlets.json")


@kind("manifest")
def target_described(t: Tampered, rng: random.Random) -> Found:
    """A target described otherwise."""
    data = t.json("corpus/targets.json")
    _, target = pick(rng, data["targets"])
    target["title"] += " of old"
    t.put_json("corpus/targets.json", data)
    t.seal()
    return Found("corpus/targets.json")


@kind("manifest")
def label_in_step(t: Tampered, rng: random.Random) -> Found:
    """A label redefined, the sets' hashes in step or not."""
    data = t.json("schema/labels.json")
    _, label = pick(rng, data["labels"])
    label["definition"] += " Or so."
    t.put_json("schema/labels.json", data)
    for name in ("consensus", "reuse_v1")[: rng.choice([0, 2])]:
        path = f"annotation/sets/{name}/set.json"
        head = t.json(path) | {"labels_sha256": sha256(t["schema/labels.json"]).hexdigest()}
        t.put_json(path, head)
    t.seal()
    return Found("schema/labels.json")


@kind("manifest")
def lineage_in_step(t: Tampered, rng: random.Random) -> Found:
    """Folds and lineages renamed in step where no passage is shared."""
    rows = t.rows("documents")
    rows[rng.randrange(2)]["lineage"] = rng.choice(["port", "pier", "ferry"])
    t.put_rows("documents", rows)
    t.follow()
    t.seal()
    return Found(t.file("documents"))


@kind("manifest")
def edited_prose(t: Tampered, rng: random.Random) -> Found:
    """Prose edited: card, guidelines, what nothing else repeats."""
    name = rng.choice(["README.md", "annotation/guidelines.md"])
    t.put(name, t[name] + b"\nAll of it is true.\n")
    t.seal()
    return Found(name)


@kind("manifest")
def edited_head(t: Tampered, rng: random.Random) -> Found:
    """Title, description or licences edited in corpus.json."""
    head = t.json("corpus/corpus.json")
    head[rng.choice(["title", "description", "annotation_license", "text_license"])] += " or so"
    t.put_json("corpus/corpus.json", head)
    t.seal()
    return Found("corpus/corpus.json")


@kind("manifest")
def listed_extra(t: Tampered, rng: random.Random) -> Found:
    """A file added outside the configs' folders, and listed."""
    name = rng.choice(["NOTES.md", "corpus/notes.json", "more/data.parquet", ".hidden"])
    t.put(name, rng.randbytes(10))
    t.seal()
    return Found(name)


@kind("manifest")
def unlisted(t: Tampered, rng: random.Random) -> Found:
    """A file left out that nothing else needs, and unlisted."""
    t.put("annotation/guidelines.md", None)
    t.seal()
    return Found("annotation/guidelines.md")


@kind("manifest")
def other_bytes(t: Tampered, rng: random.Random) -> Found:
    """The same rows in other bytes: another codec, no page checksums, other JSON."""
    if rng.random() < 0.3:
        name = "annotation/sets/consensus/set.json"
        t.put(name, t[name].replace(b"\n", b"\n "))
        t.seal()
        return Found(name)
    config = rng.choice(CONFIGS)
    path = t.directory / t.file(config)
    table = t.table(config)
    pq.write_table(table, path, compression=rng.choice(["snappy", "none", "gzip"]))
    t.put(t.file(config), path.read_bytes())
    t.seal()
    return Found(t.file(config))


@kind("manifest")
def edited_tools(t: Tampered, rng: random.Random) -> Found:
    """Versions of tools edited in the manifest."""
    tool, version = rng.choice([("pyarrow", "25.0.0"), ("duckdb", "2.0.0")])
    t.edit_manifest(tools=t.json("manifest.json")["tools"] | {tool: version})
    return Found("manifest.json", word="tools")
