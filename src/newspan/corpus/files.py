"""Files into text and JSON; every fault becomes a problem with its place, none an exception."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from newspan import schema
from newspan.problems import Place, Problem
from newspan.schema.validate import fast_validator

_OFFSETS = frozenset({"start", "end", "scope_end"})
R = TypeVar("R")
# As many matches as keys, or more: in a string, a quotation mark has a backslash before it.
_KEY = re.compile(rb'"\s*:')
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


class _RepeatedKeyError(ValueError):
    pass


def read_bytes(path: Path, place: Place, problems: list[Problem]) -> bytes | None:
    """Return a file's bytes, or None after adding the problem why not; no file may be empty."""
    try:
        if path.exists() and not path.is_file():
            problems.append(Problem("file-unreadable", place, "it is no plain file"))
            return None
        raw = path.read_bytes()
    except FileNotFoundError:
        problems.append(Problem("file-missing", place, "there is no such file"))
        return None
    except OSError as error:
        problems.append(Problem("file-unreadable", place, error.strerror or str(error)))
        return None
    if not raw:
        problems.append(Problem("file-empty", place, "the file has 0 bytes"))
        return None
    return raw


def decode(raw: bytes, place: Place, problems: list[Problem]) -> str | None:
    """Return bytes decoded as UTF-8, unaltered (a BOM stays), or None after adding the problem."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.append(
            Problem(
                "not-utf8",
                Place(place.file, line),
                f"byte {error.start} (0x{raw[error.start]:02x}) is not UTF-8: {error.reason}",
            )
        )
        return None


def read_json(
    path: Path, place: Place, schema_name: str | None, problems: list[Problem]
) -> Any | None:
    """Return a JSON file that fits its schema, or None after adding the problems why not."""
    raw = read_bytes(path, place, problems)
    text = None if raw is None else decode(raw, place, problems)
    return None if text is None else parse_json(text, place, schema_name, problems)


def read_jsonl(
    path: Path, place: Place, schema_name: str, problems: list[Problem]
) -> Iterator[tuple[Any, Place]]:
    """Yield the records of a JSON Lines file that fit their schema, each with its place."""
    raw = read_bytes(path, place, problems)
    text = None if raw is None else decode(raw, place, problems)
    # Only LF ends a line: U+2028 may stand inside a JSON string.
    for number, line in enumerate((text or "").split("\n"), 1):
        if line.strip():
            here = Place(place.file, number)
            record = parse_json(line, here, schema_name, problems)
            if record is not None:
                yield record, here


def parse_json(
    text: str, place: Place, schema_name: str | None, problems: list[Problem]
) -> Any | None:
    """Return the JSON value that a text holds if it fits its schema, else None and problems.

    With a schema, None always comes with a problem, since no record's schema accepts null.
    """
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
        if _SURROGATE_ESCAPE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
        faults = [] if schema_name is None else list(_faults(value, schema_name, place))
    except json.JSONDecodeError as error:
        here = Place(place.file, place.line or error.lineno)
        faults = [Problem("json-syntax", here, f"{error.msg}, at column {error.colno}")]
    except _RepeatedKeyError as error:
        faults = [Problem("json-repeated-key", place, f"the key {error} stands twice")]
    except UnicodeEncodeError:
        message = "a string holds half of a surrogate pair, which is no character"
        faults = [Problem("json-syntax", place, message)]
    except RecursionError:
        faults = [Problem("json-syntax", place, "it is nested deeper than any record")]
    except ValueError as error:  # NaN, and numbers of thousands of digits
        faults = [Problem("json-syntax", place, str(error))]
    problems.extend(faults)
    return None if faults else value


def sound_lines(raw: bytes, schema_name: str, kind: Any) -> list[Any] | None:
    """Return the records of JSON Lines at once, or None where anything may be wrong with them.

    Nearly all files are sound, and this is many times faster than `read_jsonl`, which then says
    what is wrong; line n is record n.
    """
    lines = raw.removesuffix(b"\n").split(b"\n")
    is_valid = fast_validator(schema_name).is_valid
    try:
        values = [msgspec.json.decode(line) for line in lines]
        if not all(map(is_valid, values)) or len(_KEY.findall(raw)) != _keys(values):
            return None
        return [msgspec.convert(value, kind) for value in values]
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def sound_json(raw: bytes, schema_name: str, kind: type[R]) -> R | None:
    """Return the record that a JSON file holds, or None where anything may be wrong with it."""
    try:
        value = msgspec.json.decode(raw)
        if not schema.is_valid(schema_name, value) or len(_KEY.findall(raw)) != _keys(value):
            return None
        return msgspec.convert(value, kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def _keys(value: Any) -> int:
    """Return how many keys there are in a value: fewer than in its text when one is repeated."""
    if isinstance(value, dict):
        return len(value) + sum(_keys(v) for v in value.values() if isinstance(v, list | dict))
    if isinstance(value, list):
        return sum(_keys(v) for v in value if isinstance(v, list | dict))
    return 0


def _faults(value: Any, schema_name: str, place: Place) -> Iterator[Problem]:
    if not schema.is_valid(schema_name, value):
        for violation in schema.violations(schema_name, value):
            message = f"{schema_name}: {violation.message}"
            yield Problem("schema", place.at(violation.pointer), message)
    # JSON Schema counts 5.0 as an integer; readers in other languages do not.
    for pointer, number in _float_offsets(value, ""):
        yield Problem("not-an-integer", place.at(pointer), f"offset {number} is not an integer")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _RepeatedKeyError(repr(key))
            seen.add(key)
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _float_offsets(value: Any, pointer: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in _OFFSETS and isinstance(inner, float):
                yield f"{pointer}/{key}", inner
            yield from _float_offsets(inner, f"{pointer}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _float_offsets(inner, f"{pointer}/{index}")
