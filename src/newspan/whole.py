"""A directory, or a file, that appears whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = ".newspan-unfinished-"
_STALE_AFTER_S = 24 * 3600


@contextmanager
def whole_directory(target: Path) -> Iterator[Path]:
    """Give an empty directory to fill, which takes the target's name once the block has ended.

    When the block raises, or the process dies, the target stays as it was. An old target is moved
    aside for the moment of the exchange; a process killed in that moment leaves no target, never a
    half one. What killed processes left behind is removed after a day.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_stale(target.parent)
    work = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=target.parent))
    try:
        new = work / "new"
        new.mkdir()
        yield new
        _exchange(target, new, work / "old")
    finally:
        shutil.rmtree(work, ignore_errors=True)


def put_back(target: Path, marker: str) -> None:
    """Put a directory back that a process killed in the moment of the exchange has left aside.

    Args:
        target: the directory, which may be there; then nothing is done.
        marker: a file by which the target's old content is known.
    """
    if not target.exists():
        for old in target.parent.glob(f"{_PREFIX}*/old"):
            if (old / marker).is_file():
                old.rename(target)
                return


@contextmanager
def whole_file(target: Path, text: str) -> Iterator[None]:
    """Write a file under another name, and give it its own once the block has ended.

    When the block raises, the target stays as it was. An empty text leaves no file.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=_PREFIX, dir=target.parent)
    new = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        new.chmod(0o644)
        yield
        if text:
            new.replace(target)
        else:
            target.unlink(missing_ok=True)
    finally:
        new.unlink(missing_ok=True)


def _exchange(target: Path, new: Path, aside: Path) -> None:
    if not target.exists():
        new.rename(target)
        return
    target.rename(aside)
    try:
        new.rename(target)
    except BaseException:  # a full disk, or Ctrl-C: the old one comes back
        aside.rename(target)
        raise


def _remove_stale(folder: Path) -> None:
    for path in folder.glob(f"{_PREFIX}*"):
        try:
            if time.time() - path.stat().st_mtime > _STALE_AFTER_S:
                shutil.rmtree(path, ignore_errors=True)
        except FileNotFoundError:  # another build removed it
            continue
