"""A made-up corpus in memory, and annotation sets of it, for tests of several packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from newspan.corpus import AnnotationSet, Corpus, Placed
from newspan.model import (
    AnyRecord,
    Assertion,
    Assessor,
    CorpusInfo,
    Coverage,
    Document,
    Item,
    Partisanship,
    Producer,
    Run,
    SetInfo,
    Span,
    Zone,
)
from newspan.problems import Place
from newspan.schema import Labels

NOTHING = Assertion(None, ())
TITLES = "claim", "attribution", "loaded_language"


def corpus_of(
    texts: Mapping[str, Sequence[str]], lineages: Mapping[str, str] | None = None
) -> Corpus:
    """Return a corpus with one item per document, `<id>-i1`, of paragraphs joined by newlines."""
    documents, whole = [], {}
    for name, paragraphs in texts.items():
        text = "\n".join(paragraphs)
        zones, at = [], 0
        for paragraph in paragraphs:
            zones.append(Zone(at, at + len(paragraph), "paragraph"))
            at += len(paragraph) + 1
        views = Partisanship((), NOTHING, (), Assessor("person", "nobody", "2026-01-01"))
        item = Item(f"{name}-i1", 0, len(text), NOTHING, (), NOTHING, tuple(zones), (), views)
        lineage = (lineages or {}).get(name, "lineage-1")
        documents.append(Document(name, f"{name}.txt", "0" * 64, "en", lineage, (item,)))
        whole[name] = text
    info = CorpusInfo("harbour", "Harbour", "1.0.0", "Made up.", ("en",), "CC0-1.0", "none")
    return Corpus(Path(), info, tuple(documents), whole, {}, {}, Labels((), ""), {})


class Maker:
    """Makes annotation sets of a corpus; spans are named by their words."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus

    def set(
        self,
        name: str,
        records: Sequence[tuple[str, AnyRecord]],
        *,
        layers: Sequence[str] = TITLES,
        items: Sequence[str] | None = None,
        zones: Sequence[str] = ("paragraph",),
        producer: Producer | None = None,
    ) -> AnnotationSet:
        """Return a set of (item, record) that looked at all paragraphs, if not told otherwise."""
        names = list(self.corpus.items) if items is None else items
        coverage = tuple(Coverage(each, tuple(layers), tuple(zones)) for each in names)
        info = SetInfo(
            name, producer or Producer("person", name), "2026-01-01", "0" * 64, coverage=coverage
        )
        place = Place(f"annotation/sets/{name}/x.jsonl")
        return AnnotationSet(info, tuple(Placed(record, item, place) for item, record in records))

    def span(
        self, item: str, words: str, name: str, *, nth: int = 0, **values: Any
    ) -> tuple[str, Span]:
        """Return a span over the nth occurrence of some words; the layer follows its label."""
        text = self.corpus.texts[self.corpus.items[item][0].id]
        start = -1
        for _ in range(nth + 1):
            start = text.index(words, start + 1)
        layer = {"factuality": "claim", "role": "attribution", "technique": "loaded_language"}
        chosen = next(layer[key] for key in values if key in layer)
        return item, Span(name, chosen, start, start + len(words), words, **values)

    def block(self, item: str, words: str, name: str, cluster: str, **values: Any) -> Any:
        """Return a duplicate block over some words; a copy is aligned with `canonical_start`."""
        text = self.corpus.texts[self.corpus.items[item][0].id]
        start = text.index(words)
        runs = None
        if "canonical_start" in values:
            at = values.pop("canonical_start")
            runs = (Run(start, start + len(words), at, at + len(words)),)
        role = "copy" if runs else "canonical"
        values = {"match": "exact", "copy_role": role, "alignment": runs, **values}
        end = start + len(words)
        return item, Span(name, "duplicate_block", start, end, words, cluster=cluster, **values)

    def blocks(self, records: Sequence[tuple[str, AnyRecord]]) -> AnnotationSet:
        """Return a set of duplicate blocks."""
        return self.set("reuse_v1", records, layers=["duplicate_block"])
