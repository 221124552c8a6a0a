"""A project's labelling interface: what can be answered in it, and what is in use."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

import msgspec


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


def used_in(raw: bytes, lost: Sequence[tuple[str, str]]) -> list[str]:
    """Return which of the values stand in annotations, drafts or predictions of a snapshot."""
    found: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, list):
            for each in value:
                walk(each)
        elif isinstance(value, dict):
            if "from_name" in value and isinstance(value.get("value"), dict):
                answers = value["value"].get(value.get("type")) or ()
                told = {(value["from_name"], str(answer)) for answer in answers}
                found.update(f"{control} {name}" for control, name in told & set(lost))
            for each in value.values():
                walk(each)

    walk(msgspec.json.decode(raw))
    return sorted(found)
