"""The plain script: json, jsonschema-rs and `Dataset.from_generator(...).to_parquet`, per config.

    python -m release_bench.plain CORPUS OUT

Written as somebody would who knows the three libraries and wants the same rows: each file is
validated once, each config reads only the files that it needs, what is looked up often is in
dictionaries, and sentences are found by the same function. The columns are those of a release; a
corpus has one primary set and one of duplicate blocks here, which spares it much. It checks
nothing but the schemas.
"""

from __future__ import annotations

import json
import sys
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import jsonschema_rs

from newspan import schema
from newspan.release.configs import CONFIGS
from newspan.text import quoted_ranges, sentences

Json = dict[str, Any]

PRIMARY, REUSE = "consensus", "reuse_v1"
WORTH: dict[Any, str] = {True: "CFS", False: "UFS"}
REMARKS = {"unsure": False, "note": None, "decision": None, "human_verified": False}
LAYERS = ("claim", "attribution", "loaded_language")


def validator(name: str) -> Any:
    """Return a compiled validator."""
    read = [schema.read(each) for each in schema.names()]
    registry = jsonschema_rs.Registry([(each["$id"], each) for each in read])
    return jsonschema_rs.Draft202012Validator(schema.read(name), registry=registry)


def document_paths(root: Path) -> list[Path]:
    """Return the documents' paths in the order of ids."""
    return sorted((root / "corpus/documents").glob("*.json"), key=lambda path: path.stem)


def records(root: Path, set_id: str, item_id: str, check: Any = None) -> list[Json]:
    """Return the records of an item, validated if there is a validator."""
    path = root / "annotation/sets" / set_id / f"{item_id}.jsonl"
    if not path.exists():
        return []
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    if check is not None:
        for record in found:
            check.validate(record)
    return found


def coverage(root: Path) -> dict[str, set[tuple[str, str, str]]]:
    """Return what each set looked at."""
    return {
        name: {
            (each["item"], layer, zone)
            for each in json.loads((root / f"annotation/sets/{name}/set.json").read_bytes())[
                "coverage"
            ]
            for layer in each["layers"]
            for zone in each["zones"]
        }
        for name in (PRIMARY, REUSE)
    }


class View:
    """An item with the records of one set, by what rows ask for."""

    def __init__(self, text: str, item: Json, found: list[Json]) -> None:
        self.text, self.item, self.zones = text, item, item["zones"]
        self.starts = [zone["start"] for zone in self.zones]
        self.spans = {each["id"]: each for each in found if each["record"] == "span"}
        for span in self.spans.values():
            span["label"] = next(
                filter(None, map(span.get, ("factuality", "role", "technique", "match")))
            )
        self.ordered = sorted(
            self.spans.values(),
            key=lambda s: (s["start"], s["end"], s["layer"], s["label"], s["id"]),
        )
        attributions = [each for each in found if each["record"] == "attribution"]
        self.attributions = sorted(
            attributions,
            key=lambda a: (min((self.spans[i]["start"] for i in parts(a)), default=0), a["id"]),
        )
        self.links = [each for each in found if each["record"] == "link"]
        self.belongs: dict[str, list[str]] = {}
        self.contents: dict[int, list[tuple[int, int, str]]] = {}
        self.scopes: list[tuple[int, int, str]] = []
        for each in self.attributions:
            for part in dict.fromkeys(parts(each)):
                self.belongs.setdefault(part, []).append(each["id"])
            for content in (self.spans[i] for i in each.get("content_ids", ())):
                zone = self.zone_of(content["start"], content["end"])
                place = self.contents.setdefault(-1 if zone is None else zone["start"], [])
                place.append((content["start"], content["end"], each["id"]))
            scope = self.scope_of(each)
            if scope is not None:
                self.scopes.append((*scope, each["id"]))
        self.quotes = {z["start"]: quoted_ranges(text, z["start"], z["end"]) for z in self.zones}

    def zone_of(self, start: int, end: int) -> Json | None:
        """Return the zone around an extent."""
        after = bisect_right(self.starts, start)
        zone: Json | None = self.zones[after - 1] if after else None
        return zone if zone and end <= zone["end"] else None

    def scope_of(self, each: Json) -> tuple[int, int] | None:
        """Return the extent of an open scope."""
        if each.get("scope") != "open" or not each.get("cue_id"):
            return None
        return self.spans[each["cue_id"]]["end"], each.get("scope_end") or self.item["end"]

    def voice(self, span: Json, looked: set[tuple[str, str, str]]) -> Json:
        """Return the columns voice and attribution_ids."""
        start, end = span["start"], span["end"]
        if span.get("role"):
            return {"voice": None, "attribution_ids": sorted(self.belongs.get(span["id"], []))}
        zone = self.zone_of(start, end)
        if zone is None or (self.item["id"], "attribution", zone["kind"]) not in looked:
            return {"voice": None, "attribution_ids": None}
        inside = self.contents.get(zone["start"], [])
        contents = sorted((e - s, i) for s, e, i in inside if s <= start and end <= e)
        scopes = sorted((e - s, i) for s, e, i in self.scopes if s <= start and end <= e)
        marked = any(s <= start and end <= e for s, e in self.quotes[zone["start"]])
        voice = None
        if span["layer"] in ("claim", "loaded_language"):
            if contents:
                voice = "quoted" if marked else "indirect"
            else:
                voice = "framed" if scopes else "scare" if marked else "author"
        return {
            "voice": voice,
            "attribution_ids": list(dict.fromkeys(i for _, i in contents + scopes)),
        }


