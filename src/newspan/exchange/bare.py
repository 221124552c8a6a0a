"""The record of a document of which nothing is known but its text."""

from __future__ import annotations

import hashlib

from newspan.exchange.shapes import Found
from newspan.model import Assertion, Assessor, Document, Evidence, Item, Partisanship, Zone
from newspan.text import paragraphs

_UNKNOWN = Assertion(None, (Evidence("unknown"),))
#: The day of what nobody dated: no clock is read, so that the same gives the same.
NO_DAY = "1970-01-01"


def bare_document(found: Found) -> Document:
    """Return the record of a document of which nothing is known: one item, zones by its lines."""
    zones = tuple(Zone(start, end, "paragraph") for start, end in paragraphs(found.text))
    item = Item(
        id=found.id,
        start=0,
        end=len(found.text),
        title=_UNKNOWN,
        authors=(),
        published=_UNKNOWN,
        zones=zones,
        chain=(),
        partisanship=Partisanship((), _UNKNOWN, (), Assessor("rule", "nobody", NO_DAY)),
    )
    return Document(
        id=found.id,
        file=f"{found.id}.txt",
        sha256=hashlib.sha256(found.raw).hexdigest(),
        language=found.language,
        lineage=found.lineage or found.id,
        items=(item,) if found.text else (),
    )
