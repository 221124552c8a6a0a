"""Whether a string that is annotated here is annotated there too: label consistency.

Dickinson & Meurers 2003, "Detecting Errors in Part-of-Speech Annotation", look for a word that has
different labels in one context (variation n-grams). Here the word is any annotated string, and
whatever is not annotated counts as a label too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import NamedTuple

from newspan.derive import Voices
from newspan.model import Document, Item, Span, Zone
from newspan.quality import peers
from newspan.quality.occurrences import Hit, Strings, folded
from newspan.quality.records import LAYERS, Consistency, RepeatedString, Where
from newspan.quality.view import View

#: A string is looked for from so many annotated places on.
LEAST_PLACES = 2
#: So many places of a string are listed, those without the label first.
MOST_PLACES = 1000

_OUTCOMES = ("exact", "covered", "partly", "other", "none")
_ANNOTATED = frozenset({"exact", "covered"})


class _Occurrence(NamedTuple):
    hit: Hit
    outcome: str
    span: Span | None
    voice: str | None
    zone: str
    reader: _Reader

    @property
    def annotated(self) -> bool:
        return self.outcome in _ANNOTATED


def consistency(view: View) -> dict[str, dict[str, Consistency]]:
    """Return by layer and label at how many occurrences of its repeated strings it is annotated.

    A string is the case-folded surface of a span; it counts for a label where at least two places
    have it with the label. Its occurrences are all places in the text that was looked at for the
    layer where it stands as whole words. Each is, in this order:

    exact: a span of the label has just this extent. covered: a longer one holds it. other: a span
    of another label has or holds it, contents aside, which hold whole sentences. partly: a span of
    the label overlaps it. none: none of these.

    A label's share is (exact + covered) / all. Claims and loaded words are counted by voice too,
    where attributions were looked at.
    """
    return {
        layer: found
        for layer in LAYERS
        if view.annotation_set.holds(layer) and (found := _layer(layer, view))
    }


def _layer(layer: str, view: View) -> dict[str, Consistency]:
    places = {
        (folded(span.text), span.label, view.sound.item_of[span.id], span.start, span.end)
        for span in view.sound.spans.values()
        if span.layer == layer
    }
    uses = Counter((string, label) for string, label, *_ in places)
    labels: dict[str, list[str]] = {}
    for (string, label), number in sorted(uses.items()):
        if number >= LEAST_PLACES:
            labels.setdefault(string, []).append(label)
    surfaces = {
        span.text
        for span in view.sound.spans.values()
        if span.layer == layer and folded(span.text) in labels
    }
    found: dict[tuple[str, str], list[_Occurrence]] = {}
    strings = Strings(surfaces)
    for document, item in view.items:
        reader = _Reader(layer, view, document, item)
        for zone in view.zones(item, layer):
            for hit in dict.fromkeys(strings.hits(reader.text, zone.start, zone.end)):
                for label in labels[hit.string]:
                    occurrence = reader.occurrence(hit, label, zone)
                    found.setdefault((label, hit.string), []).append(occurrence)
    by_label: dict[str, dict[str, list[_Occurrence]]] = {}
    for (label, string), occurrences in sorted(found.items()):
        by_label.setdefault(label, {})[string] = occurrences
    return {label: _figures(label, strings) for label, strings in by_label.items()}


class _Reader:
    """One item's spans of a layer, by zone, and whose wording it is."""

    def __init__(self, layer: str, view: View, document: Document, item: Item) -> None:
        self.text = view.corpus.texts[document.id]
        self._layer, self._item, self._document = layer, item, document
        self._file = f"corpus/raw/{document.file}"
        self._lines = view.line_starts(document)
        self._spans: dict[int, list[Span]] = {}
        starts = [zone.start for zone in item.zones]
        for span in view.sound.spans_in.get(item.id, ()):
            if span.layer == layer:
                for zone in item.zones[max(0, bisect_right(starts, span.start) - 1) :]:
                    if zone.start >= span.end:
                        break
                    self._spans.setdefault(zone.start, []).append(span)
        has_voice = layer != "attribution"
        self._voices: Voices | None = view.voices(document, item) if has_voice else None
        self._voiced = {z.start for z in view.zones(item, "attribution")}

    def occurrence(self, hit: Hit, label: str, zone: Zone) -> _Occurrence:
        """Return what is annotated at an occurrence, from a label's point of view."""
        around = [
            span
            for span in self._spans.get(zone.start, ())
            if span.start < hit.end and hit.start < span.end
        ]
        outcome, span = _outcome(hit, label, around)
        voice = None
        if self._voices is not None and zone.start in self._voiced:
            voice = self._voices.voice(hit.start, hit.end)
        return _Occurrence(hit, outcome, span, voice, zone.kind, self)

    def where(self, occurrence: _Occurrence, label: str) -> Where:
        """Return the place of an occurrence, in the raw text."""
        hit, span, outcome = occurrence.hit, occurrence.span, occurrence.outcome
        return Where(
            self._file,
            bisect_right(self._lines, hit.start),
            self._item.id,
            hit.start,
            hit.end,
            self.text[hit.start : hit.end],
            None if span is None else span.id,
            self._layer,
            label,
            outcome if outcome != "other" or span is None else f"other: {span.label}",
        )


