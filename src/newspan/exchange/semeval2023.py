"""SemEval-2023's task 3, subtask 3: the techniques of each paragraph, which is a line.

Articles are `article<id>.txt`; rows `id, line, techniques`: lines end with LF and count from 1,
blank ones too; techniques are parted by commas, none where a paragraph has none. A paragraph's
technique becomes a span over the line, without white space at its edges. Labels of the other
subtasks, and those of spans, which the format ptc reads, are left out. An article without a row
was not looked at.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

import msgspec

from newspan.corpus import AnnotationSet, Corpus
from newspan.exchange.documents import documents_of
from newspan.exchange.facts import losses
from newspan.exchange.files import (
    articles,
    files_below,
    is_article,
    number_of,
    owners,
    read_text,
    relative,
    rows,
    tell_once,
)
from newspan.exchange.labels import OwnLabels, from_schemes, to_scheme
from newspan.exchange.names import record_id
from newspan.exchange.shapes import Found, Options, Reading, Writing
from newspan.model import Span
from newspan.problems import Place, Problem
from newspan.scoring.files import SENTENCES
from newspan.text.boundaries import trim

_SCHEME = "semeval_2023_23"
_LABEL_FILE = re.compile(r".*(labels.*\.(txt|tsv|labels)|\.labels)", re.IGNORECASE)
#: The task's folders, where they are not BCP 47's tags.
_FOLDERS = {"en": "en", "fr": "fr", "ge": "de", "it": "it", "po": "pl", "ru": "ru", "es": "es",
            "gr": "el", "ka": "ka"}  # fmt: skip


def read(path: Path, options: Options) -> Reading:
    """Read a folder with articles and files of labels anywhere below it.

    Raises:
        ValueError: when it has no articles.
    """
    files = files_below(path)
    if not any(map(is_article, files)):
        raise ValueError(
            f"{path} has no files article*.txt: name the folder of these and the labels"
        )
    reading = Reading((), ("loaded_language",), [], [])
    return msgspec.structs.replace(reading, documents=_read(path, files, options, reading))


def _read(root: Path, files: list[Path], options: Options, reading: Reading) -> Iterator[Found]:
    problems = reading.problems
    labels = OwnLabels(from_schemes(_SCHEME), reading.labels)
    by_article, listed = _label_rows(root, files, problems)
    unseen: list[Place] = []
    for path, found in articles(root, files, problems):
        spans: dict[tuple[int, str], Span] = {}
        extents = lines(found.text)
        for line, name, place in by_article.pop(found.name, ()):
            start, end = extents[line - 1] if 0 < line <= len(extents) else (0, 0)
            if start == end:
                message = f"line {line} of the article is blank"
                if not 0 < line <= len(extents):
                    message = f"line {line}: the article has {len(extents)}"
                problems.append(Problem("offset-out-of-range", place, message))
                continue
            technique = labels.technique(name)
            spans.setdefault(
                (line, technique),
                Span(
                    id=record_id(found.id, "span", len(spans) + 1),
                    layer="loaded_language",
                    start=start,
                    end=end,
                    text=found.text[start:end],
                    technique=technique,
                ),
            )
        parts = (root.resolve().name, *path.relative_to(root).parts[:-1])
        language = next((_FOLDERS[part] for part in parts if part in _FOLDERS), options.language)
        # Of a text of blank lines there are no rows.
        looked = found.name in listed or not any(start < end for start, end in extents)
        if not looked:
            unseen.append(Place(relative(path, root)))
        yield msgspec.structs.replace(
            found, records=tuple(spans.values()), language=language, looked=looked
        )
    tell_once("text-not-annotated", "no labels are of it", unseen, problems)
    for name, left in by_article.items():
        message = f"there is no article{name}.txt; labels left out: {len(left)}"
        problems.append(Problem("document-unknown", left[0][2], message))


def lines(text: str) -> list[tuple[int, int]]:
    """Return the extent of every line of a text, trimmed of white space; blank ones are empty."""
    found, start = [], 0
    for line in text.split("\n"):
        found.append(trim(text, start, start + len(line)))
        start += len(line) + 1
    return found


def _label_rows(
    root: Path, files: list[Path], problems: list[Problem]
) -> tuple[dict[str, list[tuple[int, str, Place]]], set[str]]:
    """Return line, technique and place of each article's labels, and the articles with any row."""
    by_article: dict[str, list[tuple[int, str, Place]]] = {}
    listed: set[str] = set()
    others: list[Place] = []
    for path in files:
        file = relative(path, root)
        # Spans stand in files, or in folders, of their own.
        if is_article(path) or not _LABEL_FILE.fullmatch(path.name) or "spans" in file.lower():
            continue
        text = read_text(path, Place(file), problems)
        if text is None:
            continue
        faults: list[Problem] = []
        there: set[str] = set()
        for cells, place in rows(text, file):
            line = number_of(cells[1]) if len(cells) in (2, 3) else None
            if line is None or not cells[0].strip() or cells[-1].strip() in SENTENCES:
                message = f"not id, line, techniques: {cells!r:.90}"
                faults.append(Problem("row-syntax", place, message))
                continue
            there.add(cells[0].strip())
            names = cells[2].split(",") if len(cells) == 3 else ()
            for name in filter(None, map(str.strip, names)):
                by_article.setdefault(cells[0].strip(), []).append((line, name, place))
        if faults and not there:
            others.append(Place(file))
        else:
            problems += faults
            listed |= there | owners(path)
    message = "none of its lines is an id, a line and techniques"
    tell_once("file-left-out", message, others, problems)
    return by_article, listed


def write(corpus: Corpus, chosen: AnnotationSet, options: Options) -> Writing:
    """Write articles, and one file with a row per line that isn't blank."""
    documents = documents_of(corpus, chosen, ("loaded_language",))
    theirs, ours = to_scheme(_SCHEME), from_schemes(_SCHEME)
    kept, table = [], []
    for found in documents:
        spans: list[Span] = []
        extents = lines(found.text)
        for number, there in enumerate(_labels_of(found, extents, theirs), 1):
            start, end = extents[number - 1]
            if start == end:
                continue
            if found.looked:  # a row without techniques says that there are none
                table.append(f"{found.name}\t{number}\t{','.join(sorted(there))}\n")
            for label in sorted(there):
                spans.append(
                    Span(
                        id=record_id(found.id, "span", len(spans) + 1),
                        layer="loaded_language",
                        start=start,
                        end=end,
                        text=found.text[start:end],
                        technique=ours[label],
                    )
                )
        kept.append(msgspec.structs.replace(found, records=tuple(spans)))
    files = [(f"articles/article{found.name}.txt", found.raw) for found in documents]
    if table:
        files.append(("labels-subtask-3.txt", "".join(table).encode()))
    return Writing(files, losses(documents, kept))


def _labels_of(
    found: Found, extents: list[tuple[int, int]], theirs: dict[str, str]
) -> list[set[str]]:
    """Return the task's labels of the spans that each line has a character of."""
    labels: list[set[str]] = [set() for _ in extents]
    ends = [end for _, end in extents]
    for span in found.records:
        if isinstance(span, Span) and span.layer == "loaded_language" and span.label in theirs:
            at = bisect_right(ends, span.start)
            while at < len(extents) and extents[at][0] < span.end:
                labels[at].add(theirs[span.label])
                at += 1
    return labels
