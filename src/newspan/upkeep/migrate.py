"""Lifting a corpus from an older version of the schemas to the present one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from newspan.problems import Place, Problem
from newspan.schema import SCHEMA_VERSION
from newspan.upkeep.files import with_value, write_whole

HEAD = "corpus/corpus.json"

#: Yields the files that change, by their path in the corpus, with their new text.
Change = Callable[[Path], Iterator[tuple[str, str]]]


class Step(msgspec.Struct, frozen=True):
    """One step from a version of the schemas to the next.

    `change` must be repeatable: a migration that was killed is run again from where it stands.
    """

    start: str
    end: str
    what: str
    change: Change


class Migration(msgspec.Struct, frozen=True):
    """What a migration did, or would do: the steps taken and the files written."""

    steps: tuple[Step, ...]
    files: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def _nothing(_: Path) -> Iterator[tuple[str, str]]:
    return iter(())


#: From version to version, by where each begins; every schema version since 1.0.0 has its step.
STEPS: Mapping[str, Step] = {
    "1.0.0": Step(
        "1.0.0",
        "1.1.0",
        "corpus.json says which schemas the corpus follows; items can be withdrawn",
        _nothing,
    )
}


def _head(root: Path) -> dict[str, Any]:
    """Return what corpus.json says.

    Raises:
        OSError: when it cannot be read.
        ValueError: when it is no JSON object that has a version.
    """
    head = json.loads((root / HEAD).read_bytes().decode("utf-8"))
    if not isinstance(head, dict) or not isinstance(head.get("version"), str):
        raise ValueError("it is no object with a version")
    return head


def migrate(
    root: str | Path = ".",
    *,
    dry_run: bool = False,
    steps: Mapping[str, Step] = STEPS,
    goal: str = SCHEMA_VERSION,
) -> Migration:
    """Lift a corpus's files to the present version of the schemas, step by step.

    Each file is written whole, and corpus.json, which says the version, last in each step: a
    migration that was killed is finished by running it again.

    Args:
        root: the corpus.
        dry_run: write nothing; only the first step's files are known then.
        steps: the steps there are, by the version that each begins at.
        goal: the version to reach.
    """
    root = Path(root)
    try:
        version = _head(root).get("schema_version", "1.0.0")
    except OSError as error:
        problem = Problem("not-a-corpus", Place(str(root)), error.strerror or str(error))
        return Migration((), (), (problem,))
    except (ValueError, RecursionError) as error:
        return Migration((), (), (Problem("json-syntax", Place(HEAD), str(error)),))
    taken: list[Step] = []
    files: list[str] = []
    while version != goal:
        if not isinstance(version, str) or version not in steps:
            message = f"there is no way from {version} to {goal}"
            place = Place(HEAD, pointer="/schema_version")
            problem = Problem("schema-unknown", place, message)
            return Migration(tuple(taken), tuple(files), (problem,))
        step = steps[version]
        changed = list(step.change(root)) if not (dry_run and taken) else []
        for name, new in changed:
            files.append(name)
            if not dry_run:
                write_whole(root / name, new)
        if not dry_run:
            text = (root / HEAD).read_bytes().decode("utf-8")  # CR LF stays
            write_whole(root / HEAD, with_value(text, "schema_version", step.end))
        taken.append(step)
        version = step.end
    return Migration(tuple(taken), (*files, HEAD) if taken else ())