def parts(attribution: Json) -> list[str]:
    """Return the ids of an attribution's spans."""
    cue = [attribution["cue_id"]] if attribution.get("cue_id") else []
    return [
        *attribution.get("source_ids", ()),
        *attribution.get("medium_ids", ()),
        *cue,
        *attribution.get("content_ids", ()),
    ]


def span_columns(span: Json) -> Json:
    """Return a span's own columns."""
    row: Json = REMARKS | span
    del row["record"]
    if span["layer"] == "claim":
        row["hedged"] = bool(span.get("hedged"))
        row["check_worthiness"] = "NFS"
        if span["factuality"] == "factual":
            row["check_worthiness"] = WORTH.get(span.get("check_worthy"))
    return row


def attribution_columns(each: Json, view: View) -> Json:
    """Return an attribution's columns."""

    def texts(key: str) -> list[str]:
        return [view.spans[i]["text"] for i in each.get(key, ())]

    scope = view.scope_of(each)
    return {
        "mode": each.get("mode"),
        "source": texts("source_ids"),
        "medium": texts("medium_ids"),
        "cue": view.spans[each["cue_id"]]["text"] if each.get("cue_id") else None,
        "content": texts("content_ids"),
        "source_kind": each.get("source_kind"),
        "source_named": each.get("source_named", False),
        "source_name": each.get("source_name"),
        "cue_type": each.get("cue_type"),
        "cue_force": each.get("cue_force"),
        "scope": each.get("scope", "closed"),
        "scope_end": scope[1] if scope else None,
        "source_ids": each.get("source_ids", []),
        "medium_ids": each.get("medium_ids", []),
        "cue_id": each.get("cue_id"),
        "content_ids": each.get("content_ids", []),
        "parent_id": each.get("parent_id"),
    }


def items(root: Path) -> Iterator[tuple[Json, Json, str]]:
    """Yield each item with its document and text."""
    for path in document_paths(root):
        document = json.loads(path.read_bytes())
        text = (root / "corpus/raw" / document["file"]).read_bytes().decode()
        for item in document["items"]:
            yield document, item, text


