"""Killed at any moment, a build or a publication leaves a whole release, or none."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from corpora import GOOD, copy_good
from fake_hub import FakeHub, Repository
from killed import Forks
from newspan import build
from publishing import REPO, TOKEN, TOKENS, build_old, environment, files_of

MOMENTS = 50

BUILD = """
import tempfile
from newspan.release.build import build

with tempfile.TemporaryDirectory() as folder:
    import_like(build, "{corpus}", folder)

def run(corpus, out, before_rename="0"):
    left = int(before_rename)
    def hook(event, arguments):
        nonlocal left
        if event == "os.rename" and left:
            left -= 1
            if not left:
                os.kill(os.getpid(), 9)
    if left:
        sys.addaudithook(hook)
    build(corpus, out)
""".replace("{corpus}", str(GOOD))

# What verification finds is the business of other tests; here it would only take time.
PUBLISH = """
import newspan.release.publish, huggingface_hub.hf_api, huggingface_hub._commit_api
from huggingface_hub import CommitOperationAdd, HfApi
newspan.release.publish.verify = lambda release: []

def run(release, repo):
    newspan.release.publish.publish(release, repo, with_text=True)
"""


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a release of the same name and version as the good one, with another card."""
    corpus = copy_good(tmp_path_factory.mktemp("other"))
    info = corpus / "corpus/corpus.json"
    info.write_text(info.read_text().replace("hard on offsets", "easy"))
    return build(corpus).path


def _unfinished(out: Path) -> list[Path]:
    return list(out.glob(".newspan-unfinished-*"))


def _reset(out: Path, old: Path | None) -> None:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    if old is not None:
        shutil.copytree(old, out / old.name)


def _wait_for_writing(out: Path) -> None:
    deadline = time.monotonic() + 60
    while not _unfinished(out) and time.monotonic() < deadline:
        time.sleep(0.0005)


def _timed(forks: Forks, out: Path, old: Path) -> tuple[float, float]:
    """Return how long a build takes, and how long its writing, in seconds."""
    _reset(out, old)
    begun = time.monotonic()
    forks.start(GOOD, out)
    _wait_for_writing(out)
    writing = time.monotonic()
    assert forks.wait() == 0, forks.log.read_text()
    return time.monotonic() - begun, time.monotonic() - writing


def test_a_build_killed_at_any_of_fifty_moments_leaves_a_whole_release_or_none(
    other: Path, good_release: Path, tmp_path: Path
) -> None:
    """Over its whole time and its time of writing, with and without a release to replace."""
    out = tmp_path / "dist"
    old, new = files_of(other), files_of(good_release)
    draw = random.Random(20261122)
    found = {"old": 0, "new": 0, "none": 0}
    inside = killed = tries = 0
    with Forks(BUILD, tmp_path / "log", dict(os.environ)) as forks:
        whole_s, writing_s = min(_timed(forks, out, other) for _ in range(3))

        while killed < MOMENTS:
            tries += 1
            assert tries < 10 * MOMENTS, "hardly any build was killed before its end"
            before = other if killed % 2 else None
            _reset(out, before)
            forks.start(GOOD, out)
            if killed % 5:
                _wait_for_writing(out)
                time.sleep(draw.uniform(0, writing_s))
            else:
                time.sleep(draw.uniform(0, whole_s))
            forks.kill()
            if forks.wait() != -signal.SIGKILL:
                continue  # it was faster than the first ones: another moment is drawn
            killed += 1
            inside += bool(_unfinished(out))
            visible = [path for path in out.iterdir() if path not in _unfinished(out)]
            if not visible:
                found["none"] += 1
                continue
            assert [path.name for path in visible] == [good_release.name]
            content = files_of(visible[0])
            assert content in (old, new) if before else content == new
            found["old" if content == old else "new"] += 1
        # What the last one left behind is in nobody's way.
        forks.run(GOOD, out)
        assert files_of(out / good_release.name) == new
    print(f"{killed} of {tries} builds killed, {inside} while writing, then {found}")
    assert inside >= MOMENTS // 2


