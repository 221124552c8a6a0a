"""A stand-in for the Hugging Face Hub on this machine: dataset repositories in memory.

It speaks as much of the Hub's API as publishing and loading use: preupload, the batch and storage
of large files, commits, tags, trees, downloads with ranges. `on` is called at each moment of a
request and may end the client, drop the connection or give another answer.
"""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from fake_hub_server import Answer, Drop, Handler, Server

__all__ = ["Answer", "Drop", "FakeHub", "Files", "Repository"]

Files = dict[str, bytes]


@dataclass
class Repository:
    """Commits, by id, each with all its files; tags and main name commits."""

    private: bool = False
    commits: dict[str, Files] = field(default_factory=dict)
    main: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    def commit(self, files: Files) -> str:
        """Put a commit on main."""
        self.main = hashlib.sha1(f"{len(self.commits)} {self.main}".encode()).hexdigest()
        self.commits[self.main] = files
        return self.main

    def at(self, revision: str) -> tuple[str, Files]:
        """Return a commit and its files."""
        sha = self.main if revision == "main" else self.tags.get(revision, revision)
        if sha not in self.commits:
            raise Answer(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return sha, self.commits[sha]

    def release(self, revision: str) -> Files:
        """Return the files at a revision, but for what the Hub adds."""
        return {name: data for name, data in self.at(revision)[1].items() if name[0] != "."}


def is_large(name: str) -> bool:
    """Tell whether a file goes into large file storage."""
    return name.endswith(".parquet")


def described(name: str, data: bytes) -> dict[str, Any]:
    """Return a file's size, git id and, for large ones, SHA-256."""
    sha256 = hashlib.sha256(data).hexdigest()
    pointer = f"oid sha256:{sha256}\nsize {len(data)}\n".encode()
    content = pointer if is_large(name) else data
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    large = {"size": len(data), "sha256": sha256, "oid": sha256, "pointerSize": len(pointer)}
    plain = {"size": len(data), "oid": blob, "blobId": blob}
    return {**plain, "lfs": large} if is_large(name) else plain


def _etag(name: str, data: bytes) -> str:
    of = described(name, data)
    return str(of["lfs"]["sha256"] if is_large(name) else of["oid"])


class FakeHub:
    """The Hub at `url`, for as long as the `with` block lasts."""

    def __init__(self, tokens: dict[str, str] | None = None) -> None:
        self.tokens = tokens or {}  # role by token: write, read
        self.repositories: dict[str, Repository] = {}
        self.stored: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.agents: set[str] = set()
        self.busy = 0  # requests that are being worked on
        #: Called with the number of the request (from 0), its method and path, and the moment:
        #: before, half (of its body has come), done (and not answered yet).
        self.on: Callable[[int, str, str], None] = lambda number, request, moment: None
        self.lock = threading.RLock()
        handler = type("Handler", (Handler,), {"hub": self})
        self._server = Server(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def reset(self) -> None:
        """Become a Hub that holds nothing and was asked nothing."""
        self.repositories, self.stored, self.requests = {}, {}, []

    def __enter__(self) -> FakeHub:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # --- what each request does

    def answer(self, method: str, url: str, role: str | None, body: bytes) -> Any:
        """Return JSON to send, or bytes of a file with its headers; raise Answer otherwise."""
        path, query = unquote(urlsplit(url).path), parse_qs(urlsplit(url).query)
        if path == "/api/whoami-v2":
            if role is None:
                raise Answer(401, "Invalid username or password.")
            return {"name": "me", "auth": {"accessToken": {"role": role}}}
        if method == "PUT" and path.startswith("/storage/"):
            if hashlib.sha256(body).hexdigest() != path.removeprefix("/storage/"):
                raise Answer(400, "not the content that was announced")
            self.stored[path.removeprefix("/storage/")] = body
            return {}
        if path == "/api/validate-yaml":
            return {"errors": [], "warnings": []}
        if path == "/api/repos/create":
            return self._create(role, json.loads(body))
        match = re.match(r"(?:/api)?/datasets/([^/]+/[^/]+?)(\.git/|/|$)(.*)", path)
        repository = self.repositories.get(match[1]) if match else None
        if match is None or repository is None or (repository.private and role is None):
            raise Answer(404, "Repository not found", "RepoNotFound")
        verb, _, rest = match[3].partition("/")
        if method == "POST" and role != "write":
            raise Answer(403, "you may not write here")
        if verb == "info":
            return self._batch(json.loads(body))
        if verb in ("", "revision"):
            return self._info(match[1], repository, rest or "main")
        if verb == "resolve":
            revision, _, name = rest.partition("/")
            sha, files = repository.at(revision)
            if name not in files:
                raise Answer(404, "Entry not found", "EntryNotFound")
            return files[name], {"X-Repo-Commit": sha, "ETag": f'"{_etag(name, files[name])}"'}
        return getattr(self, f"_{verb}")(repository, rest, query, body)

    def _create(self, role: str | None, wanted: dict[str, Any]) -> Any:
        name = f"{wanted['organization']}/{wanted['name']}"
        if role != "write" or wanted["organization"] not in ("me", "harbour"):
            raise Answer(403, "you may not make repositories here")
        if name in self.repositories:
            raise Answer(409, "You already created this dataset repo")
        private = wanted.get("private") or wanted.get("visibility") == "private"
        made = self.repositories[name] = Repository(bool(private))
        made.commit({".gitattributes": b"*.parquet filter=lfs\n"})
        return {"url": f"{self.url}/datasets/{name}", "name": name}

    def _info(self, name: str, repository: Repository, revision: str) -> Any:
        sha, files = repository.at(revision)
        siblings = [{"rfilename": path, **described(path, data)} for path, data in files.items()]
        told = {"id": name, "sha": sha, "private": repository.private, "gated": False, "tags": []}
        return {**told, "siblings": siblings}

    def _refs(self, repository: Repository, *_: Any) -> Any:
        tags = [
            {"name": name, "ref": f"refs/tags/{name}", "targetCommit": sha}
            for name, sha in repository.tags.items()
        ]
        return {"branches": [], "converts": [], "tags": tags}

    def _tree(self, repository: Repository, rest: str, query: dict[str, Any], _: bytes) -> Any:
        revision, _, folder = rest.partition("/")
        prefix = f"{folder}/" if folder else ""
        deep = query.get("recursive", [""])[0].lower() == "true"  # then without the folders
        entries: dict[str, Any] = {}
        for name, data in sorted(repository.at(revision)[1].items()):
            if name.startswith(prefix):
                first, *more = name.removeprefix(prefix).split("/", 0 if deep else 1)
                entry = {"type": "directory", "oid": "0" * 40, "size": 0}
                entry = entry if more else {"type": "file", **described(name, data)}
                entries[first] = {"path": prefix + first, **entry}
        if folder and not entries:
            raise Answer(404, "Entry not found", "EntryNotFound")
        return list(entries.values())

    def _preupload(self, repository: Repository, rest: str, query: Any, body: bytes) -> Any:
        asked = json.loads(body)
        files = repository.at(rest)[1]
        ignored = asked.get("gitIgnore", files.get(".gitignore", b"").decode()).split()
        return {
            "files": [
                {
                    "path": name,
                    "uploadMode": "lfs" if is_large(name) else "regular",
                    "shouldIgnore": any(fnmatch.fnmatch(name, glob) for glob in ignored),
                    "oid": _etag(name, files[name]) if name in files else None,
                }
                for name in (each["path"] for each in asked["files"])
            ]
        }

    def _batch(self, asked: dict[str, Any]) -> Any:
        def action(oid: str) -> dict[str, Any]:
            there = oid in self.stored
            return {} if there else {"actions": {"upload": {"href": f"{self.url}/storage/{oid}"}}}

        objects = [{**each, **action(each["oid"])} for each in asked["objects"]]
        return {"transfer": "basic", "objects": objects}

    def _commit(self, repository: Repository, rest: str, query: Any, body: bytes) -> Any:
        header, *lines = [json.loads(line) for line in body.splitlines()]
        if header["value"].get("parentCommit", repository.main) != repository.main:
            raise Answer(412, "The parent commit is not the last one")
        files = dict(repository.at(rest)[1])
        for each in lines:
            kind, value = each["key"], each["value"]
            if kind == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif kind == "lfsFile" and value["oid"] in self.stored:
                files[value["path"]] = self.stored[value["oid"]]
            elif kind == "deletedFile" and value["path"] in files:
                del files[value["path"]]
            else:
                raise Answer(400, f"cannot do {kind} {value['path']}")
        sha = repository.commit(files)
        return {"commitUrl": f"{self.url}/datasets/me/corpus/commit/{sha}", "commitOid": sha}

    def _tag(self, repository: Repository, rest: str, query: Any, body: bytes) -> Any:
        name = json.loads(body)["tag"]
        if name in repository.tags:
            raise Answer(409, "Tag reference exists already")
        repository.tags[name] = repository.at(rest)[0]
        return {}
