"""What is said of a document that comes in, as newspan records it: each value with its evidence.

What nobody says is `unknown`. Where a record must name something, an outlet or a stance towards a
target, it names the stand-ins below, which say of themselves that they stand for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from newspan.exchange.bare import bare_document
from newspan.exchange.names import mint
from newspan.exchange.shapes import Found
from newspan.model import (
    Assertion,
    Assessor,
    ChainStep,
    Document,
    Evidence,
    Outlet,
    Partisanship,
    Span,
    Stance,
    Target,
    Zone,
)
from newspan.problems import Place, Problem
from newspan.text import cuts_grapheme

#: What may be said of a document, in a sidecar or in columns.
KEYS = ("title", "authors", "published", "url", "retrieved", "outlet", "language", "lineage")

_NOBODY = "nobody has said"
UNKNOWN = Assertion(None, (Evidence("unknown", reason=_NOBODY),))
NO_OUTLET = Outlet(
    id="unknown",
    name="not known",
    description="Stands where nobody has said which outlet a text comes from. It is no outlet.",
    affiliation=UNKNOWN,
    contested=False,
)
NO_TARGET = Target(
    id="unassessed",
    title="not assessed",
    kind="other",
    description="Stands where nobody has assessed an item's wording. It is no target.",
)
_UNASSESSED = Partisanship(
    stance=(
        Stance(
            NO_TARGET.id, "not_addressed", "low", note="Nobody has assessed it: this says nothing."
        ),
    ),
    right_of_reply=UNKNOWN,
    missing_perspectives=(),
    assessor=Assessor("person", "nobody", "1970-01-01", note="Nobody has assessed it."),
)

_JOINED = "Its lines are joined: an annotation that came with the text stands across them."
_DATE = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
_DATES = re.compile(rf"{_DATE}(/{_DATE})?")
_DAY = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9:.,]+ ?(Z|UTC|[+-][0-9:]+)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_URL = re.compile(r"https?://\S+")
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_QUOTE = 200


def document_of(
    found: Found, place: Place, said_by: str, problems: list[Problem]
) -> tuple[Document, Outlet]:
    """Return the record of a document that comes in, and the outlet that it names.

    Args:
        found: the document; `meta` has what is said of it, by `KEYS`.
        place: where that is said, for problems.
        said_by: who says it, as the reason that values are believed.
        problems: gets what can't be recorded, which is left out.
    """
    bare = bare_document(found)
    said = _Said(found.meta, place, said_by, problems)
    zones, title = _zones(found, said)
    published = said.assertion("published", _date)
    outlet = _outlet(found.meta.get("outlet", ""))
    language = UNKNOWN
    if found.language != "und":
        language = _inferred(found.language, "given as the language of the text", "medium")
    why = "nobody has said which outlet the text comes from, and a chain has a first step"
    step = ChainStep(
        outlet=outlet.id,
        role="scraped_publisher",
        evidence=(Evidence("inferred", reason=why if outlet == NO_OUTLET else said.reason),),
        confidence="low" if outlet == NO_OUTLET else "medium",
        language=language,
        published=published,
        url=_url(found, said),
    )
    authors = re.split(r"\s*[;\n]\s*", found.meta.get("authors", ""))
    item = msgspec.structs.replace(
        bare.items[0],
        title=title,
        authors=tuple(_inferred(author, said.reason) for author in authors if author.strip()),
        published=published,
        zones=zones,
        chain=(step,),
        partisanship=_UNASSESSED,
    )
    note = found.meta.get("note") or None
    return msgspec.structs.replace(bare, items=(item,), note=note), outlet


def language_of(value: str, default: str, place: Place, problems: list[Problem]) -> str:
    """Return a language as BCP 47 writes it, or the default and a problem where it is none."""
    first, *others = value.strip().replace("_", "-").split("-")
    found = "-".join([first.lower(), *others])
    if not value.strip() or _LANGUAGE.fullmatch(found):
        return found or default
    message = f"language: {value!r} is no tag such as en or sq-AL"
    problems.append(Problem("provenance-value", place, message))
    return default


def language_named(value: str) -> str:
    """Return a language that a user named, as BCP 47 writes it.

    Raises:
        ValueError: when it is no tag.
    """
    problems: list[Problem] = []
    found = language_of(value, "", Place(""), problems)
    if problems or not found:
        raise ValueError(problems[0].message if problems else "no language is named")
    return found


def is_id(value: str) -> bool:
    """Tell whether a string can be an id."""
    return _ID.fullmatch(value) is not None


def lineage_of(value: str) -> str | None:
    """Return a lineage's id; None where none is given."""
    value = value.strip()
    return value if is_id(value) else mint(value) if value else None


def recordable(found: Found, default: str, problems: list[Problem]) -> Found:
    """Return a document of a format with a language and lineage that its record can have.

    Args:
        found: the document; formats say what they like.
        default: the language where it says none.
        problems: gets a language that is none.
    """
    if found.document is not None:
        return found
    language = language_of(found.language, default, Place(found.name), problems)
    lineage = lineage_of(found.lineage or "")
    return msgspec.structs.replace(found, language=language, lineage=lineage)


