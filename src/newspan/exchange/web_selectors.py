"""Selectors of W3C Web Annotations as extents of a text.

Web Annotation Data Model, W3C Recommendation of 2017-02-23, section 4.2: positions count code
points; a quotation selects wherever its words stand with what is said to stand around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from newspan.offsets import OffsetError, OffsetMap

Extent = tuple[int, int]
#: RFC 5147: characters of a plain text.
_CHARACTERS = re.compile(r"char=([0-9]{1,15}),([0-9]{1,15})(;.*)?", re.DOTALL)
#: Refinements of refinements that are followed; nobody needs more.
_DEEPEST = 20
#: A text's annotations stand together: its map is made once.
_units = lru_cache(maxsize=2)(OffsetMap)


class Selected(NamedTuple):
    """What selectors select, and what is wrong with them, as a problem's id and message."""

    extents: tuple[Extent, ...]
    problem: tuple[str, str] | None = None


def selected(given: Any, text: str, within: Extent | None = None, depth: int = 0) -> Selected:
    """Return the extents that selectors of equal rank select, by position where there is one.

    A quotation beside a position is what stands there; if it isn't, it says where the words are.

    Args:
        given: a selector, or a list of them; any JSON.
        text: the document's text.
        within: the extent that they refine, all of the text if not given.
        depth: how many selectors they refine, one inside the other.
    """
    if depth > _DEEPEST:
        message = f"annotations whose selectors refine each other more than {_DEEPEST} times"
        return Selected((), ("annotation-left-out", message))
    base, end = within or (0, len(text))
    part = text[base:end]
    selectors = given if isinstance(given, list) else [given]
    position, quotes, refined, others = None, [], None, []
    for each in selectors:
        inner = each.get("refinedBy") if isinstance(each, dict) else None
        if inner is not None:
            refined = refined or _refined(each, inner, text, (base, end), depth)
        elif (quote := _quote(each)) is not None:
            quotes.append(quote)
        elif (place := _position(each)) is not None:
            position = position or place
        else:
            others.append(_kind(each))
    if position is not None:
        found = _checked(position, quotes, part)
    elif refined is not None and refined.extents:
        return refined
    elif quotes:
        found = _quoted(quotes, part)
    elif refined is not None:
        return refined
    else:
        kinds = ", ".join(sorted(set(others))) or "none"
        return Selected((), ("annotation-left-out", f"annotations whose only selector is {kinds}"))
    return Selected(tuple((s + base, e + base) for s, e in found.extents), found.problem)


def characters(fragment: str) -> Extent | None:
    """Return the extent of a fragment like `char=12,20`, None for any other."""
    found = _CHARACTERS.fullmatch(fragment)
    return None if found is None else (int(found[1]), int(found[2]))


def _refined(outer: dict[str, Any], inner: Any, text: str, within: Extent, depth: int) -> Selected:
    plain = {key: value for key, value in outer.items() if key != "refinedBy"}
    chosen = selected(plain, text, within, depth)
    found = [selected(inner, text, extent, depth + 1) for extent in chosen.extents]
    faults = [each.problem for each in (chosen, *found) if each.problem is not None]
    extents = tuple(extent for each in found for extent in each.extents)
    return Selected(extents, faults[0] if faults else None)


def _kind(selector: Any) -> str:
    kind = selector.get("type") if isinstance(selector, dict) else None
    return kind[:40] if isinstance(kind, str) else "of no type"


def _position(selector: Any) -> Extent | None:
    if _kind(selector) == "FragmentSelector" and isinstance(selector.get("value"), str):
        return characters(selector["value"])
    start, end = (
        (selector.get("start"), selector.get("end"))
        if _kind(selector) == "TextPositionSelector"
        else (None, None)
    )
    return (start, end) if type(start) is int and type(end) is int else None


class _Quote(NamedTuple):
    exact: str
    prefix: str
    suffix: str


def _quote(selector: Any) -> _Quote | None:
    if _kind(selector) != "TextQuoteSelector":
        return None
    exact, prefix, suffix = (selector.get(name) or "" for name in ("exact", "prefix", "suffix"))
    if not all(isinstance(each, str) for each in (exact, prefix, suffix)) or not exact:
        return None
    return _Quote(exact, prefix, suffix)


def _checked(position: Extent, quotes: list[_Quote], text: str) -> Selected:
    """Return a position if its quotation stands there, else where the quotation does."""
    start, end = position
    fits = 0 <= start < end <= len(text)
    if fits and (not quotes or any(text[start:end] == quote.exact for quote in quotes)):
        return Selected((position,))
    if not quotes:
        message = f"{start}-{end}: the text has {len(text)} characters"
        return Selected((), ("offset-out-of-range", message))
    try:
        units = _units(text)
        moved = (units.from_utf16(start), units.from_utf16(end))
    except OffsetError:
        moved = (0, 0)
    if any(text[slice(*moved)] == quote.exact for quote in quotes):
        message = f"{start}-{end} counts UTF-16 units; in code points it is {moved[0]}-{moved[1]}"
        return Selected((moved,), ("offset-unit-converted", message))
    found = _quoted(quotes, text, most=2)  # which may be many, for each of many annotations
    if len(found.extents) != 1:
        message = f"the words at {start}-{end} are not {quotes[0].exact[:60]!r}; it is left out"
        return Selected((), ("surface-mismatch", message))
    (moved,) = found.extents
    message = f"{quotes[0].exact[:60]!r} is not at {start}-{end}, but at {moved[0]}-{moved[1]}"
    return Selected((moved,), ("surface-mismatch", message))


def _quoted(quotes: list[_Quote], text: str, most: int | None = None) -> Selected:
    found = tuple(islice(_matches(quotes[0], text), most))
    if found:
        return Selected(found)
    return Selected((), ("surface-mismatch", f"{quotes[0].exact[:60]!r} is not in the text"))


def _matches(quote: _Quote, text: str) -> Iterator[Extent]:
    at = text.find(quote.exact)
    while at >= 0:
        end = at + len(quote.exact)
        if text.endswith(quote.prefix, 0, at) and text.startswith(quote.suffix, end):
            yield at, end
        at = text.find(quote.exact, at + 1)
