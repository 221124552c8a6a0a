"""Read what the measures need: documents, planted copies, detections and clusters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from reuse_bench.pan import Ints, Spans, Truth, Verify

SIDES = ("a", "b")
ALIKE = 60  # rapidfuzz ratio
LONGEST = 20_000  # characters of a side that is compared; the comparison is quadratic


def documents(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (id, text) of each line of a docs.jsonl."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            yield record["id"], record["text"]


def read_texts(path: Path) -> tuple[list[str], list[str]]:
    """Return ids and texts of a docs.jsonl."""
    ids, texts = zip(*documents(path), strict=True)
    return list(ids), list(texts)


def read_truth(path: Path, ids: list[str]) -> Truth:
    """Return the planted copies of truth.parquet, documents as row numbers of `ids`."""
    table = pq.read_table(path)
    return Truth(
        family=_ints(table["family"]),
        kind=np.array(table["kind"].to_pylist()),
        level=table["level"].to_numpy().astype(np.float64),
        words=_ints(table["words"]),
        doc=_numbers(table["doc"], ids),
        start=_ints(table["start"]),
        end=_ints(table["end"]),
    )


def read_detections(path: Path, ids: list[str]) -> tuple[Spans, Spans]:
    """Return both sides of the detections in a parquet file.

    The columns are doc_a, start_a, end_a, doc_b, start_b, end_b; others are not read.
    """
    table = pq.read_table(
        path, columns=[f"{n}_{s}" for s in SIDES for n in ("doc", "start", "end")]
    )
    a, b = (
        Spans(
            _numbers(table[f"doc_{side}"], ids),
            _ints(table[f"start_{side}"]),
            _ints(table[f"end_{side}"]),
        )
        for side in SIDES
    )
    return a, b


def read_clusters(path: Path, ids: list[str]) -> tuple[Ints, Spans]:
    """Return cluster numbers and members of a parquet file: cluster, doc, start, end."""
    table = pq.read_table(path, columns=["cluster", "doc", "start", "end"])
    cluster = pc.rank(table["cluster"], tiebreaker="dense")
    return _ints(cluster), Spans(
        _numbers(table["doc"], ids), _ints(table["start"]), _ints(table["end"])
    )


def write_detections(path: Path, columns: dict[str, Any]) -> None:
    """Write detections, the columns as `read_detections` reads them."""
    pq.write_table(pa.table(columns), path)


def alike(a: Spans, b: Spans, texts: list[str]) -> Verify:
    """Return a test whether the two sides of a detection read alike: rapidfuzz ratio >= 60."""
    ratio = import_module("rapidfuzz.fuzz").ratio

    def side(spans: Spans, row: int) -> str:
        text = texts[spans.doc[row]][spans.start[row] : spans.end[row]]
        return " ".join(text.casefold().split()) if len(text) <= LONGEST else ""

    def verify(row: int) -> bool:
        one, two = side(a, row), side(b, row)
        return bool(one and two and ratio(one, two, score_cutoff=ALIKE) >= ALIKE)

    return verify


def _ints(column: Any) -> Ints:
    values: Ints = column.to_numpy().astype(np.int64)
    return values


def _numbers(column: Any, ids: list[str]) -> Ints:
    """Return for each document id its row number in `ids`."""
    numbers = pc.index_in(column.cast(pa.string()), value_set=pa.array(ids, pa.string()))
    if numbers.null_count:
        raise ValueError(f"{numbers.null_count} rows name a document that is not in the collection")
    return _ints(numbers)
