"""Every command and snippet of docs/publishing.md does what the page says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import create_autospec

import pytest

from corpora import GOOD
from fake_hub import FakeHub
from publishing import TOKEN, TOKENS, environment

PAGE = Path(__file__).parents[2] / "docs" / "publishing.md"


def blocks(kind: str) -> list[str]:
    """Return the page's blocks of a kind, in their order."""
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.S | re.M)


def expected(lines: list[str]) -> re.Pattern[str]:
    """Return what a command must print: … stands for the rest of a line, or for whole lines."""
    parts = [
        r"(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + "\n" for line in lines
    ]
    return re.compile("".join(parts))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """Return the example corpus's folder and the environment to work in, with a Hub."""
    folder = tmp_path_factory.mktemp("town")
    shutil.copytree(GOOD, folder / "harbour")
    with FakeHub(dict(TOKENS)) as hub:
        yield folder / "harbour", environment(hub, folder / "home", HF_TOKEN=TOKEN)


def run(command: str | list[str], town: tuple[Path, dict[str, str]]) -> str:
    """Run a command and return what it prints; it may find problems."""
    done = subprocess.run(
        command,
        shell=isinstance(command, str),
        cwd=town[0],
        env=town[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout
    return done.stdout


def test_the_page_is_true(town: tuple[Path, dict[str, str]]) -> None:
    """The commands print what the page shows, in its order; what was published then loads."""
    for block in blocks("console"):
        for shown in block.split("$ ")[1:]:
            command, *lines = shown.splitlines()
            printed = run(command, town)
            assert expected(lines).fullmatch(printed), f"{command}\n{printed}"
    load, *_ = blocks("python")
    assert run([sys.executable, "-W", "ignore", "-c", load], town).endswith("21 spans\n")
    (fetch,) = blocks("sh")
    assert run(f"set -e\n{fetch}", town).endswith("fetched is whole\n")


def test_the_snippets_call_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the page does with the Hub's library exists there, with these arguments."""
    import huggingface_hub

    calls = create_autospec(huggingface_hub.HfApi)
    calls.return_value.list_repo_refs.return_value.tags = [
        huggingface_hub.GitRefInfo(name="v0.1.0", ref="refs/tags/v0.1.0", target_commit="0" * 40)
    ]
    monkeypatch.setattr(huggingface_hub, "HfApi", calls)
    for snippet in blocks("python")[1:]:
        exec(compile(snippet, PAGE.name, "exec"), {})

    assert [name for name, *_ in calls.return_value.method_calls] == [
        "update_repo_settings",
        "list_repo_refs",
        "delete_tag",
        "super_squash_history",
        "list_lfs_files",
    ]
