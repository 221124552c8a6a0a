"""What `newspan duplicates` writes, from passages to files."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from newspan.engines.collection import Collected, Tick, ids_of
from newspan.engines.local import Passages, in_chunks
from newspan.parquet import write_parquet
from newspan.reuse.clusters import clusters_table, families, members_table
from newspan.reuse.network import graphml
from newspan.reuse.page import page_of
from newspan.reuse.parameters import Parameters
from newspan.reuse.tables import DROP, PAIRS, pairs_table

# What marks a folder as a result, which a later run may replace.
NOTE = "duplicates.json"
_CHUNK = 100_000
_CONTEXT = 60
_OTHER = "other: "

Surface = Callable[[str, int, int], str]


def write_results(
    out: Path,
    collected: Collected,
    passages: Passages,
    parameters: Parameters,
    keep_one: bool,
    title: str,
    tick: Tick,
) -> dict[str, int]:
    """Fill a folder with what was found; return the number of rows of each table.

    Args:
        out: an empty folder.
        collected: the texts and the columns that were passed through.
        passages: sorted by both documents.
        parameters: how they were found.
        keep_one: also list what to drop so that one copy of each passage stays.
        title: of the page.
        tick: told how far it is.
    """
    texts = collected.texts
    ids = ids_of(collected.columns)
    rows = {"documents": len(ids), "pairs": _write_pairs(out, texts, ids, passages, tick)}
    other = texts.first_of_other
    found = families(
        texts,
        passages.blocks,
        passages.runs,
        parameters,
        # Of two collections the other's member stays, so that is what the rest is like or unlike.
        zone_order=(lambda rank, start, end: int(rank < other)) if other >= 0 else None,
    )
    tick("clusters", 1, 3)
    members = members_table(found, ids, collected.columns, texts.first_of_other)
    # One id may stand in both of two collections: it is told apart where only an id is shown.
    names = ids.to_pylist()
    mark = _OTHER
    while other >= 0 and any(name.startswith(mark) for name in names[:other]):
        mark = f"{mark}{_OTHER}"
    names = [f"{mark}{name}" if 0 <= other <= rank else name for rank, name in enumerate(names)]
    shown = _shown(members, mark)
    surface = surfaces(texts, names)
    clusters = clusters_table(shown, surface)
    write_parquet(members, out / "members.parquet")
    write_parquet(clusters, out / "clusters.parquet")
    rows |= {"clusters": clusters.num_rows, "members": members.num_rows}
    tick("clusters", 2, 3)
    if keep_one:
        dropped = drop_table(members)
        write_parquet(dropped, out / "drop.parquet")
        rows["drop"] = dropped.num_rows
    with (out / "network.graphml").open("w", encoding="utf-8") as stream:
        stream.writelines(graphml(shown))
    (out / "index.html").write_text(_page(shown, clusters, surface, title), encoding="utf-8")
    tick("clusters", 3, 3)
    note = {"rows": rows, "parameters": asdict(parameters)}
    (out / NOTE).write_text(json.dumps(note, indent=2) + "\n", encoding="utf-8")
    return rows


def _write_pairs(out: Path, texts: Any, ids: pa.Array, passages: Passages, tick: Tick) -> int:
    """Write the pairs some at a time, so that memory stays bounded."""
    path = out / "pairs.parquet"
    if not len(passages.blocks):
        write_parquet(PAIRS.empty_table(), path)
        return 0
    written = 0
    with pq.ParquetWriter(path, PAIRS, compression="zstd", compression_level=3) as writer:
        for chunk in in_chunks(passages, _CHUNK):
            located, same = texts.locate(chunk.blocks, chunk.runs)
            writer.write_table(pairs_table(ids, chunk.blocks, located, same))
            written += len(chunk.blocks)
            tick("writing", written, len(passages.blocks))
    return written


def _shown(members: pa.Table, mark: str) -> pa.Table:
    if not members["collection"].null_count < members.num_rows:
        return members
    marks = pc.if_else(pc.equal(members["collection"], "other"), mark, "")
    docs = pc.binary_join_element_wise(marks, members["doc"], "")
    return members.set_column(members.column_names.index("doc"), "doc", docs)


def surfaces(texts: Any, names: list[str]) -> Surface:
    """Return a function from a document's name and an extent to its text; names are by rank."""
    ranks = {name: rank for rank, name in enumerate(names)}
    return lambda doc, start, end: texts.surface(ranks[doc], start, end)


def _page(members: pa.Table, clusters: pa.Table, surface: Surface, title: str) -> str:
    def with_context(doc: str, start: int, end: int) -> tuple[str, str, str]:
        before = surface(doc, max(0, start - _CONTEXT), start)
        return before, surface(doc, start, end), surface(doc, end, end + _CONTEXT)

    return page_of(members, clusters, with_context, title)


def drop_table(members: pa.Table) -> pa.Table:
    """Return what to drop so that one copy of each passage stays: every copy but the canonical.

    Where two collections are compared, that is every member in the first of them: what stays is
    the other collection's.
    """
    compared = members.num_rows > members["collection"].null_count
    chosen = members.filter(
        pc.equal(members["collection"], "first")
        if compared
        else pc.equal(members["copy_role"], "copy")
    ).select(DROP.names)
    order = [(name, "ascending") for name in ("doc", "start", "end", "cluster")]
    return chosen.sort_by(order).cast(DROP)
