"""The bytes of an answer into one JSON object, whatever a model has put around it."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import Any

import msgspec

from newspan.corpus.files import parse_json
from newspan.problems import Place, Problem

_MOST_STARTS = 1000
_DEEPEST = 20
_DECODER = json.JSONDecoder()


class Reply(msgspec.Struct, frozen=True):
    """An answer: its JSON value, and how many characters around it were left away."""

    value: Any
    stripped: int


def read_reply(raw: bytes, place: Place) -> Reply | Problem:
    """Return the JSON value of an answer, or the problem why it has none.

    A text that is JSON as a whole is taken as it is. Else it must have one object with the key
    `packet` in it, such as in a code fence; prose around it is left away, and counted.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        return Problem("answer-syntax", place, f"byte {error.start} is not UTF-8: {error.reason}")
    if not text.strip("\ufeff \t\r\n"):
        return Problem("answer-syntax", place, "the file is empty")
    objects = _objects(text)
    if len(objects) > 1:
        return Problem("answer-syntax", place, f"it holds {len(objects)} answers; give each a file")
    begin, end = objects[0] if objects else _outermost(text)
    problems: list[Problem] = []
    value = parse_json(text[begin:end], Place(place.file), None, problems)
    if problems:
        # Whatever parse_json found it in, the line is that of the file.
        found = problems[0]
        line = text.count("\n", 0, begin) + (found.place.line or 1)
        return Problem("answer-syntax", Place(place.file, line), found.message)
    if not isinstance(value, dict):
        return Problem("answer-schema", place, "an answer is one JSON object")
    if _is_deep(value):
        return Problem("answer-syntax", place, "it is nested deeper than any answer")
    kept = text[:begin] + text[end:]
    return Reply(value, sum(not char.isspace() for char in kept))


def _objects(text: str) -> list[tuple[int, int]]:
    """Return where objects with the key `packet` stand; those inside them are not looked at."""
    objects: list[tuple[int, int]] = []
    reached = 0
    for match in islice(re.finditer(r"\{", text), _MOST_STARTS):
        if match.start() < reached:
            continue
        try:
            value, end = _DECODER.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        if "packet" in value:
            objects.append((match.start(), end))
            reached = end
    return objects


def _outermost(text: str) -> tuple[int, int]:
    """Return from the first brace on: where the syntax error must be."""
    begin = text.find("{")
    return (begin if begin >= 0 else len(text) - len(text.lstrip("\ufeff \t\r\n"))), len(text)


def _is_deep(value: Any) -> bool:
    """Tell whether a value is nested so deep that walking it might not come to an end."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(level)
