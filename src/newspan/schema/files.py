"""The one way to the files of `schema/`, in a wheel, an editable install or a checkout.

A wheel carries them inside the package (`newspan/schema/data`, by hatchling's force-include);
in an editable install that folder is absent, and the checkout's own `schema/` is read.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

#: Version of all record schemas; it stands in every `$id`.
SCHEMA_VERSION = "1.1.0"

_PACKAGED = Path(__file__).parent / "data"
_CHECKOUT = Path(__file__).parents[3] / "schema"


def path(name: str = "") -> Path:
    """Return the path of a file of `schema/`, or of the folder itself.

    Raises:
        FileNotFoundError: when the installation lacks the file, or has no such file.
    """
    folder = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
    found = folder / name
    if not found.exists():
        raise FileNotFoundError(f"newspan's installation has no schema file {name!r} in {folder}")
    return found


@cache
def read(name: str) -> Any:
    """Return a file of `schema/` as parsed JSON. Shared between callers: don't change it."""
    return json.loads(path(name).read_text(encoding="utf-8"))


@cache
def names() -> tuple[str, ...]:
    """Return the file names of all record schemas, sorted; `labels.json` is data, not a schema."""
    return tuple(sorted(p.name for p in path().glob("*.json") if p.name != "labels.json"))


def bundle(name: str) -> dict[str, Any]:
    """Return one schema with all others embedded under `$defs`, each under its own `$id`.

    A compound schema document (JSON Schema 2020-12, section 9.3): it validates without a registry.
    """
    root = dict(read(name))
    embedded = {other: read(other) for other in names() if other != name}
    root["$defs"] = {**root.get("$defs", {}), **embedded}
    return root
