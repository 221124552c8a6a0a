"""Lifting a corpus from an older version of the schemas to the present one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

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
        text = (root / HEAD).read_text(encoding="utf-8")
        version = json.loads(text).get("schema_version", "1.0.0")
    except OSError as error:
        problem = Problem("not-a-corpus", Place(str(root)), error.strerror or str(error))
        return Migration((), (), (problem,))
    except (ValueError, AttributeError) as error:
        return Migration((), (), (Problem("json-syntax", Place(HEAD), str(error)),))
    taken: list[Step] = []
    files: list[str] = []
    while version != goal:
        if version not in steps:
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
            text = (root / HEAD).read_text(encoding="utf-8")
            write_whole(root / HEAD, with_value(text, "schema_version", step.end))
        taken.append(step)
        version = step.end
    return Migration(tuple(taken), (*files, HEAD) if taken else ())
