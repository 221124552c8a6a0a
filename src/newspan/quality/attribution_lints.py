"""Lints of attributions, and of claims and loaded words beside them."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from newspan.model import Attribution, Span
from newspan.quality.lints import Found
from newspan.quality.view import Seen, View, attribution_place

_WORD = regex.compile(r"[\p{L}\p{N}]")
_CLAUSE = regex.compile(r"(?:that|whether)\b", regex.IGNORECASE)
_SINGLE_MARKS = frozenset("‘'’‚‹›")


def attribution_lints(view: View) -> Iterator[Found]:
    """Yield what a set's attributions show; an id that points to nothing is left to `check`."""
    seen = {each.span.id: each for each in reversed(view.seen)}
    for attribution, placed in view.places():
        for lint, detail in (
            *_source(attribution),
            *_parts(attribution, view, seen),
            *_cue_type(attribution, seen),
        ):
            yield lint, attribution_place(attribution, placed, view, detail)


def _source(attribution: Attribution) -> Iterator[tuple[str, str]]:
    kind, named, name = (
        attribution.source_kind,
        attribution.source_named,
        attribution.source_name,
    )
    if kind == "none" and (attribution.source_ids or named or name):
        yield "kind-none-with-source", ""
    if kind not in (None, "none") and not attribution.source_ids:
        yield "source-missing", f"kind {kind}"
    if name and not named:
        yield "name-without-named", ""
    if named and not name:
        yield "named-without-name", ""


def _parts(
    attribution: Attribution, view: View, seen: dict[str, Seen]
) -> Iterator[tuple[str, str]]:
    contents = [seen[i] for i in attribution.content_ids if i in seen]
    extents = {(each.span.start, each.span.end) for each in contents}
    for source in (seen[i].span for i in attribution.source_ids if i in seen):
        if (source.start, source.end) in extents:
            yield "source-is-content", ""
    if not contents or len(contents) < len(attribution.content_ids):
        return
    cue = seen.get(attribution.cue_id or "")
    wholly = [_is_quoted(each, cue, view) for each in contents]
    partly = [_has_quotation(each, cue, view) for each in contents]
    free_standing = attribution.mode == "direct" and all(wholly)
    if attribution.cue_id is None and not free_standing:
        yield "content-without-cue", ""
    if any(each.span.text[0] in _SINGLE_MARKS for each in contents):
        return  # single marks are also apostrophes: nothing is sure of them
    if attribution.mode == "direct" and not all(wholly):
        yield "mode-against-marks", "direct, but words stand outside quotation marks"
    elif attribution.mode == "indirect" and all(wholly):
        yield "mode-against-marks", "indirect, but all words stand between quotation marks"
    elif attribution.mode == "mixed" and (all(wholly) or not any(partly)):
        yield "mode-against-marks", f"mixed, but {'all' if all(wholly) else 'nothing'} is quoted"


def _cue_type(attribution: Attribution, seen: dict[str, Seen]) -> Iterator[tuple[str, str]]:
    cue = seen.get(attribution.cue_id or "")
    if cue is not None and attribution.cue_type is not None:
        has_word = _WORD.search(cue.span.text) is not None
        if has_word == (attribution.cue_type == "punctuation"):
            yield "cue-type-against-cue", f"{attribution.cue_type}: {cue.span.text}"


def _is_quoted(content: Seen, cue: Seen | None, view: View) -> bool:
    span = content.span
    return any(
        left <= span.start and span.end <= right for left, right in _marks(content, cue, view)
    )


def _has_quotation(content: Seen, cue: Seen | None, view: View) -> bool:
    span = content.span
    return any(left < span.end and span.start < right for left, right in _marks(content, cue, view))


def _marks(content: Seen, cue: Seen | None, view: View) -> Iterator[tuple[int, int]]:
    """Yield the quoted stretches that quote the source.

    Those around the cue quote somebody else, unless the content has their opening mark: one that
    never closes holds to the paragraph's end.
    """
    for left, right in view.quoted(content):
        around = cue is not None and left <= cue.span.start and cue.span.end <= right
        if not around or left == content.span.start:
            yield left, right


def voice_lints(view: View) -> Iterator[Found]:
    """Yield loaded words that straddle a content's border, and claims that hold their own cue."""
    ends = _Ends(view)
    for seen in view.seen:
        span, zone = seen.span, seen.zone
        near = ends.near(seen.item.id, None if zone is None else zone.start)
        if span.layer == "loaded_language":
            for content in near.contents:
                inside = content.start <= span.start and span.end <= content.end
                if not inside and _touch(span, content):
                    yield "straddles-content", seen.where(f"{content.text[:60]}")
                    break
        elif span.layer == "claim":
            yield from _reporting_words(seen, near)


class _Near:
    """The contents, attributions and claims of one zone."""

    def __init__(self) -> None:
        self.contents: list[Span] = []
        self.attributions: list[tuple[list[Span], list[Span]]] = []
        self.claims: list[Span] = []


class _Ends:
    """What stands in each zone, since contents end with their paragraphs."""

    def __init__(self, view: View) -> None:
        self._near: dict[tuple[str, int | None], _Near] = {}
        zone_of: dict[str, int | None] = {}
        for seen in view.seen:
            zone = None if seen.zone is None else seen.zone.start
            zone_of.setdefault(seen.span.id, zone)
            near = self._near.setdefault((seen.item.id, zone), _Near())
            if seen.span.role == "content":
                near.contents.append(seen.span)
            elif seen.span.layer == "claim":
                near.claims.append(seen.span)
        spans = view.sound.spans
        for attribution in view.sound.attributions.values():
            cue = spans.get(attribution.cue_id or "")
            sources = [spans[i] for i in attribution.source_ids]
            reporting = [*sources, *([cue] if cue else [])]
            item = view.sound.item_of[attribution.id]
            for zone in {zone_of.get(i) for i in attribution.content_ids}:
                inside = [spans[i] for i in attribution.content_ids if zone_of.get(i) == zone]
                # A medial adverb stays inside claim and content.
                medial = cue and not sources and any(_holds(each, cue) for each in inside)
                if reporting and not medial and (item, zone) in self._near:
                    self._near[item, zone].attributions.append((reporting, inside))

    def near(self, item_id: str, zone: int | None) -> _Near:
        return self._near[item_id, zone]


def _reporting_words(seen: Seen, near: _Near) -> Iterator[Found]:
    """Yield a claim that holds source or cue of a content that has a clause of its own.

    A content is known to have one where another claim stands in it or it begins with that or
    whether; else the guidelines let the claim hold the reporting words. A claim that goes on around
    the whole attribution holds it in a relative clause.
    """
    claim = seen.span
    for reporting, contents in near.attributions:
        held = [part for part in reporting if _touch(claim, part)]
        inside = [content for content in contents if _touch(claim, content)]
        if not held or not inside:
            continue
        first = min(part.start for part in (*reporting, *contents))
        last = max(part.end for part in (*reporting, *contents))
        around = [seen.text[claim.start : first], seen.text[last : claim.end]]
        if all(map(_WORD.search, around)):
            continue
        if any(_CLAUSE.match(content.text) for content in inside) or any(
            _holds(content, other) and other is not claim
            for content in inside
            for other in near.claims
        ):
            yield "claim-holds-cue", seen.where(held[-1].text)
            return


def _touch(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _holds(one: Span, other: Span) -> bool:
    return one.start <= other.start and other.end <= one.end
