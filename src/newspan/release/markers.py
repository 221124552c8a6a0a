"""Generated text between markers in a file that people write."""

from __future__ import annotations

import re
from collections.abc import Mapping


def fill(text: str, parts: Mapping[str, str]) -> str:
    """Return a text with each part put between its markers.

    A part NAME stands between the lines `<!-- newspan:NAME -->` and `<!-- /newspan:NAME -->`.

    Raises:
        ValueError: when the text lacks a part's markers, or has them twice, so that nothing is
            silently left stale.
    """
    for name, part in parts.items():
        begin, end = f"<!-- newspan:{name} -->", f"<!-- /newspan:{name} -->"
        pattern = re.compile(f"{re.escape(begin)}\n.*?{re.escape(end)}", re.DOTALL)
        block = f"{begin}\n{part}\n{end}".replace("\\", "\\\\")
        text, count = pattern.subn(block, text)
        if count != 1:
            raise ValueError(f"the markers {begin} … {end} stand {count} times, not once")
    return text
