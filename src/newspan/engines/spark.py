"""The finder on Spark: the local engine's rows, with Spark between the stages.

The stages are those of `newspan.reuse.batches`. Spark sorts shingles by hash, groups seeds by pair
of documents and brings the words of both to them. No result depends on partitions: documents go by
the rank of their id, and what is collected is sorted. A lost worker's share is computed again, from
the same ranks.

What the driver holds: of every document its id, the columns that are passed through and about 100
bytes; of every passage about 300 bytes; the texts of documents that have passages. What a worker
holds at once: some batches of 16 MB, or one pair of documents where that is larger.

One task handles all occurrences of a shingle, sorted on disk and linked slice by slice, so a
boilerplate with millions of copies costs it time in proportion and no memory. Between two
collections it holds these occurrences, some 100 bytes each. The words of both documents travel for
every pair of documents that share a shingle: of ten thousand articles that was thirty times their
text, and sampling makes it less.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from newspan.engines.collection import Collected, Tick, order_of
from newspan.engines.local import Passages
from newspan.engines.spark_frames import frame
from newspan.engines.spark_session import opened, settings
from newspan.formats.texts import Columns, read_texts
from newspan.reuse import batches
from newspan.reuse.parameters import Parameters

Array = Any

# Up to so many documents their ranks are sent to every worker, instead of being joined by a sort.
BROADCAST = 1_000_000
# Bytes of shingles in one task.
_TASK_BYTES = 64 << 20


def find_spark(
    source: Any,
    other: Any,
    columns: Columns,
    parameters: Parameters,
    master: str | None,
    work: Path,
    *,
    session: Any = None,
    options: Mapping[str, str] | None = None,
    at_once: int = batches.SLICE,
    tick: Tick = lambda stage, done, total: None,
) -> tuple[Collected, Passages]:
    """Return the passages that texts share, and the texts, as the local engine does.

    Texts without passages come back empty, all others by the same ranks as in the local engine.

    Args:
        source: a path as `read_texts` takes it, or a Spark data frame with the named columns.
        other: another one, when two collections are compared; else None.
        columns: the names of the columns.
        parameters: how passages are found.
        master: see `opened`.
        work: a folder that driver and workers see; used for texts that Spark does not read itself.
        session: see `opened`.
        options: see `opened`.
        at_once: see `batches.seeds_of`.
        tick: told how far it is.

    Raises:
        DuplicateIdError: when two documents of a collection have one id.
        InputError: when an input cannot be read as what it is.
        ImportError: when pyspark or numba is not installed.
        OSError: when Java is not installed, or Spark does not start.
        ValueError: when an input is of no known kind.
    """
    for each in (source, other):
        if session is None and hasattr(each, "sparkSession"):
            session = each.sparkSession
    sources = [each for each in (source, other) if each is not None]
    with opened(master, session, options) as spark, settings(spark, {}):
        chosen = "spark.sql.shuffle.partitions" in (options or {}) or session is not None
        tasks = int(spark.conf.get("spark.sql.shuffle.partitions"))
        if not chosen:
            tasks = 2 * spark.sparkContext.defaultParallelism
        run = _Run(spark, columns, parameters, tasks, at_once, tick)
        return run.result(sources, work)


class _Run:
    """One search: the session, and how."""

    def __init__(
        self,
        spark: Any,
        columns: Columns,
        parameters: Parameters,
        tasks: int,
        at_once: int,
        tick: Tick,
    ) -> None:
        self._spark = spark
        self._columns = columns
        self._parameters = parameters
        self._tasks = tasks
        self._at_once = at_once
        self._tick = tick

    def result(self, sources: list[Any], work: Path) -> tuple[Collected, Passages]:
        """Return what `find_spark` returns, from one collection or two."""
        from pyspark.sql import functions as sql

        frames = []
        for side, source in enumerate(sources):
            folder = work / f"texts-{side}"
            folder.mkdir(parents=True, exist_ok=True)
            texts = frame(self._spark, source, self._columns, folder)
            frames.append(texts.withColumn("side", sql.lit(side)))
        documents = frames[0] if len(frames) == 1 else frames[0].unionAll(frames[1])
        known, first = self._ranked(documents, sources)
        texts = self._with_ranks(documents, known)
        passages = self._passages(texts, first)
        self._tick("aligning", 1, 1)
        return self._collected(texts, known, first, passages), passages

    def _ranked(self, documents: Any, sources: list[Any]) -> tuple[pa.Table, int]:
        """Return all columns but the texts, by rank, and where the other collection begins."""
        from pyspark.errors import PythonException
        from pyspark.sql import functions as sql

        lacks_text = sql.col("text").isNull().alias("lacks_text")
        try:
            known = documents.withColumn("lacks_text", lacks_text).drop("text").toArrow()
        except PythonException:
            _refuse(sources, self._columns)
            raise
        if known["id"].null_count or pc.any(known["lacks_text"]).as_py():
            _refuse(sources, self._columns)
            raise ValueError("a row has no id or no text")
        known = known.drop_columns(["lacks_text"]).combine_chunks()
        known = known.take(pc.sort_indices(known["side"]))
        first = len(known) - int(pc.sum(known["side"]).as_py() or 0)
        ids = pa.concat_arrays([pa.array([], pa.string()), *known["id"].chunks])
        known = known.take(pa.array(order_of(ids, first)))
        self._tick("reading", 1, 2)
        return known, first if len(sources) > 1 else -1

    def _with_ranks(self, documents: Any, known: pa.Table) -> Any:
        """Return (rank, text) of documents."""
        from pyspark.sql import functions as sql

        ranks = known.select(["side", "id"]).append_column(
            "rank", pa.array(np.arange(len(known), dtype=np.int32))
        )
        by_id = self._spark.createDataFrame(ranks)
        if len(known) <= BROADCAST:
            by_id = sql.broadcast(by_id)
        return documents.join(by_id, ["side", "id"]).select("rank", "text")

    def _passages(self, texts: Any, first: int) -> Passages:
        from pyspark import StorageLevel
        from pyspark.sql import functions as sql

        words = (
            texts.repartition(self._tasks, "rank")
            .mapInArrow(batches.words_of, "rank int, words binary")
            .persist(StorageLevel.MEMORY_AND_DISK)
        )
        try:
            size = words.agg(sql.sum(sql.octet_length("words"))).first()[0] or 0
            self._tick("reading", 2, 2)
            self._tick("comparing", 0, 1)
            # Four bytes per word; 24 and a row's header per shingle.
            tasks = max(self._tasks, 8 * size // self._parameters.sample // _TASK_BYTES)
            with settings(self._spark, {"spark.sql.shuffle.partitions": str(tasks)}):
                return _in_order(self._aligned(words, first, tasks).toArrow())
        finally:
            words.unpersist()

    def _aligned(self, words: Any, first: int, tasks: int) -> Any:
        from pyspark.sql import functions as sql

        parameters = self._parameters
        shingles = words.mapInArrow(
            partial(batches.shingles_of, parameters=parameters), "hash long, spot long"
        )
        link = partial(
            batches.seeds_of, parameters=parameters, first_of_other=first, at_once=self._at_once
        )
        seeds = (
            shingles.repartition(tasks, "hash")
            .sortWithinPartitions("hash", "spot")
            .mapInArrow(link, "pair long, seed long")
        )
        pairs = (
            seeds.groupBy("pair")
            .agg(sql.collect_list("seed").alias("seeds"))
            .select(
                sql.shiftright("pair", 32).cast("int").alias("rank_a"),
                sql.col("pair").bitwiseAND(0xFFFFFFFF).cast("int").alias("rank_b"),
                "seeds",
            )
        )
        for side in "ab":
            named = words.withColumnsRenamed({"rank": f"rank_{side}", "words": f"words_{side}"})
            pairs = pairs.join(named, f"rank_{side}")
        return pairs.select("rank_a", "rank_b", "seeds", "words_a", "words_b").mapInArrow(
            partial(batches.passages_of, parameters=parameters), _PASSAGES
        )

    def _collected(self, texts: Any, known: pa.Table, first: int, passages: Passages) -> Collected:
        """Return the texts of documents that have passages; those of others are empty."""
        from pyspark.sql import functions as sql

        ranks = np.unique(passages.blocks[:, [0, 3]]).astype(np.int32)
        wanted = self._spark.createDataFrame(pa.table({"rank": ranks}))
        found = texts.join(sql.broadcast(wanted), "rank").select("rank", "text").toArrow()
        texts_by_rank = _texts(found, known["id"].combine_chunks(), first)
        blocks = passages.blocks
        sizes = texts_by_rank.sizes
        if (blocks[:, 2] > sizes[blocks[:, 0]]).any() or (blocks[:, 5] > sizes[blocks[:, 3]]).any():
            raise ValueError("the texts changed while they were read")
        names = [name for name in self._columns.named if name != "text"]
        columns = known.drop_columns(["side"]).rename_columns(names)
        return Collected(texts_by_rank, columns, int(texts_by_rank.offsets[-1]))


# As SQL: the columns of `batches.PASSAGES`.
_PASSAGES = (
    "rank_a int, rank_b int, number int, start_a int, end_a int, start_b int, end_b int, "
    "equal long, both long, runs array<int>"
)


def _refuse(sources: list[Any], columns: Columns) -> None:
    """Read inputs here up to the fault that a worker found, to tell its place."""
    for source in sources:
        if isinstance(source, Path):
            for _ in read_texts(source, columns):
                pass


def _in_order(table: pa.Table) -> Passages:
    """Return passages as the local engine numbers and sorts them."""
    order = pc.sort_indices(
        table.select(["rank_a", "rank_b", "number"]),
        sort_keys=[(name, "ascending") for name in ("rank_a", "rank_b", "number")],
    )
    table = table.take(order)
    flat = [chunk.flatten().to_numpy() for chunk in table["runs"].chunks]
    runs = np.concatenate([np.zeros(0, np.int32), *flat]).astype(np.int64).reshape(-1, 3)
    counts = pc.list_value_length(table["runs"]).to_numpy().astype(np.int64) // 3
    names = ("rank_a", "start_a", "end_a", "rank_b", "start_b", "end_b", "equal", "both")
    columns = [table[name].to_numpy().astype(np.int64) for name in names]
    return Passages(np.column_stack([*columns, np.cumsum(counts) - counts, counts]), runs)


def _texts(found: pa.Table, ids: pa.Array, first: int) -> Any:
    """Return texts by rank: those of the table of (rank, text), the others empty."""
    from newspan.reuse.buffered import Alphabet, Batch, BufferedTexts, read_batch

    alphabet = Alphabet()
    read, data, lengths = [], [np.zeros(0, np.uint8)], []
    for batch in found.to_batches():
        text, starts = batches.utf8_of(batch.column("text"))
        read.append(read_batch(text, starts, alphabet))
        data.append(text)
        lengths.append(np.diff(starts))
    ranks = found["rank"].to_numpy()
    others = np.setdiff1d(np.arange(len(ids)), ranks)
    readings = np.empty(len(ids), np.int64)
    readings[np.concatenate([ranks, others])] = np.arange(len(ids))
    empty = np.zeros(len(others), np.int64)
    offsets = np.concatenate([[0], np.cumsum(np.concatenate([*lengths, empty]))]).astype(np.int64)
    whole = Batch(
        np.concatenate([np.zeros(0, np.uint32), *(each.values for each in read)]),
        np.concatenate([*(each.sizes for each in read), empty]),
        np.concatenate([np.zeros((0, 2), np.int64), *(each.marks for each in read)]),
    )
    return BufferedTexts(ids, readings, np.concatenate(data), offsets, whole, alphabet, first)
