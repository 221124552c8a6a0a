"""The build: a corpus into a release, whole or not at all, the same bytes each time."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from pyarrow.parquet import ParquetFile

from newspan import schema
from newspan.checks import check_corpus, check_outline, check_part, in_order
from newspan.corpus import Corpus, read_corpus
from newspan.corpus.parts import PART_SIZE, Parts, Say, read_parts, say_nothing
from newspan.problems import Problem
from newspan.release.configs import CONFIGS
from newspan.release.files import file_sha256, release_files, sha256sums
from newspan.release.fill import fill_configs
from newspan.release.finish import finish
from newspan.release.leaks import COLUMNS, leaks
from newspan.release.said import unsaid
from newspan.release.signature import SIGNATURE
from newspan.upkeep.files import with_value, write_whole
from newspan.whole import whole_directory, whole_file

__all__ = [
    "BuildError",
    "Release",
    "build",
    "file_sha256",
    "release_files",
    "sha256sums",
    "sound_corpus",
]


class Release(msgspec.Struct, frozen=True):
    """A release on disk: its directory, its manifest, and what the corpus was warned of."""

    path: Path
    manifest: dict[str, Any]
    warnings: tuple[Problem, ...] = ()

    @property
    def rows(self) -> dict[str, int]:
        """Return the number of rows of each config, by name."""
        return {name: config["rows"] for name, config in self.manifest["configs"].items()}


class BuildError(Exception):
    """The corpus has errors, so that nothing was built; `problems` lists them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} errors in the corpus")
        self.problems = problems


def build(
    root: str | Path = ".",
    out: str | Path | None = None,
    *,
    version: str | None = None,
    no_text: bool = False,
    sign: str | Path | None = None,
    previous: str | Path | None = None,
    record: bool = False,
    say: Say = say_nothing,
    _part_size: int = PART_SIZE,
) -> Release:
    """Build the release of the corpus in a folder.

    The corpus is read in parts, so that memory holds but a small share of a large one.

    Args:
        root: the corpus.
        out: where release directories stand; `dist` in the corpus if not given.
        version: the version to build, which corpus.json says afterwards; the one that it says
            already if not given.
        no_text: leave the texts out: annotations that stand off from them are left.
        sign: the private key of OpenSSH to sign the release with.
        previous: the newest recorded release's folder, to compare with; if not given, it is looked
            for in `out`. It goes with `version` or `record`.
        record: keep the manifest as corpus/releases/<version>.json, to be committed.
        say: is told what is being done, and how many of how many steps of it are done.

    Returns:
        The release in `<out>/<name>-<version>`, with `-no-text` behind it if the texts are left
        out. A directory of that name is replaced.

    Raises:
        BuildError: when the corpus has an error, or when a version or a record is asked for and the
            version is too small for what has changed, or is recorded with other data. Warnings do
            not stop a build.
        ValueError: when something else than a release stands where the release would go, or the
            arguments do not go together.
        OSError: when the release cannot be written there.
        SigningError: when ssh-keygen does not sign.
    """
    if previous is not None and version is None and not record:
        raise ValueError("nothing is compared with the previous release without version or record")
    parts, problems = read_parts(Path(root), _part_size, say)
    if parts is None:
        raise BuildError(in_order(problems))
    checked = _Checked(parts, problems, say)
    checked.stop_if_wrong()
    outline = _of_version(parts.outline, version)
    out = outline.root / "dist" if out is None else Path(out)
    name = f"{outline.info.version}-no-text" if no_text else outline.info.version
    target = out / f"{outline.info.name}-{name}"
    _refuse_to_destroy(target, outline.root)
    with _folder(out), whole_directory(target) as directory:
        full = directory.with_name("full") if no_text else directory
        full.mkdir(exist_ok=True)
        configs = fill_configs(full, outline, checked)
        checked.stop_if_wrong()
        checked.problems += _leaks(full, outline)
        checked.problems += unsaid(outline.root, outline.info.version)
        finish(full, outline, parts, configs, say)
        if version is not None or record:
            _refuse_version(full, outline, out, _of_profile(previous, no_text, "full"))
        if no_text:
            from newspan.release.no_text import fill_no_text

            fill_no_text(full, directory)
            if version is not None or record:
                _refuse_version(directory, outline, out, _of_profile(previous, True, "no-text"))
        if sign is not None:
            from newspan.release.signature import sign as sign_with

            sign_with(directory, sign)
        else:
            _keep_signature(target, directory)
    manifest = (target / "manifest.json").read_bytes()
    if version is not None:
        _write_version(outline.root, version)
    if record:
        with whole_file(outline.root / "corpus/releases" / f"{name}.json", manifest.decode()):
            pass
    return Release(target, json.loads(manifest), tuple(in_order(checked.problems)))


def _keep_signature(old: Path, new: Path) -> None:
    """Take over the signature of a release that is the same, file by file."""
    with suppress(OSError):  # there is none
        if (old / "SHA256SUMS").read_bytes() == (new / "SHA256SUMS").read_bytes():
            (new / SIGNATURE).write_bytes((old / SIGNATURE).read_bytes())


