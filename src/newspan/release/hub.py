"""A dataset repository on the Hugging Face Hub: what it holds, one commit, one tag.

The Hub's own library does the talking. Whatever goes wrong becomes a problem, and the token stays
in the headers of requests.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from newspan.problems import Place, Problem

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_DEFAULT = "https://huggingface.co"
#: Seconds without a byte; a commit of many files takes the Hub minutes.
_CONNECT_S, _READ_S = 20.0, 300.0
#: Kept by the Hub itself in every repository.
_OWN = ".gitattributes"


class HubError(Exception):
    """The Hub did not do what it was asked; `problem` says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Revision(msgspec.Struct, frozen=True):
    """What a repository holds at a revision.

    `files` has a digest by path: SHA-256 of files in large file storage, git's blob id of others.
    """

    commit: str
    private: bool
    files: dict[str, str]


def read_token(name: str) -> str | None:
    """Return the token in an environment variable, None if it is not set or empty.

    Raises:
        HubError: when it can't be a token, so that no library complains by quoting it.
    """
    token = os.environ.get(name, "").strip()
    if token and not re.fullmatch(r"[!-~]+", token):
        what = f"what {name} holds is no token: it has spaces or other than ASCII characters in it"
        raise HubError(Problem("hub-token", Place(name), what))
    return token or None


class Hub:
    """A dataset repository of the Hub at HF_ENDPOINT, seen with a token; `connect` makes one."""

    def __init__(self, api: HfApi, repo: str, token: str) -> None:
        self._api, self._token = api, token
        self.repo = repo
        self.url = f"{api.endpoint}/datasets/{repo}"

    def check_token(self) -> None:
        """Raise HubError when the Hub does not know the token, or it may only read."""
        with self._asking():
            role = self._api.whoami().get("auth", {}).get("accessToken", {}).get("role")
        if role == "read":
            self._fail("hub-not-allowed", "the token may only read")

    def tags(self) -> dict[str, str] | None:
        """Return the commits of the tags by name, or None when there is no such repository."""
        from huggingface_hub.errors import RepositoryNotFoundError

        with self._asking():
            try:
                refs = self._api.list_repo_refs(self.repo, repo_type="dataset")
            except RepositoryNotFoundError:
                return None
        return {tag.name: tag.target_commit for tag in refs.tags}

    def create(self, *, private: bool) -> None:
        """Make the repository, public unless said otherwise."""
        from huggingface_hub.errors import HfHubHTTPError

        with self._asking():
            try:
                self._api.create_repo(self.repo, repo_type="dataset", private=private)
            except HfHubHTTPError as error:
                if error.response.status_code != 409:
                    raise
                self._fail("hub-repository", "it is there, and hidden from the token")

    def at(self, revision: str) -> Revision:
        """Return what the repository holds at a branch, tag or commit."""
        with self._asking():
            info = self._api.dataset_info(
                self.repo, revision=revision, files_metadata=True, timeout=_READ_S
            )
        files = {
            file.rfilename: file.lfs.sha256 if file.lfs else file.blob_id or ""
            for file in info.siblings or ()
            if file.rfilename != _OWN
        }
        return Revision(info.sha or "", bool(info.private), files)

    def read(self, path: str, revision: str) -> bytes:
        """Return the content of a small file; nothing is cached on disk."""
        from huggingface_hub import get_session, hf_hub_url, hf_raise_for_status

        url = hf_hub_url(
            self.repo, path, repo_type="dataset", revision=revision, endpoint=self._api.endpoint
        )
        with self._asking():
            answer = get_session().get(url, headers={"Authorization": f"Bearer {self._token}"})
            hf_raise_for_status(answer)
        return bytes(answer.content)

    def commit(
        self, folder: Path, add: Iterable[str], delete: Iterable[str], parent: str, message: str
    ) -> str:
        """Change files in one commit on top of `parent`, and return it.

        `upload_folder` would do the same in several commits where it sees fit (many files, a slow
        answer, a failure), and a stop between two of them would leave half a release.
        """
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        with self._asking():
            adding = [CommitOperationAdd(name, str(folder / name)) for name in add]
            # Said to be empty: a .gitignore on the Hub must not keep a file out.
            self._api.preupload_lfs_files(
                self.repo, adding, repo_type="dataset", gitignore_content=""
            )
            made = self._api.create_commit(
                self.repo,
                [*adding, *(CommitOperationDelete(name, is_folder=False) for name in delete)],
                repo_type="dataset",
                commit_message=message,
                parent_commit=parent or None,
            )
        return made.oid

    def tag(self, name: str, commit: str) -> None:
        """Tag a commit."""
        with self._asking():
            self._api.create_tag(self.repo, tag=name, revision=commit, repo_type="dataset")

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            told = _told(error)
            if told is None:
                raise
            self._fail(*told)

    def _fail(self, problem_id: str, message: str) -> NoReturn:
        """Raise a problem without the token, should the server have repeated it."""
        line = " ".join("".join(c if c.isprintable() else " " for c in message).split())
        line = line.replace(self._token, "[token]")
        line = line if len(line) <= 300 else line[:300] + "…"
        raise HubError(Problem(problem_id, Place(self.url), line)) from None


