"""What no format of others has a place for, kept in two files beside theirs.

`newspan-set.json` is a set's head: who annotated, when, by which guidelines, what was looked at.
`newspan-documents.jsonl` has newspan's record of each document: provenance, items, zones, stance.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec

from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.files import read_json, read_jsonl
from newspan.corpus.write import head_json
from newspan.exchange.files import DOCUMENTS, HEAD
from newspan.exchange.shapes import Found, Reading
from newspan.model import Document, SetInfo
from newspan.problems import Place, Problem


def files_beside(corpus: Corpus, chosen: AnnotationSet) -> Iterator[tuple[str, bytes]]:
    """Yield both files' names with their bytes."""
    yield HEAD, head_json(chosen.info).encode()
    lines = (
        json.dumps(document.to_json(), ensure_ascii=False) + "\n"
        for document in sorted(corpus.documents, key=lambda document: document.id)
        # Without a chain it is one that corpora don't hold: it has nothing but white space.
        if document.items and all(item.chain for item in document.items)
    )
    yield DOCUMENTS, "".join(lines).encode()


def with_beside(reading: Reading, path: Path) -> Reading:
    """Return a reading with what stands beside its files, if it is of the same texts.

    A document is known by its id and the SHA-256 of its text; one whose text was changed since
    loses its record, with a problem.
    """
    folder = path if path.is_dir() else path.parent
    info, documents = None, {}
    if (folder / HEAD).is_file():
        head = read_json(folder / HEAD, Place(HEAD), "annotation_set.json", reading.problems)
        info = None if head is None else msgspec.convert(head, SetInfo)
    if (folder / DOCUMENTS).is_file():
        place = Place(DOCUMENTS)
        for data, here in read_jsonl(folder / DOCUMENTS, place, "document.json", reading.problems):
            documents[data["id"]] = msgspec.convert(data, Document), here
    if info is None and not documents:
        return reading

    def found() -> Iterator[Found]:
        for each in reading.documents:
            document, here = documents.get(each.id, (None, None))
            if document is None or here is None:
                yield each
            elif document.sha256 != hashlib.sha256(each.raw).hexdigest():
                message = f"the text of {each.id} is another one than its record's"
                reading.problems.append(Problem("checksum-mismatch", here, message))
                yield each
            else:
                yield msgspec.structs.replace(
                    each,
                    document=document,
                    language=document.language,
                    lineage=document.lineage,
                )

    return msgspec.structs.replace(reading, documents=found(), info=info or reading.info)
