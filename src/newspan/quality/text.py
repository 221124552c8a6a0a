"""A quality report as text for people: narrow tables, and Markdown for a datasheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from newspan.checks.extents import clip
from newspan.quality import peers
from newspan.quality.catalogue import KINDS
from newspan.quality.records import LAYERS, Report, SetReport, Where

#: How many places a list shows before it says how many more there are.
SHOWN = 3
_STRINGS = 8
_SHORT = {"claim": "claim", "attribution": "attrib.", "loaded_language": "loaded"}


def report_lines(report: Report) -> Iterator[str]:
    """Yield a report as lines of text."""
    if not report.sets:
        yield "No set holds claims, attributions or loaded language yet."
    for name, one in report.sets.items():
        yield from _set_lines(name, one)


def _set_lines(name: str, one: SetReport) -> Iterator[str]:
    spans = ", ".join(f"{layer} {number:,}" for layer, number in one.spans.items())
    total = f"{sum(one.spans.values()):,} spans" + (f" ({spans})" if spans else "")
    yield f"== {name}: {total}, {one.attributions:,} attributions"
    if not one.spans and not one.attributions:
        yield from ("   it holds no claims, attributions or loaded language", "")
        return
    yield from (f"   note: {note}" for note in one.notes)
    yield ""
    yield "Look at first"
    rows = [(line.kind, f"{line.count:,}", line.text, line.list) for line in one.summary]
    yield from _table(("", "n", "what", f"in --json, under quality.sets.{name}"), rows, "lrll")
    if not rows:
        yield "  nothing stands out"
    yield from _lint_lines(one)
    yield from _consistency_lines(one)
    yield from _copy_lines(one)
    yield from _length_lines(one)
    yield from _density_lines(one)
    yield from _label_lines(one)
    yield ""


def _lint_lines(one: SetReport) -> Iterator[str]:
    shown = {
        lint: result
        for lint, result in one.lints.items()
        if result.count or (result.ptc_2020 is not None and result.n)
    }
    yield ""
    yield "Lints: n of the records they look at, per 1,000 of these; PTC per 1,000 spans"
    rows = [
        (
            lint,
            *(str(r.by_layer.get(layer, 0) or "·") for layer in LAYERS),
            f"{r.count:,}",
            f"{r.n:,}",
            _rate(r.rate),
            _rate(r.ptc_2020),
            "" if r.ptc_2019 is None else f"{r.ptc_2019:,} spans",
        )
        for lint, r in shown.items()
    ]
    head = ("lint", *_SHORT.values(), "found", "n", "/1,000", "PTC-2020", "PTC-2019")
    yield from _table(head, rows, "lrrrrrrrr")
    yield f"  {len(one.lints) - len(shown)} other lints found nothing"
    worst = sorted(shown.items(), key=lambda pair: KINDS.index(pair[1].kind))
    for lint, result in worst:
        if result.count:
            yield f"  {lint}, {result.kind}: {result.title}"
            yield from _place_lines(result.places)


def _place_lines(places: Sequence[Where]) -> Iterator[str]:
    for place in places[:SHOWN]:
        detail = f"  ({_shown(place.detail)})" if place.detail else ""
        yield f"    {_at(place)} {clip(place.text)}{detail}"
    if len(places) > SHOWN:
        yield f"    and {len(places) - SHOWN:,} more"


def _at(place: Where) -> str:
    at = f"{_shown(place.file)}:{place.line}"
    return at if place.start is None else f"{at} (characters {place.start}-{place.end})"


def _consistency_lines(one: SetReport) -> Iterator[str]:
    if not one.consistency:
        return
    yield ""
    yield "Repeated strings (at two annotated places or more): share of all their n occurrences"
    rows, splits = [], []
    for by_label in one.consistency.values():
        for label, found in by_label.items():
            _, n = peers.REPEATED.get(label, (None, 0))
            peer = "" if found.ptc_2020 is None else f"{found.ptc_2020:.1%} of {n:,}"
            outcomes = (found.exact, found.covered, found.partly, found.other, found.none)
            shown = (f"{number:,}" for number in (found.strings, found.occurrences, *outcomes))
            rows.append((label, f"{found.share:.1%}", *shown, peer))
            by = {**found.by_voice, **found.by_zone}
            parts = (f"{name} {have}/{n}" for name, (have, n) in by.items())
            splits.append(f"  {label} by voice and zone: {', '.join(parts)}")
    head = (
        "label",
        "share",
        "strings",
        "n",
        "exact",
        "covered",
        "partly",
        "other",
        "none",
        "PTC-2020",
    )
    yield from _table(head, rows, "lrrrrrrrrr")
    yield from splits
    worst = sorted(
        (
            (string, label)
            for by_label in one.consistency.values()
            for label, found in by_label.items()
            for string in found.inconsistent
        ),
        key=lambda pair: (-pair[0].suspicion, pair[0].string),
    )
    if worst:
        yield "  Most suspicious: suspicion, annotated / n, missing beside the same words"
    strings = [
        (
            f"{s.suspicion:.2f}",
            f"{s.annotated}/{s.occurrences}",
            str(s.same_context),
            label,
            clip(s.string, 40),
        )
        for s, label in worst[:_STRINGS]
    ]
    yield from _table(("", "", "", "", ""), strings, "rrrll", head_too=False)
    if len(worst) > _STRINGS:
        yield f"    and {len(worst) - _STRINGS:,} more strings"


def _copy_lines(one: SetReport) -> Iterator[str]:
    rows = [
        (
            layer,
            "none" if same.f1 is None else f"{same.f1:.3f}",
            "none" if same.iou_f1 is None else f"{same.iou_f1:.3f}",
            f"{same.identical:,} of {same.with_spans:,}",
            f"{same.canonical_spans + same.copy_spans:,}",
        )
        for layer, same in one.copies.items()
        if same.with_spans
    ]
    if rows:
        yield ""
        peer = f"PTC-2020: {peers.COPIES_F1}"
        yield f"Copies: F1 of extent and label with the canonical block ({peer})"
        head = ("layer", "F1", "F1, IoU 0.5", "pairs alike", "spans")
        yield from _table(head, rows, "lrrrr")


def _length_lines(one: SetReport) -> Iterator[str]:
    if not one.lengths:
        return
    yield ""
    yield "Lengths in words, by white space (last the median in characters)"
    rows = [
        (
            label,
            f"{found.n:,}",
            _number(found.words.median),
            _number(found.words.mean),
            _number(found.words.p90),
            _number(found.words.p99),
            str(found.words.max),
            "" if found.ptc_2020_median is None else _number(found.ptc_2020_median),
            _number(found.characters.median),
        )
        for by_label in one.lengths.values()
        for label, found in by_label.items()
    ]
    head = ("label", "n", "median", "mean", "p90", "p99", "max", "PTC median", "characters")
    yield from _table(head, rows, "lrrrrrrrr")


def _density_lines(one: SetReport) -> Iterator[str]:
    if not one.density:
        return
    yield ""
    yield "Spans per 1,000 words of the text looked at"
    rows: list[tuple[str, ...]] = []
    for layer, dense in one.density.items():
        rows.append(
            (
                layer,
                "all",
                f"{dense.words:,}",
                f"{dense.spans:,}",
                f"{dense.per_1000_words}",
                "",
                "",
                "",
            )
        )
        far = [item for item in dense.items if item.far]
        for item in far[:_STRINGS]:
            mix = "" if item.divergence is None else f"{item.divergence:.2f}"
            numbers = (
                f"{item.words:,}",
                f"{item.spans:,}",
                f"{item.per_1000_words}",
                f"{item.expected}",
            )
            rows.append(("", item.item, *numbers, f"{item.z:+.1f}", mix))
        if len(far) > _STRINGS:
            rows.append(("", f"and {len(far) - _STRINGS} more", *[""] * 6))
    head = ("layer", "item", "words", "spans", "/1,000", "expected", "z", "JSD")
    yield from _table(head, rows, "llrrrrrr")
    yield "  shown are items with |z| > 3; JSD: how far their label mix is from the set's, in bits"


def _label_lines(one: SetReport) -> Iterator[str]:
    for number, said in ((0, "never used"), (1, "used once")):
        labels = [f"{use.attribute} {use.label}" for use in one.labels if use.count == number]
        labels = [label if len(set(label.split())) > 1 else label.split()[0] for label in labels]
        if labels:
            yield ""
            yield f"Labels {said}: {', '.join(labels)}"


def _table(
    head: Sequence[str], rows: Iterable[Sequence[str]], sides: str, *, head_too: bool = True
) -> Iterator[str]:
    lines = [*([head] if head_too else []), *rows]
    if len(lines) == head_too:
        return
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        cells = (
            cell.rjust(width) if side == "r" else cell.ljust(width)
            for cell, width, side in zip(line, widths, sides, strict=True)
        )
        yield "  " + "  ".join(cells).rstrip()


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _rate(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.1f}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