def validate(root: Path) -> None:
    """Validate every file once."""
    check, check_record = validator("document.json"), validator("record.json")
    for name in (PRIMARY, REUSE):
        head = json.loads((root / f"annotation/sets/{name}/set.json").read_bytes())
        validator("annotation_set.json").validate(head)
    for path in document_paths(root):
        document = json.loads(path.read_bytes())
        check.validate(document)
        for item in document["items"]:
            for name in (PRIMARY, REUSE):
                records(root, name, item["id"], check_record)


def documents(root: Path) -> Iterator[Json]:
    """Yield the rows of `documents`."""
    listed = json.loads((root / "corpus/outlets.json").read_bytes())["outlets"]
    outlets = {outlet["id"]: outlet for outlet in listed}
    folds: dict[str, int] = {}

    def assertion(name: str, each: Json) -> Json:
        return {
            name: each["value"],
            f"{name}_confidence": each.get("confidence"),
            f"{name}_evidence": each["evidence"],
            f"{name}_note": each.get("note"),
        }

    for path in document_paths(root):
        document = json.loads(path.read_bytes())
        row = {
            "doc_id": document["id"],
            "text": (root / "corpus/raw" / document["file"]).read_bytes().decode(),
            "sha256": document["sha256"],
            "file": document["file"],
            "language": document["language"],
            "lineage": document["lineage"],
            "fold": folds.setdefault(document["lineage"], len(folds)),
            "note": document.get("note"),
        }
        lists: dict[str, list[Json]] = {
            name: [] for name in ("items", "zones", "provenance", "partisanship", "perspectives")
        }
        for item in document["items"]:
            lists["items"].append(
                {
                    "item_id": item["id"],
                    "start": item["start"],
                    "end": item["end"],
                    **assertion("title", item["title"]),
                    "authors": [
                        {"name": a["value"], "confidence": a.get("confidence")}
                        | {"evidence": a["evidence"], "note": a.get("note")}
                        for a in item["authors"]
                    ],
                    **assertion("published", item["published"]),
                    "note": item.get("note"),
                }
            )
            lists["zones"] += ({"item_id": item["id"], **zone} for zone in item["zones"])
            for number, step in enumerate(item["chain"]):
                outlet = outlets[step["outlet"]]
                lists["provenance"].append(
                    {
                        "item_id": item["id"],
                        "step": number,
                        "outlet_id": step["outlet"],
                        "outlet": outlet["name"],
                        "affiliation": outlet["affiliation"]["value"],
                        "affiliation_contested": outlet["contested"],
                        "role": step["role"],
                        "confidence": step["confidence"],
                        "evidence": step["evidence"],
                        **assertion("language", step["language"]),
                        **assertion("published", step["published"]),
                        **assertion("url", step["url"]),
                        "note": step.get("note"),
                    }
                )
            view = item["partisanship"]
            assessor = view["assessor"]
            lists["partisanship"] += (
                {
                    "item_id": item["id"],
                    "evidence": [],
                    **stance,
                    "assessor": assessor["name"],
                    "assessor_kind": assessor["kind"],
                    "assessor_note": assessor.get("note"),
                    "assessed_on": assessor["date"],
                    "human_verified": view.get("human_verified", False),
                }
                for stance in view["stance"]
            )
            lists["perspectives"].append(
                {
                    "item_id": item["id"],
                    **assertion("right_of_reply", view["right_of_reply"]),
                    "missing": view["missing_perspectives"],
                }
            )
        yield row | lists


