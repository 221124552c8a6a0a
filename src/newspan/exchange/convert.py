"""`newspan convert`: annotations from one format into another, losing nothing without leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from newspan.corpus import AnnotationSet, Corpus, read_corpus
from newspan.exchange.beside import files_beside, with_beside
from newspan.exchange.documents import corpus_of, of_layers, refuse_unknown_layers
from newspan.exchange.files import refuse_unusable
from newspan.exchange.init import NO_LANGUAGE
from newspan.exchange.kinds import Kinds
from newspan.exchange.provenance import language_named, recordable
from newspan.exchange.registry import format_named
from newspan.exchange.shapes import Found, Loss, Options
from newspan.problems import Problem
from newspan.whole import whole_directory

#: A corpus folder, as a source.
CORPUS = "newspan"


class Converted(msgspec.Struct, frozen=True):
    """What was converted; `path` is None where nothing was written, since something goes lost."""

    path: Path | None
    documents: int
    records: int
    losses: tuple[Loss, ...] = ()
    problems: tuple[Problem, ...] = ()


def convert(
    source: Path | str,
    target: Path | str,
    *,
    from_format: str | None = None,
    to_format: str,
    set_id: str | None = None,
    lossy: bool = False,
    options: Options | None = None,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> Converted:
    """Convert annotations from one format into another, whole or not at all.

    Args:
        source: a file or folder of `from_format`, or a newspan corpus.
        target: the folder to write; it must not be there, or be empty.
        from_format: a format's name; that of a corpus if not given.
        to_format: a format's name.
        set_id: of a corpus: the annotation set; its primary one if not given.
        lossy: write though something goes lost.
        options: what the formats should know; of `layers`, no others are converted.
        progress: called with a stage's name, how far it is and its total.

    Raises:
        ValueError: for wrong use: an unknown format, a target that is there, a source that isn't, a
            language, layer or mapping that is none.
    """
    source, target = Path(source), Path(target)
    options = options or Options()
    language_named(options.language)
    refuse_unknown_layers(options.layers)
    Kinds(options, [])  # refuses a wrong mapping, also where the format has no use for any
    writer = format_named(to_format).write
    if writer is None:
        raise ValueError(f"{to_format} can only be read")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ValueError(f"{target} is there already")
    refuse_unusable(source)
    corpus, chosen, problems = read_source(
        source, from_format or CORPUS, set_id=set_id, options=options, progress=progress
    )
    if corpus is None or chosen is None:
        return Converted(None, 0, 0, problems=tuple(problems))
    if options.layers:
        chosen = of_layers(chosen, options.layers)
    writing = writer(corpus, chosen, options)
    done = Converted(
        target, len(corpus.documents), len(chosen.records), writing.losses, tuple(problems)
    )
    if writing.losses and not lossy:
        return msgspec.structs.replace(done, path=None)
    with whole_directory(target) as folder:
        for name, raw in _unique(writing.files, files_beside(corpus, chosen)):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)
    return done


def read_source(
    source: Path,
    name: str,
    *,
    set_id: str | None = None,
    options: Options | None = None,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> tuple[Corpus | None, AnnotationSet | None, list[Problem]]:
    """Return a source of any format as a corpus with one set, and the problems of reading it.

    Raises:
        ValueError: for a format or set that there isn't, and what the format's reader raises.
    """
    if name == CORPUS:
        corpus, problems = read_corpus(source)
        if corpus is None:
            return None, None, problems
        return corpus, corpus.set_named(set_id or corpus.info.primary_set), problems
    if set_id is not None:
        raise ValueError("only a newspan corpus has sets")
    format = format_named(name)
    reader = format.read
    if reader is None:
        raise ValueError(f"{name} can only be written")
    reading = with_beside(reader(source, options or Options()), source)
    spoken = options.language if options is not None else NO_LANGUAGE
    sound = (recordable(each, spoken, reading.problems) for each in reading.documents)
    documents = _counted(sound, progress)
    reading = msgspec.structs.replace(reading, documents=documents)
    corpus, chosen = corpus_of(reading, said_by=format.title)
    return corpus, chosen, reading.problems


def _counted(
    documents: Iterable[Found], progress: Callable[[str, int, int | None], None] | None
) -> Iterator[Found]:
    done = 0
    for done, found in enumerate(documents, 1):
        if progress is not None:
            progress("documents", done, None)
        yield found
    if progress is not None:
        progress("documents", done, done)


def _unique(*groups: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield files, and fail rather than write one over another."""
    seen: set[str] = set()
    for group in groups:
        for name, raw in group:
            # Some file systems hold names that differ in capitals alone for the same.
            if name.casefold() in seen:
                raise ValueError(f"two documents would be written to {name}")
            seen.add(name.casefold())
            yield name, raw
