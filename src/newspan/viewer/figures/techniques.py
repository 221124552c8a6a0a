"""Techniques by outlet (an item's origin, or the page it was scraped from), and by voice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from newspan.model import Item
from newspan.viewer.figures import svg
from newspan.viewer.figures.bars import WIDTH, Bar, Label, Panel, bars
from newspan.viewer.figures.basis import Basis, Count, per_thousand
from newspan.viewer.figures.foot import finish
from newspan.viewer.figures.labels import OTHER, SERIES
from newspan.viewer.figures.table import ALL, Figure, Row, Table, drawn
from newspan.viewer.figures.voices import two_parts, voice_title, voices_there

LAYER = "loaded_language"
UNKNOWN = "origin not known"
HEAD = (
    *("outlet", "technique", "items", "spans", "spans without copies", "per 1,000 words"),
    *("per 1,000 words without copies", "words", "words without copies"),
)
VOICE_HEAD = ("technique", "voice", "spans", "spans without copies")


def by_origin(basis: Basis) -> Figure:
    """Return the figure by the outlets that published an item first, as far as known."""
    about = "the outlet that published an item first, as far as its chain of provenance tells"
    return _figure(basis, "techniques-origin", "Techniques by original outlet", about, origin)


def by_page(basis: Basis) -> Figure:
    """Return the figure by the outlets from whose pages items were scraped."""
    about = "the outlet whose page was scraped, which need not have written the text"
    return _figure(basis, "techniques-page", "Techniques by scraped page", about, page)


def origin(basis: Basis, item: Item) -> str:
    """Return the names of an item's original publishers, together where there are several."""
    found = [step.outlet for step in item.chain if step.role == "original_publisher"]
    return "; ".join(_name(basis, each) for each in dict.fromkeys(found)) or UNKNOWN


def page(basis: Basis, item: Item) -> str:
    """Return the name of the outlet whose page was scraped."""
    found = [step.outlet for step in item.chain if step.role == "scraped_publisher"]
    return _name(basis, found[0]) if found else "page not known"


def _name(basis: Basis, outlet: str) -> str:
    there = basis.corpus.outlets.get(outlet)
    return outlet if there is None else there.name


def _figure(
    basis: Basis, name: str, title: str, what: str, group: Callable[[Basis, Item], str]
) -> Figure:
    found = basis.counts
    groups: dict[str, list[Count]] = {}
    for _, item in basis.items:
        if (item.id, LAYER) in found:
            groups.setdefault(group(basis, item), []).append(found[item.id, LAYER])
    rows = [row for each in groups for row in _rows(basis, each, groups[each])]
    table = Table(HEAD, sorted(rows, key=_order(rows)))
    about = (
        f"Spans of loaded language per 1,000 words by technique and by {what}; {basis.said}. "
        f"{basis.copy_rule} Loaded is not false, and words an outlet quotes are counted as well."
    )
    return Figure(name, title, about, _picture(basis, name, title, table), table)


def _rows(basis: Basis, outlet: str, several: Sequence[Count]) -> list[Row]:
    every, own = Counter[str](), Counter[str]()
    for count in several:
        every.update(count.every)
        own.update(count.own)
    words = sum(count.words[0] for count in several)
    own_words = sum(count.words[1] for count in several)
    known = basis.blocks is not None

    def row(technique: str, number: int, number_own: int) -> Row:
        return (
            *(outlet, technique, len(several), number, number_own if known else None),
            per_thousand(number, words),
            per_thousand(number_own, own_words) if known else None,
            *(words, own_words if known else None),
        )

    labels = [label for label in basis.labels(LAYER) if every[label]]
    return [
        row(ALL, every.total(), own.total()),
        *(row(label, every[label], own[label]) for label in labels),
    ]


def _order(rows: Sequence[Row]) -> Callable[[Row], tuple[int, str]]:
    """Return what puts the outlets with most spans first; the rows of each keep their order."""
    totals = {str(row[0]): int(row[3] or 0) for row in rows if row[1] == ALL}
    return lambda row: (-totals[str(row[0])], str(row[0]))


