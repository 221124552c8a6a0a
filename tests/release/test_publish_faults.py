"""When the token or the Hub fails, publishing says so, and a second run finishes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fake_hub import Answer, Drop, FakeHub
from newspan.release.publish import PublishError, publish
from newspan.release.verify import verify
from publishing import READER, REPO, TOKEN, TOKENS, files_of, reach, refused

# The Hub's library uploads in a way that its own HTTP library advises against.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


verify_once = cache(verify)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """Return a Hub that this process can reach, and that holds nothing."""
    monkeypatch.setattr("newspan.release.publish.verify", verify_once)
    with FakeHub(dict(TOKENS)) as fake:
        reach(fake, monkeypatch)
        yield fake


def test_without_a_token_nothing_is_asked(
    hub: FakeHub, good_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No token, no publishing; the token that some other program stored is not taken."""
    monkeypatch.delenv("HF_TOKEN")
    assert refused(good_release, REPO, with_text=True) == "hub-token"
    monkeypatch.setenv("HF_TOKEN", "  ")
    assert refused(good_release, REPO, with_text=True) == "hub-token"
    assert hub.requests == []


@pytest.mark.parametrize("token", ["hf_two words", "hf_line\nbreak", "hf_café", "hf_nul\x7f"])
def test_a_token_that_cannot_be_one_is_not_repeated(
    token: str, hub: FakeHub, good_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a header could not hold is refused here, since a library would quote it."""
    monkeypatch.setenv("HF_TOKEN", token)

    with pytest.raises(PublishError) as caught:
        publish(good_release, REPO, with_text=True)

    assert [problem.id for problem in caught.value.problems] == ["hub-token"]
    assert token.split()[0] not in f"{caught.value.problems}{caught.value}"
    assert hub.requests == []


def test_the_token_may_be_in_another_variable(
    hub: FakeHub, good_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has several tokens names the variable; a line's end around it does no harm."""
    monkeypatch.setenv("HF_TOKEN", "hf_unknown")
    monkeypatch.setenv("QUAY_TOKEN", f"{TOKEN}\n")

    assert publish(good_release, REPO, with_text=True, token_env="QUAY_TOKEN").commit


def test_an_unknown_token_is_refused(
    hub: FakeHub, good_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that the Hub does not know is told at once."""
    monkeypatch.setenv("HF_TOKEN", "hf_Unknown")
    assert refused(good_release, REPO, with_text=True) == "hub-token"
    assert len(hub.requests) == 1


def test_a_token_that_the_server_repeats_is_taken_out(hub: FakeHub, good_release: Path) -> None:
    """The problem says what the Hub said, but for the token."""

    def gossip(number: int, request: str, moment: str) -> None:
        if "preupload" in request:
            raise Answer(403, f"no writing with {TOKEN}")

    hub.on = gossip
    with pytest.raises(PublishError) as caught:
        publish(good_release, REPO, with_text=True)

    assert caught.value.problems[0].message == "HTTP 403: no writing with [token]"


def test_a_reader_may_not_publish(
    hub: FakeHub, good_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that may only read is told at once."""
    monkeypatch.setenv("HF_TOKEN", READER)
    assert refused(good_release, REPO, with_text=True) == "hub-not-allowed"
    assert len(hub.requests) == 1


def test_an_owner_that_is_somebody_else(hub: FakeHub, good_release: Path) -> None:
    """A repository can't be made where the token may not write."""
    assert refused(good_release, "council/corpus", with_text=True) == "hub-not-allowed"


@pytest.mark.parametrize(
    ("where", "answer", "expected"),
    [
        ("whoami", Answer(503, "down for maintenance"), "hub-refused"),
        ("/refs", Answer(500, "oops"), "hub-refused"),
        ("/repos/create", Answer(402, "payment required"), "hub-refused"),
        ("/repos/create", Answer(409, "You already created this"), "hub-repository"),
        ("preupload", Answer(403, "no write"), "hub-not-allowed"),
        ("/storage/", Answer(507, "storage is full"), "hub-refused"),
        ("validate-yaml", Answer(400, "bad card"), "hub-refused"),
        ("/commit/", Answer(413, "too large"), "hub-refused"),
        ("/tag/", Answer(403, "no tags"), "hub-not-allowed"),
        ("whoami", Drop(), "hub-unreachable"),
        ("/storage/", Drop(), "hub-unreachable"),
        ("/commit/", Drop(), "hub-unreachable"),
        ("/tag/", Drop(), "hub-unreachable"),
    ],
)
def test_a_fault_of_the_hub_is_told_and_a_second_run_finishes(
    where: str, answer: Exception, expected: str, hub: FakeHub, good_release: Path
) -> None:
    """Whatever request fails, main is whole or untouched, and the same call then finishes."""

    def fail(number: int, request: str, moment: str) -> None:
        if where in request and moment == "half":
            raise answer

    hub.on = fail
    assert refused(good_release, REPO, with_text=True) == expected
    if REPO in hub.repositories:
        assert hub.repositories[REPO].release("main") in ({}, files_of(good_release))
        assert hub.repositories[REPO].tags == {}

    hub.on = lambda number, request, moment: None
    publish(good_release, REPO, with_text=True)
    assert hub.repositories[REPO].release("v0.2.0") == files_of(good_release)


def test_a_server_that_is_no_hub(
    hub: FakeHub, good_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some other server at HF_ENDPOINT is a problem, not a traceback."""
    monkeypatch.setattr(hub, "answer", lambda *_: ["a list"])
    assert refused(good_release, REPO, with_text=True) == "hub-refused"


def test_nothing_answers(hub: FakeHub, good_release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server, or no wish to ask one, is told as such."""
    from huggingface_hub import constants

    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert refused(good_release, REPO, with_text=True) == "hub-unreachable"
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert refused(good_release, REPO, with_text=True) == "hub-unreachable"


def test_a_file_that_cannot_be_read(
    hub: FakeHub, good_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails after verification is a problem too."""
    monkeypatch.setattr("newspan.release.publish._measured", _broken_disk)
    assert refused(good_release, REPO, with_text=True) == "file-unreadable"


@pytest.mark.parametrize("lost", ["README.md", "spans/train-00000-of-00001.parquet"])
def test_a_file_that_vanishes_while_it_is_sent(
    lost: str, hub: FakeHub, good_release: Path, tmp_path: Path
) -> None:
    """Small or large, a file that is gone when its turn comes stops it all before the commit."""
    release = tmp_path / good_release.name
    shutil.copytree(good_release, release)

    def lose(number: int, request: str, moment: str) -> None:
        if "preupload" in request:
            (release / lost).unlink(missing_ok=True)

    hub.on = lose
    assert refused(release, REPO, with_text=True) == "file-unreadable"
    assert hub.repositories[REPO].release("main") == {}


def _broken_disk(path: Path) -> None:
    raise OSError(5, "Input/output error", str(path))


def test_the_library_is_left_as_it_was(hub: FakeHub, good_release: Path) -> None:
    """Telemetry, Xet and waiting times are switched for the time of publishing only."""
    from huggingface_hub import constants
    from huggingface_hub.utils import are_progress_bars_disabled, get_session

    def state() -> tuple[Any, ...]:
        switches = constants.HF_HUB_DISABLE_TELEMETRY, constants.HF_HUB_DISABLE_XET
        return (*switches, are_progress_bars_disabled(), get_session().timeout)

    before = state()
    publish(good_release, REPO, with_text=True)

    assert state() == before
    assert not any("agent/" in each for each in hub.agents)
