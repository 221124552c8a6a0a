"""Lints of single spans and of spans beside one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import regex

from newspan.model import Span
from newspan.quality.edges import edge_marks, edge_words
from newspan.quality.records import Where
from newspan.quality.view import Seen, View
from newspan.text import cuts_grapheme, cuts_word, trim

#: A finding: the lint's id and the place.
Found = tuple[str, Where]

_LINE_END = regex.compile("[\n\r\v\f\x85\u2028\u2029]")
# Without one of these inside, no sentence ends in a span.
_SENTENCE_END = regex.compile(r"[.!?…؟۔؛।。！？｡]")


def span_lints(view: View) -> Iterator[Found]:
    """Yield what single spans of a set show."""
    yield from view.unusable
    for seen in view.seen:
        for lint, detail in (*_borders(seen), *_edges(seen, view), *_inside(seen, view)):
            yield lint, seen.where(detail)
        for lint in _values(seen.span, view):
            yield lint, seen.where()


def _borders(seen: Seen) -> Iterator[tuple[str, str]]:
    text, start, end = seen.text, seen.span.start, seen.span.end
    for offset, name in ((start, "start"), (end, "end")):
        if cuts_grapheme(text, offset):
            yield "cut-grapheme", f"at its {name}"
        elif cuts_word(text, offset):
            yield "cut-word", f"at its {name}"


def _edges(seen: Seen, view: View) -> Iterator[tuple[str, str]]:
    span = seen.span
    if trim(seen.text, span.start, span.end) != (span.start, span.end):
        yield "edge-space", ""
    marks = edge_marks(seen.text, span, view.quoted(seen))
    if marks:
        yield "edge-punctuation", "; ".join(marks)
    words = edge_words(seen.text, span) if span.layer == "loaded_language" else []
    if words:
        yield "edge-word", "; ".join(words)


def _inside(seen: Seen, view: View) -> Iterator[tuple[str, str]]:
    span = seen.span
    if _LINE_END.search(seen.text, span.start, span.end):
        yield "newline", ""
    if seen.zone is None:
        yield "crosses-zone", ""
    elif span.role != "content" and _crosses_sentence(seen, view):
        yield ("claim-crosses-sentence" if span.layer == "claim" else "crosses-sentence"), ""
    for mark in view.cut_marks(seen)[:1]:
        yield "unbalanced-quote", f"{seen.text[mark]} at {mark}"
    for mark in view.cut_brackets(seen)[:1]:
        yield "unbalanced-bracket", f"{seen.text[mark]} at {mark}"


def _crosses_sentence(seen: Seen, view: View) -> bool:
    start, end = trim(seen.text, seen.span.start, seen.span.end)
    if not _SENTENCE_END.search(seen.text, start, end - 1):
        return False
    return any(start < border < end for _, border in view.sentences(seen))


def _values(span: Span, view: View) -> Iterator[str]:
    if span.check_worthy is not None and span.factuality != "factual":
        yield "check-worthy-not-factual"
    if span.factuality == "factual" and span.check_worthy is None:
        yield "check-worthy-missing"
    if span.technique == "Name_Calling-Labeling" and span.target is None:
        yield "target-missing"
    if span.target is not None and not span.note:
        target = view.corpus.targets.get(span.target)
        if span.target == "other" or (target is not None and target.kind == "other"):
            yield "other-without-note"


def overlap_lints(view: View) -> Iterator[Found]:
    """Yield the spans that stand where another of their layer and label does.

    Nested claims are legal (a relative clause in its main clause), and so are the parts of nested
    attributions: of those only parts of one attribution count. A pair is found at its later span.
    """
    groups: dict[tuple[str, str, str], list[Seen]] = {}
    for seen in view.seen:
        groups.setdefault((seen.item.id, seen.span.layer, seen.span.label), []).append(seen)
    for group in groups.values():
        group.sort(key=lambda seen: (seen.span.start, -seen.span.end))
        yield from _duplicates(group)
        yield from _overlaps(group, view)


def _duplicates(group: Iterable[Seen]) -> Iterator[Found]:
    first: dict[tuple[int, int, str | None], str] = {}
    for seen in group:
        key = (seen.span.start, seen.span.end, seen.span.target)
        if key in first:
            yield "duplicate", seen.where(f"as {first[key]}")
        first.setdefault(key, seen.span.id)


def _overlaps(group: Iterable[Seen], view: View) -> Iterator[Found]:
    before: dict[tuple[int, int], Seen] = {}
    for seen in group:
        span = seen.span
        before = {extent: other for extent, other in before.items() if extent[1] > span.start}
        if (span.start, span.end) in before:
            continue
        for other in before.values():
            nested = span.end <= other.span.end
            if not nested or not _may_nest(span, other.span, view):
                how = "inside" if nested else "overlaps"
                yield "same-label-overlap", seen.where(f"{how} {other.span.id}")
        before[span.start, span.end] = seen


def _may_nest(one: Span, other: Span, view: View) -> bool:
    if one.layer != "attribution":
        return one.layer == "claim"
    of = view.sound.attributions_of
    return not {*of.get(one.id, ())} & {*of.get(other.id, ())}
