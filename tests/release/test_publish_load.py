"""What was published is loaded by its tag, and the token is nowhere but in requests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fake_hub import Answer, FakeHub
from newspan.cli.publish import command
from newspan.release.configs import CONFIGS
from newspan.release.publish import publish
from publishing import REPO, TOKEN, TOKENS, build_old, environment, files_of, reach

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

# Rows of every config, map-style and streamed, at each of the revisions that are given.
LOAD = """
import datasets, json, sys
repo, configs, revisions = json.loads(sys.argv[1])
rows = {}
for revision in revisions:
    for config in configs:
        held = datasets.load_dataset(repo, config, revision=revision, split="train")
        streamed = datasets.load_dataset(
            repo, config, revision=revision, split="train", streaming=True
        )
        assert held.to_list() == list(streamed), (config, revision)
        rows[f"{config} {revision}"] = held.to_list()
print(json.dumps(rows))
"""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """Return a Hub that this process can reach, and that holds nothing."""
    with FakeHub(dict(TOKENS)) as fake:
        reach(fake, monkeypatch)
        yield fake


def loaded(
    hub: FakeHub, home: Path, revisions: list[str | None], configs: list[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows that `datasets` loads in a process of its own."""
    arguments = json.dumps([REPO, configs, revisions])
    done = subprocess.run(
        [sys.executable, "-c", LOAD, arguments],
        env=environment(hub, home, HF_TOKEN=TOKEN),
        stdout=subprocess.PIPE,
        check=True,
    )
    return dict(json.loads(done.stdout))


def rows_of(release: Path, config: str) -> list[dict[str, Any]]:
    """Return the rows of a config as its file has them."""
    import pyarrow.parquet as pq

    path = release / next(each.path for each in CONFIGS if each.name == config)
    return list(json.loads(json.dumps(pq.read_table(path).to_pylist())))


def test_published_releases_load_by_tag(hub: FakeHub, good_release: Path, tmp_path: Path) -> None:
    """Every config by tag, map-style and streamed; after an upgrade the old tag has the old rows.

    The second time the cache of the first is still there: main must not come from it.
    """
    old = build_old(tmp_path)
    names = [config.name for config in CONFIGS]
    publish(old, REPO, with_text=True)
    before = loaded(hub, tmp_path / "home", [None], ["spans"])
    publish(good_release, REPO, with_text=True)
    after = loaded(hub, tmp_path / "home", [None, "v0.1.0", "v0.2.0"], ["spans"])
    fresh = loaded(hub, tmp_path / "other", ["v0.1.0", "v0.2.0"], names)

    spans = {release: rows_of(release, "spans") for release in (old, good_release)}
    assert len(spans[old]) == len(spans[good_release]) + 1
    assert before == {"spans None": spans[old]}
    assert after["spans None"] == after["spans v0.2.0"] == spans[good_release]
    assert after["spans v0.1.0"] == spans[old]
    for name in names:
        assert fresh[f"{name} v0.1.0"] == rows_of(old, name)
        assert fresh[f"{name} v0.2.0"] == rows_of(good_release, name)