def stretches(root: Path, by_sentence: bool) -> Iterator[Json]:
    """Yield the rows of `sentences` or `paragraphs`."""
    looked = coverage(root)
    folds: dict[str, int] = {}
    for document, item, text in items(root):
        fold = folds.setdefault(document["lineage"], len(folds))
        view = View(text, item, records(root, PRIMARY, item["id"]))
        by_zone: dict[int, list[Json]] = {}
        for span in view.ordered:
            zone = view.zone_of(span["start"], span["end"])
            if zone is not None:
                by_zone.setdefault(zone["start"], []).append(span)
        copies = sorted(
            core(text, each["start"], each["end"])
            for each in records(root, REUSE, item["id"])
            if each["copy_role"] == "copy" and each["match"] in ("exact", "near")
        )
        for zone in item["zones"]:
            extents = [(zone["start"], zone["end"])]
            if by_sentence:
                extents = sentences(text, zone["start"], zone["end"])
            for start, end in extents:
                left, right = core(text, start, end)
                is_copy = None
                if (item["id"], "duplicate_block", zone["kind"]) in looked[REUSE]:
                    is_copy = any(s <= left and right <= e for s, e in copies)
                row = {
                    "id": f"{document['id']}-{'s' if by_sentence else 'p'}{start}",
                    "doc_id": document["id"],
                    "item_id": item["id"],
                    "zone": zone["kind"],
                    "start": start,
                    "end": end,
                    "text": text[start:end],
                    "lineage": document["lineage"],
                    "fold": fold,
                    "is_copy": is_copy,
                }
                inside = by_zone.get(zone["start"], [])
                for layer in LAYERS:
                    row[layer] = None
                    if (item["id"], layer, zone["kind"]) in looked[PRIMARY]:
                        row[layer] = [
                            clipped(span, view, start, end, looked[PRIMARY])
                            for span in inside
                            if span["layer"] == layer and span["start"] < end
                            if start < span["end"]
                        ]
                if by_sentence:
                    row["paragraph_id"] = f"{document['id']}-p{zone['start']}"
                else:
                    row["attributions"] = whole_attributions(view, zone, looked[PRIMARY])
                yield row


def core(text: str, start: int, end: int) -> tuple[int, int]:
    """Return an extent without what is neither letter nor digit at its edges."""
    left, right = start, end
    while left < right and not text[left].isalnum():
        left += 1
    while right > left and not text[right - 1].isalnum():
        right -= 1
    return (left, right) if left < right else (start, end)


def clipped(
    span: Json, view: View, start: int, end: int, looked: set[tuple[str, str, str]]
) -> Json:
    """Return a span inside a stretch, by the columns of its layer."""
    left, right = max(span["start"], start), min(span["end"], end)
    row = span_columns(span) | {
        "span_id": span["id"],
        "start": left - start,
        "end": right - start,
        "text": view.text[left:right],
        "clipped_start": left != span["start"],
        "clipped_end": right != span["end"],
        **view.voice(span, looked),
    }
    return {key: row.get(key) for key in INSIDE[span["layer"]]}


def whole_attributions(
    view: View, zone: Json, looked: set[tuple[str, str, str]]
) -> list[Json] | None:
    """Return the attributions that touch a zone."""
    if (view.item["id"], "attribution", zone["kind"]) not in looked:
        return None
    rows = []
    for each in view.attributions:
        extents = [(view.spans[i]["start"], view.spans[i]["end"]) for i in parts(each)]
        scope = view.scope_of(each)
        if scope is not None:
            extents.append(scope)
        if any(start < zone["end"] and zone["start"] < end for start, end in extents):
            rows.append({"attribution_id": each["id"], **attribution_columns(each, view)})
    return rows


def spans(root: Path, sets: tuple[str, ...], name: str) -> Iterator[Json]:
    """Yield the rows of `spans` or `annotations`."""
    looked = coverage(root)
    columns = [field.name for field in SCHEMAS[name]]
    for set_id in sets:
        head = json.loads((root / f"annotation/sets/{set_id}/set.json").read_bytes())
        producer = head["producer"]
        for document, item, text in items(root):
            view = View(text, item, records(root, set_id, item["id"]))
            for span in view.ordered:
                zone = view.zone_of(span["start"], span["end"])
                row = span_columns(span) | {
                    "doc_id": document["id"],
                    "item_id": item["id"],
                    "set_id": set_id,
                    "zone": zone["kind"] if zone else None,
                    **view.voice(span, looked[set_id]),
                    "producer": producer["name"],
                    "producer_kind": producer["kind"],
                }
                yield {key: row.get(key) for key in columns}


