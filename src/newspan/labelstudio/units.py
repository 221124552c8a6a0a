"""Which unit an annotation's offsets count: code points, or UTF-16 units as old versions wrote.

`value.text` is not to be trusted as a surface: browsers write line breaks as two characters and
collapse white space. But where the two units point at different words, it tells which was meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from newspan.labelstudio.results import Result, Value, as_result
from newspan.offsets import OffsetError, OffsetMap

Unit = Literal["code points", "utf-16", "contradictory"]


def is_decidable(text: str) -> bool:
    """Tell whether the units differ at all: some characters take two units of UTF-16."""
    # Counted by the encoder: far quicker than looking at each character.
    return not text.isascii() and len(text.encode("utf-16-le", "surrogatepass")) > 2 * len(text)


def unit_of(results: Iterable[Any], text: str) -> Unit:
    """Return the unit that the regions of an annotation count their offsets in.

    A region is decisive where the words at its offsets differ between both units and `value.text`
    is one of them. Without any, offsets are code points; where some decide for the one and some for
    the other, no reading is safe.

    Args:
        results: the list `result` of an annotation; `Result`s, or any JSON.
        text: the task's text.
    """
    if not is_decidable(text):
        return "code points"
    units = OffsetMap(text)
    votes = {vote for each in results if (vote := _vote(as_result(each), text, units))}
    if len(votes) == 2:
        return "contradictory"
    return "utf-16" if "utf-16" in votes else "code points"


def _vote(result: Any, text: str, units: OffsetMap) -> Unit | None:
    value = result.value if isinstance(result, Result) else None
    if not isinstance(value, Value) or not isinstance(value.labels, list):
        return None
    start, end, told = value.start, value.end, value.words()
    if type(start) is not int or type(end) is not int or not isinstance(told, str):
        return None
    words = _plain(told)
    by_points = _plain(text[start:end]) if 0 <= start < end <= len(text) else None
    try:
        by_units = _plain(text[units.from_utf16(start) : units.from_utf16(end)])
    except OffsetError:
        by_units = None
    if not words or by_points == by_units or words not in (by_points, by_units):
        return None
    return "code points" if words == by_points else "utf-16"


def _plain(text: str) -> str:
    """Return what is left of a text whatever a browser makes of its white space."""
    kept = text.replace("\\n", " ")
    return "".join(char for char in kept if char.isprintable() and not char.isspace())
