"""Corruptions of columns and Parquet files, with all hashes sealed anew."""

from __future__ import annotations

import random

import pyarrow as pa
import pyarrow.parquet as pq

from corruptions.kinds import CONFIGS, Found, kind
from newspan.release.features import with_features
from tampering import Tampered


@kind("invariant", "row")
def swapped_columns(t: Tampered, rng: random.Random) -> Found:
    """The values of two columns exchanged in all rows."""
    pairs = {
        "spans": [("start", "end"), ("text", "zone"), ("label", "layer"), ("id", "doc_id")],
        "annotations": [("start", "end"), ("producer", "producer_kind"), ("item_id", "doc_id")],
        "sentences": [("start", "end"), ("item_id", "paragraph_id"), ("text", "zone")],
        "paragraphs": [("start", "fold"), ("claim", "claim"), ("lineage", "zone")],
        "attributions": [("mode", "source_kind"), ("source_ids", "content_ids")],
        "links": [("from_id", "to_id"), ("from_text", "to_text")],
        "duplicates": [("start", "canonical_start"), ("match", "scope")],
        "documents": [("language", "lineage")],
    }
    config = rng.choice(CONFIGS)
    one, other = rng.choice([pair for pair in pairs[config] if pair[0] != pair[1]])
    table = t.table(config)
    names = [{one: other, other: one}.get(name, name) for name in table.column_names]
    swapped = table.rename_columns(names).select(table.column_names)
    t.put_table(config, swapped.replace_schema_metadata(table.schema.metadata))
    t.seal()
    return Found(t.file(config), word="row")


@kind("invariant")
def other_columns(t: Tampered, rng: random.Random) -> Found:
    """Columns in another order, renamed, left out, or of another type."""
    config = rng.choice(CONFIGS)
    table = t.table(config)
    names = table.column_names
    how = rng.choice(["order", "name", "out", "type"])
    if how == "order":
        table = table.select(names[::-1])
    elif how == "name":
        table = table.rename_columns([*names[:-1], "other"])
    elif how == "out":
        table = table.select(names[:-1])
    else:
        index = next(i for i, field in enumerate(table.schema) if field.type == pa.string())
        field = pa.field(names[index], pa.large_string())
        table = table.set_column(index, field, table.column(index).cast(pa.large_string()))
    t.put_table(config, table.replace_schema_metadata(with_features(table.schema).metadata))
    t.seal()
    return Found(t.file(config), word="column")


@kind("invariant")
def other_footer(t: Tampered, rng: random.Random) -> Found:
    """Features in a Parquet footer that are not its columns'."""
    config = rng.choice(CONFIGS)
    table = t.table(config)
    old = table.schema.metadata[b"huggingface"]
    new = rng.choice([old.replace(b'"int64"', b'"int8"'), b"{}", old.replace(b'"id"', b'"di"')])
    metadata = {"huggingface": new if new != old else b"{}"}
    t.put_table(config, table.replace_schema_metadata(metadata))
    t.seal()
    return Found(t.file(config), word="footer")


@kind("invariant")
def damaged_page(t: Tampered, rng: random.Random) -> Found:
    """A page of a Parquet file damaged, the file's hash sealed anew."""
    config = rng.choice(CONFIGS)
    group = pq.read_metadata(t.directory / t.file(config)).row_group(0)
    chunk = group.column(rng.randrange(group.num_columns))
    raw = bytearray(t[t.file(config)])
    first = chunk.dictionary_page_offset or chunk.data_page_offset
    # The last bytes of a chunk are page data; before them may stand a header's spare bits.
    raw[first + chunk.total_compressed_size - rng.randrange(1, 5)] ^= 1 << rng.randrange(8)
    t.put(t.file(config), bytes(raw))
    t.seal()
    return Found(t.file(config))


@kind("invariant")
def left_out_config(t: Tampered, rng: random.Random) -> Found:
    """A config left out altogether, manifest and card too."""
    t.put(t.file(rng.choice(["links", "duplicates", "annotations"])), None)
    t.seal()
    return Found("manifest.json", word="config")


@kind("invariant")
def second_parquet(t: Tampered, rng: random.Random) -> Found:
    """A second Parquet file in a config's folder, listed."""
    config = rng.choice(CONFIGS)
    name = f"{config}/train-0000{rng.randrange(1, 9)}-of-00002.parquet"
    t.put(name, t[t.file(config)])
    t.seal()
    return Found(name)
