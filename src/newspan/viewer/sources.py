"""The corpus that is viewed: from its folder, or made again from a release."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from newspan.checks import check_corpus, in_order, read_sound, set_of
from newspan.corpus import Corpus
from newspan.corpus.parts import Say, say_nothing
from newspan.problems import Place, Problem

SETS = "annotation/sets"


class ViewError(Exception):
    """The corpus or the release has errors, so that nothing was written; `problems` lists them."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems."""
        super().__init__(f"{len(problems)} errors")
        self.problems = problems


class Source(NamedTuple):
    """A sound corpus, and the name of the release that it was read from, if it was."""

    corpus: Corpus
    release: str | None


def from_folder(root: Path, set_ids: Collection[str]) -> Source:
    """Return the corpus in a folder, without those sets that have errors and are not viewed.

    Args:
        root: the folder.
        set_ids: the sets that are viewed; all if empty.

    Raises:
        ViewError: when the corpus has errors.
    """
    corpus, errors = read_sound(root, {path.name for path in (root / SETS).glob("*")})
    faulty = {set_of(error) for error in errors}
    errors = [error for error in errors if not set_ids or set_of(error) in (None, *set_ids)]
    if corpus is None or errors:
        raise ViewError(errors)
    sound = {name: each for name, each in corpus.sets.items() if name not in faulty}
    return Source(msgspec.structs.replace(corpus, sets=sound), None)


def from_release(directory: Path, say: Say = say_nothing) -> Source:
    """Return the corpus of a release, whose files are first held to their manifest.

    Raises:
        ViewError: when a file is changed, or the corpus has errors.
        ValueError: when the release has no texts, or is of a newspan that wrote other columns.
    """
    from newspan.release.intact import check_files, check_sums, read_manifest
    from newspan.release.rebuilt import corpus_of

    manifest, problems = read_manifest(directory)
    if manifest is None:
        raise ViewError(problems)
    if manifest.get("profile") == "no-text":
        raise ValueError(
            f"{directory} has no texts, so there is nothing to read; put them back first: "
            f"newspan hydrate {directory} FOLDER_OF_YOUR_FILES"
        )
    problems = [*check_files(directory, manifest, say), *check_sums(directory, manifest)]
    problems = problems or _check_documents(directory, manifest)
    if problems:
        raise ViewError(in_order(problems))
    made = corpus_of(directory, manifest)
    problems = [*made.problems, *(check_corpus(made.corpus) if made.corpus else ())]
    errors = [each for each in in_order(problems) if each.severity == "error"]
    if made.corpus is None or errors:
        raise ViewError(errors)
    return Source(made.corpus, f"{manifest['name']}-{manifest['version']}")


def _check_documents(directory: Path, manifest: dict[str, Any]) -> list[Problem]:
    """Return why the rows of `documents` cannot be read.

    Raises:
        ValueError: when they have other columns than this newspan writes.
    """
    import pyarrow as pa

    from newspan.release.columns import has_own_columns
    from newspan.release.intact import changed
    from newspan.release.rows import ConfigRows

    listed = {entry["path"] for entry in manifest["files"]}
    named = manifest["configs"].get("documents", {}).get("files", ())
    if not named or not listed.issuperset(named):
        message = "it names no files of documents that it also lists"
        return [changed("manifest.json", message, "/configs/documents")]
    try:
        rows = ConfigRows(directory, named)
        for _ in rows.groups():
            pass
    except (OSError, TypeError, pa.ArrowException) as error:
        return [Problem("rows-changed", Place(named[0]), f"documents cannot be read: {error}")]
    if not has_own_columns("documents", rows.schema):
        raise ValueError(
            f"newspan {manifest['tools'].get('newspan')} made {directory}, whose documents have "
            "other columns than this newspan's: view it with that version, or view the corpus"
        )
    return []
