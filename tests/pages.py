"""Pages that a viewer made, read without a browser."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any


class Page(HTMLParser):
    """A page's elements that have text of their own, and its policy.

    `data` has the payloads by the id of their element; `scripts` and `styles` the texts of those
    that run or apply; `said` the text that a reader sees without a script.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.html = path.read_bytes().decode("utf-8")
        self.data: dict[str, Any] = {}
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.policy = ""
        self.language: str | None = None
        self.said = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._in: tuple[str, str | None] | None = None
        self._text = ""
        self.feed(self.html)
        self.close()

    @property
    def head(self) -> dict[str, Any]:
        """Return the payload HEAD."""
        found: dict[str, Any] = self.data["head"]
        return found

    def item(self, item_id: str) -> dict[str, Any]:
        """Return an item's payload."""
        found: dict[str, Any] = self.data[f"part-item-{item_id}"]
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        named = dict(attrs)
        self.tags.append((tag, named))
        if tag == "html":
            self.language = named.get("lang")
        if named.get("http-equiv") == "Content-Security-Policy":
            self.policy = named["content"] or ""
        if tag in ("script", "style"):
            self._in, self._text = (named.get("type") or tag, named.get("id")), ""

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if self._in is None:
            self.said += data
        else:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        """Note what the element held."""
        if tag not in ("script", "style") or self._in is None:
            return
        kind, name = self._in
        self._in = None
        if kind == "application/json":
            assert name is not None
            assert name not in self.data
            self.data[name] = json.loads(self._text)
        else:
            (self.scripts if kind == "script" else self.styles).append(self._text)


def part_of(path: Path) -> tuple[str, Any]:
    """Return the name and the payload that a part's file hands over."""
    text = path.read_bytes().decode("utf-8")
    head, tail = "newspanPart(", ");\n"
    assert text.startswith(head)
    assert text.endswith(tail)
    name, payload = json.loads(f"[{text[len(head) : -len(tail)]}]")
    return name, payload
