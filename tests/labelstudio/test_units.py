"""Offsets of old exports count UTF-16 units; value.text tells, however mangled."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from labelstudio_cases import hostile_texts, mangled
from newspan.labelstudio.units import unit_of
from newspan.offsets import OffsetMap

TEXT = "🙂 The ferry 🚢 leaves\r\nat noon."


def labelled(text: str, start: int, end: int, told: object) -> dict[str, Any]:
    """Return a region's result."""
    return {"value": {"start": start, "end": end, "text": told, "labels": ["factual"]}}


@given(hostile_texts, st.data())
def test_code_points_are_never_taken_for_utf_16(text: str, data: st.DataObject) -> None:
    """However a browser writes the words, offsets in code points are read as such."""
    results = []
    for _ in range(data.draw(st.integers(0, 4))):
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        results.append(labelled(text, start, end, mangled(text[start:end])))

    assert unit_of(results, text) == "code points"


def test_utf_16_units_are_recognised() -> None:
    """One region whose words only fit the other unit is enough; the rest may fit both."""
    start = TEXT.index("leaves")
    units = OffsetMap(TEXT)
    old = labelled(TEXT, units.to_utf16(start), units.to_utf16(start + 6), "leaves")
    assert unit_of([old], TEXT) == "utf-16"
    assert unit_of([labelled(TEXT, 0, 2, "nothing of it"), old, 5, {"value": 1}], TEXT) == "utf-16"


def test_a_region_behind_the_text_in_code_points_may_be_inside_in_units() -> None:
    """An extent that ends behind the text is what old exports look like at a text's end."""
    units = OffsetMap(TEXT)
    end = units.to_utf16(len(TEXT))

    assert unit_of([labelled(TEXT, end - 5, end, "noon.")], TEXT) == "utf-16"


def test_both_units_in_one_annotation_are_contradictory() -> None:
    """No reading is safe then."""
    start = TEXT.index("leaves")
    new = labelled(TEXT, start, start + 6, "leaves")
    old = labelled(TEXT, start + 2, start + 8, "leaves")

    assert unit_of([new, old], TEXT) == "contradictory"


def test_without_wide_characters_units_are_the_same() -> None:
    """Whatever value.text says."""
    assert unit_of([labelled("at noon", 0, 2, "noon")], "at noon") == "code points"
    assert unit_of([labelled("«بندر»", 0, 2, "x")], "«بندر»") == "code points"
