"""Fenced blocks of a Markdown page, and their running: what people are told to type."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(
    r"^(?P<fence>```+)(?P<language>[a-z]*)[^\n]*\n(?P<text>.*?)^(?P=fence)$", re.S | re.M
)
_EXIT_CODE = re.compile(r"#.*\bexit code (\d)")
#: Any text, in what a page shows of a command's output.
ANYTHING = "…"


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, where it begins, and the text that follows it."""

    page: str
    line: int
    language: str
    text: str
    before_next: str = ""

    @property
    def first(self) -> str:
        """Return the first line, by which lists name a block."""
        return self.text.split("\n")[0].strip()

    def __str__(self) -> str:
        """Return the place."""
        return f"{self.page}:{self.line}"


def blocks(path: Path, name: str = "") -> list[Block]:
    """Return the fenced blocks of a page in order."""
    page = path.read_text(encoding="utf-8")
    found = list(_FENCE.finditer(page))
    ends = [match.start() for match in found[1:]] + [len(page)]
    return [
        Block(
            name or path.name,
            page.count("\n", 0, match.start()) + 1,
            match["language"],
            match["text"],
            page[match.end() : end],
        )
        for match, end in zip(found, ends, strict=False)
    ]


def commands(block: Block) -> Iterator[tuple[str, int, str | None]]:
    """Yield the commands of a shell block: line, exit code, output if the page shows any.

    In a block `console`, `$ ` begins a command and what follows is its output; where it has an
    error, the exit code is 1. In a block `sh` each line is a command; a comment may say “exit code
    1”. A line that ends in a backslash goes on.
    """
    if block.language == "console":
        for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            failed = re.search(r"(?:^|: )(?:error|warning) [a-z-]+:", shown, re.MULTILINE)
            yield command, int(bool(failed and ": error " in shown)), shown or None
        return
    for line in block.text.replace("\\\n", " ").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            code = _EXIT_CODE.search(line)
            yield line, int(code[1]) if code else 0, None


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str

    def shows(self, shown: str) -> bool:
        """Tell whether a page shows what it printed: the results, or all that a terminal has."""
        return shows(shown, self.stdout) or shows(shown, self.stdout + self.stderr)

    def __str__(self) -> str:
        """Return the exit code and all that was printed."""
        return f"ended with {self.code}:\n{self.stdout}{self.stderr}"


def run(command: str, folder: Path) -> Ended:
    """Run a shell command in a folder, with newspan on the path."""
    programs = str(Path(sys.executable).parent)
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def shows(shown: str, output: str) -> bool:
    """Tell whether an output is what a page shows, where an ellipsis stands for anything."""
    parts = map(re.escape, shown.rstrip("\n").split(ANYTHING))
    return re.fullmatch(".*".join(parts), output.rstrip("\n"), re.DOTALL) is not None
