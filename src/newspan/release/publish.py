"""Publishing: a release into a dataset repository of the Hub, whole or not at all, and tagged."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any, Literal

import msgspec

from newspan.problems import Place, Problem
from newspan.release.files import release_files
from newspan.release.hub import Hub, HubError, Revision, connect, read_token
from newspan.release.verify import verify

_SEALS = ("manifest.json", "SHA256SUMS", "SHA256SUMS.sig")
_REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_TAG = re.compile(r"v(\d+)\.(\d+)\.(\d+)", re.ASCII)

Action = Literal["add", "change", "same", "delete", "unknown"]


class PublishError(Exception):
    """Nothing was published, or not to the end; `problems` says why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0].message)
        self.problems = problems


class File(msgspec.Struct, frozen=True):
    """A file of the release, or one that goes from the repository (then without size and hash).

    `action` is `unknown` when the Hub was not asked what it holds. `bytes` is a size in bytes.
    """

    action: Action
    path: str
    bytes: int | None = None
    sha256: str | None = None


class Published(msgspec.Struct, frozen=True):
    """What publishing did, or with `dry_run` would do.

    `outcome` says what: all of it (`published`), only the missing tag (`tagged`), nothing since
    the version was there (`already`), or nothing since it was a dry run (`dry-run`). `asked` tells
    whether the Hub was asked; `creates`, whether the repository is new. `commit` is the one tagged.
    """

    outcome: Literal["published", "tagged", "already", "dry-run"]
    repo: str
    url: str | None
    tag: str
    commit: str | None
    asked: bool
    creates: bool
    files: tuple[File, ...]


class _Local(msgspec.Struct, frozen=True):
    bytes: int
    sha256: str
    blob: str  # git's id of these bytes


def publish(
    release: str | Path,
    repo: str,
    *,
    with_text: bool = False,
    dry_run: bool = False,
    private: bool = False,
    create: bool = True,
    token_env: str = "HF_TOKEN",
) -> Published:
    """Upload a release to the Hub's dataset repository `repo` in one commit, and tag it.

    The tag comes last and is `v<version>`. Stopped at any moment, the Hub holds what it held
    before, or the whole release; the same call then finishes. Files of an older version go.

    Args:
        release: the folder of a release.
        repo: the repository, as "OWNER/NAME", on the Hub at HF_ENDPOINT.
        with_text: needed for a release that holds the texts, wrong for one that doesn't.
        dry_run: change nothing; the Hub is only asked what it holds, and only with a token.
        private: make a new repository private; one that is there must be.
        create: make the repository if it is not there.
        token_env: the environment variable that holds the token.

    Raises:
        PublishError: when the release is not sound or not to be published, or the Hub refuses.
        ValueError: on wrong use.
    """
    release = Path(release)
    if not _REPO.fullmatch(repo):
        raise ValueError(f"{repo!r} is no repository of the Hub: name it as OWNER/NAME")
    if not _VARIABLE.fullmatch(token_env) or token_env.startswith("hf_"):
        # Not quoted: it may be the token itself.
        raise ValueError("--token-env names a variable that holds the token, such as HF_TOKEN")
    try:
        token = read_token(token_env)
        if token is None and not dry_run:
            raise _failed("hub-token", token_env, "there is no token: the variable is not set")
        manifest, files = _sound(release)
        _texts_as_said(release, manifest, with_text)
        if token is None:
            return _dry(repo, manifest, files)
        with connect(repo, token) as hub:
            return _publish(hub, release, manifest, files, dry_run, private, create)
    except HubError as error:
        raise PublishError([error.problem]) from None


def _failed(problem_id: str, place: str, message: str) -> PublishError:
    return PublishError([Problem(problem_id, Place(place), message)])


def _sound(release: Path) -> tuple[dict[str, Any], dict[str, _Local]]:
    """Return the manifest and the files of a release that verifies."""
    problems = verify(release)
    if problems:
        raise PublishError(problems)
    try:
        manifest: dict[str, Any] = json.loads((release / "manifest.json").read_bytes())
        paths = dict(release_files(release))
        paths |= {name: release / name for name in _SEALS if (release / name).is_file()}
        files = {name: _measured(path) for name, path in sorted(paths.items())}
    except OSError as error:
        place = str(error.filename or release)
        raise _failed("file-unreadable", place, error.strerror or str(error)) from None
    for entry in manifest["files"]:
        if files[entry["path"]].sha256 != entry["sha256"]:
            raise _failed("release-changed", entry["path"], "it changed while it was read")
    return manifest, files


def _measured(path: Path) -> _Local:
    size = path.stat().st_size
    sha256, blob = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            sha256.update(chunk)
            blob.update(chunk)
    return _Local(size, sha256.hexdigest(), blob.hexdigest())


def _texts_as_said(release: Path, manifest: dict[str, Any], with_text: bool) -> None:
    profile = manifest.get("profile", "full")
    if profile == "hydrated":
        raise ValueError(f"{release} is no release: newspan hydrate made it on other texts")
    has_texts = profile == "full"
    if with_text and not has_texts:
        raise ValueError(f"{release} holds no texts: leave --with-text out")
    if has_texts and not with_text:
        message = "the release holds the texts, and nobody said that they may be published"
        raise _failed("release-with-texts", str(release), message)


