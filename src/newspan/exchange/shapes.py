"""What every format is made of: documents as found, what is written, and what is lost.

A reader never raises on bad data: each defect becomes a problem with its file and line, and the
rest is read. A writer says what it would lose before anything is written: `facts.losses` compares
the documents it was given with those its reader will give back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from newspan.corpus import AnnotationSet, Corpus
from newspan.model import AnyRecord, Document, SetInfo
from newspan.problems import Problem


class Found(msgspec.Struct, frozen=True, dict=True):
    """One document with its annotations, as a reader found it or a writer gets it.

    `id` is a valid id, minted by `names.mint` from `name`, which is what the format calls the
    document (a file's name without its ending, an article's id). `raw` is the text as received.
    Offsets of `records` are code points into `text`; their ids are `names.record_id`'s and unique
    in the set. `meta` has what the format says of the document (title, authors, published, url,
    outlet), `document` newspan's own record, where it came along. `looked` is false where nobody
    looked for annotations, so that none doesn't mean that there is nothing.
    """

    id: str
    name: str
    raw: bytes
    records: tuple[AnyRecord, ...] = ()
    language: str = "und"
    lineage: str | None = None
    meta: dict[str, str] = {}
    document: Document | None = None
    looked: bool = True

    @cached_property
    def text(self) -> str:
        """Return the text, unaltered: a byte order mark is part of it."""
        return self.raw.decode("utf-8")


class Reading(msgspec.Struct, frozen=True):
    """A source that is being read.

    `documents` may be read once only. `problems`, and `labels` of the source's own that newspan
    does not have (each as in labels.json), are complete when all documents were read. `layers` are
    those that the source looked for: a document without records of one has none.
    """

    documents: Iterable[Found]
    layers: tuple[str, ...]
    problems: list[Problem] = []
    labels: list[dict[str, Any]] = []
    info: SetInfo | None = None


class Loss(msgspec.Struct, frozen=True, order=True):
    """Something really there that a format can't hold.

    `what` is the category of the facts that are lost (see `facts`), such as `layer:claim`,
    `attribute:check_worthy`, `label:technique`, `tie:medium` or `note`; `number` how many,
    `example` where the first stands.
    """

    what: str
    number: int
    example: str

    def __str__(self) -> str:
        return f"{self.what}: {self.number}, the first in {self.example}"


class Writing(msgspec.Struct, frozen=True):
    """What a writer would write, as paths below a folder with bytes; and what goes lost."""

    files: Iterable[tuple[str, bytes]]
    losses: tuple[Loss, ...] = ()


class Options(msgspec.Struct, frozen=True):
    """What a user may say of a format; each format takes what it knows.

    `types` maps a source's own types, each to `layer:label`; `layers` are those wanted; `language`
    is the documents', where the format doesn't say.
    """

    types: dict[str, str] = {}
    layers: tuple[str, ...] = ()
    language: str = "und"


class Format(msgspec.Struct, frozen=True):
    """A format: whose it is, how it is read and written, and in words what it loses.

    `source` says where it is defined. `adds` are declared defaults: values that its reader must
    fill in because the format has none, as pairs of a fact's category and its value.
    """

    name: str
    title: str
    about: str
    source: str
    loses: tuple[str, ...]
    read: Callable[[Path, Options], Reading] | None = None
    write: Callable[[Corpus, AnnotationSet, Options], Writing] | None = None
    adds: tuple[tuple[str, Any], ...] = ()
