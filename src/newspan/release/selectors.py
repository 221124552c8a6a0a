"""Selectors of the W3C Web Annotation Data Model (Recommendation of 2017-02-23, section 4.2)."""

from __future__ import annotations

from typing import Any

#: Code points before and after a quotation that tell it from others.
CONTEXT = 32


def position_selector(start: int, end: int) -> dict[str, Any]:
    """Return a TextPositionSelector: code points, half-open, as newspan counts them too."""
    return {"type": "TextPositionSelector", "start": start, "end": end}


def quote_selector(text: str, start: int, end: int, context: int = CONTEXT) -> dict[str, Any]:
    """Return a TextQuoteSelector: what stands there, and what stands around it.

    Args:
        text: the document's unaltered text.
        start: code points in it, as is `end`.
        end: half-open.
        context: the greatest number of code points of prefix and of suffix.
    """
    return {
        "type": "TextQuoteSelector",
        "exact": text[start:end],
        "prefix": text[max(0, start - context) : start],
        "suffix": text[end : end + context],
    }
