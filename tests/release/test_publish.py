"""Publishing puts a sound release on the Hub whole, once, and never anything else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from fake_hub import FakeHub, Repository
from newspan.release.publish import PublishError, publish
from newspan.release.verify import verify
from publishing import REPO, TOKENS, build_old, files_of, reach, refused

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


@pytest.fixture(scope="module")
def old_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return version 0.1.0 of the good corpus, with a file and a span more."""
    return build_old(tmp_path_factory.mktemp("old"))


def test_a_release_is_one_commit_and_a_tag(hub: FakeHub, good_release: Path) -> None:
    """Every file of the release is on main, in one commit after the Hub's own, and tagged last."""
    made = publish(good_release, REPO, with_text=True)

    repository = hub.repositories[REPO]
    assert made.outcome == "published"
    assert repository.release("main") == files_of(good_release)
    assert len(repository.commits) == 2
    assert repository.tags == {"v0.2.0": made.commit}
    assert hub.requests[-1].startswith("POST /api/datasets/me/corpus/tag/")
    assert {file.action for file in made.files} == {"add"}


def test_a_new_version_replaces_the_old_one(
    hub: FakeHub, old_release: Path, good_release: Path
) -> None:
    """Main holds the new files only, the old tag the old ones, and what is equal is not sent."""
    publish(old_release, REPO, with_text=True)
    hub.requests.clear()
    made = publish(good_release, REPO, with_text=True)

    repository = hub.repositories[REPO]
    assert repository.release("main") == repository.release("v0.2.0") == files_of(good_release)
    assert repository.release("v0.1.0") == files_of(old_release)
    assert [file.path for file in made.files if file.action == "delete"] == ["CHANGELOG.md"]
    sent = [request for request in hub.requests if request.startswith("PUT")]
    assert len(sent) == sum(
        file.action == "change" and file.path.endswith(".parquet") for file in made.files
    )
    assert "same" in {file.action for file in made.files}


def test_the_same_release_again_changes_nothing(hub: FakeHub, good_release: Path) -> None:
    """Publishing what is published says so, and writes nothing."""
    first = publish(good_release, REPO, with_text=True)
    hub.requests.clear()
    again = publish(good_release, REPO, with_text=True)

    assert (again.outcome, again.commit) == ("already", first.commit)
    assert not [request for request in hub.requests if not request.startswith("GET")]


def test_a_missing_tag_is_added(hub: FakeHub, good_release: Path) -> None:
    """When main holds exactly the release, a second run only tags it."""
    first = publish(good_release, REPO, with_text=True)
    hub.repositories[REPO].tags.clear()
    again = publish(good_release, REPO, with_text=True)

    assert (again.outcome, again.commit) == ("tagged", first.commit)
    assert hub.repositories[REPO].tags == {"v0.2.0": first.commit}
    assert len(hub.repositories[REPO].commits) == 2


def test_a_version_is_published_once(hub: FakeHub, good_release: Path, tmp_path: Path) -> None:
    """Other content under a published version is refused, and the Hub stays as it was."""
    publish(good_release, REPO, with_text=True)
    repository = hub.repositories[REPO]
    there = dict(repository.at("v0.2.0")[1])
    repository.commits[repository.tags["v0.2.0"]] = {**there, "README.md": b"another card"}
    main = repository.main

    assert refused(good_release, REPO, with_text=True) == "version-published"
    assert repository.main == main


def test_an_older_version_does_not_follow(
    hub: FakeHub, old_release: Path, good_release: Path
) -> None:
    """A version below the newest tag is refused; tags that are no versions don't count."""
    publish(good_release, REPO, with_text=True)
    hub.repositories[REPO].tags["v9-draft"] = hub.repositories[REPO].main

    assert refused(old_release, REPO, with_text=True) == "newer-published"
    assert hub.repositories[REPO].release("main") == files_of(good_release)


def test_versions_are_compared_as_numbers(hub: FakeHub, good_release: Path) -> None:
    """0.10.0 is after 0.2.0."""
    publish(good_release, REPO, with_text=True)
    tags = hub.repositories[REPO].tags
    tags["v0.10.0"] = tags.pop("v0.2.0")

    assert refused(good_release, REPO, with_text=True) == "newer-published"


