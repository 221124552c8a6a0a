"""Corpora in memory whose texts and annotations are hard on formats."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from hostile_news import BREAKS, WORDS
from newspan.corpus import AnnotationSet, Corpus
from newspan.exchange.documents import corpus_of
from newspan.exchange.shapes import Found, Reading
from newspan.model import AnyRecord, Attribution, Link, Span
from newspan.schema import read_labels

#: More that breaks parsers: control characters, quoting, markup, what other formats parse.
PIECES = [
    *WORDS, *BREAKS, "\t", "\x00", "\u2028", "\u200f", "\x85", "a,b", 'say "no"', "it's", "\\n",
    "T1", "#", "</s>", "&amp;", "?", ";", " ", " ", " ", "\u00a0", "[]", "O",
]  # fmt: skip
LAYERS = ("claim", "attribution", "loaded_language", "duplicate_block")


def text(rng: random.Random) -> str:
    """Return a hostile text, sometimes empty."""
    if rng.random() < 0.1:
        return ""
    start = rng.choice(["", "", "\ufeff", "\r\n", " "])
    return start + "".join(rng.choice(PIECES) for _ in range(rng.randrange(1, 40)))


def corpus(rng: random.Random, documents: int = 3) -> tuple[Corpus, AnnotationSet]:
    """Return a corpus with a set of all kinds of records, each valid by its schema."""
    found = []
    for number in range(rng.randrange(1, documents + 1)):
        name = rng.choice(["tide-{}", "7{}", "the_old-quay_{}"]).format(number)
        words = text(rng)
        made = tuple(_records(rng, name, words)) if words else ()
        # By no draw of chance, so that older seeds give what they gave.
        looked = bool(made) or len(words) % 2 == 0
        found.append(Found(id=name, name=name, raw=words.encode(), records=made, looked=looked))
    return corpus_of(Reading(found, LAYERS), "hostile")


def _records(rng: random.Random, name: str, words: str) -> list[AnyRecord]:
    layers = rng.choices(LAYERS, (3, 6, 3, 1), k=rng.randrange(14))
    spans = [_span(rng, f"{name}-{n}", words, layer) for n, layer in enumerate(layers)]
    if spans and rng.random() < 0.5:  # identical, but for its id
        spans.append(_again(rng.choice(spans), f"{name}-again"))
    ties = any(span.role in ("cue", "content") for span in spans)
    attributions = [
        _attribution(rng, f"{name}-a{n}", spans, len(words))
        for n in range(rng.randrange(3) if ties else 0)
    ]
    if len(attributions) == 2 and rng.random() < 0.5:
        first, second = attributions
        attributions = [first, _changed(second, parent_id=first.id)]
    claims = [span.id for span in spans if span.layer == "claim"]
    links = [
        Link(f"{name}-l", "repeats", rng.choice(claims), rng.choice(claims), **_remarks(rng))
    ] if claims else []  # fmt: skip
    records: list[AnyRecord] = [*spans, *attributions, *links]
    return records


def _span(rng: random.Random, ident: str, words: str, layer: str) -> Span:
    start = rng.randrange(len(words))
    end = min(len(words), start + rng.choice([1, 1, 2, 5, 20, 400]))
    said: dict[str, Any] = _remarks(rng)
    labels = read_labels()
    if layer == "claim":
        said["factuality"] = rng.choice(labels.of("claim", "factuality"))
        said["hedged"] = rng.choice([None, True, False])
        if said["factuality"] == "factual":
            said["check_worthy"] = rng.choice([None, True, False])
    elif layer == "attribution":
        said["role"] = rng.choice(labels.of("attribution", "role"))
    elif layer == "loaded_language":
        said["technique"] = rng.choice([*labels.of(layer, "technique"), "Own_Label"])
        said["target"] = rng.choice([None, "council"])
        said["polarity"] = rng.choice([None, "negative", "positive"])
    else:
        said |= {"cluster": "c1", "copy_role": rng.choice(["canonical", "copy"])}
        said |= {"match": rng.choice(["exact", "near"]), "similarity": rng.choice([1.0, 0.25])}
        said["scope"] = rng.choice(["within", "across"])
    return Span(id=ident, layer=layer, start=start, end=end, text=words[start:end], **said)


def _attribution(rng: random.Random, ident: str, spans: list[Span], length: int) -> Attribution:
    of = {
        role: [span.id for span in spans if span.role == role]
        for role in ("source", "medium", "cue", "content")
    }
    labels = read_labels()
    said: dict[str, Any] = _remarks(rng)
    of_cue = ("cue_type", "cue_force") if of["cue"] else ()
    for name in ("mode", "source_kind", *of_cue):
        said[name] = rng.choice([None, *labels.of("attribution", name)])
    if of["source"] and said["source_kind"] != "none" and rng.random() < 0.5:
        said |= {"source_named": True, "source_name": rng.choice([None, "Ada\tQuay", "«Quay»"])}
    else:
        of["source"] = []
    if of["cue"] and rng.random() < 0.3:
        said |= {"scope": "open", "scope_end": rng.choice([None, length])}
    return Attribution(
        id=ident,
        source_ids=tuple(rng.sample(of["source"], min(2, len(of["source"])))),
        medium_ids=tuple(of["medium"][:1]),
        cue_id=rng.choice(of["cue"]) if of["cue"] else None,
        content_ids=tuple(of["content"]),
        **said,
    )


def _remarks(rng: random.Random) -> dict[str, Any]:
    return {
        "unsure": rng.random() < 0.2,
        "note": rng.choice([None, None, None, "two\nlines\tand a tab", "“سؤال” 👩\u200d👧"]),
        "decision": rng.choice([None, None, "adjudicated"]),
        "human_verified": rng.random() < 0.2,
    }


def _again(span: Span, ident: str) -> Span:
    return _changed(span, id=ident)


def _changed(record: Any, **said: Any) -> Any:
    import msgspec

    return msgspec.structs.replace(record, **said)


def written(files: Any, folder: Path) -> Path:
    """Write files into a folder and return it."""
    for name, raw in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert not path.exists(), f"{name} is written twice"
        path.write_bytes(raw)
    return folder
