"""The datasheet: prose by people, figures by the build."""

from __future__ import annotations

from pathlib import Path

from newspan.release.build import sound_corpus
from newspan.release.figures import figures
from newspan.release.markdown import fill
from newspan.release.tables import tables


def datasheet(root: str | Path = ".") -> str:
    """Return a corpus's DATASHEET.md with its figures brought up to date; nothing is written.

    Raises:
        BuildError: when the corpus has an error.
        ValueError: when one of a marker's two halves is missing, or it is there twice.
        OSError: when the corpus has no DATASHEET.md that can be read.
    """
    corpus, _ = sound_corpus(Path(root))
    if not (Path(root) / "DATASHEET.md").is_file():
        raise FileNotFoundError(f"there is no DATASHEET.md in {root}")
    prose = (Path(root) / "DATASHEET.md").read_text(encoding="utf-8")
    return fill(prose, figures(corpus, tables(corpus)))
