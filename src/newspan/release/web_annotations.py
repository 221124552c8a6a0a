"""A set as W3C Web Annotations: JSON-LD that any annotation tool may read.

Web Annotation Data Model, W3C Recommendation of 2017-02-23. Only terms of its context are used.
A span's target is the document, known by its SHA-256; its selectors are alternatives of equal
rank: places in the document, words with what stands around them, and places in the item. An
attribution's and a link's targets are the annotations of their spans.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from newspan.corpus import AnnotationSet, Corpus
from newspan.derive import check_worthiness
from newspan.model import AnyRecord, Attribution, Link, Producer, Span
from newspan.offsets import to_item
from newspan.release.selectors import position_selector, quote_selector

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
#: The folder of a release that holds them, one JSON Lines file per set.
FOLDER = "web-annotations"

Annotation = dict[str, Any]

#: Attributes whose values are labels, or yes and no, in the order in which bodies list them.
_SPAN_LABELS = ("factuality", "role", "technique", "match", "polarity", "copy_role", "scope")
_SPAN_FLAGS = ("check_worthy", "hedged")
_ATTRIBUTION_LABELS = ("mode", "source_kind", "cue_type", "cue_force", "scope")


def web_annotations(corpus: Corpus, chosen: AnnotationSet) -> Iterator[Annotation]:
    """Yield one annotation per span, attribution and link of a set, item by item.

    Args:
        corpus: the corpus, with its texts.
        chosen: one of its sets.
    """
    head = _Head(corpus, chosen)
    links: dict[str, list[Link]] = {}
    for link in chosen.links.values():
        links.setdefault(chosen.item_of[link.id], []).append(link)
    for document in sorted(corpus.documents, key=lambda document: document.id):
        for item in document.items:
            for span in chosen.spans_in.get(item.id, ()):
                yield {
                    **head.of(span),
                    "motivation": "classifying",
                    "body": [
                        *head.labels(span.layer, span, _SPAN_LABELS),
                        *_span_tags(span),
                        *_remarks(span),
                    ],
                    "target": {
                        "source": document_urn(document.sha256),
                        "selector": _selectors(
                            corpus.texts[document.id], span, (item.start, item.end)
                        ),
                    },
                }
            for attribution in chosen.attributions_in.get(item.id, ()):
                yield {**head.of(attribution), **head.attribution(attribution)}
            for link in sorted(links.get(item.id, ()), key=lambda link: link.id):
                yield {**head.of(link), **head.link(link)}


class _Head:
    """What all annotations of a set have in common."""

    def __init__(self, corpus: Corpus, chosen: AnnotationSet) -> None:
        self._prefix = f"urn:newspan:{corpus.info.name}"
        self._set = chosen.info.id
        self._agents = {
            "creator": _agents(chosen.info.producer),
            "generator": {"type": "Software", "name": "newspan"},
            "created": f"{chosen.info.created}T00:00:00Z",
        }

    def of(self, record: AnyRecord) -> Annotation:
        """Return the first fields of a record's annotation."""
        return {
            "@context": CONTEXT,
            "id": self.urn(record.id),
            "type": "Annotation",
            **self._agents,
        }

    def urn(self, record_id: str) -> str:
        """Return the name of a record's annotation, the same in every release."""
        return f"{self._prefix}:{self._set}:{record_id}"

    def labels(self, layer: str, record: AnyRecord, names: tuple[str, ...]) -> list[Any]:
        """Return a body that classifies for each label of a record."""
        return [
            {
                "type": "SpecificResource",
                "purpose": "classifying",
                "source": f"urn:newspan:label:{layer}:{name}:{value}",
            }
            for name in names
            if (value := getattr(record, name)) is not None
        ]

    def attribution(self, attribution: Attribution) -> Annotation:
        """Return what ties an attribution's parts together."""
        body = self.labels("attribution", attribution, _ATTRIBUTION_LABELS)
        body.append(_tag(f"source_named: {_yes(attribution.source_named)}"))
        if attribution.source_name is not None:
            body.append(_text(attribution.source_name, "identifying"))
        if attribution.parent_id is not None:
            body.append(self._linked(attribution.parent_id))
        return {
            "motivation": "linking",
            "body": [_tag("attribution"), *body, *_remarks(attribution)],
            "target": [self.urn(part) for part in dict.fromkeys(attribution.part_ids)],
        }

    def link(self, link: Link) -> Annotation:
        """Return a link: its target is the span that it leads from, its body where it leads."""
        return {
            "motivation": "linking",
            "body": [_tag(link.type), self._linked(link.to_id), *_remarks(link)],
            "target": self.urn(link.from_id),
        }

    def _linked(self, record_id: str) -> Any:
        return {"type": "SpecificResource", "purpose": "linking", "source": self.urn(record_id)}


