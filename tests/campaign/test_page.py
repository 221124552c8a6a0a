"""The page on annotation is true: its five steps are run as they stand."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpora import copy_good
from newspan import check
from newspan.campaign.packets import read_index
from newspan.cli.annotate import command


def test_the_five_steps(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command prints what the page shows, with the page's own answers."""
    page = (root / "docs/annotate.md").read_text(encoding="utf-8")
    copy_good(tmp_path)
    monkeypatch.chdir(tmp_path)
    Path("answers").mkdir()
    names = iter(["one.json", "again.json"])
    ran = 0
    for kind, block in re.findall(r"^```(json|console)\n(.*?)^```", page, re.DOTALL | re.MULTILINE):
        if kind == "json":
            packet = read_index(Path("packets")).packets[0]
            text = block.replace("p001-d1-i1-00000000", packet.id)
            Path("answers", next(names)).write_text(text, encoding="utf-8")
            continue
        line, _, shown = block.partition("\n")
        done = CliRunner().invoke(command, shlex.split(line)[3:])
        assert done.stdout == shown
        assert done.exit_code == int("error" in shown)
        ran += 1

    assert ran == 3
    assert check("corpus") == []
