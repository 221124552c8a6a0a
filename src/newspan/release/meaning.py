"""Whether a release's rows, lists and manifest follow from its documents and annotation sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from importlib import metadata
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from newspan.checks import check_outline, check_part
from newspan.corpus import Corpus
from newspan.corpus.parts import PART_SIZE, Parts, Say, read_parts
from newspan.problems import Place, Problem
from newspan.release.columns import has_own_columns, is_own
from newspan.release.derived import borders, check_borders, compare, sentences_at
from newspan.release.intact import Manifest, changed
from newspan.release.leaks import COLUMNS, leaks
from newspan.release.rebuilt import corpus_folder
from newspan.release.report import Report
from newspan.release.rows import ConfigRows, Cursor
from newspan.release.tables import part_tables
from newspan.release.tables.columns import SCHEMAS
from newspan.release.web_annotations import FOLDER, write_web_annotations
from newspan.splits import folds


def examine_meaning(
    directory: Path,
    manifest: Manifest,
    configs: Mapping[str, ConfigRows],
    report: Report,
    say: Say,
    part_size: int = PART_SIZE,
) -> None:
    """Make a full release's corpus again, check it, and compare all rows with those that it gives.

    Args:
        directory: the release, whose files are intact.
        manifest: its manifest.
        configs: the rows of its configs, which fit the manifest.
        report: takes problems, notes and what was checked.
        say: is told how far it has come.
        part_size: how much of the corpus is held in memory at a time, in characters.
    """
    made = manifest["tools"].get("newspan")
    others = [name for name, rows in configs.items() if not has_own_columns(name, rows.schema)]
    if "documents" in others or "documents" not in configs:
        report.notes.append(
            f"newspan {made} made it, whose documents have other columns than this newspan's: "
            "no row was derived anew"
        )
        return
    if others:
        report.notes.append(
            f"newspan {made} made it, whose columns of {', '.join(others)} are others: "
            "their rows were not derived anew"
        )
    with corpus_folder(directory, manifest) as folder, TemporaryDirectory() as work:
        report.problems += folder.problems
        if folder.problems:
            return
        parts, problems = read_parts(folder.path, part_size, say)
        found = [folder.placed(each) for each in problems if each.severity == "error"]
        report.problems += found
        if parts is None or found:
            return
        report.problems += _check_contents(manifest, parts)
        if "duplicates" in configs and "duplicates" not in others:
            report.problems += _leaks(parts, configs["duplicates"])
            report.checked.append("lineages")
        checked = _Checked(parts, say)
        derived = _Derived(manifest, configs, parts, Path(work), report)
        for number, part in enumerate(checked, 1):
            derived.take(part, is_last=number == len(parts))
        report.problems += [folder.placed(each) for each in checked.problems]
        report.checked.append("the corpus")
        report.notes += checked.notes()
        if not checked.problems:
            report.problems += derived.beside(directory)
            report.checked.append("derived rows")


class _Checked:
    """The parts of a corpus, each checked before it is handed on, until one has an error."""

    def __init__(self, parts: Parts, say: Say) -> None:
        self._parts, self._say = parts, say
        self._faults = list(check_outline(parts.outline))

    @property
    def problems(self) -> list[Problem]:
        """Return the errors found so far."""
        return [fault for fault in self._faults if fault.severity == "error"]

    def __iter__(self) -> Iterator[Corpus]:
        for number, part in enumerate(self._parts, 1):
            self._faults += check_part(part)
            if not self.problems:
                yield part
            self._say("deriving rows", number, len(self._parts))

    def notes(self) -> list[str]:
        """Return what a person should know beside the problems."""
        notes = []
        warned = Counter(fault.id for fault in self._faults if fault.severity == "warning")
        if warned:
            told = ", ".join(f"{number} {name}" for name, number in sorted(warned.items()))
            notes.append(f"newspan check warns of its corpus: {told}")
        if self.problems:
            notes.append("the corpus made again has errors, so that no row was derived from it")
        return notes


class _Derived:
    """The comparison of a release's rows with those that its corpus gives, part by part."""

    def __init__(
        self,
        manifest: Manifest,
        configs: Mapping[str, ConfigRows],
        parts: Parts,
        work: Path,
        report: Report,
    ) -> None:
        self._work, self._report = work, report
        self._configs = {n: c for n, c in configs.items() if has_own_columns(n, c.schema)}
        self._folds = folds(parts.outline.documents)
        self._is_own = is_own(manifest)
        ours, theirs = metadata.version("nupunkt"), manifest["tools"].get("nupunkt")
        self._parted_anew = ours == theirs
        if not self._parted_anew:
            report.notes.append(
                f"nupunkt {theirs} parted the sentences, here is {ours}: whether they are its "
                "sentences can't be told, only that they fit their texts"
            )
        self._cursors: dict[tuple[str, str], Cursor] = {}
        for name, rows in self._configs.items() if len(parts) > 1 else ():
            of_sets = name in ("annotations", "duplicates") and bool(parts.outline.sets)
            keys = sorted(parts.outline.sets) if of_sets else [""]
            starts = rows.starts("set_id", keys) if of_sets else [0, rows.number]
            for key, start, stop in zip(keys, starts, starts[1:], strict=False):
                self._cursors[name, key] = rows.between(start, stop)

    def take(self, part: Corpus, *, is_last: bool) -> None:
        """Compare the rows of a part that has no errors."""
        made = dict(part_tables(part, self._folds))
        if not self._cursors:
            made = _joined(made)
        last = None if is_last else max(document.id for document in part.documents)
        for name, key in self._cursors or ((name, "") for name in self._configs):
            rows = self._configs[name]
            first, found = (
                self._cursors[name, key].take(last) if self._cursors else (0, rows.table())
            )
            table = made.get((name, key), SCHEMAS[name].empty_table())
            if name == "sentences" and not self._parted_anew:
                extents = borders(found, first)
                self._report.problems += check_borders(rows.files[0], extents, part)
                table = sentences_at(part, extents, self._folds)
            self._report.problems += compare(name, rows.files[0], found, table, first)
        write_web_annotations(self._work, [part])

    def beside(self, directory: Path) -> Iterator[Problem]:
        """Yield where files that follow from the corpus differ, once all parts were taken."""
        wanted, there = (base / FOLDER for base in (self._work, directory))
        names = {path.name for base in (wanted, there) if base.is_dir() for path in base.iterdir()}
        for name in sorted(names) if self._is_own else ():
            yield from _lines(there / name, wanted / name, f"{FOLDER}/{name}")


