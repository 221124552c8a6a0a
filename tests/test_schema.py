"""The schemas say what the records are, and both validators read them the same way."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from corpora import GOOD
from newspan import model, schema
from newspan.schema.validate import explainer, fast_validator

RECORDS = {
    "corpus.json": model.CorpusInfo,
    "document.json": model.Document,
    "item.json": model.Item,
    "zone.json": model.Zone,
    "outlet.json": model.Outlet,
    "target.json": model.Target,
    "span.json": model.Span,
    "attribution.json": model.Attribution,
    "link.json": model.Link,
    "annotation_set.json": model.SetInfo,
    "label.json": schema.Label,
}


def good_records() -> Iterator[tuple[str, Any]]:
    """Yield records of the good and the shipped corpus with their schema's name.

    Of the shipped corpus's annotations every twentieth: `newspan check` looks at all of them.
    """
    for root in (GOOD, GOOD.parents[1]):
        yield "corpus.json", json.loads((root / "corpus/corpus.json").read_bytes())
        for path in sorted((root / "corpus/documents").glob("*.json")):
            yield "document.json", json.loads(path.read_bytes())
        for name in ("outlet", "target"):
            entries = json.loads((root / f"corpus/{name}s.json").read_bytes())
            yield f"{name}_list.json", entries
            yield from ((f"{name}.json", entry) for entry in entries[f"{name}s"])
        for path in sorted((root / "annotation/sets").glob("*/set.json")):
            yield "annotation_set.json", json.loads(path.read_bytes())
        for path in sorted((root / "annotation/sets").glob("*/*.jsonl")):
            lines = path.read_text(encoding="utf-8").splitlines()
            for line in lines if root == GOOD else lines[::20]:
                yield "record.json", json.loads(line)
        for entry in json.loads((root / "schema/labels.json").read_bytes())["labels"][::9]:
            yield "label.json", entry


VALUES = [None, True, 0, -1, 5.0, 1.5, "", "x\n", "c1\n", "A", [], {}, ["x"], "claim", "2026-13-01"]


def mutations(record: Any, rng: random.Random) -> Iterator[Any]:
    """Yield copies of a record with one thing wrong, or at least other, in each."""
    places = list(_places(record))
    for path in rng.sample(places, min(len(places), 25)):
        for kind in ("value", "remove", "extra"):
            changed = json.loads(json.dumps(record))
            holder = changed
            for step in path[:-1]:
                holder = holder[step]
            if kind == "value":
                holder[path[-1]] = rng.choice(VALUES)
            elif kind == "remove":
                del holder[path[-1]]
            elif isinstance(holder, dict):
                holder[rng.choice(["extra", "technique", "check_worthy", "role", "scope_end"])] = 1
            yield changed


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in steps:
        yield (*path, step)
        if isinstance(inner, dict | list):
            yield from _places(inner, (*path, step))


@pytest.mark.parametrize("name", schema.names())
def test_a_schema_is_valid_2020_12_with_its_version_in_its_id(name: str) -> None:
    """Every schema fits the metaschema, and its $id carries the version and its file's name."""
    contents = schema.read(name)

    jsonschema.Draft202012Validator.check_schema(contents)
    assert contents["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert contents["$id"].endswith(f"/schema/{schema.SCHEMA_VERSION}/{name}")


@pytest.mark.parametrize("name", schema.names())
def test_no_pattern_lets_a_line_feed_pass(name: str) -> None:
    """In Python `$` also matches before a last line feed; `(?!\\n)$` means the end everywhere."""
    assert [p for p in _patterns(schema.read(name)) if not p.endswith(r"(?!\n)$")] == []


def _patterns(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
        for inner in value.values():
            yield from _patterns(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _patterns(inner)


@pytest.mark.parametrize("name", [n for n in schema.names() if n != "vocabulary.json"])
def test_every_property_says_what_it_is(name: str) -> None:
    """A field has a description of its own or that of the definition it refers to."""
    bare = [
        key
        for key, value in schema.read(name).get("properties", {}).items()
        if not ({"description", "$ref", "const"} & set(value))
    ]

    assert bare == []


def test_both_validators_give_the_same_verdict_on_good_and_mutated_records() -> None:
    """jsonschema explains what jsonschema-rs judges: they agree on some thousand records."""
    rng = random.Random(20261122)
    verdicts = {True: 0, False: 0}
    for name, record in good_records():
        assert fast_validator(name).is_valid(record)
        for candidate in (record, *mutations(record, rng)):
            slow = explainer(name).is_valid(candidate)

            assert fast_validator(name).is_valid(candidate) == slow, (name, candidate)
            verdicts[slow] += 1
    assert verdicts[True] > 200
    assert verdicts[False] > 2000


def test_a_refused_record_is_always_explained() -> None:
    """What is not valid has at least one violation, and what is valid has none."""
    rng = random.Random(7)
    for name, record in good_records():
        for candidate in (record, *list(mutations(record, rng))[:6]):
            assert bool(list(schema.violations(name, candidate))) != schema.is_valid(
                name, candidate
            )


@pytest.mark.parametrize("name", ["document.json", "record.json", "release_manifest.json"])
def test_a_bundle_validates_without_a_registry(name: str) -> None:
    """One file with all schemas embedded gives the same verdicts, for users of other languages."""
    alone = jsonschema.Draft202012Validator(schema.bundle(name))
    rng = random.Random(1)
    for used, record in good_records():
        if used == name:
            for candidate in (record, *list(mutations(record, rng))[:4]):
                assert alone.is_valid(candidate) == schema.is_valid(name, candidate)


@pytest.mark.parametrize("name", RECORDS)
def test_records_have_the_fields_of_their_schemas(name: str) -> None:
    """A field cannot be added to the schema and forgotten in the record, or the other way round."""
    contents = schema.read(name)
    properties = set(contents["properties"]) - {"record"}
    for definition in contents.get("$defs", {}).values():
        properties |= set(definition.get("properties", ()))

    fields = {field.encode_name for field in msgspec.structs.fields(RECORDS[name])}

    assert fields == properties


@pytest.mark.parametrize(
    ("change", "pointer", "words"),
    [
        ({"technique": "Loaded_Language"}, "", "'technique' was unexpected"),
        ({"factuality": "opinion", "check_worthy": True}, "/check_worthy", "is not allowed here"),
        ({"factuality": None}, "/factuality", "is not one of"),
        ({"layer": "opinion"}, "/layer", "is not one of"),
        ({"start": "0"}, "/start", "is not of type 'integer'"),
    ],
)
def test_an_illegal_combination_is_named(change: dict[str, Any], pointer: str, words: str) -> None:
    """A person reads which property is wrong, not that some alternative did not match."""
    claim = {"record": "span", "id": "c1", "layer": "claim", "start": 0, "end": 1, "text": "x"}

    (violation,) = schema.violations("record.json", {**claim, "factuality": "factual"} | change)

    assert violation.pointer == pointer
    assert words in violation.message


def test_the_manifest_fits_its_schema(good_release: Path) -> None:
    """What the build writes is what the schema describes."""
    manifest = json.loads((good_release / "manifest.json").read_bytes())

    assert list(schema.violations("release_manifest.json", manifest)) == []


# --- labels ---------------------------------------------------------------------------------


def test_every_label_is_there_once_and_fits_its_schema() -> None:
    """A label is defined in one place only, completely."""
    entries = schema.read("labels.json")["labels"]
    keys = [(entry["layer"], entry["attribute"], entry["id"]) for entry in entries]

    assert len(keys) == len(set(keys))
    assert [v for entry in entries for v in schema.violations("label.json", entry)] == []


def test_examples_show_what_they_mark() -> None:
    """The marked words stand in the example, word for word, and so do those that tempt."""
    for label in schema.read_labels().labels:
        for example in (label.example, label.counter_example):
            assert example["mark"] in example["text"], label.id


def test_every_scheme_is_mapped_in_full() -> None:
    """Each label of PTC-18, SemEval-2020 and SemEval-2023 has a label here, PolNeAR's roles too."""
    targets: dict[str, set[str]] = {}
    for label in schema.read_labels().labels:
        for mapping in label.mappings:
            if mapping["label"]:
                targets.setdefault(mapping["scheme"], set()).add(mapping["label"])

    assert len(targets["ptc_18"]) == 18
    assert len(targets["semeval_2020_14"]) == 14
    assert len(targets["semeval_2023_23"]) == 23
    assert {"Source", "Cue", "Content"} <= targets["polnear"]
    assert targets["claimbuster"] == {"CFS", "UFS", "NFS"}


def test_every_technique_is_mapped_to_all_three_schemes() -> None:
    """Where a scheme has no counterpart, that is said, with the loss."""
    for label in schema.read_labels().labels:
        if label.attribute == "technique":
            mapped = {m["scheme"]: m for m in label.mappings}
            assert {"ptc_18", "semeval_2020_14", "semeval_2023_23"} <= set(mapped), label.id
            assert all(m["lossy"] for m in label.mappings if m["label"] is None), label.id


def test_shipped_techniques_are_those_of_wording() -> None:
    """The shipped sets use wording-level techniques only; the others are valid on import."""
    shipped = [
        label.id
        for label in schema.read_labels().labels
        if label.attribute == "technique" and label.status == "shipped"
    ]

    assert shipped == [
        "Loaded_Language",
        "Name_Calling-Labeling",
        "Exaggeration-Minimisation",
        "Slogans",
        "Conversation_Killer",
    ]
