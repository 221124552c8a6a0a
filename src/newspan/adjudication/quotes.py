"""Extents that a decision gives as words of a paragraph, for those who can't count characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from newspan.adjudication.extents import Extent
from newspan.checks.extents import clip
from newspan.model import Item
from newspan.text import occurrences

#: The keys of an extent that is given in words.
FIELDS = ("quote", "occurrence", "paragraph")


class QuoteError(ValueError):
    """Words that stand nowhere, or in several places; `id` is the problem's."""

    def __init__(self, problem_id: str, message: str) -> None:
        """Keep the problem's id."""
        super().__init__(message)
        self.id = problem_id


def located(
    record: dict[str, Any], text: str, item: Item, context: Sequence[Extent]
) -> dict[str, Any]:
    """Return a record with `start`, `end` and `text`, however its extent is given.

    Args:
        record: a record with `quote` (verbatim words), `occurrence` (which match, from 1, in text
            order, by `text.occurrences`; not needed where there is but one) and `paragraph` (where
            its zone starts; `context` if not given); or with `start` and `end`; or with neither.
        text: the document's unaltered text.
        item: the item.
        context: the extents of the zones to search in.

    Raises:
        QuoteError: when the words are not there, or it isn't clear which are meant.
    """
    found = {key: value for key, value in record.items() if key not in FIELDS}
    if "quote" in record:
        found["start"], found["end"] = _find(record, text, item, context)
        found["text"] = text[found["start"] : found["end"]]
    elif "text" not in found and {"start", "end"} <= set(found):
        found["text"] = text[found["start"] : found["end"]]
    return found


def _find(record: dict[str, Any], text: str, item: Item, context: Sequence[Extent]) -> Extent:
    quote = record["quote"]
    within = list(context)
    if "paragraph" in record:
        at = record["paragraph"]
        within = [(zone.start, zone.end) for zone in item.zones if zone.start == at]
        if not within:
            raise QuoteError("paragraph-unknown", f"{item.id} has no zone that starts at {at}")
    places = [place for zone in within for place in occurrences(text, quote, *zone)]
    if not places:
        message = f"{clip(quote)} does not stand there, character for character"
        raise QuoteError("quote-not-verbatim", message)
    number = record.get("occurrence")
    if number is None and len(places) > 1:
        message = f"{clip(quote)} stands there {len(places)} times: say which occurrence"
        raise QuoteError("quote-ambiguous", message)
    chosen = number or 1
    if chosen > len(places):
        message = f"{clip(quote)} stands there {len(places)} time(s); there is no {chosen}."
        raise QuoteError("occurrence-out-of-range", message)
    start = places[chosen - 1]
    return start, start + len(quote)