class _Said:
    """The values that somebody says of a document, as assertions."""

    def __init__(
        self, meta: dict[str, str], place: Place, by: str, problems: list[Problem]
    ) -> None:
        self.meta, self._place, self._problems = meta, place, problems
        self.reason = f"{by} says so"

    def assertion(self, key: str, form: Any) -> Assertion:
        """Return what is said of one key, if its form is right."""
        value = self.meta.get(key, "").strip()
        if not value:
            return UNKNOWN
        formed: str | None = form(value)
        if formed is None:
            self.tell(f"{key}: {value!r} can't be recorded as such")
            return Assertion(None, (Evidence("unknown", reason=f"given as {value!r}"),))
        return _inferred(formed, self.reason)

    def tell(self, message: str) -> None:
        """Add a problem with what is said."""
        self._problems.append(Problem("provenance-value", self._place, message))


def _inferred(value: str, reason: str, confidence: str = "medium") -> Assertion:
    return Assertion(value, (Evidence("inferred", reason=reason),), confidence)


def _date(value: str) -> str | None:
    moment = _MOMENT.fullmatch(value)
    value = moment[1] if moment else value
    return value if _DATES.fullmatch(value) else None


def outlet_named(identifier: str, name: str) -> Outlet:
    """Return an outlet of which nothing but its name is known."""
    if identifier == NO_OUTLET.id:
        return NO_OUTLET
    said = "Named as where texts come from; nothing else is recorded of it."
    return Outlet(identifier, name, said, UNKNOWN, contested=False)


def target_named(identifier: str) -> Target:
    """Return a target of which nothing but its id is known."""
    if identifier == NO_TARGET.id:
        return NO_TARGET
    said = "Named by something that was added; nothing else is recorded of it."
    return Target(identifier, identifier, "other", said)


def _outlet(name: str) -> Outlet:
    """Return the outlet of a name, or what stands for none."""
    name = name.strip()
    return outlet_named(mint(name), name) if name else NO_OUTLET


def _url(found: Found, said: _Said) -> Assertion:
    """Return an address: only a page that was read on a day shows one."""
    url = found.meta.get("url", "").strip()
    day = found.meta.get("retrieved", "").strip()
    if not url:
        return UNKNOWN
    if not _URL.fullmatch(url):
        return said.assertion("url", lambda _: None)
    if day and not _DAY.fullmatch(_date(day) or ""):
        said.tell(f"retrieved: {day!r} is no day")
        day = ""
    if not day:
        why = f"given as {url}, without the day on which the page was read"
        return Assertion(None, (Evidence("unknown", reason=why),))
    quote = found.text.strip("\ufeff \t\r\n").split("\n")[0].strip()[:_QUOTE] or found.text[:_QUOTE]
    evidence = Evidence("found_in_stored_page", source=url, retrieved=_date(day), quote=quote)
    return Assertion(url, (evidence,), "medium")


def _zones(found: Found, said: _Said) -> tuple[tuple[Zone, ...], Assertion]:
    """Return the zones and the title: a line of its own at the text's beginning, or only said."""
    zones = list(_joined(found, list(_whole_clusters(found))))
    title = found.meta.get("title", "").strip()
    if not title:
        return tuple(zones), UNKNOWN
    for index, zone in enumerate(zones[:3]):
        if found.text[zone.start : zone.end] == title:
            zones[index] = Zone(zone.start, zone.end, "title")
            shown = Evidence("stated_in_text", zone.start, zone.end, title)
            return tuple(zones), Assertion(title, (shown,), "high")
    return tuple(zones), _inferred(title, said.reason)


def _whole_clusters(found: Found) -> Iterator[Zone]:
    """Yield a zone for each line; where its white space belongs to a character, with it."""
    for zone in bare_document(found).items[0].zones:
        start, end = zone.start, zone.end
        while cuts_grapheme(found.text, start):
            start -= 1
        while cuts_grapheme(found.text, end):
            end += 1
        yield Zone(start, end, zone.kind)


def _joined(found: Found, zones: list[Zone]) -> Iterator[Zone]:
    """Yield zones such that each span of the document is inside one."""
    spans = sorted(
        (record.start, record.end)
        for record in found.records
        if isinstance(record, Span)
        and record.layer != "duplicate_block"
        and 0 <= record.start < record.end <= len(found.text)
        and not cuts_grapheme(found.text, record.start)
        and not cuts_grapheme(found.text, record.end)
    )
    pieces = [(zone.start, zone.end, 1) for zone in zones] + [(*span, 0) for span in spans]
    current: tuple[int, int, int] | None = None
    for start, end, lines in sorted(pieces):
        if current is None or start >= current[1]:
            if current is not None:
                yield _zone(*current)
            current = start, end, lines
        else:
            current = current[0], max(current[1], end), current[2] + lines
    if current is not None:
        yield _zone(*current)


def _zone(start: int, end: int, lines: int) -> Zone:
    return Zone(start, end, "paragraph", _JOINED if lines > 1 else None)
