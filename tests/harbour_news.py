"""A corpus of invented news from a harbour town, as large as a test needs it, with some copies."""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
from pathlib import Path
from typing import Any

from corpora import GOOD

SAYS = ["said", "insisted", "claimed", "argued", "denied"]
LOADED = ["shabby excuse", "shameful deal", "heroic crew", "rotten plan", "brazen lie"]
WHERE = ["at", "near", "behind", "beside", "above", "below", "opposite"]
_SYLLABLES = re.findall(
    r"\w+", "ban cor del fen gul har jor kel lin mor nes ost pel quay rim sel tor"
)
_UNKNOWN: dict[str, Any] = {"value": None, "evidence": [{"class": "unknown"}]}


def article(number: int) -> list[str]:
    """Return an article's title and paragraphs; the same number gives the same ones.

    The second paragraph's first sentence attributes, the next one holds loaded words. Words are
    made up, so that articles have nothing in common by chance.
    """
    rng = random.Random(number)

    def word() -> str:
        return "".join(rng.choices(_SYLLABLES, k=2)) + rng.choice(["s", "ers", "ing", ""])

    def name() -> str:
        return f"{word().title()} {word().title()}"

    def words(least: int) -> str:
        return " ".join(word() for _ in range(rng.randint(least, least + 3)))

    return [
        f"{word().title()} {words(2)} 🚢",
        f"{name()} {rng.choice(SAYS)} that {rng.randint(2, 99)} {words(3)} were {words(2)} "
        f"{rng.choice(WHERE)} {name()}. It was a {rng.choice(LOADED)}, {words(3)}.",
        f"{rng.choice(WHERE).title()} {name()} {words(4)}, and {rng.randint(2, 60)} {words(4)} "
        f"{rng.choice(WHERE)} {words(3)}; {words(2)} “{words(2)}”.",
        f"“{word().title()} {words(3)}”, wrote {name()}\u00a0— {words(3)}’s {words(2)}.",
    ]


def write_corpus(root: Path, articles: int, copies: dict[int, int] | None = None) -> Path:
    """Write a corpus of articles a01-i1, a02-i1 and so on, one a document, and return its folder.

    Args:
        root: the folder; it must not be there.
        articles: how many.
        copies: by an article's number, counted from 1, the earlier one of which it is a copy with a
            word added.
    """
    (root / "corpus" / "documents").mkdir(parents=True)
    (root / "corpus" / "raw").mkdir()
    (root / "annotation").mkdir()
    for name in ("corpus/corpus.json", "corpus/outlets.json", "corpus/targets.json"):
        shutil.copy(GOOD / name, root / name)
    shutil.copy(GOOD / "annotation/guidelines.md", root / "annotation/guidelines.md")
    for number in range(1, articles + 1):
        of = (copies or {}).get(number)
        parts = article(of or number)
        if of:
            parts[-1] += " (agency)"
        add_article(root, number, parts, lineage=of or number)
    return root


def add_article(root: Path, number: int, parts: list[str], lineage: int | None = None) -> None:
    """Write one more article; of the lineage of the article of that number, or of its own."""
    name = f"a{number:02}"
    text = "\r\n\r\n".join(parts) + "\r\n"
    raw = text.encode()
    zones, at = [], 0
    for index, part in enumerate(parts):
        start = text.index(part, at)
        at = start + len(part)
        zones.append({"start": start, "end": at, "kind": "paragraph" if index else "title"})
    title = {"class": "stated_in_text", "start": 0, "end": len(parts[0]), "text": parts[0]}
    document = {
        "id": name,
        "file": f"{name}.txt",
        "sha256": hashlib.sha256(raw).hexdigest(),
        "language": "en",
        "lineage": f"a{lineage or number:02}",
        "items": [
            {
                "id": f"{name}-i1",
                "start": 0,
                "end": len(text),
                "title": {"value": parts[0], "evidence": [title], "confidence": "high"},
                "authors": [],
                "published": _UNKNOWN,
                "zones": zones,
                "chain": [
                    {
                        "outlet": "gazette",
                        "role": "scraped_publisher",
                        "evidence": [{"class": "inferred", "reason": "it is a test"}],
                        "confidence": "high",
                        "language": _UNKNOWN,
                        "published": _UNKNOWN,
                        "url": _UNKNOWN,
                    }
                ],
                "partisanship": {
                    "stance": [
                        {"target": "council", "polarity": "not_addressed", "confidence": "high"}
                    ],
                    "right_of_reply": _UNKNOWN,
                    "missing_perspectives": [],
                    "assessor": {"kind": "person", "name": "tester", "date": "2026-11-22"},
                },
            }
        ],
    }
    (root / f"corpus/raw/{name}.txt").write_bytes(raw)
    path = root / f"corpus/documents/{name}.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    sums = root / "corpus/raw/SHA256SUMS"
    with sums.open("a", encoding="utf-8") as file:
        file.write(f"{hashlib.sha256(raw).hexdigest()}  {name}.txt\n")


def item(number: int) -> str:
    """Return an article's item id."""
    return f"a{number:02}-i1"


def write_campaign(root: Path, name: str = "quay", text: str = "", **keys: Any) -> Path:
    """Write a campaign.toml and return its path.

    Args:
        root: the corpus.
        name: the campaign's.
        text: more TOML, such as the annotators; three of them if not given.
        keys: the keys above it, as JSON writes them.
    """
    path = root / f"annotation/campaigns/{name}/campaign.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in {"name": name, **keys}.items()]
    people = "".join(f'[[annotators]]\nalias = "{alias}"\n' for alias in ("ada", "ben", "cleo"))
    path.write_text("".join(lines) + (text or people), encoding="utf-8")
    return path
