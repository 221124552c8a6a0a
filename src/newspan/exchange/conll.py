"""CoNLL columns: a token per line, tabs between columns, a blank line behind each sentence.

Columns are named in `# global.columns = FORM START END claim …`, as in CoNLL-U Plus; `# newdoc id`
begins a document, `# newspan.text` has its text as a JSON string, so that offsets hold, and
`# newspan.looked = false` says that nobody looked for any annotations. Read
are also files without all that: columns by white space, tokens first, tags last, `-DOCSTART-`;
their text is made of the tokens.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.files import parse_json
from newspan.exchange.documents import documents_of
from newspan.exchange.facts import losses
from newspan.exchange.files import files_below, number_of, read_text, relative, tell_once
from newspan.exchange.kinds import Kinds
from newspan.exchange.names import mint
from newspan.exchange.shapes import Found, Options, Reading, Writing
from newspan.exchange.tags import (
    COLUMNS,
    Extent,
    Tagged,
    chunks,
    columns_for,
    in_order,
    is_tag,
    layers_in,
    placed_text,
    searched,
    spans_of,
    tagged,
    text_of,
)
from newspan.problems import Place, Problem
from newspan.text import sentences

#: The one file that is written.
FILE = "documents.conll"
_ENDINGS = (".conll", ".conllup", ".bio", ".iob", ".iob2")
_OTHER_ENDINGS = (".tsv", ".txt")
_COLUMNS, _DOCUMENT, _TEXT = "# global.columns =", "# newdoc", "# newspan.text ="
_UNSEEN = "# newspan.looked = false"
_TOKEN, _START, _END = "FORM", "START", "END"
_DOCSTART = "-DOCSTART-"
#: A column of tags whose name nobody said.
TAGS = "tags"


class _Lines(msgspec.Struct):
    """A document's lines, before anything is made of them."""

    name: str | None
    place: Place
    columns: tuple[str, ...] | None = None
    text: str | None = None
    rows: list[tuple[list[str], Place]] = []  # msgspec copies it
    breaks: set[int] = set()
    looked: bool = True


def read(path: Path, options: Options) -> Reading:
    """Read a file of columns, or all of a folder.

    Raises:
        ValueError: when there is none, or the user's mapping is wrong.
    """
    below = [path] if path.is_file() else files_below(path)
    files = [file for file in below if file.suffix in _ENDINGS or file == path]
    files = files or [file for file in below if file.suffix in _OTHER_ENDINGS]
    if not files:
        raise ValueError(f"{path} has no file of columns ({', '.join(_ENDINGS + _OTHER_ENDINGS)})")
    reading = Reading((), (), [], [])
    kinds = Kinds(options, reading.labels)
    found: list[Found] = []
    layers: set[str] = set()
    names: set[str] = set()
    others: list[Place] = []
    for file in files:
        place = Place(relative(file, path))
        text = read_text(file, place, reading.problems)
        documents = list(_documents(text or "", place, reading.problems))
        if not any(_has_tags(lines) for lines in documents):
            others.append(place)
            continue
        for number, lines in enumerate(documents, 1):
            numbered = f"{file.stem}-{number}" if len(documents) > 1 else file.stem
            name = lines.name or numbered
            if name in names:
                message = f"the document {name!r} was there before"
                reading.problems.append(Problem("duplicate-id", lines.place, message))
                continue
            names.add(name)
            found.append(_found(name, lines, kinds, options, layers, reading.problems))
    tell_once("file-left-out", "it has no columns of tokens and tags", others, reading.problems)
    return msgspec.structs.replace(reading, documents=found, layers=in_order(layers))


def _documents(text: str, place: Place, problems: list[Problem]) -> Iterator[_Lines]:
    """Yield the documents of a file."""
    text = text.removeprefix("\ufeff")
    widths = Counter(len(line.split()) for line in text.split("\n") if line.strip())
    width = None if "\t" in text else widths.most_common(1)[0][0] if widths else None
    columns: tuple[str, ...] | None = None
    lines = _Lines(None, Place(place.file, 1))
    for number, line in enumerate(text.split("\n"), 1):
        here = Place(place.file, number)
        line = line.removesuffix("\r")
        starts = line.startswith((_DOCUMENT, _DOCSTART))
        if starts and (lines.rows or lines.name is not None or lines.text is not None):
            yield lines
            lines = _Lines(None, here)
        if line.startswith(_COLUMNS):
            columns = tuple(line.removeprefix(_COLUMNS).split())
        elif line.startswith(_DOCUMENT):
            name = line.partition("=")[2].strip()
            lines.name = name or None
        elif line.startswith(_TEXT):
            lines.text = _string(line.removeprefix(_TEXT), here, problems)
        elif line.rstrip() == _UNSEEN:
            lines.looked = False
        elif not line.strip():
            lines.breaks.add(len(lines.rows))
        elif not starts and not _is_comment(line, width):
            cells = line.split("\t") if width is None else line.split()
            lines.rows.append((cells, here))
        lines.columns = columns
    if lines.rows or lines.name is not None or lines.text is not None:
        yield lines


def _is_comment(line: str, width: int | None) -> bool:
    """Tell whether a line is a comment, not a row: of so many words, or with tabs if None."""
    if not line.startswith("#"):
        return False
    return "\t" not in line if width is None else len(line.split()) != width


def _string(said: str, place: Place, problems: list[Problem]) -> str | None:
    text = parse_json(said.strip(), place, None, problems)
    if text is not None and not isinstance(text, str):
        problems.append(Problem("row-syntax", place, "the text is no JSON string"))
    return text if isinstance(text, str) else None


