"""What annotators of the harbour town's news mark, in the campaign of docs/campaigns.md."""

from __future__ import annotations

import random
import re
import secrets
from collections.abc import Iterator
from typing import Any

from harbour_news import item

COPIES = {55: 5, 56: 6, 57: 7, 58: 8, 59: 9, 60: 10}
KEYS: dict[str, Any] = {
    "items": "all",
    "per_item": 2,
    "batch_size": 20,
    "training": [item(1), item(2), item(3)],
}
SENTENCE = re.compile(r"(\S+ \S+) (\w+) (that (.*?))\. It was (a (\w+ \w+)),", re.DOTALL)
#: Dora in Ada's place, as TOML.
REPLACED = '[[annotators]]\nalias = "ada"\nreplaced_by = "dora"\n' + "".join(
    f'[[annotators]]\nalias = "{alias}"\n' for alias in ("ben", "cleo", "dora")
)


def seen(alias: str, text: str) -> Iterator[dict[str, Any]]:
    """Yield what an annotator marks in an article, as a browser stores it.

    An attribution, its claim, and the loaded words, on which annotators differ now and then.
    """
    found = SENTENCE.search(text)
    assert found is not None
    mood = random.Random(alias + text)
    cue, source, content = (secrets.token_urlsafe(9)[:10] for _ in range(3))
    yield from _region(text, cue, "attribution", "cue", found.span(2), {
        "mode": "indirect", "source_kind": "person", "source_named": "yes",
        "cue_type": "speech", "cue_force": "neutral",
    })  # fmt: skip
    yield _answer(text, cue, "source_name", found.span(2), "textarea", found[1])
    yield from _region(text, source, "attribution", "source", found.span(1))
    yield from _region(text, content, "attribution", "content", found.span(3))
    worth = "no" if mood.random() < 0.3 else "yes"
    answers = {"check_worthy": worth, "hedged": "no"}
    yield from _region(text, _new(), "claim", "factual", found.span(4), answers)
    if mood.random() < 0.8:  # else it is overlooked
        words = found.span(5 if alias == "cleo" else 6)  # with the article, or without
        aim = {"target": "council", "polarity": "negative"}
        yield from _region(text, _new(), "loaded_language", "Loaded_Language", words, aim)
    for end in (source, content):  # drawn without a label, as newcomers do
        yield {"from_id": cue, "to_id": end, "type": "relation", "direction": "right"}


def _new() -> str:
    return secrets.token_urlsafe(9)[:10]


def _region(
    text: str,
    name: str,
    control: str,
    label: str,
    extent: tuple[int, int],
    answers: dict[str, str] | None = None,
) -> Iterator[dict[str, Any]]:
    yield _answer(text, name, control, extent, "labels", label)
    for key, value in (answers or {}).items():
        yield _answer(text, name, key, extent, "choices", value)


def _answer(
    text: str, name: str, control: str, extent: tuple[int, int], kind: str, answer: str
) -> dict[str, Any]:
    start, end = extent
    value: dict[str, Any] = {"start": start, "end": end, "text": text[start:end].upper()}
    value["text" if kind == "textarea" else kind] = [answer]
    return {"value": value, "id": name, "from_name": control, "to_name": "text", "type": kind,
            "origin": "manual"}  # fmt: skip
