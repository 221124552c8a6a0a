"""A harbour town's news in memory, and annotation sets on it, for tests of adjudication."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st

from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.write import placed_in
from newspan.model import (
    AnyRecord,
    Assertion,
    Assessor,
    Attribution,
    CorpusInfo,
    Coverage,
    Document,
    Evidence,
    Item,
    Link,
    Partisanship,
    Producer,
    SetInfo,
    Span,
    Target,
    Zone,
)
from newspan.schema import read_labels
from newspan.text import paragraphs

LAYERS = ("claim", "attribution", "loaded_language")
_UNKNOWN = Assertion(None, (Evidence("unknown"),))


def corpus_of(*texts: str) -> Corpus:
    """Return a corpus with one document and item (d1 and d1-i1, d2 and so on) for each text."""
    documents = []
    for number, text in enumerate(texts, 1):
        zones = tuple(Zone(start, end, "paragraph") for start, end in paragraphs(text))
        views = Partisanship((), _UNKNOWN, (), Assessor("person", "tester", "2026-11-22"))
        item = Item(f"d{number}-i1", 0, len(text), _UNKNOWN, (), _UNKNOWN, zones, (), views)
        digest = hashlib.sha256(text.encode()).hexdigest()
        documents.append(Document(f"d{number}", f"d{number}.txt", digest, "en", "l", (item,)))
    info = CorpusInfo("harbour", "Harbour", "1.0.0", "News.", ("en",), "CC0", "none")
    targets = {name: Target(name, name, "group", name) for name in ("council", "mayor")}
    known = {f"d{number}": text for number, text in enumerate(texts, 1)}
    return Corpus(Path(), info, tuple(documents), known, {}, targets, read_labels(), {})


class Pass:
    """Builds an annotation set by words: each method adds a record and returns its id."""

    def __init__(self, name: str, corpus: Corpus, item: str = "d1-i1") -> None:
        self.name = name
        self.corpus = corpus
        self.item = item
        self.records: dict[str, list[AnyRecord]] = {}

    def at(self, words: str, number: int = 1) -> dict[str, Any]:
        """Return the extent of the nth occurrence of words in the item."""
        document, item = self.corpus.items[self.item]
        text = self.corpus.texts[document.id]
        start = item.start - 1
        for _ in range(number):
            start = text.index(words, start + 1)
        return {"start": start, "end": start + len(words), "text": words}

    def add(self, record: AnyRecord) -> str:
        """Add a record."""
        self.records.setdefault(self.item, []).append(record)
        return record.id

    def _name(self, letter: str) -> str:
        number = sum(map(len, self.records.values())) + 1
        return f"{letter}{number}"

    def claim(self, words: str, factuality: str = "factual", number: int = 1, **more: Any) -> str:
        """Add a claim."""
        place = self.at(words, number)
        span = Span(self._name("c"), "claim", factuality=factuality, **place, **more)
        return self.add(span)

    def loaded(
        self, words: str, technique: str = "Loaded_Language", number: int = 1, **more: Any
    ) -> str:
        """Add a loaded span."""
        place = self.at(words, number)
        return self.add(
            Span(self._name("l"), "loaded_language", technique=technique, **place, **more)
        )

    def role(self, role: str, words: str, number: int = 1, **more: Any) -> str:
        """Add a role span."""
        place = self.at(words, number)
        return self.add(Span(self._name("r"), "attribution", role=role, **place, **more))

    def says(
        self,
        source: str | None,
        cue: str | None,
        *contents: str,
        number: int = 1,
        **more: Any,
    ) -> str:
        """Add an attribution with its role spans; `number` counts the cue's occurrences."""
        parts: dict[str, Any] = {}
        if source is not None:
            parts["source_ids"] = (self.role("source", source),)
        if cue is not None:
            parts["cue_id"] = self.role("cue", cue, number)
            parts |= {"cue_type": "speech", "cue_force": "neutral"}
        parts["content_ids"] = tuple(self.role("content", each) for each in contents)
        kind = "person" if source is not None else "none"
        said = {"mode": "indirect", "source_kind": kind, **parts, **more}
        return self.add(Attribution(self._name("a"), **said))

    def repeats(self, start: str, end: str, **more: Any) -> str:
        """Add a link between two claims."""
        return self.add(Link(self._name("k"), "repeats", start, end, **more))

    def done(
        self, layers: Iterable[str] = LAYERS, items: Iterable[str] | None = None
    ) -> AnnotationSet:
        """Return the set; it looked at all paragraphs of the items, all if not given."""
        wanted = self.corpus.items if items is None else items
        coverage = tuple(Coverage(item, tuple(layers), ("paragraph",)) for item in wanted)
        producer = Producer("language_model", self.name)
        sha256 = self.corpus.labels.sha256
        info = SetInfo(self.name, producer, "2026-11-22", sha256, coverage=coverage)
        return AnnotationSet(info, placed_in(self.name, self.records))


