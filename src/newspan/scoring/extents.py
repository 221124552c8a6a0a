"""Spans of many texts as arrays: merged where they overlap, and how much they share.

A *lane* is a text, or a text and a label where labels must be the same. All lanes are laid on one
axis, so that spans of different lanes share nothing. Merged spans are disjoint: those that share
text with one of the other side are neighbours: two searches find them, without trying all pairs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

Array = Any

#: Offsets on the axis stay below this.
_MOST = 2**62


class Extents(NamedTuple):
    """Spans, one per row: the number of the text, code points half-open, the label's number."""

    place: Array
    start: Array
    end: Array
    label: Array


class Axis(NamedTuple):
    """Where lanes lie: each has `stride` points, and texts begin at `low`."""

    low: int
    stride: int
    labels: int


class Stretches(NamedTuple):
    """Disjoint spans in their order on an axis, each with its lane."""

    start: Array
    end: Array
    lane: Array


def extents(rows: Iterable[tuple[int, int, int, int]]) -> Extents:
    """Return rows of (place, start, end, label) as arrays."""
    import numpy as np

    table = np.array(list(rows), dtype=np.int64).reshape(-1, 4)
    return Extents(*table.T)


def axis(sides: Iterable[Extents], *, by_label: bool) -> Axis:
    """Return an axis that all the sides' spans fit on.

    Raises:
        ValueError: when offsets are too large to be laid side by side.
    """
    sides = [side for side in sides if len(side.start)]
    if not sides:
        return Axis(0, 1, 1)
    low = min(int(side.start.min()) for side in sides)
    stride = max(int(side.end.max()) for side in sides) - low
    labels = 1 + max(int(side.label.max()) for side in sides) if by_label else 1
    places = 1 + max(int(side.place.max()) for side in sides)
    if places * labels * stride >= _MOST:
        raise ValueError("offsets are too large: no text is that long")
    return Axis(low, stride, labels)


def merged(spans: Extents, on: Axis) -> Stretches:
    """Return spans put together where they share a point; spans that only touch stay apart.

    The lane is that of the text, or where labels count, texts times labels.
    """
    import numpy as np

    lane = spans.place if on.labels == 1 else spans.place * on.labels + spans.label
    shift = lane * on.stride - on.low
    # A stretch begins where all spans that began before have ended: no need to know which start
    # goes with which end, so both are sorted by themselves.
    start, end = (np.sort(each + shift, kind="stable") for each in (spans.start, spans.end))
    ends = np.empty(len(start), dtype=bool)
    ends[-1:] = True
    np.greater_equal(start[1:], end[:-1], out=ends[:-1])
    begins = np.roll(ends, 1)
    start = start[begins]
    return Stretches(start, end[ends], start // on.stride)


class Shared(NamedTuple):
    """Pairs of stretches that share points: their indexes on either side, and how many points."""

    left: Array
    right: Array
    points: Array


def shared(left: Stretches, right: Stretches) -> Shared:
    """Return what two sides share: fewer pairs than there are stretches, as these are disjoint."""
    import numpy as np

    first: Array = np.searchsorted(right.end, left.start, side="right")
    number = np.searchsorted(right.start, left.end, side="left") - first
    some = np.flatnonzero(number)
    first, number = first[some], number[some]
    i = np.repeat(some, number)
    j = np.arange(len(i)) + np.repeat(first - np.cumsum(number) + number, number)
    points = np.minimum(left.end[i], right.end[j]) - np.maximum(left.start[i], right.start[j])
    return Shared(i, j, points)


def overlap_rows(
    reference: Extents,
    predicted: Extents,
    *,
    labels: int,
    group: Array,
    groups: int,
    by_label: bool,
    parts: bool,
) -> Array:
    """Return rows of sums (labels or 1, groups, 4) of what merged spans share.

    Args:
        reference: its spans.
        predicted: those of the prediction.
        labels: how many labels there are.
        group: the group of each text.
        groups: how many groups there are.
        by_label: True to merge and compare within each label, False to ignore labels.
        parts: True to count spans, each by the part of it that is shared; False to count points.
    """
    import numpy as np

    on = axis((reference, predicted), by_label=by_label)
    sides = merged(predicted, on), merged(reference, on)
    both = shared(*sides)
    rows = np.zeros((max(labels, 1) if by_label else 1, groups, 4))
    for side, column, pairs in ((sides[0], 0, both.left), (sides[1], 2, both.right)):
        length = side.end - side.start
        place, label = np.divmod(side.lane, on.labels) if on.labels > 1 else (side.lane, 0)
        key = label * groups + group[place]
        weights = (both.points / length[pairs], None) if parts else (both.points, length)
        for offset, (where, weight) in enumerate(zip((key[pairs], key), weights, strict=True)):
            sums = np.bincount(where, weights=weight, minlength=rows[..., 0].size)
            rows[..., column + offset] = sums.reshape(rows.shape[:2])
    return rows