def _publish(
    hub: Hub,
    release: Path,
    manifest: dict[str, Any],
    files: dict[str, _Local],
    dry_run: bool,
    private: bool,
    create: bool,
) -> Published:
    tag = f"v{manifest['version']}"
    hub.check_token()
    tags = hub.tags()
    creates = tags is None
    if creates:
        if not create:
            raise _failed("hub-repository", hub.url, "there is no such repository, or it is hidden")
        if dry_run:
            return _done("dry-run", hub, tag, None, _changes(files, {}), creates=True)
        hub.create(private=private)
    main = hub.at("main")
    if private and not main.private:
        raise _failed("hub-repository", hub.url, "the repository is public, --private was said")
    if tags and tag in tags:
        return _is_published(hub, tag, files)
    _refuse_older(hub, tag, tags or {})
    changes = _changes(files, main.files)
    _refuse_foreign(hub, main, manifest, changes)
    if dry_run:
        return _done("dry-run", hub, tag, None, changes)
    commit, outcome = main.commit, "tagged"
    if any(file.action != "same" for file in changes):
        commit, outcome = _commit(hub, release, manifest, changes, main), "published"
        _read_back(hub, commit, files)
    hub.tag(tag, commit)
    return _done(outcome, hub, tag, commit, changes, creates=creates)


def _commit(
    hub: Hub, release: Path, manifest: dict[str, Any], changes: tuple[File, ...], main: Revision
) -> str:
    add = [file.path for file in changes if file.action in ("add", "change")]
    delete = [file.path for file in changes if file.action == "delete"]
    message = f"{manifest['name']} {manifest['version']}"
    return hub.commit(release, add, delete, main.commit, message)


def _read_back(hub: Hub, commit: str, files: dict[str, _Local]) -> None:
    """Refuse to tag a commit that is not the release, whatever the reason."""
    wrong = [f.path for f in _changes(files, hub.at(commit).files) if f.action != "same"]
    if wrong:
        message = f"main is not the release, so it was not tagged; look at {_some(wrong)}"
        raise _failed("hub-changed", hub.url, message)


def _is_published(hub: Hub, tag: str, files: dict[str, _Local]) -> Published:
    there = hub.at(tag)
    changes = _changes(files, there.files)
    wrong = [file.path for file in changes if file.action != "same"]
    if wrong:
        message = f"{tag} is published with other content: {_some(wrong)}"
        raise _failed("version-published", hub.url, message)
    return _done("already", hub, tag, there.commit, changes)


def _refuse_older(hub: Hub, tag: str, tags: dict[str, str]) -> None:
    newer = [other for other in tags if _number(other) > _number(tag)]
    if newer:
        newest = max(newer, key=_number)
        message = f"{newest} is published, so {tag} can't follow it"
        raise _failed("newer-published", hub.url, message)


def _number(tag: str) -> tuple[int, ...]:
    match = _TAG.fullmatch(tag)
    return tuple(int(part) for part in match.groups()) if match else ()


def _refuse_foreign(
    hub: Hub, main: Revision, manifest: dict[str, Any], changes: tuple[File, ...]
) -> None:
    """Refuse to delete or replace what no release of this corpus brought."""
    listed: set[str] = set()
    if "manifest.json" in main.files:
        name, listed = _listed(hub.read("manifest.json", main.commit))
        if name not in (None, manifest["name"]):
            message = f"it holds a release of {name}, not of {manifest['name']}"
            raise _failed("hub-foreign", hub.url, message)
    foreign = [file.path for file in changes if file.action == "delete"]
    foreign = [path for path in foreign if path not in listed]
    if foreign:
        message = f"it holds what no release of {manifest['name']} brought: {_some(foreign)}"
        raise _failed("hub-foreign", hub.url, message)


def _listed(content: bytes) -> tuple[str | None, set[str]]:
    """Return the name in a manifest and the files it stands for; None if it is not one of ours."""
    try:
        manifest = json.loads(content)
        paths = {entry["path"] for entry in manifest["files"]}
        return str(manifest["name"]), paths | set(_SEALS)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None, set()


def _changes(files: dict[str, _Local], there: dict[str, str]) -> tuple[File, ...]:
    """Return each file of the release and what becomes of it, then those that go."""

    def action(path: str, file: _Local) -> Action:
        if path not in there:
            return "add"
        return "same" if there[path] in (file.sha256, file.blob) else "change"

    stays = (File(action(path, f), path, f.bytes, f.sha256) for path, f in files.items())
    return (*stays, *(File("delete", path) for path in sorted(there.keys() - files.keys())))


def _some(paths: list[str]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(paths[:3]) + more


def _dry(repo: str, manifest: dict[str, Any], files: dict[str, _Local]) -> Published:
    """Return what goes, without asking what is there."""
    unknown = tuple(File("unknown", path, f.bytes, f.sha256) for path, f in files.items())
    tag = f"v{manifest['version']}"
    return Published("dry-run", repo, None, tag, None, False, False, unknown)


def _done(
    outcome: Any,
    hub: Hub,
    tag: str,
    commit: str | None,
    files: tuple[File, ...],
    *,
    creates: bool = False,
) -> Published:
    return Published(outcome, hub.repo, hub.url, tag, commit, True, creates, files)
