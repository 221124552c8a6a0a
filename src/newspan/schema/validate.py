"""Validation: `jsonschema` explains to a person, `jsonschema-rs` judges in bulk.

Both give the same verdict, and a differential test holds them to it. Nothing is ever fetched: all
schemas refer to each other by `$id` within one registry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from newspan.schema.files import names, read

if TYPE_CHECKING:
    import jsonschema
    import jsonschema_rs


class Violation(msgspec.Struct, frozen=True):
    """One way in which a record breaks its schema: a JSON Pointer into it, and a message."""

    pointer: str
    message: str


def is_valid(name: str, record: object) -> bool:
    """Tell whether a record fits the schema of that file name, such as `span.json`."""
    return bool(fast_validator(name).is_valid(record))


def violations(name: str, record: object) -> Iterator[Violation]:
    """Yield what is wrong with a record, in words for people, ordered by pointer."""
    errors = list(explainer(name).iter_errors(record))
    # A branch that fails contributes no evaluated properties, so that every property of it looks
    # like one too many. Only when nothing else is wrong there, the complaint is about the property.
    closed = [e for e in errors if e.validator == "unevaluatedProperties"]
    others = [e for e in errors if e.validator != "unevaluatedProperties"]
    for error in closed:
        path = list(error.absolute_path)
        if not any(list(o.absolute_path)[: len(path)] == path for o in others):
            others.append(error)
    found = {Violation(to_pointer(e.absolute_path), _message(e)) for e in others}
    yield from sorted(found, key=lambda v: (v.pointer, v.message))


def to_pointer(path: Iterable[str | int]) -> str:
    """Return a path of keys and indexes as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _message(error: jsonschema.ValidationError) -> str:
    # {"not": {}} forbids a property; jsonschema's own words for it do not say so.
    if error.validator == "not" and error.validator_value == {}:
        return "is not allowed here, given the record's other values"
    branches: Any = error.validator_value
    if error.validator == "oneOf" and all({"const", "pattern"} & set(each) for each in branches):
        known = (str(each.get("const", each.get("pattern"))) for each in branches)
        return f"{error.instance!r} is none of {', '.join(known)}"
    message: str = error.message
    return message if len(message) <= 300 else message[:297] + "..."


@cache
def fast_validator(name: str) -> jsonschema_rs.Draft202012Validator:
    """Return the compiled validator of a schema. It cannot be pickled: make it inside a batch."""
    import jsonschema_rs

    registry = jsonschema_rs.Registry([(read(n)["$id"], read(n)) for n in names()])
    return jsonschema_rs.Draft202012Validator(read(name), registry=registry)


@cache
def explainer(name: str) -> jsonschema.Draft202012Validator:
    """Return the explaining validator of a schema."""
    import jsonschema
    from referencing import Registry, Resource

    resources = [(read(n)["$id"], Resource.from_contents(read(n))) for n in names()]
    return jsonschema.Draft202012Validator(
        read(name), registry=Registry().with_resources(resources)
    )
