"""One long invented document whose spans overlap, nest, cross and repeat, as a corpus's folder."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any, NamedTuple

from newspan.schema import read_labels

Json = dict[str, Any]
Extent = tuple[int, int]

ITEM = "harbour-i1"
SET = "consensus"
A_PARAGRAPH = 10  # spans
_SENTENCES = 4  # a paragraph
_VOCABULARY = (
    "the harbour council ferry pier mayor budget leaks timetable gangway rowing club quay tide "
    "crane fish market lighthouse rope anchor storm repair inquiry ticket winter crossing report "
    "vote meeting secret reckless brave shameful modest late empty crowded wooden northern says "
    "denies claims promises insists recalls warns told asked opened closed paid lost found and but "
    "because before after without over under against"
)
_FACTUALITY = ("factual", "opinion", "prediction")
_TECHNIQUES = ("Loaded_Language", "Name_Calling-Labeling", "Exaggeration-Minimisation")
_SHORT = ("source", "cue", "loaded_language")


class Case(NamedTuple):
    """A text, the extents of its title and paragraphs, and its spans as records."""

    text: str
    zones: list[Extent]
    spans: list[Json]

    @property
    def words(self) -> int:
        """Return how many words the text has."""
        return len(self.text.split())


def invent(number: int, seed: int = 1) -> Case:
    """Return a text of about five words for each of that many spans, and the spans.

    Every paragraph has four sentences and ten spans: four are a sentence or the end of one
    (claims), two begin in a sentence and end in the next (contents, which cross the claims), one
    has the extent of another, and three are of one to three words inside a sentence. All begin and
    end at words' borders, so that any tokenizer's tokens express them.
    """
    rng = random.Random(f"view {seed}")
    pieces, length = ["News of the harbour\n\n"], len("News of the harbour\n\n")
    zones, spans = [(0, length - 2)], []
    for _ in range(max(1, number // A_PARAGRAPH)):
        sentences: list[list[Extent]] = []
        start = length
        for _ in range(_SENTENCES):
            words = rng.choices(_VOCABULARY.split(), k=rng.randint(9, 16))
            words[0] = words[0].capitalize()
            extents = []
            for word in words:
                extents.append((length, length + len(word)))
                length += len(word) + 1
            pieces.append(" ".join(words) + ". ")
            length += 1
            sentences.append(extents)
        pieces[-1] = pieces[-1][:-1] + "\n\n"
        zones.append((start, length - 1))
        length += 1
        spans.extend(_of_paragraph(rng, sentences))
    text = "".join(pieces)
    return Case(text, zones, [_record(n, text, *each) for n, each in enumerate(spans)])


def _of_paragraph(
    rng: random.Random, sentences: list[list[Extent]]
) -> list[tuple[Extent, str, str]]:
    """Return ten spans of a paragraph: extent, layer and label."""
    found = []
    for words in sentences:
        first = rng.choice((0, 0, 1, 3))
        found.append(((words[first][0], words[-1][1]), "claim", rng.choice(_FACTUALITY)))
    for before in rng.sample(range(_SENTENCES - 1), 2):
        one, other = sentences[before], sentences[before + 1]
        extent = (rng.choice(one[3:])[0], rng.choice(other[:6])[1])
        found.append((extent, "attribution", "content"))
    extent, layer, _ = rng.choice(found)
    same = ("attribution", "content") if layer == "claim" else ("claim", "opinion")
    found.append((extent, *same))
    for kind in _SHORT:
        words = rng.choice(sentences)
        first, more = rng.randrange(len(words) - 3), rng.choice((0, 0, 1, 2))
        extent = (words[first][0], words[first + more][1])
        if kind == "loaded_language":
            found.append((extent, kind, rng.choice(_TECHNIQUES)))
        else:
            found.append((extent, "attribution", kind))
    return found


def _record(number: int, text: str, extent: Extent, layer: str, label: str) -> Json:
    start, end = extent
    key = {"claim": "factuality", "attribution": "role", "loaded_language": "technique"}[layer]
    span = {"record": "span", "id": f"s{number:06d}", "layer": layer, "start": start, "end": end}
    more = {"check_worthy": False} if label == "factual" else {}
    return {**span, "text": text[start:end], key: label, **more}


def write_corpus(root: Path, case: Case) -> Path:
    """Write a corpus of the one document into a folder that is not there, and return it."""
    raw, documents = root / "corpus/raw", root / "corpus/documents"
    records = root / "annotation/sets" / SET
    for folder in (raw, documents, records):
        folder.mkdir(parents=True)
    digest = hashlib.sha256(case.text.encode()).hexdigest()
    (raw / "harbour.txt").write_bytes(case.text.encode())
    (raw / "SHA256SUMS").write_text(f"{digest}  harbour.txt\n", encoding="utf-8")
    _write(documents / "harbour.json", _document(case, digest))
    lines = "".join(json.dumps(span) + "\n" for span in case.spans)
    (records / f"{ITEM}.jsonl").write_text(lines, encoding="utf-8")
    layers = ["claim", "attribution", "loaded_language"]
    head = {
        "id": SET, "producer": {"kind": "rule", "name": "bench"}, "created": "2026-11-22",
        "labels_sha256": read_labels().sha256,
        "coverage": [{"item": ITEM, "layers": layers, "zones": ["title", "paragraph"]}],
    }  # fmt: skip
    _write(records / "set.json", head)
    outlet = {
        "id": "gazette", "name": "Harbour Gazette", "description": "A newspaper.",
        "contested": False, "ratings": [], "affiliation": _guess("commercial_media"),
    }  # fmt: skip
    _write(root / "corpus/outlets.json", {"outlets": [outlet]})
    target = {"id": "council", "title": "The council", "kind": "organisation", "description": "It."}
    _write(root / "corpus/targets.json", {"targets": [target]})
    info = {
        "name": "bench", "title": "One long document", "version": "0.1.0",
        "description": "Invented words.", "languages": ["en"], "annotation_license": "CC0-1.0",
        "text_license": "CC0-1.0",
    }  # fmt: skip
    _write(root / "corpus/corpus.json", info)
    return root


def _guess(value: str) -> Json:
    evidence = [{"class": "inferred", "reason": "it is invented"}]
    return {"value": value, "evidence": evidence, "confidence": "high"}


def _document(case: Case, digest: str) -> Json:
    kinds = ["title", *["paragraph"] * (len(case.zones) - 1)]
    zones = [
        {"start": start, "end": end, "kind": kind}
        for (start, end), kind in zip(case.zones, kinds, strict=True)
    ]
    step = {
        "outlet": "gazette", "role": "scraped_publisher", "confidence": "high",
        "evidence": _guess("")["evidence"], "language": _guess("en"),
        "published": _guess("2026-05"), "url": {"value": None, "evidence": [{"class": "unknown"}]},
    }  # fmt: skip
    item = {
        "id": ITEM, "start": 0, "end": len(case.text), "title": _guess("News of the harbour"),
        "authors": [], "published": _guess("2026-05"), "zones": zones, "chain": [step],
        "partisanship": {
            "stance": [{"target": "council", "polarity": "not_addressed", "confidence": "low"}],
            "right_of_reply": _guess("none"), "missing_perspectives": [],
            "assessor": {"kind": "language_model", "name": "bench", "date": "2026-11-22"},
        },
    }  # fmt: skip
    return {
        "id": "harbour", "file": "harbour.txt", "sha256": digest, "language": "en",
        "lineage": "harbour", "items": [item],
    }  # fmt: skip


def _write(path: Path, data: Json) -> None:
    path.write_text(json.dumps(data), encoding="utf-8")
