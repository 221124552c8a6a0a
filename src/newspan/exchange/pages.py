"""Saved web pages: the article's text, by trafilatura, and what the page says of itself."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import msgspec

ENDINGS = (".html", ".htm", ".xhtml")
_LANGUAGE = re.compile(rb"<html\b[^>]*?\blang\s*=\s*[\"']?([A-Za-z-]+)", re.IGNORECASE)
# The year 2100: a date is not to depend on the day on which it is read.
_DATES = {"original_date": True, "extensive_search": False, "max_date": "2100-01-01"}


class Page(msgspec.Struct, frozen=True):
    """A page as received, the text that was taken from it, and what it says of itself."""

    raw: bytes
    text: str
    meta: dict[str, str]
    language: str

    def note(self, file: str) -> str:
        """Return where the text comes from; `file` is the page's in the corpus."""
        digest = hashlib.sha256(self.raw).hexdigest()
        return f"Taken by trafilatura {_trafilatura().__version__} from {file} (SHA-256 {digest})."


def read_page(raw: bytes) -> Page | None:
    """Return a page's article, or None where there is none.

    Raises:
        ImportError: when trafilatura is not installed.
    """
    found = _trafilatura().bare_extraction(
        raw,
        with_metadata=True,
        include_comments=False,
        include_formatting=False,
        date_extraction_params=_DATES,
    )
    text = None if found is None else found.text
    # What HTML forbids, and a text can't be encoded with.
    if not text or not text.strip() or re.search("[\ud800-\udfff]", text):
        return None
    said = {
        "title": found.title,
        "authors": found.author,
        "published": found.date,
        "url": found.url,
        "outlet": found.sitename,
    }
    language = _LANGUAGE.search(raw)
    return Page(
        raw,
        text + "\n",
        {key: str(value) for key, value in said.items() if value},
        "" if language is None else language[1].decode(),
    )


def _trafilatura() -> Any:
    try:
        import trafilatura
    except ImportError as error:
        raise ImportError(f"{error.name} is missing: pip install 'newspan[html]'") from None
    return trafilatura
