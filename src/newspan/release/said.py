"""What the files that people write say of a release's version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from newspan.problems import Place, Problem
from newspan.release.files import read_text

_CITED = re.compile(r"version:\s*[\"']?([^\s\"'#]+)")


def unsaid(root: Path, version: str) -> Iterator[Problem]:
    """Yield where CITATION.cff or CHANGELOG.md, if they are there, don't speak of a version.

    Args:
        root: the corpus.
        version: the version that is built.
    """
    for number, line in enumerate(read_text(root / "CITATION.cff").splitlines(), 1):
        cited = _CITED.match(line)
        if cited and cited[1] != version:
            message = f"it says {cited[1]}, the release is {version}"
            yield Problem("version-unsaid", Place("CITATION.cff", number), message)
    changes = read_text(root / "CHANGELOG.md")
    if changes and not re.search(rf"^##\s.*{re.escape(version)}\b", changes, re.MULTILINE):
        message = f"it has no section for {version}; newspan diff --changelog prints one"
        yield Problem("version-unsaid", Place("CHANGELOG.md"), message)
