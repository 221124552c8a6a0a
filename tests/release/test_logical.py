"""Logical hashes depend on the rows alone."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newspan.release.logical import LogicalHash, logical_hash, logical_hash_1

KIND = pa.struct([("t", pa.string()), ("l", pa.list_(pa.struct([("n", pa.int64())])))])
SCHEMA = pa.schema(
    [("s", pa.string()), ("i", pa.int64()), ("b", pa.bool_()), ("f", pa.float64()), ("x", KIND)]
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "s": st.none() | st.text(max_size=4),
            "i": st.none() | st.integers(-9, 9),
            "b": st.none() | st.booleans(),
            "f": st.none() | st.sampled_from([0.0, 0.5, -1.0]),
            "x": st.none()
            | st.fixed_dictionaries(
                {
                    "t": st.none() | st.text(max_size=2),
                    "l": st.none()
                    | st.lists(
                        st.none() | st.fixed_dictionaries({"n": st.none() | st.integers(0, 3)}),
                        max_size=3,
                    ),
                }
            ),
        }
    ),
    max_size=6,
)


def table(rows: list[dict[str, Any]]) -> pa.Table:
    """Return rows as a table."""
    return pa.Table.from_pylist(rows, schema=SCHEMA)


@given(ROWS, ROWS)
def test_equal_rows_and_only_they_have_equal_hashes(
    one: list[dict[str, Any]], other: list[dict[str, Any]]
) -> None:
    """Two tables hash alike exactly when their rows are alike, nulls and empties told apart."""
    alike = table(one).to_pylist() == table(other).to_pylist()

    assert (logical_hash(table(one)) == logical_hash(table(other))) == alike
    assert (logical_hash_1(table(one)) == logical_hash_1(table(other))) == alike


@given(ROWS, st.integers(0, 6))
def test_chunks_and_slices_do_not_matter(rows: list[dict[str, Any]], cut: int) -> None:
    """How a table lies in memory is no part of its rows."""
    whole = table(rows)
    padded = pa.concat_tables([table([{}]), whole, table([{}])]).combine_chunks()

    pieces = pa.concat_tables([whole.slice(0, cut), whole.slice(cut)])

    assert logical_hash(pieces) == logical_hash(whole)
    assert logical_hash(padded.slice(1, len(rows))) == logical_hash(whole)


@given(ROWS, st.lists(st.integers(0, 6), max_size=3))
def test_rows_may_come_in_batches(rows: list[dict[str, Any]], cuts: list[int]) -> None:
    """Rows that are taken batch by batch, empty ones too, hash as they do at once."""
    running = LogicalHash(SCHEMA)
    borders = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    for start, end in pairwise(borders):
        for batch in table(rows[start:end]).to_batches():
            running.update(batch)
    whole = LogicalHash(SCHEMA)
    whole.update(table(rows))

    assert running.hexdigest() == whole.hexdigest() == logical_hash(table(rows))
    assert running.nbytes == whole.nbytes


def test_large_types_and_metadata_do_not_matter() -> None:
    """The same strings in 64-bit offsets, or under other metadata, are the same rows."""
    rows = [{"s": "a"}, {"s": None}, {"s": ""}]
    small = pa.Table.from_pylist(rows, schema=pa.schema([("s", pa.string())]))
    large = small.cast(pa.schema([("s", pa.large_string())])).replace_schema_metadata({"k": "v"})

    coded = pa.table({"s": small.column("s").combine_chunks().dictionary_encode()})

    assert logical_hash(small) == logical_hash(large) == logical_hash(coded)


def test_the_hash_is_pinned() -> None:
    """The canonical bytes are a promise: other versions of the tools give this hash too."""
    rows = [{"s": "é", "i": 1, "b": True, "f": 0.5, "x": {"t": "a", "l": [{"n": 1}, None]}}, {}]

    assert logical_hash(table(rows)) == PINNED
    assert logical_hash_1(table(rows)) == PINNED_1


PINNED = "8d7a9428f93d4b48b7ff6ab76c59c823c708d9b02fbb62dde5bf50e36a28da82"
PINNED_1 = "2f34a8b74bf064c88ce7adc02dfa56687cbf7e49831ec335ed09fc9fcbb7620d"


def test_an_unknown_type_is_refused() -> None:
    """A column whose canonical bytes nobody defined is an error, not a weak hash."""
    with pytest.raises(TypeError, match="no canonical bytes"):
        logical_hash(pa.table({"d": pa.array([None], pa.date32())}))
