"""The Propaganda Techniques Corpus of 2019 and SemEval-2020's task 11, which differ in labels.

Articles are `article<id>.txt`. Rows of labels are parted by tabs: `id, begin, end` (SI) or
`id, technique, begin, end` (TC, FLC), code points, half-open; in one file per article or one for
all. Edge spaces and identical spans are kept. A technique `?`, as templates have it, and spans of
which only SI knows, have no technique: they get the label Unlabelled. A template's rows are left
out where another file answers them. An article was looked at if it has rows or a file of its own,
or stands in a folder with articles that have rows in a file of many.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from newspan.corpus import AnnotationSet, Corpus
from newspan.exchange.documents import documents_of
from newspan.exchange.facts import losses
from newspan.exchange.files import (
    article_id,
    articles,
    files_below,
    has_label_rows,
    is_article,
    number_of,
    owners,
    read_text,
    relative,
    rows,
    tell_once,
)
from newspan.exchange.labels import UNLABELLED, OwnLabels, from_schemes, to_scheme
from newspan.exchange.names import record_id
from newspan.exchange.shapes import Found, Options, Reading, Writing
from newspan.model import Span
from newspan.problems import Place, Problem
from newspan.scoring.files import LABEL_FILE, SENTENCES

_ASKED = "?"
SCHEMES = ("ptc_18", "semeval_2020_14", "semeval_2023_23")


class Row(NamedTuple):
    """A row of labels, with its place; no technique in SI's."""

    technique: str | None
    start: int
    end: int

    @property
    def is_labelled(self) -> bool:
        """Tell whether it names a technique."""
        return self.technique not in (None, _ASKED, UNLABELLED)

    def is_in(self, length: int) -> bool:
        """Tell whether it is a stretch of a text of some length."""
        return 0 <= self.start < self.end <= length


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
    problems: list[Problem] = []
    reading = Reading((), ("loaded_language",), problems, [])
    documents = _read(path, files, options, reading)
    return msgspec.structs.replace(reading, documents=documents)


def _read(root: Path, files: list[Path], options: Options, reading: Reading) -> Iterator[Found]:
    problems = reading.problems
    labels = OwnLabels(from_schemes(*SCHEMES), reading.labels)
    by_article, templates, own = _label_rows(root, files, problems)
    # Where one file has the rows of many articles, it has none of those without any.
    rest = {name for name, found in by_article.items() if _is_shared(found)}
    folders = {path.parent for path in files if article_id(path) in rest}
    unseen: list[Place] = []
    for path, found in articles(root, files, problems):
        looked = found.name in by_article or found.name in own or path.parent in folders
        if not looked:
            unseen.append(Place(relative(path, root)))
        chosen = _chosen(by_article.pop(found.name, {}), templates, len(found.text))
        spans: list[Span] = []
        for row, place in chosen:
            if not row.is_in(len(found.text)):
                message = f"{row.start}-{row.end}: the article has {len(found.text)} characters"
                problems.append(Problem("offset-out-of-range", place, message))
                continue
            span = Span(
                id=record_id(found.id, "span", len(spans) + 1),
                layer="loaded_language",
                start=row.start,
                end=row.end,
                text=found.text[row.start : row.end],
                technique=labels.technique(row.technique or "")
                if row.is_labelled
                else labels.unlabelled(),
            )
            spans.append(span)
        yield msgspec.structs.replace(
            found, records=tuple(spans), language=options.language, looked=looked
        )
    tell_once("text-not-annotated", "no labels are of it", unseen, problems)
    for name, left in by_article.items():
        place = next(iter(left.values()))[0]
        number = sum(len(places) for places in left.values())
        message = f"there is no article{name}.txt; rows left out: {number}"
        problems.append(Problem("document-unknown", place, message))


def _label_rows(
    root: Path, files: list[Path], problems: list[Problem]
) -> tuple[dict[str, dict[Row, list[Place]]], set[str], set[str]]:
    """Return the rows of each article, the files that only ask, and articles with a file of theirs.

    A row that several files have counts as often as in one.
    """
    by_article: dict[str, dict[Row, list[Place]]] = {}
    templates: set[str] = set()
    own: set[str] = set()
    others: list[Place] = []
    misnamed: list[Place] = []
    for path in files:
        if is_article(path):
            continue
        file = relative(path, root)
        if not LABEL_FILE.fullmatch(path.name):
            misnamed += [Place(file)] if has_label_rows(path) else []
            continue
        text = read_text(path, Place(file), problems)
        if text is None:
            continue
        in_file: dict[tuple[str, Row], list[Place]] = {}
        faults: list[Problem] = []
        for cells, place in rows(text, file):
            row = None if cells[-1].strip() in SENTENCES else _row(cells)
            if row is None:
                message = f"neither id, begin, end nor id, technique, begin, end: {cells!r:.90}"
                faults.append(Problem("row-syntax", place, message))
            else:
                in_file.setdefault((cells[0].strip(), row), []).append(place)
        if faults and not in_file:
            others.append(Place(file))
            continue
        problems += faults
        own |= owners(path)
        if in_file and all(row.technique == _ASKED for _, row in in_file):
            templates.add(file)
        for (name, row), places in in_file.items():
            known = by_article.setdefault(name, {}).setdefault(row, [])
            known += places[len(known) :]
    tell_once("file-left-out", "none of its lines is a row of labels of spans", others, problems)
    message = (
        "it begins with a row of labels, but isn't called so: name it *.labels, or with labels or "
        "task in a name that ends in .tsv or .txt"
    )
    tell_once("file-left-out", message, misnamed, problems)
    return by_article, templates, own


