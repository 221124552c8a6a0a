"""Record sets of croissant.json: the columns of each config, the labels, the targets, the split.

Two things are said in a way that mlcroissant 1.1 takes without harm, as annotations of fields,
which it parses but doesn't read. A list of structs inside a struct (evidence, authors) it would cut
to its first element, silently. A field that refers to another one it would join with: the
referenced table, whole, would be carried into every row, and a second reading would give no rows.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

import msgspec
import pyarrow as pa

from newspan.model import Target
from newspan.release.croissant.meanings import meaning
from newspan.schema import Labels

Node = dict[str, Any]

_TYPES = {
    "string": "sc:Text",
    "large_string": "sc:Text",
    "bool": "sc:Boolean",
    "double": "sc:Float",
    "int64": "sc:Integer",
}
#: The columns whose values tell a config's rows apart; those of others are told apart by `id`.
_KEYS = {
    "documents": ("doc_id",),
    "annotations": ("set_id", "id"),
    "duplicates": ("set_id", "id"),
}
#: What a column's values are found in, whichever config it stands in.
_REFERENCES = {
    "doc_id": "documents/doc_id",
    "canonical_doc_id": "documents/doc_id",
    "paragraph_id": "paragraphs/id",
    "attribution_id": "attributions/id",
    "attribution_ids": "attributions/id",
    "parent_id": "attributions/id",
    "span_id": "spans/id",
    "source_ids": "spans/id",
    "medium_ids": "spans/id",
    "cue_id": "spans/id",
    "content_ids": "spans/id",
    "from_id": "spans/id",
    "to_id": "spans/id",
    "canonical_id": "duplicates/id",
    "target": "targets/name",
}
#: Columns named after an attribute that has labels, with other values.
_OTHER_VALUES = ("documents/provenance/role", "documents/partisanship/polarity")
#: The attributions of all sets' spans are not all in `attributions`.
_NOT_ALL = ("annotations/attribution_ids",)


class ConfigFile(msgspec.Struct, frozen=True):
    """What a config's one Parquet file is: all that card and croissant.json say of it.

    `nbytes` is the size of the rows in memory, `size` that of the file; `logical` is the hash of
    the rows, `sha256` that of the file.
    """

    name: str
    row: str
    schema: pa.Schema
    path: str
    rows: int
    nbytes: int
    logical: str
    size: int = 0
    sha256: str = ""


def record_sets(
    configs: Iterable[ConfigFile], labels: Labels, targets: Mapping[str, Target]
) -> list[Node]:
    """Return all record sets: split, label enumerations, targets, then one per config."""
    configs = list(configs)
    enumerations = [*_enumerations(labels), *_target_enumeration(targets)]
    keys = {key["@id"] for node in enumerations for key in [node["key"]]}
    keys |= {key["@id"] for config in configs for key in _key(config)}
    return [_split(), *enumerations, *(_config(config, keys) for config in configs)]


def _split() -> Node:
    fields = [_inline("split", "name"), _inline("split", "url", ["sc:URL", "cr:Split"])]
    return {
        "@type": "cr:RecordSet",
        "@id": "split",
        "name": "split",
        "description": "The splits; there is one.",
        "dataType": "cr:Split",
        "key": {"@id": "split/name"},
        "field": fields,
        "data": [{"split/name": "train", "split/url": "cr:TrainingSplit"}],
    }


def _enumerations(labels: Labels) -> Iterator[Node]:
    """Yield one enumeration per attribute that has labels."""
    found: dict[str, list[dict[str, str]]] = {}
    for label in labels.labels:
        row = {
            "name": label.id,
            "layer": label.layer,
            "title": label.title,
            "description": label.definition,
            "test": label.test,
            "status": label.status,
        }
        found.setdefault(label.attribute, []).append(row)
    for attribute, rows in found.items():
        description = f"The labels of `{attribute}`, with their definitions."
        yield _enumeration(f"label_{attribute}", description, rows)


def _target_enumeration(targets: Mapping[str, Target]) -> Iterator[Node]:
    rows = [
        {"name": t.id, "title": t.title, "kind": t.kind, "description": t.description}
        for t in targets.values()
    ]
    if rows:
        yield _enumeration("targets", "What wording can be directed at.", rows)


def _enumeration(name: str, description: str, rows: list[dict[str, str]]) -> Node:
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": description,
        "dataType": "sc:Enumeration",
        "key": {"@id": f"{name}/name"},
        "field": [_inline(name, key) for key in rows[0]],
        "data": [{f"{name}/{key}": value for key, value in row.items()} for row in rows],
    }


def _inline(record_set: str, name: str, kind: str | list[str] = "sc:Text") -> Node:
    return {
        "@type": "cr:Field",
        "@id": f"{record_set}/{name}",
        "name": name,
        "dataType": kind,
    }


def _key(config: ConfigFile) -> list[Node]:
    return [{"@id": f"{config.name}/{key}"} for key in _KEYS.get(config.name, ("id",))]


def _config(config: ConfigFile, keys: Container[str]) -> Node:
    file = f"{config.name}.parquet"
    fields = [_field(f"{config.name}/{f.name}", f.type, file, f.name) for f in config.schema]
    for field in fields:
        _refer(field, keys)
    split = {
        **_inline(config.name, "split"),
        "description": "The split that the row is in.",
        "value": "train",
        "references": {"field": {"@id": "split/name"}},
    }
    key = _key(config)
    return {
        "@type": "cr:RecordSet",
        "@id": config.name,
        "name": config.name,
        "description": f"One record per {config.row}. {config.rows:,} records.",
        "key": key[0] if len(key) == 1 else key,
        "field": [*fields, split],
    }


def _refer(field: Node, keys: Container[str]) -> None:
    """Annotate a field, and those in it, with the key that its values are found in."""
    for part in (*field.get("subField", ()), *field.get("annotation", ())):
        _refer(part, keys)
    id_, name = field["@id"], field["name"]
    target = _REFERENCES.get(name)
    if field.get("dataType") != "sc:Boolean" and id_ not in _OTHER_VALUES:
        target = target or f"label_{'link' if id_ == 'links/type' else name}/name"
    if target in keys and target != id_ and id_ not in _NOT_ALL:
        reference = {
            "@type": "cr:Field",
            "@id": f"{id_}/refers_to",
            "name": "refers_to",
            "dataType": field["dataType"],
            "source": field["source"],
            "references": {"field": {"@id": target}},
        }
        field.setdefault("annotation", []).append(reference)


def _field(id_: str, kind: pa.DataType, file: str, column: str, *path: str) -> Node:
    """Return the field of a column, or of a place in its structs.

    Args:
        id_: config, column and fields.
        kind: the Arrow type there.
        file: the id of the file.
        column: the column.
        path: the steps of the JSONPath inside a value of the column.
    """
    node: Node = {"@type": "cr:Field", "@id": id_, "name": id_.rpartition("/")[2]}
    if text := meaning(id_):
        node["description"] = text
    if pa.types.is_list(kind):
        node |= {"isArray": True, "arrayShape": "-1"}
        kind = kind.value_type
        path = (*path[:-1], f"{path[-1]}[*]") if path else path
    if pa.types.is_struct(kind):
        node |= _parts(id_, kind, file, column, path)
        return node
    kinds = [_TYPES[str(kind)]]
    if node["name"] in ("label", "technique", "factuality", "role", "polarity"):
        kinds.append("cr:Label")
    # A list of plain values is taken whole.
    path = (*path[:-1], path[-1].removesuffix("[*]")) if path else path
    transform = {"transform": {"jsonPath": ".".join(path)}} if path else {}
    source = {"fileObject": {"@id": file}, "extract": {"column": column}, **transform}
    return {**node, "dataType": kinds[0] if len(kinds) == 1 else kinds, "source": source}


def _parts(id_: str, kind: pa.DataType, file: str, column: str, path: tuple[str, ...]) -> Node:
    """Return a struct's fields, and as annotations its lists of structs."""
    fields = {f.name: _field(f"{id_}/{f.name}", f.type, file, column, *path, f.name) for f in kind}
    nested = {name: fields.pop(name) for name in [*fields] if "subField" in fields[name]}
    parts: Node = {"subField": list(fields.values())}
    for name, node in nested.items():
        holder = fields.get(name.removesuffix("_evidence"), parts)
        if name.endswith("evidence"):
            node["equivalentProperty"] = "prov:wasDerivedFrom"
        holder.setdefault("annotation", []).append(node)
    return parts
