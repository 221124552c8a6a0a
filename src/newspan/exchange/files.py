"""Files of other people: read with their faults as problems, never as exceptions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from newspan.corpus.files import decode
from newspan.exchange.names import mint
from newspan.exchange.shapes import Found
from newspan.problems import Place, Problem
from newspan.scoring.files import LABEL_FILE, SENTENCES

#: What `beside` writes next to another format's files; no reader takes them for its own.
HEAD, DOCUMENTS = "newspan-set.json", "newspan-documents.jsonl"
#: SemEval-2023 calls an article's labels `article<id>-labels-subtask-3.txt`.
_ARTICLE = re.compile(r"article(?!.*-labels-subtask-[0-9]\.txt)(.+)\.txt", re.DOTALL)
_ARCHIVES = (".zip", ".tar", ".tgz", ".7z", ".rar", ".tar.gz", ".tar.bz2", ".tar.xz")


def refuse_unusable(path: Path) -> None:
    """Refuse what no reader can make anything of.

    Raises:
        ValueError: when the path isn't there, or is an archive.
    """
    if not path.exists():
        raise ValueError(f"{path} does not exist")
    if path.is_file() and path.name.lower().endswith(_ARCHIVES):
        raise ValueError(f"{path} is an archive: unpack it, and name the folder")


def relative(path: Path, root: Path) -> str:
    """Return a file's name as problems show it: from the source's folder on."""
    return path.name if path == root else path.relative_to(root).as_posix()


def read_bytes(path: Path, place: Place, problems: list[Problem]) -> bytes | None:
    """Return the bytes of a file, which may be empty, or None after adding the problem why not."""
    try:
        return path.read_bytes()
    except OSError as error:
        problems.append(Problem("file-unreadable", place, error.strerror or str(error)))
        return None


def read_text(path: Path, place: Place, problems: list[Problem]) -> str | None:
    """Return a file's text, unaltered, or None after adding the problem why not."""
    raw = read_bytes(path, place, problems)
    return None if raw is None else decode(raw, place, problems)


def files_below(path: Path) -> list[Path]:
    """Return all files of a folder, in order of their paths.

    Left out are names with a leading dot, and what `beside` writes.

    Raises:
        ValueError: when it is no folder.
    """
    if not path.is_dir():
        raise ValueError(f"{path} is no folder: name the one that holds all files")
    found = (each for each in path.rglob("*") if each.is_file())
    return sorted(
        each
        for each in found
        if each.name not in (HEAD, DOCUMENTS)
        and not any(part.startswith(".") for part in each.relative_to(path).parts)
    )


def articles(
    root: Path, files: list[Path], problems: list[Problem]
) -> Iterator[tuple[Path, Found]]:
    """Yield the files `article<id>.txt` with their texts, each id once.

    The same bytes under the same name in several folders are one article.
    """
    seen: dict[str, bytes] = {}
    for path in files:
        name = article_id(path)
        if name is None:
            continue
        place = Place(relative(path, root))
        raw = read_bytes(path, place, problems)
        if raw is None or decode(raw, place, problems) is None:
            continue
        if name not in seen:
            seen[name] = raw
            yield path, Found(id=mint(name), name=name, raw=raw)
        elif seen[name] != raw:
            message = f"another file, with another text, is called {path.name} too"
            problems.append(Problem("duplicate-id", place, message))


def is_article(path: Path) -> bool:
    """Tell whether a file is one of the articles."""
    return article_id(path) is not None


def article_id(path: Path) -> str | None:
    """Return what an article is called, None for any other file."""
    found = _ARTICLE.fullmatch(path.name)
    return None if found is None or _is_labels(path) else found[1]


def _is_labels(path: Path) -> bool:
    """Tell whether a file that may be called an article has labels, or is an empty one of them."""
    if not LABEL_FILE.fullmatch(path.name):
        return False
    # Ids may have `task` in them, but only labels have an article's name, a dot, and more.
    return has_label_rows(path) or (path.stat().st_size == 0 and len(owners(path)) > 1)


def owners(path: Path) -> set[str]:
    """Return what the article may be called that a file of labels belongs to; nothing if to many.

    Ids may have dots: of `articlea.b.task1-SI.labels` it is `a` or `a.b`.
    """
    if not path.name.startswith("article"):
        return set()
    name = path.name.removeprefix("article")
    ends = re.finditer(r"\.|-labels-subtask-", name)
    return {name[: end.start()] for end in ends} - {""}


def rows(text: str, file: str) -> Iterator[tuple[list[str], Place]]:
    """Yield the rows of a table with tabs, without blank ones, each with its place."""
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if line.strip():
            yield line.removesuffix("\r").split("\t"), Place(file, number)


def has_label_rows(path: Path) -> bool:
    """Tell whether a file begins with a row of labels, of spans or sentences, as PTC has them."""
    try:
        with path.open("rb") as file:
            start = file.read(4096).decode("utf-8", "replace")
    except OSError:
        return False
    cells = next((cells for cells, _ in rows(start, "")), [])
    numbers = cells[1:3] if len(cells) == 3 else cells[2:4]
    if len(cells) == 3 and cells[-1].strip() in SENTENCES:
        return True
    return len(numbers) == 2 and all(number_of(each) is not None for each in numbers)


def tell_once(problem: str, message: str, places: list[Place], problems: list[Problem]) -> None:
    """Add what is so at several places as one problem, at the first."""
    if places:
        several = f"; so it is in {len(places)}, this one first" if len(places) > 1 else ""
        problems.append(Problem(problem, places[0], message + several))


def of_other_kind(faults: list[Problem], what: str) -> list[Problem]:
    """Return one problem for all faults of a file that holds nothing of what was looked for.

    Args:
        faults: all that is wrong with the file, in order.
        what: what nothing in it is, in words.
    """
    message = f"nothing in the file is {what}; here: "
    return [Problem("file-left-out", each.place, message + each.message) for each in faults[:1]]


def number_of(cell: str) -> int | None:
    """Return a cell's whole number, or None for what is none."""
    found = re.fullmatch(r"\s*(-?[0-9]{1,15})\s*", cell)
    return None if found is None else int(found[1])
