"""Generated Markdown: tables, and their places between markers in a file that people write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping


def fill(text: str, parts: Mapping[str, str]) -> str:
    """Return a text with each part put between its markers.

    A part NAME stands between the lines `<!-- newspan:NAME -->` and `<!-- /newspan:NAME -->`; a
    part whose markers the text lacks is left out of it.

    Raises:
        ValueError: when only one of a part's two markers is there, or they are there twice.
    """
    for name, part in parts.items():
        begin, end = f"<!-- newspan:{name} -->", f"<!-- /newspan:{name} -->"
        pattern = re.compile(f"{re.escape(begin)}\n.*?{re.escape(end)}", re.DOTALL)
        block = f"{begin}\n{part}\n{end}".replace("\\", "\\\\")
        text, count = pattern.subn(block, text)
        if count != 1 and (begin in text or end in text):
            raise ValueError(f"the markers {begin} … {end} stand {count} times, not once")
    return text


def part(text: str, name: str) -> str:
    """Return what stands between a part's markers; empty where they are not there."""
    begin, end = f"<!-- newspan:{name} -->\n", f"\n<!-- /newspan:{name} -->"
    _, found, behind = text.partition(begin)
    return behind.partition(end)[0] if found and end in behind else ""


def markdown_table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table; bars and line ends in cells are escaped."""
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