def _is_shared(found: dict[Row, list[Place]]) -> bool:
    """Tell whether an article's rows come from a file that isn't the article's own."""
    return any(not owners(Path(place.file)) for places in found.values() for place in places)


def _row(cells: list[str]) -> Row | None:
    if len(cells) == 3:
        cells = [cells[0], "", *cells[1:]]
    if len(cells) < 4 or not cells[0].strip():
        return None
    start, end = number_of(cells[2]), number_of(cells[3])
    if start is None or end is None:
        return None
    return Row(cells[1].strip() or None, start, end)


def _chosen(
    found: dict[Row, list[Place]], templates: set[str], length: int
) -> list[tuple[Row, Place]]:
    """Return an article's rows in text order: SI's only where no technique's row has their text."""
    techniques = [row for row in found if row.technique is not None and row.is_in(length)]
    answered = {(row.start, row.end) for row in techniques if row.is_labelled}
    covered = _merged(techniques)
    starts = [start for start, _ in covered]

    def is_said(row: Row, place: Place) -> bool:
        if row.technique is None:
            at = bisect_right(starts, row.start) - 1
            return at >= 0 and row.end <= covered[at][1]
        asked = row.technique == _ASKED and place.file in templates
        return asked and (row.start, row.end) in answered

    chosen = [
        (row, place) for row, places in found.items() for place in places if not is_said(row, place)
    ]
    return sorted(chosen, key=lambda each: (each[0].start, each[0].end, each[0].technique or ""))


def _merged(spans: list[Row]) -> list[tuple[int, int]]:
    """Return the union of extents; those that only touch stay apart, as in the task."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted((row.start, row.end) for row in spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def write_2019(corpus: Corpus, chosen: AnnotationSet, options: Options) -> Writing:
    """Write articles with one file of labels each, in the 18 labels of 2019."""
    return _write(corpus, chosen, "ptc_18", {"labels/article{}.task3.labels": True})


def write_2020(corpus: Corpus, chosen: AnnotationSet, options: Options) -> Writing:
    """Write articles with two files of labels each, SI and TC, in the 14 labels of 2020."""
    names = {
        "labels-task1-span-identification/article{}.task1-SI.labels": False,
        "labels-task2-technique-classification/article{}.task2-TC.labels": True,
    }
    return _write(corpus, chosen, "semeval_2020_14", names)


def _write(corpus: Corpus, chosen: AnnotationSet, scheme: str, names: dict[str, bool]) -> Writing:
    documents = documents_of(corpus, chosen, ("loaded_language",))
    theirs, ours = to_scheme(scheme), from_schemes(*SCHEMES)
    theirs = {**theirs, UNLABELLED: _ASKED}
    kept = tuple(_kept(found, theirs, ours) for found in documents)

    def files() -> Iterator[tuple[str, bytes]]:
        for found in kept:
            yield f"articles/article{found.name}.txt", found.raw
            if not found.looked:  # an empty file says that nothing was found
                continue
            spans = [
                Row(theirs[span.label], span.start, span.end)
                for span in found.records
                if isinstance(span, Span)
            ]
            for name, labelled in names.items():
                lines = _lines(found.name, spans, labelled=labelled)
                yield name.format(found.name), "".join(lines).encode()

    return Writing(files(), losses(documents, kept))


def _lines(name: str, spans: list[Row], *, labelled: bool) -> Iterator[str]:
    if labelled:
        for span in sorted(spans, key=lambda row: (row.start, row.end, row.technique or "")):
            yield f"{name}\t{span.technique}\t{span.start}\t{span.end}\n"
    else:
        for start, end in _merged(spans):
            yield f"{name}\t{start}\t{end}\n"


def _kept(found: Found, theirs: dict[str, str], ours: dict[str, str]) -> Found:
    """Return a document as it will be read back: spans with a label of theirs, and no more."""
    spans = tuple(
        Span(
            id=span.id,
            layer=span.layer,
            start=span.start,
            end=span.end,
            text=span.text,
            technique=ours.get(theirs[span.label], span.label),
        )
        for span in found.records
        if isinstance(span, Span) and span.layer == "loaded_language" and span.label in theirs
    )
    return msgspec.structs.replace(found, records=spans)
