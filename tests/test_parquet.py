"""Parquet files take rows table by table, in row groups of bounded size."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from newspan.parquet import TableWriter, read_parquet, write_parquet

SCHEMA = pa.schema(
    [("id", pa.string()), ("layer", pa.string()), ("spans", pa.list_(pa.struct([("start", pa.int64()), ("role", pa.string())])))]  # noqa: E501
)  # fmt: skip


def rows(first: int, number: int) -> pa.Table:
    """Return rows, numbered."""
    made = [
        {"id": f"r{n}", "layer": "claim", "spans": [{"start": n, "role": "cue"}, None]}
        for n in range(first, first + number)
    ]
    return pa.Table.from_pylist(made, schema=SCHEMA)


def test_a_small_file_has_one_row_group(tmp_path: Path) -> None:
    """However many tables its rows come in, its bytes are those of all rows at once."""
    with TableWriter(tmp_path / "tables", SCHEMA) as writer:
        for first in range(0, 50, 10):
            writer.write(rows(first, 10))
    write_parquet(rows(0, 50), tmp_path / "once")

    assert pq.read_metadata(tmp_path / "tables").num_row_groups == 1
    assert (tmp_path / "tables").read_bytes() == (tmp_path / "once").read_bytes()
    assert read_parquet(tmp_path / "once").equals(rows(0, 50))


@pytest.mark.parametrize("limit", ["_ROWS_PER_GROUP", "_BYTES_PER_GROUP"])
def test_row_groups_end_at_a_number_of_rows_or_bytes(
    limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row group ends with the table that takes it beyond the limit, the last with the file."""
    monkeypatch.setattr(
        f"newspan.parquet.{limit}", 25 if "ROWS" in limit else 2.5 * rows(0, 10).nbytes
    )

    with TableWriter(tmp_path / "file", SCHEMA) as writer:
        for first in range(0, 80, 10):
            writer.write(rows(first, 10))

    metadata = pq.read_metadata(tmp_path / "file")
    groups = [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)]
    assert groups == [30, 30, 20]
    assert read_parquet(tmp_path / "file").equals(rows(0, 80))


def test_a_row_group_can_be_ended(tmp_path: Path) -> None:
    """Whoever wants the row groups of another file ends them; an empty one is none."""
    with TableWriter(tmp_path / "file", SCHEMA) as writer:
        writer.end_group()
        for first in (0, 3):
            writer.write(rows(first, 3))
            writer.end_group()

    assert pq.read_metadata(tmp_path / "file").num_row_groups == 2


def test_a_file_without_rows_has_no_row_group(tmp_path: Path) -> None:
    """Its columns are known all the same."""
    write_parquet(rows(0, 0), tmp_path / "file")

    assert pq.read_metadata(tmp_path / "file").num_row_groups == 0
    assert pq.read_schema(tmp_path / "file").names == SCHEMA.names


def test_only_values_that_repeat_are_numbered(tmp_path: Path) -> None:
    """Ids and offsets are written as they are, nested ones too; layers and roles once."""
    write_parquet(rows(0, 50), tmp_path / "file")

    group = pq.read_metadata(tmp_path / "file").row_group(0)
    columns = [group.column(n) for n in range(group.num_columns)]
    numbered = {each.path_in_schema: "RLE_DICTIONARY" in each.encodings for each in columns}
    assert numbered == {
        "id": False,
        "layer": True,
        "spans.list.element.start": False,
        "spans.list.element.role": True,
    }
    assert {each.compression for each in columns} == {"ZSTD"}
