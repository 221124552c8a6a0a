"""Tokens with BIO tags as JSON Lines: a document, or a stretch of one, per line.

Written are `id`, `language`, `text`, `tokens`, `offsets` (code points) and `tags`, which has a
list of tags for each layer or role. Read are also a list `tags`, `labels` or `ner_tags`, as CofeNet
and others have it, without text or offsets: the text is then made of the tokens, and the lines of
one id are one document.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.files import parse_json
from newspan.exchange.documents import documents_of
from newspan.exchange.facts import losses
from newspan.exchange.files import (
    files_below,
    of_other_kind,
    read_text,
    relative,
    tell_once,
)
from newspan.exchange.kinds import Kinds
from newspan.exchange.names import mint
from newspan.exchange.shapes import Found, Options, Reading, Writing
from newspan.exchange.tags import (
    Chunk,
    Extent,
    chunks,
    columns_for,
    in_order,
    layers_in,
    placed_text,
    searched,
    spans_of,
    tagged,
    text_of,
)
from newspan.problems import Place, Problem

#: The one file that is written.
FILE = "documents.jsonl"
_ENDINGS = (".jsonl", ".json", ".txt")
#: Where a line's list of tags stands, and its document's name.
_TAGS = ("tags", "labels", "ner_tags")
_IDS = ("id", "name", "doc_id")
_NO_BREAKS: frozenset[int] = frozenset()


class _Line(msgspec.Struct):
    """A line that is well formed: as many tags as tokens in each column."""

    tokens: list[str]
    tags: dict[str, list[str]]
    place: Place
    name: str | None
    text: str | None
    offsets: list[Extent] | None
    language: str | None
    looked: bool


def read(path: Path, options: Options) -> Reading:
    """Read a JSON Lines file, or all of a folder.

    Raises:
        ValueError: when there is none, or the user's mapping is wrong.
    """
    files = [path] if path.is_file() else [f for f in files_below(path) if f.suffix in _ENDINGS]
    if not files:
        raise ValueError(f"{path} has no file of JSON Lines ({', '.join(_ENDINGS)})")
    reading = Reading((), (), [], [])
    kinds = Kinds(options, reading.labels)
    found: list[Found] = []
    layers: set[str] = set()
    seen: set[str] = set()
    others: list[Place] = []
    for file in files:
        place = Place(relative(file, path))
        text = (read_text(file, place, reading.problems) or "").removeprefix("\ufeff")
        if text.strip() and not text.lstrip().startswith("{"):
            others.append(place)
            continue
        by_name: dict[str, list[_Line]] = {}
        faults: list[Problem] = []
        for number, line in enumerate(_lines(text, place, faults), 1):
            name = line.name or f"{file.stem}-{number:05}"
            known = by_name.setdefault(name, [])
            # A text of its own is a document, not a stretch of one.
            whole = line.text is not None or (known and known[0].text is not None)
            if whole and (known or name in seen):
                message = f"the document {name!r} was there before"
                reading.problems.append(Problem("duplicate-id", line.place, message))
            else:
                known.append(line)
        if not by_name and file != path:
            faults = of_other_kind(faults, "a line of tokens with tags")
        reading.problems.extend(faults)
        for name, lines in by_name.items():
            if lines:
                # Splits may have stretches of one document each: they stay apart, of one lineage.
                unique = f"{file.stem}-{name}" if name in seen else name
                lineage = mint(name) if name in seen else None
                document = _found(unique, lines, kinds, options, layers, reading.problems)
                found.append(msgspec.structs.replace(document, lineage=lineage))
                seen |= {name, unique}
    tell_once("file-left-out", "it is no JSON Lines", others, reading.problems)
    return msgspec.structs.replace(reading, documents=found, layers=in_order(layers))


def _lines(text: str, place: Place, problems: list[Problem]) -> Iterator[_Line]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        here = Place(place.file, number)
        data = parse_json(line, here, None, problems)
        if data is None:
            continue
        if not isinstance(data, dict) or not _are_strings(data.get("tokens")):
            problems.append(Problem("row-syntax", here, "a line is an object with tokens"))
            continue
        tokens: list[str] = data["tokens"]
        tags = _tags(data, len(tokens), here, problems)
        if tags is not None:
            said = (data[key] for key in _IDS if isinstance(data.get(key), str | int))
            text_, language = data.get("text"), data.get("language")
            yield _Line(
                tokens=tokens,
                tags=tags,
                place=here,
                name=next((str(name) for name in said if name != ""), None),
                text=text_ if isinstance(text_, str) else None,
                offsets=_offsets(data.get("offsets"), len(tokens), here, problems),
                language=language if isinstance(language, str) else None,
                looked=data.get("looked") is not False,
            )


def _are_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _tags(
    data: dict[str, Any], length: int, place: Place, problems: list[Problem]
) -> dict[str, list[str]] | None:
    """Return the tags by column, or None after adding the problem why not."""
    said = next((data[key] for key in _TAGS if key in data), None)
    columns = {"tags": said} if isinstance(said, list) else said
    if not isinstance(columns, dict):
        problems.append(Problem("row-syntax", place, f"none of {', '.join(_TAGS)}"))
        return None
    for column, tags in columns.items():
        if not _are_strings(tags):
            message = f"{column}: tags are strings, such as B-source; numbers say nothing alone"
            problems.append(Problem("row-syntax", place, message))
            return None
        if len(tags) != length:
            message = f"{column}: {len(tags)} tags for {length} tokens"
            problems.append(Problem("row-syntax", place, message))
            return None
    return columns


def _offsets(said: Any, length: int, place: Place, problems: list[Problem]) -> list[Extent] | None:
    if said is None:
        return None
    pairs = said if isinstance(said, list) else []
    found = [
        (pair[0], pair[1])
        for pair in pairs
        if isinstance(pair, list) and len(pair) == 2 and all(type(at) is int for at in pair)
    ]
    if len(found) == length:
        return found
    message = f"offsets are a pair of numbers for each of {length} tokens; they are not used"
    problems.append(Problem("row-syntax", place.at("/offsets"), message))
    return None


def _found(
    name: str,
    lines: list[_Line],
    kinds: Kinds,
    options: Options,
    layers: set[str],
    problems: list[Problem],
) -> Found:
    tokens: list[str] = []
    breaks: set[int] = set()
    by_column: dict[str, list[Chunk]] = {}
    places: list[Place] = []
    for line in lines:
        offset = len(tokens)
        breaks.add(offset)
        here = [line.place] * len(line.tokens)
        for column, tags in line.tags.items():
            for first, last, label in chunks(tags, _NO_BREAKS, here, problems):
                stretch = (first + offset, last + offset, label)
                by_column.setdefault(column, []).append(stretch)
            by_column.setdefault(column, [])
        tokens += line.tokens
        places += here
    text, extents = _text(tokens, lines, frozenset(breaks), problems)
    for column, stretches in by_column.items():
        by_column[column] = [each for chunk in stretches for each in _narrowed(chunk, extents)]
    ident = mint(name)
    layers |= layers_in(by_column, kinds)
    spans = spans_of(ident, text, extents, by_column, kinds, places, problems)
    language = lines[0].language or options.language
    looked = any(line.looked for line in lines)
    return Found(ident, name, text.encode(), spans, language, looked=looked)


def _narrowed(chunk: Chunk, extents: list[Extent]) -> Iterator[Chunk]:
    """Yield a stretch from its first to its last token that is in the text, if it has one."""
    first, last, label = chunk
    there = [index for index in range(first, last) if extents[index][0] < extents[index][1]]
    if there:
        yield there[0], there[-1] + 1, label


def _text(
    tokens: list[str], lines: list[_Line], breaks: frozenset[int], problems: list[Problem]
) -> tuple[str, list[Extent]]:
    """Return the text and the tokens' extents in it; a token that isn't there has an empty one."""
    line = lines[0]
    if line.text is not None:
        extents = line.offsets or searched(tokens, line.text)
        found, at = [], 0
        for token, (start, end) in zip(tokens, extents, strict=True):
            if start >= at and line.text[start:end] == token:
                found.append((start, end))
                at = end
                continue
            message = f"{token!r:.60} isn't where it should be in the text"
            problems.append(Problem("surface-mismatch", line.place.at("/tokens"), message))
            found.append((0, 0))
        return line.text, found
    if line.offsets is not None and len(lines) == 1:
        placed = placed_text(tokens, line.offsets, breaks)
        if placed is not None:
            return placed, line.offsets
        message = "the tokens' offsets overlap or don't fit; the text is made of the tokens"
        problems.append(Problem("offset-out-of-range", line.place.at("/offsets"), message))
    return text_of(tokens, breaks)


def write(corpus: Corpus, chosen: AnnotationSet, options: Options) -> Writing:
    """Write all documents into one file."""
    documents = documents_of(corpus, chosen)
    columns = columns_for(options)
    made = [tagged(found, columns) for found in documents]
    lines = []
    for each in made:
        text = each.kept.text
        data: dict[str, Any] = {
            "id": each.kept.name,
            "language": each.kept.language,
            "text": text,
            "tokens": [text[start:end] for start, end in each.tokens],
            "offsets": each.tokens,
            "tags": each.tags,
        }
        if not each.kept.looked:
            data["looked"] = False
        lines.append(json.dumps(data, ensure_ascii=False) + "\n")
    return Writing([(FILE, "".join(lines).encode())], losses(documents, [m.kept for m in made]))
