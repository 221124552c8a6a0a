"""`hydrate`: a release without texts and a user's own files into rows with words."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from newspan.model import SetInfo
from newspan.release.files import release_files
from newspan.release.intact import read_manifest
from newspan.release.signature import SIGNATURE
from newspan.release.stand_off import files
from newspan.release.stand_off.anchors import every_block, open_anchors, windows
from newspan.release.stand_off.folded import fold
from newspan.release.stand_off.hydrated_folder import write_hydrated
from newspan.release.stand_off.placing import Placed, Placing
from newspan.release.stand_off.reanchored import Entry, reanchored
from newspan.release.stand_off.restore import Restorer, restore
from newspan.release.stand_off.sources import Source, Sources, match_sources
from newspan.release.verify import verify
from newspan.whole import whole_directory

#: Told what is being done, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]


class Hydrated(msgspec.Struct, frozen=True):
    """A release with its words put back: where it is, and what could not be placed.

    `identical` tells whether it is the full release: every row, and every byte but those of the
    files in `rewritten`, which another pyarrow wrote. Else `entries` has every extent and record.
    """

    path: Path
    identical: bool
    sources: Sources
    documents: tuple[str, ...]
    rewritten: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def unplaced(self) -> tuple[Entry, ...]:
        """Return what could not be placed."""
        return tuple(entry for entry in self.entries if entry.status == "unplaced")

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Return how many extents of each layer came out how, by layer and status."""
        found: dict[str, Counter[str]] = {}
        for entry in self.entries:
            found.setdefault(entry.layer, Counter())[entry.status] += 1
        return {layer: dict(sorted(counts.items())) for layer, counts in sorted(found.items())}

    def json(self) -> dict[str, Any]:
        """Return the report as plain JSON."""
        matched = {
            name: {"file": source.path.name, "by": source.by, "sha256": source.sha256}
            for name, source in sorted(self.sources.found.items())
        }
        return {
            "identical": self.identical,
            "documents": {name: matched.get(name) for name in self.documents},
            "remarks": self.sources.remarks,
            "unused_files": list(self.sources.unused),
            "rewritten": list(self.rewritten),
            "counts": self.counts,
            "other_characters": self._other_characters,
            "not_exact": [
                msgspec.to_builtins(e)
                for e in self.entries
                if e.status != "exact" or not e.same_characters
            ],
        }

    @property
    def _other_characters(self) -> int:
        """Return how many have the same words in other white space, case or typography."""
        return sum(not e.same_characters for e in self.entries if e.status == "exact")

    def text(self, limit: int = 20) -> str:
        """Return the report for people: documents, counts, and what could not be placed.

        Args:
            limit: how many that could not be placed are shown; their number is always told.
        """
        lines = []
        for name in self.documents:
            source = self.sources.found.get(name)
            told = f"{source.path.name}, by its {source.by}" if source else "no file"
            remark = self.sources.remarks.get(name)
            lines.append(f"document {name}: {told}" + (f" ({remark})" if remark else ""))
        if self.identical:
            lines.append("every text is the one that was annotated: this is the full release")
        if self.rewritten:
            number = len(self.rewritten)
            lines.append(f"{number} Parquet files have the same rows in other bytes")
        for layer, counts in self.counts.items():
            told = ", ".join(f"{number} {status}" for status, number in counts.items())
            lines.append(f"{layer}: {told}")
        if self._other_characters:
            lines.append(
                f"of the exact, {self._other_characters} have other white space, case or typography"
            )
        for entry in self.unplaced[:limit]:
            what = f"{entry.layer} {entry.set}/{entry.id}" if entry.id else entry.layer
            place = "" if entry.start is None else f" (characters {entry.start}-{entry.end})"
            lines.append(f"unplaced: {entry.item}: {what}{place}: {entry.reason}")
        if len(self.unplaced) > limit:
            lines.append(f"… and {len(self.unplaced) - limit} more unplaced; --json has them all")
        return "\n".join(lines)


