"""Voices by layer: whose wording the marked words are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from newspan.viewer.figures import svg
from newspan.viewer.figures.bars import WIDTH, Bar, Label, Panel, bars
from newspan.viewer.figures.basis import LAYER_TITLES, Basis
from newspan.viewer.figures.foot import finish
from newspan.viewer.figures.table import ALL, Figure, Row, Table

#: Each voice, in order, with what it means.
VOICES = {
    "author": "the text's own words",
    "quoted": "a source's, in quotation marks",
    "indirect": "a source's, perhaps reworded",
    "framed": "under a source named earlier",
    "scare": "in quotation marks, of no source",
}
UNKNOWN = "not known"
HEAD = ("layer", "voice", "spans", "share", "spans without copies", "share without copies")
LAYERS = ("claim", "loaded_language")
#: The colours of what is not copied and what is.
COPIED = (0, svg.COPIES)


def voice_title(voice: str | None) -> str:
    """Return a voice's name; where nobody looked for attributions it is not known."""
    return UNKNOWN if voice is None else voice


def voices_there(found: Iterable[str]) -> list[str]:
    """Return the voices that occur, in order."""
    there = set(found)
    return [each for each in (*VOICES, UNKNOWN) if each in there]


def two_parts(number: float, own: float | None) -> str:
    """Return a count, with that without copies in brackets."""
    return svg.shown(number) + ("" if own is None else f" ({svg.shown(own)})")


def figure(basis: Basis) -> Figure:
    """Return the figure."""
    every, own = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for span, voice, copied in basis.voices:
        every[span.layer, voice_title(voice)] += 1
        own[span.layer, voice_title(voice)] += not copied
    table = _table(basis, every, own)
    title = "Voices by layer"
    about = (
        "Claims and spans of loaded language by whose wording they are, as attributions, open "
        f"scopes and quotation marks tell; {basis.said}. {basis.copy_rule} A voice says "
        "whose words they are, never whether they hold."
    )
    return Figure("voices", title, about, _picture(basis, table, title), table)


def _table(basis: Basis, every: Counter[tuple[str, str]], own: Counter[tuple[str, str]]) -> Table:
    known = basis.blocks is not None
    rows: list[Row] = []
    for layer in LAYERS:
        voices = voices_there(voice for of, voice in every if of == layer)
        total = sum(every[layer, voice] for voice in voices)
        rest = sum(own[layer, voice] for voice in voices)
        if not voices:
            continue
        rows.append((layer, ALL, total, 1.0, rest if known else None, _share(rest, rest, known)))
        for voice in voices:
            number, number_own = every[layer, voice], own[layer, voice]
            share = _share(number_own, rest, known)
            mine = number_own if known else None
            rows.append((layer, voice, number, round(number / total, 3), mine, share))
    return Table(HEAD, rows)


def _share(number: int, total: int, known: bool) -> float | None:
    return round(number / total, 3) if known and total else None


def _picture(basis: Basis, table: Table, title: str) -> str:
    cells = {row[:2]: row[2:] for row in table.cells(*HEAD)}
    layers = [layer for layer in LAYERS if (layer, ALL) in cells]
    voices = voices_there(voice for _, voice in cells)
    rows = [Label(voice, VOICES.get(voice, "nobody looked for attributions")) for voice in voices]
    panels = []
    for layer in layers:
        found: list[Bar | None] = []
        for voice in voices:
            number, share, own, own_share = cells.get((layer, voice), (0, 0.0, None, None))
            if own is None and basis.blocks is not None:
                own, own_share = 0, 0.0
            shares = f"{100 * share:.0f} %"
            if own_share is not None:
                shares += f" ({100 * own_share:.0f} %)"
            values = (number,) if own is None else (own, number - own)
            found.append(Bar(values, f"{two_parts(number, own)}, {shares}"))
        series = ("not copied", "in copies") if basis.blocks else ("spans",)
        axis = "spans (without copies)" if basis.blocks else "spans"
        panels.append(Panel(LAYER_TITLES[layer], axis, series, found, COPIED[: len(series)]))
    body, high = bars("voices", rows, panels, left=270) if panels else ([], 0.0)
    return finish(basis, "voices", title, (WIDTH, high), body)