@contextmanager
def connect(repo: str, token: str) -> Iterator[Hub]:
    """Give the repository, with the Hub's library quiet: no telemetry, bars on terminals only.

    Files go by plain HTTP, not by Xet: what the tests see is what users run, and Xet's own log
    files stay out of it.
    """
    endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or _DEFAULT
    if "@" in endpoint.partition("://")[2].partition("/")[0]:
        # Not quoted: every message names the address, and libraries do too.
        told = "the address of the Hub holds a name or password: leave it out"
        raise HubError(Problem("hub-unreachable", Place("HF_ENDPOINT"), told))
    from huggingface_hub import HfApi, constants, get_session
    from huggingface_hub.utils.tqdm import (
        are_progress_bars_disabled,
        disable_progress_bars,
        enable_progress_bars,
    )

    kept = (constants.HF_HUB_DISABLE_TELEMETRY, constants.HF_HUB_DISABLE_XET)
    barred = are_progress_bars_disabled()
    constants.HF_HUB_DISABLE_TELEMETRY = constants.HF_HUB_DISABLE_XET = True
    session = get_session()
    patience = session.timeout
    session.timeout = type(patience)(_READ_S, connect=_CONNECT_S)
    if not sys.stderr.isatty() and not barred:
        disable_progress_bars()
    try:
        yield Hub(HfApi(endpoint, token=token, library_name="newspan"), repo, token)
    finally:
        session.timeout = patience
        constants.HF_HUB_DISABLE_TELEMETRY, constants.HF_HUB_DISABLE_XET = kept
        if not barred:
            enable_progress_bars()


def _told(error: BaseException) -> tuple[str, str] | None:
    """Return problem id and message of what the Hub's library raised, None if it is not that."""
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    if isinstance(error, OfflineModeIsEnabled):
        return "hub-unreachable", "HF_HUB_OFFLINE is set, so nothing was asked"
    if isinstance(error, HfHubHTTPError):
        return _refused(error)
    # By name: which httpx it is depends on the version of the Hub's library.
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "TimeoutException" in kinds:
        return "hub-unreachable", "no answer in time"
    if "TransportError" in kinds:
        return "hub-unreachable", str(error) or type(error).__name__
    if isinstance(error, RuntimeError) and error.__cause__ is not None:  # of an upload in a thread
        return _told(error.__cause__)
    if isinstance(error, OSError):
        return "file-unreadable", f"{error.filename}: {error.strerror or error}"
    if isinstance(error, (ValueError, KeyError, TypeError, AttributeError)):
        return "hub-refused", f"an answer that was not expected: {error or type(error).__name__}"
    return None


def _refused(error: Any) -> tuple[str, str]:
    status = error.response.status_code
    told = f"HTTP {status}: {error.server_message or error}"
    if status == 401:
        return "hub-token", told
    if status == 403:
        return "hub-not-allowed", told
    if status in (409, 412):
        return "hub-changed", told
    return "hub-refused", told
