"""Values that follow from annotations and are never annotated themselves."""

from __future__ import annotations

from collections.abc import Iterable

from newspan.model import AnyRecord, Attribution, Item, Span
from newspan.text import quoted_ranges


def check_worthiness(claim: Span) -> str | None:
    """Return ClaimBuster's class of a claim: CFS, UFS or NFS; None for other layers.

    Check-worthy factual, unimportant factual, and non-factual sentences (Hassan et al. 2017,
    "Toward Automated Fact-Checking: Detecting Check-worthy Factual Claims by ClaimBuster"). It is
    None too where nobody said whether a factual claim is check-worthy.
    """
    if claim.layer != "claim":
        return None
    if claim.factuality != "factual":
        return "NFS"
    return {True: "CFS", False: "UFS", None: None}[claim.check_worthy]


def said(record: AnyRecord, attribute: str) -> object:
    """Return an attribute's value; an absent `hedged` of a claim is false, as its schema says."""
    value: object = getattr(record, attribute)
    if attribute == "hedged" and isinstance(record, Span) and record.layer == "claim":
        return bool(value)
    return value


class Voices:
    """Whose wording an item's text is, by its attributions: contents, open scopes and marks.

    Contents and quotation marks are looked up by zone, since neither leaves its paragraph.

    Args:
        text: the document's unaltered text.
        item: the item; all extents are code points in the document.
        spans: the set's spans by id.
        attributions: those that stand in the item.
    """

    def __init__(
        self, text: str, item: Item, spans: dict[str, Span], attributions: Iterable[Attribution]
    ) -> None:
        self._item = item
        self._contents: dict[int, list[_Named]] = {}
        self._scopes: list[_Named] = []
        for attribution in attributions:
            for content in (spans[content_id] for content_id in attribution.content_ids):
                place = self._contents.setdefault(self._zone(content.start, content.end), [])
                place.append((content.start, content.end, attribution.id))
            scope = open_scope(attribution, item, spans)
            if scope is not None:
                self._scopes.append((*scope, attribution.id))
        self._quotes = {z.start: quoted_ranges(text, z.start, z.end) for z in item.zones}

    def voice(self, start: int, end: int) -> str:
        """Return whose wording an extent is.

        quoted: between marks within a content. indirect: in a content, outside marks. framed:
        under an open scope. scare: between marks elsewhere. author: none of these.
        """
        zone = self._zone(start, end)
        marked = any(s <= start and end <= e for s, e in self._quotes.get(zone, ()))
        if _around(self._contents.get(zone, ()), start, end):
            return "quoted" if marked else "indirect"
        if _around(self._scopes, start, end):
            return "framed"
        return "scare" if marked else "author"

    def attribution_ids(self, start: int, end: int) -> list[str]:
        """Return the attributions whose content or open scope an extent stands in.

        Contents come first, then scopes, and within them the innermost first.
        """
        contents = self._contents.get(self._zone(start, end), ())
        around = [*_around(contents, start, end), *_around(self._scopes, start, end)]
        return list(dict.fromkeys(around))

    def _zone(self, start: int, end: int) -> int:
        zone = self._item.zone_of(start, end)
        return -1 if zone is None else zone.start


_Named = tuple[int, int, str]


def _around(extents: Iterable[_Named], start: int, end: int) -> list[str]:
    found = [(right - left, i) for left, right, i in extents if left <= start and end <= right]
    return [name for _, name in sorted(found)]


def open_scope(
    attribution: Attribution, item: Item, spans: dict[str, Span]
) -> tuple[int, int] | None:
    """Return the extent that an open scope governs, from its cue's end; None for a closed one."""
    if attribution.scope != "open" or attribution.cue_id is None:
        return None
    return spans[attribution.cue_id].end, attribution.scope_end or item.end
