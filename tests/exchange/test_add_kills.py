from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from killed import Forks
from newspan import add, check, init

ADD = """
from newspan import add, check
import newspan.exchange.ptc, newspan.exchange.add

def run(source, root, before_rename):
    left = int(before_rename)
    def hook(event, arguments):
        nonlocal left
        if event == "os.rename":
            left -= 1
            if not left:
                os.kill(os.getpid(), 9)
    sys.addaudithook(hook)
    add([source], root, format="ptc", date="2026-02-03")
"""


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """Return what starts processes that add."""
    with Forks(ADD, tmp_path_factory.mktemp("log") / "log", dict(os.environ)) as started:
        yield started


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return articles with a label that newspan does not have."""
    folder = tmp_path_factory.mktemp("source")
    for number in range(3):
        (folder / f"article{number}.txt").write_text(f"The reckless mayor of pier {number} lied.\n")
        (folder / f"article{number}.task3.labels").write_text(f"{number}\tTide_Talk\t4\t12\n")
    return folder


def files(root: Path) -> dict[str, bytes]:
    """Return what belongs to a corpus: every file but those in folders with a leading dot."""
    found = {path.relative_to(root): path for path in root.rglob("*") if path.is_file()}
    return {
        str(name): path.read_bytes()
        for name, path in found.items()
        if not any(part.startswith(".") for part in name.parts)
    }


def test_what_was_killed_is_finished_by_adding_again(
    forks: Forks, source: Path, tmp_path: Path
) -> None:
    """Killed before any renaming, the corpus is sound as it is, and complete after the next."""
    whole = init(tmp_path / "whole" / "corpus", languages=["en"])
    add([source], whole, format="ptc", date="2026-02-03")
    kills = 0
    for moment in range(1, 10):
        root = init(tmp_path / str(moment) / "corpus", languages=["en"])
        forks.start(source, root, moment)
        killed = forks.wait() == -signal.SIGKILL
        kills += killed
        # In the moment of the exchange the old corpus stands aside; adding puts it back.
        if (root / "corpus").exists():
            assert [p for p in check(root) if p.severity == "error"] == []

        if killed:
            add([source], root, format="ptc", date="2026-02-03")

        assert files(root) == files(whole), moment

    assert kills == 5


def test_init_does_not_forget_a_corpus_that_stands_aside(tmp_path: Path) -> None:
    """A corpus left aside by a kill is put back, never replaced by an empty one."""
    root = init(tmp_path / "corpus", title="First")
    aside = root / ".newspan-unfinished-x" / "old"
    aside.parent.mkdir()
    (root / "corpus").rename(aside)

    with pytest.raises(ValueError, match="is there already"):
        init(root, title="Second")
    assert "First" in (root / "corpus" / "corpus.json").read_text()
