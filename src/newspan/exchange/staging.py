"""A corpus's next state, filled beside it; it takes the corpus's place whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from newspan.model import Document, Outlet, Record, Target
from newspan.upkeep.files import json_text

#: Pages as received, beside the texts that were taken from them.
PAGES = "pages"


class Staging:
    """A copy of a folder `corpus`, which new documents are written into.

    Files that stay are hard links where the file system has them: none is ever written through.
    """

    def __init__(self, old: Path, new: Path) -> None:
        """Begin with what there is.

        Raises:
            ValueError: when a folder that is written into is a link: what it leads to would be
                changed at once, and stay so if all else fails.
        """
        for name in ("raw", "documents", PAGES):
            if (old / name).is_symlink():
                raise ValueError(f"{old / name} is a link; put the folder itself there")
        self._old, self._new = old, new
        self._before = _state(old)
        self._sums: list[str] = []
        self._pages: list[str] = []
        shutil.copytree(old, new, symlinks=True, copy_function=_link, dirs_exist_ok=True)
        for folder in ("raw", "documents"):
            (new / folder).mkdir(exist_ok=True)

    def add(self, document: Document, raw: bytes) -> None:
        """Write a document's text as received, and its record."""
        (self._new / "raw" / document.file).write_bytes(raw)
        self._sums.append(f"{document.sha256}  {document.file}\n")
        path = self._new / "documents" / f"{document.id}.json"
        path.write_bytes(json_text(document.to_json()).encode())

    def keep_page(self, name: str, raw: bytes) -> None:
        """Write a page as received."""
        (self._new / PAGES).mkdir(exist_ok=True)
        _write(self._new / PAGES / name, raw)
        self._pages.append(f"{hashlib.sha256(raw).hexdigest()}  {name}\n")

    def append(self, name: str, records: Sequence[Outlet | Target]) -> None:
        """Append records to outlets.json or targets.json."""
        if records:
            path = self._new / f"{name}.json"
            _write(path, with_entries(path.read_bytes().decode(), name, records).encode())

    def close(self, languages: Sequence[str]) -> None:
        """Write the checksums, and what corpus.json says of the whole.

        Raises:
            ValueError: when the old folder was changed since: that would go lost.
        """
        for folder, sums in (("raw", self._sums), (PAGES, self._pages)):
            path = self._new / folder / "SHA256SUMS"
            if sums:
                old = path.read_bytes().decode() if path.exists() else ""
                old += "\n" if old and not old.endswith("\n") else ""
                _write(path, (old + "".join(sums)).encode())
        head = self._new / "corpus.json"
        text = head.read_bytes().decode()
        new = with_languages(text, languages)
        if new != text:
            _write(head, new.encode())
        if _state(self._old) != self._before:
            raise ValueError(f"{self._old} was changed by others meanwhile; add once more")


def _plain(record: Record) -> dict[str, Any]:
    """Return a record as JSON; an outlet says that no rating of it is recorded."""
    return record.to_json() | ({"ratings": []} if isinstance(record, Outlet) else {})


def _state(folder: Path) -> dict[Path, tuple[int, int, int]]:
    """Return what tells whether a folder's files are the same: inodes, times and sizes."""
    found = {path: path.lstat() for path in folder.rglob("*")}
    # Not of folders, whose times change with what programs leave in them for a moment.
    return {
        path: (each.st_ino, each.st_mtime_ns, each.st_size)
        for path, each in found.items()
        if not stat.S_ISDIR(each.st_mode)
    }


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _write(path: Path, data: bytes) -> None:
    """Write a file anew: the old one may be a link to what must stay as it is."""
    path.unlink(missing_ok=True)
    path.write_bytes(data)


def with_entries(text: str, key: str, records: Sequence[Record | dict[str, Any]]) -> str:
    """Return a JSON object's text with records appended to the list that ends it.

    What stands there stays as people wrote it, unless the list is not the object's last value.
    """
    # Through JSON: records hold tuples, which are equal to no list.
    plain = [
        json.loads(json.dumps(_plain(each) if isinstance(each, Record) else each))
        for each in records
    ]
    data: dict[str, Any] = json.loads(text)
    wanted = {**data, key: [*data[key], *plain]}
    first = re.search(r"\[\s*?\n( +)\{", text)
    step = len(first[1]) // 2 or 1 if first else 2
    margin = "\n" + " " * 2 * step
    written = (json.dumps(each, ensure_ascii=False, indent=step) for each in plain)
    entries = ",".join(margin + each.replace("\n", margin) for each in written)
    end = text.rindex("]")
    before = text[:end].rstrip()
    new = f"{before}{',' if data[key] else ''}{entries}\n{' ' * step}{text[end:]}"
    try:
        if json.loads(new) == wanted:
            return new
    except ValueError:
        pass
    return json_text(wanted)


def with_languages(text: str, languages: Sequence[str]) -> str:
    """Return corpus.json's text with other languages, all else untouched."""
    data = json.loads(text)
    if data["languages"] == list(languages):
        return text
    written = json.dumps(list(languages))
    new = re.sub(r'("languages"\s*:\s*)\[[^\]]*\]', lambda found: found[1] + written, text, count=1)
    wanted = {**data, "languages": list(languages)}
    return new if json.loads(new) == wanted else json_text(wanted)
