"""Write the manifest of the corpus's present version to corpus/releases, to be committed.

    python scripts/record_release.py

Run it with the versions of constraints.txt, when a version is final; a test then holds every build
of that version to it.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from newspan import build

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Build the release in a temporary folder and keep its manifest."""
    with tempfile.TemporaryDirectory() as folder:
        release = build(ROOT, folder)
        target = ROOT / "corpus" / "releases" / f"{release.manifest['version']}.json"
        shutil.copyfile(release.path / "manifest.json", target)
    print(f"written: {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
