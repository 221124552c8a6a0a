"""What users install works outside the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from newspan import schema

PROBE = """
import newspan, sys
from newspan import schema
assert {inside!r} in newspan.__file__, newspan.__file__
assert len(schema.names()) == {names}, schema.names()
assert schema.read_labels().of("claim", "factuality")
assert newspan.check({corpus!r}) == []
assert newspan.build({corpus!r}, {out!r}).rows["documents"] == 2
page = newspan.view({corpus!r}, out={out!r} + ".html").path.read_text(encoding="utf-8")
assert "newspanPart" in page and "--ink" in page and "<noscript>" in page
print(schema.path())
"""


def probe(python: str, inside: str, corpus: Path, out: Path, cwd: Path, **more: str) -> str:
    """Use newspan from another folder, and return where its schemas are."""
    code = PROBE.format(inside=inside, names=len(schema.names()), corpus=str(corpus), out=str(out))
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | more
    result = subprocess.run(
        [python, "-c", code], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_this_installation_finds_its_schemas(tmp_path: Path, root: Path) -> None:
    """An editable install reads the checkout's schema/ from wherever it is used."""
    found = probe(sys.executable, "newspan", root / "tests/good", tmp_path / "out", tmp_path)

    assert Path(found).name in ("schema", "data")


def test_a_wheel_carries_the_schemas(tmp_path: Path, root: Path) -> None:
    """A wheel, used without the checkout, has all schemas, builds a release and makes a page."""
    subprocess.run(
        [
            sys.executable,
            "-m",
            "build",
            "--no-isolation",
            "--wheel",
            "--outdir",
            str(tmp_path),
            str(root),
        ],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
        names = set(archive.namelist())
    assert {f"newspan/schema/data/{name}" for name in (*schema.names(), "labels.json")} <= names
    assert "newspan/py.typed" in names
    assets = {path.name for path in (root / "src/newspan/viewer/assets").iterdir()}
    assert {f"newspan/viewer/assets/{name}" for name in assets} <= names

    # The unpacked wheel stands before this environment's own newspan; its dependencies are here.
    found = probe(
        sys.executable,
        str(site),
        root / "tests/good",
        tmp_path / "out",
        tmp_path,
        PYTHONPATH=str(site),
    )

    assert found == str(site / "newspan/schema/data")
