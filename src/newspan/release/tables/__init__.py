"""A corpus into the rows of each config, in their stated order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from newspan.corpus import Corpus
from newspan.release.configs import CONFIGS
from newspan.release.tables.columns import SCHEMAS, table_of_rows
from newspan.release.tables.common import primary, reuse_sets
from newspan.release.tables.documents import document_rows
from newspan.release.tables.records import (
    annotation_table,
    attribution_rows,
    duplicate_rows,
    link_rows,
)
from newspan.release.tables.stretches import paragraph_table, sentence_table
from newspan.release.tables.views import item_views
from newspan.splits import folds


def tables(corpus: Corpus) -> dict[str, pa.Table]:
    """Return one table per config, by name; a config with nothing to hold has no rows."""
    made: dict[tuple[str, str], pa.Table] = dict(part_tables(corpus, folds(corpus.documents)))
    return {
        config.name: pa.concat_tables(
            [made[key] for key in sorted(made) if key[0] == config.name]
            or [table_of_rows(config.name, ())]
        ).combine_chunks()
        for config in CONFIGS
    }


def part_tables(
    corpus: Corpus, fold_of: Mapping[str, int]
) -> Iterator[tuple[tuple[str, str], pa.Table]]:
    """Yield the tables that a part of a corpus gives, each under its config's name and a set's id.

    A config's rows are those of its sets in the order of their ids, and of each set those of the
    parts in order. Where all rows are of one set or none, the id is empty.

    Args:
        corpus: the corpus, or a part of it.
        fold_of: the fold of each document.
    """
    yield ("documents", ""), table_of_rows("documents", document_rows(corpus, fold_of))
    chosen = primary(corpus)
    views = item_views(corpus, chosen)
    yield ("sentences", ""), sentence_table(corpus, views=views, fold_of=fold_of)
    yield ("paragraphs", ""), paragraph_table(corpus, views=views, fold_of=fold_of)
    yield ("attributions", ""), table_of_rows("attributions", attribution_rows(views))
    yield ("links", ""), table_of_rows("links", link_rows(corpus))
    for other in {chosen.info.id: chosen, **corpus.sets}.values():
        seen = views if other is chosen else item_views(corpus, other)
        annotations = annotation_table(seen, other)
        if other is chosen:
            yield ("spans", ""), annotations.select(SCHEMAS["spans"].names).cast(SCHEMAS["spans"])
        if other.info.id in corpus.sets:
            yield ("annotations", other.info.id), annotations
    for other in reuse_sets(corpus):
        yield (
            ("duplicates", other.info.id),
            table_of_rows("duplicates", duplicate_rows(corpus, other)),
        )
