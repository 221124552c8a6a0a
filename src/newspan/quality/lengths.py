"""How long a label's spans are, and which of them stand out."""

from __future__ import annotations

from math import log
from statistics import fmean, median

from newspan.quality import peers
from newspan.quality.figures import count_words, percentile, robust_spread
from newspan.quality.records import Length, Lengths, Where
from newspan.quality.view import Seen, View

#: A length stands out from so many robust standard deviations on (Iglewicz & Hoaglin 1993, "How to
#: Detect and Handle Outliers"),
CUTOFF = 3.5
#: in logarithms of words, the deviation being at least so much, since many lengths are equal,
LEAST_SPREAD = 0.25
#: and from so many words beside the median on,
LEAST_WORDS = 5
#: among at least so many spans.
LEAST_SPANS = 5
#: The 99th percentile says something from so many spans on.
LEAST_FOR_P99 = 100


def lengths(view: View) -> dict[str, dict[str, Lengths]]:
    """Return the lengths of a set's spans by layer and label.

    A span of w words stands out where, among the n >= 5 spans of its label with the median m,
    |ln w - ln m| / s > 3.5 and |w - m| >= 5; s is the larger of 0.25 and 1.4826 times the median
    absolute deviation of ln w. Up to half of the spans may be odd without hiding one another.
    """
    groups: dict[tuple[str, str], list[tuple[int, Seen]]] = {}
    for seen in view.seen:
        words = max(1, count_words(seen.span.text))
        groups.setdefault((seen.span.layer, seen.span.label), []).append((words, seen))
    found: dict[str, dict[str, Lengths]] = {}
    for (layer, label), group in sorted(groups.items()):
        found.setdefault(layer, {})[label] = _lengths(label, group)
    return found


def _lengths(label: str, group: list[tuple[int, Seen]]) -> Lengths:
    words = _figures([number for number, _ in group])
    longest = sorted(group, key=lambda pair: (-pair[0], pair[1].item.id, pair[1].span.start))
    beyond = [pair for pair in longest if pair[0] > words.p99]
    return Lengths(
        n=len(group),
        words=words,
        characters=_figures([seen.span.end - seen.span.start for _, seen in group]),
        outliers=_outliers(longest, words.median),
        beyond_p99=_places(beyond) if len(group) >= LEAST_FOR_P99 else (),
        ptc_2020_median=peers.MEDIAN_WORDS.get(label),
    )


def _figures(values: list[int]) -> Length:
    ordered = sorted(values)
    return Length(
        median=float(median(ordered)),
        mean=round(fmean(ordered), 1),
        p90=round(percentile(ordered, 0.9), 1),
        p99=round(percentile(ordered, 0.99), 1),
        max=ordered[-1],
    )


def _outliers(group: list[tuple[int, Seen]], middle: float) -> tuple[Where, ...]:
    if len(group) < LEAST_SPANS:
        return ()
    logs = [log(number) for number, _ in group]
    centre, spread = median(logs), max(LEAST_SPREAD, robust_spread(logs))
    return _places(
        [
            pair
            for pair, value in zip(group, logs, strict=True)
            if abs(value - centre) / spread > CUTOFF and abs(pair[0] - middle) >= LEAST_WORDS
        ]
    )


def _places(group: list[tuple[int, Seen]]) -> tuple[Where, ...]:
    return tuple(seen.where(f"{number} word{'' if number == 1 else 's'}") for number, seen in group)