def _outcome(hit: Hit, label: str, around: list[Span]) -> tuple[str, Span | None]:
    own = [span for span in around if span.label == label]
    holding = [span for span in around if span.start <= hit.start and hit.end <= span.end]
    for span in own:
        if (span.start, span.end) == (hit.start, hit.end):
            return "exact", span
    for span in holding:
        if span.label == label:
            return "covered", span
    holding = [
        span
        for span in holding
        if span.role != "content" or (span.start, span.end) == (hit.start, hit.end)
    ]
    if holding:
        return "other", min(holding, key=lambda span: (span.end - span.start, span.id))
    return ("partly", own[0]) if own else ("none", None)


def _figures(label: str, strings: dict[str, list[_Occurrence]]) -> Consistency:
    every = [occurrence for occurrences in strings.values() for occurrence in occurrences]
    counts = Counter(occurrence.outcome for occurrence in every)
    annotated = counts["exact"] + counts["covered"]
    inconsistent = [
        _repeated(string, label, found)
        for string, found in strings.items()
        if not all(occurrence.annotated for occurrence in found)
    ]
    inconsistent.sort(key=lambda each: (-each.suspicion, each.string))
    share, _ = peers.REPEATED.get(label, (None, 0))
    return Consistency(
        strings=len(strings),
        occurrences=len(every),
        annotated=annotated,
        share=round(annotated / len(every), 3),
        **{outcome: counts[outcome] for outcome in _OUTCOMES},
        by_voice=_split([(o.voice, o.annotated) for o in every]),
        by_zone=_split([(o.zone, o.annotated) for o in every]),
        inconsistent=tuple(inconsistent),
        ptc_2020=share,
    )


def _repeated(string: str, label: str, occurrences: list[_Occurrence]) -> RepeatedString:
    """Return a string with its suspicion: how many annotations it would lack, were all alike.

    Each occurrence without the label adds (a + 1) / (n + 2), Laplace's rule of succession, for the
    a of n occurrences that have it: among all, or, if that is more, among those with the same
    neighbour words on both sides.
    """
    everywhere, alike = _Tally(), dict[tuple[str, str], _Tally]()
    for each in occurrences:
        everywhere.add(each)
        alike.setdefault((each.hit.left, each.hit.right), _Tally()).add(each)
    suspicion, same_context = 0.0, 0
    for each in occurrences:
        if not each.annotated:
            near = alike[each.hit.left, each.hit.right]
            same_context += near.annotated > 0
            suspicion += max(everywhere.share, near.share if near.annotated else 0.0)
    shown = sorted(occurrences, key=lambda each: each.annotated)
    return RepeatedString(
        string=string,
        occurrences=everywhere.n,
        annotated=everywhere.annotated,
        same_context=same_context,
        suspicion=round(suspicion, 2),
        places=tuple(each.reader.where(each, label) for each in shown[:MOST_PLACES]),
    )


class _Tally:
    def __init__(self) -> None:
        self.n = self.annotated = 0

    def add(self, occurrence: _Occurrence) -> None:
        self.n += 1
        self.annotated += occurrence.annotated

    @property
    def share(self) -> float:
        return (self.annotated + 1) / (self.n + 2)


def _split(pairs: list[tuple[str | None, bool]]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for name, annotated in pairs:
        if name is not None:
            have, n = found.get(name, (0, 0))
            found[name] = (have + annotated, n + 1)
    return dict(sorted(found.items()))
