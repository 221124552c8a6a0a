"""Texts that come in without annotations: files, saved pages, and rows of tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from newspan.corpus.files import decode
from newspan.exchange import pages
from newspan.exchange.files import (
    files_below,
    has_label_rows,
    read_bytes,
    refuse_unusable,
    relative,
    tell_once,
)
from newspan.exchange.names import mint
from newspan.exchange.provenance import KEYS, language_of, lineage_of
from newspan.exchange.shapes import Found
from newspan.exchange.sidecars import OF_FOLDER, Sidecars, values_of
from newspan.exchange.tables import CSV, TABLES, rows_of
from newspan.problems import Place, Problem
from newspan.scoring.files import LABEL_FILE

_FILES = (".txt", *pages.ENDINGS)
#: What files of annotations are called, with a format that reads them.
_ENDINGS = {
    ".ann": "brat", ".labels": "ptc", ".spacy": "spacy",
    **dict.fromkeys((".conll", ".conllup", ".bio", ".iob", ".iob2"), "conll"),
}  # fmt: skip


class Incoming(msgspec.Struct, frozen=True):
    """A document that comes in: where from, who says what `found.meta` has, and its page."""

    found: Found
    place: Place
    said_by: str
    page: pages.Page | None = None
    ending: str = ""


class Source(msgspec.Struct, frozen=True):
    """What a path holds: `number` of its documents, where that is known before they are read."""

    number: int | None
    documents: Iterator[Incoming]


def open_texts(
    path: Path, columns: Mapping[str, str], language: str, problems: list[Problem]
) -> Source:
    """Open a file, a folder of texts or pages, JSON Lines, CSV, Parquet, or a saved dataset.

    Args:
        path: what to read.
        columns: the columns of `id`, `text` and what provenance.KEYS names, where they are called
            otherwise.
        language: the texts', where nothing says another.
        problems: gets what is wrong, while documents are read; the rest is read on.

    Raises:
        ValueError: when the path is none of these or, while documents are read, when a table has
            none of the columns that are named.
    """
    refuse_unusable(path)
    if path.is_dir() and any((path / n).exists() for n in ("dataset_dict.json", "state.json")):
        return Source(None, _rows([path], path, columns, language, problems))
    files = [path] if path.is_file() else files_below(path)
    tables = [f for f in files if f.name.endswith(TABLES) and f.name != OF_FOLDER]
    plain = [f for f in files if f.suffix.lower() in _FILES]
    if path.is_dir() and plain:  # beside texts, lists and labels have these endings
        tables = [f for f in tables if not f.name.endswith(CSV)]
        plain = [f for f in plain if not _is_labels(f)]
    if tables and plain:
        raise ValueError(f"{path} mixes texts and tables, such as {plain[0].name} and "
                         f"{tables[0].name}: name one kind's files or folder")  # fmt: skip
    if plain or tables:
        _tell_others(files, {*plain, *tables}, path, problems)
        message = "of tables, columns say where rows come from"
        if plain:
            message = "only that of the folder that is added is read: move its lines there"
        unread = [f for f in files if f.name == OF_FOLDER and not (plain and f.parent == path)]
        places = [Place(relative(f, path)) for f in unread]
        tell_once("file-left-out", message, places, problems)
    if plain:
        return Source(len(plain), _plain(plain, path, language, problems))
    if tables:
        return Source(None, _rows(tables, path, columns, language, problems))
    raise ValueError(
        f"{path} has no .txt, .html, .jsonl, .csv, .tsv or .parquet files, and is no saved dataset"
    )


def _tell_others(files: list[Path], read: set[Path], root: Path, problems: list[Problem]) -> None:
    """Tell once which files of a folder are neither read nor beside one that is."""
    beside = {each.with_suffix(".json") for each in read}
    others = [each for each in files if each not in read | beside and each.name != OF_FOLDER]
    if others:
        kinds = ", ".join(sorted({each.suffix or each.name for each in others})[:9])
        message = f"not read, as {len(others)} in all: {kinds}"
        if format := next(filter(None, map(_format_of, others)), None):
            message += f"; some look like annotations, which come along with --format {format}"
        problems.append(Problem("file-left-out", Place(relative(others[0], root)), message))


def _is_labels(file: Path) -> bool:
    named = LABEL_FILE.fullmatch(file.name) is not None
    return named and ("-labels-subtask-" in file.name or has_label_rows(file))


def _format_of(file: Path) -> str | None:
    """Return the format that a file may be of, if it looks like annotations."""
    if "-labels-subtask-" in file.name:
        return "semeval-2023"
    return _ENDINGS.get(file.suffix) or ("ptc" if has_label_rows(file) else None)


def _plain(
    files: list[Path], root: Path, language: str, problems: list[Problem]
) -> Iterator[Incoming]:
    sidecars = Sidecars(root, problems)
    for file in files:
        place = Place(relative(file, root))
        said, where, by = sidecars.of(file)
        raw = read_bytes(file, place, problems)
        if raw is None:
            continue
        page = None
        ending = file.suffix.lower()
        if ending in pages.ENDINGS:
            page = pages.read_page(raw)
            if page is None:
                message = "no article was found in the page"
                problems.append(Problem("page-without-text", place, message))
                continue
            raw, said = page.text.encode(), {"language": page.language, **page.meta, **said}
            by = " and ".join(filter(None, [by, "the page"]))
        elif decode(raw, place, problems) is None:
            continue
        name = place.file[: -len(file.suffix)]
        try:
            name.encode()
        except UnicodeEncodeError:
            message = "the file's name is no UTF-8"
            problems.append(Problem("file-unreadable", Place(ascii(name)), message))
            continue
        found = _found(name, raw, said, language, where, problems)
        yield Incoming(found, where, by, page, ending if page else "")
    sidecars.close()


def _rows(
    files: list[Path],
    root: Path,
    columns: Mapping[str, str],
    language: str,
    problems: list[Problem],
) -> Iterator[Incoming]:
    names = {key: columns.get(key, key) for key in ("id", "text", *KEYS)}
    there: dict[str, None] = {}
    for file in files:
        for row, place in rows_of(file, relative(file, root), names, problems, there):
            ident, text = row.get("id"), row.get("text")
            if isinstance(ident, int) and not isinstance(ident, bool):
                ident = str(ident)
            for key, value in (("id", ident), ("text", text)):
                if not isinstance(value, str) or not (value or key == "text"):
                    message = f"the row has no {key} in a column {names[key]!r}"
                    problems.append(Problem("row-syntax", place, message))
                    break
            else:
                said = values_of(row, place, problems)
                found = _found(str(ident), str(text).encode(), said, language, place, problems)
                yield Incoming(found, place, place.file)
    for key, column in names.items():
        if there and column not in (key, *there):
            known = ", ".join(list(there)[:20])
            raise ValueError(f"no row has the column {column!r} for {key}; there are {known}")


def _found(
    name: str,
    raw: bytes,
    said: dict[str, str],
    language: str,
    place: Place,
    problems: list[Problem],
) -> Found:
    return Found(
        id=mint(name),
        name=name,
        raw=raw,
        language=language_of(said.get("language", ""), language, place, problems),
        lineage=lineage_of(said.get("lineage", "")),
        meta=said,
    )
