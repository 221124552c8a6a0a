"""PolNeAR: attributions as events of brat's, with a source, a cue and content.

Its texts stand in `text/`, its annotations in `attributions/`, named for the text and one of six
annotators: `NAME_4e07.ann`. Where several annotated a text, the first by name is read. Stretches
marked Discuss or Discard are remarks of annotators, and left out. `metadata.tsv`, where there is
one above them, gives titles and authors.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from itertools import pairwise
from pathlib import Path

import msgspec

from newspan.corpus import AnnotationSet, Corpus
from newspan.exchange.brat import Pair, reading_of, writing_of
from newspan.exchange.brat_write import kept
from newspan.exchange.documents import documents_of
from newspan.exchange.files import files_below, read_text, relative, rows
from newspan.exchange.shapes import Found, Options, Reading, Writing
from newspan.model import AnyRecord, Attribution, Span
from newspan.problems import Place, Problem

Extent = tuple[int, int]
_IGNORED = frozenset({"discuss", "discard"})
_ANNOTATOR = re.compile(r"(.+)_[0-9a-z]{4}")
_META = {"title": "title", "author": "authors", "publication_date": "published",
         "publisher": "outlet"}  # fmt: skip
_CONFIG = """[entities]
Source
Cue
Content
Discuss
Discard

[relations]

[events]
Attribution\tSource*:Source, Cue?:Cue, Content*:Content
Attribution-no-source\tCue?:Cue, Content*:Content

[attributes]
"""


def read(path: Path, options: Options) -> Reading:
    """Read all annotated texts of a folder.

    Raises:
        ValueError: when there is none.
    """
    files = files_below(path)
    annotated = [file for file in files if file.suffix == ".ann"]
    if not annotated:
        raise ValueError(f"{path} has no .ann file")
    problems: list[Problem] = []
    meta = _metadata(path, files, problems)
    found = _pairs(path, files, annotated, meta, problems)
    return reading_of(path, found, options, ("attribution",), problems, _IGNORED)


def _pairs(
    root: Path,
    files: list[Path],
    annotated: list[Path],
    meta: dict[str, dict[str, str]],
    problems: list[Problem],
) -> list[Pair]:
    texts: dict[str, list[Path]] = {}
    for file in files:
        if file.suffix == ".txt":
            texts.setdefault(file.stem, []).append(file)
    found: dict[Path, Pair] = {}
    names: dict[str, Path] = {}
    for file in annotated:
        place = Place(relative(file, root))
        text = _text_of(file, texts)
        if text is None:
            message = f"there is no text for {file.name}"
            problems.append(Problem("document-unknown", place, message))
        elif text in found:
            first = relative(found[text].annotations, root)
            message = f"another annotator's, {first}, is read; a corpus for each can be compared"
            problems.append(Problem("file-left-out", place, message))
        else:
            name = text.stem
            if names.setdefault(name, text) != text:
                name = relative(text, root).removesuffix(".txt")
            found[text] = Pair(name, text, file, meta.get(text.stem, {}))
    for text in sorted(each for several in texts.values() for each in several):
        if text not in found:
            place = Place(relative(text, root))
            problems.append(Problem("file-left-out", place, "no .ann file is of it"))
    return list(found.values())


def _text_of(file: Path, texts: dict[str, list[Path]]) -> Path | None:
    """Return the text of an annotation file: the nearest of its name, without the annotator's."""
    match = _ANNOTATOR.fullmatch(file.stem)
    for stem in (file.stem, match[1] if match else ""):
        for place in (file.parent, file.parent.parent / "text"):
            if place / f"{stem}.txt" in texts.get(stem, ()):
                return place / f"{stem}.txt"
        if len(texts.get(stem, ())) == 1:
            return texts[stem][0]
    return None


def _metadata(root: Path, files: list[Path], problems: list[Problem]) -> dict[str, dict[str, str]]:
    """Return what the tables of metadata say of each text."""
    found: dict[str, dict[str, str]] = {}
    for file in files:
        if file.name != "metadata.tsv":
            continue
        place = Place(relative(file, root))
        table = rows(read_text(file, place, problems) or "", place.file)
        head = next(table, ([], place))[0]
        for cells, _ in table:
            row = dict(zip(head, cells, strict=False))
            said = {ours: row[theirs] for theirs, ours in _META.items() if row.get(theirs)}
            unsaid = ("None", "NA")
            found[row.get("filename", "")] = {k: v for k, v in said.items() if v not in unsaid}
    return found


def write(corpus: Corpus, chosen: AnnotationSet, options: Options) -> Writing:
    """Write texts with attributions that don't nest or share a word, as PolNeAR has them."""
    documents = documents_of(corpus, chosen, ("attribution",))
    names = ("text/{}.txt", "attributions/{}.ann")
    return writing_of(documents, _kept, *names, _CONFIG, looked=True, sourceless=True)


def _kept(found: Found) -> Found:
    """Return a document as it will be read back: the outermost attributions, none crossing."""
    found = kept(found)
    spans = {
        span.id: _plain(span)
        for span in found.records
        if isinstance(span, Span) and span.layer == "attribution"
    }
    attributions = [each for each in found.records if isinstance(each, Attribution)]
    taken: dict[str, Span] = {}
    extents: list[Extent] = []
    records: list[AnyRecord] = []
    for each in sorted(attributions, key=lambda each: _hull(each, spans)):
        if each.parent_id is not None or not _take([spans[i] for i in each.part_ids], extents):
            continue
        taken |= {part: spans[part] for part in each.part_ids}
        records.append(
            Attribution(
                id=each.id,
                # A medium is one more source to PolNeAR.
                source_ids=(*each.source_ids, *each.medium_ids),
                cue_id=each.cue_id,
                content_ids=each.content_ids,
                source_kind="none" if each.source_kind == "none" and not each.medium_ids else None,
            )
        )
    for name in sorted(spans, key=lambda name: (spans[name].start, -spans[name].end)):
        if name not in taken and _take([spans[name]], extents):
            taken[name] = spans[name]
    ordered = sorted(taken.values(), key=lambda span: (span.start, span.end))
    return msgspec.structs.replace(found, records=(*ordered, *records))


def _plain(span: Span) -> Span:
    role = "source" if span.role == "medium" else span.role
    return Span(span.id, span.layer, span.start, span.end, span.text, role=role)


def _hull(each: Attribution, spans: dict[str, Span]) -> tuple[int, int]:
    parts = [spans[part] for part in each.part_ids]
    return min(part.start for part in parts), -max(part.end for part in parts)


def _take(parts: list[Span], taken: list[Extent]) -> bool:
    """Add parts to what is taken, if no word of one is in another or there already.

    Args:
        parts: all are added, or none.
        taken: extents in text order; none shares a word with another.
    """
    wanted = sorted((part.start, part.end) for part in parts)
    if any(right[0] < left[1] for left, right in pairwise(wanted)):
        return False
    for start, end in wanted:
        at = bisect_left(taken, (start, end))
        if (at and start < taken[at - 1][1]) or (at < len(taken) and taken[at][0] < end):
            return False
    for extent in wanted:
        insort(taken, extent)
    return True
