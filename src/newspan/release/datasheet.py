"""The datasheet: prose by people, figures by the build."""

from __future__ import annotations

from pathlib import Path

from newspan.corpus import read_corpus
from newspan.release.figures import figures
from newspan.release.markers import fill
from newspan.release.tables import tables


def datasheet(root: str | Path = ".") -> str:
    """Return a corpus's DATASHEET.md with its figures brought up to date; nothing is written.

    Raises:
        ValueError: when the folder is no readable corpus, or the datasheet lacks a marker.
        FileNotFoundError: when the corpus has no DATASHEET.md.
    """
    corpus, problems = read_corpus(Path(root))
    if corpus is None or problems:
        raise ValueError(f"the corpus in {root} has problems; newspan check lists them")
    prose = (Path(root) / "DATASHEET.md").read_text(encoding="utf-8")
    return fill(prose, figures(corpus, tables(corpus)))
