"""The lines of brat's stand-off files, as they stand: ids are not resolved here.

By brat's own description of its format: an id, a tab, what is said, a tab, text. T is a stretch of
text, E an event, R a relation, A and M attributes, N a reference to another resource, # a note, and
* an equivalence.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from newspan.problems import Place, Problem

Extent = tuple[int, int]


class TextBound(NamedTuple):
    """A stretch of text, perhaps in several fragments; its text as the file has it."""

    type: str
    fragments: tuple[Extent, ...]
    surface: str | None
    place: Place


class Event(NamedTuple):
    """An event: what marks it, and arguments by role, each the id of a T or an E."""

    type: str
    trigger: str
    arguments: tuple[tuple[str, str], ...]
    place: Place


class Relation(NamedTuple):
    """A relation of two annotations."""

    type: str
    ends: tuple[str, ...]
    place: Place


class Said(NamedTuple):
    """An attribute or a note of another annotation; an attribute without a value is a flag."""

    name: str
    target: str
    value: str | None
    place: Place


class Lines(msgspec.Struct, frozen=True):
    """What a document's annotation files hold; of what has no place here, only the places."""

    texts: dict[str, TextBound] = {}  # msgspec copies them
    events: dict[str, Event] = {}
    relations: dict[str, Relation] = {}
    attributes: list[Said] = []
    notes: list[Said] = []
    others: list[tuple[str, Place]] = []


_LINE = re.compile(r"([TERAMN#][0-9]\S*|\*)\t(.*)", re.DOTALL)
_EXTENT = "[0-9]{1,15} [0-9]{1,15}"
_TEXT = re.compile(rf"(\S+) ({_EXTENT}(?:;{_EXTENT})*) *(?:\t(.*))?", re.DOTALL)
_WORD = r"([^\s:]+):(\S+)"
_EVENT = re.compile(rf"{_WORD}((?: +{_WORD})*)\s*")
_RELATION = re.compile(rf"(\S+)((?: +{_WORD}){{2,}})\s*")
_ARGUMENT = re.compile(_WORD)
_SAID = re.compile(r"(\S+) (\S+)(?: ([^\t]*))?\t?", re.DOTALL)
_NOTE = re.compile(r"(\S+) (\S+)\t?(.*)", re.DOTALL)


def parse(text: str, file: str, lines: Lines, problems: list[Problem]) -> None:
    """Add the lines of a file's text to what was found before.

    A line that begins like none goes on with the text of the line before it, as texts do that were
    marked over a line's end.
    """
    text = text.removeprefix("\ufeff")
    # Only a file of such lines: a note may end in a carriage return of its own.
    if text.split("\n", 1)[0].endswith("\r"):
        text = text.replace("\r\n", "\n")
    pieces: list[tuple[str, list[str], Place]] = []
    for number, line in enumerate(text.split("\n"), 1):
        place = Place(file, number)
        match = _LINE.fullmatch(line)
        if match is not None:
            pieces.append((match[1], [match[2]], place))
        elif pieces and pieces[-1][0][0] in "T#":
            pieces[-1][1].append(line)
        elif line.strip():
            problems.append(Problem("row-syntax", place, f"no annotation of brat's: {line!r:.90}"))
    seen: set[str] = set()
    for ident, body, place in pieces:
        if ident in seen and ident[0] in "TER":
            problems.append(Problem("duplicate-id", place, f"{ident} stands there a second time"))
        elif not _add(lines, ident, "\n".join(body).rstrip("\n"), place):
            message = f"not what {ident[0]} is followed by: {body[0]!r:.90}"
            problems.append(Problem("row-syntax", place, message))
        seen.add(ident)


def _add(lines: Lines, ident: str, body: str, place: Place) -> bool:
    """Add one annotation, and return whether it is well formed."""
    kind = ident[0]
    if kind == "T":
        match = _TEXT.fullmatch(body)
        if match is not None:
            pairs = (pair.split() for pair in match[2].split(";"))
            fragments = tuple((int(start), int(end)) for start, end in pairs)
            lines.texts[ident] = TextBound(match[1], fragments, match[3], place)
    elif kind == "E":
        match = _EVENT.fullmatch(body)
        if match is not None:
            arguments = tuple(_ARGUMENT.findall(match[3]))
            lines.events[ident] = Event(match[1], match[2], arguments, place)
    elif kind == "R":
        match = _RELATION.fullmatch(body)
        if match is not None:
            ends = tuple(target for _, target in sorted(_ARGUMENT.findall(match[2])))
            lines.relations[ident] = Relation(match[1], ends, place)
    elif kind in "AM":
        match = _SAID.fullmatch(body)
        if match is not None:
            lines.attributes.append(Said(match[1], match[2], match[3], place))
    elif kind == "#":
        match = _NOTE.fullmatch(body)
        if match is not None:
            lines.notes.append(Said(match[1], match[2], match[3], place))
    else:
        lines.others.append(("references" if kind == "N" else "equivalences", place))
        return True
    return match is not None