def attributions(root: Path) -> Iterator[Json]:
    """Yield the rows of `attributions`."""
    for document, item, text in items(root):
        view = View(text, item, records(root, PRIMARY, item["id"]))
        for each in view.attributions:
            its = [view.spans[i] for i in parts(each)]
            yield {
                "id": each["id"],
                "doc_id": document["id"],
                "item_id": item["id"],
                "set_id": PRIMARY,
                "start": min(part["start"] for part in its),
                "end": max(part["end"] for part in its),
                **attribution_columns(each, view),
                **{key: each.get(key, value) for key, value in REMARKS.items()},
            }


def links(root: Path) -> Iterator[Json]:
    """Yield the rows of `links`; the texts of all spans are read first."""
    texts: dict[str, str] = {}
    found = []
    for document, item, _ in items(root):
        for each in records(root, PRIMARY, item["id"]):
            if each["record"] == "link":
                found.append((document["id"], item["id"], each))
            elif each["record"] == "span":
                texts[each["id"]] = each["text"]
    for doc_id, item_id, each in found:
        yield {
            "id": each["id"],
            "doc_id": doc_id,
            "item_id": item_id,
            "set_id": PRIMARY,
            "type": each["type"],
            "from_id": each["from_id"],
            "to_id": each["to_id"],
            "from_text": texts[each["from_id"]],
            "to_text": texts[each["to_id"]],
            **{key: each.get(key, value) for key, value in REMARKS.items()},
        }


def duplicates(root: Path) -> Iterator[Json]:
    """Yield the rows of `duplicates`."""
    members = []
    heads: dict[str, tuple[Json, str]] = {}
    for document, item, _ in items(root):
        for each in records(root, REUSE, item["id"]):
            members.append((document, item, each))
            if each["copy_role"] == "canonical":
                heads[each["cluster"]] = each, document["id"]
    for document, item, each in members:
        head, head_doc = heads[each["cluster"]]
        shares = [
            (min(z["end"], each["end"]) - max(z["start"], each["start"]), -z["start"], z["kind"])
            for z in item["zones"]
        ]
        columns = ("cluster", "copy_role", "match", "similarity", "scope", "start", "end", "text")
        yield {
            "id": each["id"],
            "doc_id": document["id"],
            "item_id": item["id"],
            "set_id": REUSE,
            "zone": max(shares)[2],
            **{key: each[key] for key in columns},
            "canonical_id": head["id"],
            "canonical_doc_id": head_doc,
            "canonical_start": head["start"],
            "canonical_end": head["end"],
            "alignment": each.get("alignment"),
        }


SCHEMAS = {config.name: config.schema for config in CONFIGS}
INSIDE = {
    layer: [field.name for field in SCHEMAS["sentences"].field(layer).type.value_type]
    for layer in LAYERS
}
GENERATORS: dict[str, Any] = {
    "documents": (documents, {}),
    "sentences": (stretches, {"by_sentence": True}),
    "paragraphs": (stretches, {"by_sentence": False}),
    "spans": (spans, {"sets": (PRIMARY,), "name": "spans"}),
    "attributions": (attributions, {}),
    "links": (links, {}),
    "annotations": (spans, {"sets": (PRIMARY, REUSE), "name": "annotations"}),
    "duplicates": (duplicates, {}),
}


def main(root: Path, out: Path) -> None:
    """Validate the corpus and write a Parquet file per config."""
    validate(root)
    for name, (make, more) in GENERATORS.items():
        made = datasets.Dataset.from_generator(
            make,
            features=datasets.Features.from_arrow_schema(SCHEMAS[name]),
            cache_dir=str(out / "cache"),
            gen_kwargs={"root": root, **more},
        )
        (out / name).mkdir(parents=True)
        made.to_parquet(out / name / "train-00000-of-00001.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
