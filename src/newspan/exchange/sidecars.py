"""What is said of files beside them: `NAME.json` for one, `provenance.jsonl` for a folder's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from newspan.corpus.files import parse_json
from newspan.exchange.files import read_text, relative
from newspan.exchange.provenance import KEYS
from newspan.problems import Place, Problem

#: One line per file of the folder: `file`, its path from there, and what is said of it.
OF_FOLDER = "provenance.jsonl"


class Sidecars:
    """The sidecars of a file or folder; each thing said is told with who says it."""

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        """Read the folder's, if it has one; of a file, what its own folder's says of it."""
        self._root, self._problems = root, problems
        self._only = None if root.is_dir() else root.name
        self._told: set[str] = set()  # keys that are not recorded, each told once
        self._lines: dict[str, tuple[dict[str, str], Place]] = {}
        folder = (root if self._only is None else root.parent) / OF_FOLDER
        if folder.is_file():
            place = Place(OF_FOLDER)
            text = read_text(folder, place, problems) or ""
            for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
                self._line(line, Place(OF_FOLDER, number))

    def _line(self, line: str, place: Place) -> None:
        # Many files may be added one by one: each then reads no line but its own.
        if self._only is not None and self._only not in line and "\\" not in line:
            return
        data = parse_json(line, place, None, self._problems) if line.strip() else None
        if data is None:
            return
        file = data.pop("file", None) if isinstance(data, dict) else None
        if self._only not in (None, file):
            return
        if not isinstance(file, str):
            self._tell(place, "the line is no object that names a file")
        elif file in self._lines:
            self._tell(place, f"{file} has a line already")
        else:
            self._lines[file] = (_values(data, place, self._problems, self._told), place)

    def of(self, file: Path) -> tuple[dict[str, str], Place, str]:
        """Return what is said of a file, where, and by which sidecars."""
        name = relative(file, self._root)
        said, place = self._lines.pop(name, ({}, Place(name)))
        by = [OF_FOLDER] if said else []
        beside = file.with_suffix(".json")
        if beside.is_file():
            here = Place(relative(beside, self._root) if self._root.is_dir() else beside.name)
            text = read_text(beside, here, self._problems)
            data = None
            if text is not None:
                data = parse_json(text.removeprefix("\ufeff"), here, None, self._problems)
            if data is not None and not isinstance(data, dict):
                self._tell(here, "it holds no object")
            elif data is not None:
                more = _values(data, here, self._problems, self._told)
                said, place = {**said, **more}, here
                by.append(beside.name)
        return said, place, " and ".join(by)

    def close(self) -> None:
        """Report lines of which there is no file."""
        for name, (_, place) in self._lines.items():
            self._tell(place, f"there is no text in {name}")

    def _tell(self, place: Place, message: str) -> None:
        self._problems.append(Problem("provenance-value", place, message))


def _values(
    data: dict[str, Any], place: Place, problems: list[Problem], told: set[str]
) -> dict[str, str]:
    """Return what newspan records of all that is said; authors may be a list."""
    found: dict[str, str] = {}
    for key, value in data.items():
        if key == "authors" and isinstance(value, list) and all(isinstance(v, str) for v in value):
            value = "; ".join(value)
        if key not in KEYS:
            if key in told:
                continue
            told.add(key)
            message = f"{key!r} is not recorded; what is: {', '.join(KEYS)}"
            problems.append(Problem("provenance-value", place, message))
        elif isinstance(value, str):
            found[key] = value
        elif value is not None:
            problems.append(Problem("provenance-value", place, f"{key} is no text"))
    return found


def values_of(row: dict[str, Any], place: Place, problems: list[Problem]) -> dict[str, str]:
    """Return what columns say of a row's document; numbers are taken as they are written."""
    said = {key: row.get(key) for key in KEYS}
    plain = {k: str(v) if isinstance(v, int | float) else v for k, v in said.items()}
    return _values(plain, place, problems, set())
