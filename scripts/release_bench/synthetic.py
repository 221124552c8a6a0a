"""A synthetic corpus of any size: invented words, 50 spans a document, without fault."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

from newspan.schema import read_labels

Json = dict[str, Any]

PARAGRAPHS = 8
SENTENCES = 3  # a paragraph
CLAIMS, ATTRIBUTIONS, LOADED = 18, 6, 14  # 50 spans: an attribution has a source, cue and content
_WORDS = 6_000
_SYLLABLES = [a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "an", "er")]
_NAMES = [f"{first} {last}" for first in ("Ana", "Bo", "Cleo") for last in ("Moss", "Pell", "Rye")]
_CUES = ("said", "claimed", "denied", "told reporters", "insisted", "recalled")
_OUTLETS = ("gazette", "courier", "ferry-news")
_TARGETS = ("council", "mayor", "ferries")


class Words:
    """Invented words, of Zipfian frequency."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(f"words {seed}")
        self.words = [
            "".join(rng.choices(_SYLLABLES, k=rng.choice((1, 2, 2, 3, 3)))) for _ in range(_WORDS)
        ]
        self.weights = list(accumulate(1 / (rank + 2) for rank in range(_WORDS)))

    def draw(self, rng: random.Random, number: int) -> list[str]:
        """Return that many words."""
        return rng.choices(self.words, cum_weights=self.weights, k=number)


