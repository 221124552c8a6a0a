"""BABE (Bias Annotations By Experts): sentences with the words that annotators found biased.

A row has `text`, `news_link`, `outlet`, `topic`, `type`, `label_bias`, `label_opinion` and
`biased_words`, a list of words without their places. Each sentence becomes a document. A word
that is listed n times stands for its first n occurrences. CSV with semicolons or commas, JSON,
and JSON Lines. A label may be a number, as copies of the data have it: 1 is biased, 0 is not. A row
with neither a label nor a list, such as the silver data's, was not looked at.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.files import parse_json
from newspan.exchange.csv_tables import csv_rows, too_many
from newspan.exchange.documents import documents_of
from newspan.exchange.facts import losses
from newspan.exchange.files import (
    files_below,
    of_other_kind,
    read_text,
    relative,
    tell_once,
)
from newspan.exchange.labels import OwnLabels
from newspan.exchange.names import mint, record_id
from newspan.exchange.provenance import NO_OUTLET
from newspan.exchange.shapes import Found, Options, Reading, Writing
from newspan.model import Span
from newspan.problems import Place, Problem

#: The labels of its own: a word that is biased, and a sentence that is.
WORD, SENTENCE = "Biased_Word", "Biased_Sentence"
COLUMNS = (
    "uuid", "text", "news_link", "outlet", "topic", "type", "label_bias", "label_opinion",
    "biased_words",
)  # fmt: skip
_ENDINGS = (".csv", ".json", ".jsonl")
_META = {"news_link": "url", "outlet": "outlet"}
_NOTED = ("topic", "type", "label_opinion")
#: Labels in small letters, and whether the sentence is biased. Tables with gaps have 1.0 for 1.
_LABELS = {
    "biased": True, "1": True, "1.0": True, "true": True,
    "non-biased": False, "0": False, "0.0": False, "false": False,
    "no agreement": False,
}  # fmt: skip


def read(path: Path, options: Options) -> Reading:
    """Read a CSV, JSON or JSON Lines file, or all of a folder.

    Raises:
        ValueError: when there is none.
    """
    files = [path] if path.is_file() else files_below(path)
    files = [file for file in files if file.suffix in _ENDINGS]
    if not files:
        raise ValueError(f"{path} is, or has, no .csv, .json or .jsonl file")
    reading = Reading((), ("loaded_language",), [], [])
    return msgspec.structs.replace(reading, documents=_read(path, files, options, reading))


def _read(root: Path, files: list[Path], options: Options, reading: Reading) -> Iterator[Found]:
    labels = OwnLabels({}, reading.labels)
    seen: set[str] = set()
    unseen: list[Place] = []
    for file in files:
        place = Place(relative(file, root))
        text = read_text(file, place, reading.problems)
        if text is None:
            continue
        stem = "" if len(files) == 1 else f"{file.stem}-"
        faults: list[Problem] = []
        any_text = file == root  # a user who names a file wants to know what is wrong with it
        for number, (row, here) in enumerate(_rows(file, text, place, faults), 1):
            if not isinstance(row.get("text"), str):
                faults.append(Problem("row-syntax", here, "the row has no text"))
                continue
            any_text = True
            if (message := too_many(row)) is not None:
                faults.append(Problem("row-syntax", here, message))
                continue
            name = str(row.get("uuid") or f"{stem}{number:05}")
            if name in seen:
                message = f"the sentence {name!r} was there before"
                reading.problems.append(Problem("duplicate-id", here, message))
                continue
            seen.add(name)
            found = _found(name, row, here, options, labels, reading.problems)
            if not found.looked:
                unseen.append(here)
            yield found
        faults = faults if any_text else of_other_kind(faults, "a row with a text")
        reading.problems.extend(faults)
    tell_once("text-not-annotated", "neither a label nor words are of it", unseen, reading.problems)


def _rows(
    file: Path, text: str, place: Place, problems: list[Problem]
) -> Iterator[tuple[dict[str, Any], Place]]:
    text = text.removeprefix("\ufeff")
    if file.suffix == ".csv":
        yield from csv_rows(text, place, problems)
    elif file.suffix == ".json":
        data = parse_json(text, place, None, problems)
        if data is not None and not isinstance(data, list):
            problems.append(Problem("row-syntax", place, "it holds no list of rows"))
        for index, row in enumerate(data if isinstance(data, list) else ()):
            yield (row if isinstance(row, dict) else {}), place.at(f"/{index}")
    else:
        for number, line in enumerate(text.split("\n"), 1):
            here = Place(place.file, number)
            row = parse_json(line, here, None, problems) if line.strip() else None
            if row is not None:
                yield (row if isinstance(row, dict) else {}), here


def _found(
    name: str,
    row: dict[str, Any],
    place: Place,
    options: Options,
    labels: OwnLabels,
    problems: list[Problem],
) -> Found:
    text, ident = row["text"], mint(name)
    extents: list[tuple[int, int, str]] = []
    biased = _is_biased(row.get("label_bias", row.get("label")), place, problems)
    if biased and text:
        extents.append((0, len(text), SENTENCE))
    words = _words(row.get("biased_words"), place, problems)
    looked = biased is not None or words is not None
    for word, number in Counter(words or ()).items():
        places = _places(text, word)
        if len(places) < number:
            message = f"{word!r} is listed {number} times, and stands {len(places)} times there"
            problems.append(Problem("quote-not-verbatim", place, message))
        extents += [(start, end, WORD) for start, end in places[:number]]
    extents.sort(key=lambda each: (each[0], -each[1], each[2]))
    spans = tuple(
        Span(
            id=record_id(ident, "span", number),
            layer="loaded_language",
            start=start,
            end=end,
            text=text[start:end],
            technique=labels.technique(label),
        )
        for number, (start, end, label) in enumerate(extents, 1)
    )
    meta = {ours: str(row[theirs]) for theirs, ours in _META.items() if row.get(theirs)}
    noted = [f"{column}: {row[column]}" for column in _NOTED if row.get(column)]
    if noted:
        meta["note"] = "; ".join(noted)
    return Found(ident, name, text.encode(), spans, options.language, meta=meta, looked=looked)


def _is_biased(cell: Any, place: Place, problems: list[Problem]) -> bool | None:
    """Return what a label says of its sentence, None where it says nothing."""
    label = "" if cell is None else str(cell).strip().lower()
    if label and label not in _LABELS:
        problems.append(Problem("row-syntax", place, f"no label of BABE's: {cell!r:.90}"))
    return _LABELS.get(label)


def _words(cell: Any, place: Place, problems: list[Problem]) -> list[str] | None:
    """Return the listed words: a list, or one written as Python or JSON writes it; None for none.

    An empty list is one: somebody found no words.
    """
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    words = cell
    if isinstance(cell, str):
        try:
            words = ast.literal_eval(cell)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            words = None
    if not isinstance(words, list | tuple):
        problems.append(Problem("row-syntax", place, f"no list of words: {cell!r:.90}"))
        return None
    return [word for word in words if isinstance(word, str) and word]


def _places(text: str, word: str) -> list[tuple[int, int]]:
    """Return where a word stands: as it is written, else in other capitals; whole words first."""
    starts = list(_finds(text, word))
    if not starts:  # looked for ahead, since a word may overlap itself
        other = re.finditer(f"(?={re.escape(word)})", text, re.IGNORECASE)
        starts = [match.start() for match in other]
    found = [(start, start + len(word)) for start in starts]
    return sorted(found, key=lambda each: (_cut(text, *each), each))


def _finds(text: str, word: str) -> Iterator[int]:
    start = text.find(word)
    while start >= 0:
        yield start
        start = text.find(word, start + 1)


def _cut(text: str, start: int, end: int) -> bool:
    """Tell whether an extent begins or ends inside a word."""
    begins = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    return begins or (end < len(text) and text[end - 1].isalnum() and text[end].isalnum())


def write(corpus: Corpus, chosen: AnnotationSet, options: Options) -> Writing:
    """Write one row per document into a CSV file, parted by semicolons."""
    documents = documents_of(corpus, chosen, ("loaded_language",))
    table = [_row(found) for found in documents]
    written = io.StringIO(newline="")
    writer = csv.DictWriter(
        written, COLUMNS, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(table)
    problems: list[Problem] = []
    labels = OwnLabels({}, [])
    kept = [_found(row["uuid"], row, Place(""), options, labels, problems) for row in table]
    return Writing([("babe.csv", written.getvalue().encode())], losses(documents, kept))


def _row(found: Found) -> dict[str, str]:
    spans = _loaded(found.records)
    biased = any((span.start, span.end) == (0, len(found.text)) for span in spans
                 if span.technique == SENTENCE)  # fmt: skip
    extents = {(s.start, s.end): s.text for s in spans if s.technique != SENTENCE}
    words = [extents[each] for each in sorted(extents)]
    item = found.document.items[0] if found.document and found.document.items else None
    url = item.chain[0].url.value if item and item.chain else None
    outlet = item.chain[0].outlet if item and item.chain else NO_OUTLET.id
    return dict.fromkeys(COLUMNS, "") | {
        "uuid": found.name,
        "text": found.text,
        "news_link": url or "",
        "outlet": "" if outlet == NO_OUTLET.id else outlet,
        # Words alone don't say what the sentence is.
        "label_bias": "Biased" if biased else "Non-biased" if found.looked and not spans else "",
        "biased_words": json.dumps(words, ensure_ascii=False) if found.looked else "",
    }


def _loaded(records: Iterable[Any]) -> list[Span]:
    return [each for each in records if isinstance(each, Span) and each.layer == "loaded_language"]
