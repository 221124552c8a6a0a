"""The build: a corpus into a release, whole or not at all, the same bytes each time."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec

from newspan import schema
from newspan.checks import check_corpus, in_order
from newspan.corpus import Corpus, read_corpus
from newspan.parquet import write_parquet
from newspan.problems import Problem
from newspan.release.card import card
from newspan.release.configs import CONFIGS
from newspan.release.figures import figures
from newspan.release.logical import logical_hash
from newspan.release.markdown import fill
from newspan.release.tables import tables
from newspan.whole import whole_directory

#: Files of the corpus's root that go into the release as they are, where they exist.
_COMPANIONS = ("CITATION.cff", "CHANGELOG.md", "LICENSE-DATA.md", "annotation/guidelines.md")
#: What determines the bytes besides the corpus.
_TOOLS = ("newspan", "nupunkt", "pyarrow")


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


def build(root: str | Path = ".", out: str | Path | None = None) -> Release:
    """Build the release of the corpus in a folder.

    Args:
        root: the corpus.
        out: where release directories stand; `dist` in the corpus if not given.

    Returns:
        The release in `<out>/<name>-<version>`. A directory of that name is replaced.

    Raises:
        BuildError: when the corpus has an error; warnings do not stop a build.
        ValueError: when something else than a release stands where the release would go.
        OSError: when the release cannot be written there.
    """
    corpus, warnings = sound_corpus(Path(root))
    out = corpus.root / "dist" if out is None else Path(out)
    target = out / f"{corpus.info.name}-{corpus.info.version}"
    _refuse_to_destroy(target, corpus.root)
    with whole_directory(target) as directory:
        manifest = _fill(directory, corpus)
    return Release(target, manifest, tuple(warnings))


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
    named = target.name == f"{manifest['name']}-{manifest['version']}"
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


def _fill(directory: Path, corpus: Corpus) -> dict[str, Any]:
    made = tables(corpus)
    hashes = {name: logical_hash(table) for name, table in made.items()}
    for config in CONFIGS:
        path = directory / config.path
        path.parent.mkdir()
        write_parquet(made[config.name], path)
    sheet = corpus.root / "DATASHEET.md"
    if sheet.is_file():
        prose = sheet.read_bytes().decode("utf-8")
        _write(directory / "DATASHEET.md", fill(prose, figures(corpus, made)))
    for name in _COMPANIONS:
        if (corpus.root / name).is_file():
            (directory / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(corpus.root / name, directory / name)
    beside = {path.name for path in directory.iterdir()}
    _write(directory / "README.md", card(corpus, made, hashes, beside))
    for name in ("outlets.json", "targets.json"):
        (directory / "corpus").mkdir(exist_ok=True)
        shutil.copyfile(corpus.root / "corpus" / name, directory / "corpus" / name)
    for chosen in corpus.sets:
        # The records as they were made: the configs hold all spans, but not all attributions and
        # links, nor what each producer looked at.
        source, copy = (base / "annotation" / "sets" / chosen for base in (corpus.root, directory))
        copy.mkdir(parents=True)
        for path in [source / "set.json", *sorted(source.glob("[!.]*.jsonl"))]:
            shutil.copyfile(path, copy / path.name)
    (directory / "schema").mkdir()
    for name in schema.names():
        shutil.copyfile(schema.path(name), directory / "schema" / name)
    own_labels = corpus.root / "schema" / "labels.json"
    labels = own_labels if own_labels.is_file() else schema.path("labels.json")
    shutil.copyfile(labels, directory / "schema" / "labels.json")
    manifest = _manifest(directory, corpus, hashes, {n: t.num_rows for n, t in made.items()})
    _write(directory / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
    digest = file_sha256(directory / "manifest.json")
    _write(directory / "SHA256SUMS", sha256sums(manifest, digest))
    return manifest


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))  # bytes: no newline change on any platform


def _manifest(
    directory: Path, corpus: Corpus, hashes: dict[str, str], rows: dict[str, int]
) -> dict[str, Any]:
    return {
        "name": corpus.info.name,
        "version": corpus.info.version,
        "schema_version": schema.SCHEMA_VERSION,
        "guidelines_version": corpus.info.guidelines_version,
        "labels_sha256": corpus.labels.sha256,
        "documents": [
            {"id": d.id, "sha256": d.sha256, "characters": len(corpus.texts[d.id])}
            for d in sorted(corpus.documents, key=lambda d: d.id)
        ],
        "items": sorted(corpus.items),
        "sets": sorted(corpus.sets),
        "configs": {
            config.name: {
                "files": [config.path],
                "rows": rows[config.name],
                "sha256": hashes[config.name],
            }
            for config in CONFIGS
        },
        "files": [
            {"path": name, "bytes": path.stat().st_size, "sha256": file_sha256(path)}
            for name, path in release_files(directory)
        ],
        "tools": {tool: metadata.version(tool) for tool in _TOOLS},
    }


def release_files(directory: Path) -> list[tuple[str, Path]]:
    """Return the files that a manifest lists, by their path in the release, sorted."""
    return [
        (name, path)
        for name, path in sorted(
            (p.relative_to(directory).as_posix(), p) for p in directory.rglob("*") if p.is_file()
        )
        if name not in ("manifest.json", "SHA256SUMS")
    ]


def file_sha256(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256sums(manifest: dict[str, Any], manifest_sha256: str) -> str:
    """Return the content of SHA256SUMS: every file of the release but itself, by path."""
    digests = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    digests["manifest.json"] = manifest_sha256
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
