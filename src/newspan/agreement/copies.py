"""Whether a set says the same of a text and of its copies.

Two readers of one text may differ; one reader of two copies of a sentence should not. So the spans
of a set in a copy are carried to the canonical member of its cluster and compared with those there.
It is the counterpart of a figure on PTC-2020: there, spans in paragraphs that occur in two articles
agree with an F1 of 0.374 on extent and technique.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from newspan.agreement.matching import Counts, Unit, exact, matched
from newspan.corpus import AnnotationSet, Corpus
from newspan.model import Run, Span
from newspan.reuse.projection import LAYER, is_copy


class Pair(NamedTuple):
    """A copy with the canonical member of its cluster, and the items that they stand in."""

    cluster: str
    canonical: Span
    canonical_item: str
    copy: Span
    copy_item: str


class Difference(msgspec.Struct, frozen=True):
    """A span that one member has and the other lacks.

    It stands at `start` to `end` in `item`, and would stand at `other_start` to `other_end` in
    `other_item`: code points in the two documents. `missing_in` is "copy" or "canonical".
    """

    cluster: str
    missing_in: str
    item: str
    start: int
    end: int
    text: str
    label: str
    span_id: str
    other_item: str
    other_start: int
    other_end: int


class CopyConsistency(msgspec.Struct, frozen=True):
    """How far a set says the same of copies and of their canonical members.

    Counts are summed over all pairs (micro). `f1` asks for the same extent and label, after the
    copy's offsets are mapped; `iou_f1` for the same label and an IoU of at least 0.5, one to one.
    Both are None where no pair holds a span.
    """

    set_id: str
    layer: str
    #: Pairs of a copy and its canonical member; those of which some text was looked at in both.
    pairs: int
    looked_at: int
    #: Those of the latter that hold a span on either side, and those that hold the same ones.
    with_spans: int
    identical: int
    #: Spans compared: in canonical members (once per pair), in copies, in both, matched by IoU.
    canonical_spans: int
    copy_spans: int
    both: int
    matched: int
    f1: float | None
    iou_f1: float | None
    differences: tuple[Difference, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return data


def pairs(blocks: AnnotationSet) -> tuple[Pair, ...]:
    """Return each copy with its canonical member, by the place of the copy.

    Candidates for translations and blocks that are unsure are left out, as in projection.
    """
    heads = {
        span.cluster: span
        for span in blocks.spans.values()
        if span.layer == LAYER and span.copy_role == "canonical" and not span.unsure
    }
    found = [
        Pair(head.cluster or "", head, blocks.item_of[head.id], span, blocks.item_of[span.id])
        for span in blocks.spans.values()
        if is_copy(span) and (head := heads.get(span.cluster)) is not None
    ]
    return tuple(sorted(found, key=lambda p: (p.copy_item, p.copy.start, p.copy.end, p.copy.id)))


def copy_consistency(
    annotations: AnnotationSet, blocks: AnnotationSet, corpus: Corpus, layer: str
) -> CopyConsistency:
    """Return how far a set's spans in copies are those of the canonical members.

    Compared are the spans that lie wholly within one run of identical text of the copy's alignment
    (`Run`), on either side, where the zone that a span stands in, and the zone that it would stand
    in on the other side, were both looked at for the layer. A span over the end of a run, where the
    wordings part, is in neither count. A span's label is its factuality, role or technique.

    Variant of F1: micro, 2 * both / (spans in canonical members + spans in copies). A canonical
    member with several copies is counted with each of them. A text and its copies are one
    producer's work here, so this is self-consistency, not agreement between producers.

    Args:
        annotations: the set whose consistency is asked for.
        blocks: a set with the layer duplicate_block.
        corpus: the corpus that both belong to.
        layer: claim, attribution (role spans) or loaded_language.
    """
    found = pairs(blocks)
    looked_at = with_spans = identical = 0
    left_total = right_total = both_total = matched_total = 0
    differences: list[Difference] = []
    for pair in found:
        sides = _sides(pair, annotations, corpus, layer)
        runs = [run for run in pair.copy.alignment or () if _looked_at_somewhere(run, *sides)]
        if not runs:
            continue
        looked_at += 1
        left, right = (
            list(_spans(side, runs, annotations, layer)) for side in (sides, sides[::-1])
        )
        a, b = [unit for _, unit, _ in left], [unit for _, unit, _ in right]
        both = exact(a, b)
        with_spans += bool(a or b)
        identical += bool(a or b) and both == len(a) == len(b)
        left_total, right_total = left_total + len(a), right_total + len(b)
        both_total += both
        matched_total += len(matched(a, b))
        differences += _differences(pair, left, right, corpus)
    return CopyConsistency(
        set_id=annotations.info.id,
        layer=layer,
        pairs=len(found),
        looked_at=looked_at,
        with_spans=with_spans,
        identical=identical,
        canonical_spans=left_total,
        copy_spans=right_total,
        both=both_total,
        matched=matched_total,
        f1=Counts(both_total, left_total, right_total).f1,
        iou_f1=Counts(matched_total, left_total, right_total).f1,
        differences=tuple(differences),
    )


class _Side(NamedTuple):
    """A member of a pair: its item, and those of its zones that were looked at."""

    item: str
    zones: tuple[tuple[int, int], ...]
    is_copy: bool


def _sides(
    pair: Pair, annotations: AnnotationSet, corpus: Corpus, layer: str
) -> tuple[_Side, _Side]:
    """Return the canonical member and the copy."""

    def side(item: str, span: Span, *, is_copy: bool) -> _Side:
        zones = corpus.items[item][1].zones if item in corpus.items else ()
        here = tuple(
            (zone.start, zone.end)
            for zone in zones
            if zone.start < span.end and span.start < zone.end
            if (item, layer, zone.kind) in annotations.looked_at
        )
        return _Side(item, here, is_copy)

    return (
        side(pair.canonical_item, pair.canonical, is_copy=False),
        side(pair.copy_item, pair.copy, is_copy=True),
    )


def _looked_at_somewhere(run: Run, canonical: _Side, copy: _Side) -> bool:
    """Tell whether a character of a run was looked at on both sides."""
    shift = run.start - run.canonical_start
    return any(
        max(a, c - shift, run.canonical_start) < min(b, d - shift, run.canonical_end)
        for a, b in canonical.zones
        for c, d in copy.zones
    )


_Placed = tuple[Span, Unit, int]


def _spans(
    sides: tuple[_Side, _Side], runs: list[Run], annotations: AnnotationSet, layer: str
) -> Iterator[_Placed]:
    """Yield the first side's spans, as units in the canonical text, and how far the copy is on."""
    here, there = sides
    for span in annotations.spans_in.get(here.item, ()):
        if span.layer != layer or not _inside(span.start, span.end, here.zones):
            continue
        for run in runs:
            shift = run.start - run.canonical_start
            start, end = run.canonical_start, run.canonical_end
            to_other, to_canonical = shift, 0
            if here.is_copy:
                start, end = run.start, run.end
                to_other, to_canonical = -shift, -shift
            within = start <= span.start and span.end <= end
            if within and _inside(span.start + to_other, span.end + to_other, there.zones):
                unit = Unit(span.start + to_canonical, span.end + to_canonical, span.label)
                yield span, unit, shift
                break


def _inside(start: int, end: int, zones: Sequence[tuple[int, int]]) -> bool:
    return any(a <= start and end <= b for a, b in zones)


def _differences(
    pair: Pair, left: list[_Placed], right: list[_Placed], corpus: Corpus
) -> Iterator[Difference]:
    """Yield what one side lacks, in text order of the canonical member."""
    found = []
    for side, others, missing_in in ((left, right, "copy"), (right, left, "canonical")):
        rest = [unit for _, unit, _ in others]
        for span, unit, shift in side:
            if unit in rest:
                rest.remove(unit)
                continue
            from_canonical = missing_in == "copy"
            here, there = pair.canonical_item, pair.copy_item
            to_other = shift
            if not from_canonical:
                here, there, to_other = there, here, -shift
            text = corpus.texts[corpus.items[here][0].id][span.start : span.end]
            found.append(
                (
                    (unit.start, unit.end, unit.label, missing_in),
                    Difference(
                        pair.cluster,
                        missing_in,
                        here,
                        span.start,
                        span.end,
                        text,
                        unit.label,
                        span.id,
                        there,
                        span.start + to_other,
                        span.end + to_other,
                    ),
                )
            )
    found.sort(key=lambda each: each[0])
    yield from (difference for _, difference in found)