@pytest.mark.parametrize(("rename", "left"), [(1, "old"), (2, "none")])
def test_a_build_killed_in_the_exchange(
    rename: int, left: str, other: Path, good_release: Path, tmp_path: Path
) -> None:
    """Before the first rename the old release stands; between the two, none: never a half one."""
    out = tmp_path / "dist"
    _reset(out, other)
    with Forks(BUILD, tmp_path / "log", dict(os.environ)) as forks:
        forks.start(GOOD, out, rename)
        assert forks.wait() == -signal.SIGKILL, forks.log.read_text()
    visible = [path for path in out.iterdir() if path not in _unfinished(out)]

    assert [files_of(path) for path in visible] == ([files_of(other)] if left == "old" else [])


def test_a_publisher_killed_at_any_of_fifty_moments_leaves_a_whole_release_or_none(
    good_release: Path, tmp_path: Path
) -> None:
    """At any request: as it comes, half come, or done and not answered; a second run finishes.

    Every other time there is an older version, which stays what it was under its tag.
    """
    older = build_old(tmp_path / "older")
    old, new = files_of(older), files_of(good_release)
    draw = random.Random(20261122)
    found = {"old": 0, "none": 0, "new": 0, "new and tagged": 0}
    with FakeHub(dict(TOKENS)) as hub:
        variables = environment(hub, tmp_path / "home", HF_TOKEN=TOKEN)
        with Forks(PUBLISH, tmp_path / "log", variables) as forks:
            forks.run(good_release, REPO)
            requests = {False: len(hub.requests)}
            hub.reset()
            forks.run(older, REPO)
            first, stored = hub.repositories[REPO], dict(hub.stored)
            before = Repository(False, dict(first.commits), first.main, dict(first.tags))
            hub.requests = []
            forks.run(good_release, REPO)
            requests[True] = len(hub.requests)
            moments = [
                (number, when, upgrade)
                for upgrade, count in requests.items()
                for number in range(count)
                for when in ("before", "half", "done")
            ]
            for number, when, upgrade in draw.sample(moments, MOMENTS):
                hub.reset()
                if upgrade:
                    there = Repository(False, dict(before.commits), before.main, dict(before.tags))
                    hub.repositories, hub.stored = {REPO: there}, dict(stored)

                def kill(
                    at: int, request: str, moment: str, wanted: tuple[int, str] = (number, when)
                ) -> None:
                    if (at, moment) == wanted:
                        forks.kill()

                hub.on = kill
                forks.start(good_release, REPO)
                assert forks.wait() == -signal.SIGKILL, forks.log.read_text()
                hub.on = lambda number, request, moment: None
                _settle(hub)
                state = _state(hub, old if upgrade else {}, new)
                found[state] += 1

                forks.run(good_release, REPO)
                repository = hub.repositories[REPO]
                assert repository.release("main") == repository.release("v0.2.0") == new
                if upgrade:
                    assert repository.release("v0.1.0") == old
    print(f"{MOMENTS} of {len(moments)} moments, then {found}")
    assert all(found[state] for state in ("old", "none", "new"))


def _settle(hub: FakeHub) -> None:
    """Wait until the Hub has done with what the dead client had sent."""
    deadline = time.monotonic() + 20
    while hub.busy and time.monotonic() < deadline:
        time.sleep(0.001)


def _state(hub: FakeHub, old: dict[str, bytes], new: dict[str, bytes]) -> str:
    """Return what main holds, which must be one of two, and its tag nothing else."""
    if REPO not in hub.repositories:
        return "none"
    repository = hub.repositories[REPO]
    main = repository.release("main")
    assert main in (old, new)
    if "v0.2.0" in repository.tags:
        assert main == repository.release("v0.2.0") == new
        return "new and tagged"
    if main == new:
        return "new"
    return "old" if old else "none"
