"""How many spans an item has for its words, and which labels, beside the rest of the corpus."""

from __future__ import annotations

from collections import Counter
from math import sqrt

from newspan.model import Item, Span
from newspan.quality.figures import divergence, robust_spread
from newspan.quality.records import LAYERS, Density, ItemDensity
from newspan.quality.view import View

#: An item is far from the corpus from so many standard deviations on.
CUTOFF = 3.0


def density(view: View) -> dict[str, Density]:
    """Return the spans per 1,000 words by layer, in the text that was looked at for it.

    Expected of an item are its words times the corpus's rate, e. Its spans k are compared on a
    scale where counts vary alike, z = 2 (sqrt(k + 3/8) - sqrt(e + 3/8)) (Anscombe 1948, "The
    Transformation of Poisson, Binomial and Negative-Binomial Data"), divided by the spread of all
    items' z where that is above 1 (overdispersion: Spiegelhalter 2005, "Funnel Plots for Comparing
    Institutional Performance"; here 1.4826 times the median absolute deviation). |z| > 3 is far.
    The label mix is compared by the Jensen-Shannon divergence in bits: 0 is equal, 1 disjoint.
    """
    return {layer: found for layer in LAYERS if (found := _layer(layer, view)) is not None}


def _layer(layer: str, view: View) -> Density | None:
    counted: list[tuple[Item, int, Counter[str]]] = []
    for document, item in view.items:
        zones = view.zones(item, layer)
        words = view.words(item, zones, view.corpus.texts[document.id])
        if words:
            starts = {zone.start for zone in zones}
            spans = view.sound.spans_in.get(item.id, ())
            labels = Counter(
                span.label for span in spans if span.layer == layer and _in(span, item, starts)
            )
            counted.append((item, words, labels))
    if not counted:
        return None
    total, mix = sum(words for _, words, _ in counted), Counter[str]()
    for _, _, labels in counted:
        mix.update(labels)
    rate = mix.total() / total
    scores = [_z(labels.total(), words * rate) for _, words, labels in counted]
    spread = max(1.0, robust_spread(scores))
    items = [
        ItemDensity(
            item=item.id,
            words=words,
            spans=labels.total(),
            per_1000_words=round(1000 * labels.total() / words, 1),
            expected=round(words * rate, 1),
            z=round(score / spread, 2),
            far=abs(score / spread) > CUTOFF,
            divergence=round(divergence(labels, mix), 3) if labels else None,
        )
        for (item, words, labels), score in zip(counted, scores, strict=True)
    ]
    items.sort(key=lambda each: (-abs(each.z), each.item))
    return Density(total, mix.total(), round(1000 * rate, 1), tuple(items))


def _z(count: int, expected: float) -> float:
    return 2 * (sqrt(count + 0.375) - sqrt(expected + 0.375))


def _in(span: Span, item: Item, starts: set[int]) -> bool:
    zone = item.zone_of(span.start, span.end)
    return zone is not None and zone.start in starts
