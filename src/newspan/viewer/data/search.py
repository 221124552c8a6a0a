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

    `sources` are the names and the words of its sources in any set, `labels` how many spans each
    set's most have of a label.
    """
    sources: dict[str, None] = {}
    labels: Counter[str] = Counter()
    text, shift = part["text"], part["start"]
    for said in part["sets"].values():
        for span in said["spans"]:
            if span.get("role") == "source":
                sources[text[span["start"] - shift : span["end"] - shift]] = None
        sources.update((a["source_name"], None) for a in said["attributions"] if "source_name" in a)
        labels |= Counter(span["label"] for span in said["spans"])  # the larger of two numbers
    return {
        "item": part["id"],
        "text": text,
        "start": shift,
        "sources": sorted(sources),
        "labels": dict(sorted(labels.items())),
    }


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