@pytest.mark.parametrize("fault", ["none", "refused", "repeated", "unreachable", "spaces"])
def test_the_token_reaches_no_log_and_no_file(
    fault: str, hub: FakeHub, good_release: Path, tmp_path: Path
) -> None:
    """Whatever happens, with every logger at DEBUG and the Hub's own debugging on."""
    home = tmp_path / "home"
    token = {"refused": "hf_NobodyKnowsThisOne", "spaces": f"{TOKEN} {TOKEN}"}.get(fault, TOKEN)
    variables = environment(hub, home, HF_TOKEN=token, HF_DEBUG="1", HF_HUB_VERBOSITY="debug")
    variables |= {"TMPDIR": str(tmp_path), "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    if fault == "unreachable":
        variables["HF_ENDPOINT"] = "http://127.0.0.1:9"
    if fault == "repeated":
        hub.on = _repeat
    code = (
        "import logging; logging.basicConfig(level=logging.DEBUG)\n"
        "from newspan.cli.publish import command; command()"
    )
    arguments = [str(good_release), "--repo", REPO, "--with-text"]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=variables,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == (fault != "none"), done.stderr
    if fault in ("none", "refused"):
        assert "DEBUG:httpcore2" in done.stderr, "nothing was logged, so the test says nothing"
        assert "Bearer" not in done.stderr
    secret = token.split()[0]
    assert secret not in done.stdout + done.stderr
    for path in tmp_path.rglob("*"):
        assert secret not in path.name
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path


def _repeat(number: int, request: str, moment: str) -> None:
    if "preupload" in request and moment == "half":
        raise Answer(400, f"what is {TOKEN}?")


def test_publishing_is_quiet_on_a_pipe(hub: FakeHub, good_release: Path, tmp_path: Path) -> None:
    """Results on stdout, and not a word on stderr: no bars, no warnings."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from newspan.cli.publish import command; command()",
            *(str(good_release), "--repo", REPO, "--with-text"),
        ],
        env=environment(hub, tmp_path / "home", HF_TOKEN=TOKEN),
        capture_output=True,
        text=True,
        check=False,
    )

    commit = hub.repositories[REPO].tags["v0.2.0"]
    assert done.stderr == ""
    assert done.stdout == (f"published {hub.url}/datasets/me/corpus/tree/v0.2.0\ncommit {commit}\n")


# --- the command


def run(*arguments: str | os.PathLike[str]) -> tuple[int, str, str]:
    """Run `newspan publish` in this process; return exit code, stdout, stderr."""
    made = CliRunner().invoke(command, [str(each) for each in arguments])
    assert made.exception is None or isinstance(made.exception, SystemExit), made.exception
    return made.exit_code, made.stdout, made.stderr


def test_the_command_says_what_it_did(hub: FakeHub, good_release: Path) -> None:
    """Published, already there, or only tagged: exit code 0 each time."""
    arguments = (good_release, "--repo", REPO, "--with-text")
    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    assert out.startswith("published http://127.0.0.1:")

    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    assert out.startswith("v0.2.0 is published already, the same: http://127.0.0.1:")

    hub.repositories[REPO].tags.clear()
    code, out, err = run(*arguments, "--json")
    assert (code, json.loads(out)["outcome"]) == (0, "tagged")


def test_the_command_lists_what_would_go(
    hub: FakeHub, good_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line a file on stdout: what happens, the path, bytes and SHA-256."""
    code, out, err = run(good_release, "--repo", REPO, "--with-text", "--dry-run")
    sums = (good_release / "SHA256SUMS").read_text().splitlines()

    assert code == 0
    lines = [line.split() for line in out.splitlines()]
    assert {tuple(line[:2]) for line in lines} == {("add", path) for path in files_of(good_release)}
    assert {f"{line[-1]}  {line[1]}" for line in lines if line[1] != "SHA256SUMS"} == set(sums)
    assert "would be made" in err
    assert "nothing was changed" in err

    monkeypatch.delenv("HF_TOKEN")
    code, again, err = run(good_release, "--repo", REPO, "--with-text", "--dry-run")
    assert (code, again) == (0, out)
    assert "HF_TOKEN is not set, so the Hub was not asked" in err


def test_the_command_refuses_with_a_hint(hub: FakeHub, good_release: Path) -> None:
    """Problems go to stderr, or to stdout as JSON; the exit code is 1."""
    code, out, err = run(good_release, "--repo", REPO)
    assert (code, out) == (1, "")
    assert "error release-with-texts" in err
    assert "--no-text" in err
    assert err.endswith("not published\n")

    code, out, _ = run(good_release, "--repo", REPO, "--json")
    assert code == 1
    assert [problem["id"] for problem in json.loads(out)] == ["release-with-texts"]


def test_stopped_by_hand(hub: FakeHub, good_release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C says how to finish, and main is what it was."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("newspan.release.hub.Hub.commit", stop)
    code, _, err = run(good_release, "--repo", REPO, "--with-text")
    assert (code, err) == (1, "stopped; run it again to finish\n")
    assert hub.repositories[REPO].release("main") == {}


def test_wrong_use_of_the_command(hub: FakeHub, good_release: Path) -> None:
    """A repository without an owner is wrong use: exit code 2."""
    code, _, err = run(good_release, "--repo", "corpus", "--with-text")
    assert code == 2
    assert "OWNER/NAME" in err
