"""decisions.jsonl: conflicts with their decisions, amendments and reviews, read and laid out."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from newspan.adjudication.conflicts import Comparison, conflict_order, to_json
from newspan.adjudication.units import LAYERS
from newspan.corpus import Corpus
from newspan.corpus.files import read_jsonl
from newspan.problems import Place, Problem


class Lines(msgspec.Struct, frozen=True):
    """What a file of decisions holds: decided lines by conflict id, amendments and reviews."""

    decided: dict[str, dict[str, Any]]
    amendments: tuple[dict[str, Any], ...]
    reviews: tuple[dict[str, Any], ...] = ()


class Layout(msgspec.Struct, frozen=True):
    """A file of decisions as it is to be, and where each line of it stands.

    `stale` are ids of decided conflicts that are no more.
    """

    lines: tuple[dict[str, Any], ...]
    decisions: dict[str, tuple[dict[str, Any], Place]]
    amendments: tuple[tuple[dict[str, Any], Place], ...]
    reviews: tuple[tuple[dict[str, Any], Place], ...]
    open: dict[str, Place]
    stale: dict[str, Place]

    @property
    def text(self) -> str:
        """Return the file's text."""
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in self.lines)


def read_lines(path: Path, place: Place) -> tuple[Lines, list[Problem]]:
    """Return the lines of a file of decisions, which need not be there, and its problems.

    A conflict may stand there several times, as when decisions were appended, but two different
    decisions on it are a problem.
    """
    problems: list[Problem] = []
    decided: dict[str, dict[str, Any]] = {}
    amendments: list[dict[str, Any]] = []
    reviews: list[dict[str, Any]] = []
    if not os.path.lexists(path):
        return Lines({}, ()), []
    for line, here in read_jsonl(path, place, "decision.json", problems):
        if line["record"] == "amendment":
            amendments.append(line)
        elif line["record"] == "review":
            reviews.append(line)
        elif line["decision"] is not None:
            known = decided.setdefault(line["id"], line)
            if known["decision"] != line["decision"]:
                message = f"{line['id']} has another decision above"
                problems.append(Problem("duplicate-id", here.at("/id"), message))
    return Lines(decided, tuple(amendments), tuple(reviews)), problems


def lay_out(lines: Lines, comparison: Comparison, corpus: Corpus, place: Place) -> Layout:
    """Return the file with all conflicts that are, and all that was decided, amended, reviewed."""
    order = {item: index for index, item in enumerate(corpus.items)}
    current = {each.id: to_json(each, comparison, corpus) for each in comparison.conflicts}
    stale = {name: line for name, line in lines.decided.items() if name not in current}
    conflicts: list[dict[str, Any]] = [
        {**line, "decision": lines.decided[name]["decision"]} if name in lines.decided else line
        for name, line in current.items()
    ]
    conflicts = sorted([*conflicts, *stale.values()], key=lambda line: _key(line, order))
    decisions: dict[str, tuple[dict[str, Any], Place]] = {}
    places = {line["id"]: Place(place.file, n) for n, line in enumerate(conflicts, 1)}
    for line in conflicts:
        if line["decision"] is not None and line["id"] in current:
            decisions[line["id"]] = (line["decision"], places[line["id"]])
    more = (*lines.amendments, *lines.reviews)
    placed = [(line, Place(place.file, n)) for n, line in enumerate(more, len(conflicts) + 1)]
    return Layout(
        (*conflicts, *more),
        decisions,
        tuple(placed[: len(lines.amendments)]),
        tuple(placed[len(lines.amendments) :]),
        {name: places[name] for name in current if name not in decisions},
        {name: places[name] for name in stale},
    )


def _key(line: Mapping[str, Any], order: Mapping[str, int]) -> tuple[object, ...]:
    item = order.get(line.get("item", ""), len(order))
    layer = line.get("layer", LAYERS[0])
    return conflict_order(item, line.get("start", 0), line.get("end", 0), layer, line["id"])


def archive_name(raw: bytes) -> str:
    """Return the name under which a former file of decisions is kept: by its content."""
    return f"decisions-{hashlib.sha256(raw).hexdigest()[:16]}.jsonl"


def same_lines(raw: bytes, lines: Sequence[dict[str, Any]]) -> bool:
    """Tell whether a file holds these lines, however it is spaced."""
    held = [json.loads(line) for line in raw.decode().split("\n") if line.strip()]
    return held == list(lines)
