"""JSON files of models, read back as typed values and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")


def write_json(path: Path, value: object) -> None:
    """Write a value as JSON, keys in their order."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n")


def read_json(path: Path, kind: type[T]) -> T:
    """Return what a file holds, as a type.

    Raises:
        ValueError: when it isn't there, or holds something else.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"{path} is no file of a model: {error}") from None