def _picture(basis: Basis, name: str, title: str, table: Table) -> str:
    columns = ("outlet", "technique", "per 1,000 words", *HEAD[3:5], HEAD[6])
    cells = {row[:2]: row[2:] for row in table.cells(*columns)}
    outlets = list(dict.fromkeys(row[0] for row in table.rows))
    shown, others = drawn(outlets, lambda outlet: cells[outlet, ALL][1])
    labels = basis.labels(LAYER)
    if len(labels) > SERIES:
        totals = Counter[str]()
        for _, label, number in table.cells("outlet", "technique", "spans"):
            totals[label] += number
        usual = sorted(labels, key=lambda each: -totals[each])[: SERIES - 1]
        labels = [each for each in labels if each in usual]
    rest = len(labels) < len(basis.labels(LAYER))
    rows: list[Label] = []
    found: list[Bar | None] = []
    for outlet in shown:
        rate, number, _, own_rate = cells[outlet, ALL]
        values = [cells.get((outlet, each), (0,))[0] or 0 for each in labels]
        if rest:
            values.append(max(0.0, round((rate or 0) - sum(values), 1)))
        brackets = "" if own_rate is None else f" ({svg.shown(own_rate, 1)})"
        told = "no words" if rate is None else f"{svg.shown(rate, 1)}{brackets}"
        spans = "span" if number == 1 else "spans"
        found.append(Bar(tuple(values), f"{told}, {number:,} {spans}"))
        rows.append(Label(str(outlet)))
    if others:
        rows.append(Label(f"{len(others):,} other outlets"))
        found.append(Bar((0,) * (len(labels) + rest), "in the table"))
    titles = [basis.title_of(LAYER, "technique", each) for each in labels]
    axis = "spans per 1,000 words (without copies)"
    panel = Panel(
        *("Loaded language", axis if basis.blocks else "spans per 1,000 words"),
        (*titles, *((OTHER,) if rest else ())),
        found,
        (*range(len(labels)), *((svg.REST,) if rest else ())),
    )
    body, high = bars(name, rows, [panel], left=250) if rows and basis.labels(LAYER) else ([], 0.0)
    return finish(basis, name, title, (WIDTH, high), body)


def by_voice(basis: Basis) -> Figure:
    """Return the figure of techniques by voice."""
    every, own = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for span, voice, copied in basis.voices:
        if span.layer == LAYER:
            key = (span.label, voice_title(voice))
            every[key] += 1
            own[key] += not copied
    labels = basis.labels(LAYER)
    voices = voices_there(voice for _, voice in every)
    known = basis.blocks is not None
    rows: list[Row] = []
    for label in labels:
        several = [(every[label, voice], own[label, voice]) for voice in voices]
        for name, number, number_own in (
            (ALL, sum(n for n, _ in several), sum(n for _, n in several)),
            *((voice, *pair) for voice, pair in zip(voices, several, strict=True) if pair[0]),
        ):
            rows.append((label, name, number, number_own if known else None))
    table = Table(VOICE_HEAD, rows)
    title = "Techniques by voice"
    about = (
        "Spans of loaded language by technique and by whose wording it is, as attributions and "
        f"quotation marks tell; {basis.said}. {basis.copy_rule} Quoted words are their "
        "source's; that a text quotes them says nothing of its author's view."
    )
    return Figure("techniques-voice", title, about, _voices(basis, table, voices, title), table)


def _voices(basis: Basis, table: Table, voices: Sequence[str], title: str) -> str:
    name = "techniques-voice"
    cells = {row[:2]: row[2:] for row in table.cells(*VOICE_HEAD)}
    labels = basis.labels(LAYER)
    rows = [Label(basis.title_of(LAYER, "technique", each)) for each in labels]
    found = [
        Bar(
            tuple(cells.get((label, voice), (0,))[0] for voice in voices),
            two_parts(*cells[label, ALL]),
        )
        for label in labels
    ]
    axis = "spans (without copies)" if basis.blocks else "spans"
    panel = Panel("Loaded language", axis, tuple(voices), found)
    body, high = bars(name, rows, [panel], left=250) if rows else ([], 0.0)
    return finish(basis, name, title, (WIDTH, high), body)