def test_texts_are_published_only_when_said(hub: FakeHub, good_release: Path) -> None:
    """A release with the texts is refused unless somebody says that they may go."""
    assert refused(good_release, REPO) == "release-with-texts"
    assert hub.requests == []


def test_an_unsound_release_is_not_published(
    hub: FakeHub, good_release: Path, tmp_path: Path
) -> None:
    """What does not verify stops before the Hub is asked, and the problems are verify's."""
    release = tmp_path / good_release.name
    shutil.copytree(good_release, release)
    (release / "README.md").write_text("a kinder card")

    with pytest.raises(PublishError) as caught:
        publish(release, REPO, with_text=True)

    assert {problem.id for problem in caught.value.problems} == {"release-changed"}
    assert hub.requests == []


def test_no_release_is_not_published(hub: FakeHub, tmp_path: Path) -> None:
    """A folder that is no release is named as such."""
    assert refused(tmp_path, REPO, with_text=True) == "not-a-release"


@pytest.mark.parametrize("profile", ["full", "no-text"])
def test_a_release_without_texts_goes_as_it_is(
    profile: str, hub: FakeHub, good_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing has to be said for it; who says --with-text of it took it for another one."""
    monkeypatch.setattr("newspan.release.publish.verify", lambda release: [])
    release = tmp_path / good_release.name
    shutil.copytree(good_release, release)
    manifest = json.loads((release / "manifest.json").read_bytes())
    (release / "manifest.json").write_text(json.dumps({**manifest, "profile": profile}))

    if profile == "full":
        assert refused(release, REPO) == "release-with-texts"
        return
    with pytest.raises(ValueError, match="leave --with-text out"):
        publish(release, REPO, with_text=True)
    assert hub.requests == []
    assert publish(release, REPO).outcome == "published"


def test_a_signature_goes_along(
    hub: FakeHub, good_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signature, which no list of files names, is published too."""
    monkeypatch.setattr("newspan.release.publish.verify", lambda release: [])
    release = tmp_path / good_release.name
    shutil.copytree(good_release, release)
    (release / "SHA256SUMS.sig").write_text("signed by the harbour master")

    publish(release, REPO, with_text=True)

    assert hub.repositories[REPO].release("v0.2.0") == files_of(release)


@pytest.mark.parametrize("repo", ["corpus", "a/b/c", "", "me/", "-me/x", "me/cor pus", "me/x\n"])
def test_a_repository_has_an_owner_and_a_name(repo: str, good_release: Path) -> None:
    """Anything but OWNER/NAME is wrong use."""
    with pytest.raises(ValueError, match="OWNER/NAME"):
        publish(good_release, repo, with_text=True)


# --- the repository


def test_a_new_repository_may_be_private(hub: FakeHub, good_release: Path) -> None:
    """With private, nobody sees the repository at any moment, not even empty."""
    publish(good_release, REPO, with_text=True, private=True)
    assert hub.repositories[REPO].private


def test_a_public_repository_is_not_taken_for_private(hub: FakeHub, good_release: Path) -> None:
    """Who says private does not publish by mistake."""
    hub.repositories[REPO] = Repository()
    hub.repositories[REPO].commit({})

    assert refused(good_release, REPO, with_text=True, private=True) == "hub-repository"
    assert hub.repositories[REPO].release("main") == {}


def test_a_repository_is_made_only_where_wanted(hub: FakeHub, good_release: Path) -> None:
    """Without create, a mistyped name makes nothing."""
    assert refused(good_release, "me/corpsu", with_text=True, create=False) == "hub-repository"
    assert hub.repositories == {}


@pytest.mark.parametrize(
    "files",
    [
        {"thesis.parquet": b"years of work"},
        {"manifest.json": b'{"name": "ferries", "files": []}'},
        {"manifest.json": b"[]", "thesis.txt": b"years of work"},
    ],
)
def test_a_repository_of_something_else_is_left_alone(
    files: dict[str, bytes], hub: FakeHub, good_release: Path
) -> None:
    """What no release of this corpus brought is never deleted, nor another corpus replaced."""
    hub.repositories[REPO] = Repository()
    hub.repositories[REPO].commit(files)

    assert refused(good_release, REPO, with_text=True) == "hub-foreign"
    assert hub.repositories[REPO].release("main") == files


def test_a_repository_made_by_hand_will_do(hub: FakeHub, good_release: Path) -> None:
    """A card that the Hub's website put there is replaced."""
    hub.repositories[REPO] = Repository()
    hub.repositories[REPO].commit({"README.md": b"---\nlicense: cc-by-4.0\n---\n"})

    publish(good_release, REPO, with_text=True)

    assert hub.repositories[REPO].release("main") == files_of(good_release)


def test_a_gitignore_on_the_hub_keeps_nothing_out(hub: FakeHub, good_release: Path) -> None:
    """A release is published whole, though a file on the Hub says what to leave out."""
    hub.repositories[REPO] = Repository()
    hub.repositories[REPO].commit({".gitignore": b"*.parquet\n"})

    assert refused(good_release, REPO, with_text=True) == "hub-foreign"  # it would be deleted
    listed = {"name": "harbour", "files": [{"path": ".gitignore"}]}
    hub.repositories[REPO].commit(
        {".gitignore": b"*.parquet\n", "manifest.json": json.dumps(listed).encode()}
    )
    publish(good_release, REPO, with_text=True)

    assert hub.repositories[REPO].release("v0.2.0") == files_of(good_release)


def test_what_was_committed_is_read_back_before_the_tag(hub: FakeHub, good_release: Path) -> None:
    """A commit that is not the release is not tagged."""

    def lose(number: int, request: str, moment: str) -> None:
        if "/commit/" in request and moment == "done":
            repository = hub.repositories[REPO]
            del repository.commits[repository.main]["README.md"]

    hub.on = lose

    assert refused(good_release, REPO, with_text=True) == "hub-changed"
    assert hub.repositories[REPO].tags == {}


def test_two_publishers_do_not_mix(hub: FakeHub, good_release: Path) -> None:
    """When somebody commits in between, nothing of this release gets onto main."""

    def overtake(number: int, request: str, moment: str) -> None:
        if "/commit/" in request and moment == "before":
            hub.repositories[REPO].commit({"README.md": b"theirs"})

    hub.on = overtake

    assert refused(good_release, REPO, with_text=True) == "hub-changed"
    assert hub.repositories[REPO].release("main") == {"README.md": b"theirs"}


# --- dry runs


def test_a_dry_run_lists_and_changes_nothing(
    hub: FakeHub, old_release: Path, good_release: Path
) -> None:
    """A dry run says what would be added, changed, left and deleted, and only reads."""
    publish(old_release, REPO, with_text=True)
    hub.requests.clear()
    made = publish(good_release, REPO, with_text=True, dry_run=True)

    actions = {file.path: file.action for file in made.files}
    assert actions["CHANGELOG.md"] == "delete"
    assert actions["README.md"] == "change"
    assert actions["schema/label.json"] == "same"
    assert actions.keys() - {"CHANGELOG.md"} == files_of(good_release).keys()
    assert {request.split()[0] for request in hub.requests} == {"GET"}
    assert made.asked
    for file in made.files:
        if file.action != "delete":
            assert file.bytes == (good_release / file.path).stat().st_size


def test_a_dry_run_tells_of_a_new_repository(hub: FakeHub, good_release: Path) -> None:
    """Nothing is made, and it says that it would be."""
    made = publish(good_release, REPO, with_text=True, dry_run=True)

    assert made.creates
    assert hub.repositories == {}


def test_a_dry_run_without_a_token_asks_nobody(
    hub: FakeHub, good_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lists what goes, and says that the rest is not known."""
    monkeypatch.delenv("HF_TOKEN")
    made = publish(good_release, REPO, with_text=True, dry_run=True)

    assert not made.asked
    assert {file.action for file in made.files} == {"unknown"}
    assert hub.requests == []
