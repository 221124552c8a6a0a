"""Tests of transformers in an environment that has them: torch is too large for everybody's.

NEWSPAN_TRANSFORMERS names its Python; docs/training.md tells how to make one.
"""

from __future__ import annotations

import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.mark.skipif(find_spec("torch") is not None, reason="they are run with the others")
def test_transformers_where_they_are_installed(root: Path) -> None:
    """Every test of transformers passes, and none is skipped but for want of a GPU."""
    python = os.environ.get("NEWSPAN_TRANSFORMERS")
    if not python:
        pytest.skip("no torch: NEWSPAN_TRANSFORMERS does not name the Python of an environment")
    tests = sorted(str(path) for path in HERE.glob("test_transformers*.py"))
    run = subprocess.run(
        [python, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", *tests],
        cwd=root,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    (passed,) = re.findall(r"^(\d+) passed", run.stdout.splitlines()[-1])
    assert int(passed) >= 20
    assert all("GPU" in line for line in run.stdout.splitlines() if line.startswith("SKIPPED"))
