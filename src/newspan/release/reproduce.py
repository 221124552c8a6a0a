"""Reproduction: a released version built again from its commit, and compared byte by byte."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path

from newspan.problems import Place, Problem
from newspan.release.held import held_to
from newspan.release.intact import Manifest, check_files, check_sums, parse_manifest

_BUILD = "import sys; from newspan import build; print(build(sys.argv[1], sys.argv[2]).path)"
_VERSION = re.compile(r"\d+\.\d+\.\d+", re.ASCII)
Say = Callable[[str], None]


class _FailedError(Exception):
    """Something on the way failed; the problem says what."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def reproduce(
    root: str | Path, version: str, *, here: bool = False, say: Say | None = None
) -> list[Problem]:
    """Build a recorded version of a corpus again, and return what comes out other than recorded.

    The commit is the one of the tag `v<version>`, or else the last that wrote
    `corpus/releases/<version>.json`. It is cloned into a temporary folder; the corpus's own
    repository is only read. Every file's hash and every config's logical hash is compared with the
    manifest as it stands in `root`.

    Args:
        root: a corpus in a git repository.
        version: the version to build again.
        here: build in the running environment, with the code of the commit where the repository
            holds newspan's; it is refused where versions of the tools differ. Otherwise newspan is
            installed from the commit, with its constraints, into a fresh virtual environment, for
            which pip must be there and needs the network.
        say: is told what is done next.

    Raises:
        ValueError: when `version` is none.
    """
    if not _VERSION.fullmatch(version):
        raise ValueError(f"{version!r} is no version; one looks like 1.0.0")
    root, say = Path(root), say or (lambda text: None)
    name = f"corpus/releases/{version}.json"
    try:
        recorded = _recorded(root, name)
        if here:
            _refuse_other_tools(recorded, name)
        with tempfile.TemporaryDirectory(prefix="newspan-reproduce-") as folder:
            return _reproduce(root, name, recorded, Path(folder), here=here, say=say)
    except _FailedError as failed:
        return [failed.problem]


def _reproduce(
    root: Path, name: str, recorded: Manifest, work: Path, *, here: bool, say: Say
) -> list[Problem]:
    commit, prefix, top = _commit(root, name)
    say(f"commit {commit[:12]}")
    clone = work / "clone"
    _git(top, "clone", "--quiet", "--shared", "--no-checkout", str(top), str(clone))
    for setting in ("core.autocrlf=false", f"core.hooksPath={os.devnull}"):
        _git(clone, "config", *setting.split("=", 1))
    _git(clone, "checkout", "--quiet", "--detach", commit)
    corpus = clone / prefix
    code = next((base for base in (corpus, clone) if (base / "src" / "newspan").is_dir()), None)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    if here:
        python = sys.executable
        if code is not None:
            environment["PYTHONPATH"] = str(code / "src")
    elif code is None:
        message = "the commit holds no code of newspan's to install; build with --here"
        raise _failed("build-failed", name, message)
    else:
        say("installing newspan as of that commit")
        python = _installed(code, work / "venv", name)
    say("building")
    arguments = [python, "-c", _BUILD, str(corpus), str(work / "out")]
    _run(arguments, work, environment, name, "the build of the commit")
    built = sorted((work / "out").iterdir())
    manifest = json.loads((built[0] / "manifest.json").read_bytes())
    say("comparing")
    faults = [*check_files(built[0], manifest), *check_sums(built[0], manifest)]
    faults += held_to(manifest, recorded)
    return [Problem("not-reproduced", fault.place, fault.message) for fault in faults]


def _recorded(root: Path, name: str) -> Manifest:
    if not (root / name).is_file():
        raise _failed("release-not-recorded", name, "there is no such file")
    recorded, problems = parse_manifest(root / name, name)
    if recorded is None:
        raise _FailedError(problems[0])
    return recorded


def _refuse_other_tools(recorded: Manifest, name: str) -> None:
    for tool, version in recorded["tools"].items():
        try:
            ours = metadata.version(tool)
        except metadata.PackageNotFoundError:
            ours = "none"
        if ours != version:
            message = f"it was built with {tool} {version}, here is {ours}"
            raise _failed("tools-differ", name, message, f"/tools/{tool}")


def _commit(root: Path, name: str) -> tuple[str, str, Path]:
    """Return the commit that recorded a manifest, the corpus's folder in it, and the repository."""
    if shutil.which("git") is None:
        raise _failed("release-not-recorded", name, "git is not on the path")
    try:
        top = Path(_git(root, "rev-parse", "--show-toplevel"))
        prefix = _git(root, "rev-parse", "--show-prefix")
    except _FailedError as failed:
        message = f"the corpus is in no git repository that can be read: {failed}"
        raise _failed("release-not-recorded", name, message) from None
    tag = f"refs/tags/v{Path(name).stem}^{{commit}}"
    commit = _git(root, "rev-parse", "--quiet", "--verify", tag, may_fail=True)
    if not commit:
        if _git(root, "rev-parse", "--is-shallow-repository") == "true":
            message = "this clone is shallow, so that its commit can't be told; fetch the rest"
            raise _failed("release-not-recorded", name, message)
        commit = _git(root, "log", "-1", "--format=%H", "--", name, may_fail=True)
    if not commit:
        raise _failed("release-not-recorded", name, "no commit holds it, and no tag names it")
    return commit, prefix, top


def _installed(code: Path, venv: Path, name: str) -> str:
    """Install newspan from a checkout into a fresh environment; return that one's Python."""
    pythons = [python for python in (sys.executable, shutil.which("python3")) if python]
    pip = next((python for python in pythons if _has_pip(python)), None)
    if pip is None:
        raise _failed("build-failed", name, "there is no pip to install newspan with")
    plain = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    make = [sys.executable, "-m", "venv", "--without-pip", str(venv)]
    _run(make, code, plain, name, "making a virtual environment")
    python = str(venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    install = [pip, "-m", "pip", "--python", python, "install", "--quiet", str(code)]
    if (code / "constraints.txt").is_file():
        install += ["--constraint", str(code / "constraints.txt")]
    _run(install, code, plain, name, "installing newspan")
    return python


def _has_pip(python: str) -> bool:
    done = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False)
    return done.returncode == 0


def _run(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], name: str, what: str
) -> None:
    done = subprocess.run(
        arguments, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise _failed("build-failed", name, f"{what} failed: {_last_line(done.stderr)}")


def _git(folder: Path, *arguments: str, may_fail: bool = False) -> str:
    # Set by a git hook that runs us, they would lead to another repository.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and not may_fail:
        message = f"git {arguments[0]} failed: {_last_line(done.stderr)}"
        raise _failed("build-failed", str(folder), message)
    return done.stdout.strip() if not done.returncode else ""


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def _failed(problem: str, file: str, message: str, pointer: str = "") -> _FailedError:
    return _FailedError(Problem(problem, Place(file, pointer=pointer), message))
