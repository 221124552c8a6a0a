"""BIO tags of tokens from spans, and spans from tags: a column per layer, or role of attributions.

Ramshaw and Marcus 1995, "Text Chunking using Transformation-Based Learning": B begins a span, I
goes on with it, O is outside. Read are also IOB1, where I may begin one, and BIOES or BILOU.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

import msgspec

from newspan.exchange.kinds import ROLES, Kind, Kinds
from newspan.exchange.names import record_id
from newspan.exchange.shapes import Found, Options
from newspan.model import AnyRecord, Span
from newspan.problems import Place, Problem
from newspan.schema import read_labels
from newspan.text import words

Extent = tuple[int, int]
#: A tagged stretch of tokens: first, behind the last, label.
Chunk = tuple[int, int, str]
COLUMNS = ("claim", *ROLES, "loaded_language")
_OUTSIDE = ("O", "_", "*", "")
_TAG = re.compile(r"([BIESLU])(?:[-_](.+))?", re.DOTALL)
#: Code points; a text of white space up to an offset beyond this would not fit into memory.
_LONGEST = 1 << 26


def columns_for(options: Options) -> tuple[str, ...]:
    """Return the columns of the layers that the user wants: all, if they didn't say."""
    wanted = tuple(column for column in COLUMNS if layer_of(column) in options.layers)
    return wanted or COLUMNS


def layer_of(column: str) -> str:
    """Return the layer that a column is of."""
    return "attribution" if column in ROLES else column


class Tagged(msgspec.Struct, frozen=True):
    """A document's tokens with their tags by column, and the document as it will be read back."""

    tokens: list[Extent]
    tags: dict[str, list[str]]
    kept: Found


def tagged(found: Found, columns: Sequence[str]) -> Tagged:
    """Return a document's tokens with tags.

    A span reaches to the borders of the tokens that it meets; of two that share a token, the one
    that begins first, or else is longer, is kept.
    """
    tokens = words(found.text)
    starts, ends = [start for start, _ in tokens], [end for _, end in tokens]
    tags = {column: ["O"] * len(tokens) for column in columns}
    kept: list[AnyRecord] = []
    spans = (span for span in found.records if isinstance(span, Span))
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        column = span.role or span.layer
        if column not in tags:
            continue
        first, last = bisect_right(ends, span.start), bisect_left(starts, span.end)
        if first >= last or any(tag != "O" for tag in tags[column][first:last]):
            continue
        tags[column][first:last] = [f"B-{span.label}"] + [f"I-{span.label}"] * (last - first - 1)
        kind = Kind(span.layer, span.label)
        kept.append(kind.span(span.id, found.text, tokens[first][0], tokens[last - 1][1]))
    return Tagged(tokens, tags, msgspec.structs.replace(found, records=tuple(kept)))


def is_tag(tag: str) -> bool:
    """Tell whether a cell is a tag, be it of nothing."""
    return tag in _OUTSIDE or _TAG.fullmatch(tag) is not None


def chunks(
    tags: Sequence[str], breaks: frozenset[int], places: Sequence[Place], problems: list[Problem]
) -> list[Chunk]:
    """Return the stretches that tags mark.

    Args:
        tags: a tag for each token.
        breaks: tokens that begin a sentence, where none goes on from the one before.
        places: where each tag stands, for problems.
        problems: gets a tag that is none; its token is outside.
    """
    found: list[Chunk] = []
    goes_on = False
    for index, tag in enumerate(tags):
        if tag in _OUTSIDE:
            goes_on = False
            continue
        match = _TAG.fullmatch(tag)
        if match is None:
            problems.append(Problem("row-syntax", places[index], f"{tag!r:.60} is no BIO tag"))
            goes_on = False
            continue
        prefix, label = match[1], match[2] or ""
        same = goes_on and found[-1][2] == label and index not in breaks
        if prefix in "IEL" and same:
            found[-1] = (found[-1][0], index + 1, label)
        else:
            found.append((index, index + 1, label))
        goes_on = prefix not in "ESLU"
    return found


def spans_of(
    ident: str,
    text: str,
    tokens: Sequence[Extent],
    by_column: dict[str, list[Chunk]],
    kinds: Kinds,
    places: Sequence[Place],
    problems: list[Problem],
) -> tuple[Span, ...]:
    """Return the spans of tagged stretches; in a column of unknown name, labels say the layer."""
    found: list[tuple[Extent, Kind]] = []
    for column, stretches in by_column.items():
        for first, last, label in stretches:
            kind = _kind(column, label, kinds)
            if isinstance(kind, Kind):
                found.append(((tokens[first][0], tokens[last - 1][1]), kind))
            elif kind is not None:
                problems.append(Problem("attribute-value", places[first], kind))
    found.sort(key=lambda each: (*each[0], each[1].layer, each[1].label))
    return tuple(
        kind.span(record_id(ident, "span", number), text, *extent)
        for number, (extent, kind) in enumerate(found, 1)
    )


def layers_in(by_column: dict[str, list[Chunk]], kinds: Kinds) -> set[str]:
    """Return the layers that columns are of; of a column of unknown name, its labels'."""
    found = {layer_of(column) for column in by_column if column in COLUMNS}
    others = (stretches for column, stretches in by_column.items() if column not in COLUMNS)
    meant = map(kinds.of, sorted({label for stretches in others for _, _, label in stretches}))
    return found | {kind.layer for kind in meant if kind is not None}


def in_order(layers: Iterable[str]) -> tuple[str, ...]:
    """Return layers in the order of their columns."""
    found = set(layers)
    return tuple(each for each in dict.fromkeys(map(layer_of, COLUMNS)) if each in found)


def _kind(column: str, label: str, kinds: Kinds) -> Kind | str | None:
    """Return the kind of a label, None where it is to be left out, or what is wrong with it."""
    if column not in COLUMNS or kinds.mapped(label):
        return kinds.of(label)
    if column in ROLES:
        return Kind("attribution", column)
    if column == "loaded_language":
        return Kind(column, kinds.technique(label))
    if label not in read_labels().of("claim", "factuality"):
        return f"{label!r:.60} is no factuality, which a claim has; --map says what it means"
    return Kind("claim", label)


def text_of(tokens: Sequence[str], breaks: frozenset[int]) -> tuple[str, list[Extent]]:
    """Return a text of tokens: a space between them, a line per sentence."""
    pieces, extents, at = [], [], 0
    for index, token in enumerate(tokens):
        if index:
            pieces.append("\n" if index in breaks else " ")
            at += 1
        extents.append((at, at + len(token)))
        pieces.append(token)
        at += len(token)
    return "".join(pieces), extents


def placed_text(
    tokens: Sequence[str], extents: Sequence[Extent], breaks: frozenset[int]
) -> str | None:
    """Return a text with tokens at their offsets and white space between, or None if none has them.

    Between sentences the white space is a line's end.
    """
    pieces, at = [], 0
    for index, (token, (start, end)) in enumerate(zip(tokens, extents, strict=True)):
        if start < at or end - start != len(token) or end > _LONGEST:
            return None
        gap = " " * (start - at)
        pieces.append("\n" + gap[1:] if gap and index in breaks and index else gap)
        pieces.append(token)
        at = end
    return "".join(pieces)


def searched(tokens: Sequence[str], text: str) -> list[Extent]:
    """Return where tokens stand in a text, one behind the other; (-1, -1) where they don't."""
    found, at = [], 0
    for token in tokens:
        start = text.find(token, at)
        found.append((start, start + len(token)) if start >= 0 else (-1, -1))
        at = start + len(token) if start >= 0 else at
    return found
