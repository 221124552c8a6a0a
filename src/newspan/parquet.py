"""Tables into Parquet files whose bytes depend on their rows and pyarrow's version alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_ROWS_PER_GROUP = 1_000_000


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a table: zstd level 3, page checksums and index, content-defined chunks.

    A table without rows gets no row group: `datasets` 5.2 fails on an empty one.
    """
    with pq.ParquetWriter(
        path,
        table.schema,
        compression="zstd",
        compression_level=3,
        write_page_checksum=True,
        write_page_index=True,
        use_content_defined_chunking=True,
    ) as writer:
        if table.num_rows:
            writer.write_table(table.combine_chunks(), row_group_size=_ROWS_PER_GROUP)


def read_config(directory: Path, files: Sequence[str]) -> pa.Table:
    """Read the Parquet files of a config, in order, as one table; errors as in `read_parquet`."""
    return pa.concat_tables([read_parquet(directory / file) for file in files])


def read_parquet(path: Path) -> pa.Table:
    """Read a Parquet file and verify its page checksums.

    Raises:
        OSError: when a page does not fit its checksum, or the file is no Parquet.
        pa.ArrowException: when it cannot be decoded.
    """
    return pq.read_table(path, page_checksum_verification=True)
