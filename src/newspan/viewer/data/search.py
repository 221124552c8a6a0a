"""What search goes through where parts stand beside the page: texts, sources and labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

#: About how much text of items stands in one part, in bytes of UTF-8.
PART_SIZE = 1_000_000

_JSON = dict[str, Any]


def entry(part: _JSON) -> _JSON:
    """Return an item as search reads it, from its own part.

    By set: `sources` are the names and the words of the sources of its attributions, `labels` how
    many of its spans have a label.
    """
    text, shift = part["text"], part["start"]
    sources: dict[str, list[str]] = {}
    labels: dict[str, dict[str, int]] = {}
    for set_id, said in part["sets"].items():
        spans = said["spans"]
        used = {each for a in said["attributions"] for each in a.get("source_ids", ())}
        found = {
            text[span["start"] - shift : span["end"] - shift]
            for span in spans
            if span["id"] in used
        }
        found.update(a["source_name"] for a in said["attributions"] if "source_name" in a)
        if found:
            sources[set_id] = sorted(found)
        if spans:
            labels[set_id] = dict(sorted(Counter(span["label"] for span in spans).items()))
    return {"item": part["id"], "text": text, "start": shift, "sources": sources, "labels": labels}


class SearchParts:
    """Gathers entries, and gives them back in parts of about one size."""

    def __init__(self, size: int = PART_SIZE) -> None:
        self._size = size
        self._entries: list[_JSON] = []
        self._bytes = 0
        self._made = 0

    def add(self, part: _JSON) -> Iterator[tuple[str, list[_JSON]]]:
        """Take an item's part; yield a part of the search, with its name, if one is full."""
        self._entries.append(entry(part))
        self._bytes += len(part["text"].encode())
        if self._bytes >= self._size:
            yield from self.rest()

    def rest(self) -> Iterator[tuple[str, list[_JSON]]]:
        """Yield what has not been given yet."""
        if self._entries:
            yield f"search-{self._made}", self._entries
            self._made += 1
            self._entries, self._bytes = [], 0
