"""The viewer of a corpus: `newspan view`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from newspan.corpus import Corpus
from newspan.viewer import page as pages
from newspan.viewer.data.chosen import SHARED, Chosen, choose
from newspan.viewer.data.item import ItemParts
from newspan.viewer.data.search import SearchParts
from newspan.viewer.data.site import head, items_of
from newspan.viewer.sources import ViewError, from_folder, from_release
from newspan.whole import whole_directory, whole_file

__all__ = ["ViewError", "Viewed", "page_of", "view"]

#: Told the stage, the steps done and the steps in all.
Progress = Callable[[str, int, int | None], None]
INDEX = "index.html"
PARTS = "parts"


class Viewed(msgspec.Struct, frozen=True):
    """What was written: the page, or the folder, and what can be looked at in it.

    `items` is their number, `sets` are those that can be chosen, `compared` those of the
    comparison; `bytes` is the size of all files together.
    """

    path: Path
    items: int
    sets: tuple[str, ...]
    compared: tuple[str, ...]
    bytes: int

    @property
    def page(self) -> Path:
        """Return the file to open."""
        return self.path / INDEX if self.path.is_dir() else self.path


def view(
    corpus_dir: str | Path = ".",
    sets: Sequence[str] = (),
    *,
    release: str | Path | None = None,
    out: str | Path | None = None,
    folder: bool = False,
    progress: Progress | None = None,
) -> Viewed:
    """Write a corpus as one HTML file to read, or as a folder for thousands of items.

    The file needs no network. The same corpus gives the same bytes. What is written appears whole
    or not at all.

    Args:
        corpus_dir: the corpus.
        sets: the annotation sets to show; two or more are compared. If none is given, all are
            shown, and those of the newest recorded adjudication are compared.
        release: a release to read instead of the corpus.
        out: where to write; `view.html`, or `view` for a folder, if not given.
        folder: write a folder: a page with its parts beside it.
        progress: told the stage, the steps done and the steps in all.

    Raises:
        ViewError: when the corpus or the release has errors.
        ValueError: when it has no set of a name, the release has no texts, or something stands
            where the page would go that no viewer made.
        OSError: when something cannot be read, or not be written there.
    """
    say = progress or _say_nothing
    target = Path(out) if out is not None else Path("view" if folder else "view.html")
    _refuse_to_destroy(target, folder=folder)
    corpus, name = (
        from_folder(Path(corpus_dir), {*sets, *SHARED} if sets else ())
        if release is None
        else from_release(Path(release), say)
    )
    site = _Site(corpus, choose(corpus, sets), name, say)
    size = site.write_folder(target) if folder else site.write_file(target)
    return Viewed(target, len(corpus.items), site.chosen.shown, site.compared, size)


def page_of(
    corpus: Corpus,
    sets: Sequence[str] = (),
    *,
    release: str | None = None,
    progress: Progress | None = None,
) -> str:
    """Return the one page of a corpus in memory, which must be sound; see `view`.

    Raises:
        ValueError: when it has no set of a name.
    """
    return _Site(corpus, choose(corpus, sets), release, progress or _say_nothing).text()


def _say_nothing(stage: str, done: int, total: int | None) -> None:
    pass


class _Site:
    """A corpus with what is shown of it, to be written as one page or as a folder."""

    def __init__(self, corpus: Corpus, chosen: Chosen, release: str | None, say: Progress) -> None:
        self.chosen = chosen
        self._corpus = corpus
        self._release = release
        self._say = say
        self._views = _views(corpus, chosen, say)

    @property
    def compared(self) -> tuple[str, ...]:
        """Return the sets of the comparison."""
        return self.chosen.compared if "comparison" in self._views else ()

    def text(self) -> str:
        """Return the page with all its parts."""
        parts = [pages.inline_part(*each) for each in self._items()]
        parts += [pages.inline_part(*each) for each in self._views.items()]
        return pages.page(self._head("inline"), parts)

    def write_file(self, target: Path) -> int:
        """Write the page; return its size in bytes."""
        with whole_file(target, self.text()):
            _refuse_to_destroy(target, folder=False)  # what came there in the meantime
        return target.stat().st_size

    def write_folder(self, target: Path) -> int:
        """Write the page and its parts, one by one; return their size in bytes."""
        from newspan.viewer.data.comparison import split

        search = SearchParts()
        names: list[str] = []
        with whole_directory(target) as work:
            folder = _Folder(work)
            for name, payload in self._items():
                folder.write(name, payload)
                for found in search.add(payload):
                    names.append(folder.write(*found))
            for found in search.rest():
                names.append(folder.write(*found))
            for name, payload in self._views.items():
                for each in split(payload) if name == "comparison" else ((name, payload),):
                    folder.write(*each)
            index = pages.page(self._head("beside", names)).encode()
            size = folder.size + (work / INDEX).write_bytes(index)
            _refuse_to_destroy(target, folder=True)  # what came there in the meantime
        return size

    def _head(self, parts: Literal["inline", "beside"], search: Sequence[str] = ()) -> Any:
        return head(
            self._corpus,
            self.chosen,
            parts=parts,
            release=self._release,
            names=list(self._views),
            search=search,
        )

    def _items(self) -> Iterator[tuple[str, Any]]:
        parts = ItemParts(self._corpus, self.chosen.shown)
        items = items_of(self._corpus)
        for number, (document, item) in enumerate(items, 1):
            yield f"item-{item.id}", parts.part(document, item)
            self._say("writing items", number, len(items))


class _Folder:
    """The folder of parts, and how many bytes they have."""

    def __init__(self, work: Path) -> None:
        self._parts = work / PARTS
        self._parts.mkdir()
        self.size = 0

    def write(self, name: str, payload: Any) -> str:
        """Write a part; return its name."""
        content = pages.part_file(name, payload).encode()
        self.size += (self._parts / f"{name}.js").write_bytes(content)
        return name


def _views(corpus: Corpus, chosen: Chosen, say: Progress) -> dict[str, Any]:
    """Return the parts of views over the whole corpus, by name."""
    from newspan.viewer.data.agreement import measured
    from newspan.viewer.data.comparison import comparison
    from newspan.viewer.data.reuse import reuse
    from newspan.viewer.figures import figures

    found: dict[str, Any] = {}
    report = None
    if chosen.compared:
        compared = [corpus.sets[set_id] for set_id in chosen.compared]
        report = measured(corpus, compared, say)
        found["comparison"] = comparison(corpus, compared, say, report)
    found["reuse"] = reuse(corpus, chosen.shown)
    found["figures"] = figures(corpus, chosen.shown, report, say)
    return {name: payload for name, payload in found.items() if payload}


# --- what may be replaced -------------------------------------------------------------------------


def _refuse_to_destroy(target: Path, *, folder: bool) -> None:
    """Refuse a target that is there and that no viewer made, or a folder with more in it."""
    if not os.path.lexists(target):
        return
    if folder and not _is_folder_of_view(target):
        raise ValueError(f"{target} is there, and is not what newspan view wrote; move it away")
    if not folder and not _is_page(target):
        raise ValueError(f"{target} is there, and is no page of newspan view; name another --out")


def _is_folder_of_view(target: Path) -> bool:
    if target.is_symlink() or not target.is_dir():
        return False
    there = list(target.iterdir())
    parts = list((target / PARTS).iterdir()) if (target / PARTS).is_dir() else []
    made = {target / INDEX, target / PARTS}
    return not there or (
        made.issuperset(there) and _is_page(target / INDEX) and all(map(_is_part, parts))
    )


def _is_page(path: Path) -> bool:
    return pages.GENERATOR.encode() in _first_bytes(path, 1000)


def _is_part(path: Path) -> bool:
    return path.suffix == ".js" and _first_bytes(path, 12) == b"newspanPart("


def _first_bytes(path: Path, number: int) -> bytes:
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(number)