class Text:
    """A text that grows, with the places of what was put into it."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0

    def add(self, piece: str) -> tuple[int, int]:
        """Add a piece and return its extent."""
        self.pieces.append(piece)
        self.length += len(piece)
        return self.length - len(piece), self.length

    def __str__(self) -> str:
        return "".join(self.pieces)


class Made:
    """One document: its text, its record, and its annotation records."""

    def __init__(self, number: int, of: int, seed: int, words: Words) -> None:
        self.id = f"d{number:06d}"
        self.item = f"{self.id}-i1"
        self.copied = copied_from(number)
        self.text = Text()
        self.zones: list[Json] = []
        self.extents: dict[str, list[tuple[int, int]]] = {"claim": [], "loaded": []}
        self.attributions: list[dict[str, tuple[int, int]]] = []
        rng = random.Random(f"{seed} {number}")
        self.rng = rng
        title = " ".join(words.draw(rng, 7)).capitalize()
        self.title = self._zone("title", [title])
        self._zone("byline", [f"By {rng.choice(_NAMES)}"])
        for paragraph in range(PARAGRAPHS):
            source = self.copied if paragraph == 0 and self.copied is not None else number
            self._paragraph(random.Random(f"{seed} {source} {paragraph}"), paragraph, words)
        self._zone("boilerplate", ["Read more in the Harbour Gazette"])
        self.is_copied = any(
            copied_from(number + by) == number for by in (9, 1009) if number + by < of
        )
        self.string = str(self.text)
        self.sha256 = hashlib.sha256(self.string.encode()).hexdigest()

    def _zone(self, kind: str, pieces: list[str]) -> tuple[int, int]:
        start = self.text.length
        for piece in pieces:
            self.text.add(piece)
        self.zones.append({"start": start, "end": self.text.length, "kind": kind})
        self.text.add("\n\n")
        return start, self.text.length - 2

    def _paragraph(self, rng: random.Random, number: int, words: Words) -> None:
        text, start = self.text, self.text.length
        for sentence in range(SENTENCES):
            index = number * SENTENCES + sentence
            drawn = words.draw(rng, rng.randint(11, 17))
            parts = {}
            if index % 4 == 1:
                parts["source"] = text.add(rng.choice(_NAMES))
                text.add(" ")
                parts["cue"] = text.add(rng.choice(_CUES))
                text.add(" ")
            else:
                drawn[0] = drawn[0].capitalize()
            quoted = bool(parts) and index % 8 == 1
            text.add("“" if quoted else "")
            begin = text.length
            loaded = rng.randrange(2, len(drawn) - 1)
            text.add(" ".join(drawn[:loaded]) + " ")
            word = text.add(drawn[loaded])
            _, end = text.add(" " + " ".join(drawn[loaded + 1 :]))
            text.add("”. " if quoted else ". ")
            if parts:
                self.attributions.append({**parts, "content": (begin, end)})
            if index < CLAIMS:
                self.extents["claim"].append((begin, end))
            if index < LOADED:
                self.extents["loaded"].append(word)
        last = text.pieces[-1]
        text.pieces[-1] = last[:-1]
        text.length -= 1
        self.zones.append({"start": start, "end": text.length, "kind": "paragraph"})
        text.add("\n\n")

    def record(self) -> Json:
        """Return the curated record of the document."""
        rng = self.rng
        start, end = self.title
        inferred = [{"class": "inferred", "reason": "the page says so in its head"}]
        stated = {
            "class": "stated_in_text",
            "start": start,
            "end": end,
            "text": self.string[start:end],
        }
        page = [
            {
                "class": "found_in_stored_page",
                "source": f"https://page.example/{self.id}",
                "retrieved": "2026-11-22",
                "quote": self.string[start:end],
            }
        ]
        step = {
            "outlet": rng.choice(_OUTLETS), "role": "scraped_publisher", "evidence": page,
            "confidence": "high",
            "language": {"value": "en", "evidence": inferred, "confidence": "high"},
            "published": {"value": "2026-05", "evidence": inferred, "confidence": "low"},
            "url": {"value": f"https://page.example/{self.id}", "evidence": page,
                    "confidence": "high"},
        }  # fmt: skip
        stance = [
            {"target": rng.choice(_TARGETS), "polarity": "hostile", "confidence": "high",
             "evidence": [stated]}
        ]  # fmt: skip
        item = {
            "id": self.item, "start": 0, "end": self.text.length,
            "title": {"value": self.string[start:end], "evidence": [stated], "confidence": "high"},
            "authors": [],
            "published": {"value": "2026-05", "evidence": inferred, "confidence": "low"},
            "zones": self.zones, "chain": [step],
            "partisanship": {
                "stance": stance,
                "right_of_reply": {"value": "none", "evidence": inferred, "confidence": "high"},
                "missing_perspectives": ["the harbour master"],
                "assessor": {"kind": "rule", "name": "bench", "date": "2026-11-22"}
                | {"kind": "language_model"},
            },
        }  # fmt: skip
        return {
            "id": self.id, "file": f"{self.id}.txt", "sha256": self.sha256, "language": "en",
            "lineage": f"l-{self.id if self.copied is None else f'd{self.copied:06d}'}",
            "items": [item],
        }  # fmt: skip

    def annotations(self) -> Iterator[Json]:
        """Yield the records of the primary set."""
        rng, text, n = self.rng, self.string, 0

        def span(start: int, end: int, layer: str, **more: Any) -> Json:
            nonlocal n
            n += 1
            name = hashlib.blake2b(f"{self.id} {n}".encode(), digest_size=8).hexdigest()
            return {
                "record": "span",
                "id": f"s{name[1:]}",
                "layer": layer,
                "start": start,
                "end": end,
                "text": text[start:end],
                **more,
                "decision": "unanimous",
            }

        first = None
        for start, end in self.extents["claim"]:
            factuality = rng.choice(("factual", "factual", "opinion", "prediction"))
            more: Json = {"factuality": factuality}
            if factuality == "factual":
                more["check_worthy"] = rng.random() < 0.5
            made = span(start, end, "claim", **more, hedged=rng.random() < 0.1)
            first = first or made
            yield made
        techniques = ("Loaded_Language", "Name_Calling-Labeling", "Exaggeration-Minimisation")
        for start, end in self.extents["loaded"]:
            yield span(
                start,
                end,
                "loaded_language",
                technique=rng.choice(techniques),
                target=rng.choice(_TARGETS),
                polarity="negative",
            )
        for index, extents in enumerate(self.attributions):
            ends = {
                role: span(*extent, "attribution", role=role) for role, extent in extents.items()
            }
            yield from ends.values()
            yield {
                "record": "attribution", "id": f"a{self.id[1:]}-{index}", "mode": "indirect",
                "source_kind": "person", "source_ids": [ends["source"]["id"]],
                "cue_id": ends["cue"]["id"], "content_ids": [ends["content"]["id"]],
                "source_named": True, "source_name": ends["source"]["text"],
                "cue_type": "speech", "cue_force": "neutral",
            }  # fmt: skip
        if self.copied is not None and first is not None:
            other = hashlib.blake2b(f"d{self.copied:06d} 1".encode(), digest_size=8).hexdigest()
            yield {
                "record": "link",
                "id": f"l{self.id[1:]}",
                "type": "repeats",
                "from_id": first["id"],
                "to_id": f"s{other[1:]}",
            }

    def blocks(self) -> Iterator[Json]:
        """Yield the records of the set of duplicate blocks."""
        zone = self.zones[2]
        start, end = zone["start"], zone["end"]
        both = {
            "record": "span",
            "layer": "duplicate_block",
            "start": start,
            "end": end,
            "text": self.string[start:end],
            "match": "exact",
            "similarity": 1.0,
            "scope": "across",
        }
        if self.is_copied:
            yield both | {
                "id": f"b{self.id[1:]}",
                "cluster": f"c{self.id[1:]}",
                "copy_role": "canonical",
            }
        elif self.copied is not None:
            yield both | {
                "id": f"b{self.id[1:]}",
                "cluster": f"c{self.copied:06d}",
                "copy_role": "copy",
            }


def copied_from(number: int) -> int | None:
    """Return the document whose first paragraph a document repeats: one of ten repeats one."""
    if number % 10 != 9:
        return None
    return number - 9 if number < 1000 else number - 1009


def make_corpus(root: Path, number: int, seed: int) -> None:
    """Write a corpus of that many documents into a folder that is not there."""
    raw, documents = root / "corpus/raw", root / "corpus/documents"
    spans, blocks = root / "annotation/sets/consensus", root / "annotation/sets/reuse_v1"
    for folder in (raw, documents, spans, blocks):
        folder.mkdir(parents=True)
    words, sums, items = Words(seed), [], []
    for index in range(number):
        made = Made(index, number, seed, words)
        (raw / f"{made.id}.txt").write_bytes(made.string.encode())
        sums.append(f"{made.sha256}  {made.id}.txt\n")
        _write(documents / f"{made.id}.json", made.record())
        _write_lines(spans / f"{made.item}.jsonl", made.annotations())
        _write_lines(blocks / f"{made.item}.jsonl", made.blocks())
        items.append(made.item)
    (raw / "SHA256SUMS").write_text("".join(sums))
    zones = ["title", "paragraph"]
    layers = ["claim", "attribution", "loaded_language"]
    _write(spans / "set.json", _head("consensus", "language_model", layers, zones, items))
    everywhere = ["title", "byline", "paragraph", "boilerplate"]
    _write(blocks / "set.json", _head("reuse_v1", "rule", ["duplicate_block"], everywhere, items))
    _write_lists(root / "corpus")


def _head(name: str, kind: str, layers: list[str], zones: list[str], items: list[str]) -> Json:
    return {
        "id": name, "producer": {"kind": kind, "name": "bench"}, "created": "2026-11-22",
        "labels_sha256": read_labels().sha256,
        "coverage": [{"item": item, "layers": layers, "zones": zones} for item in items],
    }  # fmt: skip


def _write_lists(folder: Path) -> None:
    inferred = [{"class": "inferred", "reason": "by its own page"}]
    outlets = [
        {"id": name, "name": name.title(), "description": "A newspaper.", "contested": False,
         "ratings": [],
         "affiliation": {"value": "commercial_media", "evidence": inferred, "confidence": "high"}}
        for name in _OUTLETS
    ]  # fmt: skip
    targets = [
        {"id": name, "title": f"The {name}", "kind": "organisation", "description": "Here."}
        for name in _TARGETS
    ]
    info = {
        "name": "bench", "title": "A synthetic corpus", "version": "0.1.0",
        "description": "Invented words.", "languages": ["en"], "annotation_license": "CC-BY-4.0",
        "text_license": "Invented words: nobody's.",
    }  # fmt: skip
    _write(folder / "outlets.json", {"outlets": outlets})
    _write(folder / "targets.json", {"targets": targets})
    _write(folder / "corpus.json", info)


def _write(path: Path, data: Json) -> None:
    path.write_bytes(json.dumps(data, ensure_ascii=False).encode())


def _write_lines(path: Path, records: Iterator[Json]) -> None:
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
    if lines:
        path.write_bytes("".join(lines).encode())
