"""Clusters of reused passages: their members, canonical one and names."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa

from newspan.reuse.loops import scratch
from newspan.reuse.parameters import WORD_WEIGHT, Parameters
from newspan.reuse.tables import CLUSTERS, MEMBERS

Array = Any

# Weaker passages are set aside so often at most: where some are, other strong ones may be lost.
ROUNDS = 4


class Texts(Protocol):
    """What clusters need of texts; see `plain.PlainTexts` and `buffered.BufferedTexts`."""

    ids: Any
    kernels: Any
    words: Any
    begins: Any
    sizes: Any

    def locate_members(self, members: Array) -> Array:
        """Return where members stand."""

    def surface(self, rank: int, start: int, end: int) -> str:
        """Return a stretch of a text."""


class Families(NamedTuple):
    """Members of clusters, in the order of their family, document and place.

    Attributes:
        members: rows (family, document by rank, first word, behind the last word).
        places: rows (start, end), in code points.
        canonical: for each row, the row of its cluster's canonical member.
        alike: rows (weight of equal words, weight of both, first run, runs), with the canonical.
        runs: rows (word of the member, word of the canonical one, length).
        names: for each row, its cluster's id.
    """

    members: Array
    places: Array
    canonical: Array
    alike: Array
    runs: Array
    names: list[str]


def families(
    texts: Texts,
    blocks: Array,
    runs: Array,
    parameters: Parameters,
    zone_order: Callable[[int, int, int], int] | None = None,
    tidy: Callable[[Array], Array] | None = None,
) -> Families:
    """Return the clusters that pairs of passages make.

    The canonical member is the first by: `zone_order` (running text before a caption or teaser),
    the words that most members have, the order of documents and places. A cluster's id is made
    from its canonical member's words; clusters with the same words are one. Where clusters lose a
    strong passage, those that are much weaker are set aside; see `weaker`.

    Args:
        texts: the texts, by rank.
        blocks: as `loops.align_pairs` writes them.
        runs: as it writes them.
        parameters: how.
        zone_order: from a document's rank and an extent in code points to a place in the order.
        tidy: from rows of members to such rows, with borders that people would draw.
    """
    order = np.lexsort(tuple(blocks[:, column] for column in (5, 4, 2, 1, 3, 0)))
    blocks = np.ascontiguousarray(blocks[order])
    found = _clusters_of(texts, blocks, runs, parameters, zone_order, tidy)
    for _ in range(ROUNDS):
        # Weak passages may have broken a strong one into nothing: without them it is whole.
        stays = texts.kernels.without_weaker(
            blocks, runs, texts.sizes, found.members, found.canonical
        )
        if stays.all():
            break
        blocks = blocks[stays > 0]
        found = _clusters_of(texts, blocks, runs, parameters, zone_order, tidy)
    return found


def _clusters_of(
    texts: Texts,
    blocks: Array,
    runs: Array,
    parameters: Parameters,
    zone_order: Callable[[int, int, int], int] | None,
    tidy: Callable[[Array], Array] | None,
) -> Families:
    """Return the clusters of sorted blocks; see `families`."""
    segments, roots = texts.kernels.segments_of(blocks, runs, texts.sizes, parameters.snap)
    members, count = texts.kernels.members_of(
        segments, roots, texts.words, texts.begins, WORD_WEIGHT * parameters.min_words
    )
    members = members[:count]
    heads = _canonical(texts, members, parameters, zone_order)
    compare = texts.kernels.compare_members
    alike, equal_runs = compare(texts.words, texts.begins, members, heads, scratch())
    # Borders came from other passages too: each member ends where its words do.
    members = _trimmed(members, heads, alike, equal_runs)
    tidy = tidy or (lambda rows: rows)
    members = tidy(members)
    _grow(texts, members)
    members = tidy(members)
    alike, equal_runs = compare(texts.words, texts.begins, members, heads, scratch())
    kept = 2 * alike[:, 0] >= parameters.min_identity * alike[:, 1]
    kept &= alike[heads, 1] >= 2 * WORD_WEIGHT * parameters.min_words
    # A canonical member that is left alone is no cluster.
    others = np.bincount(heads[kept], minlength=len(members))
    kept &= others[heads] > 1
    members = np.ascontiguousarray(members[kept])
    heads = (np.cumsum(kept) - 1)[heads[kept]]
    alike = alike[kept]
    places = texts.locate_members(members)
    names = {head: _words_key(texts, members[head].tolist()) for head in np.unique(heads).tolist()}
    return Families(
        members, places, heads, alike, equal_runs, [names[head] for head in heads.tolist()]
    )


def _canonical(
    texts: Texts,
    members: Array,
    parameters: Parameters,
    zone_order: Callable[[int, int, int], int] | None,
) -> Array:
    """Return for each member the row of its cluster's canonical one: no piece that is too short, to
    which nothing would be alike, and then as `families` says."""
    keys = [_values(texts, member) for member in members.tolist()]
    short = [_weight(key) < WORD_WEIGHT * parameters.min_words for key in keys]
    places = texts.locate_members(members) if zone_order else members
    heads = np.zeros(len(members), np.int64)
    for first, last in _groups(members[:, 0]):
        common = Counter(keys[first:last])

        def place_in_order(row: int, common: Counter[bytes] = common) -> tuple[bool, int, int, int]:
            zone = zone_order(int(members[row, 1]), *places[row].tolist()) if zone_order else 0
            return short[row], zone, -common[keys[row]], row

        heads[first:last] = min(range(first, last), key=place_in_order)
    return heads


def _trimmed(members: Array, heads: Array, alike: Array, runs: Array) -> Array:
    """Return members from their first word that is equal to the canonical one's to their last.

    A canonical member reaches from the first word that any other has to the last.
    """
    members = members.copy()
    has = alike[:, 3] > 0
    first, last = alike[has, 2], alike[has, 2] + alike[has, 3] - 1
    is_head = heads == np.arange(len(members))
    far = np.iinfo(np.int64).max
    starts, ends = np.full(len(members), far), np.full(len(members), -1)
    of_others = ~is_head[has]
    np.minimum.at(starts, heads[has][of_others], runs[first[of_others], 1])
    np.maximum.at(ends, heads[has][of_others], runs[last[of_others], 1] + runs[last[of_others], 2])
    members[has, 2] = runs[first, 0]
    members[has, 3] = runs[last, 0] + runs[last, 2]
    shared = is_head & (ends > 0)
    members[shared, 2], members[shared, 3] = starts[shared], ends[shared]
    return members


def _grow(texts: Texts, members: Array) -> None:
    """Let clusters grow into what lies between them, those with the most words first."""
    groups = np.array(_groups(members[:, 0]), np.int64).reshape(-1, 2)
    sizes = np.add.reduceat(members[:, 3] - members[:, 2], groups[:, 0]) if len(groups) else groups
    order = np.argsort(-sizes, kind="stable") if len(groups) else np.zeros(0, np.int64)
    texts.kernels.grow_members(texts.words, texts.begins, texts.sizes, members, groups[order])


def _values(texts: Texts, member: Sequence[int]) -> bytes:
    """Return the values of a member's words, as 32-bit little-endian numbers."""
    _, document, first, last = member
    begin = int(texts.begins[document])
    return np.asarray(texts.words[begin + first : begin + last], "<u4").tobytes()


