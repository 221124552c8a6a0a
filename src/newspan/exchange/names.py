"""Ids from the names that others gave: valid, unique, and the same whenever they are minted."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_VALID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
#: Of what stands before a record's number, so that the whole is a valid id.
_LONGEST = 48
_OTHER = re.compile(r"[^a-z0-9_-]+")
_RECORDS = {"span": "s", "attribution": "a", "link": "l"}


def mint(name: str) -> str:
    """Return a document's id from its name: the name itself if it is one.

    Any other becomes its letters and digits with eight digits of its SHA-256 behind them, so that
    an id depends on nothing but the name, and names that differ in a capital letter stay apart.
    """
    return name if _VALID.fullmatch(name) else _hashed(name)


def _hashed(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = _OTHER.sub("_", plain).strip("_-")[: _LONGEST - 9].rstrip("_-")
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{slug}-{digest}" if slug else f"d-{digest}"


def record_id(document_id: str, record: str, number: int) -> str:
    """Return the id of a document's record: `record` is span, attribution or link.

    No two documents' records share one: what stands before the last underscore is the document's
    id, or tells it by its hash.
    """
    if len(document_id) > _LONGEST:
        document_id = _hashed(document_id)
    return f"{document_id}_{_RECORDS[record]}{number}"