def _found(
    name: str,
    lines: _Lines,
    kinds: Kinds,
    options: Options,
    layers: set[str],
    problems: list[Problem],
) -> Found:
    columns = _columns(lines)
    rows: list[tuple[dict[str, str], Place]] = []
    breaks: set[int] = set()
    for index, (cells, place) in enumerate(lines.rows):
        if len(cells) != len(columns) or not cells[columns.index(_TOKEN)]:
            message = f"{len(cells)} columns, where there are {len(columns)}"
            if len(cells) == len(columns):
                message = "the token is empty"
            problems.append(Problem("row-syntax", place, message))
            continue
        if index in lines.breaks:
            breaks.add(len(rows))
        rows.append((dict(zip(columns, cells, strict=True)), place))
    tokens = [row[_TOKEN] for row, _ in rows]
    offsets = [(number_of(row.get(_START, "")), number_of(row.get(_END, ""))) for row, _ in rows]
    text, extents, kept = _text(
        tokens, offsets, [place for _, place in rows], lines, frozenset(breaks), problems
    )
    rows = [rows[index] for index in kept]
    places = [place for _, place in rows]
    # Where offsets hold, spans were written that cross sentences.
    borders = frozenset(breaks) if lines.text is None else frozenset()
    tags = {
        column: chunks([row[column] for row, _ in rows], borders, places, problems)
        for column in columns
        if column in COLUMNS or column == TAGS
    }
    layers |= layers_in(tags, kinds)
    ident = mint(name)
    spans = spans_of(ident, text, extents, tags, kinds, places, problems)
    return Found(ident, name, text.encode(), spans, options.language, looked=lines.looked)


def _has_tags(lines: _Lines) -> bool:
    """Tell whether there are columns whose names are said, or whose last is of tags mostly."""
    columns = _columns(lines)
    if lines.columns is not None or len(columns) < 2:
        return len(columns) > 1
    last = [cells[-1] for cells, _ in lines.rows if len(cells) == len(columns)]
    return 2 * sum(map(is_tag, last)) >= len(last)


def _columns(lines: _Lines) -> tuple[str, ...]:
    """Return the columns' names: without any, tokens come first and tags last."""
    if lines.columns is not None and _TOKEN in lines.columns:
        known = {*COLUMNS} & {*lines.columns}
        return lines.columns if known else (*lines.columns[:-1], TAGS)
    widths = Counter(len(cells) for cells, _ in lines.rows)
    width = widths.most_common(1)[0][0] if widths else 2
    between = (f"column {number}" for number in range(2, width))
    return (_TOKEN, *between, TAGS) if width > 1 else (_TOKEN,)


def _text(
    tokens: list[str],
    offsets: Sequence[tuple[int | None, int | None]],
    places: Sequence[Place],
    lines: _Lines,
    breaks: frozenset[int],
    problems: list[Problem],
) -> tuple[str, list[Extent], list[int]]:
    """Return the text, the tokens' extents in it, and the tokens that are there."""
    everything = list(range(len(tokens)))
    extents = [(start, end) for start, end in offsets if start is not None and end is not None]
    has_offsets = len(extents) == len(tokens)
    if lines.text is not None:
        if not extents:
            extents = searched(tokens, lines.text)
        elif not has_offsets:  # those without one are told as what stands nowhere
            extents = [(-1 if start is None else start, end or 0) for start, end in offsets]
        kept, at = [], 0
        for index, (start, end) in enumerate(extents):
            there = lines.text[start:end] if 0 <= start < end else ""
            if there == tokens[index] and start >= at:
                kept.append(index)
                at = end
                continue
            message = f"the text at {start}-{end} is {there!r:.60}, not {tokens[index]!r:.60}"
            if start < 0:
                message = f"{tokens[index]!r:.60} has no offsets, or isn't where it should be"
            elif there == tokens[index]:
                message = f"the token at {start}-{end} stands behind one at {at}"
            problems.append(Problem("surface-mismatch", places[index], message))
        return lines.text, [extents[index] for index in kept], kept
    if extents:
        placed = placed_text(tokens, extents, breaks) if has_offsets else None
        if placed is not None:
            return placed, extents, everything
        message = "the tokens' offsets overlap or don't fit; the text is made of the tokens"
        problems.append(Problem("offset-out-of-range", lines.place, message))
    return *text_of(tokens, breaks), everything


def write(corpus: Corpus, chosen: AnnotationSet, options: Options) -> Writing:
    """Write all documents into one file."""
    documents = documents_of(corpus, chosen)
    columns = columns_for(options)
    made = [tagged(found, columns) for found in documents]
    head = " ".join((_COLUMNS, _TOKEN, _START, _END, *columns))
    lines = [head + "\n", *(line for each in made for line in _written(each, columns))]
    files = [(FILE, "".join(lines).encode())]
    return Writing(files, losses(documents, [each.kept for each in made]))


def _written(each: Tagged, columns: tuple[str, ...]) -> Iterator[str]:
    text = each.kept.text
    yield f"{_DOCUMENT} id = {each.kept.name}\n"
    yield f"{_TEXT} {json.dumps(text, ensure_ascii=False)}\n"
    if not each.kept.looked:
        yield f"{_UNSEEN}\n"
    ends = [end for _, end in sentences(text)]
    sentence = 0
    for index, (start, end) in enumerate(each.tokens):
        while sentence < len(ends) and ends[sentence] <= start:
            sentence += 1
            if index:
                yield "\n"
        cells = (each.tags[column][index] for column in columns)
        yield "\t".join((text[start:end], str(start), str(end), *cells)) + "\n"
    yield "\n"
