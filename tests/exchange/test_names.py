from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from newspan.exchange.names import mint, record_id

ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def test_ids_are_minted_from_names_alone() -> None:
    """A valid name stays, any other is shown and told apart by its hash."""
    assert mint("111") == "111" and mint("old-quay_2") == "old-quay_2"
    assert mint("Old Quay, part 2") == "old_quay_part_2-eb9ade12"
    assert mint("old quay, part 2") != mint("Old Quay, part 2")
    assert mint("a" * 64) == "a" * 64 and len(mint("a" * 65)) <= 48
    assert ID.fullmatch(record_id("a" * 64, "span", 10**9))
    assert record_id("a" * 64, "span", 1) != record_id("a" * 63, "span", 1)
    assert mint("بندر").startswith("d-")


@given(st.text(), st.text(), st.integers(1, 10**9))
def test_ids_are_valid_and_apart(first: str, second: str, number: int) -> None:
    """Every name gives a valid id with room for its records, and no two names the same."""
    for kind in ("span", "attribution", "link"):
        assert ID.fullmatch(record_id(mint(first), kind, number))
    assert (mint(first) == mint(second)) == (first == second)
