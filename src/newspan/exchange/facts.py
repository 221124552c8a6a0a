"""What annotated documents say, as facts that can be counted: what a format loses is a difference.

A fact is a tuple: its category, the document's name, then what is said. Records are known by what
they are and where they stand, not by their ids, which are no fact. An attribution is known by the
place of its cue, else of its first content, source or medium. Two documents that give the same
facts have the same text and the same annotations, but for the order of records.

Categories: `document` (its text), `layer:<layer>` (a span; `role:<role>` in the layer attribution),
`label:<attribute>`, `attribute:<name>` (anything else that a record has), `unsure`, `note`,
`decision`, `human_verified`, `record:attribution`, `tie:<role>`, `parent`, `record:link`; and
`uncovered` (a document that nobody looked at, unless it has white space only).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from newspan.exchange.shapes import Found, Loss
from newspan.model import Attribution, Link, Span
from newspan.problems import Place
from newspan.text import paragraphs

Fact = tuple[Any, ...]
_Spans = dict[str, tuple[str, Span]]

#: The attribute that names a span, in each layer but attribution.
LABELS = {"claim": "factuality", "loaded_language": "technique", "duplicate_block": "match"}
_REMARKS = ("unsure", "note", "decision", "human_verified")
_OWN = {
    Span: {"id", "layer", "start", "end", "text", "role", *_REMARKS},
    Attribution: {
        "id", "source_ids", "medium_ids", "cue_id", "content_ids", "parent_id", *_REMARKS,
    },
}  # fmt: skip
#: Facts of a span that are known by its extent alone.
_BARE = ("layer:", "role:", "label:")
_TIES = (("source", "source_ids"), ("medium", "medium_ids"), ("content", "content_ids"))


def facts(documents: Iterable[Found]) -> Counter[Fact]:
    """Count the facts of documents."""
    return Counter(fact for fact, _ in _placed(list(documents)))


def losses(before: Sequence[Found], after: Sequence[Found]) -> tuple[Loss, ...]:
    """Return what is in some documents and not in others of the same names, by category.

    Args:
        before: the documents as they are.
        after: the documents as they would be read back.
    """
    left = facts(before) - facts(after)
    number: Counter[str] = Counter()
    example: dict[str, str] = {}
    for fact, place in _placed(before) if left else ():
        if left[fact] > 0:
            left[fact] -= 1
            number[fact[0]] += 1
            example.setdefault(fact[0], str(place))
    return tuple(Loss(what, number[what], example[what]) for what in sorted(number))


def _placed(documents: Sequence[Found]) -> Iterator[tuple[Fact, Place]]:
    spans = {
        record.id: (found.name, record)
        for found in documents
        for record in found.records
        if isinstance(record, Span)
    }
    anchors = {
        record.id: _anchor(record, spans)
        for found in documents
        for record in found.records
        if isinstance(record, Attribution)
    }
    for found in documents:
        yield ("document", found.name, found.text), Place(found.name)
        if not found.looked and paragraphs(found.text):
            yield ("uncovered", found.name, True), Place(found.name)
        for record in found.records:
            where: Fact
            if isinstance(record, Span):
                said, where = [*_of_span(record)], _key(record)
                extent: Fact = (record.start, record.end)
            elif isinstance(record, Attribution):
                said, where = [*_of_attribution(record, spans, anchors)], anchors[record.id]
                extent = where[-2:]
            else:
                said, where = [("record:link",)], _link_key(record, spans)
                extent = _extent(record.from_id, spans)[-2:]
            remarks = ((name, value) for name in _REMARKS if (value := getattr(record, name)))
            place = Place(found.name, None, "", *extent)
            for category, *values in (*said, *remarks):
                # A span is there, and has a label, whichever that is; all else belongs to both.
                known_by = extent if category.startswith(_BARE) else where
                yield (category, found.name, known_by, *values), place


def _key(span: Span) -> Fact:
    """Return what a span's attributes and remarks belong to."""
    label = span.role if span.layer == "attribution" else getattr(span, LABELS[span.layer])
    return span.layer, label, span.start, span.end


def _of_span(span: Span) -> Iterator[Fact]:
    yield (f"role:{span.role}" if span.layer == "attribution" else f"layer:{span.layer}",)
    for name, value in _attributes(span):
        kind = "label" if name == LABELS.get(span.layer) else "attribute"
        yield f"{kind}:{name}", value


def _of_attribution(
    attribution: Attribution, spans: _Spans, anchors: dict[str, Fact]
) -> Iterator[Fact]:
    yield ("record:attribution",)
    for role, part in _parts(attribution):
        yield f"tie:{role}", _extent(part, spans)
    for name, value in _attributes(attribution):
        yield f"attribute:{name}", value
    if attribution.parent_id is not None:
        yield "parent", anchors.get(attribution.parent_id, ("unknown", attribution.parent_id))


def _parts(attribution: Attribution) -> Iterator[tuple[str, str]]:
    if attribution.cue_id is not None:
        yield "cue", attribution.cue_id
    for role, field in _TIES:
        for part in getattr(attribution, field):
            yield role, part


def _attributes(record: Span | Attribution) -> Iterator[tuple[str, Any]]:
    """Yield what else a record has that says something: absent and default values don't."""
    kind = type(record)
    defaults = kind.__struct_defaults__
    for name, default in zip(kind.__struct_fields__[-len(defaults) :], defaults, strict=True):
        value = getattr(record, name)
        # The schema: hedged is false if absent.
        if name not in _OWN[kind] and value != default and (name, value) != ("hedged", False):
            yield name, value


def _anchor(attribution: Attribution, spans: _Spans) -> Fact:
    """Return what an attribution is known by: the place of its cue, else of another part."""
    extents: dict[str, list[Fact]] = {}
    for role, part in _parts(attribution):
        extents.setdefault(role, []).append(_extent(part, spans))
    for role in ("cue", "content", "source", "medium"):
        if role in extents:
            return ("attribution", *min(extents[role]))
    return ("attribution", "", 0, 0)


def _extent(part: str, spans: _Spans) -> Fact:
    """Return a part's document and extent; an id that names no span stands for itself."""
    if part not in spans:
        return (f"no span {part}", 0, 0)
    name, span = spans[part]
    return (name, span.start, span.end)


def _link_key(link: Link, spans: _Spans) -> Fact:
    ends = [
        (spans[end][0], *_key(spans[end][1])) if end in spans else (f"no span {end}",)
        for end in (link.from_id, link.to_id)
    ]
    return (link.type, *ends)