def shuffled(annotations: AnnotationSet, order: list[int]) -> AnnotationSet:
    """Return a set with its records in another order."""
    records = tuple(annotations.records[index] for index in order)
    return AnnotationSet(annotations.info, records)


def renamed(annotations: AnnotationSet, name: str) -> AnnotationSet:
    """Return a set under another id."""
    return AnnotationSet(msgspec.structs.replace(annotations.info, id=name), annotations.records)


# --- random sets ------------------------------------------------------------------------------

RANDOM = corpus_of(
    "🚢 Zoe\u0301 «and» שלום the pier, leaks.\r\nAna says “the plan” is rotten 👍🏽 now."
)


@st.composite
def annotated(draw: st.DrawFn, name: str) -> AnnotationSet:
    """Return a set of random claims, loaded words, attributions and links on a hostile text."""
    one = Pass(name, RANDOM)
    text = RANDOM.texts["d1"]
    edges = [
        (z.start + m, z.start + n)
        for z in RANDOM.items["d1-i1"][1].zones
        for m in range(0, z.end - z.start, 4)
        for n in (m + 4, m + 5, m + 12)
        if z.start + n <= z.end
    ]
    claims: list[str] = []
    seen: set[tuple[object, ...]] = set()

    def span(kind: str, **values: Any) -> str | None:
        start, end = draw(st.sampled_from(edges))
        layer = kind if kind in ("claim", "loaded_language") else "attribution"
        key = (kind, start, end, *sorted(values.items()))
        if key in seen:
            return None
        seen.add(key)
        name = f"s{len(seen)}"
        return one.add(Span(name, layer, start, end, text[start:end], **values))

    for _ in range(draw(st.integers(0, 4))):
        claim = span("claim", factuality=draw(st.sampled_from(["factual", "opinion"])))
        claims += [claim] if claim else []
    for _ in range(draw(st.integers(0, 3))):
        technique = draw(st.sampled_from(["Slogans", "Loaded_Language"]))
        span("loaded_language", technique=technique)
    parents: list[str] = []
    for number in range(draw(st.integers(0, 3))):
        parts = [span(role, role=role) for role in ("source", "cue", "content")]
        if None not in parts:
            source, cue, content = parts
            parent = draw(st.sampled_from([None, *parents]))
            record = Attribution(
                f"a{number}", "direct", "person", (source,), (), cue, (content,), parent,
                cue_type="speech", cue_force="neutral",
            )  # fmt: skip
            parents.append(one.add(record))
    if len(claims) > 1 and draw(st.booleans()):
        one.repeats(claims[0], claims[1])
    return one.done()


# --- a corpus on disk -------------------------------------------------------------------------

BY = {"kind": "person", "name": "tester"}


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def write_lines(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    """Write a JSON Lines file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    dumped = (json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_bytes("".join(dumped).encode())


def add_pass(
    corpus: Path, name: str, changes: dict[str, dict[str, Any] | None] | None = None
) -> None:
    """Write a copy of the small corpus's consensus as another set.

    Args:
        corpus: the corpus's folder.
        name: the new set's id.
        changes: by record id the fields to change (null takes one away), or None to leave the
            record out.
    """
    source, target = (corpus / "annotation/sets" / each for each in ("consensus", name))
    target.mkdir()
    head = json.loads((source / "set.json").read_text(encoding="utf-8"))
    head |= {"id": name, "producer": {"kind": "language_model", "name": name}}
    (target / "set.json").write_text(json.dumps(head), encoding="utf-8")
    wanted = dict(changes or {})
    for path in sorted(source.glob("*.jsonl")):
        kept = []
        for line in lines_of(path):
            change = wanted.pop(line["id"], {})
            if change is not None:
                merged = {**line, **change}
                kept.append({key: value for key, value in merged.items() if value is not None})
        write_lines(target / path.name, kept)
    assert not wanted, wanted


def decisions_file(corpus: Path, into: str = "merged") -> Path:
    """Return the file of decisions."""
    return corpus / f"annotation/campaigns/{into}/decisions.jsonl"


def decide(corpus: Path, decisions: dict[int, dict[str, Any]], *more: dict[str, Any]) -> None:
    """Fill in decisions by their conflicts' places in the file, and append lines.

    Who decided and why is added where it isn't given.
    """
    path = decisions_file(corpus)
    lines = lines_of(path)
    for index, decision in decisions.items():
        lines[index]["decision"] = {"reason": "judgement", "by": BY, **decision}
    said = {"conflict": {}, "review": {"by": BY}, "amendment": {"reason": "judgement", "by": BY}}
    added = [{**said.get(line["record"], {}), **line} for line in more]
    write_lines(path, [*lines, *added])
