"""A hostile text and small sets on it, for tests of quality reports."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from newspan.corpus import AnnotationSet, Corpus, Placed, read_corpus
from newspan.model import (
    Assertion,
    Assessor,
    Attribution,
    Coverage,
    Document,
    Item,
    Partisanship,
    Producer,
    SetInfo,
    Span,
    Target,
    Zone,
)
from newspan.problems import Place
from newspan.schema import read_labels

#: With a BOM, CR LF, emoji, combining and right-to-left letters, no-break and zero-width spaces.
PARAGRAPHS = (
    "Mayor Ana Peña 👩‍👩‍👧 said that the “rotten” plan would fail (she told the Harbour Gazette).",
    "The cafe\u0301 stays shut.\u00a0It is a shabby mess, and the old pier leaks.",
    "شهردار گفت: «بندر باز است.» 🚢",
    "“We pay,” she said. “The ferries run again.” The clueless amateurs left.",
    "Mayor: Pool to reopen. The ferry’s captain, so-called\u200b captain, left.",
)
TEXT = "\ufeff" + "\r\n".join(PARAGRAPHS)
ITEM = "h1-i1"
ALL = ("claim", "attribution", "loaded_language")


def zones(text: str, separator: str = "\r\n") -> tuple[Zone, ...]:
    """Return one paragraph zone per line of a text, its BOM left out."""
    found, start = [], 0
    for line in text.split(separator):
        first = start + (line[:1] == "\ufeff")
        found.append(Zone(first, start + len(line), "paragraph"))
        start += len(line) + len(separator)
    return tuple(found)


def item(text: str, name: str = ITEM, separator: str = "\r\n") -> Item:
    """Return an item that is a whole text."""
    unknown = Assertion(None, ())
    stance = Partisanship((), unknown, (), Assessor("person", "tester", "2026-11-22"))
    return Item(name, 0, len(text), unknown, (), unknown, zones(text, separator), (), stance)


def corpus_of(texts: dict[str, str], separator: str = "\r\n") -> Corpus:
    """Return a corpus in memory with one item, <id>-i1, per text."""
    documents = tuple(
        Document(name, f"{name}.txt", "", "en", name, (item(text, f"{name}-i1", separator),))
        for name, text in texts.items()
    )
    targets = {i: Target(i, i, k, i) for i, k in (("council", "organisation"), ("other", "other"))}
    info: Any = None
    return Corpus(Path(), info, documents, texts, {}, targets, read_labels(), {})


HOSTILE = corpus_of({"h1": TEXT})


def set_of(records: dict[str, list[Any]], name: str = "x", layers: tuple[str, ...] = ALL) -> Any:
    """Return a set with records by item, whose lines count from 1 in each item's file."""
    placed = [
        Placed(record, each, Place(f"annotation/sets/{name}/{each}.jsonl", number))
        for each, found in records.items()
        for number, record in enumerate(found, 1)
    ]
    coverage = tuple(Coverage(each, layers, ("paragraph",)) for each in records)
    info = SetInfo(name, Producer("person", "tester"), "2026-11-22", "", coverage=coverage)
    return AnnotationSet(info, tuple(placed))


def span(words: str, text: str = TEXT, nth: int = 0, **attributes: Any) -> Span:
    """Return a span on the nth occurrence of some words; its id is the words' start, `s<start>`.

    The layer follows from the label: factuality, role or technique.
    """
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    layer = "claim" if "factuality" in attributes else "attribution"
    layer = "loaded_language" if "technique" in attributes else layer
    return at(start, start + len(words), words, layer=layer, **attributes)


def at(start: int, end: int, text: str, **attributes: Any) -> Span:
    """Return a span with just these offsets and this text."""
    name = attributes.pop("id", f"{attributes['layer'][0]}{start}-{end}")
    return Span(name, attributes.pop("layer"), start, end, text, **attributes)


def attribution(
    source: Span | None, cue: Span | None, *contents: Span, **attributes: Any
) -> list[Any]:
    """Return an attribution behind its parts."""
    parts = [part for part in (source, cue, *contents) if part is not None]
    record = Attribution(
        attributes.pop("id", "a" + parts[0].id),
        **{"mode": "indirect", "source_kind": "person" if source else "none", **attributes},
        source_ids=(source.id,) if source else (),
        cue_id=cue.id if cue else None,
        content_ids=tuple(content.id for content in contents),
    )
    return [*parts, record]


def write(corpus: Path, records: dict[str, list[Any]], name: str = "x") -> None:
    """Write the hostile text and a set on it into the folder of a copy of the good corpus."""
    raw = TEXT.encode()
    (corpus / "corpus/raw/h1.txt").write_bytes(raw)
    digest = hashlib.sha256(raw).hexdigest()
    with (corpus / "corpus/raw/SHA256SUMS").open("a") as file:
        file.write(f"{digest}  h1.txt\n")
    document = json.loads((corpus / "corpus/documents/d1.json").read_bytes())
    template = document["items"][1]
    template |= {"id": ITEM, "start": 0, "end": len(TEXT)}
    template["zones"] = [zone.to_json() for zone in zones(TEXT)]
    mayor = {"target": "mayor", "polarity": "not_addressed", "confidence": "low"}
    template["partisanship"]["stance"] = [mayor]
    document |= {"id": "h1", "file": "h1.txt", "sha256": digest, "items": [template]}
    (corpus / "corpus/documents/h1.json").write_text(json.dumps(document))
    folder = corpus / "annotation/sets" / name
    folder.mkdir()
    head = set_of({ITEM: []}, name).info.to_json()
    head["labels_sha256"] = hashlib.sha256((corpus / "schema/labels.json").read_bytes()).hexdigest()
    (folder / "set.json").write_text(json.dumps(head))
    for each, found in records.items():
        lines = [json.dumps(record.to_json(), ensure_ascii=False) for record in found]
        (folder / f"{each}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def read(folder: Path) -> Corpus:
    """Return what can be read of a corpus."""
    corpus, _ = read_corpus(folder)
    assert corpus is not None
    return corpus