def document_urn(sha256: str) -> str:
    """Return the name of a document: that of its bytes."""
    return f"urn:sha256:{sha256}"


def _selectors(text: str, span: Span, item: tuple[int, int]) -> list[Any]:
    return [
        position_selector(span.start, span.end),
        quote_selector(text, span.start, span.end),
        {
            **position_selector(*item),
            # Counted from the item's start: a refinement selects in what is selected already.
            "refinedBy": position_selector(*to_item(span.start, span.end, *item)),
        },
    ]


def _agents(producer: Producer) -> list[Any]:
    """Return who made a set: language models and rules are software, and named as what they are."""
    own = " ".join(part for part in (producer.name, producer.version) if part)
    if producer.kind != "person":
        own = f"{producer.kind.replace('_', ' ')} {own}"
    kinds = {"person": "Person", "language_model": "Software", "rule": "Software"}
    agents = [_agent(kinds.get(producer.kind), own)]
    for name in producer.annotators:
        software = name.startswith(("language model ", "rule "))
        person = "Person" if name.startswith("person ") else None
        agents.append(_agent("Software" if software else person, name))
    return agents


def _agent(kind: str | None, name: str) -> Any:
    return {"name": name} if kind is None else {"type": kind, "name": name}


def _span_tags(span: Span) -> list[Any]:
    """Return a span's layer and its other attributes as tags, as `check_worthy: yes`."""
    tags = [span.layer]
    for name in _SPAN_FLAGS:
        value = getattr(span, name)
        if value is not None:
            tags.append(f"{name}: {_yes(value)}")
    for name in ("target", "cluster"):
        value = getattr(span, name)
        if value is not None:
            tags.append(f"{name}: {value}")
    worth = check_worthiness(span)
    if worth is not None:
        tags.append(f"check_worthiness: {worth}")
    return [_tag(tag) for tag in tags]


def _remarks(record: AnyRecord) -> list[Any]:
    """Return how sure a record is, how it was decided, and its note."""
    tags = [_tag("unsure")] if record.unsure else []
    if record.decision is not None:
        tags.append(_tag(f"decision: {record.decision}"))
    tags.append(_tag(f"human_verified: {_yes(record.human_verified)}"))
    return [*tags, *([] if record.note is None else [_text(record.note, "commenting")])]


def _tag(value: str) -> Any:
    return _text(value, "tagging")


def _text(value: str, purpose: str) -> Any:
    return {"type": "TextualBody", "purpose": purpose, "value": value}


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def write_web_annotations(directory: Path, corpora: Iterable[Corpus]) -> None:
    """Write the primary set's annotations into a release, if its corpus wants them there.

    Args:
        directory: the release's folder, to which the file is added.
        corpora: the corpus, whole or in parts.
    """
    for corpus in corpora:
        chosen = corpus.sets.get(corpus.info.primary_set)
        if chosen is None or not corpus.info.web_annotations:
            continue
        path = directory / FOLDER / f"{chosen.info.id}.jsonl"
        path.parent.mkdir(exist_ok=True)
        with path.open("ab") as file:
            for annotation in web_annotations(corpus, chosen):
                file.write(json.dumps(annotation, ensure_ascii=False).encode() + b"\n")


def without_quotes(annotation: Annotation) -> Annotation:
    """Return an annotation without the words that its target quotes."""
    return _with_selectors(annotation, lambda selector: selector["type"] != "TextQuoteSelector")


def with_quotes(annotation: Annotation, texts: Mapping[str, str]) -> Annotation:
    """Return an annotation with the words that its target quotes, as `web_annotations` makes it.

    Args:
        annotation: one that `without_quotes` returned.
        texts: each document's unaltered text, by its SHA-256; without its text it stays as it is.
    """
    target = annotation["target"]
    if not isinstance(target, dict):
        return annotation
    text = texts.get(target["source"].removeprefix("urn:sha256:"))
    if text is None:
        return annotation
    place, *others = target["selector"]
    quote = quote_selector(text, place["start"], place["end"])
    return {**annotation, "target": {**target, "selector": [place, quote, *others]}}


def _with_selectors(annotation: Annotation, wanted: Any) -> Annotation:
    target = annotation["target"]
    if not isinstance(target, dict):
        return annotation
    selectors = [selector for selector in target["selector"] if wanted(selector)]
    return {**annotation, "target": {**target, "selector": selectors}}