def _joined(tables: Mapping[tuple[str, str], pa.Table]) -> dict[tuple[str, str], pa.Table]:
    """Return the tables of a corpus that is one part, those of several sets as one."""
    names = dict.fromkeys(name for name, _ in tables)
    return {
        (name, ""): pa.concat_tables([tables[key] for key in sorted(tables) if key[0] == name])
        for name in names
    }


def _lines(found: Path, wanted: Path, name: str) -> Iterator[Problem]:
    """Yield the first line in which a file differs from what it should be."""
    if not found.is_file() or not wanted.is_file():
        yield changed(
            name, "it is missing" if wanted.is_file() else "the corpus gives no such file"
        )
        return
    with found.open("rb") as there, wanted.open("rb") as derived:
        for number, (line, other) in enumerate(zip_longest(there, derived), 1):
            if line != other:
                message = f"line {number} is not what documents and sets give"
                yield Problem("release-changed", Place(name, number), message)
                return


def _leaks(parts: Parts, duplicates: ConfigRows) -> Iterator[Problem]:
    lineages = {document.id: document.lineage for document in parts.outline.documents}
    return leaks(duplicates.groups(COLUMNS), lineages, duplicates.files[0])


def _check_contents(manifest: Manifest, parts: Parts) -> Iterator[Problem]:
    """Yield where the manifest says other than the corpus that was made again."""
    corpus = parts.outline
    head = corpus.info
    wanted = {
        "name": head.name,
        "version": head.version,
        "guidelines_version": head.guidelines_version,
        "documents": [
            {"id": d.id, "sha256": d.sha256, "characters": parts.characters[d.id]}
            for d in corpus.documents
        ],
        "items": sorted(corpus.items),
        "sets": sorted(corpus.sets),
        "labels_sha256": corpus.labels.sha256,
        "withdrawn": [
            {"item": w.item, "date": w.date, "reason": w.reason} for w in corpus.withdrawn
        ],
    }
    for key, value in wanted.items():
        if manifest.get(key, []) != value:
            message = f"its {key} is not what the release's own files say"
            yield changed("manifest.json", message, f"/{key}")
