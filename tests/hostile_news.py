"""Small corpora of invented harbour news whose texts are hard on offsets."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from pathlib import Path
from typing import Any

from corpora import GOOD

#: ZWJ emoji, skin tones, combining marks, precomposed ones, right to left, zero width, NBSP, wide
#: signs, quotation marks, a ligature and a half-width letter.
_PLAIN = "the harbour council ferry pier mayor leaks said that reportedly shameful boats budget"
WORDS = [
    *_PLAIN.split(),
    "👩\u200d👩\u200d👧",
    "👍🏽",
    "🏴\u200d☠\ufe0f",
    "caf\u00e9",
    "cafe\u0301",
    "\ufb01nal",
    "\uff57ide",
    "İstanbul",
    "straße",
    "بندر",
    "شهردار",
    "«باز»",
    "so\u200bcalled",
    "ten\u00a0million",
    "港は開いている",
    "“rotten”",
    "‘plan’",
    "nai\u0308ve",
    "e\u0301\u0323",
    "—",
    "…",
    "№",
]
#: What parts paragraphs: LF, CR LF, lone CR, several, and with spaces between.
BREAKS = ("\n", "\r\n", "\r", "\n\n", "\n \n", "\r\n\r\n\u00a0\r\n")

Extent = tuple[int, int]


def hostile_text(rng: random.Random, paragraphs: int = 8) -> tuple[str, list[Extent], list[Extent]]:
    """Return a text, the extents of its paragraphs, and some of stretches of words in them."""
    text = rng.choice(["", "\ufeff", "\r\n"])
    zones, spans = [], []
    for _ in range(paragraphs):
        start = len(text)
        words: list[Extent] = []
        for number in range(rng.randrange(12, 40)):
            text += rng.choice([" ", " ", " ", "\u00a0"]) if number else ""
            word = rng.choice(WORDS)
            words.append((len(text), len(text) + len(word)))
            text += word
        zones.append((start, len(text)))
        for _ in range(rng.randrange(1, 6)):
            first = rng.randrange(len(words))
            last = min(len(words) - 1, first + rng.choice([0, 0, 1, 3, 9]))
            spans.append((words[first][0], words[last][1]))
        text += rng.choice(BREAKS)
    return text, zones, sorted(set(spans))


def write_corpus(folder: Path, texts: dict[str, tuple[str, list[Extent], list[Extent]]]) -> Path:
    """Write a corpus of documents with one item each, spans being loaded language.

    Args:
        folder: where it goes; it must not be there.
        texts: each document's text, its zones and its spans.
    """
    shutil.copytree(GOOD, folder)
    for path in (folder / "corpus" / "documents", folder / "corpus" / "raw"):
        shutil.rmtree(path)
        path.mkdir()
    sets = folder / "annotation" / "sets"
    shutil.rmtree(sets / "reuse_v1")
    for path in sets.glob("*/*.jsonl"):
        path.unlink()
    head = json.loads((sets / "consensus" / "set.json").read_text(encoding="utf-8"))
    head["coverage"] = [
        {"item": f"{name}-i1", "layers": ["loaded_language"], "zones": ["paragraph"]}
        for name in texts
    ]
    (sets / "consensus" / "set.json").write_text(json.dumps(head), encoding="utf-8")
    sums = ""
    for name, (text, zones, spans) in texts.items():
        raw = text.encode()
        (folder / "corpus" / "raw" / f"{name}.txt").write_bytes(raw)
        digest = hashlib.sha256(raw).hexdigest()
        sums += f"{digest}  {name}.txt\n"
        record = _document(name, digest, text, zones)
        path = folder / "corpus" / "documents" / f"{name}.json"
        path.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
        lines = (json.dumps(_span(name, text, *span), ensure_ascii=False) + "\n" for span in spans)
        records = sets / "consensus" / f"{name}-i1.jsonl"
        records.write_bytes("".join(lines).encode())
    (folder / "corpus" / "raw" / "SHA256SUMS").write_text(sums, encoding="utf-8")
    return folder


def _document(name: str, digest: str, text: str, zones: list[Extent]) -> dict[str, Any]:
    item = json.loads((GOOD / "corpus" / "documents" / "d1.json").read_text(encoding="utf-8"))
    first = item["items"][0]
    start = zones[0][0]
    end = text.index(" ", start + 20, zones[0][1])
    stated = {"class": "stated_in_text", "start": start, "end": end, "text": text[start:end]}
    first |= {
        "id": f"{name}-i1",
        "start": zones[0][0],
        "end": zones[-1][1],
        "title": {"value": text[start:end], "evidence": [stated], "confidence": "high"},
        "zones": [{"start": s, "end": e, "kind": "paragraph"} for s, e in zones],
        "note": f"It begins {text[zones[0][0] : zones[0][1]]!r}.",
    }
    first["partisanship"]["stance"] = [
        {"target": "council", "polarity": "hostile", "confidence": "high", "evidence": [stated]}
    ]
    return {**item, "id": name, "file": f"{name}.txt", "sha256": digest, "items": [first]}


def _span(name: str, text: str, start: int, end: int) -> dict[str, Any]:
    return {
        "record": "span",
        "id": f"l-{name}-{start}-{end}",
        "layer": "loaded_language",
        "start": start,
        "end": end,
        "text": text[start:end],
        "technique": "Loaded_Language",
        "target": "council",
        "polarity": "negative",
    }