def _leaks(directory: Path, outline: Corpus) -> list[Problem]:
    """Return where folds leak into each other, as `newspan verify` tells it too."""
    (config,) = (each for each in CONFIGS if each.name == "duplicates")
    lineages = {document.id: document.lineage for document in outline.documents}
    with ParquetFile(directory / config.path) as file:
        return list(leaks(file.iter_batches(columns=list(COLUMNS)), lineages, config.path))


def _of_profile(previous: str | Path | None, no_text: bool, profile: str) -> str | Path | None:
    """Return the release to compare one of a profile with.

    One without texts is held against the recorded ones of both profiles, since a version names one
    state of the data; the release that was named is of one of them.
    """
    if previous is None or not no_text:
        return previous
    try:
        found = json.loads((Path(previous) / "manifest.json").read_bytes()).get("profile", "full")
    except (OSError, ValueError, AttributeError, RecursionError):
        return previous  # the comparison says what is wrong with it
    return previous if found == profile else None


def _refuse_version(
    directory: Path, outline: Corpus, out: Path, previous: str | Path | None
) -> None:
    from newspan.release.bump import refuse
    from newspan.release.diff import DiffError

    manifests = outline.root / "corpus" / "releases"
    before = None if previous is None else Path(previous)
    try:
        fault = refuse(manifests, directory, outline.info.version, previous=before, out=out)
    except DiffError as error:
        raise BuildError(error.problems) from None
    if fault is not None:
        raise BuildError([fault])


class _Checked:
    """The parts of a corpus, each checked before it is handed on, until one has an error."""

    def __init__(self, parts: Parts, problems: list[Problem], say: Say) -> None:
        self.problems = [*problems, *check_outline(parts.outline)]
        self._parts, self._say = parts, say
        if self._is_wrong():
            for _ in self:
                pass

    def __iter__(self) -> Iterator[Corpus]:
        for number, part in enumerate(self._parts, 1):
            self.problems += check_part(part)
            if not self._is_wrong():
                yield part
            self._say("building", number, len(self._parts))

    def stop_if_wrong(self) -> None:
        """Raise BuildError if any part, or the outline, had an error."""
        errors = [each for each in in_order(self.problems) if each.severity == "error"]
        if errors:
            raise BuildError(errors)

    def _is_wrong(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


@contextmanager
def _folder(out: Path) -> Iterator[None]:
    """Take a folder away again that was made for a release that was not built."""
    made = not out.exists()
    try:
        yield
    except BaseException:
        if made:
            with suppress(OSError):
                out.rmdir()
        raise


def _of_version(outline: Corpus, version: str | None) -> Corpus:
    if version is None:
        return outline
    if not schema.is_valid("corpus.json", {**outline.info.to_json(), "version": version}):
        raise ValueError(f"{version!r} is no version: it must be MAJOR.MINOR.PATCH, as 1.0.0")
    _with_version(outline.root, version)  # what cannot be written is refused before the work
    info = msgspec.structs.replace(outline.info, version=version)
    return msgspec.structs.replace(outline, info=info)


def _write_version(root: Path, version: str) -> None:
    """Put a version into corpus.json, and leave every other character as it is."""
    write_whole(root / "corpus" / "corpus.json", _with_version(root, version))


def _with_version(root: Path, version: str) -> str:
    return with_value((root / "corpus" / "corpus.json").read_bytes().decode(), "version", version)


def _refuse_to_destroy(target: Path, root: Path) -> None:
    """Refuse a target that is there and is no release, or that holds the corpus itself."""
    if target.resolve() in (root.resolve(), *root.resolve().parents):
        raise ValueError(f"{target} holds the corpus; name another folder with --out")
    if os.path.lexists(target) and not _is_release_only(target):
        raise ValueError(f"{target} is there, and is no release or more than one; move it away")


def _is_release_only(target: Path) -> bool:
    """Tell whether a folder holds a release and nothing that its manifest does not list."""
    try:
        manifest = json.loads((target / "manifest.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    if not schema.is_valid("release_manifest.json", manifest):
        return False
    listed = {entry["path"] for entry in manifest["files"]}
    profile = manifest.get("profile", "full")
    suffix = "" if profile == "full" else f"-{profile}"
    named = target.name == f"{manifest['name']}-{manifest['version']}{suffix}"
    return named and {name for name, _ in release_files(target)} <= listed


def sound_corpus(root: Path) -> tuple[Corpus, list[Problem]]:
    """Return the corpus in a folder and its warnings.

    Raises:
        BuildError: when the corpus has an error.
    """
    corpus, problems = read_corpus(root)
    if corpus is not None:
        problems = [*problems, *check_corpus(corpus)]
    problems = in_order(problems)
    errors = [problem for problem in problems if problem.severity == "error"]
    if corpus is None or errors:
        raise BuildError(errors)
    return corpus, problems
