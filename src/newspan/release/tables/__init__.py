"""A corpus into the rows of each config, in their stated order."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyarrow as pa

from newspan.corpus import Corpus
from newspan.release.configs import CONFIGS
from newspan.release.features import with_features
from newspan.release.tables import documents, records, stretches
from newspan.release.tables.common import Row

_MAKERS: dict[str, Callable[[Corpus], Iterable[Row]]] = {
    "documents": documents.document_rows,
    "sentences": stretches.sentence_rows,
    "paragraphs": stretches.paragraph_rows,
    "spans": records.span_rows,
    "attributions": records.attribution_rows,
    "links": records.link_rows,
    "annotations": records.annotation_rows,
    "duplicates": records.duplicate_rows,
}


def tables(corpus: Corpus) -> dict[str, pa.Table]:
    """Return one table per config, by name; a config with nothing to hold has no rows."""
    return {
        config.name: pa.Table.from_pylist(
            list(_MAKERS[config.name](corpus)), schema=with_features(config.schema)
        )
        for config in CONFIGS
    }
