"""Values that follow from annotations and are never annotated themselves."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from newspan.model import Attribution, Coverage, Item, Span
from newspan.text import inside_quotes, quoted_ranges


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


class Voices(msgspec.Struct, frozen=True):
    """Whose wording an item's text is, by its attributions: contents, open scopes and marks.

    All extents are code points in the document.
    """

    contents: tuple[tuple[int, int, str], ...]
    scopes: tuple[tuple[int, int], ...]
    quotes: tuple[tuple[int, int], ...]

    def voice(self, start: int, end: int) -> str:
        """Return whose wording an extent is.

        quoted: between marks within a content. indirect: in a content, outside marks. framed:
        under an open scope. scare: between marks elsewhere. author: none of these.
        """
        marked = inside_quotes(start, end, list(self.quotes))
        if self.attribution_ids(start, end):
            return "quoted" if marked else "indirect"
        if any(left <= start and end <= right for left, right in self.scopes):
            return "framed"
        return "scare" if marked else "author"

    def attribution_ids(self, start: int, end: int) -> list[str]:
        """Return the attributions whose content an extent stands in, the innermost first."""
        around = [c for c in self.contents if c[0] <= start and end <= c[1]]
        around.sort(key=lambda content: (content[1] - content[0], content[2]))
        return list(dict.fromkeys(attribution_id for _, _, attribution_id in around))


def voices(
    text: str, item: Item, spans: dict[str, Span], attributions: Iterable[Attribution]
) -> Voices:
    """Return the voices of an item from the attributions that stand in it."""
    contents = []
    scopes = []
    for attribution in attributions:
        for content_id in attribution.content_ids:
            content = spans[content_id]
            contents.append((content.start, content.end, attribution.id))
        if attribution.scope == "open" and attribution.cue_id is not None:
            scopes.append((spans[attribution.cue_id].end, attribution.scope_end or item.end))
    quotes = [pair for zone in item.zones for pair in quoted_ranges(text, zone.start, zone.end)]
    return Voices(tuple(contents), tuple(scopes), tuple(quotes))


def was_looked_at(item_id: str, layer: str, zone: str, coverage: Iterable[Coverage]) -> bool:
    """Tell whether a set's producer looked for a layer in an item's zones of a kind."""
    return any(c.item == item_id and layer in c.layers and zone in c.zones for c in coverage)