def _weight(values: bytes) -> int:
    """Return the weight of words by their values."""
    words = np.frombuffer(values, "<u4")
    return WORD_WEIGHT * len(words) - int(np.count_nonzero(words & 1))


def _words_key(texts: Texts, member: Sequence[int]) -> str:
    """Return an id made from a member's words."""
    return "c" + hashlib.sha256(_values(texts, member)).hexdigest()[:15]


def _groups(column: Array) -> list[tuple[int, int]]:
    """Return the extents of equal neighbours."""
    if not len(column):
        return []
    cuts = np.flatnonzero(np.diff(column)) + 1
    borders = [0, *cuts.tolist(), len(column)]
    return list(pairwise(borders))


def members_table(
    found: Families,
    ids: pa.Array,
    columns: pa.Table | None = None,
    first_of_other: int = -1,
) -> pa.Table:
    """Return the members of clusters as a table: by cluster, the canonical one first.

    Args:
        found: the clusters.
        ids: of the documents, by rank.
        columns: of the documents, by rank: `source` and `date` where known, and others, which are
            appended.
        first_of_other: the rank where another collection begins; negative without one.
    """
    rows = np.arange(len(found.members))
    names = np.array(found.names, dtype=str)
    is_copy = found.canonical != rows
    places = found.places
    order = np.lexsort((places[:, 1], places[:, 0], found.members[:, 1], is_copy, names))
    # Of clusters that came together by their words only the first canonical member stays one.
    ordered = names[order]
    first = np.ones(len(order), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    equal, both = found.alike[order, 0], found.alike[order, 1]
    exact = (2 * equal == both) & (found.alike[order, 3] == 1)
    documents = pa.array(found.members[order, 1])

    def column(name: str) -> pa.Array:
        if columns is None or name not in columns.column_names:
            return pa.nulls(len(order), pa.string())
        return columns[name].combine_chunks().take(documents)

    values = [
        pa.array(ordered, pa.string()),
        ids.take(documents),
        pa.array(places[order, 0]),
        pa.array(places[order, 1]),
        pa.array(["copy", "canonical"]).take(pa.array(first.astype(np.int64))),
        pa.array(["near", "exact"]).take(pa.array(exact.astype(np.int64))),
        pa.array(2 * equal / np.maximum(both, 1)),
        column("source"),
        column("date"),
        _collection(found.members[order, 1], first_of_other),
    ]
    table = pa.table(values, schema=MEMBERS)
    for name in columns.column_names if columns is not None else ():
        if name not in ("id", *MEMBERS.names):
            table = table.append_column(name, column(name))
    return table


def _collection(documents: Array, first_of_other: int) -> pa.Array:
    if first_of_other < 0:
        return pa.nulls(len(documents), pa.string())
    is_other = pa.array((documents >= first_of_other).astype(np.int64))
    return pa.array(["first", "other"]).take(is_other)


def clusters_table(members: pa.Table, surface: Callable[[str, int, int], str]) -> pa.Table:
    """Return one row per cluster, largest first.

    Args:
        members: as `members_table` returns them.
        surface: from a document's id and an extent to its text.
    """
    grouped = members.group_by("cluster", use_threads=False).aggregate(
        [
            ("doc", "first"),
            ("start", "first"),
            ("end", "first"),
            ("doc", "count"),
            ("doc", "count_distinct"),
            ("source", "distinct"),
            ("date", "min"),
            ("date", "max"),
        ]
    )
    rows = []
    for row in grouped.to_pylist():
        text = surface(row["doc_first"], row["start_first"], row["end_first"])
        rows.append(
            {
                "cluster": row["cluster"],
                "size": row["doc_count"],
                "documents": row["doc_count_distinct"],
                "sources": sorted(source for source in row["source_distinct"] if source),
                "first_date": row["date_min"],
                "last_date": row["date_max"],
                "characters": len(text),
                "text": text,
            }
        )
    rows.sort(key=lambda row: (-row["size"], -row["characters"], row["cluster"]))
    return pa.Table.from_pylist(rows, schema=CLUSTERS)
