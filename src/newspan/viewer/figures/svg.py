"""SVG by hand: escaped text, presentation attributes and classes, no style and no script.

A picture stands alone: all its colours are attributes. A page may restyle it through the classes
`f-page` (background), `f-ink` and `f-dim` (text), `f-grid-line`, `f-axis-line` and `f-ink-line`,
`f-c0` to `f-c8` (series), `f-edge` (their borders), `f-hatch` (patterns), `f-tint` (cells),
`f-mark` and `f-hollow` (points), `f-over` (the border of text over lines).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape

from newspan.text import cuts_grapheme

#: Okabe & Ito 2008, "Color Universal Design", in an order whose neighbours differ in lightness too;
#: then two greys, for copies and for the rest.
COLOURS = (
    *("#0072b2", "#e69f00", "#009e73", "#cc79a7"),
    *("#56b4e9", "#d55e00", "#f0e442", "#b4b4b4", "#e4e4e4"),
)
COPIES, REST = 7, 8
INK, DIM, GRID, AXIS, EDGE, PAGE = "#1a1a1a", "#555555", "#dddddd", "#777777", "#333333", "#ffffff"
#: Of what holds text that is not faint, and the borders of series.
INKED: dict[str, object] = {"class": "f-ink", "fill": INK}
EDGED: dict[str, object] = {"class": "f-edge", "stroke": EDGE, "stroke-width": 0.6}
_HALO: dict[str, object] = {
    "class": "f-over",
    "stroke": PAGE,
    "stroke-width": 3,
    "paint-order": "stroke",
}
_FAINT: dict[str, object] = {"class": "f-dim", "fill": DIM}
SIZE = 12.0
SMALL = 11.0
_FONT = "system-ui, Helvetica, Arial, sans-serif"

# XML 1.0 forbids most controls, surrogates and two non-characters; the others here would move text
# about that is not theirs.
_UNSHOWN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_BLANK = re.compile(r"\s+")
_NARROW = frozenset("iljtfrI.,:;!|'()[]{}-/ ·’‘")
_WIDE = frozenset("mwMWQO%@…—")


def clean(text: str) -> str:
    """Return text on one line that XML can hold; what can't be shown becomes U+FFFD."""
    return _BLANK.sub(" ", _UNSHOWN.sub("\ufffd", text)).strip()


def number(value: float) -> str:
    """Return a coordinate: at most two decimals, none that say nothing."""
    told = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if told == "-0" else told


def shown(value: float, decimals: int | None = None) -> str:
    """Return a number for readers, with thousands separators and a true minus sign."""
    if decimals is None:
        decimals = 0 if float(value).is_integer() else 1
    return f"{value:,.{decimals}f}".replace("-", "\u2212")


