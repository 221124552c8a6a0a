"""A project's labelling interface: what can be answered in it, and what is in use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree


def sha(text: str) -> str:
    """Return a text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()


def same_interface(there: str, ours: str) -> bool:
    """Tell whether a server has an interface, which it may store with other line ends."""
    return there.replace("\r\n", "\n").strip() == ours.strip()


def values_of(config: str) -> set[tuple[str, str]]:
    """Return what can be answered, by control: the values as exports have them."""
    found: set[tuple[str, str]] = set()
    for control in ElementTree.fromstring(config).iter():
        if control.tag in ("Labels", "Choices"):
            for value in control.iter():
                if value.tag in ("Label", "Choice"):
                    stored = value.get("alias") or value.get("value") or ""
                    found.add((control.get("name") or "", stored))
    return found


def is_as_pushed(there: str, config_sha256: str) -> bool:
    """Tell whether a server has the interface of a hash, by whatever line ends."""
    plain = there.replace("\r\n", "\n").strip()
    return config_sha256 in (sha(there), sha(plain), sha(f"{plain}\n"))


def used_in(raw: bytes, lost: Sequence[tuple[str, str]]) -> list[str]:
    """Return which of the values stand in annotations, drafts or predictions of a snapshot.

    Raises:
        ValueError: when the snapshot is no JSON.
        RecursionError: when it is nested too deep.
    """
    found: set[str] = set()
    left: list[Any] = [json.loads(raw)]  # msgspec's reader refuses half a character
    while left:
        value = left.pop()
        if isinstance(value, dict):
            found.update(f"{control} {name}" for control, name in _answers(value) & {*lost})
            left += value.values()
        elif isinstance(value, list):
            left += value
    return sorted(found)


def _answers(result: dict[str, Any]) -> set[tuple[str, str]]:
    """Return what a result answers, by control; nothing if it is none."""
    control, kind, value = result.get("from_name"), result.get("type"), result.get("value")
    if not (isinstance(control, str) and isinstance(kind, str) and isinstance(value, dict)):
        return set()
    answers = value.get(kind)
    return {(control, str(each)) for each in (answers if isinstance(answers, list) else [answers])}
