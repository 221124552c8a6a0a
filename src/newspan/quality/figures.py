"""The few statistics that a quality report needs, in plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2
from statistics import median

import regex

from newspan.text.boundaries import UNSPACED_SCRIPT

_WORDS = regex.compile(rf"{UNSPACED_SCRIPT.pattern}|[^\s{UNSPACED_SCRIPT.pattern[1:-1]}]+")


def count_words(text: str) -> int:
    """Return how many words a text has: stretches without white space.

    A character of a script that puts no spaces between words counts as one. This is how the words
    of PTC's spans are counted; `newspan.reuse.words` splits finer.
    """
    return len(text.split()) if text.isascii() else len(_WORDS.findall(text))


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return a percentile of sorted values by linear interpolation.

    This is type 7 of Hyndman & Fan 1996, "Sample Quantiles in Statistical Packages".
    """
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def robust_spread(values: Sequence[float]) -> float:
    """Return 1.4826 times the median absolute deviation from the median (Hampel 1974).

    It equals the standard deviation where the values are normal, and half of them may be wild.
    """
    middle = median(values)
    return 1.4826 * median(abs(value - middle) for value in values)


def divergence(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the Jensen-Shannon divergence of two distributions given as counts, in bits: 0 to 1.

    Lin 1991, "Divergence Measures Based on the Shannon Entropy". Neither may sum to 0.
    """
    total, total_other = sum(one.values()), sum(other.values())
    found = 0.0
    for key in {*one, *other}:
        p, q = one.get(key, 0) / total, other.get(key, 0) / total_other
        mean = (p + q) / 2
        found += sum(share * log2(share / mean) for share in (p, q) if share) / 2
    return max(0.0, found)