def hydrate(
    release: str | Path, sources: str | Path, out: str | Path, progress: Progress | None = None
) -> Hydrated:
    """Put the words back into a release without texts, from a user's own files.

    Files are matched as `newspan.release.sources.match_sources` says. When each document has the
    file that was annotated, the full release is written, `<name>-<version>`. Else a folder
    `<name>-<version>-hydrated`, whose offsets are those of the user's texts, with the rows of what
    could be placed in them and a report, `hydrated.json`.

    Args:
        release: a release of the profile without texts.
        sources: the folder with the files.
        out: where to write the folder; one of that name is replaced.
        progress: told how far it is.

    Raises:
        ValueError: when the release is no such release, or is not what it was when it was built,
            or something else than a release stands in the way.
        OSError: when a folder cannot be read or written.
    """
    tell: Progress = progress or (lambda what, done, total: None)
    try:
        return _hydrate(Path(release), Path(sources), Path(out), tell)
    except (KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        # Sealed by somebody who knew how, and made of other than what newspan writes.
        told = f"{type(error).__name__}: {error}"
        raise ValueError(f"{release} is not as newspan builds one: {told}") from error


def _hydrate(release: Path, sources: Path, out: Path, tell: Progress) -> Hydrated:
    manifest = _manifest(release)
    anchors: dict[str, list[dict[str, Any]]] = {}
    for entry in files.read_lines(release / files.ANCHORS):
        anchors.setdefault(entry["document"], []).append(entry)
    blank = Restorer(release, {})
    rows = [row for file in manifest["configs"]["documents"]["files"] for row in blank.rows(file)]
    matched = match_sources(
        sources, rows, anchors, lambda done, total: tell("reading files", done, total)
    )
    names = tuple(row["doc_id"] for row in rows)
    exact = {
        row["doc_id"]: matched.found[row["doc_id"]].text
        for row in rows
        if row["doc_id"] in matched.found and matched.found[row["doc_id"]].sha256 == row["sha256"]
    }
    name = f"{manifest['name']}-{manifest['version']}"
    if len(exact) == len(rows):
        target = out / name
        _refuse_to_destroy(target)
        with whole_directory(target) as directory:
            other = restore(release, directory, exact)
            _keep_signature(target, directory)
        return Hydrated(target, True, matched, names, tuple(other))
    if not matched.found:
        why = "".join(f"; {document}: {told}" for document, told in matched.remarks.items())
        raise ValueError(f"no file in {sources} is a text of {release}{why}")
    target = out / f"{name}-hydrated"
    _refuse_to_destroy(target)
    restorer = Restorer(release, exact)
    salts = {row["doc_id"]: bytes.fromhex(row["sha256"]) for row in rows}
    find = _finder(anchors, salts, matched.found, exact, tell)
    rows = [
        row for file in manifest["configs"]["documents"]["files"] for row in restorer.rows(file)
    ]
    moved = reanchored(rows, _sets(release, restorer), matched.found, find)
    entries = _last(moved.entries)
    hydrated = Hydrated(target, False, matched, names, (), entries)
    with whole_directory(target) as directory:
        write_hydrated(directory, release, restorer, moved, matched.found, hydrated.json())
    return hydrated


def _manifest(release: Path) -> dict[str, Any]:
    """Return the manifest of a release without texts that verifies.

    It may come from anywhere: nothing of it is to lead out of the folder that is written.
    """
    manifest, problems = read_manifest(release)
    if manifest is not None and manifest.get("profile") != "no-text":
        raise ValueError(f"{release} has its texts: its profile is not no-text")
    if manifest is not None:
        problems = verify(release)
    if manifest is None or problems:
        place, message = problems[0].place, problems[0].message
        where = place.file if place.file == str(release) else f"{release}: {place}"
        raise ValueError(f"{where}: {message}")
    return manifest


def _keep_signature(target: Path, directory: Path) -> None:
    """Keep the signature of the release that is replaced, if the new one has the same hashes."""
    sums, signature = "SHA256SUMS", target / SIGNATURE
    if signature.is_file() and (target / sums).read_bytes() == (directory / sums).read_bytes():
        (directory / SIGNATURE).write_bytes(signature.read_bytes())


def _refuse_to_destroy(target: Path) -> None:
    """Refuse a target that is there, unless a manifest in it lists every file of it."""
    if not os.path.lexists(target):
        return
    manifest, _ = read_manifest(target)
    listed = {entry["path"] for entry in manifest["files"]} if manifest else set()
    if manifest is None or not {name for name, _ in release_files(target)} <= listed:
        raise ValueError(f"{target} is there, and is no release or more than one; move it away")


def _sets(
    release: Path, restorer: Restorer
) -> list[tuple[SetInfo, dict[str, list[dict[str, Any]]]]]:
    found = []
    for path in sorted((release / "annotation" / "sets").glob("*/set.json")):
        info = msgspec.convert(json.loads(path.read_bytes()), SetInfo)
        by_item = {
            file.stem: restorer.records(file.relative_to(release).as_posix())
            for file in sorted(path.parent.glob("*.jsonl"))
        }
        found.append((info, by_item))
    return found


def _finder(
    anchors: Mapping[str, list[dict[str, Any]]],
    salts: Mapping[str, bytes],
    sources: Mapping[str, Source],
    exact: Mapping[str, str],
    tell: Progress,
) -> Callable[[str, tuple[int, int]], Placed]:
    """Return what tells where an extent of a document is in the text at hand."""
    placings: dict[str, Placing] = {}
    different = [name for name in sources if name not in exact]
    for number, name in enumerate(different, 1):
        entries = anchors.get(name, [])
        text = sources[name].text
        folded = fold(text)
        salt = salts[name]
        blocks = every_block(folded, salt)
        opened = [each for e in entries if (each := open_anchors(e, blocks, salt)) is not None]
        placings[name] = Placing(text, folded, windows(folded, salt), salt, opened)
        tell("looking for spans", number, len(different))

    def find(name: str, extent: tuple[int, int]) -> Placed:
        if name in exact:
            return Placed("exact", *extent)
        if name in placings:
            return placings[name].place(extent)
        return Placed("unplaced", reason="there is no text of its document")

    return find


def _last(entries: list[Entry]) -> tuple[Entry, ...]:
    """Return entries, of each record the last: it may have been found and be of no use."""
    found: dict[Any, Entry] = {}
    for entry in entries:
        key = (
            (entry.set, entry.id) if entry.id else (entry.item, entry.layer, entry.start, entry.end)
        )
        found.pop(key, None)
        found[key] = entry
    return tuple(sorted(found.values(), key=_order))


def _order(entry: Entry) -> tuple[Any, ...]:
    place = (-1, -1) if entry.start is None or entry.end is None else (entry.start, entry.end)
    return (entry.document, entry.item, *place, entry.layer, entry.set or "", entry.id or "")
