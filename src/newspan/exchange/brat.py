"""brat's stand-off files: `NAME.txt` beside `NAME.ann`, in folders of any depth.

What the lines mean is said in `brat_records`; configuration files are not read. Written, a span's
type is its role, its technique, `Claim` or `Duplicate_Block`; all else that newspan has becomes
attributes and notes, so that hardly anything is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from newspan.corpus import AnnotationSet, Corpus
from newspan.corpus.files import decode
from newspan.exchange.brat_lines import Lines, parse
from newspan.exchange.brat_records import Builder, is_attribution
from newspan.exchange.brat_values import BLOCK, CLAIM
from newspan.exchange.brat_write import ann_text, config_text, kept
from newspan.exchange.documents import documents_of
from newspan.exchange.facts import losses
from newspan.exchange.files import files_below, read_bytes, read_text, relative
from newspan.exchange.kinds import Kinds
from newspan.exchange.names import mint
from newspan.exchange.shapes import Found, Options, Reading, Writing
from newspan.problems import Place, Problem

_LAYERS = ("claim", "attribution", "loaded_language", "duplicate_block")


class Pair(msgspec.Struct, frozen=True):
    """A document's name, its text and its annotations; lines of problems are of these files."""

    name: str
    text: Path
    annotations: Path
    meta: dict[str, str] = {}  # msgspec copies it


def read(path: Path, options: Options) -> Reading:
    """Read all annotated texts of a folder, or the one of an .ann file.

    Raises:
        ValueError: when there is none, or the user's mapping is wrong.
    """
    root = path if path.is_dir() else path.parent
    files = files_below(path) if path.is_dir() else [path, path.with_suffix(".txt")]
    annotated = [file for file in files if file.suffix == ".ann"]
    if not annotated:
        raise ValueError(f"{path} is, or has, no .ann file")
    problems: list[Problem] = []
    found = pairs(root, files, annotated, problems)
    return reading_of(root, found, options, _layers_in(found, options), problems)


def reading_of(
    root: Path,
    found: list[Pair],
    options: Options,
    layers: tuple[str, ...],
    problems: list[Problem],
    ignored: frozenset[str] = frozenset(),
) -> Reading:
    """Return the reading of pairs of texts and annotations."""
    reading = Reading((), layers, problems, [])
    kinds = Kinds(options, reading.labels)

    def documents() -> Iterator[Found]:
        for pair in found:
            place = Place(relative(pair.text, root))
            raw = read_bytes(pair.text, place, problems)
            if raw is None or decode(raw, place, problems) is None:
                continue
            ident, language = mint(pair.name), options.language
            document = Found(id=ident, name=pair.name, raw=raw, language=language, meta=pair.meta)
            lines = _lines(pair, root, problems)
            # Types alone say what was looked for: where there are none, nobody knows.
            looked = lines is not None and bool(layers)
            builder = Builder(ident, document.text, lines or Lines(), kinds, problems, ignored)
            records = tuple(builder.records())
            yield msgspec.structs.replace(document, records=records, looked=looked)

    return msgspec.structs.replace(reading, documents=documents())


def pairs(
    root: Path, files: list[Path], annotated: list[Path], problems: list[Problem]
) -> list[Pair]:
    """Return the texts that have annotations; one without the other is a problem.

    A document is called like its file, with its folders only where two files have one name.
    """
    texts = {file for file in files if file.suffix == ".txt" and file.is_file()}
    several = Counter(file.stem for file in annotated)
    found = []
    for file in annotated:
        text = file.with_suffix(".txt")
        if text not in texts:
            place = Place(relative(file, root))
            problems.append(
                Problem("document-unknown", place, f"there is no {text.name} beside it")
            )
            continue
        name = file.stem
        if several[name] > 1:
            name = relative(file, root).removesuffix(".ann")
        found.append(Pair(name, text, file))
    for text in sorted(texts - {pair.text for pair in found}):
        message = f"there is no {text.stem}.ann beside it"
        problems.append(Problem("file-left-out", Place(relative(text, root)), message))
    return found


def _lines(pair: Pair, root: Path, problems: list[Problem]) -> Lines | None:
    """Return the annotations of a pair, None where they can't be read."""
    place = Place(relative(pair.annotations, root))
    text = read_text(pair.annotations, place, problems)
    if text is None:
        return None
    lines = Lines()
    parse(text, place.file, lines, problems)
    return lines


def _layers_in(found: list[Pair], options: Options) -> tuple[str, ...]:
    """Return the layers that any document has: types alone say what was looked for."""
    kinds, layers, types = Kinds(options, []), set(), set()
    for pair in found:
        lines = _lines(pair, pair.text.parent, []) or Lines()
        events = [each for each in lines.events.values() if is_attribution(each.type)]
        if events:
            layers.add("attribution")
        marks = {each.trigger for each in events}
        types |= {each.type for name, each in lines.texts.items() if name not in marks}
    for name in types:
        kind = kinds.of(name)
        if name in (CLAIM, BLOCK) and not kinds.mapped(name):
            layers.add("claim" if name == CLAIM else "duplicate_block")
        elif kind is not None:
            layers.add(kind.layer)
    return tuple(layer for layer in _LAYERS if layer in layers)


def write(corpus: Corpus, chosen: AnnotationSet, options: Options) -> Writing:
    """Write texts with their annotations, and the configuration that brat wants."""
    return writing_of(documents_of(corpus, chosen), kept, "{}.txt", "{}.ann", config_text())


def writing_of(
    documents: tuple[Found, ...],
    keep: Callable[[Found], Found],
    text: str,
    annotations: str,
    config: str,
    looked: bool | None = None,
    **how: Any,
) -> Writing:
    """Return the writing of documents: names for texts and annotations have a {} in them.

    `looked` tells whether its reader takes what it reads for looked at; if not given, where any
    document has records.
    """
    after = tuple(map(keep, documents))
    looked = any(found.records for found in after) if looked is None else looked
    after = tuple(msgspec.structs.replace(found, looked=looked) for found in after)

    def files() -> Iterator[tuple[str, bytes]]:
        yield "annotation.conf", config.encode()
        for found in after:
            yield text.format(found.name), found.raw
            yield annotations.format(found.name), ann_text(found, **how).encode()

    return Writing(files(), losses(documents, after))
