"""A result as Label Studio writes it, and JSON that is decoded only when somebody asks."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET

_ANY = msgspec.json.Decoder()
_S = TypeVar("_S", bound=msgspec.Struct)


class Value(msgspec.Struct, gc=False):
    """What a result says; any field may be any JSON. `text` is left undecoded: see `words`."""

    start: Any = None
    end: Any = None
    labels: Any = None
    choices: Any = None
    text: msgspec.Raw = msgspec.Raw(b"null")

    def words(self) -> Any:
        """Return the words that the region marks or, at a text area, those that were typed."""
        return written_out(self.text)


class Result(msgspec.Struct, gc=False):
    """One result of an annotation: a region, an answer at it, or a relation.

    Any field may be any JSON, and be missing. `id` is UNSET where there is none.
    """

    id: Any = UNSET
    type: Any = None
    from_name: Any = None
    to_name: Any = None
    value: Value | None = None
    origin: Any = None
    meta: Any = None
    from_id: Any = None
    to_id: Any = None
    labels: Any = None
    direction: Any = None


def as_result(given: Any) -> Any:
    """Return an object as a `Result`; any other JSON, and a value that is no object, as it is."""
    if not isinstance(given, dict):
        return given
    result = held(Result, given)
    value: Any = result.value
    if isinstance(value, dict):
        result.value = held(Value, value)
    return result


def held(kind: type[_S], given: dict[str, Any]) -> _S:
    """Return what a record of some kind takes of an object, whatever the values are."""
    return kind(**{name: given[name] for name in kind.__struct_fields__ if name in given})


class Given(msgspec.Struct, frozen=True, eq=False):
    """JSON as it stands in an export; two are equal when they say the same."""

    value: Any

    def read(self) -> Any:
        """Return it decoded."""
        return written_out(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Given) and self.read() == other.read()

    def __hash__(self) -> int:
        return hash(type(self))


def written_out(given: Any) -> Any:
    """Return what was left undecoded, None if it is no JSON after all; the rest as it is."""
    if not isinstance(given, msgspec.Raw):
        return given
    try:
        return _ANY.decode(given)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:  # with half a character, or a number that is none, which Python's own reader takes
        return json.loads(bytes(given))
    except (ValueError, RecursionError):
        return None
