"""Rows are paired and compared without leaving Arrow, whatever their values and order."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newspan.release.changes import rows as reading
from newspan.release.changes.cells import differ
from newspan.release.changes.compare import compare
from newspan.release.changes.grown import has_grown
from newspan.release.changes.kinds import CHANGES, KINDS
from newspan.release.changes.pairs import NotUniqueError, match, pair
from newspan.release.changes.rows import TableRows
from newspan.release.changes.values import first_difference
from newspan.release.changes.verdict import worst
from newspan.release.configs import CONFIGS

Row = dict[str, Any]

TEXT = st.text(st.sampled_from("aé\u0301👩‍👩‍👧ش\r\n\ufeff\xa0\u200b\x1f\x00"), max_size=4)
CELLS: dict[str, tuple[pa.DataType, Any]] = {
    "words": (pa.string(), TEXT),
    "number": (pa.int64(), st.integers(-3, 3)),
    "flag": (pa.bool_(), st.booleans()),
    "measure": (pa.float64(), st.sampled_from([0.0, 0.5, float("nan")])),
    "list": (pa.list_(pa.string()), st.lists(st.none() | TEXT, max_size=3)),
    "records": (
        pa.list_(pa.struct([("a", pa.string()), ("b", pa.list_(pa.int64()))])),
        st.lists(
            st.none()
            | st.fixed_dictionaries(
                {"a": st.none() | TEXT, "b": st.none() | st.lists(st.integers(0, 2), max_size=2)}
            ),
            max_size=3,
        ),
    ),
}


def _same(a: Any, b: Any) -> bool:
    """Tell whether two values are equal, not-a-number with itself too.

    The order in which a record's fields were written is no part of its value: Arrow has its own.
    """
    first, second = (json.dumps(value, sort_keys=True) for value in (a, b))
    return first == second


@pytest.mark.parametrize("name", CELLS)
@given(data=st.data())
def test_cells_differ_as_python_says(name: str, data: st.DataObject) -> None:
    """For every type, nested ones and null included, sliced and chunked, large or dictionary."""
    kind, values = CELLS[name]
    pairs = data.draw(st.lists(st.tuples(st.none() | values, st.none() | values), max_size=8))
    skip = data.draw(st.integers(0, len(pairs)))
    old, new = (pa.array([pair[side] for pair in pairs], kind) for side in (0, 1))
    expected = [not _same(a, b) for a, b in pairs]

    assert differ(old, new).tolist() == expected
    assert differ(old.slice(skip), new.slice(skip)).tolist() == expected[skip:]
    chunked = pa.chunked_array([new.slice(0, skip), new.slice(skip)])
    assert differ(old, chunked).tolist() == expected
    if name == "words":
        assert differ(old.cast(pa.large_string()), new.dictionary_encode()).tolist() == expected


def test_the_order_of_a_records_fields_is_no_difference() -> None:
    """What was written as b, a is the same record as a, b; another value is another record."""
    kind = CELLS["records"][0]
    old = pa.array([[{"a": None, "b": [1]}], [{"a": "x", "b": None}]], kind)
    new = pa.array([[{"b": [1], "a": None}], [{"b": None, "a": "y"}]], kind)

    assert differ(old, new).tolist() == [False, True]


def test_other_types_are_compared_by_value_where_they_can_be() -> None:
    """1 is 1 as a wider number; a word that is no number differs from every number."""
    assert differ(pa.array([1, 2, None]), pa.array([1, 3, None], pa.int8())).tolist() == [
        False,
        True,
        False,
    ]
    assert differ(pa.array([1, None]), pa.array(["x", None])).tolist() == [True, False]


@given(
    st.lists(st.integers(0, 30), unique=True, max_size=12),
    st.lists(st.integers(0, 30), unique=True, max_size=12),
)
def test_pairs_are_the_intersection(old: list[int], new: list[int]) -> None:
    """Each key that both have is paired; the rest is removed or added; nothing is lost."""
    found = pair(*(pa.array([str(n) for n in side], pa.large_string()) for side in (old, new)))

    assert [old[i] for i in found.old] == [new[i] for i in found.new]
    assert {old[i] for i in found.old} == set(old) & set(new)
    assert {old[i] for i in found.removed} == set(old) - set(new)
    assert {new[i] for i in found.added} == set(new) - set(old)


def test_keys_that_repeat_are_refused() -> None:
    """The first of them is named."""
    with pytest.raises(NotUniqueError, match=r"^b$"):
        pair(pa.array(["a"], pa.large_string()), pa.array(["b", "b"], pa.large_string()))


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_repeated_values_are_matched_first_with_first(old: list[str], new: list[str]) -> None:
    """As many pairs as both have, in order; null counts as a value."""
    tables = [pa.table({"x": pa.array(side, pa.string())}) for side in (old, new)]

    found = match(*tables, ["x"])

    assert [old[i] for i in found.old] == [new[i] for i in found.new]
    for word in "abc":
        count = min(old.count(word), new.count(word))
        assert sum(old[i] == word for i in found.old) == count
        firsts = [i for i, other in enumerate(old) if other == word][:count]
        assert sorted(i for i in found.old if old[i] == word) == firsts


def test_words_that_are_not_there_pair_nothing() -> None:
    """Null is no word that two records share, but two that have one are still paired."""
    old, new = (pa.table({"x": pa.array(side, pa.string())}) for side in ([None, "a"], ["a", None]))

    found = match(old, new, ["x"], nulls=False)

    assert [side.tolist() for side in (found.old, found.new)] == [[1], [0]]
    assert [side.tolist() for side in (found.removed, found.added)] == [[0], [1]]


@given(TEXT, TEXT)
def test_the_first_difference_is_where_python_finds_it(old: str, new: str) -> None:
    """The length of the common beginning, in code points."""
    common = 0
    while common < min(len(old), len(new)) and old[common] == new[common]:
        common += 1

    assert first_difference(old, new) == common


def test_a_list_has_grown_only_if_all_it_had_is_there_in_order() -> None:
    """More entries are fine, anywhere; other values, another order and fewer are not."""
    kind = pa.list_(pa.struct([("id", pa.string()), ("x", pa.int64()), ("voice", pa.string())]))

    def one(name: str, x: int = 0, voice: str | None = None) -> Row:
        return {"id": name, "x": x, "voice": voice}

    cases: list[tuple[list[Row], list[Row], bool]] = [
        ([], [one("a")], True),
        ([one("a")], [one("b"), one("a"), one("c")], True),
        ([one("a"), one("b")], [one("b"), one("a")], False),
        ([one("a")], [one("a", x=1), one("b")], False),
        ([one("a")], [one("b")], False),
        ([one("a")], [], False),
        ([one("a")], [one("a", voice="author"), one("b")], True),
        ([one("a", voice="author")], [one("a", voice="quoted")], False),
        ([one("a", voice="author")], [one("a"), one("b")], False),
    ]

    found = has_grown(
        pa.array([case[0] for case in cases], kind),
        pa.array([case[1] for case in cases], kind),
        "id",
        ("voice",),
    )

    assert found.tolist() == [case[2] for case in cases]


SPANS = next(config.schema for config in CONFIGS if config.name == "spans")
LABELS = ("factual", "opinion", "prediction")


def _spans(number: int, rng: random.Random) -> list[Row]:
    """Return spans with ids, places and words of their own; some words occur twice."""
    rows: list[Row] = []
    for n in range(number):
        label = rng.choice(LABELS)
        start = 10 * n
        rows.append(
            {
                "id": f"s{n}",
                "doc_id": f"d{n % 3}",
                "item_id": f"d{n % 3}-i1",
                "set_id": rng.choice(["consensus", "pass_a"]),
                "layer": "claim",
                "label": label,
                "start": start,
                "end": start + 5,
                "text": f"words {n}\r\n👩‍👩‍👧",
                "factuality": label,
                "hedged": rng.random() < 0.5,
                "attribution_ids": rng.choice([None, [], ["a1"]]),
            }
        )
    return rows


def _edit(row: Row, how: str, rng: random.Random) -> Row:
    if how == "moved":
        return {**row, "start": row["start"] + 3, "end": row["end"] + 3}
    if how == "moved elsewhere":
        return {**row, "id": row["id"] + "x", "start": row["start"] + 2, "end": row["end"] + 2}
    if how == "relabelled":
        other = rng.choice([label for label in LABELS if label != row["label"]])
        return {**row, "label": other, "factuality": other}
    if how == "relabelled anew":
        return {**_edit(row, "relabelled", rng), "id": row["id"] + "x"}
    if how == "renamed":
        return {**row, "id": row["id"] + "x"}
    return {**row, "hedged": not row["hedged"]}


EXPECTED = {
    "moved": "moved",
    "moved elsewhere": "moved",
    "relabelled": "relabelled",
    "relabelled anew": "relabelled",
    "renamed": "renamed",
    "edited": "edited",
    "removed": "removed",
    "added": "added",
}


def _counts(table: pa.Table) -> dict[str, int]:
    changes = table["change"].to_pylist()
    return {change: changes.count(change) for change in CHANGES if change in changes}


def _compared(old: list[Row], new: list[Row]) -> pa.Table:
    tables = [pa.Table.from_pylist(rows, schema=SPANS) for rows in (old, new)]
    return compare(TableRows(tables[0]), TableRows(tables[1]), KINDS["spans"])


@given(
    seed=st.integers(0, 10**6),
    number=st.integers(0, 40),
    edits=st.lists(st.sampled_from([*EXPECTED]), max_size=8),
    shuffled=st.booleans(),
    batch=st.sampled_from([1, 2, 7, 32_768]),
)
def test_random_edits_are_found_and_classified(
    seed: int, number: int, edits: list[str], shuffled: bool, batch: int
) -> None:
    """Each edit of another record is found as what it is, no more and no less, in any order.

    Backwards what was added is removed; the rest keeps its name. Nothing differs from itself.
    """
    rng = random.Random(seed)
    old = _spans(number, rng)
    victims = rng.sample(range(number), min(len(edits), number))
    plan = dict(zip(victims, edits, strict=False))
    new, expected = [], dict.fromkeys(CHANGES, 0)
    for place, row in enumerate(old):
        how = plan.get(place)
        if how not in ("removed",):
            new.append(row if how in (None, "added") else _edit(row, how, rng))
        if how == "added":
            text = f"fresh {place}"
            new.append({**row, "id": f"n{place}", "start": 10**6 + place, "text": text})
        if how is not None:
            expected[EXPECTED[how]] += 1
    if shuffled:
        rng.shuffle(new)
    wanted = {change: count for change, count in expected.items() if count}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_BATCH", batch)

        found, back = _compared(old, new), _compared(new, old)

        assert _counts(found) == wanted
        swap = {"added": "removed", "removed": "added"}
        assert _counts(back) == {
            change: wanted[swap.get(change, change)]
            for change in CHANGES
            if swap.get(change, change) in wanted
        }
        assert _compared(new, new).num_rows == 0
    places = [change for change in ("moved", "relabelled", "renamed") if wanted.get(change)]
    major = {*places, "edited", "removed"} & set(wanted)
    due = "major" if major else "minor" if wanted else "patch"
    assert worst({"spans": found}, (), ()) == due


@given(seed=st.integers(0, 10**6))
def test_every_changed_column_is_told_with_both_values(seed: int) -> None:
    """Whichever cell is changed: its column, the value before and the value after."""
    rng = random.Random(seed)
    old = _spans(5, rng)
    row = dict(rng.choice(old))
    column, value = rng.choice(
        [("hedged", None), ("note", "x\u202e"), ("attribution_ids", ["a2"]), ("similarity", 0.25)]
    )
    new = [one if one["id"] != row["id"] else {**one, column: value} for one in old]

    found = _compared(old, new).to_pylist()

    assert [(event["id"], event["column"]) for event in found] == [(row["id"], column)]


def test_a_value_out_of_the_other_types_range_is_the_only_one_that_differs() -> None:
    """A wider type does not make all rows different, whichever side has it."""
    narrow, wide = pa.array([1, 2], pa.int8()), pa.array([1, 500])

    assert differ(narrow, wide).tolist() == differ(wide, narrow).tolist() == [False, True]
    assert differ(pa.array([1, 3]), pa.array([1.0, 3.5])).tolist() == [False, True]


def test_rows_come_in_the_order_asked_for() -> None:
    """Also where they were stored in another one, and none were asked for."""
    table = pa.table({"x": list(range(10)), "y": [str(n) for n in range(10)]})
    stored = TableRows(table)

    taken = reading.take(stored, np.array([7, 2, 2, 9]), ("y",))
    assert taken.to_pylist() == [{"y": "7"}, {"y": "2"}, {"y": "2"}, {"y": "9"}]
    assert reading.take(stored, np.array([], dtype=np.int64), ("y",)).num_rows == 0
