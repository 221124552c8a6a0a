"""What the finder writes: Arrow tables of pairs, clusters and their members.

Offsets are code points, half-open, into the unaltered text of a document.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from newspan.reuse.loops import BOTH, DOC_A, DOC_B, EQUAL, RUNS

_RUN = pa.struct([("start_a", pa.int64()), ("start_b", pa.int64()), ("length", pa.int64())])

PAIRS = pa.schema(
    [
        ("doc_a", pa.string()),
        ("start_a", pa.int64()),
        ("end_a", pa.int64()),
        ("doc_b", pa.string()),
        ("start_b", pa.int64()),
        ("end_b", pa.int64()),
        ("identity", pa.float64()),
        ("match", pa.string()),
        ("alignment", pa.list_(_RUN)),
    ]
)

MEMBERS = pa.schema(
    [
        ("cluster", pa.string()),
        ("doc", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("copy_role", pa.string()),
        ("match", pa.string()),
        ("similarity", pa.float64()),
        ("source", pa.string()),
        ("date", pa.string()),
        ("collection", pa.string()),
    ]
)

DROP = pa.schema(
    [
        ("doc", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("cluster", pa.string()),
        ("match", pa.string()),
    ]
)

CLUSTERS = pa.schema(
    [
        ("cluster", pa.string()),
        ("size", pa.int64()),
        ("documents", pa.int64()),
        ("sources", pa.list_(pa.string())),
        ("first_date", pa.string()),
        ("last_date", pa.string()),
        ("characters", pa.int64()),
        ("text", pa.string()),
    ]
)


def pairs_table(ids: pa.Array, blocks: Any, located: Any, same: Any) -> pa.Table:
    """Return passages as a table, sorted by document and place of the one side, then the other.

    Args:
        ids: of the documents, by rank.
        blocks: as `loops.align_pairs` writes them.
        located: for each, (start_a, end_a, start_b, end_b, runs of identical text).
        same: these runs, one after the other: (start_a, start_b, length).
    """
    order = np.lexsort(
        (
            located[:, 3],
            located[:, 1],
            located[:, 2],
            blocks[:, DOC_B],
            located[:, 0],
            blocks[:, DOC_A],
        )
    )
    ends = np.cumsum(located[:, 4])
    counts = located[order, 4]
    offsets = np.concatenate([[0], np.cumsum(counts)])
    # The runs of each block, in the new order: where its runs began, plus 0, 1, 2 ...
    rows = np.arange(offsets[-1]) + np.repeat((ends - located[:, 4])[order] - offsets[:-1], counts)
    runs = same[rows]
    blocks, located = blocks[order], located[order]
    alignment = pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()),
        pa.StructArray.from_arrays([pa.array(runs[:, i]) for i in range(3)], fields=list(_RUN)),
    )
    exact = (blocks[:, RUNS] == 1) & (blocks[:, EQUAL] * 2 == blocks[:, BOTH])
    columns = [
        ids.take(pa.array(blocks[:, DOC_A])),
        located[:, 0],
        located[:, 1],
        ids.take(pa.array(blocks[:, DOC_B])),
        located[:, 2],
        located[:, 3],
        2 * blocks[:, EQUAL] / np.maximum(blocks[:, BOTH], 1),
        pa.array(["near", "exact"]).take(pa.array(exact.astype(np.int64))),
        alignment,
    ]
    return pa.table([pa.array(column) for column in columns], schema=PAIRS)
