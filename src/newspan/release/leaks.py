"""Leaks between folds: passages that documents of different lineages share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa

from newspan.problems import Place, Problem

# A translation parallel is a candidate for a person, not yet a copy.
_SHARED = ("exact", "near")
# Two pages of one site share it, and their articles nothing.
_FURNITURE = "boilerplate"
COLUMNS = ("set_id", "cluster", "id", "doc_id", "match", "zone")


def leaks(tables: Iterable[pa.Table], lineages: Mapping[str, str], file: str) -> Iterator[Problem]:
    """Yield the members of reuse clusters whose document is of another lineage than the first's.

    Args:
        tables: the rows of the config `duplicates`, in order, with `COLUMNS` at least.
        lineages: the lineage of each document, by its id.
        file: the config's file, for the places; rows count from 1.
    """
    first: dict[tuple[str, str], str] = {}
    number = 0
    for table in tables:
        columns = (table.column(name).to_pylist() for name in COLUMNS)
        for set_id, cluster, own, document, match, zone in zip(*columns, strict=True):
            number += 1
            if match not in _SHARED or zone == _FURNITURE:
                continue
            other = first.setdefault((set_id, cluster), document)
            if lineages.get(document) != lineages.get(other):
                message = (
                    f"row {number}, {own}: the cluster {cluster} of {set_id} joins {other}, of the "
                    f"lineage {lineages.get(other)}, and {document}, of {lineages.get(document)}"
                )
                yield Problem("lineage-leak", Place(file, number, "/cluster"), message)