def element(tag: str, attributes: Mapping[str, object], *children: str) -> str:
    """Return an element; attributes are escaped, None leaves one out, children are markup."""
    told = "".join(
        f' {name.replace("_", "-")}="{_value(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{tag}{told}>{inside}</{tag}>" if inside else f"<{tag}{told}/>"


def text(
    x: float,
    y: float,
    words: str,
    *,
    room: float | None = None,
    size: float = SIZE,
    anchor: str | None = None,
    dim: bool = False,
    over: bool = False,
) -> str:
    """Return a line of text, cut to `room` units with the whole of it in its title.

    What stands `over` lines of a grid has a border in the colour of the page.
    """
    whole = clean(words)
    short = whole if room is None else cut(whole, room, size)
    attributes = {
        "x": x,
        "y": y,
        **(_FAINT if dim else {}),
        "font-size": None if size == SIZE else size,
        **(_HALO if over else {}),
        "text-anchor": anchor,
        # The direction of a title follows its own letters, whatever stands beside it.
        "unicode-bidi": None if whole.isascii() else "plaintext",
    }
    title = element("title", {}, escape(whole)) if short != whole else ""
    return element("text", attributes, title, escape(short))


def note(x: float, y: float, words: str, anchor: str | None = None) -> str:
    """Return a small, faint line of text, as axes have."""
    return text(x, y, words, size=SMALL, anchor=anchor, dim=True)


def pair(x: float, y: float, name: str, detail: str, room: float) -> str:
    """Return a row's name and, fainter, what explains it, if the name leaves room for some of it.

    Each follows the direction of its own letters.
    """
    whole, more = clean(name), clean(detail)
    told = cut(whole, room)
    left = room - width(told) - (6 if told else 0)
    rest = cut(more, left, SMALL) if more and left > 24 else ""
    isolated = {"unicode-bidi": "plaintext"}
    first = element("tspan", {} if told.isascii() else isolated, escape(told)) if told else ""
    faint = {**_FAINT, "font-size": SMALL, "dx": 6 if told else None}
    second = element("tspan", faint if rest.isascii() else {**faint, **isolated}, escape(rest))
    cut_off = told != whole or rest != more
    title = element("title", {}, escape(f"{whole} {more}".strip())) if cut_off else ""
    return element("text", {"x": x, "y": y}, title, first, second if rest else "")


def heading(x: float, y: float, title: str, detail: str, room: float) -> str:
    """Return a panel's title in bold, and behind it what its axis counts."""
    told = cut(clean(title), room / 1.12)
    bold = element("tspan", {"font-weight": "600"}, escape(told))
    faint = {**_FAINT, "font-size": SMALL, "dx": 6}
    left = room - 1.12 * width(told) - 6
    rest = cut(clean(detail), left, SMALL) if detail and left > 30 else ""
    behind = element("tspan", faint, escape(rest)) if rest else ""
    return element("text", {"x": x, "y": y}, bold, behind)


def width(words: str, size: float = SIZE) -> float:
    """Return about how wide text is in a common sans serif, rather too much than too little."""
    return size * sum(_advance(char) for char in words)


def cut(words: str, room: float, size: float = SIZE) -> str:
    """Return text that fits into `room` units, cut between characters, with an ellipsis."""
    if width(words, size) <= room:
        return words
    left, kept = room - width("…", size), 0
    for index, char in enumerate(words):
        left -= size * _advance(char)
        if left < 0:
            break
        kept = index + 1
    while kept and cuts_grapheme(words, kept):
        kept -= 1
    return words[:kept].rstrip() + "…"


def rect(x: float, y: float, wide: float, high: float, **attributes: object) -> str:
    """Return a rectangle; a `title` among the attributes becomes its tooltip."""
    title = attributes.pop("title", None)
    inside = element("title", {}, escape(clean(str(title)))) if title is not None else ""
    place = {"x": x, "y": y, "width": wide, "height": high}
    return element("rect", {**place, **_named(attributes)}, inside)


def line(x1: float, y1: float, x2: float, y2: float, kind: str = "axis", **more: object) -> str:
    """Return a line: of an axis, of a grid, or in ink."""
    stroke = {"axis": AXIS, "grid": GRID, "ink": INK}[kind]
    place = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    return element("line", {**place, "class": f"f-{kind}-line", "stroke": stroke, **_named(more)})


def document(
    name: str, title: str, description: str, size: tuple[float, float], body: Iterable[str]
) -> str:
    """Return a whole picture.

    Args:
        name: its id, which the ids inside begin with, so that several can stand in one page.
        title: what screen readers say, and browsers show, first.
        description: what it shows.
        size: width and height in CSS pixels.
        body: markup; patterns among it that it uses are defined here.
    """
    name = _id(name)
    inside = "".join(body)
    wide, high = (number(round(each)) for each in size)
    used = sorted({int(each) for each in re.findall(rf"url\(#{re.escape(name)}-p(\d)\)", inside)})
    patterns = "".join(_pattern(name, each) for each in used)
    head = {
        "xmlns": "http://www.w3.org/2000/svg",
        "width": wide,
        "height": high,
        "viewBox": f"0 0 {wide} {high}",
        "role": "img",
        "aria-labelledby": f"{name}-title",
        "aria-describedby": f"{name}-desc",
        "font-family": _FONT,
        "font-size": SIZE,
    }
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + element(
        "svg",
        head,
        element("title", {"id": f"{name}-title"}, escape(clean(title))),
        element("desc", {"id": f"{name}-desc"}, escape(clean(description))),
        element("defs", {}, patterns) if patterns else "",
        rect(0, 0, float(wide), float(high), class_="f-page", fill=PAGE),
        inside,
    )


def series(name: str, index: int) -> dict[str, object]:
    """Return the attributes of what belongs to a series: its plain or patterned fill."""
    if index in _HATCHES:
        return {"fill": f"url(#{_id(name)}-p{index})"}
    return {"class_": f"f-c{index}", "fill": COLOURS[index]}


def swatch(name: str, index: int, x: float, y: float) -> str:
    """Return the sign of a series in a key."""
    return element("g", EDGED, rect(x, y, 14, 10, **series(name, index)))


# The pattern of each series, as a path on a square of 6 units; the first and the last have none.
_HATCHES = {
    1: "M-1 7L7 -1M-1 1L1 -1M5 7L7 5",
    2: "M1.5 1.5h1.2M4.5 4.5h1.2",
    3: "M0 1.5H6M0 4.5H6",
    4: "M-1 -1L7 7M-1 5L1 7M5 -1L7 1",
    5: "M1.5 0V6M4.5 0V6",
    6: "M0 3H6M3 0V6",
    7: "M-1 7L7 -1M-1 1L1 -1M5 7L7 5M-1 -1L7 7M-1 5L1 7M5 -1L7 1",
}


def _id(name: str) -> str:
    """Return what the ids of a picture begin with, apart from all others of the page."""
    return f"figure-{name}"


def _pattern(name: str, index: int) -> str:
    attributes = {
        "id": f"{name}-p{index}",
        "width": 6,
        "height": 6,
        "patternUnits": "userSpaceOnUse",
    }
    hatch = {"d": _HATCHES[index], "class": "f-hatch", "stroke": "#000000", "stroke-opacity": 0.45}
    return element(
        "pattern",
        attributes,
        rect(0, 0, 6, 6, class_=f"f-c{index}", fill=COLOURS[index]),
        element("path", {**hatch, "stroke-width": 1.2 if index == 2 else 0.9, "fill": "none"}),
    )


def _named(attributes: Mapping[str, object]) -> dict[str, object]:
    return {key.rstrip("_"): value for key, value in attributes.items()}


def _value(value: object) -> str:
    return number(value) if isinstance(value, int | float) else escape(str(value))


@cache
def _advance(char: str) -> float:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    if char in _NARROW:
        return 0.35
    if char in _WIDE or unicodedata.category(char) == "So":
        return 0.95
    return 0.72 if char.isupper() else 0.62
